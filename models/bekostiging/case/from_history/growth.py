"""How clients of a law grow in a municipality (``case.growth``), and what of it lies beyond the demography of its areas.

With g the yearly growth of the clients of a law in a municipality and d the growth that the demography of its areas brings
to them (the mean over its clients), every row of demand of that law grows by b beyond demography, (1 + b)(1 + d) = 1 + g: so
the clients together grow by g. Its error is that of g, of one draw per municipality and law.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, fsum

from bekostiging.case.growth import GrowthEstimate, growth_estimates
from bekostiging.case.model import Case
from bekostiging.case.tables import Demand

Growths = Mapping[tuple[str, str], GrowthEstimate]
"""Growth by (municipality, law)."""


def law_growths(case: Case) -> Growths:
    """Growth of the clients of every law in every municipality that has care in the case."""
    return {(one.place, one.law): one for one in growth_estimates(case)}


def yearly(growth: GrowthEstimate) -> float:
    """Growth a year as a fraction."""
    return exp(growth.mean) - 1


def with_growth(case: Case, growths: Growths) -> tuple[Demand, ...]:
    """Demand with the growth beyond demography that makes the clients of a law grow as estimated, and its error."""
    laws = {form.id: str(form.law) for form in case.care_forms}
    names = {row.code: row.name for row in case.municipalities}
    homes = {area.id: area.municipality for area in case.areas}
    beyond = {key: (1 + yearly(growth)) / (1 + _by_demography(case, *key)) - 1 for key, growth in growths.items()}
    rows = []
    for row in case.demand:
        key = (homes[row.area], laws[row.care_form])
        growth = growths[key]
        mean, error = (f"{100 * value:.1f}".replace(".", ",") for value in (yearly(growth), growth.standard_error))
        years = f"historie {growth.years[0]}-{growth.years[-1]} en " if growth.own is not None else ""
        told = f"groei {key[1]} {names[key[0]]} {mean} % per jaar, standaardfout {error} ({years}landelijk)"
        update = {"growth": round(beyond[key], 5), "growth_standard_error": round(growth.standard_error, 5)}
        rows.append(row.model_copy(update=update | {"source": f"{row.source}; {told}"}))
    return tuple(rows)


def _by_demography(case: Case, code: str, law: str) -> float:
    """Growth that demography alone brings to the clients of a law in a municipality."""
    bands = {form.id: form.age_band for form in case.care_forms if form.law == law}
    areas = {area.id: area for area in case.areas if area.municipality == code}
    rows = [row for row in case.demand if row.care_form in bands and row.area in areas]
    weights = [row.clients_at_start + row.starts_per_year for row in rows]
    growths = [float(getattr(areas[row.area], f"growth_{bands[row.care_form]}")) for row in rows]
    total = fsum(weights)
    return fsum(w * d for w, d in zip(weights, growths, strict=True)) / total if total > 0 else 0.0
