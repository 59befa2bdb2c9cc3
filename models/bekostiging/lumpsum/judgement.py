"""Judging a design on scenarios that did not make it: every limit with its certainty, and what is spent and earned.

A mean over such scenarios is helped by what is known in closed form (``control``: the same factors without chance per
client; ``closed``: many more of those), a tail is not. What is judged never changes the design.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.lumpsum.certainty import LimitCheck, joint_certainty
from bekostiging.lumpsum.data import LumpSumData
from bekostiging.lumpsum.recut import base_of
from bekostiging.lumpsum.solve import LumpSumDesign
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.units import MILLION
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

Sample = Callable[[LumpSumArrays, FloatArray], FloatArray]
"""Euro per scenario at a point of the decision."""


@dataclass(frozen=True)
class Judge:
    """Scenarios that did not make a design, to judge it on.

    Attributes
    ----------
    data : LumpSumData
        The decision on these scenarios.
    scramblings : Scramblings
        How many independent parts they have: what standard errors come from.
    control : LumpSumData, optional
        The same factors without chance per client.
    closed : LumpSumData, optional
        Many more of those; with its ``closed_scramblings``. Without these, means are plain.

    Examples
    --------
    >>> from bekostiging.lumpsum import design_lumpsum, example_data, Judge
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> round(Judge(data, Scramblings(2)).tail_spending(design_lumpsum(data)).value)
    107600000
    """

    data: LumpSumData
    scramblings: Scramblings
    control: LumpSumData | None = None
    closed: LumpSumData | None = None
    closed_scramblings: Scramblings | None = None

    @cached_property
    def arrays(self) -> LumpSumArrays:
        """The decision on these scenarios."""
        return LumpSumArrays(self.data)

    @cached_property
    def _helped(self) -> tuple[LumpSumArrays, LumpSumArrays, Scramblings] | None:
        if self.control is None or self.closed is None or self.closed_scramblings is None:
            return None
        return LumpSumArrays(self.control), LumpSumArrays(self.closed), self.closed_scramblings

    def changed(self, change: Callable[[LumpSumData], LumpSumData]) -> Judge:
        """A judge on the same scenarios, under other terms such as other layers."""
        control = None if self.control is None else change(self.control)
        closed = None if self.closed is None else change(self.closed)
        return Judge(change(self.data), self.scramblings, control, closed, self.closed_scramblings)

    def terms(self, design: LumpSumDesign) -> FloatArray:
        """x of what is paid under a design, without capital."""
        return self.arrays.point(design.loading, design.share, design.form)

    def point(self, design: LumpSumDesign) -> FloatArray:
        """x of a design, with its capital."""
        x = self.terms(design)
        x[self.arrays.columns.capital] = design.capital / MILLION
        return x

    def mean(self, x: FloatArray, sample: Sample) -> Estimate:
        """Expectation of a sample of the decision, in euro; with the help of its closed form where there is one."""
        (found,) = self.means(x, lambda arrays, point: sample(arrays, point)[:, None])
        return found

    def means(self, x: FloatArray, sample: Sample) -> list[Estimate]:
        """Expectations of several samples at once, (n_scenarios, k), in euro; helped as ``mean`` is."""
        own = sample(self.arrays, x)
        columns = range(own.shape[1])
        if self._helped is None:
            return [self.scramblings.mean(own[:, k]) for k in columns]
        control, closed, scramblings = self._helped
        beside, whole = sample(control, x), sample(closed, x)
        return [
            self.scramblings.controlled_mean(own[:, k], beside[:, k], scramblings.mean(whole[:, k]))
            for k in columns
        ]

    def expected_spending(self, design: LumpSumDesign) -> Estimate:
        """What the reported municipalities are expected to spend over the term, discounted; euro."""
        return self.mean(self.terms(design), spending_of_term)

    def tail_spending(self, design: LumpSumDesign) -> Estimate:
        """CVaR of what the reported municipalities spend over the term, discounted; euro."""
        return self.scramblings.tail_mean(spending_of_term(self.arrays, self.terms(design)), self.data.confidence)

    def difference(self, design: LumpSumDesign, other: LumpSumDesign) -> tuple[Estimate, Estimate]:
        """What a design is expected to cost more than another, and its tail; on the same scenarios, euro."""
        one, two = self.terms(design), self.terms(other)
        expected = self.mean(one, lambda arrays, x: spending_of_term(arrays, x) - spending_of_term(arrays, two))
        mine, theirs = (spending_of_term(self.arrays, x) for x in (one, two))
        tail = self.scramblings.controlled_tail_mean(mine, theirs, self.data.confidence, Estimate(0.0, 0.0))
        return expected, tail


@dataclass(frozen=True)
class JudgedDesign:
    """A design on scenarios that did not make it; discounted euro over the term. Nothing is judged without a design.

    Attributes
    ----------
    design : LumpSumDesign
        What is judged.
    checks : tuple of LimitCheck
        Its limits.
    expected, tail : Estimate or None
        Mean and CVaR of what the reported municipalities spend together.
    spending, tails : tuple of Estimate, (n_municipalities,)
        Mean and CVaR of what each of them spends.
    result : tuple of Estimate, (n_providers,)
        Expected payment minus cost, at the lot's reference unit cost.

    Examples
    --------
    >>> from bekostiging.lumpsum import design_lumpsum, example_data, Judge, judged_design
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> found = judged_design(design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> round(found.expected.value), round(found.result[0].value), len(found.checks)
    (100800000, 800000, 5)
    """

    design: LumpSumDesign
    checks: tuple[LimitCheck, ...]
    expected: Estimate | None
    tail: Estimate | None
    spending: tuple[Estimate, ...]
    tails: tuple[Estimate, ...]
    result: tuple[Estimate, ...]

    @property
    def joint_certainty(self) -> float | None:
        """Lower bound on the certainty that every limit holds; None without a design."""
        return joint_certainty(self.checks) if self.checks else None


@kinds_checked
def judged_design(design: LumpSumDesign, judge: Judge) -> JudgedDesign:
    """Judge a design on scenarios that did not make it: its limits, and what is spent and earned.

    Parameters
    ----------
    design : LumpSumDesign
        What is judged; nothing is where it is not feasible.
    judge : Judge
        The scenarios.

    Returns
    -------
    JudgedDesign

    Examples
    --------
    >>> from bekostiging.lumpsum import design_lumpsum, example_data, Judge, judged_design
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> judged = judged_design(design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> round(judged.expected.value), round(judged.tail.value)
    (100800000, 107600000)
    """
    if not design.feasible:
        return JudgedDesign(design, (), None, None, (), (), ())
    x, data = judge.point(design), judge.data
    places = range(len(data.municipalities))
    return JudgedDesign(
        design=design,
        checks=check_limits(design, judge),
        expected=judge.expected_spending(design),
        tail=judge.tail_spending(design),
        spending=tuple(judge.mean(x, partial(_spent_over_term, municipality=m)) for m in places),
        tails=tuple(
            judge.scramblings.tail_mean(_spent_over_term(judge.arrays, x, municipality=m), data.confidence)
            for m in places
        ),
        result=tuple(judge.mean(x, partial(_earned, provider=p)) for p in range(len(data.providers))),
    )


def _spent_over_term(arrays: LumpSumArrays, x: FloatArray, *, municipality: int) -> FloatArray:
    """Discounted spending of a municipality over the term, euro; (n_scenarios,)."""
    return np.asarray(MILLION * (arrays.spending.paid(x, municipality) @ arrays.data.discount))


def _earned(arrays: LumpSumArrays, x: FloatArray, *, provider: int) -> FloatArray:
    """Discounted result of a provider over the term, euro; nothing without a contract."""
    if provider not in arrays.losses:
        return np.zeros(arrays.data.n_scenarios)
    return -_lost(arrays, x, provider=provider)


def spending_of_term(arrays: LumpSumArrays, x: FloatArray) -> FloatArray:
    """Discounted spending of the reported municipalities over the term, euro; (n_scenarios,)."""
    data = arrays.data
    found = sum(arrays.spending.paid(x, m) @ data.discount for m in range(len(data.municipalities)))
    return np.asarray(MILLION * found)


@kinds_checked
def check_limits(design: LumpSumDesign, judge: Judge) -> tuple[LimitCheck, ...]:
    """Every limit that depends on scenarios, judged on scenarios that did not make the design; euro.

    The buffer a provider uses is checked against its limit, the asked return with the capital of the design.

    Parameters
    ----------
    design : LumpSumDesign
        What is judged; without a feasible design there is nothing to check.
    judge : Judge
        The scenarios.

    Returns
    -------
    tuple of LimitCheck
        First those of providers, then those of municipalities.

    Examples
    --------
    >>> from bekostiging.lumpsum import check_limits, design_lumpsum, example_data, Judge
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> checks = check_limits(design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> [(str(one.limit), round(one.value), round(one.most)) for one in checks[:2]]
    [('solvency[Anker]', 10000000, 10000000), ('return_on_capital[Anker]', -800000, -800000)]
    """
    if not design.feasible:
        return ()
    x = judge.point(design)
    return (*_provider_checks(judge, x), *_municipal_checks(judge, x))


def _provider_checks(judge: Judge, x: FloatArray) -> list[LimitCheck]:
    """solvency, return_on_capital and fair_price."""
    arrays, data = judge.arrays, judge.data
    checks = []
    for p in arrays.guarded:
        used = judge.scramblings.tail_mean(arrays.losses[p].evaluate(x) * MILLION, data.confidence)
        checks.append(LimitCheck(data.solvency_limit(p), used, float(data.capital_limit[p])))
        asked = data.cost_of_capital * data.n_years * float(x[arrays.columns.capital[p]]) * MILLION
        # a return of at least `asked` is a loss of at most minus `asked`
        lost = judge.mean(x, partial(_lost, provider=p))
        checks.append(LimitCheck(data.return_limit(p), lost, -asked))
    for c in range(len(data.contracts)):
        short = judge.means(x, partial(_below_fair, contract=c))
        checks += [LimitCheck(data.fair_price_limit(c, t), one, 0.0) for t, one in enumerate(short)]
    return checks


def _lost(arrays: LumpSumArrays, x: FloatArray, *, provider: int) -> FloatArray:
    """What a provider loses over the term, discounted, euro; (n_scenarios,)."""
    return np.asarray(MILLION * arrays.losses[provider].path(x)[:, -1])


def _below_fair(arrays: LumpSumArrays, x: FloatArray, *, contract: int) -> FloatArray:
    """By how much the payments of the years stay below the fair price, euro; (n_scenarios, n_years).

    Under another form there is no limit.
    """
    own = x[arrays.columns.lots[arrays.data.lot[contract]]]
    paid = MILLION * arrays.payments.paid(contract, own)
    return np.asarray(own[0] * (arrays.data.fair_price[contract] - paid))


def _spent(arrays: LumpSumArrays, x: FloatArray, *, purse: int, municipality: int) -> FloatArray:
    """Spending of a purse by year, euro; (n_scenarios, n_years)."""
    return MILLION * arrays.spending.paid(x, municipality, purse)


def _municipal_checks(judge: Judge, x: FloatArray) -> list[LimitCheck]:
    """begroting on average, and the stock in the tail of its use."""
    arrays, data, checks = judge.arrays, judge.data, []
    for k, m in np.ndindex(len(data.purses), len(data.municipalities)):
        for t, spent in enumerate(judge.means(x, partial(_spent, purse=k, municipality=m))):
            checks.append(LimitCheck(data.begroting_limit(k, m, t), spent, float(data.begroting[k, m, t])))
    for m in range(len(data.municipalities)):
        for t in data.limited_years(m):
            used = MILLION * arrays.reserve_use(m, t).evaluate(x)
            tail = judge.scramblings.tail_mean(used, data.reserve_confidence)
            checks.append(LimitCheck(data.reserve_limit(m, t), tail, float(data.stock[m, t])))
    return checks


@kinds_checked
def measured_against_budget(design: LumpSumDesign, judge: Judge) -> list[Estimate]:
    """Per lot, what a contract would pay more if its layers were measured against b I instead of B0 I.

    The base is B0 I plus its layers; loadings and shares stay. Euro over the term, discounted; positive: the provider
    receives more.

    Returns
    -------
    list of Estimate, (n_lots,)

    Examples
    --------
    >>> from bekostiging.lumpsum import design_lumpsum, example_data, Judge, measured_against_budget
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> [round(one.value) for one in measured_against_budget(design_lumpsum(data), Judge(data, Scramblings(2)))]
    [-8990]
    """
    data, found = judge.data, []
    for j, lot in enumerate(data.lots):
        total = np.zeros(data.n_scenarios)
        signed = lot.corridor.sign * design.share[j]
        for c in np.flatnonzero(data.lot == j):
            base = base_of(data, int(c))
            against_budget = lot.corridor.amounts(base, design.budget[c] * data.index[:, c])
            total += (against_budget - data.amounts[c]) @ signed @ data.discount
        found.append(judge.scramblings.mean(total))
    return found
