"""Sharper estimates of spending by what is known in closed form.

Given its factors every scenario has an expected care use in closed form; settled under a contract it gives nearly what
the clients of that scenario give, and it can be computed for thousands of scenarios without drawing a client. Mean and
CVaR of spending are those of the many closed-form scenarios, plus the mean difference on the scenarios with clients
(control variate; Glasserman 2003, Monte Carlo Methods in Financial Engineering, section 4.1). What is left is chance
per client: the variance cannot fall by more than 1 over its share, unless clients are drawn where they matter most
(``controlled_tail``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import BASELINE, Contract
from bekostiging.evaluation.deterministic_scenarios import euros, in_parts
from bekostiging.evaluation.evidence import ControlVariate
from bekostiging.evaluation.figures import CVAR95, EXPECTED, Figure
from bekostiging.scenarios import Plan, expected_care_use, normals_of
from bekostiging_solvers import Estimate, Scramblings, tail_influence
from bekostiging_solvers.typing import FloatArray

TAIL = 0.95
CLOSED_PER_DRAWN, FEWEST_CLOSED, MOST_CLOSED = 32, 1024, 8192
"""Scenarios in closed form: their error stays well below that of chance per client, and they are cheap beside drawing."""
RESIDUALS = 200
"""Residuals that stand for chance per client."""
FLOOR = 0.05
"""Part of the mean spread that every scenario is given, so that none is left out."""


def closed_scenarios(n_scenarios: int) -> int:
    """Scenarios in closed form beside so many with clients."""
    return min(MOST_CLOSED, max(FEWEST_CLOSED, CLOSED_PER_DRAWN * n_scenarios))


def closed_spending(
    planned: Plan, contracts: Mapping[PaymentForm, Sequence[Contract]], discount: FloatArray
) -> dict[PaymentForm, FloatArray]:
    """Spending of the reported municipalities over the term in scenarios without clients; (n_scenarios,) per form."""
    normals = normals_of(planned)
    parts: dict[PaymentForm, list[FloatArray]] = {form: [] for form in contracts}
    for few in in_parts(normals, planned.cells, planned.n_years):
        factors = planned.factor_model.multipliers(few)
        care_use = expected_care_use(planned.case, planned.cells, planned.n_years, factors)
        paid, _ = euros(planned.case, planned.cells, contracts, discount, care_use)
        for form, values in paid.items():
            parts[form].append(values)
    return {form: np.concatenate(own) for form, own in parts.items()}


def control_variates(
    drawn: Scramblings, sample: FloatArray, control: FloatArray, closed: Scramblings, whole: FloatArray
) -> dict[Figure, ControlVariate]:
    """Mean and CVaR of ``sample`` (n_scenarios,), whose closed form is ``control``.

    ``whole`` (n_closed,): the closed form in its own, many scenarios.
    """
    mean = drawn.controlled_mean(sample, control, closed.mean(whole))
    tail = drawn.controlled_tail_mean(sample, control, TAIL, closed.tail_mean(whole, TAIL))
    return {
        EXPECTED: _beside_plain(mean, sample, control),
        CVAR95: _beside_plain(tail, tail_influence(sample, TAIL), tail_influence(control, TAIL)),
    }


def _beside_plain(estimate: Estimate, sample: FloatArray, control: FloatArray) -> ControlVariate:
    """The estimate with its factor and ceiling."""
    variance, noise = float(sample.var(ddof=1)), float((sample - control).var(ddof=1))
    plain = variance / len(sample)
    error = (estimate.standard_error or 0.0) ** 2
    return ControlVariate(estimate, _times(plain, error), _times(variance, noise))


def _times(variance: float, left: float) -> float:
    """How many times less is left of a variance."""
    return variance / left if left > 0 else np.inf


def chance_per_client(residuals: FloatArray) -> FloatArray:
    """Residuals about their mean, rising; of many ``RESIDUALS`` evenly spread by rank, with the ends."""
    noise = np.sort(residuals - residuals.mean())
    return noise[np.linspace(0, len(noise) - 1, min(len(noise), RESIDUALS)).astype(np.int64)]


def controlled_tail(
    planned: Plan, contracts: Sequence[Contract], discount: FloatArray, residuals: FloatArray, n_drawn: int
) -> ControlVariate:
    """CVaR95 of spending over the term under one payment form, clients drawn only in scenarios that can reach the tail.

    ``planned``: a plan of the scenarios in closed form; ``residuals`` (k,): drawn minus closed form of other scenarios,
    which say how much chance per client can add. A scenario is chosen with probability proportional to the spread that
    chance gives its excess over the threshold, and weighted back (importance sampling).
    """
    case, cells = planned.case, planned.cells
    control = closed_spending(planned, {BASELINE: contracts}, discount)[BASELINE]
    noise = chance_per_client(residuals)
    threshold = float(np.quantile(control[:, None] + noise, TAIL))
    excess = np.maximum(control[:, None] + noise - threshold, 0.0)
    smooth, spread = excess.mean(axis=1), excess.std(axis=1)
    chance = spread + FLOOR * spread.mean()
    chance /= chance.sum()
    rng = np.random.Generator(np.random.SFC64([planned.seed, 11]))
    chosen = np.sort(rng.choice(len(control), n_drawn, p=chance))
    normals = normals_of(planned)[chosen]
    part = replace(planned, n_scramblings=-(-n_drawn // planned.points))
    drawn = []
    for block in range(part.n_blocks):
        rows = slice(block * part.scenarios_per_block, (block + 1) * part.scenarios_per_block)
        factors = part.factor_model.multipliers(normals[rows])
        if len(normals[rows]):
            clients = part.sampler.draw(factors, part.generator(1, block))
            care_use = part.reducer.reduce(clients, factors)
            paid, _ = euros(case, cells, {BASELINE: contracts}, discount, care_use)
            drawn.append(paid[BASELINE])
    sample = np.concatenate(drawn)
    weight = 1 / (len(control) * chance[chosen]) / (1 - TAIL)
    correction = weight * (np.maximum(sample - threshold, 0.0) - smooth[chosen])
    estimate = (
        Scramblings(n_drawn)
        .mean(correction)
        .plus_independent(Scramblings(planned.n_scramblings).mean(threshold + smooth / (1 - TAIL)))
    )
    total, share = float((excess / (1 - TAIL)).var()), float(np.square(spread / (1 - TAIL)).mean())
    error = (estimate.standard_error or 0.0) ** 2
    return ControlVariate(estimate, _times(total / n_drawn, error), _times(total, share))
