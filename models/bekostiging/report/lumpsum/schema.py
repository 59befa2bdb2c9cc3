"""JSON schema of a decided lump sum, as ``lumpsum_results`` writes it."""

from __future__ import annotations

from typing import Any

from bekostiging.lumpsum import OUTCOMES
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
