"""The files a case is made of, for a dossier; and the tables of it that bidders may have."""

from __future__ import annotations

import csv
import io
import math
from importlib.resources import files
from pathlib import Path

from bekostiging.case.arguments import checked_kind, checked_path
from bekostiging.case.model import Case
from bekostiging.case.read import EMBEDDED
from bekostiging.case.rows import Row, columns
from bekostiging.case.tables import TABLES

HEAD = "case.toml"
SMALL, STEP = 10, 5
"""Public: counts below ten are left empty, others rounded to fives."""
PUBLIC_TABLES = ("areas", "municipalities", "care_forms", "lots", "indices", "shocks", "demand", "history")
"""What is bought, where and for how many: no provider, no policy (what the municipality would pay at most)."""
COUNTS = {"demand": ("clients_at_start", "starts_per_year"), "history": ("clients", "starts")}
AMOUNTS = ("units", "euro_realised", "euro_begroot")
LEFT_OUT = ("source", "reserve", "resistance_required", "resistance_available")
"""Left out of public tables: a provider may be named in a source, and cover is what the municipality could pay at most."""


def input_files(name: str | Path) -> dict[str, bytes]:
    """Contents of the files of a case by their name: those of its folder that are read, or the workbook it is.

    Parameters
    ----------
    name : str or path
        A case as ``read_case`` takes it.

    Returns
    -------
    dict of str to bytes
        Empty for a synthetic region, which has no files.

    Raises
    ------
    UserError
        Something else than a name or path.

    Examples
    --------
    >>> from bekostiging.case import input_files
    >>> "demand.csv" in input_files("almere"), input_files("region")
    (True, {})
    """
    if not isinstance(name, str):
        name = checked_path("name", name)
    if str(name) in EMBEDDED:
        folder = files("bekostiging.case") / "embedded" / str(name)
        return {one.name: one.read_bytes() for one in folder.iterdir() if _is_read(one.name)}
    path = Path(name)
    if path.is_file():
        return {path.name: path.read_bytes()}
    if path.is_dir():
        return {one.name: one.read_bytes() for one in path.iterdir() if one.is_file() and _is_read(one.name)}
    return {}


def _is_read(name: str) -> bool:
    """Whether a file of a case folder is part of the case: notes beside it stay where they are."""
    return name == HEAD or (name.endswith(".csv") and name.removesuffix(".csv") in TABLES)


def public_tables(case: Case) -> dict[str, str]:
    """The tables that bidders may have: counts below ten left out, other counts rounded to fives, amounts to three digits.

    Providers and policy (what the municipality would pay at most) are left out.

    Parameters
    ----------
    case : Case
        A validated case.

    Returns
    -------
    dict of str to str
        CSV text by the name of its file.

    Raises
    ------
    UserError
        No ``Case`` is given.

    Examples
    --------
    >>> from bekostiging.case import public_tables, synthetic_region
    >>> list(public_tables(synthetic_region(2, 6)))[:3]
    ['areas.csv', 'municipalities.csv', 'care_forms.csv']
    """
    checked_kind("case", case, Case, "read_case")
    texts = {}
    for name in PUBLIC_TABLES:
        rows: tuple[Row, ...] = getattr(case, name)
        names = [column for column in columns(TABLES[name]) if column not in LEFT_OUT]
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_public_row(name, row, names) for row in rows])
        texts[f"{name}.csv"] = out.getvalue()
    return texts


def _public_row(table: str, row: Row, names: list[str]) -> list[str]:
    """A row with its counts rounded; one with a small count, or amounts without any count, keeps its key alone."""
    counted = COUNTS.get(table, ())
    counts = [value for column in counted if (value := getattr(row, column)) is not None]
    hidden = bool(counted) and (not counts or min(counts) < SMALL)
    cells = []
    for column in names:
        value = getattr(row, column)
        if value is None or (hidden and column not in type(row).key):
            cells.append("")
        elif column in counted:
            cells.append(str(STEP * round(value / STEP)))
        elif column in AMOUNTS:
            cells.append(str(_three_digits(value)))
        else:
            cells.append("|".join(value) if isinstance(value, tuple) else str(value))
    return cells


def _three_digits(value: float) -> int:
    """Rounded to three significant digits."""
    return 0 if value == 0 else int(round(value, min(0, 2 - math.floor(math.log10(abs(value))))))
