"""Whatever lies where a command expects a case, a store, a result or figures: a sentence, no traceback, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bekostiging.cli import app

pytest.importorskip("duckdb")

WRONG = (
    "none",
    "empty.xlsx",
    "text.xlsx",
    "cut.xlsx",
    "bytes.json",
    "list.json",
    "void",
    "one.csv",
    "naïve é.txt",
    ".",
    "",
)
COMMANDS = {
    "check": ("check", "?"),
    "compare": ("compare", "?", "--scenarios", "8"),
    "choices": ("compare", "veenrand", "--scenarios", "8", "--choices", "?"),
    "template": ("compare", "veenrand", "--scenarios", "8", "--papers", "--template", "?"),
    "settle a case": ("settle", "?", "--year", "2028", "--actuals", "one.csv"),
    "settle a year": ("settle", "veenrand", "--year", "2028", "--actuals", "?"),
    "monitor a case": ("monitor", "?", "--actuals", "one.csv", "--through", "2028-05"),
    "monitor a year": ("monitor", "veenrand", "--actuals", "?", "--through", "2028-05"),
    "actuals": ("actuals", "?", "drawn.xlsx"),
    "diff": ("diff", "?", "?"),
    "landscape": ("landscape", "?"),
    "buildup": ("buildup", "?"),
    "verify": ("verify", "?"),
    "convert": ("convert", "?", "made.xlsx"),
    "new": ("new", "made", "--from", "?"),
    "store": ("store", "?"),
    "forget": ("forget", "period", "--store", "?", "--until", "2015-12-31"),
    "forget everything": ("forget", "everything", "--store", "?"),
    "import": ("import", "messages", "void", "--store", "?", "--key", "missing"),
    "products": ("products", "confirm", "one.csv", "--store", "?", "--by", "nobody"),
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("empty.xlsx").write_bytes(b"")
    Path("text.xlsx").write_text("hello")
    Path("cut.xlsx").write_bytes(b"PK\x03\x04cut")
    Path("bytes.json").write_bytes(bytes(range(256)))
    Path("list.json").write_text("[1, 2]")
    Path("void").mkdir()
    Path("one.csv").write_text("a;b\n1;2\n")
    Path("naïve é.txt").write_text("x")
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_thing_is_refused_in_a_sentence(place: Path, command: str) -> None:
    there = {one: one.stat().st_mtime_ns for one in place.rglob("*")}
    for wrong in WRONG:
        line = [wrong if word == "?" else word for word in COMMANDS[command]]
        told = CliRunner().invoke(app, line, input="")
        assert told.exit_code in (1, 2), (line, told.output)
        assert isinstance(told.exception, SystemExit), (line, told.exception)
        assert told.stderr.strip(), line
        assert "Errno" not in told.stderr, told.stderr
        assert "such file or directory" not in told.stderr, told.stderr
    assert {one: one.stat().st_mtime_ns for one in place.rglob("*")} == there
