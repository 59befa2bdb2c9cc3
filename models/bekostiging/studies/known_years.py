"""A case as it was in a past year, and what it would have said of the years that are known since.

Two models are put back in time. The **deciding** one is the case itself: what was stated stays (growth, demography, spread),
what was estimated is estimated from the years up to the origin. The **estimated** one takes growth and every spread from
the years up to the origin. Both know the counts of the origin year, and nothing after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bekostiging.case import Case, UserError
from bekostiging.case.growth import growth_estimates
from bekostiging.case.persons import persons
from bekostiging.case.series import FEWEST_YEARS, Series, all_series
from bekostiging.case.spread import estimated_spreads, with_estimates
from bekostiging.case.tables import LAWS, Demand, Index, RiskFactor
from bekostiging.scenarios import Cells, Plan, expected_care_use, normals_of
from bekostiging_solvers.typing import BoolArray, FloatArray

Model = Literal["deciding", "estimated"]


@dataclass(frozen=True)
class KnownYears:
    """The series that can be predicted from an origin year, and up to which year.

    Attributes
    ----------
    origin, last : int
        Last year that is taken as known, and the last year that is predicted.
    totals : tuple of Series
        Of municipalities: laws, or care forms where no law is counted.
    areas : tuple of Series
        Of areas, for laws or care forms that have a total.
    """

    origin: int
    last: int
    totals: tuple[Series, ...]
    areas: tuple[Series, ...]

    @property
    def targets(self) -> tuple[Series, ...]:
        """Totals, then areas."""
        return (*self.totals, *self.areas)

    @property
    def n_years(self) -> int:
        """Years predicted."""
        return self.last - self.origin


def known_years(case: Case, origin: int | None = None) -> KnownYears:
    """What history knows from an origin year on; without one the third year of the longest series.

    Raises
    ------
    UserError
        No series of a municipality with a year to start from and one to predict.
    """
    known = all_series(case)
    known = tuple(one for one in known if asked_for(case, one) > 0)
    totals = _totals(case, known)
    if origin is None:
        longest = max(totals, key=lambda one: len(one.years), default=None)
        if longest is None or len(longest.years) <= FEWEST_YEARS:
            raise _too_short(FEWEST_YEARS + 1)
        origin = longest.years[FEWEST_YEARS - 1]
    totals = [one for one in totals if origin in one.years and one.years[-1] > origin]
    if not totals:
        raise _too_short(2)
    places, forms = {area.id for area in case.areas}, {one.care_form for one in totals}
    areas = [
        one
        for one in known
        if one.place in places
        and one.care_form in forms
        and origin in one.years[1:]  # one year does not tell how an area grows apart
        and one.years[-1] > origin
    ]
    return KnownYears(origin, max(one.years[-1] for one in totals), tuple(totals), tuple(areas))


def _too_short(years: int) -> UserError:
    return UserError(
        f"history: geen gemeente heeft een reeks cliënten van {years} jaren onder een definitie, waaronder het jaar van "
        "uitgang en een later jaar; vul history aan.",
        f"history: no municipality has a series of clients of {years} years under one definition, the year of origin and a "
        "later one among them; add to history.",
    )


def _totals(case: Case, known: Sequence[Series]) -> list[Series]:
    """Series of municipalities: of laws, or of care forms where no law has one."""
    own = [one for one in known if one.place in {row.code for row in case.municipalities}]
    return [one for one in own if one.care_form in LAWS] or own


def count_in(one: Series, year: int) -> float:
    """The count of a year."""
    return one.counts[one.years.index(year)]


def until(one: Series, origin: int) -> Series:
    """The years up to the origin."""
    n = sum(year <= origin for year in one.years)
    return replace(one, years=one.years[:n], counts=one.counts[:n])


def _forms(case: Case, name: str) -> set[str]:
    """Care forms of a law, or the one named."""
    return {form.id for form in case.care_forms if name in (form.law, form.id)}


def _demand_of(case: Case, one: Series) -> list[Demand]:
    """Rows of demand that a series counts."""
    inside = {area.id for area in case.areas if one.place in (area.id, area.municipality)}
    forms = _forms(case, one.care_form)
    return [row for row in case.demand if row.area in inside and row.care_form in forms]


def asked_for(case: Case, one: Series) -> float:
    """Trajectories of a year in the demand that a series counts; zero where the case has no such demand to predict."""
    return sum(row.clients_at_start + row.starts_per_year for row in _demand_of(case, one))


def put_back(case: Case, known: KnownYears, model: Model) -> Case:
    """The case as it was in the origin year, by one of the two models, with the counts of that year.

    Raises
    ------
    UserError
        A series that mixes definitions.
    """
    origin = known.origin
    stated = model == "deciding"
    back = replace(case, known_until=origin, risk_factors=_unfilled(case, every=not stated))
    flat = {"source": "backtest", "status": "estimated"}
    return with_estimates(
        replace(
            back,
            base_year=origin,
            demand=_demand(back, known, stated=stated),
            areas=case.areas if stated else tuple(
                area.model_copy(update={"growth_0_17": 0.0, "growth_18_64": 0.0, "growth_65_plus": 0.0})
                for area in case.areas
            ),
            lots=tuple(
                lot.model_copy(update={"first_year": origin + 1, "lead_years": 1, "years": known.n_years})
                for lot in case.lots
            ),
            indices=tuple(
                Index.model_validate({"year": origin + 1 + t, "ova_forecast": 0.0, "ppc_forecast": 0.0} | flat)
                for t in range(known.n_years)
            ),
            combinations=(),
            measures=(),
            substitution=(),
        )
    )  # fmt: skip


def _unfilled(case: Case, *, every: bool) -> tuple[RiskFactor, ...]:
    """Risk factors without the standard deviations that the origin year estimates."""
    names = estimated_spreads(case)
    return tuple(
        row.model_copy(update={"standard_deviation": None})
        if row.quantity == "inflow" and (every or row.id in names)
        else row
        for row in case.risk_factors
    )


def _demand(case: Case, known: KnownYears, *, stated: bool) -> tuple[Demand, ...]:
    """Demand of the totals, scaled to their counts of the origin year, with the growth of the model."""
    payer = {area.id: area for area in case.areas}
    bands = {form.id: form.age_band for form in case.care_forms}
    law = {form.id: str(form.law) for form in case.care_forms}
    growths = {(one.place, one.law): one for one in growth_estimates(case, known.origin)}
    demand: list[Demand] = []
    for one in known.totals:
        own = _demand_of(case, one)
        scale = count_in(one, known.origin) / persons(case, one.care_form, asked_for(case, one))
        for row in own:
            changed = {
                "clients_at_start": scale * row.clients_at_start,
                "starts_per_year": scale * row.starts_per_year,
            }
            growth = growths[one.place, law[row.care_form]]
            if not stated:
                changed |= {"growth_duration": 0.0, "growth_intensity": 0.0, "growth": float(np.expm1(growth.mean)),
                            "growth_standard_error": growth.standard_error}  # fmt: skip
            elif row.growth_standard_error:
                demography = 1 + getattr(payer[row.area], f"growth_{bands[row.care_form]}")
                changed |= {"growth": float(np.exp(growth.mean) / demography - 1),
                            "growth_standard_error": growth.standard_error}  # fmt: skip
            demand.append(row.model_copy(update=changed))
    return tuple(demand)


def cells_of(case: Case, cells: Cells, one: Series) -> BoolArray:
    """Which cells a series counts; (n_cells,)."""
    inside = {area.id for area in case.areas if one.place in (area.id, area.municipality)}
    forms = _forms(case, one.care_form)
    pairs = zip(cells.area, cells.care_form, strict=True)
    return np.array([cells.area_ids[a] in inside and cells.care_form_ids[f] in forms for a, f in pairs])


def persons_of(case: Case, cells: Cells, clients: FloatArray, one: Series, origin: int) -> FloatArray:
    """Clients of scenarios (n_scenarios, n_years, n_cells) as what a series counts, at its own count in the origin year."""
    scale = count_in(one, origin) / asked_for(case, one)
    return np.asarray(clients[:, :, cells_of(case, cells, one)].sum(axis=2) * scale)


def without_clients(planned: Plan, known: KnownYears, seed: int) -> FloatArray:
    """Persons of every total in every scenario, (n_scenarios, n_years, n_totals), clients not drawn one by one: their
    expectation given the factors, and a normal with the variance of starts for counting."""
    case, cells = planned.case, planned.cells
    factors = planned.factor_model.multipliers(normals_of(planned))
    clients = expected_care_use(case, cells, planned.n_years, factors).clients
    dispersion = max(row.starts_dispersion for row in case.demand)
    rng = np.random.Generator(np.random.SFC64([seed, 2]))
    columns = []
    for one in known.totals:
        expected = clients[:, :, cells_of(case, cells, one)].sum(axis=2)
        noise = np.sqrt(dispersion / np.maximum(expected, 1.0)) * rng.standard_normal(expected.shape)
        columns.append(persons_of(case, cells, clients, one, known.origin) * np.maximum(1 + noise, 0.0))
    return np.stack(columns, axis=2)
