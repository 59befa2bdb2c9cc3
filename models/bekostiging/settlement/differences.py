"""Afwikkelingsverschillen: what a settlement determines otherwise than was booked, an expense of the year it is determined.

Of several settlements of one contract year each counts for what it changes since the one before it; an estimate determines
nothing. Beside settlements stand corrections of earlier years that were booked alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bekostiging.actuals import YearFigures
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import UserError
from bekostiging.case.kinds import Count
from bekostiging.settlement.earlier import FILE
from bekostiging.units import CENTS


@dataclass(frozen=True)
class SettlementDifference:
    """One afwikkelingsverschil.

    Parameters
    ----------
    provider, lot : str
        Of the contract.
    municipality, taakveld : str
        Who bears it and where; empty where only the whole is known.
    of_year, in_year : int
        Contract year it is about, and the year whose expense (or income) it is.
    cents : int
        Positive is an expense of the municipality.
    source : str
        Status and day of the settlement, or the document of the booking.

    Examples
    --------
    >>> SettlementDifference("a", "b", "9991", "6.752", 2027, 2028, 2_428_200, "voorlopig, 2028-04-14").cents
    2428200
    """

    provider: str
    lot: str
    municipality: str
    taakveld: str
    of_year: int
    in_year: int
    cents: int
    source: str


@kinds_checked
def settlement_differences(
    figures: YearFigures, in_year: Count, settled: Sequence[Path] = (), case: str = ""
) -> tuple[SettlementDifference, ...]:
    """Afwikkelingsverschillen of a year: of settlements that were drawn up in it, and of corrections booked in it.

    Parameters
    ----------
    figures : YearFigures
        Whose table ``bookings`` may have corrections of earlier years, paid in this year.
    in_year : int
        Calendar year.
    settled : sequence of path
        Folders that ``bekostiging settle`` wrote, earlier ones of the same contract year too; a correction of a contract
        that is in one of them is not taken from the bookings again.
    case : str
        Name of the case that they must be of; any unless given.

    Returns
    -------
    tuple of SettlementDifference
        By contract, municipality and taakveld, without zeros.

    Raises
    ------
    UserError
        A folder without a settlement, or with one of another case.

    Examples
    --------
    >>> from bekostiging.report import write_settlement
    >>> from bekostiging.settlement import example_year
    >>> folder = write_settlement(example_year(), "settled-2027", word=False)
    >>> found = settlement_differences(YearFigures(), 2028, [folder])
    >>> sum(row.cents for row in found) / 100  # 46,362.12 above what was booked, and 8,450 of 2026 back
    37912.12
    >>> [(row.municipality, row.cents / 100) for row in found]  # 47.5, 33.2 and 19.3 %
    [('gemeente-1', 18008.26), ('gemeente-2', 12586.82), ('gemeente-3', 7317.04)]
    """
    rows = list(_of_settlements(settled, in_year, case))
    told = {(row.provider, row.lot) for row in rows}
    for one in figures.bookings:
        if one.booking == "earlier_year" and one.paid_on.startswith(f"{in_year}-"):
            if (one.provider, one.lot) in told:
                continue
            of_year = one.year if one.of_year is None else one.of_year
            cents = round(one.euros * CENTS)
            rows.append(
                SettlementDifference(
                    one.provider, one.lot, one.municipality, "", of_year, in_year, cents, one.document
                )
            )
    return tuple(row for row in rows if row.cents)


def _of_settlements(folders: Sequence[Path], in_year: int, case: str) -> Iterator[SettlementDifference]:
    """What settlements of a year change since the settlement before each, in the order of their days."""
    before: dict[tuple[str, str, str, str, int], int] = {}
    for content in sorted((_content(folder, case) for folder in folders), key=lambda one: str(one["drawn_up"])):
        year, drawn_up = int(content["year"]), str(content["drawn_up"])
        if content["status"] == "raming":
            continue
        for contract in content["contracts"]:
            for part in contract["municipalities"]:
                for taakveld in part["taakvelden"]:
                    key = (contract["provider"], contract["lot"], part["municipality"], taakveld, year)
                    own = (int(part[name].get(taakveld, 0)) for name in ("differences", "corrections"))
                    cents = sum(own)
                    changed = cents - before.get(key, 0)
                    before[key] = cents
                    if drawn_up.startswith(f"{in_year}-"):
                        source = f"{content['status']}, {drawn_up}"
                        yield SettlementDifference(*key[:4], year, in_year, changed, source)


def _content(folder: Path, case: str) -> dict[str, Any]:
    """A settlement as it was written.

    Raises
    ------
    UserError
        There is none, one of before this was kept, or one of another case.
    """
    try:
        content: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        for contract in content["contracts"]:
            for part in contract["municipalities"]:
                _ = part["differences"], part["corrections"]
        _ = content["year"], content["drawn_up"], content["status"]
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(
            f"{folder} bevat geen afrekening ({FILE}) met afwikkelingsverschillen; geef de map die `bekostiging settle` "
            "schreef, of reken opnieuw af.",
            f"{folder} holds no settlement ({FILE}) with its differences; give the folder that `bekostiging settle` "
            "wrote, or settle again.",
            exit_code=2,
        ) from None
    if case and content.get("case") != case:
        raise UserError(
            f"{folder} is de afrekening van {content.get('case')}, niet van {case}; geef een afrekening van deze casus.",
            f"{folder} is the settlement of {content.get('case')}, not of {case}; give a settlement of this case.",
            exit_code=2,
        )
    return content
