"""The answer: the design that holds, how it came about, and what a reader must know first.

Outcomes: ``designed`` (within all limits, each of which holds at 95 % on the margin scenarios, which did not make the
design); ``unproven`` (within all limits on the design scenarios, but no design can be shown to hold: the sampled optimum is
the answer, with what would prove it); ``breached`` (no design within all limits, even without margins: a cap on loading or
transition gives way); ``none`` (no design at all).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from bekostiging.case.arguments import kinds_checked
from bekostiging.lumpsum.data import LumpSumData, SimpleTerms
from bekostiging.lumpsum.judgement import Judge
from bekostiging.lumpsum.margin import LimitMargin, limit_margin
from bekostiging.lumpsum.solve import LumpSumDesign, design_within, feasible_design, without_design
from bekostiging.lumpsum.tie_break import preferred_design

Outcome = Literal["designed", "unproven", "breached", "none"]
OUTCOMES: tuple[Outcome, ...] = ("designed", "unproven", "breached", "none")


@dataclass(frozen=True)
class Decision:
    """The answer and how it came about.

    Attributes
    ----------
    outcome : Outcome
        ``designed``, ``unproven``, ``breached`` or ``none``; see the module.
    data : LumpSumData
        The design scenarios with the margins of the headline.
    headline : LumpSumDesign
        The answer.
    plain : LumpSumDesign
        The optimum on the design scenarios, without margins.
    margin : LimitMargin or None
        How the headline was reached; None without a design.

    Examples
    --------
    >>> from bekostiging.lumpsum import decide, example_data, Judge
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> decision = decide(data, Judge(data, Scramblings(2)))
    >>> decision.outcome, decision.headline.loading.round(3)
    ('unproven', array([0.004]))
    """

    outcome: Outcome
    data: LumpSumData
    headline: LumpSumDesign
    plain: LumpSumDesign
    margin: LimitMargin | None


@kinds_checked
def decide(data: LumpSumData, judge: Judge) -> Decision:
    """Design the lump sum so that its limits also hold on scenarios that did not make it.

    Parameters
    ----------
    data : LumpSumData
        The design scenarios.
    judge : Judge
        The margin scenarios: by what limits lack there, they are tightened on ``data``.

    Returns
    -------
    Decision
        Its ``headline`` is the answer; its ``outcome`` says what a reader must know first.

    Raises
    ------
    UserError
        No begroting, however wide, allows a lump sum: a reference amount is out of proportion.

    Examples
    --------
    Judged on twice nineteen and one scenarios, a tail of one scenario proves nothing.

    >>> from bekostiging.lumpsum import decide, example_data, Judge
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> decide(data, Judge(data, Scramblings(2))).outcome
    'unproven'
    """
    found = _decided(data, judge)
    return (
        found if found.headline is found.plain else replace(found, headline=_bounded(found.data, found.headline))
    )


def _decided(data: LumpSumData, judge: Judge) -> Decision:
    """The answer, before its gap counts what keeping the shares of the sampled optimum costs."""
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


@kinds_checked
def without_simplicity(decision: Decision, judge: Judge) -> LumpSumDesign | None:
    """The answer when shares are free, for comparison with an agreement of few changes and listed shares.

    It is made in the same way and on the same scenarios as ``decision``; their difference is what a simple agreement costs.

    Returns
    -------
    LumpSumDesign or None
        None where nothing is simple, where no design exists, or where free shares have another outcome.

    Examples
    --------
    >>> from bekostiging.lumpsum import decide, example_data, Judge, SimpleTerms, with_simple_terms, without_simplicity
    >>> from bekostiging_solvers import Scramblings
    >>> data = with_simple_terms(example_data(), SimpleTerms(1, (0.0, 0.5), free_zone=True))
    >>> judge = Judge(data, Scramblings(2))
    >>> simple = decide(data, judge)
    >>> free = without_simplicity(simple, judge)
    >>> round(float(simple.headline.share[0][0]), 2), round(float(free.share[0][0]), 2)
    (0.5, 0.41)
    """
    data = decision.data
    if not data.simple.free_zone or decision.outcome == "none":
        return None
    free = decide(replace(data, margins={}, simple=SimpleTerms()), judge)
    return free.headline if free.outcome == decision.outcome else None


@kinds_checked
def changed_answer(data: LumpSumData, judge: Judge, like: Outcome) -> LumpSumDesign | None:
    """The answer of a decision that was changed, for comparison with the one that has outcome ``like``.

    Parameters
    ----------
    data : LumpSumData
        The changed decision; its margins are found anew.
    judge : Judge
        The margin scenarios.
    like : Outcome
        Outcome of the answer it is compared with.

    Returns
    -------
    LumpSumDesign or None
        None where no design exists or where it has another outcome that is not ``designed``: the two cannot be compared.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from bekostiging.lumpsum import changed_answer, example_data, Judge
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> more = replace(data, free_buffer=2 * data.free_buffer)
    >>> round(float(changed_answer(more, Judge(more, Scramblings(2)), "unproven").loading[0]), 3)
    0.013
    """
    found = _decided(replace(data, margins={}), judge)
    return found.headline if found.outcome in (like, "designed") and found.headline.feasible else None
