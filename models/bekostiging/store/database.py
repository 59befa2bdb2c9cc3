"""The region store: one DuckDB file, made, opened, locked and upgraded; what goes wrong with it in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bekostiging.case.arguments import checked_path, kinds_checked
from bekostiging.case.bsn import mask
from bekostiging.case.errors import UserError
from bekostiging.messages.extra import duckdb_module
from bekostiging.messages.keys import Key
from bekostiging.store.place import check_place
from bekostiging.store.tables import UPGRADES, VERSION, statements

MEMORY = "300MB"
"""What the database itself may take; more goes to a temporary folder beside the store."""
_LOCK = re.compile(r"\block\b", re.IGNORECASE)
_HOLDER = re.compile(r"PID\s+(\d+)", re.IGNORECASE)
_CODE = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Store:
    """An open region store; ``open_store`` gives one.

    Parameters
    ----------
    path : Path
    connection : object
        Of DuckDB.
    about : dict of str to str
        What was said at its creation: ``municipalities``, ``retention_years``, ``fingerprint``, ``made``.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import make_store, open_store
    >>> key = new_key("of-store.key")
    >>> make_store("mine.duckdb", key, ["0034"], retention_years=7)
    >>> with open_store("mine.duckdb") as store:
    ...     store.municipalities, store.rows("SELECT count(*) FROM imports")
    (('0034',), [(0,)])
    """

    path: Path
    connection: Any
    about: Mapping[str, str]

    @property
    def municipalities(self) -> tuple[str, ...]:
        """Codes of the municipalities whose data it may hold."""
        return tuple(self.about["municipalities"].split(" "))

    def rows(self, query: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with _in_words(self.path):
            found: list[tuple[Any, ...]] = self.connection.execute(query, list(given)).fetchall()
        return found

    def columns(self, query: str, given: Sequence[Any] = ()) -> dict[str, Any]:
        """What a query gives, as an array of numpy per column."""
        with _in_words(self.path):
            found: dict[str, Any] = self.connection.execute(query, list(given)).fetchnumpy()
        return found

    def run(self, statement: str, given: Sequence[Any] = ()) -> None:
        """Carry out a statement."""
        with _in_words(self.path):
            self.connection.execute(statement, list(given))

    def add(self, table: str, batch: Any) -> None:
        """Append an arrow table whose columns are those of a table of the store."""
        with _in_words(self.path):
            # a registered table would be held until the transaction ends
            self.connection.from_arrow(batch).insert_into(table)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is done inside."""
        self.run("BEGIN TRANSACTION")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            with _quiet():
                self.connection.execute("ROLLBACK")
            raise

    def check_key(self, key: Key) -> None:
        """Refuse another key than that of the store.

        Raises
        ------
        UserError
            Without one lasting key the months cannot be joined.
        """
        if key.fingerprint != self.about["fingerprint"]:
            raise UserError(
                f"{self.path}: deze sleutel is een andere dan die van de opslag (vingerafdruk "
                f"{self.about['fingerprint']}); met "
                "twee sleutels wordt één mens twee mensen: geef de sleutel waarmee de opslag is gemaakt.",
                f"{self.path}: this key is another than that of the store (fingerprint {self.about['fingerprint']}); "
                "with two "
                "keys one person becomes two: give the key with which the store was made.",
                exit_code=2,
            )


