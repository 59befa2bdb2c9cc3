"""Deciding: how many contracts and places, with the bound that proves how good they are; or why there are none."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, hstack

from bekostiging.capacity.data import CapacityData
from bekostiging.capacity.program import CapacityProgram, capacity_program
from bekostiging.case import UserError
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import NotNegative
from bekostiging.case.numbers import in_en, in_nl
from bekostiging_solvers import (
    CVaR,
    Expectation,
    InfeasibleError,
    LinearProgram,
    MeanCVaR,
    RecourseSolution,
    RiskMeasure,
    TwoStageProgram,
    solve_highs,
    solve_recourse,
)
from bekostiging_solvers.typing import FloatArray, IntArray

INFINITY = float("inf")
NO_SOLUTION = 3
GAP = 0.01
"""A plan within one percent of the best: blocks of places are coarser than that."""


class NoPlanInTimeError(UserError):
    """The time ran out before any plan was found."""


@dataclass(frozen=True)
class CapacityPlan:
    """What is decided.

    Attributes
    ----------
    program : CapacityProgram
        What was solved; its ``data`` are those of the plan.
    number : (c,)
        Contracts.
    places : (k, y)
        Reserved places, per offer and year.
    threshold : (n_normed,)
        Clients who may wait beyond the norm before the tail is counted, per care form with a norm.
    solution : RecourseSolution
        Objective (1 - risk_weight) E + risk_weight CVaR in thousand euro, with its bound and gap.

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_data
    >>> plan = decide_capacity(example_data())
    >>> plan.number, plan.places[:, 0], bool(plan.solution.bound <= plan.solution.objective)
    (array([1., 1.]), array([15.,  5.]), True)
    """

    program: CapacityProgram
    solution: RecourseSolution
    number: FloatArray
    places: FloatArray
    threshold: FloatArray

    @property
    def data(self) -> CapacityData:
        """What it was decided on."""
        return self.program.data

    @property
    def decisions(self) -> FloatArray:
        """The first stage of the card, without the budgets of the norm."""
        return np.asarray(self.solution.x[: self.program.n_decisions])


def measure_of_policy(data: CapacityData) -> tuple[RiskMeasure, float]:
    """The measure the solvers know and the factor that makes it (1 - risk_weight) E + risk_weight CVaR."""
    weight = data.risk_weight
    if weight == 0:
        return Expectation(), 1.0
    if weight == 1:
        return CVaR(data.confidence), 1.0
    return MeanCVaR(weight / (1 - weight), data.confidence), 1 - weight


@kinds_checked
def decide_capacity(
    data: CapacityData,
    *,
    gap: NotNegative = GAP,
    time_limit: NotNegative | None = None,
    executor: Executor | None = None,
    whole: bool = True,
) -> CapacityPlan:
    """Decide on contracts and places before demand is known.

    Parameters
    ----------
    data : CapacityData
        The decision; see ``example_data``, or ``capacity_data`` for that of a case.
    gap : float
        Relative distance from the bound at which a plan is good enough.
    time_limit : float, optional
        Seconds.
    executor : concurrent.futures.Executor, optional
        Solves second stages.
    whole : bool
        False leaves whole numbers out (the relaxation).

    Returns
    -------
    CapacityPlan

    Raises
    ------
    UserError
        No capacity meets the waiting norm (with the shortfall), or the limits on contracts contradict each other.
    NoPlanInTimeError
        No plan was found within ``time_limit`` seconds.

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_data
    >>> plan = decide_capacity(example_data())
    >>> plan.places[:, 0], round(plan.solution.objective)
    (array([15.,  5.]), 259)
    """
    return decide_program(capacity_program(data), gap=gap, time_limit=time_limit, executor=executor, whole=whole)


def decide_program(
    program: CapacityProgram,
    *,
    gap: float = GAP,
    time_limit: float | None = None,
    executor: Executor | None = None,
    whole: bool = True,
) -> CapacityPlan:
    """Decide on contracts and places for a compiled program; ``decide_capacity`` explains the arguments and errors."""
    asked, (risk, factor) = program.program, measure_of_policy(program.data)
    if not whole:
        asked = replace(asked, first=replace(asked.first, integer=None))
    try:
        found = solve_recourse(asked, risk=risk, gap=gap, time_limit=time_limit, executor=executor)
    except InfeasibleError as error:
        raise _refusal(program, error) from None
    if not np.isfinite(found.x).all():
        raise NoPlanInTimeError(
            f"binnen {in_nl(time_limit or 0.0)} seconden is geen plan gevonden; geef meer seconden, minder "
            "toekomsten of minder jaren",
            f"no plan was found in {in_en(time_limit or 0.0)} seconds; give more seconds, fewer scenarios or fewer years",
            NO_SOLUTION,
        )
    threshold = np.array([found.x[column] for column in program.place("threshold").values()])
    return CapacityPlan(program, by_policy(found, factor), *reserved_by(program, found.x), threshold)


def by_policy(found: RecourseSolution, factor: float) -> RecourseSolution:
    """A solution in the objective of the policy, ``factor`` times that of the solver, with a bound that is a number.

    A search that ends early has none; but no cost is negative, so that zero always is one.
    """
    if found.bound < 0:
        found = replace(found, bound=0.0, gap=found.objective / max(1.0, found.objective))
    return replace(found, objective=factor * found.objective, bound=factor * found.bound)


def reserved_by(program: CapacityProgram, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Numbers of contracts (c,) and places (k, y) out of the columns."""
    data = program.data
    number = np.zeros(len(data.supply.names))
    places = np.zeros((data.supply.n_offers, len(data.years)))
    for index, column in program.place("open").items():
        number[int(index.split(",")[0])] += x[column]
    for index, column in program.place("blocks").items():
        k, year = map(int, index.split(","))
        places[k, year] = data.supply.block[k] * x[column]
    return number, places


