"""Variance of the yearly innovation of an inflow factor, out of growth rates of clients.

The factor is x_t = phi x_(t-1) + sigma e_t, and clients follow it by a response b (``case.client_response``): their log is
p_t = sum over k of b_k x_(t-k), beside a mean growth and what counting adds. With h = b * (1, phi, phi^2, ...) the variance
of a change over d years is sigma^2 c(d),

    c(d) = sum over j of (h_j - h_(j-d))^2,

which is 2 (1 - phi^d) / (1 - phi^2) where clients follow at once, and d where phi is 1 as well.

Growth rates g over d years each, minus their own mean a year, are A g with A = I - d 1' / sum(d). With weights
W = diag(1 / c(d)), M = A' W A, C the covariance of the changes over sigma^2 and N that of counting,

    E[g' M g] = sigma^2 tr(M C) + tr(M N)

holds exactly, whatever the correlation of the years, and gives the estimate. Its degrees of freedom are those of the
chi-squared with the same two moments (Satterthwaite 1946, doi:10.2307/3002019): with V = s^2 C + N, s^2 the variance of the
nation, (s^2 tr(M C))^2 / tr(M V M V). Counts of few clients say little, and get little weight; such an estimate may be
negative, and only what series say together is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from bekostiging.case.client_response import AT_ONCE
from bekostiging.case.series import Growth
from bekostiging_solvers.typing import FloatArray, IntArray

HORIZON = 1_000
"""Years after an innovation that are added up."""


class Innovation(NamedTuple):
    """Estimate of a variance, and the degrees of freedom it rests on."""

    variance: float
    freedom: float


def innovation(
    growths: Sequence[Growth], phi: float, response: FloatArray = AT_ONCE, usual: float | None = None
) -> Innovation:
    """Variance of the yearly innovation behind successive growth rates; negative where counting adds more than was seen.

    Parameters
    ----------
    growths : sequence of Growth
        Of one series, by rising year.
    phi : float
        Autocorrelation of the factor.
    response : array (n_ages,)
        Of the clients to the inflow.
    usual : float, optional
        Variance that the degrees of freedom are reckoned at (that of the nation); without it as if counting added nothing.

    Examples
    --------
    Clients who follow a random walk at once: the variance of the growth rates, and one degree less than there are.

    >>> growths = [Growth(2020 + k, 1, log) for k, log in enumerate([0.00, 0.03, 0.06])]
    >>> found = innovation(growths, 1.0)
    >>> round(found.variance, 6), round(found.freedom, 6)
    (0.0009, 2.0)
    """
    if len(growths) < 2:
        return Innovation(0.0, 0.0)
    logs, years = (np.array(column) for column in zip(*((one.log, one.years) for one in growths), strict=True))
    changes = _covariance(growths, phi, response)
    residual = np.eye(len(growths)) - np.outer(years / years.sum(), np.ones(len(growths)))
    form = residual.T @ (residual / np.diag(changes)[:, None])
    signal = form @ changes
    counting = form @ _counting(growths, response)
    size = float(np.trace(signal))
    variance = (float(logs @ form @ logs) - float(np.trace(counting))) / size
    if usual is None:
        return Innovation(variance, size**2 / float(np.trace(signal @ signal)))
    whole = usual * signal + counting
    square = float(np.trace(whole @ whole))
    return Innovation(variance, (usual * size) ** 2 / square if square else 0.0)


def pooled(parts: Sequence[Innovation]) -> Innovation:
    """Of several series, each by its degrees of freedom; never negative.

    >>> pooled([Innovation(1.0, 1.0), Innovation(4.0, 2.0)])
    Innovation(variance=3.0, freedom=3.0)
    """
    freedom = sum(one.freedom for one in parts)
    total = sum(one.freedom * one.variance for one in parts)
    return Innovation(max(total / freedom, 0.0) if freedom else 0.0, freedom)


def change_variance(years: int, phi: float, response: FloatArray = AT_ONCE) -> float:
    """Variance of the change of the clients over some years, in innovations of one.

    >>> change_variance(3, 1.0), round(change_variance(1, 0.7), 4)  # 2 (1 - 0.7) / (1 - 0.49)
    (3.0, 1.1765)
    """
    return float(_change_variances([years], phi, response)[0])


def _change_variances(years: Iterable[int], phi: float, response: FloatArray) -> FloatArray:
    """c(d) for every number of years; (n,)."""
    if phi == 1 and len(response) == 1:
        return np.array(list(years), dtype=float)
    moved = np.convolve(response, phi ** np.arange(HORIZON))[:HORIZON]  # of clients, years after an innovation
    return np.array([np.sum(moved[:d] ** 2) + np.sum((moved[d:] - moved[: HORIZON - d]) ** 2) for d in years])


def _covariance(growths: Sequence[Growth], phi: float, response: FloatArray) -> FloatArray:
    """Covariance of the changes behind growth rates, in innovations of one; (n, n)."""
    begin, end = _ends(growths)
    spans = range(int(end[-1] - begin[0]) + 1)
    half = _change_variances(spans, phi, response) / 2
    return -_crossed(begin, end, half)


def _counting(growths: Sequence[Growth], response: FloatArray) -> FloatArray:
    """Covariance that counting adds: who is counted in two years adds nothing to the change between them; (n, n)."""
    begin, end = _ends(growths)
    same = np.array([still_counted(span, response) for span in range(int(end[-1] - begin[0]) + 1)])
    deviation = np.sqrt([one.noise / 2 for one in growths])
    return np.asarray(_crossed(begin, end, same) * np.outer(deviation, deviation))


def still_counted(years: int, response: FloatArray) -> float:
    """Part of the clients counted in a year who are counted some years later as well.

    >>> still_counted(0, AT_ONCE), still_counted(1, AT_ONCE), still_counted(1, np.array([0.6, 0.3, 0.1]))
    (1.0, 0.0, 0.4)
    """
    return float(response[years:].sum())


def _ends(growths: Sequence[Growth]) -> tuple[IntArray, IntArray]:
    """First and last year of every growth rate, by rising year."""
    begin = np.array([one.first_year for one in growths])
    return begin, begin + np.array([one.years for one in growths])


def _crossed(begin: IntArray, end: IntArray, by_span: FloatArray) -> FloatArray:
    """Covariance of changes out of a covariance of levels that depends on the years between them; (n, n)."""

    def between(first: IntArray, second: IntArray) -> FloatArray:
        return np.asarray(by_span[np.abs(first[:, None] - second[None, :])])

    return between(end, end) + between(begin, begin) - between(end, begin) - between(begin, end)
