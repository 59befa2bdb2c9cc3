"""Who waits, per care form of the reported municipalities: from the cells of a block to samples, and to estimates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bekostiging.case import Case
from bekostiging.scenarios import CareUse, Cells, WaitingCount
from bekostiging.stress.comparison import TOTAL, Estimates
from bekostiging.stress.samples import ROOMS, Room, WaitingSamples
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray


def by_care_form(case: Case, cells: Cells, counted: CareUse | WaitingCount) -> dict[str, FloatArray]:
    """The arrays of ``WaitingSamples``; told of the reported municipalities, and only where somebody is contracted."""
    reported = np.isin(cells.municipality, case.reported)
    told = (reported & (cells.lot >= 0))[:, None]
    form = ((cells.care_form[:, None] == np.arange(len(cells.care_form_ids))) & told).astype(np.float64)
    lot = ((cells.lot[:, None] == np.arange(len(case.lots))) & told).astype(np.float64)
    return {
        "starts": counted.starts @ form,
        "served": counted.served @ form,
        "waiting": counted.waiting @ form,
        "refused": counted.refused @ form,
        "moved": counted.moved @ form,
        "clients_beyond_norm": counted.clients_beyond_norm @ form,
        "weeks_beyond_norm": counted.weeks_beyond_norm @ form,
        "lot_unserved": (counted.waiting + counted.refused) @ lot,
    }


def waiting_estimates(
    scramblings: Scramblings, samples: WaitingSamples, care_forms: slice | list[int] = slice(None)
) -> Estimates:
    """Who asks, waits (too long, and how many client-weeks), is refused or moves, over the term, in some care forms."""

    def clients(counted: FloatArray) -> FloatArray:
        """Over years and care forms; (n_scenarios,)."""
        return np.asarray(counted[:, :, care_forms].sum(axis=(1, 2)))

    return {
        "starts": scramblings.mean(clients(samples.starts)),
        "waiting_clients": scramblings.mean(clients(samples.waiting)),
        "clients_beyond_norm": scramblings.mean(clients(samples.clients_beyond_norm)),
        "weeks_beyond_norm": scramblings.mean(clients(samples.weeks_beyond_norm)),
        "refused": scramblings.mean(clients(samples.refused)),
        "moved": scramblings.mean(clients(samples.moved)),
    }


def care_form_estimates(case: Case, scramblings: Scramblings, samples: WaitingSamples) -> dict[str, Estimates]:
    """Waiting per contracted care form, over the term."""
    contracted = {form for lot in case.lots for form in lot.care_forms}
    return {
        row.id: waiting_estimates(scramblings, samples, [i])
        for i, row in enumerate(case.care_forms)
        if row.id in contracted
    }


def room_estimates(
    case: Case, scramblings: Scramblings, by_room: Mapping[Room, WaitingSamples]
) -> dict[Room, dict[str, Estimates]]:
    """Waiting on every room, in total and per care form."""
    return {
        room: {
            TOTAL: waiting_estimates(scramblings, by_room[room]),
            **care_form_estimates(case, scramblings, by_room[room]),
        }
        for room in ROOMS
    }


def duty_estimates(
    case: Case, scramblings: Scramblings, by_room: Mapping[Room, WaitingSamples]
) -> dict[Room, Estimate]:
    """Clients whom a lump sum may not let wait or refuse and who do, over the term, on every room.

    It may not where the lot has the acceptance duty or no waiting list (policies ``acceptance_duty``, ``waiting_list``).
    """
    bound = [
        j
        for j, lot in enumerate(case.lots)
        if case.policy.acceptance_duty(lot.id) or case.policy.waiting_list(lot.id) == "not_allowed"
    ]
    return {
        room: scramblings.mean(own.lot_unserved[:, :, bound].sum(axis=(1, 2))) for room, own in by_room.items()
    }
