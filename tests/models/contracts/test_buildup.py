"""The build-up of a price, worked out on paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bekostiging.case import Case
from bekostiging.case.tables import CostPrice, FunctionGroup
from bekostiging.contracts import build_up, fair_cost

MARK = {"source": "test", "status": "illustrative"}
FORM = "wmo_guidance"
GROUP = {
    "care_form": FORM, "function_group": "first", "share": 0.75, "hours_per_unit": 2.0, "salary": 50_000.0,
    "holiday_allowance": 0.08, "irregular_hours": 0.02, "year_end": 0.10, "social_charges": 0.25,
    "productive_hours": 1250.0, "other_client_bound": 4.0, "overhead": 0.25, "indexation": 0.05, "risk": 0.025, **MARK,
}  # fmt: skip
"""Gross 1.2 x 50,000; employer 75,000; 60 an hour; direct 64; overhead 16; cost 80; indexed 84; risk 2.1; price 86.1."""
STEPS = {
    "gross": 60_000, "employer": 75_000, "wage_per_hour": 60, "direct": 64, "overhead_per_hour": 16, "cost_per_hour": 80,
    "indexed": 84, "risk_per_hour": 2.1, "price_per_hour": 86.1,
}  # fmt: skip
OTHER = GROUP | {"function_group": "second", "share": 0.25, "salary": 100_000.0}
"""120 an hour; direct 124; with overhead 155; indexed 162.75."""
SUMS = (2 * (0.75 * 84 + 0.25 * 162.75), 2 * (0.75 * 84 + 0.25 * 162.75) * 1.025)


def _of_groups(case: Case, *rows: dict[str, object]) -> Case:
    return replace(case, function_groups=tuple(FunctionGroup.model_validate(row) for row in rows), cost_price=())


def _of_elements(case: Case, **euro: float) -> Case:
    rows = (
        CostPrice.model_validate({"care_form": FORM, "element": name, "euro_per_unit": value, **MARK})
        for name, value in euro.items()
    )
    return replace(case, cost_price=tuple(rows), function_groups=())


def test_groups_by_hand(small_case: Case) -> None:
    """Every step of a group; the care form's two sums weigh the groups by their shares of two hours a unit; no bands."""
    lines = build_up(_of_groups(small_case, GROUP, OTHER))
    first = {line.name: line.value for line in lines if line.group == "first"}
    assert {name: first[name] for name in STEPS} == pytest.approx(STEPS)
    assert first["share"] == 0.75
    sums = {line.name: line.value for line in lines if not line.group}
    assert sums == pytest.approx(dict(zip(("cost_per_unit", "tariff_per_unit"), SUMS, strict=True)))
    assert {(line.low, line.high) for line in lines} == {(None, None)}
    assert fair_cost(_of_groups(small_case, GROUP, OTHER)) == {FORM: pytest.approx(SUMS[0])}


def test_one_group_is_the_care_form(small_case: Case) -> None:
    """All of the hours of a unit: 2 x 84, and the formula says how many they are."""
    lines = build_up(_of_groups(small_case, GROUP | {"share": 1.0}))
    (cost,) = (line for line in lines if line.name == "cost_per_unit")
    assert cost.value == pytest.approx(168)
    assert cost.formula == "sum over groups of share * hours_per_unit (2) * indexed"


@pytest.mark.parametrize(
    ("bands", "low", "high"),
    [
        # 1,500 hours: (50 + 4) x 1.25 x 1.05; 1,000: (75 + 4) x 1.25 x 1.05
        ({"productive_hours_q1": 1000.0, "productive_hours_q3": 1500.0}, 70.875, 103.6875),
        # overhead alone: 64 x 1.2 x 1.05 and 64 x 1.3 x 1.05
        ({"overhead_q1": 0.2, "overhead_q3": 0.3}, 80.64, 87.36),
        # both: 54 x 1.2 x 1.05 and 79 x 1.3 x 1.05
        (
            {"productive_hours_q1": 1000.0, "productive_hours_q3": 1500.0, "overhead_q1": 0.2, "overhead_q3": 0.3},
            68.04,
            107.835,
        ),
        # one end of a band is given: the other is the middle
        ({"overhead_q3": 0.3, "productive_hours_q1": 1000.0}, 84.0, 107.835),
    ],
)
def test_bands_by_hand(small_case: Case, bands: dict[str, float], low: float, high: float) -> None:
    """Cheap is many hours and little overhead; in the sums the other group, without bands, stays in the middle."""
    lines = build_up(_of_groups(small_case, GROUP | bands, OTHER))
    (indexed,) = (line for line in lines if (line.group, line.name) == ("first", "indexed"))
    assert indexed.low == (None if low == 84 else pytest.approx(low))
    assert indexed.high == pytest.approx(high)
    (cost,) = (line for line in lines if line.name == "cost_per_unit")
    assert cost.low == pytest.approx(2 * (0.75 * low + 0.25 * 162.75))
    assert cost.high == pytest.approx(2 * (0.75 * high + 0.25 * 162.75))
    (salary,) = (line for line in lines if (line.group, line.name) == ("first", "salary"))
    assert (salary.low, salary.high) == (None, None)


def test_elements_by_hand(small_case: Case) -> None:
    """30 + 5 + 3 + 8 is the fair price, and 2 of risk comes on top; without a row for it nothing does."""
    elements = {"wages": 30.0, "other_wages": 5.0, "other_client_bound": 3.0, "overhead": 8.0}
    for risk in ({"risk": 2.0}, {}):
        lines = {line.name: line for line in build_up(_of_elements(small_case, **elements, **risk))}
        assert lines["cost_per_unit"].value == 46
        assert lines["tariff_per_unit"].value == 46 + risk.get("risk", 0.0)
        assert lines["tariff_per_unit"].formula == ("cost_per_unit + risk" if risk else "cost_per_unit")
    assert build_up(_of_elements(small_case)) == ()
