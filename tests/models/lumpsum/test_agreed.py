"""Agreed lots: their terms stand, the rest is designed around them, and limits on them alone are judged, not asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.contracts import LUMP_SUM, Corridor
from bekostiging.lumpsum import (
    AgreedTerms,
    Judge,
    check_limits,
    decide,
    decided_payment,
    design_lumpsum,
    example_data,
    limit_margin,
    menu_corridor,
    with_agreed,
)
from bekostiging.lumpsum.data import LumpSumData
from bekostiging_solvers import Scramblings

LOT = "ambulant"


def corridor(zone: float, deficit: float, surplus: float) -> Corridor:
    return replace(menu_corridor((zone,)), share=np.array([0.0, deficit, 0.0, surplus]))


def agreed(loading: float, own: Corridor, form: str = LUMP_SUM) -> dict[str, AgreedTerms]:
    return {LOT: AgreedTerms(form, loading, own)}  # type: ignore[arg-type]


def two_lots() -> LumpSumData:
    """The example twice: lot ``ambulant`` of one provider, lot ``verblijf`` of another."""
    one = example_data()
    return replace(
        one,
        lots=(one.lots[0], replace(one.lots[0], name="verblijf")),
        contracts=(*one.contracts, ("Baken", "verblijf")),
        providers=(*one.providers, "Baken"),
        lot=np.array([0, 1]),
        provider=np.array([0, 1]),
        free_buffer=np.tile(one.free_buffer, 2),
        begroting=2 * one.begroting,
        stock=2 * one.stock,
        amounts=one.amounts * 2,
        key=np.concatenate([one.key, one.key], axis=2),
        purses=(("", np.array([0, 1])),),
        **{
            name: np.concatenate([getattr(one, name)] * 2, axis=0)
            for name in ("reference", "fair_price", "revenue")
        },
        **{
            name: np.concatenate([getattr(one, name)] * 2, axis=1)
            for name in ("index", "paid_part", "fixed", "cost")
        },
    )


def test_what_is_agreed_stands_and_the_rest_is_what_it_would_be_alone() -> None:
    """Two lots that share only a wide begroting: the free one is designed as it is alone."""
    alone = design_lumpsum(example_data())
    own = corridor(0.03, 0.25, 0.75)
    found = design_lumpsum(with_agreed(two_lots(), agreed(0.06, own)))
    assert found.feasible
    assert found.loading[0] == pytest.approx(0.06, abs=1e-9)
    assert found.share[0].tolist() == [0.0, 0.25, 0.0, 0.75]
    assert found.budget[0] == pytest.approx(two_lots().reference[0] * 1.06)
    assert found.loading[1] == pytest.approx(float(alone.loading[0]), abs=1e-3)


def test_layers_of_an_agreed_lot_hold_the_same_deviation() -> None:
    before, own = example_data(), corridor(0.04, 0.5, 0.5)
    after = with_agreed(before, agreed(0.0, own))
    signed = before.amounts[0] @ before.lots[0].corridor.sign
    assert after.amounts[0] @ own.sign == pytest.approx(signed)


def test_a_loading_beyond_its_cap_is_told_as_a_breach() -> None:
    data = example_data()
    cap = data.lots[0].loading_cap
    found = design_lumpsum(with_agreed(data, agreed(cap + 0.05, corridor(0.05, 0.5, 0.5))))
    assert [(one.term, round(one.fraction, 6)) for one in found.breaches] == [("loading_cap", 0.05)]


def test_a_fair_price_that_is_broken_does_not_stop_the_design_and_is_judged() -> None:
    """A budget of 5 % below the reference amount, nothing shared: 5 million below the fair price in every scenario."""
    data, own = example_data(), corridor(0.05, 0.0, 0.0)
    data = replace(data, fair_price=data.reference.copy(), free_buffer=np.array([1e9]), cost_of_capital=0.0)
    data = replace(data, cost=data.cost * 0.5)
    terms = agreed(-0.05, own)
    found = design_lumpsum(with_agreed(data, terms))
    assert found.feasible
    judged = Judge(with_agreed(data, terms, judged=True), Scramblings(2))
    checks = {one.limit.kind: one for one in check_limits(found, judged)}
    assert checks["fair_price"].value == pytest.approx(0.05 * float(data.reference[0, 0]), rel=1e-6)
    assert not checks["fair_price"].holds


def test_a_margin_moves_no_agreed_loading() -> None:
    data = with_agreed(two_lots(), agreed(0.06, corridor(0.03, 0.5, 0.5)))
    judge = Judge(with_agreed(two_lots(), agreed(0.06, corridor(0.03, 0.5, 0.5))), Scramblings(2))
    plain = design_lumpsum(data)
    margin = limit_margin(data, plain, judge)
    for design in (plain, margin.design, decide(data, judge).headline):
        if design is not None:
            assert design.loading[0] == pytest.approx(0.06, abs=1e-8)


def test_another_form_that_was_agreed_is_paid_as_such() -> None:
    data = two_lots()
    tariff = np.tile(np.array([105e6, 0.0])[None, :, None], (data.n_scenarios, 1, 1))
    mixed = replace(data, other_payments={"inspanningsgericht": tariff}, cost_of_capital=0.0)
    mixed = replace(mixed, free_buffer=np.array([1e9, 1e9]))
    data = with_agreed(mixed, agreed(0.0, corridor(0.05, 0.5, 0.5), "inspanningsgericht"))
    found = design_lumpsum(data)
    assert found.feasible
    assert found.form.tolist() == [1, 0]
    assert decided_payment(data, found)[:, 0] == pytest.approx(105e6)


def test_nothing_agreed_changes_nothing() -> None:
    data = example_data()
    assert with_agreed(data, {}) is data


def test_without_a_design_the_agreed_budget_stays() -> None:
    data = replace(two_lots(), begroting=two_lots().begroting * 0.5)
    found = design_lumpsum(with_agreed(data, agreed(0.06, corridor(0.03, 0.5, 0.5))))
    assert not found.feasible
    assert found.loading.tolist() == [0.06, 0.0]
