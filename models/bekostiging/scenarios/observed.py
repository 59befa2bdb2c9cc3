"""What a municipality could measure before it sets a budget, as one number per scenario of a block."""

from __future__ import annotations

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.model import Case
from bekostiging.scenarios.care_use import CareUse
from bekostiging.scenarios.clients import CASELOAD, CHANNELS, profile_table
from bekostiging.scenarios.simulate import Block
from bekostiging_solvers.typing import FloatArray

PILOT = 2
"""Municipalities of a pilot; it takes at least one more to be a pilot."""


@kinds_checked
def observables(block: Block, care_use: CareUse) -> dict[str, FloatArray]:
    """What a municipality could measure before it sets a budget, as one number per scenario of a block.

    Parameters
    ----------
    block : Block
        With its clients.
    care_use : CareUse
        Of the same clients.

    Returns
    -------
    dict of str to array (n_scenarios,)
        ``durations``: mean duration (months) of started trajectories weighted by cost per month; ``channels``: cost per
        month (euro) that starts outside own access; ``high_cost``: that of clients in the heaviest profile; ``pilot``: cost
        (euro) of the first contract year in the two municipalities with the largest begroting, the most a pilot year before
        the term could show. An item that the case cannot tell apart is left out: without channels or
        profiles, or with two municipalities.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> from bekostiging.scenarios import draw_block, plan
    >>> block = draw_block(plan(case, 32, 1, 1, "out_of_sample"), 0)
    >>> list(observables(block, block.care_use()))
    ['durations', 'channels', 'high_cost']
    """
    case, cells, clients = block.plan.case, block.plan.cells, block.clients
    started = (clients.asked_month != CASELOAD) & (cells.lot[clients.cell] >= 0)
    scenario, n = clients.scenario[started], clients.n_scenarios
    weight = clients.rate[started].astype(np.float64) * cells.unit_cost[clients.cell[started]]

    def summed(values: FloatArray) -> FloatArray:
        """Per scenario."""
        return np.bincount(scenario, weights=values, minlength=n).astype(np.float64)

    items = {"durations": summed(weight * clients.duration[started]) / np.maximum(summed(weight), 1e-9)}
    outside = clients.channel[started] != CHANNELS.index("own_access")
    if outside.any() and not outside.all():
        items["channels"] = summed(weight * outside)
    heaviest = profile_table(case).intensity.argmax(axis=1)[cells.care_form[clients.cell[started]]]
    if case.profiles:
        items["high_cost"] = summed(weight * (clients.profile[started] == heaviest))
    chosen = _pilot(case)
    if chosen:
        own = np.isin(cells.municipality, chosen) & (cells.lot >= 0)
        items["pilot"] = care_use.units[:, 0, own] @ cells.unit_cost[own]
    return items


def _pilot(case: Case) -> list[int]:
    """Places of the two reported municipalities with the largest begroting; none where there are hardly more."""
    amounts = {
        i: sum(one.amount for one in case.begroting if one.municipality == code)
        for i, code in zip(case.reported, case.reported_codes, strict=True)
    }
    if len(amounts) <= PILOT:
        return []
    return sorted(amounts, key=lambda i: -amounts[i])[:PILOT]
