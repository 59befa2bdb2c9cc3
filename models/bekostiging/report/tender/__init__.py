"""A benchmark before a tender, and the dossier that can be verified."""
