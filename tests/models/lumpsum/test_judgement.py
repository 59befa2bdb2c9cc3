"""Judging a design on other scenarios: Student's t by hand, joint certainty, what proves a limit, closed forms as help."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from instances import alone, amounts, corridor, data, random_data, shared_out, tail_of, terms
from scipy.stats import t as student

from bekostiging.case import UserError
from bekostiging.lumpsum import (
    Judge,
    Limit,
    LimitCheck,
    LumpSumData,
    LumpSumDesign,
    check_limits,
    decided_payment,
    decided_spending,
    design_lumpsum,
    hold,
    joint_certainty,
    judged_design,
    measured_against_budget,
    menu_corridor,
    proofs,
    scenarios_needed,
    widest_limit,
    with_corridor,
    without_design,
)
from bekostiging.lumpsum.judgement import spending_of_term
from bekostiging.units import MILLION
from bekostiging_solvers import Estimate, Scramblings, cvar

T15 = 1.753050
"""Student's t at 95 %, one-sided, 15 degrees of freedom (any table)."""


def _check(
    value: float, error: float | None, limit: float, freedom: int | None = 15, lot: str = "x"
) -> LimitCheck:
    return LimitCheck(Limit("law", (lot,)), Estimate(value, error, degrees_of_freedom=freedom), limit)


def test_the_certainty_of_a_limit_by_hand() -> None:
    """Sixteen scramblings: value 90, error 10 and limit 107.53 is 1.7530 errors off, so 95 % certain; a euro is nothing."""
    assert student.ppf(0.95, 15) == pytest.approx(T15, abs=1e-6)
    edge = _check(90.0, 10.0, 90 + 10 * T15 - 1)
    assert edge.certainty == pytest.approx(0.95, abs=1e-6)
    assert _check(90.0, 10.0, 90 + 10 * T15 - 0.99).holds
    assert not _check(90.0, 10.0, 90 + 10 * T15 - 1.01).holds
    assert edge.excess == pytest.approx(1.0, abs=1e-4)
    # the normal law would have said 1.645
    assert not _check(90.0, 10.0, 90 + 10 * 1.645).holds
    assert _check(90.0, 10.0, 90 + 10 * 1.65, freedom=None).holds


def test_what_is_exact_holds_or_does_not() -> None:
    assert _check(100.9, 0.0, 100.0).certainty == 1.0
    assert _check(101.1, 0.0, 100.0).certainty == 0.0


def test_an_error_that_cannot_be_known_proves_nothing() -> None:
    """However far the limit is."""
    far = _check(0.0, None, 1e9, None)
    assert (far.certainty, far.holds, far.excess) == (0.0, False, -1e9)


def test_joint_certainty_by_hand() -> None:
    """Bonferroni: 1 - (0.05 + 0.05) = 0.90 of two limits at 95 %; never less than nothing."""
    edge = _check(90.0, 10.0, 90 + 10 * T15 - 1)
    assert joint_certainty([edge, edge]) == pytest.approx(0.90, abs=1e-6)
    assert hold([]) == hold([_check(0.0, 0.0, 1.0)])
    assert joint_certainty([edge, _check(0.0, 0.0, 1.0)]) == pytest.approx(0.95, abs=1e-6)
    assert joint_certainty([edge] * 21) == 0.0
    assert not hold([edge, _check(2.0, 0.0, 0.0)])


def test_what_would_prove_a_limit_by_hand() -> None:
    """Value 90, error 10, limit 100: 7.5305 too little. The 17.5305 must become 10: (1.75305)^2 = 3.0732 times 1,000.

    A value above its limit is proven by no number of scenarios; what holds needs no proof.
    """
    short, over, holds = _check(90.0, 10.0, 100.0), _check(101.5, 10.0, 100.0), _check(0.0, 1.0, 100.0)
    one, other = proofs([short, holds, over], 1000)
    assert one.check is short
    assert one.euro == pytest.approx(7.5305, abs=1e-4)
    assert one.scenarios == 3074
    assert (other.check, other.scenarios) == (over, None)
    assert other.euro == pytest.approx(19.0305, abs=1e-4)
    # within a euro of its limit: more scenarios would show that it is on the edge
    (edge,) = proofs([_check(99.5, 10.0, 100.0)], 1000)
    assert edge.scenarios is None
    (unknown,) = proofs([_check(50.0, None, 100.0, None)], 1000)
    assert unknown.scenarios is None


