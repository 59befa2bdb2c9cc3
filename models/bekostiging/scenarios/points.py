"""Scenario points: independent scramblings of Sobol points, and how scenarios fall into blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from bekostiging.case.errors import UserError

FloatArray = NDArray[np.float64]
FEWEST_SCRAMBLINGS = 16
"""Below this the spread over scramblings is no standard error worth printing."""
LARGEST_EXPONENT = 5
"""32 points per scrambling: most of the gain of low discrepancy, and many scramblings for the error."""


def scramblings_and_points(n_scenarios: int) -> tuple[int, int]:
    """Return (number of scramblings R, points per scrambling 2^m) for at least ``n_scenarios``.

    Raises
    ------
    UserError
        Fewer than 16 scenarios.
    """
    if n_scenarios < FEWEST_SCRAMBLINGS:
        raise UserError(
            f"--scenarios {n_scenarios}: een schatting met standaardfout vraagt minstens "
            f"{FEWEST_SCRAMBLINGS} scenario's; neem er 512 of meer.",
            f"--scenarios {n_scenarios}: an estimate with a standard error needs at least "
            f"{FEWEST_SCRAMBLINGS} scenarios; take 512 or more.",
            exit_code=2,
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
