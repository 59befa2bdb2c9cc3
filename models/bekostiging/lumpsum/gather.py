"""From the case and its scenarios to ``LumpSumData``: what a block keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import checked_word, kinds_checked
from bekostiging.case.core_tables import Begroting, Law
from bekostiging.contracts import (
    LUMP_SUM,
    PriceLevels,
    Reference,
    Taakgericht,
    build_contracts,
    corridor_of,
    expected_revenue,
    municipal_shares,
)
from bekostiging.lumpsum.data import LotTerms, LumpSumData
from bekostiging.lumpsum.simple import signable_terms
from bekostiging.scenarios import CareUse, Cells
from bekostiging_solvers.typing import FloatArray, IntArray


@dataclass(frozen=True)
class CorridorSeries:
    """What a block of scenarios keeps for the decision; symbols as on the model card (``bekostiging.lumpsum.model``).

    Attributes
    ----------
    index, paid_part, fixed, cost : (s, c, t)
        I, A, Z and C; the last two in euro.
    amounts : tuple of (s, t, l)
        U of every contract, euro, negative for a surplus.
    key : (s, t, j, m)
        Share of every municipality in the payments of a lot.
    others, cut : dict of str to (s, c, t)
        Payments under other payment forms, and what a ceiling cut from them, euro; only where they were asked for.
    items : dict of str to (s,)
        What could be observed beforehand.

    Examples
    --------
    >>> from bekostiging.lumpsum import example_data
    >>> data = example_data()
    >>> series = CorridorSeries(data.index, data.paid_part, data.fixed, data.cost, data.amounts, data.key)
    >>> sorted(series.arrays()), CorridorSeries.of(series.arrays()).cost.shape
    (['amounts/0', 'cost', 'fixed', 'index', 'key', 'paid_part'], (20, 1, 1))
    """

    index: FloatArray
    paid_part: FloatArray
    fixed: FloatArray
    cost: FloatArray
    amounts: tuple[FloatArray, ...]
    key: FloatArray
    others: Mapping[str, FloatArray] = field(default_factory=dict)
    cut: Mapping[str, FloatArray] = field(default_factory=dict)
    items: Mapping[str, FloatArray] = field(default_factory=dict)

    def arrays(self) -> dict[str, FloatArray]:
        """Every array by name."""
        amounts = {f"amounts/{c}": amount for c, amount in enumerate(self.amounts)}
        own = {name: getattr(self, name) for name in ("index", "paid_part", "fixed", "cost", "key")}
        more = _under("others/", self.others) | _under("cut/", self.cut) | _under("items/", self.items)
        return own | amounts | more

    @classmethod
    def of(cls, arrays: Mapping[str, FloatArray]) -> CorridorSeries:
        """The series whose ``arrays`` these are, of one block or of many one after the other."""
        n_contracts = sum(name.startswith("amounts/") for name in arrays)
        amounts = tuple(arrays[f"amounts/{c}"] for c in range(n_contracts))
        own = {name: arrays[name] for name in ("index", "paid_part", "fixed", "cost", "key")}
        others, cut, items = (_arrays_under(head, arrays) for head in ("others/", "cut/", "items/"))
        return cls(amounts=amounts, others=others, cut=cut, items=items, **own)


def _under(head: str, own: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Arrays under names that begin with ``head``."""
    return {f"{head}{name}": values for name, values in own.items()}


