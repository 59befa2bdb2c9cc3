"""What a Python caller meets first: names, printed results, mistakes in Python's words, and no change of global state."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import bekostiging
from bekostiging.case import Case, UserError
from bekostiging.case.errors import ArgumentError
from bekostiging.case.shown import Brief
from bekostiging.evaluation import Comparison
from bekostiging.options import RunOptions, run_options
from bekostiging.studies import (
    backtest,
    benchmark,
    compare,
    pooled,
    reverse_stress,
    study_capacity,
    study_equalisation,
    study_lumpsum,
    study_sharing,
    study_stress,
)
from bekostiging_solvers import Estimate

LINES = 10


def test_dir_shows_what_there_is_and_every_name_can_be_had() -> None:
    for name in dir(bekostiging):
        assert getattr(bekostiging, name) is not None
    assert {"read_case", "compare", "study_lumpsum", "write_results", "Estimate", "studies"} <= set(
        dir(bekostiging)
    )
    assert "importlib" not in dir(bekostiging)


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'comparison'"):
        _ = bekostiging.comparison  # type: ignore[attr-defined]


def _python(code: str, **keywords: Any) -> subprocess.CompletedProcess[str]:
    around = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, *keywords.pop("arguments", ("-c", code))], capture_output=True, text=True,
                          check=False, timeout=60, env=around, **keywords)  # fmt: skip


def test_importing_changes_no_global_state() -> None:
    code = """
import signal, sys, warnings
def state():
    return [signal.getsignal(one) for one in sorted(signal.valid_signals())], list(warnings.filters), sys.excepthook
