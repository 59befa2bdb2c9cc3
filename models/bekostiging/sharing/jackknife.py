"""Standard errors of figures that are no mean: a jackknife over groups of scenarios."""

from __future__ import annotations

import numpy as np

from bekostiging_solvers import Estimate
from bekostiging_solvers.typing import FloatArray


def jackknife_error(left_out: FloatArray) -> FloatArray:
    """Standard errors (...) of figures computed with one group left out at a time, (n_groups, ...)."""
    n = len(left_out)
    return np.asarray(np.sqrt((n - 1) / n * np.square(left_out - left_out.mean(axis=0)).sum(axis=0)))


def with_errors(value: FloatArray, error: FloatArray, n_groups: int) -> tuple[Estimate, ...]:
    """Values (n,) with their errors (n,) from so many groups; with one group there is no error."""
    freedom = n_groups - 1 or None
    return tuple(
        Estimate(float(v), float(e) if freedom else None, degrees_of_freedom=freedom)
        for v, e in zip(value, error, strict=True)
    )
