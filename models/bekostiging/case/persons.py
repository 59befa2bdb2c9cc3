"""Persons and trajectories: the one place where trajectories become persons."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from bekostiging.case.model import Case
    from bekostiging_solvers.typing import FloatArray

Count = TypeVar("Count", float, "FloatArray")


def persons(case: Case, name: str, trajectories: Count) -> Count:
    """Persons in care in a year: trajectories over ``trajectories_per_person`` of their law.

    Parameters
    ----------
    case : Case
        With its trajectories per person.
    name : str
        The law or care form of the trajectories.
    trajectories : float or array of any shape
        Trajectories in care at some moment of a year.

    Returns
    -------
    float or array
        Persons, same shape. Of a care form as if its trajectories are spread over persons as those of its law.

    Examples
    --------
    Almere: 1.40 trajectories per youth (CBS 2019).

    >>> from bekostiging.case import read_case
    >>> persons(read_case("almere"), "jeugdwet", 7000.0)
    5000.0
    """
    return trajectories / case.trajectories_of(name)
