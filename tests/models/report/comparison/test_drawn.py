"""Figures, charts and captions say what the tables say: one definition of every number that is drawn."""

from __future__ import annotations

import re

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from bekostiging import report
from bekostiging.case.form_choice import shown_forms
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.evaluation.figures import (
    BUFFER_EXHAUSTED_PROBABILITY,
    CVAR95,
    EXPECTED,
    EXPECTED_RESULT,
    OVERRUN_PROBABILITY,
    P10,
    P90,
)
from bekostiging.report import write_results
from bekostiging.report.comparison.answers import headroom_of_term
from bekostiging.report.comparison.drawn import Spread, exceeded, figure_captions, spending_samples
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.kit.budget_sheet import closed
from bekostiging.report.kit.leading import rounded_ends
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.workbook import NAME
from bekostiging.units import MILLION

NL, EN = Texts("nl"), Texts("en")


def test_the_figure_of_spending_is_the_table_of_the_term(outcome: Comparison) -> None:
    """Bar, mark and line end are P10, P90, mean and CVaR of the table; of the worst 5 % of 64 scenarios 3.2, not 3."""
    axes = report.plot_spending(outcome, Figure().subplots())
    bars = sorted(axes.patches, key=lambda bar: -bar.get_y())  # type: ignore[attr-defined]
    for place, (form, facts) in enumerate((form, PAYMENT_FORMS[form]) for form in shown_forms(outcome.case)):
        own = outcome.forms[form].municipalities[TOTAL][TERM]
        left, width = bars[place].get_x(), bars[place].get_width()  # type: ignore[attr-defined]
        assert (left, left + width) == pytest.approx((own[P10].value / MILLION, own[P90].value / MILLION))
        row = len(shown_forms(outcome.case)) - 1 - place
        drawn = {
            line.get_marker(): float(np.asarray(line.get_xdata())[0])
            for line in axes.lines
            if list(np.asarray(line.get_ydata())) == [row]
        }
        assert drawn[facts.marker] == pytest.approx(own[EXPECTED].value / MILLION)
        assert drawn["|"] == pytest.approx(own[CVAR95].value / MILLION)


def test_the_curve_at_what_is_begroot_is_the_chance_of_the_table(outcome: Comparison) -> None:
    """The step of the curve just above the dashed line is the probability of overrun."""
    axes = report.plot_exceedance(outcome, Figure().subplots())
    headroom = headroom_of_term(outcome) / MILLION
    for form in shown_forms(outcome.case):
        (line,) = (one for one in axes.lines if one.get_label() == NL["forms", form])
        amounts, chance = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        below = amounts <= headroom
        read = 100.0 if not below.any() else float(chance[below][-1])
        own = outcome.forms[form].municipalities[TOTAL][TERM][OVERRUN_PROBABILITY].value
        assert read == pytest.approx(100 * own, abs=1e-9)


def test_the_result_of_a_provider_is_that_of_its_table(outcome: Comparison) -> None:
    provider = outcome.case.providers[0].id
    axes = report.plot_provider(outcome, Figure().subplots(), provider=provider)
    for place, form in enumerate(reversed(shown_forms(outcome.case))):
        mean = outcome.forms[form].providers[provider][EXPECTED_RESULT].value / MILLION
        points = [
            float(np.asarray(line.get_xdata())[0])
            for line in axes.lines
            if list(np.asarray(line.get_ydata())) == [place]
        ]
        assert points == pytest.approx([mean])


def test_an_amount_is_exceeded_with_its_chance(outcome: Comparison) -> None:
    for form in shown_forms(outcome.case):
        sample = spending_samples(outcome, form)
        for chance in (0.9, 0.5, 0.1):
            amount = exceeded(outcome, form, chance).value
            assert (sample > amount).mean() <= chance <= (sample >= amount).mean()
        assert exceeded(outcome, form, 0.1).value == Spread.of(outcome, form).high.value


@pytest.mark.parametrize("texts", [NL, EN], ids=["nl", "en"])
def test_every_figure_has_a_sentence_of_its_values(outcome: Comparison, texts: Texts) -> None:
    found = figure_captions(outcome, texts)
    assert found.keys() == comparison_figures(outcome, texts).keys()
    for caption in found.values():
        assert re.fullmatch(r"[^.].*[^.]\.", caption)
        assert "{" not in caption
    worst = [outcome.forms[form].municipalities[TOTAL][TERM][CVAR95].value for form in shown_forms(outcome.case)]
    for end in (min(worst), max(worst)):
        assert texts.numbers.figure(CVAR95, end) in found["spending"]
    chance = max(
        one[BUFFER_EXHAUSTED_PROBABILITY].value
        for form in shown_forms(outcome.case)
        for one in outcome.forms[form].providers.values()
    )
    if chance:
        assert texts.numbers.figure(BUFFER_EXHAUSTED_PROBABILITY, chance) in found["providers"]


