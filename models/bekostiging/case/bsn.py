"""Citizen service numbers (burgerservicenummer, BSN): found in any spelling, and masked. Pure functions of a text.

A BSN has nine digits, or eight where a leading zero was dropped, that pass the elfproef: 9, 8, ..., 2 and -1 times the
digits add up to a multiple of eleven. One in eleven numbers of eight or nine digits passes by chance, so what a text itself
says is something else is left alone: an amount with its currency, two years, a date, a code after its name. In a column that
holds codes of eight digits (AGB, KvK, CBS) eight digits are such a code. docs/privacy.md states how often an innocent cell
is found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

Span = tuple[int, int]
"""First and one past the last character."""
LENGTHS = (8, 9)
"""Digits of a BSN; eight where the leading zero was dropped."""
WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
"""Of the elfproef (Logisch Ontwerp BSN, Rijksdienst voor Identiteitsgegevens)."""
CODED = frozenset({"provider", "main_contractor", "area", "providers.id", "areas.id"})
"""Columns, or table and column, whose eight digits are a code: AGB and KvK of a provider, CBS of a neighbourhood."""
LONGEST_GAP = 3
"""Characters between two groups of digits of one number, such as space, hyphen, space."""
LONGEST_NUMBER = 12
"""Digits of the longest number in groups that a case can hold: a billion euro with its cents."""
NEAR = 40
"""Characters beside a number that may say what it is."""
_ESCAPED = re.compile(r"\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\[nrt]")
"""How ``repr`` writes a character that cannot be seen."""
_DIGIT = re.compile(r"\d")
_GROUP = re.compile(r"\d+")
_CURRENCY_BEFORE = re.compile(r"(?:€|\beuro?)\s?$", re.IGNORECASE)
_CURRENCY_AFTER = re.compile(r"\s?(?:€|euro?\b)", re.IGNORECASE)
_CODE_BEFORE = re.compile(
    r"(?:\b(?:agb|kvk|kamer van koophandel)(?:[ -]?(?:code|nummer|nr\.?|number))?[\s:=]{0,3}|\bBU)$", re.IGNORECASE
)
_RSIN_BEFORE = re.compile(r"\brsin(?:[ -]?(?:nummer|nr\.?))?[\s:=]{0,3}$", re.IGNORECASE)
"""The number of a legal person has nine digits and passes the same test."""
_PART = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_ADDRESS = re.compile(rf"(?<=://){_PART}(?:\.{_PART}){{3}}(?![.\d])")
"""Of a computer: four numbers of at most 255, as in ``tcp://10.0.0.1``."""


class _Group(NamedTuple):
    """Digits that stand together in a text without its invisible characters, and how the next ones are joined to them."""

    start: int
    end: int
    digits: str
    gap: str


def passes(digits: str) -> bool:
    """Whether eight or nine digits pass the elfproef; nine zeros do not count.

    >>> [passes(str(number)) for number in range(999_900_000, 999_900_011)].count(True), passes("000000000")
    (1, False)
    """
    if len(digits) not in LENGTHS or not digits.isdecimal():
        return False
    values = [int(digit) for digit in digits.zfill(len(WEIGHTS))]
    return any(values) and sum(w * value for w, value in zip(WEIGHTS, values, strict=True)) % 11 == 0


def coded(table: str, column: str | None) -> bool:
    """Whether eight digits in this column are a code of a provider or an area.

    >>> coded("providers", "id"), coded("contracts", "provider"), coded("lots", "id")
    (True, True, False)
    """
    return column in CODED or f"{table}.{column}" in CODED


