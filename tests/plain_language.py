"""What has no place in the sentences of a page: keys, jargon, English words in Dutch, exponents, double full stops."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from bekostiging.case import Case
from bekostiging.case.rows import Assumption
from bekostiging.case.tables import TABLES

KEY = re.compile(r"\b[A-Za-z]+(?:_[A-Za-z0-9]+)+\b")
JARGON = re.compile(
    r"\b(nucleolus|euler|fourier|pit|scrambl\w*|seed|zaad|copula|dirichlet|cvar|shapley|bootstrap|nan|inf|null)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\b\d[\d.,]*[eE][-+]?\d+")
POINTS = re.compile(r"(?<![.\d])\.\s?\.(?![.\d])|[,;:]\.(?!\d)")
ENGLISH = re.compile(
    r"\b(the|and|with|without|from|loading|premium|lump sum|provider|demand|supply|share|policy|scenarios|unknown|none)\b"
)
NOT_READ = re.compile(r"(?s)<(style|svg)\b.*?</\1>")
"""Drawings and the house style; what is folded away is read too."""


def oddities(text: str, lang: str) -> list[str]:
    """Everything in a text that does not belong there, in order of kind."""
    found = [one.group() for pattern in (KEY, JARGON, NUMBER, POINTS) for one in pattern.finditer(text)]
    return found + (ENGLISH.findall(text) if lang == "nl" else [])


def odd_pieces(page: str, case: Case | None, lang: str) -> list[tuple[str, list[str]]]:
    """Every piece of text of a page that has an oddity; what the case itself says is the user's."""
    own = [] if case is None else sorted(set(_own_words(case)), key=len, reverse=True)
    odd = []
    for piece in re.split(r"<[^>]+>", NOT_READ.sub(" ", page)):
        text = re.sub(r"\s+", " ", html.unescape(piece)).strip()
        for words in own:
            text = text.replace(words, "")
        found = oddities(text, lang)
        if found:
            odd.append((text, found))
    return odd


def _own_words(case: Case) -> Iterator[str]:
    """Sources and names in the tables of a case."""
    for table in TABLES:
        for row in getattr(case, table):
            if isinstance(row, Assumption):
                yield row.source
            for name in (getattr(row, "name", ""), getattr(row, "name_en", "")):
                if name and table != "policy":
                    yield name
