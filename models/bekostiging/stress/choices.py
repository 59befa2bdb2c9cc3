"""Choices one must account for: every policy row of a case, who chose it, and what the lump sum does when it changes.

A number is moved a tenth up and a tenth down inside its range and the lump sum is designed again on the same futures; words
and numbers the decision does not read have no sensitivity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bekostiging.case import Case
from bekostiging.case.policy import NUMBERS
from bekostiging.case.tables import Policy
from bekostiging.lumpsum import LumpSumData, LumpSumDesign, feasible_design

STEP = 0.1
"""Part of the number by which it is moved; zero is moved by a tenth of its range."""
DECIDING = (
    "risk_weight", "confidence", "cost_of_capital", "elasticity", "equity_at_stake", "solvency_floor", "equity_requirement",
    "share_min", "share_max", "premium_max", "glide_max",
)  # fmt: skip
"""Names the lump-sum decision reads; discounting and indexation change what is compared, not the choice alone."""


@dataclass(frozen=True)
class Choice:
    """One policy row; ``lower`` and ``higher``: the numbers tried; ``down`` and ``up``: change of the objective in euro,
    None where the lump sum is not possible or the number is not tried."""

    name: str
    scope: str
    value: str
    source: str
    status: str
    lower: float | None
    higher: float | None
    down: float | None
    up: float | None


def choices(case: Case, decision: Callable[[Case], LumpSumData], design: LumpSumDesign) -> tuple[Choice, ...]:
    """Every policy row of the case with its sensitivity; ``decision``: what is decided under other policy, on the futures
    of the design."""
    return tuple(_choice(case, decision, design, row) for row in case.policy)


def _choice(case: Case, decision: Callable[[Case], LumpSumData], design: LumpSumDesign, row: Policy) -> Choice:
    """One row."""
    told = (row.name, row.scope, row.value, row.source, row.status)
    if row.name not in DECIDING or design.objective is None:
        return Choice(*told, None, None, None, None)
    now = float(row.value)
    low, high = NUMBERS[row.name]
    width = STEP * abs(now) if now else STEP * (high - low)
    tried = [max(low, now - width), min(high, now + width)]
    changes: list[float | None] = []
    for value in tried:
        if value == now:
            changes.append(None)
            continue
        rows = tuple(
            one.model_copy(update={"value": repr(value)})
            if (one.name, one.scope) == (row.name, row.scope)
            else one
            for one in case.policy
        )
        changed = feasible_design(decision(replace(case, policy=rows)))
        changes.append(
            None if changed is None or changed.objective is None else changed.objective - design.objective
        )
    lower, higher = (None if value == now else value for value in tried)
    return Choice(*told, lower, higher, *changes)
