"""The what-if page: scenarios and a settling kernel in one file."""
