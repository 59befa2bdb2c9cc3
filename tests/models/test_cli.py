"""The commands as a user types them: exit codes, one sentence per mistake, no traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import DESIGN, Edit

PROGRAM = Path(sys.executable).parent / "bekostiging"
FEW = ("--scenarios", "32", "--design-scenarios", str(DESIGN), "--years", "2", "--workers", "1")
"""A comparison that is there soon, designed within all limits in the small case."""


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the installed command; wide terminal so that sentences do not wrap."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "COLUMNS": "200"},
    )


def test_compare_writes_a_report(folder: Path, tmp_path: Path) -> None:
    done = run("compare", folder, *FEW, "--out", tmp_path / "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "taakgericht" in done.stdout
    assert (tmp_path / "out" / "report.html").is_file()
    assert "Traceback" not in done.stderr
    again = run("compare", folder, *FEW, "--out", tmp_path / "out", cwd=tmp_path)
    assert again.returncode == 2
    assert "bestaat al; kies een andere met --out, of vervang haar met --overwrite." in again.stderr


@pytest.mark.slow
def test_workers_and_languages_give_the_same_results(folder: Path, tmp_path: Path) -> None:
    for name, workers, lang in (("one", "1", "nl"), ("two", "2", "en")):
        options = (*FEW[:-1], workers, "--out", tmp_path / name, "--lang", lang)
        done = run("compare", folder, *options, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "one" / "results.json").read_bytes() == (tmp_path / "two" / "results.json").read_bytes()


@pytest.mark.slow
def test_a_begroting_too_small_writes_the_report_and_leaves_with_3(
    folder: Path, tmp_path: Path, edit: Edit
) -> None:
    with (folder / "begroting.csv").open() as file:
        n_rows = sum(1 for _ in file) - 1
    for row in range(n_rows):
        edit("begroting", row, "amount", "1000000")
        edit("begroting", row, "outside_contracts", "0")
    done = run("compare", folder, *FEW, "--out", tmp_path / "out", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    html = (tmp_path / "out" / "report.html").read_text()
    assert "Er bestaat geen taakgericht budget dat aan de grenzen voldoet, ook niet met een hogere opslag." in html
    assert "botst met" in html
    found = json.loads((tmp_path / "out" / "results.json").read_text())["lumpsum"]
    assert found["outcome"] == "none"
    assert found["conflicts"]


def test_a_broken_case_is_told_in_sentences(folder: Path, tmp_path: Path, edit: Edit) -> None:
    edit("providers", 0, "equity", "veel")
    edit("offers", 0, "source", "")
    done = run("compare", folder, "--out", tmp_path / "out", cwd=tmp_path)
    assert done.returncode == 1
    told = sorted(done.stderr.strip().splitlines())
    assert told[0].startswith("tabel offers, rij 2, kolom source: een aanname zonder bron; vul de bron in")
    assert told[1] == "tabel providers, rij 2, kolom equity: 'veel' is geen getal; vul een getal in"
    assert len(told) == 2
    assert not (tmp_path / "out").exists()


def test_unknown_case_and_wrong_option(tmp_path: Path) -> None:
    unknown = run("check", "almeer", cwd=tmp_path)
    assert unknown.returncode == 1
    assert "Bedoelt u almere?" in unknown.stderr
    assert run("compare", "almere", "--lang", "fr", cwd=tmp_path).returncode == 2
    few = run("compare", "almere", "--scenarios", "19", cwd=tmp_path)
    assert few.returncode == 2
    assert "minstens 20" in few.stderr
    few = run("compare", "almere", "--design-scenarios", "19", cwd=tmp_path)
    assert few.returncode == 2
    assert "--design-scenarios 19: " in few.stderr
    assert "minstens 20" in few.stderr
    assert list(tmp_path.iterdir()) == []


def test_new_and_check(tmp_path: Path) -> None:
    assert run("new", "mijn", cwd=tmp_path).returncode == 0
    checked = run("check", "mijn", cwd=tmp_path)
    assert checked.returncode == 0
    assert "De casus is in orde." in checked.stdout
    assert run("new", "mijn", cwd=tmp_path).returncode == 1


@pytest.mark.slow
def test_a_workbook_from_new_to_compare(tmp_path: Path) -> None:
    assert run("new", "klein.xlsx", "--from", "history", cwd=tmp_path).returncode == 0
    early = run("check", "klein.xlsx", cwd=tmp_path)
    assert early.returncode == 0, early.stderr
    assert "Wat de begroting het meest beweegt" in early.stdout
    assert (
        "Het kleine begin is in orde. Maak er een volledige casus van met `bekostiging new volledig.xlsx --from"
        in (early.stdout)
    )
    refused = run("compare", "klein.xlsx", *FEW, cwd=tmp_path)
    assert refused.returncode == 1
    assert "schat er een uit met `bekostiging new volledig.xlsx --from klein.xlsx`" in refused.stderr
    made = run("new", "mijn regio.xlsx", "--from", "klein.xlsx", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "- blad vraag, rijen " in made.stdout
    assert "- tabel history" not in made.stdout
    checked = run("check", "mijn regio.xlsx", cwd=tmp_path)
    assert "De casus is in orde." in checked.stdout, checked.stderr
    done = run("compare", "mijn regio.xlsx", *FEW, cwd=tmp_path)
    place = tmp_path / "bekostiging-mijn-regio"
    outcome = json.loads((place / "results.json").read_text())["lumpsum"]["outcome"]
    assert done.returncode == (0 if outcome == "designed" else 3), done.stderr
    assert (place / "report.html").is_file()


def test_what_a_reader_decided_is_told_before_the_work(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    assert run("new", "regio.xlsx", "--lang", "en", cwd=tmp_path).returncode == 0
    book = load_workbook(tmp_path / "regio.xlsx")
    book.create_sheet("Pivot")["A1"] = "x"
    book.save(tmp_path / "regio.xlsx")
    checked = run("check", "regio.xlsx", "--lang", "en", cwd=tmp_path)
    assert (checked.returncode, checked.stderr) == (0, "sheet Pivot was not read: it is not named after a table\n")


def test_from_history_is_a_word_and_a_folder_of_that_name_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    asked = run("new", "klein.xlsx", "--from", "history", "--lang", "en", cwd=tmp_path)
    assert asked.returncode == 2
    assert "write --from ./history for that folder" in asked.stderr
    (tmp_path / "history").rmdir()
    assert run("new", "klein", "--from", "history", cwd=tmp_path).returncode == 0
    assert (tmp_path / "klein" / "history.csv").is_file()


@pytest.mark.parametrize("command", [(), ("compare",), ("check",), ("new",), ("convert",)])
def test_help(command: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_help_does_not_load_the_mathematics() -> None:
    """``--help`` stays quick because nothing heavy is imported; no test asserts a clock."""
    code = "import sys, bekostiging.cli; print([m for m in ('numpy', 'pyomo', 'matplotlib', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_an_interrupted_command_leaves_nothing_and_130(tmp_path: Path) -> None:
    """Ctrl-C reaches the whole group, workers too: one sentence, no traceback, no folder."""
    process = subprocess.Popen(
        [PROGRAM, "compare", "almere", "--scenarios", "2048", "--out", tmp_path / "out"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=tmp_path,
    )
    try:
        time.sleep(6)
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert process.returncode == 130
    assert "Afgebroken; er is niets geschreven." in told
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []
