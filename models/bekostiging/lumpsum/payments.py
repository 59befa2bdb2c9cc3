"""Payments, losses and spending of the lump sum as functions of the decisions, read from the data without copies.

The columns of a lot are its forms, its loading and its shares, in that order. With x of a lot

    Y = form_lump (A B0 I + Z) + sum over other forms form_f P_f + A B0 I loading + sum_l sign_l share_l U_l.

Arrays may be float32: they are summed in float64. Money in millions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.lumpsum.data import LumpSumData
from bekostiging.units import MILLION
from bekostiging_solvers import LinearLoss
from bekostiging_solvers.typing import FloatArray, IntArray


class Payments:
    """Y of every contract, linear in the columns of its lot."""

    def __init__(self, data: LumpSumData) -> None:
        self.data = data
        self.n_forms = len(data.forms)
        self._means: dict[int, FloatArray] = {}

    def lump(self, contract: int, scenarios: slice | IntArray = slice(None)) -> FloatArray:
        """A B0 I of a contract; (s, t)."""
        data = self.data
        paid = data.paid_part[scenarios, contract].astype(np.float64)
        return np.asarray(paid * data.index[scenarios, contract] * (data.reference[contract] / MILLION))

    def paid(self, contract: int, own: FloatArray, scenarios: slice | IntArray = slice(None)) -> FloatArray:
        """Y at the columns of the contract's lot; (s, t)."""
        data, n = self.data, self.n_forms
        found = (own[0] + own[n]) * self.lump(contract, scenarios)
        found += own[0] / MILLION * data.fixed[scenarios, contract]
        for weight, paid in zip(own[1:n], data.other_payments.values(), strict=True):
            found += weight / MILLION * paid[scenarios, contract]
        amounts = data.amounts[contract][scenarios]
        signed = own[n + 1 :] * data.lots[data.lot[contract]].corridor.sign / MILLION
        return np.asarray(
            found + LinearLoss(amounts.reshape(-1, len(signed))).evaluate(signed).reshape(found.shape)
        )

    def coefficients(self, contract: int, scenarios: slice | IntArray = slice(None)) -> FloatArray:
        """What each column of the lot adds to Y; (s, t, n_forms + 1 + n_layers)."""
        data = self.data
        lump = self.lump(contract, scenarios)
        forms = [lump + data.fixed[scenarios, contract] / MILLION]
        forms += [paid[scenarios, contract] / MILLION for paid in data.other_payments.values()]
        sign = data.lots[data.lot[contract]].corridor.sign
        inside = data.amounts[contract][scenarios] * (sign / MILLION)
        return np.concatenate([np.stack([*forms, lump], axis=2), inside], axis=2)

    def mean(self, contract: int) -> FloatArray:
        """Expected coefficients; (t, n_forms + 1 + n_layers)."""
        if contract not in self._means:
            self._means[contract] = np.asarray(self.coefficients(contract).mean(axis=0))
        return self._means[contract]


