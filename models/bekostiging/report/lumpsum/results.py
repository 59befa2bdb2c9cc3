"""The decided lump sum as JSON, alike in results.json and lumpsum.json, with its schema."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from bekostiging.evaluation.results import LumpSumResult
from bekostiging.lumpsum import (
    Alternative,
    Decider,
    JudgedDesign,
    LimitCheck,
    LumpSumData,
    LumpSumDesign,
    free_zone,
    proofs,
)
from bekostiging.report.kit.begroting_files import budget_results
from bekostiging.report.kit.estimates import plain, written, written_or_null
from bekostiging.report.kit.json_schema import SCHEMA_VERSION
from bekostiging.studies import LumpSumStudy


def lumpsum_results(result: LumpSumResult) -> dict[str, Any]:
    """The answer, how it came about, who decides, what limits cost and what to ask of providers."""
    data, design = result.data, result.design
    return {
        "outcome": result.outcome,
        "n_design_scenarios": data.n_scenarios,
        "designs": {
            "headline": _judged(data, result.headline),
            "plain": _judged(data, result.plain),
            "free": None if result.free is None else _judged(data, result.free),
        },
        "reference": _by_year(data, data.reference),
        "free_buffer": dict(zip(data.providers, data.free_buffer.tolist(), strict=True)),
        "margin": _margin(result),
        "to_prove": [
            {"limit": str(one.check.limit), "euro": one.euro, "scenarios": one.scenarios}
            for one in proofs(result.headline.checks, result.judge.data.n_scenarios)
        ],
        "deciders": [_decider(data, one) for one in result.deciders],
        "assumed_equity": _assumed(result),
        "shadow_prices": [
            {
                "limit": str(one.limit),
                "expected": written(one.expected),
                "tail": written(one.tail),
                "valid_from": one.low,
                "valid_to": one.high,
            }
            for one in result.price_ranges
        ],
        "minimum_equity_requirement": {one.found.lot: _required(data, one) for one in result.requirements},
        "stability": None
        if result.stability is None
        else {
            "halves": result.stability.halves,
            "same_terms": list(result.stability.lots),
            "largest_difference_of_a_loading": result.stability.largest,
        },
        "below_requirement": list(design.below_requirement),
        "conflicts": [{"limit": str(conflict.limit), "euro": conflict.euro} for conflict in design.conflicts],
        "relaxations": [
            {
                "kinds": list(one.kinds),
                "euro": one.euro,
                "limits": [{"limit": str(yields.limit), "euro": yields.euro} for yields in one.limits],
            }
            for one in design.relaxations
        ],
        "measured_against_budget": {
            lot.name: written(extra)
            for lot, extra in zip(data.lots, result.measured_against_budget, strict=design.feasible)
        },
    }


def _judged(data: LumpSumData, judged: JudgedDesign) -> dict[str, Any] | None:
    """A design whole, and what it does on scenarios that did not make it; None where there is none."""
    design = judged.design
    if not design.feasible:
        return None
    return {
        **design_terms(data, design),
        "budget": _by_year(data, design.budget),
        "capital": dict(zip(data.providers, design.capital.tolist(), strict=True)),
        "criterion": design.criterion,
        "bound": design.bound,
        "gap": design.gap,
        "violation": design.violation,
        "passes": design.passes,
        "breaches": [asdict(one) for one in design.breaches],
        "expected_spending": written_or_null(judged.expected),
        "tail_spending": written_or_null(judged.tail),
        "municipalities": {
            code: {"expected_spending": written(judged.spending[m]), "tail_spending": written(judged.tails[m])}
            for m, code in enumerate(data.municipalities)
        },
        "providers": {name: {"result": written(judged.result[p])} for p, name in enumerate(data.providers)},
        "joint_certainty": judged.joint_certainty,
        "limits": [limit_check(check) for check in judged.checks],
    }


def design_terms(data: LumpSumData, design: LumpSumDesign) -> dict[str, Any]:
    """What is agreed: payment form, loading, free zone and layers per lot."""
    return {
        "forms": {lot.name: data.forms[design.form[j]] for j, lot in enumerate(data.lots)},
        "loading": {lot.name: float(design.loading[j]) for j, lot in enumerate(data.lots)},
        "free_zone": {
            lot.name: {
                side: _finite(free_zone(lot, design.share[j], sign))
                for side, sign in (("deficit", 1.0), ("surplus", -1.0))
            }
            for j, lot in enumerate(data.lots)
        },
        "layers": {lot.name: _layers(data, design, j) for j, lot in enumerate(data.lots)},
    }


def limit_check(check: LimitCheck) -> dict[str, Any]:
    """A limit on scenarios that did not make the design."""
    return {
        "limit": str(check.limit),
        "value": check.value,
        "standard_error": check.standard_error,
        "at_most": check.most,
        "certainty": check.certainty,
        "holds": check.holds,
    }


def _finite(value: float) -> float | None:
    return None if np.isinf(value) else value


def _layers(data: LumpSumData, design: LumpSumDesign, lot: int) -> list[dict[str, Any]]:
    """Layers of a lot with the share of the municipality; upper None is no end."""
    corridor, share = data.lots[lot].corridor, design.share[lot]
    return [
        {
            "layer": name,
            "lower": float(corridor.lower[k]),
            "upper": _finite(float(corridor.upper[k])),
            "share": float(share[k]),
            "decided": bool(np.isnan(corridor.share[k])),
        }
        for k, name in enumerate(corridor.names)
    ]


def _by_year(data: LumpSumData, amounts: np.ndarray) -> dict[str, dict[str, float]]:
    """Amounts (n_contracts, n_years) by contract and year."""
    return {
        f"{provider}/{lot}": {str(year): float(amounts[c, t]) for t, year in enumerate(data.years)}
        for c, (provider, lot) in enumerate(data.contracts)
    }


def _margin(result: LumpSumResult) -> dict[str, Any] | None:
    """How the headline came about; None without a design."""
    margin = result.margin
    if margin is None:
        return None
    return {
        "found": margin.design is not None,
        "rounds": margin.rounds,
        "shares_kept": margin.shares_kept,
        "euro": {str(limit): euro for limit, euro in margin.margins.items()},
    }


def _decider(data: LumpSumData, one: Decider) -> dict[str, Any]:
    """Who decides, and the design without."""
    return {
        "provider": one.provider,
        "extra_equity": one.extra_equity,
        "without": design_terms(data, one.design),
    }


def _assumed(result: LumpSumResult) -> dict[str, Any] | None:
    """Equity that is assumed, and the design at a requirement instead."""
    assumed = result.equity
    if assumed is None:
        return None
    return {
        "providers": list(assumed.providers),
        "requirement": assumed.requirement,
        "instead": design_terms(result.data, assumed.design),
    }


def _required(data: LumpSumData, one: Any) -> dict[str, Any]:
    """The least requirement with its design, and what a point more saves."""
    saves = one.saves
    return {
        "requirement": one.found.requirement,
        "design": None if one.found.design is None else design_terms(data, one.found.design),
        "one_point_stricter_saves": None
        if saves is None
        else {"expected": written(saves[0]), "tail": written(saves[1])},
    }


def study_results(study: LumpSumStudy) -> dict[str, Any]:
    """The study: euro, fractions; lists in the order of the names beside them."""
    result = study.lumpsum
    data = result.data
    return {
        "schema_version": SCHEMA_VERSION,
        "n_design_scenarios": study.n_design,
        "confidence": data.confidence,
        "reserve_confidence": data.reserve_confidence,
        "risk_weight": data.risk_weight,
        "lots": [lot.name for lot in data.lots],
        "providers": list(data.providers),
        "municipalities": list(data.municipalities),
        "lumpsum": lumpsum_results(result),
        "amounts": None
        if study.budget is None or study.parts is None
        else budget_results(study.budget, study.parts),
        "simple": asdict(data.simple),
        "frontier": [plain(point) for point in study.frontier],
        "value_of_data": [plain(one) for one in study.value_of_data],
        "precision": study.precision,
        "scenarios_needed": study.needed,
        "choices": [plain(one) for one in study.choices],
        "alternatives": [_alternative(study, one) for one in study.alternatives],
    }


def _alternative(study: LumpSumStudy, one: Alternative) -> dict[str, Any]:
    """An alternative: its terms, and what it costs whom more than the chosen design."""
    data = study.lumpsum.data
    return design_terms(data, one.design) | {
        "expected_spending": written(one.expected),
        "tail_spending": written(one.tail),
        "municipalities": dict(zip(data.municipalities, (written(own) for own in one.spending), strict=True)),
        "providers": dict(zip(data.providers, (written(own) for own in one.result), strict=True)),
        "capital": dict(zip(data.providers, one.capital.tolist(), strict=True)),
    }
