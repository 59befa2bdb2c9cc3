"""Every kind of pair (last year's tender, another variant, another municipality): parts that add up to the cent.

A case is worth what its tables say at once, in place of a computation, so that all of sixteen cases is known by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bekostiging.case import Case, check_case, packed_case, with_policy
from bekostiging.case.region import synthetic_region
from bekostiging.evaluation import Comparison
from bekostiging.report.comparison.results import comparison_results
from bekostiging.report.difference.results import to_the_cent
from bekostiging.report.kit.manifest import write_manifest
from bekostiging.studies import study_difference
from bekostiging.studies.difference import run
from bekostiging.studies.difference.run import CHANCE, PROGRAM
from bekostiging.studies.difference.runs import COMPARED, SettledRun


def _worth(case: Case) -> float:
    """Starts times tariffs, plus what terms, norms and risk factors say: every kind of input moves it."""
    starts = sum(row.starts_per_year for row in case.demand)
    tariffs = sum(row.tariff for row in case.offers) / len(case.offers)
    norms = sum(row.waiting_norm_weeks or 0.0 for row in case.care_forms)
    moved = sum(row.autocorrelation or 0.0 for row in case.risk_factors)
    return (
        starts * tariffs * (1 + moved) / 3
        + 1000 * norms
        + 7 * sum(case.policy.loading_cap(lot.id) or 0.0 for lot in case.lots)
    )


def _by_hand(case: Case, *_: object) -> SettledRun:
    """Four scenarios in two scramblings around what a case is worth."""
    spread = np.array([-3.0, 1.0, 4.0, -2.0])
    return SettledRun(_worth(case) * (1 + np.arange(len(COMPARED))[:, None]) + spread, 2)


def _last_year(case: Case) -> Case:
    """More starts, dearer wages and longer norms than the tender before."""
    demand = tuple(row.model_copy(update={"starts_per_year": 1.07 * row.starts_per_year}) for row in case.demand)
    offers = tuple(row.model_copy(update={"tariff": 1.031 * row.tariff}) for row in case.offers)
    norms = tuple(
        row.model_copy(update={"waiting_norm_weeks": row.waiting_norm_weeks + 1}) for row in case.care_forms
    )
    factors = tuple(row.model_copy(update={"autocorrelation": 0.123}) for row in case.risk_factors)
    return replace(case, demand=demand, offers=offers, care_forms=norms, risk_factors=factors)


def _variant(case: Case) -> Case:
    """The same data under other terms."""
    return with_policy(case, loading_cap=0.077)


def _other_municipality(case: Case) -> Case:
    """A region of another size, by another draw, with other terms."""
    return with_policy(synthetic_region(municipalities=1, providers=4, seed=3), loading_cap=0.066)


@pytest.fixture(scope="module")
def figures_of_a(outcome: Comparison) -> dict[str, Any]:
    return comparison_results(outcome)


def _folder_of(case: Case, content: dict[str, Any], place: Path, more: float = 0.0) -> Path:
    """A folder that keeps a case, with figures of A and ``more`` euro of expected spending."""
    place.mkdir()
    figures = json.loads(json.dumps(content))
    for own in figures["forms"].values():
        own["municipalities"]["total"]["term"]["expected"]["value"] += more
    (place / "results.json").write_text(json.dumps(figures), encoding="utf-8")
    (place / "case.zip").write_bytes(packed_case(case))
    write_manifest(place, {})
    return place


@pytest.mark.parametrize(
    ("other", "blocks"),
    [
        (_last_year, (("data",), ("parameters",), ("law",), ("contract",))),
        (_variant, (("contract",),)),
        (_other_municipality, None),
    ],
)
def test_every_pair_adds_up_to_the_cent(
    other: Callable[[Case], Case],
    blocks: tuple[tuple[str, ...], ...] | None,
    small_case: Case,
    figures_of_a: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run, "settled_run", _by_hand)
    case = other(small_case)
    check_case(case)
    a = _folder_of(small_case, figures_of_a, tmp_path / "a")
    found = study_difference(a, _folder_of(case, figures_of_a, tmp_path / "b", 1234.567), workers=1)
    assert found.totals_only == ()
    assert blocks is None or found.blocks == blocks
    assert ("data" in {group for block in found.blocks for group in block}) == (other is not _variant)
    for k, one in enumerate(found.figures):
        assert list(one.parts) == ["+".join(block) for block in found.blocks] + [PROGRAM, CHANCE]
        inputs = sum(one.parts["+".join(block)].value for block in found.blocks)
        assert inputs == pytest.approx((_worth(case) - _worth(small_case)) * (k + 1), abs=1e-4)
        steps = to_the_cent(one)
        if one.figure.unit == "euro":
            cents = {name: round(100 * value) for name, value in steps.items()}
            assert cents["before"] + sum(cents[name] for name in one.parts) == cents["after"]
    assert found.figures[0].difference == pytest.approx(1234.567, abs=1e-3)
