"""Two results side by side: what was entered differently, and what of the difference comes from what."""
