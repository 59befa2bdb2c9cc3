"""Who decides, and how much extra equity would lift it; by hand with two providers of 100 million, worst of twenty 117.6.

Without solvency a provider asks b = (100 + 0.08 x 117.6) / 1.08 = 101.3037 and uses 16.2963 of its buffer (design section
7).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from instances import alone, data, deficits_shared, nothing_shared, random_data, tail_of, terms

from bekostiging.lumpsum import (
    Limit,
    LumpSumData,
    SimpleTerms,
    deciders,
    design_lumpsum,
    design_within,
    feasible_design,
    preferred_design,
    signable_terms,
    with_shares,
)
from bekostiging.units import MILLION

FREE = (100 + 0.08 * 117.6) / 1.08
USED = 117.6 - FREE


def _two(first: float, second: float, **changes: object) -> LumpSumData:
    """Two providers in one lot with these buffers in million euro."""
    return data(
        tail_of(n_contracts=2), (terms(own=nothing_shared()),), [0, 0], [0, 1],
        free_buffer=np.array([first, second]) * MILLION, **changes,
    )  # fmt: skip


def test_a_weak_provider_decides_for_all() -> None:
    """Buffers 5 and 50: both get b = 112.6 for the first one's sake; without its limit 101.30, and it lacks 11.2963."""
    case = _two(5.0, 50.0)
    (found,) = deciders(case, design_lumpsum(case))
    assert found.provider == "p0"
    assert found.extra_equity / MILLION == pytest.approx(USED - 5, abs=1e-5)
    assert found.design.loading[0] == pytest.approx(FREE / 100 - 1, abs=1e-8)


def test_the_margin_is_part_of_what_is_lacking() -> None:
    """A margin of 1 on the first: its limit is 4, the design pays 113.6 and 12.2963 is lacking."""
    case = _two(5.0, 50.0, margins={Limit("solvency", ("p0",)): 1.0 * MILLION})
    design = design_lumpsum(case)
    assert design.budget[0, 0] / MILLION == pytest.approx(113.6, abs=1e-5)
    (found,) = deciders(case, design)
    assert found.extra_equity / MILLION == pytest.approx(USED - 4, abs=1e-5)


def test_nobody_decides_where_buffers_are_ample() -> None:
    case = _two(20.0, 50.0)
    assert deciders(case, design_lumpsum(case)) == ()


def test_lifting_one_of_two_equally_weak_changes_nothing() -> None:
    """Both have 5: the other one still binds, so neither alone decides."""
    case = _two(5.0, 5.0)
    assert deciders(case, design_lumpsum(case)) == ()


def test_who_needs_most_comes_first() -> None:
    """Two lots of one provider each, buffers 8 and 5: without its own limit each lot pays 101.30; 8.3 and 11.3 lacking."""
    lots = tuple(terms(name, nothing_shared()) for name in "ab")
    case = data(tail_of(n_contracts=2), lots, [0, 1], [0, 1], free_buffer=np.array([8.0, 5.0]) * MILLION)
    found = deciders(case, design_lumpsum(case))
    assert [one.provider for one in found] == ["p1", "p0"]
    assert [one.extra_equity / MILLION for one in found] == pytest.approx([USED - 5, USED - 8], abs=1e-5)
    assert found[0].design.loading == pytest.approx([0.096, FREE / 100 - 1], abs=1e-7)


def test_a_stated_requirement_is_the_limit_that_is_lifted() -> None:
    """5 % stated, equity 50: the limit is 5. A provider below its requirement has no limit, and decides nothing."""
    case = _two(50.0, 50.0)
    stated = replace(case, lots=(replace(case.lots[0], equity_requirement=0.05),))
    names = [one.provider for one in deciders(stated, design_lumpsum(stated))]
    assert names == []  # both at 5: lifting one leaves the other
    below = replace(stated, free_buffer=np.array([1.0, 50.0]) * MILLION)
    (found,) = deciders(below, design_lumpsum(below))
    assert found.provider == "p1"
    assert found.extra_equity / MILLION == pytest.approx(USED - 5, abs=1e-5)


def test_a_provider_without_contract_decides_nothing() -> None:
    case = _two(5.0, 50.0)
    more = replace(case, providers=(*case.providers, "without"), free_buffer=np.append(case.free_buffer, 0.0))
    assert [one.provider for one in deciders(more, design_lumpsum(more))] == ["p0"]


