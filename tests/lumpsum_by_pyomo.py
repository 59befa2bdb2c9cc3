"""The lump sum solved the other way: the whole model of the card in HiGHS, one stage at a time."""

from __future__ import annotations

from dataclasses import replace

import pyomo.environ as pyo
from pyomo.contrib.appsi.solvers.highs import Highs

from bekostiging.lumpsum import BreachCap, LumpSumData
from bekostiging.lumpsum.model import Stage, build_lumpsum
from bekostiging.units import MILLION

TIGHT = {"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9, "mip_rel_gap": 1e-10}


def least(case: LumpSumData, stage: Stage = "criterion", least_total: float = 0.0) -> pyo.ConcreteModel | None:
    """One stage of the card, solved; None where it has no point."""
    model = build_lumpsum(case, stage, least_total)
    solver = Highs()
    solver.config.load_solution = False
    solver.highs_options = dict(TIGHT)
    found = solver.solve(model)
    if found.best_feasible_objective is None:
        return None
    found.solution_loader.load_vars()
    return model


def objective(model: pyo.ConcreteModel) -> float:
    """What the stage minimises."""
    (aim,) = model.component_objects(pyo.Objective)
    return float(pyo.value(aim))


def in_stages(case: LumpSumData) -> tuple[float | None, BreachCap]:
    """The criterion in euro after all stages, and how far the caps may be passed; None without any design."""
    hard = least(case)
    if hard is not None:
        return objective(hard) * MILLION, BreachCap()
    first = least(case, "least_breach")
    if first is None:
        return None, BreachCap()
    total = objective(first)
    second = least(case, "largest_excess", total)
    assert second is not None
    cap = BreachCap(total * MILLION, objective(second))
    last = least(replace(case, breach=cap))
    assert last is not None
    return objective(last) * MILLION, cap
