"""Clauses on the lump sum itself: which part of b I is paid, and what is paid beside it. All are linear in b."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bekostiging.case import Case, Problem
from bekostiging.case.errors import Said
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.tables import ContractClause, FormFacts, clause_problem
from bekostiging.contracts.basis import Basis
from bekostiging.contracts.clauses import TableClause, register_clause
from bekostiging.contracts.revenue import revenue_paths
from bekostiging.contracts.valid import require, require_fraction
from bekostiging.scenarios import CareUse
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray, IntArray

OF_CLIENTS: Said = ("veelvoud van de verwachte cliënten", "multiple of the expected clients")
AT_STAKE: Said = ("deel van het budget dat op het spel staat", "part of the budget at stake")


class BudgetClause(TableClause):
    """Multiplies the lump sum by a factor known in every scenario; the order of several does not matter.

    A subclass gives ``factor`` and ``least``; ``Performance`` is one.

    Examples
    --------
    >>> bool(np.all(Performance(part=0.05, target=0.7).least(n_years=2) == 0.95))  # 5 % is at stake
    True
    """

    @classmethod
    def joins(cls, form: type[FormFacts]) -> bool:
        """Whether contracts of a payment form may have it: only a lump sum has a budget."""
        return form.lump_sum

    @abstractmethod
    def factor(self, care_use: CareUse, cells: IntArray) -> FloatArray:
        """Part of b I that is paid; (n_scenarios, n_years)."""

    @abstractmethod
    def least(self, n_years: int) -> FloatArray:
        """Least part of b I that can be paid; (n_years,)."""

    def beside(self, n_years: int) -> FloatArray:
        """Euro paid beside it at the price level of the first year; (n_years,)."""
        return np.zeros(n_years)


@register_clause
@dataclass(frozen=True)
class Performance(BudgetClause):
    """A part of the budget depends on the share of started trajectories that end with result.

    Paid in proportion up to the target; a year without starts pays it whole.

    Parameters
    ----------
    part : float
        Part of the budget at stake, from 0 to 1.
    target : float
        Share of started trajectories with result, above 0 up to 1, from which on the part is paid whole.

    Raises
    ------
    ValueError
        A part or target that is no such fraction.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> care_use = expected_care_use(case, cells, n_years=2)
    >>> clause = Performance(part=0.05, target=0.7)
    >>> clause.factor(care_use, np.flatnonzero(cells.contract == 0)).round(3).tolist(), clause.least(2).tolist()
    ([[1.0, 1.0]], [0.95, 0.95])
    """

    kind = "performance"
    name = ("prestatiedeel", "performance part")
    share_means = AT_STAKE
    needs: ClassVar[Mapping[str, Said]] = {
        "upper": ("doel voor het aandeel met resultaat", "target share of results")
    }
    part: float
    target: float

    def __post_init__(self) -> None:
        """Refuse a part or target that is no share."""
        require_fraction(self, "part", "target")
        require(
            self.target > 0, self, "target", "a share of results above zero; without a target leave the clause out"
        )

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause of a row of table clauses: its share is the part, its upper edge the target."""
        return cls(row.share, np.inf if row.upper is None else row.upper)

    @classmethod
    def problems(cls, case: Case, row: ContractClause) -> Iterator[Problem]:
        """A target above one."""
        if row.upper is not None and row.upper > 1:
            yield clause_problem(
                row,
                "upper",
                f"het doel ({in_nl(row.upper)}) is een aandeel van 0 tot 1",
                f"the target ({in_en(row.upper)}) is a share from 0 to 1",
            )

    def factor(self, care_use: CareUse, cells: IntArray) -> FloatArray:
        """1 - part + part x min(1, share with result / target)."""
        started = care_use.starts_by_profile[:, :, cells].sum(axis=(2, 3))
        good = care_use.successes_by_profile[:, :, cells].sum(axis=(2, 3))
        score = np.divide(good, started, out=np.full_like(good, self.target), where=started != 0)
        return np.asarray(1 - self.part + self.part * np.minimum(score / self.target, 1.0))

    def least(self, n_years: int) -> FloatArray:
        """Least part of b I that can be paid, when nobody ends with result; (n_years,)."""
        return np.full(n_years, 1 - self.part)


