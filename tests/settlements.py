"""Cases with every clause under each payment form, drawn and settled, for tests of the real year's settlement."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import NamedTuple, get_args

from bekostiging.case import Case, synthetic_region
from bekostiging.case.tables import ContractClause, History, Policy, SharingKey
from bekostiging.case.year_tables import ContractTerm
from bekostiging.contracts import Contract, Settlement, Taakgericht, build_contracts, reference, with_design
from bekostiging.evaluation.settlement import levels_by_lot, pool_transfers, settle_contracts
from bekostiging.scenarios import CareUse, Cells, build_cells, draw_block, plan
from bekostiging_solvers.typing import FloatArray

LOADING = 0.02
MARK = {"source": "test", "status": "illustrative"}
SHARES = {
    "deficit_1": 0.0,
    "deficit_2": 0.5,
    "deficit_3": 0.8,
    "surplus_1": 0.1,
    "surplus_2": 0.4,
    "surplus_3": 0.8,
}
ON_ALL: tuple[dict[str, object], ...] = (
    {"clause": "high_cost_pool", "share": 0.4, "threshold": 5_000.0, "cap": 15_000.0},
    {"clause": "quota_share", "share": 0.1},
    {"clause": "stop_loss", "share": 0.5, "lower": 1.02, "upper": 1.3},
    {"clause": "provider_pool", "share": 0.3, "lower": 1.01, "upper": 1.4},
)
ON_LUMP_SUM: tuple[dict[str, object], ...] = (
    {"clause": "crisis_care", "share": 0.9},
    {"clause": "equalisation_reserve", "share": 0.5, "upper": 0.03},
    {"clause": "performance", "share": 0.05, "upper": 0.8},
    {"clause": "sanction", "share": 0.05, "length": 4},
    {"clause": "volume_clause", "share": 0.5, "lower": 0.95, "upper": 1.02},
    {"clause": "growth_path", "share": 0.4, "length": 3},
    {"clause": "minimum_care_spend", "share": 0.7, "lower": 0.97},
)
ON_TARIFF: tuple[dict[str, object], ...] = ({"clause": "case_mix_cap", "share": 0.6, "upper": 1.01},)
ON_PRODUCTION: tuple[dict[str, object], ...] = ({"clause": "blended_payment", "share": 0.2},)
"""Of a lump sum whose base is shadow production."""
BASES = ("shadow_production", "audited_cost", "clients_times_norm")
KEYS: tuple[SharingKey, ...] = get_args(SharingKey)


class Drawn(NamedTuple):
    case: Case
    cells: Cells
    care_use: CareUse
    contracts: tuple[Contract, ...]
    settled: list[Settlement]
    moved: FloatArray


def _case(form: str, base: str, key: SharingKey) -> Case:
    case = synthetic_region(municipalities=2, providers=6)
    lump = form == "taakgericht"
    policy = {"base": base, "ceiling_lift": "0.05", "claim_cap": "weekly", "mid_year_revision": "0.25",
              "disputed_share": "0.1", "disputed_lost": "0.2", "solidarity": "0.3", "high_cost_threshold": "8000",
              "first_year_index": "provisional", "revised_share": "0.2", "indexation": "multiplicative"}  # fmt: skip
    rows = [
        *case.policy,
        *(Policy(name=name, scope="case", value=value, **MARK) for name, value in policy.items()),
    ]
    kept = {row.name: row for row in rows}
    blended = ON_PRODUCTION if base == "shadow_production" else ()
    wanted = (*((*ON_LUMP_SUM, *blended) if lump else ON_TARIFF), *ON_ALL)
    clauses = tuple(
        ContractClause.model_validate({"lot": lot.id, "payment_form": form, "position": k, **MARK, **row})
        for lot in case.lots
        for k, row in enumerate(wanted, start=1)
    )
    shared = {"ceiling_pool": "samen"} if not lump else {"ceiling": None}
    contracts = tuple(
        row.model_copy(update=shared if row.lot == "youth" or lump else {}) for row in case.contracts
    )
    return replace(
        case,
        policy=tuple(kept.values()),
        lots=tuple(
            row.model_copy(update={"payment_form": form, "sharing_key": key, "messages": "full"})
            for row in case.lots
        ),
        contracts=contracts,
        history=tuple(
            History.model_validate(
                {
                    "area": area.id,
                    "care_form": form.id,
                    "year": case.base_year,
                    "definition": "euro",
                    "euro_realised": 1e6 + 1e5 * a,
                    **MARK,
                }
            )
            for a, area in enumerate(case.areas)
            for form in case.care_forms
        ),
        municipalities=tuple(
            row.model_copy(update={"key_weight": 1.0 + m, "gemeentefonds": 3e6 + 1e6 * m})
            for m, row in enumerate(case.municipalities)
        ),
        layers=tuple(row.model_copy(update={"share": SHARES[row.layer]}) for row in case.layers),
        clauses=clauses,
    )


@cache
def drawn_contracts(form: str, base: str, key: SharingKey, block: int) -> Drawn:
    case = _case(form, base, key)
    cells = build_cells(case)
    drawn = draw_block(plan(case, 32, case.n_years, 5, "design"), block).care_use()
    # statements have no profiles, so that a cap on case mix measures the amount per client
    care_use = replace(drawn, starts_by_profile=drawn.starts_by_profile.sum(axis=3, keepdims=True))
    built = build_contracts(case, cells, reference(case, cells, case.n_years), form)
    contracts = tuple(
        with_design(one, (1 + LOADING) * one.reference, one.corridor.share)
        if isinstance(one, Taakgericht)
        else one
        for one in built
    )
    levels = levels_by_lot(case, care_use)
    settled = settle_contracts(case, contracts, care_use, levels)
    return Drawn(
        case, cells, care_use, contracts, settled, pool_transfers(case, contracts, settled, care_use, levels)
    )


def signed_terms(case: Case, form: str) -> tuple[ContractTerm, ...]:
    """The loading as it was signed."""
    if form != "taakgericht":
        return ()
    common = {"term": "loading", "from_month": f"{case.first_year}-01", "agreed": LOADING, "entered_by": "test",
              "entered_on": "2026-01-01", **MARK}  # fmt: skip
    return tuple(
        ContractTerm.model_validate({"provider": row.provider, "lot": row.lot, **common}) for row in case.contracts
    )
