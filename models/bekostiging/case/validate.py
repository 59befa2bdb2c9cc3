"""What must hold between the tables of a case; every breach is listed, none is repaired.

Rows have been read and checked one by one before (``bekostiging.case.read``). This module owns keys, references
and policy names; ``bekostiging.case.rules`` what must hold between volumes, shares, lots and contracts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import chain, islice

from bekostiging.case.arguments import checked_kind
from bekostiging.case.errors import CaseError, Problem
from bekostiging.case.model import Case
from bekostiging.case.policy_rows import CASE, POLICIES, CasePolicy
from bekostiging.case.rows import Row
from bekostiging.case.rules import RULES
from bekostiging.case.series import NATION
from bekostiging.case.tables import REFERENCES, TABLES

SIMILAR = 0.8
"""How alike names are of which one is offered for the other: two digits changed, not another place."""
MOST_BREACHES = 1000
"""Broken keys and references that are listed at once."""


def validate(case: Case) -> list[Problem]:
    """Return every problem of a case; keys first, because the other rules need them."""
    breaches = chain(_empty_tables(case), _duplicates(case), _references(case), _policies(case))
    keys = list(islice(breaches, MOST_BREACHES))
    if keys:
        return keys
    return [problem for rule in RULES for problem in rule(case)]


def check_case(case: Case) -> None:
    """Refuse a case in which a key, a reference, a policy or a rule between tables is broken.

    Parameters
    ----------
    case : Case
        A case as ``read_case`` returns it, or one of which tables were replaced (``dataclasses.replace``).

    Raises
    ------
    CaseError
        Everything wrong in it, listed together.
    UserError
        No ``Case`` is given.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from bekostiging.case import check_case, synthetic_region
    >>> region = synthetic_region(2, 6)
    >>> check_case(region)
    >>> check_case(replace(region, lots=()))
    Traceback (most recent call last):
    bekostiging.case.errors.CaseError: table lots: this table is empty; fill in a row
    ...
    """
    checked_kind("case", case, Case, "read_case")
    problems = validate(case)
    if problems:
        raise CaseError(problems)


def _rows(case: Case, table: str) -> tuple[Row, ...]:
    """Rows of a table by its name."""
    rows: tuple[Row, ...] = getattr(case, table)
    return rows


def _empty_tables(case: Case) -> Iterator[Problem]:
    """Lots, areas and the like cannot be empty; begroting, layers and history can."""
    for table in ("areas", "municipalities", "care_forms", "providers", "lots", "contracts", "offers", "demand"):
        if not _rows(case, table):
            yield Problem(
                table, "deze tabel is leeg; vul minstens een rij in", "this table is empty; fill in a row"
            )


def _duplicates(case: Case) -> Iterator[Problem]:
    """A key stands once."""
    for table in TABLES:
        yield from repeated_keys(table, _rows(case, table))


def repeated_keys(table: str, rows: Iterable[Row]) -> Iterator[Problem]:
    """A problem per row of a table whose key stood there before."""
    first: dict[tuple[object, ...], int] = {}
    columns = TABLES[table].key
    for row in rows:
        key = tuple(getattr(row, column) for column in columns)
        if key in first:
            shown = " / ".join(str(part) for part in key)
            yield Problem(
                table,
                f"sleutel {shown} staat ook op rij {first[key]}; laat er een staan",
                f"key {shown} is also on row {first[key]}; keep one of them",
                row=row.line,
                column=" + ".join(columns),
            )
        first.setdefault(key, row.line)


def _known(row: Row, column: str, values: Iterable[str], target: str, known: Sequence[str]) -> Iterator[Problem]:
    """Every value is a key of the target table; the nearest key is offered."""
    for value in values:
        if value in known:
            continue
        near = get_close_matches(value, known, 1, cutoff=0.0)
        nl = f"; bedoelt u {near[0]}?" if near else ""
        en = f"; did you mean {near[0]}?" if near else ""
        yield Problem(
            row.table,
            f"'{value}' staat niet in tabel {target}{nl or '; voeg de rij daar toe'}",
            f"'{value}' is not in table {target}{en or '; add the row there'}",
            row=row.line,
            column=column,
        )


def _references(case: Case) -> Iterator[Problem]:
    """Keys into other tables exist."""
    known = {
        "areas": [row.id for row in case.areas],
        "municipalities": [row.code for row in case.municipalities],
        "care_forms": [row.id for row in case.care_forms],
        "providers": [row.id for row in case.providers],
        "lots": [row.id for row in case.lots],
        "risk_factors": [row.id for row in case.risk_factors],
    }
    for table, model in TABLES.items():
        if table == "history":  # may also name municipalities and laws
            continue
        for column in model.model_fields:
            if column not in REFERENCES or column == table:
                continue
            for row in _rows(case, table):
                value = getattr(row, column)
                values = value if isinstance(value, tuple) else (value,) if value else ()
                yield from _known(row, column, values, REFERENCES[column], known[REFERENCES[column]])
    places = [*known["areas"], *known["municipalities"], NATION]
    subjects = [*known["care_forms"], "jeugdwet", "wmo"]
    yield from _places(case, places)
    for record in case.history:
        yield from _known(record, "care_form", (record.care_form,), "care_forms", subjects)
    for policy in case.policy:
        if policy.scope != CASE:
            yield from _known(policy, "scope", (policy.scope,), "lots", known["lots"])


def _places(case: Case, places: Sequence[str]) -> Iterator[Problem]:
    """A place in history is an area, a municipality or the nation; one problem per unknown place, however many rows."""
    first: dict[str, int] = {}
    for record in case.history:
        if record.area not in places:
            first.setdefault(record.area, record.line)
    for place, line in first.items():
        near = get_close_matches(place, places, 1, cutoff=SIMILAR)
        nl = f"; bedoelt u {near[0]}?" if near else ""
        en = f"; did you mean {near[0]}?" if near else ""
        yield Problem(
            "history",
            f"'{place}' is geen gebied en geen gemeente van tabel areas; is deze gemeente opgegaan in een andere, zet dan "
            f"in tabel mergers waarin en vanaf welk jaar, en verbeter anders de naam of voeg het gebied toe{nl}",
            f"'{place}' is not in table areas, as an area or a municipality; if it merged into another municipality, say in "
            f"table mergers into which and from which year, else mend the name or add the area{en}",
            row=line,
            column="area",
        )


def _policies(case: Case) -> Iterator[Problem]:
    """Policy names are known, complete and in range; there is no silent default."""
    lots = {lot.id for lot in case.lots}
    for row in case.policy:
        yield from _known(row, "name", (row.name,), "policy", list(POLICIES))
        known = POLICIES.get(row.name)
        if known is None:
            continue
        wrong = known.kind.wrong(row.name, row.value)
        if wrong is not None:
            yield Problem("policy", *wrong, row=row.line, column="value")
        if isinstance(known, CasePolicy) and row.scope != CASE:
            yield Problem(
                "policy",
                f"{row.name} geldt voor de hele casus; zet scope op case",
                f"{row.name} holds for the whole case; set scope to case",
                row=row.line,
                column="scope",
            )
    for name, known in POLICIES.items():
        scopes = {row.scope for row in case.policy if row.name == name}
        if known.required and CASE not in scopes and (isinstance(known, CasePolicy) or not lots <= scopes):
            yield Problem(
                "policy",
                f"{name} ontbreekt; voeg een rij toe met scope case (er is geen stille standaardwaarde)",
                f"{name} is missing; add a row with scope case (there is no silent default)",
                column="name",
            )
