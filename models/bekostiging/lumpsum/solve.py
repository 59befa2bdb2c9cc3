"""Designing the lump sum by tail cuts, and judging a design on other scenarios."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bekostiging.case import UserError
from bekostiging.lumpsum.conflict import EXACT, NOTHING, Conflict, Relaxation, relaxations
from bekostiging.lumpsum.data import MILLION, LumpSumData
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging_solvers import Estimate, InfeasibleError, Scramblings, TailProgram, TailSolution

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FRACTIONS = ("premium", "law")
"""Limits without money: their price is euro per unit of the fraction."""
_LIMITS = ("solvency", "return_on_capital", "fair_price", "begroting", "glide", *FRACTIONS)
"""What somebody can widen; order and symmetry are the shape of a corridor and have no price."""


@dataclass(frozen=True)
class LumpSumDesign:
    """The decision. Without a feasible design ``conflicts`` is not empty, budgets are the reference amounts,
    shares those the case gives (else 0) and objective, bound and gap are None.

    ``loading`` (n_lots,); ``budget`` (n_contracts, n_years) euro; ``share`` per lot (n_layers,); ``form`` (n_lots,): place
    in ``LumpSumData.forms``, 0 is the lump sum; ``capital`` (n_providers,) euro; ``shadow_prices``: euro of objective per
    euro (or per unit of a fraction) of a binding limit; ``yielded``: euro by which glide, and fraction by which premium,
    gave way; ``relaxations``: what could yield where nothing is feasible.
    """

    loading: FloatArray
    budget: FloatArray
    share: tuple[FloatArray, ...]
    form: IntArray
    capital: FloatArray
    objective: float | None
    bound: float | None
    gap: float | None
    violation: float
    passes: int
    shadow_prices: dict[str, float]
    yielded: dict[str, float]
    below_requirement: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    relaxations: tuple[Relaxation, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether a lump sum satisfies every hard limit."""
        return not self.conflicts


@dataclass(frozen=True)
class LimitCheck:
    """A limit of the design on fresh scenarios: ``value`` must not exceed ``limit``; euro."""

    name: str
    value: float
    standard_error: float
    limit: float

    @property
    def holds(self) -> bool:
        """Whether the limit holds, up to a euro."""
        return self.value <= self.limit + MILLION * NOTHING


def design_lumpsum(data: LumpSumData) -> LumpSumDesign:
    """Design the lump sum on the scenarios of ``data``; model as in ``bekostiging.lumpsum.model``.

    An infeasible begroting is a result, not an error: see ``LumpSumDesign.conflicts``.
    """
    design = feasible_design(data)
    return _without_design(data) if design is None else design


def feasible_design(data: LumpSumData) -> LumpSumDesign | None:
    """The design on the scenarios of ``data``; None where no lump sum satisfies every hard limit."""
    arrays = LumpSumArrays(data)
    try:
        solution = TailProgram(arrays.program, arrays.terms, arrays.limits, arrays.restore).solve(
            arrays.start(), EXACT
        )
    except InfeasibleError:
        return None
    columns, x = arrays.columns, solution.x
    loading = x[columns.loading]
    form = x[columns.form].argmax(axis=1)
    yielded = {}
    for j, lot in enumerate(data.lots):
        for name, slack, unit in (
            ("glide", x[columns.glide_slack[j]], MILLION),
            ("premium", x[columns.premium_slack[j]], 1.0),
        ):
            if slack > NOTHING:
                yielded[f"{name}[{lot.name}]"] = float(slack) * unit
    objective, bound = solution.objective + arrays.constant, solution.bound + arrays.constant
    return LumpSumDesign(
        loading=loading,
        budget=data.reference * (1 + loading[data.lot])[:, None],
        share=tuple(np.clip(x[own], 0.0, 1.0) for own in columns.share),
        form=form,
        capital=x[columns.capital] * MILLION,
        objective=objective * MILLION,
        bound=bound * MILLION,
        gap=None if solution.gap is None else max(0.0, (objective - bound) / abs(objective)),
        violation=solution.violation,
        passes=solution.passes,
        shadow_prices=_shadow_prices(_with_choices_fixed(arrays, solution) if data.is_integer else solution),
        yielded=yielded,
        below_requirement=tuple(data.providers[p] for p in np.flatnonzero(data.below_requirement)),
        conflicts=(),
    )


