"""Opening a dossier of somebody else: nothing is read outside it, unpacked beyond a limit or believed without a check.

A zip may say what it likes. So, before anything is unpacked: how many files, how large, how they are packed, and that every
name is a plain place of a dossier. Then every byte against the manifest, and the manifest against its closed model.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bekostiging.case import UserError
from bekostiging.case.arguments import shown_value
from bekostiging.case.read import SPREADSHEETS, SYNTHETIC
from bekostiging.report.kit.manifest import MANIFEST
from bekostiging.report.tender.about import SETTINGS, About, Settings, about_of, settings_of
from bekostiging.report.tender.dossier import DIGEST, INPUTS, RESULTS, SUITE
from bekostiging.studies.tender.suite import Suite, suite_of

MOST_PACKED, MOST_UNPACKED = 256 * 2**20, 512 * 2**20
"""Bytes of a dossier, packed and not; one of 342 municipalities takes some tens of millions."""
MOST_FILES, MOST_DIRECTORY = 10_000, 4 * 2**20
"""Files, and bytes of the list of them, which the reader of zips keeps whole."""
MOST_RATIO, SMALL = 400, 2**20
"""Unpacked over packed bytes of a file beyond a million bytes: tables reach tens, a bomb a thousand."""
DEEPEST, DEEPEST_RESULTS = 8, 40
"""Folders in each other, and lists in each other in results.json (it has some ten)."""
END, LARGE_END = b"PK\x05\x06", b"PK\x06\x06"
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip
"""What a changed byte makes the readers of a zip raise."""
REMEDY = {"nl": "vraag het opnieuw op bij wie het schreef", "en": "ask who wrote it for it again"}


@dataclass(frozen=True)
class Dossier:
    """An opened dossier: what its manifest says, its files, and the names of those that were changed afterwards."""

    about: About
    settings: Settings | None
    """None for a command that this version does not know."""
    suite: Suite | None
    """Of a benchmark."""
    files: Mapping[str, bytes]
    changed: tuple[str, ...]
    results: dict[str, Any]
    """The content of results.json."""


def open_dossier(path: Path) -> Dossier:
    """Open a dossier and check every byte of it.

    Raises
    ------
    UserError
        No file, no dossier, cut off, damaged or made to harm: the file in it is named.
    """
    content = _content(path)
    try:
        if _directory(content) > MOST_DIRECTORY:
            raise _refused(path, "heeft te veel bestanden voor een dossier", "has too many files for a dossier")
        archive = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGE:
        raise _cut_off(path) from None
    with archive:
        files = _unpacked(path, archive)
        comment = archive.comment
    if 0 < len(comment) < DIGEST:
        raise _cut_off(path)
    if (
        MANIFEST not in files
        or f"{RESULTS}/results.json" not in files
        or b'"bekostiging dossier' not in files[MANIFEST]
    ):
        raise _no_dossier(path)
    about = about_of(files[MANIFEST], path)
    wanted = about.sha256
    changed = tuple(
        name
        for name in sorted({*wanted, *files} - {MANIFEST})
        if name not in files or hashlib.sha256(files[name]).hexdigest() != wanted.get(name)
    )
    if not changed and comment != hashlib.sha256(content[: len(content) - len(comment)]).hexdigest().encode():
        raise UserError(
            f"Dossier {path} is na het schrijven gewijzigd: de bestanden erin kloppen, {MANIFEST} of de zip zelf niet meer "
            "(opnieuw ingepakt?); gebruik het oorspronkelijke bestand.",
            f"Dossier {path} was changed after it was written: the files in it are right, {MANIFEST} or the zip itself is "
            "not (packed again?); use the original file.",
        )
    results = _results(path, files[f"{RESULTS}/results.json"])
    if about.public or about.command not in SETTINGS:
        return Dossier(about, None, None, files, changed, results)
    settings = settings_of(about.command, about.settings, f"Dossier {path}, {MANIFEST}, settings")
    suite = _suite(path, files, about) if about.command == "benchmark" else None
    _check_cases(path, about, suite, files)
    return Dossier(about, settings, suite, files, changed, results)


def _content(path: Path) -> bytes:
    """The file, when it can be a dossier."""
    if not path.is_file():
        raise UserError(
            f"Dossier {path} bestaat niet of is geen bestand; geef het zip-bestand dat als dossier is geschreven.",
            f"Dossier {path} does not exist or is no file; give the zip file that was written as dossier.",
            exit_code=2,
        )
    try:
        if path.stat().st_size > MOST_PACKED:
            raise _refused(
                path,
                f"is groter dan {MOST_PACKED // 2**20} MB, wat geen dossier is",
                f"is larger than {MOST_PACKED // 2**20} MB, which no dossier is",
            )
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"Dossier {path} kan niet worden gelezen ({error.strerror}); controleer de rechten.",
            f"Dossier {path} cannot be read ({error.strerror}); check its rights.",
            exit_code=2,
        ) from None
    if not content.startswith(b"PK\x03\x04"):
        raise _no_dossier(path)
    return content


def _directory(content: bytes) -> int:
    """Bytes that the list of files says to take, in any place where a reader may look for it; a dossier needs no zip64."""
    if LARGE_END in content[-2 * 2**16 :]:
        return MOST_DIRECTORY + 1
    ends = {len(content) - 22, content.rfind(END)}
    return max(
        (int.from_bytes(content[end + 12 : end + 16], "little") for end in ends if content[end : end + 4] == END),
        default=0,
    )


def _unpacked(path: Path, archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Every file of a zip that is within limits."""
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_FILES or size > MOST_UNPACKED:
        raise _refused(
            path,
            f"is uitgepakt te groot voor een dossier ({len(entries)} bestanden, {size / 2**20:.0f} MB; hoogstens "
            f"{MOST_FILES} en {MOST_UNPACKED // 2**20} MB)",
            f"is too large for a dossier when unpacked ({len(entries)} files, {size / 2**20:.0f} MB; at most "
            f"{MOST_FILES} and {MOST_UNPACKED // 2**20} MB)",
        )
    seen: dict[str, str] = {}
    for entry in entries:
        shown = shown_value(entry.filename)
        for nl, en in _objections(entry, seen):
            raise _refused(path, f"{nl} ({shown})", f"{en} ({shown})")
    files = {}
    for entry in entries:
        try:
            with archive.open(entry) as file:
                # one byte more than it says to be: without a number the reader unpacks all there is
                files[entry.filename] = file.read(entry.file_size + 1)
        except DAMAGE:
            raise UserError(
                f"Dossier {path} is beschadigd in {entry.filename}; {REMEDY['nl']}.",
                f"Dossier {path} is damaged in {entry.filename}; {REMEDY['en']}.",
            ) from None
    return files


