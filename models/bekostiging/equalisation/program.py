"""Norm amounts: the readable definition.

Amounts are divided by the mean cost per client, so that norm amounts are near one.

Sets
    ADJUSTERS j, CLIENTS i, GROUPS g, PROVIDERS p, ORDER (j, h): pairs of adjusters

Parameters, each with its attribute: of ``ClientCosts`` (``clients.``), their sums ``Moments`` (``moments.``), what a fit is
held to (``limits.``, of ``Limits``) or the estimator ``NormAmounts`` (``model.``)
    x[i,j]             clients.matrix           whether client i has adjuster j                  -
    y[i]               clients.cost             cost of client i at reference prices             euro a year
    w[i]               clients.weight           clients the row stands for                       clients
    W                  moments.weight           clients in all: the sum of w                     clients
    E[j]               moments.exposure         clients with adjuster j                          clients
    n[g]               moments.groups           clients in group g                               clients
    pot                limits.pot               what is divided: a fixed amount, or sum w y      euro a year
    prior[j]           limits.prior             norm amount shrunk to; the mean cost unless given   euro a year
    shrinkage          limits.shrinkage         clients the prior counts for, per adjuster       clients
    penalty[g]         limits.group_penalties   weight of a group's mean error                   -
    least[g], most[g]  limits.group_bounds      bounds on a group's mean compensation            euro per client
    lower[j]           limits.lower             bound on a norm amount; zero unless given        euro a year
    upper[j]           limits.upper             bound on a norm amount                           euro a year
    quantile           model.quantile           0.5 for least absolute deviations                -
    k                  model.at_most            profiles that may have a norm amount of their own
    C[p]               sum of y over the clients of provider p                                   euro a year

Variables
    norm[j]       norm amount                                                      euro a year
    largest       largest result of a provider                                     fraction of its cost
    prior_above[j], prior_below[j]  distance to the prior (least largest result)   euro a year, >= 0
    rest          norm amount of profiles without one of their own                 euro a year, >= 0 (at most k profiles)
    supplement[j] norm[j] - rest                                                   euro a year (at most k profiles)
    own[j]        whether a profile has its own norm amount                        {0, 1} (at most k profiles)
    curved[h]     what the squared error adds in eigen-direction h                 >= 0 (at most k profiles)

Objective, by method
    least_squares   (sum_i w (y - x norm)^2 + shrinkage sum_j (norm - prior)^2 + sum_g penalty n (mean error of g)^2) / W
    lad, quantile   (sum_i w rho(y - x norm) + shrinkage sum_j rho(norm - prior) + sum_g penalty n abs(mean error) / 2) / W,
                    rho(r) = quantile max(r, 0) + (1 - quantile) max(-r, 0): it estimates medians, not means
    least_largest   largest + shrinkage sum_j (E / sum E) (prior_above + prior_below)

Constraints
    total              sum_j E norm = pot                                          the pot is divided, no more and no less
    order[j,h]         norm[j] <= norm[h]                                          heavier profiles get no less
    group_bound[g]     least <= mean of x norm - y over g <= most                  compensation of a group
    deficit[p]         sum over clients of p of w (y - x norm) <= largest C        least largest result only
    surplus[p]         sum over clients of p of w (x norm - y) <= largest C        least largest result only
    distance[j]        norm - prior = prior_above - prior_below                    least largest result only
    composed[j]        norm = rest + supplement                                    at most k profiles only
    own_above[j]       supplement <= widest own                                    at most k profiles only
    own_below[j]       supplement >= -widest own                                   at most k profiles only
    at_most            sum_j own <= k                                              at most k profiles only
    tangent[h]         curved >= a tangent of the squared error in direction h, added where it is violated

Source
    constrained regression: van Kleef, McGuire, van Vliet and van de Ven (2017), doi:10.1007/s10198-016-0859-1; group
    penalties: after Zink and Rose (2020), doi:10.1111/biom.13206, here on squared mean errors; shrinkage as clients of the
    prior: Bühlmann (1967), doi:10.1017/S0515036100008989; design of this package, section 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from bekostiging.equalisation.moments import Moments
from bekostiging_solvers import LinearProgram, RowBuilder
from bekostiging_solvers.typing import FloatArray

INFINITY = float("inf")


@dataclass(frozen=True)
class Limits:
    """Everything a fit is held to, in euro; symbols as on the card. ``pot`` None: the total is not preserved."""

    names: tuple[str, ...]
    pot: float | None
    lower: FloatArray
    upper: FloatArray
    prior: FloatArray
    shrinkage: float = 0.0
    order: tuple[tuple[str, str], ...] = ()
    group_bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    group_penalties: Mapping[str, float] = field(default_factory=dict)


def unit(moments: Moments) -> float:
    """Mean cost per client, euro: what amounts are divided by."""
    return moments.target / moments.weight or 1.0


def add_rows(rows: RowBuilder, moments: Moments, limits: Limits) -> None:
    """The rows on norm amounts, which stand first among the columns."""
    euro, k = unit(moments), len(limits.names)
    if limits.pot is not None:
        pot = limits.pot / (moments.weight * euro)
        rows.add_dense("total", moments.exposure / moments.weight, pot, pot)
    place = {name: j for j, name in enumerate(limits.names)}
    for light, heavy in limits.order:
        rows.add(f"order[{light},{heavy}]", {place[heavy]: 1.0, place[light]: -1.0}, 0.0)
    for name, (least, most) in limits.group_bounds.items():
        group = moments.groups[name]
        cost = group.target / group.weight
        slope = np.zeros(k)
        slope[:] = group.exposure / group.weight
        rows.add_dense(f"group_bound[{name}]", slope, (least + cost) / euro, (most + cost) / euro)


def fit_program(moments: Moments, limits: Limits) -> LinearProgram:
    """Rows and bounds on the norm amounts, without an objective."""
    rows = RowBuilder()
    add_rows(rows, moments, limits)
    euro, k = unit(moments), len(limits.names)
    return LinearProgram(
        np.zeros(k),
        limits.lower / euro,
        limits.upper / euro,
        rows.matrix(k),
        np.array(rows.lower),
        np.array(rows.upper),
        tuple(f"norm[{name}]" for name in limits.names),
        tuple(rows.names),
    )


def least_squares(moments: Moments, limits: Limits) -> tuple[FloatArray, FloatArray, float]:
    """Hessian (k, k), slope (k,) and constant of the objective, in units of the mean cost."""
    euro, count = unit(moments), moments.weight
    prior = limits.prior / euro
    curve = moments.gram + limits.shrinkage * np.eye(len(prior))
    slope = moments.product / euro + limits.shrinkage * prior
    constant = moments.square / euro**2 + limits.shrinkage * float(prior @ prior)
    for name, penalty in limits.group_penalties.items():
        group = moments.groups[name]
        weight = penalty / group.weight
        curve = curve + weight * np.outer(group.exposure, group.exposure)
        slope = slope + weight * group.exposure * group.target / euro
        constant += weight * (group.target / euro) ** 2
    return 2 * curve / count, -2 * slope / count, constant / count


def absolute_rows(
    moments: Moments, limits: Limits, quantile: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Shrinkage and penalties as observations: rows, targets (euro), slopes above and below."""
    k = len(limits.names)
    rows, targets = [], []
    above, below = [], []
    if limits.shrinkage > 0:
        rows.append(np.eye(k))
        targets += list(limits.prior)
        above += [quantile * limits.shrinkage] * k
        below += [(1 - quantile) * limits.shrinkage] * k
    for name, penalty in limits.group_penalties.items():
        group = moments.groups[name]
        rows.append((group.exposure / group.weight)[None, :])
        targets.append(group.target / group.weight)
        above.append(penalty * group.weight / 2)
        below.append(penalty * group.weight / 2)
    stacked = np.vstack(rows) if rows else np.zeros((0, k))
    return stacked, np.array(targets), np.array(above), np.array(below)


