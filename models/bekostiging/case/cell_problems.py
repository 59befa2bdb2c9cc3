"""What is wrong with a cell, in one sentence: the value, the rule, the remedy."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

from pydantic.fields import FieldInfo

from bekostiging.case.bsn import mask
from bekostiging.case.errors import Problem
from bekostiging.case.fields import choices, leaf, reason
from bekostiging.case.folded import folded, meant, near
from bekostiging.case.numbers import written
from bekostiging.case.quantities import NEAR_ZERO
from bekostiging.case.rows import Assumption, Row
from bekostiging.case.workbook.names import choice_names
from bekostiging.case.year_tables import NO_DATE
from bekostiging.characters import visible

LONGEST_SHOWN = 60
"""Characters of a wrong cell that its problem repeats."""
MOST_CHOICES = 12
LONGEST_CHOICE = 30
"""Characters of a choice with an addition, such as "Wmo 2015"."""
_EXPONENT = re.compile(r"-?\d+(?:\.\d+)?e[+-]?\d+")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")
_NOT_KNOWN = {
    "n.v.t.",
    "nvt",
    "n.b.",
    "nb",
    "n.n.b.",
    "nnb",
    "onbekend",
    "geen",
    "?",
    "n/a",
    "na",
    "unknown",
    "none",
}
"""What people write where they have no number."""
_SYMBOLS = (".", "x", "-")
"""What a table of StatLine has in place of a number: not known, confidential, none."""


def shortened(text: str) -> str:
    """A text as a problem repeats it: on one line, masked, and not longer than a line."""
    line = mask(visible(" ".join(text.split())))
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}…"


def ambiguous(model: type[Row], line: int, column: str, text: str) -> Problem:
    """A number that another reader would read otherwise."""
    given = shortened(text)
    return Problem(
        model.table,
        f"getal {given} is dubbelzinnig (duizendtal of decimaal); schrijf het zonder scheiding van duizendtallen",
        f"number {given} is ambiguous (thousands or decimals); write it without a thousands separator",
        row=line,
        column=column,
        given=given,
    )


def _without_exponent(text: str, lang: str) -> str:
    """A number that a spreadsheet gives with an exponent, as a sentence writes it; another text as it is."""
    return written(float(text), lang) if _EXPONENT.fullmatch(text) and isfinite(float(text)) else text


def no_number(model: type[Row], line: int, column: str, text: str) -> Problem:
    """A text where a number, a whole number or yes or no is asked; a date or a symbol of StatLine says how it came there."""
    info, given = model.model_fields[column], shortened(text)
    one_of_two = leaf(info) is bool
    nl, en = f"vul een {_kind(info, 'nl')} in", f"fill in a {_kind(info, 'en')}"
    if one_of_two:
        nl, en = "vul ja of nee in", "fill in yes or no"
    if _DATE.match(text):
        nl = f"{nl} (zet in Excel de celeigenschappen op Getal en typ het opnieuw)"
        en = f"{en} (in Excel set the cell's format to Number and type it again)"
    elif "source" in model.model_fields and text in _SYMBOLS and not one_of_two:
        nl = "laat de cel leeg als het niet bekend is, of noem in de bron StatLine als het daaruit komt"
        en = "leave the cell empty where it is not known, or name StatLine in the source if it is from there"
    elif folded(text) in _NOT_KNOWN:
        nl, en = "laat de cel leeg als het niet bekend is", "leave the cell empty where it is not known"
        if info.is_required():
            nl, en = "vul een schatting in, met status geschat", "fill in an estimate, with status estimated"
    elif "source" in model.model_fields and text.endswith("*"):
        nl, en = f"{nl}, of noem in de bron StatLine", f"{en}, or name StatLine in the source"
    shown = {lang: _without_exponent(given, lang) for lang in ("nl", "en")}
    return Problem(
        model.table,
        f"'{shown['nl']}' is geen {_kind(info, 'nl')}; {nl}",
        f"'{shown['en']}' is not {'' if one_of_two else 'a '}{_kind(info, 'en')}; {en}",
        row=line,
        column=column,
        given=given,
    )


def empty(model: type[Row], line: int, column: str) -> Problem:
    """A required field left empty; an assumption without source says so."""
    if issubclass(model, Assumption) and column == "source":
        return Problem(
            model.table,
            "een aanname zonder bron; vul de bron in (publicatie, eigen administratie, of 'schatting van ...')",
            "an assumption without source; fill in the source (publication, own records, or 'estimate by ...')",
            row=line,
            column=column,
        )
    return Problem(
        model.table, "is leeg maar verplicht; vul in", "is empty but required; fill it in", row=line, column=column
    )


def no_choice(model: type[Row], line: int, column: str, text: str, meant: str | None) -> Problem:
    """A word that is none of those a column chooses from; ``meant``: the nearest of them."""
    info, given = model.model_fields[column], shortened(text)
    said = {}
    for lang in ("nl", "en"):
        words = choice_names(column, info, lang)
        listed = ", ".join([*words.values()][:MOST_CHOICES])
        said[lang] = listed, words.get(meant or "", "")
    nl, en = (f"bedoelt u {said['nl'][1]}?", f"did you mean {said['en'][1]}?")
    if meant is None:
        nl, en = "kies er een", "choose one"
    return Problem(
        model.table,
        f"'{given}' is geen bekende keuze ({said['nl'][0]}); {nl}",
        f"'{given}' is no known choice ({said['en'][0]}); {en}",
        row=line,
        column=column,
        given=given,
    )


def nearest_choice(text: str, column: str, info: FieldInfo) -> str | None:
    """The word for which another text may be a slip, by either of its names."""
    words = choices(info)
    labels = {word: word for word in words}
    for lang in ("nl", "en"):
        labels |= {label: word for word, label in choice_names(column, info, lang).items()}
    found = near(text, labels)
    if found is None and len(text) <= LONGEST_CHOICE and "," not in text:  # no sentence, no list
        found = meant(text, labels)
    return None if found is None else labels[found]


def _kind(info: FieldInfo, lang: str) -> str:
    """Name of the kind of value a field takes."""
    names = {bool: ("ja of nee", "yes or no"), int: ("geheel getal", "whole number")}
    return names.get(leaf(info), ("getal", "number"))[lang == "en"]


def pydantic_problem(model: type[Row], line: int, detail: dict[str, Any]) -> Problem:
    """A mistake that pydantic reports, as a sentence for the user."""
    column = str(detail["loc"][0])
    given = detail.get("input")
    if isinstance(given, float | int) and not isinstance(given, bool):
        nl_given, en_given = written(given, "nl", 15), written(given, "en", 15)
    else:
        nl_given = en_given = shortened(str(given))
    why = reason(model.model_fields[column])
    because = ("", "") if why is None else (f" ({why.nl})", f" ({why.en})")
    nl, en = _rule(detail, given)
    return Problem(
        model.table,
        nl.format(given=nl_given, because=because[0]),
        en.format(given=en_given, because=because[1]),
        row=line,
        column=column,
        given=nl_given,
    )


def _rule(detail: dict[str, Any], given: object) -> tuple[str, str]:
    """The sentence on a rule of pydantic, with ``{given}`` and ``{because}`` to fill in."""
    kind, limit = detail["type"], detail.get("ctx", {})
    if kind in ("greater_than_equal", "greater_than"):
        bound = limit.get("ge", limit.get("gt"))
        if isinstance(given, float) and given < 0 and bound == 0:
            return (
                "{given} is negatief; vul nul of een positief getal in",
                "{given} is negative; fill in zero or a positive number",
            )
        nl, en = f"{written(bound, 'nl')} of meer", f"{written(bound, 'en')} or more"
        if kind == "greater_than":
            nl, en = f"meer dan {written(bound, 'nl')}", f"more than {written(bound, 'en')}"
        return (
            f"{{given}} is te klein, toegestaan is {nl}; verbeter het getal{{because}}",
            f"{{given}} is too small, allowed is {en}; mend the number{{because}}",
        )
    if kind in ("less_than_equal", "less_than"):
        bound = limit.get("le", limit.get("lt"))
        return (
            f"{{given}} is te groot, toegestaan is hoogstens {written(bound, 'nl')}; verbeter het getal{{because}}",
            f"{{given}} is too large, allowed is at most {written(bound, 'en')}; mend the number{{because}}",
        )
    if kind == NEAR_ZERO:
        least = limit["least"]
        return (
            f"{{given}} is te dicht bij nul, toegestaan is 0 of minstens {written(least, 'nl')}; verbeter het "
            "getal{because}",
            f"{{given}} is too near zero, allowed is 0 or at least {written(least, 'en')}; mend the number{{because}}",
        )
    if kind == NO_DATE:
        return (
            "'{given}' is geen datum die hier past; schrijf haar anders{because}",
            "'{given}' is no date that fits here; write it otherwise{because}",
        )
    if kind == "string_pattern_mismatch":
        return (
            "'{given}' kan hier niet; kies een andere naam{because}",
            "'{given}' cannot stand here; choose another name{because}",
        )
    return (
        "waarde {given} mag niet; zie de uitleg van deze kolom",
        "value {given} is not allowed; see this column's explanation",
    )
