"""bekostiging.toml: where it is found, what goes before what, and one sentence for every mistake in it."""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from typer.testing import CliRunner

import bekostiging.report
import bekostiging.studies
from bekostiging.case import UserError
from bekostiging.cli import app
from bekostiging.cli.config import DECLARED, read_defaults
from bekostiging.cli.options import RUN
from bekostiging.evaluation import Comparison
from bekostiging.options import Options, RunOptions, silent


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, outcome: Comparison) -> dict[str, Any]:
    """What ``compare`` is asked and what its manifest says beside; nothing is computed or written."""
    found: dict[str, Any] = {}

    def compare(case: object, **options: Any) -> Comparison:
        found.update(options)
        return outcome

    monkeypatch.setattr(bekostiging.studies, "compare", compare)
    monkeypatch.setattr(bekostiging.report, "write_results", lambda *_, about, **__: found.update(about=about))
    return found


def _compare(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


def test_the_table_of_a_command_goes_before_the_one_for_all_and_the_command_line_before_both(
    folder: Path, tmp_path: Path, asked: dict[str, Any]
) -> None:
    (folder / "bekostiging.toml").write_text(
        "[defaults]\nscenarios = 32\nseed = 5\nworkers = 3\nlang = 'en'\n[compare]\nseed = 6\nkeep = 'kept'\n"
        "[stress]\nview = ['P(use >= 0) = 0.5']\n"
    )
    done = _compare(folder, "--workers", "1", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert (asked["n_scenarios"], asked["seed"], asked["workers"], asked["keep"]) == (32, 6, 1, Path("kept"))
    assert asked["n_years"] == RunOptions.n_years
    assert f"Read from {folder / 'bekostiging.toml'}: scenarios = 32, seed = 6" in done.output
    kept = asked["about"]["defaults"]
    assert kept["file"] == str(folder / "bekostiging.toml")
    assert kept["options"] == {"scenarios": 32, "seed": 6, "lang": "en", "keep": "kept"}


def test_it_is_read_beside_a_workbook_here_for_an_embedded_case_or_as_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "deep"
    place.mkdir()
    assert CliRunner().invoke(app, ["new", str(place / "regio.xlsx")]).exit_code == 0
    (place / "bekostiging.toml").write_text("[defaults]\nseed = 7\n")
    assert _compare(place / "regio.xlsx", "--out", tmp_path / "one").exit_code == 0
    assert asked["seed"] == 7
    (tmp_path / "bekostiging.toml").write_text("[defaults]\nseed = 8\n")
    assert _compare("almere", "--out", tmp_path / "two").exit_code == 0
    assert asked["seed"] == 8
    (tmp_path / "other.toml").write_text("[compare]\nseed = 9\n")
    assert _compare("almere", "--config", "other.toml", "--out", tmp_path / "three").exit_code == 0
    assert asked["seed"] == 9
    (tmp_path / "bekostiging.toml").unlink()
    assert _compare("almere", "--out", tmp_path / "four").exit_code == 0
    assert asked["seed"] == 1
    assert asked["about"] is None


def test_a_flag_of_the_file_is_taken_back_on_the_command_line(
    folder: Path, tmp_path: Path, asked: dict[str, Any]
) -> None:
    (folder / "bekostiging.toml").write_text("[defaults]\noverwrite = true\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").touch()
    for code, extra in ((0, ()), (2, ("--no-overwrite",))):
        assert _compare(folder, "--out", tmp_path / "out", *extra).exit_code == code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[defaults]\nscenario = 3", "[defaults] scenario: there is no such option; did you mean scenarios?"),
        ("[compare]\nwhatever = 3", "[compare] whatever: there is no such option; choose from precision, "),
        ("[compare]\ngap = 0.1", "[compare] gap: there is no such option; choose from "),
        ("[bactest]\nseed = 1", "[bactest]: there is no such table; did you mean backtest?"),
        ("[zzz]\nseed = 1", "[zzz]: there is no such table; choose from defaults, "),
        ("seed = 1", "seed: stands outside a table; put this line under [defaults] or under a command."),
        ("[defaults]\nworkers = 0", "[defaults] workers: cannot be 0; give a whole number of at least 1."),
        ("[defaults]\nworkers = 1.5", "workers: cannot be 1.5; give a whole number of at least 1."),
        ("[defaults]\nworkers = true", "workers: cannot be True; give a whole number of at least 1."),
        ("[defaults]\nscenarios = 8", "scenarios: cannot be 8; give a whole number of at least 16."),
        ("[defaults]\nlang = 'fr'", "[defaults] lang: cannot be 'fr'; give nl or en."),
        ("[defaults]\noverwrite = 'yes'", "overwrite: cannot be 'yes'; give true or false."),
        ("[capacity]\ngap = 2", "[capacity] gap: cannot be 2; give a number of at least 0 and at most 0.5."),
        ("[stress]\nview = 'x'", "[stress] view: cannot be 'x'; give a list of texts."),
        ("[defaults]\nkeep = 3", "[defaults] keep: cannot be 3; give a text between quotes."),
        ("[defaults]\nconfig = 'x'", "[defaults] config: there is no such option"),
        ("[x", "cannot be read: it is no TOML (Expected ']'"),
        ("\xff", "cannot be read: it is no text in UTF-8"),
    ],
)
def test_a_mistake_in_the_file_is_one_sentence_and_nothing_is_computed(
    folder: Path, asked: dict[str, Any], text: str, said: str
) -> None:
    (folder / "bekostiging.toml").write_bytes(text.encode("latin-1"))
    done = _compare(folder, "--lang", "en")
    assert done.exit_code == 2
    told = " ".join(done.output.split())
    assert told.startswith(str(folder / "bekostiging.toml"))
    assert said in told
    assert not asked


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: it does not exist"):
        read_defaults(tmp_path / "nowhere.toml", DECLARED)


