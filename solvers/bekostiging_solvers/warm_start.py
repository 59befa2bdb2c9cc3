"""A basis by what stands for what, so that a next program with other columns can start where the last one ended."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np

from bekostiging_solvers.typing import IntArray

AT_LOWER, BASIC, AT_UPPER = (int(highspy.HighsBasisStatus(place)) for place in range(3))
_STATUS = [highspy.HighsBasisStatus(place) for place in range(5)]


def places_of(basis: Any) -> tuple[IntArray, IntArray]:
    """Where the columns and the rows of a HiGHS basis stand: ``AT_LOWER``, ``BASIC``, ``AT_UPPER`` or free."""
    return np.array([int(one) for one in basis.col_status]), np.array([int(one) for one in basis.row_status])


def basis_at(columns: IntArray, rows: IntArray) -> Any:
    """A basis with columns and rows at their places; HiGHS makes it complete where too few or too many are basic."""
    basis = highspy.HighsBasis()
    basis.col_status = [_STATUS[place] for place in columns]
    basis.row_status = [_STATUS[place] for place in rows]
    basis.valid = basis.alien = True
    return basis