def _refusal(program: CapacityProgram, error: InfeasibleError) -> UserError:
    """Which rule cannot be kept: limits on contracts among themselves, or the waiting norm and by how much."""
    first = program.program.first
    try:
        n = program.n_decisions
        own = np.flatnonzero(np.diff(csr_array(first.matrix[:, n:]).indptr) == 0)
        solve_highs(_rows_of(first, own), accept_limit=True)
    except InfeasibleError as conflict:
        rows = ", ".join(_in_words(program.data, name) for name in conflict.conflict) or str(conflict)
        return UserError(
            f"de grenzen aan contracten en plaatsen spreken elkaar tegen ({rows}); verruim contracts_least, contracts_most, "
            "concentration of de minima en maxima in tabel capacity",
            f"the limits on contracts and places contradict each other ({rows}); widen contracts_least, contracts_most, "
            "concentration, or the minima and maxima in table capacity",
            NO_SOLUTION,
        )
    short = norm_shortfall(program)
    missed = {
        lang: ", ".join(f"{name} {value:.1f}" for name, value in short.items() if value > 0.05) or str(error)
        for lang in ("nl", "en")
    }
    return UserError(
        "geen capaciteit haalt de wachtnorm, ook niet met alle plaatsen en alle ad-hocinkoop die is toegestaan; er wachten "
        f"gemiddeld nog zoveel cliënten te veel langer dan de norm: {missed['nl']}. Verhoog maximum in tabel capacity, "
        "adhoc_most of late_share",
        "no capacity meets the waiting norm, not even with every place and all ad-hoc purchase that is allowed; so many "
        f"clients too many still wait beyond the norm on average: {missed['en']}. Raise maximum in table capacity, "
        "adhoc_most or late_share",
        NO_SOLUTION,
    )


