"""Writing a case as a workbook that ``read_case`` reads back: a sheet per table with its explanation above it.

Rows of a sheet: title, meaning of every column, kind or unit, name of the column in the tables, totals, the row of
names by which the reader knows the columns, and from there the rows of the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_origin

from pydantic.fields import FieldInfo

from bekostiging.case.errors import LANGUAGES, UserError
from bekostiging.case.explanation import WORDING, kind_of, meanings
from bekostiging.case.fields import bounds, choices, leaf, reason
from bekostiging.case.head import OPTIONAL
from bekostiging.case.numbers import written
from bekostiging.case.policy_rows import CASE, POLICIES
from bekostiging.case.quantities import MOST
from bekostiging.case.read import Draft
from bekostiging.case.rows import Row, columns
from bekostiging.case.tables import REFERENCES, TABLES, CareForm, Policy
from bekostiging.case.workbook.book import new_book
from bekostiging.case.workbook.container import LONGEST_TEXT
from bekostiging.case.workbook.guide import (
    FIRST_POLICY,
    care_form_sheet,
    guide_sheet,
    help_sheet,
    policy_sheet,
    small_columns,
)
from bekostiging.case.workbook.head_sheet import CHOICES, by_law
from bekostiging.case.workbook.help import LEVELS, LONGEST, help_of
from bekostiging.case.workbook.house import House
from bekostiging.case.workbook.located import in_workbook
from bekostiging.case.workbook.names import (
    choice_name,
    choice_names,
    column_name,
    head_fields,
    head_name,
    policy_name,
    sheet_name,
    totalled,
    unit_of,
)
from bekostiging.case.workbook.places import letters
from bekostiging.case.workbook.schema import VERSION
from bekostiging.case.workbook_text import is_dangerous
from bekostiging.case.write import cell_value
from bekostiging.case.year_tables import YEAR_TABLES

TITLE, MEANING, UNIT, NAME, TOTAL, HEADER, FIRST = range(7)
SPARE = 500
"""Empty rows under a table that have its drop-down lists, formats and totals already."""
_LINES, _LEAST, _MOST, _WIDEST = 6, 12, 60, 36
"""Lines in which a meaning should fit; the narrowest column, the widest for a meaning and the widest for a text."""
YES_NO = {"nl": ("ja", "nee"), "en": ("yes", "no")}


class _Exact(float):
    """A number written with as many digits as it needs: xlsxwriter writes sixteen, and some need seventeen."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def write_workbook(
    draft: Draft,
    path: Path,
    lang: str,
    *,
    wanted: Sequence[str] = (),
    example: bool = False,
    care_forms: Sequence[CareForm] = (),
) -> None:
    """Write head and tables of a draft; an optional table without rows only when it is wanted.

    ``example``: the figures are the invented ones of the package. A draft without a head is the small workbook, which
    chooses from ``care_forms``.

    Raises
    ------
    UserError
        A text is longer than a cell may be.
    """
    tables = [name for name, rows in draft.tables.items() if rows or TABLES[name].required or name in wanted]
    small = draft.head is None
    with new_book(path) as book:
        house = House(book, lang)
        guide_sheet(house, tables, path.name, small=small, example=example)
        _head_sheet(house, draft.head)
        counts = {name: len(draft.tables.get(name, ())) for name in tables}
        for name in tables:
            _Table(house, TABLES[name], draft.tables.get(name, ()), counts, len(care_forms)).write()
        if Policy.table in tables:
            policy_sheet(house)
        help_sheet(house, tables)
        if small:
            care_form_sheet(house, care_forms)


