"""What if: terms of a contract and circumstances as a reader of the what-if page sets them, and their settlement.

One definition for page and Python. The contract objects settle; this module only says what a setting changes:

* ``volume`` v: all care and all clients times v. ``duration`` d: units times v d, arrangements and clients times v (a price
  per arrangement does not follow its duration), units within hours budgets times v min(1, d).
* ``price`` p: a surprise of p in wages and prices in the first year. Cost times 1 + p; the contract pays it as its
  index does.
* A provider that is left out: the others of its lots take over its care, budgets and ceilings, in proportion to their
  reference amounts of the first year.
* A municipality that is left out pays as before, but is not counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from bekostiging.case import Case
from bekostiging.case.form_choice import shown_forms
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import (
    Contract,
    PriceLevels,
    Taakgericht,
    TariffContract,
    municipal_shares,
)
from bekostiging.contracts.budget_clauses import BudgetClause, VolumeClause
from bekostiging.contracts.clauses import Clause, EqualisationReserve, QuotaShare, StopLoss
from bekostiging.contracts.corridor import Corridor
from bekostiging.evaluation.settlement import by_provider, pool_transfers, settle_contracts
from bekostiging.scenarios import CareUse, Cells, Measure
from bekostiging_solvers.typing import FloatArray

IndexChoice = Literal["design", "forecast", "cost"]
"""The index clause: as the contract has it, the forecast alone, or the real course of wages and prices at once."""
GONE = 1e-12
"""What is left of a contract whose provider is left out: nothing, and yet a positive reference amount."""
COMPUTED_BUDGET_CLAUSES = frozenset({"performance", "sanction", "growth_path"})
"""Clauses on the budget whose part of it does not follow the settings of the page."""

Levels = Mapping[str, PriceLevels]


@dataclass(frozen=True)
class CorridorChoice:
    """A corridor of one free zone and one share on each side; fractions."""

    free_zone: float
    deficit: float
    surplus: float

    def corridor(self) -> Corridor:
        """As the layers of a contract."""
        zone = self.free_zone
        if zone == 0:
            edges = {"lower": np.array([1.0, 0.0]), "upper": np.array([np.inf, 1.0])}
            share = np.array([self.deficit, self.surplus])
            return Corridor(("deficit_1", "surplus_1"), **edges, sign=np.array([1.0, -1.0]), share=share)
        return Corridor(
            ("deficit_1", "deficit_2", "surplus_1", "surplus_2"),
            lower=np.array([1.0, 1.0 + zone, 1.0 - zone, 0.0]),
            upper=np.array([1.0 + zone, np.inf, 1.0, 1.0 - zone]),
            sign=np.array([1.0, 1.0, -1.0, -1.0]),
            share=np.array([0.0, self.deficit, 0.0, self.surplus]),
        )


@dataclass(frozen=True)
class DesignedLot:
    """What a page starts from in one lot: the loading of its budget, and its corridor with every share."""

    loading: float
    corridor: Corridor


@dataclass(frozen=True)
class LotChoice:
    """Terms of one lot: payment form; ``budget`` as a multiple of the designed one; ``corridor`` (None: as designed);
    index; ``ceiling`` as a multiple of the reference amount of the first year (None: as agreed); ``locked``: is agreed."""

    form: PaymentForm
    budget: float = 1.0
    corridor: CorridorChoice | None = None
    index: IndexChoice = "design"
    ceiling: float | None = None
    locked: bool = False


@dataclass(frozen=True)
class WhatIf:
    """One variant: circumstances, what is counted, and a choice for every lot by its id."""

    lots: Mapping[str, LotChoice]
    volume: float = 1.0
    duration: float = 1.0
    price: float = 0.0
    begroting: float = 1.0
    certainty: float = 0.9
    without_providers: tuple[str, ...] = ()
    without_municipalities: tuple[str, ...] = field(default=())

    def taken_over(self, case: Case, reference: FloatArray) -> FloatArray:
        """What each contract's care and money is multiplied by, (n_contracts,); ``reference``: B0 of the first year."""
        gone = np.array([row.provider in self.without_providers for row in case.contracts])
        factor = np.where(gone, GONE, 1.0)
        for lot in case.lots:
            own = np.array([row.lot == lot.id for row in case.contracts])
            left = float(reference[own & ~gone].sum())
            if left > 0:
                factor[own & ~gone] = float(reference[own].sum()) / left
        return np.asarray(factor)


@dataclass(frozen=True)
class Adjusted:
    """What is settled under a setting."""

    contracts: tuple[Contract, ...]
    care_use: CareUse
    levels: Levels


