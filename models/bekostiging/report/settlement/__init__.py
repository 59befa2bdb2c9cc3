"""Papers of a settlement: a statement per provider and per municipality, a sheet to recompute it, and what they rest on."""
