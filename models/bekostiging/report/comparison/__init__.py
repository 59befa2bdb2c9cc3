"""A comparison of payment forms."""
