"""What each term of a lump sum is worth, and to whom."""
