"""Do the tests of evaluation and contracts notice a mistake? Mutate lines drawn by a seed, and report which survive.

    python scripts/mutate.py --lines 60 --seed 1

Every mutation is one change in one line: another operator, another comparison, another constant, a term left out. The
tests of both packages run once without one, to see which test executes which line (``line_tests.py``). Then every mutation
stands alone in a copy of the tree, where the tests that execute its line run, the quickest first; all of them if the line is
executed on import. A test that fails has noticed it, and so has one that takes ten times as long as before and ten seconds.
A mutation that no test notices survives; some survivors change nothing that can be seen (a tolerance, an order that does
not matter), which a reader must judge. Too long for the suite: by hand, on an idle machine some half an hour.
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("evaluation", "contracts")
TESTS = tuple(f"tests/models/{package}" for package in PACKAGES)
TIMES, GRACE = 10, 10.0
"""A test may take so many times what it took, and so many seconds more: that notices an endless loop, not a busy machine."""
LEFT_BEHIND = (".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")

OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.Pow: ("**", "*"),
    ast.MatMult: ("@", "*"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"),
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"),
}  # fmt: skip
"""Every operator, and what stands in its place."""


@dataclass(frozen=True)
class Mutation:
    """``line`` (from 1) of ``path`` with the characters from ``begin`` to ``end`` replaced by ``text``."""

    path: Path
    line: int
    begin: int
    end: int
    text: str
    on_import: bool
    """Executed when the file is imported, so that no test need be seen to execute it."""

    def lines(self) -> tuple[str, str]:
        """The line before and after."""
        before = self.path.read_bytes().splitlines()[self.line - 1]
        after = before[: self.begin] + self.text.encode() + before[self.end :]
        return before.decode(), after.decode()

    def mutated(self) -> str:
        """The whole file with the mutation."""
        lines = self.path.read_text().splitlines(keepends=True)
        lines[self.line - 1] = self.lines()[1] + "\n"
        return "".join(lines)


@dataclass(frozen=True)
class Test:
    """A test by its pytest name, the ``seconds`` it takes with its fixtures and which ``lines`` it executes."""

    name: str
    seconds: float
    lines: frozenset[str]


def mutations_of(path: Path) -> Iterator[Mutation]:
    """Every mutation of a file; types, decorators, axes of arrays, ``strict`` of zip and what spans several lines
    are left alone."""
    source = path.read_bytes().splitlines()
    module = ast.parse(path.read_text())
    spared = {id(part) for whole in _not_mutated(module) for part in ast.walk(whole)}
    called = {id(part) for whole in _called(module) for part in ast.walk(whole)}
    for node in ast.walk(module):
        if isinstance(node, ast.expr) and id(node) not in spared and node.lineno == node.end_lineno:
            for begin, end, text in _replacements(node, source[node.lineno - 1]):
                yield Mutation(path, node.lineno, begin, end, text, id(node) not in called)


def _called(module: ast.Module) -> Iterator[ast.AST]:
    """What is executed when a function is called, not when the file is imported."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            yield from node.body if isinstance(node.body, list) else [node.body]


def _not_mutated(module: ast.Module) -> Iterator[ast.AST]:
    """What says nothing a test could notice (``strict`` guards against what no input brings about), or fails at once."""
    for node in ast.walk(module):
        yield from getattr(node, "decorator_list", [])
        yield from (
            hint for name in ("annotation", "returns") if isinstance(hint := getattr(node, name, None), ast.AST)
        )
        if isinstance(node, ast.keyword) and node.arg in ("axis", "strict"):
            yield node


def _replacements(node: ast.expr, line: bytes) -> Iterator[tuple[int, int, str]]:
    """From where to where in its line something else may stand; columns in bytes, as ``ast`` counts them."""
    begin, end = node.col_offset, node.end_col_offset or 0
    if isinstance(node, ast.BinOp):
        yield from _other_operator(node.op, node.left, node.right, line)
        if isinstance(node.op, ast.Add | ast.Sub):
            yield begin, end, f"({ast.unparse(node.left)})"
    elif isinstance(node, ast.Compare):
        yield from _other_operator(node.ops[0], node.left, node.comparators[0], line)
    elif isinstance(node, ast.BoolOp):
        yield begin, end, f"({ast.unparse(node.values[0])})"
        swapped = ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
        yield begin, end, f"({ast.unparse(swapped)})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield begin, end, f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield begin, end, str(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield begin, end, repr(node.value + 1 if isinstance(node.value, int) else 1.1 * node.value + 0.01)


def _other_operator(sign: ast.AST, left: ast.expr, right: ast.expr, line: bytes) -> Iterator[tuple[int, int, str]]:
    """Another sign between two sides; parentheses around the sides stay."""
    begin, end = left.end_col_offset or 0, right.col_offset
    if type(sign) in OPERATORS and left.end_lineno == right.lineno and not isinstance(left, ast.JoinedStr):
        former, other = OPERATORS[type(sign)]
        yield begin, end, line[begin:end].decode().replace(former, other, 1)


def compiles(mutation: Mutation) -> bool:
    """Whether the mutated file is Python, and another program than before."""
    try:
        return ast.dump(ast.parse(mutation.mutated())) != ast.dump(ast.parse(mutation.path.read_text()))
    except SyntaxError:
        return False


def draw(tree: Path, n_lines: int, seed: int) -> list[Mutation]:
    """One mutation on each of ``n_lines`` different lines, every line as likely as another."""
    by_line: dict[tuple[Path, int], list[Mutation]] = {}
    for package in PACKAGES:
        for path in sorted((tree / "models" / "bekostiging" / package).rglob("*.py")):
            for mutation in mutations_of(path):
                by_line.setdefault((path, mutation.line), []).append(mutation)
    rng = random.Random(seed)
    lines = sorted(by_line)
    rng.shuffle(lines)
    drawn: list[Mutation] = []
    for line in lines:
        if len(drawn) == n_lines:
            break
        possible = [mutation for mutation in by_line[line] if compiles(mutation)]
        if possible:
            drawn.append(rng.choice(possible))
    return drawn