def find(text: str, *, codes: bool = False, dates: bool = True) -> tuple[Span, ...]:
    """Where a text may hold a BSN: its digits with what stands between them, dots, spaces, hyphens or invisible characters.

    Parameters
    ----------
    text : str
        Any text: a cell, a title, the name of a file.
    codes : bool, default False
        Eight digits that stand together are a code (AGB, KvK, CBS), as the column says.
    dates : bool, default True
        Eight digits that stand together and are a date are a date, as in free text and names of files.

    Returns
    -------
    tuple of (int, int)
        First and one past the last character of each, in the order of the text; they do not overlap.

    Examples
    --------
    >>> number = next(str(n) for n in range(999_900_000, 999_900_011) if passes(str(n)))
    >>> [find(text) for text in (number, f"BSN {number[:4]}.{number[4:6]}.{number[6:]}", "20251231", f"€ {number}")]
    [((0, 9),), ((4, 15),), (), ()]
    """
    if len(_DIGIT.findall(text)) < LENGTHS[0]:
        return ()
    seen, places = _without_invisible(text)
    spans = sorted((places[start], places[end - 1] + 1) for start, end in _windows(seen, codes=codes, dates=dates))
    joined: list[Span] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def mask(text: str, *, codes: bool = False, dates: bool = True) -> str:
    """The text with a star for every digit of what may be a BSN; ``codes`` and ``dates`` as in ``find``.

    >>> number = next(str(n) for n in range(999_900_000, 999_900_011) if passes(str(n)))
    >>> mask(f"client {number}"), mask("2024 and 2025")
    ('client *********', '2024 and 2025')
    """
    parts, last = [], 0
    for start, end in find(text, codes=codes, dates=dates):
        # what repr writes for an invisible character has digits too, and goes with them
        hidden = re.sub(r"\d", "*", _ESCAPED.sub("", text[start:end]))
        parts += [text[last:start], hidden]
        last = end
    return "".join([*parts, text[last:]])


