"""The model of ``bekostiging.lumpsum.model`` as arrays for ``TailProgram``: rows, terms and limits by name.

Names of rows are the names of the card with the ids of the case: ``begroting[0034,2025]``. Money in millions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bekostiging.lumpsum.data import (
    GLIDE_PENALTY,
    MILLION,
    PREMIUM_PENALTY,
    LumpSumData,
    invited_use,
    lot_size,
    mirrored_layers,
    outermost_deficit,
    outward_layers,
)
from bekostiging_solvers import CVaRLimit, CVaRTerm, LinearLoss, LinearProgram, RunningMaxLoss, cvar

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
INFINITY = float("inf")


class Columns:
    """Where each decision stands in x: loadings, shares, capital, slacks of premium, glide and begroting."""

    def __init__(self, data: LumpSumData) -> None:
        n_lots = len(data.lots)
        self.loading = np.arange(n_lots)
        place = n_lots
        self.share: list[IntArray] = []
        for lot in data.lots:
            self.share.append(np.arange(place, place + lot.corridor.n_layers))
            place += lot.corridor.n_layers
        self.capital = np.arange(place, place + len(data.providers))
        place += len(data.providers)
        self.premium_slack = np.arange(place, place + n_lots)
        self.glide_slack = self.premium_slack + n_lots
        place += 2 * n_lots
        shape = (2, len(data.municipalities), data.n_years)
        self.begroting_slack = np.arange(place, place + int(np.prod(shape))).reshape(shape)
        """[0] on the expectation, [1] on the tail; zero unless conflicts are looked for."""
        self.n = place + int(np.prod(shape))

    def of_lot(self, lot: int) -> IntArray:
        """Loading and shares of a lot."""
        return np.append(self.loading[lot], self.share[lot])


@dataclass(frozen=True)
class Payments:
    """Payments as constant + coefficients x: per contract (s, t) and (s, t, 1 + n_layers of its lot)."""

    constant: list[FloatArray]
    coefficients: list[FloatArray]

    @classmethod
    def of(cls, data: LumpSumData) -> Payments:
        """Y = A B0 I + Z + A B0 I loading + sum_l sign_l share_l U_l."""
        constant, coefficients = [], []
        for c in range(len(data.contracts)):
            lump = data.paid_part[:, c] * data.reference[c] * data.index[:, c] / MILLION
            sign = data.lots[data.lot[c]].corridor.sign
            constant.append(lump + data.fixed[:, c] / MILLION)
            coefficients.append(np.concatenate([lump[:, :, None], data.amounts[c] * sign / MILLION], axis=2))
        return cls(constant, coefficients)


class _Rows:
    """Rows under construction."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self._entries: list[tuple[IntArray, FloatArray]] = []

    def add(
        self, name: str, columns: IntArray, values: FloatArray, lower: float = -INFINITY, upper: float = INFINITY
    ) -> None:
        """Append ``lower <= values x[columns] <= upper``."""
        self._entries.append((columns, values))
        self.names.append(name)
        self.lower.append(lower)
        self.upper.append(upper)

    def matrix(self, n_columns: int) -> csr_array:
        """All rows, sparse; repeated columns add up."""
        row = np.concatenate([np.full(len(columns), i) for i, (columns, _) in enumerate(self._entries)])
        column = np.concatenate([columns for columns, _ in self._entries])
        value = np.concatenate([values for _, values in self._entries])
        return csr_array((value, (row, column)), shape=(len(self.names), n_columns))


