"""How each clause and form is computed, as terms of a spreadsheet: the same calculation as the contract object's, in words.

A clause or form of another package has no calculation here: its outcome is then an input, and the statement says that the
contract object computed it. ``spelled.register`` adds one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import NamedTuple

import numpy as np

from bekostiging.case.errors import Said
from bekostiging.contracts import (
    BlendedPayment,
    BudgetClause,
    CaseMixCap,
    Clause,
    CrisisCare,
    EqualisationReserve,
    GrowthPath,
    HighCostPool,
    MinimumCareSpend,
    Performance,
    QuotaShare,
    Sanction,
    Step,
    StopLoss,
    VolumeClause,
)
from bekostiging.scenarios import CareUse
from bekostiging.settlement.formula import Term, least, most, term
from bekostiging.settlement.ledger import Ledger, money, percent
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import IntArray


@dataclass(frozen=True)
class At:
    """Where a clause acts: the year, its place among the clauses, and the terms of base, reference and price level."""

    ledger: Ledger
    year: int
    place: int
    base: Term
    reference: Term
    price: Term
    step: Step | None = None
    last: bool = False
    """Whether the year is the last of the term."""

    def given(self, name: str, said: Said, value: float, source: str = "") -> Term:
        """An input of this clause."""
        return self.ledger.given(f"{name}_{self.place}", said, value, source)


class Spelled(NamedTuple):
    """What a clause moves to the party that does not carry the risk, what it leaves of the base, and its words."""

    moved: Term
    left: Term
    words: Said


BY_OBJECT: Said = ("berekend door het contractobject", "computed by the contract object")
_SHARE: Said = ("aandeel", "share")


@singledispatch
def spelled(clause: Clause, at: At) -> Spelled:
    """The calculation of a clause; unknown ones by what the contract object says."""
    assert at.step is not None
    value = float(at.step.position.base[0, at.year] - at.step.left[0, at.year])
    moved = at.given(clause.kind, clause.name, value, BY_OBJECT[1])
    return Spelled(moved, at.base - moved, BY_OBJECT)


@spelled.register
def _quota(clause: QuotaShare, at: At) -> Spelled:
    share = at.given("quota_share", _SHARE, float(clause.share[0]))
    moved = share * (at.base - at.reference)
    nl, en = (percent(share.value, lang) for lang in ("nl", "en"))
    return Spelled(moved, at.base - moved, (f"{nl} van de hele afwijking", f"{en} of the whole deviation"))


@spelled.register
def _blended(clause: BlendedPayment, at: At) -> Spelled:
    share = at.given("blended_share", _SHARE, float(clause.share[0]))
    left = at.base - share * (at.base - at.reference)
    nl, en = (percent(share.value, lang) for lang in ("nl", "en"))
    words = f"{nl} van de geleverde zorg, per eenheid betaald", f"{en} of the delivered care, paid per unit"
    return Spelled(share * at.base, left, words)


@spelled.register
def _minimum_care_spend(clause: MinimumCareSpend, at: At) -> Spelled:
    share = at.given("minimum_care_share", _SHARE, float(clause.share[0]))
    part = at.given("minimum_care_part", ("minimale besteding", "least spending"), clause.least_spent)
    moved = -(share * most(part * at.reference - at.base, 0))
    texts = []
    for lang, to in (("nl", "van wat lager is dan"), ("en", "of what is below")):
        amount = money((part * at.reference).value, lang)
        texts.append(f"{percent(share.value, lang)} {to} {percent(part.value, lang)}: {amount}")
    return Spelled(moved, at.base - moved, (texts[0], texts[1]))


@spelled.register
def _case_mix_cap(clause: CaseMixCap, at: At) -> Spelled:
    assert at.step is not None
    place, year = at.step.position, at.year
    count = float(place.care_use.clients[0, year, place.cells].sum())
    share = at.given("case_mix_share", _SHARE, float(clause.share[0]))
    upper = at.given("case_mix_upper", ("grens aan zorgzwaarte", "cap on case mix"), clause.upper)
    clients = at.given("case_mix_clients", ("cliënten in het jaar", "clients in the year"), count)
    expected = at.given(
        "case_mix_expected", ("verwachte cliënten", "expected clients"), float(clause.expected[year])
    )
    within = upper * at.reference * clients / expected
    moved = share * most(at.base - within, 0)
    texts = tuple(
        f"{percent(share.value, lang)} {over} {money(within.value, lang)}{'' if clause.weights is None else why}"
        for lang, over, why in (
            ("nl", "van wat hoger is dan", "; gemeten per cliënt, want de verantwoording kent geen profielen"),
            ("en", "of what is above", "; measured per client, as the statement has no profiles"),
        )
    )
    return Spelled(moved, at.base - moved, (texts[0], texts[1]))


@spelled.register
def _stop_loss(clause: StopLoss, at: At) -> Spelled:
    share = at.given("stop_loss_share", _SHARE, float(clause.share[0]))
    lower = at.given("stop_loss_lower", ("ondergrens", "lower edge"), clause.lower)
    inside = most(at.base - lower * at.reference, 0)
    nl, en = (percent(clause.lower, lang) for lang in ("nl", "en"))
    words = f"boven {nl} van het referentiebedrag", f"above {en} of the reference amount"
    if np.isfinite(clause.upper):
        upper = at.given("stop_loss_upper", ("bovengrens", "upper edge"), clause.upper)
        inside = least(inside, (upper - lower) * at.reference)
        nl, en = (percent(clause.upper, lang) for lang in ("nl", "en"))
        words = f"{words[0]}, tot {nl}", f"{words[1]}, up to {en}"
    part_nl, part_en = (percent(share.value, lang) for lang in ("nl", "en"))
    moved = share * inside
    return Spelled(
        moved, at.base - moved, (f"{part_nl} van wat ligt {words[0]}", f"{part_en} of what is {words[1]}")
    )


@spelled.register
def _high_cost(clause: HighCostPool, at: At) -> Spelled:
    assert at.step is not None
    position = at.step.position
    share = at.given("pool_share", _SHARE, float(clause.share[0]))
    level = float(position.tariff_level[0, at.year])

    def above(threshold: float, name: str) -> Term:
        """Excess in prices of the year, an input."""
        own = position.care_use.excess_over(threshold, position.measure)[0, at.year, position.cells]
        said = (
            f"per cliënt boven {money(threshold, 'nl', 0)} euro (prijspeil eerste jaar), opgeteld",
            f"per client above {money(threshold, 'en', 0)} euro (prices of the first year), summed",
        )
        return at.given(name, said, float(own.sum()) * level)

    inside = above(clause.threshold, "pool_excess")
    if np.isfinite(clause.cap):
        inside = inside - above(clause.threshold + clause.cap, "pool_beyond")
    moved = share * inside
    nl, en = (percent(share.value, lang) for lang in ("nl", "en"))
    floor_nl, floor_en = (money(clause.threshold * level, lang) for lang in ("nl", "en"))
    words = (
        f"{nl} van wat cliënten boven {floor_nl} euro kosten",
        f"{en} of what clients cost above {floor_en} euro",
    )
    return Spelled(moved, at.base - moved, words)


@spelled.register
def _crisis(clause: CrisisCare, at: At) -> Spelled:
    assert at.step is not None
    position = at.step.position
    units = position.care_use.crisis_units[0, at.year, position.cells]
    share = at.given("crisis_share", _SHARE, float(clause.share[0]))
    labels = [str(number) for number in range(1, len(units) + 1)]
    hours = at.ledger.column(f"crisis_units_{at.place}", ("eenheden crisis", "crisis units"), units, labels)
    said = (
        "tarief van crisis, prijspeil eerste contractjaar",
        "tariff of crisis care, prices of the first contract year",
    )
    tariff = at.ledger.column(f"crisis_tariff_{at.place}", said, clause.tariff, labels)
    moved = share * hours.times(tariff) * at.price
    nl, en = (money(float(units.sum()), lang, 1) for lang in ("nl", "en"))
    return Spelled(moved, at.base - moved, (f"{nl} eenheden tegen tarief", f"{en} units at the tariff"))


@spelled.register
def _reserve(clause: EqualisationReserve, at: At) -> Spelled:
    assert at.step is not None
    reserve, _ = clause.levels(at.step.position)
    held = float(reserve[0, at.year - 1]) if at.year else 0.0
    before = at.given("reserve_before", ("reserve aan het begin", "reserve at the start"), held)
    share = at.given("reserve_share", _SHARE, float(clause.share[0]))
    full = most(before + at.reference - at.base, 0)
    kept = full
    if np.isfinite(clause.cap):
        kept = least(
            full,
            at.given("reserve_cap", ("maximum van de reserve", "cap of the reserve"), clause.cap) * at.reference,
        )
    back = full if at.last else full - kept
    moved = -(share * back)
    uncovered = most(at.base - at.reference - before, 0)
    left = at.reference - (back + moved) + uncovered
    words = (
        f"reserve was {money(held, 'nl')}; wat niet past vloeit voor {percent(share.value, 'nl')} terug",
        f"reserve was {money(held, 'en')}; {percent(share.value, 'en')} of what does not fit flows back",
    )
    return Spelled(moved, left, words)


@singledispatch
def factor(clause: BudgetClause, at: At, care_use: CareUse, cells: IntArray) -> tuple[Term, Said]:
    """Part of the budget that a clause lets be paid, and its words."""
    value = float(clause.factor(care_use, cells)[0, at.year])
    return at.given(clause.kind, clause.name, value, BY_OBJECT[1]), BY_OBJECT


@factor.register
def _performance(clause: Performance, at: At, care_use: CareUse, cells: IntArray) -> tuple[Term, Said]:
    started = float(care_use.starts_by_profile[0, at.year, cells].sum())
    good = float(care_use.successes_by_profile[0, at.year, cells].sum())
    part = at.given("performance_part", ("deel dat op het spel staat", "part at stake"), clause.part)
    target = at.given("performance_target", ("doel", "target"), clause.target)
    if started == 0:
        return term(1.0) - part + part, ("niemand gemeten: geheel betaald", "nobody measured: paid whole")
    top = at.given("performance_good", ("trajecten met resultaat", "trajectories with result"), good)
    whole = at.given("performance_measured", ("trajecten gemeten", "trajectories measured"), started)
    reached = least(top / whole / target, 1)
    words = tuple(
        said.format(
            part=percent(clause.part, lang), score=percent(good / started, lang), target=percent(clause.target, lang),
            reached=percent(reached.value, lang),
        )
        for lang, said in (
            ("nl", "{part} van het budget; {score} met resultaat bij een doel van {target}: voor {reached} gehaald"),
            ("en", "{part} of the budget; {score} with result, target {target}: {reached} reached"),
        )
    )  # fmt: skip
    return term(1.0) - part + part * reached, (words[0], words[1])


@factor.register
def _sanction(clause: Sanction, at: At, care_use: CareUse, cells: IntArray) -> tuple[Term, Said]:
    if at.year:
        return term(1.0), ("alleen in het eerste jaar", "in the first year only")
    part = at.given("sanction_part", ("korting", "reduction"), clause.part)
    months = at.given("sanction_months", ("maanden", "months"), clause.months)
    nl, en = (percent(clause.part, lang) for lang in ("nl", "en"))
    words = f"{nl} van het budget, {clause.months} maanden", f"{en} of the budget, {clause.months} months"
    return term(1.0) - part * months / MONTHS, words


@factor.register
def _volume(clause: VolumeClause, at: At, care_use: CareUse, cells: IntArray) -> tuple[Term, Said]:
    clients = at.given(
        "clients",
        ("cliënten in het jaar", "clients in the year"),
        float(care_use.clients[0, at.year, cells].sum()),
    )
    expected = at.given(
        "clients_expected", ("verwachte cliënten", "clients expected"), float(clause.expected[at.year])
    )
    part = at.given("volume_part", ("deel dat volgt", "part that follows"), clause.part)
    lower = at.given("volume_lower", ("ondergrens", "lower edge"), clause.lower)
    ratio = clients / expected
    beyond = -most(lower - ratio, 0)
    if np.isfinite(clause.upper):
        upper = at.given("volume_upper", ("bovengrens", "upper edge"), clause.upper)
        beyond = most(ratio - upper, 0) - most(lower - ratio, 0)
    words = (
        f"{money(clients.value, 'nl', 1)} cliënten, verwacht {money(expected.value, 'nl', 1)}; buiten de band volgt "
        f"{percent(clause.part, 'nl')}",
        f"{money(clients.value, 'en', 1)} clients, {money(expected.value, 'en', 1)} expected; {percent(clause.part, 'en')} "
        "follows outside the band",
    )
    return term(1.0) + part * beyond, words


@factor.register
def _growth(clause: GrowthPath, at: At, care_use: CareUse, cells: IntArray) -> tuple[Term, Said]:
    part = at.given(
        "growth_part", ("deel van de omzet in jaar een", "part of the revenue in year one"), clause.part
    )
    old = part * max(1 - at.year / clause.years, 0.0)
    nl, en = (percent(old.value, lang) for lang in ("nl", "en"))
    return term(1.0) - old, (f"{nl} volgt de oude omzet", f"{en} follows the old revenue")
