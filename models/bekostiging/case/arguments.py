"""Checks of the arguments of public functions: what is wrong, in the caller's words, before anything is computed.

Every check returns the value as the function uses it, or raises an ``ArgumentError`` that names the parameter, the value,
the rule and the remedy in Dutch and English.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable
from functools import wraps
from math import inf, isfinite
from numbers import Integral, Real
from pathlib import Path
from typing import ParamSpec, TypeVar

from bekostiging.case.bsn import mask
from bekostiging.case.errors import LANGUAGES, ArgumentError
from bekostiging.case.folded import offered
from bekostiging.case.kinds import Range, kinds_of
from bekostiging.characters import visible

P = ParamSpec("P")
T = TypeVar("T")
LONGEST_SHOWN = 60
"""Characters of a wrong value that its message repeats."""


def shown_value(value: object) -> str:
    """A wrong value as its message repeats it: on one line, and not longer than a line."""
    text = mask(visible(" ".join((value if isinstance(value, str) and value.strip() else repr(value)).split())))
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def wrong_argument(name: str, value: object, nl: str, en: str) -> ArgumentError:
    """The error of an argument: ``name value: rule and remedy``.

    >>> wrong_argument("seed", -1, "geef 0 of meer", "give 0 or more").text("en")
    'seed -1: give 0 or more'
    """
    return ArgumentError(name, f"{name} {shown_value(value)}: {nl}", f"{name} {shown_value(value)}: {en}")


def checked_path(name: str, value: object) -> Path:
    """Check a path, given as text or as any path object.

    >>> checked_path("target", "my-region").name
    'my-region'
    """
    if isinstance(value, str | os.PathLike) and (text := os.fspath(value)) and isinstance(text, str):
        return Path(text)
    raise wrong_argument(
        name,
        value,
        "geef een pad, als tekst of als pathlib.Path",
        "give a path, as text or as pathlib.Path",
    )


def checked_language(name: str, value: object) -> str:
    """Check a language: ``nl`` or ``en``.

    >>> checked_language("lang", "en")
    'en'
    """
    return checked_word(name, str(value) if isinstance(value, str) else value, LANGUAGES)


def checked_word(name: str, value: object, words: Iterable[str]) -> str:
    """Check that a value is one of a few words.

    >>> checked_word("method", "lad", ("least_squares", "lad"))
    'lad'
    """
    words = tuple(words)
    if isinstance(value, str) and value in words:
        return value
    listed = ", ".join(words)
    raise wrong_argument(name, value, f"kies uit {listed}", f"choose from {listed}")


def checked_whole(name: str, value: object, low: int, high: float = inf) -> int:
    """Check a whole number from ``low`` to ``high``, both allowed; a truth value is none.

    >>> checked_whole("n_years", 4, 1)
    4
    """
    if isinstance(value, Integral) and not isinstance(value, bool) and low <= int(value) <= high:
        return int(value)
    nl, en = Range(low, high).said
    raise wrong_argument(name, value, f"geef een geheel getal {nl}", f"give a whole number {en}")


def checked_number(name: str, value: object, low: float = -inf, high: float = inf) -> float:
    """Check a finite number from ``low`` to ``high``, both allowed; a truth value is none.

    >>> checked_number("power", 0.8, 0, 1)
    0.8
    """
    # numpy's numbers are Real too; a bool is an int
    if isinstance(value, Real) and not isinstance(value, bool) and low <= float(value) <= high and isfinite(value):
        return float(value)
    nl, en = Range(low, high).said
    raise wrong_argument(name, value, f"geef een getal {nl}".rstrip(), f"give a number {en}".rstrip())


def checked_positive(name: str, value: object) -> float:
    """A finite number larger than zero.

    >>> checked_positive("seconds", 60)
    60.0
    """
    if isinstance(value, Real) and not isinstance(value, bool) and isfinite(value) and float(value) > 0:
        return float(value)
    raise wrong_argument(name, value, "geef een getal groter dan 0", "give a number larger than 0")


def checked_numbers(name: str, value: object) -> tuple[float, ...]:
    """Several finite numbers.

    >>> checked_numbers("edges", (0.05, 0.1))
    (0.05, 0.1)
    """
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return tuple(checked_number(name, one) for one in value)
    raise wrong_argument(
        name, value, f"geef een lijst van getallen: {name}=[...]", f"give a list of numbers: {name}=[...]"
    )


def checked_flag(name: str, value: object) -> bool:
    """True or False.

    >>> checked_flag("named", True)
    True
    """
    if isinstance(value, bool):
        return value
    raise wrong_argument(name, value, "geef True of False", "give True or False")


def check_callable(name: str, value: object) -> None:
    """A function or another object that can be called.

    >>> check_callable("progress", print)
    """
    if not callable(value):
        raise wrong_argument(name, value, "geef een functie", "give a function")


def check_known(names: Iterable[str], known: Iterable[str]) -> None:
    """Names of arguments that a function has.

    >>> check_known(["scenarios"], ["n_scenarios", "seed"])
    Traceback (most recent call last):
    bekostiging.case.errors.ArgumentError: scenarios: no such argument; did you mean n_scenarios?
    """
    known = tuple(known)
    for name in names:
        if name not in known:
            nl, en = offered(name, known)
            raise ArgumentError(
                name, f"{name}: dit argument bestaat niet; {nl}", f"{name}: no such argument; {en}"
            )


def checked_texts(name: str, value: object) -> tuple[str, ...]:
    """Check several texts; one text alone is refused, because its letters would be taken for texts.

    >>> checked_texts("wanted", ["profiles", "shocks"])
    ('profiles', 'shocks')
    """
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        texts = tuple(value)
        if all(isinstance(text, str) for text in texts):
            return texts
    raise wrong_argument(
        name, value, f"geef een lijst van teksten: {name}=[...]", f"give a list of texts: {name}=[...]"
    )


def checked_kind(name: str, value: object, kind: type[T], origin: str) -> T:
    """Check that a value is an object of a class; ``origin``: the function that gives one, for the remedy.

    >>> checked_kind("count", 3, int, "len")
    3
    """
    if isinstance(value, kind):
        return value

    raise wrong_argument(
        name,
        value,
        f"geef een {kind.__name__}, zoals {origin} die geeft",
        f"give a {kind.__name__}, as {origin} returns it",
    )


def kinds_checked(function: Callable[P, T]) -> Callable[P, T]:
    """Make a function refuse arguments of another kind than it is annotated with, before it does anything.

    What a list or a mapping holds is looked at too (``bekostiging.case.kinds``). A path may be text and becomes a ``Path``;
    a list may be a tuple and a tuple a list.

    >>> @kinds_checked
    ... def doubled(number: float) -> float:
    ...     return 2 * number
    >>> doubled(2)
    4
    >>> doubled("2")
    Traceback (most recent call last):
    bekostiging.case.errors.ArgumentError: number 2: give a number
    """
    signature = inspect.signature(function)

    @wraps(function)
    def checked(*args: P.args, **keywords: P.kwargs) -> T:
        """Look at the arguments, then call the function."""
        kinds = kinds_of(function)
        bound = signature.bind(*args, **keywords)
        for name, value in bound.arguments.items():
            if name in kinds:
                kind = kinds[name]
                if not kind.fits(value):
                    raise wrong_argument(name, value, f"geef {kind.said[0]}", f"give {kind.said[1]}")
                bound.arguments[name] = kind.taken(value)
        return function(*bound.args, **bound.kwargs)

    return checked
