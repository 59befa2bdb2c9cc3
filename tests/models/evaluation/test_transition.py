"""Sitting clients at the switch: double running cost, and old contracts that run off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import DESIGN
from typer.testing import CliRunner

from bekostiging.case import Case, UserError, write_case
from bekostiging.cli import app
from bekostiging.evaluation.transition import _with_outside, handover, without_closed
from bekostiging.scenarios import draw_block, expected_care_use, plan
from bekostiging.scenarios.cells import build_cells
from bekostiging.scenarios.forecast import demand_forecast
from bekostiging.studies import compare


def test_double_running_cost_by_hand(small_case: Case) -> None:
    """Stock x units per week x tariff x weeks, over the cells of the lot; stock and units as forecast."""
    lot = small_case.lots[0]
    changed = lot.model_copy(update={"sitting_clients": "taken_over", "handover_weeks": 2.0})
    case = replace(small_case, lots=(changed, *small_case.lots[1:]))
    cells = build_cells(case)
    forecast = demand_forecast(case, 1)
    place = {(row.area, row.care_form): i for i, row in enumerate(case.demand)}
    euro = 0.0
    for cell in np.flatnonzero(cells.lot == 0):
        row = place[cells.area_ids[cells.area[cell]], cells.care_form_ids[cells.care_form[cell]]]
        week = forecast.stock[row] * forecast.units_per_month[row] * 12 * 7 / 365
        euro += week * cells.market_share[cell] * cells.tariff[cell] * 2
    (told,) = handover(case, cells)
    assert f"{euro:,.0f} euro" in told["en"]
    assert f"{euro:,.0f}".replace(",", ".") + " euro" in told["nl"]
    assert handover(small_case, cells) == ()


def _closed(case: Case, amount: float = 1e9) -> Case:
    """The first lot closed, with an ample begroting."""
    lots = (case.lots[0].model_copy(update={"sitting_clients": "closed"}), *case.lots[1:])
    begroting = tuple(
        row.model_copy(update={"amount": amount, "outside_contracts": 0.0}) for row in case.begroting
    )
    return replace(case, lots=lots, begroting=begroting)


def test_old_contracts_cost_what_the_sitting_clients_would_have(small_case: Case) -> None:
    """With and without the stock: the difference of expected units at the tariffs, over all payers and years."""
    case = _closed(small_case)
    new, notes = without_closed(case, 2)
    cells = build_cells(case)
    own = cells.lot == 0
    before, after = (expected_care_use(one, cells, 2).units[0][:, own] @ cells.tariff[own] for one in (case, new))
    outside = np.array(
        [sum(row.outside_contracts for row in new.begroting if row.year == case.first_year + t) for t in range(2)]
    )
    # the first year at forecast; the second has its index on top
    assert outside[0] == pytest.approx(before[0] - after[0], rel=1e-9)
    assert outside[1] > before[1] - after[1] > 0
    assert "finish under the old contract" in notes[0]["en"]
    assert f"expected to cost 2026: {outside[0]:,.0f}, 2027: {outside[1]:,.0f} euro" in notes[0]["en"]
    dutch = [f"{euro:,.0f}".replace(",", ".") for euro in outside]
    assert f"verwachting 2026: {dutch[0]}, 2027: {dutch[1]} euro" in notes[0]["nl"]
    law = {form.law for form in case.care_forms if form.id in case.lots[0].care_forms}
    for row, changed in zip(case.begroting, new.begroting, strict=True):
        beyond = row.law not in law or row.year > case.first_year + 1
        assert (row == changed) == beyond


def test_new_contracts_begin_without_clients(small_case: Case) -> None:
    new, _ = without_closed(_closed(small_case), 2)
    planned = plan(new, 32, 2, 1, "out_of_sample")
    clients = draw_block(planned, 0).clients
    caseload = clients.asked_month < 0
    assert not (planned.cells.lot[clients.cell[caseload]] == 0).any()
    assert (planned.cells.lot[clients.cell[caseload]] > 0).any()


def test_old_contracts_may_take_all_that_is_begroot(small_case: Case) -> None:
    """60 is outside already and 40 comes: 100 is just enough, a euro less is not."""
    row = small_case.begroting[0].model_copy(update={"amount": 100.0, "outside_contracts": 60.0})
    assert _with_outside(row, 40.0).outside_contracts == 100
    with pytest.raises(UserError, match="expected to cost 40 euro, more than the 39 there is"):
        _with_outside(row.model_copy(update={"amount": 99.0}), 40.0)


def test_without_closed_lots_nothing_changes(small_case: Case) -> None:
    assert without_closed(small_case, 2) == (small_case, ())


def test_a_begroting_that_cannot_bear_the_old_contracts(small_case: Case) -> None:
    with pytest.raises(UserError, match="raise the amount or let clients stay"):
        without_closed(_closed(small_case, amount=1000.0), 2)


def test_check_says_it_before_a_command_does(small_case: Case, tmp_path: Path) -> None:
    write_case(_closed(small_case, 1000.0), tmp_path / "case", "en")
    told = CliRunner().invoke(app, ["check", str(tmp_path / "case"), "--lang", "en"])
    assert told.exit_code == 1
    assert "contracts that run off are expected to cost" in told.stderr
    assert "in order" not in told.output


@pytest.mark.slow
def test_a_comparison_says_so(small_case: Case) -> None:
    outcome = compare(_closed(small_case), n_scenarios=32, design_scenarios=DESIGN, n_years=2)
    assert any("finish under the old contract" in note["en"] for note in outcome.notes)
    assert outcome.self_check.alarms == ()


def test_revenue_of_clients_who_finish_elsewhere_is_no_revenue_of_the_new_contracts(small_case: Case) -> None:
    """Nothing to change gradually from: the new contracts of the closed lot begin without the clients of today's revenue."""
    new, _ = without_closed(_closed(small_case), 2)
    for old, row in zip(small_case.contracts, new.contracts, strict=True):
        assert old.revenue > 0
        assert row.revenue == (0.0 if row.lot == small_case.lots[0].id else old.revenue)
