"""Years that are known, predicted from the years before."""