def test_scenarios_for_a_precision() -> None:
    """Half the width asks four times the scenarios; the widest limit has the largest error, and is named."""
    checks = [_check(0.0, 10.0, 0.0, lot="a"), _check(0.0, 30.0, 0.0, lot="b"), _check(0.0, 20.0, 0.0, lot="c")]
    widest = widest_limit(checks)
    assert (widest.limit.keys, widest.half_width) == (("b",), pytest.approx(30 * student.ppf(0.975, 15)))
    assert scenarios_needed(checks, 64, widest.half_width) == 64
    assert scenarios_needed(checks, 64, widest.half_width / 2) == 256
    with pytest.raises(UserError, match=r"precision 0\.0: give a number larger than 0"):
        scenarios_needed(checks, 64, 0.0)
    assert widest_limit([*checks, _check(0.0, None, 0.0, lot="d")]).limit.keys == ("d",)


def test_on_its_own_scenarios_a_design_holds_where_it_binds() -> None:
    """Every limit by its name, with an error; the values recomputed from payments, cost and spending."""
    case = random_data(3, n_scenarios=32, reserve_confidence=0.9)
    design = design_lumpsum(case)
    found = {check.limit: check for check in check_limits(design, Judge(case, Scramblings(16)))}
    assert all(check.value <= check.most + 10 for check in found.values())
    assert all(check.standard_error is not None for check in found.values())
    paid, spent = decided_payment(case, design), decided_spending(case, design)
    for p, name in enumerate(case.providers):
        own = case.provider == p
        path = np.cumsum((case.cost - paid)[:, own].sum(axis=1) * case.discount, axis=1)
        assert found[Limit("solvency", (name,))].value == pytest.approx(
            cvar(np.maximum(path.max(axis=1), 0), 0.75), abs=1
        )
        returned = found[Limit("return_on_capital", (name,))]
        assert returned.value == pytest.approx(path[:, -1].mean(), abs=1)
        assert returned.most == pytest.approx(-0.08 * 2 * design.capital[p], abs=1)
    for c, (provider, lot) in enumerate(case.contracts):
        for t, year in enumerate(case.years):
            fair = found[Limit("fair_price", (provider, lot, str(year)))]
            assert fair.value == pytest.approx(case.fair_price[c, t] - paid[:, c, t].mean(), abs=1)
            assert fair.most == 0.0
    for t, year in enumerate(case.years):
        assert found[Limit("begroting", ("0034", str(year)))].value == pytest.approx(spent[:, t, 0].mean(), abs=1)
        assert found[Limit("begroting", ("0034", str(year)))].most == case.begroting[0, 0, t]
    used = np.maximum(spent[:, :, 0] - case.begroting[0, 0], 0).sum(axis=1)
    assert found[Limit("reserve", ("0034", "2026"))].value == pytest.approx(cvar(used, 0.9), abs=1)
    assert cvar(used, 0.9) > cvar(used, 0.75) + 1000
    assert len(found) == 2 * 3 + 8 + 2 + 1


def test_laws_and_municipalities_are_judged_apart() -> None:
    """A begroting per law, municipality and year; a provider below its requirement has no limits of its own."""
    case = shared_out(random_data(1), 1)
    design = design_lumpsum(case)
    limits = [check.limit for check in check_limits(design, Judge(case, Scramblings(2)))]
    assert [one for one in limits if one.kind == "begroting"] == [
        Limit("begroting", (code, law, str(year)))
        for law in ("jeugdwet", "wmo")
        for code in ("0034", "0050")
        for year in (2025, 2026)
    ]
    assert [one for one in limits if one.kind == "reserve"] == [
        Limit("reserve", ("0034", "2026")),
        Limit("reserve", ("0050", "2026")),
    ]
    stated = replace(case, lots=tuple(replace(lot, equity_requirement=0.5) for lot in case.lots))
    below = [check.limit for check in check_limits(design, Judge(stated, Scramblings(2)))]
    assert not any(one.kind in ("solvency", "return_on_capital") for one in below)


