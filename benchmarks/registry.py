"""Which benchmarks there are, by phase: data by size, subjects by name (ours first), sizes run by default.

Sizes of a series that measures how cost grows are geometric; a smoke size of every subject runs in the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import capacity
import lumpsum_region
import pipeline
import subjects

Phase = Literal["simulate", "settle", "build", "compile", "solve", "report", "whole"]


@dataclass(frozen=True)
class Benchmark:
    """``needs``: module a subject asks for; ``tolerance``: relative difference of the numbers that still counts as the same
    answer; ``largest``: size up to which a subject is run; ``most_gib``: memory a process may address; ``smoke``: size of
    the tests, of ``smoke_data`` where the data are too large for them; ``alike``: whether the subjects answer one question,
    so that their numbers and times compare; ``reach``: size whose cost docs/scale.md reckons from the slope; ``runs``:
    processes of which the median is taken.
    """

    phase: Phase
    title: str
    unit: str
    data: Callable[[int], Any]
    subjects: dict[str, Callable[[Any], Any]]
    needs: dict[str, str]
    sizes: tuple[int, ...]
    tolerance: float
    largest: dict[str, int] = field(default_factory=dict)
    most_gib: float | None = None
    smoke: int = 3
    smoke_data: Callable[[int], Any] | None = None
    alike: bool = True
    reach: int | None = None
    runs: int = 3


def _by_size_of_subproblem(periods: int) -> Benchmark:
    """L-shaped against the extensive form, with so many linked periods in a subproblem."""
    return Benchmark(
        "solve",
        f"L-shaped and extensive form, {periods} linked period{'s' if periods > 1 else ''} "
        "(10 providers x 4 care forms x 6 areas)",
        "scenarios",
        partial(capacity.Capacity.draw, periods=periods, size=(10, 4, 6)),
        {"L-shaped": capacity.capacity_lshaped, "extensive form": capacity.capacity_extensive},
        {},
        (100, 1_000, 4_000),
        2e-6,
    )


def _series(
    phase: Phase,
    title: str,
    unit: str,
    data: Callable[[int], Any],
    subjects: dict[str, Callable[[Any], Any]],
    sizes: tuple[int, ...],
    tolerance: float = 1e-12,
    **more: Any,
) -> Benchmark:
    """A phase of the package itself over geometric sizes, one process each; reached are 342 municipalities, all of the
    country, or a million scenarios unless said otherwise."""
    reach = more.pop("reach", MUNICIPALITIES[-1] if unit == "municipalities" else MILLION)
    smoke = more.pop("smoke", 1 if unit == "municipalities" else 32)
    return Benchmark(
        phase, title, unit, data, subjects, {}, sizes, tolerance, reach=reach, runs=1, smoke=smoke, **more
    )


MUNICIPALITIES = (1, 8, 40, 342)
MILLION = 1_000_000
VILLAGE = "a village of 5,000 inhabitants, four years"
REGION = "a region of 40 providers, 16 scenarios, four years"
LUMP_SUM = "the lump sum of 40 providers x 3 lots, 4 years, 6 layers"
TWO_STAGE = "a two-stage program of 20 providers x 6 care forms"

BENCHMARKS = {
    "simulate": _series(
        "simulate",
        "Drawing clients and reducing them to care use, almere, four years",
        "scenarios",
        pipeline.of_almere,
        pipeline.by_workers(pipeline.simulate),
        (64, 256, 1_024, 4_096),
    ),
    "simulate-village": _series(
        "simulate",
        f"Drawing and reducing, {VILLAGE}",
        "scenarios",
        pipeline.of_village,
        pipeline.by_workers(pipeline.simulate),
        (1_000, 10_000, 100_000, MILLION),
    ),
    "simulate-municipalities": _series(
        "simulate",
        f"Drawing and reducing, {REGION}",
        "municipalities",
        pipeline.of_region,
        pipeline.by_workers(pipeline.simulate),
        MUNICIPALITIES,
    ),
    "settle": _series(
        "settle",
        "Settling the care use of a small region in blocks of at most 10,000 scenarios, every contract, four years",
        "scenarios",
        pipeline.ToSettle.by_scenarios,
        pipeline.FORMS,
        (1_000, 10_000, 100_000, MILLION),
        alike=False,
    ),
    "settle-municipalities": _series(
        "settle",
        f"Settling {REGION}, every contract",
        "municipalities",
        pipeline.ToSettle.by_municipalities,
        pipeline.FORMS,
        MUNICIPALITIES,
        alike=False,
    ),
    "build": _series(
        "build",
        f"Building {LUMP_SUM}, 8 municipalities",
        "scenarios",
        lumpsum_region.region,
        {"arrays of the tail cuts": pipeline.build_arrays, "Pyomo model": pipeline.build_pyomo},
        (10, 100, 1_000, 10_000, 100_000),
        largest={"Pyomo model": 100},
        alike=False,
        smoke=2,
    ),
    "build-municipalities": _series(
        "build",
        f"Building {LUMP_SUM}, 1,000 scenarios",
        "municipalities",
        pipeline.lumpsum_by_municipalities,
        {"arrays of the tail cuts": pipeline.build_arrays},
        MUNICIPALITIES,
    ),
    "compile": _series(
        "compile",
        f"Making the scenarios of {TWO_STAGE} x 10 areas",
        "scenarios",
        capacity.Capacity.draw,
        {"template": pipeline.compile_template, "Pyomo, scenario by scenario": pipeline.compile_each},
        (10, 100, 1_000, 10_000, 100_000),
        largest={"Pyomo, scenario by scenario": 1_000},
        smoke=3,
    ),
    "compile-municipalities": _series(
        "compile",
        f"Making 1,000 scenarios of {TWO_STAGE}, an area per municipality",
        "municipalities",
        partial(pipeline.capacity_by_areas, pipeline.MANY),
        {"template": pipeline.compile_template},
        MUNICIPALITIES,
    ),
    "lumpsum": _series(
        "solve",
        f"Designing {LUMP_SUM}, 8 municipalities",
        "scenarios",
        lumpsum_region.region,
        {"tail cuts": pipeline.solve_lumpsum, "extensive form, Pyomo and HiGHS": pipeline.solve_lumpsum_pyomo},
        (10, 100, 1_000, 10_000, 100_000),
        1e-6,
        largest={"extensive form, Pyomo and HiGHS": 100},
        smoke=3,
    ),
    "lumpsum-municipalities": _series(
        "solve",
        f"Designing {LUMP_SUM}, 1,000 scenarios",
        "municipalities",
        pipeline.lumpsum_by_municipalities,
        {"tail cuts": pipeline.solve_lumpsum},
        MUNICIPALITIES,
    ),
    "capacity-municipalities": _series(
        "solve",
        f"Solving {TWO_STAGE}, an area per municipality, 16 scenarios",
        "municipalities",
        partial(pipeline.capacity_by_areas, pipeline.FEW),
        {"L-shaped": capacity.capacity_lshaped, "extensive form": capacity.capacity_extensive},
        MUNICIPALITIES,
        2e-6,
        largest={"extensive form": 40},
    ),
    "cvar": Benchmark(
        "solve",
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
        smoke=60,
    ),
    "capacity": Benchmark(
        "solve",
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
        "solve",
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
        "solve",
        "Nucleolus from the table of all coalitions",
        "players",
        subjects.game_values,
        {"nucleolus": subjects.nucleolus_ours, "coopgame-py": subjects.nucleolus_coopgame},
        {"coopgame-py": "coopgame"},
        (8, 12, 15),
        1e-6,
        smoke=5,
    ),
    "report": _series(
        "report",
        f"Writing the result folder of {VILLAGE}",
        "scenarios",
        pipeline.to_report,
        {"report, figures, tables, scenarios": pipeline.report},
        (1_000, 10_000, 100_000),
    ),
    "report-municipalities": _series(
        "report",
        f"Writing the result folder of {REGION}",
        "municipalities",
        pipeline.to_report_region,
        {"report, figures, tables, scenarios": pipeline.report},
        MUNICIPALITIES,
        smoke=32,
        smoke_data=pipeline.to_report,
    ),
    "whole": _series(
        "whole",
        "The whole comparison of almere, scenarios drawn twice",
        "scenarios",
        pipeline.almere,
        pipeline.by_workers(pipeline.whole),
        (32, 128, 512),
        reach=None,  # at 512 fixed memory still hides what grows; the village shows it
        smoke_data=pipeline.small_region,
    ),
    "whole-village": _series(
        "whole",
        f"The whole comparison of {VILLAGE}, scenarios drawn twice",
        "scenarios",
        pipeline.whole_village,
        pipeline.by_workers(pipeline.whole),
        (1_000, 10_000, 100_000),
    ),
    "whole-municipalities": _series(
        "whole",
        f"The whole comparison of {REGION}, scenarios drawn twice",
        "municipalities",
        pipeline.whole_region,
        pipeline.by_workers(pipeline.whole),
        MUNICIPALITIES,
        smoke=32,
        smoke_data=pipeline.small_region,
    ),
}
"""In the order of docs/performance.md within each phase."""
