"""What goes into HiGHS: a program as arrays, and Ctrl-C as a question it answers."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import highspy
import numpy as np

from bekostiging_solvers.execution import interrupt_handlers
from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.solution import Progress


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


def watch(
    highs: highspy._core._Highs, stop: threading.Event, progress: Callable[[Progress], None] | None
) -> Callable[..., None]:
    """Let HiGHS ask now and then whether to go on, and tell how far it is; the callback, which must live as long."""

    # not a method: HiGHS holds the callback, and the circle with a session would never be freed
    def asked(kind: Any, message: str, out: Any, given: Any, _: Any) -> None:
        """Answer stop after Ctrl-C, and pass on how far it is."""
        if given is not None and stop.is_set():
            given.user_interrupt = True
        if progress is not None:
            progress(
                Progress(
                    float(out.running_time),
                    int(out.simplex_iteration_count),
                    int(out.mip_node_count),
                    float(out.mip_primal_bound),
                    float(out.mip_dual_bound),
                )
            )

    highs.setCallback(asked, None)
    kinds = highspy.cb.HighsCallbackType
    for kind in (kinds.kCallbackSimplexInterrupt, kinds.kCallbackMipInterrupt, kinds.kCallbackIpmInterrupt):
        highs.startCallback(kind)
    return asked


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