def found_in(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text inside tables and lists that may hold a BSN, with its place; the place names no key that holds one.

    >>> number = next(str(n) for n in range(999_900_000, 999_900_011) if passes(str(n)))
    >>> [place for place, _ in found_in({"title": {"nl": f"Cliënt {number}", "en": "Client"}})]
    ['title.nl']
    """
    if isinstance(value, str):
        if find(value):
            yield place, value
    elif isinstance(value, Mapping):
        for key, own in value.items():
            inner = f"{place}.{key}" if place else str(key)
            if find(str(key)):
                yield place or mask(str(key)), str(key)
            yield from found_in(own, mask(inner))
    elif isinstance(value, list | tuple):
        for own in value:
            yield from found_in(own, place)


def comments(toml: str) -> Iterator[tuple[int, str]]:
    """Line number and text of every comment of a TOML text: a reader of the file sees them too.

    >>> list(comments("a = 1  # why"))
    [(1, '# why')]
    """
    for number, line in enumerate(toml.splitlines(), start=1):
        _, mark, said = line.partition("#")
        if mark:
            yield number, mark + said


def _without_invisible(text: str) -> tuple[str, list[int]]:
    """The text without invisible characters, and the place of each character that is left."""
    unseen = {place for one in _ESCAPED.finditer(text) for place in range(*one.span())}
    places = [place for place, sign in enumerate(text) if place not in unseen and not _is_unseen(sign)]
    return "".join(text[place] for place in places), places


def _is_unseen(sign: str) -> bool:
    """Whether nobody sees a character, and it is no space either: it joins digits as if it were not there."""
    kind = unicodedata.category(sign)
    return kind in ("Cf", "Mn") or (kind == "Cc" and not sign.isspace())


def _kind(gap: str) -> str:
    """How a gap joins two groups of digits: as the same number written with spaces and dots, hyphens, ... or ``""``."""
    inner = "".join(gap.split())
    if len(gap) > LONGEST_GAP:
        return ""
    if not inner.strip(".·"):
        return "open"
    if len(inner) == 1 and unicodedata.category(inner) == "Pd":
        return "hyphen"
    return inner if inner in ("/", "_") else ""


def _groups(seen: str) -> list[_Group]:
    """The groups of digits of a text."""
    found = [one.span() for one in _GROUP.finditer(seen)]
    nexts = [start for start, _ in found[1:]]
    gaps = [seen[end:start] for (_, end), start in zip(found, nexts, strict=False)] + ["\0"]
    return [
        _Group(start, end, "".join(str(int(sign)) for sign in seen[start:end]), gap)
        for (start, end), gap in zip(found, gaps, strict=True)
    ]


def _windows(seen: str, *, codes: bool, dates: bool) -> Iterator[Span]:
    """Groups of digits next to each other that together may be a BSN."""
    groups = _groups(seen)
    addresses = [place for one in _ADDRESS.finditer(seen) for place in range(*one.span())]
    for first, group in enumerate(groups):
        if group.start in addresses:
            continue
        digits, kinds = "", set[str]()
        for last in range(first, len(groups)):
            digits += groups[last].digits
            if len(digits) > LENGTHS[-1]:
                break
            window = groups[first : last + 1]
            if passes(digits) and not (
                (codes and len(window) == 1 and len(digits) == LENGTHS[0])
                or _longer(groups, first, last)
                or _something_else(seen, window, digits, dates=dates)
            ):
                yield group.start, groups[last].end
            kinds.add(_kind(groups[last].gap))
            if len(kinds) > 1 or "" in kinds:
                break


def _longer(groups: list[_Group], first: int, last: int) -> bool:
    """Whether several groups are part of one longer number: the same gap and length of group go on before or after them.

    No number of a case has more than ``LONGEST_NUMBER`` digits: what goes on longer are numbers next to each other, each of
    which begins or ends where whole ones fit.
    """
    gap, size = groups[first].gap, len(groups[last].digits)
    same = all(one.gap == gap and len(one.digits) == size for one in groups[first + 1 : last])
    if first == last or not same or len(groups[first].digits) > size:
        return False
    begin, end = first, last
    while groups[end].gap == gap and end + 1 < len(groups) and len(groups[end + 1].digits) == size:
        end += 1
    while (
        begin > 0
        and groups[begin - 1].gap == gap
        and len(groups[begin].digits) == size >= len(groups[begin - 1].digits)
    ):
        begin -= 1
    if (begin, end) == (first, last):
        return False
    if sum(len(one.digits) for one in groups[begin : end + 1]) <= LONGEST_NUMBER:
        return True
    whole, own = begin + (len(groups[begin].digits) < size), last - first + 1
    return own * size != LENGTHS[-1] or ((first - whole) % own != 0 and (end - last) % own != 0)


def _something_else(seen: str, window: list[_Group], digits: str, *, dates: bool) -> bool:
    """Whether the text says that it is an amount, years, the number of a publication, a date or a code."""
    start, end = window[0].start, window[-1].end
    before, after = seen[max(0, start - NEAR) : start], seen[end : end + NEAR]
    if _CURRENCY_BEFORE.search(before) or _CURRENCY_AFTER.match(after) or _RSIN_BEFORE.search(before):
        return True
    sizes = [len(one.digits) for one in window]
    if len(digits) == LENGTHS[0]:
        if sizes == [4, 4] and all(_is_year(one.digits) for one in window):
            return True
        if _CODE_BEFORE.search(before):
            return True
        if (dates or sizes != [8]) and sizes in ([8], [4, 2, 2], [2, 2, 4]) and _is_date(digits):
            return True
    numbered = len(window) == 2 and _kind(window[0].gap) not in ("open", "")
    return numbered and sizes[0] == 4 and _is_year(window[0].digits)


def _is_year(digits: str) -> bool:
    return digits[:2] in ("19", "20")


def _is_date(digits: str) -> bool:
    """Whether eight digits are a day: year first or day first."""
    for year, month, day in ((digits[:4], digits[4:6], digits[6:]), (digits[4:], digits[2:4], digits[:2])):
        try:
            date(int(year), int(month), int(day))
        except ValueError:
            continue
        if _is_year(year):
            return True
    return False
