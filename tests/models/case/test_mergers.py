"""Counts of municipalities that merged are added before anybody reads them; sums are by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from csv_tables import put_table
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.case import Case, CaseError, convert, read_case, write_case
from bekostiging.case.errors import Note, Problem
from bekostiging.case.mergers import with_mergers
from bekostiging.case.rows import Row
from bekostiging.case.tables import Area, History, Merger

Count = tuple[str, int, float | None]


def _area(code: str) -> Area:
    return Area(
        id=f"{code}-1", municipality=code, name=code, inhabitants_0_17=1, inhabitants_18_64=1, inhabitants_65_plus=1,
        source="CBS", status="published",
    )  # fmt: skip


def _merged(
    mergers: list[tuple[str, str, int]], counts: list[Count]
) -> tuple[list[Count], list[Problem], list[Note]]:
    """What history says after the mergers, by place and year."""
    tables: dict[str, tuple[Row, ...]] = {
        "areas": (_area("new"), _area("other")),
        "mergers": tuple(
            Merger(origin=a, destination=b, year=year, source="CBS", status="published") for a, b, year in mergers
        ),
        "history": tuple(
            History(
                area=place, care_form="guidance", year=year, definition="stock_at_date", clients=clients, source=place,
                status="own_data",
            )
            for place, year, clients in counts
        ),
    }  # fmt: skip
    problems: list[Problem] = []
    notes: list[Note] = []
    rows = with_mergers(tables, problems, notes)["history"]
    return sorted((row.area, row.year, row.clients) for row in rows if isinstance(row, History)), problems, notes


MADE_OF_TWO = [("a", "new", 2022), ("b", "new", 2022)]


@pytest.mark.parametrize(
    ("mergers", "counts", "expected"),
    [
        ([("a", "new", 2022)], [("a", 2021, 8.0), ("new", 2022, 9.0)], [("new", 2021, 8.0), ("new", 2022, 9.0)]),
        (MADE_OF_TWO, [("a", 2021, 8.0), ("b", 2021, 5.0), ("new", 2022, 14.0)],
         [("new", 2021, 13.0), ("new", 2022, 14.0)]),
        # one that was there already takes another in: its own rows of then are its old territory
        ([("a", "new", 2022)], [("a", 2021, 8.0), ("new", 2021, 30.0), ("new", 2022, 40.0)],
         [("new", 2021, 38.0), ("new", 2022, 40.0)]),
        # in two steps: a and b became c in 2020, c became new in 2022
        ([("a", "c", 2020), ("b", "c", 2020), ("c", "new", 2022)],
         [("a", 2019, 1.0), ("b", 2019, 2.0), ("c", 2021, 4.0), ("new", 2022, 5.0)],
         [("new", 2019, 3.0), ("new", 2021, 4.0), ("new", 2022, 5.0)]),
        # zero is a count; what is not known makes the sum not known
        (MADE_OF_TWO, [("a", 2021, 8.0), ("b", 2021, 0.0)], [("new", 2021, 8.0)]),
        (MADE_OF_TWO, [("a", 2021, 8.0), ("b", 2021, None)], [("new", 2021, None)]),
        # a year without one of the parts is no year of the whole
        (MADE_OF_TWO, [("a", 2020, 7.0), ("a", 2021, 8.0), ("b", 2021, 5.0)], [("new", 2021, 13.0)]),
        ([("a", "new", 2022)], [("a", 2020, 7.0), ("new", 2021, 30.0), ("a", 2021, 8.0)], [("new", 2021, 38.0)]),
        # others stay as they are
        (MADE_OF_TWO, [("other", 2021, 6.0), ("NL", 2021, 99.0)], [("NL", 2021, 99.0), ("other", 2021, 6.0)]),
    ],
)  # fmt: skip
def test_parts_are_added(mergers: list[tuple[str, str, int]], counts: list[Count], expected: list[Count]) -> None:
    rows, problems, _ = _merged(mergers, counts)
    assert problems == []
    assert rows == expected


def test_a_year_without_a_part_is_said() -> None:
    _, _, notes = _merged(MADE_OF_TWO, [("a", 2020, 7.0), ("a", 2021, 8.0), ("b", 2021, 5.0)])
    assert [note["en"].split(": ", 1)[1] for note in notes] == [
        "a + b counts as new, by table mergers.",
        "a year does not count where a part of the municipality of today is missing: new / guidance 2020 (b). Fill that "
        "part in (0 where there was nobody).",
    ]


@given(
    counts=st.dictionaries(
        st.tuples(st.sampled_from(["a", "b", "new"]), st.integers(2018, 2021)), st.integers(0, 999), min_size=1
    )
)
def test_nobody_is_lost_or_counted_twice(counts: dict[tuple[str, int], int]) -> None:
    """Every year comes out as the sum of its parts, or is named as incomplete."""
    rows, _, notes = _merged(MADE_OF_TWO, [(place, year, float(count)) for (place, year), count in counts.items()])
    told = " ".join(note["en"] for note in notes)
    for year in {year for _, year in counts}:
        parts = {place: count for (place, past), count in counts.items() if past == year}
        asked = {"a", "b"} | ({"new"} if any(place == "new" for place, _ in counts) else set())
        found = [clients for _, past, clients in rows if past == year]
        if parts.keys() >= asked:
            assert found == [sum(parts.values())]
        elif f"guidance {year}" in told:
            assert found == []
        else:
            assert parts.keys() == {"new"}, "without any old code nothing is added"


@pytest.mark.parametrize(
    ("mergers", "counts", "column", "sentence"),
    [
        ([("a", "elsewhere", 2022)], [], "destination", "elsewhere is no municipality of areas"),
        ([("other", "new", 2022)], [], "origin", "other is still in areas and cannot have merged into new"),
        ([("a", "b", 2022), ("b", "a", 2022)], [], "destination", "a merges into itself by way of others"),
        ([("a", "new", 2022)], [("a", 2022, 1.0)], "area", "a is part of new from 2022 on (table mergers) and has a row of"),
    ],
)  # fmt: skip
def test_a_merger_that_cannot_be(
    mergers: list[tuple[str, str, int]], counts: list[Count], column: str, sentence: str
) -> None:
    _, problems, _ = _merged(mergers, counts)
    assert problems[0].column == column
    assert problems[0].en.startswith(sentence)


@pytest.fixture
def folder(small_case: Case, tmp_path: Path) -> Path:
    """A case of which the first municipality has one row of history under its former code."""
    write_case(small_case, tmp_path / "case", "en")
    code, form = small_case.areas[0].municipality, small_case.care_forms[0]
    rows = [
        {"area": place, "care_form": form.law, "year": year, "definition": "persons_in_year", "clients": clients,
         "source": "CBS", "status": "published"}
        for place, year, clients in (("former", "2020", "70"), ("former", "2021", "80"), (code, "2022", "90"))
    ]  # fmt: skip
    put_table(tmp_path / "case", "history", rows)
    return tmp_path / "case"


def test_an_unknown_code_is_one_error_with_its_remedy(folder: Path) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    (problem,) = caught.value.problems
    assert problem.en == (
        "'former' is not in table areas, as an area or a municipality; if it merged into another municipality, say in table "
        "mergers into which and from which year, else mend the name or add the area"
    )


def test_folder_and_workbook_read_the_same_history(folder: Path, small_case: Case) -> None:
    code = small_case.areas[0].municipality
    merger = {"origin": "former", "destination": code, "year": "2022", "source": "CBS", "status": "published"}
    put_table(folder, "mergers", [merger])
    case = read_case(folder)
    assert [(row.area, row.year, row.clients) for row in case.history] == [
        (code, 2020, 70),
        (code, 2021, 80),
        (code, 2022, 90),
    ]
    assert case.notes == (
        {
            "nl": f"history: former telt mee als {code}, volgens tabel mergers.",
            "en": f"history: former counts as {code}, by table mergers.",
        },
    )
    convert(str(folder), folder.parent / "case.xlsx", "nl")
    again = read_case(folder.parent / "case.xlsx")
    assert [row.model_dump() for row in again.history] == [row.model_dump() for row in case.history]
