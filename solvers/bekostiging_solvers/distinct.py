"""Equal rows of a matrix, found fast."""

from __future__ import annotations

import numpy as np

from bekostiging_solvers.arrays import finite
from bekostiging_solvers.typing import FloatArray, IntArray


def distinct_rows(matrix: FloatArray) -> tuple[FloatArray, IntArray]:
    """Distinct rows of a matrix, and which of them each row is.

    Parameters
    ----------
    matrix : (n, k) array
        Its rows are compared.

    Returns
    -------
    distinct : (n_distinct, k) array
        Where most rows differ, all n of them as they stand.
    place : (n,) array of int
        ``distinct[place]`` is the matrix.

    Raises
    ------
    ValueError
        Anything else than rows of finite numbers.

    Examples
    --------
    >>> distinct, place = distinct_rows(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]]))
    >>> len(distinct), (distinct[place[2]]).tolist()
    (2, [1.0, 0.0])
    """
    matrix = finite(matrix, "matrix", 2)
    # equal rows have equal sums with any numbers; whether all rows of one sum are equal is looked at
    sums = matrix @ np.random.default_rng(0).random(matrix.shape[1])
    _, first, place = np.unique(sums, return_index=True, return_inverse=True)
    if len(first) > len(sums) // 2:
        return matrix, np.arange(len(sums))
    if not np.array_equal(matrix[first][place], matrix):
        distinct, place = np.unique(matrix, axis=0, return_inverse=True)
        return distinct, place.astype(np.int64)
    return matrix[first], place.astype(np.int64)
