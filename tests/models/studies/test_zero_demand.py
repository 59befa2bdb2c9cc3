"""Zero is zero in table demand too: nobody in care or nobody who starts is a count, and nothing is divided by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case, stock_and_starts
from bekostiging.case.tables import Demand
from bekostiging.case.validate import check_case
from bekostiging.contracts import (
    Taakgericht,
    build_contracts,
    expected_revenue,
    index_of_year,
    reference,
    revenue_paths,
)
from bekostiging.evaluation.block_settlement import DesignWork
from bekostiging.evaluation.exact_layers import exact_layers
from bekostiging.scenarios import build_cells, map_blocks, plan
from bekostiging.studies import compare

STOCK, STARTS = "clients_at_start", "starts_per_year"
Which = Callable[[Demand], bool]


def _of_care_forms(*forms: str) -> Which:
    return lambda row: row.care_form in forms


def _everyone(_: Demand) -> bool:
    return True


def _with_zeros(case: Case, zeros: dict[str, Which]) -> Case:
    """The case with zeros in columns of some rows of demand."""
    return replace(
        case,
        demand=tuple(
            row.model_copy(update={column: 0.0 for column, which in zeros.items() if which(row)})
            for row in case.demand
        ),
    )


ZEROS: dict[str, dict[str, Which]] = {
    "nobody in care in one care form, nobody starts in another": {
        STOCK: _of_care_forms("guidance"),
        STARTS: _of_care_forms("mental_care"),
    },
    "a care form of nobody": {STOCK: _of_care_forms("guidance"), STARTS: _of_care_forms("guidance")},
    "a lot with nobody in care": {STOCK: _of_care_forms("residential")},
    "a lot in which nobody starts": {STARTS: _of_care_forms("residential")},
    "nobody in care": {STOCK: _everyone},
    "nobody starts": {STARTS: _everyone},
}


QUICK = ("a care form of nobody", "a lot with nobody in care")


@pytest.mark.parametrize(
    "zeros",
    [
        pytest.param(zeros, id=name, marks=[] if name in QUICK else pytest.mark.slow)
        for name, zeros in ZEROS.items()
    ],
)
def test_closed_forms_take_zeros(small_case: Case, zeros: dict[str, Which]) -> None:
    """The case is in order, revenues are numbers, and the exact layers are those of simulated clients."""
    case = _with_zeros(small_case, zeros)
    check_case(case)
    with np.errstate(divide="raise", invalid="raise"):
        planned = plan(case, 32, 1, 1, "out_of_sample")
        terms = reference(case, planned.cells, 1)
        assert np.isfinite(expected_revenue(case, planned.cells, terms)).all()
        built = build_contracts(case, planned.cells, terms, "taakgericht")
        contracts = tuple(one for one in built if isinstance(one, Taakgericht))
        parts = map_blocks(planned, DesignWork(case, planned.cells, contracts))
        drawn = tuple(np.concatenate([part.amounts[c] for part in parts]) for c in range(len(contracts)))
        layers, _ = exact_layers(planned, plan(case, 32, 1, 1, "closed"), contracts, drawn)
    assert len(layers) == sum(one.corridor.n_layers for one in contracts)
    assert not any(one.alarm for one in layers)


def test_revenue_of_a_contract_with_nobody_in_care_follows_the_index_alone(small_case: Case) -> None:
    """R x 1.029 x 1.029 from 2024 to 2026 (forecasts of 3 and 2 % at 90 and 10 %), and a note that says so."""
    case = _with_zeros(small_case, ZEROS["a lot with nobody in care"])
    cells = build_cells(case)
    lot = next(row.id for row in case.lots if "residential" in row.care_forms)
    assert index_of_year(case, lot, 2025) == index_of_year(case, lot, 2026) == pytest.approx(0.029)
    for row, path in zip(case.contracts, revenue_paths(case, cells, reference(case, cells, 1)), strict=True):
        if row.lot == lot:
            assert path.expected == pytest.approx(row.revenue * 1.029**2)
            assert set(path.clients.values()) == {1.0}
        else:
            assert path.use != 1
    told = stock_and_starts(case)[-1]
    assert "heeft een omzet, maar demand heeft er niemand in zorg" in told["nl"]
    assert f"/ {lot}" in told["en"]
    assert "nobody" not in " ".join(note["en"] for note in stock_and_starts(small_case))


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_a_comparison_takes_zeros(small_case: Case, name: str) -> None:
    zeros = ZEROS[name]
    with np.errstate(divide="raise", invalid="raise"):
        found = compare(_with_zeros(small_case, zeros), n_scenarios=32, design_scenarios=32)
    assert found.self_check.alarms == ()
