"""What subtraction left of a zero is no slope; a small slope that is all a cut has stays."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from bekostiging_solvers.master import _without_cancelled


@pytest.mark.parametrize(
    ("slopes", "kept"),
    [
        ([5330.759667584578, 2.0**-32], [5330.759667584578, 0.0]),  # a difference of two sums of 1e7
        ([5330.0, 2e-9], [5330.0, 2e-9]),  # HiGHS takes it
        ([1e-10, 1e-11], [1e-10, 1e-11]),  # small, and all there is
        ([0.0, 0.0], [0.0, 0.0]),
    ],
)
def test_rounding_is_no_slope(slopes: list[float], kept: list[float]) -> None:
    assert _without_cancelled(csr_array(np.array([slopes]))).toarray().tolist() == [kept]
