"""The names of the table policy: which are required, and what each may be."""

from __future__ import annotations

from typing import get_args

from bekostiging.case.tables import CorridorBase

NUMBERS: dict[str, tuple[float, float]] = {
    "risk_weight": (0.0, 1.0),
    "confidence": (0.5, 0.999),
    "discount_rate": (0.0, 0.25),
    "cost_of_capital": (0.0, 1.0),
    "elasticity": (0.0, 5.0),
    "equity_at_stake": (0.0, 1.0),
    "solvency_floor": (0.0, 1.0),
    "equity_requirement": (0.0, 1.0),
    "share_min": (0.0, 1.0),
    "share_max": (0.0, 1.0),
    "premium_max": (0.0, 1.0),
    "glide_max": (0.0, 1.0),
    "certainty": (0.5, 0.999),
    "weight_ova": (0.0, 1.0),
    "weight_ppc": (0.0, 1.0),
}
"""Numbers with their range, both ends allowed."""
WORDS: dict[str, tuple[str, ...]] = {
    "base": get_args(CorridorBase),
    "acceptance_duty": ("yes", "no"),
    "waiting_list": ("allowed", "not_allowed"),
    "when_money_is_gone": ("absorb", "wait"),
    "indexation": ("additive", "multiplicative"),
}
"""Words with their choices."""
OPTIONAL = {
    "equity_requirement": "none: every provider's own free buffer is its limit",
    "indexation": "additive, the text of Contractstandaard Wmo v1.2 art. 3.2",
}
"""Names that may be absent, and what holds then."""
CASE_ONLY = (
    "risk_weight",
    "confidence",
    "discount_rate",
    "cost_of_capital",
    "equity_at_stake",
    "solvency_floor",
    "certainty",
    "when_money_is_gone",
)
"""Names that hold for the whole case: a lot cannot have its own."""
