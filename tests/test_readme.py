"""Every command line of the README, on the region that its first line makes: all of them run, at few scenarios."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from suites import MINI
from typer.testing import CliRunner, Result

from bekostiging.case import read_case
from bekostiging.cli import app
from bekostiging.messages import write_messages

README = Path(__file__).parents[1] / "README.md"
FEW = ("--scenarios", "32", "--design-scenarios", "32", "--years", "1", "--workers", "1")
SMALL = {
    "compare": FEW,
    "stress": FEW,
    "lumpsum": FEW,
    "share": FEW,
    "equalise": ("--scenarios", "32", "--years", "1", "--workers", "1"),
    "capacity": ("--scenarios", "20", "--design-scenarios", "20", "--workers", "1", "--seconds", "20"),
    "backtest": ("--scenarios", "32"),
}
"""Options behind those of the line, by command: the last of two holds."""
LONG = ("compare", "stress", "lumpsum", "equalise", "benchmark", "capacity", "monitor")
DONE = (0, 3)
"""Done, or done without a lump sum within all limits: too few scenarios to show it."""


def _lines() -> Iterator[list[str]]:
    """Arguments of every ``uv run bekostiging`` of the README."""
    for found in re.finditer(
        r"^(?:.*&& )?uv run bekostiging (.*?)(?: +#.*)?$", README.read_text(encoding="utf-8"), re.M
    ):
        yield shlex.split(found[1])


LINES = {f"{k}-{line[0]}": line for k, line in enumerate(_lines())}
APART = ("diff", "papers")
"""Lines about result folders that no line of the README makes: the tests of their command run them."""
MAKING = ("new", "convert", "actuals", "key", "store", "import", "products")
"""Lines the others stand on."""


def _invoked(place: Path, line: list[str]) -> Result:
    """A line as a user types it there, smaller."""
    (place / "mini.toml").write_text(MINI, encoding="utf-8")
    small = ["mini.toml" if word == "standard" else word for word in line]
    before = Path.cwd()
    os.chdir(place)
    try:
        return CliRunner().invoke(app, [*small, *SMALL.get(line[0], ())])
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workbook and the folder that the README makes."""
    made = tmp_path_factory.mktemp("readme")
    write_messages(read_case("veenrand"), made / "messages", years=1, scale=0.03, seed=1)
    for line in LINES.values():
        if line[0] in MAKING:
            done = _invoked(made, line)
            assert done.exit_code == 0, (line, done.output)
    return made


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if line[0] in LONG else [])
        for name, line in LINES.items()
        if line[0] not in (*MAKING, *APART)
    ],
)
def test_a_command_line_of_the_readme(name: str, place: Path) -> None:
    done = _invoked(place, LINES[name])
    assert done.exit_code in DONE, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_the_readme_has_them() -> None:
    """Every command of the program but verify, which computes what another line wrote again."""
    commands = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    assert commands - {line[0] for line in LINES.values()} == {"verify"}
