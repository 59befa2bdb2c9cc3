"""The answer: the design that holds, how it came about, and what a reader must be told first.

Outcomes: ``designed`` (within all limits, each of which holds at 95 % on the margin scenarios, which did not make the
design); ``unproven`` (within all limits on the design scenarios, but no design can be shown to hold: the sampled optimum is
the answer, with what would prove it); ``breached`` (no design within all limits, even without margins: a cap on loading or
transition gives way); ``none`` (no design at all).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from bekostiging.lumpsum.data import LumpSumData, SimpleTerms
from bekostiging.lumpsum.judgement import Judge
from bekostiging.lumpsum.margin import LimitMargin, limit_margin
from bekostiging.lumpsum.solve import LumpSumDesign, design_within, feasible_design, without_design
from bekostiging.lumpsum.tie_break import preferred_design

Outcome = Literal["designed", "unproven", "breached", "none"]
OUTCOMES: tuple[Outcome, ...] = ("designed", "unproven", "breached", "none")


@dataclass(frozen=True)
class Decision:
    """``data``: the design scenarios with the margins of the ``headline`` design, which is the answer; ``plain``: the
    sampled optimum without margins; ``margin``: how the headline came about, None without a design."""

    outcome: Outcome
    data: LumpSumData
    headline: LumpSumDesign
    plain: LumpSumDesign
    margin: LimitMargin | None


def decide(data: LumpSumData, judge: Judge) -> Decision:
    """Design the lump sum on ``data`` so that its limits hold on the margin scenarios of ``judge``."""
    found = _decided(data, judge)
    return (
        found if found.headline is found.plain else replace(found, headline=_bounded(found.data, found.headline))
    )


def _decided(data: LumpSumData, judge: Judge) -> Decision:
    """The same, without the bound on what keeping the shares costs."""
    plain = preferred_design(data, feasible_design)
    if plain is None:
        none = without_design(data)
        return Decision("none", data, none, none, None)
    margin = limit_margin(data, plain, judge)
    if margin.design is None:
        return Decision("breached" if plain.breaches else "unproven", data, plain, plain, margin)
    outcome: Outcome = "breached" if margin.design.breaches else "designed"
    found = replace(data, margins=margin.margins, near=margin.design.terms)
    return Decision(outcome, found, margin.design, plain, margin)


def _bounded(data: LumpSumData, design: LumpSumDesign) -> LumpSumDesign:
    """The design with the bound below every design with its margins: what it costs to keep the shares of the sampled
    optimum is part of the gap."""
    best = _within_or_least(design)(data) if data.margins else None
    if best is None or best.bound is None or design.criterion is None:
        return design
    bound = min(best.bound, design.criterion)
    return replace(design, bound=bound, gap=(design.criterion - bound) / abs(design.criterion))


def _within_or_least(design: LumpSumDesign) -> Callable[[LumpSumData], LumpSumDesign | None]:
    """How a design like this one is made: within its limits, or with the least breach."""
    return feasible_design if design.breaches else design_within


def without_simplicity(decision: Decision, judge: Judge) -> LumpSumDesign | None:
    """The answer with free shares, found in the same way on the same scenarios: what a simple agreement costs is measured
    from it. None where nothing is simple, no design exists, or free shares do not come as far."""
    data = decision.data
    if not data.simple.free_zone or decision.outcome == "none":
        return None
    free = decide(replace(data, margins={}, simple=SimpleTerms()), judge)
    return free.headline if free.outcome == decision.outcome else None


def changed_answer(data: LumpSumData, judge: Judge, like: Outcome) -> LumpSumDesign | None:
    """The answer of another decision; None where it is told in another way than ``like``, and does not hold."""
    found = _decided(replace(data, margins={}), judge)
    return found.headline if found.outcome in (like, "designed") and found.headline.feasible else None
