"""Tables of a case reach the right parameter of the contracts: every expected euro worked out on paper (tests/by_hand.py).

Two years with a surprise: OVA and PPC are 10 % in the first year against a forecast of 0, so the second year's tariffs are
1.2 times the first's (10 % forecast, 10 % caught up) and B0 I is 200,000 and 240,000 for A, 600,000 and 720,000 for B.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from by_hand import (
    FORECAST,
    MARK,
    RESIDENTIAL,
    A,
    Amounts,
    B,
    built,
    case_on_paper,
    settled,
    with_clauses,
    with_contract,
    with_corridor,
    with_policy,
    with_provider,
    written,
)
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.case import Case, UserError, check_case
from bekostiging.case.tables import CLAUSES, ContractClause, CostPrice, PaymentForm, Profile
from bekostiging.contracts import Taakgericht, build_contracts, price_levels, reference
from bekostiging.evaluation.study import clause_notes
from bekostiging.lumpsum.data import _pieces
from bekostiging.scenarios import CareUse
from bekostiging.scenarios.cells import build_cells

SURPRISE = (0.1, 0.1)
USE: Amounts = {A: (3000, 2250), B: (8400, 8400)}
"""At the lot's tariff: A 240,000 and 2,250 x 80 x 1.2 = 216,000, so 40,000 above and 24,000 below B0 I; B 672,000 and
806,400, 12 % above. At their own tariffs: A 276,000 and 248,400, B 638,400 and 766,080."""
SINGLE: dict[int, tuple[tuple[float, ...], ...]] = {A: ((70_000, 35_000, 20_000), (60_000,))}
"""Euro of single clients at the prices of the first year."""
ROWS = {
    "quota": {"clause": "quota_share", "share": 0.2},
    "stop": {"clause": "stop_loss", "share": 0.5, "lower": 1.1, "upper": 1.15},
    "open stop": {"clause": "stop_loss", "share": 0.5, "lower": 1.1},
    "high cost": {"clause": "high_cost_pool", "share": 0.6, "threshold": 30_000.0, "cap": 20_000.0},
    "open high cost": {"clause": "high_cost_pool", "share": 0.6, "threshold": 30_000.0},
    "reserve": {"clause": "equalisation_reserve", "share": 0.5, "upper": 0.05},
    "pool": {"clause": "provider_pool", "share": 0.5, "lower": 1.05, "upper": 1.15},
    "open pool": {"clause": "provider_pool", "share": 0.5, "lower": 1.05},
    "performance": {"clause": "performance", "share": 0.1, "upper": 0.8},
    "sanction": {"clause": "sanction", "share": 0.3, "length": 4},
    "volume": {"clause": "volume_clause", "share": 0.5, "lower": 0.9, "upper": 1.1},
    "growth": {"clause": "growth_path", "share": 0.6, "length": 3},
    "crisis": {"clause": "crisis_care", "share": 0.5},
    "blended": {"clause": "blended_payment", "share": 0.25},
    "spend": {"clause": "minimum_care_spend", "share": 0.5, "lower": 0.95},
    "mix": {"clause": "case_mix_cap", "share": 1.0, "upper": 1.03},
}
OTHER_FORM = {"clause": "quota_share", "share": 0.9}, {"clause": "provider_pool", "share": 1.0, "lower": 1.0}


@pytest.fixture(scope="module")
def paper(small_case: Case) -> Case:
    return case_on_paper(small_case)


def _used(case: Case, units: Amounts = USE, **amounts: Amounts) -> CareUse:
    """Units under every form alike, two years with the surprise."""
    single = dict.fromkeys(("delivered", "claimable"), SINGLE)
    use = {"units": units, "units_claimable": units, **amounts}
    return written(case, 2, use, ova=SURPRISE, ppc=SURPRISE, single=single)


def _paid(case: Case, form: PaymentForm, care_use: CareUse) -> dict[int, list[float]]:
    """Payments of the years by contract."""
    payment = settled(case, form, care_use).payment
    return {c: payment[0, :, c].tolist() for c in (RESIDENTIAL, A, B)}


def test_the_case_on_paper(paper: Case) -> None:
    """Expected units, clients and B0 are the round figures of tests/by_hand.py, in every year."""
    terms = reference(paper, build_cells(paper), 3)
    np.testing.assert_allclose(terms.units[:, [1, 2, 4, 5]], [[1250, 3750, 1250, 3750]] * 3)
    np.testing.assert_allclose(terms.clients[[A, B]], [[75] * 3, [225] * 3])
    np.testing.assert_allclose(terms.amount[[A, B]], [[200e3, 220e3, 242e3], [600e3, 660e3, 726e3]])
    np.testing.assert_allclose(terms.fair_price[A], [167_500, 184_250, 202_675])


def test_a_build_up_is_the_fair_price_of_every_lot(paper: Case) -> None:
    """70 euro of wages a unit, whatever the providers' unit costs; of a care form without one it is the lot's unit cost, 67
    or 270.76. A expects 2,500 units, the residential contract 10,000."""
    for form, others in (("wmo_guidance", (10_000 * 270.76, 175_000)), ("residential", (700_000, 167_500))):
        row = CostPrice.model_validate({"care_form": form, "element": "wages", "euro_per_unit": 70.0, **MARK})
        case = replace(paper, cost_price=(row,), function_groups=())
        terms = reference(case, build_cells(case), 1)
        np.testing.assert_allclose(terms.fair_price[[RESIDENTIAL, A], 0], others)


LUMP_SUM: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    # 0.2 x 40,000 and 0.2 x -24,000; 0.2 x 72,000 and 0.2 x 86,400
    "quota": ((208_000, 235_200), (614_400, 737_280)),
    # A 240,000 is beyond 230,000: the whole layer, 10,000; B 672,000 - 660,000 and 806,400 - 792,000
    "stop": ((205_000, 240_000), (606_000, 727_200)),
    "open stop": ((210_000, 240_000), (606_000, 727_200)),
    # 70,000 is capped at 20,000 above the threshold, 35,000 is 5,000 above it: 0.6 x 25,000; then 0.6 x 20,000 x 1.2
    "high cost": ((215_000, 254_400), (600_000, 720_000)),
    # 0.6 x (40,000 + 5,000); 0.6 x 30,000 x 1.2
    "open high cost": ((227_000, 261_600), (600_000, 720_000)),
    # in the layer A 20,000 and B 42,000, half each: 10,000 + 21,000, of which A carries a quarter, 7,750;
    # then A 24,000 - 12,000 below and B 86,400 - 36,000 above: -6,000 + 25,200, of which A a quarter, 4,800
    "pool": ((202_250, 229_200), (597_750, 730_800)),
    # A 30,000 in the first year: 15,000 + 21,000, a quarter 9,000
    "open pool": ((206_000, 229_200), (594_000, 730_800)),
    # 0.3 x 4 / 12 of the first year alone
    "sanction": ((180_000, 240_000), (540_000, 720_000)),
}


@pytest.mark.parametrize("name", LUMP_SUM)
def test_a_clause_of_a_lump_sum(paper: Case, name: str) -> None:
    """Its columns on the deviations of ``USE``; another form's clause and another lot's budget stay out of it."""
    case = with_clauses(paper, "taakgericht", ROWS[name])
    case = with_clauses(case, "inspanningsgericht", *OTHER_FORM)
    check_case(case)
    paid = _paid(case, "taakgericht", _used(case))
    assert paid[A] == pytest.approx(LUMP_SUM[name][0])
    assert paid[B] == pytest.approx(LUMP_SUM[name][1])
    assert paid[RESIDENTIAL] == pytest.approx([2_700_000, 3_240_000])


TARIFF: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    # A 276,000 - 0.2 x 76,000 and 248,400 - 0.2 x 8,400; B 638,400 - 0.2 x 38,400 and 766,080 - 0.2 x 46,080
    "quota": ((260_800, 246_720), (630_720, 756_864)),
    # the whole layer of A in the first year, half of 10,000; nothing else above 110 %
    "stop": ((271_000, 248_400), (638_400, 766_080)),
    "open stop": ((248_000, 248_400), (638_400, 766_080)),
    "high cost": ((261_000, 234_000), (638_400, 766_080)),
    "open high cost": ((249_000, 226_800), (638_400, 766_080)),
    # who is paid more gives: 10,000 of A and 4,200 of B, a quarter of it 3,550; then only B is outside the band, 5,040
    "pool": ((269_550, 249_660), (644_850, 764_820)),
    # A 66,000 beyond the band: 33,000 + 4,200, a quarter 9,300
    "open pool": ((252_300, 249_660), (662_100, 764_820)),
}


@pytest.mark.parametrize("name", TARIFF)
def test_a_clause_under_a_tariff(paper: Case, name: str) -> None:
    """The same columns, on what is claimed at the provider's own tariff; the clause relieves the municipality."""
    case = with_clauses(paper, "inspanningsgericht", ROWS[name])
    case = with_clauses(case, "taakgericht", *OTHER_FORM)
    check_case(case)
    paid = _paid(case, "inspanningsgericht", _used(case))
    assert paid[A] == pytest.approx(TARIFF[name][0])
    assert paid[B] == pytest.approx(TARIFF[name][1])


