"""What a settlement needs and nobody brought: refused by name, never settled as zero."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bekostiging.case.errors import Problem, Said
from bekostiging.contracts import Taakgericht
from bekostiging.settlement.care import COLUMNS, COST, EXCESS, OUTCOMES
from bekostiging.settlement.values import Book

_TABLE = {EXCESS: ("excess", "euros"), OUTCOMES: ("outcomes", "numerator"), COST: ("statements", "cost")}
"""Table and column of figures that are no column of the statement's units."""


def missing_figures(book: Book, contract: int, year: int) -> Iterator[Problem]:
    """A problem per figure without which the amount of a contract (by place) in a year (from 0) is not known."""
    one = book.contracts[contract]
    if not np.isnan(book.values[contract].settled.payment[0, year]):
        return
    if _nothing_came_in(book, contract, year):
        calendar = book.case.first_year + year
        yield Problem(
            "statements",
            f"contract {one.provider}, {one.lot}: over {calendar} staat er niets; vul de productieverantwoording in",
            f"contract {one.provider}, {one.lot}: nothing is there of {calendar}; fill in the production statement",
        )
        return
    who = _who(book, contract, year)
    found = False
    for name in _names(book, contract):
        for when in range(year, -1, -1):
            if not _needs(book, contract, name, when, year):
                continue
            found = True
            table, column = _TABLE.get(name, ("statements", COLUMNS.get(name, name)))
            calendar = book.case.first_year + when
            yield Problem(
                table,
                f"contract {one.provider}, {one.lot}: {who[0]} heeft voor {calendar} {column} nodig, en dat staat er niet; "
                "vul het in (nul is ook een getal)",
                f"contract {one.provider}, {one.lot}: {who[1]} needs {column} of {calendar}, which is not there; fill it in "
                "(zero is a number too)",
                column=column,
            )
            break
    if not found:
        yield Problem(
            "statements",
            f"contract {one.provider}, {one.lot}: het bedrag is niet te bepalen uit wat er staat; vul de verantwoording aan",
            f"contract {one.provider}, {one.lot}: the amount does not follow from what is there; complete the statement",
        )


def _nothing_came_in(book: Book, contract: int, year: int) -> bool:
    """Whether a contract has neither a statement of the year nor a month in it."""
    figures, calendar = book.figures, book.case.first_year + year
    own = book.case.contracts[contract].provider, book.case.contracts[contract].lot
    stated = any(row.year == calendar for row in figures.of_contract(figures.statements, *own))
    return not stated and not any(
        row.month.startswith(f"{calendar}-") for row in figures.of_contract(figures.actuals, *own)
    )


def _names(book: Book, contract: int) -> list[str]:
    """Figures that may be unknown, units first."""
    one = book.contracts[contract]
    if isinstance(one, Taakgericht) and one.base == "audited_cost":
        return [COST, *COLUMNS, EXCESS, OUTCOMES]
    return [*COLUMNS, EXCESS, OUTCOMES]


def _needs(book: Book, contract: int, name: str, when: int, year: int) -> bool:
    """Whether the amount of ``year`` is unknown when only this figure of the year ``when`` is."""
    if name == COST:
        return bool(np.isnan(book.care.cost[when, contract]))
    cells = book.contracts[contract].cells
    care_use = book.care.without(cells.tolist(), name, when)
    found = book.settle(care_use, book.deducted(), cost_known=True)[contract]
    return bool(np.isnan(found.settled.payment[0, year]))


def _who(book: Book, contract: int, year: int) -> Said:
    """The clause whose outcome is unknown first, or the payment form."""
    one, values = book.contracts[contract], book.values[contract]
    for step in (*values.on_clients, *values.steps):
        if np.isnan(step.paid[0, year]) and not np.isnan(step.position.base[0, year]):
            nl, en = step.clause.name if hasattr(step.clause, "name") else ("bandbreedte", "corridor")
            return f"beding {nl}", f"clause {en}"
    if isinstance(one, Taakgericht) and not np.isnan(values.base[0, year]):
        for clause in one.budget_clauses:
            if np.isnan(clause.factor(book.care.care_use, one.cells)[0, year]):
                return f"beding {clause.name[0]}", f"clause {clause.name[1]}"
    return f"bekostigingsvorm {one.name[0]}", f"payment form {one.name[1]}"