class ProviderLoss:
    """Largest cumulative discounted loss of a provider, max(0, max_t sum_{u <= t} v (C - Y)).

    ``columns``: per contract, where the columns of its lot stand in x. Where the scenarios are few enough the running sums
    are kept as one matrix, else they are read from the data anew.
    """

    def __init__(
        self, payments: Payments, contracts: IntArray, columns: tuple[IntArray, ...], *, kept: bool
    ) -> None:
        self.payments, self.contracts, self.columns = payments, contracts, columns
        self._running = self._cumulated() if kept else None

    @property
    def _all_columns(self) -> IntArray:
        """Columns of all its lots."""
        return np.unique(np.concatenate(self.columns))

    def _cumulated(self) -> tuple[FloatArray, FloatArray, IntArray]:
        """Running sums of v C (s, t) and of what each column adds to v Y (s, t, k), and the columns."""
        data, own = self.payments.data, self._all_columns
        cost = data.cost[:, self.contracts].sum(axis=1, dtype=np.float64) / MILLION
        slope = np.zeros((*cost.shape, len(own)))
        for c, columns in zip(self.contracts, self.columns, strict=True):
            slope[:, :, np.searchsorted(own, columns)] += self.payments.coefficients(int(c))
        discount = data.discount
        return np.cumsum(cost * discount, axis=1), np.cumsum(slope * discount[:, None], axis=1), own

    def path(self, x: FloatArray, scenarios: slice | IntArray = slice(None)) -> FloatArray:
        """Cumulative loss; (s, t)."""
        if self._running is not None:
            cost, slope, own = self._running
            return np.asarray(cost[scenarios] - slope[scenarios] @ x[own])
        data = self.payments.data
        lost = np.zeros(data.index[scenarios, 0].shape)
        for c, columns in zip(self.contracts, self.columns, strict=True):
            lost += data.cost[scenarios, c] / MILLION - self.payments.paid(int(c), x[columns], scenarios)
        return np.cumsum(lost * data.discount, axis=1)

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Largest cumulative loss of every scenario; (s,)."""
        return np.asarray(np.maximum(self.path(x).max(axis=1), 0.0))

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """Subgradient of the weighted largest losses: payments up to the year of the largest, where it is a loss."""
        chosen = np.flatnonzero(weights)
        path = self.path(x, chosen)
        largest_loss = path.argmax(axis=1)
        active = np.where(path[np.arange(len(path)), largest_loss] > 0, weights[chosen], 0.0)
        gradient = np.zeros(len(x))
        if self._running is not None:
            _, slope, own = self._running
            gradient[own] = -active @ slope[chosen, largest_loss]
            return gradient
        data = self.payments.data
        weight = active[:, None] * (np.arange(data.n_years) <= largest_loss[:, None]) * data.discount
        for c, columns in zip(self.contracts, self.columns, strict=True):
            gradient[columns] -= np.einsum("st,stk->k", weight, self.payments.coefficients(int(c), chosen))
        return gradient

    def expected_earnings(self, n_columns: int) -> tuple[float, FloatArray]:
        """E[sum v C] and the coefficients of E[sum v Y] in x."""
        data = self.payments.data
        slope = np.zeros(n_columns)
        cost = 0.0
        for c, columns in zip(self.contracts, self.columns, strict=True):
            slope[columns] += data.discount @ self.payments.mean(int(c))
            cost += float(data.expected_cost(int(c)) @ data.discount) / MILLION
        return cost, slope


@dataclass(frozen=True)
class Sampled:
    """Payments, losses and spending on some scenarios: what depends on the scenarios alone, not on the limits."""

    payments: Payments
    losses: dict[int, ProviderLoss]
    spending: Spending


KEPT_ENTRIES = 20_000_000
"""Numbers of running losses kept, 160 MB; beyond it they are read from the data anew."""


def sampled(data: LumpSumData, columns: list[IntArray]) -> Sampled:
    """Payments, losses and spending of some data, made once for all decisions on the same arrays; ``columns`` per lot, the
    same for all of them."""
    arrays = (
        data.index, data.paid_part, data.fixed, data.cost, data.key, data.other, data.reference, data.discount,
        data.lot, data.provider, *data.amounts, *data.other_payments.values(),
        *(lots for _, lots in data.purses), *(lot.corridor.sign for lot in data.lots),
    )  # fmt: skip
    return data.cache.of("sampled", arrays, lambda: _sampled(data, columns))


def _sampled(data: LumpSumData, columns: list[IntArray]) -> Sampled:
    """Payments, losses and spending of the data, computed."""
    payments = Payments(data)
    of_lot = [columns[j] for j in data.lot]
    providers = sorted(set(data.provider.tolist()))
    width = sum(len(own) for own in of_lot)
    kept = data.n_scenarios * data.n_years * width <= KEPT_ENTRIES
    losses = {}
    for p in providers:
        own = np.flatnonzero(data.provider == p)
        losses[p] = ProviderLoss(payments, own, tuple(of_lot[c] for c in own), kept=kept)
    return Sampled(payments, losses, Spending(payments, columns))


class Spending:
    """M of every municipality: key times the payments of each lot, and what is outside the decision."""

    def __init__(self, payments: Payments, columns: list[IntArray]) -> None:
        self.data = payments.data
        self.columns = columns
        """Per lot, where its columns stand in x."""
        self._means: dict[tuple[int, int, int], tuple[float, dict[int, FloatArray]]] = {}
        self.lots: list[FloatArray] = []
        """Per lot, coefficients of its payments; (t, s, columns of the lot)."""
        for j, own in enumerate(columns):
            total = np.zeros((self.data.n_years, self.data.n_scenarios, len(own)))
            for c in np.flatnonzero(self.data.lot == j):
                total += payments.coefficients(int(c)).transpose(1, 0, 2)
            self.lots.append(total)

    def paid(self, x: FloatArray, municipality: int, purse: int | None = None) -> FloatArray:
        """M of the lots of a purse (of all when left out); (s, t). What is outside the decision belongs to the first."""
        data = self.data
        found = np.zeros(data.other.shape[:2])
        if not purse:
            found += data.other[:, :, municipality] / MILLION
        for j in range(len(self.columns)) if purse is None else data.purses[purse][1].tolist():
            found += data.key[:, :, j, municipality] * (self.lots[j] @ x[self.columns[j]]).T
        return found

    def gradient(
        self, municipality: int, weights: FloatArray, purse: int, n_columns: int, scenarios: IntArray
    ) -> FloatArray:
        """Coefficients in x of the sum of ``weights`` (len(scenarios), t) times M of the lots of a purse."""
        slope = np.zeros(n_columns)
        for j in self.data.purses[purse][1].tolist():
            keyed = weights * self.data.key[scenarios, :, j, municipality]
            slope[self.columns[j]] += np.einsum("st,tsk->k", keyed, self.lots[j][:, scenarios])
        return slope

    def expected(self, municipality: int, year: int, purse: int, n_columns: int) -> tuple[float, FloatArray]:
        """E[M] of the lots of a purse in a year: constant and coefficients in x."""
        slope = np.zeros(n_columns)
        constant, means = self._expected(municipality, year, purse)
        for j, own in means.items():
            slope[self.columns[j]] += own
        return constant, slope

    def _expected(self, municipality: int, year: int, purse: int) -> tuple[float, dict[int, FloatArray]]:
        """Constant, and coefficients per lot, of E[M] of the lots of a purse in a year; computed once."""
        place, data = (municipality, year, purse), self.data
        if place not in self._means:
            means = {
                j: data.key[:, year, j, municipality] @ self.lots[j][year] / data.n_scenarios
                for j in data.purses[purse][1].tolist()
            }
            constant = 0.0 if purse else float(data.other[:, year, municipality].mean()) / MILLION
            self._means[place] = (constant, means)
        return self._means[place]

    @cached_property
    def total(self) -> LinearLoss:
        """Discounted spending of all reported municipalities over the term."""
        data = self.data
        parts = [
            np.einsum("st,tsk->sk", data.key[:, :, j].sum(axis=2, dtype=np.float64) * data.discount, own)
            for j, own in enumerate(self.lots)
        ]
        constant = (data.other.sum(axis=2) @ data.discount) / MILLION
        return LinearLoss(np.concatenate(parts, axis=1), constant, np.concatenate(self.columns))

    @cached_property
    def total_mean(self) -> FloatArray:
        """Expected coefficients of ``total``."""
        return np.asarray(self.total.matrix.mean(axis=0))


@dataclass(frozen=True)
class ReserveUse:
    """D: what a municipality uses of its stock up to a year, convex in x.

    With the overrun x[u] = M - G - structural cover of a purse (and what the begroting yields), without refills
    D = sum over u <= t of max(0, x[u]); with refills what is left open, d[u] = max(0, d[u-1] + x[u]), is largest in some
    year, D = max over u <= t of d[u]. Purses add up.
    """

    data: LumpSumData
    spending: Spending
    municipality: int
    year: int
    yields: IntArray
    """(k, t): columns by which the begroting yields."""

    def overruns(self, x: FloatArray, purse: int) -> FloatArray:
        """x[u] for u <= t; (s, t + 1)."""
        data, m, last = self.data, self.municipality, self.year + 1
        cover = (data.begroting[purse, m] + data.structural[purse, m])[:last] / MILLION
        paid = self.spending.paid(x, m, purse)[:, :last]
        return np.asarray(paid - cover - x[self.yields[purse, :last]])

    def evaluate(self, x: FloatArray) -> FloatArray:
        """D of every scenario."""
        total = np.zeros(self.data.n_scenarios)
        for k in range(len(self.data.purses)):
            total += used_of_stock(self.overruns(x, k), refills=self.data.reserve_refills)
        return total

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """Subgradient of the weighted uses: spending of the years that make them."""
        data = self.data
        chosen, slope = np.flatnonzero(weights), np.zeros(len(x))
        for k in range(len(data.purses)):
            active = years_that_use(self.overruns(x, k)[chosen], refills=data.reserve_refills)
            weighted = np.zeros((len(chosen), data.n_years))
            weighted[:, : self.year + 1] = active * weights[chosen, None]
            slope += self.spending.gradient(self.municipality, weighted, k, len(x), chosen)
            slope[self.yields[k]] -= weighted.sum(axis=0)
        return slope


@kinds_checked
def used_of_stock(overruns: FloatArray, *, refills: bool) -> FloatArray:
    """What overruns use of a stock.

    Parameters
    ----------
    overruns : (n_scenarios, n_years)
        Spending above begroting and structural cover; negative where a year costs less.
    refills : bool
        Whether a year that costs less fills the stock again.

    Returns
    -------
    (n_scenarios,)
        The largest use over the years, in the unit of the overruns.

    Examples
    --------
    >>> import numpy as np
    >>> used_of_stock(np.array([[4.0, -3.0, 2.0]]), refills=False)
    array([6.])
    >>> used_of_stock(np.array([[4.0, -3.0, 2.0]]), refills=True)
    array([4.])
    """
    if not refills:
        return np.asarray(np.maximum(overruns, 0.0).sum(axis=1))
    return np.asarray(_open(overruns).max(axis=1))


def years_that_use(overruns: FloatArray, *, refills: bool) -> FloatArray:
    """One for every year whose overrun makes up the use, else zero; (n_scenarios, n_years)."""
    if not refills:
        return np.asarray((overruns > 0).astype(np.float64))
    left = _open(overruns)
    last = left.argmax(axis=1)[:, None]
    years = np.arange(overruns.shape[1])
    # the run began after the last year before it in which nothing was open
    closed = np.where((left <= 0) & (years < last), years, -1).max(axis=1)[:, None]
    inside = (years > closed) & (years <= last) & (left.max(axis=1) > 0)[:, None]
    return np.asarray(inside.astype(np.float64))


def _open(overruns: FloatArray) -> FloatArray:
    """d[u] = max(0, d[u-1] + x[u])."""
    left = np.zeros(overruns.shape)
    before = np.zeros(len(overruns))
    for u in range(overruns.shape[1]):
        before = np.maximum(0.0, before + overruns[:, u])
        left[:, u] = before
    return left