def test_an_equalisation_reserve(paper: Case) -> None:
    """A uses 180,000: 20,000 left, 5 % of B0 = 10,000 is kept, half of the other 10,000 goes back.

    Then 216,000: 24,000 more, 5 % of 240,000 = 12,000 is kept, half of 22,000 goes back. In the third year B0 I is
    264,000 and A uses 2,550 x 80 x 1.32 = 269,280: 5,280 out of the reserve, and half of the 6,720 left goes back. B uses
    what is expected.
    """
    case = with_clauses(paper, "taakgericht", ROWS["reserve"])
    use: dict[str, Amounts] = {"units": {A: [2250, 2250, 2550], B: [7500] * 3}}
    paid = _paid(case, "taakgericht", written(case, 3, use, ova=[0.1] * 3, ppc=[0.1] * 3))
    assert paid[A] == pytest.approx([195_000, 229_000, 260_640])
    assert paid[B] == pytest.approx([600_000, 720_000, 792_000])


def test_performance(paper: Case) -> None:
    """6 of 10 with result on a target of 0.8: three quarters of the tenth at stake, 0.975 x 200,000; then 8 of 8: all."""
    case = with_clauses(paper, "taakgericht", ROWS["performance"])
    use = _used(case, starts_by_profile={A: (10, 8)}, successes_by_profile={A: (6, 8)})
    paid = _paid(case, "taakgericht", use)
    assert paid[A] == pytest.approx([195_000, 240_000])
    assert paid[B] == pytest.approx([600_000, 720_000])


