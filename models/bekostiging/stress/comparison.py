"""The outcome of one comparison: every payment form on the same simulated clients.

Two kinds of content: *estimates* (with standard error), which go to results.json and the tables, and
*samples* (one value per scenario), which the figures draw and scenarios.parquet keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bekostiging.case import Case
from bekostiging.case.tables import PaymentForm
from bekostiging.lumpsum import LimitCheck, LumpSumData, LumpSumDesign
from bekostiging.scenarios.care_use import Cells

Array = NDArray[np.float64]
Corner = Literal["absorb", "wait"]
CORNERS: tuple[Corner, ...] = ("absorb", "wait")
TOTAL = "total"
"""Key of the sum over the reported municipalities."""
TERM = "term"
"""Key of the sum over the contract years (discounted with the case's rate)."""


@dataclass(frozen=True)
class Estimate:
    """A number from simulation and the spread of its own error; ``standard_error`` in the same unit."""

    value: float
    standard_error: float


Estimates = dict[str, Estimate]


@dataclass(frozen=True)
class Samples:
    """One value per scenario; money in euro, nominal. Axes: scenario, year, then the axis named."""

    municipal: Array
    """(n_scenarios, n_years, n_municipalities): payments under the contracts, outside excluded."""
    payment: Array
    """(n_scenarios, n_years, n_contracts)."""
    cost: Array
    """(n_scenarios, n_years, n_contracts): cost of the provider."""
    unpaid: Array
    """(n_scenarios, n_years, n_contracts): claims above a ceiling."""
    clients: Array
    """(n_scenarios, n_years, n_contracts): trajectories in care."""
    starts: Array
    """(n_scenarios, n_years, n_care_forms); ``served + waiting + refused = starts``."""
    served: Array
    waiting: Array
    refused: Array
    weeks_beyond_norm: Array
    """(n_scenarios, n_years, n_care_forms): client-weeks."""


@dataclass(frozen=True)
class FormResult:
    """One payment form, settled in both corners of "when the money is gone"."""

    form: PaymentForm
    samples: dict[Corner, Samples]
    municipalities: dict[str, dict[str, Estimates]]
    """[municipality code or TOTAL][year such as "2025" or TERM][name]; in the corner the case's policy
    names. Names: expected, sd, p10, p50, p80, p90, cvar95, overrun_probability, expected_overrun,
    required_resistance_capacity_80, required_resistance_capacity_90. The last four are missing where
    there is no begroting."""
    providers: dict[str, Estimates]
    """[provider id][name]: expected_result, loss_probability, cvar95_loss, buffer_exhausted_probability,
    revenue_certain_share, over the term."""
    care_forms: dict[Corner, dict[str, Estimates]]
    """[corner][care form][name]: waiting_clients, weeks_beyond_norm, refused, over the term."""
    corner_totals: dict[Corner, Estimates]
    """[corner][name]: spending (TOTAL, TERM), provider_result (all providers), waiting_clients, refused."""
    administration: dict[str, Estimates]
    """[party: municipality or provider][name: hours, euro], per year on average; empty without table."""
    parity_gap: Estimate
    """Expected payment of this form minus that of inspanningsgericht before ceiling and loading, as a
    fraction of the latter, over the term; the same scenarios."""


@dataclass(frozen=True)
class LumpSumResult:
    """The designed lump sum, its data on the design scenarios and its check on fresh ones."""

    data: LumpSumData
    design: LumpSumDesign
    out_of_sample: tuple[LimitCheck, ...]


@dataclass(frozen=True)
class Comparison:
    """Everything `bekostiging compare` computed. ``forms`` is in the order of PAYMENT_FORMS; without a
    feasible lump sum, taakgericht is settled at the reference amounts and ``lumpsum.design`` says so."""

    case: Case
    cells: Cells
    n_scenarios: int
    n_scramblings: int
    n_years: int
    seed: int
    notes: tuple[dict[str, str], ...]
    """Things said once, each {"nl": ..., "en": ...}."""
    carries: tuple[tuple[str, dict[PaymentForm, str]], ...]
    """Who carries what: (risk key, {form: party key}); keys as in bekostiging.contracts.carries."""
    room: Array
    """(n_years, n_municipalities): begroting minus outside_contracts; nan where there is none."""
    begroting: Array
    """(n_years, n_municipalities): amount over the laws; nan where there is none."""
    outside: Array
    """(n_years, n_municipalities): outside_contracts over the laws; 0 where there is none."""
    buffer: Array
    """(n_providers,): free buffer K in euro."""
    forms: dict[PaymentForm, FormResult]
    lumpsum: LumpSumResult

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years of the comparison."""
        return tuple(self.case.first_year + t for t in range(self.n_years))
