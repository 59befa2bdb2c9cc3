"""A page and a workbook for every provider, in a folder beside the report."""

from __future__ import annotations

from pathlib import Path

from bekostiging.case.arguments import checked_language, kinds_checked
from bekostiging.evaluation import Comparison
from bekostiging.report.kit.export import confidential_mark
from bekostiging.report.kit.html import template
from bekostiging.report.kit.leading import Cell, LeadingSheet, Panel
from bekostiging.report.kit.paper import Paper
from bekostiging.report.kit.sections import Section, names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.workbook import Front, write_workbook
from bekostiging.report.provider_sheets.panels import SheetTables
from bekostiging.studies import CounterOffer, ProviderSheet, provider_sheets


@kinds_checked
def write_provider_sheets(
    outcome: Comparison, folder: Path, lang: str, counter: CounterOffer | None = None
) -> Path:
    """Write a page and a workbook for every provider, each with its own figures alone.

    Parameters
    ----------
    outcome
        What ``compare`` returns.
    folder
        The folder with its results, in which a folder of sheets is made.
    lang
        ``"nl"`` or ``"en"``.
    counter
        The counter-offer that is priced: 3 % loading and 5 % free zone by default.

    Returns
    -------
    Path
        The folder of sheets; the number of a file is that of the provider in the case.

    Raises
    ------
    UserError
        Another language than Dutch or English.

    Examples
    --------
    >>> write_provider_sheets(compare(read_case("almere")), Path("results"), "en")  # doctest: +SKIP
    >>> write_provider_sheets("almere", Path("results"), "en")  # a comparison takes a minute
    Traceback (most recent call last):
    bekostiging.case.errors.ArgumentError: outcome almere: give ...
    """
    texts = Texts(checked_language("lang", lang))
    place = folder / texts["provider_sheet", "folder"]
    place.mkdir(parents=True, exist_ok=True)
    numbers = {row.id: number for number, row in enumerate(outcome.case.providers, 1)}
    for sheet in provider_sheets(outcome, counter):
        name = f"{numbers[sheet.provider]:02}"
        (place / f"{name}.html").write_text(sheet_page(outcome, sheet, texts), encoding="utf-8", newline="")
        _write_book(place / f"{name}.xlsx", outcome, sheet, texts)
    return place


def sheet_page(outcome: Comparison, sheet: ProviderSheet, texts: Texts) -> str:
    """The sheet of one provider as HTML."""
    tables = SheetTables(outcome, sheet, texts)
    title, mark = _title(outcome, sheet, texts), confidential_mark(outcome.case, texts, named=outcome.named)
    return template("sections.html.j2").render(
        lang=texts.lang,
        title=title,
        paper=Paper.of(title, texts, mark),
        disclaimer=outcome.case.disclaimer.get(texts.lang, ""),
        confidential=mark,
        alarms=(),
        notes=(),
        dated=(),
        remarks={},
        contents=texts["paper", "contents"],
        influence=None,
        dated_title="",
        told=tables.sentences(),
        self_check="",
        sections=[_section(panel, texts) for panel in tables.panels()],
    )


def _title(outcome: Comparison, sheet: ProviderSheet, texts: Texts) -> str:
    """Heads page and workbook."""
    return texts["provider_sheet", "title"].format(provider=names_of(outcome.case, texts.lang)[sheet.provider])


def _section(panel: Panel, texts: Texts) -> Section:
    """A table as the page has it; its numbers are those of the workbook."""
    rows = [[_shown(cell, texts) for cell in row] for row in panel.rows]
    return Section(panel.title, list(panel.sentences), [[list(panel.heads), *rows]], numbers=True)


def _shown(cell: Cell, texts: Texts) -> str:
    """A cell in words: whole euros, percentages with a decimal."""
    value, unit = cell
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if unit == "year":
        return str(value)
    if unit == "fraction":
        return texts.numbers.percent(float(value), 1)
    return texts.numbers.plain(float(value), 1 if unit == "weeks" else 0)


def _write_book(path: Path, outcome: Comparison, sheet: ProviderSheet, texts: Texts) -> None:
    """The same sheet as a workbook."""
    tables, case = SheetTables(outcome, sheet, texts), outcome.case
    title, mark = _title(outcome, sheet, texts), confidential_mark(case, texts, named=outcome.named)
    marks = tuple(one for one in (case.disclaimer.get(texts.lang, ""), mark) if one)
    first = Panel("", tables.sentences())
    leading = LeadingSheet(texts["provider_sheet", "sheet"], title, [first, *tables.panels()], flows=True)
    write_workbook(path, Front(title, marks, (), mark), case, (), texts, [leading])
