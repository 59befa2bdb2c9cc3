"""The JSON schema of the results.json of a benchmark, written to docs/benchmark.schema.json by a test."""

from __future__ import annotations

from typing import Any, get_args

from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.report.benchmark.results import SCHEMA_VERSION
from bekostiging.report.schema import ESTIMATED, NUMBER, TEXT, _list, _map, _object, _or_null
from bekostiging.stress import CORNERS, DECISION_MODELS
from bekostiging.stress.benchmark.decisions import Unit

ESTIMATE = {"$ref": "#/$defs/estimate"}
PROBABILITY = {"type": "number", "minimum": 0, "maximum": 1}
WORDS = _object({"nl": TEXT, "en": TEXT})
FORM = {"enum": list(PAYMENT_FORMS)}


def benchmark_schema() -> dict[str, Any]:
    """Return the schema (JSON Schema 2020-12); euro over the term, administration a year; null is left out as not public."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "results.json of bekostiging benchmark",
        "$defs": {"estimate": ESTIMATED},
        **_object(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "public": {"type": "boolean"},
                "suite": {
                    "type": "object",
                    "description": "what was asked, as in the suite, and the sources of its shocks",
                },
                "cases": _map(_case(), "name of the case"),
            }
        ),
    }


def _case() -> dict[str, Any]:
    """One case."""
    return _object(
        {
            "title": WORDS,
            "disclaimer": {"type": "object", "additionalProperties": TEXT},
            "kind": TEXT,
            "notes": _list(WORDS),
            "n_scenarios": NUMBER,
            "years": _list({"type": "integer"}),
            "corner": {"enum": list(CORNERS)},
            "certainty": PROBABILITY,
            "confidence": PROBABILITY,
            "feasible": {"type": "boolean", "description": "whether a lump sum satisfies all limits"},
            "shock_names": _map(TEXT, "id of a shock"),
            "lots": _map(_lot(), "id of a lot, or all_lots"),
            "decisions": _list(_decision()),
            "similar": _or_null(_similar()),
        }
    )


def _lot() -> dict[str, Any]:
    """One lot."""
    condition = {"name": TEXT, "value": ESTIMATE, "limit": NUMBER, "holds": {"type": "boolean"}}
    verdict = {
        "shock": TEXT,
        "acceptable": {"type": "boolean"},
        "probability": PROBABILITY,
        "conditions": _list(_object(condition)),
    }
    flag = {
        "kind": TEXT,
        "subject": TEXT,
        "form": _or_null(FORM),
        "law": _or_null(TEXT),
        "source": TEXT,
        "figures": _map(NUMBER, "what triggers it"),
        "names": _map(TEXT, "what it mentions"),
    }
    score = {
        "figures": _map(_or_null(ESTIMATE), "criterion, or concentration"),
        "ranks": _map(_or_null(ESTIMATE), "criterion; expected rank, 1 is the lowest figure"),
        "flags": _list(_object(flag)),
        "robustness": _or_null(ESTIMATE),
        "verdicts": _list(_object(verdict)),
    }
    pair = {
        "a": FORM,
        "b": FORM,
        "criterion": TEXT,
        "difference": _or_null(ESTIMATE),
        "certainty": PROBABILITY,
        "in_futures": _or_null(ESTIMATE),
    }
    return _object(
        {
            "name": TEXT,
            "n_providers": _or_null(NUMBER),
            "clients": _or_null(NUMBER),
            "forms": {"type": "object", "propertyNames": FORM, "additionalProperties": _object(score)},
            "pairs": _list(_object(pair)),
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
    return _object(
        {"model": {"enum": list(DECISION_MODELS)}, "told": _or_null(WORDS), "figures": _list(_object(figure))}
    )


def _similar() -> dict[str, Any]:
    """The case among simulated regions of its size."""
    place = _object({"own": NUMBER, "percentile": ESTIMATE, "low": NUMBER, "middle": NUMBER, "high": NUMBER})
    return _object(
        {
            "n_regions": NUMBER,
            "n_scenarios": NUMBER,
            "municipalities": NUMBER,
            "providers": _or_null(NUMBER),
            "inhabitants": NUMBER,
            "forms": _map(_map(_or_null(place), "figure without a scale"), "payment form"),
        }
    )
