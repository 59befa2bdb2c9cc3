"""docs/monitoring.md shows what its examples print, and its table of the alarm is what the alarm gives."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import numpy as np

from bekostiging.monitoring.alarm import alarm_rule

PAGE = Path(__file__).resolve().parents[3] / "docs" / "monitoring.md"


def test_examples_print_what_they_say() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried > 5
    assert failed == 0


def test_the_table_of_the_alarm() -> None:
    """Computed again with other random numbers: within two points, and four where few people start."""
    levels = 0.03 * np.random.default_rng(9).standard_normal((2000, 1)) * np.ones((1, 2))
    rows = re.findall(r"^\| ([\d,]+) \| (\d+) % \| (\d+) % \| (\d+) % \|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert len(rows) == 5
    for starts, *shown in rows:
        n = float(starts.replace(",", ""))
        rule = alarm_rule(np.full((2, 12), n / 2), np.full(2, 1.6), levels, seed=9)
        found = 100 * rule.smallest_shift(2)[0, [5, 8, 11]]
        assert np.abs(found - np.array(shown, dtype=float)).max() < (4 if n < 100 else 2)
