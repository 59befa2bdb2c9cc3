"""The work done on one block of futures: settle every contract, keep only series.

Both classes are picklable callables, so that ``each_block`` can send them to worker processes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import (
    Contract,
    PriceLevels,
    Taakgericht,
    in_cents,
    municipal_shares,
    price_levels,
    provider_pools,
    settle,
)
from bekostiging.lumpsum import CorridorSeries, corridor_series
from bekostiging.scenarios import Block, CareUse, Cells, Deviations, FlowRule, deviations, expected_care_use
from bekostiging.stress.comparison import CORNERS, Corner, Samples

FloatArray = NDArray[np.float64]
CENTS = 100


def levels_by_lot(case: Case, care_use: CareUse) -> dict[str, PriceLevels]:
    """Price levels of every lot."""
    return {lot.id: price_levels(case, lot.id, care_use) for lot in case.lots}


def settle_all(
    case: Case, cells: Cells, contracts: Sequence[Contract], care_use: CareUse, levels: Mapping[str, PriceLevels]
) -> Samples:
    """Settle every contract and split what is paid over the municipalities, to the cent."""
    settled = [settle(contract, care_use, levels[contract.lot]) for contract in contracts]
    lots = {lot.id: j for j, lot in enumerate(case.lots)}
    keys = [municipal_shares(case, cells, care_use, j) for j in range(len(case.lots))]
    split = [
        in_cents(one.payment, keys[lots[contract.lot]]) for contract, one in zip(contracts, settled, strict=True)
    ]
    between = pool_transfers(case, contracts, care_use, levels)
    form = (cells.care_form[:, None] == np.arange(len(cells.care_form_ids))).astype(np.float64)
    # waiting is told of the reported municipalities, and only where somebody is contracted
    reported = np.array([row.reported for row in case.municipalities])[cells.municipality]
    form *= (reported & (cells.lot >= 0))[:, None]
    return Samples(
        municipal=sum(split, np.zeros_like(split[0])) / CENTS,
        payment=np.stack([part.sum(axis=-1) for part in split], axis=2) / CENTS + between,
        cost=np.stack([one.cost for one in settled], axis=2),
        unpaid=np.stack([one.unpaid for one in settled], axis=2),
        clients=np.stack([contract.own(care_use.clients).sum(axis=-1) for contract in contracts], axis=2),
        starts=care_use.starts @ form,
        served=care_use.served @ form,
        waiting=care_use.waiting @ form,
        refused=care_use.refused @ form,
        weeks_beyond_norm=care_use.weeks_beyond_norm @ form,
    )


def pool_transfers(
    case: Case, contracts: Sequence[Contract], care_use: CareUse, levels: Mapping[str, PriceLevels]
) -> FloatArray:
    """What every contract receives from the other providers of its lot; (n_scenarios, n_years, n_contracts)."""
    received = np.zeros((care_use.n_scenarios, care_use.n_years, len(contracts)))
    for pool in provider_pools(case, contracts[0].form):
        own = [c for c, contract in enumerate(contracts) if contract.lot == pool.lot]
        received[:, :, own] += pool.transfers([contracts[c] for c in own], care_use, levels[pool.lot])
    return received


@dataclass(frozen=True)
class DesignWork:
    """Keeps of a block what the lump-sum decision reads."""

    case: Case
    cells: Cells
    contracts: tuple[Taakgericht, ...]

    def __call__(self, block: Block) -> CorridorSeries:
        """Terms of every lump sum on the block."""
        care_use = block.care_use()
        return corridor_series(self.case, self.cells, self.contracts, care_use, levels_by_lot(self.case, care_use))


@dataclass(frozen=True)
class FreshBlock:
    """Series of a block: ``samples`` per form and corner; ``plain`` (n_scenarios,) per form: payments over the
    term without ceiling and at the reference amount; ``corridor``: terms of the lump sum for its checks;
    ``deviations`` of the block from its own theory; payments of the reported municipalities (n_scenarios, n_years) per
    form: ``control`` of the care use expected given the factors, everybody served; ``measured`` with the measures at
    work, in the corner of the case's policy, empty without measures."""

    samples: dict[PaymentForm, dict[Corner, Samples]]
    plain: dict[PaymentForm, FloatArray]
    corridor: CorridorSeries
    deviations: tuple[Deviations, ...]
    control: dict[PaymentForm, FloatArray]
    measured: dict[PaymentForm, FloatArray]

    def arrays(self) -> dict[str, FloatArray]:
        """Every array by name; those of the deviations have the block as first axis."""
        found = {
            f"samples/{form}/{corner}/{one.name}": getattr(samples, one.name)
            for form, own in self.samples.items()
            for corner, samples in own.items()
            for one in fields(Samples)
        }
        found |= {f"plain/{form}": values for form, values in self.plain.items()}
        found |= {f"control/{form}": values for form, values in self.control.items()}
        found |= {f"measured/{form}": values for form, values in self.measured.items()}
        found |= {f"corridor/{name}": values for name, values in self.corridor.arrays().items()}
        for name in (one.name for one in fields(Deviations)):
            found[f"deviations/{name}"] = np.stack(
                [np.asarray(getattr(one, name), dtype=np.float64) for one in self.deviations]
            )
        return found

    @classmethod
    def of(cls, arrays: Mapping[str, FloatArray]) -> FreshBlock:
        """The block whose ``arrays`` these are, or many blocks one after the other."""

        def under(head: str) -> dict[str, FloatArray]:
            """Arrays of one part, by the rest of their name."""
            return {name.removeprefix(head): values for name, values in arrays.items() if name.startswith(head)}

        def by_form(head: str) -> dict[PaymentForm, FloatArray]:
            """Arrays of one part by payment form."""
            own = under(head)
            return {form: own[form] for form in PAYMENT_FORMS if form in own}

        samples: dict[PaymentForm, dict[Corner, Samples]] = {
            form: {corner: Samples(**under(f"samples/{form}/{corner}/")) for corner in CORNERS}
            for form in PAYMENT_FORMS
        }
        own = under("deviations/")
        deviated = tuple(
            Deviations(int(n), powers, expected, clients)
            for n, powers, expected, clients in zip(
                own["n_scenarios"], own["powers"], own["expected"], own["clients"], strict=True
            )
        )
        corridor = CorridorSeries.of(under("corridor/"))
        return cls(samples, by_form("plain/"), corridor, deviated, by_form("control/"), by_form("measured/"))


