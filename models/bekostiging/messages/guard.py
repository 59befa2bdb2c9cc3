"""Opening what a region brings: files, folders and zips of messages, read as a stream and never unpacked to disk."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bekostiging.case.arguments import checked_path
from bekostiging.case.bsn import mask
from bekostiging.case.errors import UserError

LARGEST_RATIO = 250
"""How often a message may fit in its compressed form: repetitive XML reaches some tens, a zip bomb a thousand."""
SMALL = 20_000_000
"""Bytes up to which no ratio is judged: they do no harm."""
MOST_MEMBERS = 200_000
"""Messages of one zip."""
CHUNK = 1 << 20
ZIP = b"PK\x03\x04"
"""First bytes of a zip, whatever its name."""
DOCTYPES = tuple("<!DOCTYPE".encode(form) for form in ("utf-8", "utf-16-le", "utf-16-be"))
"""A declaration of a document type, which no message has and every entity bomb needs."""


def refused(place: str, nl: str, en: str) -> UserError:
    """The error of a file that is not imported: ``place: why; remedy``."""
    return UserError(f"{place}: {nl} Er is niets ingelezen.", f"{place}: {en} Nothing was imported.")


@dataclass(frozen=True)
class Source:
    """A file that a user gave; ``name`` is how messages call it, without what may be a citizen service number."""

    path: Path

    @property
    def name(self) -> str:
        """The name of the file alone."""
        return mask(self.path.name)

    @property
    def size(self) -> int:
        """Its size."""
        return self.path.stat().st_size

    def digest(self) -> str:
        """SHA-256 of its bytes, in hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @contextmanager
    def documents(self) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
        """The XML documents in it, each with its name; a zip has many.

        Raises
        ------
        UserError
            No zip, or one that is encrypted, damaged, or has another zip inside.
        """
        if not self.size:
            raise refused(
                self.name, "dit bestand is leeg; haal het opnieuw op.", "this file is empty; fetch it again."
            )
        with self.path.open("rb") as file:
            zipped = self.path.suffix.lower() == ".zip" or file.read(len(ZIP)) == ZIP
            file.seek(0)
            if not zipped:
                yield iter([(self.name, file)])
                return
        try:
            archive = zipfile.ZipFile(self.path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            raise refused(
                self.name,
                "dit is geen zip, of hij is beschadigd; haal het bestand opnieuw op.",
                "this is no zip, or it is damaged; fetch the file again.",
            ) from None
        with archive:
            yield self._members(archive)

    def _members(self, archive: zipfile.ZipFile) -> Iterator[tuple[str, IO[bytes]]]:
        """The documents of a zip, one after the other."""
        members = [one for one in archive.infolist() if not one.is_dir() and not _of_macos(one.filename)]
        inside = next((one for one in members if one.filename.lower().endswith(".zip")), None)
        if inside is not None:
            name = mask(Path(inside.filename).name)
            raise refused(
                self.name,
                f"in deze zip zit nog een zip ({name}); pak die uit en geef de map met alle bestanden.",
                f"this zip has another zip inside ({name}); unpack it and give the folder with all files.",
            )
        wanted = [one for one in members if one.filename.lower().endswith(".xml")]
        if not wanted or len(wanted) > MOST_MEMBERS:
            raise refused(
                self.name,
                f"deze zip heeft {len(wanted)} xml-bestanden; geef een zip met 1 tot {MOST_MEMBERS} berichten.",
                f"this zip has {len(wanted)} xml files; give a zip with 1 to {MOST_MEMBERS} messages.",
            )
        for member in wanted:
            name = f"{self.name}, {mask(Path(member.filename).name)}"
            if member.file_size > max(SMALL, LARGEST_RATIO * member.compress_size):
                raise refused(
                    name,
                    f"dit bestand zou uitgepakt {member.file_size // 1_000_000} MB zijn, meer dan {LARGEST_RATIO} keer zo "
                    "groot: dat is geen bericht; haal de zip opnieuw op bij de bron.",
                    f"this file would be {member.file_size // 1_000_000} MB unpacked, more than {LARGEST_RATIO} times its "
                    "size: that is no message; fetch the zip again at its source.",
                )
            try:
                file = archive.open(member)
            except (RuntimeError, zipfile.BadZipFile, NotImplementedError):
                raise refused(
                    name,
                    "dit bestand in de zip is versleuteld of beschadigd; pak het uit en lees het los in.",
                    "this file in the zip is encrypted or damaged; unpack it and import it by itself.",
                ) from None
            with file:
                yield name, file


def _of_macos(name: str) -> bool:
    """Whether a member of a zip is what macOS puts beside every file, and no message.

    >>> _of_macos("__MACOSX/._a.xml"), _of_macos("map/a.xml")
    (True, False)
    """
    return name.startswith("__MACOSX/") or Path(name).name.startswith("._")


class Watched:
    """A stream that refuses a document type before the parser sees it: no message has one."""

    def __init__(self, file: IO[bytes], place: str) -> None:
        self.file, self.place, self.tail, self.ended = file, place, b"", False

    def ends_early(self) -> bool:
        """Whether all was read and the last element of a message is not closed."""
        self.read(1)
        return self.ended and not self.tail.rstrip().endswith(b"Bericht>")

    def read(self, size: int = -1) -> bytes:
        """The next bytes.

        Raises
        ------
        UserError
            A document type, or a zip that is damaged further on.
        """
        try:
            chunk = self.file.read(CHUNK if size < 0 else size)
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            if isinstance(error, OSError) and error.errno:
                raise
            raise refused(
                self.place,
                "dit bestand in de zip is beschadigd; haal de zip opnieuw op.",
                "this file in the zip is damaged; fetch the zip again.",
            ) from None
        except Exception as error:  # zlib.error has no common base with the others
            if type(error).__name__ != "error":
                raise
            raise refused(
                self.place,
                "dit bestand in de zip is beschadigd; haal de zip opnieuw op.",
                "this file in the zip is damaged; fetch the zip again.",
            ) from None
        self.ended |= not chunk
        seen = self.tail + chunk
        if any(mark in seen for mark in DOCTYPES):
            raise refused(
                self.place,
                "dit bestand heeft een DOCTYPE, en dat heeft geen enkel bericht; vraag de afzender om het bericht zelf.",
                "this file has a DOCTYPE, which no message has; ask the sender for the message itself.",
            )
        self.tail = seen[-2 * len(DOCTYPES[0]) :]
        return chunk


class Joined:
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, file: Watched) -> None:
        self.head, self.file = head, file

    def read(self, size: int = -1) -> bytes:
        """The next bytes, first those of before."""
        if self.head:
            head, self.head = self.head, b""
            return head
        return self.file.read(size)


def sources(place: str | Path, endings: tuple[str, ...]) -> list[Source]:
    """The files of a place: itself, or those of a folder with one of the endings, in the order of their names.

    Raises
    ------
    UserError
        There is no such place, or nothing of that kind in it.
    """
    path = checked_path("source", place)
    wanted = " of ".join(endings), " or ".join(endings)
    if path.is_file():
        return [Source(path)]
    if not path.is_dir():
        raise UserError(
            f"{path} bestaat niet of is geen gewoon bestand; geef een bestand of map met {wanted[0]}.",
            f"{path} does not exist or is no regular file; give a file or folder with {wanted[1]}.",
            exit_code=2,
        )
    found = [Source(one) for one in sorted(path.rglob("*")) if one.is_file() and one.suffix.lower() in endings]
    if not found:
        raise UserError(
            f"{path} heeft geen bestand met {wanted[0]}; geef de map waar de bestanden staan.",
            f"{path} has no file with {wanted[1]}; give the folder that holds the files.",
            exit_code=2,
        )
    return found
