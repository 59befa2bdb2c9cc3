"""Risk equalisation between providers as JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from bekostiging.report.kit.estimates import plain, written
from bekostiging.studies import EqualisationStudy, PoolResult
from bekostiging_solvers.typing import BoolArray


def equalisation_results(study: EqualisationStudy) -> dict[str, Any]:
    """The study: euro and fractions; what is suppressed is null."""
    model, clients = study.model, study.clients
    shown = study.disclosed
    interval, told = study.interval, study.interval_told

    def of(values: Any, j: int, known: BoolArray = shown) -> float | None:
        """A figure of an adjuster, unless suppressed or unknown."""
        return float(values[j]) if known[j] else None

    return {
        "equalisation": {
            "method": model.method,
            "shrinkage": model.shrinkage_,
            "objective": model.fit_.objective,
            "bound": model.fit_.bound,
            "gap": model.fit_.gap,
            "norm_amounts": [
                {
                    "profile": adjuster.name,
                    "amount": of(model.coef_, j),
                    "low": of(interval.low, j, told),
                    "high": of(interval.high, j, told),
                    "standard_error": of(interval.error, j, told),
                    "enough_clients": bool(interval.enough[j]) if shown[j] else None,
                    "observable": adjuster.observable,
                    "influenceable": adjuster.influenceable,
                }
                for j, adjuster in enumerate(clients.adjusters)
            ],
            "lots": [plain(one) | {"verdict": one.verdict} for one in study.lots],
            "groups": [
                {
                    "partition": one.partition,
                    "label": one.label,
                    "clients": one.clients,
                    "mean_cost": one.mean_cost,
                    "compensation": None if one.compensation is None else one.compensation.value,
                    "standard_error": None if one.compensation is None else one.compensation.standard_error,
                    "predictive_ratio": one.ratio,
                }
                for one in study.groups
            ],
            "measures": {name: vars(one) for name, one in {"asked": study.measures, **study.methods}.items()},
            "prices": [vars(one) | {"condition": str(one.condition)} for one in study.prices],
            "transfers": dict(study.transfers),
            "high_cost": [
                {name: value for name, value in vars(one).items() if name != "transfers"}
                | {"transfers": dict(zip(clients.providers, one.transfers.tolist(), strict=True))}
                for one in study.high_cost
            ],
            "power": study.power,
            "balance": lot_powers(study)[1] - lot_powers(study)[0] if study.pools else None,
            "pools": [_pool_results(pool) for pool in study.pools],
        },
    }


def _pool_results(pool: PoolResult) -> dict[str, Any]:
    """The pool of a lot as JSON."""
    data, design = pool.data, pool.design
    return {
        "lot": data.lot,
        "edges": [[low, None if np.isinf(high) else high] for low, high in data.edges.tolist()],
        "share": design.share.tolist(),
        "risk": design.risk,
        "bound": design.bound,
        "gap": design.gap,
        "frontier": [
            {"target": one.target, "risk": one.risk, "share": one.share.tolist()} for one in pool.frontier
        ],
        "providers": [
            {
                "provider": name,
                "power": float(design.power[p]),
                "tail_before": written(pool.tail_before[p]),
                "tail_after": written(pool.tail_after[p]),
                "received": written(pool.received[p]),
                "low": float(pool.low[p]),
                "high": float(pool.high[p]),
            }
            for p, name in enumerate(data.providers)
        ],
    }


def lot_powers(study: EqualisationStudy) -> tuple[float, float]:
    """Mean power in the lot where it is least and in the one where it is largest; their difference is the balance."""
    means = [float(np.average(pool.design.power, weights=pool.data.budget)) for pool in study.pools]
    return min(means), max(means)
