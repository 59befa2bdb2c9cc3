"""A number together with the formula that gives it, so that a statement can be recomputed by hand and by a spreadsheet.

A ``Term`` carries its value and the same calculation as a formula of a spreadsheet, in which a name in braces stands for an
input or for a line of the statement. Both are made by one expression, so they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.units import CENTS

SNAPPED = 6
"""Decimals of a euro to which an amount is taken before it is rounded to cents: what floating point leaves of a tie."""


@kinds_checked
def in_whole_cents(euro: float) -> int:
    """An amount in whole cents, a tie away from zero, as ROUND of a spreadsheet does.

    Parameters
    ----------
    euro : float
        Unrounded amount.

    Returns
    -------
    int
        Cents.

    Examples
    --------
    >>> in_whole_cents(60_355.475), in_whole_cents(-17_846.364375), in_whole_cents(0.005), in_whole_cents(-0.005)
    (6035548, -1784636, 1, -1)
    """
    exact = Decimal(repr(round(float(euro), SNAPPED)))
    return int((exact * CENTS).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True)
class Term:
    """A number and the formula that gives it.

    Parameters
    ----------
    value : float
        What it is.
    text : str
        The calculation as a spreadsheet writes it; ``{name}`` is an input or a line.

    Examples
    --------
    >>> price, units = Term(80.0, "{price}"), Term(1000.0, "{units}")
    >>> (units * price - 500).text, (units * price - 500).value
    ('(({units}*{price})-500.0)', 79500.0)
    """

    value: float
    text: str

    def __add__(self, other: Term | float) -> Term:
        """The sum."""
        one = term(other)
        return Term(self.value + one.value, f"({self.text}+{one.text})")

    def __sub__(self, other: Term | float) -> Term:
        """The difference."""
        one = term(other)
        return Term(self.value - one.value, f"({self.text}-{one.text})")

    def __mul__(self, other: Term | float) -> Term:
        """The product."""
        one = term(other)
        return Term(self.value * one.value, f"({self.text}*{one.text})")

    def __truediv__(self, other: Term | float) -> Term:
        """The quotient."""
        one = term(other)
        return Term(self.value / one.value, f"({self.text}/{one.text})")

    def __neg__(self) -> Term:
        """Less than nothing."""
        return Term(-self.value, f"(-{self.text})")


def term(value: Term | float) -> Term:
    """A number as a term: itself, in digits."""
    return value if isinstance(value, Term) else Term(float(value), _digits(float(value)))


def _digits(value: float) -> str:
    """A number as every spreadsheet reads it."""
    text = format(Decimal(repr(value)), "f")
    return f"({text})" if value < 0 else text


def least(*terms: Term | float) -> Term:
    """The smallest of several.

    >>> least(Term(3.0, "{a}"), 2).text
    'MIN({a},2.0)'
    """
    found = [term(one) for one in terms]
    return Term(min(one.value for one in found), f"MIN({','.join(one.text for one in found)})")


def most(*terms: Term | float) -> Term:
    """The largest of several.

    >>> most(Term(-3.0, "{a}"), 0).value
    0.0
    """
    found = [term(one) for one in terms]
    return Term(max(one.value for one in found), f"MAX({','.join(one.text for one in found)})")


@dataclass(frozen=True)
class Column:
    """Numbers of several care forms and areas under one name; a spreadsheet has them one under the other."""

    values: tuple[float, ...]
    text: str

    def times(self, other: Column) -> Term:
        """The sum of products with another column of the same rows.

        >>> Column((2.0, 3.0), "{units}").times(Column((10.0, 1.0), "{price}"))
        Term(value=23.0, text='SUMPRODUCT({units},{price})')
        """
        value = float(np.asarray(self.values) @ np.asarray(other.values)) if self.values else 0.0
        return Term(value, f"SUMPRODUCT({self.text},{other.text})")

    def total(self) -> Term:
        """The sum."""
        return Term(float(np.sum(self.values)), f"SUM({self.text})")


def added(terms: Sequence[Term]) -> Term:
    """The sum of any number of terms; nothing is zero."""
    if not terms:
        return term(0.0)
    return Term(sum(one.value for one in terms), f"({'+'.join(one.text for one in terms)})")
