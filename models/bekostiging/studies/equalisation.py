"""Risk equalisation in depth: norm amounts on simulated or own clients, and a pool after the year on the scenarios."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Unpack

import numpy as np

from bekostiging.case import Case, ClientTable
from bekostiging.case.arguments import checked_kind, checked_number, kinds_checked
from bekostiging.case.pseudonym import numbered_clients
from bekostiging.case.shown import Brief
from bekostiging.contracts import Reference, reference
from bekostiging.equalisation import (
    DISCLOSURE_LIMIT,
    KINDS,
    ClientCosts,
    GroupResult,
    HighCostPool,
    LotComparison,
    Measures,
    NormAmounts,
    NormIntervals,
    PoolData,
    PoolDesign,
    PriceOfCondition,
    client_costs,
    compare_by_lot,
    design_pool,
    fitted,
    group_results,
    high_cost_pool,
    intervals,
    measures,
    pool_data,
    power_risk_frontier,
    price_of_conditions,
    provider_results,
    settled_transfers,
    simulated_clients,
    suppressed,
)
from bekostiging.evaluation.design import design_work, designed
from bekostiging.evaluation.self_check import checked_series
from bekostiging.evaluation.study import Study, prepared
from bekostiging.lumpsum import CorridorSeries, LumpSumData, LumpSumDesign, Outcome, lumpsum_data
from bekostiging.options import Options, run_options
from bekostiging.scenarios import Plan, draw_block
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import BoolArray, FloatArray

if TYPE_CHECKING:
    import pandas as pd

CLIENTS = 50_000
"""Simulated clients of the first year that suffice: norm amounts are then known to a percent or so."""


@dataclass(frozen=True)
class PoolResult(Brief):
    """The pool of a lot: its ``design``, and the ``frontier`` from no pool to the largest.

    Per provider, on out-of-sample scenarios: ``tail_before`` and ``tail_after``, the CVaR of its loss as a fraction of its
    budget; and euro a year from the pool: mean ``received``, and ``low`` and ``high`` (n_providers,), below and above which
    one in ten years of a scenario lies.
    """

    data: PoolData
    """What the pool was decided on."""
    design: PoolDesign
    frontier: tuple[PoolDesign, ...]
    tail_before: tuple[Estimate, ...]
    tail_after: tuple[Estimate, ...]
    received: tuple[Estimate, ...]
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class EqualisationStudy(Study):
    """Norm amounts, their 95 % bootstrap ``interval``, what they mean, and the pools.

    ``lots``: profiles against one amount per care form; ``methods``: measures of other ways on the same clients;
    ``transfers``: euro a year beside one flat amount; ``pools`` empty where no lump sum could be designed. ``to_frame()``: a
    row per profile; figures of too few clients are missing.
    """

    outcome: Outcome
    """How the lump sum came out between whose providers the pools are."""
    simulated: bool
    """Whether the clients are simulated; else they are those of a table."""
    clients: ClientCosts
    model: NormAmounts
    """The fitted norm amounts."""
    interval: NormIntervals
    lots: tuple[LotComparison, ...]
    groups: tuple[GroupResult, ...]
    """What clients of every group get beside what they cost."""
    measures: Measures
    methods: Mapping[str, Measures]
    results: FloatArray
    """(n_providers,): norm amounts minus cost, fraction of cost."""
    prices: tuple[PriceOfCondition, ...]
    """What every condition costs."""
    transfers: Mapping[str, float]
    high_cost: tuple[HighCostPool, ...]
    """Pools for expensive clients."""
    power: float
    """Least part of the next euro that must stay the provider's own."""
    pools: tuple[PoolResult, ...]

    @property
    def designed(self) -> Outcome:
        """How that lump sum came out."""
        return self.outcome

    @property
    def disclosed(self) -> BoolArray:
        """Which profiles have enough clients for their figures to be shown."""
        return ~suppressed(self.clients.weight @ self.clients.matrix, DISCLOSURE_LIMIT)

    @property
    def interval_told(self) -> BoolArray:
        """Which profiles that are shown have enough clients for an interval too."""
        return self.disclosed & self.interval.enough

    def to_frame(self) -> pd.DataFrame:
        """Norm amounts in euro per client a year."""
        import pandas as pd

        of, disclosed, told = self.interval, self.disclosed, self.interval_told
        figures = {
            "clients": (self.clients.weight @ self.clients.matrix, disclosed),
            "amount": (self.model.coef_, disclosed),
            "low": (of.low, told),
            "high": (of.high, told),
            "standard_error": (of.error, told),
        }
        rows = [
            {
                "profile": adjuster.name,
                **{name: float(values[j]) if shown[j] else None for name, (values, shown) in figures.items()},
                "observable": adjuster.observable,
                "influenceable": adjuster.influenceable,
            }
            for j, adjuster in enumerate(self.clients.adjusters)
        ]
        return pd.DataFrame(rows)

    def overview(self) -> pd.DataFrame:
        """Norm amounts in whole euros."""
        frame = self.to_frame()
        for name in ("clients", "amount", "low", "high", "standard_error"):
            frame[name] = [f"{value:,.0f}" if value == value else "" for value in frame[name].astype(float)]
        return frame

    def heading(self) -> str:
        """Case, and what the norm amounts are worth."""
        flat, now = (100 * one.largest for one in (self.methods["flat"], self.measures))
        return (
            f"Norm amounts of {self.case.name}, {self.model.method}: the hardest hit provider misses {now:.1f} % of its "
            f"cost, {flat:.1f} % under one amount for all"
        )


