"""Providers of a running case by number: an export never names a real provider unless asked."""

from __future__ import annotations

from dataclasses import replace

from bekostiging.case.arguments import checked_kind
from bekostiging.case.model import Case


def pseudonymised(case: Case) -> Case:
    """A running case with its providers numbered in the order of the file; a planning case stays: it has archetypes.

    Ids and names change in every table that holds them; a name in free text (``source``) is not recognised.

    Parameters
    ----------
    case : Case
        A validated case.

    Returns
    -------
    Case
        The case that a report of a running contract may show.

    Raises
    ------
    UserError
        No ``Case`` is given.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from bekostiging.case import pseudonymised, read_case
    >>> running = replace(read_case("almere"), kind="running")
    >>> pseudonymised(running).providers[0].name
    'aanbieder-1'
    """
    checked_kind("case", case, Case, "read_case")
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
