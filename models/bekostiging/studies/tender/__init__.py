"""Benchmarks before a tender: suites, scoreboard, ranks with their uncertainty, robustness, regions of the same size."""