def test_a_limit_that_the_next_share_would_pass_decides() -> None:
    """Buffer 10, loading cap 3 %, shares of deficits 0, 0.25, 0.5 or 0.75; use invited of 20 a share makes them dear.

    With the return m = E[Y] = 101.3037 - 1.2385 s 16.2963 - 15.4815 s of the buffer is in use, with solvency
    b + 17.6 s = 107.6: nothing shared asks a loading of 7.6, 0.25 one of 3.2, so 0.5 it is, and 8.5556 of the buffer is
    used. Without the limit nothing is shared at 101.30.
    """
    own = terms(own=deficits_shared(), loading_cap=0.03, elasticity=4.0)
    case = data(
        tail_of(), (own,), [0], [0], free_buffer=np.array([10 * MILLION]),
        simple=SimpleTerms(1, (0.0, 0.25, 0.5, 0.75), free_zone=True),
    )  # fmt: skip
    design = preferred_design(case)
    assert design is not None
    assert design.share[0].tolist() == [0.5, 0.0]
    assert design.capital[0] / MILLION == pytest.approx(USED - 0.5 * 16.72 / 1.08, abs=1e-5)
    (found,) = deciders(case, design)
    assert found.design.share[0].tolist() == [0.0, 0.0]
    assert found.design.loading[0] == pytest.approx(FREE / 100 - 1, abs=1e-7)
    assert found.extra_equity / MILLION == pytest.approx(USED - 10, abs=1e-5)


def test_it_decides_also_where_another_lot_gives_way() -> None:
    """The same beside a lot without loading cap whose fair price of 102 asks 2 points."""
    own = terms("a", deficits_shared(), loading_cap=0.03, elasticity=4.0)
    case = data(
        tail_of(n_contracts=2), (own, terms("b", nothing_shared(), loading_cap=0.0)), [0, 1], [0, 1],
        free_buffer=np.array([10.0, 1000.0]) * MILLION, fair_price=np.array([[0.0], [102.0]]) * MILLION,
        simple=SimpleTerms(1, (0.0, 0.25, 0.5, 0.75), free_zone=True),
    )  # fmt: skip
    design = preferred_design(case, feasible_design)
    assert design is not None
    assert [one.lot for one in design.breaches] == ["b"]
    assert design.share[0].tolist() == [0.5, 0.0]
    (found,) = deciders(case, design)
    assert found.provider == "p0"
    assert found.extra_equity / MILLION == pytest.approx(USED - 10, abs=1e-5)


def test_who_needs_no_more_without_its_limit_does_not_decide() -> None:
    """Nothing shared where sharing would do: 10 of buffer in use. Designed without the limit deficits are shared, and less
    is used than there is."""
    case = data(tail_of(), (terms(own=deficits_shared()),), [0], [0], free_buffer=np.array([10 * MILLION]))
    kept = design_within(with_shares(case, [np.zeros(2)], np.zeros(1, dtype=np.int64)))
    assert kept is not None
    assert kept.capital[0] == pytest.approx(10 * MILLION, abs=1)
    assert deciders(case, kept) == ()


def test_a_decider_where_loading_cap_gives_way() -> None:
    """Buffer 10, loading cap 1 %: 6.6 points give way; with 6.2963 more equity 0.3037 of a point."""
    case = alone(free_buffer=np.array([10 * MILLION]), loading_cap=0.01)
    design = design_lumpsum(case)
    (found,) = deciders(case, design)
    assert design.breaches
    assert found.extra_equity / MILLION == pytest.approx(117.6 - 101 - 10 - (FREE - 101), abs=1e-5)
    assert found.design.breaches[0].fraction == pytest.approx(FREE / 100 - 1.01, abs=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_the_extra_equity_is_enough_and_hardly_less_is(seed: int) -> None:
    """With it the same agreement exists with all limits; with a tenth less of it not at that criterion."""
    case = random_data(seed)
    case = replace(case, simple=signable_terms(case), free_buffer=0.6 * case.free_buffer)
    design = feasible_design(case)
    assert design is not None
    for one in deciders(case, design):
        p = case.providers.index(one.provider)
        for part, enough in ((1.0, True), (0.9, False)):
            buffer = case.free_buffer.copy()
            buffer[p] += part * one.extra_equity + enough
            given = replace(case, free_buffer=buffer)
            held = tuple(
                replace(lot, corridor=replace(lot.corridor, share=own))
                for lot, own in zip(case.lots, one.design.share, strict=True)
            )
            made = design_within(replace(given, lots=held, simple=replace(case.simple, changes=None, shares=())))
            assert one.design.criterion is not None
            same = made is not None and (made.criterion or np.inf) <= one.design.criterion + 1
            assert same == enough