def on_page(contract: Contract) -> Contract:
    """The contract as far as the page settles it: without clauses whose euros do not follow from base, care and price."""
    clauses = tuple(one for one in contract.clauses if clause_on_page(contract, one))
    plain = replace(contract, clauses=clauses, staffing=None)
    if isinstance(plain, Taakgericht):
        kept = tuple(one for one in plain.budget_clauses if budget_clause_on_page(one))
        return replace(plain, budget_clauses=kept, after=())
    return plain


def budget_clause_on_page(clause: BudgetClause) -> bool:
    """Whether the page settles a clause on the budget: with the clients of the setting, or with its computed part."""
    return isinstance(clause, VolumeClause) or clause.kind in COMPUTED_BUDGET_CLAUSES


def clause_on_page(contract: Contract, clause: Clause) -> bool:
    """Whether the page settles a clause: the corridor, shares of a deviation, a reserve at the provider, and clauses on
    clients before any of those."""
    if isinstance(clause, QuotaShare | StopLoss | EqualisationReserve | Corridor):
        return True
    if not clause.per_client:
        return False
    return isinstance(contract, TariffContract | Taakgericht)


def adjusted(
    case: Case,
    contracts: Mapping[PaymentForm, Sequence[Contract]],
    setting: WhatIf,
    care_use: CareUse,
    levels: Levels,
) -> Adjusted:
    """Contracts, care use and price levels under a setting; ``contracts`` as designed, by payment form."""
    first = np.array([one.reference[0] for one in next(iter(contracts.values()))])
    factor = setting.taken_over(case, first)
    chosen = tuple(
        _contract(contracts, c, setting.lots[row.lot], float(factor[c])) for c, row in enumerate(case.contracts)
    )
    changed = {
        lot.id: chosen_levels(case, lot.id, setting.lots[lot.id].index, setting.price, levels[lot.id])
        for lot in case.lots
    }
    return Adjusted(chosen, _care_use(care_use, setting, factor), changed)


def _contract(
    contracts: Mapping[PaymentForm, Sequence[Contract]], place: int, choice: LotChoice, factor: float
) -> Contract:
    """One contract under the choice for its lot."""
    one = contracts[choice.form][place]
    one = replace(one, reference=one.reference * factor)
    if isinstance(one, Taakgericht):
        own = one.clauses[-1] if choice.corridor is None else choice.corridor.corridor()
        return replace(
            one,
            budget=one.budget * factor * choice.budget,
            clauses=(*one.clauses[:-1], own),
            budget_clauses=tuple(_taken_over(clause, factor) for clause in one.budget_clauses),
        )
    if not isinstance(one, TariffContract):
        return one
    if choice.ceiling is not None:
        return with_ceiling(one, choice.ceiling)
    ceiling = None if one.ceiling is None else one.ceiling * factor
    return replace(one, ceiling=ceiling, part_of_ceiling=_times(one.part_of_ceiling, factor))


def _taken_over(clause: BudgetClause, factor: float) -> BudgetClause:
    """A clause on the budget when the contract takes over clients: they are expected then."""
    return replace(clause, expected=clause.expected * factor) if isinstance(clause, VolumeClause) else clause


def with_ceiling(contract: TariffContract, multiple: float) -> TariffContract:
    """The contract with a ceiling of its own, a multiple of its reference amount of the first year."""
    return replace(contract, ceiling=multiple * float(contract.reference[0]), part_of_ceiling=None)


def _times(part: float | None, factor: float) -> float | None:
    return None if part is None else part * factor


def chosen_levels(case: Case, lot: str, index: IndexChoice, price: float, levels: PriceLevels) -> PriceLevels:
    """Price levels of a lot with a surprise in the first year, under an index clause."""
    if index == "forecast":
        contract = np.ones_like(levels.contract)
    elif index == "cost":
        contract = levels.cost / levels.expected * (1 + price)
    else:
        contract = levels.contract * (1 + price * caught_up(case, lot, levels.contract.shape[1]))
    return replace(levels, contract=contract, cost=levels.cost * (1 + price))


def caught_up(case: Case, lot: str, n_years: int) -> FloatArray:
    """Part of a surprise in the first year that the index clause pays in each year, (n_years,): all of it from the second
    on, in the first what is revised within it."""
    provisional = case.policy.first_year_index(lot) == "provisional"
    return np.array([1.0 if provisional else case.policy.mid_year_revision(lot), *[1.0] * (n_years - 1)])


