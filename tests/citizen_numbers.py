"""Numbers that pass the elfproef, made where they are needed: none stands in the repository."""

from __future__ import annotations

from hypothesis import strategies as st

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2)
"""Of the elfproef, by hand: the ninth digit is what makes the sum of the first eight a multiple of eleven."""


def completed(first_eight: str) -> str | None:
    """The number with its ninth digit; None where that would be ten."""
    last = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_eight, strict=True)) % 11
    return None if last == 10 else f"{first_eight}{last}"


def made(seed: int = 0) -> str:
    """A test number of nine digits that begins with 9999, as published test numbers do."""
    return next(number for first in range(99_990_000 + 7 * seed, 99_999_999) if (number := completed(str(first))))


def short(seed: int = 0) -> str:
    """One of eight digits whose leading zero was dropped."""
    return next(
        number[1:] for first in range(9_999_000 + 7 * seed, 9_999_999) if (number := completed(f"{first:08d}"))
    )


numbers = st.integers(1, 99_999_999).map(lambda first: completed(f"{first:08d}")).filter(bool)
"""Any number of nine digits."""
