"""The page and the results of a benchmark, in both languages, and what of it is public."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Edit
from plain_language import odd_pieces
from suites import BARE, mini
from typer.testing import CliRunner

from bekostiging.cli import app
from bekostiging.report import benchmark_page, benchmark_results, benchmark_schema, public_results
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import benchmark, read_suite

SCHEMA = Path(__file__).parents[4] / "docs" / "benchmark.schema.json"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    suite = read_suite(mini(tmp_path_factory.mktemp("suite")))
    return json.loads(json.dumps(benchmark_results(benchmark(suite))))  # type: ignore[no-any-return]


def _all_lots(results: dict[str, Any]) -> dict[str, Any]:
    return results["cases"]["tiny"]["lots"]["all_lots"]  # type: ignore[no-any-return]


def test_the_schema_in_docs_is_the_one_in_the_code() -> None:
    """Writes docs/benchmark.schema.json; a difference fails once and is then there to be committed."""
    text = json.dumps(benchmark_schema(), indent=1) + "\n"
    written = SCHEMA.read_text() if SCHEMA.is_file() else ""
    if written != text:
        SCHEMA.write_text(text)
    assert written == text, "docs/benchmark.schema.json was out of date and has been written; commit it"


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_page_has_no_keys_no_jargon_and_one_language(results: dict[str, Any], lang: str) -> None:
    assert odd_pieces(benchmark_page(results, lang), None, lang) == []


def test_results_follow_the_schema(results: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(benchmark_schema())
    jsonschema.validate(results, benchmark_schema())
    jsonschema.validate(public_results(results), benchmark_schema())
    broken = copy.deepcopy(results)
    del _all_lots(broken)["pairs"][0]["certainty"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, benchmark_schema())


@pytest.mark.parametrize(
    ("lang", "heads"),
    [
        (
            "nl",
            (
                "Scorebord",
                "Wie is lager, en hoe zeker is dat",
                "Houdt het stand onder schokken",
                "Wat de beslismodellen zeggen",
                "Vergelijking met gesimuleerde regio&#39;s",
                "Dit blad beveelt geen vorm aan",
            ),
        ),
        (
            "en",
            ("Scoreboard", "Who is lower, and how sure is that", "Beside simulated regions", "recommends no form"),
        ),
    ],
)
def test_the_page_tells_everything(results: dict[str, Any], lang: str, heads: tuple[str, ...]) -> None:
    page = benchmark_page(results, lang)
    for head in heads:
        assert head in page
    assert page.count("<svg") == 1
    assert "Traceback" not in page
    rows = re.findall(r"<tr>", page)
    assert len(rows) > 40


def test_no_order_without_its_certainty(results: dict[str, Any]) -> None:
    """Every rank is an expectation with an error, every pair has a certainty and, where scenarios have one, a share."""
    for lot in results["cases"]["tiny"]["lots"].values():
        assert len(lot["pairs"]) == 3 * 5
        for pair in lot["pairs"]:
            assert 0 <= pair["certainty"] <= 1
            assert (pair["in_scenarios"] is None) == pair["criterion"].startswith("cvar_")
        for score in lot["forms"].values():
            assert all(1 <= one["value"] <= 3 for one in score["ranks"].values())


def test_public_results_are_rounded_and_leave_out_what_is_small(results: dict[str, Any]) -> None:
    changed = copy.deepcopy(results)
    _all_lots(changed)["forms"]["taakgericht"]["figures"]["unserved"] = {"value": 7.0, "standard_error": 1.0}
    _all_lots(changed)["forms"]["outputgericht"]["figures"]["unserved"] = {"value": 23.0, "standard_error": 1.0}
    found = public_results(changed)
    own = _all_lots(found)["forms"]
    assert own["taakgericht"]["figures"]["unserved"] is None
    assert own["outputgericht"]["figures"]["unserved"] == {"value": 25.0, "standard_error": 5.0}
    assert found["cases"]["tiny"]["similar"]["forms"]["taakgericht"]["unserved"] is None
    for lot in found["cases"]["tiny"]["lots"].values():
        for score in lot["forms"].values():
            assert score["figures"]["expected"]["value"] % 10_000 == 0
            assert all(not verdict["conditions"] for verdict in score["verdicts"])
            assert all(flag["subject"] in results["cases"]["tiny"]["lots"] for flag in score["flags"])
    assert found["cases"]["tiny"]["decisions"] == []
    assert "·" in benchmark_page(found, "nl")
    assert "Openbare versie" in benchmark_page(found, "nl")


def test_public_results_hide_a_lot_with_few_providers_or_clients(results: dict[str, Any]) -> None:
    changed = copy.deepcopy(results)
    lots = changed["cases"]["tiny"]["lots"]
    lots["youth"]["n_providers"] = 2
    lots["wmo"]["clients"] = 4.0
    found = public_results(changed)["cases"]["tiny"]["lots"]
    youth = found["youth"]["forms"]["taakgericht"]["figures"]
    assert youth["buffer_exhausted"] is None
    assert youth["concentration"] is None
    assert youth["expected"] is not None
    assert found["youth"]["n_providers"] is None
    assert all(pair["criterion"] != "buffer_exhausted" for pair in found["youth"]["pairs"])
    assert set(found["wmo"]["forms"]["taakgericht"]["figures"].values()) == {None}
    assert found["wmo"]["clients"] is None
    assert found["wmo"]["pairs"] == []
    assert benchmark_page(public_results(changed), "en")


def test_a_begroting_too_small_is_told_and_ends_with_0(folder: Path, tmp_path: Path, edit: Edit) -> None:
    """Of many cases one may have no lump sum: the page is complete, says it is settled at the reference amounts, and the
    results have the outcome."""
    with (folder / "begroting.csv").open() as file:
        n_rows = sum(1 for _ in file) - 1
    for row in range(n_rows):
        edit("begroting", row, "amount", "1000000")
        edit("begroting", row, "outside_contracts", "0")
    suite = mini(tmp_path, *BARE)
    command = ["benchmark", str(suite), "--case", str(folder), "--out", str(tmp_path / "out"), "--workers", "1"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    (case,) = json.loads((tmp_path / "out" / "results.json").read_text())["cases"].values()
    assert case["outcome"] == "none"
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Er bestaat geen taakgericht budget dat aan de grenzen voldoet; taakgericht is hier afgerekend" in page


@pytest.mark.parametrize("called", ["unproven", "breached", "none"])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_outcome_but_designed_is_told(results: dict[str, Any], lang: str, called: str) -> None:
    said = Texts(lang)["benchmark", f"outcome_{called}"]
    for own, shown in (("designed", False), (called, True)):
        case = results["cases"]["tiny"] | {"outcome": own}
        assert (said in benchmark_page(results | {"cases": {"tiny": case}}, lang)) is shown
