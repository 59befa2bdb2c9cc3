"""How far a candidate may be from the best first stage: from independent batches, or from bags of one data set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import t as student

from bekostiging_solvers.arrays import check_finite, vector
from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.recourse import recourse_costs, solve_recourse
from bekostiging_solvers.risk import Expectation, RiskMeasure, measure_of
from bekostiging_solvers.scenarios import chosen
from bekostiging_solvers.two_stage import TwoStageProgram
from bekostiging_solvers.typing import FloatArray

ALLOWED = 1e-6
"""Relative violation of a row, bound or whole number up to which a candidate is taken as rounded."""


@dataclass(frozen=True)
class OptimalityGap:
    """One-sided confidence interval of how much worse a candidate is than the best.

    Attributes
    ----------
    mean, standard_error : float
        Over the batches or bags, in the unit of the cost.
    upper : float
        f(x) - min f lies in [0, upper] with probability ``confidence``.
    confidence : float
        In (0, 1).
    gaps : (n,) array
        Of the independent batches, or of the bags.

    Examples
    --------
    >>> OptimalityGap(mean=1.0, standard_error=0.5, upper=2.1, confidence=0.95, gaps=np.array([0.5, 1.5])).upper
    2.1
    """

    mean: float
    standard_error: float
    upper: float
    confidence: float
    gaps: FloatArray


def saa_gap(
    candidate: FloatArray,
    draw: Callable[[np.random.Generator], TwoStageProgram],
    n_batches: int,
    rng: np.random.Generator,
    confidence: float = 0.95,
    risk: RiskMeasure | None = None,
) -> OptimalityGap:
    """Confidence interval of the optimality gap of a candidate, from independent batches.

    Mak, Morton and Wood (1999), doi:10.1016/S0167-6377(98)00054-6: the mean over batches of f_n(x) - min f_n is, in
    expectation, at least the gap of x.

    Parameters
    ----------
    candidate : (n_x,) array
        First stage that is judged.
    draw : callable
        Makes the sampled program of a batch from a generator.
    n_batches : int
        At least two; thirty is usual.
    rng : numpy.random.Generator
        From which the batches are drawn.
    confidence : float
        Of the interval, in (0, 1); 0.95 when left out.
    risk : Expectation(), CVaR(confidence) or MeanCVaR(weight, confidence), optional
        Of the total cost; expectation when left out.

    Returns
    -------
    OptimalityGap

    Raises
    ------
    ValueError
        Fewer than two batches, a confidence outside (0, 1), a candidate that the first stage does not allow, or a feasible
        set that depends on the sample (the candidate has no recourse in a batch, or rows, bounds or whole numbers of the
        first stage differ): the minimum over a batch is then no bound on the true one.

    Examples
    --------
    Buying 8 where demand is 4 or 8 (at 2 now, 10 later) is best, so no batch of the two finds anything better:

    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, Recourse, TwoStageProgram
    >>> none, one, far = csr_array((0, 1)), csr_array([[1.0]]), np.full(1, np.inf)
    >>> first = LinearProgram(np.array([2.0]), np.zeros(1), far, none, np.zeros(0), np.zeros(0), ("buy",), ())
    >>> scenarios = tuple(
    ...     Recourse(np.array([10.0]), np.zeros(1), far, one, one, np.array([demand]), far) for demand in (4.0, 8.0)
    ... )
    >>> program = TwoStageProgram(first, scenarios, np.array([0.5, 0.5]))
    >>> gap = saa_gap(np.array([8.0]), lambda rng: program, 2, np.random.default_rng(1))
    >>> round(gap.upper, 6)
    0.0
    """
    if isinstance(n_batches, bool) or not isinstance(n_batches, int | np.integer) or n_batches < 2:
        raise ValueError(f"a standard error needs at least two batches, not {n_batches}")
    _check_confidence(confidence)
    measure: RiskMeasure = Expectation() if risk is None else risk
    gaps, first = np.empty(n_batches), None
    for batch in range(n_batches):
        program = draw(rng)
        if not isinstance(program, TwoStageProgram):
            raise ValueError(f"draw makes a TwoStageProgram from a generator, not {type(program).__name__}")
        if first is None:
            first, x = program.first, _allowed(program.first, candidate)
        else:
            _check_same(program.first, first, batch)
        value = measure_of(_costs(program, x, f"batch {batch}"), measure, program.probabilities)
        gaps[batch] = value - solve_recourse(program, risk=measure).bound
    mean, error = float(gaps.mean()), float(gaps.std(ddof=1) / np.sqrt(n_batches))
    upper = mean + float(student.ppf(confidence, n_batches - 1)) * error
    return OptimalityGap(mean, error, upper, confidence, gaps)


def bagging_gap(
    candidate: FloatArray,
    program: TwoStageProgram,
    bag_size: int,
    n_bags: int,
    rng: np.random.Generator,
    confidence: float = 0.95,
    risk: RiskMeasure | None = None,
    *,
    replacement: bool = True,
) -> OptimalityGap:
    """Confidence interval of the optimality gap of a candidate from one data set, by bootstrap aggregating.

    For scenarios that are observations: no more can be drawn. Of every bag of the scenarios the gap is computed; their mean
    is the estimate, its variance that of the infinitesimal jackknife, from how the gap moves with what is in the bag (Lam
    and Qian 2018, Assessing solution quality in stochastic optimization via bootstrap aggregating, Winter Simulation
    Conference), with what a finite number of bags adds to it taken off and their own error added.

    Parameters
    ----------
    candidate : (n_x,) array
        First stage that is judged; decided on other data.
    program : TwoStageProgram
        Its scenarios are the observations, equally likely.
    bag_size : int
        Scenarios in a bag: small beside their number, large beside what decides; a tenth to a half is usual.
    n_bags : int
        At least two; some hundred.
    rng : numpy.random.Generator
        From which the bags are drawn.
    confidence : float
        Of the interval, in (0, 1); 0.95 when left out.
    risk : Expectation(), CVaR(confidence) or MeanCVaR(weight, confidence), optional
        Of the total cost; expectation when left out.
    replacement : bool
        Whether a scenario can be in a bag more than once; True when left out.

    Returns
    -------
    OptimalityGap
        The gap of a bag overstates the true one in expectation, more so in small bags.

    Raises
    ------
    ValueError
        Scenarios that are not equally likely, a bag that is no part of them, fewer than two bags, a confidence outside
        (0, 1), a candidate that the first stage does not allow or that has no recourse in a scenario.

    Examples
    --------
    Buying 8 where demand is 4 or 8 (at 2 now, 10 later); a bag with 4 alone would have bought 4 and saved 8:

    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, Recourse, TwoStageProgram
    >>> none, one, far = csr_array((0, 1)), csr_array([[1.0]]), np.full(1, np.inf)
    >>> first = LinearProgram(np.array([2.0]), np.zeros(1), far, none, np.zeros(0), np.zeros(0), ("buy",), ())
    >>> scenarios = tuple(
    ...     Recourse(np.array([10.0]), np.zeros(1), far, one, one, np.array([demand]), far) for demand in (4.0, 8.0)
    ... )
    >>> program = TwoStageProgram(first, scenarios, np.array([0.5, 0.5]))
    >>> gap = bagging_gap(np.array([8.0]), program, 2, 40, np.random.default_rng(1))
    >>> sorted({round(float(one), 6) for one in gap.gaps})
    [0.0, 8.0]
    """
    n = program.n_scenarios
    _check_confidence(confidence)
    if n_bags < 2:
        raise ValueError(f"a standard error needs at least two bags, not {n_bags}")
    if not 1 <= bag_size <= n or (bag_size == n and not replacement):
        most = n if replacement else n - 1
        raise ValueError(f"a bag has from 1 to {most} of the {n} scenarios, not {bag_size}")
    if not np.allclose(program.probabilities, 1 / n, rtol=1e-9):
        raise ValueError("bags are of scenarios that are equally likely; the program gives them probabilities")
    measure: RiskMeasure = Expectation() if risk is None else risk
    x = _allowed(program.first, candidate)
    costs = _costs(program, x, "the data")
    gaps, counts = np.empty(n_bags), np.empty((n_bags, n))
    for bag in range(n_bags):
        drawn = rng.choice(n, bag_size, replace=replacement)
        counts[bag] = np.bincount(drawn, minlength=n)
        own = np.flatnonzero(counts[bag])
        part = replace(
            program, scenarios=chosen(program.scenarios, own), probabilities=counts[bag, own] / bag_size
        )
        gaps[bag] = measure_of(costs[own], measure, part.probabilities) - solve_recourse(part, risk=measure).bound
    mean, error = float(gaps.mean()), _jackknife_error(gaps, counts, bag_size, replacement=replacement)
    upper = mean + float(student.ppf(confidence, min(n, n_bags) - 1)) * error
    return OptimalityGap(mean, error, upper, confidence, gaps)


def _jackknife_error(gaps: FloatArray, counts: FloatArray, bag_size: int, *, replacement: bool) -> float:
    """Standard error of a mean over bags; ``counts`` (n_bags, n_scenarios): how often a scenario is in a bag.

    Wager, Hastie and Efron (2014), Journal of Machine Learning Research 15, 1625-1651, with their correction for few bags.
    """
    n_bags, n = counts.shape
    spread = float(gaps.var(ddof=1))
    covariance = (counts - counts.mean(axis=0)).T @ (gaps - gaps.mean()) / n_bags
    of_counts = bag_size * (1 - (1 / n if replacement else bag_size / n))
    variance = float(covariance @ covariance) - of_counts * spread / n_bags
    if not replacement:
        variance *= (n - 1) / n * (n / (n - bag_size)) ** 2
    return float(np.sqrt(max(0.0, variance) + spread / n_bags))


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is that of an interval, between 0 and 1, not {confidence}; 0.95 is usual")


def _allowed(first: LinearProgram, candidate: FloatArray) -> FloatArray:
    """The candidate as an array that the first stage allows.

    Raises
    ------
    ValueError
        It does not; with the column or row, and by how much.
    """
    x = vector(candidate, "candidate", first.column_names)
    if len(x) != len(first.cost):
        raise ValueError(f"candidate has length {len(x)}, the first stage {len(first.cost)} columns")
    check_finite(x, "candidate", first.column_names)
    for what, values, lower, upper, names in (
        ("column", x, first.lower, first.upper, first.column_names),
        ("row", first.matrix @ x, first.row_lower, first.row_upper, first.row_names),
    ):
        for sign, limit, word in ((-1.0, lower, "below"), (1.0, upper, "above")):
            over = sign * (values - limit) > ALLOWED * np.maximum(1.0, np.abs(limit))
            if (over & np.isfinite(limit)).any():
                place = int(np.flatnonzero(over & np.isfinite(limit))[0])
                raise ValueError(
                    f"the candidate is not allowed: {what} {names[place]} is {values[place]:.9g}, {word} {limit[place]:.9g}"
                )
    part = first.whole[np.abs(x[first.whole] - np.round(x[first.whole])) > ALLOWED]
    if len(part):
        place = int(part[0])
        raise ValueError(
            f"the candidate is not allowed: column {first.column_names[place]} is {x[place]:.9g}, no whole number"
        )
    return x


def _costs(program: TwoStageProgram, x: FloatArray, where: str) -> FloatArray:
    """Costs of the candidate in every scenario; refused where it has no recourse."""
    costs = recourse_costs(program, x)
    if not np.isfinite(costs).all():
        raise ValueError(
            f"the candidate has no recourse in {where}: the feasible set is sampled (no relatively complete "
            "recourse), so the minimum of a sample bounds nothing; add slack at a price to the second stage"
        )
    return costs


def _check_same(one: LinearProgram, other: LinearProgram, batch: int) -> None:
    """Refuse a first stage that allows other decisions than that of the batches before."""
    same = {
        "rows": one.matrix.shape == other.matrix.shape
        and abs(one.matrix - other.matrix).sum() == 0
        and np.array_equal(one.row_lower, other.row_lower)
        and np.array_equal(one.row_upper, other.row_upper),
        "bounds": np.array_equal(one.lower, other.lower) and np.array_equal(one.upper, other.upper),
        "whole numbers": np.array_equal(one.whole, other.whole),
    }
    for what, equal in same.items():
        if not equal:
            raise ValueError(
                f"first-stage {what} differ between batches (batch {batch}): the feasible set is sampled, no interval holds"
            )
