"""A second stage that falls apart in parts which share no row: the first stage is all they have in common.

The cost of a scenario is then the sum of the costs of its parts, each convex in x: a cut for each of them tells more
than a cut for their sum, and small programs are solved faster than a large one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from bekostiging_solvers.scenarios import CoreScenarios, Recourse, with_one_matrix
from bekostiging_solvers.two_stage import TwoStageProgram
from bekostiging_solvers.typing import IntArray


def independent_parts(program: TwoStageProgram) -> tuple[TwoStageProgram, ...]:
    """The program split over the parts of its second stage; one whose scenarios differ in matrix stays whole."""
    scenarios = program.scenarios
    if len(with_one_matrix(scenarios)) > 1:
        return (program,)
    matrix = scenarios[0].matrix
    own = _parts(matrix)
    return (
        (program,)
        if len(own) == 1
        else tuple(_subprogram(program, matrix, rows, columns) for rows, columns in own)
    )


def _parts(matrix: csr_array) -> list[tuple[IntArray, IntArray]]:
    """Rows and columns of every part; rows and columns without entries go with the first."""
    n_rows, n_columns = matrix.shape
    entries = matrix.tocoo()
    size = n_rows + n_columns
    ends = (entries.coords[0], n_rows + entries.coords[1])
    _, label = connected_components(csr_array((np.ones(entries.nnz), ends), shape=(size, size)), directed=False)
    filled = np.unique(label[np.flatnonzero(np.diff(matrix.indptr))])
    if len(filled) < 2:
        return [(np.arange(n_rows), np.arange(n_columns))]
    label[~np.isin(label, filled)] = filled[0]
    rows, columns = label[:n_rows], label[n_rows:]
    return [(np.flatnonzero(rows == part), np.flatnonzero(columns == part)) for part in filled]


def _subprogram(program: TwoStageProgram, matrix: csr_array, rows: IntArray, columns: IntArray) -> TwoStageProgram:
    """The program with some rows and columns of the second stage."""
    inner = csr_array(matrix[rows][:, columns])
    scenarios: Sequence[Recourse] = program.scenarios
    if isinstance(scenarios, CoreScenarios):
        scenarios = scenarios.only(rows, columns)
    else:
        scenarios = tuple(
            Recourse(
                one.cost[columns],
                one.lower[columns],
                one.upper[columns],
                inner,
                csr_array(one.technology[rows]),
                one.row_lower[rows],
                one.row_upper[rows],
            )
            for one in scenarios
        )
    names, row_names = program.column_names, program.row_names
    return replace(
        program,
        scenarios=scenarios,
        column_names=tuple(names[i] for i in columns) if names else (),
        row_names=tuple(row_names[i] for i in rows) if row_names else (),
    )
