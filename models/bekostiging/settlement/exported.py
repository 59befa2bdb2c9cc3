"""A scenario as the documents of the year would tell it: for teaching, and to test that settlement is what was simulated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.arguments import checked_language, checked_whole, kinds_checked
from bekostiging.case.errors import Said
from bekostiging.case.kinds import Count, Seed
from bekostiging.case.kinds import Index as Place
from bekostiging.case.year_tables import Excess, Measured, Statement
from bekostiging.contracts import price_levels
from bekostiging.contracts.terms import contract_class
from bekostiging.scenarios import CareUse, Cells, draw_block, plan
from bekostiging.settlement.care import COLUMNS

FEWEST = 32
"""Scenarios that are planned; only the first is looked at."""
SOURCE: Said = ("scenario van het model (verzonnen)", "scenario of the model (invented)")


@kinds_checked
def figures_of_scenario(
    case: Case, cells: Cells, care_use: CareUse, scenario: Place, lang: str = "nl"
) -> tuple[Case, YearFigures]:
    """One scenario as tables of contract years, with every figure that a clause may ask.

    Parameters
    ----------
    case : Case
        Whose scenario it is.
    cells : Cells
        Those of the case.
    care_use : CareUse
        What clients used; over the whole term, or its first years.
    scenario : int
        Place in ``care_use``.
    lang : str
        Language of the source of every row, ``nl`` or ``en``.

    Returns
    -------
    tuple of Case and YearFigures
        The case with the final indices of the scenario, and the figures; all illustrative.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = read_case("veenrand")
    >>> cells = build_cells(case)
    >>> known, figures = figures_of_scenario(case, cells, expected_care_use(case, cells, 1), scenario=0)
    >>> figures.years, len(figures.statements) == int((cells.contract >= 0).sum())
    ((2028,), True)
    """
    checked_whole("scenario", scenario, 0, care_use.n_scenarios - 1)
    mark = {
        "source": SOURCE[lang != "nl"],
        "status": "illustrative",
        "entered_by": {"nl": "model", "en": "model"}[lang],
        "entered_on": f"{case.first_year + care_use.n_years}-02-01",
    }
    forms = {lot.id: contract_class(lot.payment_form) for lot in case.lots}
    statements: list[Statement] = []
    excess: list[Excess] = []
    outcomes: list[Measured] = []
    for c, row in enumerate(case.contracts):
        own = np.flatnonzero(cells.contract == c)
        levels = price_levels(case, row.lot, care_use)
        for year in range(care_use.n_years):
            of = {"year": case.first_year + year, "provider": row.provider, "lot": row.lot, **mark}
            for cell in own:
                where = of | {
                    "care_form": cells.care_form_ids[cells.care_form[cell]],
                    "area": cells.area_ids[cells.area[cell]],
                }
                units = {
                    column: float(getattr(care_use, name)[scenario, year, cell])
                    for name, column in COLUMNS.items()
                }
                cao = levels.cao[scenario, year, cells.care_form[cell]]
                units["cost"] = units["units"] * float(cells.unit_cost[cell] * levels.cost[scenario, year] * cao)
                statements.append(_exact(Statement, where | units))
                price = float(levels.price[scenario, year])
                for k, threshold in enumerate(care_use.thresholds):
                    for basis, measure in (("claimed", forms[row.lot].measure), ("delivered", "delivered")):
                        euros = float(care_use.excess[measure][scenario, year, cell, k]) * price
                        more = {"threshold": threshold, "measured_on": basis, "euros": euros}
                        excess.append(_exact(Excess, where | more))
            started = float(care_use.starts_by_profile[scenario, year, own].sum())
            good = float(care_use.successes_by_profile[scenario, year, own].sum())
            if started > 0:
                counted = {"outcome": "goals_reached", "numerator": good, "denominator": started}
                outcomes.append(_exact(Measured, of | counted))
    figures = YearFigures(statements=tuple(statements), excess=tuple(excess), outcomes=tuple(outcomes))
    return _with_finals(case, care_use, scenario), figures


@kinds_checked
def drawn_year(case: Case, seed: Seed, years: Count = 1, lang: str = "nl") -> YearFigures:
    """Contract years as the model draws them, for teaching and tests; every figure is invented.

    Parameters
    ----------
    case : Case
        With the contracts.
    seed : int
        Of the draw.
    years : int
        Contract years, from the first on.
    lang : str
        Language of the sources, ``nl`` or ``en``.

    Returns
    -------
    YearFigures
        Statements and what clauses ask beside them; nothing is paid or determined yet. The indices that were drawn are left
        out, so that a settlement is at the forecast index.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> figures = drawn_year(synthetic_region(municipalities=2, providers=6), seed=1)
    >>> figures.years, {row.status for row in figures.statements}
    ((2026,), {'illustrative'})
    """
    made = plan(case, FEWEST, min(years, case.n_years), seed, "out_of_sample")
    return figures_of_scenario(
        case, made.cells, draw_block(made, 0).care_use(), 0, checked_language("lang", lang)
    )[1]


def _exact(model: Any, values: dict[str, Any]) -> Any:
    """A row with its numbers as they are: a scenario has parts of clients that no document has."""
    return model.model_construct(line=0, **values)


def _with_finals(case: Case, care_use: CareUse, scenario: int) -> Case:
    """The case with the indices of a scenario as the final ones."""
    indices = []
    for row in case.indices:
        year = row.year - case.first_year
        if 0 <= year < care_use.n_years:
            final = {
                "ova_final": float(care_use.ova_final[scenario, year]),
                "ppc_final": float(care_use.ppc_final[scenario, year]),
            }
            row = row.model_copy(update=final)
        indices.append(row)
    return replace(case, indices=tuple(indices))
