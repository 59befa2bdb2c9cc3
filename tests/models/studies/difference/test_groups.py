"""Cases between two cases: which kind of input comes from which, and that every policy has its kind."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from bekostiging.case import POLICIES, TABLES, Case, check_case, read_case, with_policy
from bekostiging.case.rows import columns
from bekostiging.studies.difference.groups import (
    COLUMN_GROUPS,
    CONTRACT_POLICIES,
    GROUPS,
    LAW_POLICIES,
    TABLE_GROUPS,
    case_of_groups,
    group_of,
)
from bekostiging.studies.difference.inputs import ROW_ADDED, ROW_GONE, input_changes


def test_every_name_in_the_lists_is_there() -> None:
    assert set(TABLE_GROUPS) <= set(TABLES)
    assert all(column in columns(TABLES[table]) for table, column in COLUMN_GROUPS)
    assert {*CONTRACT_POLICIES, *LAW_POLICIES} <= set(POLICIES)


def _changed(case: Case, table: str, **values: object) -> Case:
    rows: list[Any] = list(getattr(case, table))
    rows[0] = rows[0].model_copy(update=values)
    changed: dict[str, Any] = {table: tuple(rows)}
    return replace(case, **changed)


@pytest.fixture(scope="module")
def other(small_case: Case) -> Case:
    """The small case with one change of each kind."""
    case = _changed(small_case, "demand", starts_per_year=small_case.demand[0].starts_per_year + 10)
    case = _changed(case, "risk_factors", autocorrelation=0.123)
    case = _changed(case, "care_forms", waiting_norm_weeks=small_case.care_forms[0].waiting_norm_weeks + 1)
    case = _changed(case, "offers", tariff=small_case.offers[0].tariff + 1)
    return with_policy(case, loading_cap=0.077, discount_rate=0.033)


KINDS = {
    ("demand", "starts_per_year"): "data",
    ("risk_factors", "autocorrelation"): "parameters",
    ("policy", "loading_cap"): "contract",
    ("policy", "discount_rate"): "parameters",
    ("care_forms", "waiting_norm_weeks"): "law",
    ("offers", "tariff"): "contract",
}


def test_what_differs_is_found_with_its_kind(small_case: Case, other: Case) -> None:
    changes = input_changes(small_case, other)
    found = {(one.table, one.key[0] if one.table == "policy" else one.column): one.group for one in changes}
    assert found == KINDS
    assert input_changes(small_case, small_case) == ()
    back = {(one.table, one.key, one.column): (one.after, one.before) for one in input_changes(other, small_case)}
    assert back == {(one.table, one.key, one.column): (one.before, one.after) for one in changes}


@pytest.mark.parametrize("taken", [set(some) for n in range(5) for some in combinations(GROUPS, n)])
def test_a_case_between_has_of_b_what_is_taken_and_no_more(small_case: Case, other: Case, taken: set[str]) -> None:
    between = case_of_groups(small_case, other, [group for group in GROUPS if group in taken])
    check_case(between)
    of_b = {kind for place, kind in KINDS.items() if kind in taken}
    assert {one.group for one in input_changes(small_case, between)} == of_b
    assert {one.group for one in input_changes(between, other)} == set(GROUPS) - taken


def test_rows_that_only_one_has_go_with_the_data(small_case: Case) -> None:
    gone = replace(small_case, indices=small_case.indices[:-1])
    (change, *_) = input_changes(small_case, gone)
    assert (change.column, change.after) == (ROW_GONE, None)
    (change, *_) = input_changes(gone, small_case)
    assert (change.column, change.before) == (ROW_ADDED, None)


def test_another_region_has_terms_of_its_own() -> None:
    """No lot, provider or contract in common: the terms go with the data, and every case between is one."""
    a, b = read_case("veenrand"), read_case("almere")
    for taken in (["data"], ["contract"], ["parameters"], ["data", "parameters"], ["law", "contract"]):
        between = case_of_groups(a, b, taken)  # type: ignore[arg-type]
        check_case(between)
        base = b if "data" in taken else a
        assert [row.id for row in between.lots] == [row.id for row in base.lots]
        assert between.contracts == base.contracts


def test_a_spread_that_was_estimated_follows_the_data(small_case: Case) -> None:
    a = read_case("veenrand")
    rows = tuple(row.model_copy(update={"clients": 2 * row.clients}) if row.clients else row for row in a.history)
    b = replace(a, history=rows)
    between = case_of_groups(a, b, ["data"])
    assert between.estimates
    assert {one.factor for one in between.estimates} == {one.factor for one in a.estimates}
    assert between.estimates != a.estimates
    assert group_of("history", "clients") == "data"
