"""The inputs that move the budget most: against the budget computed anew, and shares that add up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from by_hand import LEVEL, case_on_paper

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


def test_every_input_on_paper(small_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four years at 1, 1.1, 1.21 and 1.331 are 4.641 first ones, of 800,000 for Wmo and 2,700,000 for residential care.

    Ten percent of hours or tariff is a tenth of that. A point of OVA is 0.9 % and of PPC 0.1 % a year from the second year
    on. Ten points of the market from 76 to 92 euro: a tenth of 10,000 units at 16. A point of growth makes the second year
    one percent larger, and so on, as the starts and the stock do alike: more than with a growth that starts after today.
    """
    monkeypatch.setattr("bekostiging.evaluation.sense.influence.MOST", 99)
    case = case_on_paper(small_case)
    found = {(one.column, one.en): one for one in influences(case)}
    years, names = sum(LEVEL), {row.id: row.name_en for row in case.care_forms}
    spent = {names["wmo_guidance"]: 800e3 * years, names["residential"]: 2700e3 * years}
    for name, euros in spent.items():
        unit = "hours" if name == names["wmo_guidance"] else "days of 24 hours"
        for column, words in (("units_per_week", f"{unit} a week"), ("tariff", "tariff")):
            one = found[column, f"{words}, {name}"]
            assert (one.euros, one.share) == pytest.approx((0.1 * euros, 0.1 * euros / sum(spent.values())))
            assert (one.step, one.relative) == (0.1, True)
        starts, stock = (found[column, f"{words}, {name}"].euros for column, words in (
            ("starts_per_year", "starts a year"), ("clients_at_start", "clients in care at the start")
        ))  # fmt: skip
        assert starts + stock == pytest.approx(0.1 * euros)
        assert starts > stock > 0
    for column, words, step in (
        ("ova_forecast", "forecast of wages (OVA) a year", 0.009),
        ("ppc_forecast", "forecast of prices (PPC) a year", 0.001),
    ):
        more = sum((1.1 + step) ** t - 1.1**t for t in range(4))
        assert found[column, words].euros == pytest.approx(3500e3 * more)
        assert (found[column, words].step, found[column, words].relative) == (0.01, False)
    shares = {name: one.euros for (column, name), one in found.items() if column == "market_share"}
    assert shares == {
        f"market share from the lowest to the highest tariff, {names['wmo_guidance']}": pytest.approx(
            0.1 * 10_000 * years * 16
        )
    }
    for words, euros in (("Wmo", 800e3 * years), ("youth care", 2700e3 * years)):
        one = found["growth", f"growth of use a year, {words}"]
        assert (one.step, one.relative) == (0.01, False)
        assert 0.02 * euros < one.euros < 0.05 * euros
        assert one.share == pytest.approx(one.euros / sum(spent.values()))
    dutch = {one.nl for one in found.values()}
    assert {
        "uren per week, Begeleiding Wmo",
        "etmalen per week, Jeugdhulp met verblijf",
        "groei van het gebruik per jaar, Wmo",
    } <= dutch
