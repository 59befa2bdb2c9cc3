"""Forecasts that were made before: read from the folders of earlier reports, and scored when the year is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bekostiging.case.errors import UserError

FILE = "maandbericht.json"


@dataclass(frozen=True)
class Earlier:
    """What an earlier report expected of the whole year; euro."""

    through: str
    year: int
    expected: float
    low: float
    high: float


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
