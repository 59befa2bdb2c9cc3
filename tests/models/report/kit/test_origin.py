"""What a result rests on."""

from __future__ import annotations

from bekostiging.evaluation import Comparison
from bekostiging.report.kit.origin import assumptions


def test_assumptions_are_listed_illustrative_first(outcome: Comparison) -> None:
    statuses = [str(row["status"]) for row in assumptions(outcome.case)]
    order = ["illustrative", "estimated", "own_data", "published"]
    assert statuses == sorted(statuses, key=order.index)
