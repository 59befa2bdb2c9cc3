"""A case in one file, as a result folder keeps it beside what was computed from it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bekostiging.case.arguments import checked_kind, checked_path, kinds_checked
from bekostiging.case.errors import UserError, in_language
from bekostiging.case.inputs import HEAD, input_files
from bekostiging.case.model import Case
from bekostiging.case.read import read_case
from bekostiging.case.tables import TABLES
from bekostiging.case.write import write_case

KEPT = "case.zip"
"""Its name in a result folder."""
DISTRIBUTION = "factor_distribution.txt"
"""Names a distribution of the risk factors from outside the package, which no table holds."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can say: equal cases are equal bytes."""
LARGEST = 200 * 1024 * 1024
"""Bytes of a table; a larger one is no table of a case."""


@dataclass(frozen=True)
class KeptCase:
    """A case that was read back; ``distribution``: name of the distribution of its risk factors where that is not in it.

    Examples
    --------
    >>> from bekostiging.case import KeptCase, read_case
    >>> KeptCase(read_case("veenrand"), distribution="").case.first_year
    2028
    """

    case: Case
    distribution: str


@kinds_checked
def packed_case(case: Case) -> bytes:
    """The tables of a case in one zip; equal cases give equal bytes.

    Parameters
    ----------
    case : Case
        A validated case, its providers numbered by the caller where they must be.

    Returns
    -------
    bytes
        A zip with case.toml and every table; the numbers are those of the case to the last bit.

    Examples
    --------
    >>> from bekostiging.case import packed_case, read_case
    >>> packed_case(read_case("veenrand")) == packed_case(read_case("veenrand"))
    True
    """
    checked_kind("case", case, Case, "read_case")
    with TemporaryDirectory() as place:
        write_case(case, place, "en")
        files = input_files(place)
    if case.factor_distribution is not None:
        files[DISTRIBUTION] = in_language(case.factor_distribution.name, "en").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # alike on every system
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


@kinds_checked
def unpacked_case(file: Path | str) -> KeptCase:
    """The case of a zip that ``packed_case`` made, validated as any case.

    Parameters
    ----------
    file : str or path
        The zip.

    Returns
    -------
    KeptCase
        The case, and what of it the zip cannot hold.

    Raises
    ------
    UserError
        No such zip, or something in it that no case has.
    CaseError
        Everything wrong in its tables.

    Examples
    --------
    >>> from bekostiging.case import packed_case, read_case, unpacked_case
    >>> written = Path("case.zip").write_bytes(packed_case(read_case("veenrand")))
    >>> unpacked_case("case.zip").case.first_year
    2028
    """
    file = checked_path("file", file)
    try:
        with zipfile.ZipFile(file) as archive:
            files = {one.filename: archive.read(one) for one in _listed(file, archive)}
    except (OSError, zipfile.BadZipFile) as error:
        raise _no_case(file, str(error), str(error)) from None
    distribution = files.pop(DISTRIBUTION, b"").decode(errors="replace")
    with TemporaryDirectory() as place:
        for name, content in files.items():
            (Path(place) / name).write_bytes(content)
        return KeptCase(read_case(place), distribution)


def _listed(file: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """What the zip holds, when it is nothing but the files of a case."""
    known = {HEAD, DISTRIBUTION, *(f"{table}.csv" for table in TABLES)}
    for one in archive.infolist():
        if one.filename not in known:
            raise _no_case(
                file, f"{one.filename} hoort niet in een casus", f"{one.filename} does not belong in a case"
            )
        if one.file_size > LARGEST:
            raise _no_case(file, f"{one.filename} is te groot", f"{one.filename} is too large")
    return archive.infolist()


def _no_case(file: Path, nl: str, en: str) -> UserError:
    """A file that is not what a result folder keeps."""
    return UserError(
        f"{file} is geen casus zoals een map met resultaten die bewaart ({nl}); maak het resultaat opnieuw.",
        f"{file} is no case as a result folder keeps it ({en}); make the result again.",
    )
