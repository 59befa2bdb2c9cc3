"""The JSON schema of results.json, written to docs/results.schema.json by a test."""

from __future__ import annotations

from typing import Any

from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import RISKS
from bekostiging.report.results import MAY_BE_UNKNOWN, PROVIDER, SCHEMA_VERSION, SPENDING
from bekostiging.stress import BREAK_EVEN, CORNERS

NUMBER = {"type": "number"}
TEXT = {"type": "string"}
CARE_FORM = ("starts", "waiting_clients", "weeks_beyond_norm", "refused", "moved")
CORNER = ("spending", "provider_result", "unpaid", *CARE_FORM)
ESTIMATE = {"$ref": "#/$defs/estimate"}
ERROR = {"type": ["number", "null"], "minimum": 0}


def _object(properties: dict[str, Any], description: str = "") -> dict[str, Any]:
    """An object with exactly these properties."""
    made: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return made | ({"description": description} if description else {})


def _estimates(names: tuple[str, ...], description: str = "") -> dict[str, Any]:
    return _object(
        {name: _or_null(ESTIMATE) if name in MAY_BE_UNKNOWN else ESTIMATE for name in names}, description
    )


def _map(values: dict[str, Any], description: str) -> dict[str, Any]:
    """An object with any keys."""
    return {"type": "object", "additionalProperties": values, "description": description}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


ESTIMATED = _object(
    {"value": NUMBER, "standard_error": ERROR},
    "an estimate from simulation; the standard error has n_scramblings - 1 degrees of freedom, and is null where the "
    "simulation cannot tell it: a tail thinner than one scenario, an event that was never or always seen, one observation",
)


