"""Numbers as they are read: Dutch and English, digits by the error."""

from __future__ import annotations

import re

import pytest

from bekostiging.report.kit.numbers import Numbers, decimals_of
from bekostiging_solvers import Estimate

NL, EN = Numbers("nl"), Numbers("en")


def test_thousands_and_decimals() -> None:
    assert NL.plain(1234567.891, 2) == "1.234.567,89"
    assert EN.plain(1234567.891, 2) == "1,234,567.89"
    assert NL.plain(-0.4) == "0"
    assert NL.plain(-12.34, 1) == "−12,3"


@pytest.mark.parametrize(("error", "decimals"), [(0.004, 3), (0.03, 2), (0.4, 1), (1.0, 0), (25.0, 0), (1e-9, 3)])
def test_decimals_follow_the_error(error: float, decimals: int) -> None:
    assert decimals_of(error) == decimals


def test_estimates() -> None:
    assert NL.estimate(Estimate(441.234, 0.23)) == "441,2\u00a0±\u00a00,2"
    assert EN.estimated_millions(Estimate(441.234e6, 0.023e6)) == "441.23\u00a0±\u00a00.02"
    assert NL.estimated_percent(Estimate(0.234, 0.012)) == "23\u00a0±\u00a01\u00a0%"
    assert NL.estimate(Estimate(0.0, 0.0)) == "0"


def test_an_unknown_error_is_not_shown_and_an_unknown_number_is_a_dash() -> None:
    assert NL.estimate(Estimate(441.234, None)) == "441"
    assert EN.estimated_millions(Estimate(441.234e6, None)) == "441.2"
    assert NL.estimated_percent(Estimate(0.0, None)) == "0\u00a0%"
    assert [write(None) for write in (NL.estimate, NL.estimated_millions, NL.estimated_percent)] == ["–"] * 3


def test_an_error_below_the_digits_shown_is_never_an_error_of_zero() -> None:
    for error in (1e-12, 1e-5, 4e-4, 6e-4, 0.04, 0.06, 0.6):
        for most in (0, 1, 2, 3):
            shown = NL.estimate(Estimate(0.1, error), most=most)
            assert not re.search(r"±\u00a00(,0+)?$", shown), (error, most, shown)
    assert NL.estimate(Estimate(0.1, 1e-9), most=2) == "0,10"


def test_changes_have_a_sign() -> None:
    assert NL.change(4.9e6) == "+4,9"
    assert NL.change(-4.9e6) == "−4,9"
    assert NL.change(1e3) == "0,0"


def test_an_interval_in_words() -> None:
    """95 %: 1.96 standard errors on either side; the value alone where that cannot be seen, or without an error."""
    nl, en = Numbers("nl"), Numbers("en")
    assert nl.between(Estimate(36e6, 0.5e6), 1e6) == "tussen 35 en 37"
    assert en.between(Estimate(1234.0, 100.0)) == "between 1,038 and 1,430"
    assert nl.between(Estimate(36.04, None)) == nl.between(Estimate(36.04, 0.0)) == "36,0"
    assert nl.between(Estimate(1.0, 1e-6)) == "1,000"
