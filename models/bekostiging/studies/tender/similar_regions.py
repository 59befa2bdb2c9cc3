"""The own region beside simulated regions of its size: is what it sees usual, or is it this region?

As many municipalities, providers and inhabitants, everything else of the simulated regions invented (``synthetic_region``,
another seed each). Each is settled as the own region is: a lump sum designed on one set of scenarios, all forms on another.
Figures without a scale, of all lots together; the percentile of the own region counts equal ones half.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case, synthetic_region
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import reference
from bekostiging.evaluation.block_settlement import OutOfSampleWork, samples_of
from bekostiging.evaluation.design import designed
from bekostiging.evaluation.results import Comparison
from bekostiging.evaluation.study import prepared
from bekostiging.lumpsum import LumpSumData, free_buffer
from bekostiging.options import RunOptions
from bekostiging.studies.comparison import built_contracts
from bekostiging.studies.tender.robustness import ShockedWork
from bekostiging.studies.tender.scoreboard import ALL, BothCorners, LotSample, lot_sample, lot_views, tail
from bekostiging.units import THOUSAND
from bekostiging_solvers import Estimate, execute
from bekostiging_solvers.typing import FloatArray

SCALE_FREE = ("euro_per_inhabitant", "tail", "buffer_exhausted", "unserved", "administration", "concentration")
"""Spending a year per inhabitant; how much more the worst scenarios cost; probability; clients unserved per thousand
inhabitants; part of spending; Herfindahl-Hirschman index."""
FIRST_SEED = 1001
"""Of the simulated regions: not that of the embedded one."""
FEWEST_PROVIDERS = 3
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Placed:
    """A figure of the own region, its ``percentile`` (fraction) among the simulated ones, and their 10, 50 and 90 %."""

    own: float
    percentile: Estimate
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class SimilarRegions:
    """Where a region stands among simulated regions of its own size.

    Attributes
    ----------
    n_regions, n_scenarios : int
        Regions, and scenarios of each.
    municipalities, providers, inhabitants : int
        Their size.
    placed : dict of str to dict of str to Placed
        [payment form][criterion]: the region's own figure and those of the others.

    Examples
    --------
    >>> alike = SimilarRegions(12, 256, municipalities=5, providers=9, inhabitants=310_000, placed={})
    >>> alike.n_regions, alike.municipalities
    (12, 5)
    """

    n_regions: int
    n_scenarios: int
    municipalities: int
    providers: int
    inhabitants: int
    placed: Mapping[PaymentForm, Mapping[str, Placed]]


@dataclass(frozen=True)
class _Size:
    """What a simulated region is made of, and how it is drawn."""

    municipalities: int
    providers: int
    inhabitants: int
    n_scenarios: int
    n_years: int
    seed: int
    confidence: float


def similar_regions(
    outcome: Comparison,
    n_regions: int,
    n_scenarios: int,
    confidence: float,
    workers: int,
    advance: Callable[[int, int], None],
) -> SimilarRegions:
    """Simulate regions of the size of a case and place the case among them."""
    case = outcome.case
    contracted = {row.provider for row in case.contracts}
    size = _Size(
        municipalities=len(case.reported),
        providers=max(FEWEST_PROVIDERS, len(contracted)),
        inhabitants=_inhabitants(case),
        n_scenarios=n_scenarios,
        n_years=outcome.n_years,
        seed=outcome.seed,
        confidence=confidence,
    )
    own = _figures(
        case, {form: one.samples for form, one in outcome.forms.items()}, outcome.lumpsum.data, confidence
    )
    others = list(execute(_simulated, size, n_regions, workers=workers, advance=advance))
    return SimilarRegions(
        n_regions,
        n_scenarios,
        size.municipalities,
        size.providers,
        size.inhabitants,
        {
            form: {
                name: placed(own[form][name], np.array([one[form][name] for one in others])) for name in SCALE_FREE
            }
            for form in PAYMENT_FORMS
        },
    )


def placed(own: float, others: FloatArray) -> Placed:
    """A figure among those of other regions (n_regions,)."""
    n = len(others)
    below = float((others < own).sum() + 0.5 * (others == own).sum()) / n
    low, middle, high = (float(value) for value in np.quantile(others, QUANTILES))
    # half a region more on either side: beyond all of them is not beyond doubt
    chance = (n * below + 0.5) / (n + 1)
    return Placed(own, Estimate(below, (chance * (1 - chance) / n) ** 0.5), low, middle, high)


def _simulated(size: _Size, index: int) -> dict[PaymentForm, dict[str, float]]:
    """Figures of one simulated region."""
    case = synthetic_region(size.municipalities, size.providers, FIRST_SEED + index, size.inhabitants)
    n = size.n_scenarios
    ready = prepared(case, RunOptions(n_scenarios=n, design_scenarios=n, n_years=size.n_years, seed=size.seed))
    out_of_sample_plan = ready.plan("out_of_sample")
    cells = out_of_sample_plan.cells
    terms = reference(case, cells, out_of_sample_plan.n_years)
    decision = designed(ready, terms).decision
    data, contracts = decision.data, built_contracts(case, cells, terms, decision.headline)
    work = ShockedWork(OutOfSampleWork(case, cells, contracts, {}))
    samples = samples_of(ready.blocks.series(out_of_sample_plan, work, lambda done, total: None))
    return _figures(case, samples, data, size.confidence)


def _figures(
    case: Case, samples: Mapping[PaymentForm, BothCorners], data: LumpSumData, confidence: float
) -> dict[PaymentForm, dict[str, float]]:
    """Figures without a scale of every form, all lots together."""
    corner = case.policy.when_money_is_gone
    view = next(one for one in lot_views(case, data, free_buffer(case)) if one.lot == ALL)
    return {
        form: _scale_free(case, lot_sample(case, form, own, corner, view, data.discount), data, confidence)
        for form, own in samples.items()
    }


def _scale_free(case: Case, sample: LotSample, data: LumpSumData, confidence: float) -> dict[str, float]:
    """Figures of one form."""
    people, spent = _inhabitants(case), float(sample.spending.mean())
    worst = float(sample.influence(tail(confidence)).mean())
    return {
        "euro_per_inhabitant": float(sample.yearly.mean()) / people,
        "tail": worst / spent - 1,
        "buffer_exhausted": float(sample.exhausted.any(axis=1).mean()),
        "unserved": THOUSAND * float(sample.unserved.mean()) / people,
        "administration": float(sample.administration.mean()) / float(sample.yearly.mean()),
        "concentration": float(sample.concentration.mean()),
    }


def _inhabitants(case: Case) -> int:
    """Inhabitants of the reported municipalities."""
    return round(
        sum(
            row.inhabitants_0_17 + row.inhabitants_18_64 + row.inhabitants_65_plus
            for row in case.areas
            if row.municipality in case.reported_codes
        )
    )
