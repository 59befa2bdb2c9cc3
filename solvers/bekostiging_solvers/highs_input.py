"""What goes into HiGHS: a program as arrays, and Ctrl-C as a question it answers."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import highspy
import numpy as np

from bekostiging_solvers.execution import interrupt_handlers
from bekostiging_solvers.linear_program import LinearProgram


def pass_program(highs: highspy._core._Highs, program: LinearProgram) -> None:
    """Hand the program over as arrays.

    Raises
    ------
    ValueError
        HiGHS refuses them.
    """
    n_rows, n_columns = program.matrix.shape
    whole = np.zeros(n_columns, dtype=np.int32)
    if program.integer is not None:
        whole[program.integer] = int(highspy.HighsVarType.kInteger)
    taken = highs.passModel(
        n_columns,
        n_rows,
        program.matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        program.cost,
        program.lower,
        program.upper,
        program.row_lower,
        program.row_upper,
        program.matrix.indptr.astype(np.int32),
        program.matrix.indices.astype(np.int32),
        program.matrix.data.astype(np.float64),
        whole,
    )
    if taken == highspy.HighsStatus.kError:
        raise ValueError(
            "HiGHS refuses the arrays of the program; see whether every row and column is meant as it stands"
        )


@contextmanager
def interrupts(stop: threading.Event) -> Iterator[None]:
    """Turn an interrupt into a question answered with stop, in the main thread; elsewhere leave it alone."""
    stop.clear()
    usual = interrupt_handlers()
    for number in usual:
        signal.signal(number, lambda *_: stop.set())
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
