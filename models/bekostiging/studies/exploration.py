"""What the what-if page settles: every contract in every scenario, as the contract objects give it, before any setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import (
    LUMP_SUM,
    Contract,
    PriceLevels,
    Taakgericht,
    TariffContract,
    build_contracts,
    ceiling_pools,
    municipal_shares,
    provider_pools,
    reference,
)
from bekostiging.contracts.budget_clauses import VolumeClause
from bekostiging.contracts.clauses import EqualisationReserve, QuotaShare, StopLoss
from bekostiging.evaluation.blocks import Blocks
from bekostiging.evaluation.cover import Cover
from bekostiging.evaluation.design import lump_sums
from bekostiging.evaluation.limits import Limits
from bekostiging.evaluation.results import Comparison
from bekostiging.evaluation.settlement import levels_by_lot
from bekostiging.evaluation.waiting import by_care_form
from bekostiging.evaluation.what_if import (
    COMPUTED_BUDGET_CLAUSES,
    DesignedLot,
    budget_clause_on_page,
    clause_on_page,
    forms_of_page,
    on_page,
)
from bekostiging.lumpsum import LumpSumData, LumpSumDesign, begroting_sum, free_buffer
from bekostiging.scenarios import Block, CareUse, Cells, build_cells, plan
from bekostiging.studies.lumpsum import LumpSumStudy
from bekostiging_solvers.typing import FloatArray

MOST_BYTES = 3_400_000
"""Of the quantised scenarios, so that the page in base64 with all else stays below 5 MB."""
BYTES = 2
WAITING_GRID = (0.85, 0.95, 1.0, 1.05, 1.15)
"""Multiples of the indexed lump sum for which it is computed who waits."""
WAITING_SCENARIOS = 64
"""Scenarios on which that is computed, the first ones."""


@dataclass(frozen=True)
class ExploreSeries:
    """Arrays of a block by name; their first axis is scenarios."""

    named: dict[str, FloatArray]

    def arrays(self) -> dict[str, FloatArray]:
        """As they are."""
        return self.named


@dataclass(frozen=True)
class ExploreWork:
    """Keeps of a block what the page settles: euros at price level 1 and cost per contract, index levels and keys per
    lot, and for the first blocks who waits on a grid of budgets."""

    case: Case
    cells: Cells
    contracts: Mapping[PaymentForm, tuple[Contract, ...]]

    def __call__(self, block: Block) -> ExploreSeries:
        """Everybody served; waiting under every budget of the grid."""
        care_use = block.care_use()
        levels = levels_by_lot(self.case, care_use)
        found = page_series(self.case, self.cells, self.contracts, care_use, levels)
        return ExploreSeries(found | {"waiting": self._waiting(block, levels)})

    def _waiting(self, block: Block, levels: Mapping[str, PriceLevels]) -> FloatArray:
        """Clients who wait or are refused, (n, n_years, n_lots, n_grid); empty beyond the first scenarios."""
        shape = (0, block.plan.n_years, len(self.case.lots), len(WAITING_GRID))
        if block.index * block.plan.scenarios_per_block >= WAITING_SCENARIOS:
            return np.zeros(shape)
        rule = Limits(self.case, self.cells, lump_sums(tuple(self.contracts[LUMP_SUM]))).budgets(levels)
        waits = [
            by_care_form(self.case, self.cells, block.waiting_under(replace(rule, limit=rule.limit * part)))
            for part in WAITING_GRID
        ]
        return np.stack([one["lot_unserved"] for one in waits], axis=3)


def page_series(
    case: Case,
    cells: Cells,
    contracts: Mapping[PaymentForm, tuple[Contract, ...]],
    care_use: CareUse,
    levels: Mapping[str, PriceLevels],
) -> dict[str, FloatArray]:
    """Arrays (n_scenarios, n_years) of every contract and lot, by name; keys (n_scenarios, n_years, n_reported).

    ``<c>/left/<form>``, ``<c>/urgent/<form>``: what is due under a tariff and its urgent part; ``<c>/base``: what the
    corridor is measured on, at price level 1 or at the level of cost; ``<c>/moved/<k>``: what clause k on clients moves
    under a lump sum; ``<c>/part``: paid part of the budget; ``<c>/clients/<k>``: clients over expected for volume clause
    k; ``<c>/cost``. ``lot/<j>/index``, ``/cost`` and ``/key``.
    """
    found: dict[str, FloatArray] = {}
    for j, lot in enumerate(case.lots):
        own = levels[lot.id]
        found[f"lot/{j}/index"], found[f"lot/{j}/cost"] = own.contract, own.cost / own.expected
        found[f"lot/{j}/key"] = municipal_shares(case, cells, care_use, j)[..., case.reported]
    for form, many in contracts.items():
        for c, contract in enumerate(many):
            one, own = on_page(contract), levels[contract.lot]
            if isinstance(one, TariffContract):
                due = one.due(care_use, own)
                found[f"{c}/left/{form}"] = due.left / own.price
                found[f"{c}/urgent/{form}"] = due.urgent / own.price
            elif isinstance(one, Taakgericht) and f"{c}/base" not in found:
                found |= _lump_sum_series(c, one, care_use, own)
            found.setdefault(f"{c}/cost", contract.cost(care_use, own))
    return found


def _lump_sum_series(c: int, one: Taakgericht, care_use: CareUse, own: PriceLevels) -> dict[str, FloatArray]:
    """Arrays of one lump sum."""
    base = one.corridor_base(care_use, own, one.unit_cost)
    one_level = np.ones_like(own.price)
    levels = {"shadow_production": own.price, "clients_times_norm": own.contract, "audited_cost": one_level}
    computed = replace(one, budget_clauses=tuple(b for b in one.budget_clauses if not isinstance(b, VolumeClause)))
    found = {f"{c}/base": np.asarray(base / levels[one.base]), f"{c}/part": computed.paid_part(care_use)}
    for k, clause in enumerate(one.budget_clauses):
        if isinstance(clause, VolumeClause):
            found[f"{c}/clients/{k}"] = one.own(care_use.clients).sum(axis=2) / clause.expected
    for k, step in enumerate(one.steps(one.clauses, care_use, own, base)):
        if step.clause.per_client:
            found[f"{c}/moved/{k}"] = np.asarray(step.paid / own.price)
    return found


@dataclass(frozen=True)
class Exploration:
    """What a what-if page is made of: case and contracts, and arrays of every scenario (``page_series``), with who waits."""

    case: Case
    cells: Cells
    contracts: Mapping[PaymentForm, tuple[Contract, ...]]
    designed: Mapping[str, DesignedLot]
    arrays: Mapping[str, FloatArray]
    waiting: FloatArray
    """(n, n_years, n_lots, n_grid)."""
    n_scenarios: int
    n_scramblings: int
    n_years: int
    seed: int
    fewer: bool
    """Whether the study had more scenarios than fit in a page."""
    headroom: FloatArray
    """(n_reported, n_years), euro."""
    structural: FloatArray
    refills: bool
    buffer: FloatArray
    """Free buffer of every provider, (n_providers,), euro."""
    started: Mapping[str, Mapping[str, object]]
    """What the study decided of a lot beside its lump sum, as the page starts: its form, and what was agreed."""

    @property
    def discount(self) -> FloatArray:
        """Value today of a euro in each year; (n_years,)."""
        return self.case.discount(self.n_years)

    def left_out(self, *, alone: bool = False) -> tuple[tuple[str, str, str], ...]:
        """What the page does not settle: (provider, lot, kind of clause) of every contract; ``alone``: on the page of one
        provider, which knows nothing of a pool."""
        found: dict[tuple[str, str, str], None] = {}
        pools = [row for row in self.case.clauses if row.clause == "provider_pool"]
        for many in self.contracts.values():
            for one in many:
                kinds = [clause.kind for clause in one.clauses if not clause_on_page(one, clause)]
                if isinstance(one, Taakgericht):
                    kinds += [b.kind for b in one.budget_clauses if not budget_clause_on_page(b)]
                    kinds += [clause.kind for clause in one.after]
                if alone:
                    kinds += [
                        "provider_pool" for row in pools if (row.lot, row.payment_form) == (one.lot, one.form)
                    ]
                found |= dict.fromkeys((one.provider, one.lot, kind) for kind in kinds)
        return tuple(found)

    def as_computed(self) -> tuple[tuple[str, str, str], ...]:
        """Clauses of which the page uses computed values: those on single clients and on results."""
        found: dict[tuple[str, str, str], None] = {}
        for many in self.contracts.values():
            for one in many:
                kinds = [
                    clause.kind for clause in one.clauses if clause_on_page(one, clause) and clause.per_client
                ]
                if isinstance(one, Taakgericht):
                    kinds += [b.kind for b in one.budget_clauses if b.kind in COMPUTED_BUDGET_CLAUSES]
                found |= dict.fromkeys((one.provider, one.lot, kind) for kind in kinds)
        return tuple(found)

    def whole_contract_clauses(self, form: PaymentForm, c: int) -> list[dict[str, object]]:
        """Clauses on a whole contract in their order, as the page settles them; the corridor apart."""
        found: list[dict[str, object]] = []
        one = on_page(self.contracts[form][c])
        for k, clause in enumerate(one.clauses):
            share = float(np.nan_to_num(clause.share, nan=0.0)[0])
            if isinstance(clause, QuotaShare):
                found.append({"kind": "quota", "share": share})
            elif isinstance(clause, StopLoss):
                upper = None if np.isinf(clause.upper) else clause.upper
                found.append({"kind": "stop_loss", "share": share, "lower": clause.lower, "upper": upper})
            elif isinstance(clause, EqualisationReserve):
                found.append({"kind": "reserve", "share": share, "cap": _finite(clause.cap)})
            elif clause.per_client and isinstance(one, Taakgericht):
                found.append({"kind": "computed", "array": f"{c}/moved/{k}"})
        return found

    def volume_clauses(self, c: int) -> list[dict[str, object]]:
        """Volume clauses of a lump sum: the band, the part, and the name of the array of clients over expected."""
        one = self.contracts[LUMP_SUM][c]
        if not isinstance(one, Taakgericht):
            return []
        return [
            {"lower": own.lower, "upper": _finite(own.upper), "part": own.part, "array": f"{c}/clients/{k}"}
            for k, own in enumerate(one.budget_clauses)
            if isinstance(own, VolumeClause)
        ]

    def provider_pools(self) -> list[dict[str, object]]:
        """Pools between the providers of a lot."""
        lots = {lot.id: j for j, lot in enumerate(self.case.lots)}
        return [
            {
                "lot": lots[one.lot],
                "form": one.form,
                "lower": one.lower,
                "upper": _finite(one.upper),
                "share": one.share,
            }
            for one in provider_pools(self.case)
        ]

    def pools(self) -> list[dict[str, object]]:
        """Shared ceilings: their contracts and euro a year."""
        return [{"contracts": list(pool.contracts), "ceiling": pool.ceiling} for pool in ceiling_pools(self.case)]


def _finite(edge: float) -> float | None:
    """An edge as JSON has it."""
    return None if np.isinf(edge) else float(edge)


def explore(study: Comparison | LumpSumStudy, workers: int = 1) -> Exploration:
    """Draw the scenarios of a study again and keep what its what-if page settles.

    The same scenarios as the study where they fit in a page; else as many as fit, said on it.
    """
    design = study.lumpsum.design
    asked = (study.n_scenarios, study.seed, study.lumpsum.data.headroom.shape[1], design.budget.tobytes())
    shares = tuple(np.asarray(own).tobytes() for own in design.share)
    return study.case.cache.of("exploration", (*asked, shares), lambda: _explored(study, workers))


def _explored(study: Comparison | LumpSumStudy, workers: int) -> Exploration:
    case, data, design = study.case, study.lumpsum.data, study.lumpsum.design
    n_years = data.headroom.shape[1]
    designed = designed_lots(data, design)
    contracts = designed_contracts(case, designed, n_years)
    asked = study.n_scenarios
    bytes_each = BYTES * n_years * _arrays_per_scenario(case, contracts)
    fits = max(32, MOST_BYTES // bytes_each)
    planned = plan(case, min(asked, fits), n_years, study.seed, "out_of_sample")
    while planned.n_scenarios * bytes_each > MOST_BYTES and fits > 32:  # rounding up to whole scramblings
        fits = fits * 3 // 4
        planned = plan(case, min(asked, fits), n_years, study.seed, "out_of_sample")
    work = ExploreWork(case, planned.cells, contracts)
    arrays = dict(Blocks(workers).series(planned, work, lambda done, total: None))
    waiting = arrays.pop("waiting")
    calendar = tuple(case.first_year + t for t in range(n_years))
    amounts = (begroting_sum(case, case.reported_codes, calendar, c) for c in ("amount", "outside_contracts"))
    begroting, outside = amounts
    cover = Cover.of(data)
    return Exploration(
        case=case,
        cells=planned.cells,
        contracts=contracts,
        designed=designed,
        arrays=arrays,
        waiting=waiting,
        n_scenarios=planned.n_scenarios,
        n_scramblings=planned.n_scramblings,
        n_years=n_years,
        seed=study.seed,
        fewer=planned.n_scenarios < asked,
        headroom=begroting - outside,
        structural=cover.structural,
        refills=cover.refills,
        buffer=free_buffer(case),
        started=_started(study, tuple(contracts)),
    )


def _started(study: Comparison | LumpSumStudy, forms: tuple[PaymentForm, ...]) -> dict[str, dict[str, object]]:
    """Forms that were chosen, and lots that were agreed, by lot; nothing where all lots are lump sums to be decided."""
    data, design = study.lumpsum.data, study.lumpsum.design
    chosen = {lot.name: data.forms[design.form[j]] for j, lot in enumerate(data.lots)}
    found: dict[str, dict[str, object]] = {lot: {"form": form} for lot, form in chosen.items() if form in forms}
    for lot, own in (study.agreed.lots if isinstance(study, LumpSumStudy) else {}).items():
        found[lot] = {"form": own.form, "index": own.index, "ceiling": own.ceiling, "locked": True}
    return found


def _arrays_per_scenario(case: Case, contracts: Mapping[PaymentForm, tuple[Contract, ...]]) -> int:
    """Numbers of one scenario and year that a page keeps."""
    tariffs = sum(not PAYMENT_FORMS[form].lump_sum for form in contracts)
    lump = contracts[LUMP_SUM]
    more = sum(
        sum(isinstance(own, VolumeClause) for own in one.budget_clauses)
        + sum(own.per_client for own in one.clauses)
        for one in lump
        if isinstance(one, Taakgericht)
    )
    return len(lump) * (2 * tariffs + 2) + more + len(case.lots) * (2 + len(case.reported))


def designed_lots(data: LumpSumData, design: LumpSumDesign) -> dict[str, DesignedLot]:
    """What the lump sum of every lot is under a design, by id."""
    return {
        lot.name: DesignedLot(
            float(design.loading[j]),
            replace(lot.corridor, share=np.asarray(np.nan_to_num(design.share[j], nan=0.0))),
        )
        for j, lot in enumerate(data.lots)
    }


def designed_contracts(
    case: Case, lots: Mapping[str, DesignedLot], n_years: int
) -> dict[PaymentForm, tuple[Contract, ...]]:
    """Every contract under every form of the page, lump sums as designed."""
    cells = build_cells(case)
    terms = reference(case, cells, n_years)
    built = {form: build_contracts(case, cells, terms, form) for form in forms_of_page(case)}

    def as_designed(one: Contract) -> Contract:
        """A lump sum with its decided budget and corridor."""
        if not isinstance(one, Taakgericht):
            return one
        own = lots[one.lot]
        return replace(one, budget=one.reference * (1 + own.loading), clauses=(*one.clauses[:-1], own.corridor))

    return {form: tuple(as_designed(one) for one in many) for form, many in built.items()}
