"""Every exported function that a user calls refuses arguments of another kind in one sentence, in Python's words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from math import nan
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from unittest.mock import Mock

import numpy as np
import pytest
from matplotlib.axes import Axes

from bekostiging import NormAmounts, capacity, contracts, equalisation, lumpsum, sharing
from bekostiging.case import Case, UserError
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.registry import Registry
from bekostiging.evaluation import Comparison
from bekostiging.scenarios import Block, build_cells, map_blocks, multiply, neutral_factors, plan

PACKAGES = (
    "bekostiging",
    *(
        f"bekostiging.{name}"
        for name in (
            "case",
            "actuals",
            "scenarios",
            "messages",
            "store",
            "contracts",
            "lumpsum",
            "equalisation",
            "sharing",
            "capacity",
            "evaluation",
            "settlement",
            "studies",
            "report",
        )
    ),
)
PACKED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _functions() -> dict[str, Callable[..., Any]]:
    """Every exported function that takes something, by its place."""
    exported = {
        f"{package}.{name}": getattr(import_module(package), name)
        for package in PACKAGES
        for name in import_module(package).__all__
    }
    return {place: value for place, value in exported.items() if inspect.isfunction(value) and _parameters(value)}


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return [one for one in inspect.signature(function).parameters.values() if one.kind not in PACKED]


def _called(function: Callable[..., Any], wrong: object) -> Any:
    """Call it with the same wrong value for every argument."""
    parameters = _parameters(function)
    alone = [wrong for one in parameters if one.kind is not inspect.Parameter.KEYWORD_ONLY]
    return function(*alone, **{one.name: wrong for one in parameters[len(alone) :]})


FUNCTIONS = _functions()


@pytest.mark.parametrize("place", FUNCTIONS)
@pytest.mark.parametrize("wrong", [object(), b"x"], ids=["object", "bytes"])
def test_arguments_of_another_kind_are_refused_in_the_words_of_the_caller(
    place: str, wrong: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as caught:
        _called(FUNCTIONS[place], wrong)
    for lang in ("nl", "en"):
        assert "--" not in caught.value.text(lang)
        assert "\n" not in caught.value.text(lang)
    assert not list(tmp_path.iterdir())


def _right(hint: Any) -> Any:
    """A value that fits an annotation, of which a function can make nothing."""
    origin, parts = get_origin(hint), get_args(hint)
    kind = hint if origin is None else origin
    if origin is Annotated:
        return next((next(iter(one)) for one in parts if isinstance(one, Registry)), _right(parts[0]))
    if origin in (Union, UnionType):
        return _right(parts[0])
    if origin is Literal:
        return parts[0]
    if kind is tuple and Ellipsis not in parts:
        return tuple(_right(part) for part in parts)
    if kind is np.ndarray:
        return np.ones(1)
    if isinstance(kind, TypeVar):
        return _right(kind.__bound__)
    if kind is type:
        return parts[0]
    plain = {float: 0.5, int: 1, bool: True, str: "text", Path: "text", slice: slice(1), Any: None}
    if kind in plain:
        return plain[kind]
    if issubclass(kind, Mapping):
        return {}
    if getattr(kind, "_is_protocol", False):
        return type(kind.__name__, (kind,), {})()
    return () if issubclass(kind, Sequence | list | tuple) else Mock(spec=kind)


CHECKED = [place for place, function in FUNCTIONS.items() if function.__code__ is kinds_checked(len).__code__]
"""The functions of which every argument is checked as it is annotated."""
PREPARED = ("scenarios", "contracts", "lumpsum", "equalisation", "sharing", "capacity")
"""Packages that take what others made; the studies over them check what a user may ask."""


BY_HAND = {"bekostiging.scenarios.with_factor_distribution"}
"""Functions of these that say more of a wrong argument than its kind."""


def test_arguments_are_checked_as_they_are_annotated() -> None:
    prepared = {place for place in FUNCTIONS if place.split(".")[1] in PREPARED}
    assert prepared - set(CHECKED) == BY_HAND


@pytest.mark.parametrize("place", CHECKED)
def test_every_argument_is_checked_where_the_others_are_right(place: str) -> None:
    """The others are stand-ins of the right kind, which the function would trip over if it were entered."""
    function = FUNCTIONS[place]
    hints = get_type_hints(inspect.unwrap(function), localns={"Axes": Axes}, include_extras=True)
    right = {one.name: _right(hints[one.name]) for one in _parameters(function)}
    for name in right:
        with pytest.raises(UserError, match=rf"^{name} .*: give "):
            function(**(right | {name: object()}))


def test_the_kind_stands_for_what_a_caller_may_give() -> None:
    """Whole numbers for numbers, numpy's too; text for a path; None where it may be left out."""

    @kinds_checked
    def taken(number: float, path: Path, case: Case | None = None, *more: int) -> object:
        return number, path, case

    assert taken(3, "x") == (3, Path("x"), None)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"^case almere: give a Case, as read_case returns it$"):
        taken(3.0, Path("x"), "almere")  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"^path 3: give a path, as text or as pathlib.Path$"):
        taken(3.0, 3)  # type: ignore[arg-type]


