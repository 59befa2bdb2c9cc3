"""Choices one must account for: what is tried, by hand, and from which design its sensitivity is measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from instances import alone

from bekostiging.case import POLICIES, Case
from bekostiging.lumpsum import Judge, LumpSumData, decide, design_lumpsum, without_design
from bekostiging.studies.policy_choices import Choice, choices, steps
from bekostiging.units import MILLION
from bekostiging_solvers import Scramblings

MOVED = [name for name, row in POLICIES.items() if row.moved]


def _lump_sum(cost_of_capital: float) -> float:
    """Nothing shared, mean 100, worst of twenty 117.6 million: b = (E + cc CVaR) / (1 + cc) (design section 7)."""
    return (100 + cost_of_capital * 117.6) / (1 + cost_of_capital)


@pytest.mark.parametrize(
    ("name", "now", "lower", "higher"),
    [
        ("cost_of_capital", 0.08, 0.072, 0.088),
        ("share_max", 0.8, 0.72, 0.88),
        ("loading_cap", 0.05, 0.045, 0.055),
        ("elasticity", 0.2, 0.18, 0.22),
        # the part that is left of a certainty: a tail of 5 % becomes 5.5 or 4.5 %
        ("confidence", 0.95, 0.945, 0.955),
        ("reserve_confidence", 0.9, 0.89, 0.91),
        # out of range is not tried
        ("share_max", 0.95, 0.855, None),
        ("confidence", 0.5, None, 0.55),
        # zero is moved by a tenth of its range, upward
        ("risk_weight", 0.0, None, 0.1),
        ("elasticity", 0.0, None, 0.5),
        ("risk_weight", 1.0, 0.9, None),
    ],
)
def test_a_tenth_is_a_tenth(name: str, now: float, lower: float | None, higher: float | None) -> None:
    assert steps(POLICIES[name].kind, now) == (lower, higher)


def test_what_is_tried_is_never_out_of_range() -> None:
    """Every number the decision reads, at both ends of its range and in the middle."""
    for name in MOVED:
        number = POLICIES[name].kind
        low, high = number.low, number.high
        for now in (low, (low + high) / 2, high):
            tried = [value for value in steps(number, now) if value is not None]
            assert tried
            assert all(low <= value <= high and value != now for value in tried)


def _policy(case: Case) -> LumpSumData:
    """What the policy of the case asks of one contract: the return, the largest premium, the level of the tail."""
    return alone(
        cost_of_capital=case.policy.cost_of_capital, loading_cap=case.policy.loading_cap(),
        confidence=case.policy.confidence,
    )  # fmt: skip


def _always(own: LumpSumData, million: float) -> Judge:
    """Margin scenarios in which care always costs as much; at 90 million every limit holds."""
    twice = own.of(np.tile(np.arange(own.n_scenarios), 2))
    return Judge(replace(twice, cost=np.full_like(twice.cost, million * MILLION)), Scramblings(2))


def _decision(case: Case) -> tuple[LumpSumData, Judge]:
    own = _policy(case)
    return own, _always(own, 90)


def _choices(case: Case, own: LumpSumData) -> tuple[Choice, ...]:
    """Choices beside the design of ``own``."""
    return choices(case, _decision, design_lumpsum(own), "designed", Judge(own, Scramblings(2)))


def _choices_by_name(case: Case) -> dict[str, Choice]:
    return {one.name: one for one in _choices(case, _policy(case))}


def test_every_row_is_told_and_what_is_not_decided_on_has_no_numbers(small_case: Case) -> None:
    found = _choices(small_case, alone())
    assert [(one.name, one.scope, one.value, one.source, one.status) for one in found] == [
        (row.name, row.scope, row.value, row.source, row.status) for row in small_case.policy
    ]
    for one in found:
        assert (one.lower is None and one.higher is None) == (one.name not in MOVED)
    assert {"discount_rate", "base", "indexation"} <= {one.name for one in found if one.name not in MOVED}


def test_what_a_tenth_of_the_return_costs_by_hand(small_case: Case) -> None:
    """8 % becomes 7.2 or 8.8: the budget, which is what is spent in every scenario, moves with it."""
    one = _choices_by_name(small_case)["cost_of_capital"]
    assert one.lower is not None
    assert one.higher is not None
    for tried, value in ((one.lower, 0.072), (one.higher, 0.088)):
        assert tried.value == value
        moved = (_lump_sum(value) - _lump_sum(0.08)) * MILLION
        assert tried.expected is not None
        assert tried.tail is not None
        assert tried.expected.value == pytest.approx(moved, abs=1)
        assert tried.tail.value == pytest.approx(moved, abs=1)


def test_a_level_moves_the_part_that_is_left(small_case: Case) -> None:
    """A tail of 4.5 % is still the worst of twenty; in one of 5.5 % it is ten elevenths, and the next one loses nothing."""
    one = _choices_by_name(small_case)["confidence"]
    assert one.lower is not None
    assert one.higher is not None
    assert (one.lower.value, one.higher.value) == (0.945, 0.955)
    moved = (_lump_sum(0.08 / 1.1) - _lump_sum(0.08)) * MILLION
    assert one.lower.expected is not None
    assert one.lower.expected.value == pytest.approx(moved, abs=2)
    assert one.higher.expected is not None
    assert one.higher.expected.value == pytest.approx(0.0, abs=1)


def test_the_margins_are_found_again(small_case: Case) -> None:
    """Care costs 101 million in every margin scenario, so the return gets a margin of 1: b = (101 + cc 117.6) / (1 + cc),
    whatever cc is. What decides nothing costs nothing."""

    def decision(case: Case) -> tuple[LumpSumData, Judge]:
        own = _policy(case)
        return own, _always(own, 101)

    headline = decide(*decision(small_case)).headline
    assert headline.budget[0, 0] == pytest.approx((101 + 0.08 * 117.6) / 1.08 * MILLION, abs=2)
    judge = Judge(_policy(small_case), Scramblings(2))
    found = {one.name: one for one in choices(small_case, decision, headline, "designed", judge)}
    premium, asked = found["loading_cap"], found["cost_of_capital"]
    for tried in (premium.lower, premium.higher):
        assert tried is not None
        assert tried.expected is not None
        assert tried.tail is not None
        assert (tried.expected.value, tried.tail.value) == (0.0, 0.0)
    assert asked.lower is not None
    assert asked.lower.expected is not None
    less = (101 + 0.072 * 117.6) / 1.072 - (101 + 0.08 * 117.6) / 1.08
    assert asked.lower.expected.value == pytest.approx(less * MILLION, abs=3)


def test_a_breach_has_its_sensitivities(small_case: Case) -> None:
    """A fair price of 107 passes the largest premium of 5 %: with another premium the budget is the same, and so it is
    told; beside a design that holds such a budget is none."""

    def decision(case: Case) -> tuple[LumpSumData, Judge]:
        own = replace(_policy(case), fair_price=np.full((1, 1), 107.0 * MILLION))
        return own, _always(own, 90)

    own, _ = decision(small_case)
    design, judge = design_lumpsum(own), Judge(own, Scramblings(2))
    assert design.breaches
    for outcome, shown in (("breached", True), ("designed", False)):
        told = choices(small_case, decision, design, outcome, judge)  # type: ignore[arg-type]
        (premium,) = (one for one in told if one.name == "loading_cap")
        assert premium.higher is not None
        assert (premium.higher.expected is not None) == shown


def test_no_lump_sum_within_all_limits_is_told(small_case: Case) -> None:
    """A premium of 5 % is all that a fair price of 105 leaves: a tenth less is no design, and no number."""

    def decision(case: Case) -> tuple[LumpSumData, Judge]:
        own = replace(_policy(case), fair_price=np.full((1, 1), 105.0 * MILLION))
        return own, _always(own, 90)

    own, _ = decision(small_case)
    told = choices(small_case, decision, design_lumpsum(own), "designed", Judge(own, Scramblings(2)))
    (premium,) = (one for one in told if one.name == "loading_cap")
    assert premium.lower is not None
    assert (premium.lower.value, premium.lower.expected, premium.lower.tail) == (0.045, None, None)
    assert premium.higher is not None
    assert premium.higher.expected is not None
    assert premium.higher.expected.value == pytest.approx(0.0, abs=1)


def test_only_the_row_itself_is_changed(small_case: Case) -> None:
    """A premium of one lot beside that of the case: each is tried alone."""
    lot = small_case.lots[0].id
    row = next(one for one in small_case.policy if one.name == "loading_cap")
    case = replace(small_case, policy=(*small_case.policy, row.model_copy(update={"scope": lot, "value": "0.2"})))
    seen: list[tuple[str, str]] = []

    def decision(own: Case) -> tuple[LumpSumData, Judge]:
        seen.append((str(own.policy.loading_cap()), str(own.policy.loading_cap(lot))))
        return _decision(own)

    choices(case, decision, design_lumpsum(alone()), "designed", Judge(alone(), Scramblings(2)))
    assert ("0.045", "0.2") in seen
    assert ("0.05", "0.18") in seen


def test_without_a_design_nothing_is_tried(small_case: Case) -> None:
    none = without_design(alone(begroting=np.zeros((1, 1, 1)), fair_price=np.full((1, 1), MILLION)))
    told = choices(small_case, _decision, none, "none", Judge(alone(), Scramblings(2)))
    assert all((one.lower, one.higher) == (None, None) for one in told)
