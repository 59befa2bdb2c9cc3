"""How much memory a run needs, estimated before anything is drawn, and refused where the machine has less.

    need = workers x block + kept + CLOSED
    block = CLIENT x clients + CELL x scenarios x years x cells
    kept = (DRAWN x scenarios + DESIGNED x 2 x design scenarios) x years x (contracts + municipalities)

in bytes. ``clients`` are those expected in the fullest of the first blocks, given their factors (in a scenario of three
times the usual inflow a block holds three times the clients), ``scenarios`` of a block those of one block. The constants are
measured, and docs/scale.md ("Memory beforehand") says how far the estimate is off.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import LANGUAGES, Note, UserError
from bekostiging.case.model import Case
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.options import RunOptions
from bekostiging.scenarios import Plan, plan
from bekostiging.scenarios.points import fewest_scenarios

CLIENT = 350.0
"""Bytes of a client while its block is drawn, moved, reduced and settled."""
CELL = 1_000.0
"""Bytes of a cell and year of a scenario in a block: its care use."""
DRAWN = 2_100.0
"""Bytes that are kept of an out-of-sample scenario and year, per contract and municipality: every form in both corners."""
DESIGNED = 450.0
"""Bytes that are kept of a scenario of the design, or of its margin."""
CLOSED = 1.5e8
"""Bytes of the scenarios without clients, which go through memory in parts of this size whatever the region."""
BLOCKS_LOOKED_AT = 4
"""Scramblings whose factors are computed to find the fullest block."""
PART = 0.8
"""Of the memory that is free: the estimate may be too low, and a machine that swaps does not end."""
GIGABYTE = 1e9
OF_COMMANDS = {
    "n_scenarios": "--scenarios",
    "design_scenarios": "--design-scenarios",
    "n_years": "--years",
    "keep": "--keep",
    "workers": "--workers",
}
"""What the command line calls the options that make a run smaller."""


@dataclass(frozen=True)
class MemoryNeed:
    """Bytes that a run is estimated to need beside the program itself.

    Parameters
    ----------
    block : float
        Of one block: clients, care use and what is settled on it; every worker has one.
    kept : float
        Of the series of all scenarios, and of those without clients.
    workers : int
        Processes with a block at a time.

    Examples
    --------
    >>> MemoryNeed(block=1e8, kept=2e8, workers=2).total
    400000000.0
    """

    block: float
    kept: float
    workers: int

    @property
    def total(self) -> float:
        """Bytes of the whole run."""
        return self.workers * self.block + self.kept


def memory_need(planned: Plan, run: RunOptions) -> MemoryNeed:
    """Estimate the memory of a run.

    Parameters
    ----------
    planned : Plan
        The out-of-sample scenarios.
    run : RunOptions
        Gives the scenarios of the design, the workers, and whether series stay on disk.

    Returns
    -------
    MemoryNeed
        In bytes; infinite where expected clients are beyond any number.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import plan
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> small, large = (plan(case, n, n_years=1, seed=1, stream="out_of_sample") for n in (512, 5120))
    >>> memory_need(small, RunOptions()).total < memory_need(large, RunOptions()).total < 1e9
    True
    """
    case = planned.case
    places = len(case.contracts) + len(case.municipalities)
    clients = fullest_block(planned)
    block = CLIENT * clients + CELL * planned.scenarios_per_block * planned.n_years * planned.cells.n_cells
    scenario = 0.0 if run.keep is not None else DRAWN * planned.n_scenarios + DESIGNED * 2 * run.design_scenarios
    return MemoryNeed(block, scenario * planned.n_years * places + CLOSED, 1 if run.cluster else run.workers)


def fullest_block(planned: Plan) -> float:
    """Clients expected in the fullest of the first blocks of a plan, given the factors of its scenarios."""
    forecast = planned.sampler.forecast
    mean = np.concatenate([forecast.stock[None], forecast.starts])
    fullest = 0.0
    with np.errstate(over="ignore"):
        for scrambling in range(min(BLOCKS_LOOKED_AT, planned.n_scramblings)):
            inflow = planned.factor_model.multipliers(planned.points_of(scrambling)).inflow
            clients = np.einsum("smd,md->s", inflow, mean)
            fullest = max(fullest, float(clients.reshape(-1, planned.scenarios_per_block).sum(axis=1).max()))
    return fullest


def free_memory() -> float | None:
    """Bytes that this process may still take; None where the system does not say.

    The least of what the kernel calls available, what is left of the limit of a container, and the limit on the address
    space of this process; elsewhere (macOS) all physical memory.

    >>> free = free_memory()
    >>> free is None or free > 0
    True
    """
    return min(_limits(), default=None)


def _limits() -> Iterator[float]:
    """Every limit that this system states, in bytes."""
    for line in _lines(Path("/proc/meminfo")):
        if line.startswith("MemAvailable:"):
            yield float(line.split()[1]) * 1024
    most, taken = (_lines(Path("/sys/fs/cgroup") / name) for name in ("memory.max", "memory.current"))
    if most and taken and most[0].isdigit():
        yield float(most[0]) - float(taken[0])
    try:
        import resource

        soft = resource.getrlimit(resource.RLIMIT_AS)[0]
        if soft != resource.RLIM_INFINITY:
            yield float(soft)
    except ImportError:  # Windows
        pass
    if not Path("/proc/meminfo").exists() and hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        yield float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")


def _lines(file: Path) -> list[str]:
    """Lines of a file of the kernel; none where there is no such file."""
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def check_memory(planned: Plan, run: RunOptions) -> None:
    """Refuse a run that needs more memory than there is, before anything is drawn.

    Parameters
    ----------
    planned : Plan
        The out-of-sample scenarios.
    run : RunOptions
        What was asked.

    Raises
    ------
    UserError
        With what it needs, what there is, and what makes it smaller. Nothing is refused where the system does not say how
        much there is, or where a cluster draws.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import plan
    >>> check_memory(plan(synthetic_region(2, 6), 64, 1, 1, "out_of_sample"), RunOptions())
    """
    free = free_memory()
    if free is None or run.cluster is not None:
        return
    need = memory_need(planned, run)
    if need.total <= PART * free:
        return
    nl, en = _remedy(need, free)
    asked = f"{need.total / GIGABYTE:,.1f}" if np.isfinite(need.total) else "inf"
    there, fullest = f"{free / GIGABYTE:,.1f}", fullest_block(planned)
    nl_asked, nl_there = (text.translate(str.maketrans(",.", ".,")) for text in (asked, there))
    raise UserError(
        f"Deze berekening vraagt naar schatting {nl_asked} GB geheugen en er is {nl_there} GB vrij "
        f"({planned.n_scenarios} scenario's, {planned.cells.n_cells} combinaties van gebied, zorgvorm en aanbieder, "
        f"{in_nl(fullest, 3)} cliënten in een blok); {nl}.".replace("inf GB", "meer GB dan er bestaat"),
        f"This run needs an estimated {asked} GB of memory and {there} GB is free ({planned.n_scenarios} scenarios, "
        f"{planned.cells.n_cells} combinations of area, care form and provider, {in_en(fullest, 3)} clients in a "
        f"block); {en}.",
        exit_code=2,
        arguments=["n_scenarios", "design_scenarios", "n_years", "keep", "workers"],
    )


@kinds_checked
def check_memory_of_case(case: Case) -> tuple[Note, ...]:
    """What ``check`` says of memory: a case whose smallest comparison does not fit is refused.

    Parameters
    ----------
    case : Case
        A validated case.

    Returns
    -------
    tuple of dict
        A note in Dutch and English where a comparison at its defaults does not fit in what is free now; else none.

    Raises
    ------
    UserError
        Not even the fewest scenarios of one year fit.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> check_memory_of_case(synthetic_region(2, 6))
    ()
    """
    fewest = fewest_scenarios(case.policy.confidence)
    smallest = RunOptions(n_scenarios=fewest, design_scenarios=fewest, n_years=1)
    check_memory(plan(case, fewest, 1, smallest.seed, "out_of_sample"), smallest)
    usual = RunOptions()
    try:
        check_memory(plan(case, max(fewest, usual.n_scenarios), usual.n_years, usual.seed, "out_of_sample"), usual)
    except UserError as error:
        return ({lang: error.text(lang, OF_COMMANDS) for lang in LANGUAGES},)
    return ()


def _remedy(need: MemoryNeed, free: float) -> tuple[str, str]:
    """What makes the run smaller: fewer scenarios where the series weigh most, else fewer workers, else a smaller case."""
    if need.kept > need.workers * need.block:
        return (
            "neem minder scenario's met {n_scenarios} en {design_scenarios}, minder jaren met {n_years}, of laat ze op "
            "schijf staan met {keep}",
            "take fewer scenarios with {n_scenarios} and {design_scenarios}, fewer years with {n_years}, or leave them on "
            "disk with {keep}",
        )
    if need.block + need.kept <= PART * free:
        return "neem minder processen met {workers}", "take fewer processes with {workers}"
    return (
        "controleer de aantallen in demand en de spreiding in risk_factors, of reken per gemeente of perceel",
        "check the volumes in demand and the spread in risk_factors, or compute per municipality or lot",
    )
