"""Trajectories that a case describes, drawn one by one for a region that does not exist.

Who is in care on the first day is drawn as the case says of its base year, with equilibrium ages (Cox 1962, ch. 5);
starts of every month after it are negative binomial. So the caseload stays what it is where starts times duration is
the caseload (Little 1961), and goes there where it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bekostiging.case.errors import UserError
from bekostiging.case.model import Case
from bekostiging.messages.generator.numbers import MOST_PERSONS
from bekostiging.scenarios.distributions import LAWS, Mixed
from bekostiging.scenarios.forecast import durations
from bekostiging.units import DAYS_PER_WEEK, MONTHS, WEEKS_PER_MONTH
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

LONGEST_YEARS = 20
"""Before the first day of the messages; who came earlier came then."""


@dataclass(frozen=True)
class Trajectories:
    """Arrays of shape (n_trajectories,): ``row`` of demand, ``offer`` of its provider, ``person`` from zero, days as
    ordinals.

    ``ends`` is the last day of care, which may lie after the last message; ``agreed`` units a week, ``realised`` over
    agreed.
    """

    row: IntArray
    offer: IntArray
    person: IntArray
    begins: IntArray
    ends: IntArray
    agreed: FloatArray
    realised: FloatArray
    channel: IntArray
    crisis: BoolArray

    def of(self, chosen: IntArray | BoolArray) -> Trajectories:
        """Some of them."""
        return Trajectories(
            self.row[chosen], self.offer[chosen], self.person[chosen], self.begins[chosen], self.ends[chosen],
            self.agreed[chosen], self.realised[chosen], self.channel[chosen], self.crisis[chosen],
        )  # fmt: skip


def draw_trajectories(case: Case, years: int, scale: float, seed: int) -> Trajectories:
    """Trajectories of so many years, the base year the last.

    Raises
    ------
    UserError
        More persons than there are test numbers.
    """
    rng = np.random.default_rng(seed)
    law = durations(case)
    row, begins, ends = _lives(case, law, years, scale, rng)
    n = len(row)
    if n > MOST_PERSONS:
        raise UserError(
            f"dit zijn {n} cliënten en er zijn {MOST_PERSONS} testnummers; kies een kleinere scale.",
            f"these are {n} clients and there are {MOST_PERSONS} test numbers; choose a smaller scale.",
            exit_code=2,
        )
    names = [one.units_distribution for one in case.demand]
    units = Mixed(
        laws=tuple(LAWS.values()),
        law=np.array([list(LAWS).index(name) for name in names]),
        mean=np.array([one.units_per_week for one in case.demand]),
        cv=np.array([one.units_cv or 0.0 for one in case.demand]),
    )
    realised = np.sqrt(np.log1p(np.square([one.realised_cv or 0.0 for one in case.demand])))[row]
    chance = rng.random(n)
    own = np.array([one.own_access_share for one in case.demand])[row]
    through_gp = np.array([one.gp_share for one in case.demand])[row]
    drawn = Trajectories(
        row=row, offer=_offers(case, row, rng), person=rng.permutation(n), begins=begins, ends=ends,
        agreed=units.mean[row] * units.draw(row, None, rng),
        realised=np.exp(realised * rng.standard_normal(n) - realised**2 / 2),
        channel=np.where(chance < own, 0, np.where(chance < own + through_gp, 1, 2)),
        crisis=rng.random(n) < np.array([one.crisis_share for one in case.demand])[row],
    )  # fmt: skip
    return _combined(case, drawn, rng)


def _lives(
    case: Case, law: Mixed, years: int, scale: float, rng: np.random.Generator
) -> tuple[IntArray, IntArray, IntArray]:
    """Row of demand, first and last day of every trajectory."""
    first_day = date(case.base_year - years + 1, 1, 1).toordinal()
    days = law.mean * WEEKS_PER_MONTH * DAYS_PER_WEEK
    stock = rng.poisson(scale * np.array([one.clients_at_start for one in case.demand]))
    row = np.repeat(np.arange(len(stock)), stock)
    length = days[row] * law.draw(row, np.ones(len(row), dtype=bool), rng)
    age = np.minimum(length * rng.random(len(row)), LONGEST_YEARS * 365.0)
    begins = first_day - 1 - np.floor(age).astype(np.int64)
    parts = [(row, begins, first_day + np.floor(length - age).astype(np.int64))]
    for year in range(case.base_year - years + 1, case.base_year + 1):
        for month in range(1, MONTHS + 1):
            begin = date(year, month, 1).toordinal()
            end = date(year + month // MONTHS, month % MONTHS + 1, 1).toordinal()
            row = _starts(case, scale, rng)
            begins = begin + rng.integers(0, end - begin, len(row))
            parts.append((row, begins, begins + np.floor(days[row] * law.draw(row, None, rng)).astype(np.int64)))
    row, begins, ends = (np.concatenate(column) for column in zip(*parts, strict=True))
    return row, begins, ends


def _starts(case: Case, scale: float, rng: np.random.Generator) -> IntArray:
    """Rows of demand of the starts of one month: variance over mean is the dispersion."""
    mean = scale * np.array([one.starts_per_year for one in case.demand]) / MONTHS
    excess = np.array([one.starts_dispersion for one in case.demand]) - 1
    wide = (excess > 0) & (mean > 0)
    mixed = mean.copy()
    mixed[wide] = excess[wide] * rng.standard_gamma(mean[wide] / excess[wide])
    return np.asarray(np.repeat(np.arange(len(mean)), rng.poisson(mixed)))


def _offers(case: Case, row: IntArray, rng: np.random.Generator) -> IntArray:
    """The offer of every trajectory, by market share."""
    offer = np.zeros(len(row), dtype=np.int64)
    for number, demand in enumerate(case.demand):
        own = [
            place
            for place, one in enumerate(case.offers)
            if one.care_form == demand.care_form and one.area in ("", demand.area)
        ]
        mine = np.flatnonzero(row == number)
        if not own and len(mine):
            raise UserError(
                f"niemand biedt {demand.care_form} in {demand.area} aan; vul offers aan.",
                f"nobody offers {demand.care_form} in {demand.area}; complete offers.",
            )
        if len(mine):
            shares = np.array([case.offers[place].market_share for place in own])
            offer[mine] = rng.choice(np.array(own), size=len(mine), p=shares / shares.sum())
    return offer


def _combined(case: Case, drawn: Trajectories, rng: np.random.Generator) -> Trajectories:
    """Some persons with two care forms that begin on one day: two trajectories of one month become those of one person."""
    person, begins, ends = drawn.person.copy(), drawn.begins.copy(), drawn.ends.copy()
    forms = np.array([one.care_form for one in case.demand])[drawn.row]
    areas = np.array([one.area for one in case.demand])[drawn.row]
    base = date(case.base_year, 1, 1).toordinal()
    month = np.array([date.fromordinal(int(day)).month if day >= base else 0 for day in begins])
    free = np.ones(len(person), dtype=bool)
    for pair in case.combinations:
        for one in np.flatnonzero(
            (forms == pair.care_form) & (month > 0) & (rng.random(len(person)) < pair.share)
        ):
            second = np.flatnonzero(
                free & (forms == pair.second_care_form) & (areas == areas[one]) & (month == month[one])
            )
            if len(second) and free[one]:
                other = int(rng.choice(second))
                ends[other] += begins[one] - begins[other]
                person[other], begins[other] = person[one], begins[one]
                free[one] = free[other] = False
    return replace(drawn, person=person, begins=begins, ends=ends)
