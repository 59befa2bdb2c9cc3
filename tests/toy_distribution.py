"""A distribution of the risk factors as a Python caller may bring it: a jump in the inflow of every area, now and then."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from bekostiging.case import Case
from bekostiging.scenarios import FactorModel, Factors
from bekostiging_solvers.typing import FloatArray


class JumpModel:
    """The factors of the tables, and on the first normal whether the inflow of the whole term jumps; mean one."""

    def __init__(self, case: Case, n_years: int, chance: float, size: float) -> None:
        self.tables, self.chance, self.size = FactorModel(case, n_years), chance, size
        self.n_dimensions = 1 + self.tables.n_dimensions

    def multipliers(self, normals: FloatArray) -> Factors:
        """The multipliers of the tables, inflow with its jump."""
        factors = self.tables.multipliers(normals[:, 1:])
        jump = np.where(ndtr(normals[:, 0]) < self.chance, 1 + self.size, 1.0) / (1 + self.chance * self.size)
        inflow = factors.inflow.copy()
        inflow[:, 1:] *= jump[:, None, None]
        return replace(factors, inflow=inflow)


@dataclass(frozen=True)
class Jump:
    """``chance`` of a jump by ``size``, a fraction."""

    chance: float = 0.1
    size: float = 0.5
    name = ("sprong in de instroom", "jump in the inflow")

    def model(self, case: Case, n_years: int) -> JumpModel:
        """Of one case and horizon."""
        return JumpModel(case, n_years, self.chance, self.size)
