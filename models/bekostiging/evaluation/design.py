"""Designing the lump sum on one set of scenarios and judging it on others, alike for every command.

Three streams: ``design`` makes the design (matched to what is expected), ``margin`` finds the margins with which its limits
hold, ``out_of_sample`` judges the outcome and never changes it. A fourth, ``closed``, is drawn without clients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from bekostiging.case import Case
from bekostiging.contracts import LUMP_SUM, Contract, Reference, Taakgericht, build_contracts, with_design
from bekostiging.evaluation.agreed import NOTHING_AGREED, AgreedLots
from bekostiging.evaluation.block_settlement import DesignWork
from bekostiging.evaluation.blocks import Blocks
from bekostiging.evaluation.control_variates import closed_scenarios
from bekostiging.evaluation.deterministic_scenarios import in_parts
from bekostiging.evaluation.results import InventedEquity, LumpSumResult, RequiredEquity
from bekostiging.evaluation.study import Prepared
from bekostiging.lumpsum import (
    LIFTED,
    CorridorSeries,
    Decision,
    Judge,
    Limit,
    LumpSumData,
    LumpSumDesign,
    binding_providers,
    decide,
    deciders,
    design_within,
    feasible_design,
    judged_design,
    lumpsum_data,
    matched,
    measured_against_budget,
    minimum_equity_requirements,
    preferred_design,
    price_ranges,
    stability,
    without_simplicity,
)
from bekostiging.scenarios import Plan, expected_care_use, normals_of, plan
from bekostiging.scenarios.factors import apply_shocks
from bekostiging_solvers import Scramblings, together
from bekostiging_solvers.typing import BoolArray

Shape = Callable[[LumpSumData], LumpSumData]
FIRM = ("own_data", "published")
"""Origins of equity that may decide without being named."""


@dataclass(frozen=True)
class Drawn:
    """What a decision was made on: ``margin``, the scenarios of its margins; ``series`` of the design stream as drawn;
    ``closed`` scenarios without clients, to help judge any design; which contracts are ``plain`` (n_contracts,), without
    clauses before the corridor; and the ``terms`` of the decision, applied to any scenarios."""

    decision: Decision
    margin: Judge
    series: CorridorSeries
    closed: LumpSumData
    closed_scramblings: Scramblings
    plain: BoolArray
    terms: Shape

    def judge(self, out_of_sample: LumpSumData, control: LumpSumData, scramblings: Scramblings) -> Judge:
        """Other scenarios to judge on, helped by the closed form; under the terms of the decision."""
        return Judge(
            self.terms(out_of_sample), scramblings, self.terms(control), self.closed, self.closed_scramblings
        )


def design_work(
    planned: Plan,
    terms: Reference,
    others: Mapping[str, tuple[Contract, ...]] | None = None,
    *,
    observed: bool = False,
    agreed: AgreedLots = NOTHING_AGREED,
) -> DesignWork:
    """What the decision keeps of the blocks of a plan; the options as in ``DesignWork``."""
    return DesignWork(planned.case, planned.cells, undecided(planned, terms), others or {}, observed, agreed)


def judging_series(
    out_of_sample: Plan,
    n_design: int,
    terms: Reference,
    blocks: Blocks,
    advance: Callable[[int, int], None],
    before: CorridorSeries | None = None,
    others: Mapping[str, tuple[Contract, ...]] | None = None,
    agreed: AgreedLots = NOTHING_AGREED,
) -> tuple[CorridorSeries, CorridorSeries, Scramblings]:
    """Scenarios that judge the lump sum and their closed form: those of the plan ``out_of_sample``, and where they are
    fewer as many as the design had.

    ``before``: what is known of the scenarios of ``out_of_sample``; of those that come on top only the lump sums are
    settled.
    """
    planned = out_of_sample
    if out_of_sample.n_scenarios < n_design:
        planned = plan(
            out_of_sample.case, n_design, out_of_sample.n_years, out_of_sample.seed, out_of_sample.stream
        )
    same = (planned.points, planned.scenarios_per_block) == (
        out_of_sample.points,
        out_of_sample.scenarios_per_block,
    )
    known = before if same else None
    series = known
    if series is None or planned.n_scenarios > out_of_sample.n_scenarios:
        drawn = None if known is None else known.arrays()
        work = design_work(planned, terms, others, agreed=agreed)
        series = CorridorSeries.of(blocks.series(planned, work, advance, drawn))
    return series, closed_series(planned, terms, others, agreed), Scramblings(planned.n_scramblings)


def undecided(planned: Plan, terms: Reference) -> tuple[Taakgericht, ...]:
    """Every contract as a lump sum whose terms are still to be decided."""
    return lump_sums(build_contracts(planned.case, planned.cells, terms, LUMP_SUM))


def closed_series(
    closed: Plan,
    terms: Reference,
    others: Mapping[str, tuple[Contract, ...]] | None = None,
    agreed: AgreedLots = NOTHING_AGREED,
) -> CorridorSeries:
    """The terms of every lump sum in the scenarios of a plan without clients: expected care use given the factors."""
    case, cells = closed.case, closed.cells
    work = design_work(closed, terms, others, agreed=agreed)
    parts = []
    for few in in_parts(normals_of(closed), cells, closed.n_years):
        factors = closed.factor_model.multipliers(few)
        apply_shocks(case, factors, closed.shocks)
        parts.append(work.series(expected_care_use(case, cells, closed.n_years, factors)).arrays())
    return CorridorSeries.of({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def as_asked(data: LumpSumData) -> LumpSumData:
    """The terms of the case alone."""
    return data


def designed(
    ready: Prepared,
    terms: Reference,
    *,
    shape: Shape = as_asked,
    others: Mapping[str, tuple[Contract, ...]] | None = None,
    observed: bool = False,
    agreed: AgreedLots = NOTHING_AGREED,
) -> Drawn:
    """Draw design, margin and closed scenarios, and design the lump sum so that its limits hold."""
    case, run, blocks = ready.case, ready.run, ready.blocks
    n_design, n_years, seed = run.design_scenarios, run.n_years, run.seed
    design_plan, margin_plan = (
        plan(case, n_design, n_years, seed, stream, "design_scenarios") for stream in ("design", "margin")
    )
    closed_plan = plan(case, closed_scenarios(n_design), n_years, seed, "closed")
    cells = design_plan.cells

    def decision_on(series: CorridorSeries) -> LumpSumData:
        """The decision on some series, under the terms asked for."""
        return decided(lumpsum_data(case, cells, terms, series))

    def decided(data: LumpSumData) -> LumpSumData:
        """The terms asked for, around those that stand."""
        return agreed.decision(shape(data))

    work = design_work(design_plan, terms, others, observed=observed, agreed=agreed)
    series = CorridorSeries.of(blocks.series(design_plan, work, ready.advance("design")))
    margin = CorridorSeries.of(
        blocks.series(margin_plan, design_work(margin_plan, terms, others, agreed=agreed), ready.advance("margin"))
    )
    without_clients = [partial(closed_series, one, terms, others, agreed) for one in (margin_plan, closed_plan)]
    control, alone = together(without_clients, blocks.workers)
    closed, many = decision_on(alone), Scramblings(closed_plan.n_scramblings)
    run.progress("lumpsum", 0, 1)
    plain = np.array([len(one.clauses) == 1 for one in undecided(design_plan, terms)])
    data = matched(decision_on(series), closed, plain, series.cut)
    judge = Judge(decision_on(margin), Scramblings(margin_plan.n_scramblings), decision_on(control), closed, many)
    decision = decide(data, judge)
    run.progress("lumpsum", 1, 1)
    return Drawn(decision, judge, series, closed, many, plain, decided)


def judged(
    case: Case,
    drawn: Drawn,
    out_of_sample: LumpSumData,
    control: LumpSumData,
    scramblings: Scramblings,
    workers: int,
) -> LumpSumResult:
    """The decision on scenarios that made nothing of it: both designs, who decides, what limits cost, what to ask."""
    judge = drawn.judge(out_of_sample, control, scramblings)
    decision = drawn.decision
    data, headline = decision.data, decision.headline
    found = judged_design(headline, judge)
    free = without_simplicity(decision, drawn.margin)
    asked: list[Callable[[], Any]] = [
        partial(invented_equity, case, data, headline),
        partial(_requirements, data, judge),
    ]
    if headline.feasible:
        asked += [partial(price_ranges, data, headline, judge), partial(stability, data, headline)]
    equity, requirements, *others = together(asked, workers)
    return LumpSumResult(
        outcome=decision.outcome,
        data=data,
        judge=judge,
        headline=found,
        plain=found if decision.plain is headline else judged_design(decision.plain, judge),
        margin=decision.margin,
        free=None if free is None else judged_design(free, judge),
        deciders=deciders(data, headline, workers) if headline.feasible else (),
        equity=equity,
        measured_against_budget=tuple(measured_against_budget(headline, judge)) if headline.feasible else (),
        price_ranges=others[0] if headline.feasible else (),
        requirements=requirements,
        stability=others[1] if headline.feasible else None,
    )


def _requirements(data: LumpSumData, judge: Judge) -> tuple[RequiredEquity, ...]:
    """The least requirement per lot, with what a stricter one saves on other scenarios."""
    found = []
    for one in minimum_equity_requirements(data):
        saves = None
        if one.design is not None and one.stricter is not None:
            saves = judge.difference(one.design, one.stricter)
        found.append(RequiredEquity(one, saves))
    return tuple(found)


def invented_equity(case: Case, data: LumpSumData, design: LumpSumDesign) -> InventedEquity | None:
    """Providers whose equity is neither own data nor published and limits the design, with the design at the stated
    requirement, or where none is stated at what the design without those limits asks."""
    firm = {row.id for row in case.providers if row.status in FIRM}
    stated = [lot.equity_requirement for lot in data.lots]
    if not design.feasible or None not in stated:
        return None
    names = tuple(data.providers[p] for p in binding_providers(data, design) if data.providers[p] not in firm)
    if not names:
        return None
    lifted = {Limit("solvency", (name,)): -LIFTED for name in names}
    make = feasible_design if design.breaches else design_within
    without = preferred_design(replace(data, margins={**data.margins, **lifted}), make)
    if without is None:
        return None
    first = np.array([data.reference[data.provider == p, 0].sum() for p in range(len(data.providers))])
    asked = max(float(without.capital[p] / first[p]) for p, name in enumerate(data.providers) if name in names)
    return InventedEquity(names, without, asked)


def lump_sums(contracts: tuple[Contract, ...]) -> tuple[Taakgericht, ...]:
    """The lump sums among contracts."""
    return tuple(contract for contract in contracts if isinstance(contract, Taakgericht))


def designed_lump_sums(case: Case, contracts: tuple[Contract, ...], design: LumpSumDesign) -> tuple[Contract, ...]:
    """The lump sums among contracts with their decided budget and shares."""
    lots = {lot.id: j for j, lot in enumerate(case.lots)}
    return tuple(
        with_design(one, design.budget[c], design.share[lots[one.lot]])
        for c, one in enumerate(lump_sums(contracts))
    )