@register_clause
@dataclass(frozen=True)
class Sanction(BudgetClause):
    """Temporary reduction of the budget during some months of the first year (Contractstandaard Wmo v1.2 art. 3.19).

    Parameters
    ----------
    part : float
        Part of the budget that is withheld, from 0 to 1.
    months : int
        One or more.

    Raises
    ------
    ValueError
        A part outside 0 to 1, no months.

    Examples
    --------
    >>> Sanction(part=0.05, months=6).least(3).tolist()
    [0.975, 1.0, 1.0]
    """

    kind = "sanction"
    name = ("korting", "sanction")
    share_means = AT_STAKE
    needs: ClassVar[Mapping[str, Said]] = {"length": ("maanden", "months")}
    part: float
    months: int

    def __post_init__(self) -> None:
        """Refuse a part that is no share and a term without months."""
        require_fraction(self, "part")
        require(self.months >= 1, self, "months", "a number of months, one or more")

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause of a row of table clauses: its share is the part, its length the months."""
        return cls(row.share, row.length or MONTHS)

    def factor(self, care_use: CareUse, cells: IntArray) -> FloatArray:
        """Part of b I that is paid: 1 - part x months / 12 in the first year, then 1; (n_scenarios, n_years)."""
        paid = np.ones((care_use.n_scenarios, care_use.n_years))
        paid[:, 0] -= self.part * self.months / MONTHS
        return paid

    def least(self, n_years: int) -> FloatArray:
        """Part of b I that is paid, in every scenario; (n_years,)."""
        paid = np.ones(n_years)
        paid[0] -= self.part * self.months / MONTHS
        return paid


@register_clause
@dataclass(frozen=True)
class VolumeClause(BudgetClause):
    """Beyond a band around the expected number of clients the budget follows the clients for a part.

    Parameters
    ----------
    lower, upper : float
        The band, as multiples of the expected clients; ``upper`` may be infinite.
    part : float
        Part with which the budget follows, from 0 to 1.
    expected : array (n_years,)
        Clients of this contract that are expected in each year, above zero.

    Raises
    ------
    ValueError
        A band that does not rise, a part outside 0 to 1, a year without expected clients.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> care_use = expected_care_use(case, cells, n_years=2)
    >>> own = np.flatnonzero(cells.contract == 0)
    >>> fewer = care_use.clients[0][:, own].sum(axis=1) / 1.2  # 20 % more clients than were expected
    >>> VolumeClause(0.9, 1.1, part=0.5, expected=fewer).factor(care_use, own).round(4).tolist()
    [[1.05, 1.05]]
    """

    kind = "volume_clause"
    name = ("volumebeding", "volume clause")
    share_means = ("deel waarmee het budget de cliënten volgt", "part with which the budget follows the clients")
    needs: ClassVar[Mapping[str, Said]] = {"lower": OF_CLIENTS, "upper": OF_CLIENTS}
    lower: float
    upper: float
    part: float
    expected: FloatArray

    def __post_init__(self) -> None:
        """Refuse a band that does not rise, a part that is no share, and years without expected clients."""
        require_fraction(self, "part")
        require(self.lower >= 0, self, "lower", "a multiple of the expected clients, zero or more")
        require(
            self.upper >= self.lower,
            self,
            "upper",
            f"not below lower ({in_en(self.lower)}); np.inf for no upper edge",
        )
        positive = np.ndim(self.expected) == 1 and bool((np.asarray(self.expected) > 0).all())
        require(positive, self, "expected", "an array with the expected clients of every year, each above zero")

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause of a row of table clauses: its edges are the band, its share the part."""
        upper = np.inf if row.upper is None else row.upper
        return cls(row.lower or 0.0, upper, row.share, basis.clients(contract))

    def factor(self, care_use: CareUse, cells: IntArray) -> FloatArray:
        """1 + part x (what the clients are above the band, less what they are below it), relative to expected."""
        ratio = care_use.clients[:, :, cells].sum(axis=2) / self.expected
        beyond = np.maximum(ratio - self.upper, 0.0) - np.maximum(self.lower - ratio, 0.0)
        return np.asarray(1 + self.part * beyond)

    def least(self, n_years: int) -> FloatArray:
        """Least part of b I that can be paid, when there are no clients at all; (n_years,)."""
        return np.full(n_years, 1 - self.part * self.lower)


