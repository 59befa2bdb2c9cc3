"""Tables that a region has beside messages, as CSV: trajectory extract, quarterly counts, Iv3 spending, annual accounts.

Field names are those of the Regeling Jeugdwet and of Iv3 in English or Dutch; of none an official file was seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bekostiging.case.arguments import checked_path, kinds_checked
from bekostiging.case.bsn import find
from bekostiging.case.csv_text import csv_text, text_of
from bekostiging.case.errors import CaseError, Problem, UserError
from bekostiging.case.numbers import AmbiguousNumberError, parse_number
from bekostiging.messages.guard import Source, sources
from bekostiging.messages.keys import Key
from bekostiging.messages.kinds import REFERRERS
from bekostiging.store.database import Store
from bekostiging.store.importing import Imported, every_file, importing
from bekostiging.store.mergers import Mergers, read_mergers

QUANTITIES = (
    "result", "revenue", "liquidity", "working_capital", "staff_in", "staff_out", "youth_revenue", "unclaimed_production",
    "waiting_weeks", "waiting_clients",
)  # fmt: skip
"""What providers count every quarter (Regeling Jeugdwet); amounts in euro."""
NEVER_NEGATIVE = ("staff_in", "staff_out", "waiting_weeks", "waiting_clients", "total_assets", "turnover")
ACCOUNT_QUANTITIES = ("equity", "total_assets", "turnover", "result")
TAAKVELDEN: dict[str, tuple[int, int]] = {
    **{code: (2017, 2022) for code in ("6.71", "6.72", "6.81", "6.82")},
    **{
        code: (2023, 2999)
        for code in ("6.711", "6.712", "6.713", "6.714", "6.751", "6.752", "6.753", "6.761", "6.762", "6.763", "6.764",
                     "6.791",
                     "6.792", "6.811", "6.812", "6.821", "6.822", "6.21", "6.22", "6.23", "6.91", "6.92")
    },
}  # fmt: skip
"""First and last year of the taakvelden of this care: four from 2017, split in 2023; the coding of 2025."""
LAW_OF_TAAKVELD = {
    "6.71": "wmo",
    "6.72": "jeugdwet",
    "6.81": "wmo",
    "6.82": "jeugdwet",
    "6.75": "jeugdwet",
    "6.76": "jeugdwet",
}
SPENDING_KINDS = ("begroting", "jaarrekening", "kwartaal")


class Cell:
    """Reads one cell of a row, and counts what is wrong with it."""

    def __init__(
        self, table: str, row: int, cells: Mapping[str, str], separator: str, problems: list[Problem]
    ) -> None:
        self.table, self.row, self.cells, self.separator, self.problems = table, row, cells, separator, problems

    def wrong(self, column: str, nl: str, en: str) -> None:
        """Note a problem with its place."""
        self.problems.append(Problem(self.table, nl, en, self.row, column))

    def text(self, column: str, *, needed: bool = True) -> str:
        """A text; eight digits are a code."""
        value = self.cells.get(column, "").strip()
        if needed and not value:
            self.wrong(column, "is leeg; vul in", "is empty; fill it in")
        if len(value) != 8 and find(value):
            self.wrong(
                column,
                "kan een burgerservicenummer zijn; haal het weg",
                "may be a citizen service number; take it out",
            )
        return value

    def day(self, column: str) -> date | None:
        """A day, or none."""
        value = self.cells.get(column, "").strip()
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(column, "is geen dag als 2025-01-31; herstel haar", "is no day like 2025-01-31; mend it")
            return None

    def number(self, column: str, *, least: float = -math.inf) -> float | None:
        """A number of ``least`` or more, or none."""
        value = self.cells.get(column, "").strip()
        if not value:
            return None
        try:
            found = parse_number(value, self.separator, "euro")
        except (AmbiguousNumberError, ValueError):
            found = math.nan
        if not math.isfinite(found):
            self.wrong(column, "is geen getal; herstel het", "is no number; mend it")
            return None
        if found < least:
            self.wrong(column, "is negatief; herstel het", "is negative; mend it")
        return found

    def whole(self, column: str, low: int, high: int) -> int:
        """A whole number in a range."""
        value = self.number(column)
        if value is None or not value.is_integer() or not low <= value <= high:
            self.wrong(
                column,
                f"geef een geheel getal van {low} tot en met {high}",
                f"give a whole number from {low} to {high}",
            )
            return low
        return int(value)

    def word(self, column: str, words: tuple[str, ...]) -> str:
        """One of some words."""
        value = self.text(column)
        if value and value not in words:
            self.wrong(column, f"kies uit {', '.join(words)}", f"choose from {', '.join(words)}")
        return value


@dataclass(frozen=True)
class Table:
    """A kind of CSV: the table it fills, its columns, and how a row becomes rows of the store."""

    table: str
    needed: tuple[str, ...]
    rows: Callable[[Cell, Key | None], list[tuple[Any, ...]]]


def _extract(cell: Cell, key: Key | None) -> list[tuple[Any, ...]]:
    """A trajectory; its number becomes a pseudonym."""
    assert key is not None
    referrer = cell.text("referrer", needed=False)
    cents = cell.number("amount", least=0.0)
    begins, ends = cell.day("begins"), cell.day("ends")
    if begins is not None and ends is not None and ends < begins:
        cell.wrong("ends", "ligt vóór begins; verbeter een van beide", "lies before begins; mend one of the two")
    number = cell.cells.get("trajectory", "").strip()
    return [
        (cell.text("provider"), cell.text("municipality"), cell.text("form"), key.pseudonym("trajectory", number),
         cell.whole("birth_year", 1900, 2100), REFERRERS.get(referrer, referrer), cell.day("authorised"),
         cell.day("intended"),
         begins, ends, cell.text("reason", needed=False)[:2],
         None if cents is None else round(100 * cents), cell.number("volume", least=0.0))
    ]  # fmt: skip


def _counts(cell: Cell, key: Key | None) -> list[tuple[Any, ...]]:
    """A count of a provider in a quarter."""
    quantity = cell.word("quantity", QUANTITIES)
    return [
        (cell.text("provider"), cell.text("region", needed=False), cell.text("form", needed=False),
         cell.whole("year", 2015, 2100), cell.whole("quarter", 1, 4), quantity,
         cell.number("value", least=_least(quantity)))
    ]  # fmt: skip


def _least(quantity: str) -> float:
    """The least that a figure can be."""
    return 0.0 if quantity in NEVER_NEGATIVE else -math.inf


def _spending(cell: Cell, key: Key | None) -> list[tuple[Any, ...]]:
    """Spending on a taakveld, which must exist in that year."""
    code, year = cell.text("taakveld"), cell.whole("year", 2017, 2100)
    first, last = TAAKVELDEN.get(code, (0, 0))
    if not first <= year <= last:
        cell.wrong(
            "taakveld",
            f"taakveld {code} is er in {year} niet; in 2023 zijn 6.71, 6.72, 6.81 en 6.82 gesplitst",
            f"there is no taakveld {code} in {year}; 6.71, 6.72, 6.81 and 6.82 were split in 2023",
        )
    cell.text("amount")
    euro = cell.number("amount")
    return [
        (
            cell.text("municipality").zfill(4),
            year,
            code,
            cell.word("kind", SPENDING_KINDS),
            round(100 * (euro or 0.0)),
        )
    ]


def _accounts(cell: Cell, key: Key | None) -> list[tuple[Any, ...]]:
    """Annual accounts of a provider: a row per figure."""
    provider, name, year = cell.text("provider"), cell.text("name"), cell.whole("year", 2010, 2100)
    return [(provider, name, year, own, cell.number(own, least=_least(own))) for own in ACCOUNT_QUANTITIES]


TABLES = {
    "extract": Table(
        "extracts",
        ("provider", "municipality", "form", "trajectory", "birth_year", "referrer", "authorised", "intended", "begins",
         "ends",
         "reason", "amount", "volume"), _extract,
    ),
    "counts": Table("quarter_counts", ("provider", "region", "form", "year", "quarter", "quantity", "value"), _counts),
    "iv3": Table("spending", ("municipality", "year", "taakveld", "kind", "amount"), _spending),
    "digimv": Table("accounts", ("provider", "name", "year", *ACCOUNT_QUANTITIES), _accounts),
}  # fmt: skip
"""Kinds of CSV by the word of the command."""


@kinds_checked
def import_table(
    store: Store,
    kind: str,
    source: str | Path,
    key: Key | None = None,
    maker: str = "",
    mergers: str | Path | None = None,
) -> list[Imported]:
    """Import a CSV of a fixed layout: trajectory extract, quarterly counts, Iv3 spending or annual accounts (DigiMV).

    Parameters
    ----------
    store : Store
        Open to write.
    kind : str
        ``extract``, ``counts``, ``iv3`` or ``digimv``; docs/import.md lists the columns of each.
    source : str or path
        A file, or a folder of them.
    key : Key, optional
        Of the key holder; an extract needs it.
    maker : str, default ""
        Who imports.
    mergers : str or path, optional
        Of Iv3: a CSV with ``origin``, ``destination`` and ``year`` (the first without the old municipality); spending of
        years before it counts for today's, and a year that lacks a part is left out and said.

    Returns
    -------
    list of Imported
        One per file.

    Raises
    ------
    UserError
        Another kind; an extract without key; mergers that cannot be.

    Examples
    --------
    >>> from pathlib import Path
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import import_table, make_store, open_store
    >>> make_store("tables.duckdb", new_key("tables.key"), ["0034"], retention_years=7)
    >>> text = "municipality;year;taakveld;kind;amount\\n0034;2025;6.752;begroting;1500000,00\\n"
    >>> _ = Path("iv3.csv").write_text(text)
    >>> with open_store("tables.duckdb", read_only=False) as store:
    ...     told = import_table(store, "iv3", "iv3.csv")
    ...     told[0].lines, store.rows("SELECT taakveld, cents FROM spending")
    (1, [('6.752', 150000000)])
    """
    if kind not in TABLES:
        listed = ", ".join(TABLES)
        raise UserError(f"kind {kind}: kies uit {listed}.", f"kind {kind}: choose from {listed}.", exit_code=2)
    if kind == "extract":
        if key is None:
            raise UserError("een extract vraagt de sleutel.", "an extract needs the key.", exit_code=2)
        store.check_key(key)

    merged = Mergers() if mergers is None else read_mergers(checked_path("mergers", mergers))

    def one(file: Source, told: Imported) -> None:
        """Import one file."""
        with importing(store, kind, file, maker, told) as into:
            rows = read_table(kind, file.path, key)
            if kind == "iv3":
                rows = _of_today(rows, merged, told)
            into.add(TABLES[kind].table, rows)
            told.lines = len(rows) + told.left_out

    return every_file(sources(source, (".csv",)), one)


def read_table(kind: str, path: Path, key: Key | None) -> list[tuple[Any, ...]]:
    """The rows of a CSV of a fixed layout.

    Raises
    ------
    CaseError
        A column that is missing, or says who a person is; cells that cannot be; nothing of the file is kept.
    """
    layout = TABLES[kind]
    problems: list[Problem] = []
    text = text_of(path, kind, problems)
    read = None if text is None else csv_text(text, kind, problems, None)
    if read is None:
        raise CaseError(problems)
    names = [name.strip().lower() for name in read.columns]
    problems += [
        Problem(kind, f"kolom {name} ontbreekt; voeg haar toe", f"column {name} is missing; add it")
        for name in layout.needed
        if name not in names
    ]
    if "bsn" in names or "burgerservicenummer" in names:
        nl, en = "kolom bsn wordt nooit gelezen; verwijder haar", "column bsn is never read; take it out"
        problems.append(Problem(kind, nl, en))
    if problems:
        raise CaseError(problems)
    rows = [
        row
        for line, cells in read.rows
        for row in layout.rows(
            Cell(kind, line, dict(zip(names, cells, strict=True)), read.separator, problems), key
        )
    ]
    if problems:
        raise CaseError(problems)
    return rows


def _of_today(rows: list[tuple[Any, ...]], merged: Mergers, told: Imported) -> list[tuple[Any, ...]]:
    """Spending by the municipalities of today; years that lack a part of a merger are left out, and counted."""
    if not merged.steps:
        return rows
    there: dict[tuple[str | None, int, str], set[str]] = {}
    for code, year, _, kind, _ in rows:
        there.setdefault((merged.home(code, year), year, kind), set()).add(code)
    kept = []
    for code, year, taakveld, kind, cents in rows:
        home = merged.home(code, year)
        if home is not None and merged.parts(home, year) <= there[home, year, kind]:
            kept.append((home, year, taakveld, kind, cents))
        else:
            told.remarks.add("merged", str(year), cents=abs(cents))
    told.left_out = len(rows) - len(kept)
    return kept


def law_of_taakveld(code: str) -> str:
    """The law of a taakveld; empty for access and coordination, which are of both.

    >>> law_of_taakveld("6.752"), law_of_taakveld("6.712"), law_of_taakveld("6.821"), law_of_taakveld("6.21")
    ('jeugdwet', 'wmo', 'jeugdwet', '')
    """
    return LAW_OF_TAAKVELD.get(code[:4], "")
