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
import lumpsum_region
import settle as settling
from bekostiging.case import Case, read_case, synthetic_region, with_policy
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import LUMP_SUM, Contract, PriceLevels, build_contracts, price_levels, reference
from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.evaluation.figures import EXPECTED
from bekostiging.lumpsum import LumpSumData, design_lumpsum
from bekostiging.scenarios import Block, CareUse, Plan, draw_block, map_blocks, plan
from bekostiging.studies import compare
from bekostiging.units import MILLION

N_YEARS = 4
PROVIDERS = 40
"""Of a region, whatever the number of its municipalities."""
FEW = 16
"""Scenarios where municipalities are counted."""
CONFIDENCE = 0.9
"""Of a region: its tail is more than one of ``FEW`` scenarios."""
PLANNED = 20
"""Scenarios planned where one is drawn."""
MANY = 1_000
"""The same where no client is drawn."""
INHABITANTS = 5_000
"""Of a village: so few that a million scenarios can be drawn."""
BLOCK = 10_000
"""Scenarios settled at once, as a run does block by block."""


def region(n_municipalities: int) -> Case:
    """A region of so many municipalities."""
    return with_policy(
        synthetic_region(municipalities=n_municipalities, providers=PROVIDERS), confidence=CONFIDENCE
    )


def village() -> Case:
    """One municipality, three providers, some 900 clients a scenario."""
    return synthetic_region(municipalities=1, providers=3, inhabitants=INHABITANTS)


def of_almere(n_scenarios: int) -> Plan:
    """Scenarios of the embedded case."""
    return plan(read_case("almere"), n_scenarios, N_YEARS, 1, "out_of_sample")


def of_village(n_scenarios: int) -> Plan:
    """Scenarios of a village."""
    return plan(village(), n_scenarios, N_YEARS, 1, "out_of_sample")


def of_region(n_municipalities: int) -> Plan:
    """Few scenarios of a region of so many municipalities."""
    return plan(region(n_municipalities), FEW, N_YEARS, 1, "out_of_sample")


def _draw_and_reduce(block: Block) -> tuple[int, float]:
    """Clients of a block and the units they used, after reducing."""
    return len(block.clients.start), float(block.care_use().units.sum())


def simulate(workers: int, planned: Plan) -> list[float]:
    """Draw every client and reduce to care use."""
    found = map_blocks(planned, _draw_and_reduce, workers)
    return [float(sum(n for n, _ in found)), sum(units for _, units in found)]


@dataclass(frozen=True)
class ToSettle:
    """Care use of a block in memory, how often it is settled, and every contract of a case under every form."""

    care_use: CareUse
    n_blocks: int
    contracts: dict[PaymentForm, Sequence[Contract]]
    levels: dict[str, PriceLevels]

    @classmethod
    def of(cls, case: Case, n_scenarios: int) -> ToSettle:
        """One drawn block of a case, repeated to the number of scenarios."""
        planned, block = plan(case, PLANNED, N_YEARS, 1, "out_of_sample"), min(n_scenarios, BLOCK)
        if n_scenarios % block:
            raise ValueError(f"{n_scenarios} scenarios are no whole number of blocks of {block}")
        care_use = settling.repeated(draw_block(planned, 0).care_use(), block, months=False)
        terms = reference(case, planned.cells, N_YEARS)
        contracts = {form: build_contracts(case, planned.cells, terms, form) for form in PAYMENT_FORMS}
        levels = {lot.id: price_levels(case, lot.id, care_use) for lot in case.lots}
        return cls(care_use, n_scenarios // block, contracts, levels)

    @classmethod
    def by_scenarios(cls, n_scenarios: int) -> ToSettle:
        """Of a small region."""
        return cls.of(synthetic_region(municipalities=2, providers=6), n_scenarios)

    @classmethod
    def by_municipalities(cls, n_municipalities: int) -> ToSettle:
        """Of few scenarios."""
        return cls.of(region(n_municipalities), FEW)


def settle(form: PaymentForm, data: ToSettle) -> list[float]:
    """Euro paid in all scenarios together."""
    paid = 0.0
    for _ in range(data.n_blocks):
        settled = (one.settle(data.care_use, data.levels[one.lot]) for one in data.contracts[form])
        paid += float(sum(one.payment.sum() for one in settled))
    return [paid]


def lumpsum_by_municipalities(n_municipalities: int) -> LumpSumData:
    """The lump sum of a region of so many municipalities."""
    return lumpsum_region.region(MANY, municipalities=n_municipalities)


def capacity_by_areas(n_scenarios: int, n_areas: int) -> capacity.Capacity:
    """Reserved capacity of twenty providers for so many areas."""
    return capacity.Capacity.draw(n_scenarios, size=(20, 6, n_areas))


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
    """Tail cuts; the criterion in euro."""
    design = design_lumpsum(data)
    if design.criterion is None:
        raise RuntimeError("the region has no lump sum")
    return [design.criterion]


def solve_lumpsum_pyomo(data: LumpSumData) -> list[float]:
    """The extensive form in Pyomo, solved by HiGHS (appsi)."""
    import pyomo.environ as pyo
    from pyomo.contrib.appsi.solvers.highs import Highs

    from bekostiging.lumpsum.model import build_lumpsum

    model = build_lumpsum(data)
    Highs().solve(model)
    return [float(pyo.value(model.criterion)) * MILLION]


def to_report(n_scenarios: int) -> Comparison:
    """A comparison of a village."""
    return compare(village(), n_scenarios=n_scenarios, design_scenarios=n_scenarios, workers=2)


def to_report_region(n_municipalities: int) -> Comparison:
    """A comparison of few scenarios of a region."""
    return compare(region(n_municipalities), n_scenarios=FEW, design_scenarios=FEW, workers=2)


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


def whole_village(n_scenarios: int) -> Job:
    """Many scenarios of few clients."""
    return village(), n_scenarios, N_YEARS


def whole_region(n_municipalities: int) -> Job:
    """Few scenarios of a region."""
    return region(n_municipalities), FEW, N_YEARS


def whole(workers: int, job: Job) -> list[float]:
    """The comparison from case to estimates: expected spending of the lump sum, euro."""
    case, n_scenarios, n_years = job
    outcome = compare(
        case, n_scenarios=n_scenarios, design_scenarios=n_scenarios, n_years=n_years, workers=workers
    )
    return [outcome.forms[LUMP_SUM].municipalities[TOTAL][TERM][EXPECTED].value]


Subjects = dict[str, Callable[..., list[float]]]


def by_workers(work: Callable[..., list[float]]) -> Subjects:
    """A phase on one worker and on two."""
    return {"one worker": partial(work, 1), "two workers": partial(work, 2)}


FORMS: Subjects = {form: partial(settle, form) for form in PAYMENT_FORMS}
