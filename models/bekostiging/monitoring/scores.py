"""How good a forecast was, once the truth is in: inside its band or not, how far off, and its pinball loss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import UserError
from bekostiging.store import Forecast
from bekostiging.units import MONTHS

ENDS = (0.1, 0.9)
"""Levels of the ends of the band of 80 of 100."""


@dataclass(frozen=True)
class Score:
    """How one forecast of a year did; ``months_before`` the end of the year, or the report it is compared with; ``bias``
    (plus is too high) and ``pinball`` in euro; ``truth`` what it is compared with."""

    months_before: int
    bias: float
    inside: bool
    pinball: float
    truth: float


def score(forecast: Forecast, truth: float, months_before: int) -> Score:
    """Bias, whether the truth is in the band, and the mean pinball loss of both ends of it."""
    ends = zip((forecast.low, forecast.high), ENDS, strict=True)
    loss = sum(pinball_loss(value, level, truth) for value, level in ends) / len(ENDS)
    return Score(
        months_before, forecast.expected - truth, bool(forecast.low <= truth <= forecast.high), loss, truth
    )


@dataclass(frozen=True)
class Record:
    """How forecasts made so many months before the end of a year did: how many, the part whose band held the truth, and mean
    bias and pinball loss as parts of the truth."""

    months_before: int
    n: int
    coverage: float
    bias: float
    pinball: float


def track_record(forecasts: Sequence[Forecast]) -> tuple[Record, ...]:
    """Score every forecast of the years whose end is known, by months before that end, longest first.

    The truth of a year is what the last report on it expected, which must have seen its December; that report is not scored.
    """
    found: dict[int, list[Score]] = {}
    for subject in dict.fromkeys((one.year, one.provider, one.lot) for one in forecasts):
        own = sorted(
            (one for one in forecasts if (one.year, one.provider, one.lot) == subject), key=lambda one: one.through
        )
        last = own[-1]
        if last.through < f"{last.year}-{MONTHS}":
            continue
        for one in own[:-1]:
            before = (last.year - int(one.through[:4])) * MONTHS + MONTHS - int(one.through[5:7])
            found.setdefault(before, []).append(score(one, last.expected, before))
    return tuple(_recorded(before, found[before]) for before in sorted(found, reverse=True))


def _recorded(before: int, scores: Sequence[Score]) -> Record:
    def mean(values: Iterable[float]) -> float:
        return sum(values) / len(scores)

    return Record(
        before,
        len(scores),
        mean(float(one.inside) for one in scores),
        mean(one.bias / one.truth if one.truth else 0.0 for one in scores),
        mean(one.pinball / one.truth if one.truth else 0.0 for one in scores),
    )


@kinds_checked
def pinball_loss(quantile: float, level: float, truth: float) -> float:
    """The loss of a quantile as a forecast: smallest on average for who gives the true quantile (Koenker and Bassett 1978).

    Parameters
    ----------
    quantile : float
        What was said to be exceeded with chance 1 - ``level``, in any unit.
    level : float
        Between 0 and 1.
    truth : float
        What came, same unit.

    Returns
    -------
    float
        Same unit: ``level`` times what the truth is above the quantile, or 1 - ``level`` times what it is below.

    Raises
    ------
    UserError
        A level that is not between 0 and 1.

    Examples
    --------
    >>> round(pinball_loss(100.0, 0.9, 110.0), 6), round(pinball_loss(100.0, 0.9, 90.0), 6)
    (9.0, 1.0)
    """
    if not 0 < level < 1:
        raise UserError(
            f"niveau {level} ligt niet tussen 0 en 1; geef 0,9 voor de bovenkant van 80 procent.",
            f"level {level} is not between 0 and 1; give 0.9 for the upper end of 80 percent.",
        )
    above = truth - quantile
    return max(level * above, (level - 1) * above)
