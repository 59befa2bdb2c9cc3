"""The head of a case: name, texts, kind and base year, in case.toml or on the first sheet of a workbook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bekostiging.case.core_tables import LAWS, Index
from bekostiging.case.errors import LANGUAGES, Problem
from bekostiging.case.fields import bounds
from bekostiging.case.numbers import in_en, in_nl

KINDS = ("planning", "running")
HEAD: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "title": dict,
    "disclaimer": dict,
    "kind": str,
    "base_year": int,
    "trajectories_per_person": (int, float, dict),
}
"""Every field that the head must have and the type of its value."""
MOST_TRAJECTORIES = 100
"""Per client in a year: two a week."""
NAMES = ("", "real", "invented")
OPTIONAL = ("names", "not_bsn")
"""Texts that the head may have, empty where it does not: whether the names of providers are real or invented (empty: as they
look), and numbers that are no citizen service number."""


def head_of(head: dict[str, Any]) -> dict[str, Any]:
    """The fields of the head alone; texts that may be absent are empty then."""
    return {key: head.get(key) for key in HEAD} | {key: head.get(key, "") for key in OPTIONAL}


SMALL = ("name", "title", "kind", "names")
"""What the head of a small start may say; the rest follows from its tables."""


def small_head(head: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """What a small start says of itself; what it leaves open is not in it. Contracts that run protect their names."""
    said = {key: head[key] for key in SMALL if head.get(key)}
    whole = {
        "name": "x",
        "title": {},
        "disclaimer": {},
        "kind": "running",
        "base_year": 2000,
        "trajectories_per_person": 1,
    }
    problems += head_problems(whole | said)
    return said


def head_problems(head: dict[str, Any]) -> list[Problem]:
    """Everything wrong in the head of a case."""
    problems = [
        _problem(key, "ontbreekt of heeft een verkeerd type; vul in", "is missing or has a wrong type; fill it in")
        for key, kind in HEAD.items()
        if not isinstance(head.get(key), kind)
    ]
    problems += _trajectory_problems(head.get("trajectories_per_person"))
    for key in ("title", "disclaimer"):
        sentence = head.get(key)
        if not isinstance(sentence, dict) or not sentence:
            continue
        if set(sentence) != set(LANGUAGES):
            problems.append(_problem(key, "geef deze tekst met nl en en", "give this text as nl and en"))
        elif not all(isinstance(text, str) for text in sentence.values()):
            problems.append(
                _problem(
                    key,
                    "is geen tekst; zet nl en en tussen aanhalingstekens",
                    "is no text; put nl and en in quotes",
                )
            )
    problems += _year_problems(head.get("base_year"))
    if isinstance(head.get("name"), str) and not re.fullmatch(r"[\w-]+", head["name"]):
        problems.append(
            _problem(
                "name",
                "mag alleen letters, cijfers en streepjes bevatten; pas de naam aan",
                "may hold letters, digits and dashes only; change the name",
            )
        )
    problems += [
        _problem(key, "moet tekst tussen aanhalingstekens zijn", "must be text between quotes")
        for key in OPTIONAL
        if not isinstance(head.get(key, ""), str)
    ]
    if isinstance(head.get("names", ""), str) and head.get("names", "") not in NAMES:
        problems.append(
            _problem(
                "names",
                "moet real (echte namen) of invented (verzonnen) zijn; kies er een, of laat het weg",
                "must be real or invented; choose one, or leave it out",
            )
        )
    if head.get("kind") not in KINDS:
        problems.append(
            _problem(
                "kind",
                "moet planning of running zijn; kies er een",
                "must be planning or running; choose one",
            )
        )
    return problems


def _year_problems(given: object) -> list[Problem]:
    """The base year is a calendar year as the tables know them."""
    own = bounds(Index.model_fields["year"])
    if not isinstance(given, int) or (not isinstance(given, bool) and own.low <= given <= own.high):
        return []
    return [
        _problem(
            "base_year",
            f"is geen kalenderjaar van {in_nl(own.low)} tot en met {in_nl(own.high)}; vul het jaar van de aantallen in",
            f"is no calendar year from {in_en(own.low)} to {in_en(own.high)}; fill in the year of the volumes",
        )
    ]


def _trajectory_problems(given: object) -> list[Problem]:
    """Trajectories per client: one number for all laws, or one per law, each above zero."""
    if given is not None and not isinstance(given, int | float | dict):
        return []  # told as a wrong type
    values = given if isinstance(given, dict) else {LAWS[0]: given}
    if unknown := [str(law) for law in values if law not in LAWS]:
        return [
            _problem(
                "trajectories_per_person",
                f"kent geen wet {', '.join(unknown)}; geef een getal voor alle wetten, of een per wet: {', '.join(LAWS)}",
                f"knows no law {', '.join(unknown)}; give one number for all laws, or one per law: {', '.join(LAWS)}",
            )
        ]
    wrong = [
        value
        for value in values.values()
        if value is not None
        and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MOST_TRAJECTORIES)
    ]
    if not wrong and values:
        return []
    return [
        _problem(
            "trajectories_per_person",
            f"moet boven nul liggen en hoogstens {MOST_TRAJECTORIES} zijn, voor alle wetten samen of per wet; landelijk is "
            "het ongeveer 1,40 per jongere",
            f"must be above zero and at most {MOST_TRAJECTORIES}, for all laws together or per law; nationally it is about "
            "1.40 per youth",
        )
    ]


def _problem(key: str, nl: str, en: str) -> Problem:
    return Problem("case.toml", nl, en, column=key)
