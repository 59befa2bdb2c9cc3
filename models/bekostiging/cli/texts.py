"""Options that hold more than one value in a text: lists of fractions, numbers by name, an order of names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bekostiging.case.errors import UserError


def fractions(option: str, text: str | None) -> tuple[float, ...]:
    """Numbers separated by commas; none without a text.

    >>> fractions("--shares", "0.25,0.5")
    (0.25, 0.5)

    Raises
    ------
    UserError
        Something that is no number.
    """
    try:
        return () if text is None else tuple(float(part) for part in text.split(","))
    except ValueError:
        raise UserError(
            f"{option} {text}: geef getallen met een punt, gescheiden door komma's: 0.25,0.5",
            f"{option} {text}: give numbers with a point, separated by commas: 0.25,0.5",
            exit_code=2,
        ) from None


def named_numbers(option: str, texts: Sequence[str], count: int) -> dict[str, tuple[float, ...]]:
    """Texts such as ``name=1`` or ``name=-50:50`` as ``count`` numbers by name.

    >>> named_numbers("--group-bound", ["age:0-11=-50:50"], 2)
    {'age:0-11': (-50.0, 50.0)}

    Raises
    ------
    UserError
        A text of another form, or a lower number that comes second.
    """
    numbers_by_name: dict[str, tuple[float, ...]] = {}
    for text in texts:
        name, _, numbers = text.rpartition("=")
        try:
            values = tuple(float(part) for part in numbers.split(":"))
        except ValueError:
            values = ()
        if not name or len(values) != count or list(values) != sorted(values):
            example = "naam=" + ":".join(["-50", "50"][-count:])
            raise UserError(
                f"{option} {text}: schrijf {example}, met een punt in getallen en het laagste eerst",
                f"{option} {text}: write {example.replace('naam', 'name')}, with a point in numbers and the lowest first",
                exit_code=2,
            )
        numbers_by_name[name] = values
    return numbers_by_name


def ordered_pairs(option: str, texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Texts such as ``light<heavy<heaviest`` as pairs of neighbours.

    >>> ordered_pairs("--order", ["light<heavy<heaviest"])
    (('light', 'heavy'), ('heavy', 'heaviest'))

    Raises
    ------
    UserError
        A text without two names.
    """
    pairs: list[tuple[str, str]] = []
    for text in texts:
        names = [name.strip() for name in text.split("<")]
        if len(names) < 2 or not all(names):
            raise UserError(
                f"{option} {text}: schrijf licht<zwaar, met namen van profielen",
                f"{option} {text}: write light<heavy, with names of profiles",
                exit_code=2,
            )
        pairs += list(pairwise(names))
    return tuple(pairs)
