"""Papers of a settlement: what they say, who can read them, and sheets that a spreadsheet computes to the same cents."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from accessible import barriers
from plain_language import odd_pieces
from python_calamine import CalamineWorkbook
from settlements import BASES, drawn_contracts, signed_terms
from typer.testing import CliRunner

from bekostiging.actuals import scaffold_year, write_year
from bekostiging.case import Case, read_case
from bekostiging.cli import app
from bekostiging.report import write_settlement
from bekostiging.scenarios import build_cells, expected_care_use
from bekostiging.settlement import (
    YearSettlement,
    example_case,
    example_figures,
    example_year,
    figures_of_scenario,
    read_previous,
    settle_year,
)

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.fixture(scope="module")
def settled() -> YearSettlement:
    return example_year()


def _text(page: Path) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))))


def test_a_statement_says_what_is_paid_and_why(settled: YearSettlement, tmp_path: Path) -> None:
    folder = write_settlement(settled, tmp_path / "uit")
    page = _text(folder / "afrekening-aanbieder-1.html")
    for said in (
        "Over 2027 is nog 132.912,12 euro te betalen aan Aanbieder 1.",
        "Vastgestelde vergoeding",
        "39.779,80 × 50 %",
        "De aanbieder betwist 18.240,00 euro",
        "De vergoeding is 46.362,12 euro hoger; dat verschil is een afwikkelingsverschil van 2028",
        "verantwoording van 25-02-2028 (verzonnen) (voorbeeld, 2028-03-01)",
        "Alle cijfers van deze voorbeeldregio zijn verzonnen.",
    ):
        assert said in page, said
    overview = _text(folder / "afrekening.html")
    assert "2 contracten over 2027" in overview
    assert "Fouten en onzekerheden zijn samen 0,44 % van de vastgestelde vergoeding" in overview
    assert "66.314,70" not in overview
    municipality = _text(folder / "gemeente-gemeente-1.html")
    assert "6.752" in municipality


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_pages_are_in_plain_words_and_word_papers_can_be_read_by_everybody(tmp_path: Path, lang: str) -> None:
    """Also with what changed since an earlier settlement, an estimate and a remark on what was read."""
    first = example_year("raming")
    write_settlement(first, tmp_path / "eerste", lang=lang, word=False)
    figures = replace(example_figures(), statements=example_figures().statements[:-1])
    again = settle_year(
        example_case(),
        figures,
        2027,
        "raming",
        today=date(2028, 6, 1),
        previous=read_previous(tmp_path / "eerste"),
    )
    folder = write_settlement(again, tmp_path / "uit", lang=lang)
    case = again.case
    own = [row.document for rows in figures.tables().values() for row in rows]  # type: ignore[attr-defined]
    pages = sorted(folder.glob("*.html"))
    assert len(pages) == 1 + 2 + 3
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for words in (*own, *(row.source for row in case.contracts), "ambulant_guidance"):
            text = text.replace(html.escape(words), "")
        found = [piece for piece in odd_pieces(text, case, lang) if "aanbieder-" not in piece[0]]
        found = [piece for piece in found if "mental_care" not in piece[0]]
        assert found == [], page.name
        moved = {"nl": "Wat er veranderde sinds de afrekening", "en": "What changed since the settlement"}[lang]
        if page.name == "afrekening-aanbieder-4.html":
            assert moved in text
    for paper in sorted(folder.glob("*.docx")):
        assert barriers(paper, lang) == [], paper.name


def test_a_main_contractor_gets_an_annex_per_subcontractor(tmp_path: Path) -> None:
    """It is paid for the work of both; what the contract passes on is said, and the subcontractor is paid nothing itself."""
    case = example_case()
    own = {"main_contractor": "aanbieder-1", "passed_tariff_share": 0.9, "passed_corridor_share": 0.0}
    first, second = case.contracts
    case = replace(case, contracts=(first, second.model_copy(update=own)))
    settled = settle_year(case, example_figures(), 2027, "voorlopig", today=date(2028, 4, 14))
    folder = write_settlement(settled, tmp_path / "uit", word=False)
    main = _text(folder / "afrekening-aanbieder-1.html")
    assert "Bijlage: onderaannemer Aanbieder 4, perceel Jeugd" in main
    assert "Over 2027 is nog 2.181.835,45 euro te betalen aan Aanbieder 1." in main
    assert "Over 2027 is nog 0,00 euro te betalen aan Aanbieder 4." in _text(
        folder / "afrekening-aanbieder-4.html"
    )


def test_every_formula_stands_in_a_protected_sheet(settled: YearSettlement, tmp_path: Path) -> None:
    folder = write_settlement(settled, tmp_path / "uit", word=False)
    book = openpyxl.load_workbook(folder / "afrekening-aanbieder-1-narekenblad.xlsx")
    for sheet in book.worksheets:
        assert sheet.protection.sheet
    lines = book.worksheets[0]
    formulas = [
        cell.value for row in lines.iter_rows(min_row=6, min_col=4, max_col=5) for cell in row if cell.value
    ]
    assert len(formulas) == 2 * len(settled.contracts[0].lines)
    assert all(str(formula).startswith("=") for formula in formulas)
    assert "{" not in "".join(map(str, formulas))


def _recomputed(folder: Path, tmp_path: Path) -> dict[str, list[list[object]]]:
    """Every recalculation sheet computed again by LibreOffice from its inputs alone."""
    out = tmp_path / "nagerekend"
    bare = tmp_path / "zonder"
    bare.mkdir()
    for file in folder.glob("*-narekenblad.xlsx"):
        book = openpyxl.load_workbook(file)  # openpyxl writes no outcome of a formula
        book.save(bare / file.name)
    profile = (tmp_path / "profiel").as_uri()
    command = [
        str(SOFFICE),
        "--headless",
        f"-env:UserInstallation={profile}",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(out),
    ]
    subprocess.run([*command, *map(str, bare.glob("*.xlsx"))], check=True, capture_output=True, timeout=300)
    return {
        file.name: CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
        for file in out.glob("*.xlsx")
    }


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not on this machine")
def test_a_spreadsheet_computes_the_same_cents(tmp_path: Path) -> None:
    """The example, and every form with every clause: what a spreadsheet makes of the formulas is what is printed."""
    found: dict[str, YearSettlement] = {"voorbeeld": example_year()}
    for form in ("taakgericht", "inspanningsgericht", "outputgericht", "maatwerktraject"):
        drawn = drawn_contracts(form, BASES[0], "inhabitants", 0)
        known, figures = figures_of_scenario(drawn.case, drawn.cells, drawn.care_use, 1)
        figures = replace(figures, terms=signed_terms(known, form))
        found[form] = settle_year(known, figures, known.first_year + 1, "voorlopig", today=date(2035, 1, 1))
    every = tmp_path / "alle"
    every.mkdir()
    printed: dict[str, list[int]] = {}
    for name, settled in found.items():
        folder = write_settlement(settled, tmp_path / name, lang="en", word=False)
        one = settled.contracts[0]
        file = next(folder.glob(f"afrekening-{one.provider}-narekenblad.xlsx"))
        shutil.copy(file, every / f"{name}-narekenblad.xlsx")
        printed[f"{name}-narekenblad.xlsx"] = [line.cents for line in one.lines]
    computed = _recomputed(every, tmp_path)
    assert set(computed) == set(printed)
    for name, rows in computed.items():
        amounts = [round(100 * float(str(row[4]))) for row in rows[5:] if len(row) > 4 and row[4] != ""]
        assert amounts == printed[name], name


@pytest.fixture(scope="module")
def veenrand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with the year that the case expects."""
    case = read_case("veenrand")
    cells = build_cells(case)
    _, figures = figures_of_scenario(case, cells, expected_care_use(case, cells, 1), 0)
    place = tmp_path_factory.mktemp("jaar") / "afrekening.xlsx"
    write_year(place, figures.tables(), "settlement")
    return place


