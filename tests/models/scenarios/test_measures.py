"""Measures act on the clients they reach and on nobody else; substitution loses no client."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.tables import Measure, Substitution
from bekostiging.scenarios import (
    Block,
    build_cells,
    draw_block,
    expected_care_use,
    expected_moved,
    expected_with,
    map_blocks,
    plan,
)
from bekostiging.scenarios.clients import CHANNELS, Clients

MARK = {"source": "test", "status": "illustrative"}


def _measure(**changed: object) -> Measure:
    told: dict[str, object] = {
        "id": "m", "name": "M", "care_form": "guidance", "channel": "own_access", "quantity": "inflow", "effect": -0.4,
        "chance": 1.0, "first_year": 2, "years": 2,
    }  # fmt: skip
    return Measure.model_validate(told | MARK | changed)


def _with(case: Case, *measures: Measure) -> Block:
    return draw_block(plan(replace(case, measures=measures), 32, 4, 1, "out_of_sample"), 0)


def _reached(block: Block) -> np.ndarray:
    clients, cells = block.clients, block.plan.cells
    own = cells.care_form[clients.cell] == cells.care_form_ids.index("guidance")
    year = clients.asked_month // 12
    return np.asarray(
        own
        & (clients.channel == CHANNELS.index("own_access"))
        & (clients.asked_month >= 0)
        & np.isin(year, (1, 2))
    )


def test_inflow_thins_the_reached_and_keeps_the_others(small_case: Case) -> None:
    block = _with(small_case, _measure())
    reached, after = _reached(block), block.with_measures().clients
    gone = len(block.clients.cell) - len(after.cell)
    n = int(reached.sum())
    assert gone == pytest.approx(0.4 * n, abs=5 * np.sqrt(0.24 * n))
    others = ~reached
    kept = np.asarray(_reached(replace(block, clients=after)))
    for name in ("start", "duration", "rate", "cell"):
        np.testing.assert_array_equal(getattr(after, name)[~kept], getattr(block.clients, name)[others])


@pytest.mark.parametrize(("quantity", "column"), [("duration", "duration"), ("intensity", "rate")])
def test_duration_and_intensity_of_the_reached(small_case: Case, quantity: str, column: str) -> None:
    block = _with(small_case, _measure(quantity=quantity, effect=-0.25))
    reached, after = _reached(block), block.with_measures().clients
    before = getattr(block.clients, column)
    np.testing.assert_allclose(getattr(after, column)[reached], 0.75 * before[reached], rtol=1e-6)
    np.testing.assert_array_equal(getattr(after, column)[~reached], before[~reached])


def _same(one: Clients, other: Clients) -> bool:
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(Clients))


def test_a_measure_works_with_its_chance_as_a_whole(small_case: Case) -> None:
    assert _same(_with(small_case, _measure(chance=0.0)).with_measures().clients, _with(small_case).clients)
    case = replace(small_case, measures=(_measure(chance=0.5, first_year=1, years=4, effect=-0.9),))
    planned = plan(case, 512, 4, 1, "out_of_sample")

    def lost(block: Block) -> np.ndarray:
        after = block.with_measures().clients
        n = block.clients.n_scenarios
        return np.asarray(
            np.bincount(block.clients.scenario, minlength=n) - np.bincount(after.scenario, minlength=n)
        )

    worked = np.concatenate(map_blocks(planned, lost)) > 0
    assert worked.mean() == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(len(worked)))


@pytest.mark.parametrize(("quantity", "effect"), [("inflow", -0.4), ("duration", -0.3), ("intensity", -0.2)])
def test_expectation_of_a_measure_against_its_clients(small_case: Case, quantity: str, effect: float) -> None:
    """With minus without, per client the same; factors at one, so the rest is chance."""
    measure = _measure(quantity=quantity, effect=effect, first_year=1, years=3)
    case = replace(small_case, measures=(measure,), risk_factors=())
    planned = plan(case, 512, 4, 1, "out_of_sample")
    drawn = np.concatenate(
        map_blocks(
            planned, lambda block: (block.care_use().units - block.with_measures().care_use().units).sum(axis=2)
        )
    )
    plain = expected_care_use(case, planned.cells, 4)
    expected = (plain.units - expected_with(case, planned.cells, 4, "m").units).sum(axis=2)[0]
    error = drawn.std(axis=0, ddof=1) / np.sqrt(len(drawn))
    np.testing.assert_array_less(np.abs(drawn.mean(axis=0) - expected), 4 * error)
    assert (expected > 8 * error).all()


def test_substitution_between_care_forms_keeps_every_client(small_case: Case) -> None:
    row = Substitution(
        origin="residential", destination="guidance", share=0.3, first_year=2, years=3, euro_per_client=0.0, **MARK
    )
    cells = build_cells(small_case)
    plain, moved = expected_care_use(small_case, cells, 4), expected_moved(small_case, cells, 4, row)
    change = (moved.care_use.starts - plain.starts)[0]
    np.testing.assert_allclose(change.sum(axis=1), 0, atol=1e-9)
    form = np.array(cells.care_form_ids)[cells.care_form]
    np.testing.assert_allclose(change[1:, form == "residential"].sum(axis=1), -moved.clients[1:])
    np.testing.assert_allclose(
        moved.clients, 0.3 * plain.starts[0][:, form == "residential"].sum(axis=1) * [0, 1, 1, 1]
    )
    assert moved.payer == ""
    assert not moved.outside.any()


@pytest.mark.parametrize("outward", [True, False])
def test_substitution_with_another_payer(small_case: Case, outward: bool) -> None:
    ends = ("mental_care", "zvw") if outward else ("zvw", "mental_care")
    row = Substitution(
        origin=ends[0], destination=ends[1], share=0.1, euro_per_client=1000, first_year=1, years=2, **MARK
    )
    cells = build_cells(small_case)
    plain, moved = expected_care_use(small_case, cells, 4), expected_moved(small_case, cells, 4, row)
    sign = -1 if outward else 1
    change = (moved.care_use.starts - plain.starts)[0].sum(axis=1)
    np.testing.assert_allclose(change, sign * moved.clients)
    np.testing.assert_allclose(moved.outside, -sign * 1000 * moved.clients)
    assert moved.payer == "zvw"
    assert moved.clients[0] > 0
    assert moved.clients[2] == 0
