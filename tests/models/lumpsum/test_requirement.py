"""The minimum equity requirement: the closed form, its sweep, contracts apart, margins held, simple agreements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import alone, data, deficits_shared, nothing_shared, random_data, tail_of, terms

from bekostiging.lumpsum import Limit, SimpleTerms, contracts_apart, design_within, minimum_equity_requirements
from bekostiging.lumpsum.requirement import EquityRequirement
from bekostiging.units import MILLION


def _only_one(found: tuple[EquityRequirement, ...]) -> EquityRequirement:
    (one,) = found
    return one


def test_the_known_answer() -> None:
    """B0 100, E 100, CVaR 117.6, loading cap 5 %, return 8 %: 12.6 % of B0 (known answers, second part).

    The design at 12.6 % pays 105; a point stricter pays a million less.
    """
    found = _only_one(minimum_equity_requirements(alone(loading_cap=0.05)))
    assert found.lot == "lot"
    assert found.requirement == pytest.approx(0.126, abs=1e-8)
    assert found.design is not None
    assert found.stricter is not None
    assert found.design.budget[0, 0] / MILLION == pytest.approx(105.0, abs=2e-5)
    assert found.stricter.budget[0, 0] / MILLION == pytest.approx(104.0, abs=2e-5)


@settings(max_examples=40, deadline=None)
@given(
    mean=st.floats(80.0, 110.0),
    beyond=st.floats(0.1, 60.0),
    loading_cap=st.floats(0.0, 0.3),
    cost_of_capital=st.floats(0.0, 0.3),
    reference=st.floats(60.0, 140.0),
)
def test_the_closed_form(
    mean: float, beyond: float, loading_cap: float, cost_of_capital: float, reference: float
) -> None:
    """max(0, CVaR - B0 (1 + cap)) / B0 where B0 (1 + cap) - E >= cost of capital x that capital, else none."""
    most = reference * (1 + loading_cap)
    capital = max(0.0, mean + beyond - most)
    spare = most - mean - cost_of_capital * capital
    if abs(spare) < 1e-3 or abs(mean + beyond - most) < 1e-3:
        return
    plain = alone(loading_cap=loading_cap, cost_of_capital=cost_of_capital)
    cost = tail_of(mean, mean + beyond)
    own = replace(plain, cost=cost, reference=np.full((1, 1), reference * MILLION))
    found = _only_one(minimum_equity_requirements(own))
    if spare < 0:
        assert found == EquityRequirement("lot", None, None, None)
    else:
        assert found.requirement == pytest.approx(capital / reference, abs=1e-7)


def test_a_begroting_limits_like_a_loading_cap() -> None:
    """Loading cap ample, begroting 105: 12.6 %; what no buffer helps is none: a fair price of 100 with a begroting of 90."""
    own = alone(begroting=np.array([[[105.0 * MILLION]]]))
    assert _only_one(minimum_equity_requirements(own)).requirement == pytest.approx(0.126, abs=1e-8)
    short = alone(begroting=np.array([[[90.0 * MILLION]]]), fair_price=np.array([[100.0 * MILLION]]))
    found = _only_one(minimum_equity_requirements(short))
    assert (found.requirement, found.design, found.stricter) == (None, None, None)


def test_ample_money_asks_no_equity() -> None:
    """b = 117.6 carries every scenario; a point of buffer then saves a million."""
    found = _only_one(minimum_equity_requirements(alone()))
    assert found.requirement == 0.0
    assert found.design is not None
    assert found.stricter is not None
    assert found.design.criterion == pytest.approx(117.6 * MILLION, abs=20)
    assert found.stricter.criterion == pytest.approx(116.6 * MILLION, abs=20)


def test_the_buffer_a_provider_happens_to_have_says_nothing() -> None:
    """Nor does a requirement that is stated already."""
    poor, stated = alone(loading_cap=0.05, free_buffer=np.zeros(1)), alone(loading_cap=0.05)
    stated = replace(stated, lots=(replace(stated.lots[0], equity_requirement=0.5),))
    for own in (poor, stated):
        assert _only_one(minimum_equity_requirements(own)).requirement == pytest.approx(0.126, abs=1e-8)


def test_a_provider_in_two_lots_meets_each_requirement_apart() -> None:
    """Lot a is 100 with a tail of 117.6, lot b 50 with one of 60; their bad scenarios never come together.

    Loading cap 5 %: 12.6 of 100 and 60 - 52.5 of 50, whatever the other lot does.
    """
    cost = np.concatenate([tail_of(), tail_of(50.0, 60.0)[::-1]], axis=1)
    lots = tuple(terms(name, nothing_shared(), loading_cap=0.05) for name in "ab")
    own = data(cost, lots, [0, 1], [0, 0])
    found = {one.lot: one for one in minimum_equity_requirements(own)}
    expected = {"a": pytest.approx(0.126, abs=1e-8), "b": pytest.approx(0.15, abs=1e-8)}
    assert {lot: one.requirement for lot, one in found.items()} == expected
    # with 12.6 % in lot a the other lot is free to be what its own limits ask, and the other way round
    for lot, loadings in (("a", [0.05, None]), ("b", [None, 0.05])):
        design = found[lot].design
        assert design is not None
        for loading, own_loading in zip(loadings, design.loading.tolist(), strict=True):
            assert own_loading <= 0.05 + 1e-9
            assert loading is None or own_loading == pytest.approx(loading, abs=1e-6)


def test_the_weakest_contract_of_a_lot_decides() -> None:
    """Two providers of 100 and 50 with tails of 117.6 and 56: 12.6 % and 3.5 / 50 = 7 %; the lot asks 12.6 %."""
    cost = np.concatenate([tail_of(), tail_of(50.0, 56.0)], axis=1)
    own = data(cost, (terms(own=nothing_shared(), loading_cap=0.05),), [0, 0], [0, 1])
    assert _only_one(minimum_equity_requirements(own)).requirement == pytest.approx(0.126, abs=1e-8)


@pytest.mark.parametrize(
    ("margins", "expected"),
    [
        ({Limit("solvency", ("p0",)): 2.0 * MILLION}, 0.146),
        ({Limit("begroting", ("0034", "2025")): 1.0 * MILLION}, 0.136),
    ],
)
def test_margins_are_held(margins: dict[str, float], expected: float) -> None:
    """Begroting 105: a margin of 2 on solvency asks 14.6 %; one of 1 on the begroting leaves b = 104, so 13.6 %."""
    own = alone(begroting=np.array([[[105.0 * MILLION]]]), margins=margins)
    assert _only_one(minimum_equity_requirements(own)).requirement == pytest.approx(expected, abs=1e-8)


def test_a_margin_is_divided_by_reference_amount() -> None:
    """Contracts of 100 and 50 of one provider, margin 3: 2 and 1; alone in its lot the provider keeps its name."""
    cost = np.concatenate([tail_of(), tail_of(50.0, 60.0), tail_of()], axis=1)
    lots = tuple(terms(name, nothing_shared(), loading_cap=0.05) for name in "ab")
    margins = {
        Limit("solvency", ("p0",)): 3.0 * MILLION,
        Limit("return_on_capital", ("p0",)): 0.3 * MILLION,
        Limit("solvency", ("p1",)): 7.0,
    }
    apart = contracts_apart(data(cost, lots, [0, 1, 1], [0, 0, 1], margins=margins))
    assert apart.providers == ("p0/a", "p0/b", "p1")
    assert apart.provider.tolist() == [0, 1, 2]
    assert (apart.free_buffer > 1e11).all()
    told = {name: value for name, value in apart.margins.items() if name != Limit("solvency", ("p0",))}
    assert told[Limit("solvency", ("p0/a",))] == pytest.approx(2.0 * MILLION)
    assert told[Limit("solvency", ("p0/b",))] == pytest.approx(1.0 * MILLION)
    assert told[Limit("return_on_capital", ("p0/b",))] == pytest.approx(0.1 * MILLION)
    assert told[Limit("solvency", ("p1",))] == pytest.approx(7.0)


def test_a_margin_is_divided_by_reference_amount_over_the_term() -> None:
    """100 and 50 in the first year, 100 and 100 in the second: of a margin of 3.5 the contracts have 2 and 1.5."""
    cost = np.array([[100.0, 100.0], [50.0, 100.0]]) * np.ones((20, 1, 1)) * MILLION
    lots = tuple(terms(name, nothing_shared()) for name in "ab")
    apart = contracts_apart(data(cost, lots, [0, 1], [0, 0], margins={Limit("solvency", ("p0",)): 3.5 * MILLION}))
    assert apart.margins[Limit("solvency", ("p0/a",))] == pytest.approx(2.0 * MILLION)
    assert apart.margins[Limit("solvency", ("p0/b",))] == pytest.approx(1.5 * MILLION)


def test_a_requirement_may_be_more_than_a_year_of_budget() -> None:
    """CVaR 250 and a loading cap of 5 %: 145 of 100, while 105 - 100 is a return of more than 1 % of it."""
    own = replace(alone(loading_cap=0.05, cost_of_capital=0.01), cost=tail_of(100.0, 250.0))
    assert _only_one(minimum_equity_requirements(own)).requirement == pytest.approx(1.45, abs=1e-7)


def test_a_simple_agreement_may_ask_more() -> None:
    """Loading cap 5 %, b + 17.6 s at most 112 (begroting 108 and a stock of 4): with free shares a buffer of 5.6.

    b = 105 asks s = 0.398, and from the list of 0 and 0.8 only 0 will do: E[Y] = b + 0.88 s must return 0.08 x 5.6, which at
    0.8 leaves b too small. Nothing shared: 12.6 %. With 0.4 on the list 5.6 % will do.
    """
    own = data(
        tail_of(), (terms(own=deficits_shared(), loading_cap=0.05),), [0], [0],
        begroting=np.full((1, 1, 1), 108.0 * MILLION), stock=np.full((1, 1), 4.0 * MILLION),
    )  # fmt: skip
    for listed, expected in (((), 0.056), ((0.0, 0.8), 0.126), ((0.0, 0.4, 0.8), 0.056)):
        found = _only_one(minimum_equity_requirements(replace(own, simple=SimpleTerms(shares=listed))))
        assert found.requirement == pytest.approx(expected, abs=1e-7)
        assert found.design is not None
        assert not listed or found.design.share[0][0] in listed


@pytest.mark.parametrize("seed", range(4))
def test_a_hair_less_has_no_design(seed: int) -> None:
    """The least requirement of a lot where others are ample: at it a design exists, a hair under it none."""
    own = random_data(seed)
    lots = tuple(replace(lot, loading_cap=0.01) for lot in own.lots)
    apart = contracts_apart(replace(own, lots=lots))
    for j, one in enumerate(minimum_equity_requirements(replace(own, lots=lots))):
        assert one.requirement is not None
        assert one.requirement > 0.005
        for factor, exists in ((1 + 1e-5, True), (1 - 1e-4, False)):
            buffer = np.where(apart.lot == j, factor * one.requirement * apart.reference[:, 0], 1e12)
            assert (design_within(replace(apart, free_buffer=buffer)) is not None) == exists
