"""Robustness: under which named shocks a payment form stays acceptable in a lot, by the case's own standards.

The lump sum is decided before the shock and all forms are settled again on scenarios that the shock hits. Acceptable is:

    begroting  in every contract year P(what the lot has used of its stock until then > that stock) <= 1 - certainty
               (policy): what is spent beyond begroting and structural cover takes from the stock, which is there once; a
               lot's begroting and cover are its part of those of the reported municipalities together, by expected
               spending per year under inspanningsgericht without a shock
    buffer     every provider of the lot: P(its losses in the lot exceed its buffer for the lot) <= 1 - confidence (policy)
    waiting    nobody waits or is refused, in the corner of the policy, where it allows no waiting list in the lot

A verdict counts as certain as its most doubtful condition: P(true value meets the limit), Student's t with R - 1 degrees,
from its error. A probability that no scenario (or every one) is an instance of has none: then as certain as n independent
scenarios make it, P(more events than were seen, if the limit were the truth), so 1 - (1 - limit)^n where none was seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import bdtrc

from bekostiging.case.tables import PaymentForm
from bekostiging.evaluation.block_settlement import OutOfSampleWork, arrays_of, samples_of
from bekostiging.evaluation.blocks import Arrays, Blocks
from bekostiging.evaluation.results import Comparison
from bekostiging.lumpsum import used_of_stock
from bekostiging.options import silent
from bekostiging.scenarios import Block, plan
from bekostiging.studies.comparison import contracts_in_force
from bekostiging.studies.tender.scoreboard import ALL, BothCorners, LotSample, LotView
from bekostiging.studies.tender.suite import TOGETHER
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

NONE = "none"
"""The scenarios without a shock."""
WORDS = ("begroting", "buffer", "waiting")


@dataclass(frozen=True)
class Condition:
    """A condition that a payment form must meet under a shock.

    Attributes
    ----------
    name : str
        ``begroting``, ``buffer`` or ``waiting``.
    value : Estimate
        A probability, or clients; the condition is met where this does not exceed ``limit``.
    limit : float
        In the unit of ``value``.
    n_scenarios : int
        Scenarios it was estimated on.

    Examples
    --------
    >>> from bekostiging_solvers import Estimate
    >>> condition = Condition("buffer", Estimate(0.02, 0.01), limit=0.05, n_scenarios=256)
    >>> condition.holds, condition.probability > 0.99
    (True, True)
    """

    name: str
    value: Estimate
    limit: float
    n_scenarios: int = 1

    @property
    def holds(self) -> bool:
        """Whether it holds as estimated."""
        return self.value.value <= self.limit

    @property
    def probability(self) -> float:
        """Chance that the true value meets the limit."""
        sure = self.value.certainty_below(self.limit)
        if sure is not None:
            return sure
        seen = round(self.value.value * self.n_scenarios)
        return float(bdtrc(seen, self.n_scenarios, self.limit))


@dataclass(frozen=True)
class Verdict:
    """One payment form in one lot under one shock.

    Attributes
    ----------
    shock : str
        Id of the shock, or ``none``.
    conditions : tuple of Condition
        What it must meet.

    Examples
    --------
    >>> from bekostiging_solvers import Estimate
    >>> kept, passed = (Condition("begroting", Estimate(chance, 0.01), limit=0.05) for chance in (0.02, 0.08))
    >>> Verdict("none", (kept, passed)).acceptable
    False
    """

    shock: str
    conditions: tuple[Condition, ...]

    @property
    def acceptable(self) -> bool:
        """Whether every condition holds."""
        return all(one.holds for one in self.conditions)

    @property
    def probability(self) -> float:
        """Chance that the most doubtful condition holds."""
        return min(one.probability for one in self.conditions)


def share_acceptable(verdicts: Sequence[Verdict]) -> Estimate:
    """Share of the shocks under which a form is acceptable; its error is that of doubtful verdicts."""
    n = len(verdicts)
    doubt = sum(one.probability * (1 - one.probability) for one in verdicts)
    return Estimate(sum(one.acceptable for one in verdicts) / n, doubt**0.5 / n)


@dataclass(frozen=True)
class Limits:
    """What acceptable means in a lot: ``headroom`` (n_years,) with structural cover and ``stock`` up to the year, euro;
    probabilities; ``no_waiting``."""

    headroom: FloatArray
    stock: FloatArray
    refills: bool
    overrun: float
    exhausted: float
    no_waiting: bool


def limits(outcome: Comparison, samples: Mapping[str, LotSample], view: LotView) -> Limits:
    """The standards of a case for a lot; ``samples`` by lot, under inspanningsgericht without a shock."""
    case, data = outcome.case, outcome.lumpsum.data
    headroom = outcome.headroom.sum(axis=1) + data.structural.sum(axis=(0, 1))
    paid, total = samples[view.lot].yearly.mean(axis=0), samples[ALL].yearly.mean(axis=0)
    part = np.divide(paid, total, out=np.zeros_like(paid), where=total > 0)
    lists = [case.policy.waiting_list(case.lots[j].id) for j in view.places]
    return Limits(
        headroom * part,
        data.stock.sum(axis=0) * part,
        data.reserve_refills,
        1 - case.policy.certainty,
        1 - case.policy.confidence,
        "not_allowed" in lists,
    )


def verdict(shock: str, scramblings: Scramblings, sample: LotSample, limit: Limits) -> Verdict:
    """Whether a lot under a payment form is acceptable on the scenarios of a shock."""
    beyond = sample.yearly - limit.headroom
    overruns = [
        scramblings.probability(used_of_stock(beyond[:, : t + 1], refills=limit.refills) > limit.stock[t])
        for t in range(beyond.shape[1])
    ]
    exhausted = [scramblings.probability(sample.exhausted[:, p]) for p in range(sample.exhausted.shape[1])]
    n = len(sample.yearly)
    conditions = [
        Condition("begroting", max(overruns, key=_value), limit.overrun, n),
        Condition("buffer", max(exhausted, key=_value), limit.exhausted, n),
    ]
    if limit.no_waiting:
        conditions.append(Condition("waiting", scramblings.mean(sample.turned_away), 0.0))
    return Verdict(shock, tuple(conditions))


def _value(one: Estimate) -> float:
    return one.value


@dataclass(frozen=True)
class ShockedBlock:
    """What a block keeps: every form in both corners."""

    samples: Mapping[PaymentForm, BothCorners]

    def arrays(self) -> Arrays:
        """Every array by name."""
        return arrays_of(self.samples)


@dataclass(frozen=True)
class ShockedWork:
    """Settles every form on a block of scenarios that a shock hit."""

    work: OutOfSampleWork

    def __call__(self, block: Block) -> ShockedBlock:
        """In both corners."""
        return ShockedBlock(self.work.both_corners(block))


def shocked(
    outcome: Comparison, shock: str, n_scenarios: int, blocks: Blocks
) -> tuple[Mapping[PaymentForm, BothCorners], Scramblings]:
    """Every payment form of a comparison, the lump sum as designed, on scenarios that a shock hits."""
    planned = plan(outcome.case, n_scenarios, outcome.n_years, outcome.seed, "out_of_sample")
    planned = replace(planned, shocks=tuple(shock.split(TOGETHER)))
    work = ShockedWork(OutOfSampleWork(outcome.case, outcome.cells, contracts_in_force(outcome), {}))
    return samples_of(blocks.series(planned, work, silent)), Scramblings(planned.n_scramblings)
