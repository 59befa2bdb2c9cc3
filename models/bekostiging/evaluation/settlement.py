"""Every contract of a payment form settled on one block: who pays, who receives, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.contracts import (
    Contract,
    PriceLevels,
    Settlement,
    TariffContract,
    ceiling_pools,
    course_of_year,
    in_cents,
    lowest_position,
    municipal_shares,
    payment_calendar,
    price_levels,
    provider_pools,
    settle,
)
from bekostiging.evaluation.samples import Samples
from bekostiging.evaluation.waiting import by_care_form
from bekostiging.scenarios import CareUse, Cells, FlowOutcome
from bekostiging.units import CENTS, MONTHS, WEEKS_PER_YEAR
from bekostiging_solvers.typing import FloatArray, IntArray

Levels = Mapping[str, PriceLevels]


@kinds_checked
def levels_by_lot(case: Case, care_use: CareUse) -> dict[str, PriceLevels]:
    """Price levels of every lot, as ``settle`` and ``settle_all`` need them.

    Parameters
    ----------
    case : Case
        Whose lots have index clauses.
    care_use : CareUse
        With the indices of its scenarios.

    Returns
    -------
    dict of str to PriceLevels
        By lot; every array (n_scenarios, n_years).

    Examples
    --------
    >>> from bekostiging import read_case
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = read_case("almere")
    >>> care_use = expected_care_use(case, build_cells(case), 2)
    >>> levels_by_lot(case, care_use)[case.lots[0].id].price.shape
    (1, 2)
    """
    return {lot.id: price_levels(case, lot.id, care_use) for lot in case.lots}


def settle_contracts(
    case: Case, contracts: Sequence[Contract], care_use: CareUse, levels: Levels
) -> list[Settlement]:
    """Every contract settled, shared ceilings included."""
    paid = paid_under_shared_ceilings(case, contracts, care_use, levels)
    found = []
    for c, one in enumerate(contracts):
        own = levels[one.lot]
        if c in paid and isinstance(one, TariffContract):
            found.append(one.settled(one.due(care_use, own), paid[c], care_use, own))
        else:
            found.append(settle(one, care_use, own))
    return found


def paid_under_shared_ceilings(
    case: Case, contracts: Sequence[Contract], care_use: CareUse, levels: Levels
) -> dict[int, FloatArray]:
    """What shared ceilings let through of the claims of each contract under one, by place; (n_scenarios, n_years)."""
    found: dict[int, FloatArray] = {}
    for pool in ceiling_pools(case):
        own = [contracts[c] for c in pool.contracts]
        tariffs = [one for one in own if isinstance(one, TariffContract) and one.part_of_ceiling is not None]
        if len(tariffs) == len(own):
            dues = [one.due(care_use, levels[one.lot]) for one in tariffs]
            found |= dict(zip(pool.contracts, pool.payable(dues, levels[own[0].lot].price), strict=True))
    return found


@kinds_checked
def settle_all(
    case: Case,
    cells: Cells,
    contracts: Sequence[Contract],
    care_use: CareUse,
    levels: Levels,
    outcome: FlowOutcome | None = None,
) -> Samples:
    """Settle every contract and split what is paid over the municipalities, to the cent.

    Parameters
    ----------
    case, cells : Case, Cells
        The case and its cells (``build_cells``).
    contracts : sequence of Contract
        One per row of table contracts, in that order.
    care_use : CareUse
        What clients use in every scenario and year.
    levels : mapping of str to PriceLevels
        From ``levels_by_lot``.
    outcome : FlowOutcome, optional
        When ceilings gave a signal or a stop, where a flow rule was applied to the clients.

    Returns
    -------
    Samples
        Nominal euro and clients by scenario and year.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> from bekostiging.contracts import build_contracts, reference
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = read_case("almere")
    >>> cells = build_cells(case)
    >>> contracts = build_contracts(case, cells, reference(case, cells, 1), "inspanningsgericht")
    >>> care_use = expected_care_use(case, cells, 1)
    >>> samples = settle_all(case, cells, contracts, care_use, levels_by_lot(case, care_use))
    >>> samples.payment.shape == (1, 1, len(case.contracts))
    True
    """
    settled = settle_contracts(case, contracts, care_use, levels)
    lots = {lot.id: j for j, lot in enumerate(case.lots)}
    keys = [municipal_shares(case, cells, care_use, j) for j in range(len(case.lots))]
    split = [
        in_cents(one.payment, keys[lots[contract.lot]]) for contract, one in zip(contracts, settled, strict=True)
    ]
    between = pool_transfers(case, contracts, settled, care_use, levels)
    payment = np.stack([part.sum(axis=-1) for part in split], axis=2) / CENTS + between
    received = passed_on(case, settled, payment, between)
    never = np.full(payment.shape, -1.0)
    return Samples(
        municipal=np.sum(split, axis=0) / CENTS,
        lot_spending=_by_lot(case, contracts, split, lots) / CENTS,
        payment=payment,
        received=received,
        cost=np.stack([one.cost for one in settled], axis=2),
        unpaid=np.stack([one.unpaid for one in settled], axis=2),
        beyond_budget=np.stack([one.beyond_budget(care_use, levels[one.lot]) for one in contracts], axis=2),
        lowest_cash_weeks=_lowest_cash(case, contracts, settled, received, payment, care_use, levels),
        signal_month=never if outcome is None else outcome.signal_month.astype(np.float64),
        stop_month=never if outcome is None else outcome.stop_month.astype(np.float64),
        clients=np.stack([contract.own(care_use.clients).sum(axis=-1) for contract in contracts], axis=2),
        **by_care_form(case, cells, care_use),
    )


def _by_lot(
    case: Case, contracts: Sequence[Contract], split: Sequence[IntArray], lots: Mapping[str, int]
) -> FloatArray:
    """What the reported municipalities pay, by lot; cents, (n_scenarios, n_years, n_lots)."""
    found = np.zeros((*split[0].shape[:2], len(lots)))
    for contract, part in zip(contracts, split, strict=True):
        found[:, :, lots[contract.lot]] += part[..., case.reported].sum(axis=-1)
    return found


def pool_transfers(
    case: Case, contracts: Sequence[Contract], settled: Sequence[Settlement], care_use: CareUse, levels: Levels
) -> FloatArray:
    """What every contract receives from the other providers of its lot; (n_scenarios, n_years, n_contracts)."""
    received = np.zeros((care_use.n_scenarios, care_use.n_years, len(contracts)))
    for pool in provider_pools(case):
        own = [c for c, one in enumerate(contracts) if (one.lot, one.form) == (pool.lot, pool.form)]
        if not own:
            continue
        members, terms = [contracts[c] for c in own], levels[pool.lot]
        left = [contracts[c].retained(settled[c], care_use, terms) for c in own]
        received[:, :, own] += pool.transfers(members, left, terms)
    return received


def passed_on(case: Case, settled: Sequence[Settlement], payment: FloatArray, between: FloatArray) -> FloatArray:
    """What the provider of each contract receives: all of it, or what its main contractor passes on.

    ``between``: part of ``payment`` (n_scenarios, n_years, n_contracts) that pools of providers move, clauses too.
    """
    received = payment.copy()
    for c, row in enumerate(case.contracts):
        if row.main_contractor:
            clauses = settled[c].clauses + between[:, :, c]
            work = payment[:, :, c] - clauses
            received[:, :, c] = row.passed_tariff_share * work + row.passed_corridor_share * clauses
    return received


def by_provider(case: Case, payment: FloatArray, received: FloatArray) -> FloatArray:
    """Revenue of every provider: its own contracts, and what it keeps of those it is main contractor of.

    All arrays (..., n_contracts); result (..., n_providers).
    """
    place = {provider.id: p for p, provider in enumerate(case.providers)}
    revenue = np.zeros((*payment.shape[:-1], len(place)))
    for c, row in enumerate(case.contracts):
        revenue[..., place[row.provider]] += received[..., c]
        if row.main_contractor:
            revenue[..., place[row.main_contractor]] += payment[..., c] - received[..., c]
    return revenue


def _lowest_cash(
    case: Case,
    contracts: Sequence[Contract],
    settled: Sequence[Settlement],
    received: FloatArray,
    payment: FloatArray,
    care_use: CareUse,
    levels: Levels,
) -> FloatArray:
    """Lowest cash of every provider in weeks of its cost, starting from none; (n_scenarios, n_providers), at most zero.

    What a main contractor keeps counts when the payment arrives; of advances it passes on its part of the work.
    """
    places = {provider.id: p for p, provider in enumerate(case.providers)}
    n_scenarios, n_years = care_use.n_scenarios, care_use.n_years
    longest = MONTHS * n_years + 36
    received_by, spent_by = (np.zeros((n_scenarios, len(places), longest)) for _ in range(2))
    for c, (row, contract) in enumerate(zip(case.contracts, contracts, strict=True)):
        course = course_of_year(contract.own(care_use.units_month) @ contract.unit_cost)
        calendar = payment_calendar(case, c, contract.form)
        agreed = contract.agreed * levels[contract.lot].contract
        spent_by[:, places[row.provider], : MONTHS * n_years] += (
            np.repeat(settled[c].cost, MONTHS, axis=1) * course
        )
        passed = row.passed_tariff_share if row.main_contractor else 1.0
        flow = calendar.received(received[:, :, c], course, passed * agreed)
        received_by[:, places[row.provider], : flow.shape[1]] += flow
        if row.main_contractor:
            kept = calendar.received(payment[:, :, c] - received[:, :, c], course, (1 - passed) * agreed)
            received_by[:, places[row.main_contractor], : kept.shape[1]] += kept
    lowest = np.stack([lowest_position(received_by[:, p], spent_by[:, p]) for p in range(len(places))], axis=1)
    weekly = spent_by.sum(axis=2) / (n_years * WEEKS_PER_YEAR)
    return np.asarray(np.divide(lowest, weekly, out=np.zeros_like(lowest), where=weekly > 0))
