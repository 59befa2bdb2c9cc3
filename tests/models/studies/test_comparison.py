"""The whole line on a small case: what must hold between the parts, whatever the numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import DESIGN

from bekostiging.case import Case, UserError
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import Taakgericht, build_contracts, with_design
from bekostiging.evaluation import CORNERS, Comparison
from bekostiging.evaluation.figures import REFUSED, SPENDING, WAITING_CLIENTS
from bekostiging.report.comparison.results import comparison_results
from bekostiging.report.kit.json_text import json_text
from bekostiging.studies import compare


def test_every_form_in_both_corners(outcome: Comparison) -> None:
    assert tuple(outcome.forms) == tuple(PAYMENT_FORMS)
    for result in outcome.forms.values():
        assert set(result.samples) == set(CORNERS)
        for samples in result.samples.values():
            total = samples.served + samples.waiting + samples.refused
            np.testing.assert_allclose(total, samples.starts, atol=1e-9)
            assert samples.payment.shape == (outcome.n_scenarios, outcome.n_years, len(outcome.case.contracts))


def test_money_is_conserved_to_the_cent_in_both_corners(outcome: Comparison) -> None:
    for result in outcome.forms.values():
        for samples in result.samples.values():
            received = np.rint(100 * samples.payment).astype(np.int64).sum(axis=2)
            paid = np.rint(100 * samples.municipal).astype(np.int64).sum(axis=2)
            np.testing.assert_array_equal(paid, received)


def test_absorbing_leaves_nobody_waiting(outcome: Comparison) -> None:
    for result in outcome.forms.values():
        assert result.corner_totals["absorb"][WAITING_CLIENTS].value == 0
        assert result.corner_totals["absorb"][REFUSED].value == 0
    assert outcome.forms["taakgericht"].corner_totals["wait"][WAITING_CLIENTS].value > 0


def test_waiting_costs_the_provider_less(outcome: Comparison) -> None:
    """Deferring what is not paid for cannot make the cost of providers higher."""
    for result in outcome.forms.values():
        absorbed, waited = result.samples["absorb"].cost.sum(), result.samples["wait"].cost.sum()
        assert waited <= absorbed * (1 + 1e-9)


def test_prices_are_at_parity(outcome: Comparison) -> None:
    """Before ceiling and loading every form expects to pay the same, within four standard errors."""
    for result in outcome.forms.values():
        gap = result.parity_gap
        assert abs(gap.value) <= 4 * gap.standard_error + 1e-12


def test_the_designed_contract_is_what_is_settled(outcome: Comparison) -> None:
    """Payments of the sample, from the design's own formula on the fresh data; what judges the lump sum comes on top."""
    out_of_sample, design = outcome.lumpsum.out_of_sample, outcome.lumpsum.design
    paid, n = outcome.forms["taakgericht"].samples["absorb"].payment, outcome.n_scenarios
    assert out_of_sample.n_scenarios == DESIGN > n
    # audited cost would be settled at the provider's own cost, the formula at the lot's
    assert all(outcome.case.policy.base(lot.id) == "shadow_production" for lot in outcome.case.lots)
    for c in range(len(out_of_sample.contracts)):
        lot = out_of_sample.lots[out_of_sample.lot[c]]
        signed = lot.corridor.sign * design.share[out_of_sample.lot[c]]
        formula = design.budget[c] * out_of_sample.index[:n, c] + out_of_sample.amounts[c][:n] @ signed
        np.testing.assert_allclose(paid[:, :, c], formula, rtol=0, atol=0.0051)


@pytest.fixture(scope="module")
def short(small_case: Case) -> Comparison:
    """Two years of it, to be made again in other ways."""
    return compare(small_case, n_scenarios=32, design_scenarios=DESIGN, n_years=2)


@pytest.mark.slow
def test_workers_give_the_same_bytes(small_case: Case, short: Comparison) -> None:
    again = compare(small_case, n_scenarios=32, design_scenarios=DESIGN, n_years=2, workers=2)
    assert json_text(comparison_results(again)) == json_text(comparison_results(short))


@pytest.mark.slow
def test_seeds_give_other_numbers(small_case: Case, short: Comparison) -> None:
    other = compare(small_case, n_scenarios=32, design_scenarios=DESIGN, n_years=2, seed=2)
    assert json_text(comparison_results(other)) != json_text(comparison_results(short))


