"""results.json: the schema it is promised to follow, and what it says when something is not computed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import DESIGN

from bekostiging.evaluation import Comparison
from bekostiging.report import comparison_schema
from bekostiging.report.comparison.results import comparison_results
from bekostiging.report.kit.json_text import json_text
from bekostiging.studies import compare

SCHEMA = Path(__file__).parents[4] / "docs" / "results.schema.json"


def test_the_schema_in_docs_is_the_one_in_the_code() -> None:
    """Writes docs/results.schema.json; a difference fails once and is then there to be committed."""
    text = json.dumps(comparison_schema(), indent=1) + "\n"
    written = SCHEMA.read_text() if SCHEMA.is_file() else ""
    if written != text:
        SCHEMA.write_text(text)
    assert written == text, "docs/results.schema.json was out of date and has been written; commit it"


def test_results_follow_the_schema(outcome: Comparison) -> None:
    jsonschema.Draft202012Validator.check_schema(comparison_schema())
    jsonschema.validate(json.loads(json_text(comparison_results(outcome))), comparison_schema())


def test_an_infeasible_design_follows_the_schema(outcome: Comparison) -> None:
    begroting = tuple(row.model_copy(update={"amount": row.outside_contracts}) for row in outcome.case.begroting)
    poor = compare(replace(outcome.case, begroting=begroting), n_scenarios=32, design_scenarios=DESIGN)
    content = json.loads(json_text(comparison_results(poor)))
    jsonschema.validate(content, comparison_schema())
    assert content["schema_version"] == "3"
    assert content["lumpsum"]["outcome"] == "none"
    assert content["lumpsum"]["designs"] == {"headline": None, "plain": None, "free": None}
    assert content["lumpsum"]["conflicts"]
    assert content["lumpsum"]["relaxations"]


def test_both_designs_are_published_whole(outcome: Comparison) -> None:
    """The answer and the sampled optimum without margins: terms, budgets, capital and every limit."""
    own = outcome.lumpsum
    content = comparison_results(outcome)["lumpsum"]
    assert (content["outcome"], content["n_design_scenarios"]) == ("designed", DESIGN)
    for name, judged in (("headline", own.headline), ("plain", own.plain), ("free", own.free)):
        assert judged is not None
        told, design, data = content["designs"][name], judged.design, own.data
        assert list(told["loading"].values()) == design.loading.tolist()
        for c, (provider, lot) in enumerate(data.contracts):
            assert list(told["budget"][f"{provider}/{lot}"].values()) == design.budget[c].tolist()
        for j, lot in enumerate(data.lots):
            assert [layer["share"] for layer in told["layers"][lot.name]] == design.share[j].tolist()
        assert list(told["capital"].values()) == design.capital.tolist()
        assert told["criterion"] == design.criterion
        assert [one["limit"] for one in told["limits"]] == [str(check.limit) for check in judged.checks]
        assert told["joint_certainty"] == judged.joint_certainty
        assert judged.expected is not None
        assert told["expected_spending"]["value"] == judged.expected.value
    # a margin raises loadings, never lowers one, and keeps the shares where it can
    margin = content["margin"]
    assert margin["found"]
    if margin["shares_kept"]:
        assert content["designs"]["headline"]["layers"] == content["designs"]["plain"]["layers"]


def test_the_cover_of_a_year_is_the_stock_up_to_it(outcome: Comparison) -> None:
    """Stock at the start and the additions up to the year (municipalities.reserve, begroting.reserve_addition)."""
    for row in outcome.case.municipalities:
        if not row.reported:
            continue
        told = comparison_results(outcome)["begroting"][row.code]
        stock = row.reserve
        for year in outcome.years:
            added = [one for one in outcome.case.begroting if (one.municipality, one.year) == (row.code, year)]
            stock += sum(one.reserve_addition for one in added)
            assert told[str(year)]["stock"] == pytest.approx(stock)
            assert told[str(year)]["structural_cover"] == pytest.approx(sum(one.structural_cover for one in added))


def test_the_schema_refuses_what_is_missing(outcome: Comparison) -> None:
    content = comparison_results(outcome)
    del content["forms"]["taakgericht"]["parity_gap"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, comparison_schema())


def test_prices_say_how_far_they_hold(outcome: Comparison) -> None:
    content = comparison_results(outcome)["lumpsum"]
    assert [one["limit"] for one in content["shadow_prices"]] == [
        str(one.limit) for one in outcome.lumpsum.price_ranges
    ]
    assert content["shadow_prices"]
    assert all(one["valid_from"] <= 0 <= one["valid_to"] for one in content["shadow_prices"])
    assert set(content["minimum_equity_requirement"]) == {lot.name for lot in outcome.lumpsum.data.lots}


def test_no_times_in_the_results(outcome: Comparison) -> None:
    def keys(node: Any) -> set[str]:
        if isinstance(node, dict):
            return set(node) | {key for value in node.values() for key in keys(value)}
        return {key for value in node for key in keys(value)} if isinstance(node, list) else set()

    assert not {
        key for key in keys(comparison_results(outcome)) if "time" in key or "seconds" in key or "written" in key
    }