AMOUNTS = st.lists(st.lists(st.floats(-1e8, 1e8), min_size=3, max_size=3), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(AMOUNTS)
def test_cents_close_in_both_directions(rows: list[list[float]]) -> None:
    """In whole cents, exactly; no cell or total is more than two cents from what it was."""
    amounts = np.array(rows)
    cents = np.rint(100 * closed(amounts))
    assert (cents[:, :-1].sum(axis=1) == cents[:, -1]).all()
    assert (cents[:-1].sum(axis=0) == cents[-1]).all()
    assert np.abs(cents[:-1, :-1] / 100 - amounts).max() <= 0.0201
    assert abs(cents[-1, -1] / 100 - amounts.sum()) <= 0.0051


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([1.0, 9.0], (0.0, 9.0)),
        ([-130.0, 20.0, 870.0], (-200.0, 900.0)),
        ([0.0], (0.0, 0.0)),
        ([-3.0], (-3.0, 0.0)),
    ],
)
def test_ends_of_an_axis(values: list[float], ends: tuple[float, float]) -> None:
    low, high = rounded_ends(values)
    assert low <= min(0.0, *values) <= max(0.0, *values) <= high
    assert (low, high) == pytest.approx(ends)


@pytest.fixture(scope="module")
def book(outcome: Comparison, tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    return openpyxl.load_workbook(write_results(outcome, tmp_path_factory.mktemp("book") / "out") / NAME)


def _cells(book: openpyxl.Workbook, sheet: str) -> list[list[object]]:
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def test_the_begroting_closes_to_the_cent(book: openpyxl.Workbook, outcome: Comparison) -> None:
    """Years add up to the term, municipalities to each year, and begroot less expected is the room; the quantile never."""
    said = NL.sections["leading"]
    rows = {
        str(row[0]): row[1:5] for row in _cells(book, said["budget_places"]) if isinstance(row[1], (int, float))
    }
    names = [row.name for row in outcome.case.municipalities]
    term = f"{outcome.years[0]}\u2013{outcome.years[-1]}"
    together = NL["budget", "together"]

    def cents(label: str, column: int) -> int:
        return round(100 * float(rows[label][column]))  # type: ignore[arg-type]

    for column in (0, 2, 3):
        for period in (*map(str, outcome.years), term):
            parts = sum(cents(f"{period} {name}", column) for name in names)
            assert parts == cents(f"{period} {together}", column)
        assert sum(cents(f"{year} {together}", column) for year in outcome.years) == cents(
            f"{term} {together}", column
        )
    for label, cells in rows.items():
        if cells[2] is not None:
            assert cents(label, 3) == cents(label, 2) - cents(label, 0)
    heads = next(row for row in _cells(book, said["budget_places"]) if row[1] == NL["budget", "expected"])
    assert "telt niet op" in str(heads[2])
    assert "telt niet op" not in "".join(str(head) for head in heads[3:])


def test_four_native_charts_read_cells_that_hold_their_numbers(
    book: openpyxl.Workbook, outcome: Comparison
) -> None:
    said = NL.sections["leading"]
    names = [said["drawn_spending"], said["drawn_chance"], said["drawn_providers"], f"{said['drawn_clients']} wmo"]
    for name in names:
        assert len(book[name]._charts) == 1, name
    rows = {row[0]: row for row in _cells(book, said["drawn_spending"])}
    for form in shown_forms(outcome.case):
        spread = Spread.of(outcome, form)
        cells = rows[NL["forms", form]][1:5]
        assert cells == pytest.approx([one.value for one in (spread.low, spread.mean, spread.high, spread.worst)])


def test_every_sheet_prints_on_a4_with_header_and_footer(book: openpyxl.Workbook) -> None:
    for sheet in book:
        assert sheet.page_setup.paperSize == 9
        assert sheet.print_area
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "bekostiging" in str(sheet.oddHeader.right.text)
        assert "&P" in str(sheet.oddFooter.center.text).replace("&[Page]", "&P")
        if sheet._charts:
            assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in ((1, 1), (None, None))


def test_errors_are_grouped_and_hidden(book: openpyxl.Workbook) -> None:
    """Every column of standard errors, and no other, is closed at first."""
    word, seen = NL["columns", "standard_error"], 0
    for name in (NL["files", "spending"], NL["files", "providers"], NL["leading", "summary"]):
        sheet = book[name]
        hidden = {
            column
            for letter, own in sheet.column_dimensions.items()
            if own.hidden
            for column in range(own.min, own.max + 1)
        }
        assert all(
            sheet.column_dimensions[letter].outlineLevel
            for letter in sheet.column_dimensions
            if sheet.column_dimensions[letter].hidden
        )
        (head,) = [row for row in sheet.iter_rows() if any(str(cell.value).endswith(f": {word}") for cell in row)]
        errors = {cell.column for cell in head if str(cell.value).endswith(f": {word}")}
        assert errors == hidden
        seen += len(errors)
    assert seen


def test_every_sheet_is_legible_on_paper(book: openpyxl.Workbook) -> None:
    """So many pages beside each other that none is scaled below some 60 %: at most 1,500 pixels to a page."""
    for sheet in book:
        shown = [own for own in sheet.column_dimensions.values() if not own.hidden]
        wide = sum((own.max - own.min + 1) * (7 * own.width + 5) for own in shown)
        assert wide <= 1550 * (sheet.page_setup.fitToWidth or 1), sheet.title
