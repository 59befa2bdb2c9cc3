"""Who waits and how long, per care form and municipality, with errors; and whether the norm holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from bekostiging.capacity.data import CapacityData
from bekostiging.case.arguments import kinds_checked
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import BoolArray, FloatArray

Verdict = Literal["holds", "uncertain", "broken"]
"""Of a norm: within what is allowed; above it, but by no more than one standard error; above it by more."""
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
    def verdict(self) -> Verdict:
        """Whether it holds: every sentence and table says this."""
        if self.value.value <= self.allowed:
            return "holds"
        return "uncertain" if self.value.value <= self.allowed + (self.value.standard_error or 0.0) else "broken"

    @property
    def holds(self) -> bool:
        """Whether it does, within one standard error where that is known."""
        return self.verdict != "broken"


class Waits(Protocol):
    """Who waits, as the plan sees it (``Outcome``) or counted (``CountedWaiting``)."""

    @property
    def data(self) -> CapacityData:
        """Of the scenarios."""

    @property
    def waiting(self) -> FloatArray:
        """Clients at the end of a quarter; (s, t, f, a)."""

    @property
    def beyond(self) -> FloatArray:
        """Those of them beyond the norm; (s, t, f, a)."""

    @property
    def late(self) -> FloatArray:
        """Beyond the norm as the norm counts it; (s, f)."""

    def unserved(self, form: int, areas: BoolArray) -> FloatArray:
        """Who is not served in the quarter of asking; (s, t)."""

    def waited_weeks(self, form: int, areas: BoolArray) -> FloatArray:
        """Client-weeks waited; (s,)."""


@kinds_checked
def waiting_answers(outcome: Waits, home: Sequence[str], scramblings: Scramblings) -> tuple[WaitingAnswer, ...]:
    """Who waits and how long, per care form and municipality with demand.

    Parameters
    ----------
    outcome : Outcome or CountedWaiting
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
            still, weeks = outcome.unserved(f, own), outcome.waited_weeks(f, own)
            found.append(
                WaitingAnswer(
                    care_form=form,
                    municipality=municipality,
                    clients=scramblings.mean(waiting.mean(axis=1)),
                    worst=scramblings.tail_mean(waiting.mean(axis=1), data.confidence),
                    wait_share=scramblings.ratio(still.sum(axis=1), asked.sum(axis=1)),
                    mean_weeks=scramblings.ratio(weeks, asked.sum(axis=1)),
                    late_probability=scramblings.probability(beyond > SOMEBODY),
                )
            )
    return tuple(found)


@kinds_checked
def norm_checks(outcome: Waits, scramblings: Scramblings) -> tuple[NormCheck, ...]:
    """Every waiting norm on the scenarios of an outcome, as its kind counts it: mean, mean of the worst, or quantile.

    Parameters
    ----------
    outcome : Outcome or CountedWaiting
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
        NormCheck(data.care_forms[f], measured(data, outcome.late[:, f], scramblings), float(data.allowed[f]))
        for f in data.normed
    )


def measured(data: CapacityData, late: FloatArray, scramblings: Scramblings) -> Estimate:
    """What the norm limits, of the clients beyond it (s,): mean, mean of the worst, or quantile."""
    if data.norm == "expected":
        return scramblings.mean(late)
    if data.norm == "cvar":
        return scramblings.tail_mean(late, data.confidence)
    return scramblings.quantile(late, data.confidence)
