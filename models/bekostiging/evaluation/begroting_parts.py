"""The amounts for the begroting by lot and by taakveld: parts that add up to the total, and what each needs.

Nominal euro of the reported municipalities. Spending of a lot with care forms of several taakvelden is divided in proportion
to what those care forms are expected to cost there, in every year: expected units times tariff. What is begroot is known by
law; it is that of a taakveld where the law has no other and the taakveld no other law. The way from the budgets of
the contracts to what is expected goes over three amounts that are each computed from the scenarios::

    budgets of the contracts + settlement (corridor, clauses, index) - part of municipalities outside the report = expected
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import LUMP_SUM, Reference
from bekostiging.evaluation.results import TERM, Comparison, LumpSumResult
from bekostiging.lumpsum import begroting_sum, decided_payment
from bekostiging.scenarios import Cells
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class BudgetPart:
    """A lot or a taakveld in a year or over the term: mean spending, and what it does not exceed with certainty; euro."""

    expected: Estimate
    certain: Estimate


@dataclass(frozen=True)
class ContractsToExpected:
    """From the budgets of a lot's contracts to what is expected over the term, euro; the three add up to ``expected``."""

    budget: float
    settlement: float
    """Corridor, clauses and index, for every payer."""
    elsewhere: float
    """What municipalities outside the report pay, negative."""
    expected: float


@dataclass(frozen=True)
class BudgetParts:
    """Lots and taakvelden of a payment form."""

    form: str
    years: tuple[int, ...]
    lots: dict[str, dict[str, BudgetPart]]
    """[lot id][year or TERM], in the order of table lots."""
    taakvelden: dict[str, dict[str, BudgetPart]]
    """[taakveld][year or TERM], in the order of table care_forms."""
    begroot: dict[str, float]
    """[taakveld]: begroot under the contracts over the term, euro; only of a law that has one taakveld."""
    way: dict[str, ContractsToExpected]
    """[lot id]: the way from budgets to what is expected, of lots with a designed lump sum; empty without a design."""


def compared_parts(outcome: Comparison, form: PaymentForm) -> BudgetParts:
    """Of a payment form of a comparison."""
    spending = outcome.forms[form].samples[outcome.corner].lot_spending
    return _of(outcome.case, form, outcome.cells, outcome.reference, Scramblings(outcome.n_scramblings), spending,
               _compared_way(outcome))  # fmt: skip


def designed_parts(
    case: Case, cells: Cells, terms: Reference, result: LumpSumResult, scramblings: Scramblings
) -> BudgetParts | None:
    """Of the lump sum alone, on the scenarios that judge it; None without a design."""
    data, design = result.out_of_sample, result.design
    if not design.feasible:
        return None
    place, paid = _places(case), decided_payment(data, design)
    spending = np.zeros((data.n_scenarios, data.n_years, len(case.lots)))
    reported = data.key.sum(axis=3)
    for c, j in enumerate(data.lot):
        spending[:, :, place[data.lots[j].name]] += paid[:, c] * reported[:, :, j]
    way = _way(case, result, paid.mean(axis=0).sum(axis=1), spending)
    return _of(case, LUMP_SUM, cells, terms, scramblings, spending, way)


def _of(
    case: Case,
    form: str,
    cells: Cells,
    terms: Reference,
    scramblings: Scramblings,
    spending: FloatArray,
    way: dict[str, ContractsToExpected],
) -> BudgetParts:
    """Every part of spending (n_scenarios, n_years, n_lots)."""
    years = tuple(case.first_year + t for t in range(spending.shape[1]))
    names, weights = _taakvelden(case, cells, terms, len(years))
    lots = [row.id for row in case.lots]
    by_taakveld = np.einsum("stl,tlk->stk", spending, weights)
    return BudgetParts(
        form=form,
        years=years,
        lots=_parts(lots, spending, scramblings, case, years),
        taakvelden=_parts(names, by_taakveld, scramblings, case, years),
        begroot=_begroot(case, years),
        way=way,
    )