def decided_payment(data: LumpSumData, design: LumpSumDesign) -> FloatArray:
    """What every contract is paid under a design, euro; (n_scenarios, n_contracts, n_years)."""
    arrays = LumpSumArrays(data)
    x = arrays.point(design.loading, design.share, design.form)
    own = [arrays.payments.paid(c, x[arrays.columns.lots[j]]) for c, j in enumerate(data.lot)]
    return np.stack(own, axis=1) * MILLION


def decided_spending(data: LumpSumData, design: LumpSumDesign) -> FloatArray:
    """What every reported municipality spends under a design, euro; (n_scenarios, n_years, n_municipalities)."""
    arrays = LumpSumArrays(data)
    x = arrays.point(design.loading, design.share, design.form)
    own = [arrays.spending.paid(x, m) for m in range(len(data.municipalities))]
    return np.stack(own, axis=2) * MILLION


def _with_choices_fixed(arrays: LumpSumArrays, solution: TailSolution) -> TailSolution:
    """The linear program that is left when everything chosen from a list stays: its prices are those of the design."""
    program, whole = arrays.program, arrays.columns.whole
    chosen = np.round(solution.x[whole])
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[whole] = upper[whole] = chosen
    fixed = replace(program, lower=lower, upper=upper, integer=None)
    return TailProgram(fixed, arrays.terms, arrays.limits, arrays.restore).solve(solution.x, EXACT)


def _shadow_prices(solution: TailSolution) -> dict[str, float]:
    """Prices of the binding limits: fall of the objective per euro (or unit) by which the limit is widened."""
    prices = {}
    for name, dual in solution.duals.items():
        if name.startswith(_LIMITS) and abs(dual) > NOTHING:
            prices[name] = abs(dual) * (MILLION if name.startswith(FRACTIONS) else 1.0)
    return prices


def _without_design(data: LumpSumData) -> LumpSumDesign:
    """Name the limits in conflict: by how many euros the begroting must yield, who holds against it, what else may."""
    ways = relaxations(data)
    by_begroting, all_together = ways[0], ways[-1]
    told = by_begroting if by_begroting.euro is not None else all_together
    if told.euro is None:
        raise _no_begroting_helps(data)
    return LumpSumDesign(
        loading=np.zeros(len(data.lots)),
        budget=data.reference,
        share=tuple(np.nan_to_num(lot.corridor.share, nan=0.0) for lot in data.lots),
        form=np.zeros(len(data.lots), dtype=np.int64),
        capital=np.zeros(len(data.providers)),
        objective=None,
        bound=None,
        gap=None,
        violation=0.0,
        passes=0,
        shadow_prices={},
        yielded={},
        below_requirement=tuple(data.providers[p] for p in np.flatnonzero(data.below_requirement)),
        conflicts=(*told.limits, *(Conflict(name, 0.0) for name in told.against)),
        relaxations=ways,
    )


def _no_begroting_helps(data: LumpSumData) -> UserError:
    """The mistake behind a lump sum that no begroting makes possible: a reference amount out of proportion."""
    ratio = data.fair_price[:, 0] / np.maximum(data.reference[:, 0], np.finfo(np.float64).tiny)
    provider, lot = data.contracts[int(np.argmax(ratio))]
    return UserError(
        f"Ook met een ruimere begroting bestaat er geen taakgericht budget: het referentiebedrag van {provider} in "
        f"{lot} past niet bij het verwachte volume; verbeter contracts.reference_amount of laat het leeg.",
        f"Even with a wider begroting there is no lump sum: the reference amount of {provider} in {lot} is out of "
        "proportion to its expected volume; mend contracts.reference_amount or leave it empty.",
    )


