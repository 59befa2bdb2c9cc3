"""The case that is estimated from areas, begroting, history, contracts and policy, and what of it was estimated.

What history tells is used: clients, durations and hours (``demand``), tariffs and market shares (``offers``), growth over
the years (``growth``) and its spread (``case.spread``). What it does not tell is taken from the embedded worked example and
says so in every row: illustrative, to be replaced. Any other table that lies in the folder is taken as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bekostiging.case.arguments import checked_kind, checked_path, checked_texts, wrong_argument
from bekostiging.case.errors import ArgumentError
from bekostiging.case.from_history.assemble import EXAMPLE, Estimates
from bekostiging.case.model import Case
from bekostiging.case.read import (
    SPREADSHEETS,
    doubted,
    located,
    of_today,
    read_case,
    read_draft,
    refuse_other_kinds,
    source_of,
    told,
    validated,
)
from bekostiging.case.tables import ASKED, TABLES


def case_from_history(source: str | Path, name: str) -> Case:
    """Estimate a whole case from five tables: areas, begroting, history, contracts and policy.

    What history tells is used; what it does not tell is taken from the worked example and marked ``illustrative``. Any other
    table that is there is taken as it is.

    Parameters
    ----------
    source : str or path
        A folder or a workbook with those tables; ``scaffold_history`` makes one to fill.
    name : str
        Name and title of the case.

    Returns
    -------
    Case
        A validated case; ``estimated_tables`` lists what was not brought.

    Raises
    ------
    UserError
        No such folder or workbook.
    CaseError
        A table is missing or wrong; a care form or lot of which nothing is known.

    Examples
    --------
    >>> from bekostiging.case import case_from_history, scaffold_history
    >>> scaffold_history("start", "en")
    >>> case = case_from_history("start", "my-region")
    >>> case.name, case.base_year, len(case.providers)
    ('my-region', 2025, 5)
    """
    place = checked_path("source", source)
    if not isinstance(name, str) or not name.strip():
        raise wrong_argument("name", name, "geef een naam voor de casus", "give a name for the case")
    refuse_other_kinds(place)
    if not place.is_dir() and place.suffix.lower() not in SPREADSHEETS:
        wanted = ", ".join(f"{table}.csv" for table in ASKED)
        raise ArgumentError(
            "source",
            f"source {place}: deze map is er niet; maak haar met {wanted} (uitleg per tabel: `bekostiging new`), of geef "
            "een werkboek (`bekostiging new klein.xlsx --from history`).",
            f"source {place}: there is no such folder; make it with {wanted} (explanation per table: `bekostiging new`), or "
            "give a workbook (`bekostiging new small.xlsx --from history`).",
        )
    origin = source_of(place)
    example = read_case(EXAMPLE)
    # a lot of the small start is named after its care form
    beside = {} if "care_forms" in origin.tables() else dict.fromkeys(("care_forms", "lots"), example.care_forms)
    with located(origin):
        read = read_draft(origin, ASKED, head="small", beside=beside)
        with doubted(read):
            draft = of_today(read, beside)
            return validated(
                Estimates(draft.tables, example).case(name, told(origin, draft.notes), draft.head or {})
            )


def tables_in(source: str | Path) -> tuple[str, ...]:
    """Names of the tables that a folder or workbook holds, in the order of the documentation.

    Parameters
    ----------
    source : str or path
        A folder with CSV tables or a workbook.

    Returns
    -------
    tuple of str
        Such as ``("areas", "demand")``.

    Raises
    ------
    UserError
        There is no such folder or workbook.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region, tables_in, write_case
    >>> write_case(synthetic_region(2, 6), "written", "en")
    >>> "demand" in tables_in("written"), "shocks" in tables_in("written")
    (True, False)
    """
    return source_of(checked_path("source", source)).tables()


def estimated_tables(case: Case, given: Sequence[str]) -> list[tuple[str, int, str]]:
    """What was estimated in a case, by table and origin.

    Parameters
    ----------
    case : Case
        A case that ``case_from_history`` estimated.
    given : sequence of str
        Tables that were brought, as ``tables_in`` names them; they are left out.

    Returns
    -------
    list of (str, int, str)
        Table, number of rows, and their status and source.

    Raises
    ------
    UserError
        An argument of another kind.

    Examples
    --------
    >>> from bekostiging.case import TABLES, estimated_tables, synthetic_region
    >>> estimated_tables(synthetic_region(2, 6), [name for name in TABLES if name != "travel"])
    [('travel', 4, 'illustrative: synthetic_region')]
    """
    checked_kind("case", case, Case, "case_from_history")
    given = checked_texts("given", given)
    origins: list[tuple[str, int, str]] = []
    for table in TABLES:
        if table in given:
            continue
        rows = getattr(case, table)
        sources = dict.fromkeys(f"{row.status}: {row.source}" for row in rows)
        origins += [
            (table, sum(f"{row.status}: {row.source}" == source for row in rows), source) for source in sources
        ]
    return origins
