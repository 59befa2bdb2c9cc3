"""The model of ``bekostiging.lumpsum.model`` as arrays for ``TailProgram``: rows, terms and limits by name.

Names of rows are the names of the card with the ids of the case: ``begroting[0034,2025]``. Money in millions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Literal

import numpy as np

from bekostiging.lumpsum.columns import Columns
from bekostiging.lumpsum.data import (
    EURO,
    EXCESS_TOLERANCE,
    LOADING_BOUND,
    LotTerms,
    LumpSumData,
    induced_by_form,
    induced_demand,
    lot_size,
    revenue_of_lot,
)
from bekostiging.lumpsum.layers import (
    counted_sides,
    inside_zone,
    mirrored_layers,
    outermost_deficit,
    outward_layers,
)
from bekostiging.lumpsum.limit import Limit
from bekostiging.lumpsum.payments import ReserveUse, sampled
from bekostiging.units import MILLION
from bekostiging_solvers import CVaRLimit, CVaRTerm, LinearLoss, LinearProgram, RowBuilder, cvar
from bekostiging_solvers.typing import FloatArray, IntArray

INFINITY = float("inf")
NOTHING = 1e-6
"""Dual below which a limit does not take part."""
RELAXABLE = ("begroting", "reserve", "solvency", "return_on_capital")
"""Hard limits that somebody could widen; the fair price and the legal least share are law."""
Aim = Literal["criterion", "least_breach", "largest_excess", "least_yield", "largest_yield"]
"""What is minimised, one stage each: see the model card."""


class LumpSumArrays:
    """Rows, bounds, terms and limits of the lump sum of some data.

    ``aim``: what is minimised; ``yielding``: kinds of ``RELAXABLE`` limits that give way where it is a yield; ``most``: the
    least total of an earlier stage, million euro, kept up to a euro.
    """

    def __init__(
        self,
        data: LumpSumData,
        aim: Aim = "criterion",
        *,
        yielding: Collection[str] = (),
        most: float = INFINITY,
    ) -> None:
        self.data, self.aim, self.yielding, self.most = data, aim, yielding, most
        self.columns = Columns(data)
        known = sampled(data, self.columns.lots)
        self.payments, self.losses, self.spending = known.payments, known.losses, known.spending
        self.guarded = [p for p in self.losses if not data.below_requirement[p]]
        self._named: dict[str, Limit] = {}

    @cached_property
    def constant(self) -> float:
        """Part of the criterion that no decision moves, million euro."""
        if self.aim != "criterion":
            return 0.0
        return (1 - self.data.risk_weight) * float(np.asarray(self.spending.total.constant).mean())

    @cached_property
    def program(self) -> LinearProgram:
        """Columns with their cost and bounds, and every row that has no tail."""
        return self._program(self.spending.total)

    @cached_property
    def terms(self) -> list[CVaRTerm]:
        """The tail in the criterion."""
        weight = self.data.risk_weight if self.aim == "criterion" else 0.0
        return [CVaRTerm("spending", self.spending.total, self.data.confidence, weight)] if weight > 0 else []

    @cached_property
    def limits(self) -> list[CVaRLimit]:
        """Every limit on a tail."""
        return [*self._capital_limits(), *self._reserve_limits()]

    def _name(self, limit: Limit) -> str:
        """The name of a limit's row, under which it is found again."""
        self._named[str(limit)] = limit
        return str(limit)

    def priced(self, duals: Mapping[str, float], kinds: Collection[str]) -> tuple[Limit, ...]:
        """Limits of these kinds that take part in a solution with these ``duals`` by name of the row."""
        taking_part = (self._named.get(name) for name, dual in duals.items() if abs(dual) > NOTHING)
        return tuple(limit for limit in taking_part if limit is not None and limit.kind in kinds)

    def restore(self, x: FloatArray) -> FloatArray:
        """Set every capital to what the provider's tail really uses (CVaR is exact in it)."""
        held = x.copy()
        for limit, p in zip(self.limits, self.guarded, strict=False):
            held[self.columns.capital[p]] = cvar(limit.loss.evaluate(x), limit.confidence)
        return held

    def with_criterion_limit(self, most: float) -> tuple[LinearProgram, tuple[CVaRLimit, ...]]:
        """The program and limits with the criterion at most ``most`` (million euro) as one more limit."""
        program, left = self.program, most - self.constant
        if self.terms:
            term = self.terms[0]
            own = CVaRLimit(
                "criterion", term.loss, term.confidence, program.cost / term.weight, left / term.weight
            )
            return program, (*self.limits, own)
        bounds = np.array([-INFINITY]), np.array([left])
        return program.with_rows(program.cost[None], *bounds, ("criterion",)), tuple(self.limits)

    def start(self) -> FloatArray:
        """A point for the first cuts: a design near by, else a lump sum without loading, shares in the middle."""
        near = self.data.near
        if near is not None and [len(own) for own in near.share] == [len(own) for own in self.columns.share]:
            return self.point(near.loading, near.share, near.form)
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

    def _program(self, total: LinearLoss) -> LinearProgram:
        """Cost, bounds and rows as one program."""
        data, columns = self.data, self.columns
        lower, upper = self._bounds()
        rows = RowBuilder()
        self._provider_rows(rows)
        self._not_negative_rows(rows)
        self._begroting_rows(rows)
        self._stage_rows(rows)
        for j, lot in enumerate(data.lots):
            self._lot_rows(rows, j, lot)
            self._corridor_rows(rows, j, lot)
            self._choice_rows(rows, j, lot)
        return LinearProgram(
            self._cost(total),
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
                upper[columns.loading[j]] = LOADING_BOUND
            if (data.lot == j).sum() == 1:
                lower[columns.loading[j]] = -1.0
            given = lot.corridor.share
            # under another form a given share does not act: see share_of_form
            lower[columns.share[j]] = 0.0 if mixed else np.nan_to_num(given, nan=0.0)
            upper[columns.share[j]] = np.where(np.isnan(given), lot.share_max, given)
            if data.held.form is not None and data.held.form[j] >= 0:
                lower[columns.form[j]] = upper[columns.form[j]] = 0.0
                lower[columns.form[j, data.held.form[j]]] = upper[columns.form[j, data.held.form[j]]] = 1.0
            if data.held.zone is not None:
                upper[columns.share[j][inside_zone(lot, int(data.held.zone[j]))]] = 0.0
            if data.held.least is not None and not np.isnan(data.held.least[j]):
                lower[columns.loading[j]] = data.held.least[j]
            if data.held.most is not None and not np.isnan(data.held.most[j]):
                # what rounding puts below the least is the least
                upper[columns.loading[j]] = max(data.held.most[j], lower[columns.loading[j]])
        self._bound_yields(upper)
        return lower, upper

    def _bound_yields(self, upper: FloatArray) -> None:
        """What may give way in this stage: the caps on loading and transition up to ``data.breach``, or freely; other limits
        where they are asked to yield."""
        data, columns = self.data, self.columns
        if self.aim == "criterion":
            least = data.breach.largest + (0.0 if data.breach.is_nothing else EXCESS_TOLERANCE)
            upper[columns.loading_excess] = least
            upper[columns.transition_excess] = [least * revenue_of_lot(data, j) for j in range(len(data.lots))]
        kinds = {
            "begroting": columns.begroting_yield,
            "reserve": columns.reserve_yield,
            "solvency": columns.solvency_yield,
            "return_on_capital": columns.return_yield,
        }
        for kind, own in kinds.items():
            if kind not in self.yielding:
                upper[own] = 0.0
        if not self.aim.startswith("largest"):
            upper[columns.largest] = 0.0

    def _cost(self, total: LinearLoss) -> FloatArray:
        """What the stage minimises."""
        columns = self.columns
        cost = np.zeros(columns.n)
        match self.aim:
            case "criterion":
                self._criterion(cost, total)
            case "least_breach":
                cost += self._breach()
            case "least_yield":
                cost[self._yields()] = 1.0
            case "largest_excess" | "largest_yield":
                cost[columns.largest] = 1.0
        return cost

    def _criterion(self, cost: FloatArray, total: LinearLoss) -> None:
        """Expected spending and induced demand; the tail is a term."""
        data, columns = self.data, self.columns
        np.add.at(cost, np.asarray(total.columns), (1 - data.risk_weight) * self.spending.total_mean)
        for c, j in enumerate(data.lot):
            cost[columns.share[j]] += induced_demand(data, c)
            cost[columns.form[j]] += induced_by_form(data, c)

    def _breach(self) -> FloatArray:
        """Coefficients of the total breach, million euro: loadings beyond their cap over the term, budgets of
        the first year beyond theirs."""
        slope = np.zeros(self.columns.n)
        slope[self.columns.loading_excess] = [lot_size(self.data, j) for j in range(len(self.data.lots))]
        slope[self.columns.transition_excess] = 1.0
        return slope

    def _yields(self) -> IntArray:
        """Columns of limits that may yield."""
        columns = self.columns
        own = (
            columns.begroting_yield.ravel(),
            columns.reserve_yield,
            columns.solvency_yield,
            columns.return_yield,
        )
        return np.concatenate(own)

    def _stage_rows(self, rows: RowBuilder) -> None:
        """What earlier stages leave to later ones: total_breach, loading_most, transition_most, total_yield and
        largest_yield."""
        data, columns = self.data, self.columns
        slack = EURO / MILLION
        match self.aim:
            case "criterion":
                if not data.breach.is_nothing:
                    rows.add_dense("total_breach", self._breach(), upper=data.breach.total / MILLION + slack)
            case "largest_excess":
                rows.add_dense("total_breach", self._breach(), upper=self.most + slack)
                for j, lot in enumerate(data.lots):
                    for name, column, size in (
                        ("loading_most", columns.loading_excess[j], 1.0),
                        ("transition_most", columns.transition_excess[j], revenue_of_lot(data, j)),
                    ):
                        entries = {int(column): 1.0, columns.largest: -size}
                        rows.add(f"{name}[{lot.name}]", entries, upper=0.0)
            case "largest_yield":
                every = np.zeros(columns.n)
                every[self._yields()] = 1.0
                rows.add_dense("total_yield", every, upper=self.most + slack)
                for k, column in enumerate(self._yields().tolist()):
                    rows.add(f"largest_yield[{k}]", {column: 1.0, columns.largest: -1.0}, upper=0.0)
            case "least_breach" | "least_yield":
                pass

    def _provider_rows(self, rows: RowBuilder) -> None:
        """solvency, return_on_capital and fair_price."""
        data, columns = self.data, self.columns
        for p in self.guarded:
            limit, capital = data.solvency_limit(p), int(columns.capital[p])
            most = float(data.capital_limit[p]) / MILLION - data.margin(limit)
            rows.add(self._name(limit), {capital: 1.0, int(columns.solvency_yield[p]): -1.0}, upper=most)
            cost, slope = self.losses[p].expected_earnings(columns.n)
            slope[capital] = -data.cost_of_capital * data.n_years
            slope[columns.return_yield[p]] = 1.0
            limit = data.return_limit(p)
            rows.add_dense(self._name(limit), slope, lower=cost + data.margin(limit))
        for c in range(len(data.contracts)):
            own, mean = columns.lots[data.lot[c]], self.payments.mean(c)
            for t in range(data.n_years):
                limit = data.fair_price_limit(c, t)
                slope = np.zeros(columns.n)
                slope[own] = mean[t]
                slope[own[0]] -= float(data.fair_price[c, t]) / MILLION
                rows.add_dense(self._name(limit), slope, lower=data.margin(limit))

    def _not_negative_rows(self, rows: RowBuilder) -> None:
        """not_negative, where bounds do not imply it."""
        data, columns = self.data, self.columns
        lower, upper = self._bounds()
        for c, (provider, lot) in enumerate(data.contracts):
            j = int(data.lot[c])
            for k, least in enumerate(data.least_payments(c)):
                entries = {
                    int(columns.loading[j]): least.part,
                    int(columns.form[j, 0]): least.part + least.moved,
                    **dict(zip(columns.share[j].tolist(), least.layers.tolist(), strict=True)),
                }
                worst = sum(
                    value * (lower if value > 0 else upper)[column] for column, value in entries.items() if value
                )
                if worst < 0:
                    rows.add(f"not_negative[{provider},{lot},{k}]", entries, lower=0.0)

    def _begroting_rows(self, rows: RowBuilder) -> None:
        """begroting: expected spending within the begroting, per purse, municipality and year."""
        data = self.data
        for k in range(len(data.purses)):
            for m in range(len(data.municipalities)):
                for t in range(data.n_years):
                    constant, slope = self.spending.expected(m, t, k, self.columns.n)
                    slope[self.columns.begroting_yield[k, m, t]] = -1.0
                    limit = data.begroting_limit(k, m, t)
                    most = float(data.begroting[k, m, t]) / MILLION - data.margin(limit) - constant
                    rows.add_dense(self._name(limit), slope, upper=most)

    def _lot_rows(self, rows: RowBuilder, j: int, lot: LotTerms) -> None:
        """loading_cap, transition_up and transition_down of a lot."""
        data, columns = self.data, self.columns
        loading, excess = int(columns.loading[j]), int(columns.transition_excess[j])
        loading_cap = self._name(Limit("loading_cap", (lot.name,)))
        rows.add(loading_cap, {loading: 1.0, int(columns.loading_excess[j]): -1.0}, upper=lot.loading_cap)
        own = np.flatnonzero((data.lot == j) & (data.revenue > 0))
        if len(own) == 0:
            return
        first = float(data.reference[own, 0].sum()) / MILLION
        last = revenue_of_lot(data, j)
        chosen = int(columns.form[j, 0])
        above, below = first - last * (1 + lot.transition_cap), first - last * (1 - lot.transition_cap)
        rows.add(
            self._name(Limit("transition_up", (lot.name,))),
            {chosen: above, loading: first, excess: -1.0},
            upper=0.0,
        )
        rows.add(
            self._name(Limit("transition_down", (lot.name,))),
            {chosen: below, loading: first, excess: 1.0},
            lower=0.0,
        )

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
            law = self._name(Limit("law", (lot.name,)))
            rows.add(law, {share[outermost_deficit(lot)]: 1.0, chosen: -lot.share_min}, lower=0.0)

    def _choice_rows(self, rows: RowBuilder, j: int, lot: LotTerms) -> None:
        """What is chosen: one_form, loading, least and share_of_form, share_change, simple, share_list, one_share."""
        data, columns = self.data, self.columns
        layers, share, chosen = lot.corridor.names, columns.share[j].tolist(), int(columns.form[j, 0])
        if len(data.forms) > 1:
            rows.add(f"one_form[{lot.name}]", dict.fromkeys(columns.form[j].tolist(), 1.0), lower=1.0, upper=1.0)
            loading = int(columns.loading[j])
            rows.add(f"loading_of_form[{lot.name}]", {loading: 1.0, chosen: -LOADING_BOUND}, upper=0.0)
            rows.add(f"least_of_form[{lot.name}]", {loading: 1.0, chosen: 1.0}, lower=0.0)
            for k, given in enumerate(lot.corridor.share):
                most = lot.share_max if np.isnan(given) else float(given)
                least = -INFINITY if np.isnan(given) else 0.0
                name = f"share_of_form[{lot.name},{layers[k]}]"
                rows.add(name, {share[k]: 1.0, chosen: -most}, lower=least, upper=0.0)
        for (k, outer), column in columns.change[j].items():
            entries = {share[outer]: 1.0, share[k]: -1.0, column: -1.0}
            rows.add(f"share_change[{lot.name},{layers[outer]}]", entries, upper=0.0)
            if data.simple.free_zone:
                entries = {share[k]: 1.0, column: 1.0}
                rows.add(f"free_zone[{lot.name},{layers[outer]}]", entries, upper=1.0)
        for side, pairs in counted_sides(lot, data.simple).items():
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
        """capital_covers_tail: CVaR of the largest cumulative loss - capital <= 0."""
        limits = []
        for p in self.guarded:
            coefficients = np.zeros(self.columns.n)
            coefficients[self.columns.capital[p]] = -1.0
            name = f"capital_covers_tail[{self.data.providers[p]}]"
            limits.append(CVaRLimit(name, self.losses[p], self.data.confidence, coefficients, 0.0))
        return limits

    def _reserve_limits(self) -> list[CVaRLimit]:
        """reserve: CVaR of what is used of the stock up to a year <= stock, by year."""
        data, limits = self.data, []
        for m in range(len(data.municipalities)):
            for t in data.limited_years(m):
                own = np.zeros(self.columns.n)
                own[self.columns.reserve_yield[m]] = -1.0
                limit = data.reserve_limit(m, t)
                most = float(data.stock[m, t]) / MILLION - data.margin(limit)
                loss = self.reserve_use(m, t)
                limits.append(CVaRLimit(self._name(limit), loss, data.reserve_confidence, own, most))
        return limits

    def reserve_use(self, municipality: int, year: int) -> ReserveUse:
        """What a municipality uses of its stock up to a year."""
        return ReserveUse(
            self.data, self.spending, municipality, year, self.columns.begroting_yield[:, municipality]
        )
