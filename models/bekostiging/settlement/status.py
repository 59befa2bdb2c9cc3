"""What each status of a settlement may contain, and what is refused, by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal, get_args

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.errors import Problem, Said
from bekostiging.case.year_tables import Determination

Status = Literal["raming", "voorlopig", "definitief"]
"""Estimate for the annual accounts; provisional (statement in, not audited); definitive."""
STATUSES: tuple[Status, ...] = get_args(Status)
STATUS_NAMES: dict[str, Said] = {
    "raming": ("raming voor de jaarrekening", "estimate for the annual accounts"),
    "voorlopig": ("voorlopig", "provisional"),
    "definitief": ("definitief", "definitive"),
}


def open_index(case: Case, lot: str, year: int) -> tuple[int, ...]:
    """Years whose final index the contract of a lot uses in a year, and which is not known.

    Under the standard clause that of every year before; with a provisional first year, or a revision within the year, its
    own too.
    """
    own = year == case.first_year and case.policy.first_year_index(lot) == "provisional"
    own = own or case.policy.mid_year_revision(lot) > 0
    used = range(case.first_year, year + int(own))
    rows = {row.year: row for row in case.indices}
    return tuple(
        one
        for one in used
        if (case.policy.weight_ova(lot) > 0 and rows[one].ova_final is None)
        or (case.policy.weight_ppc(lot) > 0 and rows[one].ppc_final is None)
    )


def not_ended(year: int, status: Status, today: date) -> Iterator[Problem]:
    """Why a calendar year cannot have this status on a day, whatever the contract."""
    if status != "raming" and today <= date(year, 12, 31):
        nl, en = STATUS_NAMES[status]
        yield Problem(
            "determinations",
            f"{nl} kan niet, want {year} is nog niet voorbij; reken af als raming",
            f"{en} cannot be, because {year} has not ended; settle it as raming",
            column="year",
        )


def refused(case: Case, figures: YearFigures, contract: int, year: int, status: Status) -> Iterator[Problem]:
    """Why the contract of this place cannot have this status in a calendar year."""
    if status == "raming":
        return
    row = case.contracts[contract]
    where = f"{row.provider}, {row.lot}, {year}"
    own = next(
        (one for one in figures.of_contract(figures.determinations, row.provider, row.lot) if one.year == year),
        None,
    )
    line = 0 if own is None else own.line

    def problem(column: str, nl: str, en: str) -> Problem:
        """At the row of the determination, or for the table where there is none."""
        said = STATUS_NAMES[status]
        return Problem(
            "determinations",
            f"{where}: {said[0]} kan niet, want {nl}",
            f"{where}: {said[1]} cannot be, because {en}",
            row=line or None,
            column=column,
        )

    stated = any(one.year == year for one in figures.of_contract(figures.statements, row.provider, row.lot))
    if not stated:
        yield problem(
            "statement_on",
            "er is geen productieverantwoording; vul tabel statements, of reken af als raming",
            "there is no production statement; fill table statements, or settle it as raming",
        )
    if status == "definitief":
        yield from (problem(*one) for one in _not_definitive(own))
        if years := open_index(case, row.lot, year):
            listed = ", ".join(map(str, years))
            yield problem(
                "year",
                f"de definitieve index van {listed} staat nog open; vul ova_final en ppc_final in tabel indices in",
                f"the final index of {listed} is still open; fill in ova_final and ppc_final in table indices",
            )


def _not_definitive(own: Determination | None) -> Iterator[tuple[str, str, str]]:
    """What a definitive settlement still lacks: column, Dutch, English."""
    if own is None:
        yield (
            "evidence",
            "er is geen rij in tabel determinations; vul bewijs, bezwaren en beide namen in",
            "there is no row in table determinations; fill in evidence, objections and both names",
        )
        return
    if own.statement_on is None:
        yield (
            "statement_on",
            "niet is ingevuld wanneer de verantwoording kwam; vul de dag in",
            "when the statement came in is not filled in; fill in the day",
        )
    if own.evidence == "none" or own.evidence_on is None:
        yield (
            "evidence",
            "er is geen controleverklaring of bestuursverklaring met datum; vul beide in, of reken af als voorlopig",
            "there is no accountant's or board's statement with its date; fill in both, or settle it as voorlopig",
        )
    if own.objections == "pending":
        yield (
            "objections",
            "bezwaren staan nog open; behandel ze, of reken af als voorlopig",
            "objections are pending; answer them, or settle it as voorlopig",
        )
    if not own.checked_by or not own.approved_by:
        yield (
            "approved_by",
            "twee mensen moeten ervoor tekenen; vul in wie controleerde en wie vaststelde",
            "two people must sign for it; fill in who checked and who determined it",
        )