def test_a_volume_clause(paper: Case) -> None:
    """90 of 75 clients are 0.1 above the band: 1 + 0.5 x 0.1; 60 are 0.1 below it; B's 225 are what was expected."""
    case = with_clauses(paper, "taakgericht", ROWS["volume"])
    paid = _paid(case, "taakgericht", _used(case, clients={A: (90, 60), B: (225, 225)}))
    assert paid[A] == pytest.approx([210_000, 228_000])
    assert paid[B] == pytest.approx([600_000, 720_000])


def test_a_growth_path(paper: Case) -> None:
    """150,000 and 500,000 of 2024, final indices of 2025 12 % and 2 % at weights 0.9 and 0.1: x 1.11 = 166,500 and
    555,000, and nothing grows. The first year 0.6 of that, the second 0.6 x 2 / 3 at the prices of then."""
    indices = tuple(
        row.model_copy(update={"ova_final": 0.12, "ppc_final": 0.02} if row.year == 2025 else {})
        for row in paper.indices
    )
    case = with_clauses(replace(paper, indices=indices), "taakgericht", ROWS["growth"])
    case = with_contract(case, A, revenue=150_000.0, revenue_year=2024)
    case = with_contract(case, B, revenue=500_000.0, revenue_year=2024)
    paid = _paid(case, "taakgericht", _used(case))
    assert paid[A] == pytest.approx([0.4 * 200_000 + 99_900, 0.6 * 240_000 + 0.4 * 166_500 * 1.2])
    assert paid[B] == pytest.approx([0.4 * 600_000 + 333_000, 0.6 * 720_000 + 0.4 * 555_000 * 1.2])


