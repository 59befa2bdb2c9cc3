"""What the field of a table may hold: its kind, the words it chooses from, its bounds and why they are there."""

from __future__ import annotations

from math import inf
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from bekostiging.case.quantities import Because
from bekostiging.case.registry import Registry


def leaf(info: FieldInfo) -> Any:
    """The type behind Optional and Annotated."""
    annotation: Any = info.annotation
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    while hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    return annotation


def registry_of(info: FieldInfo) -> Registry[Any] | None:
    """The open set whose names a field takes; None for every other field."""
    return next((rule for rule in info.metadata if isinstance(rule, Registry)), None)


def choices(info: FieldInfo) -> tuple[str, ...]:
    """The words a field chooses from: those of a closed set, or the names of an open one; none where it takes any value."""
    open_set = registry_of(info)
    if open_set is not None:
        return tuple(open_set)
    annotation: Any = info.annotation
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return tuple(str(word) for part in parts if get_origin(part) is Literal for word in get_args(part))


class Bounds(NamedTuple):
    """The strictest bounds of a number; an open one is not itself allowed."""

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False


def bounds(info: FieldInfo) -> Bounds:
    """The bounds of a field, also of one that may be empty; of several rules the strictest."""
    inner = [rule for own in _nested(info) for rule in getattr(own, "metadata", ())]
    lows, highs = [(-inf, False)], [(inf, True)]
    for rule in (*info.metadata, *inner):
        match rule:
            case Ge(ge=float() | int() as value):
                lows.append((float(value), False))
            case Gt(gt=float() | int() as value):
                lows.append((float(value), True))
            case Le(le=float() | int() as value):
                highs.append((float(value), True))
            case Lt(lt=float() | int() as value):
                highs.append((float(value), False))
    (low, low_open), (high, closed) = max(lows), min(highs)
    return Bounds(low, high, low_open, not closed)


def reason(info: FieldInfo) -> Because | None:
    """Why the bounds of a field are where they are; also of one that may be empty."""
    return next((rule for rule in (*info.metadata, *_nested(info)) if isinstance(rule, Because)), None)


def _nested(info: FieldInfo) -> list[Any]:
    """Metadata of the types that the type of a field is made of: of one that may be empty, or of several in a field."""
    return [rule for part in get_args(info.annotation) for rule in getattr(part, "__metadata__", ())]
