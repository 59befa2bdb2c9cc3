"""results.json: the schema it is promised to follow, and what it says when something is not computed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bekostiging.report import schema
from bekostiging.report.results import as_text, results
from bekostiging.stress import Comparison, compare

SCHEMA = Path(__file__).parents[3] / "docs" / "results.schema.json"


def test_the_schema_in_docs_is_the_one_in_the_code() -> None:
    """Writes docs/results.schema.json; a difference fails once and is then there to be committed."""
    text = json.dumps(schema(), indent=1) + "\n"
    written = SCHEMA.read_text() if SCHEMA.is_file() else ""
    if written != text:
        SCHEMA.write_text(text)
    assert written == text, "docs/results.schema.json was out of date and has been written; commit it"


def test_results_follow_the_schema(outcome: Comparison) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(json.loads(as_text(outcome)), schema())


def test_an_infeasible_design_follows_the_schema(outcome: Comparison) -> None:
    begroting = tuple(row.model_copy(update={"amount": row.outside_contracts}) for row in outcome.case.begroting)
    poor = compare(replace(outcome.case, begroting=begroting), n_scenarios=32)
    content = json.loads(as_text(poor))
    jsonschema.validate(content, schema())
    assert content["lumpsum"]["feasible"] is False
    assert content["lumpsum"]["budget"] is None
    assert content["lumpsum"]["conflicts"]


def test_the_schema_refuses_what_is_missing(outcome: Comparison) -> None:
    content = results(outcome)
    del content["forms"]["taakgericht"]["parity_gap"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, schema())


def test_prices_say_how_far_they_hold(outcome: Comparison) -> None:
    content = results(outcome)["lumpsum"]
    assert {one["limit"] for one in content["shadow_prices"]} == set(outcome.lumpsum.design.shadow_prices)
    assert all(one["valid_from"] <= 0 <= one["valid_to"] for one in content["shadow_prices"])
    assert set(content["minimum_equity_requirement"]) == {lot.name for lot in outcome.lumpsum.data.lots}


def test_no_times_in_the_results(outcome: Comparison) -> None:
    def keys(node: Any) -> set[str]:
        if isinstance(node, dict):
            return set(node) | {key for value in node.values() for key in keys(value)}
        return {key for value in node for key in keys(value)} if isinstance(node, list) else set()

    assert not {key for key in keys(results(outcome)) if "time" in key or "seconds" in key or "written" in key}