def test_crisis_care_outside_the_corridor(paper: Case) -> None:
    """Half of 500 crisis units at 80 euro, then of 250 at 1.2 times that; the deviation that a quota share sees is
    smaller by as much: A 40,000 - 20,000 above, then 24,000 below and 12,000 more."""
    case = with_clauses(paper, "taakgericht", ROWS["crisis"], ROWS["quota"])
    check_case(case)
    paid = _paid(case, "taakgericht", _used(case, crisis_units={A: (500, 250)}))
    assert paid[A] == pytest.approx([200_000 + 20_000 + 0.2 * 20_000, 240_000 + 12_000 - 0.2 * 36_000])
    assert paid[B] == pytest.approx([614_400, 737_280])


def test_a_blended_payment(paper: Case) -> None:
    """0.75 x 200,000 + 0.25 x 240,000, then 0.75 x 240,000 + 0.25 x 216,000; B 0.75 x 600,000 + 0.25 x 672,000 and
    0.75 x 720,000 + 0.25 x 806,400."""
    case = with_clauses(paper, "taakgericht", ROWS["blended"])
    check_case(case)
    paid = _paid(case, "taakgericht", _used(case))
    assert paid[A] == pytest.approx([210_000, 234_000])
    assert paid[B] == pytest.approx([618_000, 741_600])


def test_a_corridor_sees_the_part_that_is_not_paid_by_quantity(paper: Case) -> None:
    """A quarter per unit leaves 230,000 of A's 240,000: 6,000 free, half of 10,000, 0.8 of 14,000; beside the 210,000. All
    per unit leaves nothing to share: delivered care at the reference tariff."""
    case = with_clauses(with_corridor(paper), "taakgericht", ROWS["blended"])
    assert _paid(case, "taakgericht", _used(case))[A][0] == pytest.approx(210_000 + 5_000 + 11_200)
    whole = with_clauses(with_corridor(paper), "taakgericht", ROWS["blended"] | {"share": 1.0})
    assert _paid(whole, "taakgericht", _used(whole))[A] == pytest.approx([240_000, 216_000])


def test_a_blended_payment_asks_for_a_base_of_quantity(paper: Case) -> None:
    case = with_policy(with_clauses(paper, "taakgericht", ROWS["blended"]), base="audited_cost")
    with pytest.raises(UserError, match="set policy base of this lot to shadow_production"):
        check_case(case)


def test_a_minimum_care_spend(paper: Case) -> None:
    """95 % of 240,000 is 228,000, of which A spent 216,000: half of 12,000 goes back; everybody else spent enough."""
    case = with_clauses(paper, "taakgericht", ROWS["spend"])
    check_case(case)
    paid = _paid(case, "taakgericht", _used(case))
    assert paid[A] == pytest.approx([200_000, 234_000])
    assert paid[B] == pytest.approx([600_000, 720_000])


def test_what_went_back_goes_back_once(paper: Case) -> None:
    """After the corridor, wherever the row stands: of 24,000 below 7,200 are free, of 12,000 half goes back, of 4,800
    0.8: 9,840. With them 216,000 stays 2,160 below 228,000, of which half."""
    quota = {"clause": "quota_share", "share": 0.0}
    for rows in ((ROWS["spend"],), (ROWS["spend"], quota), (quota, ROWS["spend"])):
        case = with_clauses(with_corridor(paper), "taakgericht", *rows)
        assert _paid(case, "taakgericht", _used(case))[A][1] == pytest.approx(240_000 - 9_840 - 1_080)


