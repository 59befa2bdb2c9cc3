"""The pool after the year: by hand, the Pyomo definition against the tail cuts, zero in sum, the frontier."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import corridor, data, random_data, terms
from pyomo.contrib.appsi.solvers.highs import Highs

import bekostiging.equalisation.pool as card
from bekostiging.case import UserError
from bekostiging.contracts import zero_sum_transfers
from bekostiging.equalisation import (
    PoolData,
    design_pool,
    example_pool,
    least_power,
    pool_data,
    power_risk_frontier,
    settled_transfers,
)
from bekostiging.equalisation.pool import build_pool
from bekostiging.lumpsum import LumpSumData, design_lumpsum
from bekostiging.units import MILLION

GOLDEN = Path(__file__).parent / "two_scenarios.lp"


def _pool(seed: int, n_scenarios: int = 16) -> PoolData:
    """The first lot of a random lump sum: two providers, two bands."""
    own = random_data(seed, n_scenarios)
    return pool_data(own, design_lumpsum(own), 0)


def _equal() -> LumpSumData:
    """Two providers of a budget of 100 million; they cost 110 and 90, and the other way round."""
    cost = np.array([[[110.0], [90.0]], [[90.0], [110.0]]]) * MILLION
    wide = corridor([1.0], [np.inf], share=0.0)
    return data(cost, (terms(own=wide),), [0, 0], [0, 1], confidence=0.5)


def test_transfers_by_hand() -> None:
    """B0 100 each, cost 110 and 90, share 0.5: +5 and -5 (design section 8)."""
    assert zero_sum_transfers(0.5 * np.array([10.0, -10.0]), np.array([0.5, 0.5])).tolist() == [5.0, -5.0]
    own = _equal()
    pool = pool_data(own, design_lumpsum(own), 0)
    found = settled_transfers(pool, np.array([0.5]))
    np.testing.assert_allclose(found[:, 0] / MILLION, [[5, -5], [-5, 5]])


def test_a_full_pool_takes_all_risk_that_cancels() -> None:
    """Deviations that mirror each other: at power zero of q (1 - key) = 1/2 nothing is left but the loading."""
    own = _equal()
    design = design_lumpsum(own)
    pool = pool_data(own, design, 0)
    assert pool.ends.tolist() == [[1.0], [1.0]]
    assert least_power(pool) == pytest.approx(0.5)
    found = design_pool(pool, 0.5)
    assert found.share[0] == pytest.approx(1.0)
    np.testing.assert_allclose(found.tail_after, -float(design.loading[0]), atol=1e-9)
    half = design_pool(pool, 0.75)
    assert half.share[0] == pytest.approx(0.5)
    assert half.risk == pytest.approx(0.05 - float(design.loading[0]))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("target", [1.0, 0.85, 0.6])
def test_tail_cuts_solve_the_model_of_the_card(seed: int, target: float) -> None:
    pool = _pool(seed)
    model = build_pool(pool, target)
    Highs().solve(model)
    found = design_pool(pool, target)
    assert found.risk == pytest.approx(pyo.value(model.largest_risk), abs=1e-6)
    assert found.bound <= found.risk + 1e-9
    assert (found.power >= target - 1e-9).all()


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000))
def test_transfers_cancel_in_every_scenario_and_year(seed: int) -> None:
    pool = _pool(seed)
    share = np.random.default_rng(seed).random(2)
    cents = np.rint(100 * settled_transfers(pool, share)).astype(np.int64)
    assert (cents.sum(axis=2) == 0).all()
    np.testing.assert_allclose(settled_transfers(pool, np.zeros(2)), 0.0)


def test_less_power_never_means_more_risk() -> None:
    risks = [one.risk for one in power_risk_frontier(_pool(3))]
    assert all(after <= before + 1e-7 for before, after in pairwise(risks))
    assert risks[0] == pytest.approx(float(design_pool(_pool(3), 1.0).tail_before.max()))


def test_corridor_and_pool_together_never_refund_more_than_all() -> None:
    pool = _pool(2)
    share = design_pool(pool, 0.0).share
    assert (pool.corridor_share + share * (1 - pool.key)[:, None] <= 1 + 1e-9).all()


def test_names_of_card_and_components_are_the_same() -> None:
    model = build_pool(_pool(0, 4), 0.8)
    text = str(card.__doc__)
    lines = text.split("Constraints\n")[1].split("\n\nSource")[0].splitlines()
    on_card = {line.strip().split("[")[0] for line in lines}
    assert {one.local_name for one in model.component_objects(pyo.Constraint)} == on_card
    variables = set(re.findall(r"[a-z_]+", text.split("Variables\n")[1].split("\nObjective")[0]))
    assert {one.local_name for one in model.component_objects(pyo.Var)} <= variables
    assert "largest_risk:" in text


def test_every_symbol_of_the_card_names_its_attribute() -> None:
    parameters = str(card.__doc__).split("Parameters")[1].split("\n\nVariables")[0]
    names = re.findall(r"  \.([a-z_]+)", parameters)
    assert len(names) == 7
    assert all(hasattr(example_pool(), name) for name in names)


def test_golden_lp_file(tmp_path: Path) -> None:
    """Two scenarios of the hand-made pool as text: our own output, read by hand against the card."""
    own = _equal()
    model = build_pool(pool_data(own, design_lumpsum(own), 0), 0.75)
    model.write(str(tmp_path / "written.lp"), io_options={"symbolic_solver_labels": True})
    text = (tmp_path / "written.lp").read_text()
    written = re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]):.5f}", text)
    assert written == GOLDEN.read_text()


def test_what_cannot_be_is_said_in_a_sentence() -> None:
    with pytest.raises(UserError, match=r"target 1.5: give a number from 0 to 1"):
        design_pool(_pool(0), 1.5)
    alone = data(np.full((4, 1, 1), MILLION), (terms(own=corridor([1.0], [np.inf], share=0.0)),), [0], [0])
    with pytest.raises(UserError, match="lot lot: a pool asks at least two providers"):
        design_pool(pool_data(alone, design_lumpsum(alone), 0), 0.8)
