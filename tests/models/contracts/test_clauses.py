"""Clauses: by hand, in order, settle and rows the same terms, pools that add up to nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bekostiging.case import Case
from bekostiging.case.tables import ContractClause
from bekostiging.contracts import (
    BlendedPayment,
    BudgetClause,
    CaseMixCap,
    Clause,
    Contract,
    Corridor,
    CrisisCare,
    EqualisationReserve,
    GrowthPath,
    HighCostPool,
    MinimumCareSpend,
    Performance,
    Position,
    ProviderPool,
    QuotaShare,
    Sanction,
    StopLoss,
    Taakgericht,
    VolumeClause,
    build_contracts,
    price_levels,
    reference,
    settle,
    with_design,
)
from bekostiging.scenarios import CareUse, Cells, draw_block, plan
from bekostiging_solvers.typing import FloatArray

Drawn = tuple[Case, Cells, CareUse]
THRESHOLDS = (5_000.0, 20_000.0)


@pytest.fixture(scope="module")
def drawn(small_case: Case) -> Drawn:
    """A block of the small case whose reducer kept two thresholds."""
    made = plan(small_case, 32, 3, 2, "design")
    made.reducer.thresholds = THRESHOLDS
    return small_case, made.cells, draw_block(made, 0).care_use()


def _contracts(drawn: Drawn, form: str, *, ceilings: bool = True) -> tuple[Contract, ...]:
    case, cells, _ = drawn
    return build_contracts(case, cells, reference(case, cells, 3), form, ceilings=ceilings)


def _position(base: list[float], amount: list[float]) -> Position:
    """A contract of one scenario; only base and reference matter."""
    nothing: FloatArray = np.zeros(0)
    care_use: CareUse = None  # type: ignore[assignment]
    return Position(care_use, nothing.astype(np.int64), "delivered", nothing, np.array([base]), np.array([amount]))


def test_layers_by_hand() -> None:
    """Base 130 on reference 100: a quota sees 30; a stop-loss from 110 % to 125 % sees 15; on 90: minus 10 and 0."""
    position = _position([130.0, 90.0], [100.0, 100.0])
    assert QuotaShare(np.ones(1)).euros(position)[0, :, 0].tolist() == [30, -10]
    assert StopLoss(1.10, 1.25, np.ones(1)).euros(position)[0, :, 0].tolist() == pytest.approx([15, 0])


def test_equalisation_reserve_by_hand() -> None:
    """Reference 100, cap 5 %: +8 keeps 5 and gives 3 back; -2 leaves 3; -9 empties it; +4 is left at the end."""
    clause = EqualisationReserve(0.05, np.ones(1))
    position = _position([92.0, 102.0, 109.0, 96.0], [100.0] * 4)
    reserve, back = clause.levels(position)
    assert reserve[0].tolist() == pytest.approx([5, 3, 0, 4])
    assert back[0].tolist() == pytest.approx([3, 0, 0, 0])
    assert clause.euros(position)[0, :, 0].tolist() == pytest.approx([-3, 0, 0, -4])


@pytest.mark.parametrize(
    ("cap", "start", "told"),
    [
        (20_000.0, 30_000.0, None),  # one goes on where the other ends
        (20_000.0, 40_000.0, None),
        (
            20_000.0,
            29_999.0,
            {
                "nl": "begint bij 29999 euro, en die van beding 1 loopt door tot 30000 euro",
                "en": "begins at 29999 euro, and that of clause 1 goes on to 30000 euro",
            },
        ),
        (
            None,
            50_000.0,
            {
                "nl": "begint bij 50000 euro, en die van beding 1 loopt door tot boven elke grens",
                "en": "begins at 50000 euro, and that of clause 1 goes on to above any limit",
            },
        ),
    ],
)
def test_layers_of_single_clients_do_not_overlap(
    small_case: Case, cap: float | None, start: float, told: dict[str, str] | None
) -> None:
    """The first from 10,000; only the later one is told of it, and another lot has nothing to do with it."""
    row = {
        "payment_form": "taakgericht",
        "clause": "high_cost_pool",
        "share": 0.5,
        "source": "t",
        "status": "illustrative",
    }
    first, second, elsewhere = (
        ContractClause.model_validate(row | own)
        for own in (
            {"lot": "youth", "position": 1, "threshold": 10_000.0, "cap": cap},
            {"lot": "youth", "position": 2, "threshold": start},
            {"lot": "wmo", "position": 1, "threshold": 20_000.0},
        )
    )
    case = replace(small_case, clauses=(first, second, elsewhere))
    assert list(HighCostPool.problems(case, first)) == []
    assert list(HighCostPool.problems(case, elsewhere)) == []
    found = list(HighCostPool.problems(case, second))
    assert len(found) == (told is not None)
    for lang, sentence in (told or {}).items():
        assert sentence in found[0].text(lang)


def test_the_order_counts(drawn: Drawn) -> None:
    """Half by quota first leaves a stop-loss above 101 % half the deviation; the other way round it sees the whole."""
    _, _, care_use = drawn
    one = _contracts(drawn, "taakgericht")[0]
    assert isinstance(one, Taakgericht)
    bare = replace(one, clauses=())
    quota, stop = QuotaShare(np.array([0.5])), StopLoss(1.01, np.inf, np.ones(1))
    levels = price_levels(drawn[0], one.lot, care_use)
    base = bare.corridor_base(care_use, levels, bare.unit_cost)
    over = base - bare.reference * levels.contract
    lump = bare.budget * levels.contract
    free = 0.01 * bare.reference * levels.contract
    quota_first = settle(bare & quota & stop, care_use, levels).payment - lump
    stop_first = settle(bare & stop & quota, care_use, levels).payment - lump
    beyond = np.maximum(over - free, 0)
    np.testing.assert_allclose(quota_first, 0.5 * over + np.maximum(0.5 * over - free, 0), rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(stop_first, beyond + 0.5 * (over - beyond), rtol=1e-9, atol=1e-6)
    assert np.abs(quota_first - stop_first).max() > 1


def test_high_cost_pool_is_what_single_clients_cost_above_the_threshold(small_case: Case) -> None:
    """Against a loop over the clients of one scenario."""
    made = plan(small_case, 32, 2, 5, "design")
    made.reducer.thresholds = THRESHOLDS
    block = draw_block(made, 0)
    care_use, clients = block.care_use(), block.clients
    expected = np.zeros((2, made.cells.n_cells))
    for i in np.flatnonzero(clients.scenario == 0):
        for year in range(2):
            end = clients.start[i] + clients.duration[i]
            months = min(end, 12.0 * (year + 1)) - max(clients.start[i], 12.0 * year)
            euro = max(months, 0.0) * clients.rate[i] * made.cells.tariff[clients.cell[i]]
            expected[year, clients.cell[i]] += max(euro - THRESHOLDS[0], 0.0)
    np.testing.assert_allclose(care_use.excess_over(THRESHOLDS[0], "delivered")[0], expected, rtol=1e-4, atol=1.0)
    assert expected.sum() > 0
    with pytest.raises(ValueError, match="table clauses"):
        care_use.excess_over(123.0, "delivered")


CLAUSES: tuple[Clause, ...] = (
    QuotaShare(np.full(1, np.nan)),
    StopLoss(1.02, 1.2, np.full(1, np.nan)),
    HighCostPool(THRESHOLDS[0], THRESHOLDS[1] - THRESHOLDS[0], np.full(1, np.nan)),
    EqualisationReserve(0.03, np.full(1, np.nan)),
    MinimumCareSpend(0.98, np.full(1, np.nan)),
    CaseMixCap(1.01, np.full(3, 40.0), np.full(1, np.nan)),
    CrisisCare(np.array([80.0, 110.0, 80.0, 110.0]), np.full(1, np.nan)),
    Corridor(("d", "s"), np.array([1.0, 0.0]), np.array([np.inf, 1.0]), np.array([1.0, -1.0]), np.full(2, np.nan)),
)
BUDGET_CLAUSES: tuple[BudgetClause, ...] = (
    Performance(0.05, 0.7),
    Sanction(0.05, 6),
    VolumeClause(0.98, 1.02, 0.5, np.full(3, 40.0)),
    GrowthPath(0.6, 2, 1e5),
)


@pytest.mark.parametrize("form", ["inspanningsgericht", "outputgericht", "maatwerktraject", "taakgericht"])
@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.kind)
@given(share=st.floats(0, 1), before=st.floats(0, 1), loading=st.floats(-0.1, 0.2))
@settings(max_examples=10, deadline=None)
def test_settle_and_rows_are_the_same_terms(
    drawn: Drawn, form: str, clause: Clause, share: float, before: float, loading: float
) -> None:
    """Any share of any clause, behind a decided one, with every clause on the budget, at any budget."""
    care_use = drawn[2]
    # a share of what single clients cost cannot be decided under a ceiling
    one = _contracts(drawn, form, ceilings=not clause.per_client)[0]
    shares = np.full(clause.share.shape, share)
    first: Clause = QuotaShare(np.array([before]))
    if clause.per_client and form != "taakgericht":
        # under a tariff clauses on single clients come first
        first = HighCostPool(THRESHOLDS[1], np.inf, np.array([before]))
    own = replace(one, clauses=(first, clause))
    budget = one.reference * (1 + loading)
    if isinstance(own, Taakgericht):
        own = replace(own, unit_cost=own.reference_cost, budget=budget, budget_clauses=BUDGET_CLAUSES)
    levels = price_levels(drawn[0], one.lot, care_use)
    rows = own.rows(care_use, levels)
    linear = rows.constant + budget * rows.coefficient + rows.euros @ shares
    decided = replace(own, clauses=(own.clauses[0], replace(clause, share=shares)))  # type: ignore[type-var]
    settled = settle(decided, care_use, levels)
    np.testing.assert_allclose(settled.payment, linear, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(settled.cost, rows.cost, rtol=1e-10)


def test_rows_need_what_stands_before_to_be_decided(drawn: Drawn) -> None:
    one = replace(_contracts(drawn, "inspanningsgericht")[0], clauses=())
    levels = price_levels(drawn[0], one.lot, drawn[2])
    with pytest.raises(ValueError, match="has no clause"):
        one.rows(drawn[2], levels)
    open_first = one & QuotaShare(np.full(1, np.nan)) & StopLoss(1.1, np.inf, np.ones(1))
    with pytest.raises(ValueError, match="quota_share is still to be decided and stop_loss stands after it"):
        open_first.rows(drawn[2], levels)


def test_a_full_quota_makes_production_pay_the_reference(drawn: Drawn) -> None:
    """Under P x Q a clause relieves the municipality: all of the deviation is the provider's."""
    one = replace(_contracts(drawn, "inspanningsgericht")[0], clauses=())
    levels = price_levels(drawn[0], one.lot, drawn[2])
    paid = settle(one & QuotaShare(np.ones(1)), drawn[2], levels).payment
    np.testing.assert_allclose(paid, one.reference * levels.contract, rtol=1e-9)


