"""Who waits and how long, per care form and municipality, with errors; and whether the norm holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bekostiging.capacity.data import CapacityData
from bekostiging.capacity.outcome import Outcome
from bekostiging.units import WEEKS_PER_QUARTER
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

SOMEBODY = 0.5
"""Clients from which on somebody waits: flows are not whole."""


@dataclass(frozen=True)
class WaitingAnswer:
    """Waiting of the clients of one care form who live in one municipality, over all quarters.

    Attributes
    ----------
    clients : Estimate
        Waiting at the end of a quarter.
    worst : Estimate
        Mean of ``clients`` in the worst scenarios.
    wait_share : Estimate or None
        Part of those who ask that is not served within the quarter; None where nobody asks in any scenario.
    mean_weeks : Estimate or None
        Per client who asks; None where nobody asks in any scenario.
    late_probability : Estimate
        Chance of a scenario in which somebody waits beyond the norm.

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_data, outcome_of, waiting_answers
    >>> from bekostiging_solvers import Scramblings
    >>> outcome, _, _ = outcome_of(decide_capacity(example_data()))
    >>> (answer,) = waiting_answers(outcome, ["0034"], Scramblings(2))
    >>> answer.care_form, answer.municipality, round(answer.clients.value, 3), answer.late_probability.value
    ('ambulant', '0034', 0.0, 0.0)
    """

    care_form: str
    municipality: str
    clients: Estimate
    worst: Estimate
    wait_share: Estimate | None
    mean_weeks: Estimate | None
    late_probability: Estimate


@dataclass(frozen=True)
class NormCheck:
    """A waiting norm on scenarios it was not decided on: it holds where ``value`` is at most ``allowed``.

    Attributes
    ----------
    care_form : str
        Id of the care form.
    value : Estimate
        Clients who wait beyond the norm: their mean, mean in the worst scenarios, or quantile, as the kind of norm says.
    allowed : float
        Clients who may.

    Examples
    --------
    >>> from bekostiging_solvers import Estimate
    >>> NormCheck("ambulant", Estimate(1.4, 0.2), allowed=2.0).holds
    True
    """

    care_form: str
    value: Estimate
    allowed: float

    @property
    def holds(self) -> bool:
        """Whether it does, within one standard error where that is known."""
        return self.value.value <= self.allowed + (self.value.standard_error or 0.0)


def waiting_answers(outcome: Outcome, home: Sequence[str], scramblings: Scramblings) -> tuple[WaitingAnswer, ...]:
    """Who waits and how long, per care form and municipality with demand.

    Parameters
    ----------
    outcome : Outcome
        On scenarios the plan was not decided on.
    home : sequence of str
        The municipality of every area.
    scramblings : Scramblings
        What standard errors come from.

    Returns
    -------
    tuple of WaitingAnswer

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_data, norm_prices, outcome_of, waiting_answers
    >>> plan = decide_capacity(example_data())
    >>> outcome, solved, duals = outcome_of(plan)
    >>> prices = norm_prices(plan, solved, duals)
    >>> from bekostiging_solvers import Scramblings
    >>> [round(one.clients.value) for one in waiting_answers(outcome, ["0034"], Scramblings(2))]
    [0]
    """
    data = outcome.data
    regular = data.scenarios.regular
    found = []
    for f, form in enumerate(data.care_forms):
        for municipality in dict.fromkeys(home):
            own = np.array([one == municipality for one in home])
            asked = regular[:, :, f][:, :, own].sum(axis=2)
            waiting = outcome.waiting[:, :, f][:, :, own].sum(axis=2)
            if not asked.any() and not waiting.any():
                continue
            beyond = outcome.beyond[:, :, f][:, :, own].sum(axis=2).max(axis=1)
            still = np.minimum(waiting, asked)  # in order of asking, who asked last waits longest in the queue
            found.append(
                WaitingAnswer(
                    care_form=form,
                    municipality=municipality,
                    clients=scramblings.mean(waiting.mean(axis=1)),
                    worst=scramblings.tail_mean(waiting.mean(axis=1), data.confidence),
                    wait_share=scramblings.ratio(still.sum(axis=1), asked.sum(axis=1)),
                    mean_weeks=scramblings.ratio(WEEKS_PER_QUARTER * waiting.sum(axis=1), asked.sum(axis=1)),
                    late_probability=scramblings.probability(beyond > SOMEBODY),
                )
            )
    return tuple(found)


def norm_checks(outcome: Outcome, scramblings: Scramblings) -> tuple[NormCheck, ...]:
    """Every waiting norm on the scenarios of an outcome, as its kind counts it: mean, mean of the worst, or quantile.

    Parameters
    ----------
    outcome : Outcome
        On scenarios the plan was not decided on.
    scramblings : Scramblings
        What standard errors come from.

    Returns
    -------
    tuple of NormCheck

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_data, norm_prices, outcome_of, norm_checks
    >>> plan = decide_capacity(example_data())
    >>> outcome, solved, duals = outcome_of(plan)
    >>> prices = norm_prices(plan, solved, duals)
    >>> from bekostiging_solvers import Scramblings
    >>> [(one.allowed, one.holds) for one in norm_checks(outcome, Scramblings(2))]
    [(2.0, True)]
    """
    data = outcome.data
    return tuple(
        NormCheck(data.care_forms[f], _counted(data, outcome.late[:, f], scramblings), float(data.allowed[f]))
        for f in data.normed
    )


def _counted(data: CapacityData, late: FloatArray, scramblings: Scramblings) -> Estimate:
    if data.norm == "expected":
        return scramblings.mean(late)
    if data.norm == "cvar":
        return scramblings.tail_mean(late, data.confidence)
    return scramblings.quantile(late, data.confidence)
