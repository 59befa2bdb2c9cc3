"""Sharing from the command line: page, JSON and table, zero in sum, and refusals."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import DESIGN
from typer.testing import CliRunner

from bekostiging.case import Case, synthetic_region
from bekostiging.cli import app
from bekostiging.studies import IN_FORCE, SharingStudy, study_sharing


@pytest.fixture(scope="module")
def study() -> SharingStudy:
    return study_sharing(synthetic_region(municipalities=3, providers=6), n_scenarios=64, design_scenarios=64)


def _run(case: str, place: Path, *extra: str) -> tuple[int, str]:
    command = [
        "share",
        case,
        "--scenarios",
        "32",
        "--design-scenarios",
        str(DESIGN),
        "--workers",
        "1",
        "--out",
        str(place),
        *extra,
    ]
    done = CliRunner().invoke(app, command)
    return done.exit_code, " ".join(done.output.split())


def test_every_key_divides_the_same_euros_in_every_scenario_and_year(study: SharingStudy) -> None:
    total = np.rint(100 * study.data.paid[IN_FORCE].sum(axis=2)).astype(np.int64)
    for paid in study.data.paid.values():
        np.testing.assert_array_equal(np.rint(100 * paid.sum(axis=2)).astype(np.int64), total)


def test_the_key_in_force_is_that_of_the_lots(study: SharingStudy) -> None:
    """The region shares by use: in force and actual use are one, and nobody would be cheaper off alone."""
    np.testing.assert_array_equal(study.data.paid[IN_FORCE], study.data.paid["actual_use"])
    assert study.core[IN_FORCE].holds
    assert {"fixed", "history"} == set(study.skipped)


def test_cost_by_municipality_adds_up_to_the_cost_of_the_contracts(study: SharingStudy) -> None:
    """Paid per hour at the tariff, cost is tariff minus margin: within a fifth of what is paid."""
    cost, paid = study.data.cost.sum(axis=1).mean(axis=0), study.data.used.mean(axis=0)
    assert (cost > 0.8 * paid).all()
    assert (cost < 1.05 * paid).all()


def test_a_lump_sum_in_force_is_the_designed_one(small_case: Case) -> None:
    lots = tuple(row.model_copy(update={"payment_form": "taakgericht"}) for row in small_case.lots)
    found = study_sharing(replace(small_case, lots=lots), n_scenarios=32, design_scenarios=DESIGN)
    plain = study_sharing(small_case, n_scenarios=32, design_scenarios=DESIGN)
    spread = [np.std(one.data.used.sum(axis=1)) for one in (found, plain)]
    assert spread[0] < spread[1]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_command_writes_page_numbers_and_table(folder: Path, tmp_path: Path, lang: str) -> None:
    place = tmp_path / "found"
    code, output = _run(str(folder), place, "--lang", lang, "--table", "--exit-cost", "1000")
    assert code == 0, output
    found = json.loads((place / "results.json").read_text())["sharing"]
    assert {"keys", "nucleolus", "shapley", "core_violation"} <= found.keys()
    together = found["together"]["surcharge"]["value"]
    assert sum(one["value"] for one in found["nucleolus"]["surcharge"].values()) == pytest.approx(together)
    page = (place / "report.html").read_text()
    assert (
        "Wat is elke gemeente de samenwerking waard" if lang == "nl" else "What the cooperation is worth"
    ) in page
    with (place / "coalitions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";" if lang == "nl" else ","))
    assert [row[0] for row in rows[1:]] == ["gemeente-1", "gemeente-2", "gemeente-1 gemeente-2"]


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (("--game", "expected_cost"), "expected cost is additive"),
        (("--game", "poker"), "choose from surcharge, fixed_parts, joint_contract"),
        (("--solidarity", "2"), "--solidarity is 2, allowed is a number from 0 to 1"),
        (("--high-cost-threshold", "0"), "--high-cost-threshold is 0, allowed is a number from 1"),
    ],
)
def test_mistakes_are_one_sentence_and_leave_nothing(
    folder: Path, tmp_path: Path, extra: tuple[str, ...], said: str
) -> None:
    place = tmp_path / "found"
    code, output = _run(str(folder), place, "--lang", "en", *extra)
    assert code == 2, output
    assert said in output
    assert not place.exists()


def test_one_municipality_has_nobody_to_share_with(tmp_path: Path) -> None:
    code, output = _run("almere", tmp_path / "found", "--lang", "en")
    assert code == 1
    assert "sharing asks at least two reported municipalities" in output


@pytest.mark.parametrize("n_scenarios", [20, 32])
def test_few_futures_of_many_euros_have_a_proved_nucleolus(n_scenarios: int) -> None:
    """Tens of millions of euros and many ties: in euros HiGHS called these programs infeasible, or gave up."""
    region = synthetic_region(municipalities=8, providers=12)
    (solved,) = study_sharing(
        region, n_scenarios=n_scenarios, design_scenarios=n_scenarios, game="surcharge"
    ).games
    assert solved.certified
    assert sum(one.value for one in solved.nucleolus) == pytest.approx(solved.together.value, rel=1e-9)


def test_a_table_of_sixteen_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="65535 coalitions"):
        study_sharing(synthetic_region(municipalities=16, providers=6), table=True)
