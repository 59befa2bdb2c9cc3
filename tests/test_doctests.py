"""Every example in a docstring of the two packages runs and prints what it says; everything exported has one.

An example that would compute for long is marked ``# doctest: +SKIP``. The set of exceptions, by reason, only shrinks.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import os
import re
import textwrap
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from bekostiging.case import TABLES, Case

ROOT = Path(__file__).resolve().parent.parent
WITHOUT_EXAMPLE = {
    "takes ten seconds or more; run in the notebooks": {
        "bekostiging.studies": {
            "Benchmark", "CapacityBudget", "CapacityStudy", "CaseBoard", "EqualisationStudy", "LumpSumStudy", "PoolResult",
            "StressStudy", "adjust", "benchmark", "compare", "contracts_in_force", "pooled", "reverse_stress",
            "study_capacity", "study_equalisation", "study_lumpsum", "study_stress",
        },
        "bekostiging.evaluation": {
            "Bridge", "Comparison", "FormResult", "LumpSumResult", "MixResult", "bridges", "flags",
        },
        "bekostiging.report": {
            "benchmark_page", "benchmark_results", "inline_explore", "plot_capacity", "plot_clients", "plot_corridor",
            "plot_exceedance",
            "plot_flows", "plot_frontier", "plot_key_changes", "plot_norm_amounts", "plot_power_risk", "plot_provider",
            "plot_spending", "plot_waiting", "presented", "progress_bars", "reverse_sentence", "shock_sentence",
            "verify_dossier", "write_comparison_dossier", "write_dossiers", "write_results",
        },
    },
    "its class has one": {"bekostiging.studies": {"backtest", "study_sharing"}},
    "is the base of all studies": {"bekostiging.evaluation": {"Study"}},
    "changes what every later example reads": {"bekostiging.case": {"register_policy"}},
    "takes over the command line": {"bekostiging.cli": {"main"}},
    "waits for a cluster that is not there": {"bekostiging_solvers": {"ClusterError"}},
}  # fmt: skip
"""Exports without an example that runs, by the reason."""


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


def test_examples_of_the_solvers_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/solvers.md shows what its names do."""
    monkeypatch.chdir(tmp_path)
    failed, tried = doctest.testfile(str(ROOT / "docs" / "solvers.md"), module_relative=False)
    assert failed == 0, "what was expected and what was printed stands above"
    assert tried


def _exported() -> dict[tuple[str, str], object]:
    """Functions and classes in an ``__all__``, by the first two names of their module and their own."""
    found: dict[tuple[str, str], object] = {}
    for source in ("models", "solvers"):
        for path in sorted((ROOT / source).rglob("__init__.py")):
            package = importlib.import_module(".".join(path.parent.relative_to(ROOT / source).parts))
            for name in getattr(package, "__all__", ()):
                thing = inspect.unwrap(getattr(package, name))
                if inspect.isfunction(thing) or inspect.isclass(thing):
                    found[
                        ".".join(thing.__module__.split(".")[: 2 if source == "models" else 1]), thing.__name__
                    ] = thing
    return found


def _executed(thing: object) -> bool:
    """Whether the docstring has an example that runs: not marked +SKIP, and more than an import or an assignment."""
    examples = doctest.DocTestParser().get_examples(getattr(thing, "__doc__", None) or "")
    return any(
        not isinstance(ast.parse(one.source).body[0], ast.Import | ast.ImportFrom | ast.Assign)
        for one in examples
        if not one.options.get(doctest.SKIP)
    )


def test_everything_exported_has_an_executed_example() -> None:
    """Functions and classes alike; an exception that is no longer one fails too."""
    missing = {name for name, thing in _exported().items() if not _executed(thing)}
    allowed = {
        (package, name)
        for of_reason in WITHOUT_EXAMPLE.values()
        for package, names in of_reason.items()
        for name in names
    }
    assert missing == allowed, (sorted(missing - allowed), sorted(allowed - missing))


def _undescribed(kind: type) -> set[str]:
    """Fields that a class declares, but neither its docstring names nor a string below them explains."""
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0].body  # type: ignore[attr-defined]
    explained = {
        ast.unparse(field.target)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }
    declared = {name for name in _fields(kind) if name in vars(kind).get("__annotations__", {})}
    return {name for name in declared - explained if not re.search(rf"\b{name}\b", kind.__doc__ or "")}


def _fields(kind: type) -> set[str]:
    """Public fields of a dataclass or pydantic model."""
    names = [one.name for one in fields(kind)] if is_dataclass(kind) else list(getattr(kind, "model_fields", ()))
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize(
    "name", [name for name, thing in _exported().items() if inspect.isclass(thing)], ids=".".join
)
def test_every_field_of_an_exported_class_is_described(name: tuple[str, str]) -> None:
    kind = _exported()[name]
    assert inspect.isclass(kind)
    tables = set(TABLES) if kind is Case else set()
    assert _undescribed(kind) - tables == set(), "tables are explained in columns.toml"


SAME_ARGUMENTS = (
    "sample_risk",
    *(f"report.{study}.plots" for study in ("capacity", "comparison", "equalisation")),
)
"""Modules whose functions take the same arguments; each docstring stands alone, so its text is repeated."""


@pytest.mark.parametrize("module", SAME_ARGUMENTS)
def test_an_argument_of_several_functions_is_explained_in_the_same_words(module: str) -> None:
    package = "bekostiging_solvers" if module == "sample_risk" else "bekostiging"
    texts: dict[str, set[str]] = {}
    for name, function in inspect.getmembers(importlib.import_module(f"{package}.{module}"), inspect.isfunction):
        section = re.search(r"Parameters\n-+\n(.*?)\n\n", inspect.getdoc(function) or "", re.DOTALL)
        if section and not name.startswith("_"):
            for one in re.split(r"\n(?=\S)", section[1]):
                texts.setdefault(re.split(r"\W", one)[0], set()).add(one)
    assert texts
    assert {name: words for name, words in texts.items() if len(words) > 1} == {}
