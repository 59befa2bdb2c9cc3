"""An earlier settlement of the same year: what it said, and what is refused when a year is settled again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import CaseError, Problem, UserError

if TYPE_CHECKING:
    from bekostiging.settlement.statement import ContractSettlement
    from bekostiging.settlement.status import Status

FILE = "afrekening.json"
"""Where a settlement is kept in its folder."""


@dataclass(frozen=True)
class EarlierContract:
    """What an earlier settlement said of one contract: cents by line, and what it and those before it paid."""

    lines: Mapping[str, int]
    paid_in_all: int


@dataclass(frozen=True)
class Previous:
    """An earlier settlement of a year.

    Parameters
    ----------
    place : str
        Folder it was read from.
    year : int
        Calendar year.
    status : str
        What it was: raming, voorlopig or definitief.
    drawn_up : str
        Its day.
    contracts : dict
        By provider and lot.

    Examples
    --------
    >>> Previous("map", 2028, "voorlopig", "2029-03-28", {}).of("de-kade", "jeugd") is None
    True
    """

    place: str
    year: int
    status: str
    drawn_up: str
    contracts: Mapping[tuple[str, str], EarlierContract]

    def of(self, provider: str, lot: str) -> EarlierContract | None:
        """What it said of a contract."""
        return self.contracts.get((provider, lot))


@kinds_checked
def read_previous(folder: Path) -> Previous:
    """Read an earlier settlement from the folder that ``bekostiging settle`` wrote.

    Parameters
    ----------
    folder : str or path
        With afrekening.json.

    Returns
    -------
    Previous
        What it determined and paid.

    Raises
    ------
    UserError
        No settlement is in it.

    Examples
    --------
    >>> read_previous("nowhere")
    Traceback (most recent call last):
    bekostiging.case.errors.UserError: nowhere holds no settlement (afrekening.json); give the folder ...
    """
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        contracts = {
            (one["provider"], one["lot"]): EarlierContract(
                {line["key"]: int(line["cents"]) for line in one["lines"]}, int(one["paid_in_all"])
            )
            for one in content["contracts"]
        }
        return Previous(str(folder), int(content["year"]), content["status"], content["drawn_up"], contracts)
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(
            f"{folder} bevat geen afrekening ({FILE}); geef de map die `bekostiging settle` schreef.",
            f"{folder} holds no settlement ({FILE}); give the folder that `bekostiging settle` wrote.",
        ) from None


def changed(one: ContractSettlement, before: EarlierContract | None) -> bool:
    """Whether any line but those of earlier years differs."""
    now = {line.key: line.cents for line in one.lines if line.part != "earlier"}
    if before is None:
        return True
    then = {key: cents for key, cents in before.lines.items() if key in now or not key.startswith(_EARLIER)}
    return now != then


_EARLIER = ("earlier_", "interest", "settled_before", "to_pay")


def refuse_the_same(
    case: Case, settled: Sequence[ContractSettlement], previous: Previous, year: int, status: Status
) -> None:
    """Refuse another year, the same figures again, and a change of what is definitive without its reason.

    Raises
    ------
    UserError
        The earlier settlement is of another year or further on, or nothing changed since.
    CaseError
        A definitive settlement changed and no reason was given.
    """
    if previous.year != year:
        raise UserError(
            f"{previous.place} is de afrekening van {previous.year}, niet van {year}; geef een eerdere van {year}.",
            f"{previous.place} is the settlement of {previous.year}, not of {year}; give an earlier settlement of {year}.",
        )
    order = ("raming", "voorlopig", "definitief")
    if order.index(status) < order.index(previous.status):
        raise UserError(
            f"{year} is op {previous.drawn_up} al {previous.status} afgerekend ({previous.place}); een afrekening daarna is "
            f"niet weer {status}. Kies {previous.status}, of laat --previous weg voor een berekening ernaast.",
            f"{year} was settled as {previous.status} on {previous.drawn_up} ({previous.place}); a settlement after it is "
            f"not {status} again. Choose {previous.status}, or leave --previous out to compute beside it.",
        )
    moved = [one for one in settled if changed(one, previous.of(one.provider, one.lot))]
    if not moved and status == previous.status:
        raise UserError(
            f"{year} is op {previous.drawn_up} al zo afgerekend ({previous.place}) en er is niets veranderd; verbeter "
            "de cijfers, of kies een volgende status.",
            f"{year} was settled so already on {previous.drawn_up} ({previous.place}) and nothing changed; mend the "
            "figures, or choose a next status.",
        )
    if previous.status != "definitief":
        return
    without = [one for one in moved if not one.correction]
    if without:
        raise CaseError(
            Problem(
                "determinations",
                f"{one.provider}, {one.lot}, {year} is op {previous.drawn_up} definitief afgerekend en verandert nu; vul in "
                "kolom correction in waarom",
                f"{one.provider}, {one.lot}, {year} was settled definitively on {previous.drawn_up} and changes now; fill "
                "in column correction why",
                column="correction",
            )
            for one in without
        )
