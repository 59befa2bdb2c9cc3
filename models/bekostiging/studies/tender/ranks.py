"""Who beats whom, with its uncertainty: never a bare order.

Every payment form serves the same clients, so two forms are compared per scenario. Of a pair (A, B) on a criterion (less is
better) three things are said:

    difference   mean of influence_A - influence_B, with its standard error over scramblings
    certainty    probability that A's figure is the lower one, given the simulation error: Student's t with R - 1 degrees
    in_futures   part of the scenarios in which A is lower, equal ones half; not of a tail, which no scenario has

The expected rank of A is 1 + the sum over the others of the certainty that they are lower; its error is that of that many
coins, as if they were independent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from bekostiging.case.tables import PaymentForm
from bekostiging.studies.tender.scoreboard import LotSample, criteria, is_tail
from bekostiging_solvers import Estimate, Scramblings

EQUAL = 0.005
"""Half a cent, half a hundredth of a client: differences below it are none. Probabilities differ by more."""


@dataclass(frozen=True)
class Pair:
    """Payment form ``a`` against ``b`` on a criterion; see the module."""

    a: PaymentForm
    b: PaymentForm
    criterion: str
    difference: Estimate
    certainty: float
    in_scenarios: Estimate | None


def pairs(
    scramblings: Scramblings, samples: Mapping[PaymentForm, LotSample], confidence: Sequence[float]
) -> tuple[Pair, ...]:
    """Every pair of payment forms of a lot on every criterion."""
    return tuple(
        _pair(scramblings, samples, a, b, criterion)
        for criterion in criteria(confidence)
        for a, b in combinations(samples, 2)
    )


def _pair(
    scramblings: Scramblings,
    samples: Mapping[PaymentForm, LotSample],
    a: PaymentForm,
    b: PaymentForm,
    criterion: str,
) -> Pair:
    """Two forms on a criterion."""
    apart = samples[a].influence(criterion) - samples[b].influence(criterion)
    difference = scramblings.mean(apart)
    in_scenarios = None
    if not is_tail(criterion):
        in_scenarios = scramblings.mean((apart < -EQUAL) + 0.5 * (np.abs(apart) <= EQUAL))
        if in_scenarios.value in (0.0, 1.0):
            # all scenarios seen agree, others need not
            in_scenarios = replace(in_scenarios, standard_error=None)
    return Pair(a, b, criterion, difference, certainty(difference), in_scenarios)


def certainty(difference: Estimate) -> float:
    """Probability that a true difference is below zero, given its estimate; a half where there is none or no error."""
    if difference.value == 0 and not difference.standard_error:
        return 0.5
    sure = difference.certainty_below(0.0)
    return 0.5 if sure is None else sure


def expected_rank(form: PaymentForm, criterion: str, found: Sequence[Pair]) -> Estimate:
    """Rank of a form on a criterion among the pairs of a lot; 1 is the lowest figure."""
    beaten = [pair.certainty for pair in found if pair.criterion == criterion and pair.b == form]
    beaten += [1 - pair.certainty for pair in found if pair.criterion == criterion and pair.a == form]
    return Estimate(1 + sum(beaten), sum(p * (1 - p) for p in beaten) ** 0.5)
