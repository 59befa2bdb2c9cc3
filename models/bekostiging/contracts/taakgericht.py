"""Taakgericht: a lump sum for a task, indexed, with a layered corridor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from bekostiging.case.tables import CorridorBase
from bekostiging.contracts.basis import Basis
from bekostiging.contracts.budget_clauses import BudgetClause
from bekostiging.contracts.clauses import Clause, Position
from bekostiging.contracts.corridor import Corridor, corridor_of
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.terms import Contract, Party, Rows, Settlement
from bekostiging.scenarios import CareUse
from bekostiging_solvers.typing import FloatArray

NOTHING: Any = None
"""Clients that nobody looks at: clauses on single clients say nothing without care."""


@dataclass(frozen=True)
class WithoutCare:
    """A lump sum when nothing is delivered, which is when most is taken back; every array (n_years,).

    Parameters
    ----------
    part : array
        Least part of b I that is paid.
    moved : array
        Moved by clauses before the corridor and paid beside the budget, a part of B0 I.
    leave : array
        What those clauses leave of the base, a part of B0 I.
    after : tuple of (float, float)
        Clauses after the corridor: the multiple of B0 I below which each takes back, and its share.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import Basis, reference
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> contract = Taakgericht.of_case(Basis(case, cells, reference(case, cells, n_years=2)), contract=0)
    >>> contract.without_care().part.tolist()  # no clause on the budget
    [1.0, 1.0]
    """

    part: FloatArray
    moved: FloatArray
    leave: FloatArray
    after: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Taakgericht(Contract):
    """A lump sum for a task, with a corridor as the last clause that is decided; ``after`` it come those on what it leaves.

    ``budget`` b (n_years,), euro, nominal at forecast index; ``base``: what the corridor is measured on; ``norm``
    (n_years,): euro per client for base clients_times_norm; ``reference_tariff`` and ``reference_cost`` (n_own_cells,), euro
    per unit: the lot's, equal for all its providers; ``budget_clauses``: clauses on the budget itself.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import Basis, price_levels, reference
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells, n_years = build_cells(case), 2
    >>> basis = Basis(case, cells, reference(case, cells, n_years))
    >>> care_use = expected_care_use(case, cells, n_years)
    >>> contract = Taakgericht.of_case(basis, contract=0)
    >>> settled = contract.settle(care_use, price_levels(case, contract.lot, care_use))
    >>> settled.payment.round().tolist()
    [[5128765.0, 5315311.0]]
    """

    form = "taakgericht"
    name = ("taakgericht", "taakgericht")
    pays = (
        "een vast bedrag voor een taak, geïndexeerd, met een bandbreedte",
        "a lump sum for a task, indexed, with a corridor",
    )
    legal_variant = "taakgericht"
    colour = "#3f7f6c"
    line = "-."
    marker = "^"
    lump_sum = True
    pays_next_euro = 0.0
    measure = "delivered"
    towards = 1.0
    budget: FloatArray
    base: CorridorBase
    norm: FloatArray
    reference_tariff: FloatArray
    reference_cost: FloatArray
    budget_clauses: tuple[BudgetClause, ...] = ()
    after: tuple[Clause, ...] = ()

    @classmethod
    def _terms(cls, basis: Basis, contract: int, ceilings: bool) -> dict[str, Any]:
        """With its budget at the reference amount, clauses on it, and the corridor of its lot as the last clause."""
        terms, reference = super()._terms(basis, contract, ceilings), basis.reference
        amount, cells, lot = terms["reference"], terms["cells"], terms["lot"]
        on_budget = (one for one in cls._table_clauses(basis, contract) if isinstance(one, BudgetClause))
        before = (one for one in terms["clauses"] if not one.after_corridor)
        return terms | {
            "clauses": (*before, corridor_of(basis.case, lot)),
            "after": tuple(one for one in terms["clauses"] if one.after_corridor),
            "budget": amount,
            "budget_clauses": tuple(on_budget),
            "base": basis.case.policy.base(lot),
            "norm": amount / basis.clients(contract),
            "reference_tariff": reference.tariff[cells],
            "reference_cost": reference.unit_cost[cells],
        }

    def __and__(self, clause: Clause | BudgetClause) -> Self:
        """The contract with one more clause; those on the budget itself multiply, in any order, and one on what the corridor
        leaves stands after it."""
        own = self
        if isinstance(clause, BudgetClause):
            own = replace(self, budget_clauses=(*self.budget_clauses, clause))
            if not isinstance(clause, Clause):
                return own
        if clause.after_corridor:
            return replace(own, after=(*own.after, clause))
        return super(Taakgericht, own).__and__(clause)

    @property
    def every_clause(self) -> tuple[Clause, ...]:
        """Those before the corridor, the corridor, and those after it."""
        return (*self.clauses, *self.after)

    @property
    def agreed(self) -> FloatArray:
        """What advances are twelfths of: the budget, nominal at forecast index; (n_years,)."""
        return self.budget

    @property
    def corridor(self) -> Corridor:
        """The corridor, which is the last clause."""
        last = self.clauses[-1]
        if not isinstance(last, Corridor):
            raise ValueError(
                f"contract {self.provider} in {self.lot}: the last clause of a lump sum is its corridor"
            )
        return last

    def corridor_base(self, care_use: CareUse, levels: PriceLevels, unit_cost: FloatArray) -> FloatArray:
        """What the corridor is measured on, nominal; (n_scenarios, n_years)."""
        if self.base == "audited_cost":
            return self.cost_at(unit_cost, care_use, levels)
        if self.base == "shadow_production":
            return np.asarray(self.own(care_use.units) @ self.reference_tariff * levels.price)
        return np.asarray(self.own(care_use.clients).sum(axis=-1) * self.norm * levels.contract)

    def used_up_at(self, care_use: CareUse, levels: PriceLevels) -> FloatArray:
        """Cost at which b I and what the corridor pays are used up, nominal, infinite where never; (n_scenarios, n_years).

        More care is more of the care a scenario has, so that cost and base keep their ratio. Other clauses are left out.
        """
        cost = self.cost_at(self.unit_cost, care_use, levels)
        base = self.corridor_base(care_use, levels, self.unit_cost)
        ratio = np.divide(base, cost, out=np.ones_like(cost), where=(cost > 0) & (base > 0))
        return self.corridor.used_up_at(self.budget * levels.contract, self.reference * levels.contract, ratio)

    def paid_part(self, care_use: CareUse) -> FloatArray:
        """Part of b I that is paid; (n_scenarios, n_years)."""
        part = np.ones((care_use.n_scenarios, care_use.n_years))
        for clause in self.budget_clauses:
            part = part * clause.factor(care_use, self.cells)
        return part

    def beside_budget(self, levels: PriceLevels) -> FloatArray:
        """What is paid beside the budget, nominal; (n_scenarios, n_years)."""
        n_years = levels.contract.shape[1]
        return np.asarray(sum((c.beside(n_years) for c in self.budget_clauses), np.zeros(n_years)) * levels.price)

    def without_care(self) -> WithoutCare:
        """The terms when no care at all is delivered, which is when most is taken back."""
        n_years = len(self.reference)
        one = np.ones((1, n_years))
        base, moved = np.zeros_like(one), np.zeros_like(one)
        for clause in self.clauses[:-1]:
            if not clause.per_client:
                position = Position(NOTHING, self.cells, self.measure, one, base, one)
                own = clause.euros(position) @ np.nan_to_num(clause.share, nan=0.0)
                moved, base = moved + own, clause.leaves(position, own)
        part = np.prod([np.ones(n_years), *(clause.least(n_years) for clause in self.budget_clauses)], axis=0)
        beside = np.sum([np.zeros(n_years), *(clause.beside(n_years) for clause in self.budget_clauses)], axis=0)
        return WithoutCare(
            part, moved[0] + beside / self.reference, base[0], tuple(clause.least_kept() for clause in self.after)
        )

    def settle(self, care_use: CareUse, levels: PriceLevels) -> Settlement:
        """Euros of the contract: b I as far as it is paid, then every clause in order, at the provider's own unit cost."""
        return self.settled(self.corridor_base(care_use, levels, self.unit_cost), care_use, levels)

    def settled(self, base: FloatArray, care_use: CareUse, levels: PriceLevels) -> Settlement:
        """Euros of the contract when its corridor is measured on ``base`` (n_scenarios, n_years), nominal."""
        lump = self.budget * levels.contract * self.paid_part(care_use) + self.beside_budget(levels)
        moved, _ = self._apply_clauses(self.every_clause, care_use, levels, base)
        return Settlement(lump + moved, moved, self.cost(care_use, levels), np.zeros_like(lump))

    def retained(self, settled: Settlement, care_use: CareUse, levels: PriceLevels) -> FloatArray:
        """What the clauses leave of the corridor's base at the provider's unit cost; (n_scenarios, n_years)."""
        base = self.corridor_base(care_use, levels, self.unit_cost)
        return self._apply_clauses(self.every_clause, care_use, levels, base)[1]

    def _left(self, clause: Clause, position: Position, moved: FloatArray) -> FloatArray:
        """What a clause leaves for the next one, as it says: a surplus kept in reserve is not given back twice."""
        return clause.leaves(position, moved)

    def measured_against(self, levels: PriceLevels) -> FloatArray:
        """Reference of the clauses, B0 I, nominal; (n_scenarios, n_years)."""
        return np.asarray(self.reference * levels.contract)

    def rows(self, care_use: CareUse, levels: PriceLevels) -> Rows:
        """The terms for the decision, linear in b and the corridor's shares; cost at the lot's reference unit cost.

        Clauses after the corridor are not among them: they are not linear in its shares.
        """
        *before, last = self._checked()
        base = self.corridor_base(care_use, levels, self.reference_cost)
        paid, left = self._apply_clauses(before, care_use, levels, base)
        return Rows(
            constant=paid + self.beside_budget(levels),
            coefficient=levels.contract * self.paid_part(care_use),
            euros=last.euros(self._position(care_use, levels, left)),
            cost=self.cost_at(self.reference_cost, care_use, levels),
        )

    def risk_allocation(self) -> dict[str, Party]:
        """Who bears which risk: the provider, and both where the corridor has a share."""
        shares = np.nan_to_num(self.corridor.share, nan=0.0)
        volume: Party = "provider_with_corridor" if bool((shares > 0).any()) else "provider"
        price: Party = volume if self.base == "audited_cost" else "provider"
        intensity: Party = "provider" if self.base == "clients_times_norm" else volume
        return {
            "volume": volume,
            "duration": volume,
            "intensity": intensity,
            "wages": price,
            "prices": price,
            "sickness_vacancy": price,
            "empty_places": "municipality",
            "bad_debt": "nobody",
            "disputes": "shared" if self.base == "shadow_production" and volume != "provider" else "nobody",
            "result": "provider",
        }
