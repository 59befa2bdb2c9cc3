"""Correlation of risk factors: which may be correlated, their matrix, and the nearest valid one."""

from __future__ import annotations

from collections.abc import Sequence

from bekostiging.case.tables import Correlation, RiskFactor

GROUPS: tuple[tuple[str, ...], ...] = (("national", "wages", "prices"), ("municipality",), ("care_form",))
"""Levels whose factors may be correlated: what there is one of, and else copy by copy (a municipality's inflow with
its own intensity). Across levels the national factors are what all have in common."""
ROUNDING = 1e-10
"""Eigenvalue below minus this is no rounding."""
MOST_PROJECTIONS = 10_000

Matrix = list[list[float]]


def group_of(factor: RiskFactor) -> int:
    """Which of ``GROUPS`` a factor belongs to."""
    return next(i for i, levels in enumerate(GROUPS) if factor.level in levels)


def correlation_matrix(factors: Sequence[RiskFactor], correlations: Sequence[Correlation]) -> Matrix:
    """Correlations of the innovations of these factors, in their order; zero where none is given."""
    place = {factor.id: i for i, factor in enumerate(factors)}
    matrix = [[float(i == j) for j in range(len(factors))] for i in range(len(factors))]
    for row in correlations:
        if row.factor_1 in place and row.factor_2 in place:
            i, j = place[row.factor_1], place[row.factor_2]
            matrix[i][j] = matrix[j][i] = row.correlation
    return matrix


def smallest_eigenvalue(matrix: Matrix) -> float:
    """Below zero: no joint distribution has these correlations."""
    import numpy as np

    return float(np.linalg.eigvalsh(np.array(matrix))[0])


def nearest_correlation(matrix: Matrix) -> Matrix:
    """The correlation matrix nearest in the Frobenius norm, by alternating projections.

    Higham (2002), doi:10.1093/imanum/22.3.329.
    """
    import numpy as np

    current = np.array(matrix)
    correction = np.zeros_like(current)
    for _ in range(MOST_PROJECTIONS):
        shifted = current - correction
        values, vectors = np.linalg.eigh(shifted)
        projected = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = projected - shifted
        new = projected.copy()
        np.fill_diagonal(new, 1.0)
        if np.abs(new - current).max() < ROUNDING:
            break
        current = new
    return [[float(value) for value in row] for row in new]
