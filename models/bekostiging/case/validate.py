"""What must hold between the tables of a case; every breach is listed, none is repaired.

Rows have been read and checked one by one before (``bekostiging.case.read``). This module owns keys, references
and policy names; ``bekostiging.case.rules`` what must hold between volumes, shares, lots and contracts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from bekostiging.case.arguments import checked_kind
from bekostiging.case.errors import CaseError, Problem
from bekostiging.case.folded import near
from bekostiging.case.keys import unknown_keys
from bekostiging.case.model import Case
from bekostiging.case.numbers import in_nl
from bekostiging.case.policy_rows import CASE, POLICIES, CasePolicy
from bekostiging.case.rows import Row
from bekostiging.case.rules import RULES
from bekostiging.case.tables import TABLES, Policy
from bekostiging.case.workbook.names import policy_name
from bekostiging.case.year_tables import YEAR_TABLES

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
    columns = (TABLES | YEAR_TABLES)[table].key
    for row in rows:
        key = tuple(getattr(row, column) for column in columns)
        if key in first:
            shown = " / ".join(_part(part) for part in key if part not in (None, ""))
            yield Problem(
                table,
                f"sleutel {shown} staat ook op rij {first[key]}; laat er een staan",
                f"key {shown} is also on row {first[key]}; keep one of them",
                row=row.line,
                column=" + ".join(columns),
            )
        first.setdefault(key, row.line)


def _part(part: object) -> str:
    """A part of a key as a sentence has it."""
    return in_nl(part) if isinstance(part, float) else str(part)


def _references(case: Case) -> Iterator[Problem]:
    """Keys into other tables exist."""
    yield from unknown_keys({table: _rows(case, table) for table in TABLES})


def _policies(case: Case) -> Iterator[Problem]:
    """Policy names are known, complete and in range; there is no silent default."""
    lots = {lot.id for lot in case.lots}
    yield from policies_wrong(case.policy)
    slips = {_likely(row) for row in case.policy if row.name not in POLICIES}
    for name, known in POLICIES.items():
        if slips & {name, policy_name(name, "nl")}:
            continue
        scopes = {row.scope for row in case.policy if row.name == name}
        if known.required and CASE not in scopes and (isinstance(known, CasePolicy) or not lots <= scopes):
            yield Problem(
                "policy",
                f"{name} ontbreekt; voeg een rij toe met scope case (er is geen stille standaardwaarde)",
                f"{name} is missing; add a row with scope case (there is no silent default)",
                column="name",
            )


def policies_wrong(rows: Iterable[Policy]) -> Iterator[Problem]:
    """Rows of policy that are wrong by themselves: no such name, another value than it may have, another scope."""
    for row in rows:
        known = POLICIES.get(row.name)
        if known is None:
            yield _no_policy(row)
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


def _likely(row: Policy) -> str | None:
    """The name of a policy, in either language, that another name is near to."""
    return near(row.name, [*POLICIES, *(policy_name(name, "nl") for name in POLICIES)])


def _no_policy(row: Policy) -> Problem:
    """A name that is no policy; the nearest is offered."""
    likely = _likely(row)
    nl = f"bedoelt u {likely}?" if likely else "kies een naam uit de uitleg van deze tabel"
    en = f"did you mean {likely}?" if likely else "choose a name from the explanation of this table"
    return Problem(
        "policy",
        f"'{row.name}' is geen naam van beleid; {nl}",
        f"'{row.name}' is no name of a policy; {en}",
        row=row.line,
        column="name",
        given=row.name,
    )