def test_a_minimum_care_spend_is_settled_and_not_designed_with(paper: Case) -> None:
    """The rows of the decision are those without it, and a note says so; the corridor stays the last of its clauses."""
    plain = with_corridor(paper)
    case = with_clauses(plain, "taakgericht", ROWS["spend"])
    cells = build_cells(case)
    used = _used(case)
    with_it, without = (
        build_contracts(one, cells, reference(one, cells, 2), "taakgericht")[A] for one in (case, plain)
    )
    levels = price_levels(case, with_it.lot, used)
    assert isinstance(with_it, Taakgericht)
    assert [one.kind for one in with_it.after] == ["minimum_care_spend"]
    rows, other = with_it.rows(used, levels), without.rows(used, levels)
    np.testing.assert_array_equal(rows.constant, other.constant)
    np.testing.assert_array_equal(rows.euros, other.euros)
    (note,) = clause_notes(case)
    assert "minimale besteding aan zorg" in note["nl"]
    assert "niet meegewogen in ontwerp" in note["nl"]
    assert "De grenzen van aanbieders (vermogen, rendement) zijn dus gunstiger beoordeeld" in note["nl"]
    assert "judged more favourably" in note["en"]
    assert clause_notes(plain) == ()


@given(
    least=st.floats(0.01, 1),
    share=st.floats(0, 1),
    corridor=st.floats(0, 1),
    leave=st.floats(0, 1),
    second=st.floats(0, 1),
)
def test_what_is_paid_without_care_is_the_least_of_linear_terms(
    least: float, share: float, corridor: float, leave: float, second: float
) -> None:
    """Two clauses after the corridor, against their own calculation one after the other."""
    after = ((least, share), (1.0, second))
    layers = -(1 - leave) * corridor
    returned, left = layers, leave - layers
    for multiple, part in after:
        back = part * max(0.0, multiple - left)
        returned, left = returned - back, left + back
    assert min(fixed + times * layers for fixed, times in _pieces(leave, after)) == pytest.approx(
        returned, abs=1e-12
    )


def test_by_hand_without_care() -> None:
    """Of 1 the corridor gives back half of 0.97; 0.95 less 0.485 is 0.465, of which half: 0.2825 is paid."""
    layers = np.array([0.03, 0.97]) @ np.array([0.0, -0.5])
    paid = [1 + fixed + times * layers for fixed, times in _pieces(0.0, ((0.95, 0.5),))]
    assert min(paid) == pytest.approx(0.2825)


def test_a_cap_on_growth_of_profiles(paper: Case) -> None:
    """Light 0.8 and heavy 1.2 are as many; in the first year A starts 30 and 70: 1.08, so 276,000 x 1.03 / 1.08 = 263,222;
    in the second 50 and 50. B starts nobody. A year of actuals has no profiles and falls back to the amount per client."""
    cells = build_cells(paper)
    own = np.flatnonzero(cells.contract == A)[:1]
    form = cells.care_form_ids[cells.care_form[own[0]]]
    rows = tuple(
        Profile(care_form=form, profile=name, share=0.5, intensity_factor=weight, success_share=1.0, **MARK)
        for name, weight in (("light", 0.8), ("heavy", 1.2))
    )
    case = with_clauses(replace(paper, profiles=rows), "inspanningsgericht", ROWS["mix"])
    check_case(case)
    plain = _used(case, clients={A: (75, 75), B: (225, 225)})
    started = np.zeros((*plain.units.shape, 2))
    started[0, 0, own], started[0, 1, own] = (30, 70), (50, 50)
    paid = _paid(case, "inspanningsgericht", replace(plain, starts_by_profile=started))
    assert paid[A] == pytest.approx([276_000 * 1.03 / 1.08, 248_400])
    assert paid[B] == pytest.approx([638_400, 766_080])
    actual = replace(plain, starts_by_profile=started.sum(axis=3, keepdims=True))
    without = _paid(case, "inspanningsgericht", actual)
    assert without[A] == pytest.approx([206_000, 247_200])
    assert clause_notes(case) == ()


def test_a_case_without_profiles_says_that_the_amount_per_client_is_capped(paper: Case) -> None:
    (note,) = clause_notes(with_clauses(replace(paper, profiles=()), "inspanningsgericht", ROWS["mix"]))
    assert "het bedrag per cliënt" in note["nl"]


def test_a_cap_on_growth_of_case_mix(paper: Case) -> None:
    """A claims 276,000 for 90 clients of 75: 1.03 x 200,000 x 90 / 75 = 247,200; then 248,400 for 60: 1.03 x 240,000 x 60 /
    75 = 197,760. B's 225 clients are what was expected: 1.03 x 600,000 and 1.03 x 720,000."""
    case = with_clauses(replace(paper, profiles=()), "inspanningsgericht", ROWS["mix"])
    check_case(case)
    paid = _paid(case, "inspanningsgericht", _used(case, clients={A: (90, 60), B: (225, 225)}))
    assert paid[A] == pytest.approx([247_200, 197_760])
    assert paid[B] == pytest.approx([618_000, 741_600])