def test_clauses_on_the_budget_by_hand(drawn: Drawn) -> None:
    """5 % for six of twelve months is 2.5 % of a year; a path of 0.6 over two years pays 0.6 and 0.3 the old way."""
    care_use, cells = drawn[2], np.arange(2)
    assert Sanction(0.05, 6).factor(care_use, cells)[0].tolist() == pytest.approx([0.975, 1, 1])
    path = GrowthPath(0.6, 2, 1000.0)
    assert path.factor(care_use, cells)[0].tolist() == pytest.approx([0.4, 0.7, 1])
    assert path.beside(3).tolist() == pytest.approx([600, 300, 0])
    clients = care_use.clients[:, :, cells].sum(axis=2)
    volume = VolumeClause(0.9, 1.1, 0.5, clients.mean(axis=0) / 1.3)
    ratio = clients / volume.expected
    expected = 1 + 0.5 * np.where(ratio > 1.1, ratio - 1.1, np.where(ratio < 0.9, ratio - 0.9, 0))
    np.testing.assert_allclose(volume.factor(care_use, cells), expected)


@pytest.mark.parametrize(
    ("clause", "kind", "edge", "fits"),
    [
        (Performance, "performance", {"upper": 1.0}, True),
        (Performance, "performance", {"upper": 1.01}, False),
        (ProviderPool, "provider_pool", {"lower": 1.0}, True),
        (ProviderPool, "provider_pool", {"lower": 0.99}, False),
    ],
)
def test_edges_that_a_row_may_not_pass(
    small_case: Case, clause: type[Performance | ProviderPool], kind: str, edge: dict[str, float], fits: bool
) -> None:
    """A target up to one, a pool from one on."""
    row = {"lot": "youth", "payment_form": "taakgericht", "position": 1, "clause": kind, "share": 0.1, **edge}
    made = ContractClause.model_validate(row | {"source": "t", "status": "illustrative"})
    assert (list(clause.problems(small_case, made)) == []) == fits


