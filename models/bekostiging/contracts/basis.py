"""What a contract is made from: the case, its cells and its reference figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bekostiging.case import Case
from bekostiging.contracts.reference_amounts import Reference
from bekostiging.scenarios import Cells, paid_by_row
from bekostiging.scenarios.forecast import demand_of_cells
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class Basis:
    """A case with its cells and reference figures; a contract is named by its place in ``case.contracts``.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import reference
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> Basis(case, cells, reference(case, cells, n_years=1)).clients(contract=0).round(1).tolist()
    [2002.6]
    """

    case: Case
    cells: Cells
    reference: Reference

    @cached_property
    def paid_parts(self) -> FloatArray:
        """Part of the units of a start that its hours budget is expected to pay; (n_cells,)."""
        return paid_parts(self.case, self.cells)

    def clients(self, contract: int) -> FloatArray:
        """Expected clients of a contract, above zero; (n_years,)."""
        return np.asarray(np.maximum(self.reference.clients[contract], np.finfo(np.float64).tiny))


def paid_parts(case: Case, cells: Cells) -> FloatArray:
    """Part of the units of a start that its hours budget is expected to pay; (n_cells,)."""
    return np.asarray(paid_by_row(case)[demand_of_cells(case, cells)])
