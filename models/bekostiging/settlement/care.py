"""What statements say of the years as ``CareUse``: what the contract objects settle, here of one scenario that happened.

What no document says is not a number here, never zero: whatever a clause or key needs and cannot have makes its outcome not
a number too, and is then refused by name. So nothing is told here of which clause needs what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.errors import CaseError, Note, Problem, Said
from bekostiging.case.year_tables import Excess, Statement
from bekostiging.contracts import Contract, price_levels
from bekostiging.scenarios import MEASURES, CareUse, Cells
from bekostiging.scenarios.high_cost import thresholds_of
from bekostiging.settlement.completed import CompletedYear, Months, completed_year, months_of
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray, IntArray

COLUMNS = {
    "units": "units",
    "clients": "clients",
    "crisis_units": "crisis_units",
    "units_claimable": "claimable_units",
    "units_within_budget": "budget_units",
    "crisis_units_within_budget": "crisis_budget_units",
    "arrangement_units": "arrangement_units",
    "arrangement_units_at_result": "result_units",
    "crisis_arrangement_units": "crisis_arrangement_units",
}
"""Fields of ``CareUse`` by the column of table statements that gives them."""
EXCESS, OUTCOMES, COST = "excess", "outcomes", "cost"


@dataclass(frozen=True)
class CareOfYears:
    """The care of the years that are known.

    ``care_use``: one scenario over the whole term; ``cost`` (n_years, n_contracts): audited, nan where none was typed;
    ``estimated``: contracts (by place) and years whose units come from months, not from a statement, and why;
    ``notes``: what was read as zero.
    """

    care_use: CareUse
    cost: FloatArray
    estimated: dict[tuple[int, int], Said]
    notes: tuple[Note, ...]

    def without(self, cells: Sequence[int], name: str, year: int | None) -> CareUse:
        """As if only this figure of these cells were unknown, and all else that is unknown were zero."""
        care_use = _known(self.care_use)
        years = slice(None) if year is None else year
        names = ("starts_by_profile", "successes_by_profile") if name == OUTCOMES else (name,)
        changed: dict[str, Any] = {}
        for one in names:
            if one == EXCESS:
                kept = {measure: array.copy() for measure, array in care_use.excess.items()}
                for measure, array in kept.items():
                    unknown = np.isnan(self.care_use.excess[measure][:, years, cells])
                    array[:, years, cells] = np.where(unknown, np.nan, array[:, years, cells])
                changed[one] = kept
                continue
            array = getattr(care_use, one).copy()
            own = getattr(self.care_use, one)
            array[:, years, cells] = np.where(np.isnan(own[:, years, cells]), np.nan, array[:, years, cells])
            changed[one] = array
        return replace(care_use, **changed)


def _known(care_use: CareUse) -> CareUse:
    """With zero for whatever is unknown."""
    arrays = {one.name: getattr(care_use, one.name) for one in fields(CareUse)}
    zeros: dict[str, Any] = {
        name: np.nan_to_num(value) for name, value in arrays.items() if isinstance(value, np.ndarray)
    }
    excess = {measure: np.nan_to_num(array) for measure, array in care_use.excess.items()}
    return replace(care_use, **zeros, excess=excess)


def care_of_years(
    case: Case, cells: Cells, contracts: Sequence[Contract], figures: YearFigures, *, estimates: bool
) -> CareOfYears:
    """The care of every year up to the last one that documents speak of.

    ``contracts``: those of the case, in its order; ``estimates``: whether months may stand in for a statement.

    Raises
    ------
    CaseError
        A row of a provider, care form and area where nothing is offered.
    """
    n_years = case.n_years
    known = max(figures.years, default=case.first_year) - case.first_year + 1
    arrays = {name: np.zeros((1, n_years, cells.n_cells)) for name in COLUMNS}
    thresholds = tuple(sorted({*thresholds_of(case), *(row.threshold for row in figures.excess)}))
    excess = np.zeros((2, n_years, cells.n_cells, len(thresholds)))
    cost = np.zeros((n_years, len(case.contracts)))
    builder = _Builder(case, cells, contracts, figures, arrays, excess, thresholds, cost)
    for year in range(known):
        for contract in range(len(case.contracts)):
            builder.fill(year, contract, estimates=estimates)
    if builder.problems:
        raise CaseError(builder.problems)
    care_use = _care_use(case, cells, builder)
    return CareOfYears(_at_first_prices(case, cells, care_use), cost, builder.estimated, tuple(builder.notes))


@dataclass
class _Builder:
    """Arrays being filled; ``excess`` (2, n_years, n_cells, n_thresholds): what was claimed and delivered above each;
    ``score`` (n_years, n_cells, 2): trajectories measured, and those with result."""

    case: Case
    cells: Cells
    contracts: Sequence[Contract]
    figures: YearFigures
    arrays: dict[str, FloatArray]
    excess: FloatArray
    thresholds: tuple[float, ...]
    cost: FloatArray

    def __post_init__(self) -> None:
        """Look up the cells by their names once."""
        cells = self.cells
        self.place = {
            (int(cells.contract[c]), cells.care_form_ids[cells.care_form[c]], cells.area_ids[cells.area[c]]): c
            for c in range(cells.n_cells)
        }
        self.contract = {(row.provider, row.lot): index for index, row in enumerate(self.case.contracts)}
        self.score = np.zeros((len(self.cost), cells.n_cells, 2))
        self.estimated: dict[tuple[int, int], Said] = {}
        self.notes: list[Note] = []
        self.problems: list[Problem] = []
        self._by: dict[str, dict[tuple[int, int], list[object]]] = {}
        for name in ("statements", "excess", "outcomes"):
            groups = self._by.setdefault(name, {})
            for row in getattr(self.figures, name):
                groups.setdefault(
                    (row.year - self.case.first_year, self.contract[row.provider, row.lot]), []
                ).append(row)
        self._months = self._units_of_months()

    def rows(self, name: str, year: int, contract: int) -> list[object]:
        """Rows of a table about a contract and year."""
        return self._by[name].get((year, contract), [])

    def fill(self, year: int, contract: int, *, estimates: bool) -> None:
        """Everything documents say of one contract in one year; the rest is not a number."""
        own = np.flatnonzero(self.cells.contract == contract)
        statements = [row for row in self.rows("statements", year, contract) if isinstance(row, Statement)]
        months = None if statements or not estimates else completed_year(self._months, contract, year)
        if months is not None:
            self._estimate(year, contract, own, months)
        elif not statements:
            for array in self.arrays.values():
                array[0, year, own] = np.nan
            self.cost[year, contract] = np.nan
        else:
            self._state(year, contract, own, statements)
        self._excess(year, contract, own)
        self._outcomes(year, contract, own)

    def _cell(self, row: object, contract: int) -> int | None:
        """Place of a row's cell; a problem where nothing is offered there."""
        care_form, area = getattr(row, "care_form", ""), getattr(row, "area", "")
        found = self.place.get((contract, care_form, area))
        if found is None:
            nl = f"het contract biedt {care_form} in {area} niet aan (tabel offers); verbeter de rij of vul het aanbod aan"
            en = f"the contract offers no {care_form} in {area} (table offers); mend the row or add the offer"
            table, line = str(getattr(row, "table", "")), int(getattr(row, "line", 0))
            self.problems.append(Problem(table, nl, en, row=line, column="care_form"))
        return found

    def _state(self, year: int, contract: int, own: IntArray, rows: list[Statement]) -> None:
        """A statement; cells without a row delivered nothing, which is told."""
        capped = self.case.policy.claim_cap(self.case.contracts[contract].lot) == "weekly"
        filled = set()
        for row in rows:
            cell = self._cell(row, contract)
            if cell is None:
                continue
            filled.add(cell)
            for name, column in COLUMNS.items():
                value = getattr(row, column)
                if column == "claimable_units" and value is None and not capped:
                    value = row.units
                self.arrays[name][0, year, cell] = np.nan if value is None else value
        costs = [row.cost for row in rows]
        self.cost[year, contract] = sum(np.nan if one is None else one for one in costs)
        if empty := [int(cell) for cell in own if cell not in filled]:
            row_of = self.case.contracts[contract]
            names = ", ".join(
                f"{self.cells.care_form_ids[self.cells.care_form[c]]} in {self.cells.area_ids[self.cells.area[c]]}"
                for c in empty
            )
            first = self.case.first_year + year
            self.notes.append(
                {
                    "nl": f"Verantwoording {first} van {row_of.provider}, {row_of.lot}: geen rij voor {names}; gelezen als "
                    "niets geleverd.",
                    "en": f"Statement {first} of {row_of.provider}, {row_of.lot}: no row for {names}; read as nothing "
                    "delivered.",
                }
            )

    def _estimate(self, year: int, contract: int, own: IntArray, found: CompletedYear) -> None:
        """Units of the months, completed for what is still to come; no other figure."""
        for name, array in self.arrays.items():
            known = name in ("units", "units_claimable", "units_within_budget")
            array[0, year, own] = 0.0 if known else np.nan
            for cell, units in found.units.items():
                if known:
                    array[0, year, cell] = units
        self.cost[year, contract] = np.nan
        self.estimated[year, contract] = found.said

    def _units_of_months(self) -> Months:
        """The months of every cell."""
        rows = []
        for row in self.figures.actuals:
            contract = self.contract[row.provider, row.lot]
            cell = self._cell(row, contract)
            if cell is not None:
                rows.append((contract, cell, row))
        return months_of(rows, self.case.first_year)

    def _excess(self, year: int, contract: int, own: IntArray) -> None:
        """What lies above thresholds, claimed and delivered; a threshold of which nothing is said is not a number."""
        rows = [row for row in self.rows("excess", year, contract) if isinstance(row, Excess)]
        own_form = self.contracts[contract]
        capped = self.case.policy.claim_cap(own_form.lot) == "weekly"
        # what is claimed for a client is what was delivered
        alike = own_form.measure == "delivered" or (own_form.measure == "claimable" and not capped)
        for k, threshold in enumerate(self.thresholds):
            at_threshold = [row for row in rows if row.threshold == threshold]
            for place, basis in enumerate(("claimed", "delivered")):
                mine = [row for row in at_threshold if row.measured_on == basis]
                if not mine and place and alike:
                    self.excess[1, year, own, k] = self.excess[0, year, own, k]
                elif not mine:
                    self.excess[place, year, own, k] = np.nan
                for row in mine:
                    cell = self._cell(row, contract)
                    if cell is not None:
                        self.excess[place, year, cell, k] += row.euros

    def _outcomes(self, year: int, contract: int, own: IntArray) -> None:
        """Trajectories measured and with result, in the first cell of the contract."""
        rows = self.rows("outcomes", year, contract)
        mine = [row for row in rows if getattr(row, "outcome", "") == "goals_reached"]
        if not len(own):
            return
        self.score[year, own[0]] = (
            (getattr(mine[0], "denominator", 0.0), getattr(mine[0], "numerator", 0.0))
            if mine
            else (np.nan, np.nan)
        )


