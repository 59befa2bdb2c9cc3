"""The decided lump sum as JSON, alike in results.json and lumpsum.json, with its schema."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from bekostiging.evaluation.results import LumpSumResult
from bekostiging.lumpsum import (
    OUTCOMES,
    Decider,
    JudgedDesign,
    LimitCheck,
    LumpSumData,
    LumpSumDesign,
    free_zone,
    proofs,
)
from bekostiging.report.kit.estimates import written, written_or_null
from bekostiging.report.kit.json_schema import (
    ERROR,
    ESTIMATE,
    NUMBER,
    TEXT,
    listed,
    mapped,
    or_null,
    schema_object,
)

NUMBER_OR_NULL = {"type": ["number", "null"]}
BOOLEAN = {"type": "boolean"}


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
    found = result.equity
    if found is None:
        return None
    return {
        "providers": list(found.providers),
        "requirement": found.requirement,
        "instead": design_terms(result.data, found.design),
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


def lumpsum_schema() -> dict[str, Any]:
    """What ``lumpsum_results`` writes."""
    by_year = mapped(mapped(NUMBER, "calendar year"), "provider/lot; euro")
    yielding = {"limit": TEXT, "euro": NUMBER}
    relaxation = {"kinds": listed(TEXT), "euro": NUMBER_OR_NULL, "limits": listed(schema_object(yielding))}
    return schema_object(
        {
            "outcome": {"enum": list(OUTCOMES)},
            "n_design_scenarios": NUMBER,
            "designs": schema_object(
                dict.fromkeys(("headline", "plain", "free"), or_null(_design_schema(by_year))),
                "headline: the answer; plain: the sampled optimum without margins; free: without simple terms; null "
                "without a design",
            ),
            "reference": by_year,
            "free_buffer": mapped(NUMBER, "provider; euro"),
            "margin": or_null(
                schema_object(
                    {
                        "found": BOOLEAN,
                        "rounds": NUMBER,
                        "shares_kept": BOOLEAN,
                        "euro": mapped(NUMBER, "limit; by how much it was tightened on the design scenarios"),
                    }
                )
            ),
            **_asked_schema(),
            "below_requirement": listed(TEXT),
            "conflicts": listed(schema_object(yielding)),
            "relaxations": listed(schema_object(relaxation)),
            "measured_against_budget": mapped(
                ESTIMATE, "lot; extra payment over the term if layers were measured against the budget"
            ),
        }
    )


def _asked_schema() -> dict[str, Any]:
    """What is asked of the decision: proof, who decides, equity, prices, stability."""
    price = {"limit": TEXT, "expected": ESTIMATE, "tail": ESTIMATE, "valid_from": NUMBER, "valid_to": NUMBER}
    both = schema_object({"expected": ESTIMATE, "tail": ESTIMATE})
    terms = schema_object(_terms_schema())
    requirement = {
        "requirement": NUMBER_OR_NULL,
        "design": or_null(terms),
        "one_point_stricter_saves": or_null(both),
    }
    return {
        "to_prove": listed(
            schema_object({"limit": TEXT, "euro": NUMBER, "scenarios": NUMBER_OR_NULL}),
            "limits that do not hold at 95 %: by how many euros they must be wider, or how many scenarios would show it",
        ),
        "deciders": listed(
            schema_object({"provider": TEXT, "extra_equity": NUMBER, "without": terms}),
            "binding providers: the extra free equity (or group guarantee) and the design it allows",
        ),
        "assumed_equity": or_null(
            schema_object(
                {"providers": listed(TEXT), "requirement": NUMBER, "instead": terms},
                "providers whose equity is neither own data nor published and limits the budget",
            )
        ),
        "shadow_prices": listed(
            schema_object(price),
            "less spending over the term per euro by which the limit widens (loading_cap: per percentage point)",
        ),
        "minimum_equity_requirement": mapped(
            schema_object(requirement),
            "lot; free buffer over the reference amount of the first year; euro over the term",
        ),
        "stability": or_null(
            schema_object(
                {"halves": NUMBER, "same_terms": listed(TEXT), "largest_difference_of_a_loading": NUMBER},
                "the design made again on either half of its scenarios: halves that have one, lots with the same terms",
            )
        ),
    }


def _terms_schema() -> dict[str, Any]:
    """What is agreed."""
    layer = {"layer": TEXT, "lower": NUMBER, "upper": NUMBER_OR_NULL, "share": NUMBER, "decided": BOOLEAN}
    zone = schema_object(dict.fromkeys(("deficit", "surplus"), NUMBER_OR_NULL), "null: nothing is shared")
    return {
        "forms": mapped(TEXT, "lot"),
        "loading": mapped(NUMBER, "lot; fraction on the reference amount"),
        "free_zone": mapped(zone, "lot; fraction of the reference amount"),
        "layers": mapped(listed(schema_object(layer)), "lot; edges as fraction of the indexed reference amount"),
    }


def _design_schema(by_year: dict[str, Any]) -> dict[str, Any]:
    """A design whole."""
    check = {
        "limit": TEXT,
        "value": NUMBER,
        "standard_error": ERROR,
        "at_most": NUMBER,
        "certainty": NUMBER,
        "holds": BOOLEAN,
    }
    breach = {"lot": TEXT, "term": {"enum": ["loading_cap", "transition_cap"]}, "euro": NUMBER, "fraction": NUMBER}
    spent = schema_object({"expected_spending": ESTIMATE, "tail_spending": ESTIMATE})
    return schema_object(
        _terms_schema()
        | {
            "budget": by_year,
            "capital": mapped(NUMBER, "provider; euro of buffer the contracts really use"),
            "criterion": NUMBER_OR_NULL,
            "bound": NUMBER_OR_NULL,
            "gap": NUMBER_OR_NULL,
            "violation": NUMBER,
            "passes": NUMBER,
            "breaches": listed(
                schema_object(breach), "loading_cap: euro over the term; transition_cap: euro of the first year"
            ),
            "expected_spending": or_null(ESTIMATE),
            "tail_spending": or_null(ESTIMATE),
            "municipalities": mapped(spent, "municipality code; over the term"),
            "providers": mapped(schema_object({"result": ESTIMATE}), "provider; over the term"),
            "joint_certainty": NUMBER_OR_NULL,
            "limits": listed(schema_object(check), "on scenarios that did not make the design"),
        }
    )
