"""Series of counts over the years in ``history``, and how far they moved from year to year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bekostiging.case.errors import UserError
from bekostiging.case.tables import History

if TYPE_CHECKING:
    from bekostiging.case.model import Case

NATION = "NL"
"""Place of a national series in ``history``."""
FEWEST_YEARS = 3
"""Two growth rates: fewer have no spread."""


@dataclass(frozen=True)
class Growth:
    """Logarithm of one count over an earlier one, ``years`` apart; ``noise`` is the variance that counting adds."""

    first_year: int
    years: int
    log: float
    noise: float = 0.0


@dataclass(frozen=True)
class Series:
    """Counts of one place and care form or law under one definition, by rising year."""

    place: str
    care_form: str
    definition: str
    years: tuple[int, ...]
    counts: tuple[float, ...]

    def growths(self, dispersion: float) -> tuple[Growth, ...]:
        """Growth between successive years; a count has variance ``dispersion`` times itself."""
        pairs = zip(self.years, self.years[1:], self.counts, self.counts[1:], strict=False)
        return tuple(
            Growth(year, after - year, _log(new / old), dispersion * (1 / old + 1 / new))
            for year, after, old, new in pairs
        )


def _log(ratio: float) -> float:
    import math

    return math.log(ratio)


NATIONAL_GROWTH = (
    Growth(2015, 1, _log(1.06)),
    Growth(2019, 3, _log(469_000 / 443_000)),
    Growth(2022, 1, _log(474_000 / 469_000)),
)
"""Youths with youth care, the Netherlands: growth 6 % in 2016; 443,000 (2019), 469,000 (2022), 474,000 (2023).
CBS; Jeugdautoriteit. Taken where ``history`` has no national series of its own."""


def all_series(case: Case, until: int | None = None, *, zeros: bool = False) -> tuple[Series, ...]:
    """Every series of client counts in ``history``, up to and including year ``until``.

    ``zeros``: with the years in which nobody was counted; such a year has no growth rate, but it counts in a sum of series.

    Raises
    ------
    UserError
        A place and care form counted under several definitions, none of them in three years. Not with ``until``: what was
        known then may be short, though the years together are enough.
    """
    groups: dict[tuple[str, str], dict[str, list[History]]] = {}
    for row in case.history:
        counted = row.clients is not None and (row.clients > 0 or zeros)
        if counted and (until is None or row.year <= until):
            groups.setdefault((row.area, row.care_form), {}).setdefault(row.definition, []).append(row)
    series = []
    for (place, form), by_definition in groups.items():
        longest = max(by_definition.values(), key=len)
        years = {row.year for rows in by_definition.values() for row in rows}
        if until is None and len(longest) < FEWEST_YEARS <= len(years):
            shown = ", ".join(
                f"{row.year} {row.definition}"
                for row in sorted(
                    (one for rows in by_definition.values() for one in rows), key=lambda one: one.year
                )
            )
            raise UserError(
                f"history: {place} / {form} mengt definities ({shown}); een reeks telt elk jaar hetzelfde. Vul minstens "
                f"{FEWEST_YEARS} jaren onder een definitie in of laat de andere rijen weg.",
                f"history: {place} / {form} mixes definitions ({shown}); a series counts the same every year. Fill in at "
                f"least {FEWEST_YEARS} years under one definition or leave the other rows out.",
            )
        series.append(_series(place, form, longest))
    return tuple(series)


def _series(place: str, form: str, rows: Sequence[History]) -> Series:
    """Rows of one definition, by year."""
    ordered = sorted(rows, key=lambda row: row.year)
    return Series(
        place,
        form,
        ordered[0].definition,
        tuple(row.year for row in ordered),
        tuple(float(row.clients or 0.0) for row in ordered),
    )
