"""The bounds of every column: finite, with a reason in both languages, and one sentence for a number beyond them."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from conftest import Edit

from bekostiging.case import CaseError, read_case
from bekostiging.case.explanation import explain
from bekostiging.case.fields import bounds, leaf, reason
from bekostiging.case.rows import columns
from bekostiging.case.tables import TABLES

NUMERIC = [
    (table, column)
    for table, model in TABLES.items()
    for column in columns(model)
    if leaf(model.model_fields[column]) in (int, float)
]


@pytest.mark.parametrize(("table", "column"), NUMERIC)
def test_every_number_has_bounds_and_a_reason_that_the_explanation_tells(table: str, column: str) -> None:
    info = TABLES[table].model_fields[column]
    own, why = bounds(info), reason(info)
    assert math.isfinite(own.low)
    assert math.isfinite(own.high)
    assert why is not None
    for lang in ("nl", "en"):
        assert f"({why.text(lang)})" in explain(TABLES[table], lang)
        assert len(why.text(lang)) <= 150  # a rule of a cell in Excel has 255 characters


BEYOND = [
    ("contracts", "reference_amount", "0", "allowed is 1 or more"),
    ("risk_factors", "standard_deviation", "10", "10 would be 1000 %"),
    ("demand", "growth", "-0.999", "allowed is -0.5 or more; mend the number (a fraction a year: 0.02 is 2 %"),
    ("demand", "mean_duration_weeks", "0.01", "below a day is no trajectory"),
    ("demand", "mean_duration_weeks", "1e-300", "below a day is no trajectory"),
    ("demand", "duration_cv", "1e6", "standard deviation over the mean"),
    ("demand", "duration_cv", "1e-6", "standard deviation over the mean"),
    ("demand", "units_cv", "1e-6", "is too near zero, allowed is 0 or at least 0.01"),
    ("demand", "realised_cv", "1e6", "allowed is at most 10"),
    ("demand", "clients_at_start", "1e12", "the whole country has no more than half a million clients"),
    ("demand", "starts_per_year", "1e-300", "is too near zero, allowed is 0 or at least 0.000001"),
    ("demand", "starts_dispersion", "1e300", "variance over the mean"),
    ("demand", "growth_standard_error", "0.9", "a fraction a year: 0.02 is 2 %"),
    ("offers", "tariff", "0", "a unit of care costs at least a cent"),
    ("offers", "unit_cost", "1e9", "at most 100,000 euro"),
    ("providers", "equity", "-1e300", "100 billion euro"),
    ("providers", "turnover", "1e-9", "allowed is 1 or more"),
    ("lots", "years", "99", "no contract lasts longer"),
    ("indices", "ova_forecast", "3", "a fraction a year: 0.03 is 3 %"),
    ("begroting", "year", "28", "a calendar year, such as 2028"),
    ("providers", "id", "ggz/noord", "a key has no slash, vertical bar or line break"),
    ("lots", "care_forms", "a/b", "a key has no slash, vertical bar or line break"),
]


@pytest.mark.parametrize(("table", "column", "value", "told"), BEYOND)
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_value_beyond_its_bounds_is_one_sentence(
    folder: Path, edit: Edit, table: str, column: str, value: str, told: str, lang: str
) -> None:
    """Table, row and column, the rule with its reason, the remedy."""
    edit(table, 0, column, value)
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    (found,) = caught.value.text(lang).splitlines()
    place, remedy = {
        "nl": (f"tabel {table}, rij 2, kolom {column}: ", "verbeter het getal|kies een andere naam"),
        "en": (f"table {table}, row 2, column {column}: ", "mend the number|choose another name"),
    }[lang]
    assert found.startswith(place)
    assert re.search(remedy, found)
    if lang == "en":
        assert told in found


def test_a_contract_of_next_to_nothing(folder: Path, edit: Edit) -> None:
    """Clients x 365/7 weeks x units a week x tariff x share, by hand: a ten-millionth of a lot is less than a euro."""
    own = [(i, row) for i, row in enumerate(read_case(folder).offers) if row.care_form == "wmo_guidance"]
    (first, _), (second, _), *others = own
    edit("offers", first, "market_share", "0.0000001")
    edit("offers", second, "market_share", repr(1 - 1e-7 - sum(row.market_share for _, row in others)))
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    assert re.search(r"expects in lot wmo care of [\d.e-]+ euro a year, less than 100 euro", str(caught.value))


@pytest.mark.parametrize(("column", "value"), [("level", "municipality"), ("quantity", "inflow")])
def test_only_wages_and_prices_move_the_index(folder: Path, edit: Edit, column: str, value: str) -> None:
    wages = [row.id for row in read_case(folder).risk_factors].index("wages")
    edit("risk_factors", wages, column, value)
    with pytest.raises(
        CaseError, match="wages and prices move index, the other levels inflow, duration or intensity"
    ):
        read_case(folder)
