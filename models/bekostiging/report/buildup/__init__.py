"""The build-up of price and budget, an annex to a tender."""
