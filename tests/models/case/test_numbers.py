"""Decimal marks by dialect; ambiguity is refused, never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.case.numbers import AmbiguousNumberError, parse_bool, parse_number


@pytest.mark.parametrize(
    ("text", "separator", "value"),
    [("1,5", ";", 1.5), ("1.5", ",", 1.5), ("-0,25", ";", -0.25), ("12", ";", 12.0), ("1e3", ",", 1000.0),
     ("1.5", ";", 1.5), (",5", ";", 0.5), ("1234,5", ";", 1234.5)],
)  # fmt: skip
def test_numbers(text: str, separator: str, value: float) -> None:
    assert parse_number(text, separator) == value


@pytest.mark.parametrize(
    ("text", "separator"), [("1.234", ";"), ("1,234", ","), ("1.234.567", ";"), ("12.345,6", ";")]
)
def test_ambiguous_numbers(text: str, separator: str) -> None:
    with pytest.raises(AmbiguousNumberError):
        parse_number(text, separator)


@pytest.mark.parametrize("text", ["", "x", "1,2,3", "1.2,3", "nan", "inf", "--1"])
def test_no_numbers(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_number(text, ";")


@given(st.floats(-1e9, 1e9).map(lambda value: round(value, 2)))
def test_what_is_written_is_read(value: float) -> None:
    assert parse_number(f"{value:.2f}".replace(".", ","), ";") == pytest.approx(value)


def test_truth() -> None:
    assert parse_bool("Ja") is True
    assert parse_bool("no") is False
    with pytest.raises(ValueError, match="misschien"):
        parse_bool("misschien")
