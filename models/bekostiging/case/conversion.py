"""Folder to workbook and back: the tables as they are, row by row, nothing estimated and nothing left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bekostiging.case.arguments import checked_language, checked_path
from bekostiging.case.errors import Note, UserError
from bekostiging.case.read import SYNTHETIC, Draft, doubted, located, read_draft, source_of, told
from bekostiging.case.region import synthetic_region
from bekostiging.case.scaffold import write_new
from bekostiging.case.write import draft_of


def convert(name: str | Path, target: str | Path, lang: str = "nl") -> tuple[Note, ...]:
    """Write the tables of a case as a workbook or a folder: every row as it is, complete or not, nothing estimated.

    Parameters
    ----------
    name : str or path
        A case as ``read_case`` takes it.
    target : str or path
        The workbook (a name that ends in .xlsx) or folder to make.
    lang : str, default "nl"
        Language of the names in a workbook; in a folder ``nl`` gives semicolons and decimal commas.

    Returns
    -------
    tuple of Note
        What the reader did with it, such as an upgrade of an older workbook; each in Dutch (``nl``) and English (``en``).

    Raises
    ------
    UserError
        No such case, or the target exists.
    CaseError
        A row that cannot be read; the rules between tables are those of ``read_case``.

    Examples
    --------
    >>> from bekostiging.case import convert, read_case
    >>> convert("almere", "almere-copy", "en")
    ()
    >>> read_case("almere-copy").lots == read_case("almere").lots
    True
    """
    target, lang = checked_path("target", target), checked_language("lang", lang)
    draft = draft_from(name)
    if not draft.tables:
        raise UserError(
            f"{name}: hier staat geen enkele tabel; geef een map met CSV-tabellen of een werkboek.",
            f"{name}: there is no table here; give a folder with CSV tables or a workbook.",
        )
    write_new(target, draft, lang)
    return draft.notes


def draft_from(name: str | Path) -> Draft:
    """Read the tables of a case without the rules between them; a problem names its place in the file."""
    if str(name) in SYNTHETIC:
        return draft_of(synthetic_region())
    source = source_of(name if isinstance(name, str) else checked_path("name", name))
    with located(source):
        draft = read_draft(source)
        with doubted(draft):
            return replace(draft, notes=told(source, draft.notes))
