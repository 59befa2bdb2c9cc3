"""What is odd stands on top of every page, in the JSON, in the tables and on the first sheet; what counts has a figure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from bekostiging.case import Case, write_case
from bekostiging.cli.application import app
from bekostiging.evaluation import Comparison, influences, sense_check
from bekostiging.report import plot_influences, presented, remark_lines
from bekostiging.report.kit.export import write_export
from bekostiging.report.kit.sense import ON_PAGE, influence_section, remark_block, sense_results
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.workbook import NAME
from bekostiging.studies import LumpSumStudy, StressStudy

NL = Texts("nl")


def _odd(case: Case) -> Case:
    """The case with its ceilings in thousands: one remark."""
    rows = tuple(row.model_copy(update={"ceiling": (row.ceiling or 0.0) / 1000}) for row in case.contracts)
    return replace(case, contracts=rows)


def test_every_page_has_the_block_on_top_and_the_section(outcome: Comparison, lumpsum_study: LumpSumStudy) -> None:
    stress = StressStudy(
        case=_odd(outcome.case), n_scenarios=32, seed=1, named=False, notes=(), self_check=outcome.self_check,
        outcome=outcome, together=None, believed=None, broken=(),
    )  # fmt: skip
    sentence = sense_check(_odd(outcome.case))[0].nl
    for study in (
        replace(outcome, case=_odd(outcome.case)),
        replace(lumpsum_study, case=_odd(outcome.case)),
        stress,
    ):
        report = presented(study, "nl")
        page = report.page()
        assert page.count(sentence) == 1
        assert page.index(sentence) < page.index("<h2")
        assert "Wat de begroting het meest beweegt" in page
        assert [one["kind"] for one in report.results()["remarks"]] == ["ceiling"]
        assert len(report.results()["influences"]) == 10
    page = presented(outcome, "nl").page()
    assert ">Opvallend<" not in page


def test_json_is_what_was_found(small_case: Case) -> None:
    odd = _odd(small_case)
    written = sense_results(odd)
    (remark,) = sense_check(odd)
    assert written["remarks"][0]["euros"] == remark.euros
    assert written["remarks"][0]["sentence"] == {"nl": remark.nl, "en": remark.en}
    assert [one["euros"] for one in written["influences"]] == [one.euros for one in influences(odd)]


def test_the_first_sheet_says_it(small_case: Case, tmp_path: Path) -> None:
    odd = _odd(small_case)
    write_export(tmp_path, odd, [], NL, {})
    book = CalamineWorkbook.from_path(str(tmp_path / NAME))
    cells = [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row]
    assert any(sense_check(odd)[0].nl in cell for cell in cells)
    rows = (tmp_path / "tables" / "opvallend.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 2


def test_a_page_tells_few_and_says_how_many_more(small_case: Case) -> None:
    (remark,) = sense_check(_odd(small_case))
    assert remark_block([], NL) == {}
    block = remark_block([remark] * (ON_PAGE + 2), NL)
    assert len(block["lines"]) == ON_PAGE
    assert block["more"].startswith("En nog 2,")
    assert len(remark_lines([remark] * 12, "nl")) == 2 + 10 + 1


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_bars_are_the_table(small_case: Case, lang: str) -> None:
    found = influences(small_case)
    axes = plot_influences(small_case, Figure().subplots(), lang=lang)
    assert [bar.get_width() for bar in axes.patches] == [one.euros / 1e6 for one in found]  # type: ignore[attr-defined]
    assert [label.get_text().split(" (")[0] for label in axes.get_yticklabels()] == [
        one.name(lang) for one in found
    ]
    section = influence_section(small_case, Texts(lang))
    assert section is not None
    assert found[0].name(lang) in section.alt


def test_check_prints_it_and_ends_with_zero(small_case: Case, tmp_path: Path) -> None:
    write_case(_odd(small_case), tmp_path / "odd", "nl")
    done = CliRunner().invoke(app, ["check", str(tmp_path / "odd")], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    first = lines.index("Opvallend")
    assert lines[first + 2].startswith("1. Tabel contracts: het plafond van ")
    assert "Wat de begroting het meest beweegt" in lines
    assert lines[-1] == "De casus is in orde."