@pytest.mark.parametrize(
    ("form", "row", "told"),
    [
        ("taakgericht", ROWS["spend"] | {"lower": 1.2}, "write 90 % as 0.9"),
        ("inspanningsgericht", ROWS["mix"] | {"upper": 0.9}, "3 % growth is 1.03"),
        ("inspanningsgericht", ROWS["spend"], "minimum_care_spend"),
        ("taakgericht", ROWS["mix"], "case_mix_cap"),
    ],
)
def test_a_clause_on_spending_that_cannot_be_is_told(
    paper: Case, form: PaymentForm, row: dict[str, object], told: str
) -> None:
    with pytest.raises(UserError, match=told):
        check_case(with_clauses(paper, form, row))


def test_every_kind_of_clause_is_here() -> None:
    assert {row["clause"] for row in ROWS.values()} == set(CLAUSES)
    by_themselves = {"reserve", "performance", "volume", "growth", "crisis", "blended", "spend", "mix"}
    assert set(ROWS) == set(LUMP_SUM) | by_themselves
    assert set(TARIFF) <= set(LUMP_SUM)


@pytest.mark.parametrize(
    ("form", "stop_first", "quota_first"),
    [
        # 240,000: the stop-loss pays 20,000 and leaves 220,000, the quota 10,000 and leaves 210,000, the corridor 0.5 x
        # 4,000; the quota pays 20,000 and leaves 220,000, the stop-loss nothing, the corridor 0.5 x 10,000 + 0.8 x 4,000
        ("taakgericht", 232_000, 228_200),
        # 276,000: to 220,000, then 210,000; half of 76,000 to 238,000, then 220,000
        ("inspanningsgericht", 210_000, 220_000),
    ],
)
def test_the_position_is_the_order(paper: Case, form: PaymentForm, stop_first: float, quota_first: float) -> None:
    """A quota of half and a whole stop-loss above 110 %, by position and not by place in the table; the corridor last."""
    stop = {"clause": "stop_loss", "share": 1.0, "lower": 1.1}
    quota = {"clause": "quota_share", "share": 0.5}
    for first, second, expected in ((stop, quota, stop_first), (quota, stop, quota_first)):
        rows = {**second, "position": 7}, {**first, "position": 3}
        case = with_clauses(with_corridor(paper), form, *rows)
        assert _paid(case, form, _used(case))[A][0] == pytest.approx(expected)


def test_a_pool_shares_what_the_clauses_leave(paper: Case) -> None:
    """A quota of half leaves A 20,000 and B 36,000; beyond 5 % 10,000 and 6,000, half is 8,000, of which A carries 2,000."""
    half = {"clause": "quota_share", "share": 0.5}
    case = with_clauses(paper, "taakgericht", ROWS["pool"], half)
    paid = _paid(case, "taakgericht", _used(case))
    assert paid[A][0] == pytest.approx(200_000 + 20_000 + 5_000 - 2_000)
    assert paid[B][0] == pytest.approx(600_000 + 36_000 + 3_000 - 6_000)


def test_a_corridor_on_counted_clients(paper: Case) -> None:
    """90 clients at the norm of 200,000 / 75: 240,000, whatever they used. 40,000 above B0: 6,000 free, half of 10,000, 0.8
    of 24,000. In the second year 90 at 240,000 / 75 = 288,000: 7,200 free, half of 12,000, 0.8 of 28,800. B as expected."""
    case = with_policy(with_corridor(paper), base="clients_times_norm")
    check_case(case)
    paid = _paid(case, "taakgericht", _used(case, {A: (100, 9000)}, clients={A: (90, 90), B: (225, 225)}))
    assert paid[A] == pytest.approx([224_200, 240_000 + 6_000 + 23_040])
    assert paid[B] == pytest.approx([600_000, 720_000])


