"""The least implausible way to fail: first-order reliability and importance sampling around its point.

    minimise ||z||   subject to   g(z) >= 0,   z standard normal in some dimensions

The minimum is the design point, its norm the reliability index (Hasofer and Lind 1974); with a linear g the failure
probability is Phi(-norm). Any other g: normals are drawn around the design point and weighted back, which is unbiased
whatever the shape of the failing set (Schueller and Stix 1987, doi:10.1016/0167-4730(87)90011-0).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bekostiging_solvers.sampling import Estimate
from bekostiging_solvers.typing import BoolArray, FloatArray

LimitState = Callable[[FloatArray], FloatArray]
"""g of many points at once: (n, n_dimensions) to (n,); at least zero is failure."""
STEP = 1e-4
"""Of a forward difference, in standard deviations."""
FARTHEST = 8.0
"""Norm beyond which nothing is called possible: probability below 1e-15 for a linear g."""
PLAIN = 5
"""One point in so many is drawn plainly."""
TOLERANCE = 1e-5
"""On the last step, and on g relative to its size at the origin."""
KINK = 1e-3
"""On g where steps cannot come nearer."""
MOST_STEPS = 100
LENGTHS = tuple(0.5**k for k in range(12))
"""Of a step, until the merit falls."""


@dataclass(frozen=True)
class DesignPoint:
    """The failing point nearest to the origin.

    Attributes
    ----------
    point : (n_dimensions,) array
        In standard normal units.
    distance : float
        Its norm, the reliability index (Hasofer and Lind 1974).
    starts, agreeing : int
        Searches, and how many of them ended within 1 % of that distance.
    evaluations : int
        Of the limit state.

    Examples
    --------
    >>> DesignPoint(np.array([3.0, 0.0]), 3.0, starts=8, agreeing=8, evaluations=120).distance
    3.0
    """

    point: FloatArray
    distance: float
    starts: int
    agreeing: int
    evaluations: int


def design_point(
    limit_state: LimitState, n_dimensions: int, n_starts: int = 8, seed: int = 1
) -> DesignPoint | None:
    """The failing point nearest to the origin (Hasofer and Lind 1974), searched from several starts.

    The first start goes along the gradient at the origin, the others in random directions turned towards failure.

    Parameters
    ----------
    limit_state : callable
        g of many points at once: (n, n_dimensions) to (n,); at least zero is failure.
    n_dimensions : int
        Number of independent standard normals.
    n_starts : int
        Number of searches; 8 when left out.
    seed : int
        Of the random directions.

    Returns
    -------
    DesignPoint or None
        None when no failing point is found within eight standard deviations.

    Examples
    --------
    Failure is a sum of two standard normals of at least 3; the nearest such point has both at 1.5:

    >>> found = design_point(lambda z: z.sum(axis=1) - 3.0, 2)
    >>> found.point.round(4).tolist(), round(found.distance, 4)
    ([1.5, 1.5], 2.1213)
    """
    counted = _Counted(limit_state)
    at_origin, gradient = counted.with_gradient(np.zeros(n_dimensions))
    if at_origin >= 0:
        return DesignPoint(np.zeros(n_dimensions), 0.0, 0, 0, counted.evaluations)
    rng = np.random.default_rng(seed)
    directions = [gradient] + [rng.standard_normal(n_dimensions) for _ in range(n_starts - 1)]
    found = [_search(counted, _start(direction, gradient), abs(at_origin)) for direction in directions]
    points = [point for point in found if point is not None and np.linalg.norm(point) <= FARTHEST]
    if not points:
        return None
    norms = np.array([np.linalg.norm(point) for point in points])
    best = int(norms.argmin())
    agreeing = int((norms <= 1.01 * norms[best]).sum())
    return DesignPoint(points[best], float(norms[best]), n_starts, agreeing, counted.evaluations)


def _start(direction: FloatArray, gradient: FloatArray) -> FloatArray:
    """Two standard deviations along a direction, on the side where g rises."""
    turned = direction if direction @ gradient >= 0 else -direction
    norm = float(np.linalg.norm(turned))
    return 2.0 * turned / norm if norm > 0 else np.full(len(turned), 2.0 / np.sqrt(len(turned)))


def _search(counted: _Counted, start: FloatArray, scale: float) -> FloatArray | None:
    """Least norm with g = 0, from one start; None when no such point was reached.

    Improved Hasofer-Lind-Rackwitz-Fiessler steps (Zhang and Der Kiureghian 1995): the least norm of the linearised
    limit, halved until ||z||^2 / 2 + penalty |g| falls.
    """
    point = start
    for _ in range(MOST_STEPS):
        value, gradient = counted.with_gradient(point)
        slope = float(gradient @ gradient)
        if slope == 0:
            return None
        wanted = _within((gradient @ point - value) / slope * gradient)
        step = wanted - point
        if np.linalg.norm(step) <= TOLERANCE and abs(value) <= TOLERANCE * scale:
            return point
        penalty = 2 * max(float(np.linalg.norm(wanted)), 1.0) / np.sqrt(slope)
        merit = float(point @ point) / 2 + penalty * abs(value)
        for length in LENGTHS:
            trial = point + length * step
            if float(trial @ trial) / 2 + penalty * abs(counted.value(trial)) < merit:
                break
        else:
            # no descent: at a kink of g this is as near as steps come
            return point if abs(value) <= KINK * scale else None
        point = trial
    return None


def _within(point: FloatArray) -> FloatArray:
    """The point, or where its ray leaves twice ``FARTHEST``."""
    return np.asarray(point * min(1.0, 2 * FARTHEST / max(float(np.linalg.norm(point)), 1e-300)))


class _Counted:
    """g with its forward differences, the last point remembered."""

    def __init__(self, limit_state: LimitState) -> None:
        self.limit_state = limit_state
        self.evaluations = 0
        self._last: tuple[bytes, float, FloatArray] | None = None

    def value(self, point: FloatArray) -> float:
        """g at one point."""
        self.evaluations += 1
        return float(self.limit_state(point[None])[0])

    def with_gradient(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient at a point, all differences in one call."""
        key = point.tobytes()
        if self._last is None or self._last[0] != key:
            values = self.limit_state(np.vstack([point, point + STEP * np.eye(len(point))]))
            self.evaluations += len(values)
            self._last = (key, float(values[0]), np.asarray((values[1:] - values[0]) / STEP))
        return self._last[1], self._last[2]


