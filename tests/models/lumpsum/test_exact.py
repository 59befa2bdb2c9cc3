"""No number of the answer hangs on a tolerance: ten times smaller, everything is the same to a cent-level amount."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

import numpy as np
import pytest
from instances import random_data, shared_out

from bekostiging.lumpsum import (
    Decision,
    Judge,
    LumpSumData,
    decide,
    deciders,
    minimum_equity_requirements,
    signable_terms,
)
from bekostiging.lumpsum.conflict import EXACT
from bekostiging.lumpsum.conflict import relaxations as every_way
from bekostiging_solvers import Scramblings

CENT_LEVEL = 5.0
"""Euro, on totals of tens of millions."""


@dataclass(frozen=True)
class Answer:
    """What is printed of a decision."""

    decision: Decision
    requirements: tuple[float | None, ...]
    extra_equity: dict[str, float]
    yields: tuple[float | None, ...]


def _answer(case: LumpSumData, other: LumpSumData) -> Answer:
    decision = decide(case, Judge(other, Scramblings(16)))
    asked = tuple(one.requirement for one in minimum_equity_requirements(decision.data))
    found = deciders(decision.data, decision.headline) if decision.headline.feasible else ()
    yields = tuple(way.euro for way in every_way(replace(case, begroting=0.9 * case.begroting)))
    return Answer(decision, asked, {one.provider: one.extra_equity for one in found}, yields)


def _cases(name: str) -> tuple[LumpSumData, LumpSumData]:
    """Design and margin scenarios."""
    seed = sum(map(ord, name))
    both = random_data(seed, n_scenarios=128)
    if "laws" in name:
        both = shared_out(both, seed)
    both = replace(both, simple=signable_terms(both), begroting=1.05 * both.begroting, stock=2 * both.stock)
    if "strict" in name:
        lots = tuple(replace(lot, loading_cap=0.001, transition_cap=0.001) for lot in both.lots)
        both = replace(both, lots=lots, free_buffer=0.5 * both.free_buffer)
    else:
        lots = tuple(replace(lot, loading_cap=0.1) for lot in both.lots)
        both = replace(both, lots=lots, free_buffer=0.8 * both.free_buffer)
    return both.of(slice(0, 32)), both.of(slice(32, 128))


@pytest.mark.parametrize("name", ["one law", "two laws", "strict two laws"])
def test_a_tolerance_ten_times_smaller_changes_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own = _cases(name)
    plain = _answer(*own)
    patched = 0
    for module in [one for key, one in sys.modules.items() if key.startswith("bekostiging.lumpsum.")]:
        if getattr(module, "EXACT", None) == EXACT:
            monkeypatch.setattr(module, "EXACT", EXACT / 10)
            patched += 1
    assert patched >= 5
    exact = _answer(*own)
    assert exact.decision.outcome == plain.decision.outcome == ("breached" if "strict" in name else "designed")
    for one, two in (
        (exact.decision.headline, plain.decision.headline),
        (exact.decision.plain, plain.decision.plain),
    ):
        np.testing.assert_allclose(one.loading, two.loading, atol=1e-5)
        for mine, theirs in zip(one.share, two.share, strict=True):
            np.testing.assert_array_equal(mine, theirs)
        assert one.criterion == pytest.approx(two.criterion, abs=CENT_LEVEL)
        assert one.bound == pytest.approx(two.bound, abs=CENT_LEVEL)
        assert [(b.lot, b.term) for b in one.breaches] == [(b.lot, b.term) for b in two.breaches]
        assert [b.euro for b in one.breaches] == pytest.approx([b.euro for b in two.breaches], abs=CENT_LEVEL)
    assert exact.decision.margin is not None
    assert plain.decision.margin is not None
    assert exact.decision.margin.margins.keys() == plain.decision.margin.margins.keys()
    assert exact.decision.margin.margins == pytest.approx(dict(plain.decision.margin.margins), abs=CENT_LEVEL)
    assert exact.requirements == pytest.approx(plain.requirements, abs=1e-6)
    assert exact.extra_equity == pytest.approx(plain.extra_equity, abs=CENT_LEVEL)
    assert exact.yields == pytest.approx(plain.yields, abs=CENT_LEVEL)
