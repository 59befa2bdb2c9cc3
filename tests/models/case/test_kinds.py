"""Kinds of arguments: which values fit an annotation, what they become, and the words of what is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction as Ratio
from math import inf, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import pytest

from bekostiging.case.kinds import Count, Fraction, kind_of, kinds_of
from bekostiging.case.open_sets import PaymentForm
from bekostiging_solvers.typing import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class _Named(Protocol):
    @property
    def name(self) -> str:
        """Of whatever has one."""


class _Person:
    def __init__(self) -> None:
        self.name = "x"


def _once() -> Iterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("hint", "fitting", "others"),
    [
        (float, [1, 0.5, np.float32(2), np.int64(3), Ratio(1, 3)], ["1", True, None, 1j]),
        (int, [1, np.int64(3)], [1.0, True, "1"]),
        (bool, [True, np.bool_(False)], [0, "yes"]),
        (str, ["", "x"], [b"x", 1]),
        (Path, ["x", Path("x")], ["", b"x", 3]),
        (str | Path, ["x", Path("x")], ["", 3]),
        (int | None, [None, 1], ["1"]),
        (Literal["a", 1], ["a", 1], ["b", True, 2]),
        (
            FloatArray,
            [np.ones(2), np.zeros((1, 2), int), np.array([True]), np.ones(2).sum()],
            [[1.0], 1.0, np.array(["x"])],
        ),
        (Sequence[float], [(1, 0.5), [], range(3)], ["12", b"12", ["1"], {1.0}, 1.0]),
        (tuple[float, ...], [(1, 2), [1, 2]], [(1, "2"), {1: 2}]),
        (tuple[str, int], [("a", 1), ["a", 1]], [("a",), (1, "a"), ("a", 1, 1)]),
        (list[tuple[str, str]], [[("a", "b")], ()], [[("a", 1)], ["ab"]]),
        (Iterable[int], [_once(), [1], {1}], ["1", ["1"], 1]),
        (Mapping[str, Sequence[int]], [{}, {"a": [1]}], [{"a": ["1"]}, {1: [1]}, [("a", [1])]]),
        (Callable[[int], int], [len, lambda x: x], [1, "len"]),
        (type[Exception], [ValueError], [ValueError(), int, 1]),
        (_Named, [_Person(), Path("x")], [1, "x"]),
        (Any, [None, 1, "x"], []),
        (float, [inf], [nan]),
        (Count, [1, np.int64(2)], [0, 1.5, "1"]),
        (Fraction, [0, 0.5, 1.0], [-0.1, 1.1, nan, "0.5"]),
        (Count | None, [None, 3], [0]),
        (PaymentForm, ["taakgericht"], ["taakgerichte", 1]),
    ],
)
def test_a_value_fits_its_annotation(hint: object, fitting: list[object], others: list[object]) -> None:
    kind = kind_of(hint)
    assert [value for value in fitting if not kind.fits(value)] == []
    assert [value for value in others if kind.fits(value)] == []


def test_a_value_is_taken_as_the_function_wants_it() -> None:
    assert kind_of(str | Path | None).taken("x") == Path("x")
    assert kind_of(str | Path | None).taken(None) is None
    assert kind_of(tuple[float, ...]).taken([1, 2]) == (1, 2)
    assert kind_of(list[int]).taken((1, 2)) == [1, 2]


@pytest.mark.parametrize(
    ("hint", "nl", "en"),
    [
        (float | None, "een getal", "a number"),
        (FloatArray | float, "een numpy-array van getallen of een getal", "a numpy array of numbers or a number"),
        (Literal["a", "b"], "een van a, b", "one of a, b"),
        (Sequence[Sequence[str]], "een lijst van lijsten van teksten", "a list of lists of texts"),
        (Mapping[str, float], "een dict van teksten naar getallen", "a dict from texts to numbers"),
        (Sequence[_Person], "een lijst van objecten _Person", "a list of _Person objects"),
        (Count, "een geheel getal van 1 of meer", "a whole number of 1 or more"),
        (ArithmeticError, "een ArithmeticError", "an ArithmeticError"),
    ],
)
def test_what_is_asked_is_said_in_words(hint: object, nl: str, en: str) -> None:
    assert kind_of(hint).said == (nl, en)


def test_a_class_that_is_imported_for_type_checkers_alone_is_known_by_its_name() -> None:
    def draw(ax: Axes | None, *more: int) -> None:
        """Draw nothing."""

    kinds = kinds_of(draw)
    assert kinds["ax"].fits(None)
    assert kinds["ax"].fits(type("Subplot", (type("Axes", (), {}),), {})())
    assert not kinds["ax"].fits("Axes")
    assert "more" not in kinds
