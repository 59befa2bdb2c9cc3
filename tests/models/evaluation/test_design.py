"""Designing on drawn scenarios: what no instance by hand has, rounding in a program with whole numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import DESIGN
from instances import data, nothing_shared, tail_of, terms

from bekostiging.case import Case
from bekostiging.contracts import reference
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.design import designed, invented_equity
from bekostiging.evaluation.study import prepared
from bekostiging.lumpsum import (
    LumpSumData,
    design_within,
    feasible_design,
    lumpsum_data,
    matched,
    preferred_design,
)
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


def test_the_plain_design_is_that_without_margins(outcome: Comparison) -> None:
    """Both are published: the margin asks more of the municipality, so the plain one is cheaper."""
    plain, headline = outcome.lumpsum.plain, outcome.lumpsum.headline
    assert outcome.lumpsum.margin is not None
    np.testing.assert_array_equal(headline.design.loading, outcome.lumpsum.margin.design.loading)
    assert (plain.design.loading < headline.design.loading).any()
    assert plain.design.criterion < headline.design.criterion


@pytest.mark.parametrize(
    ("status", "stated", "told"),
    [
        ("illustrative", None, True),
        ("estimated", None, True),
        ("published", None, False),
        ("own_data", None, False),
        ("illustrative", 0.15, False),
    ],
)
def test_equity_that_nobody_published_is_told_where_it_decides(
    small_case: Case, status: str, stated: float | None, told: bool
) -> None:
    """Mean 100, tail 117.6 and 15 million of equity (or a requirement of 15 %): the first provider asks a loading of 2.6 %,
    117.6 - 102.6 = 15; the second cannot lose.

    Without that limit the return decides: a loading of 0.08 (17.6 - loading) million, so that capital is 17.6 / 1.08.
    """
    cost = np.concatenate([tail_of(), np.full_like(tail_of(), 150e6)], axis=1)
    lot = terms(own=nothing_shared(), equity_requirement=stated)
    own = data(cost, (lot,), [0, 0], [0, 1], free_buffer=np.array([15e6, 1e10]))
    design = preferred_design(own, design_within)
    assert design is not None
    np.testing.assert_allclose(design.budget[:, 0], [102.6e6, 153.9e6])
    first, second = (
        row.model_copy(update={"id": name, "status": of})
        for row, name, of in zip(small_case.providers, own.providers, (status, "illustrative"), strict=False)
    )
    found = invented_equity(replace(small_case, providers=(first, second)), own, design)
    assert (found is not None) == told
    if found is not None:
        assert found.providers == ("p0",)
        assert found.requirement == pytest.approx(0.176 / 1.08)
