"""Suites: those that are shipped, those of a user, and every mistake in one sentence with the nearest that is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from suites import MINI, mini

from bekostiging.case import UserError
from bekostiging.studies import SHIPPED, read_suite, suite_cases


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_suites_are_whole(name: str) -> None:
    suite = read_suite(name)
    assert suite.name == name
    assert {row.status for row in suite.shock} <= {"published", "estimated", "illustrative"}
    for _, case in suite_cases(suite):
        known = {row.id for row in case.shocks}
        assert {part for shock in suite.shocks for part in shock.split("+")} <= known


def test_simulated_regions_say_how_large_they_are() -> None:
    titles = [case.title for _, case in suite_cases(read_suite("scale"))]
    assert titles[0]["nl"] == "Voorbeeldregio, 1 gemeente en 6 aanbieders"
    assert titles[2]["en"] == "Synthetic region, 40 municipalities and 120 providers"


def test_a_file_is_read_and_kept_as_it_is(tmp_path: Path) -> None:
    path = mini(tmp_path)
    suite = read_suite(path)
    assert suite.text == path.read_text()
    assert [case.name for _, case in suite_cases(suite)] == ["tiny"]


def test_cases_of_the_command_line_replace_those_of_the_suite(tmp_path: Path) -> None:
    suite = read_suite(mini(tmp_path)).with_cases(["almere"])
    assert [case.name for _, case in suite_cases(suite)] == ["almere"]
    assert read_suite(mini(tmp_path)).with_cases([]).region


def test_a_shock_of_the_suite_goes_before_that_of_the_case(tmp_path: Path) -> None:
    """Almere has a shock ``growth`` of 1.03153; the suite's own is 1.2 and holds for every case."""
    suite = read_suite(mini(tmp_path)).with_cases(["almere"])
    ((_, case),) = suite_cases(suite)
    assert [row.factor for row in case.shocks if row.id == "growth"] == [1.2]
    assert "use_2020" in {row.id for row in case.shocks}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"taakgericht"', '"taakgerich"'), "payment_forms: 'taakgerich' does not exist"),
        (('"taakgericht"', '"taakgerich"'), "does not exist; did you mean taakgericht?"),
        (('["lumpsum"]', '["lumpsums"]'), "decision_models: 'lumpsums' does not exist"),
        (('["lumpsum"]', '["lumpsums"]'), "did you mean lumpsum?"),
        (
            ('shocks = ["growth"]', 'shocks = ["grow"]'),
            "shock 'grow' is neither in the suite nor in table shocks of case tiny",
        ),
        (('shocks = ["growth"]', 'shocks = ["grow"]'), "did you mean growth?"),
        (('shocks = ["growth"]', 'shocks = ["growth+prises"]'), "shock 'prises'"),
        (("scenarios = 32", "scenarois = 32"), "'scenarois' does not exist"),
        (("scenarios = 32", "scenarois = 32"), "did you mean scenarios?"),
        (("seed = 1", ""), "seed: is missing; fill it in"),
        (("years = 2", "years = 0"), "years: 0 is not allowed here"),
        (("confidence = [0.9]", "confidence = [90]"), "confidence: 90 must be from 0.5 to 0.999"),
        (("factor = 1.2", "factor = -1"), "shock.0.factor: -1 is not allowed here"),
        (("years = 2", "years = ["), "is not valid TOML"),
        (("cases = []", 'cases = ["almeer"]'), "Suite mini: Case almeer is no folder"),
        (("cases = []", 'cases = ["almeer"]'), "Did you mean almere?"),
        (("cases = []", 'cases = ["almere", "almere"]'), "case 'almere' is in it twice"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    assert change[0] in MINI
    path = tmp_path / "mini.toml"
    path.write_text(MINI.replace(*change, 1))
    with pytest.raises(UserError) as told:
        suite_cases(read_suite(path))
    assert said in told.value.text("en")
    assert told.value.text("nl") != told.value.text("en")


def test_an_unknown_suite_and_one_without_a_case(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no known name; give a TOML file, or did you mean standard\?"):
        read_suite("standaard")
    path = tmp_path / "none.toml"
    path.write_text(MINI[: MINI.index("[[region]]")])
    with pytest.raises(UserError, match="names no case; give one with case"):
        suite_cases(read_suite(path))
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="is no text in UTF-8"):
        read_suite(path)
