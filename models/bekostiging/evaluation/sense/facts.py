"""What the case itself expects, in closed form: euro by cell and year, the yardstick of every remark.

    E[t, cell] = units expected (``scenarios.expected_care_use``) x tariff x expected price level
    E[y, cell] = units in a year y before the term (``units_in_year``) x tariff / index of the years from y to the term

Where table indices lacks a year, its mean forecast stands in: an index of 3 % does not turn a factor of two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import fmean
from typing import Any

import numpy as np

from bekostiging.case import Case
from bekostiging.contracts import expected_level, index_of_year
from bekostiging.evaluation.sense.remark import Change, Found
from bekostiging.scenarios import Cells, build_cells, expected_care_use, units_in_year
from bekostiging_solvers.typing import BoolArray, FloatArray


def levels(case: Case, cells: Cells) -> FloatArray:
    """Expected price level of every contract year and cell; (n_years, n_cells)."""
    level = np.zeros((case.n_years, cells.n_cells))
    for place, lot in enumerate(cells.lot_ids):
        level[:, cells.lot == place] = expected_level(case, lot, case.n_years)[:, None]
    return level


@dataclass(frozen=True)
class Facts:
    """A case and what it expects.

    ``units`` and ``clients`` (n_years, n_cells) of the term; ``level`` alike, the expected price level; ``times`` (n_cells,)
    what earlier remarks multiply use by.
    """

    case: Case
    cells: Cells
    units: FloatArray
    clients: FloatArray
    level: FloatArray
    times: FloatArray
    _past: dict[int, FloatArray] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, case: Case) -> Facts:
        """Everything in closed form, nobody drawn."""
        cells = build_cells(case)
        use = expected_care_use(case, cells, case.n_years)
        return cls(case, cells, use.units[0], use.clients[0], levels(case, cells), np.ones(cells.n_cells))

    def mended(self, changes: Iterable[Change]) -> Facts:
        """Of the case with some cells as they would be without an error."""
        updates: dict[str, dict[int, dict[str, float]]] = {}
        for one in changes:
            updates.setdefault(one.table, {}).setdefault(one.row, {})[one.column] = one.value
        if not updates:
            return self
        tables: dict[str, Any] = {
            table: tuple(
                row.model_copy(update=rows[place]) if place in rows else row
                for place, row in enumerate(getattr(self.case, table))
            )
            for table, rows in updates.items()
        }
        return replace(Facts.of(replace(self.case, **tables)), times=self.times)

    def corrected(self, found: Sequence[Found]) -> Facts:
        """Without what was found."""
        times = [one.times for one in found if one.times is not None]
        mended = self.mended(change for one in found for change in one.changes)
        return replace(mended, times=np.prod([mended.times, *times], axis=0)) if times else mended

    def difference(self, changes: Iterable[Change]) -> float:
        """Euro a year, of the mean contract year, that changes make to expected spending."""
        return float(abs(self.mended(changes).euros.sum() - self.euros.sum())) / self.case.n_years

    @cached_property
    def euros(self) -> FloatArray:
        """Expected euro of every contract year and cell; (n_years, n_cells)."""
        return np.asarray(self.units * self.cells.tariff * self.level * self.times)

    @cached_property
    def first(self) -> FloatArray:
        """Expected euro of the first contract year; (n_cells,)."""
        return np.asarray(self.euros[0])

    @cached_property
    def total(self) -> float:
        """Expected euro of the first contract year."""
        return float(self.first.sum())

    def plain(self, year: int) -> FloatArray:
        """Expected euro of a calendar year by cell, whatever was remarked; (n_cells,)."""
        if year >= self.case.first_year:
            t = min(year - self.case.first_year, self.case.n_years - 1)
            return np.asarray(self.units[t] * self.cells.tariff * self.level[t])
        if year not in self._past:
            since = np.ones(self.cells.n_cells)
            for place, lot in enumerate(self.cells.lot_ids):
                since[self.cells.lot == place] = self._index(lot, year)
            self._past[year] = units_in_year(self.case, self.cells, year) * self.cells.tariff / since
        return self._past[year]

    def _index(self, lot: str, year: int) -> float:
        """Price level of the first contract year over that of an earlier one."""
        known = {row.year for row in self.case.indices}
        usual = fmean(row.ova_forecast for row in self.case.indices)
        years = range(year + 1, self.case.first_year + 1)
        return float(np.prod([1 + (index_of_year(self.case, lot, u) if u in known else usual) for u in years]))

    @cached_property
    def laws(self) -> list[str]:
        """The law of every cell."""
        law = {row.id: str(row.law) for row in self.case.care_forms}
        return [law[self.cells.care_form_ids[form]] for form in self.cells.care_form]

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """Names by table and id."""
        case = self.case
        return {
            "areas": {row.id: row.name for row in case.areas},
            "municipalities": {row.code: row.name for row in case.municipalities},
            "care_forms": {row.id: row.name for row in case.care_forms},
            "lots": {row.id: row.name for row in case.lots},
            "providers": {row.id: row.name for row in case.providers},
        }

    def of_law(self, law: str) -> BoolArray:
        """Cells of a law."""
        return np.array([own == law for own in self.laws], dtype=bool)

    def of_form(self, form: str) -> BoolArray:
        """Cells of a care form."""
        return np.asarray(self.cells.care_form == self.cells.care_form_ids.index(form))

    def of_provider(self, provider: str) -> BoolArray:
        """Cells of a provider."""
        return np.asarray(self.cells.provider == self.cells.provider_ids.index(provider))

    def of_municipality(self, code: str) -> BoolArray:
        """Cells of a municipality."""
        return np.asarray(self.cells.municipality == self.cells.municipality_codes.index(code))

    def of_place(self, place: str) -> BoolArray | None:
        """Cells of an area, or else of a municipality; None of anything else, such as the nation."""
        if place in self.cells.area_ids:
            return np.asarray(self.cells.area == self.cells.area_ids.index(place))
        return self.of_municipality(place) if place in self.cells.municipality_codes else None

    def of_use(self, name: str) -> BoolArray | None:
        """Cells of a care form or a law; None of anything else."""
        if name in self.cells.care_form_ids:
            return self.of_form(name)
        return self.of_law(name) if name in self.laws else None

    def of_row(self, area: str, form: str) -> BoolArray:
        """Cells of a row of demand."""
        return np.asarray(self.of_form(form) & (self.cells.area == self.cells.area_ids.index(area)))

    def called(self, name: str) -> str:
        """The name of a place, care form or law, as the user wrote it."""
        return next((own[name] for own in self.names.values() if name in own), name)

    def most(self, euros: float, mask: BoolArray | None = None) -> float:
        """At most what the contracts concerned cost a year: an input outside expected spending cannot move it further."""
        spent = self.first.sum() if mask is None else self.first[mask].sum()
        return float(min(abs(euros), spent))
