"""The JSON schema of the results.json of a benchmark, written to docs/benchmark.schema.json by a test."""

from __future__ import annotations

from typing import Any, get_args

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.evaluation import CORNERS
from bekostiging.lumpsum import OUTCOMES
from bekostiging.report.kit.json_schema import ESTIMATED, NUMBER, TEXT, listed, mapped, or_null, schema_object
from bekostiging.report.kit.self_check import check_schema
from bekostiging.report.tender.results import SCHEMA_VERSION
from bekostiging.studies import DECISION_MODELS
from bekostiging.studies.tender.decisions import Unit

ESTIMATE = {"$ref": "#/$defs/estimate"}
PROBABILITY = {"type": "number", "minimum": 0, "maximum": 1}
WORDS = schema_object({"nl": TEXT, "en": TEXT})


@kinds_checked
def benchmark_schema() -> dict[str, Any]:
    """JSON schema (2020-12) of the results.json of a tender benchmark; docs/benchmark.schema.json holds it.

    Returns
    -------
    dict[str, Any]
        The schema. Money is in euro over the term, hours and euro of administration a year; null is left out as not public.

    Examples
    --------
    >>> benchmark_schema()["title"]
    'results.json of bekostiging benchmark'
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "results.json of bekostiging benchmark",
        "$defs": {"estimate": ESTIMATED},
        **schema_object(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "public": {"type": "boolean"},
                "suite": {
                    "type": "object",
                    "description": "what was asked, as in the suite, and the sources of its shocks",
                },
                "cases": mapped(_case(), "name of the case"),
            }
        ),
    }


def _case() -> dict[str, Any]:
    """One case."""
    return schema_object(
        {
            "title": WORDS,
            "disclaimer": {"type": "object", "additionalProperties": TEXT},
            "kind": TEXT,
            "notes": listed(WORDS),
            "self_check": or_null(check_schema()),
            "n_scenarios": NUMBER,
            "years": listed({"type": "integer"}),
            "corner": {"enum": list(CORNERS)},
            "certainty": PROBABILITY,
            "confidence": PROBABILITY,
            "outcome": {
                "enum": list(OUTCOMES),
                "description": "of the lump sum: designed within all limits, or not",
            },
            "shock_names": mapped(TEXT, "id of a shock"),
            "lots": mapped(_lot(), "id of a lot, or all_lots"),
            "decisions": listed(_decision()),
            "similar": or_null(_similar()),
        }
    )


def _lot() -> dict[str, Any]:
    """One lot."""
    condition = {"name": TEXT, "value": ESTIMATE, "limit": NUMBER, "holds": {"type": "boolean"}}
    verdict = {
        "shock": TEXT,
        "acceptable": {"type": "boolean"},
        "probability": PROBABILITY,
        "conditions": listed(schema_object(condition)),
    }
    flag = {
        "kind": TEXT,
        "subject": TEXT,
        "form": or_null(_payment_form()),
        "law": or_null(TEXT),
        "source": TEXT,
        "figures": mapped(NUMBER, "what triggers it"),
        "names": mapped(TEXT, "what it mentions"),
    }
    score = {
        "figures": mapped(or_null(ESTIMATE), "criterion, or concentration"),
        "ranks": mapped(or_null(ESTIMATE), "criterion; expected rank, 1 is the lowest figure"),
        "flags": listed(schema_object(flag)),
        "robustness": or_null(ESTIMATE),
        "verdicts": listed(schema_object(verdict)),
    }
    pair = {
        "a": _payment_form(),
        "b": _payment_form(),
        "criterion": TEXT,
        "difference": or_null(ESTIMATE),
        "certainty": PROBABILITY,
        "in_scenarios": or_null(ESTIMATE),
    }
    return schema_object(
        {
            "name": TEXT,
            "n_providers": or_null(NUMBER),
            "clients": or_null(NUMBER),
            "forms": {
                "type": "object",
                "propertyNames": _payment_form(),
                "additionalProperties": schema_object(score),
            },
            "pairs": listed(schema_object(pair)),
        }
    )


def _decision() -> dict[str, Any]:
    """One decision model."""
    figure = {
        "subject": TEXT,
        "figure": TEXT,
        "confidence": {"type": ["number", "null"]},
        "value": ESTIMATE,
        "unit": {"enum": list(get_args(Unit))},
    }
    return schema_object(
        {
            "model": {"enum": list(DECISION_MODELS)},
            "told": or_null(WORDS),
            "notes": listed(WORDS),
            "self_check": or_null(check_schema()),
            "figures": listed(schema_object(figure)),
        }
    )


def _similar() -> dict[str, Any]:
    """The case among simulated regions of its size."""
    place = schema_object({"own": NUMBER, "percentile": ESTIMATE, "low": NUMBER, "middle": NUMBER, "high": NUMBER})
    return schema_object(
        {
            "n_regions": NUMBER,
            "n_scenarios": NUMBER,
            "municipalities": NUMBER,
            "providers": or_null(NUMBER),
            "inhabitants": NUMBER,
            "forms": mapped(mapped(or_null(place), "figure without a scale"), "payment form"),
        }
    )


def _payment_form() -> dict[str, Any]:
    """One of the payment forms."""
    return {"enum": list(PAYMENT_FORMS)}
