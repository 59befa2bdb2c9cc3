"""What the annotation of an argument asks, as a check and in words.

A kind looks at a value and at what a list or a mapping holds, and says in Dutch and English what is asked. What cannot be
read from an annotation (``object``, a type variable) allows anything. ``Annotated[int, Range(1)]`` bounds a number, and
``Annotated[str, registry]`` asks for a name that a registry knows.
"""

from __future__ import annotations

import builtins
import inspect
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import inf
from numbers import Integral, Real
from pathlib import Path
from types import NoneType, SimpleNamespace, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np

from bekostiging.case.errors import Said
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.registry import Registry


@dataclass(frozen=True)
class Kind:
    """What an argument may be.

    Parameters
    ----------
    fits : callable
        Whether a value is of this kind.
    said : tuple of str
        What to give, in Dutch and in English.
    several : tuple of str
        The same of more than one, as a list of them says it.
    taken : callable
        A value that fits as the function takes it: a path for a text, a tuple for a list.
    """

    fits: Callable[[object], bool]
    said: Said
    several: Said
    taken: Callable[[Any], object] = lambda value: value


@dataclass(frozen=True)
class Range:
    """Bounds of a number in an annotation, both allowed."""

    low: float = -inf
    high: float = inf

    @property
    def said(self) -> Said:
        """The words for it, in Dutch and English; empty without any bound."""
        if self.high == inf:
            return (
                ("", "")
                if self.low == -inf
                else (f"van {in_nl(self.low)} of meer", f"of {in_en(self.low)} or more")
            )
        if self.low == -inf:
            return f"van hoogstens {in_nl(self.high)}", f"of at most {in_en(self.high)}"
        nl, en = (
            f"van {in_nl(self.low)} tot en met {in_nl(self.high)}",
            f"from {in_en(self.low)} to {in_en(self.high)}",
        )
        return nl, en


Count = Annotated[int, Range(1)]
"""One or more."""
Index = Annotated[int, Range(0)]
"""A place in an order, from 0."""
Seed = Annotated[int, Range(0)]
"""Of a random number generator."""
Fraction = Annotated[float, Range(0, 1)]
"""From nothing to all."""
NotNegative = Annotated[float, Range(0)]
"""Zero or more."""

_ANYTHING = Kind(lambda value: True, ("iets", "something"), ("waarden", "values"))
_NOTHING = Kind(lambda value: value is None, ("None", "None"), ("None", "None"))
_NAMED: dict[object, Kind] = {
    bool: Kind(
        lambda value: isinstance(value, bool | np.bool_),
        ("True of False", "True or False"),
        ("keer True of False", "times True or False"),
    ),
    # numpy has such numbers too; True is an int to Python alone; NaN, which differs from itself, is no number
    float: Kind(
        lambda value: isinstance(value, Real) and not isinstance(value, bool) and value == value,
        ("een getal", "a number"),
        ("getallen", "numbers"),
    ),
    int: Kind(
        lambda value: isinstance(value, Integral) and not isinstance(value, bool),
        ("een geheel getal", "a whole number"),
        ("gehele getallen", "whole numbers"),
    ),
    str: Kind(lambda value: isinstance(value, str), ("een tekst", "a text"), ("teksten", "texts")),
    Path: Kind(
        lambda value: (
            isinstance(value, str | os.PathLike) and bool(os.fspath(value)) and not isinstance(value, bytes)
        ),
        ("een pad, als tekst of als pathlib.Path", "a path, as text or as pathlib.Path"),
        ("paden", "paths"),
        Path,
    ),
    Callable: Kind(callable, ("een functie", "a function"), ("functies", "functions")),
    np.ndarray: Kind(
        lambda value: isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biuf",
        ("een numpy-array van getallen", "a numpy array of numbers"),
        ("numpy-arrays van getallen", "numpy arrays of numbers"),
    ),
}
_MAKERS = {
    "Case": "read_case",
    "Cells": "build_cells",
    "ClientTable": "read_clients",
    "Comparison": "compare",
    "LumpSumDesign": "design_lumpsum",
    "NormAmounts": "NormAmounts",
    "Plan": "plan",
    "Reference": "reference",
    "SimpleTerms": "SimpleTerms",
    "Suite": "read_suite",
}
"""What returns an object of a class, where a caller may not know."""