def least_largest_program(
    moments: Moments, limits: Limits, providers: Mapping[str, tuple[float, FloatArray, float]]
) -> LinearProgram:
    """The linear program of the least largest result; ``providers``: clients, exposure and cost of each."""
    euro, k = unit(moments), len(limits.names)
    rows = RowBuilder()
    add_rows(rows, moments, limits)
    largest, above, below = k, k + 1 + np.arange(k), 2 * k + 1 + np.arange(k)
    for name, (_, exposure, cost) in providers.items():
        share = exposure * euro / cost
        entries = {int(j): float(share[j]) for j in np.flatnonzero(share)}
        rows.add(f"deficit[{name}]", {**entries, largest: 1.0}, 1.0)
        rows.add(f"surplus[{name}]", {**entries, largest: -1.0}, upper=1.0)
    prior = limits.prior / euro
    for j, name in enumerate(limits.names):
        rows.add(f"distance[{name}]", {j: 1.0, int(above[j]): -1.0, int(below[j]): 1.0}, prior[j], prior[j])
    part = limits.shrinkage * moments.exposure / moments.exposure.sum()
    names = [f"{head}[{name}]" for head in ("prior_above", "prior_below") for name in limits.names]
    return LinearProgram(
        np.concatenate([np.zeros(k), [1.0], part, part]),
        np.concatenate([limits.lower / euro, np.zeros(1 + 2 * k)]),
        np.concatenate([limits.upper / euro, np.full(1 + 2 * k, INFINITY)]),
        rows.matrix(3 * k + 1),
        np.array(rows.lower),
        np.array(rows.upper),
        (*(f"norm[{name}]" for name in limits.names), "largest", *names),
        tuple(rows.names),
    )