def _in_words(data: CapacityData, name: str) -> str:
    """A row or column of the first stage with the lot, contract or offer it is about."""
    kind, _, index = name.partition("[")
    place = index.partition("]")[0].split(",")[0]
    if not place.isdigit():
        return name
    supply, i = data.supply, int(place)
    if kind in ("fewest", "largest"):
        return f"{kind} {supply.lots[i]}"
    if kind in ("open", "order", "through_main"):
        return f"{kind} {' / '.join(supply.names[i])}"
    return f"{kind} {' / '.join(supply.names[supply.contract[i]])} / {data.care_forms[supply.care_form[i]]}"


def _rows_of(first: LinearProgram, rows: IntArray) -> LinearProgram:
    """A first stage with some of its rows."""
    return replace(
        first,
        matrix=csr_array(first.matrix[rows]),
        row_lower=first.row_lower[rows],
        row_upper=first.row_upper[rows],
        row_names=tuple(first.row_names[i] for i in rows),
    )


def norm_shortfall(program: CapacityProgram) -> dict[str, float]:
    """Per care form, the least by which its waiting norm is missed whatever is reserved, in clients as the norm counts;
    whole numbers left out."""
    data, asked = program.data, program.program
    first = asked.first
    rows = {name: i for i, name in enumerate(first.row_names)}
    norms = [rows[f"waiting_norm[{f}]"] for f in data.normed if f"waiting_norm[{f}]" in rows]
    n, n_x = len(norms), len(first.cost)
    slack = csr_array((-np.ones(n), (norms, np.arange(n))), shape=(first.matrix.shape[0], n))
    wider = LinearProgram(
        np.concatenate([np.zeros(n_x), np.ones(n)]),
        np.concatenate([first.lower, np.zeros(n)]),
        np.concatenate([first.upper, np.full(n, INFINITY)]),
        csr_array(hstack([first.matrix, slack])),
        first.row_lower,
        first.row_upper,
        (*first.column_names, *(f"shortfall[{f}]" for f in data.normed)),
        first.row_names,
    )
    scenarios = tuple(
        replace(
            one,
            cost=np.zeros_like(one.cost),
            technology=csr_array(hstack([one.technology, csr_array((one.technology.shape[0], n))])),
        )
        for one in asked.scenarios
    )
    found = solve_recourse(replace(asked, first=wider, scenarios=scenarios), gap=1e-6)
    return {data.care_forms[f]: float(found.x[n_x + i]) for i, f in enumerate(data.normed)}


@kinds_checked
def norm_prices(plan: CapacityPlan, solved: TwoStageProgram, duals: tuple[FloatArray, ...]) -> FloatArray:
    """What a client beyond the threshold may cost in a scenario, so that the plan keeps its norm; (n_normed,) thousand euro.

    The multiplier of the norm, read off the scenarios that use their budget: there the norm's own row binds.

    Parameters
    ----------
    plan : CapacityPlan
        The plan.
    solved, duals
        The program and its duals, as ``outcome_of`` gives them.

    Examples
    --------
    Nobody waits, so waiting needs no price.

    >>> from bekostiging.capacity import decide_capacity, example_data, norm_prices, outcome_of
    >>> plan = decide_capacity(example_data())
    >>> outcome, solved, duals = outcome_of(plan)
    >>> norm_prices(plan, solved, duals)
    array([0.])
    """
    data, n = plan.data, plan.program.n_decisions
    rows = {name: i for i, name in enumerate(solved.row_names)}
    found = np.zeros(len(data.normed))
    n_scenarios = solved.n_scenarios
    for i, f in enumerate(data.normed):
        budget = plan.solution.x[n + i * n_scenarios : n + (i + 1) * n_scenarios]
        own = np.array([-one[rows[f"norm[{f}]:upper"]] for one in duals])
        using = budget > 1e-6
        found[i] = max(0.0, float(np.median(own[using]))) if using.any() else max(0.0, float(own.max()))
    return found
