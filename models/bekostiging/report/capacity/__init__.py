"""Capacity agreements: page, figures and tables."""
