"""The budget table as a sheet: euro and cents, sums that close, and a quantile that never adds up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.evaluation import TERM, TOTAL
from bekostiging.evaluation.begroting_table import BudgetTable
from bekostiging.evaluation.figures import Unit
from bekostiging.report.kit.begroting import TODAY, BudgetPage
from bekostiging.report.kit.leading import Cell, Chart, LeadingSheet, Panel, Series
from bekostiging.report.kit.long import Written
from bekostiging_solvers.typing import FloatArray

CENTS = 100
EURO: Unit = "euro"
COLOURS = ("#1b3a5c", "#8a8d91", "#b3541e")
"""Expected, amount at the certainty of the council, begroot."""


def closed(amounts: FloatArray) -> FloatArray:
    """Whole cents with their sums in a last row and column: rows and columns add up exactly, and nothing
    moves more than two cents.

    Cumulative sums are rounded, so that what is rounded in one cell comes back in the next.

    >>> closed(np.array([[0.004, 0.004], [0.004, 0.004]])).tolist()
    [[0.0, 0.01, 0.01], [0.01, 0.0, 0.01], [0.01, 0.01, 0.02]]
    """
    upto = np.zeros((amounts.shape[0] + 1, amounts.shape[1] + 1))
    upto[1:, 1:] = np.rint(CENTS * np.cumsum(np.cumsum(amounts, axis=0), axis=1))
    cells = np.diff(np.diff(upto, axis=0), axis=1)
    with_sums = np.hstack([cells, cells.sum(axis=1, keepdims=True)])
    return np.vstack([with_sums, with_sums.sum(axis=0, keepdims=True)]) / CENTS


@dataclass(frozen=True)
class _Amounts:
    """Of one payment form: municipalities and years with their totals last, (n_municipalities + 1, n_years + 1)."""

    expected: FloatArray
    certain: FloatArray
    headroom: FloatArray
    outside: FloatArray
    contributions: FloatArray | None

    @classmethod
    def of(cls, table: BudgetTable, codes: tuple[str, ...], years: tuple[str, ...]) -> _Amounts:
        """Closed where amounts add up; the quantiles of totals are their own."""
        lines = [[table.lines[code][year] for year in years] for code in codes]

        def sums(name: str) -> FloatArray:
            """An amount that adds up."""
            values = [[getattr(line, name) for line in own] for own in lines]
            return closed(np.array([[getattr(value, "value", value) for value in own] for own in values]))

        certain = [
            [table.lines[place][period].certain.value for period in (*years, TERM)] for place in (*codes, TOTAL)
        ]
        known = all(line.contributions is not None for own in lines for line in own)
        given = sums("contributions") if known else None
        return cls(sums("expected"), np.round(certain, 2), sums("headroom"), sums("outside"), given)

    def cells(self, m: int, t: int) -> list[Cell]:
        """Expected, at the certainty of the council, begroot, room."""
        own = (self.expected[m, t], self.certain[m, t], self.headroom[m, t])
        room = round(float(self.headroom[m, t] - self.expected[m, t]), 2)
        return [*((float(one), EURO) for one in own), (room, EURO)]


def budget_sheets(page: BudgetPage) -> list[LeadingSheet]:
    """By year with a chart and by payment form; by municipality on a sheet of its own, where there are several."""
    said, texts = page.texts.sections["leading"], page.texts
    codes, years = tuple(page.codes), tuple(str(year) for year in page.years)
    amounts = {form: _Amounts.of(table, codes, years) for form, table in page.tables.items()}
    own = amounts[page.form]
    note = said["budget_note"].format(form=_form(page, page.form), certainty=_certainty(page))
    panels = [_by_year(page, own, years, note)]
    if len(amounts) > 1:
        rows = [
            [(_form(page, form), "text"), *amounts[form].cells(-1, -1)]
            for form in sorted(amounts, key=lambda form: form != TODAY)
        ]
        panels.append(Panel(said["budget_by_form"], (), _heads(page, texts["columns", "form"]), rows))
    sheets = [LeadingSheet(said["budget"], texts["budget", "title"], panels)]
    if len(codes) > 1:
        title = texts["budget", "by_municipality"].format(form=_form(page, page.form))
        by_place = [_by_municipality(page, own, codes, years)]
        sheets.append(LeadingSheet(said["budget_places"], title, by_place, flows=True))
    return sheets


def _form(page: BudgetPage, form: str) -> str:
    """A payment form in words."""
    return page.texts["page", "mix"] if form == TODAY else page.texts["forms", form]


def _certainty(page: BudgetPage) -> str:
    """The certainty of the council in words."""
    return page.texts.numbers.percent(page.case.policy.certainty)


def _term(page: BudgetPage) -> str:
    """The contract years in words."""
    first, last = page.years[0], page.years[-1]
    return str(first) if first == last else f"{first}\u2013{last}"


def _heads(page: BudgetPage, first: str) -> list[str]:
    """Heads of the columns, the quantile marked."""
    said = page.texts.sections["budget"]
    never = page.texts["takeaway", "never_adds_up"]
    certain = f"{said['certain'].format(certainty=_certainty(page))} ({never})"
    return [first, said["expected"], certain, said["headroom"], said["room"]]


def _by_year(page: BudgetPage, own: _Amounts, years: tuple[str, ...], note: str) -> Panel:
    """All together, a row a year; what the years share, the term, and what lies outside the contracts."""
    said, leading = page.texts.sections["budget"], page.texts.sections["leading"]
    rows: list[list[Cell]] = [[(year, "text"), *own.cells(-1, t)] for t, year in enumerate(years)]
    if len(years) > 1:
        spread = round(float(own.certain[-1, -1] - own.certain[-1, :-1].sum()), 2)
        rows.append(_only(said["over_years"], spread, 2))
        rows.append([(_term(page), "text"), *own.cells(-1, -1)])
    total = len(rows) - 1
    outside = float(own.outside[-1, -1])
    programme = round(outside + float(own.headroom[-1, -1]), 2)
    if page.national is not None:
        after = round(float(own.expected[-1, -1]) + page.national, 2)
        headroom = float(own.headroom[-1, -1])
        rows.append(_only(said["national"], round(page.national, 2), 1))
        with_it = (after, None, headroom, round(headroom - after, 2))
        rows.append([(said["with_national"].format(term=_term(page)), "text"), *((one, EURO) for one in with_it)])
    rows += [_only(said["outside"], outside, 3), _only(said["programme"], programme, 3)]
    if own.contributions is None:
        rows.append([(said["no_contributions"], "text"), *((None, EURO) for _ in range(4))])
    else:
        received = float(own.contributions[-1, -1])
        rows.append(_only(said["contributions"], -received, 3))
        rows.append(_only(said["balance"], round(programme - received, 2), 3))
    drawn = Chart(
        "column",
        [Series(column, colour) for column, colour in enumerate(COLOURS, start=1)],
        page.texts["page", "million_euro"],
        page.texts["columns", "year"],
        EURO,
        len(years),
    )
    return Panel(
        leading["budget_by_year"], (note,), _heads(page, leading["period"]), rows,
        frozenset({total, len(rows) - 1}), chart=drawn,
    )  # fmt: skip


def _by_municipality(page: BudgetPage, own: _Amounts, codes: tuple[str, ...], years: tuple[str, ...]) -> Panel:
    """Per year every municipality, what they share, and together."""
    said, leading = page.texts.sections["budget"], page.texts.sections["leading"]
    rows: list[list[Cell]] = []
    strong = set()
    for t, period in enumerate((*years, _term(page))):
        rows += [[(f"{period} {page.names[code]}", "text"), *own.cells(m, t)] for m, code in enumerate(codes)]
        shared = round(float(own.certain[-1, t] - own.certain[:-1, t].sum()), 2)
        rows.append(_only(said["sharing" if shared <= 0 else "no_sharing"], shared, 2))
        strong.add(len(rows))
        rows.append([(f"{period} {said['together']}", "text"), *own.cells(-1, t)])
    heads = _heads(page, leading["period"])
    return Panel("", (), heads, rows, frozenset(strong))


def _only(label: str, amount: float, column: int) -> list[Cell]:
    """A line with an amount in one column alone."""
    empty: list[Written] = [None] * 4
    empty[column - 1] = amount
    return [(label, "text"), *((one, EURO) for one in empty)]
