"""Sums over cells, and market shares that add up."""

from __future__ import annotations

import numpy as np

from bekostiging.case import Case
from bekostiging.scenarios.cells import build_cells, expected_shares, summed_by
from bekostiging.scenarios.forecast import demand_of_cells


def test_sums_by_group_by_hand() -> None:
    values = np.array([[[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]]])
    found = summed_by(values, np.array([2, 0, 2]), 4)
    np.testing.assert_array_equal(found, [[[2.0, 0.0, 5.0, 0.0], [16.0, 0.0, 40.0, 0.0]]])


def test_shares_of_a_row_of_demand_add_up(small_case: Case) -> None:
    cells = build_cells(small_case)
    row = demand_of_cells(small_case, cells)
    total = summed_by(expected_shares(cells, row, 3), row, len(small_case.demand))
    np.testing.assert_allclose(total, 1.0, rtol=1e-12)
