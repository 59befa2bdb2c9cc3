"""The readable form of a long table: ids in words, figures or payment forms side by side, each error beside its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bekostiging.case import Case
from bekostiging.case.rows import name_in
from bekostiging.equalisation import Condition
from bekostiging.evaluation.figures import NEVER_ADD_UP, Figure, Unit
from bekostiging.lumpsum import Limit
from bekostiging.report.kit.long import Cell, LongTable, Row, Written, cell_in_words, cell_unit
from bekostiging.report.kit.sections import care_form_names, names_of
from bekostiging.report.kit.texts import Texts

WORDS = {
    "form": "forms",
    "law": "laws",
    "status": "statuses",
    "table": "tables",
    "event": "events",
    "figure": "quantities",
    "game": "games",
    "partition": "equalisation",
    "label": "equalisation",
    "yardstick": "yardsticks",
}
"""Section of the texts that has the words of a column; a value it does not know stays as it is."""
MIXED = ("label", "name", "scope")
"""Columns that hold ids of several tables."""
ERROR = "standard_error"


@dataclass(frozen=True)
class Column:
    """One column of the readable form; ``name``: of the long table, ``spread``: whether it was made from rows."""

    head: str
    name: str
    spread: bool


@dataclass(frozen=True)
class Sheet:
    """``rows``: every cell with its unit; ``totals``: rows of all municipalities together, or of the term."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[tuple[Written, Unit], ...], ...]
    totals: frozenset[int]


class Words:
    """Ids in the words of a case and a language."""

    def __init__(self, case: Case, texts: Texts) -> None:
        self.texts = texts
        self.names = names_of(case, texts.lang)
        self.named = {
            "municipality": {row.code: name_in(row, texts.lang) for row in case.municipalities},
            "provider": {row.id: name_in(row, texts.lang) for row in case.providers},
            "lot": {row.id: name_in(row, texts.lang) for row in case.lots},
            "area": {row.id: name_in(row, texts.lang) for row in case.areas},
            "care_form": care_form_names(case, texts.lang),
        } | dict.fromkeys(MIXED, self.names)
        self.named["label"] = self.names | self.named["care_form"]
        self.share = texts.numbers.percent(case.policy.solidarity())

    def of(self, column: str, value: Cell) -> Written:
        """A cell in words, harmless; numbers stay numbers."""
        if isinstance(value, Limit):
            value = self.texts.limit(value, self.names)
        if isinstance(value, Condition):
            value = self.texts.condition(value)
        return cell_in_words(column, self._words(column, value) if isinstance(value, str) else value, self.texts)

    def _words(self, column: str, value: str) -> str:
        """A text in words."""
        texts, names = self.texts, self.names
        if column == "form" and value == "mix":
            return texts["page", "mix"]
        if column == "scope" and value == "case":
            return texts["takeaway", "case"]
        if column == "layer":
            return texts.layer(value)
        if column == "key" and value in texts.sections["sharing"]:
            return texts["sharing", value].format(share=self.share)
        if column == "contract":
            provider, _, lot = value.partition("/")
            return f"{self.named['provider'].get(provider, provider)} / {self.named['lot'].get(lot, lot)}"
        if column == "coalition":
            return ", ".join(names.get(part, part) for part in value.split(" "))
        if column == "profile":
            form, slash, profile = value.partition("/")
            return f"{self.named['care_form'].get(form, form)}{', ' if slash else ''}{profile}"
        if value in self.named.get(column, {}):
            return self.named[column][value]
        return texts.sections[WORDS[column]].get(value, value) if column in WORDS else value


def readable(table: LongTable, words: Words) -> Sheet:
    """The readable form of a table."""
    return _spread(table, words) if table.across else _plain(table, words)


def _plain(table: LongTable, words: Words) -> Sheet:
    """Rows as they are, in words."""
    columns = tuple(Column(words.texts["columns", name], name, False) for name in table.columns)
    rows = tuple(
        tuple((words.of(name, row[name]), cell_unit(name, row)) for name in table.columns) for row in table.rows
    )
    return Sheet(columns, rows, _totals(rows, len(columns), words.texts))


def _totals(rows: Sequence[Sequence[tuple[Written, Unit]]], n_keys: int, texts: Texts) -> frozenset[int]:
    """Rows whose keys say that they are a total."""
    said = {texts["columns", "total"], texts["columns", "term"]}
    return frozenset(k for k, cells in enumerate(rows) if any(cell in said for cell, _ in cells[:n_keys]))


def _marked(figure: Cell, words: Words, *, totals: bool) -> str:
    """A figure in words; of one that never adds up, in a table with totals, that this is so."""
    label = str(words.of("figure", figure))
    never = totals and isinstance(figure, Figure) and figure in NEVER_ADD_UP
    return f"{label} ({words.texts['takeaway', 'never_adds_up']})" if never else label


def _side_by_side(table: LongTable, keys: list[str]) -> list[dict[Cell, Row]]:
    """Rows with the same keys, by what stands side by side; what is named twice gets a row of its own."""
    groups: list[dict[Cell, Row]] = []
    latest: dict[tuple[Cell, ...], dict[Cell, Row]] = {}
    for row in table.rows:
        key, place = tuple(row[name] for name in keys), row[table.across]
        if key not in latest or place in latest[key]:
            latest[key] = {}
            groups.append(latest[key])
        latest[key][place] = row
    return groups


def _spread(table: LongTable, words: Words) -> Sheet:
    """Rows with the same keys side by side; a column of errors only where there is an error."""
    texts = words.texts
    left_out = {table.across, *table.measures, "unit"}
    keys = [name for name in table.columns if name not in left_out]
    measures = [name for name in table.measures if name in table.columns]
    places = dict.fromkeys(row[table.across] for row in table.rows)
    with_error = {row[table.across] for row in table.rows if row.get(ERROR) is not None}
    spread = [
        (place, measure) for place in places for measure in measures if measure != ERROR or place in with_error
    ]
    has_totals = bool({texts["columns", "total"], texts["columns", "term"]} & {
        row[name] for row in table.rows for name in keys if isinstance(row[name], str)
    })  # fmt: skip

    def shown(name: str, row: Row) -> Written:
        """A key in words."""
        return _marked(row[name], words, totals=has_totals) if name == "figure" else words.of(name, row[name])

    rows = []
    for found in _side_by_side(table, keys):
        first = next(iter(found.values()))
        cells = [(shown(name, first), cell_unit(name, first)) for name in keys]
        for place, measure in spread:
            own = found.get(place)
            cells.append(
                (None, "text") if own is None else (words.of(measure, own[measure]), cell_unit(measure, own))
            )
        rows.append(tuple(cells))
    heads = [Column(texts["columns", name], name, False) for name in keys]
    for place, measure in spread:
        label = (
            _marked(place, words, totals=has_totals and measure == "value")
            if table.across == "figure"
            else str(words.of(table.across, place))
        )
        label = f"{texts['columns', table.across]} {label}" if table.across in ("month", "alternative") else label
        more = "" if measure == "value" else f": {texts['columns', measure]}"
        heads.append(Column(f"{label}{more}", measure, True))
    return Sheet(tuple(heads), tuple(rows), _totals(rows, len(keys), texts))