def out_of_sample(design: LumpSumDesign, fresh: LumpSumData, scramblings: Scramblings) -> tuple[LimitCheck, ...]:
    """Check every limit that depends on scenarios on ``fresh`` ones; values and limits in euro.

    The buffer a provider uses is checked against its limit, the asked return with the capital of the design.
    """
    if not design.feasible:
        return ()
    arrays = LumpSumArrays(fresh)
    x = arrays.point(design.loading, design.share, design.form)
    x[arrays.columns.capital] = design.capital / MILLION
    return (*_provider_checks(arrays, x, scramblings), *_municipal_checks(arrays, x, scramblings))


def _provider_checks(arrays: LumpSumArrays, x: FloatArray, scramblings: Scramblings) -> list[LimitCheck]:
    """solvency, return_on_capital and fair_price."""
    data, checks = arrays.data, []
    for p in arrays.guarded:
        loss = arrays.losses[p]
        tail = scramblings.tail_mean(loss.evaluate(x) * MILLION, data.confidence)
        name = data.providers[p]
        limit = float(data.capital_limit[p])
        checks.append(LimitCheck(f"solvency[{name}]", tail.value, tail.standard_error, limit))
        asked = data.cost_of_capital * data.n_years * float(x[arrays.columns.capital[p]]) * MILLION
        lost = scramblings.mean(loss.path(x)[:, -1] * MILLION)
        # a return of at least `asked` is a loss of at most minus `asked`
        checks.append(LimitCheck(f"return_on_capital[{name}]", lost.value, lost.standard_error, -asked))
    for c, (provider, lot) in enumerate(data.contracts):
        own = x[arrays.columns.lots[data.lot[c]]]
        paid = arrays.payments.paid(c, own) * MILLION
        for t, year in enumerate(data.years):
            short = scramblings.mean(own[0] * data.fair_price[c, t] - paid[:, t])
            name = f"fair_price[{provider},{lot},{year}]"
            checks.append(LimitCheck(name, short.value, short.standard_error, 0.0))
    return checks


def _municipal_checks(arrays: LumpSumArrays, x: FloatArray, scramblings: Scramblings) -> list[LimitCheck]:
    """begroting, on average and in the tail."""
    data, checks = arrays.data, []
    for m, code in enumerate(data.municipalities):
        spent = arrays.spending.paid(x, m) * MILLION
        for t, year in enumerate(data.years):
            mean, tail = scramblings.mean(spent[:, t]), scramblings.tail_mean(spent[:, t], data.confidence)
            room = float(data.room[m, t])
            limit = room + float(data.reserve[m, t])
            checks.append(LimitCheck(f"begroting[{code},{year}]", mean.value, mean.standard_error, room))
            checks.append(LimitCheck(f"begroting_tail[{code},{year}]", tail.value, tail.standard_error, limit))
    return checks


def measured_against_budget(design: LumpSumDesign, fresh: LumpSumData, scramblings: Scramblings) -> list[Estimate]:
    """Per lot, what the same contract would pay more if its layers were measured against b I instead of B0 I.

    Over the term, discounted, euro. Positive: the provider receives more. The base is B0 I plus its layers.
    """
    found = []
    for j, lot in enumerate(fresh.lots):
        total = np.zeros(fresh.n_scenarios)
        signed = lot.corridor.sign * design.share[j]
        for c in np.flatnonzero(fresh.lot == j):
            base = fresh.reference[c] * fresh.index[:, c] + fresh.amounts[c] @ lot.corridor.sign
            against_budget = lot.corridor.amounts(base, design.budget[c] * fresh.index[:, c])
            total += (against_budget - fresh.amounts[c]) @ signed @ fresh.discount
        found.append(scramblings.mean(total))
    return found
