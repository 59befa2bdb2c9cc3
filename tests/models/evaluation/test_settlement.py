"""Who receives what: shared ceilings, main contractors, cash."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from by_hand import (
    YEAR,
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
    written,
)

from bekostiging.case import Case
from bekostiging.contracts import (
    Taakgericht,
    TariffContract,
    build_contracts,
    ceiling_pools,
    reference,
    settle,
    with_design,
)
from bekostiging.evaluation.block_settlement import DesignWork
from bekostiging.evaluation.design import lump_sums
from bekostiging.evaluation.samples import Samples
from bekostiging.evaluation.settlement import by_provider, levels_by_lot, settle_all, settle_contracts
from bekostiging.scenarios import draw_block, plan


def _contracts_changed(case: Case, changes: dict[int, dict[str, object]]) -> Case:
    rows = tuple(row.model_copy(update=changes.get(i, {})) for i, row in enumerate(case.contracts))
    return replace(case, contracts=rows)


def test_a_shared_ceiling_pays_up_to_the_sum(small_case: Case) -> None:
    """Two contracts of one lot: unused room of one pays for the other; crisis always; nothing above the ceiling."""
    lot = small_case.lots[0].id
    pair = [i for i, row in enumerate(small_case.contracts) if row.lot == lot][:2]
    planned = plan(small_case, 32, 2, 2, "out_of_sample")
    care_use = draw_block(planned, 0).care_use()
    terms = reference(small_case, planned.cells, 2)
    plain = build_contracts(small_case, planned.cells, terms, "inspanningsgericht", ceilings=False)
    levels = levels_by_lot(small_case, care_use)
    claims = [settle(plain[c], care_use, levels[lot]).payment for c in pair]
    claimed = np.sum(claims, axis=0)
    ceiling = float(claimed.mean() / levels[lot].price.mean())
    shared = {
        c: {"ceiling": ceiling * part, "ceiling_pool": "samen"} for c, part in zip(pair, (0.1, 0.9), strict=True)
    }
    case = _contracts_changed(small_case, shared)
    (pool,) = ceiling_pools(case)
    assert pool.contracts == tuple(pair)
    built = build_contracts(case, planned.cells, terms, "inspanningsgericht")
    settled = settle_contracts(case, built, care_use, levels)
    paid = np.sum([settled[c].payment for c in pair], axis=0)
    tariffs = [one for one in (built[c] for c in pair) if isinstance(one, TariffContract)]
    urgent = np.sum([one.claim(care_use, levels[lot]).urgent for one in tariffs], axis=0)
    np.testing.assert_allclose(
        paid, np.minimum(claimed, np.maximum(ceiling * levels[lot].price, urgent)), rtol=1e-9
    )
    assert (paid < claimed * (1 - 1e-9)).any()
    for c, claim in zip(pair, claims, strict=True):
        np.testing.assert_allclose(settled[c].payment + settled[c].unpaid, claim, rtol=1e-9)


def test_a_consultation_lifts_what_is_shared(small_case: Case) -> None:
    """1,000 and 3,000 together, a tenth more after the signal."""
    case = with_contract(case_on_paper(small_case), A, ceiling=1000.0, ceiling_pool="samen")
    case = with_contract(case, B, ceiling=3000.0, ceiling_pool="samen")
    (pool,) = ceiling_pools(with_policy(case, "case", ceiling_lift="0.1"))
    assert (pool.name, pool.contracts, pool.ceiling) == ("samen", (A, B), pytest.approx(4400))


def test_a_pool_of_one_contract_is_its_ceiling(small_case: Case) -> None:
    """3,000 hours at 92 claim 276,000, of which a ceiling of 250,000 pays that."""
    case = with_contract(case_on_paper(small_case), A, ceiling=250_000.0, ceiling_pool="alleen")
    use: dict[str, Amounts] = {"units": {A: [3000]}, "units_claimable": {A: [3000]}}
    samples = settled(case, "inspanningsgericht", written(case, 1, use))
    assert samples.payment[0, 0, A] == pytest.approx(250_000)
    assert samples.unpaid[0, 0, A] == pytest.approx(26_000)


def test_the_design_sees_only_what_ceilings_refuse(small_case: Case) -> None:
    """Hours beyond budgets are no claims: without ceilings nothing is cut from a maatwerktraject, but part is unpaid."""
    planned = plan(small_case, 32, 2, 2, "out_of_sample")
    care_use = draw_block(planned, 0).care_use()
    terms = reference(small_case, planned.cells, 2)
    built, lump = (
        build_contracts(small_case, planned.cells, terms, form, ceilings=False)
        for form in ("maatwerktraject", "taakgericht")
    )
    work = DesignWork(small_case, planned.cells, lump_sums(lump), {"maatwerktraject": built})
    np.testing.assert_allclose(work.series(care_use).cut["maatwerktraject"], 0.0, atol=1e-6)
    assert (
        work(draw_block(planned, 0)).items == work.series(care_use).items
    )  # nothing is measured beforehand unless asked
    samples = settle_all(small_case, planned.cells, built, care_use, levels_by_lot(small_case, care_use))
    assert (samples.beyond_budget > 0).all()
    np.testing.assert_allclose(samples.unpaid, samples.beyond_budget, rtol=1e-9)


def test_a_main_contractor_passes_on_a_part(small_case: Case) -> None:
    """80 % of the work, nothing of the corridor: the sub receives that, the main contractor keeps the rest."""
    lot = small_case.lots[0].id
    sub, main = [i for i, row in enumerate(small_case.contracts) if row.lot == lot][:2]
    name = small_case.contracts[main].provider
    case = _contracts_changed(
        small_case, {sub: {"main_contractor": name, "passed_tariff_share": 0.8, "passed_corridor_share": 0.0}}
    )
    planned = plan(case, 32, 2, 2, "out_of_sample")
    care_use = draw_block(planned, 0).care_use()
    built = build_contracts(case, planned.cells, reference(case, planned.cells, 2), "inspanningsgericht")
    samples = settle_all(case, planned.cells, built, care_use, levels_by_lot(case, care_use))
    np.testing.assert_allclose(samples.received[:, :, sub], 0.8 * samples.payment[:, :, sub])
    revenue = by_provider(case, samples.payment, samples.received)
    np.testing.assert_allclose(revenue.sum(axis=2), samples.payment.sum(axis=2))
    place = [row.id for row in case.providers].index(name)
    own = [c for c, row in enumerate(case.contracts) if row.provider == name]
    kept = samples.payment[:, :, sub] - samples.received[:, :, sub]
    np.testing.assert_allclose(revenue[:, :, place], samples.payment[:, :, own].sum(axis=2) + kept)


def test_cash_is_deeper_when_claims_are_paid_later(small_case: Case) -> None:
    """In weeks of cost, starting from none; paid in the month of care a provider with a margin stays near zero."""
    from bekostiging.case.tables import Policy

    mark = {"source": "test", "status": "illustrative"}
    late = replace(
        small_case, policy=(*small_case.policy, Policy(name="claim_delay_months", scope="case", value="3", **mark))
    )
    weeks = []
    for case in (small_case, late):
        planned = plan(case, 32, 2, 2, "out_of_sample")
        care_use = draw_block(planned, 0).care_use()
        built = build_contracts(
            case, planned.cells, reference(case, planned.cells, 2), "inspanningsgericht", ceilings=False
        )
        weeks.append(
            settle_all(case, planned.cells, built, care_use, levels_by_lot(case, care_use)).lowest_cash_weeks
        )
    assert (weeks[0] <= 0).all()
    # three months of cost are 13 weeks of it, a little more or less as months differ
    assert -20 < weeks[1].mean() < -10
    assert (weeks[1] < weeks[0]).all()


SURPRISE = (0.1, 0.1)
PASSED: dict[str, object] = {
    "main_contractor": "aanbieder-5",
    "passed_tariff_share": 0.9,
    "passed_corridor_share": 0.5,
}


def _weeks(case: Case, samples: Samples, provider: str) -> float:
    """Lowest cash of a provider in weeks of its cost."""
    return float(samples.lowest_cash_weeks[0, [row.id for row in case.providers].index(provider)])


@pytest.fixture(scope="module")
def paper(small_case: Case) -> Case:
    """Every figure below can be worked out from tests/by_hand.py."""
    return case_on_paper(small_case)


def test_disputed_claims_paid_late_by_hand(paper: Case) -> None:
    """Arrangements of 3,000 hours at 92: 276,000, of which a quarter is disputed and a twentieth, 13,800, never paid.

    Claims follow the care, 200 hours a month and then 300, two months late; the disputed fifth that is paid comes a year
    later still. Cost 76 an hour. At the end of December 3,000 x 76 = 228,000 is spent and 0.75 x 92 x (6 x 200 + 4 x 300) =
    165,600 received; that is the lowest, as cost stops and every month brings money. In weeks of 228,000 a year.
    """
    case = with_policy(paper, disputed_share="0.25", disputed_lost="0.2")
    case = with_policy(case, "case", claim_delay_months="2")
    months = [200] * 6 + [300] * 6
    use = written(
        case, 1, {name: {A: [3000]} for name in ("units", "arrangement_units")} | {"units_month": {A: months}}
    )
    samples = settled(case, "outputgericht", use)
    assert samples.payment[0, 0, A] == pytest.approx(276_000 - 13_800)
    assert samples.unpaid[0, 0, A] == pytest.approx(13_800)
    assert _weeks(case, samples, "aanbieder-2") == pytest.approx(-(228_000 - 165_600) / 228_000 * YEAR)


def test_cash_is_counted_in_weeks_however_little_the_care_costs(paper: Case) -> None:
    """Claims two months late at a cost of 30 cents a year: two months short of it. Who delivers nothing is never short."""
    offers = tuple(
        row.model_copy(update={"unit_cost": 1e-4} if row.provider == "aanbieder-2" else {}) for row in paper.offers
    )
    case = with_policy(replace(paper, offers=offers), "case", claim_delay_months="2")
    use = written(case, 1, {"units": {A: [3000]}, "units_claimable": {A: [3000]}, "units_month": {A: [250] * 12}})
    samples = settled(case, "inspanningsgericht", use)
    assert samples.cost[0, 0, A] == pytest.approx(0.3)
    assert _weeks(case, samples, "aanbieder-2") == pytest.approx(-2 / 12 * YEAR)
    assert _weeks(case, samples, "aanbieder-5") == 0


@pytest.mark.parametrize(("delay", "months"), [("3", 2), ("6", 5)])
def test_advances_of_a_tariff_by_hand(paper: Case, delay: str, months: int) -> None:
    """Advances are twelfths of B0 I, 200,000 and then 240,000; due are 276,000 and 331,200.

    Every month of the first year costs 3,000 x 76 x 1.1 / 12 = 20,900, of the second 3,000 x 76 x 1.21 / 12 = 22,990. So
    50,800 short in December and 2,990 more every month, until the missing 76,000 comes with the settlement, in the month of
    ``delay``.
    """
    case = with_contract(with_policy(paper, "case", settlement_delay_months=delay), A, payment_calendar="advance")
    use: dict[str, Amounts] = {
        "units": {A: [3000, 3000]},
        "units_claimable": {A: [3000, 3000]},
        "units_month": {A: [250] * 24},
    }
    samples = settled(case, "inspanningsgericht", written(case, 2, use, ova=SURPRISE, ppc=SURPRISE))
    assert samples.payment[0, :, A].tolist() == pytest.approx([276_000, 331_200])
    yearly = (250_800 + 275_880) / 2
    assert _weeks(case, samples, "aanbieder-2") == pytest.approx(-(50_800 + months * 2_990) / yearly * YEAR)


def test_advances_of_a_lump_sum_are_twelfths_of_what_was_decided(paper: Case) -> None:
    """A decided 212,000 where B0 is 200,000, nothing shared: 16,000 short of 228,000 in December, not 28,000."""
    case = with_contract(paper, A, payment_calendar="advance")
    use = written(case, 1, {"units": {A: [3000]}, "units_month": {A: [250] * 12}})
    cells, contracts = built(case, "taakgericht", 1)
    lump = contracts[A]
    assert isinstance(lump, Taakgericht)
    decided = with_design(lump, np.array([212_000.0]), np.zeros(lump.corridor.n_layers))
    changed = (*contracts[:A], decided, *contracts[A + 1 :])
    samples = settle_all(case, cells, changed, use, levels_by_lot(case, use))
    assert samples.payment[0, 0, A] == pytest.approx(212_000)
    assert _weeks(case, samples, "aanbieder-2") == pytest.approx(-16_000 / 228_000 * YEAR)


def test_a_main_contractor_with_a_corridor_by_hand(paper: Case) -> None:
    """A, subcontractor of B: 0.9 of the budget and 0.5 of the corridor, gain or loss.

    First year 40,000 above 200,000: half of 10,000 and 0.8 of 24,000, 24,200; A receives 180,000 + 12,100. Second year
    24,000 below 240,000: half of 12,000 and 0.8 of 4,800 go back, 9,840; A receives 216,000 - 4,920. B keeps 20,000 +
    12,100 and 24,000 - 4,920.
    """
    case = with_contract(with_corridor(paper), A, **PASSED)
    use: dict[str, Amounts] = {"units": {A: [3000, 2250], B: [7500, 7500]}}
    samples = settled(case, "taakgericht", written(case, 2, use, ova=SURPRISE, ppc=SURPRISE))
    assert samples.payment[0, :, A].tolist() == pytest.approx([224_200, 230_160])
    assert samples.received[0, :, A].tolist() == pytest.approx([192_100, 211_080])
    revenue = by_provider(case, samples.payment, samples.received)
    place = [row.id for row in case.providers].index("aanbieder-5")
    assert revenue[0, :, place].tolist() == pytest.approx([600_000 + 32_100, 720_000 + 19_080])


def test_a_pool_of_providers_is_passed_on_as_the_clauses_are(paper: Case) -> None:
    """Beyond 5 % A has 30,000 and B 42,000 too much; half of it 36,000, of which A carries 9,000 and receives 6,000. Half of
    those 6,000 is passed on, and 0.9 of the budget of 200,000."""
    pool = {"clause": "provider_pool", "share": 0.5, "lower": 1.05}
    case = with_clauses(with_contract(paper, A, **PASSED), "taakgericht", pool)
    samples = settled(case, "taakgericht", written(case, 1, {"units": {A: [3000], B: [8400]}}))
    assert samples.payment[0, 0, A] == pytest.approx(206_000)
    assert samples.received[0, 0, A] == pytest.approx(180_000 + 3_000)


def test_a_clause_under_a_tariff_is_passed_on_as_a_corridor_is(paper: Case) -> None:
    """A claims 276,000; a quota of 0.2 of the 76,000 above B0 takes 15,200: 0.9 x 276,000 less half of it."""
    quota = {"clause": "quota_share", "share": 0.2}
    case = with_clauses(with_contract(paper, A, **PASSED), "inspanningsgericht", quota)
    use: dict[str, Amounts] = {"units": {A: [3000]}, "units_claimable": {A: [3000]}}
    samples = settled(case, "inspanningsgericht", written(case, 1, use))
    assert samples.payment[0, 0, A] == pytest.approx(260_800)
    assert samples.received[0, 0, A] == pytest.approx(248_400 - 7_600)


def test_cash_of_a_subcontractor_and_its_main_contractor_by_hand(paper: Case) -> None:
    """Each year's own part of what is paid reaches each of them, with what is paid.

    A, claims in the month of care: the first year 192,100 of cost 3,000 x 76 x 1.1 = 250,800, 58,700 short; the second
    211,080 of 2,250 x 76 x 1.21 = 206,910, so December of the first is the lowest. B, its own unit cost 90: budget 600,000
    and 32,100 of A's, cost 7,500 x 90 x 1.1 = 742,500; then 720,000 and 19,080, cost 7,500 x 90 x 1.21 = 816,750; short
    110,400 and 188,070.
    """
    offers = tuple(
        row.model_copy(update={"unit_cost": 90.0} if row.provider == "aanbieder-5" else {}) for row in paper.offers
    )
    case = with_contract(with_corridor(replace(paper, offers=offers)), A, **PASSED)
    months: Amounts = {A: [250] * 12 + [187.5] * 12, B: [625] * 24}
    use: dict[str, Amounts] = {"units": {A: [3000, 2250], B: [7500, 7500]}, "units_month": months}
    samples = settled(case, "taakgericht", written(case, 2, use, ova=SURPRISE, ppc=SURPRISE))
    cost = (250_800 + 206_910) / 2, (742_500 + 816_750) / 2
    assert _weeks(case, samples, "aanbieder-2") == pytest.approx(-58_700 / cost[0] * YEAR)
    assert _weeks(case, samples, "aanbieder-5") == pytest.approx(-188_070 / cost[1] * YEAR)


def test_advances_reach_a_subcontractor_by_its_part_of_the_budget(paper: Case) -> None:
    """0.9 of advances of 200,000, and half of the corridor's 24,200 with the settlement a year later: A is 48,000 short in
    December of 228,000; B, on claims, keeps 20,000 and, too late to count, 12,100: 620,000 of cost 7,500 x 90 = 675,000."""
    offers = tuple(
        row.model_copy(update={"unit_cost": 90.0} if row.provider == "aanbieder-5" else {}) for row in paper.offers
    )
    case = with_contract(with_corridor(replace(paper, offers=offers)), A, payment_calendar="advance", **PASSED)
    use: dict[str, Amounts] = {"units": {A: [3000], B: [7500]}, "units_month": {A: [250] * 12, B: [625] * 12}}
    samples = settled(case, "taakgericht", written(case, 1, use))
    assert _weeks(case, samples, "aanbieder-2") == pytest.approx(-48_000 / 228_000 * YEAR)
    assert _weeks(case, samples, "aanbieder-5") == pytest.approx(-55_000 / 675_000 * YEAR)
