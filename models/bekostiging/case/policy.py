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
    "copula_freedom": (2.0, 1000.0),
    "share_concentration": (1.0, 1e9),
    "ceiling_lift": (0.0, 1.0),
    "claim_delay_months": (0.0, 12.0),
    "mid_year_revision": (0.0, 1.0),
    "settlement_delay_months": (0.0, 24.0),
}
"""Numbers with their range, both ends allowed."""
WORDS: dict[str, tuple[str, ...]] = {
    "base": get_args(CorridorBase),
    "acceptance_duty": ("yes", "no"),
    "waiting_list": ("allowed", "not_allowed"),
    "when_money_is_gone": ("absorb", "wait"),
    "indexation": ("additive", "multiplicative"),
    "claim_cap": ("delivered", "weekly"),
    "when_stopped": ("wait", "move"),
    "access": ("municipality", "provider"),
    "first_year_index": ("fixed", "provisional"),
    "revision_clause": ("yes", "no"),
}
"""Words with their choices."""
OPTIONAL = {
    "equity_requirement": "none: every provider's own free buffer is its limit",
    "copula_freedom": "a Gaussian copula: no factor is worse because another one is extreme",
    "share_concentration": "market shares as offered",
    "claim_cap": "claims are what was delivered",
    "when_stopped": "who meets an intake stop waits for the provider asked",
    "access": "the municipality decides who gets care",
    "revision_clause": "no revision clause",
    "mid_year_revision": "no revision within the year: a surprise is in the level from the next year on",
    "first_year_index": "fixed: the first year keeps its forecast index",
    "claim_delay_months": "claims are paid in the month of the care",
    "settlement_delay_months": "advances are settled twelve months after the year",
    "ceiling_lift": "consultation does not raise a ceiling",
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
    "copula_freedom",
    "ceiling_lift",
    "claim_delay_months",
    "settlement_delay_months",
)
"""Names that hold for the whole case: a lot cannot have its own."""
MEANING = {
    "risk_weight": "weight of the worst futures against the average in the design",
    "confidence": "which tail counts: 0.95 is the worst 5 %",
    "discount_rate": "per year",
    "cost_of_capital": "reward per year on the buffer a contract really uses",
    "elasticity": "use invited where the next euro is not the provider's; 0 is no behaviour",
    "equity_at_stake": "part of free equity that may be at stake in this region",
    "solvency_floor": "least equity over total assets",
    "equity_requirement": "free buffer, as part of the reference amount, asked of every provider",
    "share_min": "least share of the municipality in the outermost deficit layer under acceptance duty without waiting list",
    "share_max": "largest share of the municipality in a layer",
    "premium_max": "largest loading on the reference amount",
    "glide_max": "largest change from last year's revenue, fraction",
    "certainty": "certainty the council asks of the resistance capacity",
    "weight_ova": "weight of wages in the indexation",
    "weight_ppc": "weight of prices in the indexation",
    "copula_freedom": "degrees of freedom of the t copula of the risk factors; few: extremes come together",
    "share_concentration": "of the market shares that come true (Dirichlet); few: they may be far from those offered",
    "base": "what the corridor is measured on",
    "acceptance_duty": "whether providers must accept every client",
    "waiting_list": "whether a provider may have a waiting list",
    "when_money_is_gone": "corner of the main figures: the provider absorbs, or what is not urgent waits",
    "claim_cap": "delivered, or weekly: calendar weeks touched times the agreed weekly units (rule IV077)",
    "when_stopped": "at a stop a client waits, or moves to an open provider of the lot and area",
    "access": "who decides on access: the municipality or the provider",
    "revision_clause": "whether the running contracts have a revision clause",
    "mid_year_revision": "part of the year after a revision of the index within it; 0.5 is a revision on 1 July",
    "first_year_index": "fixed, or provisional: the first year is settled with the final index afterwards",
    "claim_delay_months": "months between the care and the payment of its claim",
    "settlement_delay_months": "months after the year in which advances are settled with what is due",
    "ceiling_lift": "what the consultation after the 70 % signal adds to a spending ceiling, as a part of it",
    "indexation": "additive (contract text) or with a multiplicative catch-up",
}
"""What every name means, for the explanation of a new case."""
