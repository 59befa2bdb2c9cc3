"""The workbook of the annex: verdicts, every line of the build-up with live formulas, and the budgets; to print on A4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bekostiging.case.workbook.book import new_book
from bekostiging.case.workbook_text import harmless
from bekostiging.report.buildup.results import Annex
from bekostiging.report.buildup.scales import published_places, scale_table
from bekostiging.report.buildup.tables import (
    BUDGET_COLUMNS,
    budget_heads,
    budget_place,
    budget_totals,
    care_unit,
    excel_formula,
    formula_in_words,
    hidden_note,
    is_fraction,
    line_name,
    unit_of,
    verdict_words,
)
from bekostiging.report.kit.export import confidential_mark
from bekostiging.report.kit.sections import care_form_names
from bekostiging.report.kit.sheet_looks import FILLED_BOLD, Looks, height_of, on_paper, write_top
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.workbook import CREATED

LINES = (22, 18, 26, 13, 14, 12, 12, 34, 28, 18)
SCALES = (32, 24, 16, 20, 16, 28, 40, 40)
VERDICTS = (28, 12, 14, 16, 14, 52)
"""Widths of the columns of a sheet."""
PLACE, AMOUNT = 24, 17
"""Widths of what a budget is of, and of its amounts."""
FIRST = 1
"""Row of a formula in Excel above that of xlsxwriter, which counts from zero."""


def write_annex_workbook(annex: Annex, texts: Texts, path: Path) -> None:
    """Three sheets, each with a title, units, a header that is repeated and a footer with the page."""
    with new_book(path) as book:
        title = f"{texts['page', 'buildup']}: {annex.case.title.get(texts.lang, annex.case.name)}"
        book.set_properties({"title": title, "created": CREATED})
        made = _Sheets(book, annex, texts, title)
        made.verdicts()
        made.lines()
        made.scales()
        if annex.budgets:
            made.budgets()


@dataclass
class _Sheets:
    """The workbook under construction."""

    book: Any
    annex: Annex
    texts: Texts
    title: str

    def __post_init__(self) -> None:
        self.looks = Looks(self.book)
        own = {"num_format": "#,##0.00", "valign": "top"}
        self.number, self.percent = (self.book.add_format(one) for one in (own, own | {"num_format": "0.00%"}))
        self.whole = self.book.add_format(own | {"num_format": "#,##0"})
        self.sum = self.book.add_format(own | {"num_format": "#,##0", "bold": True, "top": 1})

    def begun(
        self, name: str, notes: Sequence[str], heads: Sequence[str], widths: Sequence[int], numbers: Sequence[int]
    ) -> tuple[Any, int]:
        """A sheet with its title, notes and header, and the row of the header; ``numbers``: columns that hold them."""
        sheet = self.book.add_worksheet(name)
        case = self.annex.case
        said = [case.disclaimer.get(self.texts.lang, ""), self.mark, *notes]
        top = write_top(sheet, self.looks, (self.title, *(one for one in said if one)), widths)
        sheet.set_row(top, height_of(heads, widths, FILLED_BOLD))
        for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.write_string(top, column, head, self.looks.right if column in numbers else self.looks.head)
            sheet.set_column(column, column, width)
        sheet.repeat_rows(top)
        sheet.freeze_panes(top + 1, 1)
        sheet.fit_to_pages(1, 0)
        return sheet, top

    @property
    def mark(self) -> str:
        """Why it may not be published: providers are named, or it is a provider's own."""
        if self.annex.private:
            return self.texts["page", "buildup_private"]
        return confidential_mark(self.annex.case, self.texts, named=True) if self.annex.named else ""

    def printed(self, sheet: Any, last: int, columns: int) -> None:
        """As it prints."""
        on_paper(sheet, self.title, self.mark if self.annex.named else "", self.texts, (last, columns - 1))

    def text(self, sheet: Any, row: int, column: int, text: str, *, indented: bool = False) -> None:
        """A text that no program takes for a formula; ``indented`` beside a number."""
        sheet.write_string(row, column, harmless(text), self.looks.indented if indented else self.looks.text)

    def verdicts(self) -> None:
        """A row per care form."""
        annex, texts, said = self.annex, self.texts, self.texts.sections["annex"]
        names = care_form_names(annex.case, texts.lang)
        heads = [
            texts["columns", "care_form"],
            *(said[one] for one in ("unit", "cost_price", "price", "tariff", "verdict")),
        ]
        notes = [
            *([] if annex.named or annex.private else [said["public"]]),
            said["verdict_note"],
            hidden_note(annex, texts),
        ]
        sheet, top = self.begun(said["verdict_sheet"], notes, heads, VERDICTS, (2, 3, 4))
        for row, one in enumerate(annex.verdicts, start=top + 1):
            self.text(sheet, row, 0, names[one.care_form])
            self.text(sheet, row, 1, care_unit(annex, one.care_form, texts))
            for column, value in ((2, one.cost_price), (3, one.price), (4, one.tariff)):
                if value is None:
                    self.text(sheet, row, column, said["hidden"], indented=True)
                else:
                    sheet.write_number(row, column, value, self.number)
            words = verdict_words(one, texts)
            self.text(sheet, row, 5, words, indented=True)
            sheet.set_row(row, height_of([words], [VERDICTS[5]]))
        self.printed(sheet, top + len(annex.verdicts), len(heads))

    def lines(self) -> None:
        """Every line with its unit, its formula live."""
        annex, texts, said = self.annex, self.texts, self.texts.sections
        names = care_form_names(annex.case, texts.lang)
        page, columns = said["page"], said["columns"]
        heads = [columns["care_form"], page["function_group"], page["line"], columns["value"], said["annex"]["unit"],
                 "Q1", "Q3", page["formula"], columns["source"], said["annex"]["status"]]  # fmt: skip
        sheet, top = self.begun(page["buildup_sheet"], [page["buildup_note"]], heads, LINES, (3, 5, 6))
        places = {
            (line.care_form, line.group, line.name): row for row, line in enumerate(annex.lines, start=top + 1)
        }
        for row, line in enumerate(annex.lines, start=top + 1):
            shape = self.percent if is_fraction(line) else self.number
            for column, text in enumerate((names[line.care_form], line.group, line_name(texts, line))):
                self.text(sheet, row, column, text)
            live = excel_formula(line, annex.lines, places)
            if live:
                sheet.write_formula(row, 3, live, shape, line.value)
            else:
                sheet.write_number(row, 3, line.value, shape)
            self.text(sheet, row, 4, unit_of(annex, line, texts), indented=True)
            for column, value in ((5, line.low), (6, line.high)):
                if value is not None:
                    sheet.write_number(row, column, value, shape)
            words = (formula_in_words(texts, line), line.source, texts["statuses", line.status])
            for column, text in enumerate(words, start=7):
                self.text(sheet, row, column, text)
            sheet.set_row(row, height_of([line_name(texts, line), *words], [LINES[2], *LINES[7:]]))
        self.printed(sheet, top + len(annex.lines), len(heads))

    def scales(self) -> None:
        """Salaries beside the cao, and where scales and premiums are published; nothing without function groups."""
        annex, texts, said = self.annex, self.texts, self.texts.sections["annex"]
        rows = scale_table(annex.case, texts)
        if not rows:
            return
        sheet, top = self.begun(said["scales_sheet"], [said["scales_note"]], rows[0], SCALES, ())
        for row, cells in enumerate(rows[1:], start=top + 1):
            for column, text in enumerate(cells):
                self.text(sheet, row, column, text)
            sheet.set_row(row, height_of(cells, SCALES))
        last = top + len(rows)
        for row, text in enumerate((said["places_title"], *published_places(texts)), start=last + 1):
            sheet.write_string(row, 0, text, self.looks.mark if row > last + 1 else self.looks.subtitle)
        self.printed(sheet, last + 1 + len(published_places(texts)), len(SCALES))

    def budgets(self) -> None:
        """Units times price, and their sums."""
        annex, texts = self.annex, self.texts
        heads = budget_heads(annex, texts)
        n = len(heads) - len(BUDGET_COLUMNS)
        widths = [*[PLACE] * n, *[AMOUNT] * len(BUDGET_COLUMNS)]
        notes = [
            texts["page", "buildup_budgets"],
            texts["page", "buildup_budgets_note"],
            hidden_note(annex, texts),
        ]
        sheet, top = self.begun(texts["page", "budget_sheet"], notes, heads, widths, range(n, len(heads)))
        letter = {name: chr(ord("A") + n + k) for k, name in enumerate(BUDGET_COLUMNS)}
        hidden = texts["annex", "hidden"]
        for row, line in enumerate(annex.budgets, start=top + 1):
            for column, text in enumerate(budget_place(annex, line, texts.lang)):
                self.text(sheet, row, column, text)
            for column, name in enumerate(BUDGET_COLUMNS, start=n):
                value, price = (
                    getattr(line, name),
                    {"fair_amount": "cost_per_unit", "amount": "tariff_per_unit"}.get(name),
                )
                if value is None:
                    self.text(sheet, row, column, hidden, indented=True)
                elif price is None:
                    sheet.write_number(
                        row, column, value, self.number if name.endswith("per_unit") else self.whole
                    )
                else:
                    live = f"={letter['units']}{row + FIRST}*{letter[price]}{row + FIRST}"
                    sheet.write_formula(row, column, live, self.whole, value)
        last = top + 1 + len(annex.budgets)
        sheet.write_string(last, 0, texts["annex", "together"], self.looks.total)
        for name, total in budget_totals(annex).items():
            column = n + BUDGET_COLUMNS.index(name)
            if total is None:
                self.text(sheet, last, column, hidden, indented=True)
            else:
                live = f"=SUM({letter[name]}{top + 1 + FIRST}:{letter[name]}{last})"
                sheet.write_formula(last, column, live, self.sum, total)
        self.printed(sheet, last, len(heads))
