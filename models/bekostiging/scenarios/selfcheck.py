"""A simulation compared with its own theory, cell by cell, under one alarm level for the whole run.

Given its factors every scenario has an expectation in closed form (``expected_care_use``), so the difference between
what was drawn and that expectation has mean zero in every cell, whatever the factors did. Its mean over the scenarios
is judged by a t statistic freed of skewness (Hall 1992, doi:10.1111/j.2517-6161.1992.tb01872.x); with K statistics
the alarm of each is 1 - (1 - 1e-4)^(1/K) (Sidak 1967), so that a right run cries wolf once in ten thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from bekostiging.case.arguments import kinds_checked
from bekostiging.scenarios.care_use import CareUse, Cells
from bekostiging_solvers.typing import BoolArray, FloatArray

FAMILY_WISE = 1e-4
"""Probability that a right run raises any alarm."""
FEWEST_CLIENTS = 1000
"""Clients over all scenarios below which a cell's statistic has no distribution worth testing against."""
QUANTITIES = (
    "starts",
    "clients",
    "units",
    "units_within_budget",
    "crisis_units",
    "crisis_units_within_budget",
    "arrangement_units",
    "arrangement_units_at_result",
    "cost",
)
"""Compared over the term; cost at the provider's own unit cost and the final wage index."""


@dataclass(frozen=True)
class Deviations:
    """Sums over the scenarios of a block of the first three powers of drawn minus expected.

    Parameters
    ----------
    n_scenarios : int
    powers : array (3, n_quantities, n_cells)
    expected : array (n_quantities, n_cells)
        Summed over the scenarios.
    clients : array (n_cells,)
        Expected clients drawn.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import draw_block, plan
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> block = draw_block(plan(case, 32, n_years=1, seed=1, stream="out_of_sample"), 0)
    >>> block_deviations = deviations(block.care_use(), block.expected)
    >>> block_deviations.n_scenarios == block.clients.n_scenarios
    True
    """

    n_scenarios: int
    powers: FloatArray
    expected: FloatArray
    clients: FloatArray


@dataclass(frozen=True)
class Alarm:
    """A statistic that cannot be chance: mean drawn and expected over the term, and its p-value."""

    quantity: str
    cell: str
    drawn: float
    expected: float
    p_value: float


@dataclass(frozen=True)
class SelfCheck:
    """The outcome of a self-check.

    Parameters
    ----------
    n_statistics : int
        Comparisons of drawn with expected.
    level : float
        p-value below which one of them is an alarm.
    smallest : float
        Smallest p-value of all.
    alarms : tuple of Alarm
        Those that cannot be chance, the worst first.
    skipped : tuple of str
        What was not compared, and why.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import draw_block, plan
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> block = draw_block(plan(case, 32, n_years=1, seed=1, stream="out_of_sample"), 0)
    >>> from bekostiging.scenarios import map_blocks
    >>> planned = block.plan
    >>> checked = self_check(planned.cells, map_blocks(planned, lambda own: deviations(own.care_use(), own.expected)))
    >>> checked.smallest > checked.level, checked.alarms
    (True, ())
    """

    n_statistics: int
    level: float
    smallest: float
    alarms: tuple[Alarm, ...]
    skipped: tuple[str, ...]


@kinds_checked
def deviations(care_use: CareUse, expected: CareUse) -> Deviations:
    """One block, everybody served, beside its expectation given the factors.

    Parameters
    ----------
    care_use : CareUse
        As drawn (``Block.care_use()``).
    expected : CareUse
        In closed form (``Block.expected``), of the same factors.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> from bekostiging.scenarios import draw_block, plan
    >>> block = draw_block(plan(case, 32, 1, 1, "out_of_sample"), 0)
    >>> deviations(block.care_use(), block.expected).powers.shape == (3, len(QUANTITIES), block.plan.cells.n_cells)
    True
    """
    drawn, theory = _quantities(care_use), _quantities(expected)
    gap = drawn - theory
    powers = np.stack([(gap**power).sum(axis=1) for power in (1, 2, 3)])
    clients = expected.clients[:, 0].sum(axis=0) + expected.starts[:, 1:].sum(axis=(0, 1))
    return Deviations(care_use.n_scenarios, powers, theory.sum(axis=1), clients)


