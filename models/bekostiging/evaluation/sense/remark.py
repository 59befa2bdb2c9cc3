"""What a remark is, and how it says numbers: in the user's units, in plain words, in both languages.

A remark never stops anything. It names a number of the case that does not fit another one, and what it would change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, log, log10

from bekostiging.case.errors import LANGUAGES, Note
from bekostiging.units import MILLION
from bekostiging_solvers.typing import FloatArray

_TO_DUTCH = str.maketrans({",": ".", ".": ","})
NAMED = 2
"""Rows that a sentence names; of the others it gives the number."""
AS_MILLIONS = 100_000
"""Euro from which an amount is written in millions."""
BILLION = 1e9
BROAD = 2.0
"""Ratios closer than this belong to one mistake."""
ALIKE = 1.35
"""How far a ratio may be off a known factor to be called by it: next to it come growth, index and other care."""


@dataclass(frozen=True)
class Remark:
    """A number of the case that does not fit another one.

    Parameters
    ----------
    kind : str
        What was compared, a key of ``SENSE_CHECKS``.
    table : str
        Table of the number that is most likely the odd one.
    where : dict of str to str
        The rows in words, by language.
    nl, en : str
        What stands there, what it does not fit, a question, and what it would change.
    euros : float
        Euro a year that the budget, or what it leans on, would change by if the number were as the other one says.

    Examples
    --------
    >>> Remark("ceiling", "contracts", {"nl": "één contract", "en": "one contract"}, "Te laag.", "Too low.", 2e6).text("en")
    'Too low.'
    """

    kind: str
    table: str
    where: Note
    nl: str
    en: str
    euros: float

    def text(self, lang: str) -> str:
        """The sentence in one language."""
        return {"nl": self.nl, "en": self.en}[lang]


@dataclass(frozen=True)
class Change:
    """One cell as it would be without the error: place of the row in its table, column and value."""

    table: str
    row: int
    column: str
    value: float


@dataclass(frozen=True)
class Found:
    """A remark, and what it explains, so that no later comparison says the same again: the cells without the error, or
    ``times`` (n_cells,) what expected use would be multiplied by."""

    remark: Remark
    changes: tuple[Change, ...] = ()
    times: FloatArray | None = None


@dataclass(frozen=True)
class Odd:
    """A row that is odd: its name, by which factor, what is said of it, how much euro passes through it, and its mend."""

    name: str
    ratio: float
    said: Note
    weight: float = 0.0
    changes: tuple[Change, ...] = ()


def clustered(odds: Iterable[Odd]) -> list[list[Odd]]:
    """Rows that belong to one mistake: no factor of ``BROAD`` between a ratio and the next.

    >>> said = {"nl": "", "en": ""}
    >>> [[one.name for one in cluster] for cluster in clustered(Odd(str(r), r, said) for r in (990.0, 3.0, 1100.0))]
    [['3.0'], ['990.0', '1100.0']]
    """
    found: list[list[Odd]] = []
    for one in sorted(odds, key=lambda own: own.ratio):
        if found and one.ratio <= BROAD * max(found[-1][-1].ratio, 1e-12):
            found[-1].append(one)
        else:
            found.append([one])
    return found


def plain(number: float, lang: str, decimals: int = 0) -> str:
    """A number with thousands marks.

    >>> plain(1234.5, "nl", 1), plain(1234.5, "en", 1)
    ('1.234,5', '1,234.5')
    """
    text = f"{round(number, decimals) + 0.0:,.{decimals}f}"
    return text.translate(_TO_DUTCH) if lang == "nl" else text


def euro(amount: float, lang: str) -> str:
    """An amount of euro as it is spoken of.

    >>> euro(63.5e6, "nl"), euro(63_500, "nl"), euro(4300, "en"), euro(0.078, "nl"), euro(-2.2e9, "en")
    ('63,5 miljoen euro', '63.500 euro', '4,300 euro', '0,078 euro', '-2.2 billion euro')
    """
    size = abs(amount)
    for unit, words in (
        (BILLION, {"nl": "miljard", "en": "billion"}),
        (MILLION, {"nl": "miljoen", "en": "million"}),
    ):
        if size >= (unit if unit == BILLION else AS_MILLIONS):
            decimals = 2 if size < unit else 1 if size < 100 * unit else 0
            return f"{plain(amount / unit, lang, decimals)} {words[lang]} euro"
    decimals = 0 if size >= 1000 or size == 0 else 2 if size >= 1 else min(6, 1 - floor(log10(size)))
    return f"{plain(amount, lang, decimals)} euro"


def price(amount: float, lang: str) -> str:
    """A price per unit, whole: cents where they count.

    >>> price(78.9, "nl"), price(78_900, "nl")
    ('78,90 euro', '78.900 euro')
    """
    if abs(amount) < 1:
        return euro(amount, lang)
    return f"{plain(amount, lang, 2 if abs(amount) < 1000 else 0)} euro"


def percent(fraction: float, lang: str) -> str:
    """A fraction as a percentage.

    >>> percent(0.015, "nl"), percent(0.5, "en")
    ('1,5 %', '50 %')
    """
    value = 100 * fraction
    return f"{plain(value, lang, 0 if abs(value - round(value)) < 0.05 else 1)} %"


def many(ratio: float, lang: str) -> str:
    """How many times as much or as little, as a sentence; empty where there is nothing.

    >>> many(4.35, "nl"), many(0.001, "en"), many(0.0, "en")
    ('Dat is 4,3 keer zoveel.', 'That is 1,000 times as little.', '')
    """
    if ratio <= 0:
        return ""
    size = max(ratio, 1 / ratio)
    shown = plain(size if size < 100 else float(f"{size:.2g}"), lang, 1 if size < 10 else 0)
    words = {
        "nl": ("Dat is {} keer zoveel.", "Dat is {} keer zo weinig."),
        "en": ("That is {} times as much.", "That is {} times as little."),
    }
    return words[lang][ratio < 1].format(shown)


def listed(names: Sequence[str], lang: str) -> str:
    """The first rows by name, and how many others there are.

    >>> listed(["a", "b", "c", "d"], "nl"), listed(["a", "b"], "en")
    ('a, b en 2 andere', 'a and b')
    """
    unique = list(dict.fromkeys(names))
    others = len(unique) - NAMED
    last = {"nl": " en ", "en": " and "}[lang]
    if others > 0:
        more = (
            {"nl": "andere", "en": "others"}[lang] if others > 1 else {"nl": "een andere", "en": "another"}[lang]
        )
        return ", ".join(unique[:NAMED]) + last + (f"{others} {more}" if others > 1 else more)
    return last.join(unique)


MONEY = (
    (1000.0, {"nl": "Zijn bedragen in duizenden ingevuld?", "en": "Are amounts in thousands?"}),
    (100.0, {"nl": "Zijn euro's en centen verwisseld?", "en": "Are euros and cents mixed up?"}),
    (1e6, {"nl": "Zijn bedragen in miljoenen ingevuld?", "en": "Are amounts in millions?"}),
    (12.0, {"nl": "Zijn maand- en jaarbedragen verwisseld?", "en": "Are amounts a month and a year mixed up?"}),
)
"""Factors by which amounts are often wrong, with the question they raise."""
USE = (
    (365 / 7 / 12, {"nl": "Staan er uren per maand in plaats van per week?", "en": "Are hours a month given, not a week?"}),
    (12.0, {"nl": "Staan er aantallen per maand in plaats van per jaar?", "en": "Are numbers a month given, not a year?"}),
    (60.0, {"nl": "Zijn minuten en uren verwisseld?", "en": "Are minutes and hours mixed up?"}),
    (1000.0, {"nl": "Is een tarief of aantal duizend keer te groot of te klein?",
              "en": "Is a tariff or number a thousand times too large or too small?"}),
)  # fmt: skip
"""The same of use and prices."""
WEEKS = (
    (365 / 7 / 12, {"nl": "Zijn weken en maanden verwisseld?", "en": "Are weeks and months mixed up?"}),
    (7.0, {"nl": "Zijn dagen en weken verwisseld?", "en": "Are days and weeks mixed up?"}),
    (365 / 7, {"nl": "Zijn weken en jaren verwisseld?", "en": "Are weeks and years mixed up?"}),
)
"""The same of durations."""
WHICH: Note = {"nl": "Ga na welk van de twee klopt.", "en": "Find out which of the two is right."}


def together(cluster: Sequence[Odd]) -> Note:
    """What is said of the weightiest row of one mistake, and which others have it too."""
    shown = max(cluster, key=lambda one: one.weight)
    others = [one.name for one in cluster if one.name != shown.name]
    ends = {"nl": "Dat geldt ook voor", "en": "The same goes for"}
    return {
        lang: shown.said[lang] + (f" {ends[lang]} {listed(others, lang)}." if others else "") for lang in LANGUAGES
    }


def question(ratio: float, known: Iterable[tuple[float, Note]], otherwise: Note = WHICH) -> Note:
    """The question that a ratio raises: that of the nearest known factor, up or down; else ``otherwise``.

    >>> question(0.0011, MONEY)["en"], question(3.0, MONEY)["en"]
    ('Are amounts in thousands?', 'Find out which of the two is right.')
    """
    if ratio <= 0:
        return otherwise
    off = {abs(abs(log(ratio)) - log(factor)): words for factor, words in known}
    nearest = min(off)
    return off[nearest] if nearest <= log(ALIKE) else otherwise


def remark(
    kind: str, table: str, rows: Sequence[str] | Mapping[str, Sequence[str]], said: Note, asked: Note, euros: float
) -> Remark:
    """A remark of what is said, the question and what it would change; ``rows``: their names, by language if they differ."""
    ends = {
        "nl": f"Dat scheelt {euro(euros, 'nl')} per jaar.",
        "en": f"That is a difference of {euro(euros, 'en')} a year.",
    }
    nl, en = (
        " ".join(part for part in (said[lang], asked.get(lang, ""), ends[lang]) if part) for lang in LANGUAGES
    )
    named = rows if isinstance(rows, Mapping) else dict.fromkeys(LANGUAGES, rows)
    return Remark(kind, table, {lang: listed(named[lang], lang) for lang in LANGUAGES}, nl, en, float(euros))
