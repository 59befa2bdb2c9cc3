"""What must hold between the tables of a case; every breach is listed, none is repaired.

Rows have been read and checked one by one before (``bekostiging.case.read``). This module owns keys, references
and policy names; ``bekostiging.case.rules`` what must hold between volumes, shares, lots and contracts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import chain, islice

from bekostiging.case.errors import CaseError, Problem
from bekostiging.case.model import Case
from bekostiging.case.policy import CASE_ONLY, NUMBERS, OPTIONAL, WORDS
from bekostiging.case.rows import Row
from bekostiging.case.rules import RULES
from bekostiging.case.series import NATION
from bekostiging.case.tables import REFERENCES, TABLES, Policy

MOST_BREACHES = 1000
"""Breaches of keys that are listed; whoever mends a thousand asks again."""


def validate(case: Case) -> list[Problem]:
    """Return every problem of a case; keys first, because the other rules need them."""
    breaches = chain(_empty_tables(case), _duplicates(case), _references(case), _policies(case))
    keys = list(islice(breaches, MOST_BREACHES))
    if keys:
        return keys
    return [problem for rule in RULES for problem in rule(case)]


def check_case(case: Case) -> None:
    """Nothing is wrong in a case.

    Raises
    ------
    CaseError
        Everything that is.
    """
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
    for table, model in TABLES.items():
        first: dict[tuple[object, ...], int] = {}
        for row in _rows(case, table):
            key = tuple(getattr(row, column) for column in model.key)
            if key in first:
                shown = " / ".join(str(part) for part in key)
                yield Problem(
                    table,
                    f"sleutel {shown} staat ook op rij {first[key]}; laat er een staan",
                    f"key {shown} is also on row {first[key]}; keep one of them",
                    row=row.line,
                    column=" + ".join(model.key),
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
    for record in case.history:
        yield from _known(record, "area", (record.area,), "areas", places)
        yield from _known(record, "care_form", (record.care_form,), "care_forms", subjects)
    for policy in case.policy:
        if policy.scope != "case":
            yield from _known(policy, "scope", (policy.scope,), "lots", known["lots"])


def _policies(case: Case) -> Iterator[Problem]:
    """Policy names are known, complete and in range; there is no silent default."""
    names = [*NUMBERS, *WORDS]
    given = {row.name for row in case.policy if row.scope == "case"}
    for row in case.policy:
        yield from _known(row, "name", (row.name,), "policy", names)
        yield from _policy_value(row)
        if row.name in CASE_ONLY and row.scope != "case":
            yield Problem(
                "policy",
                f"{row.name} geldt voor de hele casus; zet scope op case",
                f"{row.name} holds for the whole case; set scope to case",
                row=row.line,
                column="scope",
            )
    for name in names:
        own = {row.scope for row in case.policy if row.name == name}
        if name in given or name in OPTIONAL or (name not in CASE_ONLY and {lot.id for lot in case.lots} <= own):
            continue
        yield Problem(
            "policy",
            f"{name} ontbreekt; voeg een rij toe met scope case (er is geen stille standaardwaarde)",
            f"{name} is missing; add a row with scope case (there is no silent default)",
            column="name",
        )


def _policy_value(row: Policy) -> Iterator[Problem]:
    """A policy's value is a number in its range or one of its words."""
    if row.name in WORDS and row.value not in WORDS[row.name]:
        choices = ", ".join(WORDS[row.name])
        near = get_close_matches(row.value, WORDS[row.name], 1, cutoff=0.0)[0]
        yield Problem(
            "policy",
            f"'{row.value}' is geen keuze voor {row.name} ({choices}); bedoelt u {near}?",
            f"'{row.value}' is no choice for {row.name} ({choices}); did you mean {near}?",
            row=row.line,
            column="value",
        )
    if row.name in NUMBERS:
        low, high = NUMBERS[row.name]
        try:
            inside = low <= float(row.value) <= high
        except ValueError:
            inside = False
        if not inside:
            yield Problem(
                "policy",
                f"{row.name} is {row.value}, toegestaan is een getal van {low:g} tot en met {high:g}; verbeter het",
                f"{row.name} is {row.value}, allowed is a number from {low:g} to {high:g}; mend it",
                row=row.line,
                column="value",
            )
