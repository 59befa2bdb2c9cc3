"""Risk equalisation between providers."""
