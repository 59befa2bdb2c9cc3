"""A backtest as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bekostiging.studies import Backtest, Hindcast
from bekostiging.studies.coverage import QUANTILES


def backtest_results(outcome: Backtest) -> dict[str, Any]:
    """The whole backtest: persons, or the share of an area; quantiles in the order of ``quantiles``."""
    return {
        "origin": outcome.origin,
        "quantiles": list(QUANTILES),
        "models": {own.model: _hindcast(own) for own in outcome.models},
    }


def _hindcast(own: Hindcast) -> dict[str, Any]:
    """What one model says."""
    kinds = (("totals", own.totals), ("shares", own.shares))
    return {
        "predictions": [asdict(one) for one in own.predictions],
        "judgement": {
            kind: {"verdict": one.verdict, "coverage": [asdict(level) for level in one.coverage]}
            for kind, one in kinds
            if one is not None
        },
        "shocks": {str(year): list(shock) for year, shock in own.shocks.items()},
        "growth": [
            {"municipality": place, "law": law, "mean": mean, "standard_error": error or None}
            for (place, law), (mean, error) in own.growth.items()
        ],
        "spread": [asdict(one) for one in own.spread],
    }
