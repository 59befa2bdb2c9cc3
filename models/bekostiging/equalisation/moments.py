"""Sums over clients that a least-squares fit needs; identical rows are laid together first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bekostiging_solvers import distinct_rows
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class GroupMoments:
    """Sums over one group: clients, their rows (n_adjusters,), their cost."""

    weight: float
    exposure: FloatArray
    target: float


@dataclass(frozen=True)
class Moments:
    """X'WX (k, k), X'Wy (k,), y'Wy, sum w, X'w (k,), w'y; and the same sums of every group."""

    gram: FloatArray
    product: FloatArray
    square: float
    weight: float
    exposure: FloatArray
    target: float
    groups: Mapping[str, GroupMoments]


class GroupedRows:
    """Rows of ``matrix`` (n, k) that are equal, found once; sums over clients are then sums over distinct rows."""

    def __init__(self, matrix: FloatArray, target: FloatArray, groups: Mapping[str, BoolArray]) -> None:
        self.matrix, self.target, self.groups = matrix, target, groups

    @cached_property
    def _distinct(self) -> tuple[FloatArray, IntArray]:
        """Distinct rows (n_distinct, k), and which of them each client has."""
        return distinct_rows(self.matrix)

    @cached_property
    def _squares(self) -> FloatArray:
        """Squared target of every client."""
        return np.asarray(np.square(self.target))

    @property
    def n_distinct(self) -> int:
        """Number of distinct rows."""
        return len(self._distinct[0])

    def moments(self, weight: FloatArray) -> Moments:
        """All sums under weights (n,)."""
        distinct, place = self._distinct
        n = len(distinct)
        weights = np.bincount(place, weights=weight, minlength=n)
        targets = np.bincount(place, weights=weight * self.target, minlength=n)
        groups = {}
        for name, members in self.groups.items():
            own = np.flatnonzero(members)
            count = np.bincount(place[own], weights=weight[own], minlength=n)
            groups[name] = GroupMoments(
                float(count.sum()), count @ distinct, float(weight[own] @ self.target[own])
            )
        return Moments(
            gram=(distinct * weights[:, None]).T @ distinct,
            product=targets @ distinct,
            square=float((weight * self._squares).sum()),
            weight=float(weights.sum()),
            exposure=weights @ distinct,
            target=float(targets.sum()),
            groups=groups,
        )
