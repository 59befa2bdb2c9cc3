"""The phases of a run: simulate, settle, build, compile, solve, report; by scenarios and by municipalities.

Data are made before the clock starts; a subject returns numbers that say what it did (clients drawn, euros paid, rows
built), equal for subjects that answer the same question.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import capacity
import settle as settling
from bekostiging.case import Case, read_case, synthetic_region
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import Contract, PriceLevels, build_contracts, price_levels, reference
from bekostiging.lumpsum import LumpSumData, design_lumpsum
from bekostiging.scenarios import Block, CareUse, Plan, draw_block, map_blocks, plan
from bekostiging.stress import TERM, TOTAL, Comparison, compare

N_YEARS = 4
PROVIDERS = 40
"""Of a region, whatever the number of its municipalities."""
FEW = 16
"""Scenarios where municipalities are counted."""


def of_almere(n_scenarios: int) -> Plan:
    """Futures of the embedded case."""
    return plan(read_case("almere"), n_scenarios, N_YEARS, 1, "fresh")


def of_region(n_municipalities: int) -> Plan:
    """Few futures of a region of so many municipalities."""
    case = synthetic_region(municipalities=n_municipalities, providers=PROVIDERS)
    return plan(case, FEW, N_YEARS, 1, "fresh")


def _drawn(block: Block) -> tuple[int, float]:
    """Clients of a block and the units they used, after reducing."""
    return len(block.clients.start), float(block.care_use().units.sum())


def simulate(workers: int, made: Plan) -> list[float]:
    """Draw every client and reduce to care use."""
    found = map_blocks(made, _drawn, workers)
    return [float(sum(n for n, _ in found)), sum(units for _, units in found)]


@dataclass(frozen=True)
class ToSettle:
    """Care use in memory, and every contract of a case under every form."""

    care_use: CareUse
    contracts: dict[PaymentForm, Sequence[Contract]]
    levels: dict[str, PriceLevels]

    @classmethod
    def of(cls, case: Case, n_scenarios: int) -> ToSettle:
        """One drawn block of a case, repeated to the number of scenarios."""
        made = plan(case, FEW, N_YEARS, 1, "fresh")
        care_use = settling.repeated(draw_block(made, 0).care_use(), n_scenarios, months=False)
        terms = reference(case, made.cells, N_YEARS)
        forms: tuple[PaymentForm, ...] = ("inspanningsgericht", "outputgericht", "taakgericht", "maatwerktraject")
        contracts = {form: build_contracts(case, made.cells, terms, form) for form in forms}
        return cls(care_use, contracts, {lot.id: price_levels(case, lot.id, care_use) for lot in case.lots})

    @classmethod
    def by_scenarios(cls, n_scenarios: int) -> ToSettle:
        """Of a small region."""
        return cls.of(synthetic_region(municipalities=2, providers=6), n_scenarios)

    @classmethod
    def by_municipalities(cls, n_municipalities: int) -> ToSettle:
        """Of few futures."""
        return cls.of(synthetic_region(municipalities=n_municipalities, providers=PROVIDERS), FEW)


def settle(form: PaymentForm, data: ToSettle) -> list[float]:
    """Euro paid in all futures together."""
    settled = (one.settle(data.care_use, data.levels[one.lot]) for one in data.contracts[form])
    return [float(sum(one.payment.sum() for one in settled))]


def build_pyomo(data: LumpSumData) -> list[float]:
    """The lump sum as it is written, in Pyomo."""
    import pyomo.environ as pyo

    from bekostiging.lumpsum.model import build_lumpsum

    return [float(sum(len(own) for own in build_lumpsum(data).component_objects(pyo.Constraint)))]


def build_arrays(data: LumpSumData) -> list[float]:
    """The same decision as the arrays that the tail cuts read."""
    from bekostiging.lumpsum.tail import LumpSumArrays

    return [float(len(LumpSumArrays(data).program.row_lower))]


def compile_template(data: capacity.Capacity) -> list[float]:
    """One Pyomo model compiled, and every scenario made by sparse products."""
    return [float(data.program().n_scenarios)]


def compile_each(data: capacity.Capacity) -> list[float]:
    """The same model built in Pyomo for every scenario apart, and written out as a matrix."""
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    for scenario in range(data.n_scenarios):
        LinearStandardFormCompiler().write(data.model(scenario))
    return [float(data.n_scenarios)]


def solve_lumpsum(data: LumpSumData) -> list[float]:
    """Tail cuts; the objective in euro."""
    design = design_lumpsum(data)
    if design.objective is None:
        raise RuntimeError("the region has no lump sum")
    return [design.objective]


def solve_lumpsum_pyomo(data: LumpSumData) -> list[float]:
    """The extensive form in Pyomo, solved by HiGHS (appsi)."""
    import pyomo.environ as pyo
    from pyomo.contrib.appsi.solvers.highs import Highs

    from bekostiging.lumpsum.model import MILLION, build_lumpsum

    model = build_lumpsum(data)
    Highs().solve(model)
    return [float(pyo.value(model.total_spending)) * MILLION]


def to_report(n_scenarios: int) -> Comparison:
    """A comparison of a small region."""
    return compare(synthetic_region(municipalities=2, providers=6), n_scenarios=n_scenarios)


def report(outcome: Comparison) -> list[float]:
    """The whole result folder: page, figures, tables, JSON, scenarios."""
    from bekostiging.report import write_results

    with tempfile.TemporaryDirectory() as place:
        folder = write_results(outcome, Path(place) / "result")
        return [float(sum(1 for path in folder.rglob("*") if path.is_file()))]


Job = tuple[Case, int, int]
"""A case, scenarios, years."""


def small_region(n_scenarios: int) -> Job:
    """What the tests compare."""
    return synthetic_region(municipalities=2, providers=6), n_scenarios, 1


def almere(n_scenarios: int) -> Job:
    """The main job."""
    return read_case("almere"), n_scenarios, N_YEARS


def whole(workers: int, job: Job) -> list[float]:
    """The comparison from case to estimates: expected spending of the lump sum, euro."""
    case, n_scenarios, n_years = job
    outcome = compare(case, n_scenarios=n_scenarios, n_years=n_years, workers=workers)
    return [outcome.forms["taakgericht"].municipalities[TOTAL][TERM]["expected"].value]


Subjects = dict[str, Callable[..., list[float]]]
WORKERS: Subjects = {"one worker": partial(simulate, 1), "two workers": partial(simulate, 2)}
FORMS: Subjects = {
    form: partial(settle, form)
    for form in ("inspanningsgericht", "outputgericht", "taakgericht", "maatwerktraject")
}
