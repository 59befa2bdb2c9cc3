"""The care landscape: who delivers what to whom."""
