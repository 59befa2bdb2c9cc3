"""The figures that two results are compared on, of one run and of a results.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from bekostiging.case import Case
from bekostiging.case.tables import PaymentForm
from bekostiging.evaluation import Comparison, figures, provider_results
from bekostiging.evaluation.estimates import TAIL
from bekostiging.evaluation.figures import Figure
from bekostiging.evaluation.results import TERM, TOTAL
from bekostiging.evaluation.samples import Samples
from bekostiging.options import Options
from bekostiging.studies.comparison import compare
from bekostiging_solvers import Estimate
from bekostiging_solvers.sampling import tail_influence
from bekostiging_solvers.typing import FloatArray

COMPARED: tuple[Figure, ...] = (
    figures.EXPECTED,
    figures.CVAR95,
    figures.OVERRUN_PROBABILITY,
    figures.PROVIDER_RESULT,
    figures.BUFFER_EXHAUSTED_PROBABILITY,
    figures.CLIENTS_BEYOND_NORM,
)
"""Budget; risk (two); providers together, and the one whose buffer is used up most often; who waits where intake is
limited."""


@dataclass(frozen=True)
class SettledRun:
    """``values`` (n_compared, n_scenarios): numbers whose mean is the figure and whose spread is its error."""

    values: FloatArray
    n_scramblings: int


def settled_run(case: Case, form: PaymentForm | None, options: Options) -> SettledRun:
    """Compute a case; ``form`` None: every lot as it is paid in that case."""
    outcome = compare(case, **options)
    return SettledRun(_values(outcome, form), outcome.n_scramblings)


def _values(outcome: Comparison, form: PaymentForm | None) -> FloatArray:
    """The figures of a comparison, one value per scenario."""
    case = outcome.case
    own = outcome.mix if form is None and outcome.mix is not None else None
    samples = own.samples if own is not None else outcome.forms[form or case.lots[0].payment_form].samples
    main, discount = samples[outcome.corner], case.discount(outcome.n_years)
    paid = case.of_reported(main.municipal) @ discount
    headroom = float(outcome.headroom.sum(axis=1) @ discount)
    results = provider_results(case, main, discount)
    waiting = samples["wait"].clients_beyond_norm.sum(axis=(1, 2))
    return np.array(
        [
            paid,
            tail_influence(paid, TAIL),
            (paid > headroom).astype(np.float64),
            results.sum(axis=(1, 2)),
            _exhausted(outcome, main),
            waiting,
        ]
    )


def _exhausted(outcome: Comparison, samples: Samples) -> FloatArray:
    """Whether the provider whose buffer is used up most often has used it up; (n_scenarios,)."""
    results = provider_results(outcome.case, samples, outcome.case.discount(outcome.n_years))
    over = -np.cumsum(results, axis=1).min(axis=1) > outcome.buffer
    return np.asarray(over[:, int(over.mean(axis=0).argmax())], dtype=np.float64)


def stored_figures(content: Mapping[str, Any], form: PaymentForm | Literal["mix"]) -> dict[Figure, Estimate]:
    """The same figures as results.json has them; ``mix``: every lot as it is paid, where lots differ."""
    own = _own(content, form)
    freedom = int(content["settings"]["n_scramblings"]) - 1 or None
    term = own["municipalities"][TOTAL][TERM]
    corner = content["settings"]["when_money_is_gone"]
    exhausted = [one["buffer_exhausted_probability"] for one in own["providers"].values()]
    read = {
        figures.EXPECTED: term["expected"],
        figures.CVAR95: term["cvar95"],
        figures.OVERRUN_PROBABILITY: term["overrun_probability"],
        figures.PROVIDER_RESULT: own["corners"][corner]["provider_result"],
        figures.BUFFER_EXHAUSTED_PROBABILITY: max(exhausted, key=lambda one: float(one["value"])),
        figures.CLIENTS_BEYOND_NORM: own["corners"]["wait"]["clients_beyond_norm"],
    }
    return {
        figure: Estimate(one["value"], one["standard_error"], degrees_of_freedom=freedom)
        for figure, one in read.items()
    }


def stored_spending(content: Mapping[str, Any], form: PaymentForm | Literal["mix"]) -> dict[str, dict[str, float]]:
    """Expected spending by municipality (and TOTAL) and period (year, or TERM), euro."""
    return {
        code: {period: float(found["expected"]["value"]) for period, found in periods.items()}
        for code, periods in _own(content, form)["municipalities"].items()
    }


def stored_begroting(content: Mapping[str, Any]) -> dict[str, float]:
    """Begroot for the contracts over the term, nominal, by municipality and TOTAL, euro."""
    own = {
        code: sum(float(year["headroom"]) for year in years.values())
        for code, years in content["begroting"].items()
    }
    return own | {TOTAL: sum(own.values())}


def _own(content: Mapping[str, Any], form: PaymentForm | Literal["mix"]) -> Mapping[str, Any]:
    """The part of results.json on a payment form, or on lots as they are paid."""
    found: Mapping[str, Any] = content["mix"] if form == "mix" else content["forms"][form]
    return found