class LumpSumArrays:
    """Rows, bounds, terms and limits of the lump sum of some data.

    ``seek_conflicts``: instead of spending, minimise by how many euros the begroting limits must yield.
    """

    def __init__(self, data: LumpSumData, *, seek_conflicts: bool = False) -> None:
        self.data = data
        self.columns = Columns(data)
        self.payments = Payments.of(data)
        self.losses = {p: self._loss(p) for p in sorted(set(data.provider.tolist()))}
        self.guarded = [p for p in self.losses if not data.below_requirement[p]]
        self.spending = [self._spending(m) for m in range(len(data.municipalities))]
        self.seek_conflicts = seek_conflicts
        total = self._total()
        self.constant = (
            0.0 if seek_conflicts else (1 - data.risk_weight) * float(np.asarray(total.constant).mean())
        )
        self.program = self._program(total)
        weight = 0.0 if seek_conflicts else data.risk_weight
        self.terms = [CVaRTerm("spending", total, data.confidence, weight)] if weight > 0 else []
        self.limits = [*self._capital_limits(), *self._begroting_limits()]

    def restore(self, x: FloatArray) -> FloatArray:
        """Set every capital to what the provider's tail really uses (CVaR is exact in it)."""
        held = x.copy()
        for limit, p in zip(self.limits, self.guarded, strict=False):
            held[self.columns.capital[p]] = cvar(limit.loss.evaluate(x), limit.confidence)
        return held

    def start(self) -> FloatArray:
        """A point for the first cuts: no loading, shares in the middle."""
        x = np.zeros(self.columns.n)
        for own in self.columns.share:
            x[own] = (self.program.lower[own] + self.program.upper[own]) / 2
        return x

    def _loss(self, provider: int) -> RunningMaxLoss:
        """sum over contracts of p of v (C - Y), as increments per year."""
        data, pay = self.data, self.payments
        own = np.flatnonzero(data.provider == provider)
        constant = sum((data.cost[:, c] / MILLION - pay.constant[c]) * data.discount for c in own)
        coefficients = [-pay.coefficients[c] * data.discount[:, None] for c in own]
        columns = [self.columns.of_lot(int(data.lot[c])) for c in own]
        return RunningMaxLoss.of_increments(
            np.concatenate(coefficients, axis=2), np.asarray(constant), np.concatenate(columns)
        )

    def _spending(self, municipality: int) -> tuple[FloatArray, FloatArray]:
        """M as constant (s, t) and coefficients (s, t, columns of all lots)."""
        data, pay = self.data, self.payments
        constant = data.other[:, :, municipality] / MILLION
        parts = []
        for j in range(len(data.lots)):
            key = data.key[:, :, j, municipality]
            own = np.flatnonzero(data.lot == j)
            constant = constant + key * sum(pay.constant[c] for c in own)
            parts.append(key[:, :, None] * sum(pay.coefficients[c] for c in own))
        return constant, np.concatenate(parts, axis=2)

    @property
    def _all_lots(self) -> IntArray:
        return np.concatenate([self.columns.of_lot(j) for j in range(len(self.data.lots))])

    def _total(self) -> LinearLoss:
        """Discounted spending of the reported municipalities over the years."""
        v = self.data.discount
        constant = sum(constant @ v for constant, _ in self.spending)
        coefficients = sum(np.einsum("stk,t->sk", coefficients, v) for _, coefficients in self.spending)
        return LinearLoss(np.asarray(coefficients), np.asarray(constant), self._all_lots)

    def _program(self, total: LinearLoss) -> LinearProgram:
        """Columns with their cost and bounds, and every row that has no tail."""
        data, columns = self.data, self.columns
        lower, upper, cost = np.zeros(columns.n), np.full(columns.n, INFINITY), np.zeros(columns.n)
        for j, lot in enumerate(data.lots):
            if (data.lot == j).sum() == 1:
                lower[columns.loading[j]] = -1.0
            given = lot.corridor.share
            lower[columns.share[j]] = np.nan_to_num(given, nan=0.0)
            upper[columns.share[j]] = np.where(np.isnan(given), lot.share_max, given)
        if self.seek_conflicts:
            cost[columns.begroting_slack] = 1.0
        else:
            upper[columns.begroting_slack] = 0.0
            np.add.at(cost, self._all_lots, (1 - data.risk_weight) * total.matrix.mean(axis=0))
            for c, j in enumerate(data.lot):
                np.add.at(cost, columns.share[j], invited_use(data, c))
            for j in range(len(data.lots)):
                cost[columns.glide_slack[j]] = GLIDE_PENALTY
                cost[columns.premium_slack[j]] = PREMIUM_PENALTY * lot_size(data, j)
        rows = _Rows()
        self._provider_rows(rows)
        self._begroting_rows(rows)
        self._lot_rows(rows)
        names = tuple(f"x{i}" for i in range(columns.n))
        return LinearProgram(
            cost,
            lower,
            upper,
            rows.matrix(columns.n),
            np.array(rows.lower),
            np.array(rows.upper),
            names,
            tuple(rows.names),
        )

    def _provider_rows(self, rows: _Rows) -> None:
        """solvency, return_on_capital and fair_price."""
        data, columns = self.data, self.columns
        one = np.ones(1)
        for p in self.guarded:
            name, capital = data.providers[p], columns.capital[[p]]
            limit = float(data.capital_limit[p]) / MILLION - data.margin(f"solvency[{name}]")
            rows.add(f"solvency[{name}]", capital, one, upper=limit)
            loss = self.losses[p]
            # cumulative: the last year holds the whole term
            lost, slope = loss.constant[:, -1].mean(), loss.matrix[:, -1].mean(axis=0)
            asked = np.array([-data.cost_of_capital * data.n_years])
            rows.add(
                f"return_on_capital[{name}]",
                np.concatenate([np.asarray(loss.columns), capital]),
                np.concatenate([-slope, asked]),
                lower=float(lost) + data.margin(f"return_on_capital[{name}]"),
            )
        for c, (provider, lot) in enumerate(data.contracts):
            own = columns.of_lot(int(data.lot[c]))
            for t, year in enumerate(data.years):
                constant = float(self.payments.constant[c][:, t].mean())
                slope = self.payments.coefficients[c][:, t].mean(axis=0)
                name = f"fair_price[{provider},{lot},{year}]"
                fair = float(data.fair_price[c, t]) / MILLION + data.margin(name)
                rows.add(name, own, slope, lower=fair - constant)

    def _begroting_rows(self, rows: _Rows) -> None:
        """begroting: expected spending within the room, per municipality and year."""
        data = self.data
        for m, code in enumerate(data.municipalities):
            constant, coefficients = self.spending[m]
            for t, year in enumerate(data.years):
                slack = self.columns.begroting_slack[0, m, [t]]
                name = f"begroting[{code},{year}]"
                rows.add(
                    name,
                    np.concatenate([self._all_lots, slack]),
                    np.append(coefficients[:, t].mean(axis=0), -1.0),
                    upper=float(data.room[m, t]) / MILLION - data.margin(name) - float(constant[:, t].mean()),
                )

    def _lot_rows(self, rows: _Rows) -> None:
        """premium, glide, order, symmetric and law."""
        data, columns = self.data, self.columns
        for j, lot in enumerate(data.lots):
            yielding = np.array([columns.loading[j], columns.premium_slack[j]])
            rows.add(f"premium[{lot.name}]", yielding, np.array([1.0, -1.0]), upper=lot.premium_max)
            own = np.flatnonzero((data.lot == j) & (data.revenue > 0))
            if len(own) > 0:
                first = float(data.reference[own, 0].sum()) / MILLION
                last = float(data.revenue[own].sum()) / MILLION
                gliding = np.array([columns.loading[j], columns.glide_slack[j]])
                most, least = last * (1 + lot.glide_max) - first, last * (1 - lot.glide_max) - first
                rows.add(f"glide_up[{lot.name}]", gliding, np.array([first, -1.0]), upper=most)
                rows.add(f"glide_down[{lot.name}]", gliding, np.array([first, 1.0]), lower=least)
            layers, share = lot.corridor.names, columns.share[j]
            for k, outer in outward_layers(lot):
                rows.add(f"order[{lot.name},{layers[outer]}]", share[[outer, k]], np.array([1.0, -1.0]), lower=0.0)
            for k, mirror in mirrored_layers(lot):
                name = f"symmetric[{lot.name},{layers[k]}]"
                rows.add(name, share[[k, mirror]], np.array([1.0, -1.0]), lower=0.0, upper=0.0)
            if lot.waiting_list_forbidden:
                outermost = share[[outermost_deficit(lot)]]
                rows.add(f"law[{lot.name}]", outermost, np.ones(1), lower=lot.share_min)

    def _capital_limits(self) -> list[CVaRLimit]:
        """capital_covers_tail: CVaR of the deepest point - capital <= 0."""
        limits = []
        for p in self.guarded:
            coefficients = np.zeros(self.columns.n)
            coefficients[self.columns.capital[p]] = -1.0
            name = f"capital_covers_tail[{self.data.providers[p]}]"
            limits.append(CVaRLimit(name, self.losses[p], self.data.confidence, coefficients, 0.0))
        return limits

    def _begroting_limits(self) -> list[CVaRLimit]:
        """begroting_tail: CVaR of a year's spending - slack <= room + reserve."""
        data, limits = self.data, []
        for m, code in enumerate(data.municipalities):
            constant, coefficients = self.spending[m]
            for t, year in enumerate(data.years):
                loss = LinearLoss(coefficients[:, t], constant[:, t], self._all_lots)
                own = np.zeros(self.columns.n)
                own[self.columns.begroting_slack[1, m, t]] = -1.0
                name = f"begroting_tail[{code},{year}]"
                limit = float(data.room[m, t] + data.reserve[m, t]) / MILLION - data.margin(name)
                limits.append(CVaRLimit(name, loss, data.confidence, own, limit))
        return limits
