"""A figure has one row: given one more, every place that shows figures shows it, and a name is taken once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from conftest import DESIGN

from bekostiging.case import Case
from bekostiging.evaluation import (
    CORNER_FIGURES,
    PROVIDER_FIGURES,
    SPENDING_FIGURES,
    TERM,
    TOTAL,
    WAITING_FIGURES,
    Figure,
    figures,
)
from bekostiging.evaluation.figures import UNITS
from bekostiging.report import comparison_schema, write_results
from bekostiging.report.comparison.tables import comparison_tables
from bekostiging.report.kit.long import cell_unit, estimated
from bekostiging.report.kit.texts import Texts, _load
from bekostiging.report.kit.workbook import dictionary_rows
from bekostiging.studies import compare
from bekostiging_solvers import Estimate

P95 = Figure(
    "p95",
    "euro",
    1,
    "P95",
    "P95",
    "In 95 van 100 toekomsten wordt niet meer uitgegeven.",
    "In 95 of 100 scenarios no more is spent.",
)
ROWS = [row for row in vars(figures).values() if isinstance(row, Figure)] + list(figures.BRIDGE.values())


@pytest.fixture
def with_p95() -> Iterator[None]:
    """One more figure of spending, from outside the package."""
    SPENDING_FIGURES.add(P95, lambda own: own.quantile(0.95))
    yield
    SPENDING_FIGURES.remove(P95)


@pytest.mark.slow
@pytest.mark.usefixtures("with_p95")
def test_one_more_figure_is_shown_everywhere(small_case: Case, tmp_path: Path) -> None:
    """results.json and its schema, frame, CSV, workbook and page."""
    outcome = compare(small_case, n_scenarios=32, design_scenarios=DESIGN, n_years=1)
    own = outcome.forms["outputgericht"].municipalities[TOTAL][TERM]
    assert own[figures.P90].value <= own[P95].value <= own[figures.CVAR95].value
    folder = write_results(outcome, tmp_path / "out", lang="nl")

    content = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    jsonschema.validate(content, comparison_schema())
    told = content["forms"]["outputgericht"]["municipalities"][TOTAL][TERM]
    assert told["p95"]["value"] == own[P95].value
    del told["p95"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, comparison_schema())

    frame = outcome.to_frame()
    assert set(frame[frame["figure"] == "p95"]["unit"]) == {"euro"}
    assert ";P95;" in (folder / "tables" / "uitgaven.csv").read_text(encoding="utf-8")
    rows = dictionary_rows(comparison_tables(outcome, Texts("nl")), Texts("nl"))
    assert ("uitgaven", "P95", P95.meaning_nl, "euro") in rows
    shown = Texts("nl").numbers.figure(P95, own[P95])
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert ">P95<" in page
    assert shown in page


def test_a_name_is_taken_once_and_an_unknown_figure_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected"):
        SPENDING_FIGURES.add(Figure("expected", "number", 0, "x", "x"), lambda own: None)
    with pytest.raises(KeyError):
        SPENDING_FIGURES.remove(P95)
    # a table of figures does not guess a unit
    with pytest.raises(AttributeError):
        estimated("p95", Estimate(1.0, 0.1))  # type: ignore[arg-type]


def test_every_figure_has_a_unit_and_both_languages() -> None:
    assert len(ROWS) > 40
    for row in ROWS:
        assert row.unit in UNITS
        assert all((row.nl.strip(), row.en.strip())), row.name
        assert bool(row.meaning_nl) == bool(row.meaning_en), row.name
        assert cell_unit("value", estimated(row, None)) == row.unit
    registries = (SPENDING_FIGURES, PROVIDER_FIGURES, CORNER_FIGURES, WAITING_FIGURES)
    names = [row.name for registry in registries for row in registry]
    assert len(names) == len(set(names))


def test_decimals_go_by_the_unit() -> None:
    """One of a million euro, two for the small amounts of measures and for ratios; all else is whole."""
    measures = {
        figures.BOOKED,
        figures.MEASURE_COST,
        figures.IF_IT_WORKS,
        figures.SAVING_EXPECTED,
        figures.MISSING,
    }
    for row in ROWS:
        assert row.digits == {"euro": 2 if row in measures else 1, "number": 2}.get(row.unit, 0), row.name


def test_tables_of_the_page_leave_out_what_is_told_beside_them() -> None:
    """The paragraph weerstandsvermogen tells the gap, the size of an overrun, P80 and what the stock needs; all of them are
    in results.json and the workbook."""
    assert {row.name for row in ROWS if not row.on_page} == {
        "gap", "p80", "overrun_size", "reserve_needed", "required_resistance_capacity_80",
        "required_resistance_capacity_90", "starts", "moved",
    }  # fmt: skip


def test_figures_among_the_texts_have_a_known_unit() -> None:
    units = [entry["unit"] for entries in _load().values() for entry in entries.values() if "unit" in entry]
    assert len(units) > 90
    assert set(units) <= set(UNITS)
    with pytest.raises(KeyError):
        Texts("nl").figure("study_figures", "of_nobody")


def test_a_figure_is_written_in_its_unit() -> None:
    numbers = Texts("nl").numbers
    assert numbers.figure(figures.EXPECTED, Estimate(12_345_678.0, None)) == "12,3"
    assert numbers.figure(figures.EXPECTED, Estimate(12_345_678.0, 30_000.0)) == "12,35\u00a0±\u00a00,03"
    assert numbers.figure(figures.BOOKED, 1_234_567.0) == "1,23"
    assert numbers.figure(figures.OVERRUN_PROBABILITY, Estimate(0.234, 0.012)) == "23\u00a0±\u00a01\u00a0%"
    assert numbers.figure(figures.OVERRUN_PROBABILITY, None) == "–"
    assert numbers.figure(figures.STARTS, 1234.4) == "1.234"
