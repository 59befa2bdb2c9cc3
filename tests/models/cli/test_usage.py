"""A mistake in the command line: one sentence with the remedy, in the language of the run."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bekostiging.cli import app

MISTAKES = [
    (("check",), "de casus ontbreekt; geef een map", "the case is missing; give a folder"),
    (("new",), "ontbreekt; geef een werkboek (regio.xlsx)", "is missing; give a workbook (region.xlsx)"),
    (("verify",), "het dossier ontbreekt; geef de zip", "the dossier is missing; give the zip"),
    (("benchmark",), "de reeks proeven ontbreekt; geef standard", "the suite is missing; give standard"),
    (("check", "veenrand", "--foo"), "optie --foo bestaat niet; kies uit --lang", "no option --foo; choose from --lang"),
    (("check", "veenrand", "-x"), "optie -x bestaat niet; kies uit", "there is no option -x; choose from"),
    (("compare", "x", "--scenario", "4"), "waarschijnlijk is --scenarios bedoeld", "--scenarios is probably meant"),
    (("compare", "x", "--scenarios", "tien"), "--scenarios tien kan niet; geef een geheel getal van minstens 1",
     "--scenarios cannot be tien; give a whole number of at least 1"),
    (("compare", "x", "--scenarios=0"), "--scenarios 0 kan niet; geef", "--scenarios cannot be 0; give"),
    (("compare", "x", "--overwrite=1"), "achter --overwrite hoort geen waarde; laat haar weg", "takes no value"),
    (("check", "x", "y"), "'y' is te veel; zet een naam met spaties", "'y' is too much; put a name with spaces"),
    (("chek", "x"), "opdracht chek bestaat niet; waarschijnlijk is check bedoeld", "check is probably meant"),
    (("qqqq", "x"), "opdracht qqqq bestaat niet; kies uit benchmark", "no command qqqq; choose from benchmark"),
    (("--foo",), "optie --foo bestaat niet; kies uit --help", "there is no option --foo; choose from --help"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "nl", "en"), MISTAKES, ids=lambda part: " ".join(part)[:30])
def test_a_mistake_is_one_sentence_in_the_language_of_the_run(line: tuple[str, ...], nl: str, en: str) -> None:
    for lang, said, other in (("nl", nl, "Help:"), ("en", en, "Uitleg:")):
        told = CliRunner().invoke(app, [*line, "--lang", lang])
        assert told.exit_code == 2
        assert said in told.stderr, told.stderr
        assert told.stderr.count("\n") == 1
        assert other not in told.stderr
        assert "Usage" not in told.output


def test_an_option_without_its_value() -> None:
    told = CliRunner().invoke(app, ["compare", "veenrand", "--scenarios"])
    assert told.exit_code == 2
    assert "achter --scenarios ontbreekt de waarde; geef een geheel getal van minstens 1" in told.stderr


def test_the_file_of_defaults_tells_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bekostiging.toml").write_text('[defaults]\nlang = "nl"\n[check]\nlang = "en"\n')
    assert "there is no option" in CliRunner().invoke(app, ["check", "veenrand", "--foo"]).stderr
    assert "bestaat niet" in CliRunner().invoke(app, ["compare", "veenrand", "--foo"]).stderr
    assert "bestaat niet" in CliRunner().invoke(app, ["check", "veenrand", "--foo", "--lang", "nl"]).stderr
    Path("bekostiging.toml").write_text("[defaults\n")
    assert "bestaat niet" in CliRunner().invoke(app, ["check", "veenrand", "--foo"]).stderr


def test_a_citizen_service_number_in_a_command_line_is_masked() -> None:
    told = CliRunner().invoke(app, ["check", "veenrand", "--999900006"])
    assert told.exit_code == 2
    assert "999900006" not in told.output
