"""Mutations of scripts/mutate.py: drawn alike by a seed, each one change in one line that is still Python."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = '''"""A file."""
from dataclasses import dataclass

@dataclass(frozen=True)
class A:
    limit: int = 3

    def pays(self, x: float, y: float) -> bool:
        if not x and y > 0:
            return (x + y) * (x - 2.0) <= self.limit
        return x is None
'''
AFTER = {
    6: {"limit: int = 4"},
    9: {"if (x) and y > 0:", "if not x and y >= 0:", "if not x and y > 1:", "if (not x):", "if (not x or y > 0):"},
    10: {
        "return (x - y) * (x - 2.0) <= self.limit",
        "return ((x)) * (x - 2.0) <= self.limit",
        "return (x + y) / (x - 2.0) <= self.limit",
        "return (x + y) * (x + 2.0) <= self.limit",
        "return (x + y) * ((x)) <= self.limit",
        "return (x + y) * (x - 2.21) <= self.limit",
        "return (x + y) * (x - 2.0) < self.limit",
    },
    11: {"return x is not None"},
}


@pytest.fixture(scope="module")
def mutate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutate", ROOT / "scripts" / "mutate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutate"] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def test_every_mutation_of_a_small_file(mutate: ModuleType, tmp_path: Path) -> None:
    """Operators, comparisons, constants and dropped terms; not the decorator and not the types."""
    path = tmp_path / "a.py"
    path.write_text(SOURCE)
    after: dict[int, set[str]] = {}
    for mutation in mutate.mutations_of(path):
        assert mutate.compiles(mutation)
        after.setdefault(mutation.line, set()).add(mutation.lines()[1].strip())
    assert after == AFTER


def test_a_seed_draws_the_same_lines_and_each_once(mutate: ModuleType) -> None:
    drawn = mutate.draw(ROOT, 5, 1)
    assert drawn == mutate.draw(ROOT, 5, 1)
    assert drawn != mutate.draw(ROOT, 5, 2)
    assert len({(one.path, one.line) for one in drawn}) == 5


SUMS = """
LEAST = 3
UNUSED = 4

def total(n):
    euros = 0
    while n > 0:
        euros, n = euros + n, n - 1
    return euros

def least(x):
    return max(x, LEAST)
"""
TESTS_OF_SUMS = """
import pytest
from small.evaluation.sums import least, total

@pytest.fixture(scope="module")
def six():
    return total(3)

def test_above(six):
    assert six > 0

def test_by_hand(six):
    assert six == 1 + 2 + 3

def test_least():
    assert least(1) == 3
"""


def test_the_tests_that_execute_a_line_judge_it(
    mutate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fixture counts for every test that has it, a line of import time is everyone's, an endless loop is noticed."""
    tree = tmp_path / "tree"
    source = tree / "models" / "small" / "evaluation" / "sums.py"
    mirror = tree / "tests" / "evaluation" / "test_sums.py"
    for path, text in ((source, SUMS), (mirror, TESTS_OF_SUMS), (tree / "pytest.ini", "[pytest]\n")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(mutate, "GRACE", 0.5)
    drawn = {mutation.lines()[1].strip(): mutation for mutation in mutate.mutations_of(source)}
    tests = mutate.recorded(tree, list(drawn.values()), ["tests/evaluation"])
    noticed = {after: mutate.noticed_by(drawn[after], tree, tests) for after in
               ("LEAST = 4", "while n >= 0:", "euros, n = euros + n, n + 1")}  # fmt: skip
    name = "tests/evaluation/test_sums.py::test_"
    assert noticed.pop("euros, n = euros + n, n + 1").startswith(f"the time limit of {name}")
    assert noticed == {"LEAST = 4": f"{name}least", "while n >= 0:": ""}  # one round more adds zero
    assert source.read_text() == SUMS
    judges = {
        after: {test.name.removeprefix(name) for test in mutate.chosen(drawn[after], tests)} for after in drawn
    }
    assert judges["while n >= 0:"] == {"above", "by_hand"}
    assert judges["UNUSED = 5"] == {"above", "by_hand", "least"}
