"""Designing on drawn scenarios: what no instance by hand has, rounding in a program with whole numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import DESIGN

from bekostiging.case import Case
from bekostiging.contracts import reference
from bekostiging.evaluation.design import designed
from bekostiging.evaluation.study import prepared
from bekostiging.lumpsum import LumpSumData, feasible_design, lumpsum_data, matched
from bekostiging.options import RunOptions
from bekostiging.scenarios import plan

N_YEARS = 2


@pytest.fixture(scope="module")
def drawn(small_case: Case) -> LumpSumData:
    """What is decided on in two years of the small case, without margins."""
    ready = prepared(small_case, RunOptions(design_scenarios=DESIGN, n_years=N_YEARS))
    cells = plan(ready.case, DESIGN, N_YEARS, 1, "design").cells
    terms = reference(ready.case, cells, N_YEARS)
    made = designed(ready, terms)
    own = lumpsum_data(ready.case, cells, terms, made.series)
    return matched(own, made.closed, made.plain, made.series.cut)


def test_a_tighter_loading_cap_breaches_more_and_never_ends_the_agreement(drawn: LumpSumData) -> None:
    """Where a design exists with the loading free there is one at every loading cap, passing it by what it lacks: half a
    percent less on every lot that passes it is so much more breach, and the least sum is convex in the loading cap."""
    passed = []
    for loading_cap in (0.01, 0.005, 0.0):
        lots = tuple(replace(lot, loading_cap=loading_cap) for lot in drawn.lots)
        design = feasible_design(replace(drawn, lots=lots, cache=type(drawn.cache)()))
        assert design is not None, loading_cap
        assert {one.term for one in design.breaches} <= {"loading_cap"}
        passed.append(sum(one.euro for one in design.breaches))
    loose, middle, tight = passed
    assert loose == 0 < middle < tight
    # kept up to a euro, and to what whole numbers leave
    whole = 0.005 * float(drawn.reference.sum(axis=0) @ drawn.discount)
    assert tight - middle <= whole + 1e3
