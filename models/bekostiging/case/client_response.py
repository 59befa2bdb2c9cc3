"""How the clients that are counted in a year follow the inflow of that year and of earlier ones.

Who is already in care does not move with the inflow of the year. A year's persons are the C in care at its start and the S
who start in it: at rest a part b_0 = S / (S + C) of them moves with the inflow of the year itself. Durations have mean
m = C / S years (Little's law; doi:10.1287/opre.9.3.383); with departures at a constant rate a part q = exp(-1 / m) of
those in care is still there a year later, and

    b_0 = S / (S + C),  b_k = (1 - b_0) (1 - q) q^(k-1)  for k = 1, 2, ...:  clients_t = sum over k of b_k inflow_(t-k)

Counted on one date a part (1 - q) q^k entered k years earlier. Rows of demand are added by their clients.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bekostiging.case.series import NATION
from bekostiging.case.tables import Demand
from bekostiging_solvers.typing import FloatArray

if TYPE_CHECKING:
    from bekostiging.case.model import Case

AT_ONCE: FloatArray = np.ones(1)
"""Clients who follow the inflow of the year itself."""
AGES = 200
"""Years after a start that are told apart; what is left stands with the last."""
ON_A_DATE = "stock_at_date"


def response(starts: FloatArray, in_care: FloatArray, definition: str = "persons_in_year") -> FloatArray:
    """Part of the clients of a year that entered so many years before it; sums to one.

    Parameters
    ----------
    starts, in_care : array (n_rows,)
        Starts a year and clients at the start of a year, of rows that are counted together.
    definition : str
        That of ``history``: persons (or trajectories) in a year, or clients on one date.

    Returns
    -------
    array (AGES,)
        By years since the start; ``AT_ONCE`` where there is nobody.

    Examples
    --------
    A hundred start in a year in which another hundred are in care: half of the clients follow at once, and of those in
    care 1 - exp(-1) entered the year before.

    >>> response(np.array([100.0]), np.array([100.0]))[:3].round(4).tolist()
    [0.5, 0.3161, 0.1163]
    """
    present = starts + in_care > 0
    starts, in_care = starts[present], in_care[present]
    if not len(starts):
        return AT_ONCE
    with np.errstate(divide="ignore", over="ignore"):
        stay = np.exp(-starts / in_care)
    left = stay[:, None] ** np.arange(AGES)  # of those in care, who entered at least so many years before
    entered = left.copy()
    entered[:, :-1] -= left[:, 1:]
    counted = in_care[:, None] * entered
    if definition != ON_A_DATE:
        counted = np.column_stack([starts, counted[:, :-1]])
        counted[:, -1] += in_care * left[:, -1]
    total = counted.sum(axis=0)
    return np.asarray(total / total.sum()) if total.sum() > 0 else AT_ONCE


def response_of(case: Case, place: str, care_form: str, definition: str) -> FloatArray:
    """Response of the clients that a series counts, by the demand of its place and care form or law.

    That of everywhere where the place has no such demand (the nation), of every care form where the case has none of it.
    """
    inside = {area.id for area in case.areas if place in (area.id, area.municipality)}
    forms = {form.id for form in case.care_forms if care_form in (form.law, form.id)}
    own = [row for row in case.demand if row.care_form in forms and row.area in inside and place != NATION]
    return _of_rows(own or [row for row in case.demand if row.care_form in forms] or case.demand, definition)


def _of_rows(rows: Sequence[Demand], definition: str) -> FloatArray:
    return response(
        np.array([row.starts_per_year for row in rows]),
        np.array([row.clients_at_start for row in rows]),
        definition,
    )
