r"""The price of a unit given what was claimed: a Gaussian latent per contract and care form, in closed form.

The log of what a unit costs is the log of the tariff at the price level of the year, plus a deviation of the contract and
care form (another mix of products, an index that was applied late): t = l + p, l with the variance of the case's own
scenarios of the level, p with mean zero and variance tau^2. Seen is y = t + e, the log of euros over units at tariff,
e with the variance that months scatter by. So E[t | y] = E[l] + K (y - E[l]) with K = (var l + tau^2) / (var l + tau^2 +
var e), and a scenario of it is t + K (y - t - e) with its own t and e (Matheron's rule). tau^2 is what deviations have
beyond chance (method of moments, DerSimonian and Laird 1986); with nothing seen it is zero and
prices are those of the contract.

What was claimed of a month stands in euros as it is; the latent prices what is still to come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import price_levels
from bekostiging.monitoring.seen import Seen
from bekostiging.scenarios import Cells, Factors
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray, IntArray

FEWEST = 2
"""Months with euros from which is known how they scatter."""


@dataclass(frozen=True)
class PricesSeen:
    """What was seen of prices; arrays (n_groups,), a group a contract and care form.

    ``group`` (n_cells,): of each cell, -1 where nothing is claimed by the unit; ``seen``: log of euros over units at tariff,
    of this year; ``variance``: of its error, infinite where nothing was seen; ``level_variance``: of the log of the price
    level in the case's scenarios; ``spread``: tau^2 between contracts. ``euros`` and ``units`` (n_months, n_cells): of this
    year, as claimed so far with euros.
    """

    group: IntArray
    seen: FloatArray
    variance: FloatArray
    level_variance: FloatArray
    spread: float
    euros: FloatArray
    units: FloatArray

    def ratios(self, log_level: FloatArray, normals: FloatArray) -> FloatArray:
        """Price over that of the contract, (n_scenarios, n_cells), for logs of the price level (n_scenarios, n_cells) and
        standard normals (2, n_scenarios, n_groups)."""
        first = np.array([np.flatnonzero(self.group == g)[0] for g in range(len(self.seen))], dtype=np.int64)
        level = log_level[:, first]
        own = price_given(level, self.seen, self.variance, self.level_variance, self.spread, normals) - level
        return np.where(self.group >= 0, np.exp(own)[:, np.maximum(self.group, 0)], 1.0)


def price_given(
    log_level: FloatArray,
    seen: FloatArray,
    variance: FloatArray,
    level_variance: FloatArray,
    spread: float,
    normals: FloatArray,
) -> FloatArray:
    """Scenarios of the log price given what was seen, (n_scenarios, n_groups), by Matheron's rule."""
    known = np.isfinite(variance)
    error = np.where(known, variance, 0.0)
    prior = level_variance + spread
    gain = np.divide(prior, prior + error, out=np.zeros_like(prior), where=known & (prior + error > 0))
    drawn = log_level + np.sqrt(spread) * normals[0]
    noise = np.sqrt(error) * normals[1]
    return np.asarray(drawn + gain * (np.where(known, seen, 0.0) - drawn - noise))


def spread_between(deviation: FloatArray, variance: FloatArray) -> float:
    """Variance of deviations beyond their own errors, at least zero."""
    return max(float(np.mean(np.square(deviation) - variance)), 0.0) if len(deviation) else 0.0


def prices_seen(case: Case, cells: Cells, seen: Seen, factors: Factors) -> PricesSeen | None:
    """Lay out what this year's claims say of prices; None where no contract claims by the unit, or no two months have euros.

    ``factors``: scenarios of the case, whose indices give the variance of the price level.
    """
    form = {lot.id: lot.payment_form for lot in case.lots}
    groups: dict[tuple[int, int], int] = {}
    group = np.full(cells.n_cells, -1, dtype=np.int64)
    for cell in np.flatnonzero(cells.contract >= 0):
        contract = int(cells.contract[cell])
        if not PAYMENT_FORMS[form[cells.contract_ids[contract][1]]].lump_sum and cells.tariff[cell] > 0:
            group[cell] = groups.setdefault((contract, int(cells.care_form[cell])), len(groups))
    now = slice(MONTHS * seen.year, seen.months)
    euros, units = seen.euros[now], seen.reported[now]
    typed = (euros > 0) & (units > 0)
    euros, units = np.where(typed, euros, 0.0), np.where(typed, units, 0.0)
    n = len(groups)
    found, variance, level_variance, middle = np.zeros(n), np.full(n, np.inf), np.zeros(n), np.zeros(n)
    for (contract, _), g in groups.items():
        own = group == g
        level = np.log(price_levels(case, cells.contract_ids[contract][1], factors).price[:, seen.year])
        level_variance[g], middle[g] = level.var(), level.mean()
        claimed, at_tariff = euros[:, own].sum(axis=1), units[:, own] @ cells.tariff[own]
        filled = at_tariff > 0
        if filled.sum() >= FEWEST:
            ratio = claimed.sum() / at_tariff.sum()
            scatter = np.square(claimed[filled] - ratio * at_tariff[filled]).sum() / claimed.sum() ** 2
            found[g], variance[g] = np.log(ratio), scatter * filled.sum() / (filled.sum() - 1)
    known = np.isfinite(variance)
    if not known.any():
        return None
    spread = spread_between((found - middle)[known], (variance + level_variance)[known])
    return PricesSeen(group, found, variance, level_variance, spread, euros, units)


def priced(units: FloatArray, prices: PricesSeen, ratios: FloatArray, price: FloatArray) -> FloatArray:
    """Units of this year's months as their euros count at the price of the contract, (n_scenarios, 12, n_cells).

    What was claimed counts as its euros; the rest of every month at the ratio of prices. ``price`` (n_scenarios, n_cells).
    """
    found = units * ratios[:, None, :]
    m = len(prices.units)
    as_claimed = np.divide(
        prices.euros[None], price[:, None, :], out=np.zeros_like(found[:, :m]), where=price[:, None, :] > 0
    )
    own = (prices.group >= 0)[None, None, :] & (prices.units > 0)[None]
    found[:, :m] = np.where(own, as_claimed + (units[:, :m] - prices.units) * ratios[:, None, :], found[:, :m])
    return np.asarray(np.maximum(found, 0.0))