def drawn_around(normals: FloatArray, point: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Standard normals moved to the design point, every fifth left where it is, with their weights.

    Parameters
    ----------
    normals : (n, n_dimensions) array
        Independent standard normals.
    point : (n_dimensions,) array
        The design point.

    Returns
    -------
    moved : (n, n_dimensions) array
        The points to evaluate.
    weights : (n,) array
        For ``weighted_probability``.

    Notes
    -----
    The weight is the standard density over that of the mixture (balance heuristic, Veach and Guibas 1995,
    doi:10.1145/218380.218498), never above five: failing sets that also lie elsewhere are counted with a true error.

    Examples
    --------
    >>> moved, weights = drawn_around(np.zeros((6, 1)), np.array([2.0]))
    >>> moved[:, 0].tolist(), weights.round(3).tolist()
    ([0.0, 2.0, 2.0, 2.0, 2.0, 0.0], [3.244, 0.164, 0.164, 0.164, 0.164, 3.244])
    """
    moved = normals + point * (np.arange(len(normals)) % PLAIN != 0)[:, None]
    ratio = np.exp(moved @ point - point @ point / 2)
    return moved, np.asarray(1 / (1 / PLAIN + (1 - 1 / PLAIN) * ratio))


def weighted_probability(fails: BoolArray, weights: FloatArray) -> Estimate:
    """Failure probability from points drawn around the design point.

    Parameters
    ----------
    fails : (n,) array of bool
        Whether the limit state of a point is at least zero.
    weights : (n,) array
        As ``drawn_around`` gives them.

    Returns
    -------
    Estimate
        Without a standard error for one point, and where all points contribute alike: a failure that was never seen may
        still be rare.

    Examples
    --------
    P(Z >= 3) is 0.00135:

    >>> normals = np.random.default_rng(1).standard_normal((100_000, 1))
    >>> moved, weights = drawn_around(normals, np.array([3.0]))
    >>> probability = weighted_probability(moved[:, 0] >= 3.0, weights)
    >>> abs(probability.value - 0.00135) < 3 * probability.standard_error
    True
    """
    contribution = np.where(fails, weights, 0.0)
    value, n = float(contribution.mean()), len(contribution)
    if n < 2 or (contribution == contribution[0]).all():
        return Estimate(value, None)
    return Estimate(value, float(contribution.std(ddof=1) / np.sqrt(n)), degrees_of_freedom=n - 1)