@cache
def kinds_of(function: Callable[..., object]) -> dict[str, Kind]:
    """The kind of every argument that is annotated, by its name; arguments that are packed are not looked at.

    >>> sorted(kinds_of(round))
    []
    """
    packed = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    names = _Names(getattr(inspect.unwrap(function), "__globals__", {}))
    kinds = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in packed or parameter.annotation is inspect.Parameter.empty:
            continue
        alone = SimpleNamespace(__annotations__={name: parameter.annotation})
        hint = get_type_hints(alone, localns=names, include_extras=True)[name]
        if (kind := kind_of(hint)) is not _ANYTHING:
            kinds[name] = kind
    return kinds


class _NameAlone:
    """A class that a module imports for type checkers alone, such as those of matplotlib: known by its name."""


class _Names(dict[str, object]):
    """The names of a module, in which a class that is not imported is a ``_NameAlone``."""

    def __missing__(self, name: str) -> object:
        """A built-in name, or a class that has the name and nothing else."""
        return vars(builtins).get(name) or type(name, (_NameAlone,), {})


def kind_of(hint: object) -> Kind:
    """The kind that a type hint asks.

    >>> kind = kind_of(tuple[float, ...] | None)
    >>> kind.fits([0.1, 2]), kind.fits(["0.1"]), kind.said[1]
    (True, False, 'a list of numbers')
    """
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(*parts)
    if origin in (Union, UnionType):
        return _one_of(parts)
    if origin is Literal:
        listed = ", ".join(map(str, parts))
        said = (f"een van {listed}", f"one of {listed}")
        return Kind(lambda value: _is_word(value, parts), said, said)
    if isinstance(hint, TypeVar) and hint.__bound__ is not None:
        return kind_of(hint.__bound__)
    if hint in (None, NoneType):
        return _NOTHING
    kind = hint if origin is None else origin
    if kind in _NAMED:
        return _NAMED[kind]
    if kind is type and parts:
        return _subclass(parts[0])
    if not isinstance(kind, type) or kind in (object, Any):
        return _ANYTHING
    if issubclass(kind, Mapping):
        return _mapping(*parts)
    if kind not in (str, type) and issubclass(kind, Iterable) and parts:
        return _list(kind, parts)
    return _object(kind)


def _is_word(value: object, words: tuple[object, ...]) -> bool:
    """Whether a value is one of the words of a ``Literal``, and of its kind: ``True`` is not ``1``."""
    return any(type(value) is type(word) and value == word for word in words)


def _annotated(hint: object, *more: object) -> Kind:
    """A number within bounds, or a name that a registry knows; what else stands beside the hint is for others."""
    kind = kind_of(hint)
    for one in more:
        if isinstance(one, Range):
            kind = _within(kind, one)
        elif isinstance(one, Registry):
            kind = _named(kind, one)
    return kind


def _within(kind: Kind, bounds: Range) -> Kind:
    """A number within bounds."""
    nl, en = bounds.said
    return replace(
        kind,
        fits=lambda value: kind.fits(value) and bounds.low <= float(cast(float, value)) <= bounds.high,
        said=(f"{kind.said[0]} {nl}", f"{kind.said[1]} {en}"),
        several=(f"{kind.several[0]} {nl}", f"{kind.several[1]} {en}"),
    )


def _named(kind: Kind, registry: Registry[Any]) -> Kind:
    """A name that a registry knows; it is read when an argument is checked, after extensions have added theirs."""
    listed = ", ".join(registry)
    said = (f"een van {listed}", f"one of {listed}")
    return replace(kind, fits=lambda value: kind.fits(value) and value in registry, said=said, several=said)


