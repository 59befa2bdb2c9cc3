"""Risk equalisation from the command line: page and JSON, own clients, suppression, and refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import DESIGN
from typer.testing import CliRunner

from bekostiging.case import Case
from bekostiging.cli import app
from bekostiging.equalisation import NormAmounts
from bekostiging.report.equalisation.page import equalisation_sections, equalisation_sentences
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import EqualisationStudy, study_equalisation
from bekostiging_solvers import Estimate

NL = Texts("nl")


@pytest.fixture(scope="module")
def study(small_case: Case) -> EqualisationStudy:
    return study_equalisation(
        small_case,
        NormAmounts(order=[("guidance/licht", "guidance/zwaar")]),
        n_scenarios=32,
        design_scenarios=DESIGN,
    )


def _run(folder: Path, place: Path, *extra: str) -> tuple[int, str]:
    command = [
        "equalise",
        str(folder),
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


def test_profiles_are_flagged_without_their_registration(study: EqualisationStudy) -> None:
    """The region pays per hour: nobody registers profiles, and whoever would is the provider."""
    assert not any(adjuster.observable for adjuster in study.clients.adjusters)
    assert all(adjuster.influenceable for adjuster in study.clients.adjusters)


def test_norm_amounts_of_simulated_clients_follow_their_profiles(study: EqualisationStudy) -> None:
    """Both profiles of a care form differ by intensity alone, 0.7 and 1.45: so do their amounts, within four errors."""
    amount = dict(zip(study.clients.names, study.model.coef_, strict=True))
    error = dict(zip(study.clients.names, study.interval.error, strict=True))
    for form in ("guidance", "mental_care", "wmo_guidance"):
        light, heavy = f"{form}/licht", f"{form}/zwaar"
        ratio = amount[heavy] / amount[light]
        spread = ratio * np.hypot(error[heavy] / amount[heavy], error[light] / amount[light])
        assert abs(ratio - 1.45 / 0.7) < 4 * spread


@pytest.mark.parametrize(
    ("forms", "now", "said"),
    [(0.02, 0.01, "het werk van de profielen"), (0.0101, 0.0099, "voegen aan één bedrag per zorgvorm niets toe"),
     (0.01, 0.02, "Eén bedrag per zorgvorm verdeelt hier beter")],
)  # fmt: skip
def test_profiles_are_judged_against_an_amount_per_care_form(
    study: EqualisationStudy, forms: float, now: float, said: str
) -> None:
    """Which is nearly free: one amount for everybody is no fair rival. As printed, so no more than the page shows."""
    methods = dict(study.methods) | {"care_form": replace(study.methods["care_form"], largest=forms)}
    judged = replace(study, methods=methods, measures=replace(study.measures, largest=now))
    (sentence,) = (one for one in equalisation_sentences(judged, Texts("nl")) if "per zorgvorm" in one)
    assert said in sentence


@pytest.mark.parametrize(("now", "verdict"), [(0.01, "better"), (0.06, "worse"), (0.05001, "equal")])
def test_what_profiles_add_is_read_off_the_table_of_methods(
    study: EqualisationStudy, now: float, verdict: str
) -> None:
    """The hardest hit provider at 5.0 % with one amount per care form, beside 1.0, 6.0 and 5.0 % with these amounts."""
    methods = {name: replace(one, largest=0.05) for name, one in study.methods.items()}
    own = replace(study, methods=methods, measures=replace(study.measures, largest=now))
    said = NL.sections["equalisation"]
    told = " ".join(equalisation_sentences(own, NL))
    for other in ("better", "worse", "equal"):
        assert (said[f"forms_{other}"] in told) == (other == verdict), other
    shown = next(one for one in equalisation_sections(own, NL) if one.title == said["methods"]).tables[0]
    rows = {row[0]: row[1] for row in shown}
    assert rows[said["asked"]] == NL.numbers.percent(now, 1)
    assert f"met deze normbedragen {rows[said['asked']]}" in told
    assert f"per zorgvorm {rows[said['care_form']]}" in told


GAINS = {"better": (9.0, True), "worse": (-9.0, True), "not_shown": (0.5, True), "too_few": (9.0, False)}
"""Gain with an error of one, and whether there are enough clients: the interval lies above zero, below it, or about it."""


@pytest.mark.parametrize("verdict", GAINS)
def test_a_lot_has_one_verdict_and_the_share_of_its_table(study: EqualisationStudy, verdict: str) -> None:
    """A quarter of the squared error removed, give or take a tenth of a percent."""
    gain, enough = GAINS[verdict]
    first = replace(study.lots[0], gain=Estimate(gain, 1.0), removed=Estimate(0.25, 0.001), enough=enough)
    own = replace(study, lots=(first,))
    section = next(
        one for one in equalisation_sections(own, NL) if one.title == NL.sections["equalisation"]["by_lot"]
    )
    told = " ".join(section.notes)
    words = {
        "better": "beter dan",
        "worse": "iets slechter",
        "not_shown": "niet aangetoond",
        "too_few": "te weinig",
    }
    assert words[verdict] in told
    assert ("tussen 24,8 en 25,2" in told) == (verdict == "better")
    removed = NL.numbers.estimated_percent(first.removed)
    assert section.tables[0][1][4] == (removed if enough else NL.sections["equalisation"]["too_few"])


def test_transfers_sum_to_zero_and_pools_lower_the_tail(study: EqualisationStudy) -> None:
    assert sum(round(100 * value) for value in study.transfers.values()) == 0
    assert study.pools
    for pool in study.pools:
        assert pool.design.risk <= pool.design.tail_before.max() + 1e-9
        assert (pool.design.power >= study.power - 1e-9).all()
        assert abs(sum(one.value for one in pool.received)) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_command_writes_page_and_numbers(folder: Path, tmp_path: Path, lang: str) -> None:
    place = tmp_path / "found"
    code, output = _run(folder, place, "--lang", lang, "--order", "guidance/licht<guidance/zwaar")
    assert code == 0, output
    found = json.loads((place / "results.json").read_text())["equalisation"]
    assert {"norm_amounts", "groups", "transfers"} <= found.keys()
    assert [one["lot"] for one in found["lots"]] == ["youth", "residential", "wmo"]
    assert {one["verdict"] for one in found["lots"]} <= {"better", "not_shown", "worse"}
    assert found["gap"] < 1e-6
    page = (place / "report.html").read_text()
    assert (
        "Wie wordt over- of ondergecompenseerd" if lang == "nl" else "Who is over- or undercompensated"
    ) in page
    assert ("perceel: Verblijf" if lang == "nl" else "lot: Residential") in page
    assert ("misleiden" if lang == "nl" else "mislead") in page


def test_own_clients_and_small_groups_suppressed_everywhere(folder: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = ["provider,profile,cost,town"]
    for k in range(120):
        town = "tiny" if k < 7 else ("small" if k < 30 else "large")
        rows.append(f"p{k % 3},{'abc'[k % 3] if k < 60 else 'abc'[k % 2]},{rng.lognormal(8, 0.5):.2f},{town}")
    clients = tmp_path / "clients.csv"
    clients.write_text("\n".join(rows) + "\n")
    place = tmp_path / "found"
    code, output = _run(folder, place, "--clients", str(clients), "--lang", "en")
    assert code == 0, output
    found = json.loads((place / "results.json").read_text())["equalisation"]
    towns = {one["label"]: one for one in found["groups"] if one["partition"] == "town"}
    assert towns["fewer_than_ten"]["clients"] is None  # a label of seven persons is not printed at all
    assert "tiny" not in json.dumps(found)
    assert towns["small"]["mean_cost"] is None
    assert towns["large"]["clients"] == 90
    page = (place / "report.html").read_text().replace("\n", "")
    assert "town: fewer than 10 clients</th><td>suppressed" in page
    assert "tiny" not in page


def test_few_skewed_clients_have_no_interval_on_page_and_in_results(folder: Path, tmp_path: Path) -> None:
    """Of 300 clients with a coefficient of variation of 0.3 an interval; of 30 with one of 3 or so none, nor an error."""
    rng = np.random.default_rng(3)
    rows = ["provider,profile,cost,lot,care_form"]
    for k in range(330):
        profile, spread = ("even", 0.3) if k < 300 else ("skewed", 1.5)
        rows.append(f"p{k % 3},{profile},{rng.lognormal(8, spread):.2f},west,guidance")
    rows[-1] = "p1,skewed,900000.00,west,guidance"
    clients = tmp_path / "clients.csv"
    clients.write_text("\n".join(rows) + "\n")
    place = tmp_path / "found"
    code, output = _run(folder, place, "--clients", str(clients), "--lang", "nl")
    assert code == 0, output
    results = json.loads((place / "results.json").read_text())["equalisation"]
    found = {one["profile"]: one for one in results["norm_amounts"]}
    assert found["even"]["enough_clients"]
    assert found["even"]["low"] < found["even"]["amount"] < found["even"]["high"]
    assert not found["skewed"]["enough_clients"]
    assert found["skewed"]["amount"] > 0
    assert (found["skewed"]["low"], found["skewed"]["high"], found["skewed"]["standard_error"]) == (
        None,
        None,
        None,
    )
    (lot,) = results["lots"]
    assert (lot["lot"], lot["alternative"], lot["clients"]) == ("west", "care_form", 330.0)
    page = (place / "report.html").read_text()
    assert "te weinig cliënten voor een interval" in page
    assert "In perceel west zijn er te weinig cliënten om te zeggen of profielen beter voorspellen" in page


@pytest.mark.parametrize(
    ("extra", "code", "said"),
    [
        (("--group-bound", "municipality:nowhere=0:0"), 2, "there is no group municipality:nowhere"),
        (("--group-bound", "municipality"), 2, "write name=-50:50"),
        (("--group-bound", "municipality:gemeente-1=50:-50"), 2, "the lowest first"),
        (("--group-bound", "municipality:gemeente-1=90000:90001"), 3, "contradict each other"),
        (("--order", "guidance/licht"), 2, "write light<heavy"),
        (("--method", "ridge"), 2, "there is no method ridge"),
        (("--shrinkage", "much"), 2, "shrinkage 'much': give a number"),
        (("--power", "2"), 2, "--power 2.0: give a number from 0 to 1"),
        (("--clients", "nowhere.csv"), 2, "there is no such file"),
    ],
)
def test_mistakes_are_one_sentence_and_leave_nothing(
    folder: Path, tmp_path: Path, extra: tuple[str, ...], code: int, said: str
) -> None:
    place = tmp_path / "found"
    found, output = _run(folder, place, "--lang", "en", *extra)
    assert found == code, output
    assert said in output
    assert "Traceback" not in output
    assert not place.exists()
