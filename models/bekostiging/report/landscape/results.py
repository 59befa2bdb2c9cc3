"""The care landscape as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bekostiging.studies import Landscape


def landscape_results(study: Landscape) -> dict[str, Any]:
    """Every cell, concentration, roles and what nobody serves; euro a year at the tariffs, clients of the base year."""
    seen = {} if study.seen is None else {"messages": asdict(study.seen)}
    return {
        "base_year": study.case.base_year,
        "first_year": study.case.first_year,
        "deliveries": study.to_frame().to_dict("records"),
        "concentration": {form: asdict(one) for form, one in study.concentration.items()},
        "roles": [asdict(role) for role in study.roles],
        "unserved": [
            {"area": area, "care_form": form, "clients": clients} for area, form, clients in study.unserved
        ],
    } | seen