@contextmanager
def _quiet() -> Iterator[None]:
    """A rollback that fails changes nothing: what was not committed is not there."""
    try:
        yield
    except duckdb_module().Error:
        return


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """What the database cannot do, as a sentence; a mistake of the program stays one."""
    duckdb = duckdb_module()
    try:
        yield
    except duckdb.Error as error:
        text, place = str(error), mask(str(path))
        holder = _HOLDER.search(text)
        if _LOCK.search(text) and (holder or "Could not set lock" in text):
            number = holder[1] if holder else "?"
            raise UserError(
                f"{place} is in gebruik door een ander programma (proces {number}); wacht tot dat klaar is, of sluit het.",
                f"{place} is in use by another program (process {number}); wait until it is done, or close it.",
            ) from None
        if "Corrupt database" in text:
            raise UserError(
                f"{place}: deze opslag is beschadigd; zet de laatste reservekopie terug, of maak een nieuwe opslag en lees "
                "de bestanden opnieuw in.",
                f"{place}: this store is damaged; put the last back-up in its place, or make a new store and import the "
                "files again.",
            ) from None
        if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException | duckdb.FatalException) or (
            "No space left" in text or "File too large" in text
        ):
            raise UserError(
                f"{place}: de opslag kan niet verder schrijven of lezen (schijf vol, geen rechten of beschadigd); er "
                "is niets van "
                "dit bestand bewaard: maak ruimte en lees het opnieuw in.",
                f"{place}: the store cannot write or read on (disk full, no rights, or damaged); nothing of this "
                "file was kept: "
                "make room and import it again.",
            ) from None
        raise


@kinds_checked
def make_store(
    path: str | Path, key: Key, municipalities: Sequence[str], retention_years: int, purpose: str = ""
) -> None:
    """Make an empty region store.

    Parameters
    ----------
    path : str or path
        The file to make, such as ``regio.duckdb``; on a disk of this machine, in a folder that nobody synchronises.
    key : Key
        Of the key holder; the store keeps its fingerprint alone.
    municipalities : sequence of str
        CBS codes of four digits; messages of others are refused.
    retention_years : int
        How long data are kept; asked here because nobody asks it later.
    purpose : str, default ""
        Why they are processed, in one sentence; it is printed on the privacy papers.

    Raises
    ------
    UserError
        The file is there already, or the place is not fit for it; a code that is none.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import make_store, open_store
    >>> make_store("made.duckdb", new_key("made.key"), ["0034", "0050"], retention_years=7)
    >>> with open_store("made.duckdb") as store:
    ...     store.about["retention_years"]
    '7'
    """
    file = checked_path("path", path)
    wrong = [code for code in municipalities if not _CODE.fullmatch(code)]
    if wrong or not municipalities or not 1 <= retention_years <= 20:
        raise UserError(
            f"geef CBS-codes van vier cijfers, zoals 0034 (niet {', '.join(wrong) or 'niets'}), en een bewaartermijn "
            "van 1 tot en "
            "met 20 jaar.",
            f"give CBS codes of four digits, such as 0034 (not {', '.join(wrong) or 'nothing'}), and a retention of 1 to 20 "
            "years.",
            exit_code=2,
        )
    check_place(file)
    if file.exists():
        raise UserError(
            f"{file} bestaat al; kies een andere naam.",
            f"{file} exists already; choose another name.",
            exit_code=2,
        )
    if not file.parent.is_dir():
        raise UserError(
            f"{file.parent} bestaat niet; maak die map eerst.",
            f"{file.parent} does not exist; make that folder first.",
            exit_code=2,
        )
    said = {
        "version": str(VERSION),
        "fingerprint": key.fingerprint,
        "municipalities": " ".join(dict.fromkeys(municipalities)),
        "retention_years": str(retention_years),
        "purpose": mask(purpose),
        "made": datetime.now(UTC).date().isoformat(),
    }
    with _in_words(file):
        write_empty(file, said)


def write_empty(file: Path, about: Mapping[str, str]) -> None:
    """Write a store without data; nothing is left where that fails."""
    try:
        connection = _connect(file, read_only=False)
        try:
            for statement in statements():
                connection.execute(statement)
            connection.executemany("INSERT INTO store VALUES (?, ?)", list(about.items()))
        finally:
            connection.close()
    except BaseException:
        for left in (file, *beside(file)):
            left.unlink(missing_ok=True)
        raise


def beside(file: Path) -> tuple[Path, ...]:
    """Files that the database may put beside a store."""
    return file.with_name(f"{file.name}.wal"), file.with_name(f"{file.name}.wal.checkpoint")


