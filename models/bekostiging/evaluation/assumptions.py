"""What a case that was estimated from history assumes, and what each assumption is worth in euros; at expectation.

Spending is that of the contracts, in closed form (``scenarios.expected_care_use``): expected units at tariff and expected
price level. Each effect is the difference that one assumption makes to it over the term.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import get_args

import numpy as np

from bekostiging.case import Case, unit_prices
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.growth import growth_estimates
from bekostiging.case.spread import estimated_spreads
from bekostiging.case.tables import Law, RiskFactor
from bekostiging.contracts import expected_level
from bekostiging.scenarios import Cells, build_cells, expected_care_use, multiply, neutral_factors
from bekostiging_solvers.typing import FloatArray

POINT = 0.01
"""One percentage point, or one percent of a tariff."""
NOTABLE = 0.05
"""Part of a variance below which it does not show in the first two digits of its root."""
UNCERTAIN_LEVELS = ("national", "municipality", "care_form")
"""Levels of the factors that move the inflow of a care form in a municipality."""


@dataclass(frozen=True)
class Assumed:
    """The assumptions of an estimated case in numbers.

    Parameters
    ----------
    spending : float
        Expected euro over the term.
    growth : dict of str to float
        Yearly growth of the clients in the contracts by law, demography included; a fraction.
    error : dict of str to float or None
        Its standard error, that of a municipality; None where growth was stated.
    growth_point : float
        Euro over the term of one percentage point more growth a year, from the base year on.
    spread : float
        Standard deviation of what moves the inflow of a care form in a municipality from year to year; a fraction.
    too_short : bool
        Whether the figures are too short to tell it, so that floors (``case.spread``) are over ``NOTABLE`` of its variance.
    spread_euro : float
        Euro over the term of that much more inflow in every contract year.
    price_years : tuple of int
        Years of history whose prices were taken; empty where none was.
    index, index_euro : float or None
        Index from those years to the first contract year, by which the tariffs were raised, and its euro over the term. None
        where no price was taken, or table indices lacks a year.
    index_invented : tuple of int
        Years of that index whose wages and prices are invented.
    tariff_percent : float
        Euro over the term of one percent on every tariff.
    invented : dict of str to float
        Euro over the term at tariffs that were invented, by the name of the care form.
    own_growth, own_spread : bool
        Whether a series of the region itself was long enough to count in the growth, and in the spread of the inflow.

    Examples
    --------
    >>> Assumed(1e6, {"wmo": 0.02}, {"wmo": 0.01}, 3e4, 0.03, False, 2e4, (2024,), 0.07, 7e4, (2026,), 1e4, {}).index_euro
    70000.0
    """

    spending: float
    growth: dict[str, float]
    error: dict[str, float | None]
    growth_point: float
    spread: float
    too_short: bool
    spread_euro: float
    price_years: tuple[int, ...]
    index: float | None
    index_euro: float | None
    index_invented: tuple[int, ...]
    tariff_percent: float
    invented: dict[str, float]
    own_growth: bool = True
    own_spread: bool = True


@kinds_checked
def assumed(case: Case, given: Sequence[str] = ()) -> Assumed:
    """The assumptions of a case that was estimated from history, and their euros.

    Parameters
    ----------
    case : Case
        As ``case_from_history`` gives it.
    given : sequence of str
        Tables that were brought and not estimated.

    Returns
    -------
    Assumed
        Euro over the contract years, at expectation.

    Raises
    ------
    UserError
        An argument of another kind.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> found = assumed(synthetic_region(2, 6))
    >>> round(found.spending), round(found.tariff_percent), found.price_years
    (127986447, 1279864, ())
    """
    return case.cache.of(("assumed", tuple(given)), (), lambda: _assumed(case, given))


def _assumed(case: Case, given: Sequence[str]) -> Assumed:
    """The assumptions, computed."""
    cells = build_cells(case)
    by_cell = _euros(case, cells)
    spending = float(by_cell.sum())
    faster = replace(
        case, demand=tuple(row.model_copy(update={"growth": row.growth + POINT}) for row in case.demand)
    )
    spread = sum(row.standard_deviation**2 for row in _moving(case) if row.standard_deviation) ** 0.5
    growth, error = _growth(case, cells)
    by_form = {
        form: float(by_cell[cells.care_form == place].sum()) for place, form in enumerate(cells.care_form_ids)
    }
    names = {row.id: row.name for row in case.care_forms}
    prices = {} if "offers" in given else unit_prices(case)
    years = {form: price.year for form, price in prices.items() if by_form[form] > 0}
    index, index_euro = _index(case, cells, by_cell, years)
    return Assumed(
        spending=spending,
        growth=growth,
        error=error,
        growth_point=float(_euros(faster, cells).sum()) - spending,
        spread=spread,
        too_short=_floor_counts(case, spread),
        spread_euro=float(_euros(case, cells, 1 + spread).sum()) - spending,
        price_years=tuple(sorted(set(years.values()))),
        index=index,
        index_euro=index_euro,
        index_invented=tuple(
            row.year
            for row in case.indices
            if row.status == "illustrative" and min(years.values(), default=row.year) < row.year <= case.first_year
        ),
        tariff_percent=POINT * spending,
        invented={}
        if "offers" in given
        else {names[f]: e for f, e in by_form.items() if f not in prices and e > 0},
        own_growth=any(one.own is not None for one in growth_estimates(case)),
        own_spread=any(one.own for one in estimated_spreads(case).values()),
    )


def _euros(case: Case, cells: Cells, inflow: float = 1.0) -> FloatArray:
    """Expected euro of every cell over the term, with the inflow of every contract year multiplied; (n_cells,)."""
    factors = neutral_factors(case, case.n_years)
    multiply(factors, "inflow", slice(None), np.array([inflow]))
    units = expected_care_use(case, cells, case.n_years, factors).units[0]
    found = np.zeros(cells.n_cells)
    for place, lot in enumerate(cells.lot_ids):
        own = cells.lot == place
        found[own] = (expected_level(case, lot, case.n_years) @ units[:, own]) * cells.tariff[own]
    return found


def _floor_counts(case: Case, spread: float) -> bool:
    """Whether floors, taken where the years cannot tell, are a notable part of a spread."""
    floors = sum(one.estimate**2 for one in estimated_spreads(case).values() if one.too_short)
    return floors > NOTABLE * spread**2


def _moving(case: Case) -> list[RiskFactor]:
    """Factors that move the inflow of a care form in a municipality."""
    return [row for row in case.risk_factors if row.quantity == "inflow" and row.level in UNCERTAIN_LEVELS]


def _growth(case: Case, cells: Cells) -> tuple[dict[str, float], dict[str, float | None]]:
    """Growth of the clients in the contracts by law, with demography, and the error of a municipality; both by clients."""
    forms, areas = {row.id: row for row in case.care_forms}, {row.id: row for row in case.areas}
    bought = {cells.care_form_ids[form] for form in cells.care_form[cells.lot >= 0]}
    mean: dict[str, float] = {}
    error: dict[str, float | None] = {}
    for law in get_args(Law):
        rows = [row for row in case.demand if forms[row.care_form].law == law and row.care_form in bought]
        weights = [row.clients_at_start + row.starts_per_year for row in rows]
        if not fsum(weights):
            continue
        growths = [
            (1 + row.growth) * (1 + getattr(areas[row.area], f"growth_{forms[row.care_form].age_band}")) - 1
            for row in rows
        ]
        mean[law] = float(np.average(growths, weights=weights))
        errors = [row.growth_standard_error for row in rows]
        error[law] = float(np.average(errors, weights=weights)) if any(errors) else None
    return mean, error


def _index(
    case: Case, cells: Cells, by_cell: FloatArray, years: Mapping[str, int]
) -> tuple[float | None, float | None]:
    """Index by which the prices of care forms were brought to the first contract year, and its euro in ``by_cell``; None
    without prices, or where a year has no index."""
    until = case.first_year
    if not years or any(case.price_index.missing(*sorted((year, until))) for year in years.values()):
        return None, None
    before, after = [], []
    for euro, form, lot in zip(by_cell, cells.care_form, cells.lot, strict=True):
        name = cells.care_form_ids[form]
        if name in years and lot >= 0:
            before.append(float(euro) / case.price_index.between(cells.lot_ids[lot], years[name], until))
            after.append(float(euro))
    more = fsum(after) - fsum(before)
    return more / fsum(before), more
