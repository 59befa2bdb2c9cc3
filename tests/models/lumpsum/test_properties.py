"""What every designed lump sum must satisfy: monotone, blind to order, ordered shares, fair price, no absurd optimum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import alone, random_data, shared_out

from bekostiging.lumpsum import Limit, LumpSumData, design_lumpsum, design_within
from bekostiging.lumpsum.payments import Payments
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.units import MILLION
from bekostiging_solvers import RunningMaxLoss

SEEDS = st.integers(0, 10_000)
ROUNDING = 10.0
"""Euro."""


def _criterion(case: LumpSumData) -> float:
    """The criterion in euro; infinite where not all limits can be kept."""
    design = design_within(case)
    return np.inf if design is None or design.criterion is None else design.criterion


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_a_stricter_confidence_never_costs_less(seed: int) -> None:
    costs = [_criterion(random_data(seed, confidence=level)) for level in (0.5, 0.75, 0.9)]
    assert costs[0] <= costs[1] + ROUNDING
    assert costs[1] <= costs[2] + ROUNDING


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, extra=st.floats(0.0, 0.2))
def test_a_wider_begroting_never_costs_more(seed: int, extra: float) -> None:
    case = random_data(seed)
    assert _criterion(replace(case, begroting=case.begroting * (1 + extra))) <= _criterion(case) + ROUNDING


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, extra=st.floats(0.0, 1.0), refills=st.booleans())
def test_more_cover_never_costs_more(seed: int, extra: float, refills: bool) -> None:
    """Stock, structural cover, additions at the end; and a stock that is refilled."""
    case = shared_out(random_data(seed, n_years=3), seed)
    case = replace(case, stock=0.25 * case.stock, reserve_refills=refills)
    here = _criterion(case)
    assert _criterion(replace(case, stock=(1 + extra) * case.stock)) <= here + ROUNDING
    assert _criterion(replace(case, structural=(1 + extra) * case.structural)) <= here + ROUNDING
    if not refills:
        assert _criterion(replace(case, reserve_refills=True)) <= here + ROUNDING
    # cover that comes a year later is worth no more than cover that is there
    late = replace(case, stock=case.stock * np.array([0.8, 1.0, 1.0]))
    assert _criterion(late) >= here - ROUNDING


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, extra=st.floats(0.0, 3.0))
def test_without_a_stated_requirement_more_equity_never_costs_more(seed: int, extra: float) -> None:
    case = random_data(seed)
    assert _criterion(replace(case, free_buffer=case.free_buffer * (1 + extra))) <= _criterion(case) + ROUNDING


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_the_order_of_the_providers_says_nothing(seed: int) -> None:
    case = random_data(seed)
    swap = np.array([2, 0, 1])
    place = np.argsort(swap)
    moved = replace(
        case,
        providers=tuple(case.providers[p] for p in swap),
        provider=place[case.provider],
        free_buffer=case.free_buffer[swap],
    )
    assert _criterion(moved) == pytest.approx(_criterion(case), rel=1e-7)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_shares_rise_outward_and_no_contract_is_paid_under_its_fair_price(seed: int) -> None:
    case = random_data(seed)
    design = design_lumpsum(case)
    if not design.feasible:
        return
    arrays = LumpSumArrays(case)
    x = arrays.point(design.loading, design.share)
    for share in design.share:
        assert share[0] <= share[1] + 1e-7
        np.testing.assert_allclose(share[:2], share[2:], atol=1e-7)
    for c, j in enumerate(case.lot):
        paid = Payments(case).paid(c, x[arrays.columns.lots[j]]).mean(axis=0) * MILLION
        assert (paid >= case.fair_price[c] - ROUNDING).all()


def test_an_asymmetric_corridor_never_costs_more_and_shares_differ() -> None:
    """Without the mirror one restriction less; here surpluses are not taken back while deficits are shared."""
    lots = random_data(3).lots
    free = random_data(3, lots=tuple(replace(lot, symmetric=False) for lot in lots))
    design = design_lumpsum(free)
    assert (design.criterion or np.inf) <= _criterion(random_data(3)) + ROUNDING
    assert any(not np.allclose(share[:2], share[2:], atol=1e-3) for share in design.share)


@pytest.mark.parametrize("entries", [0, 10**9])
def test_losses_are_those_of_the_solvers(entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept as running sums or read from the data anew: ``ProviderLoss`` and its subgradient equal ``RunningMaxLoss`` on the
    coefficients written out, at a point where most scenarios lose and the year of the largest loss differs."""
    monkeypatch.setattr("bekostiging.lumpsum.payments.KEPT_ENTRIES", entries)
    case = random_data(4, n_scenarios=40, n_years=3)
    arrays = LumpSumArrays(case)
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 0.5, arrays.columns.n)
    x[arrays.columns.form], x[arrays.columns.loading] = 1.0, -0.02
    weights = np.where(rng.uniform(size=40) < 0.5, rng.uniform(size=40), 0.0)
    for loss in arrays.losses.values():
        increments = [-arrays.payments.coefficients(int(c)) * case.discount[:, None] for c in loss.contracts]
        constant = sum(case.cost[:, c] / MILLION * case.discount for c in loss.contracts)
        written = RunningMaxLoss.of_increments(
            np.concatenate(increments, axis=2), np.asarray(constant), np.concatenate(loss.columns)
        )
        path = loss.path(x)
        assert len(set(path[path.max(axis=1) > 0].argmax(axis=1).tolist())) == 3
        np.testing.assert_allclose(loss.path(x, np.array([3, 5])), path[[3, 5]], atol=1e-12)
        np.testing.assert_allclose(loss.evaluate(x), written.evaluate(x), atol=1e-12)
        np.testing.assert_allclose(loss.subgradient(x, weights), written.subgradient(x, weights), atol=1e-12)


