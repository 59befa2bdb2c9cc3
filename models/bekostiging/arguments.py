"""Checks of what a Python caller gives to a public function: one sentence in Python's words, before anything is computed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from difflib import get_close_matches
from math import inf, isfinite, nan
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from bekostiging.case.errors import UserError


def wrong(name: str, value: object, nl: str, en: str) -> UserError:
    """The error of an argument whose value may not be; ``nl`` and ``en`` say what to give instead."""
    shown = f"{value:g}" if isinstance(value, float) else repr(value)
    shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}..."
    return UserError(f"{name} is {shown}; geef {nl}.", f"{name} is {shown}; give {en}.", exit_code=2)


LONGEST = 60
"""Characters of a value that a message quotes."""


def unknown(where: str, name: str, known: Sequence[str]) -> UserError:
    """The error of a word that is not among those known, with the nearest that is.

    >>> str(unknown("game", "surchrge", ["surcharge", "fixed_parts"]))
    'game surchrge: no such choice; did you mean surcharge?'
    """
    near = get_close_matches(str(name), known, 1, cutoff=0.0)[0]
    place, nl, en = (f"{where} ", "keuze", "choice") if where else ("", "argument", "argument")
    return UserError(
        f"{place}{name}: deze {nl} bestaat niet; bedoelt u {near}?".replace("deze argument", "dit argument"),
        f"{place}{name}: no such {en}; did you mean {near}?",
        exit_code=2,
    )


def check_whole(name: str, value: Any, lowest: int) -> int:
    """A whole number of at least ``lowest``.

    >>> check_whole("workers", 2, 1)
    2
    >>> check_whole("workers", "2", 1)
    Traceback (most recent call last):
    bekostiging.case.errors.UserError: workers is '2'; give a whole number of 1 or more.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < lowest:
        raise wrong(name, value, f"een geheel getal van {lowest} of meer", f"a whole number of {lowest} or more")
    return int(value)


def check_number(
    name: str, value: Any, lowest: float = -inf, highest: float = inf, *, above: float | None = None
) -> float:
    """A finite number from ``lowest`` to ``highest``, and larger than ``above`` where that is given.

    >>> check_number("power", 0.5, 0, 1)
    0.5
    >>> check_number("power", 2, 0, 1)
    Traceback (most recent call last):
    bekostiging.case.errors.UserError: power is 2; give a number from 0 to 1.
    """
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else nan
    if not (isfinite(number) and lowest <= number <= highest and (above is None or number > above)):
        if above is not None:
            raise wrong(name, value, f"een getal groter dan {above:g}", f"a number larger than {above:g}")
        if lowest == -inf:
            raise wrong(name, value, "een getal", "a number")
        if highest == inf:
            raise wrong(name, value, f"een getal van {lowest:g} of meer", f"a number of {lowest:g} or more")
        raise wrong(
            name, value, f"een getal van {lowest:g} tot {highest:g}", f"a number from {lowest:g} to {highest:g}"
        )
    return number


def check_flag(name: str, value: Any) -> None:
    """True or False."""
    if not isinstance(value, bool):
        raise wrong(name, value, "True of False", "True or False")


def check_text(name: str, value: Any) -> None:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise wrong(name, value, "een tekst", "a text")


def check_path(name: str, value: Any) -> Path:
    """A path, also when it is given as text.

    >>> check_path("keep", "series").name
    'series'
    """
    if not isinstance(value, str | os.PathLike) or not os.fspath(value):
        raise wrong(name, value, "een pad", "a path")
    return Path(value)


def check_callable(name: str, value: Any) -> None:
    """Something that can be called."""
    if not callable(value):
        raise wrong(name, value, "een functie", "a function")


def check_type(name: str, value: Any, kind: type, how: str) -> None:
    """An object of a class of this package; ``how``: the call that makes one.

    >>> check_type("case", "almere", dict, "read_case('almere')")
    Traceback (most recent call last):
    bekostiging.case.errors.UserError: case is 'almere'; give a dict, such as read_case('almere').
    """
    if not isinstance(value, kind):
        raise wrong(
            name,
            value,
            f"een {kind.__name__}, zoals {how}",
            f"{'an' if kind.__name__[0] in 'AEIOU' else 'a'} {kind.__name__}, such as {how}",
        )


def check_texts(name: str, values: Any) -> tuple[str, ...]:
    """A sequence of texts; one text alone is refused, for it would be read letter by letter.

    >>> check_texts("shocks", ["growth"])
    ('growth',)
    >>> check_texts("shocks", "growth")
    Traceback (most recent call last):
    bekostiging.case.errors.UserError: shocks is 'growth'; give a list of texts, such as ['growth'].
    """
    if (
        isinstance(values, str)
        or not isinstance(values, Sequence)
        or not all(isinstance(one, str) for one in values)
    ):
        example = f", such as [{values!r}]" if isinstance(values, str) else ""
        raise wrong(
            name, values, f"een lijst teksten{example.replace('such as', 'zoals')}", f"a list of texts{example}"
        )
    return tuple(values)


def check_numbers(name: str, values: Any) -> tuple[float, ...]:
    """A sequence of finite numbers.

    >>> check_numbers("edges", (0.05, 0.1))
    (0.05, 0.1)
    """
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise wrong(name, values, "een lijst getallen", "a list of numbers")
    return tuple(check_number(f"{name}[{k}]", value) for k, value in enumerate(values))
