"""What goes wrong by the user's hand: one sentence in the user's language, never a traceback."""

from __future__ import annotations

import re
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
    where: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Mask what may be a citizen service number, show what nobody sees, and derive the place in both languages."""
        codes = coded(self.table, self.column)
        for name in ("table", "nl", "en", "column", "place"):
            if (text := getattr(self, name)) is not None:
                object.__setattr__(self, name, mask(visible(text, lines=False), codes=codes))
        if self.place is not None:
            object.__setattr__(self, "where", dict.fromkeys(LANGUAGES, self.place))
            return
        nl, en = [f"tabel {self.table}"], [f"table {self.table}"]
        if self.row is not None:
            nl.append(f"rij {self.row}")
            en.append(f"row {self.row}")
        if self.column is not None:
            column = self.column if len(self.column) <= LONGEST_NAME else f"{self.column[:LONGEST_NAME]}…"
            nl.append(f"kolom {column}")
            en.append(f"column {column}")
        object.__setattr__(self, "where", {"nl": ", ".join(nl), "en": ", ".join(en)})

    def text(self, lang: str) -> str:
        """``table, row, column: rule; remedy`` in one sentence."""
        return f"{self.where[lang]}: {self.nl if lang == 'nl' else self.en}"


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
