"""Numbers as they are read in a language: nl 1.234,5, en 1,234.5; digits follow the simulation error."""

from __future__ import annotations

import math

from bekostiging.evaluation.figures import Figure
from bekostiging.units import MILLION, THOUSAND
from bekostiging_solvers import Estimate

SCALES = {"euro": MILLION, "fraction": 0.01}
"""Unit in which a figure is shown, where that is another than its own."""
_TO_DUTCH = str.maketrans({",": ".", ".": ","})
MINUS = "−"
UNKNOWN = "–"
"""In place of a number of which nothing is known."""
_BETWEEN = {"nl": "tussen {low} en {high}", "en": "between {low} and {high}"}
SPACE = "\u00a0"
"""A number never breaks over a line."""


class Numbers:
    """Writes figures of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def plain(self, value: float, decimals: int = 0) -> str:
        """A number with thousands marks."""
        # adding zero takes the sign off a rounded minus zero
        text = f"{round(value, decimals) + 0.0:,.{decimals}f}".replace("-", MINUS)
        return text.translate(_TO_DUTCH) if self.lang == "nl" else text

    def percent(self, fraction: float, decimals: int = 0) -> str:
        """A fraction as a percentage."""
        return f"{self.plain(100 * fraction, decimals)}{SPACE}%"

    def signed_percent(self, fraction: float, decimals: int = 0) -> str:
        """A difference as a percentage, with its sign."""
        text = self.percent(fraction, decimals)
        return f"+{text}" if round(100 * fraction, decimals) > 0 else text

    def millions(self, euro: float, decimals: int = 1) -> str:
        """Euro in millions, without unit."""
        return self.plain(euro / MILLION, decimals)

    def thousands(self, euro: float) -> str:
        """Euro in thousands, without unit."""
        return self.plain(euro / THOUSAND)

    def change_in_thousands(self, euro: float) -> str:
        """A difference in thousands of euro, with its sign."""
        return ("+" if round(euro / THOUSAND) > 0 else "") + self.thousands(euro)

    def estimated_thousands(self, estimate: Estimate | None) -> str:
        """Euro in thousands with its error, both rounded to the first digit of the error."""
        if estimate is None:
            return UNKNOWN
        step = 10.0 ** max(0, -decimals_below(estimate.scaled(1 / THOUSAND).standard_error))
        shown = estimate.scaled(1 / (THOUSAND * step))
        value, error = round(shown.value) * step, round(shown.standard_error or 0.0) * step
        return f"{self.plain(value)}{SPACE}±{SPACE}{self.plain(error)}" if error else self.plain(value)

    def change(self, euro: float) -> str:
        """A difference in millions, with its sign."""
        sign = "+" if euro / MILLION >= 0.05 else ""
        return sign + self.millions(euro)

    def estimate(self, estimate: Estimate | None, scale: float = 1.0, most: int = 3, digits: int = 0) -> str:
        """Value ± standard error; the last digit shown is the first of the error, at most ``most`` decimals.

        Without an error, or an exact number: the value alone with ``digits``. An error below the digits that are shown is
        left out: it is none of zero. What is not known at all is a dash.
        """
        if estimate is None:
            return UNKNOWN
        shown = estimate.scaled(1 / scale)
        if not shown.standard_error:
            return self.plain(shown.value, min(most, digits))
        decimals = min(most, decimals_of(shown.standard_error))
        if round(shown.standard_error, decimals) == 0:
            return self.plain(shown.value, decimals)
        return f"{self.plain(shown.value, decimals)}{SPACE}±{SPACE}{self.plain(shown.standard_error, decimals)}"

    def between(self, estimate: Estimate, scale: float = 1.0, digits: int = 1) -> str:
        """For a sentence: the ends of the 95 % interval in words; the value alone where both are shown alike."""
        shown = estimate.scaled(1 / scale)
        half = shown.half_width()
        if not half:
            return self.plain(shown.value, digits)
        decimals = decimals_of(2 * half)
        low, high = (self.plain(end, decimals) for end in (shown.value - half, shown.value + half))
        return low if low == high else _BETWEEN[self.lang].format(low=low, high=high)

    def figure(self, figure: Figure, value: Estimate | float | None, most: int = 3) -> str:
        """A figure in its unit, euro in millions and a fraction as a percentage; ``most``: decimals with an error.

        A number without an error, or known exactly: with the digits of the figure.
        """
        scale = SCALES.get(figure.unit, 1.0)
        estimate = value if value is None or isinstance(value, Estimate) else Estimate(value, None)
        text = self.estimate(estimate, scale, most, figure.digits)
        return f"{text}{SPACE}%" if figure.unit == "fraction" and estimate is not None else text

    def estimated_millions(self, estimate: Estimate | None, most: int = 3) -> str:
        """Euro in millions with its error."""
        return self.estimate(estimate, MILLION, most, 1)

    def estimated_percent(self, estimate: Estimate | None, most: int = 3) -> str:
        """A fraction as a percentage with its error."""
        return UNKNOWN if estimate is None else f"{self.estimate(estimate.scaled(100), 1.0, most)}{SPACE}%"


def decimals_below(error: float | None) -> int:
    """Place of the first digit of an error: 0 units, -1 tens, -2 hundreds; 0 where there is none."""
    return 0 if not error or error < 1 else -math.floor(math.log10(error))


def decimals_of(error: float) -> int:
    """Decimals that a standard error deserves: up to its first digit, at most three."""
    return min(max(0, -math.floor(math.log10(error))), 3)
