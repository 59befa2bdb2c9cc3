"""Who decides: for every provider whose limit decides, the design without that limit and the equity that would lift it.

The extra free equity is the buffer the provider would use without its limit, minus the limit with its margin; the return
asked stays on the whole buffer. A group guarantee (concerngarantie) does as well; a guarantee by the municipality would be
state aid and is never meant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.lumpsum.data import EURO, LumpSumData, SimpleTerms
from bekostiging.lumpsum.limit import Limit
from bekostiging.lumpsum.solve import LumpSumDesign, design_within, feasible_design
from bekostiging.lumpsum.tie_break import preferred_design
from bekostiging.lumpsum.validity import binding_limits
from bekostiging.units import MILLION
from bekostiging_solvers import together

LIFTED = 1e12
"""Euro of limit that never binds."""
NEAR = 1e-6
"""Part of a limit within which a buffer that is used up to it counts as used up; shares nearer to each other are one."""


@dataclass(frozen=True)
class Decider:
    """A provider whose limit decides the design.

    Attributes
    ----------
    provider : str
        Id of the provider.
    extra_equity : float
        Free equity in euro with which ``design`` would be possible.
    design : LumpSumDesign
        The design without the limit of this provider.

    Examples
    --------
    >>> from bekostiging.lumpsum import deciders, design_lumpsum, example_data
    >>> data = example_data()
    >>> (anker,) = deciders(data, design_lumpsum(data))
    >>> round(anker.extra_equity), anker.design.share[0].round(2)  # with more equity nothing need be shared
    (6296296, array([0., 0.]))
    """

    provider: str
    extra_equity: float
    design: LumpSumDesign


@kinds_checked
def deciders(data: LumpSumData, design: LumpSumDesign, workers: Count = 1) -> tuple[Decider, ...]:
    """Every provider whose limit decides the design of ``data``.

    Parameters
    ----------
    data : LumpSumData
        The decision, with the margins of the design.
    design : LumpSumDesign
        The design of ``data``.
    workers : int
        Processes that design without one of the limits.

    Returns
    -------
    tuple of Decider
        Who needs most equity first; empty where no provider's limit decides.

    Examples
    --------
    Without the limit of 10 million nothing would be shared; the provider would then use 16.3 million.

    >>> from bekostiging.lumpsum import deciders, design_lumpsum, example_data
    >>> data = example_data()
    >>> [(one.provider, round(one.extra_equity)) for one in deciders(data, design_lumpsum(data))]
    [('Anker', 6296296)]
    """
    tasks = [partial(_without_limit, data, design, p, _limit(data, p)) for p in binding_providers(data, design)]
    found = [one for one in together(tasks, workers) if one is not None]
    return tuple(sorted(found, key=lambda one: -one.extra_equity))


@kinds_checked
def binding_providers(data: LumpSumData, design: LumpSumDesign) -> tuple[int, ...]:
    """Providers whose buffer is used up, or would be by the next share of the list; their places in ``data.providers``.

    Examples
    --------
    >>> from bekostiging.lumpsum import binding_providers, design_lumpsum, example_data
    >>> data = example_data()
    >>> binding_providers(data, design_lumpsum(data))
    (0,)
    """
    priced, found = _priced(data, design), []
    for p in range(len(data.providers)):
        limit = _limit(data, p)
        used_up = design.capital[p] >= limit - max(EURO, NEAR * abs(limit))
        guarded = not data.below_requirement[p] and (data.provider == p).any()
        if guarded and (used_up or data.solvency_limit(p) in priced):
            found.append(p)
    return tuple(found)


def _limit(data: LumpSumData, provider: int) -> float:
    """The limit of a provider with its margin, euro."""
    margin = data.margins.get(data.solvency_limit(provider), 0.0)
    return float(data.capital_limit[provider]) - margin


def _without_limit(data: LumpSumData, design: LumpSumDesign, p: int, limit: float) -> Decider | None:
    """The design without the ``limit`` of one provider; None where it is the same, or asks no more of that provider."""
    lifted = replace(data, margins={**data.margins, data.solvency_limit(p): -LIFTED})
    without = preferred_design(lifted, feasible_design if design.breaches else design_within)
    if without is None or not _differs(design, without) or without.capital[p] - limit <= EURO:
        return None
    return Decider(data.providers[p], float(without.capital[p]) - limit, without)


def _priced(data: LumpSumData, design: LumpSumDesign) -> tuple[Limit, ...]:
    """Limits that bind where shares are free: shares of a list leave part of a limit unused that the next one would pass."""
    return binding_limits(replace(data, simple=SimpleTerms(), breach=design.cap))


def _differs(one: LumpSumDesign, other: LumpSumDesign) -> bool:
    """Whether two designs are two agreements: a share, or a loading by more than a hundredth of a point."""
    shares = any(np.abs(mine - theirs).max() > NEAR for mine, theirs in zip(one.share, other.share, strict=True))
    return shares or bool(np.abs(one.loading - other.loading).max() > 1 / MILLION * 100)