@register_clause
@dataclass(frozen=True)
class GrowthPath(BudgetClause):
    """Ingroei: in the first years a falling part of the revenue so far is paid instead of the budget.

    The part of the revenue in year t (0 is the first) is ``part`` x (1 - t / years) while t < years.

    Parameters
    ----------
    part : float
        Part of the revenue in the first year, from 0 to 1.
    years : int
        Years until nothing of the revenue is paid, one or more.
    revenue : float
        Euro, as it is expected in the first contract year (``expected_revenue``).

    Raises
    ------
    ValueError
        A part outside 0 to 1, no years, a revenue below zero.

    Examples
    --------
    >>> path = GrowthPath(part=0.6, years=2, revenue=1000.0)
    >>> path.least(3).tolist(), path.beside(3).tolist()
    ([0.4, 0.7, 1.0], [600.0, 300.0, 0.0])
    """

    kind = "growth_path"
    name = ("ingroeipad", "growth path")
    share_means = (
        "deel van de omzet tot nu toe in het eerste jaar",
        "part of the revenue so far in the first year",
    )
    needs: ClassVar[Mapping[str, Said]] = {"length": ("jaren", "years")}
    part: float
    years: int
    revenue: float

    def __post_init__(self) -> None:
        """Refuse a part that is no share, a path without years and a revenue below zero."""
        require_fraction(self, "part")
        require(self.years >= 1, self, "years", "a number of years, one or more")
        require(self.revenue >= 0, self, "revenue", "euro in the first contract year, zero or more")

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause of a row of table clauses: its share is the part, its length the years."""
        (path,) = revenue_paths(basis.case, basis.cells, basis.reference, (contract,))
        return cls(row.share, row.length or 1, path.expected)

    @classmethod
    def problems(cls, case: Case, row: ContractClause) -> Iterator[Problem]:
        """A contract without revenue: there is nothing to grow from."""
        for contract in case.contracts:
            if contract.lot == row.lot and contract.revenue == 0:
                yield clause_problem(
                    row,
                    "clause",
                    f"contract {contract.provider} in {contract.lot} heeft geen omzet om uit in te groeien; vul "
                    "contracts.revenue in",
                    f"contract {contract.provider} in {contract.lot} has no revenue to grow from; fill in "
                    "contracts.revenue",
                )

    def _old(self, n_years: int) -> FloatArray:
        """Part that still follows the old revenue."""
        return np.asarray(self.part * np.maximum(1 - np.arange(n_years) / self.years, 0.0))

    def factor(self, care_use: CareUse, cells: IntArray) -> FloatArray:
        """Part of b I that is paid: what the revenue so far leaves; (n_scenarios, n_years)."""
        return np.tile(1 - self._old(care_use.n_years), (care_use.n_scenarios, 1))

    def least(self, n_years: int) -> FloatArray:
        """Part of b I that is paid, in every scenario; (n_years,)."""
        return 1 - self._old(n_years)

    def beside(self, n_years: int) -> FloatArray:
        """The old revenue's part, paid beside the budget; euro at the price level of the first year, (n_years,)."""
        return np.asarray(self._old(n_years) * self.revenue)