def _quantities(care_use: CareUse) -> FloatArray:
    """Every quantity over the term; (n_quantities, n_scenarios, n_cells)."""
    wages = np.cumprod(1 + care_use.ova_final, axis=1)
    cost = np.einsum("stc,st->sc", care_use.units, wages) * care_use.cells.unit_cost
    return np.stack([*(getattr(care_use, name).sum(axis=1) for name in QUANTITIES[:-1]), cost])


@kinds_checked
def self_check(cells: Cells, blocks: Sequence[Deviations]) -> SelfCheck:
    """Judge a run from the deviations of its blocks.

    Parameters
    ----------
    cells : Cells
        Those of the case; they name an alarm.
    blocks : sequence of Deviations
        Of every block, in block order.

    Returns
    -------
    SelfCheck
        Without ``alarms`` where simulation and theory agree, but for one right run in ten thousand.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> from bekostiging.scenarios import map_blocks, plan
    >>> planned = plan(case, 32, 1, 1, "out_of_sample")
    >>> checked = self_check(planned.cells, map_blocks(planned, lambda own: deviations(own.care_use(), own.expected)))
    >>> checked.n_statistics > 0, checked.alarms
    (True, ())
    """
    n = sum(block.n_scenarios for block in blocks)
    first, second, third = np.sum([block.powers for block in blocks], axis=0) / n
    expected = np.sum([block.expected for block in blocks], axis=0) / n
    enough = np.sum([block.clients for block in blocks], axis=0) >= FEWEST_CLIENTS
    tested = enough & (expected > 0)
    variance = np.where(tested, second - first**2, 1.0)
    p_values = np.where(tested, _p_values(first, variance, third - 3 * first * second + 2 * first**3, n), 1.0)
    n_statistics = int(tested.sum())
    level = 1 - (1 - FAMILY_WISE) ** (1 / max(1, n_statistics))
    alarms = [
        Alarm(QUANTITIES[q], _name(cells, c), float((expected + first)[q, c]), float(expected[q, c]), float(p_values[q, c]))
        for q, c in np.argwhere(p_values < level).tolist()
    ]  # fmt: skip
    return SelfCheck(
        n_statistics, level, float(p_values.min(initial=1.0)),
        tuple(sorted(alarms, key=lambda alarm: alarm.p_value)), _skipped(cells, enough, expected),
    )  # fmt: skip


def _p_values(mean: FloatArray, variance: FloatArray, third: FloatArray, n: int) -> FloatArray:
    """Two-sided, of means whose sample is skewed; a sample without spread is right or it is not."""
    spread = np.sqrt(np.maximum(variance, 0.0))
    known = spread > 0
    ratio = np.where(known, mean / np.where(known, spread, 1.0), 0.0)
    skewness = np.where(known, third / np.where(known, spread, 1.0) ** 3, 0.0)
    freed = ratio + skewness * ratio**2 / 3 + skewness**2 * ratio**3 / 27 + skewness / (6 * n)
    two_sided = 2 * student.sf(np.abs(np.sqrt(n) * freed), n - 1)
    return np.where(known, two_sided, np.where(mean == 0, 1.0, 0.0))


def _skipped(cells: Cells, enough: BoolArray, expected: FloatArray) -> tuple[str, ...]:
    """Cells too small by name, and quantities a cell does not have."""
    small = [f"{_name(cells, c)}: < {FEWEST_CLIENTS}" for c in np.flatnonzero(~enough).tolist()]
    absent = [f"{QUANTITIES[q]} {_name(cells, c)}: 0" for q, c in np.argwhere(expected == 0).tolist() if enough[c]]
    return (*small, *absent)


def _name(cells: Cells, cell: int) -> str:
    """Area / care form / provider of a cell."""
    provider = cells.provider[cell]
    who = cells.provider_ids[provider] if provider >= 0 else "-"
    return f"{cells.area_ids[cells.area[cell]]} / {cells.care_form_ids[cells.care_form[cell]]} / {who}"
