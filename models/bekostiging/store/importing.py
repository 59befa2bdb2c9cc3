"""What every import does: one file is one transaction, known by its hash, with a count per rule of what was odd in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.bsn import mask
from bekostiging.case.errors import Note, UserError
from bekostiging.characters import visible
from bekostiging.messages.guard import Source, refused
from bekostiging.messages.remarks import Remarks
from bekostiging.store.database import Store
from bekostiging.store.tables import FILLED

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class Imported:
    """What became of one file.

    Parameters
    ----------
    file : str
        Its name, masked.
    lines : int
        Lines in it, those that were left out included.
    left_out : int
        Lines that were not kept.
    remarks : Remarks
        What was odd, by rule.
    checked : bool
        Whether it was valid against a schema.
    refused : UserError or None
        Why nothing of it was kept.
    first, last : date or None
        First and last day of its messages or figures.

    Examples
    --------
    >>> from bekostiging.store import Imported
    >>> Imported("claims.zip", lines=3).notes()[0]["en"]
    'claims.zip: 3 lines imported.'
    """

    file: str
    lines: int = 0
    left_out: int = 0
    remarks: Remarks = field(default_factory=Remarks)
    checked: bool = False
    refused: UserError | None = None
    first: date | None = None
    last: date | None = None

    def notes(self) -> list[Note]:
        """A sentence on the file, then one per rule, in both languages."""
        if self.refused is not None:
            return [{lang: self.refused.text(lang) for lang in ("nl", "en")}]
        kept = self.lines - self.left_out
        nl = f"{self.file}: {kept} {'regel' if kept == 1 else 'regels'} ingelezen"
        en = f"{self.file}: {kept} {'line' if kept == 1 else 'lines'} imported"
        if self.left_out:
            nl, en = f"{nl}, {self.left_out} niet", f"{en}, {self.left_out} not"
        told = zip(self.remarks.sentences("nl"), self.remarks.sentences("en"), strict=True)
        return [
            {"nl": f"{nl}.", "en": f"{en}."},
            *(
                {"nl": f"{self.file}: {dutch}.", "en": f"{self.file}: {english}."}
                for (_, dutch), (_, english) in told
            ),
        ]


MOST_FILES = 8
"""Files that are told of one by one; more are told of together."""


@kinds_checked
def told_together(outcome: Sequence[Imported]) -> list[Note]:
    """What became of files: each by itself, or those that came in together where they are many.

    >>> together = told_together([Imported(f"{month:02d}.xml", lines=2) for month in range(1, 13)])
    >>> [note["en"] for note in together]
    ['12 files: 24 lines imported.']
    """
    kept = [one for one in outcome if one.refused is None]
    if len(kept) > MOST_FILES:
        whole = Imported("", lines=sum(one.lines for one in kept), left_out=sum(one.left_out for one in kept))
        for one in kept:
            for (rule, detail), times in one.remarks.counts.items():
                whole.remarks.add(rule, detail, one.remarks.cents[rule, detail], times)
        names = {"nl": f"{len(kept)} bestanden", "en": f"{len(kept)} files"}
        notes = {lang: replace(whole, file=name).notes() for lang, name in names.items()}
        told = [{"nl": dutch["nl"], "en": english["en"]} for dutch, english in zip(*notes.values(), strict=True)]
    else:
        told = [note for one in kept for note in one.notes()]
    return told + [note for one in outcome if one.refused is not None for note in one.notes()]


def arrow_types() -> dict[str, Any]:
    """The arrow type of every SQL type of a table."""
    import pyarrow as pa

    return {
        "BIGINT": pa.int64(), "SMALLINT": pa.int16(), "VARCHAR": pa.string(), "DATE": pa.date32(), "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(), "INTEGER": pa.int32(),
    }  # fmt: skip


def arrow_of(table: str, number: int, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Rows of a table as arrow, with the number of their import before them."""
    import pyarrow as pa

    types = arrow_types()
    columns = FILLED[table]
    arrays = [
        pa.array(values, type=types[kind])
        for (_, kind), values in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    numbers = pa.array([number] * len(rows), type=types["INTEGER"])
    return pa.table([numbers, *arrays], names=["import", *(name for name, _ in columns)])


class Import:
    """One file inside its transaction."""

    def __init__(self, store: Store, number: int) -> None:
        self.store, self.number = store, number

    def add(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Append rows."""
        if rows:
            self.store.add(table, arrow_of(table, self.number, rows))

    def add_columns(self, table: str, batch: pa.Table) -> None:
        """Append an arrow table with the columns of a table, without the number of the import."""
        import pyarrow as pa

        numbers = pa.repeat(pa.scalar(self.number, arrow_types()["INTEGER"]), batch.num_rows)
        self.store.add(table, batch.add_column(0, "import", numbers))


def refuse_known(store: Store, source: Source, digest: str) -> None:
    """Refuse a file that was imported before, under whatever name.

    Raises
    ------
    UserError
        With the day and the name of then.
    """
    found = store.rows("SELECT file, made FROM imports WHERE digest = ?", [digest])
    if found:
        file, made = found[0]
        day = made.date().isoformat()
        raise UserError(
            f"{source.name}: dit bestand is op {day} al ingelezen als {file}; het wordt niet nog eens geteld. Er is niets "
            "ingelezen.",
            f"{source.name}: this file was imported on {day} already, as {file}; it is not counted again. Nothing "
            "was imported.",
        )


@contextmanager
def importing(store: Store, kind: str, source: Source, maker: str, told: Imported) -> Iterator[Import]:
    """The transaction of one file: what is added inside is there together with its line in table imports, or not at all.

    Raises
    ------
    UserError
        The file was imported before.
    """
    digest = source.digest()
    with store.transaction():
        refuse_known(store, source, digest)
        number = store.rows("SELECT coalesce(max(import), 0) + 1 FROM imports")[0][0]
        yield Import(store, number)
        store.run(
            "INSERT INTO imports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [number, kind, source.name, digest, source.size, datetime.now(UTC).replace(tzinfo=None), mask(maker),
             told.lines, told.left_out, told.checked, told.first, told.last],
        )  # fmt: skip
        for (rule, detail), times in told.remarks.counts.items():
            cents = told.remarks.cents[rule, detail]
            store.run("INSERT INTO remarks VALUES (?, ?, ?, ?, ?)", [number, rule, detail, times, cents])


def every_file(files: Iterable[Source], one: Any) -> list[Imported]:
    """Import every file by itself: one that is refused leaves the others alone.

    ``one(source, told)`` imports a file and fills in what is told of it.
    """
    outcome = []
    for source in files:
        told = Imported(source.name)
        try:
            one(source, told)
        except UserError as error:
            told.refused = error
        except OSError as error:
            why = visible(error.strerror or type(error).__name__)
            told.refused = refused(
                source.name,
                f"dit bestand is niet te lezen ({why}); controleer de rechten en de verbinding.",
                f"this file cannot be read ({why}); check the rights and the connection.",
            )
        outcome.append(told)
    return outcome
