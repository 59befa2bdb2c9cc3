"""The design made again on either half of its scenarios, by hand: nothing shared, buffer 10, b = CVaR - 10."""

from __future__ import annotations

import numpy as np
import pytest
from instances import data, deficits_shared, nothing_shared, tail_of, terms

from bekostiging.contracts import Corridor
from bekostiging.lumpsum import LumpSumData, SimpleTerms, design_lumpsum
from bekostiging.lumpsum.design_stability import Stability, stability
from bekostiging.units import MILLION
from bekostiging_solvers import NumericalTroubleError


def _halves(first: float, second: float, own: Corridor | None = None, **changes: object) -> LumpSumData:
    """Twenty scenarios of which the worst costs ``first``, and twenty of which it costs ``second``."""
    cost = np.concatenate([tail_of(100.0, first), tail_of(100.0, second)])
    simple = changes.pop("simple", SimpleTerms())
    lot = terms(own=nothing_shared() if own is None else own, **changes)
    return data(cost, (lot,), [0], [0], free_buffer=np.array([10 * MILLION]), simple=simple)


def test_two_halves_alike_agree() -> None:
    case = _halves(117.6, 117.6)
    assert stability(case, design_lumpsum(case)) == Stability(("lot",), pytest.approx(0.0, abs=1e-9), 2)


def test_loadings_differ_by_hand() -> None:
    """The tail of all is the mean of 117.6 and 118.6, so b = 108.1; halves ask 107.6 and 108.6: half a point."""
    case = _halves(117.6, 118.6)
    design = design_lumpsum(case)
    assert design.loading[0] == pytest.approx(0.081, abs=1e-8)
    assert stability(case, design) == Stability(("lot",), pytest.approx(0.005, abs=1e-8), 2)


def test_a_half_without_a_design_agrees_with_nothing() -> None:
    """A loading cap of 8.55 % is enough for all and for the first half alone."""
    case = _halves(117.6, 118.6, loading_cap=0.0855)
    assert stability(case, design_lumpsum(case)) == Stability((), pytest.approx(0.005, abs=1e-8), 1)


def test_shares_that_differ_are_told() -> None:
    """Use invited makes sharing dear and the loading cap is 7.8 %: the first half shares nothing, the second must."""
    case = _halves(117.6, 118.6, own=deficits_shared(), loading_cap=0.078, elasticity=4.0)
    found = stability(case, design_lumpsum(case))
    assert (found.lots, found.halves) == ((), 2)


def test_a_half_that_cannot_be_computed_is_a_half_without_a_design(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numerical trouble on few scenarios is no reason to lose the design of all of them."""
    whole = _halves(120.0, 120.0)
    design = design_lumpsum(whole)

    def trouble(*_: object) -> None:
        raise NumericalTroubleError("HiGHS gave up")

    monkeypatch.setattr("bekostiging.lumpsum.design_stability.preferred_design", trouble)
    assert stability(whole, design).halves == 0
