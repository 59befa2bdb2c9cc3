"""The sense check: every planted error is found, named by its table and ranked first; a sound case gives none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bekostiging.case import Case, read_case
from bekostiging.case.region import synthetic_region
from bekostiging.case.tables import TABLES, CostPrice, History, Measure, Substitution
from bekostiging.case.workbook.names import sheet_name
from bekostiging.evaluation import sense_check
from bekostiging.evaluation.sense import SENSE_CHECKS
from bekostiging.evaluation.sense.remark import Remark

Row = Any
SMALL = synthetic_region(municipalities=2, providers=6)
MONTHLY = 365 / 7 / 12
"""Weeks in a month."""


def _with_history(case: Case) -> Case:
    """The small case with what its contracts turned over, as history of each law; and the tables it lacks."""
    laws = {row.id: row.law for row in case.care_forms}
    lots = {row.id: laws[row.care_forms[0]] for row in case.lots}
    common = {"source": "by hand", "status": "illustrative"}
    paid: dict[str, float] = {}
    for row in case.contracts:
        paid[lots[row.lot]] = paid.get(lots[row.lot], 0.0) + row.revenue
    rows = [
        History(area=place.code, care_form=law, year=year, definition="euro", euro_realised=euro / 2 * grown,
                euro_begroot=euro / 2, **common)
        for place in case.municipalities
        for law, euro in paid.items()
        for year, grown in ((2023, 0.95), (2024, 1.0))
    ]  # fmt: skip
    prices = {row.care_form: row.tariff for row in case.offers}
    return replace(
        case,
        history=(*case.history, *rows),
        cost_price=tuple(
            CostPrice(care_form=form, element="wages", euro_per_unit=euro, **common) for form, euro in prices.items()
        ),
        measures=(
            Measure(id="m", name="Wijkteam", care_form="guidance", channel="all", quantity="inflow", effect=-0.1, chance=0.5,
                    first_year=1, years=4, cost=100_000.0, booked_saving=200_000.0, **common),
        ),
        substitution=(
            Substitution(origin="guidance", destination="zvw", share=0.1, euro_per_client=2000.0, first_year=1, years=4,
                         **common),
        ),
    )  # fmt: skip


SOUND = _with_history(SMALL)


def _changed(
    case: Case,
    table: str,
    column: str,
    change: Callable[[float], float],
    only: Callable[[Row], bool] = lambda row: True,
) -> Case:
    """The case with a column changed, in some rows."""
    rows = tuple(
        row.model_copy(update={column: change(getattr(row, column))})
        if getattr(row, column) is not None and only(row)
        else row
        for row in getattr(case, table)
    )
    return replace(case, **{table: rows})  # type: ignore[arg-type]


def _times(factor: float) -> Callable[[float], float]:
    return lambda value: value * factor


def _guidance(row: Row) -> bool:
    return bool(row.care_form == "guidance")


def _both_in_thousands(case: Case) -> Case:
    """The whole begroting in thousands."""
    return _changed(
        _changed(case, "begroting", "amount", _times(1e-3)), "begroting", "outside_contracts", _times(1e-3)
    )


PLANTED: dict[str, tuple[Callable[[Case], Case], str, str, str]] = {
    "begroting in thousands": (_both_in_thousands, "begroting", "begroting", "duizenden"),
    "one tariff a thousand times": (
        lambda case: _changed(case, "offers", "tariff", _times(1000), lambda row: row is case.offers[0]),
        "tariff", "offers", "duizenden",
    ),
    "every tariff a thousand times": (
        lambda case: _changed(case, "offers", "tariff", _times(1000)), "tariff", "offers", "duizenden",
    ),
    "revenue in thousands": (
        lambda case: _changed(case, "contracts", "revenue", _times(1e-3)), "revenue", "contracts", "duizenden",
    ),
    "ceilings in thousands": (
        lambda case: _changed(case, "contracts", "ceiling", _times(1e-3)), "ceiling", "contracts", "duizenden",
    ),
    "ceilings and revenue in thousands": (
        lambda case: _changed(
            _changed(case, "contracts", "ceiling", _times(1e-3)), "contracts", "revenue", _times(1e-3)
        ),
        "ceiling", "contracts", "duizenden",
    ),
    "history in thousands": (
        lambda case: _changed(case, "history", "euro_realised", _times(1e-3)), "history", "history", "duizenden",
    ),
    "hours a month as a week": (
        lambda case: _changed(case, "demand", "units_per_week", _times(MONTHLY), _guidance),
        "use", "demand", "uren per maand",
    ),
    "days a month as a week": (
        lambda case: _changed(case, "demand", "units_per_week", _times(MONTHLY), lambda row: row.care_form == "residential"),
        "hours", "demand", "uren per maand",
    ),
    "a percentage as a number": (
        lambda case: _changed(case, "demand", "growth", lambda value: 0.5), "percent", "demand", "1 % is 0,01",
    ),
    "an index as a number": (
        lambda case: _changed(case, "indices", "ova_forecast", lambda value: 0.3), "percent", "indices", "1 % is 0,01",
    ),
    "a standard deviation as a number": (
        lambda case: _changed(case, "risk_factors", "standard_deviation", lambda value: 10.0),
        "percent", "risk_factors", "1 % is 0,01",
    ),
    "durations in months": (
        lambda case: _changed(case, "demand", "mean_duration_weeks", _times(1 / MONTHLY)),
        "duration", "demand", "weken en maanden",
    ),
    "starts a month": (
        lambda case: _changed(case, "demand", "starts_per_year", _times(1 / 12)), "duration", "demand", "starts per maand",
    ),
    "clients and starts a thousand times": (
        lambda case: _changed(
            _changed(case, "demand", "starts_per_year", _times(1000)), "demand", "clients_at_start", _times(1000)
        ),
        "use", "demand", "duizend keer",
    ),
    "a price per minute": (
        lambda case: _changed(
            _changed(case, "offers", "tariff", _times(1 / 60), _guidance), "offers", "unit_cost", _times(1 / 60), _guidance
        ),
        "tariff", "offers", "minuten en uren",
    ),
    "a unit cost above the tariff": (
        lambda case: _changed(case, "offers", "unit_cost", _times(1.5), _guidance), "unit_cost", "offers", "tarief",
    ),
    "equity a thousand times": (
        lambda case: _changed(case, "providers", "equity", _times(1000)), "solvency", "providers", "duizenden",
    ),
    "more clients in history": (
        lambda case: _changed(case, "history", "clients", _times(5)), "clients", "demand", "in history",
    ),
}  # fmt: skip
"""An error, the kind of the remark that must come first, its table, and a part of its sentence."""


@pytest.mark.parametrize("error", PLANTED)
def test_a_planted_error_is_the_first_remark(error: str) -> None:
    plant, kind, table, words = PLANTED[error]
    first = sense_check(plant(SOUND))[0]
    assert (first.kind, first.table) == (kind, table)
    assert words in first.nl


ENGLISH = re.compile(rf"\b({'|'.join(name for name in TABLES if sheet_name(name, 'nl') != name)})\b")
"""Names of tables that a Dutch workbook does not have; policies keep their own names."""


@pytest.mark.parametrize("error", PLANTED)
def test_a_remark_names_the_sheets_of_the_workbook(error: str) -> None:
    """Whose case is from a folder reads the names of its files; whose case is from a Dutch workbook those of its sheets."""
    for one in sense_check(replace(PLANTED[error][0](SOUND), sheets="nl")):
        assert re.match(rf"Blad(en)? (.* en )?{sheet_name(one.table, 'nl')}\b", one.nl), one.nl
        assert re.match(rf"Sheets? (.* and )?{sheet_name(one.table, 'nl')}\b", one.en), one.en
        assert not ENGLISH.search(one.nl), one.nl
        assert not re.search(r"\b[Tt](abel|able)", one.nl + one.en)


@pytest.mark.parametrize("case", [SMALL, SOUND, synthetic_region(1, 3), synthetic_region(4, 12)], ids=str)
def test_a_sound_region_gives_no_remark(case: Case) -> None:
    assert sense_check(case) == ()


@pytest.mark.parametrize("name", ["almere", "region"])
def test_an_embedded_case_gives_no_remark(name: str) -> None:
    assert sense_check(read_case(name)) == ()


MONEY = (
    ("begroting", "amount"), ("begroting", "reserve_addition"), ("contracts", "revenue"), ("contracts", "ceiling"),
    ("offers", "tariff"), ("offers", "unit_cost"), ("history", "euro_realised"), ("history", "euro_begroot"),
    ("providers", "equity"), ("providers", "total_assets"), ("providers", "turnover"), ("providers", "result_1"),
    ("providers", "result_2"), ("providers", "result_3"), ("municipalities", "reserve"), ("municipalities", "gemeentefonds"),
    ("cost_price", "euro_per_unit"), ("administration", "euro_per_hour"), ("measures", "cost"),
    ("measures", "booked_saving"), ("substitution", "euro_per_client"), ("travel", "euro_per_client_week"),
    ("alternatives", "loss_of_fit"),
)  # fmt: skip
"""Columns in euro; the others of the tables are empty in the case."""


@settings(max_examples=25)
@given(
    st.sampled_from(MONEY),
    st.sampled_from([SOUND, _with_history(synthetic_region(1, 3)), _with_history(synthetic_region(3, 9))]),
)
def test_a_money_column_times_a_thousand_is_remarked_on(column: tuple[str, str], case: Case) -> None:
    """Whatever the column and the region: a remark names its table."""
    table, name = column
    remarks = sense_check(_changed(case, table, name, _times(1000)))
    assert table in {one.table for one in remarks}


def test_euros_by_hand() -> None:
    """One ceiling of 1,000 euro: it is remarked on with expected production of the contract less that ceiling."""
    low = _changed(SMALL, "contracts", "ceiling", lambda _: 1000.0, lambda row: row is SMALL.contracts[0])
    (remark,) = sense_check(low)
    # 5,128,765 is B0 of this contract in the doctest of contracts.reference: units at a tariff that all providers share
    assert remark.euros == pytest.approx(5_128_765 - 1000, abs=1)
    assert "1.000 euro per jaar" in remark.nl
    assert "kost 5,1 miljoen euro" in remark.nl
    assert remark.nl.endswith("Dat scheelt 5,1 miljoen euro per jaar.")
    assert remark.en.endswith("That is a difference of 5.1 million euro a year.")


def test_witnesses_decide_which_side_is_odd() -> None:
    """Revenue alone off: revenue. Hours off, so that revenue and ceiling both are: use."""
    revenue = sense_check(_changed(SMALL, "contracts", "revenue", _times(1 / 5)))[0]
    assert (revenue.kind, "het plafond" in revenue.nl) == ("revenue", True)
    use = sense_check(_changed(SMALL, "demand", "units_per_week", _times(5), _guidance))[0]
    assert use.kind == "use"
    assert "volgens de omzet en" in use.nl or "volgens de omzet, " in use.nl


def test_remarks_are_ranked_by_euros_and_in_both_languages() -> None:
    odd = _both_in_thousands(
        _changed(SOUND, "contracts", "ceiling", _times(1 / 3), lambda row: row is SOUND.contracts[0])
    )
    remarks = sense_check(odd)
    assert len(remarks) > 1
    assert [one.euros for one in remarks] == sorted((one.euros for one in remarks), reverse=True)
    for one in remarks:
        assert one.text("nl") == one.nl != one.en == one.text("en")
        assert set(one.where) == {"nl", "en"}


def test_the_growth_of_history_is_beside_the_stated_one(small_case: Case) -> None:
    """Youth care grew 10 % a year in five years of history; 1.5 % is stated."""
    rows = tuple(
        History(area=place.code, care_form="jeugdwet", year=year, definition="persons_in_year",
                clients=1000 * 1.1 ** (year - 2020), source="by hand", status="illustrative")
        for place in small_case.municipalities
        for year in range(2020, 2025)
    )  # fmt: skip
    remarks = [one for one in sense_check(replace(small_case, history=rows)) if one.kind == "growth"]
    assert len(remarks) == len(small_case.municipalities)
    assert "groeit 1,5 % per jaar" in remarks[0].nl
    assert "10 % (2020-2024)" in remarks[0].nl


def test_a_kind_from_outside_is_heard(small_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    from bekostiging.evaluation.sense.remark import Found

    mine = Remark("mine", "lots", {"nl": "x", "en": "x"}, "Mijn.", "Mine.", 1e9)
    monkeypatch.setitem(SENSE_CHECKS, "mine", lambda facts: [Found(mine)])
    assert sense_check(replace(small_case))[0] == mine


def test_english_remarks_have_the_english_names() -> None:
    """A price a thousand times too high in one row: care form and provider as each language calls them."""
    row = SMALL.offers[0]
    case = _changed(SMALL, "offers", "tariff", lambda old: 1000 * old, lambda one: one is row)
    form = next(one for one in SMALL.care_forms if one.id == row.care_form)
    assert form.name_en != form.name
    said = [one for one in sense_check(case) if form.name in one.nl]
    assert said
    for one in said:
        assert form.name_en in one.en
        assert form.name not in one.en
        assert form.name not in one.where["en"]
