"""results.json: every figure of a comparison, each estimate as {value, standard_error}; no times."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from bekostiging.evaluation import (
    CORNERS,
    HEADROOMS,
    PROVIDER_FIGURES,
    SPENDING_FIGURES,
    CeilingResult,
    Comparison,
    DeterministicScenario,
    FormResult,
    MixResult,
    flags,
    regimes,
)
from bekostiging.evaluation.begroting_parts import compared_parts
from bekostiging.report.comparison.clients import count_results
from bekostiging.report.comparison.measures import measure_results
from bekostiging.report.kit.begroting import begroting_form
from bekostiging.report.kit.begroting_files import budget_results
from bekostiging.report.kit.estimates import plain, written, written_figures, written_or_null
from bekostiging.report.kit.json_schema import SCHEMA_VERSION
from bekostiging.report.kit.self_check import written_check
from bekostiging.report.kit.sense import sense_results
from bekostiging.report.lumpsum.results import lumpsum_results
from bekostiging.studies.national import national_effect

BEGROTING = ("amount", "outside_contracts", "headroom", "structural_cover", "stock")


def comparison_results(outcome: Comparison) -> dict[str, Any]:
    """The content of results.json; ``docs/results.schema.json`` describes it."""
    case = outcome.case
    return {
        "schema_version": SCHEMA_VERSION,
        "case": {
            "name": case.name,
            "title": case.title,
            "disclaimer": case.disclaimer,
            "kind": case.kind,
        },
        "settings": {
            "n_scenarios": outcome.n_scenarios,
            "n_scramblings": outcome.n_scramblings,
            "years": list(outcome.years),
            "seed": outcome.seed,
            "when_money_is_gone": outcome.corner,
            "certainty": case.policy.certainty,
            "discount_rate": case.policy.discount_rate,
            "reserve_confidence": outcome.lumpsum.data.reserve_confidence,
            "reserve_refills": outcome.lumpsum.data.reserve_refills,
        },
        "notes": list(outcome.notes),
        **sense_results(case),
        "risk_allocation": {risk: dict(parties) for risk, parties in outcome.risk_allocation},
        "begroting": _begroting(outcome),
        "amounts": _amounts(outcome),
        "forms": {form: _form(result) for form, result in outcome.forms.items()},
        "client_counts": count_results(outcome),
        "control_variates": _control_variates(outcome),
        "lumpsum": lumpsum_results(outcome.lumpsum),
        "expected_scenario": _deterministic_scenario(outcome.plain),
        "shocks": [_deterministic_scenario(scenario) for scenario in outcome.shocks],
        "sensitivities": [_deterministic_scenario(scenario) for scenario in outcome.sensitivities],
        **measure_results(outcome),
        "calibration": [
            {
                "name": line.name,
                "modelled": line.modelled,
                "published": line.published,
                "unit": line.unit,
                "source": line.source,
                "status": line.status,
            }
            for line in outcome.calibration
        ],
        "mix": None if outcome.mix is None else _mix(outcome.mix),
        "exact": {
            "layers": [plain(layer) for layer in outcome.exact],
            "skipped": [{"contract": name, "reason": reason} for name, reason in outcome.exact_skipped],
        },
        "regimes": [asdict(one) for one in regimes(outcome.case)],
        "flags": [asdict(flag) for flag in flags(outcome)],
        "self_check": written_check(outcome.self_check),
    }


def _amounts(outcome: Comparison) -> dict[str, Any]:
    """The amounts for the begroting, in the form that the first page shows."""
    form = begroting_form(outcome)
    return budget_results(outcome.budget(form), compared_parts(outcome, form), national_effect(outcome).get(form))


def _control_variates(outcome: Comparison) -> dict[str, Any]:
    """Spending over the term with what is known in closed form; without any spread there is no factor."""
    return {
        form: {
            figure.name: {
                "estimate": written(one.estimate),
                "variance_factor": one.factor if np.isfinite(one.factor) else None,
                "ceiling": one.ceiling if np.isfinite(one.ceiling) else None,
            }
            for figure, one in own.items()
        }
        for form, own in outcome.control_variates.items()
    }


def _begroting(outcome: Comparison) -> dict[str, Any]:
    """Amount, outside the contracts, headroom, structural cover and stock per reported municipality and year."""
    data = outcome.lumpsum.data
    return {
        code: {
            str(year): {
                "amount": float(outcome.begroting[t, m]),
                "outside_contracts": float(outcome.outside[t, m]),
                "headroom": float(outcome.headroom[t, m]),
                "structural_cover": float(data.structural[:, m, t].sum()),
                "stock": float(data.stock[m, t]),
            }
            for t, year in enumerate(outcome.years)
        }
        for m, code in enumerate(data.municipalities)
    }


def _form(result: FormResult) -> dict[str, Any]:
    """One payment form."""
    return {
        "municipalities": {
            code: {year: written_figures(estimates, SPENDING_FIGURES) for year, estimates in years.items()}
            for code, years in result.municipalities.items()
        },
        "providers": {
            provider: written_figures(own, PROVIDER_FIGURES) for provider, own in result.providers.items()
        },
        "care_forms": {
            corner: {form: written_figures(own) for form, own in result.care_forms[corner].items()}
            for corner in CORNERS
        },
        "corners": {corner: written_figures(result.corner_totals[corner]) for corner in CORNERS},
        "headrooms": {
            headroom: {form: written_figures(own) for form, own in result.headrooms[headroom].items()}
            for headroom in HEADROOMS
        },
        "against_duty": {headroom: written(one) for headroom, one in result.against_duty.items()} or None,
        "administration": {party: written_figures(own) for party, own in result.administration.items()},
        "parity_gap": written_or_null(result.parity_gap),
        "ceilings": {
            f"{provider}/{lot}": {year: _ceiling(one) for year, one in years.items()}
            for (provider, lot), years in result.ceilings.items()
        },
        "break_even": {quantity: asdict(even) for quantity, even in result.break_even.items()},
    }


def _mix(mix: MixResult) -> dict[str, Any]:
    """Every lot in its own form."""
    return {
        "forms": dict(mix.forms),
        "municipalities": {
            code: {year: written_figures(estimates, SPENDING_FIGURES) for year, estimates in years.items()}
            for code, years in mix.municipalities.items()
        },
        "providers": {provider: written_figures(own, PROVIDER_FIGURES) for provider, own in mix.providers.items()},
        "corners": {corner: written_figures(mix.corner_totals[corner]) for corner in CORNERS},
    }


def _ceiling(ceiling: CeilingResult) -> dict[str, Any]:
    """Signal and stop of one contract and year."""
    return {
        "signal": written(ceiling.signal),
        "stop": written(ceiling.stop),
        "signal_by_month": list(ceiling.signal_by_month),
        "stop_by_month": list(ceiling.stop_by_month),
    }


def _deterministic_scenario(scenario: DeterministicScenario) -> dict[str, Any]:
    """A deterministic scenario at expectation: in closed form, so its numbers have no standard error."""
    return {
        "id": scenario.id,
        "name": scenario.name,
        "source": scenario.source,
        "status": scenario.status,
        "spending": dict(scenario.spending),
        "provider_result": dict(scenario.provider_result),
    }
