"""Numbers of a region that does not exist: persons in the test range of the published examples, and no other is "
"ever made."""

from __future__ import annotations

from functools import cache

from bekostiging.case.bsn import passes

TEST_RANGE = range(999_900_000, 1_000_000_000)
"""Citizen service numbers that nobody has; the examples of the standards are from here."""
MOST_PERSONS = len(TEST_RANGE)


@cache
def citizen_numbers() -> tuple[str, ...]:
    """All numbers of the test range, those that pass the elfproef first.

    >>> len(citizen_numbers()), all(number.startswith("9999") for number in citizen_numbers())
    (100000, True)
    """
    return tuple(sorted((str(number) for number in TEST_RANGE), key=lambda number: (not passes(number), number)))


def provider_codes(count: int) -> list[str]:
    """Codes of eight digits for providers, none of which passes the elfproef.

    >>> provider_codes(2)
    ['99900001', '99900003']
    """
    codes = (str(number) for number in range(99_900_001, 99_999_999))
    return [code for _, code in zip(range(count), (code for code in codes if not passes(code)), strict=False)]


def municipality_codes(codes: list[str]) -> dict[str, str]:
    """A code of four digits for every municipality of a case: its own where it is one, else one that no municipality has.

    >>> municipality_codes(["0034", "haven"])
    {'0034': '0034', 'haven': '9902'}
    """
    return {
        code: code if len(code) == 4 and code.isdecimal() else f"99{number:02d}"
        for number, code in enumerate(codes, start=1)
    }