def at_most_program(
    moments: Moments, limits: Limits, k_own: int, widest: FloatArray, directions: FloatArray
) -> LinearProgram:
    """The mixed-integer program of at most k own profiles, without tangents; ``directions`` (k, n_directions).

    Columns: norm, rest, supplement, own, curved; ``widest`` (k,): a bound on abs(supplement), in units of the mean cost.
    """
    euro, k = unit(moments), len(limits.names)
    n_curved = directions.shape[1]
    rows = RowBuilder()
    add_rows(rows, moments, limits)
    rest, supplement, own = k, k + 1 + np.arange(k), 2 * k + 1 + np.arange(k)
    for j, name in enumerate(limits.names):
        wide = float(widest[j])
        rows.add(f"composed[{name}]", {j: 1.0, rest: -1.0, int(supplement[j]): -1.0}, 0.0, 0.0)
        rows.add(f"own_above[{name}]", {int(supplement[j]): 1.0, int(own[j]): -wide}, upper=0.0)
        rows.add(f"own_below[{name}]", {int(supplement[j]): 1.0, int(own[j]): wide}, 0.0)
    rows.add("at_most", {int(one): 1.0 for one in own}, upper=float(k_own))
    n = 3 * k + 1 + n_curved
    whole = np.zeros(n, dtype=np.bool_)
    whole[own] = True
    free = np.full(k, -INFINITY)
    return LinearProgram(
        np.concatenate([least_squares(moments, limits)[1], np.zeros(2 * k + 1), np.ones(n_curved)]),
        np.concatenate([limits.lower / euro, [0.0], free, np.zeros(k + n_curved)]),
        np.concatenate([limits.upper / euro, [INFINITY], -free, np.ones(k), np.full(n_curved, INFINITY)]),
        csr_array(rows.matrix(n)),
        np.array(rows.lower),
        np.array(rows.upper),
        (
            *(f"norm[{name}]" for name in limits.names),
            "rest",
            *(f"supplement[{name}]" for name in limits.names),
            *(f"own[{name}]" for name in limits.names),
            *(f"curved[{h}]" for h in range(n_curved)),
        ),
        tuple(rows.names),
        whole,
    )
