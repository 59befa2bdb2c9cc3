"""What `check` warns of: a stock that the starts cannot explain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bekostiging.case import Case, read_case, stock_and_starts


def _with_stock(case: Case, row: int, factor: float) -> Case:
    """Clients at start as ``factor`` times starts x duration in one row, exactly in equilibrium in the others."""
    rows = []
    for i, demand in enumerate(case.demand):
        implied = demand.starts_per_year * demand.mean_duration_weeks / (365 / 7)
        rows.append(demand.model_copy(update={"clients_at_start": implied * (factor if i == row else 1.0)}))
    return replace(case, demand=tuple(rows))


@pytest.mark.parametrize(("factor", "shown"), [(1.5, "150 %"), (0.4, "40 %"), (0.0, "0 %")])
def test_a_stock_that_starts_cannot_explain(small_case: Case, factor: float, shown: str) -> None:
    (warning,) = stock_and_starts(_with_stock(small_case, 2, factor))
    place = f"{small_case.demand[2].area} / {small_case.demand[2].care_form} ({shown})"
    assert warning["en"].startswith(f"demand: in 1 of {len(small_case.demand)} rows")
    assert place in warning["en"]
    assert place in warning["nl"]


def test_a_stock_in_equilibrium_is_not_mentioned(small_case: Case) -> None:
    assert stock_and_starts(_with_stock(small_case, 0, 1.2)) == ()


def test_the_embedded_cases_are_consistent() -> None:
    assert stock_and_starts(read_case("almere")) == ()
