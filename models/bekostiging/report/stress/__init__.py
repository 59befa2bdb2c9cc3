"""Shocks together, expert views and reverse stress."""