def test_a_corridor_on_audited_cost(paper: Case) -> None:
    """3,000 x 76 x 1.1 = 250,800: 50,800 above: 6,000 free, half of 10,000, 0.8 of 34,800. Then 2,250 x 76 x 1.21 = 206,910,
    33,090 below 240,000: 7,200 free, half of 12,000 and 0.8 of 13,890 go back."""
    case = with_policy(with_corridor(paper), base="audited_cost")
    paid = _paid(case, "taakgericht", _used(case))
    assert paid[A] == pytest.approx([200_000 + 5_000 + 27_840, 240_000 - 6_000 - 11_112])


def test_a_reference_amount_of_the_user(paper: Case) -> None:
    """300,000 for A: the budget, 330,000 a year later at forecast and 360,000 with the surprise; B and fair price stay."""
    case = with_contract(paper, A, reference_amount=300_000.0)
    terms = reference(case, build_cells(case), 3)
    np.testing.assert_allclose(terms.amount[A], [300_000, 330_000, 363_000])
    np.testing.assert_allclose(terms.fair_price[A], [167_500, 184_250, 202_675])
    paid = _paid(case, "taakgericht", _used(case))
    assert paid[A] == pytest.approx([300_000, 360_000])
    assert paid[B] == pytest.approx([600_000, 720_000])


def test_clauses_are_measured_against_the_reference_amount_of_the_user(paper: Case) -> None:
    """A's 276,000 is 24,000 below 300,000, and 248,400 111,600 below 360,000: a quota of 0.2 pays 4,800 and 22,320.

    In a pool from 105 % to 115 %: A -(24,000 - 15,000), B 38,400 - 30,000; half is -4,500 and 4,200, together -300, of which
    A with 300,000 of 900,000 carries a third, -100. Who is paid more gives: A receives 4,400.
    """
    case = with_contract(paper, A, reference_amount=300_000.0)
    quota, pool = (with_clauses(case, "inspanningsgericht", ROWS[name]) for name in ("quota", "pool"))
    assert _paid(quota, "inspanningsgericht", _used(quota))[A] == pytest.approx([280_800, 270_720])
    paid = _paid(pool, "inspanningsgericht", _used(pool))
    assert paid[A][0] == pytest.approx(276_000 + 4_400)
    assert paid[B][0] == pytest.approx(638_400 - 4_400)


def test_the_norm_follows_the_reference_amount_of_the_user(paper: Case) -> None:
    """90 clients at 300,000 / 75 are 360,000 on 300,000: 9,000 free, half of 15,000, 0.8 of 36,000."""
    case = with_policy(with_corridor(paper), base="clients_times_norm")
    case = with_contract(case, A, reference_amount=300_000.0)
    paid = _paid(case, "taakgericht", _used(case, clients={A: (90, 75), B: (225, 225)}))
    assert paid[A] == pytest.approx([300_000 + 7_500 + 28_800, 360_000])


def test_own_staff_empty_hours_and_agency(paper: Case) -> None:
    """A plans 2,500 x 76 / 12 euro of care a month and follows half of a difference in a month (two months to adjust).

    A month at 0.4 of the plan leaves 0.6 empty, half of it paid, and own staff at 0.7, where it stays busy. A year later a
    month at 1.1 lets agencies do 0.4 at a premium of 0.3, and own staff goes to 0.9. Cost is 1.1 and 1.21 times that at the
    forecast of the first year. Under every form; B follows at once.
    """
    case = with_provider(paper, "aanbieder-2", fixed_share=0.5, adjustment_months=2.0, agency_premium=0.3)
    plan = 2500 / 12
    months = [0.4, *[0.7] * 11, 1.1, *[0.9] * 11]
    units = {A: (8.1 * plan, 11.0 * plan), B: (7500, 7500)}
    use = _used(case, units, units_month={A: [plan * part for part in months], B: [625.0] * 24})
    expected = [
        (8.1 + 0.5 * 0.6) * plan * 76 * 1.1,
        (11.0 + 0.3 * 0.4) * plan * 76 * 1.21,
    ]
    for form in ("inspanningsgericht", "taakgericht"):
        cost = settled(case, form, use).cost
        assert cost[0, :, A].tolist() == pytest.approx(expected)
        assert cost[0, :, B].tolist() == pytest.approx([7500 * 64 * 1.1, 7500 * 64 * 1.21])


