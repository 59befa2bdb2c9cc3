"""The model of ``bekostiging.lumpsum.model`` as arrays for ``TailProgram``: rows, terms and limits by name.

Names of rows are the names of the card with the ids of the case: ``begroting[0034,2025]``. Money in millions.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from bekostiging.lumpsum.data import (
    GLIDE_PENALTY,
    LOADING_MAX,
    MILLION,
    PREMIUM_PENALTY,
    LotTerms,
    LumpSumData,
    decided_layers,
    invited_by_form,
    invited_use,
    lot_size,
    mirrored_layers,
    outermost_deficit,
    outward_layers,
    sides,
)
from bekostiging.lumpsum.payments import Payments, ProviderLoss, Spending
from bekostiging_solvers import CVaRLimit, CVaRTerm, LinearLoss, LinearProgram, RowBuilder, cvar

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
INFINITY = float("inf")
RELAXABLE = ("begroting", "solvency", "return_on_capital")
"""Hard limits that somebody could widen; the fair price and the legal least share are law."""
HARDLY = 1e-3
"""Weight of premium beside the limits that are asked to yield: it yields already, though not for nothing."""


class Columns:
    """Where each decision stands in x: per lot its forms, loading and shares; capital; slacks; and what makes a contract
    simple: changes of share and picks from the list."""

    def __init__(self, data: LumpSumData) -> None:
        self.n = 0
        n_lots, self.n_forms = len(data.lots), len(data.forms)
        self.lots = [self._next(self.n_forms + 1 + lot.corridor.n_layers) for lot in data.lots]
        self.form = np.array([own[: self.n_forms] for own in self.lots])
        self.loading = np.array([own[self.n_forms] for own in self.lots])
        self.share = [own[self.n_forms + 1 :] for own in self.lots]
        self.capital = self._next(len(data.providers))
        self.premium_slack, self.glide_slack = self._next(n_lots), self._next(n_lots)
        shape = (2, len(data.municipalities), data.n_years)
        self.begroting_slack = self._next(int(np.prod(shape))).reshape(shape)
        """[0] on the expectation, [1] on the tail; zero unless conflicts are looked for, as the next two."""
        self.solvency_slack, self.return_slack = self._next(len(data.providers)), self._next(len(data.providers))
        simple = data.simple
        counted = simple.changes is not None
        self.change = [
            {pair: self._one() for side in sides(lot).values() for pair in side if counted} for lot in data.lots
        ]
        self.pick = [{k: self._next(len(simple.shares)) for k in decided_layers(lot)} for lot in data.lots]

    def _next(self, count: int) -> IntArray:
        """The next columns."""
        self.n += count
        return np.arange(self.n - count, self.n)

    def _one(self) -> int:
        return int(self._next(1)[0])

    @property
    def whole(self) -> NDArray[np.bool_]:
        """(n,): columns that are zero or one."""
        found = np.zeros(self.n, dtype=np.bool_)
        found[self.form] = True
        for changes, picks in zip(self.change, self.pick, strict=True):
            found[list(changes.values())] = True
            for own in picks.values():
                found[own] = True
        return found


class LumpSumArrays:
    """Rows, bounds, terms and limits of the lump sum of some data.

    ``yielding``: instead of spending, minimise by how many euros these kinds of ``RELAXABLE`` limits must yield.
    """

    def __init__(self, data: LumpSumData, *, yielding: Collection[str] = ()) -> None:
        self.data = data
        self.columns = Columns(data)
        self.payments = Payments(data)
        self.losses = {p: self._loss(p) for p in sorted(set(data.provider.tolist()))}
        self.guarded = [p for p in self.losses if not data.below_requirement[p]]
        self.spending = Spending(self.payments, self.columns.lots)
        self.yielding = yielding
        total = self.spending.total()
        constant = np.asarray(total.constant)
        self.constant = 0.0 if yielding else (1 - data.risk_weight) * float(constant.mean())
        self.program = self._program(total)
        weight = 0.0 if yielding else data.risk_weight
        self.terms = [CVaRTerm("spending", total, data.confidence, weight)] if weight > 0 else []
        self.limits = [*self._capital_limits(), *self._begroting_limits()]

    def restore(self, x: FloatArray) -> FloatArray:
        """Set every capital to what the provider's tail really uses (CVaR is exact in it)."""
        held = x.copy()
        for limit, p in zip(self.limits, self.guarded, strict=False):
            held[self.columns.capital[p]] = cvar(limit.loss.evaluate(x), limit.confidence)
        return held

    def start(self) -> FloatArray:
        """A point for the first cuts: a lump sum without loading, shares in the middle."""
        x = np.zeros(self.columns.n)
        x[self.columns.form[:, 0]] = 1.0
        for own in self.columns.share:
            x[own] = (self.program.lower[own] + self.program.upper[own]) / 2
        return x

    def point(
        self, loading: FloatArray, shares: tuple[FloatArray, ...], form: IntArray | None = None
    ) -> FloatArray:
        """x of a design: its loadings, shares and forms (place in ``data.forms``, the lump sum when left out)."""
        x = np.zeros(self.columns.n)
        chosen = np.zeros(len(self.data.lots), dtype=np.int64) if form is None else form
        x[self.columns.form[np.arange(len(chosen)), chosen]] = 1.0
        x[self.columns.loading] = loading
        for own, share in zip(self.columns.share, shares, strict=True):
            x[own] = share
        return x

    def _loss(self, provider: int) -> ProviderLoss:
        """Deepest point of the running loss of a provider."""
        own = np.flatnonzero(self.data.provider == provider)
        return ProviderLoss(self.payments, own, tuple(self.columns.lots[self.data.lot[c]] for c in own))

    def _program(self, total: LinearLoss) -> LinearProgram:
        """Columns with their cost and bounds, and every row that has no tail."""
        data, columns = self.data, self.columns
        lower, upper = self._bounds()
        rows = RowBuilder()
        self._provider_rows(rows)
        self._begroting_rows(rows)
        for j, lot in enumerate(data.lots):
            self._lot_rows(rows, j, lot)
            self._corridor_rows(rows, j, lot)
            self._choice_rows(rows, j, lot)
        return LinearProgram(
            self._yield_cost() if self.yielding else self._cost(total),
            lower,
            upper,
            rows.matrix(columns.n),
            np.array(rows.lower),
            np.array(rows.upper),
            tuple(f"x{i}" for i in range(columns.n)),
            tuple(rows.names),
            columns.whole if data.is_integer else None,
        )

    def _bounds(self) -> tuple[FloatArray, FloatArray]:
        """Bounds of every column."""
        data, columns = self.data, self.columns
        mixed = len(data.forms) > 1
        lower, upper = np.zeros(columns.n), np.full(columns.n, INFINITY)
        upper[columns.whole] = 1.0
        for j, lot in enumerate(data.lots):
            if not mixed or lot.general_provision:
                lower[columns.form[j, 0]] = 1.0
            if mixed:
                upper[columns.loading[j]] = LOADING_MAX
            if (data.lot == j).sum() == 1:
                lower[columns.loading[j]] = -1.0
            given = lot.corridor.share
            # under another form a given share does not act: see share_of_form
            lower[columns.share[j]] = 0.0 if mixed else np.nan_to_num(given, nan=0.0)
            upper[columns.share[j]] = np.where(np.isnan(given), lot.share_max, given)
        slacks = {
            "begroting": columns.begroting_slack,
            "solvency": columns.solvency_slack,
            "return_on_capital": columns.return_slack,
        }
        for kind, own in slacks.items():
            if kind not in self.yielding:
                upper[own] = 0.0
        return lower, upper

    def _cost(self, total: LinearLoss) -> FloatArray:
        """Expected spending, invited use and the penalties of what yields."""
        data, columns = self.data, self.columns
        cost = np.zeros(columns.n)
        np.add.at(cost, np.asarray(total.columns), (1 - data.risk_weight) * total.matrix.mean(axis=0))
        for c, j in enumerate(data.lot):
            cost[columns.share[j]] += invited_use(data, c)
            cost[columns.form[j]] += invited_by_form(data, c)
        for j in range(len(data.lots)):
            cost[columns.glide_slack[j]] = GLIDE_PENALTY
            cost[columns.premium_slack[j]] = PREMIUM_PENALTY * lot_size(data, j)
        return cost

    def _yield_cost(self) -> FloatArray:
        """Euros by which limits yield."""
        columns = self.columns
        cost = np.zeros(columns.n)
        cost[columns.begroting_slack] = cost[columns.solvency_slack] = cost[columns.return_slack] = 1.0
        for j in range(len(self.data.lots)):
            cost[columns.premium_slack[j]] = HARDLY * lot_size(self.data, j)
        return cost

    def _provider_rows(self, rows: RowBuilder) -> None:
        """solvency, return_on_capital and fair_price."""
        data, columns = self.data, self.columns
        for p in self.guarded:
            name, capital = data.providers[p], int(columns.capital[p])
            limit = float(data.capital_limit[p]) / MILLION - data.margin(f"solvency[{name}]")
            rows.add(f"solvency[{name}]", {capital: 1.0, int(columns.solvency_slack[p]): -1.0}, upper=limit)
            cost, slope = self.losses[p].expected_earnings(columns.n)
            slope[capital] = -data.cost_of_capital * data.n_years
            slope[columns.return_slack[p]] = 1.0
            margin = data.margin(f"return_on_capital[{name}]")
            rows.add_dense(f"return_on_capital[{name}]", slope, lower=cost + margin)
        for c, (provider, lot) in enumerate(data.contracts):
            own, mean = columns.lots[data.lot[c]], self.payments.mean(c)
            for t, year in enumerate(data.years):
                name = f"fair_price[{provider},{lot},{year}]"
                slope = np.zeros(columns.n)
                slope[own] = mean[t]
                slope[own[0]] -= float(data.fair_price[c, t]) / MILLION
                rows.add_dense(name, slope, lower=data.margin(name))

    def _begroting_rows(self, rows: RowBuilder) -> None:
        """begroting: expected spending within the room, per municipality and year."""
        data = self.data
        for m, code in enumerate(data.municipalities):
            for t, year in enumerate(data.years):
                constant, slope = self.spending.of_year(m, t).expected(self.columns.n)
                slope[self.columns.begroting_slack[0, m, t]] = -1.0
                name = f"begroting[{code},{year}]"
                rows.add_dense(name, slope, upper=float(data.room[m, t]) / MILLION - data.margin(name) - constant)

    def _lot_rows(self, rows: RowBuilder, j: int, lot: LotTerms) -> None:
        """premium and glide."""
        data, columns = self.data, self.columns
        loading, slack = int(columns.loading[j]), int(columns.glide_slack[j])
        rows.add(
            f"premium[{lot.name}]", {loading: 1.0, int(columns.premium_slack[j]): -1.0}, upper=lot.premium_max
        )
        own = np.flatnonzero((data.lot == j) & (data.revenue > 0))
        if len(own) == 0:
            return
        first = float(data.reference[own, 0].sum()) / MILLION
        last = float(data.revenue[own].sum()) / MILLION
        chosen = int(columns.form[j, 0])
        above, below = first - last * (1 + lot.glide_max), first - last * (1 - lot.glide_max)
        rows.add(f"glide_up[{lot.name}]", {chosen: above, loading: first, slack: -1.0}, upper=0.0)
        rows.add(f"glide_down[{lot.name}]", {chosen: below, loading: first, slack: 1.0}, lower=0.0)

    def _corridor_rows(self, rows: RowBuilder, j: int, lot: LotTerms) -> None:
        """order, symmetric and law."""
        layers, share = lot.corridor.names, self.columns.share[j].tolist()
        for k, outer in outward_layers(lot):
            rows.add(f"order[{lot.name},{layers[outer]}]", {share[outer]: 1.0, share[k]: -1.0}, lower=0.0)
        for k, mirror in mirrored_layers(lot):
            name = f"symmetric[{lot.name},{layers[k]}]"
            rows.add(name, {share[k]: 1.0, share[mirror]: -1.0}, lower=0.0, upper=0.0)
        if lot.waiting_list_forbidden:
            chosen = int(self.columns.form[j, 0])
            rows.add(f"law[{lot.name}]", {share[outermost_deficit(lot)]: 1.0, chosen: -lot.share_min}, lower=0.0)

    def _choice_rows(self, rows: RowBuilder, j: int, lot: LotTerms) -> None:
        """What is chosen: one_form, loading, least and share_of_form, share_change, simple, share_list, one_share."""
        data, columns = self.data, self.columns
        layers, share, chosen = lot.corridor.names, columns.share[j].tolist(), int(columns.form[j, 0])
        if len(data.forms) > 1:
            rows.add(f"one_form[{lot.name}]", dict.fromkeys(columns.form[j].tolist(), 1.0), lower=1.0, upper=1.0)
            loading = int(columns.loading[j])
            rows.add(f"loading_of_form[{lot.name}]", {loading: 1.0, chosen: -LOADING_MAX}, upper=0.0)
            rows.add(f"least_of_form[{lot.name}]", {loading: 1.0, chosen: 1.0}, lower=0.0)
            for k, given in enumerate(lot.corridor.share):
                most = lot.share_max if np.isnan(given) else float(given)
                least = -INFINITY if np.isnan(given) else 0.0
                name = f"share_of_form[{lot.name},{layers[k]}]"
                rows.add(name, {share[k]: 1.0, chosen: -most}, lower=least, upper=0.0)
        for (k, outer), column in columns.change[j].items():
            entries = {share[outer]: 1.0, share[k]: -1.0, column: -1.0}
            rows.add(f"share_change[{lot.name},{layers[outer]}]", entries, upper=0.0)
        for side, pairs in sides(lot).items():
            if data.simple.changes is not None and pairs:
                entries = {columns.change[j][pair]: 1.0 for pair in pairs}
                rows.add(f"simple[{lot.name},{side}]", entries, upper=float(data.simple.changes))
        for k, picks in columns.pick[j].items():
            if len(picks) > 0:
                values = {int(p): -value for p, value in zip(picks, data.simple.shares, strict=True)}
                rows.add(f"share_list[{lot.name},{layers[k]}]", {share[k]: 1.0, **values}, lower=0.0, upper=0.0)
                entries = {**dict.fromkeys(picks.tolist(), 1.0), chosen: -1.0}
                rows.add(f"one_share[{lot.name},{layers[k]}]", entries, lower=0.0, upper=0.0)

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
            for t, year in enumerate(data.years):
                own = np.zeros(self.columns.n)
                own[self.columns.begroting_slack[1, m, t]] = -1.0
                name = f"begroting_tail[{code},{year}]"
                limit = float(data.room[m, t] + data.reserve[m, t]) / MILLION - data.margin(name)
                limits.append(CVaRLimit(name, self.spending.of_year(m, t), data.confidence, own, limit))
        return limits
