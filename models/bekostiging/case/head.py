"""The head of a case: name, texts, kind and base year, in case.toml or on the first sheet of a workbook."""

from __future__ import annotations

import re
from typing import Any

from bekostiging.case.errors import LANGUAGES, Problem

KINDS = ("planning", "running")
HEAD: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "title": dict,
    "disclaimer": dict,
    "kind": str,
    "base_year": int,
    "trajectories_per_person": (int, float),
}
"""Every field of the head and the type of its value."""


def head_problems(head: dict[str, Any]) -> list[Problem]:
    """Everything wrong in the head of a case."""
    problems = [
        _problem(key, "ontbreekt of heeft een verkeerd type; vul in", "is missing or has a wrong type; fill it in")
        for key, kind in HEAD.items()
        if not isinstance(head.get(key), kind)
    ]
    for key in ("title", "disclaimer"):
        sentence = head.get(key)
        if isinstance(sentence, dict) and sentence and set(sentence) != set(LANGUAGES):
            problems.append(_problem(key, "geef deze tekst met nl en en", "give this text as nl and en"))
    if isinstance(head.get("name"), str) and not re.fullmatch(r"[\w-]+", head["name"]):
        problems.append(
            _problem(
                "name",
                "mag alleen letters, cijfers en streepjes bevatten; pas de naam aan",
                "may hold letters, digits and dashes only; change the name",
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


def _problem(key: str, nl: str, en: str) -> Problem:
    return Problem("case.toml", nl, en, column=key)
