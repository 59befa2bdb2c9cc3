"""Capacity agreements as JSON."""

from __future__ import annotations

from typing import Any

from bekostiging.capacity import NormCheck, WaitingAnswer
from bekostiging.report.kit.estimates import written, written_or_null
from bekostiging.studies import CapacityBudget, CapacityStudy
from bekostiging.units import THOUSAND
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

FEWEST_IN_TAIL = 5
"""Scenarios in the tail below which its mean has no error worth printing."""


FIGURES = {
    "safety.places": {
        "unit": "places",
        "nl": "Veiligheidsplaatsen: boven op het plan, opdat ook het getelde wachten de norm haalt; per jaar.",
        "en": "Safety places: beyond the plan, so that counted waiting meets the norm too; per year.",
    },
    "agreements.safety_places": {
        "unit": "places",
        "nl": "Veiligheidsplaatsen onder de vastgelegde plaatsen.",
        "en": "Safety places among the places reserved.",
    },
    "waiting": {
        "unit": "clients, fraction, weeks",
        "nl": "Cliënt voor cliënt geteld in een wachtrij per aanbieder, met de veiligheidsplaatsen, op nieuwe toekomsten.",
        "en": "Counted client by client in a queue per provider, safety places included, on out-of-sample scenarios.",
    },
    "waiting_of_plan": {
        "unit": "clients, fraction, weeks",
        "nl": "Zoals het plan het ziet: hele kwartalen, elke toekomst vooraf bekend, zonder veiligheidsplaatsen.",
        "en": "As the plan sees it: whole quarters, every scenario known beforehand, without safety places.",
    },
    "norms.value": {
        "unit": "clients",
        "nl": "Wie aan het eind van een kwartaal langer dan de norm wacht, geteld, zoals de norm het meet.",
        "en": "Who waits beyond the norm at the end of a quarter, counted, as the norm measures it.",
    },
}
"""Unit and meaning of what is counted."""


def capacity_results(study: CapacityStudy) -> dict[str, Any]:
    """The study: euro over the term, clients, places."""
    solution, data = study.plan.solution, study.plan.data
    return {
        "years": list(data.years),
        "capacity": {
            "risk_weight": data.risk_weight,
            "confidence": data.confidence,
            "norm": data.norm,
            "objective": THOUSAND * solution.objective,
            "bound": THOUSAND * solution.bound,
            "gap": solution.gap,
            "termination": solution.termination.value,
            "agreements": [row | {"used": written(row["used"])} for row in study.agreements()],
            "safety": {
                "counts": study.safety.counts,
                "places": float(study.safety.places.sum(axis=0).mean()),
                "unreachable": [
                    vars(one) | {"providers": list(one.providers)} for one in study.safety.unreachable
                ],
            },
            "waiting": [_fields(one) for one in study.waiting],
            "waiting_of_plan": [_fields(one) for one in study.waiting_of_plan],
            "norms": [_norm(one) for one in study.norms],
            "norms_of_plan": [_norm(one) for one in study.norms_of_plan],
            "figures": FIGURES,
            "cost": {
                name: written(study.scramblings.mean(part)) for name, part in study.out_of_sample.parts.items()
            },
            "expected_cost": written(study.scramblings.mean(study.out_of_sample.costs)),
            "tail_cost": written(study.scramblings.tail_mean(study.out_of_sample.costs, data.confidence)),
            "place_price": [vars(one) for one in study.prices],
            "planning_on_averages": {
                "places": dict(study.averages.places),
                "extra_expected": written(study.averages.extra_expected),
                "extra_tail": written(study.averages.extra_tail),
            },
            "side_scenarios": study.side,
            "flexibility": {name: vars(one) for name, one in study.flexibility.items()},
            "curve": {str(n): None if one is None else vars(one) for n, one in study.curve.items()},
            "failures": [
                {
                    "provider": one.provider,
                    "extra_cost": float(one.extra_cost.mean()),
                    "extra_waiting_weeks": float(one.extra_waiting.mean()),
                }
                for one in study.failures
            ],
            "lump_sum": None if study.budget is None else _budget_results(study.budget),
        },
    }


def _fields(one: WaitingAnswer) -> dict[str, Any]:
    """Who waits, as JSON."""
    return {name: written(value) if isinstance(value, Estimate) else value for name, value in vars(one).items()}


def _norm(one: NormCheck) -> dict[str, Any]:
    """A norm as JSON."""
    return {
        "care_form": one.care_form,
        "value": written(one.value),
        "allowed": one.allowed,
        "holds": one.holds,
        "verdict": one.verdict,
    }


def _budget_results(budget: CapacityBudget) -> dict[str, Any]:
    """The lump sum beside the plan as JSON."""
    return {
        "outcome": budget.decision.outcome,
        "feasible_on_plan_cost": budget.own.feasible,
        "lots": [
            {
                "lot": one.lot,
                "payment": written(one.payment),
                "cost": written(one.cost),
                "enough_probability": written(one.enough_probability),
                "payment_on_plan_cost": written_or_null(one.own_payment),
            }
            for one in budget.lots
        ],
    }


def mean_of_scenarios(sample: FloatArray) -> Estimate:
    """Mean of scenarios that are no whole scramblings: as if independent, which is on the safe side."""
    return Scramblings(len(sample)).mean(sample)
