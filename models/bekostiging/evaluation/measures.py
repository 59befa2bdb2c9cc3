"""What measures bring in and what substitution moves: booked against expected, municipal against total public euro."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import Contract
from bekostiging.evaluation.changes import MeasureOutcome, SubstitutionOutcome, WithMeasures
from bekostiging.evaluation.deterministic_scenarios import euros
from bekostiging.evaluation.figures import EXPECTED, OVERRUN_PROBABILITY, P90, Estimates
from bekostiging.scenarios import CareUse, Cells, expected_care_use, expected_moved, expected_with
from bekostiging_solvers import Scramblings
from bekostiging_solvers.typing import FloatArray

MUNICIPAL_PAYER = "pgb"
"""The one payer outside the contracts whose euros are the municipality's own."""


Spending = Callable[[CareUse], dict[PaymentForm, float]]


def spending_of(
    case: Case, cells: Cells, contracts: Mapping[PaymentForm, Sequence[Contract]], discount: FloatArray
) -> Spending:
    """Spending of the reported municipalities over the term, per form, of expected care use."""

    def spending(care_use: CareUse) -> dict[PaymentForm, float]:
        """Settle every form."""
        paid, _ = euros(case, cells, contracts, discount, care_use)
        return {form: float(value[0]) for form, value in paid.items()}

    return spending


def measure_outcomes(
    case: Case, cells: Cells, discount: FloatArray, spending: Spending
) -> tuple[MeasureOutcome, ...]:
    """Every measure of the case alone, in closed form."""
    if not case.measures:
        return ()
    n_years = len(discount)
    plain = spending(expected_care_use(case, cells, n_years))
    found = []
    for name in dict.fromkeys(row.id for row in case.measures):
        rows = [row for row in case.measures if row.id == name]
        works = spending(expected_with(case, cells, n_years, name))
        saved = {form: plain[form] - works[form] for form in PAYMENT_FORMS}
        cost, booked = (
            sum(
                getattr(row, column) * float(discount[row.first_year - 1 : row.first_year - 1 + row.years].sum())
                for row in rows
            )
            for column in ("cost", "booked_saving")
        )
        expected = {form: rows[0].chance * saved[form] - cost for form in PAYMENT_FORMS}
        found.append(
            MeasureOutcome(
                name, rows[0].name, rows[0].chance, cost, booked, saved, expected,
                {form: max(booked - expected[form], 0.0) for form in PAYMENT_FORMS}, rows[0].source, rows[0].status,
            )
        )  # fmt: skip
    return tuple(found)


def substitution_outcomes(
    case: Case, cells: Cells, discount: FloatArray, spending: Spending
) -> tuple[SubstitutionOutcome, ...]:
    """Every row of substitution alone, in closed form."""
    if not case.substitution:
        return ()
    n_years = len(discount)
    plain = spending(expected_care_use(case, cells, n_years))
    found = []
    for row in case.substitution:
        moved = expected_moved(case, cells, n_years, row)
        after, outside = spending(moved.care_use), float(moved.outside @ discount)
        contracts = {form: after[form] - plain[form] for form in PAYMENT_FORMS}
        own = outside if moved.payer == MUNICIPAL_PAYER else 0.0
        found.append(
            SubstitutionOutcome(
                row.origin, row.destination, moved.payer, float(moved.clients.sum()), outside,
                {form: contracts[form] + own for form in PAYMENT_FORMS},
                {form: contracts[form] + outside for form in PAYMENT_FORMS}, row.source, row.status,
            )
        )  # fmt: skip
    return tuple(found)


def with_measures(
    scramblings: Scramblings, without: FloatArray, with_: FloatArray, headroom: float
) -> WithMeasures:
    """Estimates of spending over the term (n_scenarios,) without and with the measures."""

    def estimates(sample: FloatArray) -> Estimates:
        """Mean, high quantile and chance of overrun."""
        return {
            EXPECTED: scramblings.mean(sample),
            P90: scramblings.quantile(sample, 0.90),
            OVERRUN_PROBABILITY: scramblings.probability(sample > headroom),
        }

    return WithMeasures(estimates(without), estimates(with_), scramblings.mean(without - with_))
