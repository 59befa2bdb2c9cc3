"""Norm amounts of 100,000 clients x 60 profiles: least squares and LAD here, in statsmodels and in scikit-learn.

``python benchmarks/equalisation.py [CLIENTS]``; group ``peers``. Two designs: ``profiles`` that exclude each other, and
``dummies``: a constant and 59 characteristics that overlap. Peers know no conditions, so everybody fits without; then our
times with the total preserved, amounts of at least zero, an order and a bound on a group. Objectives are compared before
times are. Each fit in its own process, at most ``LIMIT`` seconds.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np

from bekostiging.equalisation.norm_amounts import Method
from bekostiging_solvers.typing import FloatArray

N_CLIENTS, N_PROFILES = 100_000, 60
LIMIT = 600.0


def clients(design: str, n: int, seed: int = 11) -> tuple[FloatArray, FloatArray]:
    """Adjusters (n, 60) and log-normal costs in euro."""
    rng = np.random.default_rng(seed)
    if design == "profiles":
        matrix = np.eye(N_PROFILES)[rng.integers(N_PROFILES, size=n)]
    else:
        matrix = np.hstack([np.ones((n, 1)), (rng.random((n, N_PROFILES - 1)) < 0.1).astype(np.float64)])
    amounts = rng.uniform(500, 5_000, N_PROFILES)
    return matrix, matrix @ amounts * rng.lognormal(0, 1, n)


def ours(method: Method, conditions: bool, matrix: FloatArray, cost: FloatArray) -> FloatArray:
    """Our fit, free or under every kind of linear condition."""
    from bekostiging.equalisation import NormAmounts

    if not conditions:
        free = NormAmounts(method=method, total=None, lower=-np.inf)
        return free.fit(matrix, cost).coef_
    heavy = cost > np.quantile(cost, 0.8)
    model = NormAmounts(method=method, order=[("3", "7")], group_bounds={"heavy": (-1e5, 1e5)})
    return model.fit(matrix, cost, groups={"heavy": heavy}).coef_


def statsmodels(method: str, matrix: FloatArray, cost: FloatArray) -> FloatArray:
    """OLS, or QuantReg at the median (iterated weighted least squares)."""
    import statsmodels.api as sm

    if method == "least_squares":
        return np.asarray(sm.OLS(cost, matrix).fit().params)
    return np.asarray(sm.QuantReg(cost, matrix).fit(q=0.5, max_iter=5_000).params)


def scikit_learn(method: str, matrix: FloatArray, cost: FloatArray) -> FloatArray:
    """LinearRegression, or QuantileRegressor (HiGHS on the primal)."""
    from sklearn.linear_model import LinearRegression, QuantileRegressor

    if method == "least_squares":
        return np.asarray(LinearRegression(fit_intercept=False).fit(matrix, cost).coef_)
    return np.asarray(QuantileRegressor(quantile=0.5, alpha=0.0, fit_intercept=False).fit(matrix, cost).coef_)


def objective(method: str, matrix: FloatArray, cost: FloatArray, coefficients: FloatArray) -> float:
    """Mean squared or mean absolute error."""
    error = cost - matrix @ coefficients
    return float(np.square(error).mean() if method == "least_squares" else np.abs(error).mean())


def _timed(
    queue: multiprocessing.Queue, who: Callable[..., FloatArray], arguments: tuple, design: str, n: int
) -> None:
    """Fit in this process; report seconds and coefficients."""
    matrix, cost = clients(design, n)
    who(*arguments, matrix[:2_000], cost[:2_000])  # imports and first calls
    begin = perf_counter()
    found = who(*arguments, matrix, cost)
    queue.put((perf_counter() - begin, found))


def timed(
    who: Callable[..., FloatArray], arguments: tuple, design: str, n: int
) -> tuple[float, FloatArray] | None:
    """Seconds and coefficients, None beyond the limit."""
    queue: multiprocessing.Queue = multiprocessing.Queue()
    process = multiprocessing.Process(target=_timed, args=(queue, who, arguments, design, n))
    process.start()
    try:
        return queue.get(timeout=LIMIT)
    except Exception:
        return None
    finally:
        process.terminate()
        process.join()


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else N_CLIENTS
    for design in ("profiles", "dummies"):
        matrix, cost = clients(design, n)
        for method in ("least_squares", "lad"):
            rows = {
                "ours": (ours, (method, False)),
                "ours, conditions": (ours, (method, True)),
                "statsmodels": (statsmodels, (method,)),
                "scikit-learn": (scikit_learn, (method,)),
            }
            base = None
            for name, (who, arguments) in rows.items():
                found = timed(who, arguments, design, n)
                if found is None:
                    print(f"{design:9} {method:14} {name:17} more than {LIMIT:.0f} s", flush=True)
                    continue
                seconds, coefficients = found
                base = base or seconds
                value = objective(method, matrix, cost, coefficients)
                ratio = seconds / base
                print(
                    f"{design:9} {method:14} {name:17} {seconds:8.2f} s  x {ratio:7.1f}  {value:.6f}", flush=True
                )


if __name__ == "__main__":
    main()