def test_the_command_settles_a_workbook_and_shows_no_name_of_a_running_case(
    veenrand: Path, tmp_path: Path
) -> None:
    case = read_case("veenrand")
    run = CliRunner().invoke(
        app,
        [
            "settle",
            "veenrand",
            "--year",
            "2028",
            "--actuals",
            str(veenrand),
            "--out",
            str(tmp_path / "uit"),
        ],
    )
    assert run.exit_code == 0, run.output
    assert "10 contracten over 2028: vergoeding" in run.output.replace("\n", " ")
    names = {row.id for row in case.providers} | {row.name for row in case.providers}
    for file in (tmp_path / "uit").iterdir():
        assert not any(name in file.name for name in names)
        content = file.read_bytes()
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as packed:
                content = b"".join(map(packed.read, packed.namelist()))
        assert not any(name.encode() in content for name in names), file.name
    named = CliRunner().invoke(
        app,
        ["settle", "veenrand", "--year", "2028", "--actuals", str(veenrand), "--out", str(tmp_path / "met"), "--no-word",
         "--named",
         "--provider", "de-kade"],
    )  # fmt: skip
    assert named.exit_code == 0, named.output
    assert (tmp_path / "met" / "afrekening-de-kade.html").is_file()


def test_the_command_refuses_in_a_sentence(veenrand: Path, tmp_path: Path) -> None:
    asked = [
        "settle",
        "veenrand",
        "--year",
        "2028",
        "--actuals",
        str(veenrand),
        "--out",
        str(tmp_path / "uit"),
        "--status",
    ]
    run = CliRunner().invoke(app, [*asked, "definitief"])
    assert run.exit_code == 1
    assert "definitief kan niet, want" in run.output.replace("\n", " ")
    assert "Traceback" not in run.output
    assert not (tmp_path / "uit").exists()