def _objections(entry: zipfile.ZipInfo, seen: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong with a file before it is unpacked; ``seen``: earlier names as a system that ignores case sees them."""
    name = entry.filename
    if not _is_plain(name):
        yield "heeft een bestand op een plaats die geen dossier heeft", "has a file in a place that no dossier has"
    folded = unicodedata.normalize("NFC", name).casefold()
    if folded in seen:
        yield "heeft twee bestanden met dezelfde naam", "has two files of one name"
    seen[folded] = name
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        yield "heeft een verwijzing in plaats van een bestand", "has a link instead of a file"
    if entry.flag_bits & 0x1:
        yield "heeft een bestand met een wachtwoord", "has a file with a password"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield "heeft een bestand dat anders is ingepakt", "has a file that is packed otherwise"
    if entry.file_size > max(SMALL, MOST_RATIO * entry.compress_size):
        yield "heeft een bestand dat uitgepakt onmogelijk groot wordt", "has a file that becomes impossibly large"


def _is_plain(name: str) -> bool:
    """Whether a name is that of a file of a dossier, on any system."""
    parts = name.split("/")
    if not name.isprintable() or len(name) > 400 or len(parts) > DEEPEST:
        return False
    if any(not part or part.endswith((".", " ")) or set(part) & set('\\:*?"<>|') for part in parts):
        return False
    place = parts[0]
    return (
        name in (MANIFEST, SUITE) or (place == INPUTS and len(parts) == 3) or (place == RESULTS and len(parts) > 1)
    )


def _results(path: Path, content: bytes) -> dict[str, Any]:
    """The content of results.json: a table of tables that is not too deep to be gone through."""
    try:
        results = json.loads(content, parse_constant=_no_number)
        level, depth = [results], 0
        while level and depth <= DEEPEST_RESULTS:
            depth += 1
            parts = (node.values() if isinstance(node, dict) else node for node in level)
            level = [one for part in parts for one in part if isinstance(one, dict | list)]
    except (ValueError, RecursionError):
        results, level = None, []
    if not isinstance(results, dict) or level:
        raise UserError(
            f"Dossier {path} is beschadigd in {RESULTS}/results.json; {REMEDY['nl']}.",
            f"Dossier {path} is damaged in {RESULTS}/results.json; {REMEDY['en']}.",
        )
    return results


def _no_number(word: str) -> float:
    """NaN and infinity are no results."""
    raise ValueError(word)


def _suite(path: Path, files: Mapping[str, bytes], about: About) -> Suite:
    """The suite of a benchmark, with the numbers that its manifest says."""
    try:
        suite = suite_of(files[SUITE].decode(), SUITE)
    except (KeyError, UnicodeDecodeError):
        raise _refused(path, f"heeft geen leesbaar bestand {SUITE}", f"has no readable file {SUITE}") from None
    except UserError as error:
        raise UserError(f"Dossier {path}: {error.text('nl')}", f"Dossier {path}: {error.text('en')}") from None
    if any(getattr(suite, name) != value for name, value in about.settings.items()):
        raise _refused(
            path,
            f"heeft in {SUITE} andere aantallen dan in {MANIFEST}",
            f"has other numbers in {SUITE} than in {MANIFEST}",
        )
    return suite


def _check_cases(path: Path, about: About, suite: Suite | None, files: Mapping[str, bytes]) -> None:
    """Every case stands in the dossier, or is a region that is made from numbers; nothing is read from elsewhere."""
    made = {*SYNTHETIC, *(size.name for size in (suite.region if suite is not None else ()))}
    names = [case.name for case in about.cases]
    if not names or len(names) != len(set(names)) or (suite is None and len(names) != 1):
        raise _refused(path, "heeft niet de casussen die erbij horen", "does not have the cases that belong to it")
    for case in about.cases:
        folder = f"{INPUTS}/{case.name}"
        if case.path is None:
            whole = case.name in made
        elif case.path == folder:
            whole = any(name.startswith(f"{folder}/") for name in files)
        else:
            whole = (
                case.path in files
                and case.path.startswith(f"{folder}/")
                and case.path.lower().endswith(SPREADSHEETS)
            )
        if not whole:
            raise _refused(path, f"heeft casus {case.name} niet in zich", f"does not hold case {case.name}")


def _refused(path: Path, nl: str, en: str) -> UserError:
    """A dossier that is not as bekostiging writes them."""
    return UserError(f"Dossier {path} {nl}; {REMEDY['nl']}.", f"Dossier {path} {en}; {REMEDY['en']}.")


def _no_dossier(path: Path) -> UserError:
    return UserError(
        f"{path} is geen dossier van bekostiging; geef het zip-bestand dat als dossier is geschreven.",
        f"{path} is no dossier of bekostiging; give the zip file that was written as dossier.",
    )


def _cut_off(path: Path) -> UserError:
    return UserError(
        f"Dossier {path} is afgebroken of beschadigd: het einde van de zip is niet te lezen; {REMEDY['nl']}.",
        f"Dossier {path} is cut off or damaged: the end of the zip cannot be read; {REMEDY['en']}.",
    )
