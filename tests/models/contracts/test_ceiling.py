"""Clauses under a ceiling: by hand, and for any contract that delivering more is never paid less.

Clients of three contracts over two years are written down and added up here by hand, one cell a contract, every tariff one;
then somebody is given more care and everything is settled again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bekostiging.case import Case
from bekostiging.case.optional_tables import ContractClause
from bekostiging.contracts import (
    CeilingPool,
    Clause,
    Contract,
    Corridor,
    Due,
    EqualisationReserve,
    HighCostPool,
    Inspanningsgericht,
    Maatwerktraject,
    Outputgericht,
    PriceLevels,
    ProviderPool,
    QuotaShare,
    Settlement,
    StopLoss,
    Taakgericht,
)
from bekostiging.contracts.ceiling import payable
from bekostiging.evaluation.settlement import pool_transfers, settle_contracts
from bekostiging.scenarios import MEASURES, CareUse, Measure, expected_care_use
from bekostiging.scenarios.cells import build_cells
from bekostiging.scenarios.high_cost import price_factors
from bekostiging_solvers.typing import FloatArray

YEARS = 2
EDGES = (40.0, 90.0)
"""Thresholds of high-cost pools, euro per client and year."""
LEVELS = PriceLevels(
    np.array([1.0, 1.04]), np.array([[1.0, 1.03]]), np.array([[1.01, 1.06]]), np.ones((1, YEARS, 1))
)
CENT = 0.01


@dataclass(frozen=True)
class Client:
    """Euro a year at the tariff: ``delivered`` (years), parts of it that may be claimed and that the hours budget pays,
    ``arranged`` (years), and whether it is crisis care."""

    contract: int
    delivered: tuple[float, ...]
    arranged: tuple[float, ...]
    claimable: float
    within: float
    crisis: bool

    def claimed(self, measure: Measure) -> FloatArray:
        """Euro a year by what is claimed."""
        part = {"delivered": 1.0, "claimable": self.claimable, "within_budget": self.within}
        return np.array(self.arranged) if measure == "arranged" else part[measure] * np.array(self.delivered)


@pytest.fixture(scope="module")
def nothing(small_case: Case) -> CareUse:
    """One scenario of two years in which nobody used anything."""
    whole = expected_care_use(small_case, build_cells(small_case), YEARS)
    arrays = {one.name: getattr(whole, one.name) for one in fields(CareUse)}
    zeros = {name: np.zeros_like(value) for name, value in arrays.items() if isinstance(value, np.ndarray)}
    edges = dict.fromkeys(MEASURES, np.zeros((1, YEARS, whole.cells.n_cells, len(EDGES))))
    return replace(whole, **zeros, thresholds=EDGES, excess=edges)


def _added_up(nothing: CareUse, clients: list[Client], kept: float = 1.0) -> CareUse:
    """What clients used, by year and cell; ``kept``: part of an arrangement that is not lost in disputes."""
    by_measure = {measure: np.zeros_like(nothing.units) for measure in MEASURES}
    crisis = {measure: np.zeros_like(nothing.units) for measure in MEASURES}
    excess = {measure: np.zeros((1, YEARS, nothing.cells.n_cells, len(EDGES))) for measure in MEASURES}
    for one in clients:
        for measure in MEASURES:
            euro = one.claimed(measure)
            by_measure[measure][0, :, one.contract] += euro
            crisis[measure][0, :, one.contract] += one.crisis * euro
            price = kept if measure == "arranged" else 1.0
            excess[measure][0, :, one.contract] += np.maximum(price * euro[:, None] - EDGES, 0.0)
    return replace(
        nothing,
        units=by_measure["delivered"],
        units_claimable=by_measure["claimable"],
        units_within_budget=by_measure["within_budget"],
        arrangement_units=by_measure["arranged"],
        crisis_units=crisis["delivered"],
        crisis_units_within_budget=crisis["within_budget"],
        crisis_arrangement_units=crisis["arranged"],
        excess=excess,
    )


FORMS: dict[str, type[Contract]] = {
    "inspanningsgericht": Inspanningsgericht,
    "outputgericht": Outputgericht,
    "maatwerktraject": Maatwerktraject,
    "taakgericht": Taakgericht,
}
SHARES = st.just(0.0) | st.floats(1e-9, 1)
"""Of a row: nothing, or enough to mean anything."""
CORRIDOR = Corridor(
    ("deficit_1", "deficit_2", "surplus_1"),
    np.array([1.0, 1.1, 0.0]),
    np.array([1.1, np.inf, 1.0]),
    np.array([1.0, 1.0, -1.0]),
    np.array([0.0, 0.8, 0.8]),
)


@st.composite
def _clauses(draw: st.DrawFn) -> tuple[Clause, ...]:
    """Some clauses in some order; layers of single clients do not overlap."""
    kinds = draw(st.lists(st.sampled_from(["low", "high", "quota", "stop", "reserve"]), unique=True, max_size=4))
    made: list[Clause] = []
    for kind in kinds:
        share = np.array([draw(SHARES)])
        match kind:
            case "low":
                made.append(HighCostPool(EDGES[0], EDGES[1] - EDGES[0], share))
            case "high":
                made.append(HighCostPool(EDGES[1], np.inf, share))
            case "quota":
                made.append(QuotaShare(share))
            case "stop":
                made.append(StopLoss(draw(st.floats(0, 1.2)), draw(st.sampled_from([1.3, np.inf])), share))
            case "reserve":
                made.append(EqualisationReserve(draw(st.floats(0, 0.5)), share))
    return tuple(made)


@st.composite
def _contract(
    draw: st.DrawFn, form: str, place: int, ceiling: float | None, part: float | None, lost: float
) -> Contract:
    """A contract of one cell; ``lost``: part of the disputed half of its arrangements that is never paid."""
    common = {
        "provider": str(place), "lot": "lot", "cells": np.array([place]), "tariff": np.ones(1), "unit_cost": np.ones(1),
        "reference": np.full(YEARS, draw(st.floats(1, 300))), "clauses": draw(_clauses()),
    }  # fmt: skip
    if form == "taakgericht":
        return Taakgericht(
            **common | {"clauses": (*common["clauses"], CORRIDOR)},  # type: ignore[arg-type]
            budget=common["reference"], base="audited_cost", norm=np.zeros(YEARS),
            reference_tariff=np.ones(1), reference_cost=np.ones(1),
        )  # fmt: skip
    own = {"within": np.ones(1)} if form == "maatwerktraject" else {}
    if form == "outputgericht":
        own = {"disputed": 0.5, "disputed_lost": lost}
    return FORMS[form](**common, ceiling=ceiling, part_of_ceiling=part, **own)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Agreed:
    """Contracts, clients before and after more care, the part of an arrangement that is not lost, and the case that joins
    the contracts."""

    contracts: tuple[Contract, ...]
    before: list[Client]
    after: list[Client]
    kept: float
    case: Case = field(repr=False)


@st.composite
def _agreed(draw: st.DrawFn, case: Case, form: str) -> Agreed:
    """Three contracts of one lot: with ceilings of their own, a shared one, or none; perhaps a pool of their providers."""
    kind = draw(st.sampled_from(["none", "own", "shared"])) if form != "taakgericht" else "none"
    limits = [draw(st.floats(0, 300)) for _ in range(3)]
    lost = draw(SHARES)
    contracts = tuple(
        draw(
            _contract(form, k, limits[k] if kind == "own" else None, limits[k] if kind == "shared" else None, lost)
        )
        for k in range(3)
    )
    rows = tuple(
        row.model_copy(
            update={"lot": "lot", "ceiling": limits[k], "ceiling_pool": "pool" if kind == "shared" else None}
        )
        for k, row in enumerate(case.contracts[:3])
    )
    pool = {"lot": "lot", "payment_form": form, "position": 9, "clause": "provider_pool", "source": "x"}
    clauses = ()
    if draw(st.booleans()):
        edges = {"share": draw(SHARES), "lower": 1 + draw(st.floats(0, 0.2)), "status": "illustrative"}
        clauses = (ContractClause(**pool, **edges),)
    euro = st.floats(0, 150)
    clients = [
        Client(
            draw(st.integers(0, 2)), (draw(euro), draw(euro)), (draw(euro), draw(euro)), draw(SHARES), draw(SHARES),
            draw(st.booleans()),
        )
        for _ in range(draw(st.integers(1, 5)))
    ]  # fmt: skip
    more = tuple(draw(euro) for _ in range(2))
    grown = replace(
        clients[0],
        delivered=tuple(np.add(clients[0].delivered, more)),
        arranged=tuple(np.add(clients[0].arranged, more)),
    )
    joined = replace(case, contracts=rows, clauses=clauses)
    return Agreed(contracts, clients, [grown, *clients[1:]], 1 - 0.5 * lost, joined)


def _paid(agreed: Agreed, care_use: CareUse) -> tuple[list[Settlement], FloatArray, FloatArray]:
    """Settlements, payments and what the pool moves; (n_years, n_contracts)."""
    levels = {"lot": LEVELS}
    settled = settle_contracts(agreed.case, agreed.contracts, care_use, levels)
    moved = pool_transfers(agreed.case, agreed.contracts, settled, care_use, levels)[0]
    return settled, np.stack([one.payment[0] for one in settled], axis=1), moved


@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_more_care_is_never_paid_less(small_case: Case, nothing: CareUse, data: st.DataObject) -> None:
    """No payment is negative; more care of a contract never lowers its own payment, over the term where a reserve carries
    years over (what it gives back may be more than the last budget), up to a cent where a pool divides; nor, without clauses
    on the whole contract, what the contracts of one ceiling or pool are paid together."""
    agreed = data.draw(_agreed(small_case, data.draw(st.sampled_from(list(FORMS)))))
    first, second = (
        _paid(agreed, _added_up(nothing, clients, agreed.kept)) for clients in (agreed.before, agreed.after)
    )
    own = agreed.before[0].contract
    risk_allocation = [
        any(isinstance(clause, EqualisationReserve) for clause in one.clauses) for one in agreed.contracts
    ]
    for settled, paid, moved in (first, second):
        assert paid.sum(axis=0).min() >= -1e-9
        assert np.where(risk_allocation, 0.0, paid).min() >= -1e-9
        # beside lump sums a pool may ask more of a provider than a poor year pays: what others overrun has no end
        lump = agreed.contracts[own].form == "taakgericht"
        assert lump or any(risk_allocation) or (paid + moved).min() >= -1e-9 - CENT
        np.testing.assert_allclose(moved.sum(axis=1), 0.0, atol=1e-6)
        for one in settled:
            assert (one.unpaid >= -1e-9).all()
    change = (second[1] + second[2] - first[1] - first[2])[:, own]
    cents = 2 * YEARS * CENT * bool(agreed.case.clauses)
    if risk_allocation[own]:
        # money of two years: a reserve is not discounted
        assert (second[1] - first[1])[:, own].sum() >= -1e-9
    else:
        assert change.min() >= -1e-9 - cents
        alone = all(clause.per_client for one in agreed.contracts for clause in getattr(one, "clauses", ()))
        if alone and not lump:
            assert (second[1] - first[1]).sum(axis=1).min() >= -1e-9


@given(data=st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_was_asked_is_paid_moved_or_unpaid(small_case: Case, nothing: CareUse, data: st.DataObject) -> None:
    """Without clauses on the whole contract nothing passes the ceiling but what is urgent."""
    tariffs = [form for form in FORMS if form != "taakgericht"]
    agreed = data.draw(_agreed(small_case, data.draw(st.sampled_from(tariffs))))
    care_use = _added_up(nothing, agreed.before, agreed.kept)
    for one, settled in zip(
        agreed.contracts, settle_contracts(agreed.case, agreed.contracts, care_use, {"lot": LEVELS}), strict=True
    ):
        claim = one.claim(care_use, LEVELS)  # type: ignore[attr-defined]
        np.testing.assert_allclose(settled.payment - settled.clauses + settled.unpaid, claim.asked, atol=1e-9)


def _care_use(nothing: CareUse, *delivered: float, crisis: bool = False) -> CareUse:
    """Clients of the first contract with so much in the first year."""
    return _added_up(nothing, [Client(0, (euro, 0.0), (euro, 0.0), 1.0, 1.0, crisis) for euro in delivered])


def _own(ceiling: float | None, *clauses: Clause, reference: float = 100.0) -> Inspanningsgericht:
    return Inspanningsgericht(
        provider="a", lot="lot", cells=np.array([0]), tariff=np.ones(1), unit_cost=np.ones(1),
        reference=np.full(YEARS, reference), clauses=clauses, ceiling=ceiling,
    )  # fmt: skip


def _first(one: Contract, care_use: CareUse) -> tuple[float, float, float]:
    """Payment, clauses and unpaid of the first year."""
    settled = one.settle(care_use, LEVELS)
    return tuple(float(value[0, 0]) for value in (settled.payment, settled.clauses, settled.unpaid))  # type: ignore[return-value]


def test_a_quota_share_under_a_ceiling_by_hand(nothing: CareUse) -> None:
    """140 claimed, ceiling 90, B0 100: the ceiling lets 90 through, which is what the quota is measured against, so it moves
    nothing; 50 is unpaid. (On the claim it would take half of 40 off the 90.) With 70 claimed it gives half of 20 back."""
    one = _own(90.0, QuotaShare(np.array([0.5])))
    assert _first(one, _care_use(nothing, 140.0)) == pytest.approx((90.0, 0.0, 50.0))
    assert _first(one, _care_use(nothing, 70.0)) == pytest.approx((80.0, 10.0, 0.0))
    assert _first(_own(None, *one.clauses), _care_use(nothing, 140.0)) == pytest.approx((120.0, -20.0, 0.0))
    # a ceiling above B0 leaves B0 as the reference
    assert _first(replace(one, ceiling=130.0), _care_use(nothing, 140.0)) == pytest.approx((115.0, -15.0, 10.0))


def test_a_stop_loss_under_a_ceiling_by_hand(nothing: CareUse) -> None:
    """A layer above 100 % of the smaller of B0 100 and the ceiling of 90: nothing payable is above it."""
    one = _own(90.0, StopLoss(1.0, np.inf, np.ones(1)))
    assert _first(one, _care_use(nothing, 140.0)) == pytest.approx((90.0, 0.0, 50.0))
    # crisis passes the ceiling, and the layer takes it
    assert _first(one, _care_use(nothing, 140.0, crisis=True)) == pytest.approx((90.0, -50.0, 0.0))


def test_a_high_cost_pool_comes_before_the_ceiling_by_hand(nothing: CareUse) -> None:
    """Two clients of 60: half of the 20 above 40 of each is the provider's, so 100 is left, of which a ceiling of 90 refuses
    10. A full pool under a ceiling of 10 pays 10 and is never negative."""
    half = HighCostPool(EDGES[0], EDGES[1] - EDGES[0], np.array([0.5]))
    assert _first(_own(90.0, half), _care_use(nothing, 60.0, 60.0)) == pytest.approx((90.0, -20.0, 10.0))
    full = replace(half, share=np.ones(1))
    assert _first(_own(10.0, full), _care_use(nothing, 60.0, 60.0)) == pytest.approx((10.0, -40.0, 70.0))
    # whatever order they are written in
    quota = QuotaShare(np.array([0.5]))
    assert _first(_own(90.0, quota, half), _care_use(nothing, 60.0, 60.0)) == _first(
        _own(90.0, half, quota), _care_use(nothing, 60.0, 60.0)
    )


def test_what_is_urgent_is_part_of_what_is_left(nothing: CareUse) -> None:
    """A crisis client of 60, all above 40 moved: 40 is left, and no more than that is urgent."""
    full = HighCostPool(EDGES[0], EDGES[1] - EDGES[0], np.ones(1))
    due = _own(90.0, full).due(_care_use(nothing, 60.0, crisis=True), LEVELS)
    assert (due.left[0, 0], due.urgent[0, 0]) == pytest.approx((40.0, 40.0))


def test_a_ceiling_is_indexed_like_the_tariff(nothing: CareUse) -> None:
    """In the second year the tariff stands at 1.04 x 1.03: a ceiling of 90 at 96.408, below B0 I of 103; shared or not."""
    one = _own(90.0, QuotaShare(np.array([0.5])))
    assert one.measured_against(LEVELS)[0].tolist() == pytest.approx([90.0, 90 * 1.04 * 1.03])
    due = Due(*(np.array([[value, value]]) for value in (140.0, 140.0, 0.0, 0.0)))
    (paid,) = CeilingPool("pool", (0,), 90.0).payable([due], LEVELS.price)
    assert paid[0].tolist() == pytest.approx([90.0, 90 * 1.04 * 1.03])


def test_a_pool_of_providers_takes_no_more_than_was_paid(small_case: Case, nothing: CareUse) -> None:
    """B0 100 each, one under a ceiling of 10 and paid 10, the other nothing: by 10 to 100 the first gives 9.09."""
    contracts = tuple(
        replace(_own(limit), cells=np.array([k]), provider=str(k)) for k, limit in enumerate((10.0, None))
    )
    care_use = _added_up(nothing, [Client(0, (50.0, 0.0), (0.0, 0.0), 1.0, 1.0, False)])
    settled = [one.settle(care_use, LEVELS) for one in contracts]
    pool = ProviderPool("lot", "inspanningsgericht", 1.0, np.inf, 1.0)
    moved = pool.transfers(contracts, [one.payment for one in settled], LEVELS)
    assert moved[0, 0].tolist() == pytest.approx([-9.09, 9.09])


def test_prices_of_what_is_claimed(small_case: Case) -> None:
    """A fifth of the arrangements is disputed and half of that lost: 0.9; an hours budget that pays 80 % costs 1.25."""
    cells = build_cells(small_case)
    row = small_case.policy[0]
    rows = [row.model_copy(update={"name": name, "scope": "case", "value": value})
            for name, value in (("disputed_share", "0.2"), ("disputed_lost", "0.5"))]  # fmt: skip
    case = replace(small_case, policy=(*small_case.policy, *rows))
    found = price_factors(case, cells, np.full(cells.n_cells, 0.8))
    offered = cells.lot >= 0
    assert set(found["arranged"][offered].round(9).tolist()) == {0.9}
    assert set(found["within_budget"].tolist()) == {1.25}
    assert set(found["delivered"].tolist()) == set(found["claimable"].tolist()) == {1.0}


def test_a_high_cost_pool_is_measured_on_what_the_form_claims(nothing: CareUse) -> None:
    """A client is delivered 60, may claim 45, has a budget of 50 and an arrangement of 70: 5, 10 and 30 above 40."""
    care_use = _added_up(nothing, [Client(0, (60.0, 0.0), (70.0, 0.0), 0.75, 50 / 60, False)])
    full = HighCostPool(EDGES[0], EDGES[1] - EDGES[0], np.ones(1))
    common = {name: getattr(_own(None, full), name) for name in
              ("provider", "lot", "cells", "tariff", "unit_cost", "reference", "clauses")}  # fmt: skip
    moved = {
        "inspanningsgericht": _first(_own(None, full), care_use)[1],
        "maatwerktraject": _first(Maatwerktraject(**common, within=np.ones(1)), care_use)[1],
        "outputgericht": _first(Outputgericht(**common), care_use)[1],
    }
    assert moved == pytest.approx({"inspanningsgericht": -5.0, "maatwerktraject": -10.0, "outputgericht": -30.0})


def test_a_share_of_a_pool_of_clients_is_not_decided_under_a_ceiling(nothing: CareUse) -> None:
    undecided = HighCostPool(EDGES[0], EDGES[1] - EDGES[0], np.full(1, np.nan))
    with pytest.raises(ValueError, match="a ceiling stands after it"):
        _own(90.0, undecided).rows(_care_use(nothing, 60.0), LEVELS)
    with pytest.raises(ValueError, match="quota_share stands after it"):
        _own(None, QuotaShare(np.ones(1)), undecided).rows(_care_use(nothing, 60.0), LEVELS)
    rows = _own(None, undecided).rows(_care_use(nothing, 60.0), LEVELS)
    assert (rows.constant[0, 0], rows.euros[0, 0, 0]) == pytest.approx((60.0, -20.0))


def test_a_shared_ceiling_by_hand() -> None:
    """80 and 40 with 10 and 30 urgent, ceiling 100: 60 of the 80 that is not urgent: 52.5 and 7.5 beside what is urgent."""
    dues = [
        Due(*(np.full((1, 1), value) for value in own))
        for own in ((80.0, 80.0, 10.0, 0.0), (40.0, 40.0, 30.0, 0.0))
    ]
    pool = CeilingPool("pool", (0, 1), 100.0)
    one, other = pool.payable(dues, np.ones((1, 1)))
    assert (one[0, 0], other[0, 0]) == pytest.approx((62.5, 37.5))
    assert [float(paid[0, 0]) for paid in CeilingPool("pool", (0, 1), 20.0).payable(dues, np.ones((1, 1)))] == [
        10,
        30,
    ]


@given(left=st.floats(0, 1e7), part=st.floats(0, 1), ceiling=st.floats(0, 1e7))
def test_a_ceiling_always_pays_crisis_and_never_more_than_is_left(
    left: float, part: float, ceiling: float
) -> None:
    due = Due(*(np.array([value]) for value in (left, left, part * left, 0.0)))
    paid = float(payable(due, np.array([ceiling]))[0])
    assert part * left - 1e-6 <= paid <= left + 1e-6
    assert paid <= max(ceiling, part * left) + 1e-6
    if left <= ceiling:
        assert paid == pytest.approx(left)