def _care_use(case: Case, cells: Cells, builder: _Builder) -> CareUse:
    """The arrays as care use; indices final where they are known, else as forecast."""
    n_years = case.n_years
    shapes: dict[str, tuple[int, ...]] = {
        "units_month": (1, MONTHS * n_years, cells.n_cells),
        "cao": (1, n_years, len(cells.care_form_ids)),
    }
    shapes |= dict.fromkeys(
        ("starts_by_profile", "successes_by_profile", "repeats_by_profile"), (1, n_years, cells.n_cells, 1)
    )
    kept = ("cells", "thresholds", "excess", "ova_final", "ppc_final")
    zeros: dict[str, Any] = {
        one.name: np.zeros(shapes.get(one.name, (1, n_years, cells.n_cells)))
        for one in fields(CareUse)
        if one.name not in kept
    }
    starts, good = builder.score[None, ..., :1], builder.score[None, ..., 1:]
    rows = {row.year: row for row in case.indices}
    years = [rows[case.first_year + year] for year in range(n_years)]
    ova = [row.ova_forecast if row.ova_final is None else row.ova_final for row in years]
    ppc = [row.ppc_forecast if row.ppc_final is None else row.ppc_final for row in years]
    units = np.nan_to_num(builder.arrays["units"])
    own: dict[str, Any] = builder.arrays | {
        "starts_by_profile": starts,
        "successes_by_profile": good,
        "units_month": np.repeat(units / MONTHS, MONTHS, axis=1),
        "ova_final": np.array([ova]),
        "ppc_final": np.array([ppc]),
        "cao": np.ones(shapes["cao"]),
    }
    excess = {measure: builder.excess[[int(measure == "delivered")]] for measure in MEASURES}
    return CareUse(cells=cells, thresholds=builder.thresholds, excess=excess, **(zeros | own))


def _at_first_prices(case: Case, cells: Cells, care_use: CareUse) -> CareUse:
    """With the excess, which documents give in prices of the year, in prices of the first contract year."""
    if not care_use.thresholds:
        return care_use
    level = np.ones((1, case.n_years, cells.n_cells))
    for index, lot in enumerate(case.lots):
        level[:, :, cells.lot == index] = price_levels(case, lot.id, care_use).price[..., None]
    return replace(care_use, excess={key: array / level[..., None] for key, array in care_use.excess.items()})
