"""``bekostiging stress``: nothing asked is refused; what is asked stands on the page, in the tables and in results.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bekostiging.case import Case, UserError
from bekostiging.cli import app
from bekostiging.evaluation import Comparison
from bekostiging.studies import stress, study_stress


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch, outcome: Comparison) -> list[dict[str, Any]]:
    """How often a comparison was asked for; it is there already."""
    asked: list[dict[str, Any]] = []

    def compare(case: Case, **options: Any) -> Comparison:
        asked.append(options)
        return outcome

    monkeypatch.setattr(stress, "compare", compare)
    return asked


def test_nothing_asked_is_refused_before_anything_is_computed(
    folder: Path, tmp_path: Path, made: list[dict[str, Any]]
) -> None:
    done = CliRunner().invoke(app, ["stress", str(folder), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "stress: er is niets gevraagd; vraag iets met --shock" in done.output
    assert not made
    assert not (tmp_path / "out").exists()


def test_a_word_nobody_knows_is_refused_before_anything_is_computed(
    small_case: Case, made: list[dict[str, Any]]
) -> None:
    for asked in ({"shocks": ["x"]}, {"views": ["x"]}, {"targets": ["x"]}, {"views": ["x"], "form": "x"}):
        with pytest.raises(UserError):
            study_stress(small_case, **asked)  # type: ignore[arg-type]
    assert not made


def test_the_command_writes_a_folder_like_the_others(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "out"
    asked = ["--view", "P(use >= 0) = 0.1..0.9", "--reverse", "begroting"]
    done = CliRunner().invoke(app, ["stress", str(folder), *asked, "--scenarios", "32", "--out", str(place)])
    assert done.exit_code == 0, done.output
    assert f"Rapport: {place / 'report.html'}" in done.output.replace("\n", "")
    found = json.loads((place / "results.json").read_text())
    assert found["stress"]["shocks"] is None
    assert found["stress"]["views"]["views"] == ["P(use >= 0) = 0.1..0.9"]
    assert found["stress"]["reverse"][0]["target"] == "begroting"
    assert found["self_check"]["n_statistics"] > 100
    page = (place / "report.html").read_text()
    assert all(text in page for text in ("Met een oordeel over de toekomst", "Wat het breekt"))
    assert {"oordelen.csv", "wat_breekt.csv"} <= {one.name for one in (place / "tables").iterdir()}
