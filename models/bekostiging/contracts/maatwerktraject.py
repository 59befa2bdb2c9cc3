"""Maatwerktraject: an hours budget per client, agreed hours a week times a number of weeks, spent in any rhythm.

Legally inspanningsgericht with a total volume over its validity. In the national coding (iJw/iWmo 3.2) an
hours budget is unit 04 (hour), frequency 6 (total over the validity).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bekostiging.case.arguments import kinds_checked, wrong_argument
from bekostiging.case.kinds import NotNegative
from bekostiging.contracts.basis import Basis
from bekostiging.contracts.ceiling import Claim
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.tariff import TariffContract
from bekostiging.contracts.terms import PER_DELIVERY, Party
from bekostiging.contracts.valid import require
from bekostiging.scenarios import CareUse
from bekostiging.scenarios.hours_budget import STANDARD_WEEKS
from bekostiging_solvers.typing import FloatArray

UNIT_HOUR = "04"
FREQUENCY_TOTAL = "6"


@dataclass(frozen=True)
class HoursBudget:
    """An authorisation in the national coding (iJw/iWmo 3.2).

    Parameters
    ----------
    volume : float
        Hours over the whole validity, zero or more.
    unit, frequency : str
        Codes; 04 (hour) and 6 (total over the validity) unless given.

    Raises
    ------
    ValueError
        A volume below zero.

    Examples
    --------
    >>> HoursBudget(65.0)
    HoursBudget(volume=65.0, unit='04', frequency='6')
    """

    volume: float
    unit: str = UNIT_HOUR
    frequency: str = FREQUENCY_TOTAL

    def __post_init__(self) -> None:
        """Refuse a volume below zero."""
        require(self.volume >= 0, self, "volume", "hours over the whole validity, zero or more")


@kinds_checked
def hours_budget(hours_per_week: NotNegative, weeks: NotNegative) -> HoursBudget:
    """The total volume of a weekly need over a number of weeks, in the national coding (iJw/iWmo 3.2).

    Parameters
    ----------
    hours_per_week : float
        Hours the client needs per week, at least zero.
    weeks : float
        Length of the authorisation in weeks, at least zero.

    Raises
    ------
    ValueError
        A volume below zero.

    Examples
    --------
    >>> hours_budget(2.5, 26)
    HoursBudget(volume=65.0, unit='04', frequency='6')
    """
    return HoursBudget(hours_per_week * weeks)


STANDARD_HOURS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
"""Weekly hours of the standard list; a choice of this package, any other number is as good."""


@kinds_checked
def standard_list(
    hours: Sequence[float] = STANDARD_HOURS, weeks: Sequence[float] = STANDARD_WEEKS
) -> dict[tuple[float, float], HoursBudget]:
    """The standard list of hours budgets of a region, by weekly hours and weeks.

    Parameters
    ----------
    hours : sequence of float
        Weekly hours; 0.5 to 8 unless given.
    weeks : sequence of float
        Lengths; those that a missing ``authorisation_weeks`` is estimated from unless given.

    Examples
    --------
    >>> standard_list(hours=(1.0, 2.0), weeks=(13,))[2.0, 13].volume
    26.0
    """
    return {(h, w): hours_budget(h, w) for h in hours for w in weeks}


@kinds_checked
def revised(
    budget: HoursBudget, used: NotNegative, hours_per_week: NotNegative, weeks_left: NotNegative, *, external: bool
) -> HoursBudget:
    """A budget revised during its validity: what was used and the new weekly need over the weeks left.

    Parameters
    ----------
    budget : HoursBudget
        The budget so far; it stays as it is.
    used : float
        Hours used so far.
    hours_per_week, weeks_left : float
        The new need.
    external : bool
        Whether something outside the care changed (a move, another household, a new diagnosis).

    Raises
    ------
    UserError
        No external change: then the budget stands and the client spends it freely.

    Examples
    --------
    >>> revised(hours_budget(2.0, 26), used=20.0, hours_per_week=4.0, weeks_left=10, external=True).volume
    60.0
    """
    if not external:
        raise wrong_argument(
            "external",
            external,
            "een urenbudget wordt alleen herzien als er buiten de zorg iets verandert (een verhuizing, een ander gezin, een "
            "nieuwe diagnose); de rest van het budget is vrij te besteden",
            "an hours budget is revised only for an external change (a move, another household, a new diagnosis); the rest "
            "of it is spent freely",
        )
    return replace(budget, volume=used + hours_per_week * weeks_left)


@dataclass(frozen=True, kw_only=True)
class Maatwerktraject(TariffContract):
    """Units are paid until the client's hours budget has run out; what a client uses after that is the provider's.

    ``within`` (n_own_cells,): E[paid] / E[R], the part of the units of a start that its budget is expected to pay. The
    price per unit is tariff / within, so that a population without growth costs what it costs under P x Q, every year.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import Basis, price_levels, reference
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells, n_years = build_cells(case), 2
    >>> basis = Basis(case, cells, reference(case, cells, n_years))
    >>> care_use = expected_care_use(case, cells, n_years)
    >>> contract = Maatwerktraject.of_case(basis, contract=0)
    >>> settled = contract.settle(care_use, price_levels(case, contract.lot, care_use))
    >>> settled.payment.round().tolist()
    [[5128773.0, 5321321.0]]
    """

    form = "maatwerktraject"
    name = ("maatwerktraject", "maatwerktraject")
    in_full = (
        "inspanningsgericht met urenbudget (maatwerktraject)",
        "inspanningsgericht with an hours budget (maatwerktraject)",
    )
    pays = (
        "een prijs per uur tot het urenbudget van de cliënt op is (rekenvariant waar de eenheid geen uur is)",
        "a price per hour until the client's hours budget is used up (a variant for calculation where the unit is not "
        "the hour)",
    )
    legal_variant = "inspanningsgericht"
    hours_budget = True
    on_request = True
    colour = "#8a8d91"
    line = ":"
    marker = "D"
    measure = "within_budget"
    within: FloatArray

    @classmethod
    def _terms(cls, basis: Basis, contract: int, ceilings: bool) -> dict[str, Any]:
        """With what its budgets are expected to pay."""
        terms = super()._terms(basis, contract, ceilings)
        return terms | {"within": basis.paid_parts[terms["cells"]]}

    def claim(self, care_use: CareUse, levels: PriceLevels) -> Claim:
        """Units within the budgets at the price of a budget hour; those of crisis clients are urgent."""
        asked = self._euro(care_use.units, levels)
        claimed = self._euro(care_use.units_within_budget, levels)
        return Claim(asked, claimed, np.minimum(self._euro(care_use.crisis_units_within_budget, levels), claimed))

    def beyond_budget(self, care_use: CareUse, levels: PriceLevels) -> FloatArray:
        """What is not paid because a client's budget had run out; (n_scenarios, n_years), euro."""
        return self._euro(care_use.units, levels) - self._euro(care_use.units_within_budget, levels)

    def _euro(self, units: FloatArray, levels: PriceLevels) -> FloatArray:
        """Units (n_scenarios, n_years, n_cells) at the price; (n_scenarios, n_years)."""
        return np.asarray(self.own(units) @ (self.tariff / self.within) * levels.price)

    def risk_allocation(self) -> dict[str, Party]:
        """Who bears which risk: the agreed hours are the municipality's; how fast and how long they are used is the
        municipality's up to the budget and the provider's beyond it.
        """
        volume: Party = "municipality" if self.ceiling is None else "municipality_up_to_ceiling"
        return {
            "volume": volume,
            "duration": "shared",
            "intensity": "shared",
            **PER_DELIVERY,
            "result": "municipality",
        }