@kinds_checked
@contextmanager
def open_store(path: str | Path, *, read_only: bool = True) -> Iterator[Store]:
    """Open a region store, upgrade it where it is older, and close it again.

    Parameters
    ----------
    path : str or path
        A file that ``make_store`` made.
    read_only : bool, default True
        Several may read at once; one may write.

    Yields
    ------
    Store

    Raises
    ------
    UserError
        There is no such file, it is no region store, is of a later version, or another program has it.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import make_store, open_store
    >>> make_store("opened.duckdb", new_key("opened.key"), ["0034"], retention_years=7)
    >>> with open_store("opened.duckdb") as store:
    ...     store.about["municipalities"]
    '0034'
    """
    file = checked_path("path", path)
    if file.is_dir():
        raise UserError(
            f"{file} is een map; noem het bestand van de opslag, zoals {file / 'regio.duckdb'}.",
            f"{file} is a folder; name the file of the store, such as {file / 'regio.duckdb'}.",
            exit_code=2,
        )
    if not file.is_file():
        raise UserError(
            f"{file}: deze opslag is er niet; maak haar met `bekostiging store {file} --make`.",
            f"{file}: there is no such store; make it with `bekostiging store {file} --make`.",
            exit_code=2,
        )
    check_place(file)
    with _in_words(file):
        connection = _opened(file, read_only=read_only)
    try:
        about = _about(connection, file)
        version = int(about["version"])
        if version < VERSION and read_only:
            connection.close()
            with open_store(file, read_only=False):
                pass  # opening it to write upgrades it
            connection = _opened(file, read_only=True)
        elif version < VERSION:
            _upgrade(Store(file, connection, about), version)
        yield Store(file, connection, _about(connection, file))
    finally:
        connection.close()


def _opened(file: Path, *, read_only: bool) -> Any:
    """A connection to a file that is a database."""
    duckdb = duckdb_module()
    try:
        return _connect(file, read_only=read_only)
    except duckdb.Error as error:
        if _LOCK.search(str(error)):
            raise
        if "Permission denied" in str(error):
            raise UserError(
                f"{file}: er zijn geen rechten om deze opslag te openen of te beschrijven; vraag ze aan de beheerder, "
                "of werk met een eigen kopie.",
                f"{file}: there are no rights to open or write this store; ask who manages it, or work with a copy of your "
                "own.",
                exit_code=2,
            ) from None
        raise _no_store(file) from None


def _connect(file: Path, *, read_only: bool) -> Any:
    """A connection that installs and loads nothing by itself, and shows nothing."""
    connection = duckdb_module().connect(
        str(file),
        read_only=read_only,
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": MEMORY,
            "threads": "2",
        },
    )
    connection.execute("SET enable_progress_bar = false")
    return connection


def _about(connection: Any, file: Path) -> dict[str, str]:
    """What was said at the creation of a store."""
    duckdb = duckdb_module()
    try:
        about = dict(connection.execute("SELECT name, value FROM store").fetchall())
    except duckdb.Error:
        raise _no_store(file) from None
    if not {"version", "fingerprint", "municipalities"} <= set(about) or not about["version"].isdecimal():
        raise _no_store(file)
    if int(about["version"]) > VERSION:
        raise UserError(
            f"{file} is gemaakt met een nieuwere versie van bekostiging; werk dit programma bij.",
            f"{file} was made with a later version of bekostiging; update this program.",
            exit_code=2,
        )
    return about


def _no_store(file: Path) -> UserError:
    return UserError(
        f"{file} is geen opslag van bekostiging; geef een bestand dat `bekostiging store ... --make` maakte.",
        f"{file} is no store of bekostiging; give a file that `bekostiging store ... --make` made.",
        exit_code=2,
    )


def _upgrade(store: Store, version: int) -> None:
    """Bring a store to the version of today, all or nothing."""
    with store.transaction():
        for step in range(version, VERSION):
            for statement in UPGRADES[step]:
                store.run(statement)
        store.run("UPDATE store SET value = ? WHERE name = 'version'", [str(VERSION)])