@pytest.mark.parametrize("entries", [0, 10**9])
def test_half_the_digits_give_the_same_design(entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrays of float32 are summed in float64."""
    monkeypatch.setattr("bekostiging.lumpsum.payments.KEPT_ENTRIES", entries)
    case = random_data(4, n_scenarios=40)
    small = replace(
        case, cost=case.cost.astype(np.float32), amounts=tuple(a.astype(np.float32) for a in case.amounts)
    )
    assert design_lumpsum(small).criterion == pytest.approx(design_lumpsum(case).criterion, rel=1e-6)


def _fresh(case: LumpSumData) -> LumpSumData:
    """The same with nothing known of its arrays."""
    return replace(case, cache=type(case.cache)())


def test_what_is_known_of_arrays_is_never_used_for_others() -> None:
    """A decision that comes from another one by changing anything is what it would be if nothing were known before."""
    case = _loose(shared_out(random_data(2, n_years=3), 2))
    changes: dict[str, object] = {
        name: 1.03 * getattr(case, name)
        for name in ("reference", "fair_price", "index", "cost", "key", "other", "discount", "begroting", "structural",
                     "stock", "free_buffer", "paid_part")
    }  # fmt: skip
    changes |= {"fixed": case.fixed + 2e4, "reserve_refills": True, "confidence": 0.6, "reserve_confidence": 0.5}
    changes |= {"risk_weight": 0.1, "cost_of_capital": 0.1, "margins": {Limit("solvency", ("p0",)): 3e4}}
    changes |= {"amounts": tuple(1.1 * own for own in case.amounts), "purses": case.purses[::-1]}
    lots = (replace(case.lots[0], share_max=0.3), replace(case.lots[1], elasticity=0.3))
    changes |= {"lots": lots, "provider": np.array([0, 1, 2, 2]), "lot": np.array([0, 1, 0, 1])}
    changes |= {"other_payments": {"inspanningsgericht": 1.03 * case.cost}}
    before = design_lumpsum(case)
    for name, value in changes.items():
        LumpSumArrays(case)  # what is known last is of the decision itself
        own = replace(case, **{name: value})
        known, out_of_sample = design_lumpsum(own), design_lumpsum(_fresh(own))
        assert known.criterion == out_of_sample.criterion, name
        np.testing.assert_array_equal(known.loading, out_of_sample.loading)
    assert design_lumpsum(case).criterion == before.criterion


def _loose(case: LumpSumData) -> LumpSumData:
    """So much room that it is seen what is changed."""
    lots = tuple(replace(lot, loading_cap=0.5, transition_cap=1.0) for lot in case.lots)
    return replace(case, lots=lots, begroting=1.3 * case.begroting)


def test_some_of_the_scenarios_are_only_those() -> None:
    """Half the scenarios of a decision that was designed already, against the same half of one that was not."""
    case = random_data(3, n_scenarios=32)
    design_lumpsum(case)
    half = case.of(slice(0, 16))
    assert half.n_scenarios == 16
    assert design_lumpsum(half).criterion == design_lumpsum(_fresh(_fresh(case).of(slice(0, 16)))).criterion


def test_a_provider_without_contracts_is_left_alone() -> None:
    """It has no loss, no limit and no buffer in use."""
    case = alone()
    extra = replace(case, providers=("p0", "without"), free_buffer=np.append(case.free_buffer, 0.0))
    design = design_lumpsum(extra)
    assert design.criterion == pytest.approx(design_lumpsum(case).criterion)
    assert design.capital[1] == 0.0
    assert not any("without" in name for name in LumpSumArrays(extra).program.row_names)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, factor=st.floats(0.2, 5.0))
def test_all_amounts_in_another_coin_give_the_same_agreement(seed: int, factor: float) -> None:
    """Every euro times a factor: the same loadings, the criterion times the factor."""
    case = shared_out(random_data(seed), seed)
    scaled = replace(
        case, **{name: factor * getattr(case, name) for name in (
            "reference", "fair_price", "revenue", "fixed", "cost", "other", "begroting", "structural", "stock",
            "free_buffer",
        )},
        amounts=tuple(factor * own for own in case.amounts),
    )  # fmt: skip
    assert _criterion(scaled) == pytest.approx(factor * _criterion(case), rel=1e-7)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_the_order_of_municipalities_and_laws_says_nothing(seed: int) -> None:
    """Both turned around; what is paid beside the contracts belongs to the first law, so its begroting carries it."""
    case = shared_out(random_data(seed), seed)
    case = replace(case, other=0 * case.other)
    moved = replace(
        case,
        municipalities=case.municipalities[::-1],
        key=case.key[..., ::-1],
        purses=case.purses[::-1],
        begroting=case.begroting[::-1, ::-1],
        structural=case.structural[::-1, ::-1],
        stock=case.stock[::-1],
    )
    assert _criterion(moved) == pytest.approx(_criterion(case), rel=1e-7)


def test_limits_as_they_are_numbered_are_those_of_the_case() -> None:
    """Names carry municipality, law and year; years that ask nothing more have no limit."""
    case = shared_out(random_data(0, n_years=3), 0)
    assert case.begroting_limit(1, 0, 2) == Limit("begroting", ("0034", "wmo", "2027"))
    assert random_data(0).begroting_limit(0, 0, 1) == Limit("begroting", ("0034", "2026"))
    assert case.reserve_limit(1, 0) == Limit("reserve", ("0050", "2025"))
    for stock, years in (([1, 2, 3], (0, 1, 2)), ([1, 1, 2], (1, 2)), ([3, 2, 2], (2,)), ([2, 3, 1], (0, 2))):
        own = replace(case, stock=np.array([stock, [0, 0, 0]], dtype=np.float64) * MILLION)
        assert own.limited_years(0) == years
