"""The lump sum alone: the command writes page and JSON, overrides the policy, and refuses what cannot be."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from conftest import DESIGN
from markupsafe import escape
from typer.testing import CliRunner

import bekostiging.studies
from bekostiging.case import Case, UserError, read_case, with_policy, write_case
from bekostiging.cli import app
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.notes import alarms
from bekostiging.report import comparison_schema, presented
from bekostiging.report.comparison.results import comparison_results
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.contract_text import ContractText
from bekostiging.report.lumpsum.schema import lumpsum_schema
from bekostiging.scenarios.selfcheck import Alarm
from bekostiging.studies import LumpSumStudy

SCHEMA = lumpsum_schema() | {"$defs": comparison_schema()["$defs"]}
"""The part of results.json that lumpsum.json has as well."""


def test_it_is_the_lump_sum_of_the_comparison(lumpsum_study: LumpSumStudy, outcome: Comparison) -> None:
    """Same scenarios, same designs, same checks; and both files say the same of them."""
    study = lumpsum_study
    assert study.lumpsum.design.criterion == outcome.lumpsum.design.criterion
    assert study.lumpsum.headline.checks == outcome.lumpsum.headline.checks
    assert study.lumpsum.plain.checks == outcome.lumpsum.plain.checks
    told, compared = presented(study, "nl").results(), comparison_results(outcome)
    jsonschema.validate(told["lumpsum"], SCHEMA)
    assert told["lumpsum"] == compared["lumpsum"]
    assert told["schema_version"] == compared["schema_version"] == "3"


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_command_writes_page_and_numbers(
    folder: Path, tmp_path: Path, lang: str, lumpsum_study: LumpSumStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked is passed on; the study itself is made once for all tests."""
    asked: dict[str, Any] = {}

    def studied(case: Case, **options: Any) -> LumpSumStudy:
        asked.update(options)
        return lumpsum_study

    monkeypatch.setattr(bekostiging.studies, "study_lumpsum", studied)
    place = tmp_path / "budget"
    done = CliRunner().invoke(
        app,
        [
            "lumpsum",
            str(folder),
            "--scenarios",
            "32",
            "--design-scenarios",
            str(DESIGN),
            "--out",
            str(place),
            "--lang",
            lang,
            "--workers",
            "1",
        ],
    )
    assert done.exit_code == 0, done.output
    assert (asked["n_scenarios"], asked["design_scenarios"], asked["workers"]) == (32, DESIGN, 1)
    assert {path.name for path in place.iterdir()} == {
        "lumpsum.html",
        "lumpsum.json",
        "manifest.json",
        "resultaten.xlsx",
        "resultaten-lang.xlsx",
        "case.zip",
        "papers.json",
        "tables",
        "verken.html",
    }
    found = json.loads((place / "lumpsum.json").read_text())
    assert found["lumpsum"]["outcome"] == "designed"
    jsonschema.validate(found["lumpsum"], SCHEMA)
    first = found["alternatives"][0]
    assert first["expected_spending"]["value"] == first["tail_spending"]["value"] == 0
    for name in ("headline", "plain"):
        assert list(found["lumpsum"]["designs"][name]["loading"]) == found["lots"]
    page = (place / "lumpsum.html").read_text()
    assert (
        "Andere afspraken die bijna even goed zijn" if lang == "nl" else "Other agreements that are almost as good"
    ) in page


def test_a_confidence_of_one_is_refused(folder: Path) -> None:
    done = CliRunner().invoke(app, ["lumpsum", str(folder), "--confidence", "1", "--lang", "en"])
    assert done.exit_code == 2
    assert not isinstance(done.exception, UserError)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"confidence": 0.0}, "confidence is 0, allowed is a number from 0.5 to 0.999"),
        ({"confidence": 1.0}, "confidence is 1, allowed is a number from 0.5 to 0.999"),
        ({"risk_weight": 1.5}, "risk_weight is 1.5, allowed is a number from 0 to 1"),
    ],
)
def test_policy_numbers_outside_their_range(small_case: Case, given: dict[str, float], told: str) -> None:
    with pytest.raises(UserError, match=told):
        with_policy(small_case, **given)


def test_a_policy_given_on_the_command_line_replaces_that_of_the_case(small_case: Case) -> None:
    changed = with_policy(small_case, confidence=0.9, risk_weight=None)
    assert changed.policy.confidence == 0.9
    assert changed.policy.risk_weight == small_case.policy.risk_weight
    assert sum(row.name == "confidence" for row in changed.policy) == 1


def test_choices_say_what_a_tenth_does(small_case: Case, lumpsum_study: LumpSumStudy) -> None:
    """A return a tenth up asks another lump sum, told in expected and tail spending; what is not read has no sensitivity."""
    study = lumpsum_study
    rows = {(one.name, one.scope): one for one in study.choices}
    assert len(rows) == len(small_case.policy)
    capital = rows["cost_of_capital", "case"]
    now = small_case.policy.cost_of_capital
    for tried, value in ((capital.lower, 0.9 * now), (capital.higher, 1.1 * now)):
        assert tried is not None
        assert tried.value == pytest.approx(value)
        assert (tried.expected is None) == (tried.tail is None)
    assert capital.lower is not None
    assert capital.lower.expected is not None  # a smaller return is easier to pay
    assert (rows["certainty", "case"].lower, rows["certainty", "case"].higher) == (None, None)


