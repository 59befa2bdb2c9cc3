"""The design whose limits hold on scenarios that did not make it.

A limit on a sampled tail is broken out of sample about half the time, because the design uses it to the last euro. So each
limit that fails on the margin scenarios is tightened on the design scenarios by what it lacks there, value + t x standard
error - limit (Student's t at 95 %), and by what it had to spare on the design scenarios; then the design is made again,
until all limits hold. Free zones and shares of the sampled optimum are kept and loadings only rise; where no loading up to
its maximum does, shares are decided anew. The scenarios that judge the outcome are others again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bekostiging.case.arguments import kinds_checked
from bekostiging.lumpsum.certainty import LimitCheck
from bekostiging.lumpsum.data import EURO, Held, LumpSumData, with_shares
from bekostiging.lumpsum.judgement import Judge, check_limits
from bekostiging.lumpsum.limit import Limit
from bekostiging.lumpsum.solve import LumpSumDesign, design_within, feasible_design
from bekostiging.lumpsum.tie_break import preferred_design
from bekostiging_solvers import Scramblings

MOST_ROUNDS = 20
"""Designs made before it is said that no limit margin was found."""


@dataclass(frozen=True)
class LimitMargin:
    """The design with margins, and how it was found.

    Attributes
    ----------
    design : LumpSumDesign or None
        Holds on the margin scenarios; None where no design was found that does.
    margins : dict of Limit to float
        Euro by which each limit was tightened.
    rounds : int
        Designs made.
    shares_kept : bool
        Whether free zones and shares are those of the sampled optimum.

    Examples
    --------
    >>> from bekostiging.lumpsum import decide, example_data, Judge
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> margin = decide(data, Judge(data, Scramblings(2))).margin
    >>> margin.design is None, margin.rounds
    (True, 2)
    """

    design: LumpSumDesign | None
    margins: Mapping[Limit, float]
    rounds: int
    shares_kept: bool


@kinds_checked
def limit_margin(data: LumpSumData, plain: LumpSumDesign, judge: Judge) -> LimitMargin:
    """Tighten the limits of a sampled optimum until they hold on scenarios that did not make it.

    Parameters
    ----------
    data : LumpSumData
        The design scenarios.
    plain : LumpSumDesign
        Their optimum without margins.
    judge : Judge
        The margin scenarios.

    Returns
    -------
    LimitMargin
        Its ``design`` is None where no tightening within ``MOST_ROUNDS`` designs is enough.

    Examples
    --------
    >>> from bekostiging.lumpsum import design_lumpsum, example_data, Judge, limit_margin
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> margin = limit_margin(data, design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> margin.design is None, sorted(limit.kind for limit in margin.margins)
    (True, ['return_on_capital', 'solvency'])
    """
    margins: dict[Limit, float] = {}
    rounds = 0
    for shares_kept in (True, False):
        design: LumpSumDesign | None = plain
        if not shares_kept and rounds < MOST_ROUNDS:
            design = _design_with_margins(data, plain, margins, shares_kept=False)
            rounds += 1
        while design is not None and rounds < MOST_ROUNDS:
            lacking = {check.limit: check for check in check_limits(design, judge) if not check.holds}
            if not lacking:
                return LimitMargin(design, margins, rounds, shares_kept)
            _tighten(margins, lacking, _slack(data, design))
            design = _design_with_margins(data, plain, margins, shares_kept=shares_kept)
            rounds += 1
    return LimitMargin(None, margins, rounds, shares_kept=False)


def _tighten(
    margins: dict[Limit, float], lacking: Mapping[Limit, LimitCheck], spare: Mapping[Limit, float]
) -> None:
    """By what a failing limit had to spare on the design scenarios and lacks on the margin scenarios, never by less."""
    for limit, check in lacking.items():
        margins[limit] = max(margins.get(limit, 0.0), spare[limit] + check.excess + EURO)


def _slack(data: LumpSumData, design: LumpSumDesign) -> dict[Limit, float]:
    """By how much every limit holds on the design scenarios, euro."""
    own = Judge(replace(data, margins={}), Scramblings(1))
    return {check.limit: max(0.0, check.most - check.value) for check in check_limits(design, own)}


def _design_with_margins(
    data: LumpSumData, plain: LumpSumDesign, margins: Mapping[Limit, float], *, shares_kept: bool
) -> LumpSumDesign | None:
    """The design with these margins. With shares kept, the caps on loading and transition give way as far as in
    ``plain``; with shares freed as little as they must, where they already did."""
    tightened = replace(data, margins=dict(margins), near=plain.terms)
    if not shares_kept:
        return preferred_design(tightened, feasible_design if plain.breaches else design_within)
    kept = with_shares(tightened, plain.share, plain.form)
    held = Held(form=plain.form, least=plain.loading, most=data.held.most)
    return design_within(replace(kept, held=held, breach=plain.cap))
