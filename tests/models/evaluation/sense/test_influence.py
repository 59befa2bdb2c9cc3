"""The inputs that move the budget most: against the budget computed anew, and shares that add up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bekostiging.case import Case
from bekostiging.contracts import reference
from bekostiging.evaluation import influences
from bekostiging.evaluation.sense.facts import Facts
from bekostiging.scenarios import build_cells


def _spent(case: Case) -> float:
    """Expected euro over the term by the reference amounts: every provider of the small case has the same tariff."""
    return float(reference(case, build_cells(case), case.n_years).amount.sum())


@pytest.mark.parametrize(
    ("table", "column", "name"),
    [
        ("demand", "starts_per_year", "Jeugdhulp met verblijf"),
        ("demand", "mean_duration_weeks", "Jeugdhulp met verblijf"),
        ("demand", "units_per_week", "Begeleiding jeugd"),
        ("offers", "tariff", "Begeleiding Wmo"),
    ],
)
def test_ten_percent_more_is_the_budget_computed_anew(
    small_case: Case, table: str, column: str, name: str
) -> None:
    """Another formulation: the reference amounts of the case with one care form's column raised."""
    (form,) = (row.id for row in small_case.care_forms if row.name == name)
    rows = tuple(
        row.model_copy(update={column: 1.1 * getattr(row, column)}) if row.care_form == form else row
        for row in getattr(small_case, table)
    )
    more = _spent(replace(small_case, **{table: rows})) - _spent(small_case)  # type: ignore[arg-type]
    (found,) = (one for one in influences(small_case) if one.column == column and name in one.nl)
    assert found.euros == pytest.approx(more, rel=1e-9)
    assert found.share == pytest.approx(more / _spent(small_case), rel=1e-9)


def test_at_most_ten_the_largest_first(small_case: Case) -> None:
    found = influences(small_case)
    assert len(found) == 10
    assert [abs(one.euros) for one in found] == sorted((abs(one.euros) for one in found), reverse=True)


def test_of_an_index_only_the_years_after_the_first_count(small_case: Case) -> None:
    """A term of one year has no year after the first: no index moves it."""
    one_year = replace(small_case, lots=tuple(row.model_copy(update={"years": 1}) for row in small_case.lots))
    assert not [one for one in influences(one_year) if one.table == "indices"]


def test_only_reported_municipalities_count(small_case: Case) -> None:
    """Spending of one of two municipalities: ten percent on every tariff is ten percent of its spending."""
    first, second = small_case.municipalities
    alone = replace(small_case, municipalities=(first, second.model_copy(update={"reported": False})))
    facts = Facts.of(alone)
    own = float(facts.euros[:, facts.of_municipality(first.code) & facts.of_form("residential")].sum())
    (found,) = (one for one in influences(alone) if one.column == "tariff" and "verblijf" in one.nl)
    assert found.euros == pytest.approx(0.1 * own, rel=1e-12)