def test_the_contract_text_is_that_of_the_headline(lumpsum_study: LumpSumStudy) -> None:
    """Budgets and shares to be signed are those with the margin; those without margin stand beside it."""
    result = lumpsum_study.lumpsum
    assert result.plain.design is not result.design
    page = presented(lumpsum_study, "nl").page()
    signed, beside = (
        ContractText(lumpsum_study.case, result.data, one) for one in (result.design, result.plain.design)
    )
    for line in (*signed.lines(), *beside.settlement_lines()):
        assert "{" not in line
        assert str(escape(line)) in page
    for text, design in ((signed, result.design), (beside, result.plain.design)):
        budgets = [row[-1] for row in text.amounts()[1:]]
        assert budgets == [Texts("nl").numbers.plain(float(one)) for one in design.budget[:, 0]]
        assert all(f">{one}</td>" in page for one in budgets)
    assert page.index(signed.lines()[0]) < page.rindex(beside.settlement_lines()[0])


@pytest.mark.slow
def test_a_simple_agreement_with_its_own_edges_and_a_mix(folder: Path, tmp_path: Path) -> None:
    """What was asked is said, the design keeps to it, and the contract text speaks of lump sums only."""
    place = tmp_path / "simple"
    asked = ["--bands", "1", "--shares", "0,0.4,0.8", "--edges", "0.03,0.08", "--mix", "--precision", "250000"]
    done = CliRunner().invoke(
        app,
        [
            "lumpsum",
            str(folder),
            "--scenarios",
            "32",
            "--design-scenarios",
            str(DESIGN),
            "--years",
            "1",
            "--out",
            str(place),
            "--lang",
            "en",
            "--workers",
            "1",
            *asked,
        ],
    )
    found = json.loads((place / "lumpsum.json").read_text())
    assert done.exit_code == (0 if found["lumpsum"]["outcome"] == "designed" else 3), done.output
    assert found["simple"] == {"changes": 1, "shares": [0.0, 0.4, 0.8], "free_zone": True}
    assert found["scenarios_needed"] >= 1
    headline = found["lumpsum"]["designs"]["headline"]
    assert set(headline["forms"].values()) <= {
        "taakgericht",
        "inspanningsgericht",
        "outputgericht",
        "maatwerktraject",
    }
    for layers in headline["layers"].values():
        own = [layer["share"] for layer in layers]
        assert len(own) == 6
        assert {round(value, 6) for value in own} <= {0.0, 0.4, 0.8}
        assert len(set(np.round(own[:3], 6))) <= 2
    page = (place / "lumpsum.html").read_text()
    for told in ("changes of share per side: at most 1", "shares from 0", "edges of layers at ± 3"):
        assert told in page
    assert "To know every limit to ± 250,000 euro" in page


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--shares", "0,half", "--shares 0,half: give numbers with a point, separated by commas"),
        ("--edges", "0.2,0.1", "--edges 0.2,0.1: must rise between 0 and 1"),
        ("--bands", "-1", "--bands -1: give a whole number of 0 or more"),
        ("--shares", "2", "--shares 2: must be between 0 and 1"),
        ("--precision", "0", "--precision 0.0: give a number larger than 0"),
    ],
)
def test_options_that_cannot_be(folder: Path, tmp_path: Path, option: str, value: str, told: str) -> None:
    done = CliRunner().invoke(
        app,
        ["lumpsum", str(folder), "--scenarios", "32", "--design-scenarios", str(DESIGN), "--out", str(tmp_path / "x"),
         "--lang", "en", "--workers", "1", option, value],
    )  # fmt: skip
    assert done.exit_code == 2
    assert told in " ".join(done.output.split())
    assert not (tmp_path / "x").exists()


def test_an_alarm_of_the_self_check_stands_above_the_answer(
    lumpsum_study: LumpSumStudy, outcome: Comparison
) -> None:
    """Once, as a warning, on the page of the study and on that of the comparison."""
    for study in (lumpsum_study, outcome):
        assert study.self_check is not None
        alarm = Alarm("units", "a cell", 1.0, 2.0, 1e-9)
        alarmed = replace(study, self_check=replace(study.self_check, alarms=(alarm,)))
        alarmed = replace(alarmed, notes=(*alarms(alarmed.self_check), *study.notes))
        page = presented(alarmed, "nl").page()
        warning = page.index('<p class="warning">ALARM')
        assert warning < page.index("<h2")
        said = alarms(alarmed.self_check)[0]["nl"]
        assert page.count(str(escape(said))) == 1


@pytest.mark.slow
def test_a_page_without_a_lump_sum_says_what_would_do(tmp_path: Path) -> None:
    """The invented region with less begroot: no lump sum keeps its limits, and the page has no design and no amounts, and is
    written."""
    place, case = tmp_path / "out", read_case("veenrand")
    less = tuple(row.model_copy(update={"amount": 0.85 * row.amount}) for row in case.begroting)
    write_case(replace(case, begroting=less), tmp_path / "tight", "nl")
    done = CliRunner().invoke(
        app,
        [
            "lumpsum",
            str(tmp_path / "tight"),
            "--scenarios",
            "64",
            "--design-scenarios",
            "64",
            "--out",
            str(place),
            "--lang",
            "nl",
        ],
    )
    assert done.exit_code == 3, done.output
    page = (place / "lumpsum.html").read_text(encoding="utf-8")
    assert "Er bestaat geen taakgericht budget dat aan de grenzen voldoet" in page
    assert "Welk bedrag in de begroting" not in page
    assert "begroting van Turfhaven in 2028–2031" in page