def test_nobody_who_starts_is_no_poor_result(drawn: Drawn) -> None:
    """The part at stake is paid where nothing can be counted; half of the target pays half of it."""
    care_use, cells = drawn[2], np.arange(1)
    none = np.zeros_like(care_use.starts_by_profile)
    some, half = none.copy(), none.copy()
    some[:, :, 0, 0], half[:, :, 0, 0] = 10.0, 4.0
    clause = Performance(0.1, 0.8)
    for starts, good, factor in ((none, none, 1.0), (some, half, 0.95), (some, some, 1.0), (some, none, 0.9)):
        use = replace(care_use, starts_by_profile=starts, successes_by_profile=good)
        np.testing.assert_allclose(clause.factor(use, cells), factor)


def test_a_pool_of_nothing_moves_nothing(drawn: Drawn) -> None:
    """Under ceilings of zero nothing is claimed beyond them and there is nothing to share by."""
    case, _, care_use = drawn
    lot = case.lots[0].id
    own = [replace(one, ceiling=0.0) for one in _contracts(drawn, "inspanningsgericht") if one.lot == lot]
    levels = price_levels(case, lot, care_use)
    nothing = [np.zeros((care_use.n_scenarios, care_use.n_years)) for _ in own]
    moved = ProviderPool(lot, "inspanningsgericht", 1.0, np.inf, 0.5).transfers(own, nothing, levels)
    assert not moved.any()


