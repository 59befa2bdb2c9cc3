"""Waiting on equal room: the limits on paper, what is shared between rooms, and what is against the duty to accept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm, Policy, Waiting
from bekostiging.contracts import Contract, Taakgericht, build_contracts, reference, with_design
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.block_settlement import OutOfSampleBlock, OutOfSampleWork
from bekostiging.evaluation.limits import Limits
from bekostiging.evaluation.settlement import levels_by_lot
from bekostiging.evaluation.waiting import duty_estimates
from bekostiging.scenarios import Block, draw_block, plan
from bekostiging_solvers import Scramblings

Built = dict[PaymentForm, tuple[Contract, ...]]


def _draw(case: Case, n_years: int, share: float) -> tuple[Block, Built]:
    """A block and every contract; the lump sums at 0.98 of the reference amount, one share in every layer."""
    made = plan(case, 32, n_years, 4, "out_of_sample")
    terms = reference(case, made.cells, made.n_years)
    built = {form: build_contracts(case, made.cells, terms, form) for form in PAYMENT_FORMS}
    lump = [one for one in built["taakgericht"] if isinstance(one, Taakgericht)]
    built["taakgericht"] = tuple(
        with_design(one, 0.98 * one.reference, np.full(one.corridor.n_layers, share)) for one in lump
    )
    return draw_block(made, 0), built


def _limits(block: Block, built: Built) -> Limits:
    lump = tuple(one for one in built["taakgericht"] if isinstance(one, Taakgericht))
    return Limits(block.plan.case, block.plan.cells, lump)


def _worked(case: Case, n_years: int, share: float) -> OutOfSampleBlock:
    block, built = _draw(case, n_years, share)
    return OutOfSampleWork(case, block.plan.cells, built, built)(block)


def test_every_form_has_the_euros_of_the_lump_sum(small_case: Case) -> None:
    """At its own price level a limit is b I in every scenario and year: at the tariff, and at the provider's unit cost."""
    block, built = _draw(small_case, 3, 0.5)
    care_use = block.care_use()
    levels, limits = levels_by_lot(small_case, care_use), _limits(block, built)
    common, alone = limits.common(built["inspanningsgericht"], levels), limits.budgets(levels)
    np.testing.assert_array_equal(common.price, block.plan.cells.tariff)
    np.testing.assert_array_equal(alone.price, block.plan.cells.unit_cost)
    assert common.pool is None
    assert common.lift == 0
    for c, one in enumerate(limits.lump_sums):
        level = levels[one.lot]
        euros = one.budget * level.contract
        np.testing.assert_allclose(common.limit[:, :, c] * level.price, euros, rtol=1e-12)
        np.testing.assert_allclose(alone.limit[:, :, c] * level.cost, euros, rtol=1e-12)


def test_what_the_corridor_pays_is_room(small_case: Case) -> None:
    """Nothing more with a share of zero; with half, at the limit cost is the budget plus half the deficit of its base."""
    block, built = _draw(small_case, 2, 0.5)
    care_use = block.care_use()
    levels, limits = levels_by_lot(small_case, care_use), _limits(block, built)
    headroom = limits.budgets_and_corridor(care_use, levels)
    more = 0
    for c, one in enumerate(limits.lump_sums):
        level = levels[one.lot]
        cost = headroom.limit[:, :, c] * level.cost
        base = (
            cost * one.corridor_base(care_use, level, one.unit_cost) / one.cost_at(one.unit_cost, care_use, level)
        )
        euros, deficit = one.budget * level.contract, np.maximum(base - one.reference * level.contract, 0)
        np.testing.assert_allclose(cost, euros + 0.5 * deficit, rtol=1e-9)
        more += (cost > euros).sum()
    assert more > 0
    block, built = _draw(small_case, 2, 0.0)
    limits = _limits(block, built)
    np.testing.assert_array_equal(
        limits.budgets_and_corridor(care_use, levels).limit, limits.budgets(levels).limit
    )