def _one_of(hints: Iterable[object]) -> Kind:
    """Either of several kinds; the words leave out that an argument may be ``None``."""
    kinds = [kind_of(hint) for hint in hints]
    if _ANYTHING in kinds:
        return _ANYTHING
    if _NAMED[Path] in kinds:  # which may be text
        kinds = [kind for kind in kinds if kind is not _NAMED[str]]
    shown = [kind for kind in kinds if kind is not _NOTHING]
    return Kind(
        lambda value: any(kind.fits(value) for kind in kinds),
        _either(kind.said for kind in shown),
        _either(kind.several for kind in shown),
        lambda value: next(kind for kind in kinds if kind.fits(value)).taken(value),
    )


def _either(said: Iterable[Said]) -> Said:
    """One or the other, in both languages; each of them once."""
    nl, en = zip(*dict.fromkeys(said), strict=True)
    return " of ".join(nl), " or ".join(en)


def _list(kind: type, parts: tuple[object, ...]) -> Kind:
    """A list or another collection; what is read once is not looked into, and a text is no list of its letters."""
    held = [kind_of(part) for part in parts if part is not Ellipsis]
    pair = kind is tuple and Ellipsis not in parts
    either = (list, tuple) if kind in (list, tuple) else (kind,)

    def fits(value: object) -> bool:
        """Whether it is such a collection, of what it should hold."""
        if not isinstance(value, either) or isinstance(value, str | bytes):
            return False
        if not isinstance(value, Collection):
            return True
        if pair:
            return len(value) == len(held) and all(one.fits(part) for one, part in zip(held, value, strict=True))
        return all(held[0].fits(part) for part in value)

    nl, en = ("waarden", "values") if pair or held[0] is _ANYTHING else held[0].several
    return Kind(
        fits,
        (f"een lijst van {nl}", f"a list of {en}"),
        (f"lijsten van {nl}", f"lists of {en}"),
        kind if kind in (list, tuple) else lambda value: value,
    )


def _mapping(keys: object = object, values: object = object) -> Kind:
    """A mapping; ``keys`` and ``values`` are the hints of what it holds."""
    key, held = kind_of(keys), kind_of(values)
    nl, en = (f"van {key.several[0]} naar {held.several[0]}", f"from {key.several[1]} to {held.several[1]}")
    return Kind(
        lambda value: (
            isinstance(value, Mapping) and all(key.fits(one) and held.fits(other) for one, other in value.items())
        ),
        (f"een dict {nl}", f"a dict {en}"),
        (f"dicts {nl}", f"dicts {en}"),
    )


def _subclass(of: object) -> Kind:
    """A class, not an object of it."""
    name = getattr(of, "__name__", "")
    return Kind(
        lambda value: isinstance(value, type) and isinstance(of, type) and issubclass(value, of),
        (f"een klasse die {name} is", f"a class that is a {name}"),
        (f"klassen die {name} zijn", f"classes that are a {name}"),
    )


def _object(kind: type) -> Kind:
    """An object of a class, or with what a protocol asks."""
    name, maker = kind.__name__, _MAKERS.get(kind.__name__)
    by = ("", "") if maker is None else (f", zoals {maker} die geeft", f", as {maker} returns it")
    return Kind(
        _is_one(kind),
        (f"een {name}{by[0]}", f"{'an' if name[0] in 'AEIOU' else 'a'} {name}{by[1]}"),
        (f"objecten {name}", f"{name} objects"),
    )


def _is_one(kind: type) -> Callable[[object], bool]:
    """Whether a value is an object of a class: by what a protocol asks, by the name where the class is not imported."""
    if getattr(kind, "_is_protocol", False):
        members = [member for member in vars(kind) if not member.startswith("_")]
        return lambda value: all(_has(value, member) for member in members)
    if issubclass(kind, _NameAlone):
        return lambda value: any(base.__name__ == kind.__name__ for base in value.__class__.__mro__)
    return lambda value: isinstance(value, kind)


def _has(value: object, member: str) -> bool:
    """Whether an object has a member; without computing what it is."""
    try:
        inspect.getattr_static(value, member)
    except AttributeError:
        return False
    return True
