"""The lump sum alone: the command writes page and JSON, overrides the policy, and refuses what cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bekostiging.case import Case, UserError, with_policy
from bekostiging.cli import app
from bekostiging.report.lumpsum import clause_text
from bekostiging.stress import Comparison, study_lumpsum


def test_it_is_the_lump_sum_of_the_comparison(small_case: Case, outcome: Comparison) -> None:
    """Same futures, same design, same checks."""
    study = study_lumpsum(small_case, n_scenarios=32)
    assert study.lumpsum.design.objective == outcome.lumpsum.design.objective
    assert study.lumpsum.out_of_sample == outcome.lumpsum.out_of_sample


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_command_writes_page_and_numbers(folder: Path, tmp_path: Path, lang: str) -> None:
    place = tmp_path / "budget"
    done = CliRunner().invoke(
        app, ["lumpsum", str(folder), "--scenarios", "32", "--out", str(place), "--lang", lang, "--workers", "1"]
    )
    assert done.exit_code == 0, done.output
    assert {path.name for path in place.iterdir()} == {
        "lumpsum.html",
        "lumpsum.json",
        "manifest.json",
        "resultaten.xlsx",
        "tables",
    }
    found = json.loads((place / "lumpsum.json").read_text())
    assert found["feasible"]
    assert found["alternatives"][0]["cost"] == pytest.approx(0.0, abs=1e-6)
    assert len(found["loading"]) == len(found["lots"])
    page = (place / "lumpsum.html").read_text()
    assert (
        "Alternatieven die vrijwel evenveel kosten" if lang == "nl" else "Alternatives that cost almost"
    ) in page


def test_a_confidence_of_one_is_refused(folder: Path) -> None:
    done = CliRunner().invoke(app, ["lumpsum", str(folder), "--confidence", "1", "--lang", "en"])
    assert done.exit_code == 2
    assert not isinstance(done.exception, UserError)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"confidence": 0.0}, "--confidence 0: may be from 0.5 to 0.999"),
        ({"confidence": 1.0}, "--confidence 1: may be from 0.5 to 0.999"),
        ({"risk_weight": 1.5}, "--risk-weight 1.5: may be from 0 to 1"),
    ],
)
def test_policy_numbers_outside_their_range(small_case: Case, given: dict[str, float], told: str) -> None:
    with pytest.raises(UserError, match=told):
        with_policy(small_case, **given)


def test_a_policy_given_on_the_command_line_replaces_that_of_the_case(small_case: Case) -> None:
    changed = with_policy(small_case, confidence=0.9, risk_weight=None)
    assert changed.number("confidence") == 0.9
    assert changed.number("risk_weight") == small_case.number("risk_weight")
    assert sum(row.name == "confidence" for row in changed.policy) == 1


def test_choices_say_what_a_tenth_does(small_case: Case) -> None:
    """Dearer capital never makes the lump sum cheaper; words and rows the design does not read have no sensitivity."""
    study = study_lumpsum(small_case, n_scenarios=32, n_years=2)
    rows = {(one.name, one.scope): one for one in study.choices}
    assert len(rows) == len(small_case.policy)
    capital = rows["cost_of_capital", "case"]
    assert capital.up is not None
    assert capital.down is not None
    assert capital.up >= -1
    assert capital.down <= 1
    assert capital.higher == pytest.approx(1.1 * small_case.number("cost_of_capital"))
    assert (rows["certainty", "case"].lower, rows["certainty", "case"].up) == (None, None)


def test_the_contract_text_bears_the_decided_numbers(small_case: Case) -> None:
    study = study_lumpsum(small_case, n_scenarios=32, n_years=2)
    told = clause_text(study)
    assert len(told) == len(small_case.lots)
    for j, paragraph in enumerate(told):
        share = float(study.lumpsum.design.share[j][-1])
        assert f"{round(100 * share, 1):.1f}".replace(".", ",") in paragraph
        assert "{" not in paragraph


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
            "--out",
            str(place),
            "--lang",
            "en",
            "--workers",
            "1",
            *asked,
        ],
    )
    assert done.exit_code == 0, done.output
    found = json.loads((place / "lumpsum.json").read_text())
    assert found["simple"] == {"changes": 1, "shares": [0.0, 0.4, 0.8]}
    assert found["futures_needed"] >= 1
    assert set(found["forms"]) <= {"taakgericht", "inspanningsgericht", "outputgericht", "maatwerktraject"}
    for own in found["share"]:
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
        ("--bands", "-1", "--bands -1: may not be negative"),
        ("--shares", "2", "--shares 2: must be between 0 and 1"),
        ("--precision", "0", "--precision 0: must be a positive number of euro"),
    ],
)
def test_options_that_cannot_be(folder: Path, tmp_path: Path, option: str, value: str, told: str) -> None:
    done = CliRunner().invoke(
        app,
        ["lumpsum", str(folder), "--scenarios", "32", "--out", str(tmp_path / "x"), "--lang", "en", "--workers", "1",
         option, value],
    )  # fmt: skip
    assert done.exit_code == 2
    assert told in " ".join(done.output.split())
    assert not (tmp_path / "x").exists()
