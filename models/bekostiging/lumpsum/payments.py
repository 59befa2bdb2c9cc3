"""Payments, losses and spending of the lump sum as functions of the decisions, read from the data without copies.

The columns of a lot are its forms, its loading and its shares, in that order. With x of a lot

    Y = form_lump (A B0 I + Z) + sum over other forms form_f P_f + A B0 I loading + sum_l sign_l share_l U_l.

Arrays may be float32: they are summed in float64. Money in millions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bekostiging.lumpsum.data import MILLION, LumpSumData
from bekostiging_solvers import LinearLoss

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Payments:
    """Y of every contract, linear in the columns of its lot."""

    def __init__(self, data: LumpSumData) -> None:
        self.data = data
        self.n_forms = len(data.forms)

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
        return np.asarray(self.coefficients(contract).mean(axis=0))


@dataclass(frozen=True)
class ProviderLoss:
    """Deepest point of a provider's cumulative discounted loss, max(0, max_t sum_{u <= t} v (C - Y))."""

    payments: Payments
    contracts: IntArray
    columns: tuple[IntArray, ...]
    """Per contract, where the columns of its lot stand in x."""

    def path(self, x: FloatArray, scenarios: slice | IntArray = slice(None)) -> FloatArray:
        """Cumulative loss; (s, t)."""
        data = self.payments.data
        lost = np.zeros(data.index[scenarios, 0].shape)
        for c, own in zip(self.contracts, self.columns, strict=True):
            lost += data.cost[scenarios, c] / MILLION - self.payments.paid(int(c), x[own], scenarios)
        return np.cumsum(lost * data.discount, axis=1)

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Deepest point of every scenario; (s,)."""
        return np.asarray(np.maximum(self.path(x).max(axis=1), 0.0))

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """Of the weighted deepest points: payments up to the deepest year, where it is a loss."""
        chosen = np.flatnonzero(weights)
        path = self.path(x, chosen)
        deepest = path.argmax(axis=1)
        active = np.where(path[np.arange(len(path)), deepest] > 0, weights[chosen], 0.0)
        data = self.payments.data
        weight = active[:, None] * (np.arange(data.n_years) <= deepest[:, None]) * data.discount
        gradient = np.zeros(len(x))
        for c, own in zip(self.contracts, self.columns, strict=True):
            gradient[own] -= np.einsum("st,stk->k", weight, self.payments.coefficients(int(c), chosen))
        return gradient

    def expected_earnings(self, n_columns: int) -> tuple[float, FloatArray]:
        """E[sum v C] and the coefficients of E[sum v Y] in x."""
        data = self.payments.data
        slope = np.zeros(n_columns)
        cost = 0.0
        for c, own in zip(self.contracts, self.columns, strict=True):
            slope[own] += data.discount @ self.payments.mean(int(c))
            cost += float(data.cost[:, c].mean(axis=0, dtype=np.float64) @ data.discount) / MILLION
        return cost, slope


class Spending:
    """M of every municipality: key times the payments of each lot, and what is outside the decision."""

    def __init__(self, payments: Payments, columns: list[IntArray]) -> None:
        self.data = payments.data
        self.columns = columns
        """Per lot, where its columns stand in x."""
        self.lots: list[FloatArray] = []
        """Per lot, coefficients of its payments; (t, s, columns of the lot)."""
        for j, own in enumerate(columns):
            total = np.zeros((self.data.n_years, self.data.n_scenarios, len(own)))
            for c in np.flatnonzero(self.data.lot == j):
                total += payments.coefficients(int(c)).transpose(1, 0, 2)
            self.lots.append(total)

    def of_year(self, municipality: int, year: int) -> YearSpending:
        """M of one municipality in one year as a loss."""
        return YearSpending(self, municipality, year)

    def paid(self, x: FloatArray, municipality: int) -> FloatArray:
        """M; (s, t)."""
        years = range(self.data.n_years)
        return np.stack([self.of_year(municipality, t).evaluate(x) for t in years], axis=1)

    def total(self) -> LinearLoss:
        """Discounted spending of all reported municipalities over the term."""
        data = self.data
        parts = [
            np.einsum("st,tsk->sk", data.key[:, :, j].sum(axis=2, dtype=np.float64) * data.discount, own)
            for j, own in enumerate(self.lots)
        ]
        constant = (data.other.sum(axis=2) @ data.discount) / MILLION
        return LinearLoss(np.concatenate(parts, axis=1), constant, np.concatenate(self.columns))


@dataclass(frozen=True)
class YearSpending:
    """Spending of one municipality in one year, linear in x."""

    spending: Spending
    municipality: int
    year: int

    def evaluate(self, x: FloatArray) -> FloatArray:
        """M of every scenario."""
        of, m, t = self.spending, self.municipality, self.year
        found = of.data.other[:, t, m] / MILLION
        for j, own in enumerate(of.columns):
            found = found + of.data.key[:, t, j, m] * (of.lots[j][t] @ x[own])
        return np.asarray(found)

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """Coefficients of the weighted M."""
        chosen = np.flatnonzero(weights)
        of = self.spending
        slope = np.zeros(len(x))
        for j, own in enumerate(of.columns):
            keyed = weights[chosen] * of.data.key[chosen, self.year, j, self.municipality]
            slope[own] += keyed @ of.lots[j][self.year, chosen]
        return slope

    def expected(self, n_columns: int) -> tuple[float, FloatArray]:
        """E[M]: constant and coefficients in x."""
        n = self.spending.data.n_scenarios
        constant = float(self.spending.data.other[:, self.year, self.municipality].mean()) / MILLION
        return constant, self.subgradient(np.zeros(n_columns), np.full(n, 1 / n))
