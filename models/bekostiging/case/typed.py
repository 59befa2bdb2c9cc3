"""The text of a cell as the value of its column: what people type for a number, a word or yes, and what StatLine writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_origin

from pydantic.fields import FieldInfo

from bekostiging.case.errors import Note, spans
from bekostiging.case.fields import choices, leaf
from bekostiging.case.folded import folded
from bekostiging.case.numbers import AmbiguousNumberError, Sign, is_plain, parse_bool, parse_number, written
from bekostiging.case.policy_rows import CASE, POLICIES, Number, Words
from bekostiging.case.workbook.names import choice_name, choice_names, policy_name, unit_kind

_SIGNS: dict[str, Sign] = {"euro": "euro", "cents": "euro", "euro_per_unit": "euro", "fraction": "percent",
                           "factor": "percent", "variation": "percent"}  # fmt: skip
"""Unit of a column, by the sign that may stand beside its numbers."""
STATLINE = re.compile(r"\b(statline|cbs)\b", re.IGNORECASE)
"""What the source of a row says when its figures may have the symbols of StatLine."""
UNKNOWN = (".", "x")
"""StatLine: not known, and confidential."""
_DATE = re.compile(r"(?P<first>(?:19|20)\d\d)-\d{1,2}-\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ](?P<last>(?:19|20)\d\d)")
"""A date as text in a column of years: the year is meant."""
_PERIOD = re.compile(r"((?:19|20)\d\d)(?:JJ00|\*{1,2})")
_REGION = re.compile(r"GM(\d{4})")
SHOWN = 6
"""Numbers that a note lists."""


_WHOLE_CASE = (CASE, "casus", "hele casus", "whole case")


class NoChoiceError(ValueError):
    """A word that is none of those a column chooses from."""


def sign_of(column: str) -> Sign:
    """The sign that may stand beside the numbers of a column."""
    return _SIGNS.get(unit_kind(column), "")


def value_of(text: str, column: str, info: FieldInfo, dialect: str) -> object:
    """The value of a cell that is not empty.

    Raises
    ------
    AmbiguousNumberError
        A number that can be two.
    NoChoiceError
        A word that the column does not choose from, in Dutch or in English.
    ValueError
        No number, no whole number, or neither yes nor no.
    """
    kind = leaf(info)
    if words := choices(info):
        return text if text in words else _word(text, *(choice_names(column, info, lang) for lang in ("nl", "en")))
    if kind is bool:
        return parse_bool(text)
    if kind is int:
        if unit_kind(column) == "year" and (date := _DATE.fullmatch(text)):
            return int(date["first"] or date["last"])
        number = parse_number(text, dialect)
        if not number.is_integer():
            raise ValueError(text)
        return int(number)
    if kind is float:
        return parse_number(text, dialect, sign_of(column))
    if get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split("|") if part.strip())
    return text


def _word(text: str, *names: Mapping[str, str]) -> str:
    """The word that has this name, in one of several languages."""
    own = folded(text)
    for word, name in (pair for language in names for pair in language.items()):
        if own in (folded(word), folded(name)):
            return word
    raise NoChoiceError(text)


def policy_of(text: str) -> str:
    """The policy of this name, Dutch or English; the text itself where there is none."""
    own = folded(text)
    return next((name for name in POLICIES if own in (folded(name), folded(policy_name(name, "nl")))), text)


def scope_of(text: str) -> str:
    """What a policy holds for: the whole case by any of its names, or a lot."""
    return CASE if folded(text) in _WHOLE_CASE else text


def policy_text(text: str, name: str, dialect: str) -> str:
    """The value of a policy: one of its words, or a number kept with a decimal point; the text where it is neither.

    Raises
    ------
    AmbiguousNumberError
        A number that can be two.
    """
    kind = POLICIES[name].kind if name in POLICIES else None
    if isinstance(kind, Words):
        try:
            return _word(text, {word: choice_name("value", word, "nl") for word in kind.choices})
        except NoChoiceError:
            pass
    sign: Sign = ""
    if isinstance(kind, Number):
        sign = (
            "euro"
            if kind.unit[1].startswith("euro")
            else ""
            if kind.unit[1] not in ("", "per year")
            else "percent"
        )
    try:
        return repr(parse_number(text, dialect, sign))
    except AmbiguousNumberError:
        raise
    except ValueError:
        return text


def of_statline(text: str, column: str) -> str:
    """A text of StatLine as a table has it: empty where it is not known, years and municipalities by their number."""
    if text in UNKNOWN and unit_kind(column) not in ("", "year"):
        return ""
    found = _PERIOD.fullmatch(text) if unit_kind(column) == "year" else _REGION.fullmatch(text)
    if found is not None:
        return found[1]
    return text.rstrip("*") if unit_kind(column) and text[:1].isdigit() else text


@dataclass
class AsTyped:
    """Per column the numbers that were typed with signs or groups, with the rows where they stand: told, so that they can be
    looked over."""

    found: dict[str, list[tuple[int, str, float]]] = field(default_factory=dict)
    of_statline: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, column: str, line: int, text: str, value: object) -> None:
        """Keep a number that is not plain."""
        if isinstance(value, int | float) and not isinstance(value, bool) and not is_plain(text):
            self.found.setdefault(column, []).append((line, text, value))

    def notes(self, table: str, labels: Mapping[str, str]) -> list[Note]:
        """What was read, column by column."""
        told = []
        for column, cells in self.found.items():
            rows, label = spans([line for line, _, _ in cells]), labels.get(column, column)
            each = {text: value for _, text, value in cells}
            nl, en = (
                "; ".join(f"{text} is {written(value, lang)}" for text, value in [*each.items()][:SHOWN])
                for lang in ("nl", "en")
            )
            more = len(each) - SHOWN
            told.append(
                {
                    "nl": f"{table}, {label}, rij {rows}: getal met teken of scheiding gelezen: {nl}"
                    f"{f' (en nog {more})' if more > 0 else ''}",
                    "en": f"{table}, {label}, row {rows}: number with a sign or separators read: {en}"
                    f"{f' (and {more} more)' if more > 0 else ''}",
                }
            )
        if self.of_statline:
            rows = spans([line for line, _, _ in self.of_statline])
            pairs = {(text, now) for _, text, now in self.of_statline}
            nl, en = (
                "; ".join(f"{text} is {now or blank}" for text, now in sorted(pairs)[:SHOWN])
                for blank in ("niet bekend", "not known")
            )
            told.append(
                {
                    "nl": f"{table}, rij {rows}: tekens van StatLine gelezen: {nl}",
                    "en": f"{table}, row {rows}: symbols of StatLine read: {en}",
                }
            )
        return told
