"""Arguments of public functions: what is accepted, and the sentence where it is not."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bekostiging.case import (
    Case,
    ClientTable,
    UserError,
    case_from_history,
    check_case,
    convert,
    key_weights,
    read_case,
    read_clients,
    scaffold_case,
    spreads,
    synthetic_region,
    with_cost_sheet,
    with_policy,
    write_case,
)
from bekostiging.case.arguments import (
    checked_kind,
    checked_language,
    checked_number,
    checked_path,
    checked_texts,
    checked_whole,
    checked_word,
)
from bekostiging.case.errors import ArgumentError
from bekostiging.cli import app


def test_what_is_accepted() -> None:
    assert checked_path("target", "region") == checked_path("target", Path("region")) == Path("region")
    assert (checked_whole("seed", np.int64(3), 0), checked_number("power", np.float32(0.5), 0, 1)) == (3, 0.5)
    assert checked_number("power", 1) == 1.0
    assert checked_texts("wanted", (word for word in ("a", "b"))) == ("a", "b")


@pytest.mark.parametrize(
    ("check", "value", "sentence"),
    [
        (partial(checked_path, "target"), 3, "target 3: give a path, as text or as pathlib.Path"),
        (partial(checked_path, "target"), "", "target '': give a path, as text or as pathlib.Path"),
        (partial(checked_language, "lang"), "de", "lang de: choose from nl, en"),
        (partial(checked_word, "method", words=("lad",)), None, "method None: choose from lad"),
        (partial(checked_whole, "seed", low=0), True, "seed True: give a whole number of 0 or more"),
        (partial(checked_whole, "seed", low=0), 1.5, "seed 1.5: give a whole number of 0 or more"),
        (partial(checked_whole, "n_years", low=1, high=8), 9, "n_years 9: give a whole number from 1 to 8"),
        (partial(checked_number, "gap", high=1), 2, "gap 2: give a number of at most 1"),
        (partial(checked_number, "gap"), float("nan"), "gap nan: give a number"),
        (partial(checked_number, "gap", low=0, high=1), "half", "gap half: give a number from 0 to 1"),
        (partial(checked_texts, "wanted"), "all", "wanted all: give a list of texts: wanted=[...]"),
        (partial(checked_texts, "wanted"), [1], "wanted [1]: give a list of texts: wanted=[...]"),
        (partial(checked_kind, "count", kind=int, origin="len"), [], "count []: give a int, as len returns it"),
    ],
)  # fmt: skip
def test_what_is_refused(check: Callable[[object], object], value: object, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        check(value)
    assert caught.value.text("en") == sentence
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda case: read_case(3), "name 3: give a path"),
        (lambda case: check_case({}), "case {}: give a Case, as read_case returns it"),
        (lambda case: write_case(case, "there", "de"), "lang de: choose from nl, en"),
        (lambda case: convert("region", "there.xlsx", "de"), "lang de: choose from nl, en"),
        (lambda case: scaffold_case("there", wanted="all"), "wanted all: give a list of texts"),
        (lambda case: scaffold_case("there", wanted=["measure"]), "wanted measure: there is no such table"),
        (lambda case: case_from_history("nowhere", "mine"), "source nowhere: there is no such folder"),
        (lambda case: case_from_history("nowhere", ""), "name '': give a name for the case"),
        (lambda case: read_clients("none.csv"), "file none.csv: there is no such file"),
        (lambda case: with_cost_sheet(case, "none.csv"), "sheet none.csv: there is no such file"),
        (lambda case: with_policy(case, discount=0.1), "discount 0.1: there is no such policy; choose from risk_weight"),
        (lambda case: with_policy(case, confidence=0.9991), "confidence is 0.9991, allowed is a number from 0.5 to 0.999"),
        (lambda case: with_policy(case, indexation="add"), "'add' is no choice for indexation"),
        (lambda case: key_weights(case, case.lots[0], "size"), "key size: choose from actual_use"),
        (lambda case: spreads(case, "2020"), "until 2020: give a whole number"),
        (lambda case: synthetic_region(0), "municipalities 0: give a whole number of 1 or more"),
        (lambda case: synthetic_region(2, 2), "providers 2: give a whole number of 3 or more"),
        (lambda case: ClientTable(("a",), (), np.array([1.0]), {}), "profile: 0 values for 1 clients"),
        (lambda case: ClientTable(("a",), ("b",), np.array([-1.0]), {}), "cost: an amount is negative or no number"),
    ],
)  # fmt: skip
def test_functions_refuse_in_the_words_of_the_caller(
    small_case: Case,
    call: Callable[[Case], object],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as caught:
        call(small_case)
    assert caught.value.text("en").startswith(sentence)
    assert not list(tmp_path.iterdir())


def test_policies_are_given_as_numbers_words_or_truth(small_case: Case) -> None:
    """And a former name is the present one."""
    case = with_policy(
        small_case, indexation="multiplicative", acceptance_duty=False, premium_max=0.07, confidence=None
    )
    assert case.policy.indexation() == "multiplicative"
    assert case.policy.acceptance_duty() is False
    assert case.policy.loading_cap() == 0.07
    assert case.policy.confidence == small_case.policy.confidence


def test_a_long_value_is_cut() -> None:
    with pytest.raises(UserError, match=r"^lang x{60}…: choose from nl, en$"):
        checked_language("lang", 100 * "x")


def test_another_name_takes_the_place_of_the_parameter_alone() -> None:
    """Also after the error travelled between processes."""
    error = ArgumentError("years", "n_years en years 0", "n_years and years 0: years")
    again = pickle.loads(pickle.dumps(error))
    assert again.text("en", {"years": "--years"}) == "n_years and --years 0: years"
    assert again.text("en") == str(error)


def test_the_command_line_says_its_option() -> None:
    done = CliRunner().invoke(app, ["lumpsum", "region", "--risk-weight", "7", "--lang", "en"])
    assert done.exit_code == 2
    assert "--risk-weight is 7, allowed is a number from 0 to 1; mend it" in done.stderr
