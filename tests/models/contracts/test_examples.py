"""The worked examples of docs/contracts.md, settled by the contract objects."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.contracts import (
    Corridor,
    Inspanningsgericht,
    Maatwerktraject,
    Outputgericht,
    PriceLevels,
    QuotaShare,
    StopLoss,
    Taakgericht,
    hours_budget,
    settle,
)
from bekostiging.scenarios import CareUse, expected_care_use
from bekostiging.scenarios.cells import build_cells
from bekostiging_solvers.typing import FloatArray

PAGE = (Path(__file__).parents[3] / "docs" / "contracts.md").read_text()
CORRIDOR = Corridor(
    ("deficit_1", "deficit_2", "deficit_3", "surplus_1"),
    np.array([1.0, 1.03, 1.08, 0.0]),
    np.array([1.03, 1.08, np.inf, 1.0]),
    np.array([1.0, 1.0, 1.0, -1.0]),
    np.array([0.0, 0.5, 0.8, 0.0]),
)


@pytest.fixture
def nothing(small_case: Case) -> CareUse:
    """One scenario of one year in which nobody used anything."""
    whole = expected_care_use(small_case, build_cells(small_case), 1)
    arrays = {field.name: getattr(whole, field.name) for field in fields(CareUse)}
    zeros = {name: np.zeros_like(value) for name, value in arrays.items() if isinstance(value, np.ndarray)}
    return replace(whole, **zeros)


def _using(care_use: CareUse, **units: float) -> CareUse:
    """Units in the first cell."""
    changed = {}
    for name, value in units.items():
        array = getattr(care_use, name).copy()
        array[0, 0, 0] = value
        changed[name] = array
    return replace(care_use, **changed)


def _levels(index: float = 1.0, cost: float = 1.0) -> PriceLevels:
    one: FloatArray = np.ones((1, 1))
    return PriceLevels(np.ones(1), index * one, cost * one, np.ones((1, 1, 1)))


def _common(unit_cost: float = 75.0) -> dict[str, object]:
    own: FloatArray = np.array([80.0])
    return {
        "provider": "a", "lot": "b", "cells": np.array([0]), "tariff": own, "unit_cost": np.array([unit_cost]),
        "reference": np.array([80_000.0]),
    }  # fmt: skip


def test_inspanningsgericht(nothing: CareUse) -> None:
    care_use = _using(nothing, units=1000, units_claimable=1000, crisis_units=100)
    settled = settle(Inspanningsgericht(**_common(), ceiling=70_000.0), care_use, _levels())  # type: ignore[arg-type]
    assert settled.payment[0, 0] == pytest.approx(70_000)
    assert settled.unpaid[0, 0] == pytest.approx(10_000)
    assert settled.payment[0, 0] - settled.cost[0, 0] == pytest.approx(-5_000)
    assert "**70,000**" in PAGE


def test_outputgericht(nothing: CareUse) -> None:
    for delivered in (800, 1100):
        care_use = _using(nothing, units=delivered, arrangement_units=900, arrangement_units_at_result=60)
        plain = Outputgericht(**_common())  # type: ignore[arg-type]
        assert settle(plain, care_use, _levels()).payment[0, 0] == pytest.approx(76_800)
        disputed = replace(plain, disputed=0.10, disputed_lost=0.20)
        assert settle(disputed, care_use, _levels()).payment[0, 0] == pytest.approx(75_264)
    assert "**76,800**" in PAGE
    assert "75,264" in PAGE


def test_maatwerktraject(nothing: CareUse) -> None:
    assert 20 * hours_budget(2, 26).volume == 1040
    care_use = _using(
        nothing, units=1000, units_within_budget=960, crisis_units=100, crisis_units_within_budget=90
    )
    own = Maatwerktraject(**_common(), within=np.array([0.96]))  # type: ignore[arg-type]
    settled = settle(own, care_use, _levels())
    assert settled.payment[0, 0] == pytest.approx(80_000)
    assert settled.cost[0, 0] == pytest.approx(75_000)
    assert settled.unpaid[0, 0] == pytest.approx(3_333.33, abs=0.005)
    assert own.beyond_budget(care_use, _levels())[0, 0] == pytest.approx(3_333.33, abs=0.005)
    assert "**80,000**" in PAGE
    assert "**3,333.33**" in PAGE
    # without room only crisis within budgets: 90 x 83.33; what a ceiling refuses is the rest of the 80,000
    none = settle(replace(own, ceiling=0.0), care_use, _levels())
    assert none.payment[0, 0] == pytest.approx(7_500)
    assert none.unpaid[0, 0] == pytest.approx(3_333.33 + 72_500, abs=0.005)


@pytest.fixture
def lump_sum() -> Taakgericht:
    return Taakgericht(
        **_common(unit_cost=92.0), budget=np.array([80_000.0]), base="audited_cost", norm=np.ones(1),
        reference_tariff=np.array([80.0]), reference_cost=np.array([75.0]), clauses=(CORRIDOR,),
    )  # type: ignore[arg-type]  # fmt: skip


def test_taakgericht(nothing: CareUse, lump_sum: Taakgericht) -> None:
    care_use, levels = _using(nothing, units=1000), _levels(index=1.02)
    layers = CORRIDOR.amounts(np.array([[92_000.0]]), np.array([[81_600.0]]))[0, 0]
    assert layers.tolist() == pytest.approx([2_448, 4_080, 3_872, 0])
    settled = settle(lump_sum, care_use, levels)
    assert settled.payment[0, 0] == pytest.approx(86_737.60)
    assert settled.payment[0, 0] - settled.cost[0, 0] == pytest.approx(-5_262.40)
    assert "**86,737.60**" in PAGE


def test_clauses_in_order(nothing: CareUse, lump_sum: Taakgericht) -> None:
    care_use, levels = _using(nothing, units=1000), _levels(index=1.02)
    quota, stop = QuotaShare(np.array([0.2])), StopLoss(1.1, np.inf, np.ones(1))
    bare = replace(lump_sum, clauses=())
    first = settle(bare & quota, care_use, levels).clauses[0, 0]
    both = settle(bare & quota & stop, care_use, levels).clauses[0, 0]
    assert (first, both - first) == (pytest.approx(2_080), pytest.approx(160))
    other = settle(bare & stop & quota, care_use, levels).clauses[0, 0]
    assert other == pytest.approx(2_240 + 1_632)
    assert "**160**" in PAGE
    assert "Together 2,240 against 3,872" in PAGE
