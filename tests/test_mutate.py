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
    drawn = mutate.draw(5, 1)
    assert drawn == mutate.draw(5, 1)
    assert drawn != mutate.draw(5, 2)
    assert len({(one.path, one.line) for one in drawn}) == 5
    assert all(mutate.tests_of(one.path)[-1][0].startswith("tests/models/") for one in drawn)
