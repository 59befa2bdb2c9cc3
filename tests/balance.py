"""A case in balance: then every payment form costs the same in every year, hours budgets too."""

from __future__ import annotations

from dataclasses import replace

from bekostiging.case import Case
from bekostiging.units import WEEKS_PER_YEAR


def in_balance(case: Case) -> Case:
    """The case without growth, its caseload as large as its starts keep in care (Little 1961)."""
    still = dict.fromkeys(("growth", "growth_duration", "growth_intensity"), 0.0)
    demand = tuple(
        row.model_copy(
            update=still | {"clients_at_start": row.starts_per_year * row.mean_duration_weeks / WEEKS_PER_YEAR}
        )
        for row in case.demand
    )
    ages = dict.fromkeys(("growth_0_17", "growth_18_64", "growth_65_plus"), 0.0)
    areas = tuple(row.model_copy(update=ages) for row in case.areas)
    offers = tuple(row.model_copy(update={"share_drift": 0.0}) for row in case.offers)
    return replace(case, demand=demand, areas=areas, offers=offers)
