"""What a user takes away: tables and workbook are whole, true numbers, the same bytes, and never a formula."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from dataclasses import fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import DESIGN
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_language import odd_pieces
from python_calamine import CalamineWorkbook

from bekostiging.case import Case
from bekostiging.case.region import synthetic_region
from bekostiging.case.tables import CostPrice
from bekostiging.equalisation import NormAmounts
from bekostiging.evaluation import TERM, TOTAL, Comparison, Study
from bekostiging.evaluation.figures import BRIDGE, EXPECTED, UNITS
from bekostiging.lumpsum import decided_spending
from bekostiging.report import annex_of, presented, write_annex, write_results
from bekostiging.report.comparison.results import comparison_results
from bekostiging.report.kit.leading import LeadingSheet
from bekostiging.report.kit.long import COLUMN_UNITS, LongTable, cell_in_words, cell_unit, csv_text
from bekostiging.report.kit.origin import origin_tables
from bekostiging.report.kit.readable import Words, readable
from bekostiging.report.kit.sheet_looks import FORMATS
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.workbook import (
    LONG_NAME,
    NAME,
    Front,
    dictionary_rows,
    write_long_workbook,
    write_workbook,
)
from bekostiging.report.lumpsum.resistance import LINE
from bekostiging.studies import (
    Backtest,
    Hindcast,
    LumpSumStudy,
    Prediction,
    StressStudy,
    pooled,
    reverse_stress,
    study_capacity,
    study_equalisation,
    study_sharing,
)
from bekostiging.studies.coverage import Coverage, Judgement

NL, EN = Texts("nl"), Texts("en")
COMMANDS = ("compare", "lumpsum", "equalise", "share", "capacity", "stress", "backtest")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
REGION = synthetic_region(1, 3)
WHAT_IF = "verken.html"
HOSTILE = ('=HYPERLINK("http://x";"klik")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "'=1+1", 'é;"ü"\nß')


class Results:
    """Every result of the small case once, its tables and its folder."""

    def __init__(self, case: Case, outcome: Comparison, study: LumpSumStudy, place: Path) -> None:
        self.case, self.place = case, place
        self.made: dict[str, Any] = {
            "compare": outcome,
            "lumpsum": study,
            "equalise": study_equalisation(
                case,
                NormAmounts(order=[("guidance/licht", "guidance/zwaar")]),
                n_scenarios=32,
                design_scenarios=DESIGN,
                n_years=2,
            ),
            "share": study_sharing(case, n_scenarios=32, design_scenarios=DESIGN),
            "capacity": study_capacity(
                case, n_scenarios=32, design_scenarios=DESIGN, n_years=1, gap=0.1, seconds=10
            ),
            "stress": _stress_study(outcome),
            "backtest": _predicted(case),
        }

    def tables(self, command: str, texts: Texts) -> list[LongTable]:
        """Every table of a command."""
        made = presented(self.made[command], texts.lang).exported()[0].tables
        return [*made, *origin_tables(self.made[command].case, texts)]

    def leading(self, command: str, texts: Texts) -> Sequence[LeadingSheet]:
        """What is read first of a command."""
        return presented(self.made[command], texts.lang).exported()[0].leading

    def folder(self, command: str, lang: str) -> Path:
        """The folder of a command, written once."""
        folder = self.place / f"{command}-{lang}"
        return folder if folder.exists() else write_results(self.made[command], folder, lang=lang)


def _stress_study(outcome: Comparison) -> StressStudy:
    """Every question of ``stress``, of a comparison that is there already."""
    about = {name: getattr(outcome, name) for name in (one.name for one in fields(Study))}
    view = pooled(outcome, ["P(use >= 0) = 0.1..0.9"])
    return StressStudy(
        **about,
        outcome=outcome,
        together=outcome.plain,
        believed=view,
        broken=(reverse_stress(outcome, "taakgericht"),),
    )


def _predicted(case: Case) -> Backtest:
    """Two predictions of which one is a share, on a case without a series of its own."""
    code, area = case.municipalities[0].code, case.areas[0].id
    quantiles = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)
    judgement = Judgement((Coverage(0.8, 1, 1, 0, 1, 0.5),))
    deciding = Hindcast(
        "deciding",
        (
            Prediction(code, "guidance", 2021, 4.0, quantiles, 0.5, False),
            Prediction(area, "guidance", 2021, 0.2, tuple(value / 10 for value in quantiles), 0.1, True),
        ),
        judgement, judgement, {2021: (0.01, 0.2)}, {(code, "jeugdwet"): (0.02, 0.0)}, (),
    )  # fmt: skip
    return Backtest(
        case=case, n_scenarios=32, seed=1, named=False, notes=(), self_check=None, origin=2020,
        deciding=deciding, estimated=replace(deciding, model="estimated"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def every(
    small_case: Case, outcome: Comparison, lumpsum_study: LumpSumStudy, tmp_path_factory: pytest.TempPathFactory
) -> Results:
    return Results(small_case, outcome, lumpsum_study, tmp_path_factory.mktemp("results"))


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    """Every sheet as a program that is not Excel reads it."""
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_table_is_there_in_both_forms(every: Results, command: str, lang: str) -> None:
    """Cell by cell: a number is that number, a text is that text, nothing is an empty cell."""
    texts = Texts(lang)
    found, long = (sheets(every.folder(command, lang) / name) for name in (NAME, LONG_NAME))
    tables = every.tables(command, texts)
    leading = [sheet.name for sheet in every.leading(command, texts)]
    filled = [texts["files", table.name] for table in tables if table.rows]
    read = [texts["files", table.name] for table in tables if table.rows and not table.detail]
    contents, dictionary = texts["takeaway", "contents"], texts["takeaway", "dictionary"]
    assert list(found) == [*leading, contents, *read, dictionary]
    assert list(long) == [contents, *filled, dictionary]
    assert all(len(name) <= 31 for name in found)
    words = Words(every.made[command].case, texts)
    for table in tables:
        if not table.rows:
            continue
        name = texts["files", table.name]
        header, *rows = long[name]
        assert header[: len(table.columns)] == [texts["columns", column] for column in table.columns]
        assert len(rows) == len(table.rows)
        for cells, row in zip(rows, table.rows, strict=True):
            for cell, column in zip(cells, table.columns, strict=False):
                _assert_same(cell, cell_in_words(column, row[column], texts))
        if table.detail:
            continue
        made = readable(table, words)
        top = next(
            k for k, row in enumerate(found[name]) if row[: len(made.columns)] == [c.head for c in made.columns]
        )
        for cells, row in zip(found[name][top + 1 :], made.rows, strict=True):
            for cell, (value, _) in zip(cells, row, strict=True):
                _assert_same(cell, value)


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_has_no_keys_no_jargon_and_one_language(every: Results, command: str, lang: str) -> None:
    study = every.made[command]
    page = (every.folder(command, lang) / presented(study, lang).page_file).read_text(encoding="utf-8")
    assert odd_pieces(page, study.case, lang) == []


def _assert_same(cell: Any, value: Any) -> None:
    """A cell as it was meant; a number may have lost its last bits to sixteen digits."""
    if value is None or value == "":
        assert cell == ""
    elif isinstance(value, str):
        assert cell == value
    else:
        assert isinstance(cell, (int, float))
        assert not isinstance(cell, bool)
        assert cell == pytest.approx(value, rel=1e-15, abs=1e-300)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readable_form_loses_no_number(every: Results, command: str) -> None:
    """Every value and every error of the long form stands once in the readable form, and nothing else."""
    words = Words(every.made[command].case, NL)
    for table in every.tables(command, NL):
        made = readable(table, words)
        spread = [k for k, column in enumerate(made.columns) if column.spread]
        if not spread:
            continue
        measures = [name for name in table.measures if name in table.columns]
        long = sorted(str(row[name]) for row in table.rows for name in measures if row[name] is not None)
        wide = sorted(str(row[k][0]) for row in made.rows for k in spread if row[k][0] is not None)
        assert wide == long, table.name


def test_two_shocks_of_one_name_both_stand() -> None:
    rows = tuple(
        {"name": "storm", "form": form, "figure": "x", "value": value, "unit": "euro"}
        for value, form in ((1.0, "taakgericht"), (2.0, "outputgericht"), (3.0, "taakgericht"))
    )
    made = readable(
        LongTable("shocks", ("name", "form", "figure", "value", "unit"), rows, "form"), Words(REGION, NL)
    )
    assert [[cell for cell, _ in row[2:]] for row in made.rows] == [[1.0, 2.0], [3.0, None]]


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("command", COMMANDS)
def test_the_dictionary_knows_every_column_and_figure(every: Results, command: str, lang: str) -> None:
    texts = Texts(lang)
    tables = [table for table in every.tables(command, texts) if not table.detail]
    rows = dictionary_rows(tables, texts)
    assert all(cell.strip() for row in rows for cell in row)
    known = {(sheet, name) for sheet, name, _, _ in rows}
    for table in tables:
        sheet = texts["files", table.name]
        assert {(sheet, texts["columns", column]) for column in table.columns} <= known
        if "figure" in table.columns:
            assert {(sheet, str(cell_in_words("figure", row["figure"], texts))) for row in table.rows} <= known
    written = sheets(every.folder(command, lang) / NAME)[texts["takeaway", "dictionary"]]
    assert [tuple(row) for row in written[-len(rows) :]] == rows


def test_units_have_words_and_formats() -> None:
    for texts in (NL, EN):
        assert set(UNITS) <= set(texts.sections["units"])
    assert set(FORMATS) <= set(UNITS)
    assert set(COLUMN_UNITS) <= set(NL.meanings["columns"])


def test_money_is_euro_and_chances_are_percentages(every: Results) -> None:
    """Read by openpyxl: the format of every number in the long sheets is that of its unit."""
    book = openpyxl.load_workbook(every.folder("compare", "nl") / LONG_NAME)
    seen = set()
    for table in every.tables("compare", NL):
        if not table.rows:
            continue
        sheet = book[NL["files", table.name]]
        for k, row in enumerate(table.rows[:40], start=2):
            for column, name in enumerate(table.columns, start=1):
                cell = sheet.cell(k, column)
                if isinstance(row[name], (int, float)) and not isinstance(row[name], bool):
                    unit = cell_unit(name, row)
                    assert cell.data_type == "n"
                    assert cell.number_format == FORMATS.get(unit, "General")
                    seen.add(unit)
    assert {"euro", "fraction", "clients", "year", "weeks"} <= seen


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_sheet_says_what_is_invented(every: Results, command: str, lang: str) -> None:
    """Every row of the synthetic region is illustrative."""
    texts, case = Texts(lang), every.case
    found = sheets(every.folder(command, lang) / NAME)
    word = {"nl": "Rekenvoorbeeld", "en": "Worked example"}[lang]
    for name, rows in found.items():
        said = " ".join(str(cell) for row in rows[:5] for cell in row)
        assert case.disclaimer[lang] in said, name
        assert word in said, name
    counts = [row for row in origin_tables(case, texts)[1].rows if row["status"] == "illustrative"]
    assert f"{sum(int(str(row['rows'])) for row in counts)} " in " ".join(
        map(str, found[texts["takeaway", "contents"]][2])
    )


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_run_of_few_scenarios_says_so_on_page_sheet_and_row(every: Results, command: str, lang: str) -> None:
    """No tail of 5 % has five of at most 64 scenarios; the backtest here was made by hand, without notes."""
    folder, n = every.folder(command, lang), every.made[command].n_scenarios
    assert n <= 64
    said = Texts(lang)["takeaway", "few"].format(n=n)
    for name, rows in sheets(folder / NAME).items():
        assert said in " ".join(str(cell) for row in rows[:6] for cell in row), name
    tables = list((folder / "tables").glob("*.csv"))
    for table in tables:
        lines = table.read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) == 1 or said in lines[1], table.name
    if command != "backtest":
        told = {"nl": f"Gemeten op maar {n} toekomsten", "en": f"Measured on only {n} scenarios"}[lang]
        # the what-if page says with every figure how many scenarios it has, and its error
        pages = [page for page in folder.glob("*.html") if page.name != WHAT_IF]
        assert pages
        assert all(told in page.read_text(encoding="utf-8") for page in pages)


def test_a_running_case_is_marked_confidential_on_every_sheet(every: Results, tmp_path: Path) -> None:
    outcome = every.made["compare"]
    running = replace(outcome, case=replace(outcome.case, kind="running"))
    found = sheets(write_results(running, tmp_path / "running") / NAME)
    for name, rows in found.items():
        assert "Vertrouwelijk" in " ".join(str(cell) for row in rows[:5] for cell in row), name


@pytest.mark.parametrize("command", COMMANDS)
def test_equal_results_give_equal_bytes(every: Results, command: str, tmp_path: Path) -> None:
    first = every.folder(command, "nl")
    second = write_results(every.made[command], tmp_path / "again")
    kept = [
        path.relative_to(first) for path in first.rglob("*") if path.is_file() and path.name != "manifest.json"
    ]
    assert kept
    for name in kept:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    with zipfile.ZipFile(first / NAME) as book:
        assert {one.date_time[0] for one in book.infolist()} == {1980}
        assert "2000-01-01T00:00:00Z" in book.read("docProps/core.xml").decode()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_manifest_has_the_fingerprint_of_every_file(every: Results, command: str) -> None:
    folder = every.folder(command, "nl")
    manifest = json.loads((folder / "manifest.json").read_text())
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(manifest["sha256"]) == files - {"manifest.json"}
    assert {NAME, LONG_NAME} <= set(manifest["sha256"])
    for name, value in manifest["sha256"].items():
        assert sha256((folder / name).read_bytes()).hexdigest() == value


def test_the_manifest_says_which_defaults_were_read(every: Results, tmp_path: Path) -> None:
    read = {"defaults": {"file": "bekostiging.toml", "options": {"seed": 3}}}
    folder = write_results(every.made["backtest"], tmp_path / "out", about=read)
    told = json.loads((folder / "manifest.json").read_text())
    assert told["defaults"] == read["defaults"]
    assert told["settings"] == {"scenarios": 32, "seed": 1}


@pytest.mark.slow
def test_an_earlier_study_is_replaced_when_asked(every: Results, tmp_path: Path) -> None:
    for command in ("lumpsum", "share"):
        for _ in range(2):
            write_results(every.made[command], tmp_path / command, overwrite=True)
        assert (tmp_path / command / NAME).is_file()


def test_amount_times_chance_is_the_risk_amount(every: Results) -> None:
    """The lines of the paragraph, as they stand in the sheet, against results.json."""
    outcome = every.made["compare"]
    said, found = {figure.name: figure.nl for figure in LINE}, comparison_results(outcome)
    rows = sheets(every.folder("compare", "nl") / NAME)[NL["files", "resistance"]]
    top = next(k for k, row in enumerate(rows) if said["expected"] in row)
    lines = [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :]]
    names = {row.name: row.code for row in outcome.case.municipalities} | {NL["columns", "total"]: TOTAL}
    forms = {NL["forms", form]: form for form in outcome.forms}
    assert len(lines) == 3 * 5 * 4
    for line in lines:
        year = TERM if line["jaar"] == NL["columns", "term"] else str(int(line["jaar"]))
        code = names[line["gemeente"]]
        own = found["forms"][forms[line["bekostigingsvorm"]]]["municipalities"][code][year]
        amount, chance, risk = (
            line[said[name]] for name in ("overrun_size", "overrun_probability", "expected_overrun")
        )
        if chance == 0:
            # no scenario overruns: the size of an overrun is unknown, not zero
            assert (amount, risk, own["overrun_size"]) == ("", 0, None)
            assert (
                own["overrun_probability"]["standard_error"] is own["expected_overrun"]["standard_error"] is None
            )
            continue
        assert amount * chance == pytest.approx(risk, abs=1e-6)
        assert risk == pytest.approx(own["expected_overrun"]["value"])
        assert line[f"{said['overrun_probability']}: {NL['columns', 'standard_error']}"] == pytest.approx(
            own["overrun_probability"]["standard_error"]
        )
        assert line[
            f"{said['required_resistance_capacity']} ({NL['takeaway', 'never_adds_up']})"
        ] == pytest.approx(own["required_resistance_capacity"]["value"])
        assert line[said["gap"]] == pytest.approx(own["gap"]["value"], abs=1e-6)
        if year != TERM and code != TOTAL:
            begroting = found["begroting"][code][year]
            assert line[said["headroom"]] == begroting["headroom"]
            assert line[said["structural"]] == begroting["structural_cover"]


def test_the_bridge_in_the_sheet_adds_up(every: Results) -> None:
    """Down every column, in the numbers a reader sees and sums."""
    for command in ("compare", "lumpsum"):
        rows = sheets(every.folder(command, "nl") / NAME)[NL["files", "bridge"]]
        steps = {row[0]: row[1:] for row in rows}
        # revenue of the base year 2024, contracts from 2026 on
        names = ["omzet 2024"]
        names += [BRIDGE[name].of_year(year).nl for year in (2025, 2026) for name in ("volume", "index")]
        names += [BRIDGE[name].nl for name in ("mix", "price", "loading")]
        columns = [k for k, cell in enumerate(steps[names[0]]) if cell != ""]
        assert len(columns) == len(every.made[command].lumpsum.data.lots) + 1
        for k in columns:
            parts = [steps[name][k] for name in names]
            assert round(100 * sum(parts)) == round(100 * steps[BRIDGE["designed"].of_year(2026).nl][k])


def test_the_lump_sum_alone_spends_what_the_comparison_says(every: Results) -> None:
    """Spending of the lump sum read from its model is what settling pays, to a thousandth, on the scenarios both have; the
    study is judged on as many as it was designed on, which come on top."""
    study, outcome = every.made["lumpsum"], every.made["compare"]
    out_of_sample, design = study.lumpsum.out_of_sample, study.lumpsum.design
    assert out_of_sample.n_scenarios == DESIGN > outcome.n_scenarios
    both = decided_spending(out_of_sample.of(slice(0, outcome.n_scenarios)), design).mean(axis=0)
    told = decided_spending(out_of_sample, design).mean(axis=0)
    for m, code in enumerate(out_of_sample.municipalities):
        for t, year in enumerate(map(str, out_of_sample.years)):
            own = outcome.forms["taakgericht"].municipalities[code][year]
            assert both[t, m] == pytest.approx(own[EXPECTED].value, rel=1e-3)
            assert study.spending[code][year][EXPECTED].value == pytest.approx(told[t, m])


DUTCH = re.compile(r"-?\d+(,\d+)?")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_dutch_excel_reads_numbers_as_numbers(every: Results, command: str) -> None:
    """Semicolon, byte-order mark, decimal comma; no point, no exponent, nothing that looks like a date."""
    for table in every.tables(command, NL):
        text = csv_text(table, NL, "")
        assert text.startswith("\ufeff")
        header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";")
        assert header == [NL["columns", name] for name in table.columns]
        for cells, row in zip(rows, table.rows, strict=True):
            for cell, name in zip(cells, table.columns, strict=True):
                if isinstance(row[name], (int, float)) and not isinstance(row[name], bool):
                    assert DUTCH.fullmatch(cell), (table.name, name, cell)
                    assert float(cell.replace(",", ".")) == pytest.approx(float(row[name]), abs=1e-6)


@pytest.mark.parametrize(
    ("value", "dutch", "english"),
    [(1e-7, "0,0", "0.0"), (-0.0, "0,0", "0.0"), (1.5e16, "15000000000000000,0", "15000000000000000.0"),
     (-1234.5, "-1234,5", "-1234.5"), (2025, "2025", "2025"), (0.1 + 0.2, "0,3", "0.3"), (None, "", "")],
)  # fmt: skip
def test_numbers_as_they_are_written(value: float | None, dutch: str, english: str) -> None:
    table = LongTable("limits", ("value",), ({"value": value, "unit": "euro"},))
    assert csv_text(table, NL, "").splitlines()[1] == dutch or value is None
    assert csv_text(table, EN, "").splitlines()[1:] in ([english], ['""'] if value is None else [english])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evil")


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
EVIL = st.one_of(st.sampled_from(HOSTILE), st.builds("{}{}".format, st.sampled_from("=+-@\t\r"), TEXTS), TEXTS)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(EVIL, EVIL, st.floats(-1e9, 1e9)), min_size=1, max_size=4))
def test_no_text_is_ever_a_formula(place: Path, rows: list[tuple[str, str, float]]) -> None:
    """Any names and sources: CSV and workbook give texts that no program computes, and negative numbers stay numbers."""
    made = tuple(
        {"name": name, "figure": "P50", "value": value, "unit": "euro", "source": source, "status": "x"}
        for name, source, value in rows
    )
    table = LongTable("shocks", ("name", "value", "unit", "source", "status"), made)
    for lang, comma in (("nl", ","), ("en", ".")):
        text = csv_text(table, Texts(lang), "=disclaimer")
        cells = list(
            csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=";" if lang == "nl" else ",")
        )[1:]
        assert not any(cell.startswith(DANGEROUS) for row in cells for k, cell in enumerate(row) if k != 1)
        for row, (_, _, value) in zip(cells, rows, strict=True):
            assert float(row[1].replace(comma, ".")) == pytest.approx(value, abs=1e-6)
    path = place / "some.xlsx"
    front = Front("=title", ("=mark",), (("case", "=name"),))
    write_workbook(path, front, REGION, [table], NL)
    _assert_no_formula(path)
    write_long_workbook(path, front, [table], NL)
    _assert_no_formula(path)
    found = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("schokken").to_python()
    for cells, (_, _, value) in zip(found[1:], rows, strict=True):
        assert float(cells[1]) == pytest.approx(value, rel=1e-15, abs=1e-300)


def _assert_no_formula(path: Path) -> None:
    """No formula, no link to elsewhere, and no text that would become one when saved as CSV."""
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            content = book.read(name).decode()
            assert not re.search("<f[> ]", content), name
            assert 'TargetMode="External"' not in content, name
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            assert not any(isinstance(cell, str) and cell.startswith(DANGEROUS) for cell in row), sheet.title


def hostile(case: Case) -> Case:
    """Names, units and sources of a case by somebody who means harm."""
    evil = [*HOSTILE, *HOSTILE]
    providers = tuple(
        row.model_copy(update={"name": evil[k % len(evil)], "source": evil[(k + 1) % len(evil)]})
        for k, row in enumerate(case.providers)
    )
    municipalities = tuple(row.model_copy(update={"name": evil[k]}) for k, row in enumerate(case.municipalities))
    lots = tuple(row.model_copy(update={"name": evil[k + 2]}) for k, row in enumerate(case.lots))
    forms = tuple(row.model_copy(update={"name": evil[k + 4]}) for k, row in enumerate(case.care_forms))
    policy = tuple(row.model_copy(update={"unit": HOSTILE[0], "source": HOSTILE[1]}) for row in case.policy)
    marks = {"nl": HOSTILE[0], "en": HOSTILE[0]}
    return replace(
        case, title=marks, disclaimer=marks, providers=providers, municipalities=municipalities, lots=lots,
        care_forms=forms, policy=policy,
    )  # fmt: skip


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("command", COMMANDS)
def test_hostile_names_are_harmless_in_every_export(every: Results, command: str, tmp_path: Path) -> None:
    made = every.made[command]
    evil = replace(made, case=hostile(made.case))
    folder = write_results(evil, tmp_path / "evil")
    for name in (NAME, LONG_NAME):
        _assert_no_formula(folder / name)
    for path in folder.rglob("*.csv"):
        text = path.read_bytes().decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
            assert all(DUTCH.fullmatch(cell) or not cell.startswith(DANGEROUS) for cell in row), path.name
    for path in folder.glob("*.html"):
        # the what-if page has its own scripts, and no other
        innocent = (every.folder(command, "nl") / path.name).read_text() if path.name == WHAT_IF else ""
        assert path.read_text().count("<script") == innocent.count("<script")


def test_hostile_names_in_the_build_up(small_case: Case, tmp_path: Path) -> None:
    """Its own formulas are its only ones: they hold cells and signs, no word of the case."""
    form = small_case.care_forms[0].id
    rows = tuple(
        CostPrice(care_form=form, element=element, euro_per_unit=value, source=HOSTILE[0], status="illustrative")
        for element, value in (("wages", 50.0), ("overhead", 10.0))
    )
    write_annex(annex_of(replace(hostile(small_case), cost_price=rows), private=False), tmp_path, "nl")
    with zipfile.ZipFile(tmp_path / "buildup.xlsx") as book:
        for name in book.namelist():
            for formula in re.findall(r"<f>([^<]*)</f>", book.read(name).decode()):
                assert re.fullmatch(
                    r"(SUM\([A-Z]\d+:[A-Z]\d+\)|[A-Z]\d+)([-+*/()]|[A-Z]\d+|\d|\.|\s)*", formula
                ), formula


SOFFICE = shutil.which("soffice")


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it(every: Results, tmp_path: Path) -> None:
    """Headless, within two minutes, without a complaint about the file; what it saves has the same sheets and numbers."""
    source = every.folder("compare", "nl") / NAME
    command = [
        str(SOFFICE), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "ods",
        "--outdir", str(tmp_path), str(source),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not re.search(r"error|corrupt|repair|could not", done.stdout + done.stderr, re.IGNORECASE)
    before, after = sheets(source), sheets(tmp_path / "resultaten.ods")
    assert list(before) == list(after)
    name = NL["leading", "budget_places"]
    for old, new in zip(before[name], after[name], strict=True):
        for a, b in zip(old, new, strict=True):
            assert a == b or b == pytest.approx(a, rel=1e-12)
