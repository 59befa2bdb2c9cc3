r"""How much of a month of care has been reported, and what is still to come.

A **triangle** has a row per month of care and a column per delay (months between care and receipt): what was first claimed
at that delay, gross, nan where the delay still lies ahead. With C[i, d] the running total of month i, the chain ladder
estimates f[d] = sum C[i, d + 1] / sum C[i, d] over the months that have both, and the part reported after d months is
pi[d] = 1 / (f[d] f[d + 1] ...). Errors are those of Mack (1993, ASTIN Bulletin 23, 213-225): given C[i, d] the next total
has mean f[d] C[i, d] and variance sigma[d]^2 C[i, d].

Providers differ: the f[d] of one is its own weighted with that of all, by credibility (Buehlmann and Straub 1970): the
weight of its own is S / (S + sigma^2 / tau^2), S what it claimed and tau^2 the variance between providers.

**Unreported** = (1 - pi)(x + k mu) / (pi + k), x what was reported and mu what is expected without claims (who was in care,
times units per client): k = 0 is the chain ladder (x / pi), pi = 0 gives mu. Credits and corrections are a share of gross by
delay, apart, so that pi stays between zero and one. The longest delay that was seen is never called complete in silence: the
result says which it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import UserError
from bekostiging_solvers.typing import FloatArray

WEIGHTS = np.array([0.0, *np.geomspace(0.01, 10.0, 31)])
"""Weights of the messages' view that past months are asked about."""
USUAL_WEIGHT = 0.2
"""Weight of the messages' view while no month is complete enough to learn it from: a choice, said where it is used."""


@dataclass(frozen=True)
class Completeness:
    """The part of a month of care that is reported by delay.

    Parameters
    ----------
    reported : array (n_delays,)
        pi: the part of the gross claims of a month that is in after 0, 1, 2, ... months; 0 to 1.
    variance : array (n_delays,)
        sigma^2 of the step to the next delay, in the unit of the triangle; 0 at the longest.
    volume : array (n_delays,)
        What the step to the next delay was estimated on, in that unit.
    credit : array (n_delays,)
        Credits and corrections at each delay as a part of all gross claims, at most zero in an ordinary year.

    Examples
    --------
    >>> import numpy as np
    >>> none = np.zeros(2)
    >>> Completeness(np.array([0.8, 1.0]), none, none, none).longest
    1
    """

    reported: FloatArray
    variance: FloatArray
    volume: FloatArray
    credit: FloatArray

    @property
    def longest(self) -> int:
        """The longest delay that was seen, in months; what comes later is not in the estimate."""
        return len(self.reported) - 1

    def part(self, delay: int) -> float:
        """The part reported after ``delay`` months; zero before any month of receipt."""
        return 0.0 if delay < 0 else float(self.reported[min(delay, self.longest)])

    def credit_to_come(self, delay: int) -> float:
        """Credits that are still to come after ``delay`` months, as a part of all gross claims."""
        return float(self.credit[max(delay + 1, 0) :].sum())

    def relative_variance(self, delay: int, total: float) -> tuple[float, float]:
        """Variance of the ultimate of a month over its square, of the claims themselves and of the estimate (Mack).

        ``total`` : what is expected in all, above zero, in the unit of the triangle.
        """
        own = estimate = 0.0
        for d in range(max(delay, 0), self.longest):
            if self.reported[d] <= 0:
                continue
            ladder = (self.variance[d] * self.reported[d] ** 2) / self.reported[d + 1] ** 2
            own += ladder / (self.reported[d] * total) if total > 0 else 0.0
            estimate += ladder / self.volume[d] if self.volume[d] > 0 else 0.0
        return own, estimate


@kinds_checked
def completeness_of(
    triangle: FloatArray, credits: FloatArray | None = None, others: FloatArray | None = None
) -> Completeness:
    """Estimate the part reported by delay from a triangle of first claims.

    Parameters
    ----------
    triangle : array (n_months, n_delays)
        Gross first claims by month of care and delay, in units or euro; nan where the delay lies ahead.
    credits : array (n_months, n_delays), optional
        Credits and corrections (negative), same months and delays.
    others : array (n_providers, n_months, n_delays), optional
        The triangles of all providers: the one asked about is weighted with them by credibility.

    Returns
    -------
    Completeness
        Delays that no month has seen in full are left out; ``longest`` says how far it reaches.

    Raises
    ------
    UserError
        No month was seen at two delays; a first claim below zero.

    Examples
    --------
    >>> import numpy as np
    >>> triangle = np.array([[50.0, 30.0, 20.0], [60.0, 36.0, np.nan], [40.0, np.nan, np.nan]])
    >>> completeness_of(triangle).reported.round(3).tolist()
    [0.5, 0.8, 1.0]
    """
    if triangle.ndim != 2 or not np.isfinite(triangle[:, :2]).all(axis=1).any():
        raise UserError(
            "geen enkele maand is over twee ontvangstmaanden gevolgd; wacht een maand, of voeg eerdere maanden toe.",
            "no month was followed over two months of receipt; wait a month, or add earlier months.",
        )
    if (triangle < 0).any():
        raise UserError(
            "een eerste declaratie is negatief; zet een correctie of creditering apart.",
            "a first claim is negative; keep a correction or credit apart.",
        )
    return _estimated(triangle, credits, others)