def test_years_cut_the_term(small_case: Case, short: Comparison) -> None:
    assert short.years == (small_case.first_year, small_case.first_year + 1)


@pytest.fixture(scope="module")
def poor(small_case: Case) -> Comparison:
    """A begroting of which half is missing."""
    begroting = tuple(
        row.model_copy(update={"amount": row.outside_contracts + 0.5 * (row.amount - row.outside_contracts)})
        for row in small_case.begroting
    )
    return compare(replace(small_case, begroting=begroting), n_scenarios=32, design_scenarios=DESIGN)


def test_a_begroting_too_small_is_a_result(poor: Comparison) -> None:
    design = poor.lumpsum.design
    assert not design.feasible
    short = [conflict for conflict in design.conflicts if conflict.euro > 0]
    assert short
    assert all(conflict.limit.kind == "begroting" for conflict in short)
    assert poor.lumpsum.outcome == "none"
    assert (poor.lumpsum.headline.checks, poor.lumpsum.headline.expected, poor.lumpsum.free) == ((), None, None)
    assert poor.forms["taakgericht"].corner_totals["absorb"][SPENDING].value > 0


@pytest.mark.slow
def test_the_missing_euros_are_what_is_missing(poor: Comparison) -> None:
    """Adding the conflicts to the begroting (and its reserve) makes a design feasible again."""
    needed = {}
    for conflict in poor.lumpsum.design.conflicts:
        if conflict.euro > 0:
            place = conflict.limit.keys
            needed[place] = max(needed.get(place, 0.0), conflict.euro)
    rows = []
    seen = set()
    for row in poor.case.begroting:
        place = (row.municipality, str(row.year))
        extra = 0.0 if place in seen else needed.get(place, 0.0)
        seen.add(place)
        rows.append(row.model_copy(update={"amount": row.amount + extra + 1}))
    richer = compare(replace(poor.case, begroting=tuple(rows)), n_scenarios=32, design_scenarios=DESIGN)
    assert richer.lumpsum.design.feasible


@pytest.mark.slow
def test_full_sharing_of_audited_cost_leaves_no_risk(small_case: Case) -> None:
    """Share 1 in every layer and base audited_cost, with elasticity 0: every provider's result is exactly zero."""
    policy = tuple(
        row.model_copy(update={"value": "audited_cost"}) if row.name == "base" else row
        for row in small_case.policy
    )
    layers = tuple(row.model_copy(update={"share": 1.0}) for row in small_case.layers)
    case = replace(small_case, policy=policy, layers=layers)
    shared = compare(case, n_scenarios=32, design_scenarios=DESIGN)
    contracts = build_contracts(case, shared.cells, shared.reference, "taakgericht")
    exact = [
        with_design(one, one.reference, np.ones(one.corridor.n_layers))
        for one in contracts
        if isinstance(one, Taakgericht)
    ]
    assert len(exact) == len(case.contracts)
    samples = shared.forms["taakgericht"].samples["absorb"]
    extra = shared.lumpsum.design.loading[shared.lumpsum.out_of_sample.lot][:, None] * shared.reference.amount
    index = shared.lumpsum.out_of_sample.index[: shared.n_scenarios]
    expected = samples.cost + (extra * index).transpose(0, 2, 1)
    np.testing.assert_allclose(samples.payment, expected, atol=0.0051)


def test_a_reference_amount_out_of_proportion_is_told(small_case: Case) -> None:
    contracts = (small_case.contracts[0].model_copy(update={"reference_amount": 1e-6}), *small_case.contracts[1:])
    with pytest.raises(UserError, match="out of proportion to its expected volume") as caught:
        compare(replace(small_case, contracts=contracts), n_scenarios=32, design_scenarios=DESIGN)
    assert small_case.contracts[0].provider in caught.value.text("nl")


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes(small_case: Case, short: Comparison) -> None:
    """Two worker processes of a Dask scheduler on this machine; and nobody at an address is one sentence."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, memory_limit=0
    ) as cluster:
        there = compare(
            small_case, n_scenarios=32, design_scenarios=DESIGN, n_years=2, cluster=cluster.scheduler_address
        )
    assert json_text(comparison_results(there)) == json_text(comparison_results(short))
    with pytest.raises(UserError, match=r"cluster tcp://127\.0\.0\.1:9: no cluster answers"):
        compare(small_case, n_scenarios=32, design_scenarios=DESIGN, cluster="tcp://127.0.0.1:9")
