"""How the sources are built: files and functions of a size one can read, and no name that nobody uses.

Import directions stand in pyproject.toml (``tests/test_project.py`` runs them) and complexity is a rule of ruff there.
The sets of exceptions here only shrink.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("models", "solvers")
LONGEST_FILE = 450
LONGEST_FUNCTION = 60
"""Lines without the docstring, which may be as long as its parameters and example need."""
LONG_FUNCTIONS: set[str] = set()
UNUSED_EXPORTS: set[str] = set()
CALLED_BY_OTHERS = {"_render_traceback_", "set_params"}
"""Names that other packages call: IPython and scikit-learn."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def _modules() -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text()) for source in SOURCES for path in sorted((ROOT / source).rglob("*.py"))
    }


def _lines(function: Function) -> int:
    """Lines of a function without those of its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def _exports(package: ast.Module) -> list[str]:
    """Names in ``__all__``."""
    for statement in package.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            return list(ast.literal_eval(statement.value))
    return []


@cache
def _words() -> dict[Path, Counter[str]]:
    """How often every word occurs in every file of sources, tests, notebooks, scripts and docs; not in this one."""
    places = (*SOURCES, "tests", "notebooks", "scripts", "benchmarks", "docs")
    paths = [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(path for place in places for path in (ROOT / place).rglob("*")),
    ]
    return {
        path: Counter(re.findall(r"\w+", path.read_text()))
        for path in paths
        if path.suffix in {".py", ".j2", ".toml", ".md"} and path != Path(__file__).resolve()
    }


@cache
def _annotated() -> dict[Path, set[str]]:
    """Names in the annotations of every module: types that a caller writes down are of use to the caller."""
    return {
        path: {
            word.id
            for node in ast.walk(module)
            for hint in (getattr(node, "returns", None), getattr(node, "annotation", None))
            if isinstance(hint, ast.AST)
            for word in ast.walk(hint)
            if isinstance(word, ast.Name)
        }
        for path, module in _modules().items()
    }


def test_no_file_is_too_long() -> None:
    """One subject a file."""
    for path in _modules():
        assert len(path.read_text().splitlines()) <= LONGEST_FILE, path


def test_no_function_is_too_long() -> None:
    long = {
        node.name: path
        for path, module in _modules().items()
        for node in ast.walk(module)
        if isinstance(node, Function) and _lines(node) > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_export_is_used_outside_its_package() -> None:
    """In another package, a test, a notebook or the docs, or as the type of something the package gives or takes."""
    unused: set[str] = set()
    for path, module in _modules().items():
        if path.name == "__init__.py":
            package = path.parent
            used = set().union(*(words for place, words in _words().items() if package not in place.parents))
            used.update(*(names for place, names in _annotated().items() if package in place.parents))
            unused |= set(_exports(module)) - used - {"__version__"}
    assert unused <= UNUSED_EXPORTS, sorted(unused - UNUSED_EXPORTS)


def test_no_module_has_the_name_of_what_its_package_exports() -> None:
    """Else importing the module puts it in the place of the function."""
    hidden = {
        f"{path.parent.name}.{name.asname or name.name}"
        for path, module in _modules().items()
        if path.name == "__init__.py"
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and not (path.parent / "__init__.py").samefile(_source(node.module))
        for name in node.names
        if any(
            (path.parent / file).exists() for file in (f"{name.asname or name.name}.py", name.asname or name.name)
        )
    }
    assert hidden == set()


def _source(module: str) -> Path:
    """The file of a module of the sources; itself for another one."""
    place = module.replace(".", "/")
    files = [ROOT / source / f"{place}{ending}" for source in SOURCES for ending in (".py", "/__init__.py")]
    return next((file for file in files if file.exists()), Path(__file__))


def test_no_name_is_defined_and_never_used() -> None:
    """Functions, classes, methods and constants; what a package exports is judged above, and tests alone are no use."""
    times: Counter[str] = Counter()
    for path, words in _words().items():
        if ROOT / "tests" not in path.parents:
            times.update(words)
    unused = {
        name: path
        for path, module in _modules().items()
        for name in _defined(module)
        if times[name] == 1 and not name.startswith("__")
    }
    assert unused.keys() <= CALLED_BY_OTHERS, unused


def _defined(module: ast.Module) -> Iterator[str]:
    """Functions, classes and methods without a decorator that registers them, and constants of the module."""
    for node in ast.walk(module):
        if isinstance(node, Function | ast.ClassDef):
            decorators = " ".join(ast.unparse(decorator) for decorator in node.decorator_list)
            if "register" not in decorators:
                yield node.name
    for statement in module.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


NORMAL = {
    "scenarios/factors.py": "normal factors of the scenarios",
    "scenarios/points.py": "normal points of the scenarios",
    "studies/backtesting.py": "place of a count among its scenarios, no interval",
    "sampling.py": "an error that is known, without degrees of freedom",
}
"""Files that may ask the normal law for a quantile, and why; an estimate is judged by Student's t."""
WITHOUT_FREEDOM = {
    "report/kit/estimates.py": "read back to be printed",
    "report/equalisation/tables.py": "to be printed",
    "studies/tender/similar_regions.py": "of a share of regions, binomial",
    "studies/tender/robustness.py": "of chances that are known, by Student's t",
    "studies/tender/ranks.py": "of chances that are known, by Student's t",
}
"""Files that make an estimate with an error that has no degrees of freedom, and why."""


def _of_package(path: Path) -> str:
    return path.as_posix().split("models/bekostiging/")[-1].split("bekostiging_solvers/")[-1]


def test_estimates_are_judged_by_students_t() -> None:
    """No normal quantile, and no number that is one, where an estimate from few scramblings is judged."""
    found = set()
    for path, module in _modules().items():
        for node in ast.walk(module):
            named = isinstance(node, ast.Name) and node.id in ("ndtri", "erfinv")
            asked = isinstance(node, ast.Attribute) and ast.unparse(node) in ("norm.ppf", "stats.norm", "norm.isf")
            number = isinstance(node, ast.Constant) and node.value in (1.28, 1.645, 1.64, 1.96, 2.33, 2.326, 2.576)
            if named or asked or number:
                found.add(_of_package(path))
    assert found == set(NORMAL)


def test_an_error_has_its_degrees_of_freedom() -> None:
    """Every call of ``Estimate`` with an error says of how many independent parts it is."""
    found = set()
    for path, module in _modules().items():
        for node in ast.walk(module):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Estimate"):
                continue
            error = node.args[1] if len(node.args) > 1 else None
            known = isinstance(error, ast.Constant) and error.value in (None, 0.0)
            if error is not None and not known and "degrees_of_freedom" not in {one.arg for one in node.keywords}:
                found.add(_of_package(path))
    assert found == set(WITHOUT_FREEDOM)
