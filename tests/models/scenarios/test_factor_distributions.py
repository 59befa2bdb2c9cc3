"""A distribution of the risk factors that a caller brings takes the place of the tables, in every process and study."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from conftest import DESIGN
from toy_distribution import Jump

from bekostiging.case import Case, UserError
from bekostiging.evaluation.blocks import question
from bekostiging.scenarios import (
    Factors,
    draw_block,
    factor_distribution_notes,
    neutral_factors,
    plan,
    with_factor_distribution,
)
from bekostiging.studies import compare, study_equalisation


def test_the_jump_is_in_the_factors(small_case: Case) -> None:
    """A tenth of the scenarios, exactly to the lattice of Sobol points in their first coordinate; nothing else moves."""
    quiet = replace(small_case, risk_factors=(), correlations=())
    planned = plan(with_factor_distribution(quiet, Jump(chance=0.25, size=0.5)), 512, 2, 1, "out_of_sample")
    inflow = np.concatenate([draw_block(planned, block).factors.inflow for block in range(planned.n_blocks)])
    assert inflow[:, 1:].mean() == pytest.approx(1.0, abs=1e-12)
    jumped = inflow[:, 1, 0] > 1
    assert jumped.mean() == 0.25
    np.testing.assert_allclose(inflow[jumped, 1:], 1.5 / 1.125)
    np.testing.assert_array_equal(inflow[:, 0], 1.0)


@pytest.mark.slow
def test_every_study_says_so_and_workers_draw_the_same(small_case: Case) -> None:
    own = with_factor_distribution(small_case, Jump())
    asked: dict[str, Any] = {"n_scenarios": 32, "design_scenarios": DESIGN, "n_years": 2}
    alone, together, plain = compare(own, **asked), compare(own, workers=2, **asked), compare(small_case, **asked)
    spent = [
        {form: one.municipalities["total"]["term"] for form, one in outcome.forms.items()}
        for outcome in (alone, together, plain)
    ]
    assert spent[0] == spent[1] != spent[2]
    (note,) = factor_distribution_notes(own)
    assert note["en"] == (
        "The risk factors are drawn from a distribution of the caller (jump in the inflow), not from table risk_factors."
    )
    for outcome, said in ((alone, True), (plain, False), (study_equalisation(own, **asked), True)):
        assert (note in outcome.notes) is said


def test_kept_blocks_are_recognised_by_its_fields(small_case: Case) -> None:
    keys = [
        question(plan(with_factor_distribution(small_case, one), 32, 2, 1, "design"), len)  # type: ignore[arg-type]
        for one in (Jump(), Jump(), Jump(size=0.6), None)
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == len(keys) - 1
    back = with_factor_distribution(with_factor_distribution(small_case, Jump()), None)
    assert back == small_case


class _Open:
    name = ("x", "x")


@dataclass(frozen=True)
class _Nameless:
    name: Any = None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (_Open(), "distribution _Open: not an object of a frozen dataclass"),
        (Jump, "give an object of it"),
        (_Nameless(), r"_Nameless: needs a name \(Dutch, English\) and a method"),
        (_Nameless(("a", "b")), "needs a name"),
    ],
)
def test_what_is_no_distribution_is_refused(small_case: Case, given: Any, told: str) -> None:
    with pytest.raises(UserError, match=told):
        with_factor_distribution(small_case, given)


class _Wrong:
    """A model that gives neutral factors with something changed."""

    def __init__(self, case: Case, n_years: int, change: dict[str, Any], n_dimensions: Any) -> None:
        self.case, self.n_years, self.change, self.n_dimensions = case, n_years, change, n_dimensions

    def multipliers(self, normals: np.ndarray) -> Factors:
        factors = neutral_factors(self.case, self.n_years, len(normals))
        return replace(factors, **{name: make(getattr(factors, name)) for name, make in self.change.items()})


@dataclass(frozen=True)
class _Wrongly:
    change: Any
    n_dimensions: Any = 1
    name = ("mijn verdeling", "my distribution")

    def model(self, case: Case, n_years: int) -> Any:
        return self.change if callable(self.change) else _Wrong(case, n_years, self.change, self.n_dimensions)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (_Wrongly({}, 1.5), "n_dimensions is 1.5 and must be a whole number from 0"),
        (_Wrongly({}, -1), "n_dimensions is -1"),
        (_Wrongly({"inflow": lambda own: own[:, 1:]}), r"inflow has shape \(2, 2, .* and must have \(2, 3, "),
        (_Wrongly({"duration": lambda own: 0 * own}), "duration has values that are not finite or not above 0"),
        (_Wrongly({"ova_final": lambda own: own - 2}), "ova_final has values that are not finite or not above -1"),
        (_Wrongly({"cao": lambda own: own * np.nan}), "cao has values that are not finite"),
        (
            _Wrongly({"intensity": lambda own: np.random.default_rng().random(own.shape)}),
            "use no chance of its own",
        ),
    ],
)
def test_a_model_is_checked_before_anything_is_drawn(small_case: Case, given: _Wrongly, told: str) -> None:
    with pytest.raises(UserError, match=f"distribution 'my distribution': .*{told}"):
        plan(with_factor_distribution(small_case, given), 32, 2, 1, "design").points_of(0)


def test_what_is_no_factors_is_refused(small_case: Case) -> None:
    class Bare:
        n_dimensions = 1

        def __call__(self) -> None:
            """So that the toy above hands it over as a model."""

        def multipliers(self, normals: np.ndarray) -> Any:
            return normals

    with pytest.raises(UserError, match="multipliers gives ndarray; return a bekostiging"):
        plan(with_factor_distribution(small_case, _Wrongly(Bare())), 32, 2, 1, "design").points_of(0)
