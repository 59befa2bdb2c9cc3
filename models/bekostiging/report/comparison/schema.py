"""The JSON schema of results.json, written to docs/results.schema.json by a test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import RISKS
from bekostiging.evaluation import (
    BREAK_EVEN,
    CORNER_FIGURES,
    CORNERS,
    COUNT_FIGURES,
    HEADROOMS,
    PROVIDER_FIGURES,
    SPENDING_FIGURES,
    WAITING_FIGURES,
)
from bekostiging.evaluation.figures import EURO, EXPECTED, HOURS, OVERRUN_PROBABILITY, P90, Figure
from bekostiging.report.comparison.results import BEGROTING
from bekostiging.report.kit.begroting_files import budget_schema
from bekostiging.report.kit.json_schema import (
    ESTIMATE,
    ESTIMATED,
    NUMBER,
    SCHEMA_VERSION,
    TEXT,
    listed,
    mapped,
    or_null,
    schema_object,
)
from bekostiging.report.kit.self_check import check_schema
from bekostiging.report.kit.sense import sense_schema
from bekostiging.report.lumpsum.schema import lumpsum_schema
from bekostiging.units import MONTHS


def _estimates(figures: Iterable[Figure], description: str = "") -> dict[str, Any]:
    """An estimate per figure."""
    return schema_object({figure.name: {"$ref": f"#/$defs/{figure.name}"} for figure in figures}, description)


def _defined(figure: Figure) -> dict[str, Any]:
    """A figure with its unit and meaning; null where nothing is known of it."""
    description = {"description": f"{figure.unit.replace('_', ' ')}: {figure.meaning('en')}"}
    return (or_null(ESTIMATE) if figure.may_be_unknown else ESTIMATE) | description


@kinds_checked
def comparison_schema() -> dict[str, Any]:
    """JSON schema (2020-12) of the results.json of a comparison; docs/results.schema.json holds it.

    Returns
    -------
    dict[str, Any]
        The schema. Money is in nominal euro, shares and probabilities are fractions.

    Examples
    --------
    >>> comparison_schema()["$schema"]
    'https://json-schema.org/draft/2020-12/schema'
    """
    figures = (
        *SPENDING_FIGURES,
        *PROVIDER_FIGURES,
        *CORNER_FIGURES,
        *WAITING_FIGURES,
        *COUNT_FIGURES,
        HOURS,
        EURO,
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "results.json of bekostiging compare",
        "$defs": {"estimate": ESTIMATED} | {figure.name: _defined(figure) for figure in figures},
        **schema_object(_sections()),
    }


def _sections() -> dict[str, Any]:
    """The sections of the file, in its order."""
    sentence = schema_object({"nl": TEXT, "en": TEXT})
    scenario = _deterministic_scenario(sentence)
    return {
        "schema_version": {"const": SCHEMA_VERSION},
        "case": schema_object({"name": TEXT, "title": sentence, "disclaimer": _or_empty(sentence), "kind": TEXT}),
        "settings": schema_object(
            {
                "n_scenarios": NUMBER,
                "n_scramblings": NUMBER,
                "years": listed({"type": "integer"}),
                "seed": NUMBER,
                "when_money_is_gone": {"enum": list(CORNERS)},
                "certainty": NUMBER,
                "discount_rate": NUMBER,
                "reserve_confidence": NUMBER,
                "reserve_refills": {"type": "boolean"},
            }
        ),
        "notes": listed(sentence),
        **sense_schema(),
        "risk_allocation": schema_object(
            {risk: schema_object(dict.fromkeys(PAYMENT_FORMS, TEXT)) for risk in RISKS}
        ),
        "begroting": mapped(
            mapped(schema_object(dict.fromkeys(BEGROTING, NUMBER)), "calendar year"),
            "municipality code",
        ),
        "amounts": budget_schema(),
        "forms": schema_object(dict.fromkeys(PAYMENT_FORMS, _form())),
        "client_counts": _counts(),
        "control_variates": schema_object(
            dict.fromkeys(PAYMENT_FORMS, _control_variates()), "over the term, everybody served"
        ),
        "lumpsum": lumpsum_schema(),
        "expected_scenario": scenario,
        "shocks": listed(scenario),
        "sensitivities": listed(scenario),
        **_measures_schema(),
        "calibration": listed(
            schema_object(
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
        "self_check": check_schema(),
    }


def _counts() -> dict[str, Any]:
    """Who is in care."""
    by_year = mapped(_estimates(COUNT_FIGURES), "calendar year")
    by_form = mapped(
        by_year, "care form id, or 'total' for those of the law; of the total over laws 'total' alone"
    )
    return mapped(
        mapped(by_form, "law, or 'total'"),
        "municipality code, or 'total' for the reported ones together; everybody served, care forms without a lot too; "
        "quantiles of a total are of the total in every scenario",
    )


def _control_variates() -> dict[str, Any]:
    """Mean and CVaR of spending with what is known in closed form."""
    number_or_null = {"type": ["number", "null"]}
    one = schema_object(
        {"estimate": ESTIMATE, "variance_factor": number_or_null, "ceiling": number_or_null},
        "factor: variance of plain sampling with as many drawn scenarios over its own; ceiling: 1 / share of client noise",
    )
    return schema_object({"expected": one, "cvar95": one})


def _measures_schema() -> dict[str, Any]:
    """Measures and substitution; euro over the term."""
    by_form = schema_object(dict.fromkeys(PAYMENT_FORMS, NUMBER))
    origin = {"source": TEXT, "status": TEXT}
    measure = {"id": TEXT, "name": TEXT, "chance": NUMBER, "cost": NUMBER, "booked": NUMBER}
    moved = {"origin": TEXT, "destination": TEXT, "payer": TEXT, "clients": NUMBER, "outside": NUMBER}
    both = _estimates((EXPECTED, P90, OVERRUN_PROBABILITY))
    return {
        "measures": listed(
            schema_object(
                measure | dict.fromkeys(("if_it_works", "expected", "missing"), by_form) | origin,
                "a measure alone at expectation; missing: the part of booked that is not expected to arrive",
            )
        ),
        "with_measures": mapped(
            schema_object({"without": both, "with": both, "saving": ESTIMATE}),
            "payment form; all measures together on the same scenarios; every other section is without measures",
        ),
        "substitution": listed(
            schema_object(
                moved | dict.fromkeys(("municipal", "public"), by_form) | origin,
                "more (or less) at expectation; public is municipal plus the payer outside",
            )
        ),
    }


def _or_empty(sentence: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [sentence, {"type": "object", "maxProperties": 0}]}


def _deterministic_scenario(sentence: dict[str, Any]) -> dict[str, Any]:
    by_form = schema_object(dict.fromkeys(PAYMENT_FORMS, NUMBER))
    return schema_object(
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
        "mix": or_null(
            schema_object(
                {
                    "forms": mapped({"enum": list(PAYMENT_FORMS)}, "lot"),
                    "municipalities": mapped(
                        mapped(_estimates(SPENDING_FIGURES), "calendar year, or 'term'"), "as in forms"
                    ),
                    "providers": mapped(_estimates(PROVIDER_FIGURES), "provider id; over the term"),
                    "corners": schema_object(
                        {
                            corner: _estimates((*CORNER_FIGURES, *WAITING_FIGURES), "over the term")
                            for corner in CORNERS
                        }
                    ),
                },
                "every lot in the payment form it has today; null where all have the same",
            )
        ),
        "exact": schema_object(
            {
                "layers": listed(
                    schema_object(
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
                "skipped": listed(schema_object({"contract": TEXT, "reason": sentence})),
            },
            "mean euros in each corridor layer of the first year: aggregate distribution beside simulation",
        ),
        "regimes": listed(
            schema_object(
                {"provider": TEXT, "regimes": {"type": "integer"}, "hours_saved": NUMBER},
                "different ways of being paid and accounted for today; hours a year that one way would save",
            )
        ),
        "flags": listed(
            schema_object(
                {
                    "kind": TEXT,
                    "subject": TEXT,
                    "form": or_null({"enum": list(PAYMENT_FORMS)}),
                    "law": or_null(TEXT),
                    "source": TEXT,
                    "figures": mapped(NUMBER, "fractions, or counts"),
                    "names": mapped(TEXT, "names mentioned"),
                }
            )
        ),
    }


def _form() -> dict[str, Any]:
    """One payment form."""
    months = {"type": "array", "items": NUMBER, "minItems": MONTHS, "maxItems": MONTHS}
    number_or_null = {"type": ["number", "null"]}
    even = schema_object(
        {"municipality": number_or_null, "total": number_or_null, "year": {"type": ["integer", "null"]}},
        "change (fraction) at which the form costs what inspanningsgericht does; null where none; first year without change",
    )
    return schema_object(
        {
            "municipalities": mapped(
                mapped(
                    _estimates(SPENDING_FIGURES), "calendar year, or 'term' for all contract years, discounted"
                ),
                "municipality code, or 'total' for the reported ones together",
            ),
            "providers": mapped(_estimates(PROVIDER_FIGURES), "provider id; over the term"),
            "care_forms": schema_object(
                {corner: mapped(_estimates(WAITING_FIGURES), "care form id; over the term") for corner in CORNERS}
            ),
            "corners": schema_object(
                {corner: _estimates((*CORNER_FIGURES, *WAITING_FIGURES), "over the term") for corner in CORNERS}
            ),
            "headrooms": schema_object(
                {
                    headroom: mapped(_estimates(WAITING_FIGURES), "care form id, or 'total'; over the term")
                    for headroom in HEADROOMS
                },
                "who waits on the form's own limit, on the lump sum's indexed budget, and with its corridor counted on",
            ),
            "against_duty": or_null(
                schema_object(
                    dict.fromkeys(HEADROOMS, ESTIMATE),
                    "clients a lump sum lets wait or refuses against acceptance duty or waiting_list; null for the others",
                )
            ),
            "administration": mapped(_estimates((HOURS, EURO), "per year"), "municipality or provider"),
            "parity_gap": or_null(ESTIMATE),
            "ceilings": mapped(
                mapped(
                    schema_object(
                        {"signal": ESTIMATE, "stop": ESTIMATE, "signal_by_month": months, "stop_by_month": months}
                    ),
                    "calendar year",
                ),
                "provider/lot of contracts with a spending ceiling; months from January",
            ),
            "break_even": schema_object(dict.fromkeys(BREAK_EVEN, even)),
        }
    )