@pytest.mark.parametrize("wanted", ["actuals", "settlement"])
def test_new_lays_out_the_tables_of_a_year(tmp_path: Path, wanted: str) -> None:
    target = tmp_path / "jaar.xlsx"
    run = CliRunner().invoke(app, ["new", str(target), "--with", wanted])
    assert run.exit_code == 0, run.output
    assert target.is_file()
    both = CliRunner().invoke(app, ["new", str(tmp_path / "x.xlsx"), "--with", wanted, "--with", "shocks"])
    assert both.exit_code == 2
    assert "een eigen werkboek" in both.output.replace("\n", " ")


def test_the_example_is_a_case(settled: YearSettlement) -> None:
    from bekostiging.case import check_case

    case: Case = settled.case
    check_case(replace(case, begroting=tuple(row for row in case.begroting if row.law == "jeugdwet")))


def test_a_workbook_as_a_user_fills_it(tmp_path: Path) -> None:
    """Names for keys, dates of a spreadsheet, signs of the euro, Dutch words: read, told, and no provider is named."""
    case = read_case("veenrand")
    cells = build_cells(case)
    names = {row.id: row.name for row in case.providers}
    scaffold_year(tmp_path / "leeg.xlsx", "settlement")
    book = openpyxl.load_workbook(tmp_path / "leeg.xlsx")
    who = {"bron": "verantwoording", "status": "eigen gegevens", "ingevoerd door": "J. Jansen",
           "ingevoerd op": datetime(2026, 11, 1)}  # fmt: skip

    def fill(name: str, rows: list[dict[str, object]]) -> None:
        sheet = book[name]
        head = [cell.value for cell in sheet[6]]
        for number, row in enumerate(rows, start=7):
            for column, value in (row | who).items():
                sheet.cell(number, head.index(column) + 1).value = value  # type: ignore[union-attr]

    own = [k for k in range(cells.n_cells) if cells.contract[k] >= 0]
    fill(
        "verantwoording",
        [
            {
                "jaar": 2028,
                "aanbieder": names[cells.contract_ids[cells.contract[k]][0]],
                "perceel": cells.contract_ids[cells.contract[k]][1],
                "zorgvorm": cells.care_form_ids[cells.care_form[k]],
                "gebied": cells.area_ids[cells.area[k]],
                "eenheden": "1.234,5",
                "eenheden crisis": 0,
            }
            for k in own
        ],
    )
    advance = {"jaar": 2028, "aanbieder": "de-kade", "perceel": "Jeugd ambulant", "soort boeking": "Voorschot"}
    fill(
        "boekingen", [advance | {"datum boeking": datetime(2028, m, 1), "euro": "€ 10.000,50"} for m in (1, 2, 3)]
    )
    book.save(tmp_path / "vol.xlsx")
    run = CliRunner().invoke(
        app,
        [
            "settle",
            "veenrand",
            "--year",
            "2028",
            "--actuals",
            str(tmp_path / "vol.xlsx"),
            "--out",
            str(tmp_path / "uit"),
        ],
    )
    assert run.exit_code == 0, run.output
    told = run.output.replace("\n", " ") + _text(tmp_path / "uit" / "afrekening.html")
    assert "al betaald 30.001,50 euro" in told
    assert "verantwoording: naam gelezen als sleutel" in told
    assert not any(name in told for name in (*names.values(), *names))