def test_a_result_is_of_the_kind_that_is_asked(outcome: Comparison) -> None:
    from bekostiging.evaluation import flags

    assert flags(outcome)


def _values(case: Case) -> dict[str, Callable[[], object]]:
    """Calls with a value of the right kind that means nothing, by the start of what is said of it."""
    cells = build_cells(case)
    example, places, shared = lumpsum.example_data(), capacity.example_data(), sharing.example_data()
    clients, rng = equalisation.example_clients(), np.random.default_rng(1)
    everybody = np.ones(len(shared.used), dtype=np.bool_)
    year, column = case.first_year, "amounts"
    return {
        "lot x: choose from": lambda: contracts.corridor_of(case, "x"),
        "lot '': choose from": lambda: contracts.expected_level(case, "", 1),
        "lot y: choose from": lambda: contracts.price_levels(case, "y", neutral_factors(case, 1)),
        "lot z: choose from": lambda: contracts.index_of_year(case, "z", year),
        "year 1900: choose a year of table indices": lambda: contracts.index_of_year(case, case.lots[0].id, 1900),
        "form x: give one of inspanningsgericht": lambda: contracts.payment_calendar(case, 0, "x"),
        "contract 999: give a whole number from 0": lambda: contracts.payment_calendar(case, 999, "taakgericht"),
        "n_years 0: give a whole number of 1 or more": lambda: contracts.reference(case, cells, 0),
        "hours_per_week nan: give a number": lambda: contracts.hours_budget(nan, 1),
        "quantity x: choose from inflow": lambda: multiply(neutral_factors(case, 1), "x", slice(1), np.ones(1)),
        "column amounts: choose from amount": lambda: lumpsum.begroting_sum(case, ["a"], [year], column),
        "workers 0: give a whole number": lambda: map_blocks(plan(case, 32, 1, 1, "design"), Block.care_use, 0),
        "seed -1: give a whole number": lambda: plan(case, 32, 1, -1, "design"),
        "stream x: give one of": lambda: plan(case, 32, 1, 1, "x"),  # type: ignore[arg-type]
        "scenario 99: give a whole number from 0 to 1": lambda: capacity.build_capacity(places, 99),
        "gap -1: give a number of 0 or more": lambda: capacity.decide_capacity(places, gap=-1),
        "game x: choose from": lambda: sharing.solve_game(shared, "x"),
        "key x: choose from": lambda: sharing.borne_parts(shared, "x", everybody),
        "confidence 95: give a number from 0 to 1": lambda: sharing.surcharge_game(shared.used, 95),
        "lot 9: give a whole number from 0 to": lambda: equalisation.pool_data(
            example, lumpsum.design_lumpsum(example), 9
        ),
        "model NormAmounts": lambda: equalisation.intervals(NormAmounts(), clients, rng),
    }


def test_a_value_that_means_nothing_is_refused_in_words(small_case: Case) -> None:
    for said, call in _values(small_case).items():
        with pytest.raises(UserError, match=f"^{re.escape(said)}"):
            call()
