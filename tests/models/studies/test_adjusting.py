"""The years that are left are designed again, whole, on what was seen."""

from __future__ import annotations

import pytest

from bekostiging.case import read_case
from bekostiging.monitoring import drawn_months
from bekostiging.report.kit.texts import Texts
from bekostiging.report.monitor.papers import MonthPapers
from bekostiging.report.monitor.steering import steering_blocks, steering_results
from bekostiging.studies import adjust, monitor


@pytest.mark.slow
def test_the_years_that_are_left_are_designed_again() -> None:
    """Three years after the first, budgets of every contract, and places of the next year."""
    case = read_case("veenrand")
    year = monitor(case, drawn_months(case, seed=3, months=5).figures, "2028-05", n_scenarios=32)
    adjustment = adjust(year, design_scenarios=256)
    assert adjustment.notes == ()
    found = steering_results(adjustment, "nl")
    assert found["lump_sum"]["years"] == [2029, 2030, 2031]
    assert len(found["lump_sum"]["contracts"]) == len(case.contracts)
    assert {row["year"] for row in found["places"]} >= {2029}
    captions = [
        getattr(block, "caption", "") for block in steering_blocks(MonthPapers(year, Texts("nl")), adjustment)
    ]
    assert {"Jaarbedragen, geïndexeerd, duizend euro", "Opslag en bandbreedte", "Te reserveren plaatsen"} <= {
        *captions
    }
