"""How far a candidate may be from the best: closed forms, intervals that cover, and candidates that are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from programs import newsvendor, random_program
from scipy.sparse import csr_array
from scipy.stats import norm

from bekostiging_solvers import (
    CoreScenarios,
    CVaR,
    LinearProgram,
    Recourse,
    TwoStageProgram,
    bagging_gap,
    saa_gap,
    value_of_information,
)

TRUE_AT_100 = 10 * 20 * norm.pdf(0) - 55.992384


def test_the_gap_of_a_good_and_a_bad_candidate() -> None:
    """At q* the true gap is 0; at 100 it is 10 x 20 phi(0) - 55.992 = 23.80. Batches overstate it, never understate.

    The overstatement of a batch of 100 is below one; four standard errors besides.
    """
    rng = np.random.default_rng(5)
    good = saa_gap(np.array([116.832425]), newsvendor, 12, rng)
    bad = saa_gap(np.array([100.0]), newsvendor, 12, rng)
    true = 10 * 20 * norm.pdf(0) - 55.992384
    assert true == pytest.approx(23.796, abs=1e-3)
    assert (good.gaps >= -1e-9).all()
    assert good.mean < 1 + 4 * good.standard_error
    assert bad.upper >= true
    assert abs(bad.mean - true) < 1 + 4 * bad.standard_error


def test_a_gap_without_complete_recourse_is_refused() -> None:
    def draw(rng: np.random.Generator) -> TwoStageProgram:
        return random_program(int(rng.integers(1000)), complete=False)

    with pytest.raises(ValueError, match=r"the feasible set is sampled"):
        saa_gap(np.zeros(4), draw, 3, np.random.default_rng(1))
    with pytest.raises(ValueError, match="at least two batches"):
        saa_gap(np.zeros(1), newsvendor, 1, np.random.default_rng(1))


def _acres(rng: np.random.Generator, **changes: object) -> TwoStageProgram:
    """Two crops on 500 acres, at most 400 of the second, in whole acres; what is short of a demand is bought."""
    first = LinearProgram(
        np.array([1.0, 2.0]), np.zeros(2), np.array([np.inf, 400.0]), csr_array([[1.0, 1.0]]), np.full(1, -np.inf),
        np.full(1, 500.0), ("wheat", "corn"), ("land",), np.array([True, False]),
    )  # fmt: skip
    scenarios = tuple(
        Recourse(
            np.array([5.0]), np.zeros(1), np.full(1, np.inf), csr_array([[1.0]]), csr_array([[1.0, 2.0]]), np.array([d]),
            np.full(1, np.inf),
        )
        for d in rng.uniform(200, 400, 5)
    )  # fmt: skip
    return TwoStageProgram(replace(first, **changes), scenarios, np.full(5, 0.2))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("candidate", "message"),
    [
        ([600.0, 0.0], "not allowed: row land is 600, above 500"),
        ([0.0, 450.0], "not allowed: column corn is 450, above 400"),
        ([-1.0, 0.0], "not allowed: column wheat is -1, below 0"),
        ([10.5, 0.0], "not allowed: column wheat is 10.5, no whole number"),
        ([10.0], "candidate has length 1, the first stage 2 columns"),
        ([10.0, np.nan], r"candidate\[1\] \(corn\) is nan"),
    ],
)
def test_a_candidate_that_is_none_is_refused(candidate: list[float], message: str) -> None:
    """600 acres on 500 had a gap of at most -6229."""
    with pytest.raises(ValueError, match=message):
        saa_gap(np.array(candidate), _acres, 2, np.random.default_rng(1))
    with pytest.raises(ValueError, match=message):
        bagging_gap(np.array(candidate), _acres(np.random.default_rng(1)), 3, 2, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"row_upper": np.full(1, 499.0)}, "rows"),
        ({"upper": np.array([np.inf, 300.0])}, "bounds"),
        ({"integer": None}, "whole numbers"),
    ],
)
def test_batches_decide_the_same(changes: dict[str, object], what: str) -> None:
    programs = iter([_acres(np.random.default_rng(1)), _acres(np.random.default_rng(2), **changes)])
    with pytest.raises(ValueError, match=f"first-stage {what} differ between batches"):
        saa_gap(np.array([10.0, 10.0]), lambda _: next(programs), 2, np.random.default_rng(1))


def test_arguments_of_an_interval_are_checked() -> None:
    rng, data = np.random.default_rng(1), newsvendor(np.random.default_rng(1), 20)
    x = np.array([100.0])
    for wrong in (0.0, 1.0, 95):
        with pytest.raises(ValueError, match="between 0 and 1"):
            saa_gap(x, newsvendor, 2, rng, confidence=wrong)
    with pytest.raises(ValueError, match="draw makes a TwoStageProgram from a generator, not int"):
        saa_gap(x, lambda _: 1, 2, rng)  # type: ignore[arg-type, return-value]
    with pytest.raises(ValueError, match="from 1 to 20 of the 20 scenarios, not 21"):
        bagging_gap(x, data, 21, 5, rng)
    with pytest.raises(ValueError, match="from 1 to 19 of the 20 scenarios, not 20"):
        bagging_gap(x, data, 20, 5, rng, replacement=False)
    with pytest.raises(ValueError, match="at least two bags"):
        bagging_gap(x, data, 5, 1, rng)
    uneven = replace(data, probabilities=np.append(0.05 + 0.01, np.full(19, 0.94 / 19)))
    with pytest.raises(ValueError, match="equally likely"):
        bagging_gap(x, uneven, 5, 5, rng)


@pytest.mark.parametrize("replacement", [True, False])
def test_bags_of_one_data_set_cover_the_true_gap(replacement: bool) -> None:
    """At 100 the gap is 23.80, on 200 demands and in bags of 60; a bag overstates it by a few euros at most."""
    rng = np.random.default_rng(3)
    found = bagging_gap(np.array([100.0]), newsvendor(rng, 200), 60, 40, rng, replacement=replacement)
    assert found.upper > TRUE_AT_100
    assert abs(found.mean - TRUE_AT_100) < 3 + 4 * found.standard_error
    # the error of the gap on 200 demands themselves is of this order: its integrand has a deviation of some 60
    assert 2 < found.standard_error < 9


@pytest.mark.slow
@pytest.mark.parametrize("replacement", [True, False])
def test_the_error_of_a_bagged_gap_is_that_over_data_sets(replacement: bool) -> None:
    """Over sixty data sets the means spread as their errors say, and 95 % upper limits are above the truth."""
    rng = np.random.default_rng(4)
    found = [
        bagging_gap(np.array([100.0]), newsvendor(rng, 200), 60, 80, rng, replacement=replacement)
        for _ in range(60)
    ]
    spread = np.std([one.mean for one in found], ddof=1)
    # sixty values give a spread to 9 %, and a few bags noise in the errors
    assert np.mean([one.standard_error for one in found]) / spread == pytest.approx(1.0, abs=0.35)
    assert np.mean([one.upper > TRUE_AT_100 for one in found]) >= 0.9


def test_bags_of_a_core_and_of_scenarios_are_the_same() -> None:
    data = newsvendor(np.random.default_rng(6), 30)
    demand = np.array([float(one.row_lower[0]) for one in data.scenarios])
    changes = {"row_lower": (np.array([0]), demand[:, None]), "row_upper": (np.array([0]), demand[:, None])}
    shared = replace(data, scenarios=CoreScenarios(data.scenarios[0], changes, 30))  # type: ignore[arg-type]
    one, other = (
        bagging_gap(np.array([110.0]), program, 10, 5, np.random.default_rng(7), risk=CVaR(0.5))
        for program in (data, shared)
    )
    np.testing.assert_allclose(one.gaps, other.gaps, rtol=1e-7, atol=1e-7)


def test_values_of_information_have_a_bracket() -> None:
    """Whole acres solved to 20 %: the true values, solved to 1e-9, lie in the bracket, which is wider than rounding."""
    program = _acres(np.random.default_rng(8))
    exact, rough = value_of_information(program, gap=1e-9), value_of_information(program, gap=0.2)
    for name in ("evpi", "vss"):
        low, high = getattr(rough, f"{name}_bracket")
        assert low <= high
        narrow = getattr(exact, f"{name}_bracket")
        assert narrow[1] - narrow[0] <= 1e-5
        assert narrow[0] - 1e-6 <= getattr(exact, name) <= narrow[1] + 1e-6
    assert rough.evpi_bracket[0] <= exact.evpi <= rough.evpi_bracket[1] + 1e-6
