"""A benchmark on one page, as JSON, in tables, and as a dossier that can be verified."""
