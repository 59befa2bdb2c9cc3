"""The match of statements with what is recognised: errors and uncertainties by reason, against the tolerance of the year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bekostiging.case.errors import Said

if TYPE_CHECKING:
    from bekostiging.settlement.statement import YearSettlement

TOLERANCES: tuple[tuple[int, float, Said], ...] = (
    (
        2025,
        0.02,
        (
            "Bado vanaf verslagjaar 2025, Stb. 2025, 99; ga na of dit voor uw jaar nog geldt",
            "Bado from reporting year 2025, Stb. 2025, 99; check that it still holds for your year",
        ),
    ),
)
"""From a reporting year on: the auditor's tolerance for errors and uncertainties together, a part of what is determined."""


@dataclass(frozen=True)
class MatchRow:
    """One reason in one contract; cents."""

    provider: str
    lot: str
    reason: Said
    error: int
    uncertainty: int


@dataclass(frozen=True)
class Match:
    """Every reason, and all together against the tolerance."""

    rows: tuple[MatchRow, ...]
    share: float
    tolerance: float
    since: Said

    @property
    def within(self) -> bool:
        """Whether errors and uncertainties together are within the tolerance."""
        return self.share <= self.tolerance


def match_of(settled: YearSettlement) -> Match:
    """Errors and uncertainties of all contracts of a settlement."""
    rows = tuple(row for one in settled.contracts for row in one.match)
    total = sum(row.error + row.uncertainty for row in rows)
    determined = sum(one.determined for one in settled.contracts)
    _, tolerance, since = [one for one in TOLERANCES if one[0] <= max(settled.year, TOLERANCES[0][0])][-1]
    return Match(rows, total / determined if determined > 0 else 0.0, tolerance, since)