@pytest.mark.parametrize("what", ["folder", "pipe", "device", "endless"])
def test_what_is_no_file_of_defaults_is_not_read_to_its_end(tmp_path: Path, what: str) -> None:
    """A pipe waits for ever, a device and a file of a terabyte fill the memory."""
    place = tmp_path / "mine.toml"
    if what == "folder":
        place.mkdir()
    elif what == "pipe":
        os.mkfifo(place)
    elif what == "device":
        place = Path("/dev/zero")
    else:
        with place.open("wb") as file:
            file.truncate(2**40)
    told = CliRunner().invoke(app, ["check", "region", "--config", str(place), "--lang", "en"])
    assert told.exit_code == 2
    assert "is no regular file" in told.stderr or "more than 32768 characters" in told.stderr


def test_every_command_knows_its_options() -> None:
    shared = {"lang", "overwrite", "out"}
    for name in ("compare", "lumpsum", "equalise", "share", "capacity", "stress", "backtest", "benchmark"):
        assert shared <= DECLARED[name].keys(), name
    assert {"scenarios", "design-scenarios", "years", "seed", "workers", "cluster", "keep", "named"} <= DECLARED[
        "share"
    ].keys()


def test_run_options_are_told_once() -> None:
    """Keywords of the studies, the object that has their defaults, and the options of the commands."""
    hints = get_type_hints(RunOptions)
    assert get_type_hints(Options) == hints
    assert RUN.keys() == hints.keys() - {"progress"}
    assert all(
        one.default is not inspect.Parameter.empty for one in inspect.signature(RunOptions).parameters.values()
    )
    assert silent("out_of_sample", 0, 1) is None  # type: ignore[func-returns-value]


def test_blocks_are_not_kept_among_the_tables_of_the_case(folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    told = CliRunner().invoke(app, ["compare", str(folder), "--keep", f"{folder}/.", "--lang", "en"])
    assert told.exit_code == 2
    assert "is the case itself; choose a folder of its own with --keep" in told.stderr
    assert sorted(path.name for path in folder.iterdir()) == before
