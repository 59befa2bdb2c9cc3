"""results.json: every figure of a comparison, each estimate as {value, standard_error}; no times."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from bekostiging.report.estimates import Written, plain, written, written_or_null
from bekostiging.report.levers import lever_results
from bekostiging.scenarios import SelfCheck
from bekostiging.stress import (
    CORNERS,
    CeilingResult,
    Comparison,
    Course,
    Estimates,
    FormResult,
    MixResult,
    flags,
    regimes,
)

SCHEMA_VERSION = "1"
SPENDING = (
    "expected", "sd", "p10", "p50", "p80", "p90", "cvar95", "overrun_probability", "overrun_size",
    "expected_overrun",
    "required_resistance_capacity", "required_resistance_capacity_80", "required_resistance_capacity_90",
)  # fmt: skip
PROVIDER = (
    "expected_result", "loss_probability", "cvar95_loss", "buffer_exhausted_probability", "revenue_certain_share",
    "lowest_cash_weeks",
)  # fmt: skip
MAY_BE_UNKNOWN = ("overrun_size", "revenue_certain_share")
"""Figures of which a simulation may say nothing: null then."""


def results(outcome: Comparison) -> dict[str, Any]:
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
            "certainty": case.number("certainty"),
            "discount_rate": case.number("discount_rate"),
        },
        "notes": list(outcome.notes),
        "carries": {risk: dict(parties) for risk, parties in outcome.carries},
        "begroting": _begroting(outcome),
        "forms": {form: _form(result) for form, result in outcome.forms.items()},
        "sharpened": _sharpened(outcome),
        "lumpsum": _lumpsum(outcome),
        "expected_course": _course(outcome.plain),
        "shocks": [_course(course) for course in outcome.shocks],
        "sensitivities": [_course(course) for course in outcome.sensitivities],
        **lever_results(outcome),
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
        "self_check": _self_check(outcome.self_check),
    }


def _sharpened(outcome: Comparison) -> dict[str, Any]:
    """Spending over the term with what is known in closed form; without any spread there is no factor."""
    return {
        form: {
            name: {
                "estimate": written(one.estimate),
                "variance_factor": one.factor if np.isfinite(one.factor) else None,
                "ceiling": one.ceiling if np.isfinite(one.ceiling) else None,
            }
            for name, one in own.items()
        }
        for form, own in outcome.sharpened.items()
    }


def _self_check(checked: SelfCheck) -> dict[str, Any]:
    """The simulation beside its own theory."""
    return {
        "n_statistics": checked.n_statistics,
        "level": checked.level,
        "smallest_p_value": checked.smallest,
        "alarms": [asdict(alarm) for alarm in checked.alarms],
        "skipped": list(checked.skipped),
    }


def as_text(outcome: Comparison) -> str:
    """results.json as text; the same bytes for the same outcome."""
    return json.dumps(results(outcome), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _estimates(estimates: Estimates) -> dict[str, Written | None]:
    """Every figure."""
    return {name: written(estimate) for name, estimate in estimates.items()}


def _figures(estimates: Estimates, names: Sequence[str]) -> dict[str, Written | None]:
    """The same under exactly these names; null where nothing is known of one."""
    return {name: written_or_null(estimates.get(name)) for name in names}


def _begroting(outcome: Comparison) -> dict[str, Any]:
    """Amount, outside the contracts, room and reserve per reported municipality and year."""
    data = outcome.lumpsum.data
    return {
        code: {
            str(year): {
                "amount": float(outcome.begroting[t, m]),
                "outside_contracts": float(outcome.outside[t, m]),
                "room": float(outcome.room[t, m]),
                "reserve": float(data.reserve[m, t]),
            }
            for t, year in enumerate(outcome.years)
        }
        for m, code in enumerate(data.municipalities)
    }


def _form(result: FormResult) -> dict[str, Any]:
    """One payment form."""
    return {
        "municipalities": {
            code: {year: _figures(estimates, SPENDING) for year, estimates in years.items()}
            for code, years in result.municipalities.items()
        },
        "providers": {provider: _figures(own, PROVIDER) for provider, own in result.providers.items()},
        "care_forms": {
            corner: {form: _estimates(own) for form, own in result.care_forms[corner].items()}
            for corner in CORNERS
        },
        "corners": {corner: _estimates(result.corner_totals[corner]) for corner in CORNERS},
        "administration": {party: _estimates(own) for party, own in result.administration.items()},
        "parity_gap": written_or_null(result.parity_gap),
        "ceilings": {
            contract: {year: _ceiling(one) for year, one in years.items()}
            for contract, years in result.ceilings.items()
        },
        "break_even": {quantity: asdict(even) for quantity, even in result.break_even.items()},
    }


def _mix(mix: MixResult) -> dict[str, Any]:
    """Every lot in its own form."""
    return {
        "forms": dict(mix.forms),
        "municipalities": {
            code: {year: _figures(estimates, SPENDING) for year, estimates in years.items()}
            for code, years in mix.municipalities.items()
        },
        "providers": {provider: _figures(own, PROVIDER) for provider, own in mix.providers.items()},
        "corners": {corner: _estimates(mix.corner_totals[corner]) for corner in CORNERS},
    }


def _ceiling(ceiling: CeilingResult) -> dict[str, Any]:
    """Signal and stop of one contract and year."""
    return {
        "signal": written(ceiling.signal),
        "stop": written(ceiling.stop),
        "signal_by_month": list(ceiling.signal_by_month),
        "stop_by_month": list(ceiling.stop_by_month),
    }


def _course(course: Course) -> dict[str, Any]:
    """A course at expectation: closed form, so its numbers have no standard error."""
    return {
        "id": course.id,
        "name": course.name,
        "source": course.source,
        "status": course.status,
        "spending": dict(course.spending),
        "provider_result": dict(course.provider_result),
    }


def _margin(outcome: Comparison) -> dict[str, Any] | None:
    """The margin with which every limit holds on fresh futures; null without a design."""
    margin, data = outcome.lumpsum.margin, outcome.lumpsum.data
    if not outcome.lumpsum.design.feasible:
        return None
    found = margin.standard_errors is not None
    return {
        "standard_errors": margin.standard_errors,
        "cost": margin.cost,
        "loading": {lot.name: float(margin.design.loading[j]) for j, lot in enumerate(data.lots)}
        if found
        else None,
    }


def _lumpsum(outcome: Comparison) -> dict[str, Any]:
    """The design, what limits it, and how it does on fresh futures."""
    data, design = outcome.lumpsum.data, outcome.lumpsum.design
    keys = [f"{provider}/{lot}" for provider, lot in data.contracts]
    feasible = design.feasible
    return {
        "feasible": feasible,
        "loading": {lot.name: float(design.loading[j]) for j, lot in enumerate(data.lots)} if feasible else None,
        "budget": _by_year(outcome, keys, design.budget) if feasible else None,
        "reference": _by_year(outcome, keys, data.reference),
        "layers": {lot.name: _layers(outcome, j) for j, lot in enumerate(data.lots)},
        "capital": dict(zip(data.providers, design.capital.tolist(), strict=True)) if feasible else None,
        "free_buffer": dict(zip(data.providers, data.free_buffer.tolist(), strict=True)),
        "objective": design.objective,
        "bound": design.bound,
        "gap": design.gap,
        "violation": design.violation,
        "passes": design.passes,
        "shadow_prices": [
            {"limit": one.name, "price": one.price, "valid_from": one.low, "valid_to": one.high}
            for one in outcome.lumpsum.price_ranges
        ],
        "minimum_equity_requirement": {
            one.lot: {"requirement": one.requirement, "one_point_more_saves": one.saves}
            for one in outcome.lumpsum.requirements
        },
        "yielded": design.yielded,
        "below_requirement": list(design.below_requirement),
        "conflicts": [{"limit": conflict.name, "euro": conflict.euro} for conflict in design.conflicts],
        "relaxations": [
            {
                "kinds": list(one.kinds),
                "euro": one.euro,
                "limits": [{"limit": limit.name, "euro": limit.euro} for limit in one.limits],
            }
            for one in design.relaxations
        ],
        "measured_against_budget": {
            lot.name: written(extra)
            for lot, extra in zip(data.lots, outcome.lumpsum.measured_against_budget, strict=feasible)
        },
        "limit_margin": _margin(outcome),
        "out_of_sample": [
            {
                "limit": check.name,
                "value": check.value,
                "standard_error": check.standard_error,
                "at_most": check.limit,
                "holds": check.holds,
            }
            for check in outcome.lumpsum.out_of_sample
        ],
    }


def _by_year(outcome: Comparison, keys: list[str], amounts: np.ndarray) -> dict[str, dict[str, float]]:
    """Amounts (n_contracts, n_years) by contract and year."""
    return {
        key: {str(year): float(amounts[c, t]) for t, year in enumerate(outcome.years)}
        for c, key in enumerate(keys)
    }


def _layers(outcome: Comparison, lot: int) -> list[dict[str, Any]]:
    """Layers of a lot with the share of the municipality; upper None is no end."""
    corridor, share = outcome.lumpsum.data.lots[lot].corridor, outcome.lumpsum.design.share[lot]
    return [
        {
            "layer": name,
            "lower": float(corridor.lower[k]),
            "upper": None if np.isinf(corridor.upper[k]) else float(corridor.upper[k]),
            "share": float(share[k]),
            "decided": bool(np.isnan(corridor.share[k])),
        }
        for k, name in enumerate(corridor.names)
    ]
