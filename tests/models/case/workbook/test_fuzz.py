"""Workbooks as nobody should make them: a case with every row, or sentences; never a traceback, never a hang.

What hands do to tables (types, deletions, duplicates, encodings, huge texts), told from an independent list of the rows
that were left alone. What disks, programs and attackers do to the file is tried in ``test_damage``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from random import Random

import pytest
from citizen_numbers import made
from damage import no_hang
from workbooks import Grids, grids_of, header_of, write_grids

from bekostiging.case import Case, UserError, read_case, scaffold_case, synthetic_region
from bekostiging.case.tables import TABLES
from bekostiging.case.workbook.names import sheet_name

N_CELLS = 130
CITIZEN = made()
"""Passes the elfproef, and is a number nobody has."""
NASTY = (
    None, "", " ", "x", "veel", -1, 0, 1e300, -1e-9, 1.5, 3, 10**15, True, False, "1.234", "12,345", "1,5", "-", "=1+1",
    "@a", "+1", "'=1", "NaN", "inf", "1e400", "#REF!", "ja", "totaal", "naam", "Ã«Ã©", "\u202eRTL", "\u200b", "é" * 300,
    "x" * 32_767, "😀", "a|b||c", "\t", "a\nb", "0034", CITIZEN, int(CITIZEN), dt.date(2026, 1, 1),
    dt.date(1905, 7, 18), "2026", "²", "٣",
)  # fmt: skip
Cells = Callable[[Grids, Random, set[int]], None]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("new") / "regio.xlsx"
    scaffold_case(place, "nl", synthetic_region(1, 3), wanted=["profielen"])
    return place


@pytest.fixture(scope="module")
def base(written: Path) -> Grids:
    return grids_of(written)


@pytest.fixture(scope="module")
def original(written: Path) -> dict[str, list[dict[str, object]]]:
    return dumped(read_case(written))


def dumped(case: Case) -> dict[str, list[dict[str, object]]]:
    return {table: [row.model_dump() for row in getattr(case, table)] for table in TABLES}


def outcome(path: Path) -> Case | None:
    """The case, or None after sentences that a reader can use."""
    with no_hang():
        try:
            return read_case(path)
        except UserError as error:
            for lang in ("nl", "en"):
                told = error.text(lang)
                assert told.strip()
                assert CITIZEN not in told
                assert all(len(line) < 700 for line in told.splitlines()), told
            return None


# cells: what hands do


def _table(grids: Grids, rng: Random) -> str:
    named = [
        name for name, rows in grids.items() if any(str(cell).strip() == "status" for row in rows for cell in row)
    ]
    return rng.choice(named)


def _body(grids: Grids, sheet: str) -> list[list[object]]:
    return grids[sheet][header_of(grids[sheet]) + 1 :]


def _touch(rows: list[list[object]], touched: set[int]) -> None:
    touched.update(id(row) for row in rows)


def put_anything(grids: Grids, rng: Random, touched: set[int]) -> None:
    row = rng.choice(_body(grids, _table(grids, rng)))
    row[rng.randrange(len(row))] = rng.choice(NASTY)
    _touch([row], touched)


def put_in_head(grids: Grids, rng: Random, touched: set[int]) -> None:
    row = rng.choice([row for row in grids.get("casus", [["naam", "x"]]) if row[0]])
    row[rng.randrange(2)] = rng.choice(NASTY)


def delete_row(grids: Grids, rng: Random, touched: set[int]) -> None:
    sheet = _table(grids, rng)
    grids[sheet].remove(rng.choice(_body(grids, sheet)))


def repeat_row(grids: Grids, rng: Random, touched: set[int]) -> None:
    sheet = _table(grids, rng)
    grids[sheet].append(list(rng.choice(_body(grids, sheet))))


def delete_column(grids: Grids, rng: Random, touched: set[int]) -> None:
    sheet = _table(grids, rng)
    place = rng.randrange(len(grids[sheet][header_of(grids[sheet])]) - 1)
    _touch(grids[sheet], touched)
    for row in grids[sheet]:
        del row[place]


def repeat_column(grids: Grids, rng: Random, touched: set[int]) -> None:
    sheet = _table(grids, rng)
    place = rng.randrange(len(grids[sheet][header_of(grids[sheet])]))
    for row in grids[sheet]:
        row.append(row[place])


def rename_column(grids: Grids, rng: Random, touched: set[int]) -> None:
    sheet = _table(grids, rng)
    header = grids[sheet][header_of(grids[sheet])]
    place = rng.randrange(len(header) - 1)
    header[place] = rng.choice(
        [str(header[place]).upper(), f" {header[place]} ", f"{header[place]}x", None, 3.0, "naam"]
    )
    _touch(grids[sheet], touched)


def shuffle_columns(grids: Grids, rng: Random, touched: set[int]) -> None:
    sheet = _table(grids, rng)
    order = rng.sample(range(len(grids[sheet][0])), len(grids[sheet][0]))
    for row in grids[sheet]:
        row[:] = [row[place] for place in order]


def move_sheets(grids: Grids, rng: Random, touched: set[int]) -> None:
    for name in rng.sample(list(grids), len(grids)):
        grids[name] = grids.pop(name)


def lose_sheet(grids: Grids, rng: Random, touched: set[int]) -> None:
    name = rng.choice(list(grids))
    rows = grids.pop(name)
    if rng.random() < 0.6:
        grids[rng.choice([name.upper(), f"{name} 2", f"{name}x", "Blad1"])] = rows


def same_table_twice(grids: Grids, rng: Random, touched: set[int]) -> None:
    grids["providers"] = deepcopy(grids.get("aanbieders", [["x"]]))


def blank_rows(grids: Grids, rng: Random, touched: set[int]) -> None:
    sheet = _table(grids, rng)
    grids[sheet].insert(header_of(grids[sheet]) + 1 + rng.randrange(3), [None] * len(grids[sheet][0]))


def total_below(grids: Grids, rng: Random, touched: set[int]) -> None:
    sheet = _table(grids, rng)
    width = len(grids[sheet][0])
    grids[sheet].append(
        [rng.choice(["Totaal", "TOTAAL:", "Som", "subtotaal Wmo"]), *[None] * (width - 2), 12.0][:width]
    )


def remark(grids: Grids, rng: Random, touched: set[int]) -> None:
    rows = grids[rng.choice(list(grids))]
    row = rng.choice(rows) if rows else []
    row += [None] * rng.randrange(3) + ["nakijken!"]


def numbers_as_text(grids: Grids, rng: Random, touched: set[int]) -> None:
    for row in _body(grids, _table(grids, rng)):
        row[:] = [str(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in row]


def spaces(grids: Grids, rng: Random, touched: set[int]) -> None:
    for row in grids[_table(grids, rng)]:
        row[:] = [f"\u00a0 {cell} " if isinstance(cell, str) else cell for cell in row]


def drop_what_is_above(grids: Grids, rng: Random, touched: set[int]) -> None:
    sheet = _table(grids, rng)
    del grids[sheet][: header_of(grids[sheet]) + (rng.random() < 0.3)]


CELLS: tuple[Cells, ...] = (
    put_anything, put_anything, put_anything, put_in_head, delete_row, repeat_row, delete_column, repeat_column,
    rename_column, shuffle_columns, move_sheets, lose_sheet, same_table_twice, blank_rows, total_below, remark,
    numbers_as_text, spaces, drop_what_is_above,
)  # fmt: skip


@pytest.mark.parametrize("seed", range(N_CELLS))
def test_cells(seed: int, base: Grids, original: dict[str, list[dict[str, object]]], tmp_path: Path) -> None:
    rng = Random(seed)
    grids, touched = deepcopy(base), set[int]()
    rows = {table: _body(grids, sheet_name(table, "nl")) for table in TABLES if sheet_name(table, "nl") in grids}
    for change in rng.sample(CELLS, rng.choice([1, 1, 2])):
        change(grids, rng, touched)
    case = outcome(write_grids(tmp_path / "x.xlsx", grids))
    if case is None:
        return
    read = dumped(case)
    there = {id(row) for sheet in grids.values() for row in sheet}
    told = " ".join(note["nl"] for note in case.notes)
    for table, own in rows.items():
        kept = [place for place, row in enumerate(own) if id(row) in there and id(row) not in touched]
        assert all(original[table][place] in read[table] for place in kept), (table, told)
        name = sheet_name(table, "nl")
        if name in grids:
            filled = sum(any(str(cell or "").strip() for cell in row) for row in _body(grids, name))
            assert len(read[table]) == filled - told.count(f"{name}!"), (table, told)
