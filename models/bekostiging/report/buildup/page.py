"""The build-up as an annex: one page, one workbook with live formulas, one table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from bekostiging.case import Case, UserError
from bekostiging.case.workbook_text import harmless
from bekostiging.contracts import BudgetLine, Line, budget_lines, build_up, hours_budget_terms, reference
from bekostiging.report.kit.html import template
from bekostiging.report.kit.manifest import write_manifest
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.workbook import CREATED
from bekostiging.scenarios import build_cells

FRACTIONS = (
    "holiday_allowance",
    "irregular_hours",
    "year_end",
    "social_charges",
    "overhead",
    "indexation",
    "risk",
    "share",
)
"""Inputs of a function group that are shown as percentages."""


@dataclass(frozen=True)
class Annex:
    """What the annex shows; ``private``: it is a provider's own cost sheet."""

    case: Case
    lines: tuple[Line, ...]
    budgets: tuple[BudgetLine, ...]
    tariffs: dict[str, float]
    """Reference tariff per care form, euro per unit."""
    hours_budgets: dict[str, tuple[float, float]]
    """Per care form with demand, weeks of its hours budget and the part of the expected units that it pays."""
    private: bool


def annex_of(case: Case, private: bool) -> Annex:
    """The annex that shows how the tariffs of a case are built up.

    Parameters
    ----------
    case
        The case; at least one care form has a build-up in table ``function_groups`` or ``cost_price``.
    private
        Whether it is a provider's own cost sheet, which shows no budgets.

    Returns
    -------
    Annex
        Lines of the build-up in euro a unit, reference tariffs, and the lump sum budgets in euro a year unless ``private``.

    Raises
    ------
    UserError
        No care form has a build-up.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> annex = annex_of(read_case("almere"), private=False)
    >>> round(annex.tariffs["household_help"], 2)
    38.5
    """
    lines = build_up(case)
    if not lines:
        raise UserError(
            "Geen zorgvorm heeft een opbouw; vul tabel function_groups of cost_price in.",
            "No care form has a build-up; fill in table function_groups or cost_price.",
        )
    cells = build_cells(case)
    terms = reference(case, cells, 1)
    tariffs = {}
    for f, form in enumerate(cells.care_form_ids):
        own = (cells.care_form == f) & (cells.lot >= 0)
        weight = terms.units[0, own]
        tariffs[form] = float(terms.tariff[own] @ weight / weight.sum()) if weight.sum() > 0 else 0.0
    budgets = () if private else budget_lines(case, cells, terms)
    return Annex(case, lines, budgets, tariffs, hours_budget_terms(case), private)


def write_annex(annex: Annex, folder: Path, lang: str, about: Mapping[str, object] | None = None) -> None:
    """Write buildup.html, buildup.xlsx (with live formulas) and the manifest into an existing folder.

    Parameters
    ----------
    annex
        What ``annex_of`` returns.
    folder
        An existing folder.
    lang
        Language of page and workbook: ``"nl"`` or ``"en"``.
    about
        What the manifest says beside case and versions.

    Examples
    --------
    >>> import tempfile
    >>> from bekostiging import read_case
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_annex(annex_of(read_case("almere"), private=False), Path(place), "en")
    ...     sorted(file.name for file in Path(place).iterdir())
    ['buildup.html', 'buildup.xlsx', 'manifest.json']
    """
    texts = Texts(lang)
    (folder / "buildup.html").write_text(annex_page(annex, texts), encoding="utf-8", newline="")
    _workbook(annex, texts, folder / "buildup.xlsx")
    own = {"case": annex.case.name, "disclaimer": annex.case.disclaimer, "settings": {}}
    write_manifest(folder, {**own, **(about or {})})


def _name(texts: Texts, line: Line) -> str:
    return texts["buildup", line.name]


def _shown(texts: Texts, line: Line, value: float | None) -> str:
    """A value in its unit."""
    if value is None:
        return ""
    fraction = line.name in FRACTIONS and bool(line.group)
    return texts.numbers.percent(value, 1) if fraction else texts.numbers.plain(value, 2)


def _formula(texts: Texts, line: Line) -> str:
    """The formula in the words of the reader."""
    known = texts.sections["buildup"]
    words = [known.get(word, word) for word in _words(line.formula)]
    return "".join(words).replace("*", "×").replace("sum over groups of", texts["page", "sum_over_groups"])


def annex_page(annex: Annex, texts: Texts) -> str:
    """The annex as HTML."""
    names = {form.id: form.name for form in annex.case.care_forms}
    head = [
        texts["page", "line"],
        texts["page", "formula"],
        texts["columns", "value"],
        "Q1",
        "Q3",
        texts["columns", "source"],
    ]
    forms = []
    for form in dict.fromkeys(line.care_form for line in annex.lines):
        rows = [head]
        for line in (one for one in annex.lines if one.care_form == form):
            name = f"{line.group}: {_name(texts, line)}" if line.group else _name(texts, line)
            source = " — ".join(part for part in (line.source, texts["statuses", line.status]) if part)
            ends = (_shown(texts, line, line.low), _shown(texts, line, line.high))
            rows.append([name, _formula(texts, line), _shown(texts, line, line.value), *ends, source])
        tariff = texts["page", "beside_tariff"].format(tariff=texts.numbers.plain(annex.tariffs[form], 2))
        cell = f"{tariff} {_hours_budget(annex, form, texts)}" if form in annex.hours_budgets else tariff
        forms.append({"name": names[form], "rows": rows, "tariff": cell})
    context: dict[str, Any] = {
        "t": texts.sections,
        "lang": texts.lang,
        "title": annex.case.title.get(texts.lang, annex.case.name),
        "disclaimer": annex.case.disclaimer.get(texts.lang, ""),
        "private": annex.private,
        "forms": forms,
        "budgets": _budget_rows(annex.budgets, texts),
    }
    return template("buildup.html.j2").render(**context)