RARE = "fewer_than_ten"
"""Label of every group of a file that stands for too few persons."""


def rare_unnamed(groups: Sequence[GroupResult], table: ClientTable) -> tuple[GroupResult, ...]:
    """Groups of a file without the labels that stand for fewer than ten persons: one row in their place, without figures.

    >>> import numpy as np
    >>> from bekostiging.equalisation import client_costs
    >>> table = ClientTable(("a",) * 12, ("light",) * 12, np.ones(12), {"town": ("north",) * 11 + ("south",)})
    >>> [one.label for one in rare_unnamed(group_results(client_costs(table), np.ones(12)), table)]
    ['north', 'fewer_than_ten']
    """
    persons = {name: Counter(labels) for name, labels in table.groups.items()}
    found: dict[tuple[str, str], GroupResult] = {}
    for one in groups:
        rare = one.partition in persons and persons[one.partition][one.label] < DISCLOSURE_LIMIT
        shown = replace(one, label=RARE) if rare else one
        found.setdefault((shown.partition, shown.label), shown)
    return tuple(found.values())


@kinds_checked
def study_equalisation(
    case: Case,
    model: NormAmounts | None = None,
    *,
    table: ClientTable | None = None,
    power: float = 0.8,
    **options: Unpack[Options],
) -> EqualisationStudy:
    """Estimate norm amounts and design the pool that settles between providers after the year.

    Parameters
    ----------
    case : Case
        From ``read_case``.
    model : NormAmounts, optional
        The estimator with its conditions; least squares without one.
    table : ClientTable, optional
        Real clients, from ``read_clients``, instead of simulated ones.
    power : float, default 0.8
        Least part (0 to 1) of the next euro of cost that stays with the provider after the pool.
    **options
        As ``bekostiging.RunOptions``.

    Returns
    -------
    EqualisationStudy
        Norm amounts with their intervals, what each condition costs, and a pool per lot.

    Raises
    ------
    UserError
        An argument of another type or out of range; fewer than 16 scenarios; conditions that cannot be met.

    Examples
    --------
    >>> from bekostiging import NormAmounts, read_case, study_equalisation
    >>> print(study_equalisation(read_case("almere"), NormAmounts(shrinkage=50)))  # doctest: +SKIP
    """
    run = run_options(options)
    if model is not None:
        checked_kind("model", model, NormAmounts, "NormAmounts")
    if table is not None:
        checked_kind("table", table, ClientTable, "read_clients")
    told = () if table is None else table.notes
    checked_number("power", power, 0, 1)
    brought, ready = case, prepared(case, run)
    design_plan, out_of_sample_plan = ready.plan("design"), ready.plan("out_of_sample")
    case, seed = ready.case, ready.run.seed
    terms = reference(case, design_plan.cells, design_plan.n_years)
    if table is not None and not run.named:
        table = numbered_clients(table, brought)
    clients = _drawn_clients(design_plan, terms) if table is None else client_costs(table)
    model = fitted(model if model is not None else NormAmounts(seed=seed), clients)
    norm = clients.matrix @ model.coef_
    decision = designed(ready, terms).decision
    data, design = decision.data, decision.headline
    arrays, checked = checked_series(
        ready.blocks, out_of_sample_plan, design_work(out_of_sample_plan, terms), ready.advance("out_of_sample")
    )
    out_of_sample = lumpsum_data(case, out_of_sample_plan.cells, terms, CorridorSeries.of(arrays))
    many = Scramblings(out_of_sample_plan.n_scramblings)
    names = np.array(clients.providers)[clients.provider]
    return EqualisationStudy(
        case=case,
        n_scenarios=out_of_sample_plan.n_scenarios,
        seed=seed,
        named=ready.run.named,
        notes=(*told, *ready.notes(out_of_sample_plan, checked)),
        self_check=checked,
        outcome=decision.outcome,
        simulated=table is None,
        clients=clients,
        model=model,
        interval=intervals(model, clients, np.random.default_rng(seed)),
        lots=compare_by_lot(model, clients, np.random.default_rng([seed, 1]), DISCLOSURE_LIMIT),
        groups=group_results(clients, norm)
        if table is None
        else rare_unnamed(group_results(clients, norm), table),
        measures=measures(clients, norm),
        methods=_methods(clients),
        results=provider_results(clients, norm),
        prices=price_of_conditions(model, clients),
        transfers=model.transfers(clients.matrix, names, sample_weight=clients.weight),
        high_cost=tuple(high_cost_pool(clients, norm, kind) for kind in KINDS),
        power=power,
        pools=_pools(data, out_of_sample, design, power, many) if design.feasible else (),
    )