def _arrays_under(head: str, arrays: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """The arrays under such names, by the rest of their name."""
    return {name.removeprefix(head): values for name, values in arrays.items() if name.startswith(head)}


@kinds_checked
def corridor_series(
    case: Case,
    cells: Cells,
    contracts: Sequence[Taakgericht],
    care_use: CareUse,
    levels: dict[str, PriceLevels],
) -> CorridorSeries:
    """What a block of scenarios keeps of every lump sum.

    Parameters
    ----------
    case : Case
        The region.
    cells : Cells
        Area x care form x provider.
    contracts : sequence of Taakgericht
        The contracts of the case as lump sums.
    care_use : CareUse
        Care of the block.
    levels : dict of str to PriceLevels
        Per lot.

    Returns
    -------
    CorridorSeries

    Examples
    --------
    One scenario, at expectation; those of a run come from ``bekostiging.studies``.

    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import build_contracts, price_levels, reference
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells, years = build_cells(case), 2
    >>> terms, care_use = reference(case, cells, years), expected_care_use(case, cells, years)
    >>> contracts = build_contracts(case, cells, terms, "taakgericht")
    >>> levels = {lot.id: price_levels(case, lot.id, care_use) for lot in case.lots}
    >>> series = corridor_series(case, cells, contracts, care_use, levels)
    >>> series.cost.shape, series.key.shape  # (s, c, t) and (s, t, j, m)
    ((1, 7, 2), (1, 2, 3, 2))
    """
    rows = [contract.rows(care_use, levels[contract.lot]) for contract in contracts]
    key = [municipal_shares(case, cells, care_use, j) for j in range(len(case.lots))]
    index = np.stack([levels[contract.lot].contract for contract in contracts], axis=1)
    return CorridorSeries(
        index=index,
        paid_part=np.stack([row.coefficient for row in rows], axis=1) / index,
        fixed=np.stack([row.constant for row in rows], axis=1),
        cost=np.stack([row.cost for row in rows], axis=1),
        amounts=tuple(row.euros * one.corridor.sign for one, row in zip(contracts, rows, strict=True)),
        key=np.stack(key, axis=2),
    )


@kinds_checked
def free_buffer(case: Case) -> FloatArray:
    """K per provider: what losses in this region may use of its equity, euro; (n_providers,).

    It is ``equity_at_stake`` (at most the part of its turnover in this region) x equity above the solvency floor.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> from bekostiging.lumpsum import free_buffer
    >>> case = read_case("almere")
    >>> free_buffer(case).shape == (len(case.providers),)
    True
    """
    at_stake, floor = case.policy.equity_at_stake, case.policy.solvency_floor
    return np.array(
        [
            min(at_stake, row.region_turnover_share) * max(0.0, row.equity - floor * row.total_assets)
            for row in case.providers
        ]
    )


@kinds_checked
def lumpsum_data(case: Case, cells: Cells, reference: Reference, series: CorridorSeries) -> LumpSumData:
    """The decision of a case on drawn scenarios, as its policy asks for it.

    Parameters
    ----------
    case : Case
        Its policy gives caps, weights and the terms of a simple agreement.
    cells : Cells
        Area x care form x provider.
    reference : Reference
        Reference amounts and fair prices, euro.
    series : CorridorSeries
        Of all blocks one after the other.

    Returns
    -------
    LumpSumData

    Examples
    --------
    One scenario, at expectation; ``example_data`` is a decision in round numbers.

    >>> from bekostiging.lumpsum import corridor_series
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import build_contracts, price_levels, reference
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells, years = build_cells(case), 2
    >>> terms, care_use = reference(case, cells, years), expected_care_use(case, cells, years)
    >>> contracts = build_contracts(case, cells, terms, "taakgericht")
    >>> levels = {lot.id: price_levels(case, lot.id, care_use) for lot in case.lots}
    >>> series = corridor_series(case, cells, contracts, care_use, levels)
    >>> data = lumpsum_data(case, cells, terms, series)
    >>> data.n_scenarios, data.years, [lot.name for lot in data.lots]
    (1, (2026, 2027), ['youth', 'residential', 'wmo'])
    """
    n_scenarios, _, n_years = series.cost.shape
    years = tuple(case.first_year + t for t in range(n_years))
    lots = {row.id: j for j, row in enumerate(case.lots)}
    providers = {row.id: p for p, row in enumerate(case.providers)}
    data = LumpSumData(
        lots=tuple(lot_terms(case, row.id) for row in case.lots),
        contracts=tuple((row.provider, row.lot) for row in case.contracts),
        providers=tuple(providers),
        municipalities=case.reported_codes,
        years=years,
        lot=np.array([lots[row.lot] for row in case.contracts]),
        provider=np.array([providers[row.provider] for row in case.contracts]),
        reference=reference.amount,
        fair_price=reference.fair_price,
        revenue=expected_revenue(case, cells, reference),
        index=series.index,
        paid_part=series.paid_part,
        fixed=series.fixed,
        cost=series.cost,
        amounts=series.amounts,
        key=series.key[..., case.reported],
        other=np.zeros((n_scenarios, n_years, len(case.reported))),
        **_cover(case, case.reported_codes, years),
        free_buffer=free_buffer(case),
        discount=case.discount(n_years),
        risk_weight=case.policy.risk_weight,
        confidence=case.policy.confidence,
        cost_of_capital=case.policy.cost_of_capital,
        reserve_confidence=case.policy.reserve_confidence,
        reserve_refills=case.policy.reserve_refills,
        other_payments=series.others,
        without_care=tuple(
            one.without_care()
            for one in build_contracts(case, cells, reference, LUMP_SUM)
            if isinstance(one, Taakgericht)
        ),
    )
    return replace(data, simple=signable_terms(data)) if case.policy.corridor_terms == "simple" else data


@kinds_checked
def under_policy_of(data: LumpSumData, other: LumpSumData) -> LumpSumData:
    """The decision on the scenarios and with the margins of ``data``, under the policy numbers of ``other``.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from bekostiging.lumpsum import example_data, under_policy_of
    >>> data = example_data()
    >>> under_policy_of(data, replace(data, risk_weight=0.9)).risk_weight
    0.9
    """
    lots = tuple(replace(terms, corridor=own.corridor) for own, terms in zip(data.lots, other.lots, strict=True))
    return replace(
        data,
        lots=lots,
        free_buffer=other.free_buffer,
        risk_weight=other.risk_weight,
        confidence=other.confidence,
        cost_of_capital=other.cost_of_capital,
        reserve_confidence=other.reserve_confidence,
        reserve_refills=other.reserve_refills,
        simple=other.simple,
    )


def _cover(case: Case, codes: Sequence[str], years: Sequence[int]) -> dict[str, Any]:
    """Purses with their begroting, structural cover and stock."""
    laws = tuple(dict.fromkeys(row.law for row in case.begroting))
    purses: tuple[tuple[str, IntArray], ...] = (("", np.arange(len(case.lots))),)
    if not case.policy.laws_share:
        law_of = {form.id: form.law for form in case.care_forms}
        lot_law = [law_of[lot.care_forms[0]] for lot in case.lots]
        purses = tuple(
            (law, np.array([j for j, own in enumerate(lot_law) if own == law], dtype=np.int64)) for law in laws
        )

    def by_purse(column: str) -> FloatArray:
        """A column of begroting per purse; (k, m, t)."""
        return np.stack([begroting_sum(case, codes, years, column, name) for name, _ in purses])

    start = np.array([row.reserve for row in case.municipalities if row.code in codes], dtype=np.float64)
    additions = begroting_sum(case, codes, years, "reserve_addition")
    return {
        "purses": purses,
        "begroting": by_purse("amount") - by_purse("outside_contracts"),
        "structural": by_purse("structural_cover"),
        "stock": start[:, None] + np.cumsum(additions, axis=1),
    }


@kinds_checked
def begroting_sum(
    case: Case, codes: Sequence[str], years: Sequence[int], column: str, law: str = ""
) -> FloatArray:
    """A column of table begroting by municipality and year, euro; (n_municipalities, n_years).

    Parameters
    ----------
    case : Case
        The region.
    codes : sequence of str
        Municipalities.
    years : sequence of int
        Calendar years; zero where the table has no row.
    column : str
        Name of the column.
    law : str
        One law; all of them together where left out.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> from bekostiging.lumpsum import begroting_sum
    >>> case = read_case("almere")
    >>> begroting_sum(case, case.reported_codes, [case.first_year], "amount").shape
    (1, 1)
    """
    euros = (name for name, field in Begroting.model_fields.items() if field.annotation is float)
    checked_word("column", column, euros)
    checked_word("law", law, ("", *get_args(Law)))
    total = np.zeros((len(codes), len(years)))
    for row in case.begroting:
        if row.municipality in codes and row.year in years and law in ("", row.law):
            total[codes.index(row.municipality), years.index(row.year)] += getattr(row, column)
    return total


def lot_terms(case: Case, lot: str) -> LotTerms:
    """Policy numbers of one lot."""
    policy = case.policy
    return LotTerms(
        name=lot,
        corridor=corridor_of(case, lot),
        share_max=policy.share_max(lot),
        share_min=policy.share_min(lot),
        loading_cap=policy.loading_cap(lot),
        transition_cap=policy.transition_cap(lot),
        elasticity=policy.elasticity(lot),
        waiting_list_forbidden=policy.acceptance_duty(lot) and policy.waiting_list(lot) == "not_allowed",
        equity_requirement=policy.equity_requirement(lot),
        symmetric=policy.corridor_shape(lot) == "symmetric",
        general_provision=next(row.general_provision for row in case.lots if row.id == lot),
    )