import matplotlib, numpy, pandas, pyomo.environ, scipy.sparse, scipy.special, scipy.stats
before, settings, precision = state(), dict(matplotlib.rcParams), numpy.get_printoptions()
import bekostiging.report, bekostiging.studies
assert state() == before
assert dict(matplotlib.rcParams) == settings and numpy.get_printoptions() == precision
"""
    done = _python(code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("lang", "said"), [("en", "n_years 0: give"), ("nl", "n_years 0: geef")])
def test_short_errors_gives_the_sentence_alone(lang: str, said: str) -> None:
    done = _python(
        f"import bekostiging as b; b.short_errors('en'); b.short_errors({lang!r}); b.RunOptions(n_years=0)"
    )
    assert done.returncode == 1
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1


def test_short_errors_leaves_other_exceptions_as_they_are() -> None:
    assert "ZeroDivisionError" in _python("import bekostiging as b; b.short_errors(); 1 / 0").stderr


def test_a_message_names_arguments_unless_the_caller_calls_them_otherwise() -> None:
    error = ArgumentError("keep", "keep x{y}: neem {folder}", "keep x{y}: take {folder}", arguments=["folder"])
    assert str(error) == error.text("en") == "keep x{y}: take folder"
    assert error.text("nl", {"folder": "--out", "keep": "--keep"}) == "--keep x{y}: neem --out"
    with pytest.warns(DeprecationWarning, match=r"UserError\.text"):
        assert error.message("nl") == error.text("nl")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"n_scenarios": 64.0}, "n_scenarios 64.0: give a whole number of 1 or more"),
        ({"n_scenarios": True}, "n_scenarios True: give a whole number of 1 or more"),
        ({"seed": -1}, "seed -1: give a whole number of 0 or more"),
        ({"workers": 0}, "workers 0: give a whole number of 1 or more"),
        ({"keep": 3}, "keep 3: give a path, as text or as pathlib.Path"),
        ({"named": "yes"}, "named yes: give True or False"),
        ({"cluster": 5}, "cluster 5: give a str, as dask.distributed.Client.scheduler.address returns it"),
        ({"progress": "bar"}, "progress bar: give a function"),
        ({"scenarios": 64}, "scenarios: no such argument; did you mean n_scenarios?"),
    ],
)
def test_every_option_of_a_run_is_checked(options: Any, said: str) -> None:
    with pytest.raises(UserError) as caught:
        run_options(options)
    assert str(caught.value) == said


def test_a_path_may_be_text(tmp_path: Path, outcome: Comparison) -> None:
    assert RunOptions(keep=str(tmp_path)).folder == tmp_path
    assert bekostiging.write_results(outcome, str(tmp_path / "out")) == tmp_path / "out"
    for folder, lang, said in ((3, "nl", "folder 3: give a path"), ("x", "de", "lang de: choose from nl, en")):
        with pytest.raises(UserError, match=said):
            bekostiging.write_results(outcome, folder, lang=lang)  # type: ignore[arg-type]


STUDIES: dict[str, Callable[..., object]] = {
    "compare": compare,
    "lumpsum": study_lumpsum,
    "sharing": study_sharing,
    "equalisation": study_equalisation,
    "capacity": study_capacity,
    "stress": lambda case, **options: study_stress(case, targets=["begroting"], **options),
    "backtest": backtest,
}


@pytest.mark.parametrize("name", STUDIES)
def test_a_name_is_no_case(name: str) -> None:
    with pytest.raises(UserError, match="case almere: give a Case, as read_case returns it"):
        STUDIES[name]("almere")


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_checks_its_seed(name: str, small_case: Case) -> None:
    with pytest.raises(UserError, match="seed one: give a whole number"):
        STUDIES[name](small_case, seed="one")


@pytest.mark.parametrize(
    ("name", "argument", "value", "said"),
    [
        ("compare", "precision", 0, "precision 0: give a number larger than 0"),
        (
            "compare",
            "n_scenarios",
            4,
            "n_scenarios 4: a tail at confidence 95 % and a standard error need at least 20",
        ),
        ("lumpsum", "simple", 1, "simple 1: give a SimpleTerms, as SimpleTerms returns it"),
        ("lumpsum", "edges", "0.1", "edges 0.1: give a list of numbers"),
        ("lumpsum", "mix", 1, "mix 1: give True or False"),
        ("lumpsum", "precision", -1, "precision -1: give a number larger than 0"),
        ("lumpsum", "confidence", 2, "confidence is 2, allowed is a number from 0.5 to 0.999"),
        ("lumpsum", "risk_weight", "high", "risk_weight high: give a number"),
        ("sharing", "game", "poker", "game poker: choose from surcharge"),
        ("sharing", "exit_cost", -1, "exit_cost -1: give a number of 0 or more"),
        ("sharing", "table", None, "table None: give True or False"),
        ("equalisation", "model", "lad", "model lad: give a NormAmounts, as NormAmounts returns it"),
        (
            "equalisation",
            "table",
            "clients.csv",
            "table clients.csv: give a ClientTable, as read_clients returns it",
        ),
        ("equalisation", "power", "all", "power all: give a number"),
        ("capacity", "gap", 2, "gap 2: give a number from 0 to 1"),
        ("capacity", "seconds", 0, "seconds 0: give a number larger than 0"),
        ("stress", "shocks", "growth", "shocks growth: give a list of texts"),
        ("stress", "form", "taak", "form taak: no payment form; did you mean taakgericht?"),
        ("stress", "shocks", ["flood"], "shocks flood: not in table shocks"),
        ("backtest", "origin", "2020", "origin 2020: give a whole number"),
    ],
)
def test_arguments_are_checked_in_python_words(
    name: str, argument: str, value: object, said: str, small_case: Case
) -> None:
    with pytest.raises(UserError) as caught:
        STUDIES[name](small_case, **{argument: value})
    assert str(caught.value).startswith(said)
    assert "--" not in str(caught.value)


def test_results_and_suites_are_checked_too() -> None:
    for study in (lambda: reverse_stress("x", "taakgericht"), lambda: pooled(None, ["P(use >= 0) = 0.5"])):  # type: ignore[arg-type]
        with pytest.raises(UserError, match="give a Comparison, as compare returns it"):
            study()
    with pytest.raises(UserError, match=r"suite standard: give a Suite, as read_suite returns it"):
        benchmark("standard")  # type: ignore[arg-type]


def test_a_result_is_printed_in_ten_lines(outcome: Comparison, small_case: Case) -> None:
    for result in (outcome, small_case):
        lines = str(result).splitlines()
        assert 1 < len(lines) <= LINES
        assert lines[0] == result.heading()
        assert repr(result) == f"<{type(result).__name__}: {result.heading()}>"


def test_the_parts_of_a_result_are_shown_in_one_line(outcome: Comparison) -> None:
    for part in (outcome.lumpsum, *outcome.forms.values()):
        assert isinstance(part, Brief)
        assert len(repr(part)) < 1000
        assert "\n" not in repr(part)


def test_an_estimate_is_a_number_with_its_error() -> None:
    estimate = Estimate(1234.56, 7.8, degrees_of_freedom=15)
    assert float(estimate) == 1234.56
    assert f"{estimate:,.1f}" == "1,234.6 ± 7.8"
    assert f"{estimate}" == str(estimate)
    assert f"{Estimate(0.5, None):.0%}" == "50%"
    low, high = estimate.interval(0.9) or (0.0, 0.0)
    assert low < 1234.56 < high
    with pytest.raises(ValueError, match="level is 95; a level lies between 0 and 1"):
        estimate.interval(95)
