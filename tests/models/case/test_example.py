"""The invented region is one as folder and workbook; what ``new`` gives is in one language, with years that lie ahead."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bekostiging.case import case_from_history, read_case, scaffold_case, scaffold_history
from bekostiging.case.example import example_region
from bekostiging.case.tables import TABLES
from bekostiging.studies import study_lumpsum

BOOK = Path(__file__).parents[3] / "examples" / "veenrand.xlsx"


def test_the_workbook_of_the_invented_region_is_its_folder() -> None:
    book, folder = read_case(BOOK), read_case("veenrand")
    assert book.notes == folder.notes == ()
    for table in TABLES:
        assert [row.model_dump() for row in getattr(book, table)] == [
            row.model_dump() for row in getattr(folder, table)
        ]
    assert (book.name, book.title, book.disclaimer, book.names) == (
        folder.name,
        folder.title,
        folder.disclaimer,
        "invented",
    )


def test_the_invented_region_is_of_the_size_of_a_real_one_and_says_what_it_is() -> None:
    case = read_case("veenrand")
    assert [len(rows) for rows in (case.municipalities, case.lots, case.providers)] == [3, 4, 6]
    assert "Verzonnen regio" in case.disclaimer["nl"]
    assert all(
        "(verzonnen)" in row.source or row.status == "estimated"
        for table in TABLES
        for row in getattr(case, table)
    )
    assert not any(row.code.startswith("0") for row in case.municipalities)  # no code of an existing municipality


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_example_is_in_one_language_with_years_ahead(lang: str) -> None:
    case = example_region(lang)
    assert case.first_year > date.today().year
    assert {row.status for table in TABLES for row in getattr(case, table)} == {"illustrative"}
    dutch = {"Jeugd ambulant", "licht", "lonen", "hulp-huishouden", "korter", "voorbeeld om te overschrijven"}
    texts = {
        str(part)
        for table in TABLES
        for row in getattr(case, table)
        for value in row.model_dump().values()
        for part in (value if isinstance(value, tuple) else (value,))
    }
    assert bool(dutch & texts) == (lang == "nl")


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_small_start_keeps_names_and_protects_them(tmp_path: Path, lang: str) -> None:
    scaffold_history(tmp_path / "klein.xlsx", lang)
    case = case_from_history(tmp_path / "klein.xlsx", "mijn")
    assert (case.kind, case.first_year > date.today().year) == ("running", True)
    assert [lot.name for lot in case.lots] == [
        "Jeugdhulp begeleiding zonder verblijf", "Jeugd-ggz zonder verblijf", "Begeleiding Wmo"
    ]  # fmt: skip
    assert case.municipalities[1].name == {"nl": "Voorbeelddorp", "en": "Example Village"}[lang]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_optional_table_can_be_asked_for_at_once(tmp_path: Path, lang: str) -> None:
    """The rows to overwrite name what the example has: the file that ``new`` gives is in order."""
    for case in (None, example_region(lang)):
        place = tmp_path / f"{case is None}.xlsx"
        scaffold_case(place, lang, case, wanted=["all"])
        read = read_case(place)
        assert {row.destination for row in read.mergers} <= {area.municipality for area in read.areas}
        assert len(read.mergers) == len(read.durations) / 3 == len(read.clauses) == 1


@pytest.mark.slow
def test_the_example_that_a_newcomer_meets_has_a_lump_sum() -> None:
    """With as many design scenarios as anybody gets who asks for nothing."""
    assert study_lumpsum(read_case("veenrand"), n_scenarios=64).designed != "none"
