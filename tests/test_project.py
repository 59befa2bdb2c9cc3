"""The project's own promises: pins, import directions, the test command of the README."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from bekostiging.case import read_case

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+$")


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _pins() -> list[str]:
    return list(_script("pin").pins((ROOT / "constraints.txt").read_text()))


def test_pins_of_constraints_and_pyproject_are_equal() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["uv"]["constraint-dependencies"] == _pins()
    assert all(PIN.match(pin) for pin in _pins())


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"].values()
    named = [*project["project"]["dependencies"], *(name for group in groups for name in group)]
    pinned = {pin.split("==")[0].lower() for pin in _pins()}
    assert {re.split(r"[><=]", name)[0].lower() for name in named} <= pinned


def test_import_directions() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_ci_runs_the_test_command_of_the_readme() -> None:
    command = "python -m pip install uv && uv run pytest"
    assert command in (ROOT / "README.md").read_text()
    steps = (ROOT / ".ci" / "run").read_text().splitlines()
    assert command in steps
    assert all(line.endswith("|| status=1") for line in steps[steps.index(command) + 3 : -1])
    assert steps[-1] == "exit $status"


@pytest.mark.slow
def test_types_are_strict() -> None:
    run = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_style() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "."], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


def test_the_table_of_the_readme_is_made_by_the_program() -> None:
    """Who carries what depends on the terms of the contracts alone."""
    readme = (ROOT / "README.md").read_text()
    script = _script("readme")
    table = script.risk_allocation_markdown(read_case("almere"))
    assert script.with_table(readme, table) == readme, "run python scripts/readme.py"
    assert (ROOT / "docs" / "images" / "spending.svg").is_file()


def test_importing_the_package_imports_nothing_heavy() -> None:
    """What takes time is imported where it is used; the seconds are in docs/performance.md."""
    code = "import sys, bekostiging; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "scipy", "pandas", "pyomo", "matplotlib", "pyarrow", "pydantic", "highspy", "rich"}
    assert not heavy & set(done.stdout.split())


def test_every_link_of_the_docs_leads_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_map_of_contributing_is_the_tree() -> None:
    """Every package and module right under ``bekostiging``, the kit of the reports, and the solvers; no other."""
    rows = re.findall(r"^\| (`(?:models|solvers)/.*?`) \|", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    named = set()
    for row in rows:
        first, *beside = (ROOT / place for place in re.findall(r"`(.+?)`", row))
        named |= {first, *(first.parent / place.name for place in beside)}
    package = ROOT / "models" / "bekostiging"
    there = {place for place in package.iterdir() if (place / "__init__.py").is_file() or place.suffix == ".py"}
    there |= {package / "report" / "kit", ROOT / "solvers" / "bekostiging_solvers"}
    assert named == there - {package / "__init__.py"}
