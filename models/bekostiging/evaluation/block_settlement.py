"""The work done on one block of scenarios: settle every contract, keep only series.

Both classes are picklable callables, so that ``each_block`` can send them to worker processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np

from bekostiging.case import Case
from bekostiging.case.policy import Corner
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import BASELINE, LUMP_SUM, Contract, PriceLevels, Taakgericht, settle
from bekostiging.evaluation.agreed import NOTHING_AGREED, AgreedLots
from bekostiging.evaluation.client_counts import client_counts
from bekostiging.evaluation.limits import Limits
from bekostiging.evaluation.samples import CORNERS, CountSamples, Headroom, Samples, WaitingSamples
from bekostiging.evaluation.settlement import levels_by_lot, settle_all
from bekostiging.evaluation.waiting import by_care_form
from bekostiging.lumpsum import CorridorSeries, corridor_series
from bekostiging.scenarios import (
    Block,
    CareUse,
    Cells,
    FlowRule,
    observables,
)
from bekostiging_solvers.typing import FloatArray

ON_TARIFFS, WITH_CORRIDOR = "tariffs", "corridor"
"""Rooms that no corner has: the common one of every form with a tariff, and that of a lump sum with its corridor."""


@dataclass(frozen=True)
class DesignWork:
    """Keeps of a block what the lump-sum decision reads: terms of every lump sum; payments under the ``others`` where a
    lot may choose its form or has another one by agreement (``agreed``, index clauses too); and what could be measured
    beforehand, where ``observed``."""

    case: Case
    cells: Cells
    contracts: tuple[Taakgericht, ...]
    others: Mapping[str, tuple[Contract, ...]] = field(default_factory=dict)
    observed: bool = False
    agreed: AgreedLots = NOTHING_AGREED

    def __call__(self, block: Block) -> CorridorSeries:
        """Everybody served."""
        care_use = block.units() if self._units_suffice else block.care_use()
        series = self.series(care_use)
        return replace(series, items=observables(block, care_use)) if self.observed else series

    @property
    def _units_suffice(self) -> bool:
        """Whether the terms follow from units and clients: no clause speaks of results, crisis or budgets."""
        return not self.others and not any(PAYMENT_FORMS[row.payment_form].lump_sum for row in self.case.clauses)

    def series(self, care_use: CareUse) -> CorridorSeries:
        """The terms on one care use."""
        levels = self.agreed.levels(self.case, levels_by_lot(self.case, care_use))
        series = corridor_series(self.case, self.cells, self.contracts, care_use, levels)
        settled = {
            form: [settle(one, care_use, levels[one.lot]) for one in own] for form, own in self.others.items()
        }
        return replace(
            series,
            others={form: np.stack([one.payment for one in own], axis=1) for form, own in settled.items()},
            cut={
                form: np.stack(
                    [
                        one.unpaid - contract.beyond_budget(care_use, levels[contract.lot])
                        for contract, one in zip(self.others[form], own, strict=True)
                    ],
                    axis=1,
                )
                for form, own in settled.items()
            },
        )


@dataclass(frozen=True)
class OutOfSampleBlock:
    """Series of a block: ``samples`` per form and corner; ``plain`` (n_scenarios,) per form: payments over the
    term without ceiling and at the reference amount; ``corridor``: terms of the lump sum for its checks; payments of the
    reported municipalities (n_scenarios, n_years) per form: ``control`` of the care use expected given the factors,
    everybody served; ``measured`` with the measures at work, in the corner of the case's policy, empty without measures;
    ``mix``: every lot in its own form, empty where all lots have the same; ``headrooms``: who waits on the common headroom,
    ``ON_TARIFFS`` and ``WITH_CORRIDOR``; ``counts``: who is in care, everybody served."""

    samples: dict[PaymentForm, dict[Corner, Samples]]
    plain: dict[PaymentForm, FloatArray]
    corridor: CorridorSeries
    control: dict[PaymentForm, FloatArray]
    measured: dict[PaymentForm, FloatArray]
    mix: dict[Corner, Samples]
    headrooms: dict[str, WaitingSamples]
    counts: CountSamples

    def on_headrooms(self, form: PaymentForm) -> dict[Headroom, WaitingSamples]:
        """Who waits under a form on its own headroom, on the common one, and with the corridor counted on."""
        own, lump = self.samples[form]["wait"], PAYMENT_FORMS[form].lump_sum
        return {
            "own": own,
            "common": own if lump else self.headrooms[ON_TARIFFS],
            "corridor": self.headrooms[WITH_CORRIDOR if lump else ON_TARIFFS],
        }

    def arrays(self) -> dict[str, FloatArray]:
        """Every array by name."""
        found = arrays_of(self.samples)
        found |= {
            f"mix/{corner}/{one.name}": getattr(samples, one.name)
            for corner, samples in self.mix.items()
            for one in fields(Samples)
        }
        found |= {
            f"rooms/{headroom}/{one.name}": getattr(samples, one.name)
            for headroom, samples in self.headrooms.items()
            for one in fields(WaitingSamples)
        }
        found |= {f"plain/{form}": values for form, values in self.plain.items()}
        found |= {f"control/{form}": values for form, values in self.control.items()}
        found |= {f"measured/{form}": values for form, values in self.measured.items()}
        found |= {f"corridor/{name}": values for name, values in self.corridor.arrays().items()}
        found |= {f"counts/{one.name}": getattr(self.counts, one.name) for one in fields(CountSamples)}
        return found

    @classmethod
    def of(cls, arrays: Mapping[str, FloatArray]) -> OutOfSampleBlock:
        """The block whose ``arrays`` these are, or many blocks one after the other."""

        def under(head: str) -> dict[str, FloatArray]:
            """Arrays of one part, by the rest of their name."""
            return {name.removeprefix(head): values for name, values in arrays.items() if name.startswith(head)}

        def by_form(head: str) -> dict[PaymentForm, FloatArray]:
            """Arrays of one part by payment form."""
            own = under(head)
            return {form: own[form] for form in PAYMENT_FORMS if form in own}

        corridor = CorridorSeries.of(under("corridor/"))
        mix: dict[Corner, Samples] = {
            corner: Samples(**under(f"mix/{corner}/")) for corner in CORNERS if under(f"mix/{corner}/")
        }
        return cls(
            samples_of(arrays),
            by_form("plain/"),
            corridor,
            by_form("control/"),
            by_form("measured/"),
            mix,
            {headroom: WaitingSamples(**under(f"rooms/{headroom}/")) for headroom in (ON_TARIFFS, WITH_CORRIDOR)},
            CountSamples(**under("counts/")),
        )


def arrays_of(samples: Mapping[PaymentForm, Mapping[Corner, Samples]]) -> dict[str, FloatArray]:
    """Samples per form and corner as arrays by name."""
    return {
        f"samples/{form}/{corner}/{one.name}": getattr(series, one.name)
        for form, own in samples.items()
        for corner, series in own.items()
        for one in fields(Samples)
    }


def samples_of(arrays: Mapping[str, FloatArray]) -> dict[PaymentForm, dict[Corner, Samples]]:
    """The samples whose ``arrays_of`` are among these."""
    return {
        form: {
            corner: Samples(**{one.name: arrays[f"samples/{form}/{corner}/{one.name}"] for one in fields(Samples)})
            for corner in CORNERS
        }
        for form in PAYMENT_FORMS
    }


@dataclass(frozen=True)
class OutOfSampleWork:
    """Settles every payment form on a block, in both corners.

    ``contracts`` as they would be in force (lump sum as designed); ``plain`` without ceilings and with the lump
    sum at its reference amount and no corridor, for the parity of prices.
    """

    case: Case
    cells: Cells
    contracts: dict[PaymentForm, tuple[Contract, ...]]
    plain: dict[PaymentForm, tuple[Contract, ...]]

    def __call__(self, block: Block) -> OutOfSampleBlock:
        """Everybody served, then the clients again under the rule of each form's own limit; with measures, once more."""
        case, cells = self.case, self.cells
        served = block.care_use()
        levels = levels_by_lot(case, served)
        samples = self._both_corners(block, served, levels)
        headrooms = self._on_common_headroom(block, served, levels, samples[LUMP_SUM]["wait"])
        plain = {
            form: np.sum([settle(one, served, levels[one.lot]).payment for one in own], axis=0).sum(axis=1)
            for form, own in self.plain.items()
        }
        corridor = corridor_series(case, cells, self.limits.lump_sums, served, levels)
        measured = self._measured(block) if case.measures else {}
        control = self._spending(block.expected, levels_by_lot(case, block.expected))
        mix = self._mixed(block, served, levels)
        counts = client_counts(case, cells, served)
        return OutOfSampleBlock(samples, plain, corridor, control, measured, mix, headrooms, counts)

    @cached_property
    def limits(self) -> Limits:
        """The flow rules of the contracts."""
        lump = tuple(one for one in self.contracts[LUMP_SUM] if isinstance(one, Taakgericht))
        return Limits(self.case, self.cells, lump)

    def _on_common_headroom(
        self, block: Block, served: CareUse, levels: Mapping[str, PriceLevels], lump_sum: Samples
    ) -> dict[str, WaitingSamples]:
        """Who waits on the common headroom; forms with a tariff have one price per unit, so they wait alike.

        ``lump_sum``: under its indexed budget, which is also what it has where the corridor adds nothing.
        """
        limits = self.limits
        alone, counted_on = limits.budgets(levels), limits.budgets_and_corridor(served, levels)
        return {
            ON_TARIFFS: self._waiting(block, limits.common(self.contracts[BASELINE], levels)),
            WITH_CORRIDOR: lump_sum
            if np.array_equal(alone.limit, counted_on.limit)
            else self._waiting(block, counted_on),
        }

    def _waiting(self, block: Block, rule: FlowRule) -> WaitingSamples:
        return WaitingSamples(**by_care_form(self.case, self.cells, block.waiting_under(rule)))

    def _mixed(self, block: Block, served: CareUse, levels: Mapping[str, PriceLevels]) -> dict[Corner, Samples]:
        """Every lot in the form it has today, in both corners; nothing where all lots have the same."""
        case, cells = self.case, self.cells
        form_of = {lot.id: lot.payment_form for lot in case.lots}
        if len(set(form_of.values())) == 1:
            return {}
        own = tuple(self.contracts[form_of[row.lot]][c] for c, row in enumerate(case.contracts))
        absorb = settle_all(case, cells, own, served, levels)
        care_use, outcome = block.under(self.limits.mixed(own, served, levels))
        return {"absorb": absorb, "wait": settle_all(case, cells, own, care_use, levels, outcome)}

    def _spending(self, care_use: CareUse, levels: Mapping[str, PriceLevels]) -> dict[PaymentForm, FloatArray]:
        """Payments of the reported municipalities per form, (n_scenarios, n_years)."""
        return {
            form: self.case.of_reported(settle_all(self.case, self.cells, own, care_use, levels).municipal)
            for form, own in self.contracts.items()
        }

    def both_corners(self, block: Block) -> dict[PaymentForm, dict[Corner, Samples]]:
        """Every form on a block, in both corners."""
        served = block.care_use()
        return self._both_corners(block, served, levels_by_lot(self.case, served))

    def _both_corners(
        self, block: Block, served: CareUse, levels: Mapping[str, PriceLevels]
    ) -> dict[PaymentForm, dict[Corner, Samples]]:
        """Every form settled with everybody served, and with who waits under its own limit."""
        case, cells = self.case, self.cells
        tariffs = self.contracts[BASELINE]
        # a general provision is a lump sum under every form, and stops where its budget does
        general = any(one.lump_sum for one in tariffs)
        rule = self.limits.mixed(tariffs, served, levels) if general else self.limits.ceilings(served)
        under_ceiling = (served, None) if rule is None else block.under(rule)
        under_budget = block.under(self.limits.budgets(levels))
        samples: dict[PaymentForm, dict[Corner, Samples]] = {}
        for form, own in self.contracts.items():
            absorb = settle_all(case, cells, own, served, levels)
            if PAYMENT_FORMS[form].lump_sum:
                wait = settle_all(case, cells, own, under_budget[0], levels)
            elif rule is None:
                wait = absorb
            else:
                wait = settle_all(case, cells, own, under_ceiling[0], levels, under_ceiling[1])
            samples[form] = {"absorb": absorb, "wait": wait}
        return samples

    def _measured(self, block: Block) -> dict[PaymentForm, FloatArray]:
        """Spending of the reported municipalities with the measures at work, in the corner of the case's policy."""
        with_measures = block.with_measures()
        served = with_measures.care_use()
        levels = levels_by_lot(self.case, served)
        if self.case.policy.when_money_is_gone == "absorb":
            return self._spending(served, levels)
        both = self._both_corners(with_measures, served, levels)
        return {form: self.case.of_reported(own["wait"].municipal) for form, own in both.items()}
