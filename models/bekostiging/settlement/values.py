"""Every contract of a case settled on the years that are known, by the contract objects themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.errors import CaseError, Problem
from bekostiging.contracts import (
    Claim,
    Contract,
    Due,
    PriceLevels,
    Settlement,
    Step,
    Taakgericht,
    TariffContract,
    build_contracts,
    ceiling_pools,
    price_levels,
    provider_pools,
    reference,
)
from bekostiging.scenarios import CareUse, Cells, build_cells
from bekostiging.settlement.agreed import Agreed, agreed_contract
from bekostiging.settlement.care import CareOfYears, care_of_years
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class Values:
    """One contract settled over the term; arrays (1, n_years), nominal euro, nan where a figure is unknown.

    ``raw``: base or claim as delivered; ``base``: what is left of it after deductions (of a lump sum) or what is due (of a
    tariff); ``steps``: clauses before the corridor and the corridor, or those after the ceiling; ``on_clients``: clauses on
    single clients under a tariff; ``claim``, ``due``, ``paid``: under a tariff alone.
    """

    settled: Settlement
    raw: FloatArray
    base: FloatArray
    steps: tuple[Step, ...]
    on_clients: tuple[Step, ...] = ()
    claim: Claim | None = None
    due: Due | None = None
    paid: FloatArray | None = None

    @property
    def left(self) -> FloatArray:
        """What its clauses leave, on which a pool of providers is measured."""
        if self.claim is not None:
            return self.settled.payment
        return self.steps[-1].left if self.steps else self.base


class Book:
    """A case with the figures of its years: contracts as agreed, care as delivered, levels as the contracts have them."""

    def __init__(self, case: Case, figures: YearFigures, *, estimates: bool) -> None:
        self.case, self.figures = case, figures
        self.cells: Cells = build_cells(case)
        n_years = case.n_years
        signed = as_signed(case)
        amounts = reference(signed, self.cells, n_years)
        forms = {lot.id: lot.payment_form for lot in case.lots}
        built = {
            form: build_contracts(signed, self.cells, amounts, form) for form in dict.fromkeys(forms.values())
        }
        contracts = [built[forms[row.lot]][c] for c, row in enumerate(case.contracts)]
        _refuse_undecided(contracts)
        self.care: CareOfYears = care_of_years(case, self.cells, contracts, figures, estimates=estimates)
        self.levels: Mapping[str, PriceLevels] = {
            lot.id: price_levels(case, lot.id, self.care.care_use) for lot in case.lots
        }
        self.pools = ceiling_pools(case)
        pooled = {c for pool in self.pools for c in pool.contracts}
        self.agreed: tuple[Agreed, ...] = tuple(
            agreed_contract(case, one, self.levels[one.lot], figures, c in pooled)
            for c, one in enumerate(contracts)
        )

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """The objects that settle."""
        return tuple(one.contract for one in self.agreed)

    def deducted(self, *, disputed: bool = True) -> FloatArray:
        """What is not recognised, (n_contracts, n_years); without what the provider disputes where asked."""
        place = {(row.provider, row.lot): c for c, row in enumerate(self.case.contracts)}
        found = np.zeros((len(place), self.case.n_years))
        for row in self.figures.deductions:
            if disputed or not row.disputed:
                found[place[row.provider, row.lot], row.year - self.case.first_year] += row.euros
        return found

    @cached_property
    def values(self) -> tuple[Values, ...]:
        """Every contract, less all that is not recognised."""
        return self.settle(self.care.care_use, self.deducted())

    def settle(self, care_use: CareUse, deducted: FloatArray, *, cost_known: bool = False) -> tuple[Values, ...]:
        """Every contract on a care use, shared ceilings included; ``cost_known``: an audited cost that is unknown is 0."""
        cost = np.nan_to_num(self.care.cost) if cost_known else self.care.cost
        claims: dict[int, Claim] = {}
        dues: dict[int, Due] = {}
        for c, one in enumerate(self.contracts):
            if isinstance(one, TariffContract):
                claims[c] = _less(one.claim(care_use, self.levels[one.lot]), deducted[c])
                dues[c] = one.due_of(claims[c], care_use, self.levels[one.lot])
        paid = {
            c: one.let_through(dues[c], self.levels[one.lot])
            for c, one in enumerate(self.contracts)
            if isinstance(one, TariffContract)
        }
        for pool in self.pools:
            if all(c in dues for c in pool.contracts):
                price = self.levels[self.contracts[pool.contracts[0]].lot].price
                own = pool.payable([dues[c] for c in pool.contracts], price)
                paid |= dict(zip(pool.contracts, own, strict=True))
        return tuple(
            self._lump(one, care_use, deducted[c], cost[:, c])
            if isinstance(one, Taakgericht)
            else self._tariff(one, care_use, claims[c], dues[c], paid[c])
            for c, one in enumerate(self.contracts)
            if isinstance(one, Taakgericht | TariffContract)
        )

    def _lump(self, one: Taakgericht, care_use: CareUse, deducted: FloatArray, cost: FloatArray) -> Values:
        levels = self.levels[one.lot]
        raw = one.corridor_base(care_use, levels, one.unit_cost)
        if one.base == "audited_cost":
            raw = cost[None]
        base = raw - deducted
        steps = tuple(one.steps(one.every_clause, care_use, levels, base))
        return Values(one.settled(base, care_use, levels), raw, base, steps)

    def _tariff(self, one: TariffContract, care_use: CareUse, claim: Claim, due: Due, paid: FloatArray) -> Values:
        levels = self.levels[one.lot]
        return Values(
            one.settled(due, paid, care_use, levels),
            claim.asked,
            claim.claimed,
            tuple(one.steps(one.on_whole, care_use, levels, paid)),
            tuple(one.steps(one.on_clients, care_use, levels, claim.claimed)),
            claim,
            due,
            paid,
        )

    def joined(self, scope: Sequence[int]) -> tuple[int, ...]:
        """Contracts that share a pool of providers or a ceiling with one of these, by place."""
        forms = [(one.lot, one.form) for one in self.contracts]
        pools = {(pool.lot, pool.form) for pool in provider_pools(self.case)}
        found = {c for c, form in enumerate(forms) if form in pools and form in {forms[own] for own in scope}}
        for pool in self.pools:
            found |= set(pool.contracts) if set(pool.contracts) & set(scope) else set()
        return tuple(sorted(found | set(scope)))

    def transfers(self, values: Sequence[Values], year: int) -> FloatArray:
        """What every contract receives from the other providers of its lot in a year, whole cents; (n_contracts,)."""
        received = np.zeros(len(values))
        for pool in provider_pools(self.case):
            own = [c for c, one in enumerate(self.contracts) if (one.lot, one.form) == (pool.lot, pool.form)]
            if own:
                left = [np.nan_to_num(values[c].left) for c in own]
                moved = pool.transfers([self.contracts[c] for c in own], left, self.levels[pool.lot])
                received[own] += moved[0, year]
        return received


def as_signed(case: Case) -> Case:
    """The case as it was when the contracts were signed: what indices became since changes no amount in them.

    >>> from bekostiging.case import read_case
    >>> case = read_case("veenrand")
    >>> as_signed(case).indices[0] == case.indices[0]  # 2025, before the contracts
    True
    """
    indices = tuple(
        row if row.year < case.first_year else row.model_copy(update={"ova_final": None, "ppc_final": None})
        for row in case.indices
    )
    return replace(case, indices=indices)


def _less(claim: Claim, deducted: FloatArray) -> Claim:
    """A claim less what is not recognised."""
    claimed = claim.claimed - deducted
    return Claim(claim.asked, claimed, np.minimum(claim.urgent, claimed))


def _refuse_undecided(contracts: Sequence[Contract]) -> None:
    """A lump sum whose corridor has a layer without a share cannot be settled."""
    problems = []
    for lot in dict.fromkeys(one.lot for one in contracts if isinstance(one, Taakgericht)):
        corridor = next(one.corridor for one in contracts if isinstance(one, Taakgericht) and one.lot == lot)
        names = [name for name, share in zip(corridor.names, corridor.share, strict=True) if np.isnan(share)]
        if names or not corridor.names:
            listed = ", ".join(names) or "-"
            problems.append(
                Problem(
                    "layers",
                    f"perceel {lot} is taakgericht en heeft lagen zonder aandeel ({listed}); vul de getekende aandelen in "
                    "kolom share in",
                    f"lot {lot} is a lump sum and has layers without a share ({listed}); fill in the signed shares in "
                    "column share",
                    column="share",
                )
            )
    if problems:
        raise CaseError(problems)
