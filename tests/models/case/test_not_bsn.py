"""No door lets a citizen service number in, none shows its digits, and a stated exception opens one place alone."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from citizen_numbers import made, short
from conftest import Edit
from suites import MINI
from typer.testing import CliRunner
from workbooks import Grids, grids_of, header_of, write_grids

from bekostiging.case import UserError, convert, read_case, read_clients, scaffold_case, write_case
from bekostiging.case.model import Case
from bekostiging.case.not_bsn import Exceptions, exceptions
from bekostiging.case.tables import TABLES
from bekostiging.case.workbook.beside import numbers_beside
from bekostiging.case.workbook.marks import DamageError
from bekostiging.case.workbook.source import WorkbookSource
from bekostiging.cli import app
from bekostiging.studies import read_suite

N = made()
SPELLED = f"{N[:4]}.{N[4:6]}\u00a0{N[6:]}"


def _append(folder: Path, name: str, text: str) -> None:
    place = folder / name
    place.write_text(place.read_text(encoding="utf-8") + text, encoding="utf-8")


def _replace(folder: Path, name: str, old: str, new: str) -> None:
    place = folder / name
    before = place.read_text(encoding="utf-8")
    assert old in before
    place.write_text(before.replace(old, new, 1), encoding="utf-8")


def _cell(table: str, column: str, text: str) -> Callable[[Path], None]:
    """Put a text in the first row of a table."""

    def change(folder: Path) -> None:
        place = folder / f"{table}.csv"
        with place.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        rows[1][rows[0].index(column)] = text
        with place.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)

    return change


FOLDER: dict[str, Callable[[Path], object]] = {
    "name of an area": _cell("areas", "name", N),
    "a source": _cell("demand", "source", f"dossier van cliënt {SPELLED}"),
    "a source of policy": _cell("policy", "source", f"BSN{N}"),
    "a key": _cell("lots", "id", short()),
    "one of several keys": _cell("lots", "care_forms", f"guidance|{N}"),
    "the id of a provider": _cell("providers", "id", N),
    "a number's column": _cell("providers", "equity", SPELLED),
    "a choice": _cell("lots", "scale", N),
    "a status": _cell("lots", "status", N),
    "a policy value": _cell("policy", "value", f"x{N}"),
    "an unknown column": lambda folder: _replace(folder, "areas.csv", "id,", f"c{N},id,"),
    "a title": lambda folder: _replace(folder, "case.toml", 'nl = "', f'nl = "{SPELLED} '),
    "a disclaimer": lambda folder: _replace(folder, "case.toml", 'en = "Every', f'en = "{N} Every'),
    "the name": lambda folder: _replace(folder, "case.toml", 'name = "region"', f'name = "r{N}"'),
    "an unknown key": lambda folder: _replace(folder, "case.toml", "kind =", f"c{N} = 1\nkind ="),
    "an unknown value": lambda folder: _replace(folder, "case.toml", "kind =", f'more = ["{N}"]\nkind ='),
    "a comment": lambda folder: _append(folder, "case.toml", f"# {N}\n"),
    "broken TOML": lambda folder: _append(folder, "case.toml", f"[a{N}]\n[a{N}]\n"),
    "a file beside": lambda folder: (folder / f"clients {N}.csv").write_text("x"),
    "a file of almost a name": lambda folder: (folder / "profiles.csv").rename(folder / f"profile{N}.csv"),
}


@pytest.mark.parametrize("where", FOLDER)
def test_a_folder(folder: Path, where: str) -> None:
    FOLDER[where](folder)
    _refused(folder)


def test_a_folder_with_a_number_in_its_name(folder: Path) -> None:
    _refused(folder.rename(folder.with_name(f"casus-{N}")))


def _refused(case: Path) -> str:
    """The command refuses the case, and nothing that it prints holds the digits."""
    told = CliRunner().invoke(app, ["check", str(case), "--lang", "en"])
    assert told.exit_code == 1, told.output
    said = told.output + told.stderr
    assert not told.exception or isinstance(told.exception, SystemExit)
    _hidden(said)
    return said


def _hidden(said: str) -> None:
    digits = "".join(sign for sign in said if sign.isdigit())
    for number in (N, short()):
        assert number not in digits, said


@pytest.fixture(scope="module")
def grids(tmp_path_factory: pytest.TempPathFactory, small_case: Case) -> Grids:
    place = tmp_path_factory.mktemp("workbook") / "region.xlsx"
    scaffold_case(place, "nl", small_case)
    return grids_of(place)


def _over(grids: Grids) -> None:
    grids["gebieden"][0][0] = f"van cliënt {N}"


def _under(grids: Grids) -> None:
    rows = grids["aanbieders"]
    rows[:] = [row for row in rows if any(cell is not None for cell in row)]
    rows.append([f"totaal {N}", *[None] * (len(rows[0]) - 1)])


def _in_head(field: str) -> Callable[[Grids], None]:
    def change(grids: Grids) -> None:
        row = next(row for row in grids["casus"] if row[0] == field)
        row[1] = f"r{N}"

    return change


def _in_text(grids: Grids) -> None:
    rows = grids["gebieden"]
    rows[header_of(rows) + 1][2] = int(N)


WORKBOOK: dict[str, Callable[[Grids], object]] = {
    "a cell with a number": _in_text,
    "a text over a table": _over,
    "a total": _under,
    "a sheet that is no table": lambda grids: grids.update(notities=[["x", f"BSN {N}"]]),
    "the name of a sheet": lambda grids: grids.update({f"b {N}": [["x"]]}),
    "the name": _in_head("naam"),
    "a title": _in_head("titel (Nederlands)"),
    "the explanation of a field": lambda grids: grids["casus"][4].__setitem__(2, N),
    "an unknown field": lambda grids: grids["casus"].append([f"veld {N}", "1", None]),
    "the instruction": lambda grids: grids["lees dit eerst"].append([N]),
}


@pytest.mark.parametrize("where", WORKBOOK)
def test_a_workbook(grids: Grids, tmp_path: Path, where: str) -> None:
    own = {name: [list(row) for row in rows] for name, rows in grids.items()}
    WORKBOOK[where](own)
    _refused(write_grids(tmp_path / "region.xlsx", own))


def test_a_workbook_with_a_number_in_its_name(grids: Grids, tmp_path: Path) -> None:
    _refused(write_grids(tmp_path / f"region {N}.xlsx", grids))


def _beside(place: Path, texts: dict[str, str]) -> Path:
    """A workbook of two cells with a text at every place that is no cell."""
    book = xlsxwriter.Workbook(str(place))
    book.set_properties({name: texts.get(name, "") for name in ("title", "author", "keywords")})
    if "property" in texts:
        book.set_custom_property("dossier", texts["property"])
    sheet = book.add_worksheet("lots")
    sheet.write_row(0, 0, ["id", "name"])
    sheet.write_row(1, 0, ["youth", "Youth"])
    book.define_name(texts.get("name", "room"), "=lots!$A$1")
    sheet.set_header(f"&C&B{texts.get('header', 'Lots')} &P")
    sheet.set_footer(f"&R{texts.get('footer', '')}")
    if "comment" in texts:
        sheet.write_comment("B2", texts["comment"])
    if "box" in texts:
        sheet.insert_textbox("D4", texts["box"])
    if "picture" in texts:
        sheet.insert_textbox("D9", "x", {"description": texts["picture"]})
    if "link" in texts:
        sheet.write_url("A9", "https://example.org/", string="more", tip=texts["link"])
    if "prompt" in texts:
        sheet.data_validation("A5", {"validate": "any", "input_title": "x", "input_message": texts["prompt"]})
    if "choices" in texts:
        sheet.data_validation("A6", {"validate": "list", "source": ["a", texts["choices"]]})
    sheet.add_table(10, 0, 12, 1, {"columns": [{"header": texts.get("column", "h")}, {"header": "i"}]})
    book.close()
    return place


BESIDE = {
    "title": "properties", "author": "properties", "keywords": "properties", "property": "properties", "name": "names",
    "header": "sheets", "footer": "sheets", "comment": "comments", "box": "drawings", "picture": "drawings",
    "link": "sheets", "prompt": "sheets", "choices": "sheets", "column": "tables",
}  # fmt: skip
"""Where a number can be written in a workbook that is no cell, and what an exception calls the place."""


@pytest.mark.parametrize("where", BESIDE)
def test_a_text_that_is_no_cell_is_searched(tmp_path: Path, where: str) -> None:
    text = f"client_{N}" if where == "name" else f"dossier {SPELLED}"
    source = WorkbookSource(_beside(tmp_path / "a.xlsx", {where: text}))
    assert BESIDE[where] in source.container.numbers_beside
    said = [problem.text(lang) for problem in source.strays(Exceptions()) for lang in ("nl", "en")]
    assert any(f"workbook.{BESIDE[where]}: why not" in one for one in said)
    _hidden(" ".join(said))
    stated = exceptions(f"workbook.{BESIDE[where]}: our own numbers", TABLES, [])
    told = [one for one in source.strays(stated) if f"workbook.{BESIDE[where]}" in one.en]
    assert told == []


def test_an_innocent_workbook_has_none_beside_its_cells(tmp_path: Path) -> None:
    texts = dict.fromkeys(BESIDE, "besluit 2024, € 123.456.782") | {"name": "kamer", "column": "2024"}
    assert WorkbookSource(_beside(tmp_path / "a.xlsx", texts)).container.numbers_beside == ()


def test_texts_in_several_fonts_and_in_memory_are_searched() -> None:
    """A comment of two runs is one text; a chart and a pivot table keep texts of cells, and numbers that are none."""
    first, rest = N[:4], N[4:]
    comment = f"<comments><comment><text><r><t>{first}</t></r><r><b/><t>{rest}</t></r></text></comment></comments>"
    chart = f"<c:c xmlns:c='c'><c:strCache><c:pt><c:v>{N}</c:v></c:pt></c:strCache></c:c>"
    number = f"<c:c xmlns:c='c'><c:numCache><c:pt><c:v>{N}</c:v></c:pt></c:numCache></c:c>"
    memory = f"<p><sharedItems><s v='{N}'/></sharedItems></p>"
    found = {
        place: numbers_beside({place: text.encode()}, [place])
        for place, text in {
            "xl/comments1.xml": comment, "xl/charts/chart1.xml": chart, "xl/charts/chart2.xml": number,
            "xl/pivotCache/pivotCacheDefinition1.xml": memory, f"xl/media/{N}.png.xml": "",
        }.items()
    }  # fmt: skip
    assert list(found.values()) == [("comments",), ("drawings",), (), ("pivots",), ("files",)]
    with pytest.raises(DamageError, match=r"part xl/comments1\.xml cannot be read"):
        numbers_beside({"xl/comments1.xml": b"<a"}, [])


CLIENTS = "provider;profile;cost;town\np1;licht;1200,50;a\np2;zwaar;0;b\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("p1", N),
        ("licht", SPELLED),
        (";a", f";x{N}"),
        (";b", ";" + short()),
        ("town", f"c{N}"),
        ("1200,50", f"{SPELLED}x"),
    ],
)
def test_a_file_with_clients(tmp_path: Path, old: str, new: str) -> None:
    place = tmp_path / "clients.csv"
    place.write_text(CLIENTS.replace(old, new), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_clients(place)
    _hidden(caught.value.text("nl") + caught.value.text("en"))


def test_a_provider_of_clients_may_be_a_code_of_eight_digits(tmp_path: Path) -> None:
    place = tmp_path / "clients.csv"
    place.write_text(CLIENTS.replace("p1", short()), encoding="utf-8")
    assert read_clients(place).provider[0] == short()


def test_an_exception_for_a_file_with_clients(tmp_path: Path) -> None:
    place = tmp_path / "clients.csv"
    place.write_text(CLIENTS.replace(";a", f";{N}"), encoding="utf-8")
    assert read_clients(place, "clients.town 2: our own numbers").groups["town"][0] == N
    with pytest.raises(UserError, match="row 2"):
        read_clients(place, "clients.town 3: our own numbers")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('en = "Trial"', f'en = "Trial {SPELLED}"'),
        lambda text: text.replace('name = "mini"', f'name = "mini{N}"'),
        lambda text: f"{text}# {N}\n",
        lambda text: f"c{N} = 1\n{text}",
        lambda text: text.replace('"test"', f'"{N}"'),
        lambda text: text.replace("cases = []", f'cases = ["casus {N}.xlsx"]'),
        lambda text: text.replace("scenarios = 32", f'scenarios = "{SPELLED}"'),
    ],
)
def test_a_suite(tmp_path: Path, change: Callable[[str], str]) -> None:
    place = tmp_path / "suite.toml"
    place.write_text(change(MINI), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_suite(place)
    _hidden(caught.value.text("nl") + caught.value.text("en"))


def test_names_of_suites_sheets_and_targets(tmp_path: Path, folder: Path, small_case: Case) -> None:
    named = tmp_path / f"x {N}.toml"
    named.write_text(MINI)
    for refused in (
        lambda: read_suite(named),
        lambda: convert(folder, tmp_path / f"c{N}"),
        lambda: scaffold_case(tmp_path / f"c{N}.xlsx", "nl", small_case),
        lambda: read_clients(tmp_path / f"{N}.csv"),
    ):
        with pytest.raises(UserError) as caught:
            refused()
        _hidden(caught.value.text("nl"))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["mine", named.name])


@pytest.mark.parametrize(
    "text", [f"# {N}\n[defaults]\n", f'[defaults]\nout = "{N}"\n', f"[c{N}]\n", f"[defaults]\nc{N} = 1\n",
             f"[defaults]\n[defaults]\n# {N}\n", f'[defaults]\nlang = "{SPELLED}"\n'],
)  # fmt: skip
def test_defaults(folder: Path, text: str) -> None:
    (folder / "bekostiging.toml").write_text(text, encoding="utf-8")
    told = CliRunner().invoke(app, ["compare", str(folder)])
    assert told.exit_code == 2 or "BSN" in told.output or told.exit_code == 1
    _hidden(told.output + told.stderr)


@pytest.mark.parametrize(
    "line",
    [["check", "CASE", "--lang", f"x{N}"], ["compare", "CASE", f"--c{N}"], [f"c{N}"], ["compare", "CASE", "--seed", f"x{N}"],
     ["compare", "CASE", "--out", f"out-{N}"], ["buildup", "CASE", "--out", f"out-{N}"], ["check", f"almere{N}"],
     ["compare", "CASE", "--out", f"out{N}"], ["benchmark", f"suite{N}"], ["check", f"map/{SPELLED}"]],
)  # fmt: skip
def test_a_command_line(folder: Path, line: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    told = CliRunner().invoke(app, [str(folder) if word == "CASE" else word for word in line])
    assert told.exit_code in (1, 2)
    _hidden(told.output + told.stderr)
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]


def test_a_stated_exception_opens_its_place_and_is_told_without_the_digits(folder: Path, edit: Edit) -> None:
    edit("areas", 0, "source", f"besluit {N}")
    edit("areas", 1, "source", f"besluit {N}")
    with pytest.raises(UserError) as caught:
        read_case(folder)
    offered = 'put not_bsn = "areas.source 2: why not" in the head of the case'
    assert offered in caught.value.text("en")
    _replace(folder, "case.toml", "kind =", 'not_bsn = "areas.source 2: number of the decision"\nkind =')
    with pytest.raises(UserError) as caught:
        read_case(folder)
    assert [line[:27] for line in caught.value.text("en").splitlines()] == ["table areas, row 3, column "]
    _replace(folder, "case.toml", "source 2:", "source:")
    case = read_case(folder)
    said = [note["en"] for note in case.notes]
    assert "According to the case no citizen service number: areas.source (number of the decision)." in said
    assert N in case.areas[0].source


def test_an_exception_survives_a_workbook_and_a_folder(folder: Path, edit: Edit, tmp_path: Path) -> None:
    edit("areas", 0, "name", N)
    _replace(folder, "case.toml", "kind =", 'not_bsn = "areas.name: our own numbering | case.title: year"\nkind =')
    convert(folder, tmp_path / "region.xlsx")
    case = read_case(tmp_path / "region.xlsx")
    write_case(case, tmp_path / "again")
    assert read_case(tmp_path / "again").not_bsn == "areas.name: our own numbering | case.title: year"
    assert read_case(folder).areas == read_case(tmp_path / "again").areas


@pytest.mark.parametrize(
    "text", ["areas.name", "nowhere.name: x", "name: x", f"areas.name: {N}", "areas.name 2:", "|"]
)
def test_an_exception_that_says_nothing(text: str) -> None:
    problems: list = []
    assert not exceptions(text, ["areas"], problems).reasons
    assert problems
    _hidden(problems[0].text("nl"))
