"""The build-up: by hand, live formulas equal to their values, private sheets that stay private."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from csv_tables import put_table
from typer.testing import CliRunner

from bekostiging.case import Case, CaseError, UserError, read_case, with_cost_sheet
from bekostiging.case.tables import FunctionGroup, SalaryScale
from bekostiging.cli import app
from bekostiging.contracts import build_up, fair_cost, hours_budget_terms, reference
from bekostiging.report import annex_of, write_annex
from bekostiging.report.buildup.results import BuildupVerdict
from bekostiging.report.buildup.scales import scale_table
from bekostiging.report.buildup.tables import excel_formula, verdict_words
from bekostiging.report.kit.texts import Texts
from bekostiging.scenarios.cells import build_cells

MARK = {"source": "test", "status": "illustrative"}


def _groups(form: str) -> tuple[FunctionGroup, ...]:
    """Two groups; the first by hand: 50,000 x 1.16 x 1.30 / 1,300 = 58; + 2 = 60; + 25 % = 75; + 4 % = 78; + 5 % = 81.90."""
    first = FunctionGroup(
        care_form=form, function_group="hbo", share=0.75, salary=50_000, holiday_allowance=0.08, year_end=0.08,
        social_charges=0.30, productive_hours=1300, productive_hours_q1=1250, productive_hours_q3=1350,
        other_client_bound=2.0, overhead=0.25, overhead_q1=0.20, overhead_q3=0.30, indexation=0.04, risk=0.05, **MARK,
    )  # fmt: skip
    return first, first.model_copy(update={"function_group": "mbo", "share": 0.25, "salary": 40_000.0})


@pytest.fixture
def grouped(small_case: Case) -> Case:
    return replace(small_case, function_groups=_groups(small_case.care_forms[0].id))


def test_an_hour_by_hand(grouped: Case) -> None:
    lines = {
        (line.group, line.name): line.value
        for line in build_up(grouped)
        if line.care_form == grouped.care_forms[0].id
    }
    expected = {
        "gross": 58_000, "employer": 75_400, "wage_per_hour": 58, "direct": 60, "overhead_per_hour": 15,
        "cost_per_hour": 75, "indexed": 78, "risk_per_hour": 3.90, "price_per_hour": 81.90,
    }  # fmt: skip
    for name, value in expected.items():
        assert lines["hbo", name] == pytest.approx(value), name
    other = (40_000 * 1.16 * 1.3 / 1300 + 2) * 1.25 * 1.04
    assert lines["", "cost_per_unit"] == pytest.approx(0.75 * 78 + 0.25 * other)
    assert lines["", "tariff_per_unit"] == pytest.approx(1.05 * lines["", "cost_per_unit"])


def test_the_band_is_cheap_and_dear(grouped: Case) -> None:
    total = next(line for line in build_up(grouped) if line.name == "cost_per_unit" and line.low is not None)
    assert total.low is not None
    assert total.high is not None
    assert total.low < total.value < total.high
    cheap = [(salary * 1.16 * 1.3 / 1350 + 2) * 1.2 * 1.04 for salary in (50_000, 40_000)]
    assert total.low == pytest.approx(0.75 * cheap[0] + 0.25 * cheap[1])


def test_the_fair_price_of_the_optimiser_is_this_table(grouped: Case) -> None:
    form = grouped.care_forms[0].id
    cells = build_cells(grouped)
    own = (cells.care_form == 0) & (cells.lot >= 0)
    assert reference(grouped, cells, 1).fair_cost[own] == pytest.approx(fair_cost(grouped)[form])


def test_elements_add_up_and_the_risk_comes_on_top() -> None:
    """Almere, youth guidance: 51.4 + 7.0 + 2.9 + 15.7 = 77.0 and 78.6 with the risk loading (table cost_price)."""
    lines = {line.name: line.value for line in build_up(read_case("almere")) if line.care_form == "youth_guidance"}
    assert lines["cost_per_unit"] == pytest.approx(77.0)
    assert lines["tariff_per_unit"] == pytest.approx(78.6)


def test_live_formulas_give_the_values(grouped: Case) -> None:
    """Every formula of the workbook, evaluated on the cells it refers to."""
    lines = build_up(grouped)
    places = {(line.care_form, line.group, line.name): row for row, line in enumerate(lines, start=1)}
    cells = {f"D{row + 1}": line.value for row, line in enumerate(lines, start=1)}
    seen = 0
    for line in lines:
        formula = excel_formula(line, lines, places)
        if formula:
            filled = re.sub(r"D\d+", lambda found: repr(cells[found[0]]), formula[1:])
            assert eval(filled, {"__builtins__": {}}) == pytest.approx(line.value), line
            seen += 1
    assert seen >= 20


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_command_writes_page_and_workbook(tmp_path: Path, lang: str) -> None:
    folder = tmp_path / "annex"
    done = CliRunner().invoke(app, ["buildup", "almere", "--out", str(folder), "--lang", lang])
    assert done.exit_code == 0, done.output
    assert {path.name for path in folder.iterdir()} == {"buildup.html", "buildup.xlsx", "manifest.json"}
    page = (folder / "buildup.html").read_text()
    assert ("77,00" if lang == "nl" else "77.00") in page
    assert "Stb. 2024, 69" in page
    weeks, paid = hours_budget_terms(read_case("almere"))["youth_guidance"]
    assert (weeks, paid) == (pytest.approx(104), pytest.approx(0.866, abs=5e-4))
    # hours budget: 104 weeks pay 86.6 %, so the price is the tariff over 0.866
    assert (
        "104 weken betaalt naar verwachting 86,6\u00a0%"
        if lang == "nl"
        else "104 weeks is expected to pay 86.6\u00a0%"
    ) in page
    with zipfile.ZipFile(folder / "buildup.xlsx") as book:
        sheets = [book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2, 3)]
    assert ["<f>" in sheet for sheet in sheets] == [False, True, True]


def test_a_private_sheet_is_shown_beside_the_tariff_and_stays_private(folder: Path, tmp_path: Path) -> None:
    case = read_case(folder)
    rows = _groups(case.care_forms[0].id)
    columns = [name for name in FunctionGroup.model_fields if name != "line"]
    sheet = tmp_path / "eigen.csv"
    cells = [["" if getattr(row, name) is None else str(getattr(row, name)) for name in columns] for row in rows]
    sheet.write_text("\n".join(",".join(row) for row in [columns, *cells]) + "\n")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = CliRunner().invoke(
        app, ["buildup", str(folder), "--private", str(sheet), "--out", str(tmp_path / "eigen"), "--lang", "nl"]
    )
    assert done.exit_code == 0, done.output
    page = (tmp_path / "eigen" / "buildup.html").read_text()
    assert "vertrouwelijk, blijft bij de aanbieder" in page
    assert case.contracts[0].provider not in page
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_private_sheet_that_is_not_there(small_case: Case, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no such file") as error:
        with_cost_sheet(small_case, tmp_path / "none.csv")
    assert error.value.exit_code == 2


def test_shares_that_do_not_add_up(grouped: Case, tmp_path: Path) -> None:
    columns = [name for name in FunctionGroup.model_fields if name != "line"]
    row = grouped.function_groups[0]
    cells = ["" if getattr(row, name) is None else str(getattr(row, name)) for name in columns]
    sheet = tmp_path / "eigen.csv"
    sheet.write_text("\n".join([",".join(columns), ",".join(cells)]) + "\n")
    with pytest.raises(CaseError, match=r"add up to 0\.75, must be 1; mend them"):
        with_cost_sheet(grouped, sheet)


def test_no_build_up_no_annex(small_case: Case) -> None:
    with pytest.raises(UserError, match="No care form has a build-up"):
        annex_of(replace(small_case, cost_price=(), function_groups=()), private=False)


def test_a_text_is_never_a_formula(grouped: Case, tmp_path: Path) -> None:
    bad = tuple(row.model_copy(update={"source": "=HYPERLINK(1)"}) for row in grouped.function_groups)
    write_annex(annex_of(replace(grouped, function_groups=bad), private=False), tmp_path, "en")
    with zipfile.ZipFile(tmp_path / "buildup.xlsx") as book:
        assert "HYPERLINK" not in book.read("xl/worksheets/sheet2.xml").decode()


def _evaluated(formula: str, cells: dict[str, float]) -> float:
    """A formula of the workbook on the cells it refers to: products, quotients, sums, and SUM over a column."""

    def spread(found: re.Match[str]) -> str:
        column, first, last = found[1], int(found[2]), int(found[4])
        return "(" + "+".join(repr(cells[f"{column}{row}"]) for row in range(first, last + 1)) + ")"

    text = re.sub(r"SUM\(([A-Z])(\d+):([A-Z])(\d+)\)", spread, formula.removeprefix("="))
    text = re.sub(r"[A-Z]\d+", lambda found: repr(cells[found[0]]), text)
    return float(eval(text, {"__builtins__": {}}))


@pytest.mark.parametrize("named", [False, True])
def test_formulas_of_the_written_workbook_give_what_it_shows(grouped: Case, tmp_path: Path, named: bool) -> None:
    """As another program reads it: every formula, evaluated on the cells it refers to, is the value that is stored."""
    write_annex(annex_of(grouped, private=False, named=named), tmp_path, "nl")
    live = openpyxl.load_workbook(tmp_path / "buildup.xlsx")
    stored = openpyxl.load_workbook(tmp_path / "buildup.xlsx", data_only=True)
    seen = 0
    for sheet in live:
        values = {
            cell.coordinate: cell.value
            for row in stored[sheet.title].iter_rows()
            for cell in row
            if isinstance(cell.value, (int, float))
        }
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    assert _evaluated(cell.value, values) == pytest.approx(values[cell.coordinate]), (
                        cell.coordinate
                    )
                    seen += 1
    assert seen >= 25


def test_every_sheet_prints_on_a4(grouped: Case, tmp_path: Path) -> None:
    write_annex(annex_of(grouped, private=False), tmp_path, "nl")
    book = openpyxl.load_workbook(tmp_path / "buildup.xlsx")
    assert book.sheetnames == ["oordeel", "opbouw", "budget"]
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (
            1,
            0,
        )  # one wide is not written
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        head = int(sheet.print_title_rows.strip("$").split(":")[0])
        assert sheet.cell(head, 1).font.bold
        assert sheet["A1"].value.startswith("Opbouw van prijs en budget")
        assert "bladzijde" in sheet.oddFooter.center.text
    units = {cell.value for cell in book["opbouw"]["E"] if cell.value}
    assert {"euro per jaar", "uren per jaar", "euro per uur", "percentage"} <= units


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_annex_names_no_provider(grouped: Case, tmp_path: Path, lang: str) -> None:
    """Page and workbook, also of a case whose providers are archetypes; with ``named`` they are there."""
    known = tuple(
        row.model_copy(update={"name": f"Kwartel {k}", "name_en": ""}) for k, row in enumerate(grouped.providers)
    )
    case = replace(grouped, providers=known)
    for named in (False, True):
        folder = tmp_path / str(named)
        folder.mkdir()
        write_annex(annex_of(case, private=False, named=named), folder, lang)
        with zipfile.ZipFile(folder / "buildup.xlsx") as book:
            parts = [book.read(name).decode() for name in book.namelist() if name.endswith(".xml")]
        text = " ".join([(folder / "buildup.html").read_text(), *parts])
        found = [row.name for row in known if row.name in text] + [row.id for row in known if row.id in text]
        assert bool(found) == named, found


def test_budgets_of_lots_are_those_of_their_providers(grouped: Case) -> None:
    """Units and amounts add up; the reference amount is there only where four providers carry it, none over 70 %."""
    public, named = (annex_of(grouped, private=False, named=named) for named in (False, True))
    assert len({(row.lot, row.care_form) for row in named.budgets}) == len(public.budgets) < len(named.budgets)
    for row in public.budgets:
        own = [one for one in named.budgets if (one.lot, one.care_form) == (row.lot, row.care_form)]
        assert row.units == pytest.approx(sum(one.units for one in own))
        assert row.amount == pytest.approx(sum(one.amount for one in own))
        if len(own) < 4:
            assert row.reference_amount is None


@pytest.mark.parametrize(
    ("tariff", "words"),
    [
        (81.90, "voldoet aan de opbouw, met risico-opslag"),
        (78.00, "voldoet aan de opbouw; de risico-opslag wordt niet overal betaald"),
        (77.996, "voldoet aan de opbouw; de risico-opslag wordt niet overal betaald"),
        (74.10, "voldoet niet aan de opbouw: het laagste tarief is 95,0\u00a0% van de kostprijs"),
        (None, "geen tarief om te vergelijken"),
    ],
)
def test_verdicts_by_hand(tariff: float | None, words: str) -> None:
    """Cost price 78.00 and 81.90 with risk (``test_an_hour_by_hand``): 74.10 / 78 = 95 %; half a cent is rounding."""
    assert verdict_words(BuildupVerdict("form", 78.0, 81.9, tariff, tariff), Texts("nl")) == words


def test_one_low_tariff_is_enough(grouped: Case) -> None:
    """The verdict is that of the lowest tariff, of whichever contract."""
    form = grouped.care_forms[0].id
    cost = next(one for one in annex_of(grouped, private=False).verdicts if one.care_form == form).cost_price
    offers = [row for row in grouped.offers if row.care_form == form]
    assert len(offers) > 1

    def verdict(*tariffs: float) -> BuildupVerdict:
        priced = dict(zip([row.provider for row in offers], tariffs, strict=True))
        changed = tuple(
            row.model_copy(update={"tariff": priced[row.provider]}) if row.care_form == form else row
            for row in grouped.offers
        )
        contracts = tuple(row.model_copy(update={"tariff_factor": 1.0}) for row in grouped.contracts)
        annex = annex_of(replace(grouped, offers=changed, contracts=contracts), private=False)
        return next(one for one in annex.verdicts if one.care_form == form)

    high = [cost * 1.2] * (len(offers) - 1)
    assert verdict(cost * 1.2, *high).meets
    low = verdict(cost * 0.9, *high)
    assert low.meets is False
    assert low.lowest == pytest.approx(cost * 0.9)
    assert verdict(cost * 1.2, *high).tariff == pytest.approx(cost * 1.2)  # alike, so it tells of nobody
    assert low.tariff is None or len(offers) >= 4


def _scaled(case: Case, *rows: tuple[int, int, float, float, float | None], salary: float = 50_000) -> Case:
    """The two groups of a care form under cao Jeugdzorg, scale 9 alone for the first, and rows of that scale."""
    first, second = _groups(case.care_forms[0].id)
    forms = tuple(row.model_copy(update={"cao": "Jeugdzorg"}) for row in case.care_forms)
    scales = tuple(
        SalaryScale(
            cao="Jeugdzorg", scale="9", year=year, first_month=month, salary_low=low, salary_high=high,
            social_charges=charges, source="cao-tekst, bijlage 2", status="published",
        )
        for year, month, low, high, charges in rows
    )  # fmt: skip
    groups = (first.model_copy(update={"scale": "9", "salary": salary}), second)
    return replace(case, care_forms=forms, function_groups=groups, salary_scales=scales)


@pytest.mark.parametrize(
    ("rows", "salary", "since", "verdict"),
    [
        ([(2025, 7, 40_000, 55_000, 0.30)], 50_000, "juli 2025", "salaris binnen de schaal; sociale lasten gelijk"),
        ([(2025, 7, 40_000, 55_000, 0.28)], 50_000, "juli 2025", "salaris binnen de schaal; sociale lasten wijken af"),
        ([(2025, 7, 52_000, 55_000, None)], 50_000, "juli 2025", "salaris onder de laagste trede"),
        ([(2025, 7, 40_000, 49_999, None)], 50_000, "juli 2025", "salaris boven de hoogste trede"),
        ([(2024, 1, 10_000, 20_000, None), (2025, 7, 40_000, 50_000, None)], 50_000, "juli 2025",
         "salaris binnen de schaal"),
        # the contracts begin in January 2026: what holds from February on does not count yet
        ([(2025, 7, 40_000, 55_000, None), (2026, 2, 60_000, 70_000, None)], 50_000, "juli 2025",
         "salaris binnen de schaal"),
        ([(2026, 1, 60_000, 70_000, None)], 50_000, "januari 2026", "salaris onder de laagste trede"),
        ([(2026, 2, 40_000, 55_000, None)], 50_000, "", "schaal staat niet in de tabel"),
    ],
)  # fmt: skip
def test_salaries_beside_the_cao(
    small_case: Case,
    rows: list[tuple[int, int, float, float, float | None]],
    salary: float,
    since: str,
    verdict: str,
) -> None:
    """The last row that holds when the contracts begin; a group without a scale is left out."""
    assert small_case.first_year == 2026
    table = scale_table(_scaled(small_case, *rows, salary=salary), Texts("nl"))
    assert len(table) == 2
    assert (table[1][2], table[1][6]) == (since, verdict)


def test_the_cao_stands_in_the_annex_with_its_source(small_case: Case, tmp_path: Path) -> None:
    case = _scaled(small_case, (2025, 7, 40_000, 55_000, 0.30))
    write_annex(annex_of(case, private=False), tmp_path, "nl")
    page = (tmp_path / "buildup.html").read_text()
    sheet = openpyxl.load_workbook(tmp_path / "buildup.xlsx")["cao"]
    written = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    for text in ("cao-tekst, bijlage 2", "40.000 – 55.000", "juli 2025", "Staatscourant"):
        assert text in page
        assert text in written
    write_annex(annex_of(replace(case, salary_scales=()), private=False), tmp_path, "nl")
    assert "Salarissen naast de cao" not in (tmp_path / "buildup.html").read_text()
    assert "cao" not in openpyxl.load_workbook(tmp_path / "buildup.xlsx").sheetnames


def test_without_libreoffice_the_annex_is_there_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = CliRunner().invoke(app, ["buildup", "almere", "--out", str(tmp_path / "annex"), "--odf"])
    assert done.exit_code == 0, done.output
    assert "LibreOffice staat niet op deze computer" in done.output
    assert not list((tmp_path / "annex").glob("*.ods"))


def test_scales_are_read_and_judged_with_the_case(folder: Path) -> None:
    row = {
        "cao": "Jeugdzorg", "scale": "9", "year": "2025", "first_month": "7", "salary_low": "40000", "salary_high": "55000",
        "social_charges": "0.3", "source": "cao", "status": "published",
    }  # fmt: skip
    put_table(folder, "salary_scales", [row])
    assert [one.first_month for one in read_case(folder).salary_scales] == [7]
    for wrong, words in (
        ({"first_month": "13"}, "first_month"),
        (
            {"salary_low": "60000"},
            r"the lowest step of scale 9 \(60000\) is above the highest \(55000\); swap them",
        ),
    ):
        put_table(folder, "salary_scales", [row | wrong])
        with pytest.raises(CaseError, match=words):
            read_case(folder)
