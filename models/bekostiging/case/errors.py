"""What goes wrong by the user's hand: one sentence in the user's language, never a traceback."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from warnings import warn

from bekostiging.case.bsn import coded, mask
from bekostiging.characters import visible

LANGUAGES = ("nl", "en")
LONGEST_NAME = 60
"""Characters of the name of a column that a problem repeats; a damaged file may have any name there."""
Note = dict[str, str]
"""What a reader did with a case and the user must know, by language (``nl``, ``en``)."""
Said = tuple[str, str]
"""One text in Dutch and in English, in that order."""


MOST_SPANS = 6
"""Runs of row numbers that a sentence lists."""


def runs(lines: Iterable[int]) -> list[tuple[int, int]]:
    """The first and last of every run of row numbers.

    >>> runs([9, 7, 8, 12])
    [(7, 9), (12, 12)]
    """
    ends: list[tuple[int, int]] = []
    for line in sorted(set(lines)):
        if ends and line == ends[-1][1] + 1:
            ends[-1] = ends[-1][0], line
        else:
            ends.append((line, line))
    return ends


def spans(lines: Iterable[int]) -> str:
    """Row numbers in a sentence.

    >>> spans([7, 8, 9, 12])
    '7-9, 12'
    """
    ends = runs(lines)
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in ends[:MOST_SPANS]]
    return ", ".join(shown) + (" …" if len(ends) > MOST_SPANS else "")


def in_language(said: Said, lang: str) -> str:
    """The Dutch (``nl``) or the English one."""
    return said[lang != "nl"]


class UserError(Exception):
    """A mistake that the user can mend; the command line prints ``text(lang)``, never a traceback.

    Whatever of the user's own text it repeats, what may be a citizen service number is masked in it, and what a terminal
    would obey is visible.

    Parameters
    ----------
    nl, en : str
        Where it stands, the rule and the remedy, in one sentence per language. An argument of a function stands in braces:
        ``take another folder with {keep}``.
    exit_code : int, default 1
        Of the command line: 1 case or data wrong, 2 command line wrong, 3 model without solution.
    arguments : iterable of str, optional
        The arguments that the sentences name in braces.

    Examples
    --------
    >>> from bekostiging.case import UserError, read_case
    >>> try:
    ...     read_case("almera")
    ... except UserError as error:
    ...     print(error.text("en")[-21:])
    Did you mean almere?
    """

    def __init__(self, nl: str, en: str, exit_code: int = 1, arguments: Iterable[str] = ()) -> None:
        self._texts = {"nl": self._masked(nl), "en": self._masked(en)}
        self.exit_code = exit_code
        self.arguments = tuple(arguments)
        super().__init__(self.text("en"))

    @staticmethod
    def _masked(sentence: str) -> str:
        """The sentence as anybody may read it."""
        return mask(visible(sentence))

    def text(self, lang: str, names: Mapping[str, str] | None = None) -> str:
        """The sentence in Dutch (``nl``) or English (``en``); ``names``: what the caller calls an argument, if otherwise.

        >>> error = UserError("kies een andere {folder}", "choose another {folder}", arguments=["folder"])
        >>> error.text("en"), error.text("en", {"folder": "--out"})
        ('choose another folder', 'choose another --out')
        """
        sentence = self._texts[lang]
        for argument in self.arguments:
            sentence = sentence.replace(f"{{{argument}}}", (names or {}).get(argument, argument))
        return sentence

    def message(self, lang: str = "en") -> str:
        """Former name of ``text``; it goes with version 2.0."""
        warn("UserError.message is now UserError.text", DeprecationWarning, stacklevel=2)
        return self.text(lang)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with all attributes, also for subclasses whose arguments are no sentences: workers raise these errors."""
        return BaseException.__new__, (type(self), *self.args), self.__dict__

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows instead of a traceback: the sentence, as short as on the command line."""
        return [str(self)]


class ArgumentError(UserError):
    """A value that an argument of a function cannot have.

    Both sentences name the argument as Python does (``n_years``), without braces where it comes first; ``arguments`` are the
    others that they name, in braces.

    >>> error = ArgumentError("seed", "seed -1: geef 0 of meer", "seed -1: give 0 or more")
    >>> error.text("en"), error.text("en", {"seed": "--seed"})
    ('seed -1: give 0 or more', '--seed -1: give 0 or more')
    """

    def __init__(self, argument: str, nl: str, en: str, exit_code: int = 2, arguments: Iterable[str] = ()) -> None:
        first = re.compile(rf"(?<![\w{{-]){re.escape(argument)}(?!\w)")
        nl, en = (first.sub(lambda _: f"{{{argument}}}", sentence, count=1) for sentence in (nl, en))
        super().__init__(nl, en, exit_code, (argument, *arguments))
        self.argument = argument


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a case: where it stands, the rule it breaks, the remedy; citizen service numbers are masked.

    Parameters
    ----------
    table : str
        Name of the table, or ``case.toml``.
    nl, en : str
        Rule and remedy.
    row : int, optional
        Line in the file; the header is line 1.
    column : str, optional
        As the file calls it.
    place : str, optional
        A cell of a workbook, such as ``aanbieders!E7 (omzet)``, instead of table, row and column.
    given : str, optional
        What stands in the cell, as the sentences repeat it: problems that differ in it alone are one mistake.
    rows : tuple of int, default ()
        Every line where it stands, where there are more.

    Examples
    --------
    >>> from bekostiging.case import Problem
    >>> Problem("lots", "is leeg; vul in", "is empty; fill it in", row=3, column="name").text("en")
    'table lots, row 3, column name: is empty; fill it in'
    """

    table: str
    nl: str
    en: str
    row: int | None = None
    column: str | None = None
    place: str | None = None
    """A cell of a workbook, such as ``aanbieders!E7 (omzet)``, where table, row and column do not help the reader."""
    given: str | None = field(default=None, compare=False)
    rows: tuple[int, ...] = ()
    where: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Mask what may be a citizen service number, show what nobody sees, and derive the place in both languages."""
        codes = coded(self.table, self.column)
        for name in ("table", "nl", "en", "column", "place", "given"):
            if (text := getattr(self, name)) is not None:
                object.__setattr__(self, name, mask(visible(text, lines=False), codes=codes))
        if self.place is not None:
            nl, en = [self.place], [self.place]
        else:
            nl, en = self._in_tables()
        if self.rows:
            nl.append(f"{len(self.rows)} {'cellen' if self.column else 'rijen'}")
            en.append(f"{len(self.rows)} {'cells' if self.column else 'rows'}")
        object.__setattr__(self, "where", {"nl": ", ".join(nl), "en": ", ".join(en)})

    def _in_tables(self) -> tuple[list[str], list[str]]:
        """Table, row and column, in Dutch and in English."""
        nl, en = [f"tabel {self.table}"], [f"table {self.table}"]
        if self.row is not None:
            rows = spans(self.rows or (self.row,))
            nl.append(f"rij {rows}")
            en.append(f"row {rows}")
        if self.column is not None:
            column = self.column if len(self.column) <= LONGEST_NAME else f"{self.column[:LONGEST_NAME]}…"
            nl.append(f"kolom {column}")
            en.append(f"column {column}")
        return nl, en

    def text(self, lang: str) -> str:
        """``table, row, column: rule; remedy`` in one sentence."""
        return f"{self.where[lang]}: {self.nl if lang == 'nl' else self.en}"


MANY = 4
"""Sentences that differ in their numbers alone, from which on they are one mistake."""
_NUMBERS = re.compile(r"\d[\d.,]*")


def gathered(problems: Iterable[Problem]) -> list[Problem]:
    """The problems with one for every mistake: the same sentence about one column, whatever the rows and the values.

    >>> found = gathered([Problem("lots", "is leeg", "is empty", row=row, column="name") for row in (3, 4, 5)])
    >>> [problem.text("en") for problem in found]
    ['table lots, row 3-5, column name, 3 cells: is empty']
    """
    problems = tuple(problems)
    rules = [one.nl if one.given is None else one.nl.replace(one.given, "\0") for one in problems]
    kinds = [_NUMBERS.sub("\0", rule) for rule in rules]
    usual = Counter((one.table, one.column, kind) for one, kind in zip(problems, kinds, strict=True))
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for number, (one, rule, kind) in enumerate(zip(problems, rules, kinds, strict=True)):
        alone = one.row is None or one.place is not None
        often = usual[one.table, one.column, kind] >= MANY
        groups.setdefault((one.table, one.column, number if alone else kind if often else rule), []).append(one)
    return [group[0] if len(group) == 1 else _as_one(group) for group in groups.values()]


def _as_one(group: list[Problem]) -> Problem:
    """One problem for several of one kind, with the values of the others."""
    first = group[0]
    rows = tuple(sorted({problem.row for problem in group if problem.row is not None}))
    others = list(dict.fromkeys(one.given for one in group if one.given is not None and one.given != first.given))
    nl, en = first.nl, first.en
    if others:
        more = len(others) - MOST_SPANS
        listed = ", ".join(others[:MOST_SPANS])
        nl = f"{nl} (ook: {listed}{f' en nog {more}' if more > 0 else ''})"
        en = f"{en} (also: {listed}{f' and {more} more' if more > 0 else ''})"
    elif len({one.nl for one in group}) > 1:
        nl, en = f"{nl} (de andere met hun eigen getallen)", f"{en} (the others with their own numbers)"
    return Problem(
        first.table, nl, en, rows[0], first.column, given=first.given, rows=rows if len(rows) > 1 else ()
    )


class CaseError(UserError):
    """Every problem of a case, listed together.

    Parameters
    ----------
    problems : iterable of Problem
        In the order in which they are printed.

    Examples
    --------
    >>> from bekostiging.case import CaseError, Problem
    >>> print(CaseError([Problem("lots", "is leeg", "is empty"), Problem("areas", "is leeg", "is empty")]))
    table lots: is empty
    table areas: is empty
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "\n".join(problem.text("nl") for problem in self.problems),
            "\n".join(problem.text("en") for problem in self.problems),
        )

    @staticmethod
    def _masked(sentence: str) -> str:
        """As it is: every problem is masked as its own column asks."""
        return sentence
