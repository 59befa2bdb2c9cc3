"""docs/solvers_examples.md: the example of every public name, written from the docstrings whose examples the suite runs."""

from __future__ import annotations

import doctest
import inspect
from pathlib import Path

import pytest

import bekostiging_solvers

PAGE = Path(__file__).parents[2] / "docs" / "solvers_examples.md"
HEAD = """# Examples of the solvers

One for every public name of `bekostiging_solvers`, from its docstring; the suite runs them all. Written by
`tests/solvers/test_examples_page.py`; [solvers.md](solvers.md) says what belongs together. All begin with

    >>> import numpy as np
    >>> from bekostiging_solvers import *
"""
WITHOUT = {
    "ClusterError": "a cluster that is not there",
    "EXACTLY_ZERO": "a number",
    "RiskMeasure": "a type: `Expectation`, `CVaR` or `MeanCVaR`",
}
"""Names without an example, and what they are."""


def _section(name: str) -> str:
    """First sentence and example of a public name."""
    thing = getattr(bekostiging_solvers, name)
    if name in WITHOUT:
        return f"\n## {name}\n\n{WITHOUT[name][0].upper()}{WITHOUT[name][1:]}.\n"
    text = inspect.getdoc(thing) or ""
    assert doctest.DocTestParser().get_examples(text), f"{name} has no example"
    example = text.split("Examples\n--------\n", 1)[1].strip("\n")
    first = text.split("\n\n", 1)[0].replace("\n", " ")
    lines = []
    for line in example.splitlines():
        shown = (
            line.startswith(">>>")
            or line.startswith("...")
            or (lines and lines[-1].startswith("    ") and line.strip())
        )
        lines.append(f"    {line}" if shown else line)
    return f"\n## {name}\n\n{first}\n\n" + "\n".join(lines) + "\n"


def test_the_page_has_the_example_of_every_public_name() -> None:
    """Writes the page; a difference fails once and is then there to be committed."""
    text = HEAD + "".join(_section(name) for name in sorted(bekostiging_solvers.__all__, key=str.lower))
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    PAGE.write_text(text, encoding="utf-8")
    assert before == text, "docs/solvers_examples.md was out of date and has been written; commit it"


@pytest.mark.slow
def test_the_examples_run_as_they_stand_on_the_page() -> None:
    """One after the other, with the two lines at the top and nothing of the modules they come from."""
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=flags)
    assert tried > 200
    assert failed == 0, "what was expected and what was printed stands above"