def copied(folder: Path) -> Path:
    """The tree in a folder of its own, where a file may be another for a while."""
    tree = folder.resolve() / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    return tree


def pytest_in(tree: Path, *asked: str) -> tuple[int, str]:
    """Exit code and output of pytest in a tree; what it started ends with it."""
    places = [tree / "models", tree / "solvers", tree / "tests", Path(__file__).resolve().parent]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "line_tests",
        "-p",
        "no:cacheprovider",
        "-x",
        "-q",
        "-n0",
        *asked,
    ]
    with subprocess.Popen(
        command, cwd=tree, env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, places))}, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process:  # fmt: skip
        try:
            output, _ = process.communicate()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, output


def recorded(tree: Path, drawn: Sequence[Mutation], tests: Sequence[str]) -> list[Test]:
    """All tests, run once without a mutation: which of the drawn lines each executes."""
    lines: dict[str, list[int]] = {}
    for mutation in drawn:
        lines.setdefault(str(mutation.path), []).append(mutation.line)
    note = tree.parent / "lines.json"
    note.write_text(json.dumps(lines))
    code, output = pytest_in(tree, f"--record={note}", *tests)
    if code:
        last = "\n".join(output.splitlines()[-8:])
        raise SystemExit(f"without a mutation the tests end with {code}; nothing would be learnt\n{last}")
    found = json.loads(note.read_text())
    return [Test(name, one["seconds"], frozenset(one["lines"])) for name, one in found.items()]


def chosen(mutation: Mutation, tests: Sequence[Test]) -> list[Test]:
    """Tests that execute the line; where it is of import time all of them, these first."""
    first = [test for test in tests if f"{mutation.path}:{mutation.line}" in test.lines]
    mirror = f"{mutation.path.parent.name}/test_{mutation.path.stem}.py::"

    def order(test: Test) -> tuple[bool, int, bool]:
        """The quickest first; of tests about as quick (within a factor of two) those of the file that mirrors the source."""
        return test not in first, round(math.log2(test.seconds)), mirror not in test.name

    return sorted(tests if mutation.on_import else first, key=order)


def failure(tree: Path, tests: Sequence[Test]) -> str:
    """The first of the tests that fails in a tree, or takes too long; "" if all pass."""
    if not tests:
        return ""
    limits, begun = tree.parent / "limits.json", tree.parent / "begun"
    limits.write_text(json.dumps({test.name: TIMES * test.seconds + GRACE for test in tests}))
    begun.write_text("")
    files = sorted({test.name.split("::")[0] for test in tests})
    code, output = pytest_in(tree, f"--choose={limits}", f"--begun={begun}", *files)
    if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return ""
    if code == pytest.ExitCode.INTERNAL_ERROR:
        raise SystemExit(output)
    limit = "the time limit of " if code == -signal.SIGALRM else ""
    return limit + (begun.read_text() or "tests that cannot be collected")


def noticed_by(mutation: Mutation, tree: Path, tests: Sequence[Test]) -> str:
    """What notices the mutation while it stands in the tree; "" when nothing does."""
    former = mutation.path.with_suffix(".former")
    shutil.copy2(mutation.path, former)
    mutation.path.write_text(mutation.mutated())
    try:
        return failure(tree, chosen(mutation, tests))
    finally:
        former.replace(mutation.path)


def shown(number: str, mutation: Mutation, tree: Path, fate: str) -> str:
    """Three lines: where and what became of it, the line before and after."""
    before, after = mutation.lines()
    place = f"{mutation.path.relative_to(tree)}:{mutation.line}"
    return f"{number} {place} {fate}\n  - {before.strip()}\n  + {after.strip()}"


def judged(tree: Path, drawn: Sequence[Mutation]) -> int:
    """Try every mutation and say what became of it; how many survive."""
    tests = recorded(tree, drawn, TESTS)
    noticing: set[str] = set()
    survivors = 0
    for number, mutation in enumerate(drawn, 1):
        by = noticed_by(mutation, tree, tests)
        noticing.add(by)
        survivors += not by
        fate = f"noticed by {by}" if by else "SURVIVES"
        print(shown(f"{number}/{len(drawn)}", mutation, tree, fate), flush=True)
    if by := failure(tree, [test for test in tests if test.name in noticing]):
        raise SystemExit(f"{by} fails without a mutation as well, so what it noticed is not to be trusted")
    return survivors


def main() -> int:
    """Mutate, test and report; 1 when more survive than may."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--lines", type=int, default=60, help="lines to mutate")
    asked.add_argument("--seed", type=int, default=1, help="which lines")
    asked.add_argument("--most", type=int, default=5, help="survivors allowed")
    asked.add_argument("--list", action="store_true", help="show the mutations and run nothing")
    options = asked.parse_args()
    if options.list:
        for number, mutation in enumerate(draw(ROOT, options.lines, options.seed), 1):
            print(shown(str(number), mutation, ROOT, "drawn"))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # what was started and copied goes too
    began = monotonic()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        tree = copied(Path(folder))
        drawn = draw(tree, options.lines, options.seed)
        survivors = judged(tree, drawn)
    minutes = (monotonic() - began) / 60
    print(
        f"{survivors} of {len(drawn)} mutations survive (seed {options.seed}, {minutes:.0f} minutes); {options.most} may"
    )
    return int(survivors > options.most)


if __name__ == "__main__":
    sys.exit(main())
