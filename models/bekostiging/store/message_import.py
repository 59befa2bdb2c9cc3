"""Messages of iJw and iWmo into the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bekostiging.case.arguments import checked_path, kinds_checked
from bekostiging.messages.guard import Source, refused, sources
from bekostiging.messages.keys import Key
from bekostiging.messages.lines import Header
from bekostiging.messages.parse import Document
from bekostiging.messages.records import Row
from bekostiging.messages.schemas import Schemas
from bekostiging.store.database import Store
from bekostiging.store.importing import Import, Imported, every_file, importing

ENDINGS = (".xml", ".zip")
FULL = 50_000
"""Rows that are held before they go to the store."""


class Buffer:
    """Rows by table, handed to the store when they are many: a thousand small messages are one statement."""

    def __init__(self, into: Import) -> None:
        self.into, self.rows, self.held = into, dict[str, list[Row]](), 0

    def add(self, rows: dict[str, list[Row]]) -> None:
        """Hold rows."""
        for table, own in rows.items():
            self.rows.setdefault(table, []).extend(own)
            self.held += len(own)
        if self.held >= FULL:
            self.flush()

    def flush(self) -> None:
        """Hand on what is held."""
        for table, own in self.rows.items():
            self.into.add(table, own)
        self.rows, self.held = {}, 0


class MessageImport:
    """Imports files of messages into one store.

    Parameters
    ----------
    store : Store
    key : Key
    schemas : Schemas or None
    maker : str
        Who imports.
    """

    def __init__(self, store: Store, key: Key, schemas: Schemas | None, maker: str) -> None:
        self.store, self.key, self.schemas, self.maker = store, key, schemas, maker
        self.dates: dict[str, date | str] = {}
        self.known = {row[0] for row in store.rows("SELECT message FROM messages")}

    def file(self, source: Source, told: Imported) -> None:
        """Import a file, all or nothing.

        Raises
        ------
        UserError
            Nothing of it was kept.
        """
        new = set[int]()
        with importing(self.store, "messages", source, self.maker, told) as into, source.documents() as documents:
            buffer = Buffer(into)
            told.checked = self.schemas is not None
            for place, stream in documents:
                document = Document(stream, place, self.key, told.remarks, self.schemas)
                rows = document.rows(self.dates)
                next(rows)
                header = document.header
                assert header is not None
                self._check(header, place)
                told.first = min(told.first or header.dated, header.dated)
                told.last = max(told.last or header.dated, header.dated)
                if header.message in self.known or header.message in new:
                    self._repeated(document, rows, told)
                    continue
                new.add(header.message)
                if header.answers is not None and header.answers not in self.known and header.answers not in new:
                    told.remarks.add("answer_without_message", header.kind)
                for own in rows:
                    buffer.add(own)
                told.lines += document.lines
                told.checked &= document.checked
            buffer.flush()
            told.left_out = told.remarks.left_out()
        self.known |= new

    def _check(self, header: Header, place: str) -> None:
        """Refuse a message of a municipality that is not of this store."""
        own = self.store.municipalities
        if header.municipality not in own:
            listed = ", ".join(own)
            raise refused(
                place,
                f"dit bericht is van gemeente {header.municipality}, en deze opslag is van {listed}; neem de opslag van die "
                "gemeente.",
                f"this message is of municipality {header.municipality}, and this store is of {listed}; take the "
                "store of that "
                "municipality.",
            )

    @staticmethod
    def _repeated(document: Document, rows: Iterator[dict[str, list[Row]]], told: Imported) -> None:
        """Read a message that is there already to its end, to count its lines; nothing else of it is told."""
        own, document.remarks = document.remarks, type(document.remarks)()
        assert document.reader is not None
        document.reader.remarks = document.remarks
        for _ in rows:
            pass
        document.remarks = own
        told.lines += document.lines
        told.remarks.add("repeated_message", document.header.kind if document.header else "", times=document.lines)


@kinds_checked
def import_messages(
    store: Store, source: str | Path, key: Key, schemas: str | Path | None = None, maker: str = ""
) -> list[Imported]:
    """Import messages of iJw and iWmo 3.x: 301, 305, 307, 315, 323 and the answers to them.

    Parameters
    ----------
    store : Store
        Open to write.
    source : str or path
        An XML file, a zip of them, or a folder with either.
    key : Key
        Of the key holder.
    schemas : str or path, optional
        The folder with the published schemas (xsd); every message is then checked against its own.
    maker : str, default ""
        Who imports, for table imports.

    Returns
    -------
    list of Imported
        One per file, in the order of their names; a file that is refused leaves nothing behind and says why.

    Raises
    ------
    UserError
        Another key than that of the store; no such place.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> from bekostiging.messages import new_key, write_messages
    >>> from bekostiging.store import import_messages, make_store, open_store
    >>> _ = write_messages(read_case("veenrand"), "sent", years=1, scale=0.01, seed=1)
    >>> key = new_key("import.key")
    >>> make_store("sent.duckdb", key, ["9991", "9992", "9993"], retention_years=7)
    >>> with open_store("sent.duckdb", read_only=False) as store:
    ...     files = import_messages(store, "sent", key)
    >>> all(one.refused is None for one in files), sum(one.left_out for one in files)
    (True, 0)
    """
    store.check_key(key)
    checked = None if schemas is None else Schemas(checked_path("schemas", schemas))
    own = MessageImport(store, key, checked, maker)
    return every_file(sources(source, ENDINGS), own.file)
