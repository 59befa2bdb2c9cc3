"""Every example in a docstring of the two packages runs and prints what it says; every exported function has one.

An example that would compute for long is marked ``# doctest: +SKIP`` with the reason. The set of exceptions only shrinks.
"""

from __future__ import annotations

import doctest
import importlib
import inspect
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WITHOUT_EXAMPLE: dict[str, set[str]] = {
    "bekostiging.capacity": {
        "build_capacity", "capacity_data", "capacity_program", "capacity_work", "decide_capacity", "failures", "norm_checks",
        "norm_prices", "objective_of", "outcome_of", "outcome_under", "place_prices", "plan_on_averages", "provider_curve",
        "value_of_flexibility", "waiting_answers",
    },
    "bekostiging.cli": {"main"},
    "bekostiging.evaluation": {
        "bridges", "cheapest", "check_shocks", "deterministic_scenario", "flags", "levels_by_lot", "provider_results",
        "regimes", "settle_all",
    },
    "bekostiging.scenarios": {"factor_distribution_notes"},
    "bekostiging.studies": {"criteria", "is_tail", "read_suite", "suite_cases", "tail"},
}  # fmt: skip


def _with_examples() -> list[str]:
    """Modules with an example, by name."""
    return [
        ".".join(path.relative_to(ROOT / source).with_suffix("").parts).removesuffix(".__init__")
        for source in ("models", "solvers")
        for path in sorted((ROOT / source).rglob("*.py"))
        if ">>> " in path.read_text()
    ]


@pytest.mark.parametrize("name", _with_examples())
def test_examples(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder, so that an example may write files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(os.environ, "COLUMNS", "80")
    failed, _ = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    )
    assert failed == 0, "what was expected and what was printed stands above"


def test_every_exported_function_has_an_example() -> None:
    """In the solvers, which are used without a case, every class too."""
    missing: dict[str, set[str]] = {}
    for source in ("models", "solvers"):
        for path in sorted((ROOT / source).rglob("__init__.py")):
            package = importlib.import_module(".".join(path.parent.relative_to(ROOT / source).parts))
            for name in getattr(package, "__all__", ()):
                thing = inspect.unwrap(getattr(package, name))
                asked = inspect.isfunction(thing) or (source == "solvers" and inspect.isclass(thing))
                if asked and ">>> " not in (thing.__doc__ or ""):
                    missing.setdefault(thing.__module__, set()).add(name)
    allowed = set().union(*WITHOUT_EXAMPLE.values())
    assert {name for names in missing.values() for name in names} <= allowed, missing