def test_under_another_form_there_is_no_fair_price() -> None:
    """A lump sum would cost the fair price of 105, per hour is 101: chosen, and nothing is short of the fair price."""
    plain = alone(fair_price=np.array([[105 * MILLION]]))
    case = replace(plain, other_payments={"inspanningsgericht": 1.01 * plain.cost})
    design = design_lumpsum(case)
    assert design.form.tolist() == [1]
    checks = {check.limit: check for check in check_limits(design, Judge(case, Scramblings(2)))}
    assert checks[Limit("fair_price", ("p0", "lot", "2025"))].value == 0.0
    assert checks[Limit("fair_price", ("p0", "lot", "2025"))].holds
    assert checks[Limit("begroting", ("0034", "2025"))].value == pytest.approx(101 * MILLION)


def test_nothing_is_judged_without_a_design() -> None:
    case = alone(begroting=np.array([[[90 * MILLION]]]), fair_price=np.array([[100 * MILLION]]))
    none, judge = without_design(case), Judge(case, Scramblings(2))
    assert check_limits(none, judge) == ()
    judged = judged_design(none, judge)
    assert (judged.checks, judged.expected, judged.tail, judged.joint_certainty) == ((), None, None, None)
    assert (judged.spending, judged.tails, judged.result) == ((), (), ())


def test_what_is_spent_and_earned_is_discounted() -> None:
    """b = 101, nothing shared, two years at 3 %: 101 (1 + v); the provider keeps b - C of both years."""
    v = 1 / 1.03
    case = data(
        tail_of(n_years=2), (terms(own=corridor([1.0], [np.inf], share=0.0)),), [0], [0],
        fair_price=np.full((1, 2), 101 * MILLION), cost_of_capital=0.0, discount=np.array([1.0, v]),
    )  # fmt: skip
    judged = judged_design(design_lumpsum(case), Judge(case, Scramblings(2)))
    assert judged.expected is not None
    assert judged.tail is not None
    assert judged.expected.value / MILLION == pytest.approx(101 * (1 + v))
    assert judged.tail.value / MILLION == pytest.approx(101 * (1 + v))
    assert judged.spending[0].value / MILLION == pytest.approx(101 * (1 + v))
    assert judged.tails[0].value / MILLION == pytest.approx(101 * (1 + v))
    assert judged.result[0].value / MILLION == pytest.approx(1 + v)


def test_the_level_of_the_stock_says_nothing_of_the_tail_of_spending() -> None:
    """All is shared, so what is spent is the cost: at 0.95 the worst of twenty, 117.6. At 0.9, the level of the stock, it
    would be (117.6 + 99.07) / 2."""
    own = terms(own=corridor([1.0], [np.inf], share=1.0))
    case = data(tail_of(), (own,), [0], [0], stock=np.full((1, 1), 1e10), reserve_confidence=0.9)
    judged = judged_design(design_lumpsum(case), Judge(case, Scramblings(2)))
    assert judged.tail is not None
    assert judged.tail.value / MILLION == pytest.approx(117.6)
    assert judged.tails[0].value / MILLION == pytest.approx(117.6)


def test_what_is_paid_beside_the_contracts_is_discounted_too() -> None:
    """10 a year beside b = 100: 110 (1 + v) over two years, in the criterion as in what is judged."""
    v = 1 / 1.03
    case = data(
        np.full((4, 1, 2), 100 * MILLION), (terms(),), [0], [0], discount=np.array([1.0, v]),
        other=np.full((4, 2, 1), 10 * MILLION), risk_weight=0.5,
    )  # fmt: skip
    design = design_lumpsum(case)
    assert design.criterion == pytest.approx(110 * (1 + v) * MILLION, abs=1)
    found = Judge(case, Scramblings(2)).expected_spending(design)
    assert found.value == pytest.approx(110 * (1 + v) * MILLION, abs=1)


def test_what_is_spent_adds_up_over_municipalities() -> None:
    case = shared_out(random_data(2, n_scenarios=64), 2)
    design = design_lumpsum(case)
    judged = judged_design(design, Judge(case, Scramblings(16)))
    spent = decided_spending(case, design)
    assert judged.expected is not None
    assert judged.tail is not None
    assert sum(one.value for one in judged.spending) == pytest.approx(judged.expected.value)
    assert judged.tail.value == pytest.approx(cvar(spent.sum(axis=2) @ case.discount, case.confidence))
    for m in range(2):
        assert judged.spending[m].value == pytest.approx((spent[:, :, m] @ case.discount).mean())
        assert judged.tails[m].value == pytest.approx(cvar(spent[:, :, m] @ case.discount, case.confidence))
    lost = (case.cost - decided_payment(case, design)) @ case.discount
    for p in range(3):
        assert judged.result[p].value == pytest.approx(-lost[:, case.provider == p].sum(axis=1).mean(), abs=1)
    assert judged.joint_certainty == joint_certainty(judged.checks)


