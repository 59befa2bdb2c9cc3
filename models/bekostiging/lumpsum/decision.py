"""The answer: the design that holds, how it came about, and what a reader must be told first.

Outcomes: ``designed`` (within all limits, which hold at 95 % on scenarios that did not make the design); ``unproven``
(within all limits on the design scenarios, but no design can be shown to hold: the sampled optimum is the answer, with
what would prove it); ``breached`` (no design within all limits, even without margins: premium or glide give way);
``none`` (no design at all).
"""

from __future__ import annotations

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
    plain = preferred_design(data, feasible_design)
    if plain is None:
        none = without_design(data)
        return Decision("none", data, none, none, None)
    margin = limit_margin(data, plain, judge)
    if margin.design is None:
        return Decision("breached" if plain.breaches else "unproven", data, plain, plain, margin)
    outcome: Outcome = "breached" if margin.design.breaches else "designed"
    return Decision(
        outcome, replace(data, margins=margin.margins, near=margin.design.terms), margin.design, plain, margin
    )


def without_simplicity(decision: Decision) -> LumpSumDesign | None:
    """The design with free shares under the same margins: what a simple agreement costs is measured from it. None where
    nothing is simple, or no design exists."""
    data = decision.data
    if not data.simple.free_zone or decision.outcome == "none":
        return None
    make = feasible_design if decision.headline.breaches else design_within
    return make(replace(data, simple=SimpleTerms()))
