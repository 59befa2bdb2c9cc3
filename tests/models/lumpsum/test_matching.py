"""The matched design sample: its means are those of the closed form exactly, and nothing else of it changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import corridor, data, mixed_data, random_data, terms

from bekostiging.lumpsum import LumpSumData, decided_payment, design_lumpsum, matched, matching_factors
from bekostiging.lumpsum.recut import base_of
from bekostiging.units import MILLION

PLAIN = np.ones(4, dtype=np.bool_)


def _closed(case: LumpSumData) -> LumpSumData:
    """Twelve other scenarios of the same terms, a seventh dearer."""
    other = random_data(77, n_scenarios=12)
    lot = [case.lots[j].corridor for j in case.lot]
    reference = case.reference * other.index
    base = 1.15 * reference * (1 + 0.1 * np.sin(np.arange(reference.size)).reshape(reference.shape))
    amounts = tuple(own.amounts(base[:, c], reference[:, c]) for c, own in enumerate(lot))
    shapes = {"key": other.key, "other": other.other, "paid_part": other.paid_part, "fixed": other.fixed}
    return replace(case, index=other.index, cost=0.9 * base, amounts=amounts, other_payments={}, **shapes)


def _mean_base(case: LumpSumData, contract: int) -> np.ndarray:
    return base_of(case, contract).mean(axis=0)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_means_of_the_base_become_the_closed_ones(seed: int) -> None:
    """Per contract and year, to rounding; and cost moves by the same factor, so each ratio of cost to base is kept."""
    case = random_data(seed)
    closed = _closed(case)
    found, factor = matched(case, closed, PLAIN), matching_factors(case, closed, PLAIN)
    for c in range(4):
        np.testing.assert_allclose(_mean_base(found, c), _mean_base(closed, c), rtol=1e-12)
        np.testing.assert_allclose(factor[c], _mean_base(closed, c) / _mean_base(case, c), rtol=1e-12)
        np.testing.assert_allclose(found.cost[:, c], factor[c] * case.cost[:, c], rtol=1e-12)
        np.testing.assert_allclose(base_of(found, c), factor[c] * base_of(case, c), rtol=1e-12)


def test_layers_are_computed_anew() -> None:
    """A base of 98 on a reference of 100 becomes 106: 2 of surplus turn into 4 and 2 of deficit, by hand."""
    own = corridor([1.0, 1.04], [1.04, np.inf])
    case = data(np.full((2, 1, 1), 98 * MILLION), (terms(own=own),), [0], [0])
    case = replace(case, reference=np.full((1, 1), 100 * MILLION))
    case = replace(case, amounts=(own.amounts(case.cost[:, 0], case.reference[0] * case.index[:, 0]),))
    np.testing.assert_allclose(case.amounts[0][0, 0] / MILLION, [0, 0, 2, 0])
    closed = replace(case, amounts=(np.array([[[4.0, 2.0, 0.0, 0.0]]]) * MILLION,), index=np.ones((1, 1, 1)))
    found = matched(case, closed, np.ones(1, dtype=np.bool_))
    np.testing.assert_allclose(found.amounts[0][0, 0] / MILLION, [4, 2, 0, 0])
    np.testing.assert_allclose(found.cost[0, 0, 0] / MILLION, 106)
    # full sharing pays the matched base
    full = replace(design_lumpsum(found), loading=np.zeros(1), share=(np.ones(4),))
    np.testing.assert_allclose(decided_payment(found, full) / MILLION, 106)


def test_the_index_of_either_side_is_its_own() -> None:
    """A base is measured from B0 I: closed scenarios with another index give the same expected base."""
    case = random_data(3)
    closed = _closed(case)
    dearer = replace(closed, index=1.1 * closed.index)
    own = [case.lots[j].corridor for j in case.lot]
    reference = dearer.reference * dearer.index
    amounts = tuple(lot.amounts(base_of(closed, c), reference[:, c]) for c, lot in enumerate(own))
    np.testing.assert_allclose(
        matching_factors(case, replace(dearer, amounts=amounts), PLAIN), matching_factors(case, closed, PLAIN)
    )


def test_a_mean_of_zero_is_left() -> None:
    """Nothing sampled, or nothing expected: a factor of one, no division by zero."""
    case = random_data(1)
    nothing = (np.stack([0 * case.cost[:, 0]] * 4, axis=2), *case.amounts[1:])
    reference = np.concatenate([np.zeros((1, 2)), case.reference[1:]])
    empty = replace(case, reference=reference, amounts=nothing)
    closed = _closed(case)
    np.testing.assert_array_equal(matching_factors(empty, closed, PLAIN)[0], 1.0)
    assert (matching_factors(empty, closed, PLAIN)[1:] != 1.0).all()
    np.testing.assert_array_equal(matching_factors(case, replace(closed, **_empty(closed)), PLAIN)[0], 1.0)


def _empty(closed: LumpSumData) -> dict[str, object]:
    """The first contract without any base."""
    reference = np.concatenate([np.zeros((1, 2)), closed.reference[1:]])
    return {"reference": reference, "amounts": (0 * closed.amounts[0], *closed.amounts[1:])}


def test_contracts_with_clauses_before_the_corridor_are_left() -> None:
    case = random_data(2)
    plain = np.array([True, False, True, True])
    found = matched(case, _closed(case), plain)
    np.testing.assert_array_equal(found.amounts[1], case.amounts[1])
    np.testing.assert_array_equal(found.cost[:, 1], case.cost[:, 1])
    assert (found.cost[:, 0] != case.cost[:, 0]).all()


def test_claims_move_before_their_ceiling() -> None:
    """A claim of 100 under a ceiling of 90 times 1.06 is still paid 90; times 0.85 it is paid 85; one of 80 becomes 84.8."""
    own = terms(own=corridor([1.0], [np.inf]))
    base = data(np.array([100.0, 80.0])[:, None, None] * MILLION, (own,), [0], [0])
    paid, cut = (np.array(one)[:, None, None] * MILLION for one in ([90.0, 80.0], [10.0, 0.0]))
    case = replace(base, other_payments={"inspanningsgericht": paid, "outputgericht": paid})
    for factor, expected in ((1.06, [90.0, 84.8]), (0.85, [85.0, 68.0])):
        amounts = tuple(
            one.corridor.amounts(factor * base.cost[:, 0], base.reference[0] * base.index[:, 0])
            for one in base.lots
        )
        closed = replace(base, amounts=amounts)
        found = matched(case, closed, np.ones(1, dtype=np.bool_), {"inspanningsgericht": cut})
        np.testing.assert_allclose(found.other_payments["inspanningsgericht"][:, 0, 0] / MILLION, expected)
        # a form without ceiling moves with its claims
        np.testing.assert_allclose(found.other_payments["outputgericht"], factor * paid)


def test_claims_of_every_form_move_with_their_own_contract() -> None:
    case = mixed_data(4)
    closed = _closed(case)
    found, factor = matched(case, closed, PLAIN), matching_factors(case, closed, PLAIN)
    np.testing.assert_allclose(
        found.other_payments["inspanningsgericht"], case.other_payments["inspanningsgericht"] * factor
    )


def test_matched_again_nothing_moves() -> None:
    case = random_data(6)
    closed = _closed(case)
    once = matched(case, closed, PLAIN)
    np.testing.assert_allclose(matching_factors(once, closed, PLAIN), 1.0, rtol=1e-12)
    again = matched(once, closed, PLAIN)
    for own, other in zip(again.amounts, once.amounts, strict=True):
        np.testing.assert_allclose(own, other, atol=1e-6)
