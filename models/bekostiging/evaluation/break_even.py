"""Behaviour is unknown, so the question is turned round: how much must change before a form beats inspanningsgericht?

Closed form, everybody served. A form is compared at changed volume, duration or price with inspanningsgericht as expected:
a fall the form's own incentives would have to bring about, or a rise it can bear while it is cheaper. Two yardsticks, euro
over the term, discounted: ``municipality`` what reported municipalities spend and their hours of administration; ``total``
what care costs (payments are transfers) and the hours of both parties.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from bekostiging.case import Case
from bekostiging.case.optional_tables import PARTIES
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import BASELINE
from bekostiging.evaluation.changes import BreakEven, Sweep
from bekostiging.evaluation.deterministic_scenarios import Contracts, in_parts, yearly
from bekostiging.scenarios import Cells, expected_care_use, multiply, neutral_factors
from bekostiging_solvers.typing import FloatArray

Yardstick = Literal["municipality", "total"]
YARDSTICKS: tuple[Yardstick, ...] = ("municipality", "total")
QUANTITIES = {"volume": "inflow", "duration": "duration"}
"""Break-even quantities that clients change, and the factor that changes them; the third is the price."""
BREAK_EVEN = (*QUANTITIES, "price")
WIDEST = 0.9
"""Changes are sought from -90 to +90 %."""
N_GRID = 61
SAME = 1e-6
"""Two yardsticks that differ by less than this fraction are equal: nothing needs to change."""
SWEEP = (-0.20, -0.10, -0.05, 0.0, 0.05, 0.10, 0.20)
"""Changes shown in the report."""


Measured = dict[PaymentForm, dict[Yardstick, FloatArray]]


class _Yardsticks:
    """Both yardsticks of every form under scenarios in which one quantity changes."""

    def __init__(self, case: Case, cells: Cells, contracts: Contracts) -> None:
        self.case, self.cells, self.contracts = case, cells, contracts

    def at(self, quantity: str, change: FloatArray, n_years: int) -> Measured:
        """Per form and yardstick, euro by year, (n_changes, n_years)."""
        parts = [self._measured(quantity, few, n_years) for few in in_parts(change, self.cells, n_years)]
        return {
            form: {y: np.concatenate([part[form][y] for part in parts]) for y in YARDSTICKS} for form in parts[0]
        }

    def _measured(self, quantity: str, change: FloatArray, n_years: int) -> Measured:
        factors = neutral_factors(self.case, n_years, len(change))
        multiply(factors, QUANTITIES[quantity], slice(None), 1 + change)
        care_use = expected_care_use(self.case, self.cells, n_years, factors)
        clients = care_use.clients[:, :, self.cells.contract >= 0].sum(axis=2)
        found: Measured = {}
        for form, own in yearly(self.case, self.cells, self.contracts, care_use).items():
            municipal, both = (
                self.case.administration_euro(form, parties, clients, len(self.case.contracts))
                for parties in (("municipality",), PARTIES)
            )
            found[form] = {"municipality": own.spending + municipal, "total": own.cost + both}
        return found


def break_even(
    case: Case, cells: Cells, contracts: Contracts, discount: FloatArray
) -> dict[PaymentForm, dict[str, BreakEven]]:
    """Break-even of every form and quantity of ``BREAK_EVEN``."""
    yardsticks, n_years = _Yardsticks(case, cells, contracts), len(discount)
    grid = np.linspace(-WIDEST, WIDEST, N_GRID)
    plain = yardsticks.at("volume", np.array([0.0]), n_years)
    found: dict[PaymentForm, dict[str, BreakEven]] = {form: {} for form in contracts}
    whole = {form: {y: float(own[y][0] @ discount) for y in YARDSTICKS} for form, own in plain.items()}
    years = {form: _year(plain[form], plain[BASELINE], discount, case.first_year) for form in contracts}
    for quantity in QUANTITIES:
        changed = yardsticks.at(quantity, grid, n_years)
        for form in contracts:
            roots = {
                y: _nearest(grid, changed[form][y] @ discount, whole[form][y], whole[BASELINE][y])
                for y in YARDSTICKS
            }
            found[form][quantity] = BreakEven(roots["municipality"], roots["total"], years[form])
    care_use = expected_care_use(case, cells, n_years)
    paid = {
        form: float(own.spending[0] @ discount) for form, own in yearly(case, cells, contracts, care_use).items()
    }
    for form in contracts:
        # payments are transfers: no price makes the total dearer or cheaper
        needed = whole[BASELINE]["municipality"] - whole[form]["municipality"]
        same = abs(needed) <= SAME * whole[BASELINE]["municipality"]
        change = 0.0 if same else needed / paid[form] if paid[form] > 0 else None
        found[form]["price"] = BreakEven(change, _equal(whole, form), years[form])
    return found


def _equal(whole: Mapping[PaymentForm, Mapping[Yardstick, float]], form: PaymentForm) -> float | None:
    """Zero where the total of a form is the same, else None."""
    target = whole[BASELINE]["total"]
    return 0.0 if abs(whole[form]["total"] - target) <= SAME * target else None


def _nearest(change: FloatArray, values: FloatArray, now: float, target: float) -> float | None:
    """The smallest change at which ``values`` equal ``target``, linear between grid points; zero if they do now."""
    if abs(now - target) <= SAME * target:
        return 0.0
    over = values - target
    crossing = np.flatnonzero(np.sign(over[:-1]) * np.sign(over[1:]) <= 0)
    if len(crossing) == 0:
        return None
    step = over[crossing] - over[crossing + 1]
    part = np.divide(over[crossing], step, out=np.zeros_like(step), where=step != 0)
    roots = change[crossing] + part * (change[crossing + 1] - change[crossing])
    return float(roots[np.argmin(np.abs(roots))])


def _year(
    own: Mapping[Yardstick, FloatArray], other: Mapping[Yardstick, FloatArray], discount: FloatArray, first: int
) -> int | None:
    """First calendar year by whose end a form has cost the municipality no more than the other."""
    difference = np.cumsum((own["municipality"][0] - other["municipality"][0]) * discount)
    headroom = SAME * np.cumsum(other["municipality"][0] * discount)
    years = np.flatnonzero(difference <= headroom)
    return int(first + years[0]) if len(years) else None


def sweeps(case: Case, cells: Cells, contracts: Contracts, discount: FloatArray) -> tuple[Sweep, ...]:
    """What the municipality spends under every form when volume or duration changes."""
    yardsticks = _Yardsticks(case, cells, contracts)
    return tuple(
        Sweep(
            quantity,
            SWEEP,
            {
                form: own["municipality"] @ discount
                for form, own in yardsticks.at(quantity, np.array(SWEEP), len(discount)).items()
            },
        )
        for quantity in QUANTITIES
    )
