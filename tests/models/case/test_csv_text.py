"""The text of a CSV file: every row with the line on which it stands, or a sentence about it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.case import csv_text as module
from bekostiging.case.csv_text import csv_text, text_of
from bekostiging.case.errors import Note, Problem
from bekostiging.case.toml_text import MOST_CHARACTERS, NotTomlError, toml_of

HEAD = "id;name;source\n"


def read(text: str, notes: list[Note] | None) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Rows and problems of a text."""
    problems: list[Problem] = []
    found = csv_text(text, "t", problems, notes)
    rows = [] if found is None else list(found.rows)
    return rows, [problem.text("en") for problem in problems]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (HEAD + "a;b;c\n\n;;\nd;e;f", [(2, ["a", "b", "c"]), (5, ["d", "e", "f"])]),
        ("\n\n" + HEAD + "a;b;c\n", [(4, ["a", "b", "c"])]),
        ("sep=;\n" + HEAD + "a;b;c\n", [(3, ["a", "b", "c"])]),
        (HEAD.replace(";", "\t") + "a\tb,1\tc\n", [(2, ["a", "b,1", "c"])]),
        ("sep=\t\n" + HEAD.replace(";", "\t") + "a\tb\tc\n", [(3, ["a", "b", "c"])]),
        ('"sep=,"\n' + HEAD.replace(";", ",") + 'a,"b;1",c\n', [(3, ["a", "b;1", "c"])]),
        (HEAD.replace("\n", ";;\n") + "a;b;c;;\nd;e;f\n", [(2, ["a", "b", "c"]), (3, ["d", "e", "f"])]),
        (HEAD + 'a;"say ""b""";5" pipe\n', [(2, ["a", 'say "b"', '5" pipe'])]),
        (HEAD + "a;b\u2028\x85\x0b\x0c\x1c;c\n", [(2, ["a", "b\u2028\x85\x0b\x0c\x1c", "c"])]),
    ],
)
def test_rows_have_the_numbers_of_an_editor(text: str, rows: list[tuple[int, list[str]]]) -> None:
    notes: list[Note] = []
    assert read(text, notes) == (rows, [])
    assert notes == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            HEAD + 'a;b;"c\nd;e;f"\n',
            "table t, row 2: a cell between quotation marks goes on to row 3; remove the stray",
        ),
        (HEAD + 'a;b;c\n"d;e;f\ng";h;i\n', "table t, row 3: a cell between quotation marks goes on to row 4"),
        (HEAD + 'a;b;"c\nd;e;"f\n', "table t, row 2: text follows a closing quotation mark (row 3)"),
        (HEAD + 'a;b;c\nd;e;"f\ng;h;i\n', "table t, row 3: a quotation mark in this row is closed nowhere"),
        (HEAD + 'a;b;"' + "c" * 200_000 + "\n", "table t, row 2: a cell has more than 131072 characters"),
        (HEAD + "\na;b\n", "table t, row 3: has 2 fields where the header has 3; make them equal"),
        (HEAD + "a;b;c;d\n", "table t, row 2: has 4 fields where the header has 3; make them equal"),
        (HEAD[:-1] + ";\na;b;c;d\n", "table t, row 2: has something in column 4, which has no name"),
        ("id;;source\na;b;c\n", "table t, row 1: column 2 has no name; name it or remove it"),
        (";;\n", "table t, row 1: column 1 has no name; name it or remove it"),
        ("sep=|\nid|name\na|b\n", "table t, row 2 has no semicolons or commas"),
        (
            '"Jeugdzorg; gemeenten, 2024"\n' + HEAD,
            "table t: row 1 is a title ('Jeugdzorg; gemeenten, 2024') and names no",
        ),
        ("Tabel 1\n" + HEAD, "table t: row 1 has no semicolons or commas between the names of the columns"),
        (" \n\n", "table t: this file is empty; fill or remove it"),
    ],
)
def test_what_does_not_fit_is_said(text: str, said: str) -> None:
    _, problems = read(text, [])
    assert len(problems) == 1
    assert problems[0].startswith(
        re.sub(r", row (\d) has", r": row \1 has", said) if "semicolons" in said else said
    ), problems


