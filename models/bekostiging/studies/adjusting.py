"""Steering while a contract year runs: what it would take to end within the begroting, measure by measure.

Beside it the lump sum and the places of the years that are left, decided again on what was seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import CaseError, Note, UserError
from bekostiging.case.kinds import Count
from bekostiging.evaluation.results import LumpSumResult
from bekostiging.monitoring.completion import YearWork
from bekostiging.monitoring.levers import LeverName, LeverWork, settings_of
from bekostiging.scenarios import Factors, RiskFactorModel, each_block, plan, with_factor_distribution
from bekostiging.scenarios.factor_distributions import factor_model
from bekostiging.studies.capacity import CapacityStudy, study_capacity
from bekostiging.studies.contract_year import ContractYear
from bekostiging.studies.later_years import given_what_was_seen, known_of
from bekostiging.studies.lumpsum import redesigned
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray

LEVELS = 4096
"""Draws of the factors that give their mean level."""
FINE = 400
"""Sizes of a measure that are tried between those that were settled."""
S = TypeVar("S")


@dataclass(frozen=True)
class Lever:
    """One measure: what the year costs at each of its sizes.

    Parameters
    ----------
    name : str
        ``volume``, ``duration``, ``intensity``, ``tariff`` or ``stop``.
    sizes : array (n_sizes,)
        Rising; parts, or for an intake stop the months (1 to 12) before which it begins, falling.
    total : array (n_scenarios, n_sizes)
        What the reported municipalities pay, euro.

    Examples
    --------
    >>> import numpy as np
    >>> lever = Lever("volume", np.array([0.0, 1.0]), np.array([[100e3, 80e3], [120e3, 100e3]]))
    >>> lever.needed(100e3)
    0.5
    >>> lever.needed(100e3, certainty=0.9), lever.chance(100e3, 0.5)
    (0.9, 0.5)
    >>> lever.needed(50e3) is None
    True
    """

    name: LeverName
    sizes: FloatArray
    total: FloatArray

    def at(self, size: float) -> FloatArray:
        """What is paid in every scenario at a size, (n_scenarios,): interpolated between those that were settled."""
        return np.array([np.interp(size, self.sizes, own) for own in self.total])

    def needed(self, budget: float, certainty: float | None = None) -> float | None:
        """The smallest size with which the year is expected to end within ``budget``, or does so with a certainty; None
        where the largest does not. An intake stop is a whole month."""
        tried = self.sizes if self.name == "stop" else np.linspace(0.0, self.sizes[-1], FINE + 1)
        for size in tried:
            paid = self.at(float(size))
            within = paid.mean() if certainty is None else np.quantile(paid, certainty)
            if within <= budget + 0.5:
                return float(size)
        return None

    def chance(self, budget: float, size: float) -> float:
        """Chance that the year ends within ``budget`` with a size."""
        return float((self.at(size) <= budget + 0.5).mean())


@dataclass(frozen=True)
class WhatItTakes:
    """What each measure alone would have to do, from the first month that was not seen on.

    Parameters
    ----------
    budget : float
        Begroot for the contracts this year, of the reported municipalities together, euro.
    certainty : float
        Of the council.
    plain : array (n_scenarios,)
        Without any measure, euro.
    levers : tuple of Lever

    Examples
    --------
    >>> import numpy as np
    >>> WhatItTakes(90.0, 0.9, np.array([80.0, 100.0]), ()).gap
    0.0
    """

    budget: float
    certainty: float
    plain: FloatArray
    levers: tuple[Lever, ...]

    @property
    def gap(self) -> float:
        """What is expected above the begroting; negative is room."""
        return float(self.plain.mean() - self.budget)


@dataclass(frozen=True)
class Adjustment:
    """Steering of a contract year; ``adjust`` makes it.

    Parameters
    ----------
    takes : WhatItTakes or None
        None at the end of the year, and without a begroting.
    design : LumpSumResult or None
        The lump sum of the years that are left.
    capacity : CapacityStudy or None
        The places of the next year.
    notes : tuple of dict
        Why something is not there.

    Examples
    --------
    >>> Adjustment(None, None, None, ()).design is None
    True
    """

    takes: WhatItTakes | None
    design: LumpSumResult | None
    capacity: CapacityStudy | None
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class LaterYears:
    """A distribution of risk factors: that of another case from its ``skipped``-th contract year on, each divided by its
    mean level, which the demand of the case has."""

    of: Case
    skipped: int
    levels: tuple[tuple[float, ...], ...]
    name: tuple[str, str] = (
        "die van de casus, gegeven wat er is gezien, vanaf het volgende contractjaar",
        "that of the case, given what was seen, from the next contract year on",
    )

    def model(self, case: Case, n_years: int) -> RiskFactorModel:
        """The model over ``n_years`` of the years that are left."""
        return _Later(factor_model(self.of, self.skipped + n_years), self.skipped, np.array(self.levels), n_years)


@dataclass(frozen=True)
class _Later:
    """The inner model without its first years."""

    inner: RiskFactorModel
    skipped: int
    levels: FloatArray
    n_years: int

    @property
    def n_dimensions(self) -> int:
        """As many normals as the inner model."""
        return self.inner.n_dimensions

    def multipliers(self, normals: FloatArray) -> Factors:
        """Factors of the years that are left, at mean level one in the first."""
        found = later_factors(self.inner.multipliers(normals), self.skipped, self.n_years)
        stock, start, duration, intensity = self.levels
        inflow = found.inflow / np.concatenate([stock[None], np.tile(start, (self.n_years, 1))])
        return replace(
            found, inflow=inflow, duration=found.duration / duration, intensity=found.intensity / intensity
        )


def later_factors(factors: Factors, skipped: int, n_years: int) -> Factors:
    """Factors without the first years: the caseload has the inflow of the last year that is skipped."""
    names: dict[str, Any] = {
        name: getattr(factors, name)[:, skipped : skipped + n_years]
        for name in ("duration", "intensity", "ova_final", "ppc_final", "cao")
    }
    return Factors(inflow=factors.inflow[:, skipped : skipped + n_years + 1], **names)


@kinds_checked
def remaining_case(year: ContractYear) -> Case:
    """The contract years that are left as a case of their own, at the level that was seen.

    Demand has the mean level of the posterior in the next year, and its growth from there; the risk factors are the
    posterior's around it. Revenue is what every contract is expected to be paid this year. Measures and substitution are
    left out: their years are counted from the first contract year.

    Parameters
    ----------
    year : ContractYear
        From ``monitor``.

    Returns
    -------
    Case
        Its first contract year is the one after ``year``.

    Raises
    ------
    UserError
        No contract year is left.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> from bekostiging.monitoring import drawn_months
    >>> from bekostiging.studies import monitor
    >>> case = read_case("veenrand")
    >>> year = monitor(case, drawn_months(case, seed=1, months=3).figures, "2028-03", n_scenarios=32)
    >>> left = remaining_case(year)
    >>> left.first_year, left.n_years
    (2029, 3)
    """
    case, skipped = year.case, year.seen.year + 1
    if skipped >= case.n_years:
        raise UserError(
            f"Na {year.year} lopen de contracten af; er zijn geen jaren om opnieuw te ontwerpen. Maak voor de volgende "
            "periode een nieuwe casus.",
            f"The contracts end after {year.year}; no years are left to design again. Make a new case for the next term.",
        )
    given = given_what_was_seen(year, case.n_years)
    levels = _levels(given, skipped)
    demand = tuple(
        row.model_copy(
            update={
                "clients_at_start": row.clients_at_start * levels[0, i],
                "starts_per_year": row.starts_per_year * levels[1, i],
                "mean_duration_weeks": row.mean_duration_weeks * levels[2, i],
                "units_per_week": row.units_per_week * levels[3, i],
            }
        )
        for i, row in enumerate(case.demand)
    )
    lots = tuple(
        row.model_copy(
            update={
                "first_year": row.first_year + skipped,
                "years": row.years - skipped,
                "lead_years": row.lead_years + skipped,
            }
        )
        for row in case.lots
    )
    paid = year.forecast.payment.mean(axis=0)
    contracts = tuple(
        row.model_copy(update={"revenue": float(paid[c]), "revenue_year": year.year})
        for c, row in enumerate(case.contracts)
    )
    left = replace(case, demand=demand, lots=lots, contracts=contracts, measures=(), substitution=())
    later = LaterYears(given, skipped, tuple(tuple(own) for own in levels.tolist()))
    return with_factor_distribution(left, later)


def _levels(given: Case, skipped: int) -> FloatArray:
    """Mean factors of the caseload, the starts, their duration and intensity in the next year, (4, n_demand)."""
    model = factor_model(given, skipped + 1)
    normals = np.random.default_rng(0).standard_normal((LEVELS // 2, model.n_dimensions))
    found = later_factors(model.multipliers(np.concatenate([normals, -normals])), skipped, 1)
    parts = (found.inflow[:, 0], found.inflow[:, 1], found.duration[:, 0], found.intensity[:, 0])
    return np.stack([own.mean(axis=0) for own in parts])


@kinds_checked
def what_it_takes(year: ContractYear, workers: Count = 1) -> WhatItTakes | None:
    """Settle the rest of a contract year with each measure at several sizes.

    Parameters
    ----------
    year : ContractYear
        From ``monitor``.
    workers : int
        Processes, 1 unless given; the result does not depend on it.

    Returns
    -------
    WhatItTakes or None
        None where nothing of the year is left, or nothing was begroot.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> from bekostiging.monitoring import drawn_months
    >>> from bekostiging.studies import monitor
    >>> case = read_case("veenrand")
    >>> year = monitor(case, drawn_months(case, seed=1, months=3).figures, "2028-03", n_scenarios=32)
    >>> takes = what_it_takes(year)
    >>> [lever.name for lever in takes.levers]
    ['volume', 'duration', 'intensity', 'tariff', 'stop']
    """
    budget = sum(year.begroting.values())
    if year.months_seen >= MONTHS or budget <= 0:
        return None
    case, cells, n_years = year.case, year.cells, year.seen.year + 1
    work = YearWork(case, cells, year.contracts, year.seen.year, known_of(year))
    settings = settings_of(year.months_seen)
    planned = plan(given_what_was_seen(year, n_years), year.n_scenarios, n_years, year.seed, "out_of_sample")
    found = np.concatenate(list(each_block(planned, LeverWork(work, settings), workers)))
    plain, levers = found[:, 0], []
    for name in dict.fromkeys(name for name, _ in settings):
        own = [place for place, (one, _) in enumerate(settings, start=1) if one == name]
        total = found[:, own]
        sizes = np.array([settings[place - 1][1] for place in own])
        if name == "stop":
            # the latest stop is the smallest measure: nobody is stopped after December
            sizes, total = MONTHS - year.months_seen - sizes[::-1], total[:, ::-1]
        levers.append(Lever(name, np.concatenate([[0.0], sizes]), np.concatenate([plain[:, None], total], axis=1)))
    return WhatItTakes(budget, case.policy.certainty, plain, tuple(levers))


@kinds_checked
def adjust(year: ContractYear, design_scenarios: Count = 2048, workers: Count = 1) -> Adjustment:
    """What can be steered: the measures of this year, and the lump sum and places of the years that are left.

    Parameters
    ----------
    year : ContractYear
        From ``monitor``.
    design_scenarios : int
        Scenarios on which the lump sum is designed, 2048 unless given.
    workers : int
        Processes, 1 unless given.

    Returns
    -------
    Adjustment
        What cannot be designed is a sentence in its notes.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> from bekostiging.monitoring import drawn_months
    >>> from bekostiging.studies import monitor
    >>> case = read_case("veenrand")
    >>> year = monitor(case, drawn_months(case, seed=1, months=3).figures, "2028-03", n_scenarios=32)
    >>> adjust(year).design.data.years  # doctest: +SKIP
    (2029, 2030, 2031)
    """
    notes: list[Note] = []

    def tried(own: Callable[[], S], what: tuple[str, str]) -> S | None:
        """Its result, or None with the sentence that says why not."""
        try:
            return own()
        except (UserError, CaseError) as problem:
            notes.append({"nl": f"{what[0]}: {problem.text('nl')}", "en": f"{what[1]}: {problem.text('en')}"})
            return None

    @cache
    def left() -> Case:
        return remaining_case(year)

    def design() -> LumpSumResult:
        return redesigned(
            left(),
            n_scenarios=year.n_scenarios,
            design_scenarios=design_scenarios,
            seed=year.seed,
            workers=workers,
            named=True,
        )

    def places() -> CapacityStudy:
        return study_capacity(left(), n_scenarios=128, seed=year.seed, workers=workers, named=True)

    return Adjustment(
        what_it_takes(year, workers),
        tried(design, ("Lumpsum", "Lump sum")),
        tried(places, ("Plaatsen", "Places")),
        tuple(notes),
    )