def _draw_data(seed: int, n: int, *, clients: bool) -> LumpSumData:
    """One contract of 100 million times a factor, and noise per client where asked; half of both sides shared."""
    rng = np.random.default_rng(seed)
    factor, noise = rng.lognormal(-0.005, 0.1, n), rng.lognormal(-0.00125, 0.05, n)
    cost = (100 * factor * (noise if clients else 1.0))[:, None, None] * MILLION
    own = terms(own=corridor([1.0], [np.inf], share=0.5))
    plain = data(cost, (own,), [0], [0])
    return _measured(replace(plain, reference=np.full((1, 1), 100 * MILLION)))


def _measured(case: LumpSumData) -> LumpSumData:
    """Layers computed from cost."""
    lot = case.lots[0].corridor
    return replace(case, amounts=(lot.amounts(case.cost[:, 0], case.reference[0] * case.index[:, 0]),))


def _agreed(case: LumpSumData, budget: float) -> LumpSumDesign:
    """A loading and half of both sides."""
    design = design_lumpsum(case)
    loading = np.array([budget / 100 - 1])
    return replace(design, loading=loading, budget=case.reference * (1 + loading[0]))


def test_closed_forms_help_a_mean_and_do_not_bias_it() -> None:
    """b = 102 and half of both sides of costs with mean 100: 102 expected, at any scale of chance (closed form).

    Over 60 samples: no bias beyond three errors of their mean, at most half the spread of plain means, and that spread is
    what an estimate says of itself.
    """
    closed = _draw_data(999, 8192, clients=False)
    design = _agreed(closed, 102.0)
    found: dict[bool, list[Estimate]] = {True: [], False: []}
    for seed in range(60):
        sample, control = _draw_data(seed, 256, clients=True), _draw_data(seed, 256, clients=False)
        for helped in (True, False):
            judge = Judge(sample, Scramblings(16))
            if helped:
                judge = Judge(sample, Scramblings(16), control, closed, Scramblings(16))
            found[helped].append(judge.expected_spending(design))
    spread = {helped: np.std([one.value for one in own]) for helped, own in found.items()}
    truth = judge_mean(closed, design)
    helped_mean = np.mean([one.value for one in found[True]])
    assert abs(helped_mean - truth) < 3 * spread[True] / np.sqrt(60)
    assert spread[True] < 0.6 * spread[False]
    said = np.mean([one.standard_error or 0.0 for one in found[True]])
    assert 0.7 * spread[True] < said < 1.6 * spread[True]
    # half of a standard deviation of 10 million reaches the municipality
    assert abs(truth / MILLION - 102) < 4 * 5 / np.sqrt(8192)


def judge_mean(case: LumpSumData, design: LumpSumDesign) -> float:
    """What is expected to be spent on these scenarios, plainly."""
    return float(Judge(case, Scramblings(2)).expected_spending(design).value)


def test_a_sample_without_chance_leaves_what_is_closed() -> None:
    """Where the control is the sample itself only the closed form counts, with its own error; a tail is not helped."""
    sample, closed = _draw_data(1, 256, clients=False), _draw_data(2, 4096, clients=False)
    design = _agreed(sample, 102.0)
    judge = Judge(sample, Scramblings(16), sample, closed, Scramblings(16))
    found = judge.expected_spending(design)
    plain = Judge(closed, Scramblings(16)).expected_spending(design)
    assert found.value == pytest.approx(plain.value, rel=1e-14)
    assert found.standard_error == pytest.approx(plain.standard_error)
    assert judge.tail_spending(design) == Judge(sample, Scramblings(16)).tail_spending(design)
    # the begroting is a mean and is helped, so is the return
    checks = {check.limit: check.value for check in check_limits(design, judge)}
    assert checks[Limit("begroting", ("0034", "2025"))] == pytest.approx(plain.value)
    lost = closed.cost[:, 0, 0].mean() - plain.value
    assert checks[Limit("return_on_capital", ("p0",))] == pytest.approx(lost)


