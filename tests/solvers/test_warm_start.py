"""A basis by its places is the basis; a run from it needs no step, and one with too few basic columns is completed."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.warm_start import AT_LOWER, AT_UPPER, BASIC, basis_at, places_of


def _program() -> LinearProgram:
    """The cheapest way to 25 from columns of at most 10: 10 at 1, 10 at 2 and 5 at 5, which is 55, by hand."""
    return LinearProgram(
        cost=np.array([1.0, 2.0, 5.0, 9.0]), lower=np.zeros(4), upper=np.full(4, 10.0),
        matrix=csr_array([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 2.0, 0.0]]),
        row_lower=np.array([25.0, -np.inf]), row_upper=np.array([np.inf, 100.0]),
        column_names=tuple("abcd"), row_names=("need", "room"),
    )  # fmt: skip


def _iterations(session: HighsSession) -> int:
    return int(session._highs.getInfo().simplex_iteration_count)


def test_a_run_from_the_places_of_an_optimum_needs_no_step() -> None:
    cold = HighsSession(_program(), options={"presolve": "off"})
    best = cold.solve()
    columns, rows = places_of(cold.basis())
    assert best.objective == 10 + 20 + 25
    assert columns.tolist() == [AT_UPPER, AT_UPPER, BASIC, AT_LOWER]
    assert _iterations(cold) > 0
    warm = HighsSession(_program(), options={"presolve": "off"})
    warm.start_from(basis_at(columns, rows))
    assert warm.solve().objective == best.objective
    assert _iterations(warm) == 0


def test_places_that_are_no_basis_are_completed() -> None:
    for places in (np.full(4, AT_LOWER), np.full(4, BASIC)):
        session = HighsSession(_program(), options={"presolve": "off"})
        session.start_from(basis_at(places, np.full(2, AT_LOWER)))
        assert session.solve().objective == 55
