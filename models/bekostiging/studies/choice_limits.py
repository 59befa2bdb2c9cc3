"""The certificate of a choice: every limit of the lump sum, on scenarios that neither page nor design has seen."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bekostiging.case import Case
from bekostiging.contracts import LUMP_SUM, Corridor, reference
from bekostiging.evaluation.what_if import DesignedLot, WhatIf
from bekostiging.lumpsum import (
    CorridorSeries,
    Judge,
    Limit,
    LumpSumData,
    LumpSumDesign,
    SimpleTerms,
    check_limits,
    lumpsum_data,
)
from bekostiging.lumpsum.data import EURO
from bekostiging.lumpsum.layers import outermost_deficit
from bekostiging.scenarios import Cells
from bekostiging.units import MILLION
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

BOTH_SIDES = 0.90
"""Level of the interval of which each end is passed with 5 %: 95 % certainty on one side."""
ROUNDING = 1e-9
"""What rounding leaves of a fraction."""
PARTS = frozenset({"loading_cap", "transition_up", "transition_down", "law"})
"""Limits on terms alone, fractions that are known without error; the others are euro."""
AT_LEAST = frozenset({"return_on_capital", "law"})
"""Limits that ask for at least so much; their value and bound are kept with the sign turned."""


@dataclass(frozen=True)
class ChoiceLimit:
    """A limit on fresh scenarios: it holds where ``found`` is at most ``most``; euro, or fractions (``PARTS``)."""

    limit: Limit
    found: Estimate
    most: float

    @property
    def margin(self) -> float:
        """What is left until the limit; below zero it is broken."""
        return self.most - self.found.value

    @property
    def verdict(self) -> Literal["holds", "broken", "uncertain"]:
        """Whether it holds or is broken with 95 % certainty."""
        spare = ROUNDING if self.limit.kind in PARTS else EURO
        if self.limit.kind in PARTS:
            low, high = self.found.value, self.found.value
        elif (both := self.found.interval(BOTH_SIDES)) is None:
            return "uncertain"
        else:
            low, high = both
        if high <= self.most + spare:
            return "holds"
        return "broken" if low > self.most + spare else "uncertain"


def choice_limits(
    case: Case,
    cells: Cells,
    setting: WhatIf,
    designed: Mapping[str, DesignedLot],
    series: CorridorSeries,
    payment: FloatArray,
    scramblings: Scramblings,
) -> tuple[ChoiceLimit, ...]:
    """Every limit under a setting.

    ``series``: terms of every lump sum under it; ``payment``: what every contract is paid, (n_scenarios, n_years,
    n_contracts), which counts for lots in another form; everybody served.
    """
    data = _decision(case, cells, setting, designed, series, payment)
    judge = Judge(data, scramblings)
    design = _design(data, judge, setting, designed)
    checks = [ChoiceLimit(one.limit, one.estimate, one.most) for one in check_limits(design, judge)]
    gone = {*setting.without_providers, *setting.without_municipalities}
    # a lot in another form has no fair price of a lump sum
    others = {lot for lot, own in setting.lots.items() if own.form != LUMP_SUM}
    counted = [one for one in checks if one.limit.keys[0] not in gone and not _of_lot(one.limit, others)]
    return (*_terms_alone(data, design), *counted)


def _of_lot(limit: Limit, lots: Container[str]) -> bool:
    """Whether it is the fair price of one of these lots."""
    return limit.kind == "fair_price" and limit.keys[1] in lots


def _decision(
    case: Case,
    cells: Cells,
    setting: WhatIf,
    designed: Mapping[str, DesignedLot],
    series: CorridorSeries,
    payment: FloatArray,
) -> LumpSumData:
    """The decision of which the setting is one answer."""
    terms = reference(case, cells, payment.shape[1])
    factor = setting.taken_over(case, terms.amount[:, 0])[:, None]
    now = replace(terms, amount=terms.amount * factor, fair_price=terms.fair_price * factor)
    data = lumpsum_data(case, cells, now, series)
    corridors = [_corridor(setting, designed, lot.name) for lot in data.lots]
    forms = dict.fromkeys(own.form for own in setting.lots.values() if own.form != LUMP_SUM)
    return replace(
        data,
        lots=tuple(replace(lot, corridor=own) for lot, own in zip(data.lots, corridors, strict=True)),
        simple=SimpleTerms(),
        revenue=data.revenue * factor[:, 0],
        begroting=data.begroting * setting.begroting,
        other_payments={form: payment.transpose(0, 2, 1) for form in forms},
    )


def _corridor(setting: WhatIf, designed: Mapping[str, DesignedLot], lot: str) -> Corridor:
    own = setting.lots[lot].corridor
    return designed[lot].corridor if own is None else own.corridor()


def _design(
    data: LumpSumData, judge: Judge, setting: WhatIf, designed: Mapping[str, DesignedLot]
) -> LumpSumDesign:
    """The setting as a design, with the buffers that it uses on these scenarios."""
    own = [setting.lots[lot.name] for lot in data.lots]
    form = np.array([data.forms.index(one.form) for one in own])
    loading = np.array(
        [
            one.budget * (1 + designed[lot.name].loading) - 1 if one.form == LUMP_SUM else 0.0
            for one, lot in zip(own, data.lots, strict=True)
        ]
    )
    share = tuple(
        lot.corridor.share if one.form == LUMP_SUM else np.zeros(lot.corridor.n_layers)
        for one, lot in zip(own, data.lots, strict=True)
    )
    design = LumpSumDesign(
        loading=loading,
        budget=data.reference * (1 + loading[data.lot])[:, None],
        share=share,
        form=form,
        capital=np.zeros(len(data.providers)),
        criterion=None,
        bound=None,
        gap=None,
        violation=0.0,
        passes=0,
        breaches=(),
        below_requirement=tuple(data.providers[p] for p in np.flatnonzero(data.below_requirement)),
        conflicts=(),
    )
    x, capital = judge.terms(design), np.zeros(len(data.providers))
    for p in judge.arrays.guarded:
        lost = judge.arrays.losses[p].evaluate(x) * MILLION
        capital[p] = max(judge.scramblings.tail_mean(lost, data.confidence).value, 0.0)
    return replace(design, capital=capital)


def _terms_alone(data: LumpSumData, design: LumpSumDesign) -> list[ChoiceLimit]:
    """Limits on the terms of a lump sum, whatever happens: loading, gradual change, the law."""
    found = []
    for j, lot in enumerate(data.lots):
        if design.form[j] != 0:
            continue
        loading = float(design.loading[j])
        found.append(_part("loading_cap", lot.name, loading, lot.loading_cap))
        own = (data.lot == j) & (data.revenue > 0)
        if own.any():
            before = float(data.revenue[own].sum())
            grown = float(data.reference[own, 0].sum()) * (1 + loading) / before - 1
            kind: Literal["transition_up", "transition_down"] = (
                "transition_up" if grown >= 0 else "transition_down"
            )
            found.append(_part(kind, lot.name, abs(grown), lot.transition_cap))
        if lot.waiting_list_forbidden:
            share = float(design.share[j][outermost_deficit(lot)])
            found.append(_part("law", lot.name, -share, -lot.share_min))
    return found


def _part(
    kind: Literal["loading_cap", "transition_up", "transition_down", "law"], lot: str, value: float, most: float
) -> ChoiceLimit:
    return ChoiceLimit(Limit(kind, (lot,)), Estimate(value, 0.0), most)
