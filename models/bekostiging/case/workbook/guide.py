"""The sheets that explain: what to do first, where every figure is found, and what a policy may be."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from bekostiging.case.explanation import meanings
from bekostiging.case.policy_rows import POLICIES
from bekostiging.case.rows import columns
from bekostiging.case.tables import TABLES, CareForm
from bekostiging.case.workbook.help import LEVELS, help_of
from bekostiging.case.workbook.house import House
from bekostiging.case.workbook.located import in_workbook
from bekostiging.case.workbook.names import choice_name, column_name, policy_name, sheet_name

FIRST_POLICY = 2
"""Row of the first policy name on its sheet, counted from 0."""


@cache
def _guide() -> dict[str, Any]:
    text = (files("bekostiging.case.workbook") / "guide.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def small_columns(lang: str) -> dict[str, str]:
    """What a column of the small workbook asks, where that is something else than in a complete case."""
    return dict(_guide()[lang]["small_columns"])


def guide_sheet(house: House, tables: Sequence[str], file: str, *, small: bool, example: bool) -> None:
    """What to do, in order; then a line per table with a link, and the sources behind it."""
    lang, texts = house.lang, _guide()[house.lang]
    sheet = house.book.add_worksheet(sheet_name("guide", lang))
    sheet.hide_gridlines(2)
    for column, width in enumerate((24, 20, 11, 62, 70)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, texts["title"], house.title)
    intro = [texts["example" if example else "filled"], *([texts["small"]] if small else [])]
    row = 2
    for line in [*intro, *(() if small else (texts["check"],))]:
        sheet.merge_range(row, 0, row, 4, line.format(name=file), house.wrapped)
        sheet.set_row(row, 30)
        row += 1
    row += 1
    for number, step in enumerate(texts["steps"], start=1):
        sheet.merge_range(row, 0, row, 4, f"{number}. {step}", house.wrapped)
        sheet.set_row(row, 17 if len(step) < 170 else 32)
        row += 1
    row += 1
    for column, heading in enumerate(texts["headings"]):
        sheet.write_string(row, column, heading, house.required)
    shown = ["case", *tables]
    for table in shown:
        row += 1
        name = sheet_name(table, lang)
        sheet.write_url(row, 0, f"internal:'{name}'!A1", house.link, name)
        model = TABLES.get(table)
        needed = model is None or model.required
        about = "" if model is None else in_workbook(meanings(model, lang)[""], lang, lang)
        cells = (table, texts["required" if needed else "optional"], about, texts["where"][table])
        for column, text in enumerate(cells, start=1):
            sheet.write_string(row, column, text, house.wrapped)
        sheet.set_row(row, 15 * max(1, -(-len(about) // 62), -(-len(texts["where"][table]) // 68)))
    row += 2
    sheet.write_string(row, 0, texts["sources_title"], house.bold)
    for name, text in texts["sources"]:
        row += 1
        sheet.write_string(row, 0, name, house.wrapped)
        sheet.merge_range(row, 1, row, 4, text, house.wrapped)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def policy_sheet(house: House) -> None:
    """Every name of a policy, what it may be and what it means."""
    lang = house.lang
    sheet = house.book.add_worksheet(sheet_name("policy_names", lang))
    title, *headings = {
        "nl": ("Namen voor het blad beleid", "naam", "waarde", "betekenis", "naam in de tabellen"),
        "en": ("Names for sheet policy", "name", "value", "meaning", "name in the tables"),
    }[lang]
    sheet.write_string(0, 0, title, house.title)
    for column, (heading, width) in enumerate(zip(headings, (32, 44, 110, 26), strict=True)):
        sheet.write_string(1, column, heading, house.required)
        sheet.set_column(column, column, width)
    for row, own in enumerate(POLICIES.values(), start=FIRST_POLICY):
        explained = in_workbook(own.explained(lang), lang, lang)
        for column, text in enumerate((policy_name(own.name, lang), own.kind.allowed(lang), explained, own.name)):
            sheet.write_string(row, column, text, house.wrapped)
    sheet.freeze_panes(FIRST_POLICY, 1)


def care_form_sheet(house: House, care_forms: Sequence[CareForm]) -> None:
    """The care forms that a small start chooses from, by name in Dutch and by key in English."""
    lang = house.lang
    sheet = house.book.add_worksheet(sheet_name("care_form_list", lang))
    title, *headings = {
        "nl": ("Kies hieruit een zorgvorm (historie) of perceel (contracten)", "zorgvorm", "wet", "eenheid"),
        "en": ("Choose a care form (history) or lot (contracts) from these", "care form", "law", "unit"),
    }[lang]
    sheet.write_string(0, 0, title, house.title)
    for column, (heading, width) in enumerate(zip(headings, (48, 14, 14), strict=True)):
        sheet.write_string(1, column, heading, house.required)
        sheet.set_column(column, column, width)
    for row, form in enumerate(care_forms, start=2):
        shown = (
            form.name if lang == "nl" else form.id,
            choice_name("law", form.law, lang),
            choice_name("unit", form.unit, lang),
        )
        for column, text in enumerate(shown):
            sheet.write_string(row, column, text, house.wrapped)


def help_sheet(house: House, tables: Sequence[str]) -> None:
    """Per column who has the figure, how long it takes, what holds without it and what it is worth."""
    lang = house.lang
    sheet = house.book.add_worksheet(sheet_name("help", lang))
    title, *headings = {
        "nl": ("Hulp bij het invullen; de bedragen zijn die van de verzonnen regio Veenrand, over vier jaar",
               "blad", "kolom", "nodig", "wie heeft het", "minuten", "leeg", "let op", "reken met", "waard"),
        "en": ("Help while filling; the amounts are those of the invented region Veenrand, over four years",
               "sheet", "column", "needed", "who has it", "minutes", "empty", "note", "take", "worth"),
    }[lang]  # fmt: skip
    sheet.write_string(0, 0, title, house.title)
    for column, (heading, width) in enumerate(zip(headings, (16, 26, 10, 34, 9, 44, 24, 30, 48), strict=True)):
        sheet.write_string(1, column, heading, house.required)
        sheet.set_column(column, column, width)
    row = 2
    for table in tables:
        for name in columns(TABLES[table]):
            told = help_of(TABLES[table], name, lang)
            if name in ("source", "status"):
                continue
            texts = (
                sheet_name(table, lang), column_name(name, lang), LEVELS[lang][told.level], told.who,
                "" if not told.minutes else str(told.minutes), told.without, told.note, told.band, told.worth,
            )  # fmt: skip
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text, house.wrapped)
            row += 1
    sheet.freeze_panes(2, 2)
    sheet.autofilter(1, 0, row - 1, len(headings) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
