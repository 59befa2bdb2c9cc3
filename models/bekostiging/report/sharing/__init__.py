"""Sharing between municipalities."""
