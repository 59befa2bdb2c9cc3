"""Crisis care that a lump sum pays beside its budget: at the tariff, outside the corridor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from bekostiging.case.tables import ContractClause, FormFacts
from bekostiging.contracts.basis import Basis
from bekostiging.contracts.clauses import Clause, Position, TableClause, register_clause
from bekostiging.contracts.valid import require, require_share
from bekostiging_solvers.typing import FloatArray


@register_clause
@dataclass(frozen=True)
class CrisisCare(Clause, TableClause):
    """Crisis care under a lump sum is paid at the lot's reference tariff, and taken off what the corridor is measured on.

    Parameters
    ----------
    tariff : array (n_own_cells,)
        Euro per unit of the first contract year, the lot's reference tariff, for the contract's own cells.
    share : array (1,)
        Part of it that is paid so, from 0 to 1; nan where it is to be decided.

    Raises
    ------
    ValueError
        A tariff below zero, another number of shares, one outside 0 to 1.

    Examples
    --------
    >>> clause = CrisisCare(tariff=np.array([80.0]), share=np.array([1.0]))
    >>> clause.per_client, clause.decided
    (True, True)
    """

    kind = "crisis_care"
    name = ("crisishulp buiten de bandbreedte", "crisis care outside the corridor")
    share_means = ("deel dat tegen tarief wordt betaald", "part that is paid at the tariff")
    per_client = True
    tariff: FloatArray
    share: FloatArray

    def __post_init__(self) -> None:
        """Refuse tariffs below zero and what is no share."""
        require(bool((np.asarray(self.tariff) >= 0).all()), self, "tariff", "euro per unit, zero or more")
        require_share(self, self.share, 1)

    @classmethod
    def joins(cls, form: type[FormFacts]) -> bool:
        """Whether contracts of a payment form may have it: a tariff pays crisis care first anyway."""
        return form.lump_sum

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause with the share of a row of table clauses, at the reference tariffs of the contract's own cells."""
        own = np.flatnonzero(basis.cells.contract == contract)
        return cls(basis.reference.tariff[own], np.array([row.share]))

    def euros(self, position: Position) -> FloatArray:
        """Crisis units at the tariff; (n_scenarios, n_years, 1)."""
        units = position.care_use.crisis_units[..., position.cells]
        return np.asarray((units @ self.tariff * position.tariff_level)[..., None])