def test_the_difference_of_two_designs_is_that_of_their_means_and_tails() -> None:
    """b = 103 against 102: a million, in the mean and in the tail, without error; a design against itself is nothing."""
    case = _draw_data(3, 512, clients=True)
    judge = Judge(
        case,
        Scramblings(16),
        _draw_data(3, 512, clients=False),
        _draw_data(4, 2048, clients=False),
        Scramblings(16),
    )
    dear, cheap = _agreed(case, 103.0), _agreed(case, 102.0)
    for one, other, expected in ((dear, cheap, MILLION), (cheap, dear, -MILLION), (dear, dear, 0.0)):
        for found in judge.difference(one, other):
            assert found.value == pytest.approx(expected, abs=1e-6)
            assert found.standard_error == pytest.approx(0.0, abs=1e-6)
    # another share changes the tail by more than the mean
    full = replace(cheap, share=(np.array([1.0, 1.0]),))
    expected, tail = judge.difference(full, cheap)
    spent = [spending_of_term(judge.arrays, judge.point(one)) for one in (full, cheap)]
    assert tail.value == pytest.approx(cvar(spent[0], 0.95) - cvar(spent[1], 0.95))
    assert tail.value > 5 * MILLION
    assert abs(expected.value) < 0.2 * MILLION


def test_other_terms_change_all_scenarios_of_a_judge() -> None:
    """Control and closed scenarios get the same layers, else a mean would be helped by another agreement."""
    sample = _draw_data(5, 64, clients=True)
    judge = Judge(
        sample,
        Scramblings(16),
        _draw_data(5, 64, clients=False),
        _draw_data(6, 64, clients=False),
        Scramblings(16),
    )
    wide = judge.changed(lambda one: with_corridor(one, menu_corridor((0.1,))))
    assert wide.control is not None
    assert wide.closed is not None
    assert [one.lots[0].corridor.n_layers for one in (wide.data, wide.control, wide.closed)] == [4, 4, 4]
    assert judge.data.lots[0].corridor.n_layers == 2
    bare = Judge(sample, Scramblings(16)).changed(lambda one: one)
    assert (bare.control, bare.closed) == (None, None)


def test_measured_against_the_budget_by_hand() -> None:
    """B0 100, b 110, cost 120 half the time, share 0.5 beyond 1: 10 of deficit against B0, 5 against b.

    Against B0: 0.5 x 20 in half the scenarios; against b = 110: 0.5 x 10, and in the other half the surplus of
    110 - 80 instead of 100 - 80 gives 0.5 x 10 back. So 5 less on both sides, 5 on average.
    """
    cost = np.tile([120.0, 80.0], 16)[:, None, None] * MILLION
    case = data(cost, (terms(own=corridor([1.0], [np.inf], share=0.5)),), [0], [0])
    plain = design_lumpsum(case)
    judge = Judge(case, Scramblings(16))
    (extra,) = measured_against_budget(replace(plain, budget=1.1 * case.reference), judge)
    assert extra.value / MILLION == pytest.approx(-5.0)
    (nothing,) = measured_against_budget(replace(plain, budget=case.reference), judge)
    assert nothing.value == 0.0


def test_measured_against_an_indexed_budget_over_the_term() -> None:
    """B0 100 and b 110 in two years, the index of the second 1.2, v = 1 / 1.03; cost 130 and 150, share 0.5.

    First year: 30 of deficit against 100, 20 against 110, so 5 less. Second: 30 against 120, 18 against 132, so 6 less.
    """
    v = 1 / 1.03
    cost = np.tile(np.array([130.0, 150.0]) * MILLION, (16, 1, 1))
    index = np.tile(np.array([1.0, 1.2]), (16, 1, 1))
    lots = (terms(own=corridor([1.0], [np.inf], share=0.5)),)
    case = data(
        cost, lots, [0], [0], reference=np.full((1, 2), 100 * MILLION), index=index, discount=np.array([1.0, v])
    )
    case = replace(case, amounts=amounts(lots, [0], cost, case.reference[None] * index))
    judge = Judge(case, Scramblings(16))
    (extra,) = measured_against_budget(replace(design_lumpsum(case), budget=1.1 * case.reference), judge)
    assert extra.value / MILLION == pytest.approx(-5 - 6 * v)


def test_a_limit_is_a_value() -> None:
    one = Limit("begroting", ("0034", "wmo", "2027"))
    assert str(one) == "begroting[0034,wmo,2027]"
    assert {one: 1.0}[Limit("begroting", ("0034", "wmo", "2027"))] == 1.0
    assert sorted([one, Limit("solvency", ("p1",)), Limit("begroting", ("0034", "wmo", "2026"))])[1] is one
