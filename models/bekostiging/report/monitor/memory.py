"""Forecasts that were made before, from the folders of earlier reports and from the store, scored when the year is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bekostiging.case.errors import UserError
from bekostiging.monitoring.scores import score, track_record
from bekostiging.store import Forecast
from bekostiging.studies.contract_year import ContractYear, Range
from bekostiging.units import MONTHS

FILE = "maandbericht.json"


def scores(earlier: Sequence[Forecast], year: ContractYear, years: Sequence[Forecast] = ()) -> dict[str, Any]:
    """How earlier reports did against what is known now; ``final``: whether the year has been seen whole.

    By report: months it was ahead of this one, how far its expectation was off (euro, plus is too high), whether what is
    expected now is in its band of 80 percent, and the mean pinball loss of both ends of it (euro). ``record``: of years
    whose end is known, by months before it.
    """
    now = Range.of(year.total).expected
    seen = int(year.through[5:7])
    scored = [(one, score(one, now, seen - int(one.through[5:7]))) for one in earlier]
    rows = [
        {
            "through": one.through,
            "months_before": own.months_before,
            "bias": own.bias,
            "inside_80": own.inside,
            "pinball": own.pinball,
        }
        for one, own in scored
    ]
    inside = sum(own.inside for _, own in scored) / len(rows) if rows else None
    record = [asdict(one) for one in track_record(of_all(years))]
    return {"final": year.months_seen == MONTHS, "coverage_80": inside, "reports": rows, "record": record}


def of_all(forecasts: Sequence[Forecast]) -> tuple[Forecast, ...]:
    """Forecasts of all contracts together."""
    return tuple(one for one in forecasts if not one.provider)


def forecasts_of(year: ContractYear, providers: Sequence[tuple[str, str]]) -> tuple[Forecast, ...]:
    """What a report expects of the year, of all contracts and of each, to be kept; ``providers``: with lot, of each."""
    invented = any(row.status == "illustrative" for row in year.figures.actuals)
    whole = [("", "", year.total)]
    whole += [(*names, year.forecast.payment[:, c]) for c, names in enumerate(providers)]
    return tuple(
        Forecast(year.year, year.through, own.expected, own.low, own.high, provider, lot, invented)
        for provider, lot, own in ((provider, lot, Range.of(values)) for provider, lot, values in whole)
    )


def with_kept(
    earlier: Sequence[Forecast], kept: Sequence[Forecast], year: int, through: str
) -> tuple[Forecast, ...]:
    """Reports of the year made before, from folders and from the store, oldest first; those of folders stand."""
    own = {one.through: one for one in of_all(kept) if one.year == year and one.through < through}
    own |= {one.through: one for one in earlier}
    return tuple(own[month] for month in sorted(own))


def earlier_reports(folders: Sequence[Path], case: str, year: int, through: str) -> tuple[Forecast, ...]:
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
            expected, low, high = (float(read["total"][name]) for name in ("expected", "low", "high"))
            own = Forecast(int(read["year"]), str(read["through"]), expected, low, high)
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
