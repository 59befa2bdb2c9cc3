"""The amounts for the begroting by lot and by taakveld: parts that add up to the total, and what each needs.

Nominal euro of the reported municipalities. Spending of a lot with care forms of several taakvelden is divided in proportion
to what those care forms are expected to cost there, in every year: expected units times tariff. The way from the budgets of
the contracts to what is expected goes over three amounts that are each computed from the scenarios::

    budgets of the contracts + settlement (corridor, clauses, index) - part of municipalities outside the report = expected
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation.results import TERM, Comparison
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


def by_lot(outcome: Comparison, form: PaymentForm) -> dict[str, dict[str, BudgetPart]]:
    """[lot id][year or TERM] under a payment form."""
    return _parts(outcome, [row.id for row in outcome.case.lots], _lot_spending(outcome, form))


def by_taakveld(outcome: Comparison, form: PaymentForm) -> dict[str, dict[str, BudgetPart]]:
    """[taakveld][year or TERM] under a payment form, in the order of table care_forms."""
    names, weights = _taakvelden(outcome)
    spending = np.einsum("stl,tlk->stk", _lot_spending(outcome, form), weights)
    return _parts(outcome, names, spending)


def contracts_to_expected(outcome: Comparison) -> dict[str, ContractsToExpected]:
    """[lot id]: the way from budgets to what is expected, of lots with a designed lump sum; empty without a design."""
    data, design = outcome.lumpsum.data, outcome.lumpsum.design
    if not design.feasible:
        return {}
    own = outcome.forms[LUMP_SUM].samples[outcome.corner]
    places = {row.id: place for place, row in enumerate(outcome.case.lots)}
    paid = own.payment.mean(axis=0).sum(axis=0)
    reported = own.lot_spending.mean(axis=0).sum(axis=0)
    found = {}
    for j, lot in enumerate(data.lots):
        contracts = np.flatnonzero(data.lot == j)
        if design.form[j] != 0:
            continue
        budget, payment = float(design.budget[contracts].sum()), float(paid[contracts].sum())
        expected = float(reported[places[lot.name]])
        found[lot.name] = ContractsToExpected(budget, payment - budget, expected - payment, expected)
    return found


def _lot_spending(outcome: Comparison, form: PaymentForm) -> FloatArray:
    """(n_scenarios, n_years, n_lots)."""
    return outcome.forms[form].samples[outcome.corner].lot_spending


def _taakvelden(outcome: Comparison) -> tuple[list[str], FloatArray]:
    """Names, and (n_years, n_lots, n_taakvelden): which part of a lot is of which; parts of a lot add up to one."""
    case, cells = outcome.case, outcome.cells
    iv3 = {row.id: row.iv3 for row in case.care_forms}
    bought = {form for lot in case.lots for form in lot.care_forms}
    names = list(dict.fromkeys(row.iv3 for row in case.care_forms if row.id in bought))
    weights = np.zeros((outcome.n_years, len(case.lots), len(names)))
    value = outcome.reference.units * outcome.reference.tariff
    reported = np.isin(cells.municipality, case.reported)
    for cell in np.flatnonzero((cells.lot >= 0) & reported):
        own = names.index(iv3[cells.care_form_ids[cells.care_form[cell]]])
        weights[:, cells.lot[cell], own] += value[: outcome.n_years, cell]
    for place, lot in enumerate(case.lots):
        # of a lot in which nothing is expected, everything stands under its first care form
        empty = weights[:, place].sum(axis=1) == 0
        weights[empty, place, names.index(iv3[lot.care_forms[0]])] = 1.0
    return names, weights / weights.sum(axis=2, keepdims=True)


def _parts(outcome: Comparison, names: Sequence[str], spending: FloatArray) -> dict[str, dict[str, BudgetPart]]:
    """Every part and period of (n_scenarios, n_years, n_parts)."""
    scramblings, certainty = Scramblings(outcome.n_scramblings), outcome.case.policy.certainty
    periods = {str(year): spending[:, t] for t, year in enumerate(outcome.years)} | {TERM: spending.sum(axis=1)}
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