def test_a_pool_adds_up_to_nothing_and_is_exact_by_hand(drawn: Drawn) -> None:
    """In whole cents, every scenario and year (design section 8: C 110 and 90 on B0 100 each, share 0.5: +5, -5)."""
    case, _, care_use = drawn
    lot = case.lots[0].id
    own = [one for one in _contracts(drawn, "taakgericht") if one.lot == lot]
    levels = price_levels(case, lot, care_use)
    retained = [one.retained(settle(one, care_use, levels), care_use, levels) for one in own]
    moved = ProviderPool(lot, "taakgericht", 1.0, np.inf, 0.5).transfers(own, retained, levels)
    assert np.abs(np.rint(moved * 100) - moved * 100).max() < 1e-6
    np.testing.assert_allclose(np.rint(moved * 100).sum(axis=2), 0.0)
    over = np.stack(
        [left - one.reference * levels.contract for one, left in zip(own, retained, strict=True)], axis=2
    )
    key = np.array([one.reference for one in own]).T
    by_hand = 0.5 * (over - key / key.sum(axis=1, keepdims=True) * over.sum(axis=2, keepdims=True))
    np.testing.assert_allclose(moved, by_hand, atol=0.02)
    with pytest.raises(ValueError, match="another lot or payment form"):
        ProviderPool("elsewhere", "taakgericht", 1.0, np.inf, 0.5).transfers(own, retained, levels)


def test_with_design_keeps_the_clauses_before_the_corridor(drawn: Drawn) -> None:
    one = _contracts(drawn, "taakgericht")[0]
    assert isinstance(one, Taakgericht)
    quota = QuotaShare(np.array([0.2]))
    own = replace(one, clauses=(quota, *one.clauses))
    made = with_design(own, own.reference, np.ones(own.corridor.n_layers))
    assert made.clauses[0] is quota
    assert made.corridor.share.tolist() == [1.0] * own.corridor.n_layers


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_blended_payment_is_its_formula_at_any_budget(drawn: Drawn, share: float) -> None:
    """a b I + (1 - a) P x Q with P x Q by the contract without it: its base; in settle and in rows."""
    care_use = drawn[2]
    one = _contracts(drawn, "taakgericht")[0]
    assert isinstance(one, Taakgericht)
    budget = 1.07 * one.reference
    plain = replace(one, clauses=(), budget=budget, unit_cost=one.reference_cost)
    levels = price_levels(drawn[0], one.lot, care_use)
    quantity = plain.corridor_base(care_use, levels, plain.unit_cost)
    blended = plain & BlendedPayment(np.array([share]))
    expected = (1 - share) * budget * levels.contract + share * quantity
    np.testing.assert_allclose(settle(blended, care_use, levels).payment, expected, rtol=1e-9)
    rows = (blended & QuotaShare(np.zeros(1))).rows(care_use, levels)
    np.testing.assert_allclose(rows.constant + budget * rows.coefficient, expected, rtol=1e-9)
