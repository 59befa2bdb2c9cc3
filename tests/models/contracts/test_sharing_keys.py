"""Keys add up to one; money is conserved to the cent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import build_contracts, in_cents, municipal_shares, reference
from bekostiging.scenarios import draw_block, plan
from bekostiging.stress.settlement import levels_by_lot, settle_all


@given(
    amount=arrays(np.float64, (3, 2), elements=st.floats(-1e8, 1e9)),
    weight=arrays(np.float64, (3, 2, 4), elements=st.floats(0, 10)),
)
def test_cents_add_up_exactly(amount: np.ndarray, weight: np.ndarray) -> None:
    shares = (weight + 0.01) / (weight + 0.01).sum(axis=-1, keepdims=True)
    parts = in_cents(amount, shares)
    np.testing.assert_array_equal(parts.sum(axis=-1), np.rint(amount * 100).astype(np.int64))
    assert (np.abs(parts - shares * np.rint(amount * 100)[..., None]) <= 1 + 1e-6).all()


def test_cents_by_hand() -> None:
    """One cent over three equal parts goes to the first; a hundred euros to 33.34, 33.33, 33.33."""
    third = np.full(3, 1 / 3)
    assert in_cents(np.array(0.01), third).tolist() == [1, 0, 0]
    assert in_cents(np.array(100.0), third).tolist() == [3334, 3333, 3333]


@pytest.mark.parametrize("key", ["actual_use", "inhabitants", "youths", "fixed"])
def test_keys_sum_to_one(small_case: Case, key: str) -> None:
    lots = tuple(row.model_copy(update={"sharing_key": key}) for row in small_case.lots)
    municipalities = tuple(row.model_copy(update={"key_weight": 2.0}) for row in small_case.municipalities)
    case = replace(small_case, lots=lots, municipalities=municipalities)
    made = plan(case, 32, 2, 1, "design")
    care_use = draw_block(made, 0).care_use()
    for j in range(len(lots)):
        shares = municipal_shares(case, made.cells, care_use, j)
        assert shares.shape == (care_use.n_scenarios, 2, len(municipalities))
        np.testing.assert_allclose(shares.sum(axis=-1), 1.0)
        assert (shares >= 0).all()


@given(seed=st.integers(0, 5), form=st.sampled_from(PAYMENT_FORMS))
def test_money_is_conserved_in_every_scenario(small_case: Case, seed: int, form: str) -> None:
    """What the municipalities pay together is what the providers receive: every scenario and year, to the cent."""
    made = plan(small_case, 16, 2, seed, "design")
    care_use = draw_block(made, 0).care_use()
    contracts = build_contracts(small_case, made.cells, reference(small_case, made.cells, 2), form)
    samples = settle_all(small_case, made.cells, contracts, care_use, levels_by_lot(small_case, care_use))
    received = np.rint(100 * samples.payment).astype(np.int64).sum(axis=2)
    paid = np.rint(100 * samples.municipal).astype(np.int64).sum(axis=2)
    np.testing.assert_array_equal(paid, received)
