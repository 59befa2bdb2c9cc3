"""A lump sum alone: its page, results and tables, and the words of its agreement."""
