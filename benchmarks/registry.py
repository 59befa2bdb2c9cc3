"""Which benchmarks there are: data by size, subjects by name (ours first), sizes run by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import subjects


@dataclass(frozen=True)
class Benchmark:
    """``needs``: module a subject asks for; ``tolerance``: relative difference of the numbers that still counts as
    the same answer."""

    title: str
    unit: str
    data: Callable[[int], Any]
    subjects: dict[str, Callable[[Any], list[float]]]
    needs: dict[str, str]
    sizes: tuple[int, ...]
    tolerance: float


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
        (10_000,),
        2e-6,
    ),
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
