"""Forecasts that were made before: read from the folders of earlier reports, and scored when the year is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bekostiging.case.errors import UserError
from bekostiging.monitoring import pinball_loss
from bekostiging.studies.contract_year import ContractYear, Range
from bekostiging.units import MONTHS

FILE = "maandbericht.json"


@dataclass(frozen=True)
class Earlier:
    """What an earlier report expected of the whole year; euro."""

    through: str
    year: int
    expected: float
    low: float
    high: float


def scores(earlier: Sequence[Earlier], year: ContractYear) -> dict[str, Any]:
    """How earlier reports did against what is known now; ``final``: whether the year has been seen whole.

    By report: months it was ahead of this one, how far its expectation was off (euro, plus is too high), whether what is
    expected now is in its band of 80 percent, and the mean pinball loss of both ends of it (euro).
    """
    now = Range.of(year.total).expected
    seen = int(year.through[5:7])
    rows = [
        {
            "through": one.through,
            "months_before": seen - int(one.through[5:7]),
            "bias": one.expected - now,
            "inside_80": bool(one.low <= now <= one.high),
            "pinball": (pinball_loss(one.low, 0.1, now) + pinball_loss(one.high, 0.9, now)) / 2,
        }
        for one in earlier
    ]
    inside = sum(one.low <= now <= one.high for one in earlier) / len(rows) if rows else None
    return {"final": year.months_seen == MONTHS, "coverage_80": inside, "reports": rows}


def earlier_reports(folders: Sequence[Path], case: str, year: int, through: str) -> tuple[Earlier, ...]:
    """Reports of the same case and year that were made before, oldest first.

    Raises
    ------
    UserError
        A folder without a report, or with one of another case or year, or of the same month or a later one.
    """
    found = []
    for folder in folders:
        try:
            read = json.loads((folder / FILE).read_text(encoding="utf-8"))
            own = Earlier(
                read["through"],
                read["year"],
                *(float(read["total"][name]) for name in ("expected", "low", "high")),
            )
            name = read["case"]
        except (OSError, ValueError, KeyError, TypeError):
            raise UserError(
                f"{folder}: hierin staat geen maandbericht ({FILE}); geef de map van een eerder maandbericht.",
                f"{folder}: there is no monthly report in it ({FILE}); give the folder of an earlier one.",
            ) from None
        if (name, own.year) != (case, year) or own.through >= through:
            raise UserError(
                f"{folder}: dit bericht gaat over {name}, {own.through}; geef berichten over {case} in {year} van vóór "
                f"{through}.",
                f"{folder}: this report is of {name}, {own.through}; give reports of {case}, {year}, before {through}.",
            )
        found.append(own)
    return tuple(sorted(found, key=lambda one: one.through))
