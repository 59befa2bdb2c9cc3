"""From the case to the decision: buffers, cover, laws, discounting and what a design is simple in; every number by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.contracts import reference
from bekostiging.lumpsum import (
    CorridorSeries,
    LumpSumData,
    SimpleTerms,
    begroting_sum,
    free_buffer,
    lumpsum_data,
    signable_terms,
)
from bekostiging.lumpsum.data import lot_size
from bekostiging.lumpsum.payments import Payments
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.scenarios import build_cells

N_SCENARIOS = 2


def _with(case: Case, **policy: str) -> Case:
    """Other words or numbers in the policy."""
    kept = tuple(row for row in case.policy if row.name not in policy)
    pattern = case.policy[0]
    added = tuple(
        pattern.model_copy(update={"name": name, "scope": "case", "value": value})
        for name, value in policy.items()
    )
    return replace(case, policy=(*kept, *added))


def _data(case: Case, n_years: int = 3) -> LumpSumData:
    """The decision on two scenarios in which nothing is known but the shapes."""
    cells = build_cells(case)
    terms = reference(case, cells, n_years)
    n_contracts, n_lots = len(case.contracts), len(case.lots)
    layers = [sum(row.lot == contract.lot for row in case.layers) for contract in case.contracts]
    ones = np.ones((N_SCENARIOS, n_contracts, n_years))
    series = CorridorSeries(
        index=ones,
        paid_part=ones,
        fixed=0 * ones,
        cost=terms.amount[None] * ones,
        amounts=tuple(np.zeros((N_SCENARIOS, n_years, n)) for n in layers),
        key=np.full((N_SCENARIOS, n_years, n_lots, len(case.municipalities)), 1 / len(case.municipalities)),
    )
    return lumpsum_data(case, cells, terms, series)


def test_the_free_buffer_of_a_provider_by_hand(small_case: Case) -> None:
    """Half of what lies above a fifth of the balance sheet, at most the part of turnover from the region; never negative.

    Equity 5, balance 10 million: 3 free, half of it 1.5; with a third of the turnover here 1; equity 1: nothing.
    """
    first = small_case.providers[0]
    cases = (
        ({"equity": 5e6, "total_assets": 10e6, "region_turnover_share": 0.9}, 1.5e6),
        ({"equity": 5e6, "total_assets": 10e6, "region_turnover_share": 1 / 3}, 1.0e6),
        ({"equity": 1e6, "total_assets": 10e6, "region_turnover_share": 0.9}, 0.0),
    )
    for changes, expected in cases:
        own = replace(small_case, providers=(first.model_copy(update=changes), *small_case.providers[1:]))
        assert free_buffer(own)[0] == pytest.approx(expected)
        assert _data(own).free_buffer[0] == pytest.approx(expected)
    other = _with(small_case, equity_at_stake="0.25", solvency_floor="0.1")
    own = replace(other, providers=(first.model_copy(update=cases[0][0]), *small_case.providers[1:]))
    assert free_buffer(own)[0] == pytest.approx(0.25 * 4e6)


def test_a_stock_grows_by_its_additions(small_case: Case) -> None:
    """At the start the reserve; by the end of each year what was added for both laws, nothing else."""
    code = small_case.municipalities[0].code
    municipalities = tuple(
        row.model_copy(update={"reserve": 7e6 if row.code == code else 1e6}) for row in small_case.municipalities
    )
    added = {("jeugdwet", 2026): 1e5, ("wmo", 2026): 2e5, ("wmo", 2028): -5e4}
    begroting = tuple(
        row.model_copy(
            update={"reserve_addition": added.get((row.law, row.year), 0.0) if row.municipality == code else 0.0}
        )
        for row in small_case.begroting
    )
    own = _data(replace(small_case, municipalities=municipalities, begroting=begroting))
    np.testing.assert_allclose(own.stock, [[7.3e6, 7.3e6, 7.25e6], [1e6, 1e6, 1e6]])
    assert own.limited_years(0) == (2,)


def test_laws_share_unless_they_do_not(small_case: Case) -> None:
    """One begroting of both laws minus what is outside the contracts, or one each, with the lots of the law."""
    begroting = tuple(
        row.model_copy(update={"amount": 9e6, "outside_contracts": 1e6, "structural_cover": 2e5})
        for row in small_case.begroting
    )
    case = replace(small_case, begroting=begroting)
    together, apart = _data(case), _data(_with(case, laws_share="no"))
    assert [name for name, _ in together.purses] == [""]
    np.testing.assert_allclose(together.begroting, 16e6)
    np.testing.assert_allclose(together.structural, 4e5)
    np.testing.assert_allclose(together.headroom, 16e6)
    law_of = {form.id: form.law for form in case.care_forms}
    for name, lots in apart.purses:
        assert lots.tolist() == [j for j, lot in enumerate(case.lots) if law_of[lot.care_forms[0]] == name]
    assert sorted(j for _, lots in apart.purses for j in lots.tolist()) == list(range(len(case.lots)))
    np.testing.assert_allclose(apart.begroting, 8e6)
    np.testing.assert_allclose(apart.structural, 2e5)
    np.testing.assert_allclose(apart.stock, together.stock)


def test_begroting_sums_only_what_is_asked(small_case: Case) -> None:
    codes, years = tuple(row.code for row in small_case.municipalities), (2026, 2027)
    total = begroting_sum(small_case, codes, years, "amount")
    parts = [begroting_sum(small_case, codes, years, "amount", law) for law in ("jeugdwet", "wmo")]
    np.testing.assert_allclose(total, parts[0] + parts[1])
    by_hand = sum(row.amount for row in small_case.begroting if row.municipality == codes[1] and row.year == 2027)
    assert total[1, 1] == pytest.approx(by_hand)


def test_a_payer_outside_the_report_has_no_place(small_case: Case) -> None:
    municipalities = (
        small_case.municipalities[0],
        small_case.municipalities[1].model_copy(update={"reported": False}),
    )
    own = _data(replace(small_case, municipalities=municipalities))
    assert own.municipalities == (small_case.municipalities[0].code,)
    assert own.key.shape[-1] == 1
    assert own.stock.shape == (1, 3)
    assert own.begroting.shape == (1, 1, 3)


def test_a_rate_of_three_per_cent_discounts_from_the_first_year_on(small_case: Case) -> None:
    """1, 1 / 1.03, 1 / 1.03^2: of reference amounts, of what a provider loses and of what is spent, all alike."""
    v = 1 / 1.03
    own = _data(_with(small_case, discount_rate="0.03"))
    np.testing.assert_allclose(own.discount, [1, v, v * v])
    amount = own.reference[own.lot == 0]
    assert lot_size(own, 0) == pytest.approx(float(amount.sum(axis=0) @ [1, v, v * v]) / 1e6)
    arrays = LumpSumArrays(own)
    x = arrays.point(np.zeros(len(own.lots)), tuple(np.zeros(lot.corridor.n_layers) for lot in own.lots))
    spent = float(arrays.spending.total.evaluate(x)[0])
    assert spent == pytest.approx(float(own.reference.sum(axis=0) @ [1, v, v * v]) / 1e6)
    # costs are the reference amounts: a loading of minus one percent is lost in every year
    lost = replace(own, cost=1.01 * own.cost)
    loss = LumpSumArrays(lost).losses[0]
    by_hand = 0.01 * own.reference[own.provider == 0].sum(axis=0) / 1e6 * [1, v, v * v]
    np.testing.assert_allclose(loss.path(x)[0], np.cumsum(by_hand))
    assert loss.evaluate(x)[0] == pytest.approx(by_hand.sum())
    cost, slope = loss.expected_earnings(len(x))
    assert cost - slope @ x == pytest.approx(by_hand.sum())
    # what is paid beside the contracts counts as much
    beside = replace(own, other=np.full(own.other.shape, 1e6))
    assert float(LumpSumArrays(beside).spending.total.evaluate(x)[0]) - spent == pytest.approx(2 * (1 + v + v * v))


def test_words_of_the_policy(small_case: Case) -> None:
    """Simple agreements and no refills by default; the level of the stock is that of the rest unless it has its own."""
    plain = _data(small_case)
    assert plain.simple == signable_terms(plain)
    assert plain.simple.free_zone
    assert not plain.reserve_refills
    assert plain.reserve_confidence == plain.confidence == 0.95
    other = _data(_with(small_case, corridor_terms="free", reserve_refills="yes", reserve_confidence="0.9"))
    assert other.simple == SimpleTerms()
    assert other.reserve_refills
    assert (other.confidence, other.reserve_confidence) == (0.95, 0.9)
    assert _data(_with(small_case, corridor_terms="simple")).simple == plain.simple


def test_terms_of_a_lot(small_case: Case) -> None:
    """The law asks for both: acceptance duty and no waiting list; a stated requirement limits the buffer."""
    plain = _data(small_case)
    assert not any(lot.waiting_list_forbidden for lot in plain.lots)
    assert all(lot.symmetric for lot in plain.lots)
    strict = _data(
        _with(small_case, waiting_list="not_allowed", equity_requirement="0.1", corridor_shape="asymmetric")
    )
    assert all(lot.waiting_list_forbidden for lot in strict.lots)
    assert not any(lot.symmetric for lot in strict.lots)
    for p in range(len(strict.providers)):
        own = strict.reference[strict.provider == p, 0].sum()
        if own > 0:
            assert strict.capital_limit[p] == pytest.approx(0.1 * own)
    free = _data(_with(small_case, waiting_list="not_allowed", acceptance_duty="no"))
    assert not any(lot.waiting_list_forbidden for lot in free.lots)


def test_arrays_of_the_series_come_back(small_case: Case) -> None:
    """What a block keeps under names is the series again, other forms and ceilings too."""
    own = _data(small_case)
    cut = {"inspanningsgericht": np.ones(own.cost.shape)}
    series = CorridorSeries(
        own.index, own.paid_part, own.fixed, own.cost, own.amounts, own.key, {"outputgericht": own.cost}, cut,
        {"item": np.arange(2.0)},
    )  # fmt: skip
    back = CorridorSeries.of(series.arrays())
    assert len(back.amounts) == len(own.amounts)
    np.testing.assert_array_equal(back.others["outputgericht"], own.cost)
    np.testing.assert_array_equal(back.cut["inspanningsgericht"], 1.0)
    np.testing.assert_array_equal(back.items["item"], [0.0, 1.0])
    np.testing.assert_array_equal(back.fixed, own.fixed)


def test_coefficients_of_a_payment_are_its_parts(small_case: Case) -> None:
    """form (A B0 I + Z), loading A B0 I, shares with the sign of their layer."""
    own = _data(small_case)
    own = replace(
        own, paid_part=0.9 * own.paid_part, fixed=own.fixed + 1e4,
        amounts=tuple(one + np.arange(one.shape[2]) * 1e3 for one in own.amounts),
    )  # fmt: skip
    payments = Payments(own)
    sign = own.lots[own.lot[0]].corridor.sign
    found = payments.coefficients(0)[1, 2] * 1e6
    lump = 0.9 * own.reference[0, 2]
    np.testing.assert_allclose(found, [lump + 1e4, lump, *(sign * np.arange(len(sign)) * 1e3)])
    x = np.array([1.0, 0.05, *np.full(len(sign), 0.5)])
    np.testing.assert_allclose(payments.paid(0, x), payments.coefficients(0) @ x)
    np.testing.assert_allclose(payments.mean(0), payments.coefficients(0).mean(axis=0))
