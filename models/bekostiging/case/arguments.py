"""Checks of the arguments of public functions: what is wrong, in the caller's words, before anything is computed.

Every check returns the value as the function uses it, or raises an ``ArgumentError`` that names the parameter, the value,
the rule and the remedy in Dutch and English.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from difflib import get_close_matches
from functools import cache, wraps
from math import inf, isfinite
from numbers import Integral, Real
from pathlib import Path
from types import SimpleNamespace, UnionType
from typing import Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from bekostiging.case.bsn import mask
from bekostiging.case.errors import LANGUAGES, ArgumentError
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
    nl, en = _range(low, high)
    raise wrong_argument(name, value, f"geef een geheel getal {nl}", f"give a whole number {en}")


def checked_number(name: str, value: object, low: float = -inf, high: float = inf) -> float:
    """Check a finite number from ``low`` to ``high``, both allowed; a truth value is none.

    >>> checked_number("power", 0.8, 0, 1)
    0.8
    """
    # numpy's numbers are Real too; a bool is an int
    if isinstance(value, Real) and not isinstance(value, bool) and low <= float(value) <= high and isfinite(value):
        return float(value)
    nl, en = _range(low, high)
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
            near = get_close_matches(name, known, 1, cutoff=0.0)[0]
            raise ArgumentError(
                name,
                f"{name}: dit argument bestaat niet; bedoelt u {near}?",
                f"{name}: no such argument; did you mean {near}?",
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


def _range(low: float, high: float) -> tuple[str, str]:
    """The words for a range, in Dutch and English; empty without any bound."""
    if high == inf:
        return ("", "") if low == -inf else (f"van {low:g} of meer", f"of {low:g} or more")
    if low == -inf:
        return f"van hoogstens {high:g}", f"of at most {high:g}"
    return f"van {low:g} tot en met {high:g}", f"from {low:g} to {high:g}"


def kinds_checked(function: Callable[P, T]) -> Callable[P, T]:
    """Make a function refuse arguments of another kind than it is annotated with, before it does anything.

    Only the kind itself is looked at, not what a list or a mapping holds. A path may be text and becomes a ``Path``.

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
        kinds = _kinds(function)
        bound = signature.bind(*args, **keywords)
        for name, value in bound.arguments.items():
            if Path in kinds.get(name, ()) and value is not None:
                bound.arguments[name] = checked_path(name, value)
            elif name in kinds and not _fits(value, kinds[name]):
                said = dict.fromkeys(_in_words(name, kind) for kind in kinds[name] if kind is not type(None))
                nl, en = zip(*said, strict=True)
                raise wrong_argument(name, value, f"geef {' of '.join(nl)}", f"give {' or '.join(en)}")
        return function(*bound.args, **bound.kwargs)

    return checked


_WORDS: dict[type, tuple[str, str]] = {
    Real: ("een getal", "a number"),
    Integral: ("een geheel getal", "a whole number"),
    bool: ("True of False", "True or False"),
    str: ("een tekst", "a text"),
}
_MAKERS = {
    "Case": "read_case",
    "Comparison": "compare",
    "Suite": "read_suite",
    "ClientTable": "read_clients",
    "SimpleTerms": "SimpleTerms",
    "NormAmounts": "NormAmounts",
}
"""What returns an object of a class, where a caller may not know."""


def _in_words(name: str, kind: type) -> tuple[str, str]:
    """What an argument should be, in Dutch and English."""
    if kind in _LISTS or kind in (list, tuple):
        return f"een lijst: {name}=[...]", f"a list: {name}=[...]"
    if kind.__name__ in _MAKERS:
        maker = _MAKERS[kind.__name__]
        return f"een {kind.__name__}, zoals {maker} die geeft", f"a {kind.__name__}, as {maker} returns it"
    return _WORDS.get(kind, (f"een {kind.__name__}", f"a {kind.__name__}"))


def _fits(value: object, kinds: tuple[type, ...]) -> bool:
    """Whether a value is of one of the kinds; a text is no list of its letters."""
    text = isinstance(value, str | bytes)
    return isinstance(value, tuple(kind for kind in kinds if not text or kind not in _LISTS))


_LISTS = (Iterable, Collection, Sequence)


@cache
def _kinds(function: Callable[..., object]) -> dict[str, tuple[type, ...]]:
    """The classes that every argument may be of; without what is imported for its annotation alone, and *args."""
    packed = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    kinds: dict[str, tuple[type, ...]] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        alone = SimpleNamespace(__annotations__={name: parameter.annotation})
        if parameter.kind in packed or parameter.annotation is inspect.Parameter.empty:
            continue
        try:
            hint = get_type_hints(alone, getattr(inspect.unwrap(function), "__globals__", {}))[name]
        except NameError:
            continue
        if object not in (classes := _classes(hint)):
            kinds[name] = classes
    return kinds


def _classes(hint: object) -> tuple[type, ...]:
    """The classes of a type hint; ``object`` where it can be anything."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return tuple(kind for part in get_args(hint) for kind in _classes(part))
    if origin is Literal:
        return tuple(type(value) for value in get_args(hint))
    if isinstance(hint, TypeVar) and hint.__bound__ is not None:
        return _classes(hint.__bound__)
    kind = hint if origin is None else origin
    if not isinstance(kind, type):
        return (object,)
    return ({float: Real, int: Integral}.get(kind, kind),)
