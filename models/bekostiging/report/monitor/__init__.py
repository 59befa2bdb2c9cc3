"""The contract year while it runs, on paper: monthly page, quarterly report, calendar and results."""
