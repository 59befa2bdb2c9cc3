"""Pools between providers: after the year, the providers of a lot share part of each other's deviation.

Transfer to p: share x (U_p - key_p sum_q U_q), U the signed euros of base - reference in the layer, key_p the reference of p
over the sum of the references of the year (B0 I, under a tariff at most the ceiling; design section 8). Transfers add up to
zero in every scenario and year, in whole cents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bekostiging.case import Case, Problem
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import Said
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.tables import (
    CLAUSES,
    PAYMENT_FORMS,
    ClauseFacts,
    ContractClause,
    PaymentForm,
    clause_problem,
)
from bekostiging.contracts.clauses import OF_REFERENCE, OF_REFERENCE_OR_NONE, register_clause
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.sharing_keys import in_cents
from bekostiging.contracts.terms import Contract
from bekostiging.contracts.valid import require_edges, require_fraction
from bekostiging.units import CENTS
from bekostiging_solvers.typing import FloatArray


@register_clause
@dataclass(frozen=True)
class ProviderPool(ClauseFacts):
    """A pool between the providers of one lot: each shares part of its deviation with the others.

    Parameters
    ----------
    lot : str
    form : str
        Payment form of its contracts.
    lower, upper : float
        Multiples of the reference between which deficits are shared, rising from 1 on; surpluses at the same distance below
        1. ``upper`` may be infinite.
    share : float
        Part of the deviation that goes into the pool, from 0 to 1.

    Raises
    ------
    ValueError
        Edges that do not rise from 1 on, a share outside 0 to 1.

    Examples
    --------
    >>> pool = ProviderPool("youth", "taakgericht", lower=1.0, upper=np.inf, share=0.5)
    >>> pool.kind
    'provider_pool'
    """

    kind = "provider_pool"
    name = ("pool tussen aanbieders", "pool between providers")
    needs: ClassVar[Mapping[str, Said]] = {"lower": OF_REFERENCE}
    allows: ClassVar[Mapping[str, Said]] = {"upper": OF_REFERENCE_OR_NONE}
    lot: str
    form: PaymentForm
    lower: float
    upper: float
    share: float

    def __post_init__(self) -> None:
        """Refuse edges that do not rise from 1 on, and a share outside 0 to 1."""
        require_edges(self, self.lower, self.upper, least=1.0)
        require_fraction(self, "share")

    @classmethod
    def from_row(cls, row: ContractClause) -> Self:
        """The pool of all contracts of a lot under a form that a row of table clauses asks for."""
        upper = np.inf if row.upper is None else row.upper
        return cls(row.lot, row.payment_form, row.lower or 1.0, upper, row.share)

    @classmethod
    def problems(cls, case: Case, row: ContractClause) -> Iterator[Problem]:
        """A pool that begins below 1."""
        if row.lower is not None and row.lower < 1:
            yield clause_problem(
                row,
                "lower",
                f"een pool begint bij lower 1 en is daaronder gespiegeld; {in_nl(row.lower)} kan niet",
                f"a pool begins at lower 1 and is mirrored below it; {in_en(row.lower)} cannot be",
            )

    def transfers(
        self, contracts: Sequence[Contract], retained: Sequence[FloatArray], levels: PriceLevels
    ) -> FloatArray:
        """Euros every contract receives, in whole cents; (n_scenarios, n_years, n_contracts).

        Measured on what the clauses of each leave, ``retained`` (n_scenarios, n_years).

        Raises
        ------
        ValueError
            Contracts of another lot, or of different payment forms.
        """
        foreign = [one for one in contracts if (one.lot, one.form) != (self.lot, self.form)]
        if foreign:
            raise ValueError(
                f"pool of lot {self.lot}: contract {foreign[0].provider} in {foreign[0].lot} ({foreign[0].form}) is of "
                f"another lot or payment form; a pool joins equal contracts"
            )
        reference = np.stack([one.measured_against(levels) for one in contracts], axis=2)
        over = np.stack(retained, axis=2) - reference
        inside = np.maximum(np.abs(over) - (self.lower - 1) * reference, 0.0)
        if np.isfinite(self.upper):
            inside = np.minimum(inside, (self.upper - self.lower) * reference)
        inside *= np.sign(over)
        # by what deviations are measured against: else a contract under a low ceiling pays in more than it was paid
        total = reference.sum(axis=2, keepdims=True)
        key = np.divide(reference, total, out=np.full_like(reference, 1 / len(contracts)), where=total > 0)
        return np.asarray(contracts[0].towards * zero_sum_transfers(self.share * inside, key))


@kinds_checked
def provider_pools(case: Case) -> tuple[ProviderPool, ...]:
    """Pools between the providers of a lot that table clauses asks for, in the order of payment forms.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> provider_pools(synthetic_region(municipalities=2, providers=6))
    ()
    """
    rows = [row for form in PAYMENT_FORMS for row in case.clauses if row.payment_form == form]
    kinds = [(CLAUSES[row.clause], row) for row in rows]
    return tuple(kind.from_row(row) for kind, row in kinds if issubclass(kind, ProviderPool))


@kinds_checked
def zero_sum_transfers(brought: FloatArray, key: FloatArray) -> FloatArray:
    """What every party receives when all carry their deviations together, each its part by a key.

    Parameters
    ----------
    brought : array (..., n)
        Deviation of each of n parties, euro, positive a deficit; rounded to whole cents.
    key : array
        Broadcast to ``brought``; adds up to one over the parties.

    Returns
    -------
    array (..., n)
        Its deviation less its part of the sum of all: euro, whole cents, zero in sum (by largest remainder).

    Examples
    --------
    >>> zero_sum_transfers(np.array([90.0, 0.0, 10.0]), np.full(3, 1 / 3)).tolist()
    [56.66, -33.33, -23.33]
    """
    whole = np.rint(brought * CENTS) / CENTS
    shared = in_cents(whole.sum(axis=-1), np.broadcast_to(key, whole.shape)) / CENTS
    return np.asarray(np.rint((whole - shared) * CENTS) / CENTS)
