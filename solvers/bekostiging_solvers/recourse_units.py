"""A two-stage program in units of its own, where its numbers are too far from one for the solver's tolerances.

Scenarios share the units of the places they share: those of the largest number that any of them has there. So scenarios of
one matrix keep one matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from bekostiging_solvers.equilibration import LARGE, Units, check_ends, is_ordinary, units_of
from bekostiging_solvers.scenarios import Changes, CoreScenarios, MatrixPart, Recourse, VectorPart
from bekostiging_solvers.second_stages import SecondStageSolutions
from bekostiging_solvers.two_stage import RecourseSolution, TwoStageProgram
from bekostiging_solvers.typing import BoolArray, FloatArray

LEAST_OBJECTIVE = 0.25
"""The largest cost of a unit of a column from which gaps and reduced costs mean something beside it."""


@dataclass(frozen=True)
class RecourseUnits:
    """Units of the first stage, of the columns and rows of every second stage (one pair for all), and of money."""

    first: Units
    second: tuple[Units, ...]

    @classmethod
    def of(cls, program: TwoStageProgram) -> RecourseUnits | None:
        """The units in which a program is solved; None where one is a fair unit of everything.

        Raises
        ------
        ValueError
            A cost or bound that counts as infinite beside the others; it is named.
        """
        first, scenarios = program.first, program.scenarios
        alike = isinstance(scenarios, CoreScenarios) or len({one.matrix.shape for one in scenarios}) == 1
        forms = [_largest(scenarios)] if alike else [_largest((one,)) for one in scenarios]
        sizes = [form.matrix.shape for form in forms]
        blocks = [
            [form.technology if k == 0 else (form.matrix if k - 1 == place else csr_array((rows, sizes[k - 1][1])))
             for k in range(len(forms) + 1)]
            for place, (form, (rows, _)) in enumerate(zip(forms, sizes, strict=True))
        ]  # fmt: skip
        n_rest = sum(columns for _, columns in sizes)
        own = [
            hstack([first.matrix, csr_array((first.matrix.shape[0], n_rest))]),
            *(hstack(row) for row in blocks),
        ]
        whole = [_mask(first.integer, len(first.cost)), *(_mask(form.integer, len(form.cost)) for form in forms)]

        def both(name: VectorPart) -> FloatArray:
            """A vector of both stages."""
            return np.concatenate([getattr(first, name), *(getattr(form, name) for form in forms)])

        found = units_of(
            csr_array(vstack(own)), both("cost"), (both("lower"), both("upper")), (both("row_lower"), both("row_upper")),
            np.concatenate(whole),
        )  # fmt: skip
        if is_ordinary(found.columns, found.rows):
            if LEAST_OBJECTIVE <= found.objective <= LARGE or not both("cost").any():
                return None
            found = Units(np.ones(len(found.columns)), np.ones(len(found.rows)), found.objective)
        columns = np.split(found.columns, np.cumsum([len(first.cost), *(n for _, n in sizes)])[:-1])
        rows = np.split(found.rows, np.cumsum([len(first.row_lower), *(m for m, _ in sizes)])[:-1])
        pairs = [Units(c, r, found.objective) for c, r in zip(columns, rows, strict=True)]
        check_ends(pairs[0].scaled(first))
        return cls(pairs[0], tuple(pairs[1:]))

    def scaled(self, program: TwoStageProgram) -> TwoStageProgram:
        """The program in these units."""
        every, scenarios = self.second * (program.n_scenarios if len(self.second) == 1 else 1), program.scenarios
        own: Sequence[Recourse]
        if isinstance(scenarios, CoreScenarios):
            own = self._scaled_core(scenarios)
        else:
            own = tuple(self._scaled(one, units) for one, units in zip(scenarios, every, strict=True))
        return replace(program, first=self.first.scaled(program.first), scenarios=own)

    def restored(self, solution: RecourseSolution) -> RecourseSolution:
        """A solution in the units of the caller; its gap is that of the scaled one."""
        money = self.first.objective
        return replace(
            solution,
            x=solution.x * self.first.columns,
            objective=solution.objective * money,
            bound=solution.bound * money,
            costs=solution.costs * money,
        )

    def restored_stages(self, found: SecondStageSolutions) -> SecondStageSolutions:
        """What second stages do and cost in the units of the caller."""
        every, money = self.second * (len(found.y) if len(self.second) == 1 else 1), self.first.objective
        return SecondStageSolutions(
            found.costs * money,
            tuple(y * units.columns for y, units in zip(found.y, every, strict=True)),
            tuple(duals / units.rows * money for duals, units in zip(found.duals, every, strict=True)),
        )

    def _scaled(self, one: Recourse, units: Units) -> Recourse:
        """A second stage in these units."""
        factors = self._factors(one, units)
        own: dict[str, Any] = {name: getattr(one, name) * factors[name] for name in VECTORS}
        own |= {name: _times(getattr(one, name), factors[name]) for name in MATRICES}
        return replace(one, **own)

    def _scaled_core(self, scenarios: CoreScenarios) -> CoreScenarios:
        """Scenarios of a core in these units."""
        factors = self._factors(scenarios.core, self.second[0])
        changes: Changes = {
            name: (places, values * factors[name][places]) for name, (places, values) in scenarios.changes.items()
        }
        return CoreScenarios(self._scaled(scenarios.core, self.second[0]), changes, len(scenarios))

    def _factors(self, one: Recourse, units: Units) -> dict[VectorPart | MatrixPart, FloatArray]:
        """By what every number of a second stage is multiplied; of a matrix, its stored entries."""
        found: dict[VectorPart | MatrixPart, FloatArray] = {
            "cost": units.columns / units.objective, "lower": 1 / units.columns, "upper": 1 / units.columns,
            "row_lower": 1 / units.rows, "row_upper": 1 / units.rows,
        }  # fmt: skip
        for name in MATRICES:
            part, columns = getattr(one, name), units.columns if name == "matrix" else self.first.columns
            found[name] = columns[part.indices] / np.repeat(units.rows, np.diff(part.indptr))
        return found


VECTORS: tuple[VectorPart, ...] = ("cost", "lower", "upper", "row_lower", "row_upper")
MATRICES: tuple[MatrixPart, ...] = ("matrix", "technology")


def _times(matrix: csr_array, factors: FloatArray) -> csr_array:
    """A matrix with its stored entries multiplied."""
    return csr_array((matrix.data * factors, matrix.indices, matrix.indptr), shape=matrix.shape)


def _largest(scenarios: Sequence[Recourse]) -> Recourse:
    """A second stage with the largest size of every number over the scenarios; zero where none is finite."""
    core = scenarios.core if isinstance(scenarios, CoreScenarios) else scenarios[0]
    own: dict[str, Any] = {name: _size(getattr(core, name)) for name in VECTORS}
    own |= {name: abs(getattr(core, name)) for name in MATRICES}
    if isinstance(scenarios, CoreScenarios):
        for name, (places, values) in scenarios.changes.items():
            flat = own[name] if name in VECTORS else own[name].data
            flat[places] = np.maximum(flat[places], _size(values).max(axis=0, initial=0.0))
    else:
        seen = {id(core)} | {id(getattr(core, name)) for name in MATRICES}
        for one in scenarios[1:]:
            for name in VECTORS:
                own[name] = np.maximum(own[name], _size(getattr(one, name)))
            for name in MATRICES:
                part = getattr(one, name)
                if id(part) not in seen:
                    seen.add(id(part))
                    own[name] = csr_array(own[name].maximum(abs(part)))
    return Recourse(**own, integer=core.integer)


def _size(values: FloatArray) -> FloatArray:
    """Size of numbers; nothing for infinity."""
    return np.where(np.isfinite(values), np.abs(values), 0.0)


def _mask(integer: BoolArray | None, n: int) -> BoolArray:
    return np.zeros(n, dtype=np.bool_) if integer is None else integer
