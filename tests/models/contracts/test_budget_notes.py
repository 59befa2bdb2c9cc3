"""What is said of hours budgets: estimated lengths, prices far above the tariff, new budgets at the switch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bekostiging.case import Case
from bekostiging.contracts import hours_budget_notes, hours_budget_terms


def _with_weeks(case: Case, weeks: float) -> Case:
    """Budgets of one length for every care form."""
    forms = tuple(row.model_copy(update={"authorisation_weeks": weeks}) for row in case.care_forms)
    return replace(case, care_forms=forms)


def test_estimated_lengths_are_told(small_case: Case) -> None:
    bought = {form for lot in small_case.lots for form in lot.care_forms}
    (note,) = hours_budget_notes(small_case)
    for form in small_case.care_forms:
        assert (form.name_en in note["en"]) == (form.id in bought)
    assert "at least 80 %" in note["en"]
    assert "Kans op een volgend budget als het op is: 0 %." in note["nl"]


def test_only_what_is_bought_is_told(small_case: Case) -> None:
    """A care form that no lot buys has a length too, and nobody asks."""
    lots = tuple(
        row.model_copy(update={"care_forms": tuple(form for form in row.care_forms if form != "mental_care")})
        for row in small_case.lots
    )
    (note,) = hours_budget_notes(replace(small_case, lots=lots))
    names = {form.id: form.name_en for form in small_case.care_forms}
    assert names["guidance"] in note["en"]
    assert names["mental_care"] not in note["en"]


def test_a_price_far_above_the_tariff_is_told(small_case: Case) -> None:
    """13 weeks pay a small part of care that lasts a year; ten years pay all, and nothing is said."""
    (note,) = hours_budget_notes(_with_weeks(small_case, 13.0))
    assert note["en"].startswith("Maatwerktraject: the price per unit is above 125 % of the tariff")
    assert "(13 weeks, " in note["en"]
    assert "(13 weken, " in note["nl"]
    assert hours_budget_notes(_with_weeks(small_case, 520.0)) == ()


def test_far_above_is_a_quarter_more(small_case: Case) -> None:
    """Sixty weeks pay 78.5 % of guidance, 127 % of the tariff, and 81.7 % of mental care, 122 %: that is not told."""
    case = _with_weeks(small_case, 60.0)
    names = {form.id: form.name_en for form in case.care_forms}
    price = {form: 1 / part for form, (_, part) in hours_budget_terms(case).items()}
    assert price["mental_care"] < 1.25 < price["guidance"] < 1.3
    (note,) = hours_budget_notes(case)
    assert f"{names['guidance']} 127 % (60 weeks, 79 %)" in note["en"]
    assert names["mental_care"] not in note["en"]


@pytest.mark.parametrize("weeks", [0.0, -4.0])
def test_a_length_is_positive(small_case: Case, weeks: float) -> None:
    row = small_case.care_forms[0].model_dump() | {"authorisation_weeks": weeks}
    with pytest.raises(ValueError, match="authorisation_weeks"):
        type(small_case.care_forms[0]).model_validate(row)
