"""Rules of what can be reserved: blocks that fit, places that are somewhere, limits that leave room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bekostiging.case.capacity_tables import FAR
from bekostiging.case.errors import Problem
from bekostiging.case.model import Case
from bekostiging.case.numbers import in_en, in_nl


def _places(case: Case) -> Iterator[Problem]:
    """Minimum and block within the maximum, of a care form that the provider offers."""
    offered = {(row.provider, row.care_form) for row in case.offers}
    for row in case.capacity:
        who = f"{row.provider} / {row.care_form}"
        if (row.provider, row.care_form) not in offered:
            yield Problem(
                "capacity",
                f"{who} staat niet in offers; vul daar kostprijs en tarief in",
                f"{who} is not in offers; fill in its unit cost and tariff there",
                row=row.line,
                column="care_form",
            )
        if row.minimum > row.maximum:
            yield Problem(
                "capacity",
                f"{who}: het minimum ({in_nl(row.minimum)} plaatsen) is groter dan het maximum "
                f"({in_nl(row.maximum)}); verlaag het "
                "minimum of verhoog het maximum",
                f"{who}: the minimum ({in_en(row.minimum)} places) is above the maximum "
                f"({in_en(row.maximum)}); lower the minimum or "
                "raise the maximum",
                row=row.line,
                column="minimum",
            )
        if row.block > row.maximum:
            yield Problem(
                "capacity",
                f"{who}: een blok ({in_nl(row.block)} plaatsen) is groter dan het maximum "
                f"({in_nl(row.maximum)}); neem kleinere "
                "blokken of verhoog het maximum",
                f"{who}: a block ({in_en(row.block)} places) is larger than the maximum "
                f"({in_en(row.maximum)}); take smaller blocks "
                "or raise the maximum",
                row=row.line,
                column="block",
            )


def _locations(case: Case) -> Iterator[Problem]:
    """A location is an area of the case, or far away; what distance costs is given for every scale in use."""
    areas = [area.id for area in case.areas]
    priced = {row.scale for row in case.travel}
    for row in case.capacity:
        if row.location and row.location not in (*areas, *FAR):
            yield Problem(
                "capacity",
                f"'{row.location}' is geen gebied van de casus en ook niet {' of '.join(FAR)}; verbeter location",
                f"'{row.location}' is no area of the case and not {' or '.join(FAR)} either; mend location",
                row=row.line,
                column="location",
            )
            continue
        scales = (
            {"local"} if not row.location else {row.location} if row.location in FAR else {"local", "regional"}
        )
        for scale in sorted(scales - priced):
            yield Problem(
                "travel",
                f"schaal {scale} ontbreekt, en {row.provider} / {row.care_form} wordt zo ver geleverd; voeg de "
                "rij toe (0 "
                "mag)",
                f"scale {scale} is missing, and {row.provider} / {row.care_form} is given at that distance; "
                "add the row (0 "
                "is allowed)",
                column="scale",
            )


def _alternatives(case: Case) -> Iterator[Problem]:
    """Two different care forms of the case."""
    forms = [form.id for form in case.care_forms]
    for row in case.alternatives:
        for column in ("origin", "destination"):
            value = getattr(row, column)
            if value not in forms:
                yield Problem(
                    "alternatives",
                    f"'{value}' staat niet in tabel care_forms; kies een van {', '.join(forms)}",
                    f"'{value}' is not in table care_forms; choose one of {', '.join(forms)}",
                    row=row.line,
                    column=column,
                )
        if row.origin == row.destination:
            yield Problem(
                "alternatives",
                f"zorgvorm {row.origin} kan zichzelf niet vervangen; noem twee zorgvormen",
                f"care form {row.origin} cannot replace itself; name two care forms",
                row=row.line,
                column="destination",
            )


def _numbers(case: Case) -> Iterator[Problem]:
    """No more contracts asked for than allowed, per lot."""
    for lot in case.lots:
        least, most = case.policy.contracts_least(lot.id), case.policy.contracts_most(lot.id)
        if least > most:
            yield Problem(
                "policy",
                f"perceel {lot.id} vraagt minstens {in_nl(least)} en hoogstens {in_nl(most)} aanbieders; maak "
                "contracts_least niet "
                "groter dan contracts_most",
                f"lot {lot.id} asks at least {in_en(least)} and at most {in_en(most)} providers; make "
                "contracts_least no larger than "
                "contracts_most",
                column="value",
            )


CAPACITY_RULES: tuple[Callable[[Case], Iterator[Problem]], ...] = (_places, _locations, _alternatives, _numbers)
"""In the order a reader would mend them."""
