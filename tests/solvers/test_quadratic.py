"""Convex quadratic programs: by hand, against random feasible points, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from bekostiging_solvers import InfeasibleError, LinearProgram, solve_quadratic


def _program(cost: list[float], rows: list[list[float]], low: list[float], high: list[float]) -> LinearProgram:
    n = len(cost)
    return LinearProgram(
        np.array(cost),
        np.full(n, -np.inf),
        np.full(n, np.inf),
        csr_array(np.array(rows).reshape(-1, n)),
        np.array(low),
        np.array(high),
        tuple(f"x{i}" for i in range(n)),
        tuple(f"row{i}" for i in range(len(low))),
    )


def test_projection_on_a_line_by_hand() -> None:
    """(x - 1)^2 + (y - 2)^2 on x + y = 1: the point (0, 1), value 2, and a price of -2 per unit of the line."""
    found = solve_quadratic(_program([-2, -4], [[1, 1]], [1], [1]), 2 * np.eye(2))
    np.testing.assert_allclose(found.x, [0, 1], atol=1e-9)
    assert found.objective + 5 == pytest.approx(2)
    assert found.duals[0] == pytest.approx(-2)
    assert found.gap is not None
    assert found.gap < 1e-12


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_no_feasible_point_lies_below_the_bound(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 4
    root = rng.normal(size=(n - 1, n))
    program = _program(list(rng.normal(size=n)), [[1.0] * n], [-1], [1])
    program = LinearProgram(**{**vars(program), "lower": np.full(n, -2.0), "upper": np.full(n, 2.0)})
    hessian = root.T @ root
    found = solve_quadratic(program, hessian)
    points = rng.uniform(-2, 2, size=(2000, n))
    points = points[np.abs(points.sum(axis=1)) <= 1]
    values = 0.5 * np.einsum("si,ij,sj->s", points, hessian, points) + points @ program.cost
    assert found.bound <= values.min() + 1e-9
    assert found.objective - found.bound <= 1e-7 * max(1, abs(found.objective))


def test_rows_that_contradict_are_named() -> None:
    with pytest.raises(InfeasibleError) as caught:
        solve_quadratic(_program([0, 0], [[1, 1], [1, 1]], [3, -np.inf], [np.inf, 2]), np.eye(2))
    assert caught.value.conflict == ("row0", "row1")


@pytest.mark.parametrize(
    ("hessian", "said"),
    [
        (np.eye(3), "shape"),
        (np.array([[1.0, 1.0], [0.0, 1.0]]), "not symmetric"),
        (np.array([[1.0, 2.0], [2.0, 1.0]]), "smallest eigenvalue is -1"),
    ],
)
def test_what_is_no_convex_program_is_refused(hessian: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        solve_quadratic(_program([0, 0], [[1, 1]], [0], [1]), hessian)
