"""Who receives what: shared ceilings, main contractors, cash."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bekostiging.case import Case
from bekostiging.contracts import build_contracts, ceiling_pools, reference, settle
from bekostiging.scenarios import draw_block, plan
from bekostiging.stress.design import lump_sums
from bekostiging.stress.settle_block import DesignWork
from bekostiging.stress.settlement import by_provider, levels_by_lot, settle_all, settle_contracts


def _contracts_changed(case: Case, changes: dict[int, dict[str, object]]) -> Case:
    rows = tuple(row.model_copy(update=changes.get(i, {})) for i, row in enumerate(case.contracts))
    return replace(case, contracts=rows)


def test_a_shared_ceiling_pays_up_to_the_sum(small_case: Case) -> None:
    """Two contracts of one lot: unused room of one pays for the other; crisis always; nothing above the ceiling."""
    lot = small_case.lots[0].id
    pair = [i for i, row in enumerate(small_case.contracts) if row.lot == lot][:2]
    made = plan(small_case, 32, 2, 2, "fresh")
    care_use = draw_block(made, 0).care_use()
    terms = reference(small_case, made.cells, 2)
    plain = build_contracts(small_case, made.cells, terms, "inspanningsgericht", ceilings=False)
    levels = levels_by_lot(small_case, care_use)
    claims = [settle(plain[c], care_use, levels[lot]).payment for c in pair]
    ceiling = float(sum(claims).mean() / levels[lot].price.mean())
    shared = {
        c: {"ceiling": ceiling * part, "ceiling_pool": "samen"} for c, part in zip(pair, (0.1, 0.9), strict=True)
    }
    case = _contracts_changed(small_case, shared)
    (pool,) = ceiling_pools(case)
    assert pool.contracts == tuple(pair)
    built = build_contracts(case, made.cells, terms, "inspanningsgericht")
    settled = settle_contracts(case, built, care_use, levels)
    paid = sum(settled[c].payment for c in pair)
    claimed = sum(claims)
    urgent = sum(built[c].claim(care_use, levels[lot]).urgent for c in pair)
    np.testing.assert_allclose(
        paid, np.minimum(claimed, np.maximum(ceiling * levels[lot].price, urgent)), rtol=1e-9
    )
    assert (paid < claimed * (1 - 1e-9)).any()
    for c, claim in zip(pair, claims, strict=True):
        np.testing.assert_allclose(settled[c].payment + settled[c].unpaid, claim, rtol=1e-9)


def test_the_design_sees_only_what_ceilings_refuse(small_case: Case) -> None:
    """Hours beyond budgets are no claims: without ceilings nothing is cut from a maatwerktraject, but part is unpaid."""
    made = plan(small_case, 32, 2, 2, "fresh")
    care_use = draw_block(made, 0).care_use()
    terms = reference(small_case, made.cells, 2)
    built, lump = (
        build_contracts(small_case, made.cells, terms, form, ceilings=False)
        for form in ("maatwerktraject", "taakgericht")
    )
    work = DesignWork(small_case, made.cells, lump_sums(lump), {"maatwerktraject": built})
    np.testing.assert_allclose(work.series(care_use).cut["maatwerktraject"], 0.0, atol=1e-6)
    samples = settle_all(small_case, made.cells, built, care_use, levels_by_lot(small_case, care_use))
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
    made = plan(case, 32, 2, 2, "fresh")
    care_use = draw_block(made, 0).care_use()
    built = build_contracts(case, made.cells, reference(case, made.cells, 2), "inspanningsgericht")
    samples = settle_all(case, made.cells, built, care_use, levels_by_lot(case, care_use))
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
        made = plan(case, 32, 2, 2, "fresh")
        care_use = draw_block(made, 0).care_use()
        built = build_contracts(
            case, made.cells, reference(case, made.cells, 2), "inspanningsgericht", ceilings=False
        )
        weeks.append(
            settle_all(case, made.cells, built, care_use, levels_by_lot(case, care_use)).lowest_cash_weeks
        )
    assert (weeks[0] <= 0).all()
    # three months of cost are 13 weeks of it, a little more or less as months differ
    assert -20 < weeks[1].mean() < -10
    assert (weeks[1] < weeks[0]).all()
