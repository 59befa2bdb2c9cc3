"""Where the figures of a case from a region store come from: one page."""
