"""Alternatives: feasible, within the stated cost, different, the chosen one first, measured on other scenarios."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from instances import alone, data, nothing_shared, random_data, shared_out, tail_of, terms

from bekostiging.lumpsum import (
    Judge,
    Limit,
    LumpSumData,
    alternatives,
    check_limits,
    decided_spending,
    design_lumpsum,
    preferred_design,
    signable_terms,
)
from bekostiging.units import MILLION
from bekostiging_solvers import Scramblings, cvar


def _judge(case: LumpSumData) -> Judge:
    return Judge(case, Scramblings(2))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("risk_weight", [0.0, 0.4])
def test_every_alternative_satisfies_every_limit_and_costs_hardly_more(seed: int, risk_weight: float) -> None:
    """With its own margins the chosen design has; checked on the scenarios of the decision."""
    own = replace(
        random_data(seed, n_scenarios=64), risk_weight=risk_weight, margins={Limit("solvency", ("p1",)): 2e4}
    )
    best = design_lumpsum(own)
    found = alternatives(own, best, _judge(own), count=6, within=0.02)
    assert len(found) >= 2
    assert found[0].design is best
    assert best.criterion is not None
    for one in found:
        assert one.design.criterion is not None
        assert one.design.criterion <= 1.02 * best.criterion * (1 + 1e-5)
        checks = {check.limit: check for check in check_limits(one.design, _judge(own))}
        assert all(check.value <= check.most + 100 for check in checks.values())
        assert checks[Limit("solvency", ("p1",))].value <= checks[Limit("solvency", ("p1",))].most - 2e4 + 100


def test_they_differ_and_say_who_gains() -> None:
    """Recomputed from what both designs spend; what municipalities pay more, providers receive (no discount, one payer)."""
    own = random_data(1, n_scenarios=64, discount=np.ones(2))
    chosen = design_lumpsum(own)
    found = alternatives(own, chosen, _judge(own), count=5, within=0.02)
    points = [np.concatenate([10 * one.design.loading, *one.design.share]) for one in found]
    for i, one in enumerate(points):
        for other in points[:i]:
            assert np.abs(one - other).max() >= 1e-3
    before = decided_spending(own, chosen).sum(axis=(1, 2))
    for one in found:
        after = decided_spending(own, one.design).sum(axis=(1, 2))
        assert one.expected.value == pytest.approx((after - before).mean(), abs=1)
        assert one.tail.value == pytest.approx(cvar(after, 0.75) - cvar(before, 0.75), abs=1)
        assert sum(gain.value for gain in one.result) == pytest.approx(one.expected.value, abs=1)
        np.testing.assert_allclose(one.capital, one.design.capital - chosen.capital)
    assert found[0].expected.value == pytest.approx(0.0, abs=1e-6)


def test_what_municipalities_pay_more_is_discounted_and_adds_up() -> None:
    own = shared_out(random_data(2, n_scenarios=64), 2)
    chosen = design_lumpsum(own)
    for one in alternatives(own, chosen, _judge(own), count=4, within=0.02)[1:]:
        more = (decided_spending(own, one.design) - decided_spending(own, chosen)).mean(axis=0)
        for m in range(2):
            assert one.spending[m].value == pytest.approx(float(own.discount @ more[:, m]), abs=1)
        assert sum(own_.value for own_ in one.spending) == pytest.approx(one.expected.value, abs=1)


def test_between_simple_agreements_where_those_are_asked_for() -> None:
    own = random_data(1, n_scenarios=48)
    own = replace(own, simple=signable_terms(own))
    chosen = preferred_design(own)
    assert chosen is not None
    found = alternatives(own, chosen, _judge(own), count=4, within=0.02)
    assert len(found) >= 2
    assert {share for one in found for lot in one.design.share for share in lot.tolist()} <= set(own.simple.shares)


def test_the_ends_by_hand() -> None:
    """Nothing shared, b = 101.30 is best; one per cent more is 102.3167, and nothing lower satisfies the return."""
    own = alone()
    best = design_lumpsum(own)
    dear = max(one.design.loading[0] for one in alternatives(own, best, _judge(own)))
    assert dear == pytest.approx(1.01 * (100 + 0.08 * 117.6) / 1.08 / 100 - 1, abs=1e-5)
    assert min(one.design.loading[0] for one in alternatives(own, best, _judge(own))) >= best.loading[0] - 1e-7
    assert len(alternatives(own, best, _judge(own), count=1)) == 1


def test_nothing_to_vary_without_a_design() -> None:
    """A begroting of nothing has no lump sum, and no alternatives to it."""
    tight = data(tail_of(), (terms(own=nothing_shared()),), [0], [0], begroting=np.zeros((1, 1, 1)))
    tight = replace(tight, fair_price=np.full((1, 1), 100 * MILLION))
    with pytest.raises(ValueError, match="no alternatives to it"):
        alternatives(tight, design_lumpsum(tight), _judge(tight))
