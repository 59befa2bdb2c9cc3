"""Scenario points: independent scramblings of Sobol points, and how scenarios fall into blocks."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from bekostiging.case.errors import ArgumentError
from bekostiging.case.numbers import in_en, in_nl
from bekostiging_solvers.typing import FloatArray

FEWEST_SCRAMBLINGS = 16
"""Below this the spread over scramblings is no standard error worth printing."""
RECOMMENDED = 512
"""Scenarios with which most figures are known to a few parts in a hundred."""
ROUNDING = 1e-9
"""Of a number of scenarios: 1 / (1 - 0.9) is ten."""
LARGEST_EXPONENT = 5
"""32 points per scrambling: most of the gain of low discrepancy, and many scramblings for the error."""


def fewest_scenarios(confidence: float) -> int:
    """Scenarios below which there is no standard error, or no scenario in the tail beyond ``confidence``."""
    return max(FEWEST_SCRAMBLINGS, math.ceil(1 / (1 - confidence) - ROUNDING))


def scramblings_and_points(n_scenarios: int, confidence: float, argument: str = "n_scenarios") -> tuple[int, int]:
    """Return (number of scramblings R, points per scrambling 2^m) for at least ``n_scenarios``, given as ``argument``.

    Raises
    ------
    UserError
        Fewer scenarios than the tail beyond ``confidence`` asks, or than 16.
    """
    least = fewest_scenarios(confidence)
    if n_scenarios < least:
        share, better = 100 * confidence, max(RECOMMENDED, 2 ** math.ceil(math.log2(10 * least)))
        raise ArgumentError(
            argument,
            f"{argument} {n_scenarios}: een staart bij confidence {in_nl(share, 6)} % en een standaardfout vragen "
            f"minstens {least} scenario's; neem er {better} of meer, of zet confidence in policy lager.",
            f"{argument} {n_scenarios}: a tail at confidence {in_en(share, 6)} % and a standard error need at least {least} "
            f"scenarios; take {better} or more, or lower confidence in policy.",
        )
    exponent = min(LARGEST_EXPONENT, (n_scenarios // FEWEST_SCRAMBLINGS).bit_length() - 1)
    points = 2**exponent
    return -(-n_scenarios // points), points


def normal_points(n_points: int, n_dimensions: int, rng: np.random.Generator) -> FloatArray:
    """One scrambling of ``n_points`` (a power of two) Sobol points as standard normals.

    Shape (n_points, n_dimensions). A half step is added so that no coordinate is zero.
    """
    sampler = qmc.Sobol(n_dimensions, scramble=True, bits=30, rng=rng)
    uniform = sampler.random_base2(n_points.bit_length() - 1) + 2.0**-31
    return np.asarray(ndtri(uniform), dtype=np.float64)