def _drawn_clients(planned: Plan, terms: Reference) -> ClientCosts:
    """Clients of the first contract year, of as many blocks as give enough of them."""
    per_block = planned.sampler.clients_per_scenario * planned.scenarios_per_block / max(planned.n_years, 1)
    n_blocks = min(planned.n_blocks, max(1, round(CLIENTS / max(per_block, 1.0))))
    return simulated_clients(planned.case, terms, [draw_block(planned, index) for index in range(n_blocks)])


def _methods(clients: ClientCosts) -> dict[str, Measures]:
    """Other ways of setting norm amounts: one amount, care forms alone, and every method on all adjusters."""
    total = np.ones((len(clients.cost), 1))
    flat = NormAmounts().fit(total, clients.cost, sample_weight=clients.weight)
    found = {"flat": measures(clients, flat.predict(total))}
    if "care_form" in clients.partitions:
        forms = clients.with_adjusters("care_form")
        found["care_form"] = measures(clients, forms.matrix @ fitted(NormAmounts(), forms).coef_)
    ways = {
        "least_squares": NormAmounts(),
        "lad": NormAmounts(method="lad"),
        "least_largest": NormAmounts(method="least_largest", shrinkage=0.1, prior=_least_squares_prior(clients)),
    }
    for name, way in ways.items():
        found[name] = measures(clients, clients.matrix @ fitted(way, clients).coef_)
    return found


def _least_squares_prior(clients: ClientCosts) -> dict[str, float]:
    """Least squares as what the least largest result is shrunk to."""
    return dict(zip(clients.names, (float(v) for v in fitted(NormAmounts(), clients).coef_), strict=True))


def _pools(
    data: LumpSumData, out_of_sample: LumpSumData, design: LumpSumDesign, power: float, scramblings: Scramblings
) -> tuple[PoolResult, ...]:
    """A pool for every lot with two providers or more."""
    found = []
    for lot in range(len(data.lots)):
        if int((data.lot == lot).sum()) < 2:
            continue
        before = pool_data(data, design, lot)
        chosen = design_pool(before, power)
        found.append(_judged(before, pool_data(out_of_sample, design, lot), chosen, scramblings))
    return tuple(found)


def _judged(before: PoolData, out_of_sample: PoolData, chosen: PoolDesign, scramblings: Scramblings) -> PoolResult:
    """A pool on out-of-sample scenarios."""
    after = out_of_sample.result + out_of_sample.transfers(chosen.share)
    received = settled_transfers(out_of_sample, chosen.share)
    providers = range(len(out_of_sample.providers))

    def tails(result: FloatArray) -> tuple[Estimate, ...]:
        """CVaR of the loss of every provider over its budget."""
        return tuple(
            scramblings.tail_mean(-result[:, p] / out_of_sample.budget[p], out_of_sample.confidence)
            for p in providers
        )

    low, high = np.quantile(received.reshape(-1, len(out_of_sample.providers)), [0.1, 0.9], axis=0)
    return PoolResult(
        data=before,
        design=chosen,
        frontier=power_risk_frontier(before),
        tail_before=tails(out_of_sample.result),
        tail_after=tails(after),
        received=tuple(scramblings.mean(received[:, :, p].mean(axis=1)) for p in providers),
        low=low,
        high=high,
    )
