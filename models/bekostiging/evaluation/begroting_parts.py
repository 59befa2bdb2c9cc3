"""The amounts for the begroting by lot and by taakveld: parts that add up to the total, and what each needs.

Nominal euro of the reported municipalities. What a municipality pays of a lot with care forms of several taakvelden is
divided in proportion to what those care forms are expected to cost for its own inhabitants, in every year: expected units
times tariff; so a taakveld of all together is the sum of that of every municipality. What is begroot is known by law; it is
that of a taakveld where the law has no other and the taakveld no other law. The way from the budgets of
the contracts to what is expected goes over three amounts that are each computed from the scenarios::

    budgets of the contracts + settlement (corridor, clauses, index) - part of municipalities outside the report = expected
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bekostiging.case import Case
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import LUMP_SUM, Reference
from bekostiging.evaluation.results import TERM, Comparison, LumpSumResult
from bekostiging.lumpsum import LumpSumData, begroting_sum, decided_payment
from bekostiging.scenarios import Cells
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

ROUNDS = 100
"""Of scaling to lots and municipalities by turns: far more than the keys of a region need."""


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
    municipal: dict[str, dict[str, dict[str, float]]]
    """[municipality code][taakveld][year]: its part of what is expected, euro; adds up to ``taakvelden``."""
    municipal_begroot: dict[str, dict[str, float]]
    """[municipality code]: its part of ``begroot``."""
    begroot: dict[str, float]
    """[taakveld]: begroot under the contracts over the term, euro; only of a law that has one taakveld."""
    way: dict[str, ContractsToExpected]
    """[lot id]: the way from budgets to what is expected, of lots with a designed lump sum; empty without a design."""


def compared_parts(outcome: Comparison, form: PaymentForm | Literal["mix"]) -> BudgetParts:
    """Of a payment form of a comparison, or of every lot as it is paid today (``"mix"``, where lots differ)."""
    paid_as = outcome.mix if form == "mix" else outcome.forms[form]
    assert paid_as is not None
    own, case = paid_as.samples[outcome.corner], outcome.case
    shares = _shares(case, outcome.lumpsum.out_of_sample, own.lot_spending, own.municipal[..., case.reported])
    by_place = own.lot_spending[..., None] * shares
    return _of(case, form, outcome.cells, outcome.reference, Scramblings(outcome.n_scramblings), by_place,
               _compared_way(outcome))  # fmt: skip


def designed_parts(
    case: Case, cells: Cells, terms: Reference, result: LumpSumResult, scramblings: Scramblings
) -> BudgetParts | None:
    """Of the lump sum alone, on the scenarios that judge it; None without a design."""
    data, design = result.out_of_sample, result.design
    if not design.feasible:
        return None
    place, paid = _places(case), decided_payment(data, design)
    spending = np.zeros((data.n_scenarios, data.n_years, len(case.lots), len(case.reported_codes)))
    for c, j in enumerate(data.lot):
        spending[:, :, place[data.lots[j].name]] += paid[:, c, :, None] * data.key[:, :, j]
    way = _way(case, result, paid.mean(axis=0).sum(axis=1), spending.sum(axis=3))
    return _of(case, LUMP_SUM, cells, terms, scramblings, spending, way)


def _shares(case: Case, data: LumpSumData, spending: FloatArray, municipal: FloatArray) -> FloatArray:
    """Part of every municipality in what is expected of a lot, near the mean keys; (n_years, n_lots, n_reported).

    Lots and municipalities both add up to what they spend in the scenarios (``spending`` and ``municipal``): the keys are
    scaled to both by turns (iterative proportional fitting; Deming and Stephan, Annals of Mathematical Statistics 11, 1940).
    """
    lots, places = spending.mean(axis=0), municipal.mean(axis=0)
    key = np.zeros((*lots.shape, places.shape[1]))
    for j, lot in enumerate(data.lots):
        key[:, _places(case)[lot.name]] = data.key[:, :, j].mean(axis=0)
    key += np.where(key.sum(axis=2, keepdims=True) > 0, 0.0, 1.0)
    for _ in range(ROUNDS):
        key *= _ratio(lots, key.sum(axis=2))[:, :, None]
        key *= _ratio(places, key.sum(axis=1))[:, None]
    return np.asarray(key / np.where(key.sum(axis=2) > 0, key.sum(axis=2), 1.0)[:, :, None])


def _ratio(wanted: FloatArray, found: FloatArray) -> FloatArray:
    """What scales one to the other; one where there is nothing to scale."""
    return np.divide(wanted, found, out=np.ones_like(found), where=found > 0)


def _of(
    case: Case,
    form: str,
    cells: Cells,
    terms: Reference,
    scramblings: Scramblings,
    spending: FloatArray,
    way: dict[str, ContractsToExpected],
) -> BudgetParts:
    """Every part of spending (n_scenarios, n_years, n_lots, n_reported)."""
    years = tuple(case.first_year + t for t in range(spending.shape[1]))
    names, weights = _taakvelden(case, cells, terms, len(years))
    lots = [row.id for row in case.lots]
    by_taakveld = np.einsum("stlm,tlmk->stk", spending, weights)
    municipal = np.einsum("tlm,tlmk->mkt", spending.mean(axis=0), weights)
    return BudgetParts(
        form=form,
        years=years,
        lots=_parts(lots, spending.sum(axis=3), scramblings, case, years),
        taakvelden=_parts(names, by_taakveld, scramblings, case, years),
        municipal={
            code: {
                name: dict(zip(map(str, years), map(float, one), strict=True))
                for name, one in zip(names, own, strict=True)
            }
            for code, own in zip(case.reported_codes, municipal, strict=True)
        },
        municipal_begroot={code: begroot_by_taakveld(case, years, [code]) for code in case.reported_codes},
        begroot=begroot_by_taakveld(case, years, case.reported_codes),
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


def begroot_by_taakveld(case: Case, years: Sequence[int], codes: Sequence[str]) -> dict[str, float]:
    """[taakveld]: what these municipalities have begroot for its law, where neither has another."""
    pairs = set(_bought(case))
    found = {}
    for taakveld, law in _bought(case):
        if {own for own in pairs if taakveld == own[0] or law == own[1]} == {(taakveld, law)}:
            amount, outside = (
                begroting_sum(case, codes, years, column, law) for column in ("amount", "outside_contracts")
            )
            found[taakveld] = float((amount - outside).sum())
    return found


def _taakvelden(case: Case, cells: Cells, terms: Reference, n_years: int) -> tuple[list[str], FloatArray]:
    """Names, and (n_years, n_lots, n_reported, n_taakvelden): which part of what a municipality pays of a lot is of which;
    parts add up to one."""
    iv3 = {row.id: row.iv3 for row in case.care_forms}
    names = list(dict.fromkeys(taakveld for taakveld, _ in _bought(case)))
    place = {int(m): k for k, m in enumerate(case.reported)}
    weights = np.zeros((n_years, len(case.lots), len(place), len(names)))
    value = terms.units * terms.tariff
    reported = np.isin(cells.municipality, case.reported)
    for cell in np.flatnonzero((cells.lot >= 0) & reported):
        own = names.index(iv3[cells.care_form_ids[cells.care_form[cell]]])
        weights[:, cells.lot[cell], place[int(cells.municipality[cell])], own] += value[:n_years, cell]
    for j, lot in enumerate(case.lots):
        # who expects nothing of a lot has what it pays divided as all together, and that of nobody under its first care form
        whole = weights[:, j].sum(axis=1, keepdims=True)
        nobody = whole.sum(axis=2, keepdims=True) == 0
        first = np.eye(len(names))[names.index(iv3[lot.care_forms[0]])]
        instead = np.where(nobody, first, whole)
        weights[:, j] = np.where(weights[:, j].sum(axis=2, keepdims=True) == 0, instead, weights[:, j])
    return names, weights / weights.sum(axis=3, keepdims=True)


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
