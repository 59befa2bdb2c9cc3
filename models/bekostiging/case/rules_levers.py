"""Rules of measures and substitution: what moves clients on purpose or by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bekostiging.case.errors import Problem
from bekostiging.case.model import Case
from bekostiging.case.national import national_problems
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.tables import OUTSIDE, Substitution


def _measures(case: Case) -> Iterator[Problem]:
    """A measure succeeds as a whole; on inflow it can only bring clients down."""
    chance: dict[str, float] = {}
    for row in case.measures:
        if chance.setdefault(row.id, row.chance) != row.chance:
            yield Problem(
                "measures",
                f"maatregel {row.id} heeft kans {in_nl(chance[row.id])} en {in_nl(row.chance)}; hij slaagt als "
                "geheel, vul "
                "een kans in",
                f"measure {row.id} has chance {in_en(chance[row.id])} and {in_en(row.chance)}; it succeeds as "
                "a whole, give "
                "one chance",
                row=row.line,
                column="chance",
            )
        if row.quantity == "inflow" and row.effect > 0:
            yield Problem(
                "measures",
                f"maatregel {row.id} laat de instroom groeien ({in_nl(row.effect)}); neem daarvoor een schok "
                "of substitution",
                f"measure {row.id} makes inflow grow ({in_en(row.effect)}); take a shock or substitution for that",
                row=row.line,
                column="effect",
            )


def _substitution(case: Case) -> Iterator[Problem]:
    """Between two care forms, or a care form and an outside payer; no more leaves than starts; the area has both."""
    forms = [form.id for form in case.care_forms]
    leaving: dict[str, float] = {}
    for row in case.substitution:
        unknown = [name for name in (row.origin, row.destination) if name not in (*forms, *OUTSIDE)]
        ends = sum(name in forms for name in (row.origin, row.destination))
        if unknown or ends == 0 or row.origin == row.destination:
            wrong = unknown[0] if unknown else row.destination
            known = ", ".join((*forms, *OUTSIDE))
            yield Problem(
                "substitution",
                f"van {row.origin} naar {row.destination}: '{wrong}' kan hier niet; verschuiving loopt tussen twee "
                f"zorgvormen of tussen een zorgvorm en een andere betaler ({known})",
                f"from {row.origin} to {row.destination}: '{wrong}' cannot stand here; substitution is between "
                "two care "
                f"forms or between a care form and another payer ({known})",
                row=row.line,
                column="destination",
            )
            continue
        leaving[row.origin] = leaving.get(row.origin, 0.0) + (row.share if row.origin in forms else 0.0)
        if leaving[row.origin] > 1:
            yield Problem(
                "substitution",
                f"uit {row.origin} vertrekt {in_nl(leaving[row.origin])} van de starts, hoogstens 1; verlaag share",
                f"{in_en(leaving[row.origin])} of the starts leave {row.origin}, at most 1; lower share",
                row=row.line,
                column="share",
            )
        if ends == 2:
            yield from _destinations(case, row)


def _destinations(case: Case, row: Substitution) -> Iterator[Problem]:
    """Some area has starts of both care forms; where one is absent nobody moves."""
    starts = {(demand.area, demand.care_form): demand.starts_per_year for demand in case.demand}
    if not any(
        starts.get((area.id, row.origin)) and starts.get((area.id, row.destination)) for area in case.areas
    ):
        yield Problem(
            "substitution",
            f"geen gebied heeft in demand starts van {row.origin} en van {row.destination}; vul die rijen in",
            f"no area has starts of both {row.origin} and {row.destination} in demand; fill in those rows",
            row=row.line,
            column="destination",
        )


LEVER_RULES: tuple[Callable[[Case], Iterator[Problem]], ...] = (_measures, national_problems, _substitution)
"""In the order a reader would mend them."""
