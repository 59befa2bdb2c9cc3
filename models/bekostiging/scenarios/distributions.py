"""Distributions of durations and units by choice, each with mean one and closed-form moments.

Every law is a scale family: a duration with mean m is m times a draw. What theory needs of one is its limited
moments E[min(D, t)] and E[min(D, t)^2] (Klugman, Panjer and Willmot, Loss Models, app. A); what the simulation needs
is a draw, plain or length-biased, of which a uniform part is the equilibrium remaining duration (Cox 1962, ch. 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammainc, gammaincc, gammaln, ndtr

from bekostiging_solvers.typing import BoolArray, Float32Array, FloatArray, IntArray

SMALLEST = 1e-300
"""Stands for time zero where its logarithm is taken."""


class Law(Protocol):
    """A positive law with mean one; ``cv`` (n_rows,): its coefficient of variation per row."""

    def limited_moments(self, time: FloatArray, cv: FloatArray) -> tuple[FloatArray, FloatArray]:
        """E[min(D, t)] and E[min(D, t)^2] at ``time`` >= 0; both broadcast."""

    def survival(self, time: FloatArray, cv: FloatArray) -> FloatArray:
        """P(D > t) at ``time`` > 0; both broadcast."""

    def draw(
        self, cv: FloatArray, row: IntArray, biased: BoolArray | None, rng: np.random.Generator
    ) -> Float32Array:
        """One draw for every entry of ``row``; with density proportional to t f(t) where ``biased`` (nowhere: None)."""


class LogNormal:
    """sigma^2 = ln(1 + cv^2); length-biased: mu + sigma^2."""

    def limited_moments(self, time: FloatArray, cv: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Partial moments of the log-normal."""
        sigma = np.sqrt(np.log1p(np.square(cv)))
        safe = np.maximum(time, SMALLEST)
        scaled = np.log(safe) / sigma + sigma / 2
        alive = ndtr(-scaled)
        first = ndtr(scaled - sigma) + safe * alive
        second = np.exp(sigma**2) * ndtr(scaled - 2 * sigma) + safe**2 * alive
        return np.where(time > 0, first, 0.0), np.where(time > 0, second, 0.0)

    def survival(self, time: FloatArray, cv: FloatArray) -> FloatArray:
        """Phi of minus the scaled logarithm."""
        sigma = np.sqrt(np.log1p(np.square(cv)))
        return np.asarray(ndtr(-np.log(time) / sigma - sigma / 2))

    def draw(
        self, cv: FloatArray, row: IntArray, biased: BoolArray | None, rng: np.random.Generator
    ) -> Float32Array:
        """exp(sigma z - sigma^2 / 2), length-biased exp(sigma z + sigma^2 / 2)."""
        variance = np.log1p(np.square(cv)).astype(np.float32)
        log: Float32Array = rng.standard_normal(len(row), dtype=np.float32)
        log *= np.sqrt(variance)[row]
        # plain rows first, biased ones after them: one table, one look-up
        log += np.concatenate([-variance / 2, variance / 2])[row if biased is None else row + len(cv) * biased]
        return np.asarray(np.exp(log, out=log), dtype=np.float32)


