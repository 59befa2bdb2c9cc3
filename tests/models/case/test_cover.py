"""Rules of cover, of the year of a revenue, and of the policy about both: one sentence each, and what holds without."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Edit
from csv_tables import put_table, table_of

from bekostiging.case import Case, CaseError, public_tables, read_case


def _only_sentence(folder: Path, lang: str = "en") -> str:
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    (sentence,) = caught.value.text(lang).splitlines()
    return sentence


def test_a_stock_cannot_fall_below_zero(folder: Path, edit: Edit) -> None:
    """All laws added: youth may take out what the Wmo brings in, in the same year or before."""
    start = read_case(folder).municipalities[0].reserve
    edit("begroting", 1, "reserve_addition", str(-start - 100))
    edit("begroting", 5, "reserve_addition", "100")
    case = read_case(folder)
    assert (case.begroting[1].law, case.begroting[5].law) == ("jeugdwet", "wmo")
    assert case.begroting[1].year == case.begroting[5].year == 2027
    edit("begroting", 5, "reserve_addition", "98")
    assert _only_sentence(folder) == (
        f"table begroting, row 3, column reserve_addition: municipality gemeente-1: stock {start:.0f} euro with the "
        "additions up to 2027, laws together, is -2; a stock cannot fall below zero: take out less or raise "
        "municipalities.reserve"
    )
    assert _only_sentence(folder, "nl").endswith(
        "een voorraad kan niet onder nul: verlaag wat eruit gaat of verhoog municipalities.reserve"
    )


def test_an_addition_before_the_term(folder: Path) -> None:
    rows = table_of(folder, "begroting")
    put_table(folder, "begroting", [*rows, rows[0] | {"year": "2025", "reserve_addition": "10"}])
    assert _only_sentence(folder) == (
        "table begroting, row 18, column reserve_addition: an addition in 2025, before the first contract year "
        "2026, is in the "
        "stock at the start already; add it to municipalities.reserve and leave this field empty"
    )


@pytest.mark.parametrize(
    ("given", "missing"),
    [("resistance_required", "resistance_available"), ("resistance_available", "resistance_required")],
)
def test_the_whole_municipality_has_both_or_neither(folder: Path, edit: Edit, given: str, missing: str) -> None:
    edit("municipalities", 0, given, "5000000")
    assert _only_sentence(folder) == (
        f"table municipalities, row 2, column {missing}: municipality gemeente-1 has {given} and no {missing}; the "
        "ratio asks "
        "both: fill it in or leave both empty"
    )
    edit("municipalities", 0, missing, "4000000")
    case = read_case(folder)
    assert {case.municipalities[0].resistance_required, case.municipalities[0].resistance_available} == {5e6, 4e6}


def test_what_is_required_is_more_than_nothing(folder: Path, edit: Edit) -> None:
    edit("municipalities", 0, "resistance_available", "5000000")
    edit("municipalities", 0, "resistance_required", "0")
    assert _only_sentence(folder) == (
        "table municipalities, row 2, column resistance_required: 0 is too small, allowed is 1 or more; mend the number "
        "(an amount below 1 euro is nothing to compute with; above 100 billion is a slip of the keyboard)"
    )


def test_cover_is_never_negative_and_an_addition_may_be(folder: Path, edit: Edit) -> None:
    edit("begroting", 1, "structural_cover", "-1")
    assert _only_sentence(folder) == (
        "table begroting, row 3, column structural_cover: -1 is negative; fill in zero or a positive number"
    )
    edit("begroting", 1, "structural_cover", "1000")
    edit("begroting", 1, "reserve_addition", "-1")
    row = read_case(folder).begroting[1]
    assert (row.structural_cover, row.reserve_addition) == (1000.0, -1.0)


def test_a_revenue_is_of_a_year_before_the_term(folder: Path, edit: Edit) -> None:
    edit("contracts", 0, "revenue_year", "2026")
    assert _only_sentence(folder) == (
        "table contracts, row 2, column revenue_year: revenue of 2026, while the first contract year is 2026; "
        "take the revenue "
        "of a year before it, 2025 at most"
    )
    edit("contracts", 0, "revenue_year", "2025")
    case = read_case(folder)
    assert [case.year_of_revenue(row) for row in case.contracts[:2]] == [2025, 2024]


def test_without_years_of_lead_the_revenue_is_of_the_year_before(small_case: Case) -> None:
    """The base year is the first contract year then, of which no revenue is known yet."""
    case = replace(small_case, base_year=2026)
    assert {case.year_of_revenue(row) for row in case.contracts} == {2025}


def test_the_index_of_every_year_since_the_revenue_is_known(folder: Path, edit: Edit) -> None:
    """The region has indices from 2025 on: a revenue of 2022 lacks those of 2023 and 2024, unless it is zero."""
    edit("contracts", 0, "revenue_year", "2022")
    row = table_of(folder, "contracts")[0]
    assert _only_sentence(folder) == (
        f"table indices, column year: year 2023, 2024 is missing, and the revenue of {row['provider']} / "
        f"{row['lot']} is of 2022 "
        "and is brought to 2026 with the index of every year after it; fill in OVA and PPC, or give the revenue "
        "of 2025 with "
        "contracts.revenue_year"
    )
    edit("contracts", 1, "revenue_year", "2022")
    assert f"{row['provider']} / {row['lot']} (+ 1) is of 2022" in _only_sentence(folder)
    for place in (0, 1):
        edit("contracts", place, "revenue", "0")
    assert read_case(folder).contracts[0].revenue == 0


def _with_policy(folder: Path, **values: str) -> Path:
    rows = table_of(folder, "policy")
    more = [rows[0] | {"name": name, "value": value, "scope": "case"} for name, value in values.items()]
    put_table(folder, "policy", [*rows, *more])
    return folder


def test_policy_of_cover_and_what_holds_without(folder: Path) -> None:
    own = read_case(folder).policy
    assert (own.reserve_confidence, own.reserve_refills, own.corridor_terms, own.laws_share) == (
        0.95, False, "simple", True,
    )  # fmt: skip
    words = {"reserve_refills": "yes", "corridor_terms": "free", "laws_share": "no"}
    own = read_case(_with_policy(folder, reserve_confidence="0.9", **words)).policy
    assert (own.reserve_confidence, own.reserve_refills, own.corridor_terms, own.laws_share) == (
        0.9, True, "free", False,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["reserve_confidence", "reserve_refills", "corridor_terms", "laws_share"])
def test_policy_of_cover_holds_for_the_whole_case(folder: Path, name: str) -> None:
    value = {"reserve_confidence": "0.9", "corridor_terms": "free"}.get(name, "yes")
    _with_policy(folder, **{name: value})
    rows = table_of(folder, "policy")
    rows[-1]["scope"] = "youth"
    put_table(folder, "policy", rows)
    assert f"{name} holds for the whole case; set scope to case" in _only_sentence(folder)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("reserve_confidence", "0.4", "reserve_confidence is 0.4, allowed is a number from 0.5 to 0.999; mend it"),
        ("reserve_refills", "soms", "'soms' is no choice for reserve_refills (yes, no); choose one"),
        (
            "corridor_terms",
            "simpel",
            "'simpel' is no choice for corridor_terms (simple, free); did you mean simple?",
        ),
    ],
)
def test_policy_of_cover_in_its_range(folder: Path, name: str, value: str, sentence: str) -> None:
    assert sentence in _only_sentence(_with_policy(folder, **{name: value}))


def test_laws_that_do_not_share_have_lots_of_their_own(folder: Path, edit: Edit) -> None:
    """One lot of youth and Wmo, and laws_share no."""
    case = read_case(folder)
    place = next(i for i, form in enumerate(case.care_forms) if form.id == "mental_care")
    edit("care_forms", place, "law", "wmo")
    _with_policy(folder, laws_share="no")
    assert _only_sentence(folder) == (
        "table lots, row 2, column care_forms: lot youth has care forms of jeugdwet and wmo, while policy laws_share is no; "
        "split the lot by law or set laws_share to yes"
    )


def test_bidders_do_not_see_the_cover(small_case: Case) -> None:
    """What the council set aside is the most it could pay."""
    header, *rows = csv.reader(public_tables(small_case)["municipalities.csv"].splitlines())
    assert header == ["code", "name", "name_en", "reported", "key_weight", "gemeentefonds", "status"]
    assert len(rows) == len(small_case.municipalities)
