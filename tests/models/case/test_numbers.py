"""Decimal marks by dialect; ambiguity is refused, never guessed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bekostiging
from bekostiging.case.numbers import AmbiguousNumberError, Sign, parse_bool, parse_number, written


@pytest.mark.parametrize(
    ("text", "separator", "value"),
    [("1,5", ";", 1.5), ("1.5", ",", 1.5), ("-0,25", ";", -0.25), ("12", ";", 12.0), ("1e3", ",", 1000.0),
     ("1.5", ";", 1.5), (",5", ";", 0.5), ("1234,5", ";", 1234.5)],
)  # fmt: skip
def test_numbers(text: str, separator: str, value: float) -> None:
    assert parse_number(text, separator) == value


@pytest.mark.parametrize(
    ("text", "separator"),
    [("1.234", ";"), ("1,234", ","), ("-12.345", "cell"), ("1,234", "cell"), ("€ 1.234", ";")],
)
def test_ambiguous_numbers(text: str, separator: str) -> None:
    with pytest.raises(AmbiguousNumberError):
        parse_number(text, separator, "euro")


@pytest.mark.parametrize(
    "text",
    ["", "x", "1,2,3", "1.2,3", "nan", "inf", "--1", "1.23.456", "0.123.456", "1.234.56", "€", "12 %", "€ 12"],
)
def test_no_numbers(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_number(text, ";")


@given(st.floats(-1e9, 1e9).map(lambda value: round(value, 2)))
def test_what_is_written_is_read(value: float) -> None:
    assert parse_number(f"{value:.2f}".replace(".", ","), ";") == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "separator", "sign", "value"),
    [
        ("2.900.000", "cell", "", 2.9e6), ("1.730.500,50", "cell", "", 1730500.5), ("1,730,500.50", "cell", "", 1730500.5),
        ("EUR 11.850.000", "cell", "euro", 11.85e6), ("€11.850.000", ";", "euro", 11.85e6), ("12 euro", ";", "euro", 12.0),
        ("36 %", "cell", "percent", 0.36), ("36%", ",", "percent", 0.36), ("1,5 procent", ";", "percent", 0.015),
        ("€ 1.500,-", ";", "euro", 1500.0), ("€ 1.500,--", ";", "euro", 1500.0), ("-€ 500", ";", "euro", -500.0),
        ("500-", ";", "", -500.0), ("(1.500,00)", ";", "", -1500.0), ("−0,015", ";", "", -0.015),
        ("13 081 742", ";", "", 13081742.0), ("13\u00a0081\u00a0742,5", ";", "", 13081742.5), ("1 234", "cell", "", 1234.0),
        ("1'234'567", "cell", "", 1234567.0), ("0.015", ";", "", 0.015), ("1234.567", "cell", "", 1234.567),
    ],
)  # fmt: skip
def test_numbers_as_people_type_them(text: str, separator: str, sign: Sign, value: float) -> None:
    assert parse_number(text, separator, sign) == pytest.approx(value, rel=1e-15)


@given(st.integers(1_000_000, 10**12), st.integers(0, 99), st.booleans())
def test_groups_of_thousands_with_decimals_are_one_number_in_every_dialect(
    whole: int, cents: int, negative: bool
) -> None:
    """Written by Python's own formatting, with either pair of marks; two groups or more are never ambiguous."""
    english = f"{'-' if negative else ''}{whole:,}.{cents:02}"
    dutch = english.translate(str.maketrans(",.", ".,"))
    for text in (english, dutch, english[:-3], dutch[:-3]):
        asked = float(english.replace(",", "")) if text[-3] in ".," else float(english[:-3].replace(",", ""))
        for separator in (";", ",", "cell"):
            assert parse_number(text, separator) == asked


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_in_a_sentence_has_no_exponent_and_is_that_number(value: float) -> None:
    for lang, mark in (("nl", ","), ("en", ".")):
        text = written(value, lang, digits=17)
        assert not re.search(r"\de[+-]?\d", text)
        if value == 0 or 1e-17 < abs(value) < 1e17:
            assert float(text.replace(mark, ".")) == pytest.approx(value, rel=1e-14)


def test_truth() -> None:
    assert parse_bool("Ja") is True
    assert parse_bool("no") is False
    with pytest.raises(ValueError, match="misschien"):
        parse_bool("misschien")


NO_SENTENCE = {
    "case/numbers.py": "value:.{digits}e, value:.{digits}g",
    "case/override.py": "value:.15g",
    "studies/sharing.py": "value:.15g",
    "studies/backtesting.py": "100 * q:g",
    "studies/tender/scoreboard.py": "confidence:g",
    "evaluation/sense/remark.py": "size:.2g",
}
"""Where a number is written with an exponent for no reader: read again at once, part of a key, or
made a sentence by ``written`` itself."""


def _exponents(file: Path) -> Iterator[str]:
    """Formats of a file that may write an exponent, as they stand there."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FormattedValue) or not isinstance(node.format_spec, ast.JoinedStr):
            continue
        spec = ast.unparse(node.format_spec)[2:-1]
        if spec[-1:] in "eEgGn" and spec:
            yield f"{ast.unparse(node.value)}:{spec}"


def test_no_sentence_can_hold_an_exponent() -> None:
    """Formats g and e write 1e+06, and a decimal point in a Dutch sentence: numbers in sentences go through ``written``."""
    root = Path(str(bekostiging.__file__)).parent
    found = {str(file.relative_to(root)): ", ".join(sorted(_exponents(file))) for file in root.rglob("*.py")}
    assert {file: formats for file, formats in found.items() if formats} == NO_SENTENCE
