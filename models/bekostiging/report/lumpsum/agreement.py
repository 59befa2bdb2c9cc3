"""The decided lump sum in words: the budget, how certain it is, who decides, and breach where there is one.

One rule per sentence, alike in the report, on the lump-sum page and in the terminal; every number is computed from the value
it is told of.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from bekostiging.evaluation.results import LumpSumResult
from bekostiging.lumpsum import JudgedDesign, LumpSumData, Proof, proofs
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.terms import (
    MOST_NAMED,
    SHOWN,
    Names,
    allowed,
    joined,
    loading_text,
    terms_sentence,
)
from bekostiging.report.lumpsum.yields import UNSEEN, Yield, gathered
from bekostiging.units import MILLION

THOUSANDS = 1e4
"""Euro below which an amount is told in thousands."""
OVER_99, HALF = 0.99, 0.5
"""Certainties above which nothing more is told, and below which a bound says nothing."""
MOST_DRAWN = 100_000
"""Scenarios beyond which more of them are no advice."""


def agreement_sentences(result: LumpSumResult, texts: Texts, names: Names) -> list[str]:
    """The answer: what is agreed or why nothing is, what it costs, how certain it is, who decides."""
    if result.outcome == "none":
        return [none_sentence(result, texts, names)]
    return [
        *_first(result, texts, names),
        terms_sentence(result.data, result.design, texts),
        *_equity(result, texts, names),
        *_spending(result, texts, names),
        certainty_sentence(result.headline, texts, names),
        *decider_sentences(result, texts, names),
        *_simplicity(result, texts),
    ]


def first_sentence(result: LumpSumResult, texts: Texts, names: Names) -> str:
    """What must be told first: the budget where it holds, else that it does not and by how much."""
    return none_sentence(result, texts, names) if result.outcome == "none" else next(_first(result, texts, names))


def _first(result: LumpSumResult, texts: Texts, names: Names) -> Iterator[str]:
    """Outcome, then the budget with its loading."""
    if result.outcome == "breached":
        yield breach_sentence(result, texts, names)
    if result.outcome == "unproven":
        yield unproven_sentence(result, texts, names)
    yield budget_sentence(result, texts, names)


def budget_sentence(result: LumpSumResult, texts: Texts, names: Names) -> str:
    """Budget of the first year and of the term, with the loading, and with whose assumed equity it was reckoned."""
    data, design, numbers = result.data, result.design, texts.numbers
    own = np.flatnonzero(design.form[data.lot] == 0)
    equity = ""
    if result.equity is not None:
        equity = texts["agreement", "on_assumed_equity"].format(names=_who(result.equity.providers, texts, names))
    return texts["agreement", "budget"].format(
        first=numbers.millions(float(design.budget[own, 0].sum())),
        year=data.years[0],
        term=numbers.millions(float(design.budget[own].sum())),
        years=years_text(data),
        loading=loading_text(design, texts),
        equity=equity,
    )


def years_text(data: LumpSumData) -> str:
    """The contract years."""
    return str(data.years[0]) if len(data.years) == 1 else f"{data.years[0]}-{data.years[-1]}"


def _spending(result: LumpSumResult, texts: Texts, names: Names) -> Iterator[str]:
    """What is spent in the worst scenarios, and what certainty costs beside the sampled optimum; what is expected stands in
    the budget table."""
    tail = result.headline.tail
    if tail is None:
        return
    numbers, data = texts.numbers, result.data
    payers = data.municipalities
    others = bool((data.key.sum(axis=3) < 1 - SHOWN).any())
    key = "spending_one" if len(payers) == 1 else "spending"
    yield texts["agreement", key].format(
        name=names[payers[0]],
        n=numbers.plain(len(payers)),
        others=texts["agreement", "others_pay"] if others else "",
        years=years_text(data),
        tail=numbers.between(tail, MILLION),
        worst=numbers.percent(1 - data.confidence),
    )
    if result.plain is not result.headline and result.outcome in ("designed", "breached"):
        more, _ = result.judge.difference(result.design, result.plain.design)
        yield texts["agreement", "margin_cost" if abs(more.value) >= UNSEEN else "margin_cost_none"].format(
            expected=moved(more.value, texts)
        )


def amount(euro: float, texts: Texts, to: Callable[[float], float] = round) -> str:
    """An amount with its unit, in as many digits as it needs to be seen: millions, below 10,000 whole thousands or euro;
    rounded ``to`` the nearest, or up (``math.ceil``) where less would not do."""
    size = abs(euro)
    if 0 < size < THOUSANDS:
        step = 1000 if size >= 1000 else 1
        return texts["units", "amount_in_euro"].format(n=texts.numbers.plain(to(euro / step) * step))
    decimals = 1 if size >= MILLION or size == 0 else 2
    scale = MILLION / 10**decimals
    return texts["units", "amount_in_millions"].format(
        n=texts.numbers.millions(to(euro / scale) * scale, decimals)
    )


def needed(euro: float, texts: Texts) -> str:
    """An amount that is needed, never rounded down."""
    # what rounding adds to a whole number is not a next one
    return amount(euro, texts, lambda value: math.ceil(value - 1e-6))


def moved(euro: float, texts: Texts) -> str:
    """A difference in words: so many millions higher or lower, or the same."""
    if abs(euro) < UNSEEN:
        return texts["agreement", "moved_none"]
    return texts["agreement", "moved_up" if euro > 0 else "moved_down"].format(euro=amount(abs(euro), texts))


def certainty_sentence(judged: JudgedDesign, texts: Texts, names: Names) -> str:
    """How certain the limits hold on scenarios that did not make the design, each and together."""
    checks, joint = judged.checks, together(judged.joint_certainty or 0.0, texts)
    doubtful = sorted((check for check in checks if not check.holds), key=lambda check: check.certainty)
    if not doubtful:
        return texts["agreement", "all_hold"].format(all=len(checks), joint=joint)
    named = "; ".join(
        texts["agreement", "one_doubtful"].format(
            limit=texts.limit(check.limit, names), certainty=certain(check.certainty, texts)
        )
        for check in doubtful[:MOST_NAMED]
    )
    more = len(doubtful) - MOST_NAMED
    return texts["agreement", "some_doubtful"].format(
        held=len(checks) - len(doubtful),
        all=len(checks),
        named=named + (texts["agreement", "and_more"].format(n=more) if more > 0 else ""),
        joint=joint,
    )


def together(joint: float, texts: Texts) -> str:
    """How certain it is that all limits hold together; below a half the bound says nothing."""
    if joint > OVER_99:
        return texts["agreement", "together_over_99"]
    if joint < HALF:
        return texts["agreement", "together_unknown"]
    return texts["agreement", "together_at_least"].format(joint=certain(joint, texts))


def certain(value: float, texts: Texts) -> str:
    """A certainty in whole percent, never rounded up: what is above 99 % is said so."""
    if value > OVER_99:
        return texts["agreement", "over_99"]
    return texts.numbers.percent(math.floor(100 * value + 1e-9) / 100)


def breach_sentence(result: LumpSumResult, texts: Texts, names: Names) -> str:
    """That no design is within all limits, what gives way and by how much."""
    data, design, numbers = result.data, result.design, texts.numbers
    lots = {lot.name: j for j, lot in enumerate(data.lots)}
    parts = []
    for one in design.breaches:
        j = lots[one.lot]
        points = 1 if one.fraction >= SHOWN else 3
        parts.append(
            texts["agreement", f"breach_{one.term}"].format(
                lot=names[one.lot],
                loading=numbers.percent(float(design.loading[j]), points),
                most=numbers.percent(data.lots[j].loading_cap, points),
                transition_cap=numbers.percent(data.lots[j].transition_cap, points),
                points=numbers.plain(100 * one.fraction, points),
                euro=amount(one.euro, texts),
                year=data.years[0],
            )
        )
    return texts["agreement", "breached"].format(
        euro=amount(sum(one.euro for one in design.breaches), texts), parts="; ".join(parts)
    )


def unproven_sentence(result: LumpSumResult, texts: Texts, names: Names) -> str:
    """That the design cannot be shown to hold, where, and what would prove it."""
    needed_proofs = proofs(result.headline.checks, result.judge.data.n_scenarios)
    parts = [
        _proof(one, texts, names)
        for one in sorted(needed_proofs, key=lambda one: one.check.certainty)[:MOST_NAMED]
    ]
    own = np.flatnonzero(result.design.form[result.data.lot] == 0)
    budget = texts.numbers.millions(float(result.design.budget[own, 0].sum()))
    listed = "; ".join(parts) or texts["agreement", "unproven_margin"]
    return texts["agreement", "unproven"].format(first=budget, year=result.data.years[0], parts=listed)


def _proof(one: Proof, texts: Texts, names: Names) -> str:
    """A limit that cannot be shown to hold."""
    key = "proof_euro" if one.scenarios is None or one.scenarios > MOST_DRAWN else "proof"
    return texts["agreement", key].format(
        limit=texts.limit(one.check.limit, names),
        certainty=certain(one.check.certainty, texts),
        euro=needed(one.euro, texts),
        n="" if one.scenarios is None else texts.numbers.plain(one.scenarios),
    )


def none_sentence(result: LumpSumResult, texts: Texts, names: Names) -> str:
    """That there is no design at all, and the least that would make one possible, per kind of limit."""
    parts = []
    for one in result.design.relaxations:
        if one.euro is None or len(one.kinds) > 1:
            continue
        kind = one.kinds[0]
        found = gathered(one.limits)
        limits = "; ".join(_told(result.data, yields, texts, names) for yields in found[:MOST_NAMED])
        more = len(found) - MOST_NAMED
        if more > 0:
            limits += texts["agreement", "and_more"].format(n=more)
        parts.append(texts["agreement", f"way_{kind}"].format(euro=needed(one.euro, texts), limits=limits))
    if not parts:
        together = result.design.relaxations[-1]
        parts.append(texts["agreement", "way_together"].format(euro=needed(together.euro or 0.0, texts)))
    return texts["agreement", "none"].format(ways=texts["agreement", "or"].join(parts))


def _told(data: LumpSumData, one: Yield, texts: Texts, names: Names) -> str:
    """A limit and by how much it yields; of a stock what would do."""
    if one.kind == "stock":
        m = data.municipalities.index(one.keys[0])
        now = float(data.stock[m, -1])
        return texts["agreement", "stock_needed"].format(
            municipality=names[data.municipalities[m]],
            needed=needed(now + one.euro, texts),
            now=amount(now, texts),
        )
    return f"{one.words(texts, names)} {needed(one.euro, texts)}"


def decider_sentences(result: LumpSumResult, texts: Texts, names: Names) -> list[str]:
    """Who decides, who needs most equity first, and what that equity would allow."""
    shown = result.deciders[:MOST_NAMED]
    key = "decides" if len(result.deciders) == 1 else "decides_too"
    return [
        texts["agreement", key].format(
            provider=names[one.provider],
            extra=needed(one.extra_equity, texts),
            allowed=allowed(result.data, result.design, one, texts, names),
        )
        for one in shown
    ]


def _equity(result: LumpSumResult, texts: Texts, names: Names) -> Iterator[str]:
    """The design beside it, where assumed equity limits the budget."""
    assumed = result.equity
    if assumed is not None:
        terms = terms_sentence(result.data, assumed.design, texts)
        yield texts["agreement", "at_requirement"].format(
            requirement=texts.numbers.percent(assumed.requirement, 1),
            loading=loading_text(assumed.design, texts),
            terms=terms,
        )


def _who(providers: Sequence[str], texts: Texts, names: Names) -> str:
    """Names, or how many."""
    if len(providers) > MOST_NAMED:
        return texts["agreement", "so_many_providers"].format(n=len(providers))
    return joined([names[name] for name in providers], texts)


def _simplicity(result: LumpSumResult, texts: Texts) -> Iterator[str]:
    """What round shares and one free zone cost beside free terms."""
    if result.free is None:
        return
    expected, tail = result.judge.difference(result.free.design, result.design)
    # by the rule that decides: the margins of both designs follow chance
    weight = result.data.risk_weight
    cheaper = -((1 - weight) * expected.value + weight * tail.value)
    yield texts["agreement", "simplicity" if cheaper >= UNSEEN else "simplicity_none"].format(
        expected=moved(expected.value, texts), tail=moved(tail.value, texts)
    )


def stability_sentence(result: LumpSumResult, texts: Texts) -> str:
    """How much chance is in the terms; empty without a design."""
    stability = result.stability
    if stability is None:
        return ""
    return texts["agreement", "stability" if stability.halves == 2 else "stability_halves"].format(
        same=len(stability.lots),
        all=len(result.data.lots),
        points=texts.numbers.plain(100 * stability.largest, 1),
        n=texts.numbers.plain(result.data.n_scenarios // 2),
    )


def technique_sentence(result: LumpSumResult, texts: Texts) -> str:
    """How far the design may lie above the best one with the same margins."""
    gap, n = result.design.gap, texts.numbers.plain(result.data.n_scenarios)
    if gap is None:
        return texts["page", "design_unbounded"].format(n=n)
    return texts["page", "design_technique"].format(n=n, gap=texts.numbers.percent(gap, 4))