def _hours_budget(annex: Annex, form: str, texts: Texts) -> str:
    """The price per unit of a maatwerktraject: tariff over the part of the expected units that its budget pays."""
    (weeks, paid), numbers = annex.hours_budgets[form], texts.numbers
    return texts["page", "beside_hours_budget"].format(
        weeks=numbers.plain(weeks, 0),
        paid=numbers.percent(paid, 1),
        price=numbers.plain(annex.tariffs[form] / paid, 2),
    )


def _budget_rows(budgets: Sequence[BudgetLine], texts: Texts) -> list[list[str]]:
    """Expected units times cost price and tariff, per contract and care form; none in a private sheet."""
    if not budgets:
        return []
    columns = ("units", "cost_per_unit", "fair_amount", "tariff_per_unit", "amount", "reference_amount")
    rows = [[texts["columns", "provider"], texts["columns", "lot"], texts["columns", "care_form"],
             *(texts["buildup", name] for name in columns)]]  # fmt: skip
    for line in budgets:
        cells = [
            texts.numbers.plain(getattr(line, name), 2 if name.endswith("per_unit") else 0) for name in columns
        ]
        rows.append([line.provider, line.lot, line.care_form, *cells])
    return rows


def _workbook(annex: Annex, texts: Texts, path: Path) -> None:
    """One sheet with every line and live formulas, one with the budgets."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": CREATED})
    bold, number, percent = (
        book.add_format(kind) for kind in ({"bold": True}, {"num_format": "#,##0.00"}, {"num_format": "0.0%"})
    )
    sheet = book.add_worksheet(texts["page", "buildup_sheet"])
    said, columns = texts.sections["page"], texts.sections["columns"]
    heads = [columns["care_form"], said["function_group"], said["line"], columns["value"], "Q1", "Q3", said["formula"],
             columns["source"], "status"]  # fmt: skip
    sheet.write_row(0, 0, heads, bold)
    sheet.set_column(0, 8, 18)
    places: dict[tuple[str, str, str], int] = {}
    for row, line in enumerate(annex.lines, start=1):
        places[line.care_form, line.group, line.name] = row
        for column, text in enumerate((line.care_form, line.group, _name(texts, line))):
            sheet.write_string(row, column, harmless(text))
        shape = percent if line.name in FRACTIONS and line.group else number
        live = excel_formula(line, annex.lines, places)
        if live:
            sheet.write_formula(row, 3, live, shape, line.value)
        else:
            sheet.write_number(row, 3, line.value, shape)
        for column, value in ((4, line.low), (5, line.high)):
            if value is not None:
                sheet.write_number(row, column, value, shape)
        for column, text in ((6, line.formula), (7, line.source), (8, texts["statuses", line.status])):
            sheet.write_string(row, column, harmless(text))
    sheet.freeze_panes(1, 3)
    if annex.budgets:
        _budget_sheet(book.add_worksheet(texts["page", "budget_sheet"]), annex.budgets, texts, bold, number)
    book.close()


def _budget_sheet(sheet: Any, budgets: Sequence[BudgetLine], texts: Texts, bold: Any, number: Any) -> None:
    """Units times price per contract and care form."""
    rows = _budget_rows(budgets, texts)
    sheet.write_row(0, 0, rows[0], bold)
    sheet.set_column(0, 8, 20)
    for row, line in enumerate(budgets, start=1):
        for column, text in enumerate((line.provider, line.lot, line.care_form)):
            sheet.write_string(row, column, harmless(text))
        excel = row + 1
        sheet.write_number(row, 3, line.units, number)
        sheet.write_number(row, 4, line.cost_per_unit, number)
        sheet.write_formula(row, 5, f"=D{excel}*E{excel}", number, line.fair_amount)
        sheet.write_number(row, 6, line.tariff_per_unit, number)
        sheet.write_formula(row, 7, f"=D{excel}*G{excel}", number, line.amount)
        sheet.write_number(row, 8, line.reference_amount, number)


def excel_formula(line: Line, lines: Sequence[Line], places: dict[tuple[str, str, str], int]) -> str:
    """The formula of a step in cell references; sums over groups as a sum of products; empty for an input."""
    if not line.formula:
        return ""
    if not line.formula.startswith("sum over groups"):
        words = line.formula
        names = sorted(
            (name for form, group, name in places if (form, group) == (line.care_form, line.group)),
            key=len,
            reverse=True,
        )
        cells = {name: f"D{places[line.care_form, line.group, name] + 1}" for name in names}
        return "=" + "".join(cells.get(word, word) for word in _words(words))
    step = line.formula.rsplit(" ", 1)[1]
    hours = line.formula.split("(")[1].split(")")[0]
    groups = dict.fromkeys(one.group for one in lines if one.care_form == line.care_form and one.group)
    products = [
        f"D{places[line.care_form, group, 'share'] + 1}*D{places[line.care_form, group, step] + 1}"
        for group in groups
    ]
    return f"={hours}*({'+'.join(products)})"


def _words(formula: str) -> list[str]:
    """Names and what stands between them."""
    return re.findall(r"\w+|\W+", formula)
