"""What knowing something before the budget is set is worth: by hand for one contract, nothing for what says nothing."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from instances import data, deficits_shared, nothing_shared, random_data, terms

from bekostiging.lumpsum import Limit, SimpleTerms, value_of_data
from bekostiging.units import MILLION


def test_knowing_the_cost_is_worth_the_loading_and_knowing_nothing_is_worth_nothing() -> None:
    """One contract of mean 100, nothing shared, loading by the return alone: cc (CVaR - E) / (1 + cc) of the bin.

    The cost is lognormal; known to its decile the margin falls to what is left inside a bin. A random item is worth
    zero within three standard errors.
    """
    rng = np.random.default_rng(5)
    cost = 100 * MILLION * rng.lognormal(0, 0.1, (1024, 1, 1))
    case = data(cost, (terms(own=nothing_shared()),), [0], [0], confidence=0.9)
    items = {"cost": cost[:, 0, 0], "nothing": rng.normal(size=1024)}
    known, nothing = value_of_data(case, items, np.random.default_rng(1))
    order = np.sort(cost[:, 0, 0])
    bins = np.array_split(order, 10)
    expected = np.average(
        [0.08 / 1.08 * (cvar_of(own) - own.mean()) for own in bins], weights=[len(b) for b in bins]
    )
    assert known.with_item == pytest.approx(expected, rel=1e-3)
    assert known.value.value == pytest.approx(known.without - known.with_item)
    assert known.value.value > 3 * known.value.standard_error
    assert abs(nothing.value.value) < 3 * nothing.value.standard_error


def cvar_of(values: np.ndarray) -> float:
    """Mean of the worst tenth, with the part of the scenario on its edge."""
    ordered, tail = np.sort(values)[::-1], 0.1 * len(values)
    whole = int(tail)
    return float((ordered[:whole].sum() + (tail - whole) * ordered[whole]) / tail)


def test_too_few_futures_say_nothing_about_data() -> None:
    case = random_data(0, n_scenarios=32)
    assert value_of_data(case, {"cost": case.cost.sum(axis=(1, 2))}, np.random.default_rng(1)) == ()


def test_what_makes_a_contract_simple_or_possible_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """No list, begroting, stock, margin or cap: what is worth knowing does not depend on the room there is."""
    module = sys.modules["bekostiging.lumpsum.data_value"]
    monkeypatch.setattr(module, "BINS", 4)
    monkeypatch.setattr(module, "SHUFFLES", 1)
    rng = np.random.default_rng(3)
    cost = 100 * MILLION * rng.lognormal(0, 0.1, (48, 1, 1))
    own = terms(own=deficits_shared(), share_max=0.5)
    plain = data(cost, (own,), [0], [0], confidence=0.75)
    tight = replace(
        plain,
        lots=(replace(own, loading_cap=0.0, transition_cap=0.0),),
        begroting=0.9 * plain.reference[None],
        revenue=np.array([50 * MILLION]),
        margins={Limit("return_on_capital", ("p0",)): MILLION},
        simple=SimpleTerms(shares=(0.0, 0.1)),
    )
    items = {"cost": cost[:, 0, 0]}
    (free,), (same,) = (value_of_data(case, items, np.random.default_rng(1)) for case in (plain, tight))
    assert same.without == pytest.approx(free.without, abs=1)
    assert same.with_item == pytest.approx(free.with_item, abs=1)