def test_three_lines_of_every_form(small_case: Case) -> None:
    """Forms with a tariff wait alike; a corridor lets fewer wait; where it pays nothing the lump sum keeps its own line."""
    out_of_sample = _worked(small_case, 2, 0.5)
    lump = out_of_sample.on_headrooms("taakgericht")
    assert lump["common"] is lump["own"]
    assert 0 < lump["corridor"].waiting.sum() < lump["common"].waiting.sum()
    headrooms = [out_of_sample.on_headrooms(form) for form in PAYMENT_FORMS if form != "taakgericht"]
    assert all(one["common"] is headrooms[0]["common"] is one["corridor"] for one in headrooms)
    for one in (lump["corridor"], headrooms[0]["common"]):
        np.testing.assert_array_equal(one.served + one.waiting + one.refused, one.starts)
        assert (one.clients_beyond_norm <= one.waiting).all()
        np.testing.assert_array_equal(one.weeks_beyond_norm > 0, one.clients_beyond_norm > 0)
        np.testing.assert_array_equal(one.lot_unserved.sum(axis=2), (one.waiting + one.refused).sum(axis=2))
    without = _worked(small_case, 2, 0.0)
    for name in ("waiting", "weeks_beyond_norm"):
        np.testing.assert_array_equal(
            getattr(without.headrooms["corridor"], name), getattr(without.samples["taakgericht"]["wait"], name)
        )


def test_a_ceiling_of_the_same_euros_lets_the_same_clients_wait(small_case: Case) -> None:
    """In one year a ceiling of b is the common headroom: own line and common line are one."""
    _, built = _draw(small_case, 1, 0.5)
    budgets = [float(one.budget[0]) for one in built["taakgericht"] if isinstance(one, Taakgericht)]
    rows = tuple(
        row.model_copy(update={"ceiling": euro, "ceiling_pool": ""})
        for row, euro in zip(small_case.contracts, budgets, strict=True)
    )
    out_of_sample = _worked(replace(small_case, contracts=rows), 1, 0.5)
    own, common = (out_of_sample.on_headrooms("inspanningsgericht")[headroom] for headroom in ("own", "common"))
    assert own.waiting.sum() > 0
    np.testing.assert_array_equal(own.waiting, common.waiting)
    np.testing.assert_array_equal(own.weeks_beyond_norm, common.weeks_beyond_norm)


def test_todays_list_is_among_who_asks_in_every_room(small_case: Case) -> None:
    case = replace(
        small_case,
        waiting=(
            Waiting(
                area=small_case.areas[0].id, care_form=small_case.lots[0].care_forms[0], clients=30, mean_weeks=6,
                source="test", status="illustrative",
            ),
        ),
    )  # fmt: skip
    plain, listed = _worked(small_case, 2, 0.5), _worked(case, 2, 0.5)
    for form in PAYMENT_FORMS:
        before, after = plain.on_headrooms(form), listed.on_headrooms(form)
        for headroom in ("own", "common", "corridor"):
            more = (after[headroom].starts - before[headroom].starts).sum(axis=2)
            np.testing.assert_array_equal(more, np.broadcast_to([30.0, 0.0], more.shape))
        np.testing.assert_array_equal(
            plain.samples[form]["absorb"].payment, listed.samples[form]["absorb"].payment
        )


@pytest.mark.parametrize(
    ("duty", "waiting_list", "bound"),
    [
        ("yes", "allowed", True),
        ("no", "not_allowed", True),
        ("yes", "not_allowed", True),
        ("no", "allowed", False),
    ],
)
def test_who_waits_under_a_lump_sum_is_let_down(
    outcome: Comparison, duty: str, waiting_list: str, bound: bool
) -> None:
    """Where everybody must be accepted or no list is allowed; everybody who waits or is refused, however shortly."""
    names = {"acceptance_duty": duty, "waiting_list": waiting_list}
    rows = tuple(row for row in outcome.case.policy if row.name not in names)
    made = tuple(
        Policy(name=name, scope="case", value=value, source="test", status="illustrative")
        for name, value in names.items()
    )
    samples = outcome.forms["taakgericht"].samples["wait"]
    found = duty_estimates(
        replace(outcome.case, policy=(*rows, *made)), Scramblings(outcome.n_scramblings), {"common": samples}
    )
    unserved = (samples.waiting + samples.refused).sum(axis=(1, 2)).mean()
    assert unserved > 0
    assert found["common"].value == pytest.approx(unserved if bound else 0.0)


def test_the_comparison_has_three_lines(outcome: Comparison) -> None:
    for form, result in outcome.forms.items():
        assert list(result.headrooms) == ["own", "common", "corridor"]
        own, corner = result.headrooms["own"]["total"], result.corner_totals["wait"]
        assert {name: corner[name] for name in own} == own
        for headroom in result.headrooms.values():
            assert set(headroom) == {"total", *result.care_forms["wait"]}
        assert bool(result.against_duty) == (form == "taakgericht")
