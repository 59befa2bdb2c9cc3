"""National measures: dated, grounded, off unless chosen, and never of another law or before their date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bekostiging.case import Case, dated_notes, read_case
from bekostiging.case.national import national_measures, national_problems
from bekostiging.case.tables import PAYMENT_FORMS, Measure, PaymentForm
from bekostiging.evaluation.measures import measure_outcomes
from bekostiging.report.comparison.measures import national_rows, national_told
from bekostiging.report.kit.texts import Texts
from bekostiging.scenarios import CareUse, build_cells, expected_care_use, expected_with

NL = Texts("nl")


def _row(case: Case, law: str, **changes: Any) -> Measure:
    """A row of table measures on the first care form of a law."""
    form = next(row.id for row in case.care_forms if row.law == law)
    known = {
        "id": "own_contribution", "name": "Eigen bijdrage", "care_form": form, "channel": "all", "quantity": "inflow",
        "effect": -0.1, "chance": 0.4, "first_year": 2, "years": 2, "source": "raming", "status": "illustrative",
    }  # fmt: skip
    return Measure.model_validate(known | changes)


@pytest.mark.parametrize("name", ["almere", "veenrand", "region"])
def test_none_is_on_in_a_shipped_case(name: str) -> None:
    case = read_case(name)
    assert not any(one.chosen for one in national_measures(case))
    assert not [note for note in dated_notes(case) if "National measure" in note["en"]]
    assert not any(row["chosen"] for row in national_rows(case, NL))


def test_every_measure_has_article_date_or_doubt_and_source(small_case: Case) -> None:
    found = national_measures(small_case)
    assert {one.id for one in found} == {
        "own_contribution",
        "taakstelling_2028",
        "local_teams",
        "regional_purchase",
    }
    for one in found:
        assert one.article
        assert one.source
        assert one.law in {row.law for row in small_case.care_forms}
        for lang in ("nl", "en"):
            assert one.name[lang]
            assert one.doubt[lang], "nothing here is certain, and it says so"


def test_what_is_chosen_is_said_with_chance_effect_ground_and_doubt(small_case: Case) -> None:
    case = replace(small_case, measures=(_row(small_case, "wmo"),))
    (told,) = national_told(case, "nl")
    name = next(row.name for row in case.care_forms if row.law == "wmo")
    for part in (
        "Eigen bijdrage Wmo naar inkomen en vermogen", "kans van 40 %", f"{name}: instroom \u221210 %",
        "Kamerstukken II 36 713", "gepland voor 1 januari 2027", "controversieel", "november 2026",
    ):  # fmt: skip
        assert part in told, part
    assert told in [note["nl"] for note in dated_notes(case)]
    (row,) = (row for row in national_rows(case, NL) if row["chosen"])
    assert (row["chance"], row["since"]) == (0.4, "gepland voor 2027-01-01")


def test_a_chosen_measure_by_hand(small_case: Case) -> None:
    """Inflow 10 % less in the second and third year, chance 0.4: of 1,000 that becomes 900 it expects 40; where 25 a year
    was booked on it, at 0.9 and 0.8 together 42.5, there are 2.5 missing. Without rows nothing is counted."""
    case = replace(small_case, measures=(_row(small_case, "wmo", booked_saving=25.0),))
    cells, amounts = build_cells(case), iter((1000.0, 900.0))

    def spends(_: CareUse) -> dict[PaymentForm, float]:
        return dict.fromkeys(PAYMENT_FORMS, next(amounts))

    spending: Callable[[CareUse], dict[PaymentForm, float]] = spends
    (found,) = measure_outcomes(case, cells, np.array([1.0, 0.9, 0.8, 0.7]), spending)
    for form in PAYMENT_FORMS:
        assert (found.expected[form], found.missing[form]) == pytest.approx((40, 2.5))
    assert measure_outcomes(small_case, cells, np.ones(4), spending) == ()


def test_it_reaches_the_starts_of_its_care_form_from_its_date(small_case: Case) -> None:
    """Starts of the care form are a tenth fewer in its two years, and nobody else is."""
    row = _row(small_case, "wmo")
    case = replace(small_case, measures=(row,))
    cells = build_cells(case)
    with_it, without = expected_with(case, cells, 4, row.id).starts[0], expected_care_use(case, cells, 4).starts[0]
    own = np.array(cells.care_form_ids)[cells.care_form] == row.care_form
    ratio = with_it[:, own] / without[:, own]
    assert ratio[[1, 2]] == pytest.approx(np.full_like(ratio[[1, 2]], 0.9))
    assert ratio[[0, 3]] == pytest.approx(np.ones_like(ratio[[0, 3]]))
    np.testing.assert_array_equal(with_it[:, ~own], without[:, ~own])


@pytest.mark.parametrize(
    ("law", "changes", "column", "told"),
    [
        ("jeugdwet", {}, "care_form", "own_contribution is about the Wmo"),
        ("jeugdwet", {"id": "taakstelling_2028", "first_year": 1}, "first_year", "2028 at the earliest"),
        ("wmo", {"first_year": 1}, "first_year", "begins here in 2026, and is there in 2027 at the earliest"),
    ],
)
def test_another_law_or_too_early_is_refused(
    small_case: Case, law: str, changes: dict[str, Any], column: str, told: str
) -> None:
    """The small case begins in 2026."""
    found = list(national_problems(replace(small_case, measures=(_row(small_case, law, **changes),))))
    assert [problem.column for problem in found] == [column]
    assert told in str(found[0].en)


def test_from_its_date_on_it_is_in_order(small_case: Case) -> None:
    late = _row(small_case, "jeugdwet", id="taakstelling_2028", first_year=3)
    assert not list(national_problems(replace(small_case, measures=(_row(small_case, "wmo"), late))))
    own = _row(small_case, "jeugdwet", id="mine", first_year=1)
    assert not list(national_problems(replace(small_case, measures=(own,))))
