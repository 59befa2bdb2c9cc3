"""The lines of one contract in the order of a statement: budget, base, corridor, clauses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bekostiging.case.errors import Said
from bekostiging.case.year_tables import Deduction, Statement
from bekostiging.contracts import (
    Maatwerktraject,
    Step,
    Taakgericht,
    index_years,
)
from bekostiging.settlement.agreed import Agreed
from bekostiging.settlement.formula import Term, term
from bekostiging.settlement.ledger import Ledger, money
from bekostiging.settlement.spelled import BY_OBJECT, At
from bekostiging.settlement.status import open_index
from bekostiging.settlement.values import Book, Values

NOTHING: Said = ("", "")
REASONS: dict[str, Said] = {
    "not_shown": ("niet aangetoond", "not shown"),
    "not_delivered": ("niet geleverd", "not delivered"),
    "residence": ("andere gemeente (woonplaatsbeginsel)", "another municipality (woonplaatsbeginsel)"),
    "other_law": ("andere wet", "another law"),
    "age": ("leeftijd", "age"),
    "validity": ("buiten de geldigheid van de toewijzing", "outside the validity of the authorisation"),
    "above_authorisation": ("boven de toewijzing", "above the authorisation"),
    "double": ("dubbel", "double"),
    "price": ("prijs", "price"),
}
"""Why something is not recognised, in words."""


@dataclass
class Sheet:
    """One contract in one year, while its lines are drawn up."""

    book: Book
    contract: int
    year: int
    values: Values
    transfer: float
    ledger: Ledger

    @property
    def agreed(self) -> Agreed:
        """The contract with its terms."""
        return self.book.agreed[self.contract]

    @cached_property
    def price(self) -> Term:
        """Level of prices in the year, 1 in the first contract year."""
        own = index_years(self.book.case, self.agreed.contract.lot, self.book.care.care_use)
        level = term(1.0)
        for one in own[1 : self.year + 1]:
            rate = self.ledger.given(f"index_{one.year}", (f"index {one.year}", f"index of {one.year}"), one.rate)
            level = level * (rate + 1)
        if own[self.year].revision:
            said = (
                f"nacalculatie index {own[self.year].year}",
                f"revision of the index of {own[self.year].year}",
            )
            level = level * (self.ledger.given("index_revision", said, own[self.year].revision) + 1)
        return level

    @cached_property
    def index_estimate(self) -> Said | tuple[()]:
        """Why the index is an estimate, if it is."""
        years = open_index(self.book.case, self.agreed.contract.lot, self.book.case.first_year + self.year)
        if not years:
            return ()
        listed = ", ".join(map(str, years))
        return (
            f"de definitieve index van {listed} is nog niet bekend: gerekend met de raming",
            f"the final index of {listed} is not yet known: computed with the forecast",
        )

    @cached_property
    def sources(self) -> str:
        """Documents of the statement of the year."""
        rows = self._rows(self.book.figures.statements)
        return "; ".join(dict.fromkeys(row.document for row in rows))

    @cached_property
    def care_estimate(self) -> Said | tuple[()]:
        """Why the care is an estimate, if it is."""
        return self.book.care.estimated.get((self.year, self.contract), ())

    def _rows(self, rows: tuple[Statement, ...]) -> list[Statement]:
        one = self.agreed.contract
        year = self.book.case.first_year + self.year
        return [row for row in self.book.figures.of_contract(rows, one.provider, one.lot) if row.year == year]

    def deductions(self) -> list[Deduction]:
        """What is not recognised of the year."""
        one, figures = self.agreed.contract, self.book.figures
        year = self.book.case.first_year + self.year
        return [row for row in figures.of_contract(figures.deductions, one.provider, one.lot) if row.year == year]

    def at(self, place: int, base: Term, reference: Term, step: Step | None = None) -> At:
        """Where a clause acts."""
        last = self.year == self.book.case.n_years - 1
        return At(self.ledger, self.year, place, base, reference, self.price, step, last)

    def of_cells(self, name: str, said: Said, values: np.ndarray) -> tuple[tuple[float, ...], tuple[str, ...]]:
        """Numbers of own cells with the name of each cell."""
        cells = self.book.cells
        own = self.agreed.contract.cells
        labels = tuple(f"{cells.care_form_ids[cells.care_form[c]]}, {cells.area_ids[cells.area[c]]}" for c in own)
        return tuple(float(one) for one in values), labels

    def figures(self, name: str, said: Said) -> Term:
        """Units of own cells (a field of the care use) at the tariff, in prices of the first contract year."""
        one = self.agreed.contract
        tariff = one.reference_tariff if isinstance(one, Taakgericht) else one.tariff
        if isinstance(one, Maatwerktraject):
            tariff = tariff / one.within
        units = one.own(getattr(self.book.care.care_use, name))[0, self.year]
        numbers, labels = self.of_cells(name, said, units)
        prices, _ = self.of_cells("tariff", said, tariff)
        price_said = ("tarief, prijspeil eerste contractjaar", "tariff, prices of the first contract year")
        column = self.ledger.column(name, said, numbers, labels, self.sources)
        return column.times(self.ledger.column("tariff", price_said, prices, labels, "contract"))

    def deduct(self) -> list[str]:
        """A line per reason; their keys."""
        keys = []
        rows = self.deductions()
        for reason in dict.fromkeys(row.reason for row in rows):
            own = [row for row in rows if row.reason == reason]
            nl, en = REASONS[reason]
            disputed = sum(row.euros for row in own if row.disputed)
            words = NOTHING
            if disputed:
                words = (
                    f"waarvan betwist {money(disputed, 'nl')}",
                    f"of which {money(disputed, 'en')} disputed",
                )
            amount = self.ledger.given(
                f"deduction_{reason}",
                (f"niet erkend: {nl}", f"not recognised: {en}"),
                sum(row.euros for row in own),
            )
            key = f"deduction_{reason}"
            source = "; ".join(dict.fromkeys(row.document for row in own))
            self.ledger.amount(key, "base", (f"Af: {nl}", f"Less: {en}"), -amount, words, source)
            keys.append(key)
        return keys

    def pool(self) -> None:
        """The line of a pool between providers, where there is one."""
        one = self.agreed.contract
        rows = self.book.case.clauses
        if any((row.lot, row.payment_form, row.clause) == (one.lot, one.form, "provider_pool") for row in rows):
            said = "Verevening tussen aanbieders (samen nul)", "Pool between providers (zero in sum)"
            given = self.ledger.given("provider_pool", said, self.transfer, BY_OBJECT[1])
            self.ledger.amount(
                "provider_pool",
                "clauses",
                said,
                given,
                (
                    "naar referentiebedrag; per aanbieder in het overzicht",
                    "by reference amount; per provider in the overview",
                ),
            )
