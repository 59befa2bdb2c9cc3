"""Which benchmarks there are: data by size, subjects by name (ours first), sizes run by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import capacity
import subjects


@dataclass(frozen=True)
class Benchmark:
    """``needs``: module a subject asks for; ``tolerance``: relative difference of the numbers that still counts as
    the same answer; ``largest``: size up to which a subject is run; ``most_gib``: memory a process may address."""

    title: str
    unit: str
    data: Callable[[int], Any]
    subjects: dict[str, Callable[[Any], Any]]
    needs: dict[str, str]
    sizes: tuple[int, ...]
    tolerance: float
    largest: dict[str, int] = field(default_factory=dict)
    most_gib: float | None = None


def _by_size_of_subproblem(periods: int) -> Benchmark:
    """L-shaped against the extensive form, with so many linked periods in a subproblem."""
    return Benchmark(
        f"L-shaped and extensive form, {periods} linked period{'s' if periods > 1 else ''} "
        "(10 providers x 4 care forms x 6 areas)",
        "scenarios",
        partial(capacity.Capacity.draw, periods=periods, size=(10, 4, 6)),
        {"L-shaped": capacity.capacity_lshaped, "extensive form": capacity.capacity_extensive},
        {},
        (100, 1_000, 4_000),
        2e-6,
    )


BENCHMARKS = {
    "cvar": Benchmark(
        "CVaR program with 40 positions",
        "scenarios",
        subjects.Positions.draw,
        {
            "TailProgram": subjects.cvar_tail_program,
            "highspy arrays": subjects.cvar_highspy_arrays,
            "cvxpy": subjects.cvar_cvxpy,
            "linopy": subjects.cvar_linopy,
            "Pyomo": subjects.cvar_pyomo,
        },
        {"cvxpy": "cvxpy", "linopy": "linopy"},
        (10_000, 100_000, 1_000_000),
        2e-6,
        {"highspy arrays": 100_000, "cvxpy": 100_000, "linopy": 10_000, "Pyomo": 10_000},
    ),
    "capacity": Benchmark(
        "Two-stage capacity program (20 providers x 6 care forms x 10 areas)",
        "scenarios",
        capacity.Capacity.draw,
        {
            "template, auto": capacity.capacity_template,
            "template, extensive form": capacity.capacity_extensive,
            "mpi-sppy, extensive form": capacity.capacity_mpisppy,
            "Pyomo blocks": capacity.capacity_blocks,
        },
        {"mpi-sppy, extensive form": "mpisppy"},
        (100, 1_000),
        2e-6,
    ),
    "capacity-large": Benchmark(
        "The same within 4 GiB of memory",
        "scenarios",
        capacity.Capacity.draw,
        {"L-shaped": capacity.capacity_lshaped, "extensive form": capacity.capacity_extensive},
        {},
        (4_000,),
        2e-6,
        most_gib=4.0,
    ),
    "lshaped-1": _by_size_of_subproblem(1),
    "lshaped-4": _by_size_of_subproblem(4),
    "lshaped-12": _by_size_of_subproblem(12),
    "nucleolus": Benchmark(
        "Nucleolus from the table of all coalitions",
        "players",
        subjects.game_values,
        {"nucleolus": subjects.nucleolus_ours, "coopgame-py": subjects.nucleolus_coopgame},
        {"coopgame-py": "coopgame"},
        (8, 12, 15),
        1e-6,
    ),
}
