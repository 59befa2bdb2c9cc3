"""What is stated and not used yet is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bekostiging.case import Case
from bekostiging.scenarios.cells import build_cells
from bekostiging.scenarios.forecast import demand_forecast
from bekostiging.stress.notes import handover, not_used_yet


def test_a_plain_case_needs_no_note(small_case: Case) -> None:
    assert not_used_yet(small_case) == ()


def test_every_unused_column_is_told(small_case: Case) -> None:
    lots = (small_case.lots[0].model_copy(update={"years": 3}), *small_case.lots[1:])
    policy = tuple(
        row.model_copy(update={"value": "0.2"}) if row.name == "elasticity" else row for row in small_case.policy
    )
    told = not_used_yet(replace(small_case, lots=lots, policy=policy))
    assert [note["en"].split(" ")[0] for note in told] == ["elasticity", "Lots"]


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
