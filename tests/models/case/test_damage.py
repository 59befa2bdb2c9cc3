"""Damaged folders, workbooks and files of clients: every row is read or its loss is said; never a traceback, never a hang.

What an input holds is counted by another reader (``damage``). Where the case is accepted, it has as many rows as were
there, and every row whose line was left alone is read as it was before.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from damage import BYTES, FOLDERS, no_hang, rows_there, whole_lines
from damage_workbooks import CELLS, FILES

from bekostiging.case import Case, UserError, read_case, read_clients, scaffold_case, synthetic_region, write_case
from bekostiging.case.read import Draft, read_draft, source_of
from bekostiging.case.tables import TABLES
from bekostiging.case.workbook.names import sheet_name
from bekostiging.characters import visible

FEW, MANY = 100, 1000
"""Inputs of each kind in the suite and in the slow run."""
Tables = dict[str, list[dict[str, object]]]
CLIENTS = "provider;profile;cost;town\n" + "".join(
    f"p{place % 3};{'licht' if place % 2 else 'zwaar'};{1000 + place};stad {place % 5}\n" for place in range(30)
)


def dumped(tables: Callable[[str], tuple[object, ...]]) -> Tables:
    return {table: [row.model_dump(exclude={"line"}) for row in tables(table)] for table in TABLES}  # type: ignore[attr-defined]


def of_draft(draft: Draft) -> Tables:
    return dumped(lambda table: draft.tables.get(table, ()))


def of_case(case: Case) -> Tables:
    return dumped(lambda table: getattr(case, table))


@pytest.fixture(scope="module")
def folder(small_case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("damage") / "whole"
    write_case(small_case, place, "nl")
    return place


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("damage") / "whole.xlsx"
    scaffold_case(place, "nl", synthetic_region(1, 3), wanted=["profielen"])
    return place


def told(error: UserError) -> str:
    """Sentences that a reader can use, and that can be printed."""
    for lang in ("nl", "en"):
        text = error.text(lang)
        assert text.strip()
        assert all(len(line) < 900 for line in text.splitlines()), text
    return error.text("nl")


def folder_judged(seed: int, whole: Path, original: Tables, place: Path) -> str:
    """One damaged folder: refused, or accepted with everything that is in it or said not to be."""
    rng = Random(seed)
    change = FOLDERS[seed % len(FOLDERS)]
    shutil.copytree(whole, place)
    before = {table: (place / f"{table}.csv") for table in TABLES}
    lines = {table: file.read_text("utf-8").split("\n") for table, file in before.items() if file.exists()}
    change(place, rng)
    with no_hang():
        try:
            case = read_case(place)
        except UserError as error:
            told(error)
            return "refused"
    notes = " ".join(note["nl"] for note in case.notes)
    read = of_draft(read_draft(source_of(place), [], head="required"))
    for file in place.iterdir():
        if ".csv" in file.name.lower() and file.name.removesuffix(".csv") not in TABLES:
            assert visible(file.name) in notes, (change.__name__, file)
    for table, rows in read.items():
        if not (file := place / f"{table}.csv").exists():
            assert not rows
            continue
        assert len(rows) == rows_there(file.read_bytes()), (change.__name__, table, notes)
        left, own = whole_lines(file.read_bytes()), original[table]
        known = Counter(str(row) for row in rows)
        for line, row in zip(lines.get(table, [])[1:], own, strict=False):
            assert known[str(row)] >= min(left[line], 1), (change.__name__, table, line)
    return "accepted"


def workbook_judged(seed: int, whole: bytes, original: Tables, place: Path) -> str:
    """One damaged workbook: refused, or the same case; where a cell was changed, as many rows."""
    rng = Random(seed)
    changes = (*FILES, *CELLS)
    change = changes[seed % len(changes)]
    place.write_bytes(change(whole, rng))
    with no_hang():
        try:
            case = read_case(place)
        except UserError as error:
            told(error)
            return "refused"
    notes = " ".join(note["nl"] for note in case.notes)
    read = of_case(case)
    for table, own in original.items():
        if change in FILES:
            same = read[table] == own
            assert same or f"blad {sheet_name(table, 'nl')} is leeg" in notes, (change.__name__, table, notes)
        else:
            assert len(read[table]) == len(own), (change.__name__, table, notes)
    return "accepted"


def clients_judged(seed: int, place: Path) -> str:
    """One damaged file of clients: refused, or a client for every row; no cell of it goes on over a line break."""
    change = BYTES[seed % len(BYTES)]
    content = change(CLIENTS.encode(), Random(seed))
    place.write_bytes(content)
    with no_hang():
        try:
            table = read_clients(place)
        except UserError as error:
            told(error)
            return "refused"
    assert len(table.provider) == rows_there(content), change.__name__
    assert sum(whole_lines(content).values()) - 1 - content.startswith(b"sep=") == rows_there(content), (
        change.__name__
    )
    return "accepted"


def all_judged(seeds: range, judge: Callable[[int], str]) -> Counter[str]:
    """Every input; what is wrong with each, together."""
    found: Counter[str] = Counter()
    wrong = []
    for seed in seeds:
        try:
            found[judge(seed)] += 1
        except (Exception, RecursionError) as error:
            wrong.append(f"{seed}: {type(error).__name__} {str(error)[:300]}")
    assert not wrong, "\n".join(wrong)
    return found


def folders_judged(seeds: range, whole: Path, tmp_path: Path) -> Counter[str]:
    original = of_draft(read_draft(source_of(whole), [], head="required"))

    def judge(seed: int) -> str:
        place = tmp_path / f"case{seed}"
        try:
            return folder_judged(seed, whole, original, place)
        finally:
            shutil.rmtree(place)

    return all_judged(seeds, judge)


def workbooks_judged(seeds: range, whole: Path, tmp_path: Path) -> Counter[str]:
    original, content = of_case(read_case(whole)), whole.read_bytes()
    return all_judged(seeds, lambda seed: workbook_judged(seed, content, original, tmp_path / "x.xlsx"))


def test_folders(folder: Path, tmp_path: Path) -> None:
    assert folders_judged(range(FEW), folder, tmp_path).keys() == {"accepted", "refused"}


def test_workbooks(workbook: Path, tmp_path: Path) -> None:
    assert workbooks_judged(range(FEW), workbook, tmp_path).keys() == {"accepted", "refused"}


def test_files_of_clients(tmp_path: Path) -> None:
    found = all_judged(range(200), lambda seed: clients_judged(seed, tmp_path / "clients.csv"))
    assert found.keys() == {"accepted", "refused"}


@pytest.mark.slow
def test_a_thousand_folders(folder: Path, tmp_path: Path) -> None:
    folders_judged(range(FEW, MANY), folder, tmp_path)


@pytest.mark.slow
def test_a_thousand_workbooks(workbook: Path, tmp_path: Path) -> None:
    workbooks_judged(range(FEW, MANY), workbook, tmp_path)
