"""Choices one must account for: every policy row of a case, who chose it, and what the lump sum does when it changes.

A number is moved a tenth up and a tenth down and the lump sum is decided again in the same way, its margins too; of a
certainty the part that is left (a tail of 5 %) is moved by a tenth, and zero by a tenth of its range. A step that leaves the
range of the number is not tried. What changes is given in euro of expected and of tail spending, on scenarios on which
neither was designed. Words and numbers the decision does not read have no sensitivity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from bekostiging.case import POLICIES, Case, Number, PolicyTable
from bekostiging.case.tables import Policy
from bekostiging.lumpsum import Judge, LumpSumData, LumpSumDesign, Outcome, changed_answer
from bekostiging_solvers import Estimate, together

STEP = 0.1
"""Part of the number by which it is moved; zero is moved by a tenth of its range."""


@dataclass(frozen=True)
class Changed:
    """A policy number that was tried, and what municipalities then spend more over the term; discounted euro.

    Attributes
    ----------
    value : float
        The number tried, in the unit of its policy row.
    expected, tail : Estimate or None
        More expected spending, and more in the worst scenarios; None where no lump sum then holds within all limits.

    Examples
    --------
    >>> from bekostiging_solvers import Estimate
    >>> stricter = Changed(0.055, Estimate(1.2e5, 1e4), Estimate(2.0e5, 3e4))
    >>> stricter.expected.value > 2 * stricter.expected.standard_error
    True
    """

    value: float
    expected: Estimate | None
    tail: Estimate | None


@dataclass(frozen=True)
class Choice:
    """One policy row, and what a little less or more of it would do.

    Attributes
    ----------
    name, scope : str
        The row, and the lot it holds for; empty where it holds for all.
    value, source, status : str
        What the case says, and where that comes from.
    lower, higher : Changed or None
        The numbers tried; None where none is.

    Examples
    --------
    >>> Choice("risk_weight", "", "0.25", "", "assumption", lower=None, higher=Changed(0.275, None, None)).higher.value
    0.275
    """

    name: str
    scope: str
    value: str
    source: str
    status: str
    lower: Changed | None
    higher: Changed | None


def choices(
    case: Case,
    decision: Callable[[Case], tuple[LumpSumData, Judge]],
    design: LumpSumDesign,
    outcome: Outcome,
    judge: Judge,
    workers: int = 1,
) -> tuple[Choice, ...]:
    """Every policy row of the case with its sensitivity, from the answer ``design`` and its ``outcome``; ``decision``: what
    is decided under other policy, on the same design and margin scenarios; ``judge``: other scenarios."""
    tried = [
        steps(kind, float(row.value))
        if design.feasible and POLICIES[row.name].moved and isinstance(kind := POLICIES[row.name].kind, Number)
        else (None, None)
        for row in case.policy
    ]
    asked = [
        partial(changed_answer, *decision(_with(case, row, value)), outcome)
        for row, values in zip(case.policy, tried, strict=True)
        for value in values
        if value is not None
    ]
    made = iter(together(asked, workers))

    def changed(value: float | None) -> Changed | None:
        """The lump sum with another number, beside the chosen one."""
        if value is None:
            return None
        other = next(made)
        return Changed(value, None, None) if other is None else Changed(value, *judge.difference(other, design))

    return tuple(
        Choice(row.name, row.scope, row.value, row.source, row.status, changed(lower), changed(higher))
        for row, (lower, higher) in zip(case.policy, tried, strict=True)
    )


def _with(case: Case, changed: Policy, value: float) -> Case:
    """The case with another number in one policy row."""
    rows = (row.model_copy(update={"value": repr(value)}) if row is changed else row for row in case.policy)
    return replace(case, policy=PolicyTable(rows))


def steps(number: Number, now: float) -> tuple[float | None, float | None]:
    """The number a tenth lower and a tenth higher, None where that leaves its range.

    >>> steps(Number(0, 1), 0.8)
    (0.72, 0.88)
    >>> steps(Number(0.5, 0.999, tail=True), 0.95)
    (0.945, 0.955)
    >>> steps(Number(0, 1), 0.95)
    (0.855, None)
    """
    width = STEP * (1 - now if number.tail else now)
    width = width if width > 0 else STEP * (number.high - number.low)
    tried = (round(now - width, 12), round(now + width, 12))
    lower, higher = (value if number.low <= value <= number.high else None for value in tried)
    return lower, higher