INDICES = {"ova": (0.03, 0.04, 0.05, 0.02), "ppc": (0.01, 0.02, 0.03, 0.04)}
FINAL = {"ova": (0.04, 0.06, 0.02, 0.07), "ppc": (0.01, 0.05, 0.03, 0.00)}


@pytest.mark.parametrize(
    ("method", "tariffs"),
    [
        # forecast of the year, plus 0.8 x OVA's surprise and 0.2 x PPC's of the year before
        ("additive", (0.036 + 0.8 * 0.01, 0.046 + 0.8 * 0.02 + 0.2 * 0.03, 0.024 - 0.8 * 0.03)),
        (
            "multiplicative",
            (
                0.036 + 0.8 * (1.04 / 1.03 - 1),
                0.046 + 0.8 * (1.06 / 1.04 - 1) + 0.2 * (1.05 / 1.02 - 1),
                0.024 + 0.8 * (1.02 / 1.05 - 1),
            ),
        ),
    ],
)
def test_surprises_of_later_years(paper: Case, method: str, tariffs: tuple[float, ...]) -> None:
    """Final above forecast in every year: in the tariff and the budget from the next year on, in cost at once.

    Weights of the lot 0.8 and 0.2, so forecast indices 2.6 %, 3.6 %, 4.6 % and 2.4 %; realised 3.4 %, 5.8 %, 2.2 % and
    5.6 %. The last surprise is in cost alone. A uses what is expected.
    """
    indices = tuple(
        row.model_copy(update={f"{name}_forecast": INDICES[name][t] for name in INDICES} if t >= 0 else {})
        for row in paper.indices
        for t in (row.year - 2026,)
    )
    case = with_policy(replace(paper, indices=indices), weight_ova="0.8", weight_ppc="0.2", indexation=method)
    check_case(case)
    use: dict[str, Amounts] = {"units": {A: [2500] * 4}, "units_claimable": {A: [2500] * 4}}
    care_use = written(case, 4, use, ova=FINAL["ova"], ppc=FINAL["ppc"])
    price = np.cumprod([1.0, *(1 + i for i in tariffs)])
    cost = np.cumprod([1.034 / 1.026, 1.058, 1.022, 1.056])
    claimed = settled(case, "inspanningsgericht", care_use)
    np.testing.assert_allclose(claimed.payment[0, :, A], 2500 * 92 * price, atol=0.01)
    np.testing.assert_allclose(claimed.cost[0, :, A], 2500 * 76 * cost)
    lump = settled(case, "taakgericht", care_use)
    np.testing.assert_allclose(lump.payment[0, :, A], 200_000 * price, atol=0.01)
    np.testing.assert_allclose(lump.cost[0, :, A], 2500 * 76 * cost)


def test_an_unknown_clause_is_an_error(paper: Case) -> None:
    """Never left out: whoever adds a kind adds its terms."""
    columns: dict[str, Any] = {
        "lot": "wmo",
        "payment_form": "taakgericht",
        "position": 1,
        "clause": "lottery",
        **MARK,
    }
    case = replace(paper, clauses=(ContractClause.model_construct(share=0.5, **columns),))
    with pytest.raises(KeyError, match="no clause is called lottery"):
        built(case, "taakgericht", 2)
    built(case, "inspanningsgericht", 2)


def test_an_unknown_payment_form_is_an_error(paper: Case) -> None:
    """Never settled as a lump sum."""
    cells = build_cells(paper)
    with pytest.raises(UserError, match="form abonnement: give one of inspanningsgericht"):
        build_contracts(paper, cells, reference(paper, cells, 2), "abonnement")


def test_the_forecast_is_that_of_the_paper(paper: Case) -> None:
    """Without a surprise the budget is B0."""
    care_use = written(paper, 2, {"units": USE, "units_claimable": USE})
    assert care_use.ova_final.tolist() == [list(FORECAST[:2])]
    assert _paid(paper, "taakgericht", care_use)[A] == pytest.approx([200_000, 220_000])