def write_year_workbook(path: Path, tables: Mapping[str, Sequence[Row]], lang: str, told: Sequence[str]) -> None:
    """Write tables of a contract year, each on its sheet, after a sheet with a title and lines of instruction.

    Raises
    ------
    UserError
        A text is longer than a cell may be.
    """
    with new_book(path) as book:
        house = House(book, lang)
        sheet = book.add_worksheet(sheet_name("guide", lang))
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 110)
        sheet.write_string(0, 0, told[0], house.title)
        for row, line in enumerate(told[1:], start=2):
            sheet.merge_range(row, 0, row, 1, line, house.wrapped)
            sheet.set_row(row, 15 * (1 + len(line) // 125))
        first = len(told) + 2
        for row, name in enumerate(tables, start=first):
            label = sheet_name(name, lang)
            sheet.write_url(row, 0, f"internal:'{label}'!A1", house.link, label)
            text = in_workbook(meanings(YEAR_TABLES[name], lang)[""], lang, lang)
            sheet.write_string(row, 1, text, house.wrapped)
            sheet.set_row(row, 15 * (1 + len(text) // 110))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        counts = {name: len(rows) for name, rows in tables.items()}
        for name, rows in tables.items():
            _Table(house, YEAR_TABLES[name], rows, counts, 0).write()


def _head_sheet(house: House, head: Mapping[str, Any] | None) -> None:
    """A field and its value on every row; the version of the tables first."""
    lang = house.lang
    sheet = house.book.add_worksheet(sheet_name("case", lang))
    title, *headings = {
        "nl": ("Uw casus", "veld", "waarde", "uitleg"),
        "en": ("Your case", "field", "value", "explanation"),
    }[lang]
    sheet.write_string(0, 0, title, house.title)
    for column, (text, width) in enumerate(zip(headings, (28, 50, 100), strict=True)):
        sheet.write_string(2, column, text, house.required)
        sheet.set_column(column, column, width)
    values: dict[str, object] = {"schema": VERSION}
    if head is None:
        values |= {"name": "", "kind": "running", "title_nl": "", "title_en": "", "names": ""}
    else:
        values |= {key: head[key] for key in ("name", "kind", "base_year")}
        values |= by_law(head["trajectories_per_person"])
        values |= {key: head.get(key, "") for key in OPTIONAL}
        values |= {f"{key}_{own}": head[key].get(own, "") for key in ("title", "disclaimer") for own in LANGUAGES}
    explained = _HEAD_MEANING[lang]
    for row, field in enumerate((name for name in head_fields() if name in values), start=3):
        sheet.write_string(row, 0, head_name(field, lang))
        _write(
            sheet,
            row,
            1,
            choice_name(field, str(values[field]), lang) if field in CHOICES else values[field],
            house.cell("General" if field != "name" else "@", text_wrap=True),
            house,
            "General",
        )
        sheet.write_string(row, 2, explained[field], house.wrapped)
        if field in CHOICES:
            words = [choice_name(field, word, lang) for word in CHOICES[field]]
            sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": words})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


_HEAD_MEANING = {
    "nl": {
        "schema": "versie van de tabellen; laat staan, zodat een later pakket dit werkboek kan bijwerken",
        "name": "korte naam zonder spaties: letters, cijfers en streepjes; de map van het rapport heet ernaar",
        "kind": "voorbereiding: aanbieders zijn typen; lopend: lopende contracten, aanbieders worden genummerd",
        "base_year": "jaar van de cijfers op het blad vraag",
        "trajectories_per_person": "trajecten per cliënt, als dat voor alle wetten één getal is; anders leeg, en per wet",
        "trajectories_per_person_jeugdwet": "trajecten per jongere; landelijk 1,40 (CBS 2019)",
        "trajectories_per_person_wmo": "trajecten per cliënt van de Wmo; een landelijk cijfer is niet gevonden",
        "title_nl": "titel van het rapport",
        "title_en": "titel van het rapport in het Engels",
        "disclaimer_nl": "staat op de eerste bladzijde van het rapport en bij elke tabel; mag leeg",
        "disclaimer_en": "idem in het Engels",
        "names": "echt: namen van aanbieders zijn echt en worden genummerd; of verzonnen; leeg: wat op een naam "
        "uit een register lijkt, is echt",
        "not_bsn": "als een getal ten onrechte voor een BSN wordt aangezien: `tabel.kolom rij: reden`, zonder de cijfers",
    },
    "en": {
        "schema": "version of the tables; leave it, so that a later package can upgrade this workbook",
        "name": "short name without spaces: letters, digits and dashes; the folder of the report is named after it",
        "kind": "planning: providers are archetypes and are named; running: contracts in force, providers are numbered",
        "base_year": "year of the figures on sheet demand",
        "trajectories_per_person": "trajectories per client, where that is one number for all laws; else empty, and by law",
        "trajectories_per_person_jeugdwet": "trajectories per youth; 1.40 nationally (CBS 2019)",
        "trajectories_per_person_wmo": "trajectories per client of the Wmo; no national figure was found",
        "title_nl": "title of the report in Dutch",
        "title_en": "title of the report",
        "disclaimer_nl": "as disclaimer_en, in Dutch",
        "disclaimer_en": "on the first page of the report and with every table; may be empty",
        "names": "real: names of providers are real and are numbered; invented: made up; empty: what looks like a name "
        "from a register is real",
        "not_bsn": "where a number is taken for a citizen service number and is none: `table.column row: reason`, no digits",
    },
}


class _Table:
    """One table on its sheet."""

    def __init__(
        self, house: House, model: type[Row], rows: Sequence[Row], counts: Mapping[str, int], n_care_forms: int
    ) -> None:
        self.house, self.model, self.rows, self.counts, self.n_care_forms = (
            house,
            model,
            rows,
            counts,
            n_care_forms,
        )
        self.names = columns(model)
        self.last = FIRST + len(rows) + SPARE - 1
        told = meanings(model, house.lang)
        self.meanings = {
            name: in_workbook(text, house.lang, house.lang, model.table) for name, text in told.items()
        }
        if n_care_forms:
            self.meanings |= small_columns(house.lang)
        self.words = {name: choice_names(name, model.model_fields[name], house.lang) for name in self.names}
        self.sheet = house.book.add_worksheet(sheet_name(model.table, house.lang))

    def write(self) -> None:
        """Everything on the sheet."""
        house, sheet, lang = self.house, self.sheet, self.house.lang
        meaning = self.meanings
        also = {"nl": f" (tabel {self.model.table})", "en": ""}[lang]
        sheet.write_string(TITLE, 0, f"{sheet.name}{also}: {meaning['']}", house.title)
        for column, name in enumerate(self.names):
            self._column(column, name)
        for row, own in enumerate(self.rows, start=FIRST):
            for column, name in enumerate(self.names):
                number_format = self._format(name)
                _write(sheet, row, column, self._shown(own, name), house.cell(number_format), house, number_format)
        if totalled(self.model.table):
            self._totals()
        longest = max(len(meaning[name]) / self._width(name) for name in self.names)
        sheet.set_row(MEANING, 13 * min(9, 1 + int(1.05 * longest)))
        sheet.freeze_panes(FIRST, 1)
        sheet.autofilter(HEADER, 0, FIRST + max(len(self.rows), 1) - 1, len(self.names) - 1)
        invented = f'=${letters(self.names.index("status"))}{FIRST + 1}="{self.words["status"]["illustrative"]}"'
        sheet.conditional_format(
            FIRST, 0, self.last, len(self.names) - 1,
            {"type": "formula", "criteria": invented, "format": house.invented},
        )  # fmt: skip
        sheet.ignore_errors(
            {"number_stored_as_text": f"A{FIRST + 1}:{letters(len(self.names) - 1)}{self.last + 1}"}
        )
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER)

    def _column(self, column: int, name: str) -> None:
        """Meaning, unit, names, format and drop-down list of one column."""
        house, sheet, lang = self.house, self.sheet, self.house.lang
        info = self.model.model_fields[name]
        told = help_of(self.model, name, lang)
        expert = {"level": 1, "hidden": not info.is_required()} if told.level == "expert" else {}
        sheet.set_column(column, column, self._width(name), house.cell(self._format(name)), expert)
        sheet.write_string(MEANING, column, self.meanings[name], house.meaning)
        sheet.write_string(UNIT, column, self._kind(name), house.small)
        if lang == "nl":
            sheet.write_string(NAME, column, f"({name})", house.small)
        optional = house.expert if told.level == "expert" else house.optional
        sheet.write_string(
            HEADER, column, column_name(name, lang), house.required if info.is_required() else optional
        )
        rule = self._rule(name, info) or {"validate": "any"}
        if said := told.text(lang):
            title = f"{column_name(name, lang)[:21]}: {LEVELS[lang][told.level]}"
            rule |= {"input_title": title, "input_message": said[:LONGEST]}
        if rule != {"validate": "any"}:
            sheet.data_validation(FIRST, column, self.last, column, rule)

    def _shown(self, row: Row, name: str) -> object:
        """A field as this workbook says it: words in its language, names of policies too."""
        value, lang = cell_value(row, name), self.house.lang
        if isinstance(row, Policy):
            if name == "name":
                return policy_name(row.name, lang)
            if name == "value" and isinstance(value, str):
                return choice_name("value", value, lang)
            if name == "scope" and value == CASE:
                return sheet_name("case", lang)
        return self.words[name].get(value, value) if isinstance(value, str) else value

    def _kind(self, name: str) -> str:
        """Unit or kind of a column, and whether it may be empty."""
        lang, info, unit = self.house.lang, self.model.model_fields[name], unit_of(name)
        kind = unit[lang] if unit else _short_kind(info, name, self.model, lang)
        level = "" if info.is_required() else f", {LEVELS[lang][help_of(self.model, name, lang).level]}"
        return f"{kind}; {WORDING[lang]['required' if info.is_required() else 'optional']}{level}"

    def _width(self, name: str) -> float:
        """Wide enough for what stands in the column, and for its meaning in a few lines."""
        texts = (value for row in self.rows if isinstance(value := self._shown(row, name), str))
        longest = min(_WIDEST, max(map(len, texts), default=0))
        over = max(len(column_name(name, self.house.lang)) + 4, 0.85 * len(self._kind(name)))
        return max(_LEAST, over, longest + 1, min(_MOST, len(self.meanings[name]) / _LINES))

    def _format(self, name: str) -> str:
        """Number format of a column: text for keys and words, so that 0034 and 6.750 stay what they are."""
        if (self.model, name) == (Policy, "value"):
            return "General"
        unit = unit_of(name)
        return unit["format"] if unit else "@"

    def _totals(self) -> None:
        """Sums above the names, of what the filter shows."""
        word = {"nl": "totaal", "en": "total"}[self.house.lang]
        self.sheet.write_string(TOTAL, 0, word, self.house.bold)
        for name in totalled(self.model.table):
            column = self.names.index(name)
            letter = letters(column)
            total = sum(getattr(row, name) or 0.0 for row in self.rows)
            self.sheet.write_formula(
                TOTAL, column, f"=SUBTOTAL(109,{letter}{FIRST + 1}:{letter}{self.last + 1})",
                self.house.cell(self._format(name), bold=True), total,
            )  # fmt: skip

    def _rule(self, name: str, info: FieldInfo) -> dict[str, Any] | None:
        """What the cells of a column may hold."""
        kind, lang = leaf(info), self.house.lang
        if words := self.words[name]:
            return _choice(list(words.values()), lang)
        if kind is bool:
            return _choice(list(YES_NO[lang]), lang)
        if (self.model, name) == (Policy, "name"):
            last = FIRST_POLICY + len(POLICIES)
            return _choice(f"='{sheet_name('policy_names', lang)}'!$A${FIRST_POLICY + 1}:$A${last}", lang)
        if self.n_care_forms and name in ("care_form", "lot"):
            return _choice(
                f"='{sheet_name('care_form_list', lang)}'!$A$3:$A${2 + self.n_care_forms}", lang, strict=False
            )
        target = REFERENCES.get(name)
        if target is not None and target in self.counts and target != self.model.table:
            return _choice(
                self._keys(target), lang, strict=get_origin(kind) is not tuple and self.model.table != "history"
            )
        if kind in (int, float):
            return _bounds(info, lang, whole=kind is int)
        return None

    def _keys(self, table: str) -> str:
        """The keys of another table as they stand there today."""
        end = FIRST + self.counts[table] + SPARE
        cells = f"'{sheet_name(table, self.house.lang)}'!$A${FIRST + 1}"
        return f"=OFFSET({cells},0,0,MAX(1,COUNTA({cells}:$A${end})),1)"


def _short_kind(info: FieldInfo, name: str, model: type[Row], lang: str) -> str:
    """Kind of a column without a unit, in a word or two."""
    kind = leaf(info)
    if choices(info):
        return {"nl": "keuzelijst", "en": "choose from list"}[lang]
    if name in REFERENCES and get_origin(kind) is not tuple:
        return {"nl": "sleutel", "en": "key"}[lang]
    if name in model.model_fields and model.key == (name,):
        return {"nl": "eigen sleutel", "en": "own key"}[lang]
    return kind_of(info, name, lang)


def _choice(source: list[str] | str, lang: str, *, strict: bool = True) -> dict[str, Any]:
    """A drop-down list; another value is asked about, not refused, because its key may be added later."""
    title, message = {
        "nl": (
            "Niet in de lijst",
            "Kies uit de lijst, of voeg de sleutel eerst toe op zijn eigen blad. Toch zo laten staan?",
        ),
        "en": (
            "Not in the list",
            "Choose from the list, or add the key on its own sheet first. Keep it all the same?",
        ),
    }[lang]
    return {"validate": "list", "source": source, "error_type": "warning", "error_title": title, "error_message": message,
            "show_error": strict}  # fmt: skip


def _bounds(info: FieldInfo, lang: str, *, whole: bool) -> dict[str, Any]:
    """A number within its bounds."""
    own, why = bounds(info), reason(info)
    low, high = max(own.low, -MOST), min(own.high, MOST)
    title, message = {"nl": ("Getal", "Vul een getal in"), "en": ("Number", "Fill in a number")}[lang]
    first, last = written(low, lang, 7), written(high, lang, 7)
    if high < MOST:
        message += {"nl": f" van {first} tot en met {last}", "en": f" from {first} to {last}"}[lang]
    elif low > -MOST:
        message += {"nl": f" van {first} of meer", "en": f" of {first} or more"}[lang]
    if why is not None:
        message += f" ({why.text(lang)})"
    return {"validate": "integer" if whole else "decimal", "criteria": "between", "minimum": low, "maximum": high,
            "error_title": title, "error_message": f"{message}."}  # fmt: skip


def _write(sheet: Any, row: int, column: int, value: object, shape: Any, house: House, number_format: str) -> None:
    """One value: numbers as numbers, anything else as text that is never computed."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        value = YES_NO[house.lang][not value]
    if isinstance(value, int | float):
        sheet.write_number(row, column, _Exact(value), shape)
        return
    text = str(value)
    if len(text) > LONGEST_TEXT:
        place = f"{sheet.name}!{letters(column)}{row + 1}"
        raise UserError(
            f"{place}: de tekst is langer dan {LONGEST_TEXT} tekens, meer dan een cel van Excel kan hebben; kort haar in.",
            f"{place}: the text is longer than {LONGEST_TEXT} characters, more than a cell of Excel can have; shorten it.",
        )
    sheet.write_string(
        row, column, text, house.cell(number_format, quote_prefix=True) if is_dangerous(text) else shape
    )