@dataclass(frozen=True)
class FreshWork:
    """Settles every payment form on a block, in both corners.

    ``contracts`` as they would be in force (lump sum as designed); ``plain`` without ceilings and with the lump
    sum at its reference amount and no corridor, for the parity of prices.
    """

    case: Case
    cells: Cells
    contracts: dict[PaymentForm, tuple[Contract, ...]]
    plain: dict[PaymentForm, tuple[Contract, ...]]

    def __call__(self, block: Block) -> FreshBlock:
        """Everybody served, then the clients again under the rule of each form's own limit; with measures, once more."""
        case, cells = self.case, self.cells
        served = block.care_use()
        levels = levels_by_lot(case, served)
        samples = self._both_corners(block, served, levels)
        plain = {
            form: np.sum([settle(one, served, levels[one.lot]).payment for one in own], axis=0).sum(axis=1)
            for form, own in self.plain.items()
        }
        lump = tuple(one for one in self.contracts["taakgericht"] if isinstance(one, Taakgericht))
        corridor = corridor_series(case, cells, lump, served, levels)
        measured = self._measured(block) if case.measures else {}
        expected = expected_care_use(case, cells, served.n_years, block.factors)
        control = self._spending(expected, levels_by_lot(case, expected))
        return FreshBlock(samples, plain, corridor, (deviations(served, expected),), control, measured)

    def _spending(self, care_use: CareUse, levels: Mapping[str, PriceLevels]) -> dict[PaymentForm, FloatArray]:
        """Payments of the reported municipalities per form, (n_scenarios, n_years)."""
        reported = [i for i, row in enumerate(self.case.municipalities) if row.reported]
        return {
            form: settle_all(self.case, self.cells, own, care_use, levels).municipal[:, :, reported].sum(axis=2)
            for form, own in self.contracts.items()
        }

    def _both_corners(
        self, block: Block, served: CareUse, levels: Mapping[str, PriceLevels]
    ) -> dict[PaymentForm, dict[Corner, Samples]]:
        """Every form settled with everybody served, and with who waits under its own limit."""
        case, cells = self.case, self.cells
        under_ceiling = self._under(block, self._ceilings(served))
        under_budget = self._under(block, self._budgets(served, levels))
        samples: dict[PaymentForm, dict[Corner, Samples]] = {}
        for form, own in self.contracts.items():
            limited = under_budget if form == "taakgericht" else under_ceiling
            absorb = settle_all(case, cells, own, served, levels)
            wait = absorb if limited is None else settle_all(case, cells, own, limited, levels)
            samples[form] = {"absorb": absorb, "wait": wait}
        return samples

    def _measured(self, block: Block) -> dict[PaymentForm, FloatArray]:
        """Spending of the reported municipalities with the measures at work, in the corner of the case's policy."""
        with_measures = block.with_measures()
        served = with_measures.care_use()
        levels = levels_by_lot(self.case, served)
        if self.case.word("when_money_is_gone") == "absorb":
            return self._spending(served, levels)
        reported = [i for i, row in enumerate(self.case.municipalities) if row.reported]
        both = self._both_corners(with_measures, served, levels)
        return {form: own["wait"].municipal[:, :, reported].sum(axis=2) for form, own in both.items()}

    def _under(self, block: Block, rule: FlowRule | None) -> CareUse | None:
        return None if rule is None else block.care_use(rule)

    @property
    def _waiting_list(self) -> NDArray[np.bool_]:
        return np.array([self.case.word("waiting_list", row.lot) == "allowed" for row in self.case.contracts])

    def _ceilings(self, care_use: CareUse) -> FlowRule | None:
        """Production at the tariff up to the ceiling; None without any ceiling."""
        ceilings = np.array([np.inf if row.ceiling is None else row.ceiling for row in self.case.contracts])
        if not np.isfinite(ceilings).any():
            return None
        shape = (care_use.n_scenarios, care_use.n_years, len(ceilings))
        return FlowRule(np.broadcast_to(ceilings, shape), self.cells.tariff, self._waiting_list)

    def _budgets(self, care_use: CareUse, levels: Mapping[str, PriceLevels]) -> FlowRule:
        """Cost at the provider's own unit cost up to the indexed lump sum, both at the price level of year one."""
        limits = []
        for one in self.contracts["taakgericht"]:
            if not isinstance(one, Taakgericht):
                raise TypeError(f"contract {one.provider} in {one.lot} is not taakgericht")
            level = levels[one.lot]
            limits.append(one.budget * level.contract / level.cost)
        return FlowRule(np.stack(limits, axis=2), self.cells.unit_cost, self._waiting_list)
