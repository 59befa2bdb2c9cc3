"""Providers of a running case by number: an export never names a real provider unless asked."""

from __future__ import annotations

from dataclasses import replace

from bekostiging.case.model import Case


def pseudonymised(case: Case) -> Case:
    """Return a running case with its providers numbered in file order; a planning case has archetypes and stays.

    Ids and names change in every table that holds them; a name in free text (``source``) is not recognised.
    """
    if case.kind == "planning":
        return case
    width = len(str(len(case.providers)))
    new = {row.id: f"aanbieder-{number:0{width}}" for number, row in enumerate(case.providers, 1)}
    return replace(
        case,
        providers=tuple(row.model_copy(update={"id": new[row.id], "name": new[row.id]}) for row in case.providers),
        contracts=tuple(
            row.model_copy(
                update={
                    "provider": new[row.provider],
                    "main_contractor": new.get(row.main_contractor, row.main_contractor),
                }
            )
            for row in case.contracts
        ),
        offers=tuple(row.model_copy(update={"provider": new[row.provider]}) for row in case.offers),
        capacity=tuple(row.model_copy(update={"provider": new[row.provider]}) for row in case.capacity),
    )