def _care_use(care_use: CareUse, setting: WhatIf, factor: FloatArray) -> CareUse:
    """Care use under a setting."""
    by_cell = np.append(factor, 1.0)[care_use.cells.contract]
    clients = setting.volume * by_cell
    units = clients * setting.duration
    within = clients * min(1.0, setting.duration)
    of: dict[Measure, FloatArray] = {
        "delivered": units, "claimable": units, "arranged": clients, "within_budget": within,
    }  # fmt: skip
    return replace(
        care_use,
        clients=care_use.clients * clients,
        units=care_use.units * units,
        units_month=care_use.units_month * units,
        units_claimable=care_use.units_claimable * units,
        units_within_budget=care_use.units_within_budget * within,
        crisis_units_within_budget=care_use.crisis_units_within_budget * within,
        excess={measure: euro * of[measure][:, None] for measure, euro in care_use.excess.items()},
        crisis_units=care_use.crisis_units * units,
        arrangement_units=care_use.arrangement_units * clients,
        crisis_arrangement_units=care_use.crisis_arrangement_units * clients,
        arrangement_units_at_result=care_use.arrangement_units_at_result * clients,
    )


@dataclass(frozen=True)
class Settled:
    """What a setting comes to in every scenario, nominal euro, not rounded to cents.

    ``municipal`` (n_scenarios, n_years, n_reported), zero for a municipality that is left out; ``revenue`` and ``cost``
    (n_scenarios, n_years, n_providers); ``payment`` and ``contract_cost`` (n_scenarios, n_years, n_contracts).
    """

    municipal: FloatArray
    revenue: FloatArray
    cost: FloatArray
    payment: FloatArray
    contract_cost: FloatArray


def settle_on_page(
    case: Case,
    cells: Cells,
    contracts: Mapping[PaymentForm, Sequence[Contract]],
    setting: WhatIf,
    care_use: CareUse,
    levels: Levels,
) -> Settled:
    """A setting as the page settles it, by the contract objects: what the page leaves out is left out (``on_page``), sharing
    keys and the cost of staff are as computed before the setting, and only care and prices change them. Pools of providers
    move whole cents."""
    plain = {form: tuple(on_page(one) for one in own) for form, own in contracts.items()}
    now = adjusted(case, plain, setting, care_use, levels)
    settled = settle_contracts(case, now.contracts, now.care_use, now.levels)
    first = np.array([one.reference[0] for one in next(iter(contracts.values()))])
    grown = setting.taken_over(case, first) * setting.volume * setting.duration * (1 + setting.price)
    before = next(iter(contracts.values()))
    cost = np.stack([one.cost(care_use, levels[one.lot]) * grown[c] for c, one in enumerate(before)], axis=2)
    between = pool_transfers(case, now.contracts, settled, now.care_use, now.levels)
    payment = np.stack([one.payment for one in settled], axis=2) + between
    received = payment.copy()
    for c, row in enumerate(case.contracts):
        if row.main_contractor:
            clauses = settled[c].clauses + between[:, :, c]
            work = payment[:, :, c] - clauses
            received[:, :, c] = row.passed_tariff_share * work + row.passed_corridor_share * clauses
    lots = {lot.id: j for j, lot in enumerate(case.lots)}
    keys = [municipal_shares(case, cells, care_use, j)[..., case.reported] for j in range(len(case.lots))]
    counted = np.array([code not in setting.without_municipalities for code in case.reported_codes])
    municipal = np.zeros((*payment.shape[:2], len(counted)))
    for c, one in enumerate(now.contracts):
        municipal += payment[:, :, c, None] * keys[lots[one.lot]] * counted
    return Settled(municipal, by_provider(case, payment, received), by_provider(case, cost, cost), payment, cost)


def forms_of_page(case: Case) -> tuple[PaymentForm, ...]:
    """Payment forms that the page offers: of those that pages show, the ones whose contracts it can settle."""
    return tuple(
        form for form in shown_forms(case) if issubclass(PAYMENT_FORMS[form], TariffContract | Taakgericht)
    )


RANGES: dict[str, tuple[float, float]] = {
    "volume": (0.7, 1.3),
    "duration": (0.7, 1.3),
    "price": (-0.05, 0.1),
    "begroting": (0.7, 1.3),
    "certainty": (0.5, 0.99),
    "budget": (0.7, 1.3),
    "free_zone": (0.0, 0.3),
    "deficit": (0.0, 1.0),
    "surplus": (0.0, 1.0),
    "ceiling": (0.5, 1.5),
}
"""Least and largest value of every number of a setting."""


def designed_setting(case: Case, form: PaymentForm | None = None) -> WhatIf:
    """The setting that changes nothing: every lot in one form, or in its own."""
    lots = {lot.id: LotChoice(form or lot.payment_form) for lot in case.lots}
    return WhatIf(lots, certainty=min(max(case.policy.certainty, 0.5), 0.99))