def _estimated(
    triangle: FloatArray, credits: FloatArray | None = None, others: FloatArray | None = None
) -> Completeness:
    """The estimate, of a triangle that may fall too."""
    ladder, variance, volume = _ladder(triangle)
    if others is not None:
        ladder = _credible(ladder, volume, others)
    after = np.cumprod(np.append(1.0, ladder[::-1]))[::-1]
    credit = np.zeros(len(ladder) + 1)
    if credits is not None:
        for d in range(len(credit)):
            seen = np.isfinite(triangle[:, d])
            whole = np.nancumsum(triangle, axis=1)[seen, d].sum() * (after[d] if np.isfinite(after[d]) else 0.0)
            credit[d] = np.nansum(credits[seen, d]) / whole if whole > 0 else 0.0
    return Completeness(1 / after, np.append(variance, 0.0), np.append(volume, 0.0), credit)


def _ladder(triangle: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Steps f, their variances and volumes; as many as months were followed over."""
    total = np.cumsum(triangle, axis=1)
    ladder, variance, volume = [], [], []
    for d in range(triangle.shape[1] - 1):
        both = np.isfinite(total[:, d + 1])
        before, after = total[both, d], total[both, d + 1]
        if not both.any() or before.sum() <= 0:
            if d == 0 and both.any():  # nothing is claimed in the month itself: the ladder begins a month later
                ladder.append(np.inf)
                variance.append(0.0)
                volume.append(0.0)
                continue
            break
        step = after.sum() / before.sum()
        filled = before > 0
        freedom = int(filled.sum()) - 1
        ladder.append(step)
        volume.append(before.sum())
        if freedom > 0:
            deviation = np.square(after[filled] / before[filled] - step)
            variance.append(float(before[filled] @ deviation) / freedom)
        else:
            variance.append(_last_variance(variance))
    return np.array(ladder), np.array(variance), np.array(volume)


def _last_variance(before: Sequence[float]) -> float:
    """Variance of a step that one month alone has made: as those before it fall (Mack 1993, p. 217)."""
    if len(before) < 2 or before[-2] <= 0:
        return before[-1] if before else 0.0
    return min(before[-1] ** 2 / before[-2], before[-1], before[-2])


def _credible(ladder: FloatArray, volume: FloatArray, others: FloatArray) -> FloatArray:
    """The steps of one provider weighted with those of all by credibility."""
    pooled, variance, _ = _ladder(np.asarray(np.nansum(others, axis=0) + 0 * others[0]))
    own = [_ladder(one) for one in others]
    weighted = pooled.copy()
    for d in range(min(len(ladder), len(pooled))):
        there = [one for one in own if len(one[0]) > d and one[2][d] > 0]
        if not np.isfinite(pooled[d]) or len(there) < 2:
            continue
        steps, sizes = np.array([one[0][d] for one in there]), np.array([one[2][d] for one in there])
        within = float(np.mean([one[1][d] for one in there])) or variance[d]
        total = sizes.sum()
        spread = float(sizes @ np.square(steps - pooled[d])) - (len(there) - 1) * within
        between = max(spread / (total - (sizes**2).sum() / total), 0.0)
        if between > 0 and volume[d] > 0:
            weight = volume[d] / (volume[d] + within / between)
            weighted[d] = weight * ladder[d] + (1 - weight) * pooled[d]
    return weighted


@kinds_checked
def unreported(reported: FloatArray, part: FloatArray, expected: FloatArray, weight: float) -> FloatArray:
    """What is still to be reported: (1 - pi)(x + k mu) / (pi + k).

    Parameters
    ----------
    reported : array
        x, what was reported, in any unit.
    part : array
        pi, the part that is in by now, 0 to 1.
    expected : array
        mu, what is expected of the whole month without its claims, same unit.
    weight : float
        k, zero or more: 0 is the chain ladder.

    Returns
    -------
    array
        Same unit; ``expected`` where nothing can be in yet.

    Raises
    ------
    UserError
        A weight below zero.

    Examples
    --------
    >>> import numpy as np
    >>> x, pi, mu = (np.array([one]) for one in (80.0, 0.8, 110.0))
    >>> [round(float(unreported(x, pi, mu, k)[0]), 6) for k in (0.2, 0.0)]  # by hand: 0.2 (80 + 22) / 1; 0.2 x 100
    [20.4, 20.0]
    >>> unreported(0 * x, 0 * pi, mu, 0.0).tolist()
    [110.0]
    """
    if weight < 0:
        raise UserError(
            f"gewicht {weight} is negatief; geef nul of meer.", f"weight {weight} is negative; give zero or more."
        )
    bottom = part + weight
    shown = np.divide(reported + weight * expected, bottom, out=np.array(expected, dtype=float), where=bottom > 0)
    return np.asarray((1 - part) * np.where(part > 0, shown, expected))


@kinds_checked
def weight_of_messages(triangle: FloatArray, expected: FloatArray) -> float:
    """The weight k of what is expected without claims, from the errors it would have made over past months.

    Parameters
    ----------
    triangle : array (n_months, n_delays)
        Gross first claims, nan where the delay lies ahead.
    expected : array (n_months,)
        mu of every month, in the same unit.

    Returns
    -------
    float
        Of a grid from 0 to 10 the weight with the smallest squared error, over the months and delays of which the outcome is
        in; 0.2 where there are fewer than three such months.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> truth = rng.uniform(50, 150, 24)
    >>> first = np.clip(rng.normal(0.5, 0.2, 24), 0.05, 0.95)  # claims come in at random, what is expected is exact
    >>> weight_of_messages(np.column_stack([first * truth, (1 - first) * truth]), truth) > 1
    True
    """
    total = np.cumsum(triangle, axis=1)
    known = np.isfinite(total[:, -1])
    if known.sum() < 3:
        return USUAL_WEIGHT
    reported = completeness_of(triangle[known]).reported
    truth = total[known, len(reported) - 1]
    errors = np.zeros(len(WEIGHTS))
    for d in range(len(reported) - 1):
        x = total[known, d]
        for place, k in enumerate(WEIGHTS):
            to_come = unreported(x, np.full_like(x, reported[d]), expected[known], float(k))
            errors[place] += np.square(x + to_come - truth).sum()
    return float(WEIGHTS[int(np.argmin(errors))])


@dataclass(frozen=True)
class LadderError:
    """The unreported part of every month with Mack's standard error.

    Parameters
    ----------
    to_come : array (n_months,)
        Unit of the triangle.
    error : array (n_months,)
        Standard error of ``to_come``.
    total_error : float
        Of the sum over the months, which share the estimated steps.

    Examples
    --------
    >>> import numpy as np
    >>> chain_ladder(np.array([[50.0, 50.0], [70.0, np.nan]])).to_come.tolist()
    [0.0, 70.0]
    """

    to_come: FloatArray
    error: FloatArray
    total_error: float


@kinds_checked
def chain_ladder(triangle: FloatArray) -> LadderError:
    """The chain ladder with Mack's errors: what completeness is without the messages' view.

    Parameters
    ----------
    triangle : array (n_months, n_delays)
        Gross first claims by month of care and delay; nan where the delay lies ahead.

    Returns
    -------
    LadderError
        In the unit of the triangle.

    Raises
    ------
    UserError
        As ``completeness_of``.

    Examples
    --------
    >>> import numpy as np
    >>> found = chain_ladder(np.array([[50.0, 30.0, 20.0], [60.0, 36.0, np.nan], [40.0, np.nan, np.nan]]))
    >>> found.to_come.round(6).tolist()
    [0.0, 24.0, 40.0]
    """
    found = _estimated(triangle)
    total = np.cumsum(triangle, axis=1)
    place = np.isfinite(total).sum(axis=1) - 1
    now = total[np.arange(len(total)), place]
    part = found.reported[np.minimum(place, found.longest)]
    whole = np.divide(now, part, out=np.zeros_like(now), where=part > 0)
    own = np.zeros(len(whole))
    shared = np.zeros((len(whole), len(whole)))
    before = found.reported[:-1]
    steps = np.divide(found.reported[1:], before, out=np.full_like(before, np.inf), where=before > 0)
    for d, step in enumerate(steps):
        ahead = place <= d
        relative = found.variance[d] / step**2
        own += np.where(ahead, whole**2 * relative / np.maximum(whole * found.reported[d], 1e-300), 0.0)
        both = ahead[:, None] & ahead[None, :]
        shared += np.where(both, np.outer(whole, whole) * relative / max(found.volume[d], 1e-300), 0.0)
    error = np.sqrt(own + np.diag(shared))
    return LadderError(whole - now, error, float(np.sqrt(own.sum() + shared.sum())))
