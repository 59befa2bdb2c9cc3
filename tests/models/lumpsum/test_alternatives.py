"""Alternatives: feasible, within the stated cost, different, and the best one first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from instances import data, random_data, terms

from bekostiging.lumpsum import alternatives, design_lumpsum, out_of_sample
from bekostiging_solvers import Scramblings

MILLION = 1e6


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("risk_weight", [0.0, 0.4])
def test_every_alternative_satisfies_every_limit_and_costs_hardly_more(seed: int, risk_weight: float) -> None:
    """Checked on the scenarios of the decision, as if each were a design of its own."""
    own = replace(random_data(seed, n_scenarios=64), risk_weight=risk_weight)
    best = design_lumpsum(own)
    found = alternatives(own, best, count=6, within=0.02)
    assert len(found) >= 2
    assert found[0].cost == pytest.approx(0.0, abs=1e-6)
    for one in found:
        assert one.cost <= 0.02 + 1e-5
        made = replace(
            best,
            loading=one.loading,
            share=one.share,
            capital=best.capital + one.capital,
            budget=own.reference * (1 + one.loading[own.lot])[:, None],
        )
        checks = out_of_sample(made, own, Scramblings(2))
        assert all(check.value <= check.limit + 100 for check in checks)


def test_they_differ_and_say_who_gains() -> None:
    own = random_data(1, n_scenarios=64)
    found = alternatives(own, design_lumpsum(own), count=5, within=0.02)
    points = [np.concatenate([10 * one.loading, *one.share]) for one in found]
    for i, one in enumerate(points):
        for other in points[:i]:
            assert np.abs(one - other).max() >= 1e-3
    for one in found:
        # what municipalities pay more, providers receive: one payer, no discount beyond that of the model
        assert one.result.sum() == pytest.approx(one.spending.sum(), abs=1.0)
    assert np.abs(found[0].spending).max() < 1.0


def test_nothing_to_vary_without_a_design() -> None:
    """A begroting of nothing has no lump sum, and no alternatives to it."""
    tight = data(np.full((4, 1, 1), 100.0) * MILLION, (terms(),), [0], [0], room=np.zeros((1, 1)))
    with pytest.raises(ValueError, match="no alternatives to it"):
        alternatives(tight, design_lumpsum(tight))
