"""A backtest as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bekostiging.studies import Backtest
from bekostiging.studies.backtesting import QUANTILES


def backtest_results(outcome: Backtest) -> dict[str, Any]:
    """The whole backtest: persons, or the share of an area; quantiles in the order of ``quantiles``."""
    return {
        "origin": outcome.origin,
        "quantiles": list(QUANTILES),
        "predictions": [asdict(one) for one in outcome.predictions],
        "coverage": [asdict(one) for one in outcome.coverage],
        "shocks": {str(year): list(own) for year, own in outcome.shocks.items()},
        "growth": asdict(outcome.growth),
        "spread": [asdict(one) for one in outcome.spread],
    }
