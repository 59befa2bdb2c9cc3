"""The lines of a statement as they are drawn up: each with its amount, its calculation, its source and its formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bekostiging.case.errors import Said
from bekostiging.settlement.formula import Column, Term, in_whole_cents
from bekostiging.units import CENTS

Part = Literal["budget", "base", "corridor", "clauses", "paid", "earlier"]
"""Chapters of a statement, in their order."""
Kind = Literal["amount", "total", "shown"]
"""An amount counts in totals, a total adds amounts up, what is shown counts in none."""
MINUS = "−"
_TO_DUTCH = str.maketrans({",": ".", ".": ","})


def money(euro: float, lang: str, decimals: int = 2) -> str:
    """An amount as a sentence of a statement has it.

    >>> money(-175826.25, "nl"), money(0.015, "en", 3)
    ('−175.826,25', '0.015')
    """
    text = f"{round(euro, decimals) + 0.0:,.{decimals}f}".replace("-", MINUS)
    return text.translate(_TO_DUTCH) if lang == "nl" else text


def percent(fraction: float, lang: str, decimals: int = 2) -> str:
    """A fraction as a percentage without needless zeros.

    >>> [percent(*one).split() for one in ((0.0425, "nl"), (0.5, "en"))]  # a space that never breaks
    [['4,25', '%'], ['50', '%']]
    """
    text = money(100 * fraction, lang, decimals)
    mark = "," if lang == "nl" else "."
    return f"{text.rstrip('0').rstrip(mark) if mark in text else text}\u00a0%"


@dataclass(frozen=True)
class Given:
    """An input of a statement: a number, or several one under the other.

    Parameters
    ----------
    name : str
        As formulas call it.
    said : tuple of str
        What it is, in Dutch and in English.
    values : tuple of float
        One, or one per label.
    labels : tuple of str
        What each of several is of; empty for one.
    source : str
        Where it comes from.

    Examples
    --------
    >>> Given("loading", ("opslag", "loading"), (0.015,), (), "contract").values
    (0.015,)
    """

    name: str
    said: Said
    values: tuple[float, ...]
    labels: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Line:
    """One line of a statement.

    Parameters
    ----------
    number : int
        Its place, from 1.
    key : str
        Its name, the same in every statement of a payment form.
    part : str
        The chapter in which it stands.
    kind : str
        ``amount``, ``total`` or ``shown``.
    said : tuple of str
        What it is, in Dutch and in English.
    words : tuple of str
        How it is computed, in words.
    exact : float
        Euro, unrounded.
    cents : int
        Rounded once, half up from the unrounded amount; of a total the sum of the printed amounts.
    formula : str
        The calculation in names of inputs and lines; of a total the names of its lines with their signs.
    source : str
        Documents it rests on.
    estimated : tuple of str
        Why it is an estimate, in Dutch and in English; empty where it is none.

    Examples
    --------
    >>> ledger = Ledger()
    >>> given = ledger.given("reference", ("referentiebedrag", "reference amount"), 3_330_000.0, "contract")
    >>> _ = ledger.amount("reference", "budget", ("Referentiebedrag", "Reference amount"), given)
    >>> ledger.lines[0].euro, ledger.lines[0].formula
    (3330000.0, '{reference}')
    """

    number: int
    key: str
    part: Part
    kind: Kind
    said: Said
    words: Said
    exact: float
    cents: int
    formula: str
    source: str = ""
    estimated: Said | tuple[()] = ()

    @property
    def euro(self) -> float:
        """The printed amount."""
        return self.cents / CENTS


@dataclass
class Ledger:
    """Inputs and lines of one statement while it is drawn up."""

    inputs: dict[str, Given] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def given(self, name: str, said: Said, value: float, source: str = "") -> Term:
        """An input; the term that formulas use for it."""
        self.inputs.setdefault(name, Given(name, said, (float(value),), (), source))
        return Term(float(value), f"{{{name}}}")

    def column(
        self, name: str, said: Said, values: Iterable[float], labels: Sequence[str], source: str = ""
    ) -> Column:
        """Several inputs one under the other."""
        numbers = tuple(float(value) for value in values)
        self.inputs.setdefault(name, Given(name, said, numbers, tuple(labels), source))
        return Column(numbers, f"{{{name}}}")

    def amount(
        self,
        key: str,
        part: Part,
        said: Said,
        worth: Term,
        words: Said = ("", ""),
        source: str = "",
        *,
        estimated: Said | tuple[()] = (),
        kind: Kind = "amount",
    ) -> Term:
        """A line of its own; the term by which later lines refer to it, unrounded."""
        cents = in_whole_cents(worth.value)
        self.lines.append(
            Line(
                len(self.lines) + 1,
                key,
                part,
                kind,
                said,
                words,
                worth.value,
                cents,
                worth.text,
                source,
                estimated,
            )
        )
        return Term(worth.value, f"{{line:{key}}}")

    def total(self, key: str, part: Part, said: Said, of: Sequence[str], source: str = "") -> Term:
        """The sum of printed lines."""
        own = [self.line(name) for name in of]
        exact, cents = sum(line.exact for line in own), sum(line.cents for line in own)
        numbers = " + ".join(str(line.number) for line in own)
        formula = "+".join(f"{{line:{line.key}}}" for line in own)
        self.lines.append(
            Line(
                len(self.lines) + 1,
                key,
                part,
                "total",
                said,
                (numbers, numbers),
                exact,
                cents,
                formula or "0",
                source,
            )
        )
        return Term(exact, f"{{line:{key}}}")

    def line(self, key: str) -> Line:
        """A line by its key."""
        return next(line for line in self.lines if line.key == key)

    def number(self, key: str) -> int:
        """Its place."""
        return self.line(key).number

    def keys(self, *parts: Part, kinds: Sequence[Kind] = ("amount",)) -> list[str]:
        """Keys of the lines of these chapters."""
        return [line.key for line in self.lines if line.part in parts and line.kind in kinds]
