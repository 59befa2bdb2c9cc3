"""Every page of every command on the invented region: no key, no jargon, no exponent, and Dutch alone in Dutch.

What is laid out from the case alone is read every time; the studies on scenarios and the real year with the slow tests.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from plain_language import odd_pieces
from typer.testing import CliRunner

from bekostiging.case import read_case
from bekostiging.cli import app

BOOK = Path(__file__).parents[3] / "examples" / "veenrand.xlsx"
FEW = ("--scenarios", "32", "--workers", "1")
DESIGNED = (*FEW, "--design-scenarios", "64")
FAST: dict[str, tuple[str, ...]] = {"landscape": ("--publish",), "buildup": ()}
SLOW: dict[str, tuple[str, ...]] = {
    "compare": (*DESIGNED, "--no-explore"),
    "lumpsum": (*DESIGNED, "--no-explore"),
    "equalise": DESIGNED,
    "share": DESIGNED,
    "capacity": (*DESIGNED, "--years", "1"),
    "stress": (*DESIGNED, "--reverse", "begroting"),
}


def _run(*words: str) -> None:
    found = CliRunner().invoke(app, list(words))
    assert found.exit_code in (0, 3), found.output


def _oddities(folder: Path, lang: str, source: Path | str = BOOK) -> dict[str, list[tuple[str, list[str]]]]:
    """What does not belong there, by page."""
    case = read_case(source)
    pages = sorted(folder.rglob("*.html"))
    assert pages
    found = {page.name: odd_pieces(page.read_text(encoding="utf-8"), case, lang) for page in pages}
    return {name: odd for name, odd in found.items() if odd}


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("command", FAST)
def test_pages_that_need_no_scenario(tmp_path: Path, command: str, lang: str) -> None:
    _run(command, str(BOOK), "--out", str(tmp_path / "out"), "--lang", lang, *FAST[command])
    assert _oddities(tmp_path / "out", lang) == {}


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("command", SLOW)
def test_pages_on_scenarios(tmp_path: Path, command: str, lang: str) -> None:
    _run(command, str(BOOK), "--out", str(tmp_path / "out"), "--lang", lang, *SLOW[command])
    assert _oddities(tmp_path / "out", lang) == {}


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_pages_of_the_past(tmp_path: Path, lang: str) -> None:
    """``backtest`` needs years of history, which the invented region lacks: on an embedded case."""
    _run("backtest", "almere", "--scenarios", "32", "--out", str(tmp_path / "out"), "--lang", lang)
    assert _oddities(tmp_path / "out", lang, "almere") == {}


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_pages_of_the_real_year(tmp_path: Path, lang: str) -> None:
    """``settle`` on an invented year, and ``monitor`` on its first five months."""
    year, months = str(tmp_path / "jaar.xlsx"), str(tmp_path / "maanden.xlsx")
    _run("actuals", str(BOOK), year)
    _run("actuals", str(BOOK), months, "--months", "5")
    _run("settle", str(BOOK), "--year", "2028", "--actuals", year, "--out", str(tmp_path / "out"), "--lang", lang)
    assert _oddities(tmp_path / "out", lang) == {}
    more = ("--through", "2028-05", "--out", str(tmp_path / "month"), "--lang", lang, *FEW)
    _run("monitor", str(BOOK), "--actuals", months, *more)
    assert _oddities(tmp_path / "month", lang) == {}


@pytest.mark.slow
def test_pages_of_two_results(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        _run("compare", str(BOOK), "--out", str(tmp_path / seed), "--seed", seed, "--no-explore", *DESIGNED)
    for lang in ("nl", "en"):
        _run("diff", str(tmp_path / "1"), str(tmp_path / "2"), "--out", str(tmp_path / lang), "--lang", lang)
        assert _oddities(tmp_path / lang, lang) == {}
