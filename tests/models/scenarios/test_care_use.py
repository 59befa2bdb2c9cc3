"""The contract of ``CareUse``: its fields, grain and units, what holds between them, and who may add to it.

Only ``bekostiging.scenarios`` makes a ``CareUse`` (``reduce`` from clients, ``expected`` in closed form); a
contract that needs a new field adds it to the dataclass, to both makers and to the table below, nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import bekostiging
from bekostiging.case import Case
from bekostiging.scenarios import CareUse, FlowRule, draw_block, expected_care_use, plan

N_YEARS = 4
GRAIN = {
    "starts": ("year", "cell"),
    "served": ("year", "cell"),
    "waiting": ("year", "cell"),
    "refused": ("year", "cell"),
    "moved": ("year", "cell"),
    "clients_beyond_norm": ("year", "cell"),
    "weeks_beyond_norm": ("year", "cell"),
    "clients": ("year", "cell"),
    "second_trajectories": ("year", "cell"),
    "units": ("year", "cell"),
    "units_month": ("month", "cell"),
    "units_claimable": ("year", "cell"),
    "units_within_budget": ("year", "cell"),
    "excess": ("year", "cell", "threshold"),
    "crisis_units_within_budget": ("year", "cell"),
    "crisis_arrangement_units": ("year", "cell"),
    "crisis_units": ("year", "cell"),
    "arrangement_units": ("year", "cell"),
    "arrangement_units_at_result": ("year", "cell"),
    "starts_by_profile": ("year", "cell", "profile"),
    "successes_by_profile": ("year", "cell", "profile"),
    "repeats_by_profile": ("year", "cell", "profile"),
    "ova_final": ("year",),
    "ppc_final": ("year",),
    "cao": ("year", "care_form"),
}
"""Every array of ``CareUse``, after the scenario axis."""


@pytest.fixture(scope="module", params=["drawn", "deferred", "expected"])
def care_use(request: pytest.FixtureRequest, small_case: Case) -> CareUse:
    planned = plan(small_case, 32, N_YEARS, 3, "out_of_sample")
    if request.param == "expected":
        return expected_care_use(small_case, planned.cells, N_YEARS)
    block = draw_block(planned, 0)
    if request.param == "drawn":
        return block.care_use()
    limit = np.full((planned.scenarios_per_block, N_YEARS, len(small_case.contracts)), 1e5)
    waiting_list = np.arange(len(small_case.contracts)) % 2 == 0
    return block.care_use(FlowRule(limit, planned.cells.tariff, waiting_list))


def test_fields_are_those_of_the_table() -> None:
    assert {field.name for field in fields(CareUse)} == {"cells", "thresholds", *GRAIN}


def _values(care_use: CareUse, name: str) -> list[np.ndarray]:
    """The arrays of a field."""
    found = getattr(care_use, name)
    return list(found.values()) if name == "excess" else [found]


def test_grain(care_use: CareUse) -> None:
    n_profiles = care_use.starts_by_profile.shape[-1]
    size = {"year": N_YEARS, "month": 12 * N_YEARS, "cell": care_use.cells.n_cells, "profile": n_profiles}
    size["care_form"] = len(care_use.cells.care_form_ids)
    size["threshold"] = len(care_use.thresholds)
    for name, axes in GRAIN.items():
        for values in _values(care_use, name):
            assert values.shape == (care_use.n_scenarios, *(size[axis] for axis in axes)), name


def test_nothing_is_negative_or_missing(care_use: CareUse) -> None:
    for name in GRAIN:
        for values in _values(care_use, name):
            assert np.isfinite(values).all(), name
            assert name.endswith("_final") or (values >= -1e-9).all(), name


def test_served_waiting_and_refused_add_up_to_the_starts(care_use: CareUse) -> None:
    total = care_use.served + care_use.waiting + care_use.refused
    np.testing.assert_allclose(total, care_use.starts, rtol=0, atol=1e-9)


def test_months_add_up_to_years(care_use: CareUse) -> None:
    shape = (care_use.n_scenarios, N_YEARS, 12, care_use.cells.n_cells)
    np.testing.assert_allclose(care_use.units_month.reshape(shape).sum(axis=2), care_use.units, rtol=1e-9)


def test_parts_are_within_the_whole(care_use: CareUse) -> None:
    assert (care_use.crisis_units <= care_use.units * (1 + 1e-6) + 1e-6).all()
    arranged = care_use.arrangement_units + care_use.arrangement_units_at_result
    assert (care_use.crisis_arrangement_units <= arranged * (1 + 1e-6) + 1e-6).all()
    assert (care_use.units_within_budget <= care_use.units * (1 + 1e-6) + 1e-6).all()
    assert (care_use.crisis_units_within_budget <= care_use.crisis_units * (1 + 1e-6) + 1e-6).all()
    assert (care_use.crisis_units_within_budget <= care_use.units_within_budget * (1 + 1e-6) + 1e-6).all()
    np.testing.assert_allclose(care_use.starts_by_profile.sum(axis=-1), care_use.served, atol=1e-6)
    assert (care_use.successes_by_profile <= care_use.starts_by_profile + 1e-9).all()
    assert (care_use.repeats_by_profile <= care_use.starts_by_profile + 1e-9).all()


def test_only_those_who_wait_have_weeks_beyond_the_norm(care_use: CareUse) -> None:
    assert (care_use.weeks_beyond_norm[care_use.waiting == 0] == 0).all()


def test_only_scenarios_and_the_settled_year_make_a_care_use() -> None:
    source = Path(bekostiging.__file__).parent
    makers = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if re.search(r"(?<![\w.])CareUse\(", path.read_text())
    }
    assert makers == {"scenarios/reduce.py", "scenarios/expected.py", "settlement/care.py"}
