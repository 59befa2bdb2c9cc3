"""The notebooks run cell by cell as in Jupyter, on few scenarios, and conclude from the numbers they computed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))
FEW = {"N_FUTURES": 32, "N_DESIGN": 48, "N_BASE": 32}
"""Instead of the numbers at the top, so that all notebooks together stay within a minute or so."""
STRICT: dict[str, dict[str, Any]] = {
    "01": {"MOST_OVERRUN": -1.0, "MOST_BUFFER_USED": -1.0, "MOST_WAITING": -1},
    "02": {"MOST_WEAKEST": -1.0},
    "03": {"MOST_RESULT": -1.0, "MOST_GAP": -1.0},
    "04": {"MOST_EXTRA": -1.0, "MOST_WAIT_SHARE": -1.0},
    "06": {"MOST_CHANGE": -1.0},
    "08": {"ACT_AT": 2.0},
}
"""Limits nothing can satisfy, and what the conclusion must then say."""
TOLD = {
    "01": "of 4 forms 0 stay within the limits (none)",
    "02": "no one-line corridor keeps the weakest provider's chance at -100% or below",
    "03": "no way keeps every provider within -100%",
    "04": "no number of providers is surely within -100%",
    "06": "0 of 9 keys move no bill",
    "08": "no report is a reason to act",
}


def cells(path: Path) -> list[str]:
    """Code cells in order."""
    parts = re.split(r"(?m)^# %%(.*)$", path.read_text())
    return [code for head, code in zip(parts[1::2], parts[2::2], strict=True) if "[markdown]" not in head]


LONG = ("02", "03", "04", "05", "07", "08")
"""Notebooks that make several decisions."""


def run(code: str, names: dict[str, Any]) -> None:
    """Execute a cell and show its last expression, as Jupyter does."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec", dont_inherit=True), names)
    if isinstance(last, ast.Expr):
        shown = eval(compile(ast.Expression(last.value), "cell", "eval", dont_inherit=True), names)
        if hasattr(shown, "_repr_html_"):
            shown._repr_html_()


@pytest.fixture(autouse=True)
def _figures_are_closed() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[pytest.mark.slow] * (path.stem[:2] in LONG), id=path.stem) for path in NOTEBOOKS],
)
def test_notebook(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And a reader who changes the limits and runs on gets another conclusion."""
    names: dict[str, Any] = {}
    parameters, *rest = cells(path)
    run(parameters, names)
    names.update({name: value for name, value in FEW.items() if name in names})
    for code in rest:
        run(code, names)
    told = capsys.readouterr().out
    disclaimer = names["case"].disclaimer[names["LANG"]]
    assert disclaimer
    assert disclaimer in told
    assert told.splitlines()[-1].startswith("Conclusion: ")
    strict = STRICT.get(path.stem[:2])
    if strict is None:
        return
    assert strict.keys() <= names.keys()
    names.update(strict)
    for code in rest:
        if "progress=bars" not in code:
            run(code, names)
    assert TOLD[path.stem[:2]] in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_paired_and_starts_with_what_the_reader_may_change(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("# ---\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py:percent\n")
    heads = re.findall(r"(?m)^# %%(.*)$", text)
    assert heads[0] == " [markdown]"
    assert next(head for head in heads if "[markdown]" not in head) == ' tags=["parameters"]'


def test_outputs_are_never_committed() -> None:
    assert "notebooks/*.ipynb" in (FOLDER.parent / ".gitignore").read_text().splitlines()
