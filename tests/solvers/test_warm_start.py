"""A basis by its places is the basis; a run from it needs no step, and one with too few basic columns is completed."""

from __future__ import annotations

import numpy as np
import pytest
from programs import positions
from scipy.sparse import csc_array, csr_array

from bekostiging_solvers import CVaRTerm, LinearLoss
from bekostiging_solvers.band_program import BandProgram
from bekostiging_solvers.bands import Band
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


def test_columns_that_join_later_are_as_if_they_had_been_there() -> None:
    """25 from at most 10 a column: with a third of it at 1 no need of what costs 5, which is 10 + 10 + 2 x 5, by hand."""
    session = HighsSession(_program(), stoppable=False)
    assert session.solve().objective == 55
    session.add_columns(np.array([1.0]), np.zeros(1), np.full(1, 10.0), csc_array([[1.0], [0.0]]))
    found = session.solve()
    assert found.objective == 10 + 10 + 2 * 5
    assert found.x.tolist() == [10, 5, 0, 0, 10]
    assert found.reduced_costs.tolist() == [-1, 0, 3, 7, -1]


@pytest.mark.parametrize("unit", [1e-12, 1e16])
def test_a_column_gets_a_unit_where_highs_would_drop_or_refuse_it(unit: float) -> None:
    """The column above counted in another unit: as much of it, in that unit."""
    session = HighsSession(_program())
    session.add_columns(np.array([unit]), np.zeros(1), np.full(1, 10.0 / unit), csc_array([[unit], [0.0]]))
    found = session.solve()
    assert found.objective == pytest.approx(30)
    assert found.x[-1] * unit == pytest.approx(10)
    session.change_bounds(np.array([4]), np.zeros(1), np.full(1, 5.0 / unit))
    assert session.solve().objective == pytest.approx(10 + 2 * 10 + 5)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (np.ones((3, 1)), "columns have 3 rows, the program 2"),
        (np.array([[np.nan], [1.0]]), "a column has a coefficient that is nan or infinite"),
        (np.array([[1e-13], [1e13]]), "the column's coefficients 1e-13 and 1e[+]13 are too far apart"),
    ],
)
def test_columns_that_do_not_fit_are_refused(columns: np.ndarray, message: str) -> None:
    session = HighsSession(_program())
    with pytest.raises(ValueError, match=message):
        session.add_columns(np.ones(1), np.zeros(1), np.ones(1), csc_array(columns))
    with pytest.raises(ValueError, match="a cost is infinite"):
        session.add_columns(np.full(1, np.inf), np.zeros(1), np.ones(1), csc_array(np.ones((2, 1))))


def test_the_next_sample_starts_where_the_last_one_ended() -> None:
    """Half as many simplex iterations as from nowhere, on the same band."""
    losses, program = positions(4, 5000, 20)
    term = CVaRTerm("tail", LinearLoss(losses), 0.95, 1.0)
    iterations = []
    sample = Band(term, None, 5, whole=True)
    at_sample = sample.at(np.full(20, 0.05))
    sample.take(*at_sample[:2], np.zeros(0, dtype=np.int64))
    sample.centre(*at_sample[:2])
    first = BandProgram(program, [sample])
    x = first.step(np.full(20, 0.05), np.full(20, np.inf)).x
    ended = first.basis().of_sample(5)
    for basis in (None, ended):
        band = Band(term, None, 1, whole=False)
        losses_at, threshold, _ = band.at(x)
        band.take(losses_at, threshold, ended.scenarios[0])
        band.centre(losses_at, threshold)
        start = None if basis is None else (basis.places([(band, losses_at, threshold)]), basis.rows)
        step = BandProgram(program, [band], start)
        found = step.step(x, band.radius(x, losses_at, threshold))
        iterations.append((_iterations(step._session), found.value))  # type: ignore[arg-type]
    (cold, value), (warm, same) = iterations
    assert warm <= cold / 2
    assert same == pytest.approx(value, rel=1e-9)
