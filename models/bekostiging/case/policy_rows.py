"""What a name of the table policy may be: kind of value, scope, what holds where a case does not say; and its look-up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Any, Generic, Protocol, Self, TypeVar, cast, overload

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.core_tables import Policy
from bekostiging.case.errors import LANGUAGES, Said, UserError, in_language
from bekostiging.case.folded import near
from bekostiging.case.numbers import in_en, in_nl, written
from bekostiging.case.registry import Registry
from bekostiging.case.workbook.names import choice_name

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
NOT_SAID: Said = ("", "")
CASE = "case"
"""Scope of a row that holds for the whole case."""


class Kind(ABC, Generic[T_co]):
    """What a value may be."""

    @abstractmethod
    def read(self, text: str) -> T_co:
        """The value of a text that ``wrong`` has no remark on."""

    @abstractmethod
    def allowed(self, lang: str) -> str:
        """What may be written, for the user."""

    @abstractmethod
    def wrong(self, name: str, text: str) -> Said | None:
        """What is wrong with a text, and the remedy; None where it is right."""


MANY = 100_000
"""From here on a bound is written with its thousands marked, never with an exponent."""


@dataclass(frozen=True)
class Number(Kind[float]):
    """A number from ``low`` to ``high``, both allowed.

    Parameters
    ----------
    low, high : float
        The range, in the unit.
    unit : (str, str), optional
        Its unit in Dutch and English, such as ``("per jaar", "per year")``; none for a fraction.
    tail : bool, default False
        The number is a certainty, of which the part that is left over (1 - value) is what counts.

    Raises
    ------
    ValueError
        ``low`` is above ``high``.

    Examples
    --------
    >>> from bekostiging.case import Number
    >>> Number(0, 0.25, ("per jaar", "per year")).allowed("en")
    '0 to 0.25 per year'
    """

    low: float
    high: float
    unit: Said = NOT_SAID
    tail: bool = False

    def __post_init__(self) -> None:
        """Refuse an empty range."""
        if not self.low <= self.high:
            raise ValueError(
                f"Number: low {in_en(self.low)} is above high {in_en(self.high)}; give the lowest value first"
            )

    def read(self, text: str) -> float:
        """The number."""
        return float(text)

    def allowed(self, lang: str) -> str:
        """Range and unit."""
        to = in_language(("tot en met", "to"), lang)
        low, high = (f"{end:,.0f}" if end >= MANY else written(end, lang) for end in (self.low, self.high))
        if lang == "nl" and self.high >= MANY:
            high = high.replace(",", ".")
        return f"{low} {to} {high} {in_language(self.unit, lang)}".rstrip()

    def wrong(self, name: str, text: str) -> Said | None:
        """No number, or outside the range."""
        nl, en = text, text
        try:
            nl, en = in_nl(float(text)), in_en(float(text))
            inside = self.low <= float(text) <= self.high
        except ValueError:
            inside = False
        if inside:
            return None
        return (
            f"{name} is {nl}, toegestaan is een getal van {self.allowed('nl')}; verbeter het",
            f"{name} is {en}, allowed is a number from {self.allowed('en')}; mend it",
        )


class Words(Kind[T_co]):
    """One of a few words.

    Parameters
    ----------
    choices : tuple of str
        The words, for instance the arguments of a ``Literal``.

    Examples
    --------
    >>> from bekostiging.case import Words
    >>> Words(("additive", "multiplicative")).wrong("indexation", "multiplicativ")[1]
    "'multiplicativ' is no choice for indexation (additive, multiplicative); did you mean multiplicative?"
    """

    def __init__(self, choices: tuple[Any, ...]) -> None:
        self.choices: tuple[str, ...] = choices

    def read(self, text: str) -> T_co:
        """The word."""
        return cast(T_co, text)

    def allowed(self, lang: str) -> str:
        """The words."""
        return ", ".join(choice_name("value", word, lang) for word in self.choices)

    def wrong(self, name: str, text: str) -> Said | None:
        """Another word; the nearest is offered where it is near."""
        if text in self.choices:
            return None
        labels = {choice_name("value", word, lang): word for word in self.choices for lang in LANGUAGES}
        likely = labels.get(near(text, labels) or "")
        nl, en = "kies er een", "choose one"
        if likely is not None:
            nl, en = f"bedoelt u {choice_name('value', likely, 'nl')}?", f"did you mean {likely}?"
        return (
            f"'{text}' is geen keuze voor {name} ({self.allowed('nl')}); {nl}",
            f"'{text}' is no choice for {name} ({self.allowed('en')}); {en}",
        )


class YesNo(Words[bool]):
    """``yes`` or ``no`` in the table, a truth value in Python.

    Examples
    --------
    >>> from bekostiging.case import YesNo
    >>> YesNo().read("yes")
    True
    """

    def __init__(self) -> None:
        super().__init__(("yes", "no"))

    def read(self, text: str) -> bool:
        """Whether it is yes."""
        return text == "yes"


class NoDefault(Enum):
    """No value holds where a case does not say."""

    NONE = auto()


@dataclass(eq=False, kw_only=True)
class PolicyRow(Generic[T]):
    """All there is to know of one name of the table policy; ``name`` comes with ``register_policy``.

    A row with neither ``default`` nor ``needed_for`` is required in every case.

    Parameters
    ----------
    kind : Kind
        What a value may be: ``Number``, ``Words`` or ``YesNo``.
    nl, en : str
        What it is.
    default : value or PolicyRow, optional
        What holds where a case gives no value; another row, whose value it then has.
    absent_nl, absent_en : str
        The default in words.
    needed_for : (str, str), optional
        What cannot be done without a value, in Dutch and English; everything else can.
    moved : bool, default False
        The lump-sum decision reads it, so the choices to account for try it a tenth lower and a tenth higher.
    """

    kind: Kind[T] = field(kw_only=False)
    nl: str
    en: str
    default: T | PolicyRow[T] | NoDefault = NoDefault.NONE
    absent_nl: str = ""
    absent_en: str = ""
    needed_for: Said = NOT_SAID
    moved: bool = False
    name: str = field(default="", init=False)

    def __set_name__(self, owner: type, name: str) -> None:
        """Known by the name it gets in ``PolicyTable``."""
        register_policy(name, self)

    @property
    def required(self) -> bool:
        """Whether every case must say."""
        return self.default is NoDefault.NONE and self.needed_for == NOT_SAID

    def explained(self, lang: str) -> str:
        """What it means, and what holds when it may be absent and is."""
        meaning = in_language((self.nl, self.en), lang)
        if self.required:
            return meaning
        if self.needed_for != NOT_SAID:
            without = f"alleen nodig voor {self.needed_for[0]}", f"needed for {self.needed_for[1]} only"
        else:
            without = f"mag ontbreken: dan {self.absent_nl}", self.absent_en
        return f"{meaning}; {in_language(('', 'optional: '), lang)}{in_language(without, lang)}"

    def missing(self, lot: str | None) -> UserError:
        """The error where the policy is needed and neither the lot nor the case gives a value."""
        nl, en = ("", "") if lot is None else (f", perceel {lot}", f", lot {lot}")
        return UserError(
            f"tabel policy{nl}: {self.name} ontbreekt, en is nodig voor {self.needed_for[0]}; voeg een rij toe (scope case "
            "of het perceel)",
            f"table policy{en}: {self.name} is missing, and needed for {self.needed_for[1]}; add a row (scope case or the "
            "lot)",
        )


class CasePolicy(PolicyRow[T]):
    """A policy that holds for the whole case: ``case.policy.discount_rate`` is its value.

    Its parameters are those of ``PolicyRow``: kind, ``nl`` and ``en``, and what holds where a case gives no value.

    Examples
    --------
    >>> from bekostiging.case import PolicyTable, read_case
    >>> PolicyTable.discount_rate.en, read_case("almere").policy.discount_rate
    ('discount rate per year', 0.0)
    """

    @overload
    def __get__(self, table: None, owner: type) -> Self: ...
    @overload
    def __get__(self, table: PolicyRows, owner: type) -> T: ...
    def __get__(self, table: PolicyRows | None, owner: type) -> Self | T:
        """The row itself on the class, its value on the table of a case."""
        return self if table is None else table.value(self)


class OfLot(Protocol[T_co]):
    """The value of a row by lot."""

    def __call__(self, lot: str | None = None) -> T_co:
        """The value of the lot; that of the case where the lot has none or is not named."""


class LotPolicy(PolicyRow[T]):
    """A policy of which a lot may have a value of its own: ``case.policy.share_max(lot)`` is its value for a lot.

    Its parameters are those of ``PolicyRow``: kind, ``nl`` and ``en``, and what holds where a case gives no value.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> policy = read_case("almere").policy
    >>> policy.share_max("youth_guidance") == policy.share_max()
    True
    """

    @overload
    def __get__(self, table: None, owner: type) -> Self: ...
    @overload
    def __get__(self, table: PolicyRows, owner: type) -> OfLot[T]: ...
    def __get__(self, table: PolicyRows | None, owner: type) -> Self | OfLot[T]:
        """The row itself on the class, its value by lot on the table of a case."""
        return self if table is None else lambda lot=None: table.value(self, lot)


POLICIES: Registry[PolicyRow[Any]] = Registry("policy")
"""Every policy by its name, in the order of docs/policy.md: ``POLICIES["share_max"].en`` says what it is."""
Row = TypeVar("Row", bound=PolicyRow[Any])


@kinds_checked
def register_policy(name: str, row: Row) -> Row:
    """Make a policy known to reading, validation, workbook and explanation; look its value up with ``case.policy.value``.

    Parameters
    ----------
    name : str
        Its name in the table policy.
    row : CasePolicy or LotPolicy
        What a value may be, and what holds without one.

    Returns
    -------
    PolicyRow
        The row, to look values up with.

    Raises
    ------
    ValueError
        There is a policy of that name.

    Examples
    --------
    Skipped when examples are run, because the row would stay in the registry of the process.

    >>> from bekostiging.case import LotPolicy, Number, read_case, register_policy
    >>> texts = {"nl": "nachttoeslag", "en": "night surcharge", "absent_nl": "een kwart", "absent_en": "a quarter"}
    >>> NIGHT = register_policy("night", LotPolicy(Number(0, 1), default=0.25, **texts))  # doctest: +SKIP
    >>> read_case("almere").policy.value(NIGHT, "youth_guidance")  # doctest: +SKIP
    0.25
    """
    POLICIES.add(name, row)
    row.name = name
    return row


class PolicyRows(tuple[Policy, ...]):
    """The rows of table policy of a case; a lot's own value outranks that of the case."""

    @cached_property
    def _texts(self) -> dict[tuple[str, str], str]:
        return {(row.name, row.scope): row.value for row in self}

    def value(self, row: PolicyRow[T], lot: str | None = None) -> T:
        """The value of a row for a lot, or for the case; its default where neither is given.

        Raises
        ------
        UserError
            It is not given and has no default.
        """
        text = self._texts.get((row.name, CASE if lot is None else lot), self._texts.get((row.name, CASE)))
        if text is not None:
            return row.kind.read(text)
        if isinstance(row.default, PolicyRow):
            return cast(T, self.value(row.default, lot))
        if isinstance(row.default, NoDefault):
            raise row.missing(lot)
        return row.default

    def given(self, row: PolicyRow[Any], lot: str | None = None) -> bool:
        """Whether the lot or the case says."""
        return not {(row.name, CASE), (row.name, lot)}.isdisjoint(self._texts)

    def without(self, row: PolicyRow[Any], scope: str | None = None) -> Self:
        """The table without a row, in one scope or in all."""
        return type(self)(kept for kept in self if kept.name != row.name or scope not in (None, kept.scope))
