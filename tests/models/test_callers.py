"""Every exported function that a user calls refuses arguments of another kind in one sentence, in Python's words."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from bekostiging.case import Case, UserError
from bekostiging.case.arguments import kinds_checked
from bekostiging.evaluation import Comparison

PACKAGES = ("bekostiging", *(f"bekostiging.{name}" for name in ("case", "evaluation", "studies", "report")))
"""What users call; the packages under them take what these made."""
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


def _checked(function: Callable[..., Any]) -> dict[str, tuple[type, ...]]:
    """Kinds of the arguments of a function that ``kinds_checked`` made; none of another."""
    from bekostiging.case.arguments import _kinds

    return _kinds(function.__wrapped__) if function.__code__ is _CHECKED else {}


_CHECKED = kinds_checked(len).__code__
EACH = [(place, name) for place, function in FUNCTIONS.items() for name in _checked(function)]


@pytest.mark.parametrize(("place", "name"), EACH)
def test_every_argument_is_checked_where_the_others_are_right(place: str, name: str) -> None:
    """The others are stand-ins of the right kind, which the function would trip over if it were entered."""
    function = FUNCTIONS[place]
    kinds = _checked(function)
    right = {
        one.name: "text" if Path in kinds.get(one.name, ()) else Mock(spec=kinds.get(one.name, (object,))[0])
        for one in _parameters(function)
    }
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