def schema() -> dict[str, Any]:
    """Return the schema (JSON Schema 2020-12); money in euro, nominal, shares and probabilities as fractions."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "results.json of bekostiging compare",
        "$defs": {
            "estimate": ESTIMATED,
        },
        **_object(_sections()),
    }


def _sections() -> dict[str, Any]:
    """The sections of the file, in its order."""
    sentence = _object({"nl": TEXT, "en": TEXT})
    course = _course(sentence)
    return {
        "schema_version": {"const": SCHEMA_VERSION},
        "case": _object({"name": TEXT, "title": sentence, "disclaimer": _or_empty(sentence), "kind": TEXT}),
        "settings": _object(
            {
                "n_scenarios": NUMBER,
                "n_scramblings": NUMBER,
                "years": _list({"type": "integer"}),
                "seed": NUMBER,
                "when_money_is_gone": {"enum": list(CORNERS)},
                "certainty": NUMBER,
                "discount_rate": NUMBER,
            }
        ),
        "notes": _list(sentence),
        "carries": _object({risk: _object(dict.fromkeys(PAYMENT_FORMS, TEXT)) for risk in RISKS}),
        "begroting": _map(
            _map(
                _object(dict.fromkeys(("amount", "outside_contracts", "room", "reserve"), NUMBER)), "calendar year"
            ),
            "municipality code",
        ),
        "forms": _object(dict.fromkeys(PAYMENT_FORMS, _form())),
        "sharpened": _object(dict.fromkeys(PAYMENT_FORMS, _sharpened()), "over the term, everybody served"),
        "lumpsum": _lumpsum(),
        "expected_course": course,
        "shocks": _list(course),
        "sensitivities": _list(course),
        **_levers(),
        "calibration": _list(
            _object(
                {
                    "name": sentence,
                    "modelled": NUMBER,
                    "published": NUMBER,
                    "unit": TEXT,
                    "source": TEXT,
                    "status": TEXT,
                }
            )
        ),
        **_contracts(sentence),
        "self_check": _self_check(),
    }


def _sharpened() -> dict[str, Any]:
    """Mean and CVaR of spending with what is known in closed form."""
    number_or_null = {"type": ["number", "null"]}
    one = _object(
        {"estimate": ESTIMATE, "variance_factor": number_or_null, "ceiling": number_or_null},
        "factor: variance of plain sampling with as many drawn futures over its own; ceiling: 1 / share of client noise",
    )
    return _object({"expected": one, "cvar95": one})


def _levers() -> dict[str, Any]:
    """Measures and substitution; euro over the term."""
    by_form = _object(dict.fromkeys(PAYMENT_FORMS, NUMBER))
    told = {"source": TEXT, "status": TEXT}
    measure = {"id": TEXT, "name": TEXT, "chance": NUMBER, "cost": NUMBER, "booked": NUMBER}
    moved = {"origin": TEXT, "destination": TEXT, "payer": TEXT, "clients": NUMBER, "outside": NUMBER}
    both = _estimates(("expected", "p90", "overrun_probability"))
    return {
        "measures": _list(
            _object(
                measure | dict.fromkeys(("if_it_works", "expected", "missing"), by_form) | told,
                "a measure alone at expectation; missing: the part of booked that is not expected to arrive",
            )
        ),
        "with_measures": _map(
            _object({"without": both, "with": both, "saving": ESTIMATE}),
            "payment form; all measures together on the same futures; every other section is without measures",
        ),
        "substitution": _list(
            _object(
                moved | dict.fromkeys(("municipal", "public"), by_form) | told,
                "more (or less) at expectation; public is municipal plus the payer outside",
            )
        ),
    }


def _self_check() -> dict[str, Any]:
    """The simulation beside its own theory: statistics tested, the level of each, and what raised an alarm."""
    alarm = {"quantity": TEXT, "cell": TEXT, "drawn": NUMBER, "expected": NUMBER, "p_value": NUMBER}
    return _object(
        {
            "n_statistics": NUMBER,
            "level": NUMBER,
            "smallest_p_value": NUMBER,
            "alarms": _list(_object(alarm)),
            "skipped": _list(TEXT),
        }
    )


def _or_empty(sentence: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [sentence, {"type": "object", "maxProperties": 0}]}


def _course(sentence: dict[str, Any]) -> dict[str, Any]:
    by_form = _object(dict.fromkeys(PAYMENT_FORMS, NUMBER))
    return _object(
        {
            "id": TEXT,
            "name": sentence,
            "source": TEXT,
            "status": TEXT,
            "spending": by_form,
            "provider_result": by_form,
        },
        "closed form at expectation over the term: no sampling error",
    )


def _contracts(sentence: dict[str, Any]) -> dict[str, Any]:
    """What the contracts do: mixed regions, exact layers, regimes and flags."""
    return {
        "mix": _or_null(
            _object(
                {
                    "forms": _map({"enum": list(PAYMENT_FORMS)}, "lot"),
                    "municipalities": _map(_map(_estimates(SPENDING), "calendar year, or 'term'"), "as in forms"),
                    "providers": _map(_estimates(PROVIDER), "provider id; over the term"),
                    "corners": _object({corner: _estimates(CORNER, "over the term") for corner in CORNERS}),
                },
                "every lot in the payment form it has today; null where all have the same",
            )
        ),
        "exact": _object(
            {
                "layers": _list(
                    _object(
                        {
                            "contract": TEXT,
                            "layer": TEXT,
                            "exact": ESTIMATE,
                            "drawn": ESTIMATE,
                            "p_value": NUMBER,
                            "alarm": {"type": "boolean"},
                        }
                    )
                ),
                "skipped": _list(_object({"contract": TEXT, "reason": sentence})),
            },
            "mean euros in each corridor layer of the first year: aggregate distribution beside simulation",
        ),
        "regimes": _list(
            _object(
                {"provider": TEXT, "regimes": {"type": "integer"}, "hours_saved": NUMBER},
                "different ways of being paid and accounted for today; hours a year that one way would save",
            )
        ),
        "flags": _list(
            _object(
                {
                    "kind": TEXT,
                    "subject": TEXT,
                    "form": _or_null({"enum": list(PAYMENT_FORMS)}),
                    "law": _or_null(TEXT),
                    "source": TEXT,
                    "figures": _map(NUMBER, "fractions, or counts"),
                    "names": _map(TEXT, "names mentioned"),
                }
            )
        ),
    }


def _form() -> dict[str, Any]:
    """One payment form."""
    months = {"type": "array", "items": NUMBER, "minItems": 12, "maxItems": 12}
    number_or_null = {"type": ["number", "null"]}
    even = _object(
        {"municipality": number_or_null, "total": number_or_null, "year": {"type": ["integer", "null"]}},
        "change (fraction) at which the form costs what inspanningsgericht does; null where none; first year without change",
    )
    return _object(
        {
            "municipalities": _map(
                _map(_estimates(SPENDING), "calendar year, or 'term' for all contract years, discounted"),
                "municipality code, or 'total' for the reported ones together",
            ),
            "providers": _map(_estimates(PROVIDER), "provider id; over the term"),
            "care_forms": _object(
                {corner: _map(_estimates(CARE_FORM), "care form id; over the term") for corner in CORNERS}
            ),
            "corners": _object({corner: _estimates(CORNER, "over the term") for corner in CORNERS}),
            "administration": _map(_estimates(("hours", "euro"), "per year"), "municipality or provider"),
            "parity_gap": _or_null(ESTIMATE),
            "ceilings": _map(
                _map(
                    _object(
                        {"signal": ESTIMATE, "stop": ESTIMATE, "signal_by_month": months, "stop_by_month": months}
                    ),
                    "calendar year",
                ),
                "provider/lot of contracts with a spending ceiling; months from January",
            ),
            "break_even": _object(dict.fromkeys(BREAK_EVEN, even)),
        }
    )


def _lumpsum() -> dict[str, Any]:
    """The designed lump sum."""
    by_year = _map(_map(NUMBER, "calendar year"), "provider/lot; euro")
    number_or_null = {"type": ["number", "null"]}
    layer = {
        "layer": TEXT,
        "lower": NUMBER,
        "upper": number_or_null,
        "share": NUMBER,
        "decided": {"type": "boolean"},
    }
    check = {
        "limit": TEXT,
        "value": NUMBER,
        "standard_error": ERROR,
        "at_most": NUMBER,
        "holds": {"type": "boolean"},
    }
    price = {"limit": TEXT, "price": NUMBER, "valid_from": NUMBER, "valid_to": NUMBER}
    requirement = {"requirement": number_or_null, "one_point_more_saves": number_or_null}
    yielding = {"limit": TEXT, "euro": NUMBER}
    relaxation = {"kinds": _list(TEXT), "euro": number_or_null, "limits": _list(_object(yielding))}
    return _object(
        {
            "feasible": {"type": "boolean"},
            "loading": _or_null(_map(NUMBER, "lot; fraction on the reference amount")),
            "budget": _or_null(by_year),
            "reference": by_year,
            "layers": _map(_list(_object(layer)), "lot; edges as fraction of the indexed reference amount"),
            "capital": _or_null(_map(NUMBER, "provider; euro of buffer the contracts really use")),
            "free_buffer": _map(NUMBER, "provider; euro"),
            "objective": number_or_null,
            "bound": number_or_null,
            "gap": number_or_null,
            "violation": NUMBER,
            "passes": NUMBER,
            "shadow_prices": _list(_object(price)),
            "minimum_equity_requirement": _map(
                _object(requirement),
                "lot; free buffer over the reference amount of the first year; euro over the term",
            ),
            "yielded": _map(NUMBER, "limit; euro, or fraction for premium"),
            "below_requirement": _list(TEXT),
            "conflicts": _list(_object(yielding)),
            "relaxations": _list(_object(relaxation)),
            "measured_against_budget": _map(
                ESTIMATE, "lot; extra payment over the term if layers were measured against the budget"
            ),
            "limit_margin": _or_null(
                _object(
                    {
                        "standard_errors": number_or_null,
                        "cost": number_or_null,
                        "loading": _or_null(_map(NUMBER, "lot")),
                    },
                    "least tightening with which every limit holds on fresh futures at 95 % each, and its cost in euro",
                )
            ),
            "out_of_sample": _list(_object(check)),
        }
    )
