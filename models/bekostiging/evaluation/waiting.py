"""Who waits, per care form of the reported municipalities: from the cells of a block to samples, and to estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.evaluation import figures
from bekostiging.evaluation.figures import Estimates, FigureRegistry
from bekostiging.evaluation.results import TOTAL
from bekostiging.evaluation.samples import HEADROOMS, Headroom, WaitingSamples
from bekostiging.scenarios import CareUse, Cells, WaitingCount
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray


def by_care_form(case: Case, cells: Cells, counted: CareUse | WaitingCount) -> dict[str, FloatArray]:
    """The arrays of ``WaitingSamples``; of the reported municipalities, and only where somebody is contracted."""
    reported = np.isin(cells.municipality, case.reported)
    of_interest = (reported & (cells.lot >= 0))[:, None]
    form = ((cells.care_form[:, None] == np.arange(len(cells.care_form_ids))) & of_interest).astype(np.float64)
    lot = ((cells.lot[:, None] == np.arange(len(case.lots))) & of_interest).astype(np.float64)
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


@dataclass(frozen=True)
class Waiting:
    """Who waits in some care forms, over the term."""

    scramblings: Scramblings
    samples: WaitingSamples
    care_forms: slice | list[int]

    def mean(self, counted: FloatArray) -> Estimate:
        """The mean of clients counted (n_scenarios, n_years, n_care_forms), summed over years and care forms."""
        return self.scramblings.mean(np.asarray(counted[:, :, self.care_forms].sum(axis=(1, 2))))


WAITING_FIGURES = FigureRegistry[Waiting](
    {
        figures.STARTS: lambda own: own.mean(own.samples.starts),
        figures.WAITING_CLIENTS: lambda own: own.mean(own.samples.waiting),
        figures.CLIENTS_BEYOND_NORM: lambda own: own.mean(own.samples.clients_beyond_norm),
        figures.WEEKS_BEYOND_NORM: lambda own: own.mean(own.samples.weeks_beyond_norm),
        figures.REFUSED: lambda own: own.mean(own.samples.refused),
        figures.MOVED: lambda own: own.mean(own.samples.moved),
    }
)
"""Who asks, waits (too long, and how many client-weeks), is refused or moves."""


def waiting_estimates(
    scramblings: Scramblings, samples: WaitingSamples, care_forms: slice | list[int] = slice(None)
) -> Estimates:
    """Every figure of waiting over the term, in some care forms."""
    return WAITING_FIGURES.estimates(Waiting(scramblings, samples, care_forms))


def care_form_estimates(case: Case, scramblings: Scramblings, samples: WaitingSamples) -> dict[str, Estimates]:
    """Waiting per contracted care form, over the term."""
    contracted = {form for lot in case.lots for form in lot.care_forms}
    return {
        row.id: waiting_estimates(scramblings, samples, [i])
        for i, row in enumerate(case.care_forms)
        if row.id in contracted
    }


def headroom_estimates(
    case: Case, scramblings: Scramblings, by_headroom: Mapping[Headroom, WaitingSamples]
) -> dict[Headroom, dict[str, Estimates]]:
    """Waiting with every headroom, in total and per care form."""
    return {
        headroom: {
            TOTAL: waiting_estimates(scramblings, by_headroom[headroom]),
            **care_form_estimates(case, scramblings, by_headroom[headroom]),
        }
        for headroom in HEADROOMS
    }


def duty_estimates(
    case: Case, scramblings: Scramblings, by_headroom: Mapping[Headroom, WaitingSamples]
) -> dict[Headroom, Estimate]:
    """Clients whom a lump sum may not let wait or refuse and who do, over the term, with every headroom.

    It may not where the lot has the acceptance duty or no waiting list (policies ``acceptance_duty``, ``waiting_list``).
    """
    bound = [
        j
        for j, lot in enumerate(case.lots)
        if case.policy.acceptance_duty(lot.id) or case.policy.waiting_list(lot.id) == "not_allowed"
    ]
    return {
        headroom: scramblings.mean(own.lot_unserved[:, :, bound].sum(axis=(1, 2)))
        for headroom, own in by_headroom.items()
    }