class Gamma:
    """Shape 1 / cv^2; length-biased: shape + 1."""

    def limited_moments(self, time: FloatArray, cv: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Partial moments by incomplete gamma functions."""
        shape = 1 / np.square(cv)
        scaled = time * shape
        alive = 1 - gammainc(shape, scaled)
        first = gammainc(shape + 1, scaled) + time * alive
        second = (1 + np.square(cv)) * gammainc(shape + 2, scaled) + np.square(time) * alive
        return first, second

    def survival(self, time: FloatArray, cv: FloatArray) -> FloatArray:
        """Upper incomplete gamma function."""
        shape = 1 / np.square(cv)
        return np.asarray(gammaincc(shape, time * shape))

    def draw(
        self, cv: FloatArray, row: IntArray, biased: BoolArray | None, rng: np.random.Generator
    ) -> Float32Array:
        """Gamma of this shape (plus one where biased), scaled to mean one."""
        shape = (1 / np.square(cv)).astype(np.float32)[row]
        return np.asarray(
            rng.standard_gamma(shape if biased is None else shape + biased, dtype=np.float32) / shape
        )


class Weibull:
    """(D / scale)^c is exponential; length-biased: gamma of shape 1 + 1/c in its place."""

    def limited_moments(self, time: FloatArray, cv: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Partial moments by incomplete gamma functions."""
        shape, scale = _weibull(cv)
        hazard = _hazard(time, shape, scale)
        alive = np.exp(-hazard)
        first = gammainc(1 + 1 / shape, hazard) + time * alive
        second = (1 + np.square(cv)) * gammainc(1 + 2 / shape, hazard) + np.square(time) * alive
        return first, second

    def survival(self, time: FloatArray, cv: FloatArray) -> FloatArray:
        """exp of minus the hazard so far."""
        shape, scale = _weibull(cv)
        return np.asarray(np.exp(-_hazard(time, shape, scale)))

    def draw(
        self, cv: FloatArray, row: IntArray, biased: BoolArray | None, rng: np.random.Generator
    ) -> Float32Array:
        """scale G^(1/c), G exponential, length-biased gamma of shape 1 + 1/c."""
        shape, scale = _weibull(cv)
        hazard = rng.standard_gamma(np.ones(len(row)) if biased is None else 1 + biased / shape[row])
        return np.asarray(scale[row] * hazard ** (1 / shape)[row], dtype=np.float32)


@dataclass(frozen=True)
class Empirical:
    """Own history: ``values`` (k,) increasing, with mean one under ``weights`` (k,); ``cv`` is their own."""

    values: FloatArray
    weights: FloatArray

    @classmethod
    def of(cls, values: FloatArray, counts: FloatArray) -> Empirical:
        """From values seen and how often, scaled to mean one."""
        order = np.argsort(values, kind="stable")
        weights = counts[order] / counts.sum()
        return cls(values[order] / float(weights @ values[order]), weights)

    def limited_moments(self, time: FloatArray, cv: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Sums over the values up to t, and t for those beyond."""
        place = np.searchsorted(self.values, time, side="right")
        beyond = 1 - np.concatenate([[0.0], np.cumsum(self.weights)])[place]
        moments = []
        for power in (1, 2):
            partial = np.concatenate([[0.0], np.cumsum(self.weights * self.values**power)])
            moments.append(np.broadcast_arrays(partial[place] + time**power * beyond, cv)[0])
        return moments[0], moments[1]

    def survival(self, time: FloatArray, cv: FloatArray) -> FloatArray:
        """Weight of the values beyond t."""
        beyond = 1 - np.concatenate([[0.0], np.cumsum(self.weights)])
        survival, _ = np.broadcast_arrays(beyond[np.searchsorted(self.values, time, side="right")], cv)
        return np.asarray(survival)

    def draw(
        self, cv: FloatArray, row: IntArray, biased: BoolArray | None, rng: np.random.Generator
    ) -> Float32Array:
        """A value by its weight, length-biased by its weight times itself."""
        uniform = rng.random(len(row))
        plain, own = np.cumsum(self.weights), np.cumsum(self.weights * self.values)
        place = np.where(
            False if biased is None else biased,
            np.searchsorted(own, own[-1] * uniform, side="right"),
            np.searchsorted(plain, plain[-1] * uniform, side="right"),
        )
        return np.asarray(self.values[np.minimum(place, len(self.values) - 1)], dtype=np.float32)


LAWS: dict[str, Law] = {"lognormal": LogNormal(), "gamma": Gamma(), "weibull": Weibull()}
"""The laws that need only a coefficient of variation, by their name in ``demand``."""


def _weibull(cv: NDArray[np.floating]) -> tuple[FloatArray, FloatArray]:
    """Shape and scale of the Weibull law with mean one."""
    unique, place = np.unique(np.asarray(cv, dtype=np.float64), return_inverse=True)
    shape = np.array([_weibull_shape(float(one)) for one in unique])[place].reshape(np.shape(cv))
    return shape, np.exp(-gammaln(1 + 1 / shape))


def _hazard(time: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
    """Hazard up to ``time``; infinite, and rightly so, long after everybody of an almost fixed duration has left."""
    with np.errstate(over="ignore"):
        return np.asarray((time / scale) ** shape)


@lru_cache(maxsize=1024)
def _weibull_shape(cv: float) -> float:
    """Shape whose coefficient of variation is ``cv``: Gamma(1 + 2/c) / Gamma(1 + 1/c)^2 = 1 + cv^2."""

    def excess(shape: float) -> float:
        """Log of the ratio minus log of 1 + cv^2; falling in the shape."""
        return float(gammaln(1 + 2 / shape) - 2 * gammaln(1 + 1 / shape) - np.log1p(cv**2))

    return float(brentq(excess, 0.05, 1e4, xtol=1e-12))


@dataclass(frozen=True)
class Mixed:
    """Rows with a law each: ``laws``, which of them (``law``, (n_rows,)), ``mean`` and ``cv`` (n_rows,).

    Times and means broadcast against the last axis, which is the rows.
    """

    laws: tuple[Law, ...]
    law: IntArray
    mean: FloatArray
    cv: FloatArray

    def rows(self, rows: IntArray) -> Mixed:
        """The laws of some rows, in the order of ``rows``."""
        return Mixed(self.laws, self.law[rows], self.mean[..., rows], self.cv[rows])

    def lengthened(self, factor: FloatArray) -> Mixed:
        """These laws with their means times ``factor`` (..., n_rows)."""
        return Mixed(self.laws, self.law, self.mean * factor, self.cv)

    def limited(self, time: FloatArray) -> tuple[FloatArray, FloatArray]:
        """E[min(D, t)] and E[min(D, t)^2] of every row; (..., n_rows)."""
        shape = np.broadcast_shapes(np.shape(time), self.mean.shape)
        scaled = np.broadcast_to(time / self.mean, shape)
        first, second = np.empty(shape), np.empty(shape)
        for number, law in enumerate(self.laws):
            own = np.flatnonzero(self.law == number)
            if len(own):
                first[..., own], second[..., own] = law.limited_moments(scaled[..., own], self.cv[own])
        return first * self.mean, second * self.mean**2

    def survival(self, time: FloatArray) -> FloatArray:
        """P(D > t) of every row at ``time`` > 0; (..., n_rows)."""
        shape = np.broadcast_shapes(np.shape(time), self.mean.shape)
        scaled, survival = np.broadcast_to(time / self.mean, shape), np.empty(shape)
        for number, law in enumerate(self.laws):
            own = np.flatnonzero(self.law == number)
            if len(own) == shape[-1]:
                return law.survival(scaled, self.cv)
            if len(own):
                survival[..., own] = law.survival(scaled[..., own], self.cv[own])
        return survival

    def steps(self) -> FloatArray:
        """Times at which a survival falls at once, infinite where a row has no more of them; (n_steps, n_rows)."""
        own = [(number, law.values) for number, law in enumerate(self.laws) if isinstance(law, Empirical)]
        times = np.full((max((len(values) for _, values in own), default=0), len(self.cv)), np.inf)
        for number, values in own:
            times[: len(values), self.law == number] = values[:, None]
        return times * self.mean

    def draw(self, row: IntArray, biased: BoolArray | None, rng: np.random.Generator) -> Float32Array:
        """One draw with mean one for every entry of ``row``; length-biased where ``biased``."""
        used = np.unique(self.law)
        if len(used) == 1:
            return self.laws[int(used[0])].draw(self.cv, row, biased, rng)
        drawn = np.empty(len(row), dtype=np.float32)
        law = self.law[row]
        for number in used:
            own = law == number
            drawn[own] = self.laws[number].draw(self.cv, row[own], None if biased is None else biased[own], rng)
        return drawn