def _compared_way(outcome: Comparison) -> dict[str, ContractsToExpected]:
    """The way of the lump sum of a comparison, on its own scenarios."""
    if not outcome.lumpsum.design.feasible:
        return {}
    own = outcome.forms[LUMP_SUM].samples[outcome.corner]
    return _way(outcome.case, outcome.lumpsum, own.payment.mean(axis=0).sum(axis=0), own.lot_spending)


def _way(
    case: Case, result: LumpSumResult, paid: FloatArray, spending: FloatArray
) -> dict[str, ContractsToExpected]:
    """Out of what every contract is paid (n_contracts,), and spending of the reported (n_scenarios, n_years, n_lots)."""
    data, design, place = result.data, result.design, _places(case)
    reported = spending.mean(axis=0).sum(axis=0)
    found = {}
    for j, lot in enumerate(data.lots):
        contracts = np.flatnonzero(data.lot == j)
        if design.form[j] != 0:
            continue
        budget, payment = float(design.budget[contracts].sum()), float(paid[contracts].sum())
        expected = float(reported[place[lot.name]])
        found[lot.name] = ContractsToExpected(budget, payment - budget, expected - payment, expected)
    return found


def _places(case: Case) -> dict[str, int]:
    """Where a lot stands in its table."""
    return {row.id: place for place, row in enumerate(case.lots)}


def _bought(case: Case) -> list[tuple[str, str]]:
    """Taakveld and law of every care form that is in a lot."""
    bought = {form for lot in case.lots for form in lot.care_forms}
    return [(row.iv3, row.law) for row in case.care_forms if row.id in bought]


def _begroot(case: Case, years: Sequence[int]) -> dict[str, float]:
    """[taakveld]: what is begroot for its law, where neither has another."""
    pairs = set(_bought(case))
    codes = case.reported_codes
    found = {}
    for taakveld, law in _bought(case):
        if {own for own in pairs if taakveld == own[0] or law == own[1]} == {(taakveld, law)}:
            amount, outside = (
                begroting_sum(case, codes, years, column, law) for column in ("amount", "outside_contracts")
            )
            found[taakveld] = float((amount - outside).sum())
    return found


def _taakvelden(case: Case, cells: Cells, terms: Reference, n_years: int) -> tuple[list[str], FloatArray]:
    """Names, and (n_years, n_lots, n_taakvelden): which part of a lot is of which; parts of a lot add up to one."""
    iv3 = {row.id: row.iv3 for row in case.care_forms}
    names = list(dict.fromkeys(taakveld for taakveld, _ in _bought(case)))
    weights = np.zeros((n_years, len(case.lots), len(names)))
    value = terms.units * terms.tariff
    reported = np.isin(cells.municipality, case.reported)
    for cell in np.flatnonzero((cells.lot >= 0) & reported):
        own = names.index(iv3[cells.care_form_ids[cells.care_form[cell]]])
        weights[:, cells.lot[cell], own] += value[:n_years, cell]
    for place, lot in enumerate(case.lots):
        # of a lot in which nothing is expected, everything stands under its first care form
        empty = weights[:, place].sum(axis=1) == 0
        weights[empty, place, names.index(iv3[lot.care_forms[0]])] = 1.0
    return names, weights / weights.sum(axis=2, keepdims=True)


def _parts(
    names: Sequence[str], spending: FloatArray, scramblings: Scramblings, case: Case, years: Sequence[int]
) -> dict[str, dict[str, BudgetPart]]:
    """Every part and period of (n_scenarios, n_years, n_parts)."""
    certainty = case.policy.certainty
    periods = {str(year): spending[:, t] for t, year in enumerate(years)} | {TERM: spending.sum(axis=1)}
    return {
        name: {
            period: BudgetPart(
                scramblings.mean(np.ascontiguousarray(own[:, k])),
                scramblings.quantile(np.ascontiguousarray(own[:, k]), certainty),
            )
            for period, own in periods.items()
        }
        for k, name in enumerate(names)
    }
