"""A contract year while it runs: what is known of it, what is still to be reported, and the scenarios given what was
seen."""

from bekostiging.actuals.completeness import (
    Completeness,
    LadderError,
    chain_ladder,
    completeness_of,
    unreported,
    weight_of_messages,
)
from bekostiging.monitoring.drawn import DrawnMonths, drawn_months
from bekostiging.monitoring.scores import pinball_loss

__all__ = [
    "Completeness",
    "DrawnMonths",
    "LadderError",
    "chain_ladder",
    "completeness_of",
    "drawn_months",
    "pinball_loss",
    "unreported",
    "weight_of_messages",
]