def test_a_text_over_two_lines_is_read_and_said() -> None:
    """It cannot hold a row, with fewer separators than a row has. In a file of clients, without texts, it is an error."""
    notes: list[Note] = []
    text = HEAD + 'a;"b\n\nb; c";d\ne;f;"g\nh"\ni;j;k\n'
    rows, problems = read(text, notes)
    assert problems == []
    assert [row for row, _ in rows] == [2, 5, 7]
    assert [note["en"] for note in notes] == [
        "t: a cell goes on over a line break and was read as one cell (row 2, 5)"
    ]
    assert [said[:18] for said in read(text, None)[1]] == ["table t, row 2: a ", "table t, row 5: a "]


def test_rows_that_do_not_fit_are_listed_up_to_a_number() -> None:
    _, problems = read(HEAD + "a;b\n" * 1000, [])
    assert len(problems) == module.MOST_UNFIT + 1
    assert "the rows below were not looked at" in problems[-1]


@given(st.lists(st.sampled_from(["", ";;", "a;b;c", 'a;"b";c', 'a;"b\nb";c', '"a\n\na";b;c']), max_size=8))
def test_the_row_of_a_mistake_is_its_line_whatever_stands_above_it(above: list[str]) -> None:
    text = "\n".join([HEAD[:-1], *above, "only two;fields", "a;b;c"])
    place = text.split("\n").index("only two;fields") + 1
    _, problems = read(text, [])
    assert problems == [f"table t, row {place}: has 2 fields where the header has 3; make them equal"]


def test_every_end_of_a_line_is_one(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("\ufeffa\r\nb\rc\n\r\nd".encode())
    assert text_of(tmp_path / "t.csv", "t", []) == "a\nb\nc\n\nd"


def _folder(place: Path) -> None:
    place.mkdir()


def _dangling(place: Path) -> None:
    place.symlink_to("nowhere.csv")


def _itself(place: Path) -> None:
    place.symlink_to(place.name)


def _device(place: Path) -> None:
    place.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [_folder, _dangling, _itself, _device, os.mkfifo])
def test_what_is_no_file_is_said_and_never_waited_for(make: object, tmp_path: Path) -> None:
    assert callable(make)
    make(tmp_path / "t.csv")
    problems: list[Problem] = []
    assert text_of(tmp_path / "t.csv", "t", problems) is None
    assert problems[0].en.startswith("this is no regular file")


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, problems = tmp_path / "t.csv", list[Problem]()
    for content in (b"\xff", b"a\0b", "a;b".encode("utf-16-be"), b"\xff\xfea"):
        place.write_bytes(content)
        assert text_of(place, "t", problems) is None
    assert {problem.en[:25] for problem in problems} == {"this file is not UTF-8; s"}
    monkeypatch.setattr(module, "MOST_BYTES", 2)
    assert text_of(place, "t", problems) is None
    assert "this file is larger than" in problems[-1].en

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.undo()
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert text_of(place, "t", problems) is None
    assert problems[-1].en == "this file cannot be read (Permission denied); check its rights"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = " + "[" * 9000, "nested too deep"),
        ("a." * 30 + "a = 1", "nested too deep"),
        ("x = " + "9" * 5000, "Exceeds the limit"),
        ("a." * MOST_CHARACTERS, "more than 32768 characters"),
        ("x = ", "Invalid value"),
    ],
)
def test_no_toml(text: str, said: str) -> None:
    with pytest.raises(NotTomlError, match=said):
        toml_of(text)


def test_toml_of_a_few_levels_is_read() -> None:
    assert toml_of("a.b = [{c = 1}]") == {"a": {"b": [{"c": 1}]}}
