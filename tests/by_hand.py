"""A case whose every figure can be worked out on paper, and care use that is written down for it.

Lot wmo has two contracts, A and B, each with a cell in both municipalities; lot residential has one, which nobody uses.
A market of 10,000 units a year (100 starts per municipality that stay half a year, 100 units a client and year) that does
not grow: A expects 2,500 units and 75 clients a year (a stock of 25 and 50 starts), B 7,500 and 225. Own tariffs 92 and 76,
own unit costs 76 and 64; the lot's are 0.25 x 92 + 0.75 x 76 = 80 and 0.25 x 76 + 0.75 x 64 = 67. So B0 is 200,000 and
600,000, and 10 % more every next year, as the forecasts of OVA and PPC are 0 in the first contract year and 10 % after it.
Residential: 10,000 units at 270.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from bekostiging.case import Case, check_case
from bekostiging.case.tables import ContractClause, PaymentForm, Policy
from bekostiging.contracts import Contract, build_contracts, reference
from bekostiging.evaluation.results import Samples
from bekostiging.evaluation.settlement import levels_by_lot, settle_all
from bekostiging.scenarios import MEASURES, CareUse, Cells, expected_care_use
from bekostiging.scenarios.cells import build_cells

Amounts = Mapping[int, Sequence[float]]
"""Figures by contract, one a year (or a month)."""
RESIDENTIAL, A, B = 0, 1, 2
"""Places of the contracts."""
FORECAST = (0.0, 0.1, 0.1, 0.1)
SPLIT = (0.25, 0.75)
"""What a contract uses in its two cells."""
MARK = {"source": "test", "status": "illustrative"}
YEAR = 365 / 7
"""Weeks."""
CARE_FORMS = ("residential", "wmo_guidance")
OFFERS: dict[str, dict[str, float]] = {
    "aanbieder-2": {"tariff": 92.0, "unit_cost": 76.0, "market_share": 0.25},
    "aanbieder-5": {"tariff": 76.0, "unit_cost": 64.0, "market_share": 0.75},
}
MARKET = {
    "clients_at_start": 50.0, "starts_per_year": 100.0, "mean_duration_weeks": YEAR / 2, "units_per_week": 100 / YEAR,
    "growth": 0.0,
}  # fmt: skip


def case_on_paper(small_case: Case) -> Case:
    """Rows of the small case with round figures; no ceilings, no shares of the corridors yet."""
    indices = tuple(
        row.model_copy(update={"ova_forecast": FORECAST[t], "ppc_forecast": FORECAST[t]})
        if (t := row.year - small_case.first_year) >= 0
        else row
        for row in small_case.indices
    )
    case = replace(
        small_case,
        profiles=tuple(row for row in small_case.profiles if row.care_form in CARE_FORMS),
        capacity=tuple(row for row in small_case.capacity if row.care_form in CARE_FORMS),
        history=tuple(row for row in small_case.history if row.care_form in CARE_FORMS),
        alternatives=(),
        care_forms=tuple(row for row in small_case.care_forms if row.id in CARE_FORMS),
        lots=tuple(row for row in small_case.lots if row.id != "youth"),
        layers=tuple(row for row in small_case.layers if row.lot != "youth"),
        contracts=tuple(
            row.model_copy(update={"ceiling": None}) for row in small_case.contracts if row.lot != "youth"
        ),
        demand=tuple(row.model_copy(update=MARKET) for row in small_case.demand if row.care_form in CARE_FORMS),
        offers=tuple(
            row.model_copy(update=OFFERS.get(row.provider, {}))
            for row in small_case.offers
            if row.care_form in CARE_FORMS
        ),
        indices=indices,
    )
    check_case(case)
    assert [(row.provider, row.lot) for row in case.contracts] == [
        ("aanbieder-3", "residential"), ("aanbieder-2", "wmo"), ("aanbieder-5", "wmo"),
    ]  # fmt: skip
    return case


def with_contract(case: Case, place: int, **columns: object) -> Case:
    """One row of contracts changed."""
    rows = tuple(row.model_copy(update=columns if c == place else {}) for c, row in enumerate(case.contracts))
    return replace(case, contracts=rows)


def with_provider(case: Case, name: str, **columns: object) -> Case:
    """One row of providers changed."""
    rows = tuple(row.model_copy(update=columns if row.id == name else {}) for row in case.providers)
    return replace(case, providers=rows)


def with_policy(case: Case, scope: str = "wmo", **values: str) -> Case:
    """More rows of policy; one of a lot outranks one of the case."""
    rows = (
        Policy.model_validate({"name": name, "scope": scope, "value": v, **MARK}) for name, v in values.items()
    )
    return replace(case, policy=(*case.policy, *rows))


def with_corridor(case: Case) -> Case:
    """Shares of the layers of lot wmo: nothing up to 3 %, half up to 8 %, 0.8 beyond; the same below."""
    share = {"1": 0.0, "2": 0.5, "3": 0.8}
    rows = tuple(
        row.model_copy(update={"share": share[row.layer[-1]]} if row.lot == "wmo" else {}) for row in case.layers
    )
    return replace(case, layers=rows)


def with_clauses(case: Case, form: PaymentForm, *rows: Mapping[str, object]) -> Case:
    """Clauses of lot wmo under a form, at position 1, 2, ... unless they say so themselves."""
    made = tuple(
        ContractClause.model_validate({"lot": "wmo", "payment_form": form, "position": p, **row, **MARK})
        for p, row in enumerate(rows, start=1)
    )
    return replace(case, clauses=(*case.clauses, *made))


def written(
    case: Case,
    n_years: int,
    use: Mapping[str, Amounts],
    *,
    ova: Sequence[float] | None = None,
    ppc: Sequence[float] | None = None,
    single: Mapping[str, Mapping[int, Sequence[Sequence[float]]]] | None = None,
) -> CareUse:
    """One scenario in which nobody used anything but what is written: ``use`` by field of ``CareUse``, contract and year.

    ``ova``, ``ppc``: final indices, as forecast when not given; ``single``: euro of single clients a year, by measure.
    """
    cells = build_cells(case)
    whole = expected_care_use(case, cells, n_years)
    forecast = np.array(
        [(row.ova_forecast, row.ppc_forecast) for row in case.indices if row.year >= case.first_year]
    )
    keep = {"cao", "ova_final", "ppc_final"}
    arrays = {one.name: getattr(whole, one.name) for one in fields(CareUse) if one.name not in keep}
    made: dict[str, Any] = {
        name: np.zeros_like(value) for name, value in arrays.items() if isinstance(value, np.ndarray)
    }
    for name, figures in use.items():
        for contract, values in figures.items():
            for cell, part in zip(np.flatnonzero(cells.contract == contract), SPLIT, strict=True):
                # figures by profile all in the first
                by_cell = made[name] if made[name].ndim == 3 else made[name][..., 0]
                by_cell[0, :, cell] = part * np.array(values)
    excess = {measure: np.zeros_like(whole.excess[measure]) for measure in MEASURES}
    for measure in MEASURES:
        for contract, years in (single or {}).get(measure, {}).items():
            cell = np.flatnonzero(cells.contract == contract)[1]
            for year, clients in enumerate(years):
                for k, threshold in enumerate(whole.thresholds):
                    excess[measure][0, year, cell, k] = sum(max(euro - threshold, 0.0) for euro in clients)
    made["excess"] = excess
    made["ova_final"] = np.array([forecast[:n_years, 0] if ova is None else ova])
    made["ppc_final"] = np.array([forecast[:n_years, 1] if ppc is None else ppc])
    return replace(whole, **made)


def built(case: Case, form: PaymentForm, n_years: int) -> tuple[Cells, tuple[Contract, ...]]:
    """The contracts of the case through the builder."""
    cells = build_cells(case)
    return cells, build_contracts(case, cells, reference(case, cells, n_years), form)


def settled(case: Case, form: PaymentForm, care_use: CareUse) -> Samples:
    """The case through builder and settlement."""
    cells, contracts = built(case, form, care_use.n_years)
    return settle_all(case, cells, contracts, care_use, levels_by_lot(case, care_use))


LEVEL = (1.0, 1.1, 1.21, 1.331)
"""Expected price level of the contract years."""
SPENT = {"jeugdwet": 1_350_000.0, "wmo": 400_000.0}
"""Expected euro of each municipality in the first contract year, at the providers' own tariffs: A 230,000 and B 570,000, and
2,700,000 of residential."""


def sound(case: Case) -> Case:
    """A case on paper with nothing odd in it: its begroting is what is expected, beside 50,000 outside the contracts; no
    revenue, reserve, history or turnover in the region is stated."""
    begroting = tuple(
        row.model_copy(
            update={
                "amount": SPENT[row.law] * LEVEL[row.year - case.first_year] + 50_000,
                "outside_contracts": 50_000.0,
                "reserve_addition": 0.0,
            }
        )
        for row in case.begroting
    )
    return replace(
        case,
        begroting=begroting,
        history=(),
        contracts=tuple(row.model_copy(update={"revenue": 0.0}) for row in case.contracts),
        municipalities=tuple(row.model_copy(update={"reserve": 0.0}) for row in case.municipalities),
        providers=tuple(row.model_copy(update={"region_turnover_share": 0.0}) for row in case.providers),
    )
