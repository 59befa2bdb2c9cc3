"""Do the tests of evaluation and contracts notice a mistake? Mutate lines drawn by a seed, and report which survive.

    python scripts/mutate.py --lines 60 --seed 1

Every mutation is one change in one line: another operator, another comparison, another constant, a term left out. Each
stands alone in a copy of the tree, where the tests that mirror the file run first, then the tests by hand and those of
the whole package. A mutation that no test notices survives; some survivors change nothing that can be seen (a tolerance,
an order that does not matter), which a reader must judge. A survivor takes minutes, so this is no part of the suite.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("evaluation", "contracts")
BY_HAND = ("tests/models/contracts/test_examples.py", "tests/models/evaluation/test_settlement.py")
"""Amounts computed on paper, through every contract of the docs and the settlement of a block."""
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


def mutations_of(path: Path) -> Iterator[Mutation]:
    """Every mutation of a file; types, decorators, axes of arrays and what spans several lines are left alone."""
    source = path.read_bytes().splitlines()
    module = ast.parse(path.read_text())
    spared = {id(part) for whole in _spared(module) for part in ast.walk(whole)}
    for node in ast.walk(module):
        if isinstance(node, ast.expr) and id(node) not in spared and node.lineno == node.end_lineno:
            for begin, end, text in _replacements(node, source[node.lineno - 1]):
                yield Mutation(path, node.lineno, begin, end, text)


def _spared(module: ast.Module) -> Iterator[ast.AST]:
    """What says nothing a test could notice, or fails at once whatever the tests."""
    for node in ast.walk(module):
        yield from getattr(node, "decorator_list", [])
        yield from (
            hint for name in ("annotation", "returns") if isinstance(hint := getattr(node, name, None), ast.AST)
        )
        if isinstance(node, ast.keyword) and node.arg == "axis":
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


def draw(n_lines: int, seed: int) -> list[Mutation]:
    """One mutation on each of ``n_lines`` different lines, every line as likely as another."""
    by_line: dict[tuple[Path, int], list[Mutation]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / "models" / "bekostiging" / package).rglob("*.py")):
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


def tests_of(path: Path) -> list[list[str]]:
    """Rounds of tests for a file: its mirror, the tests by hand, and all of its package."""
    package = path.relative_to(ROOT / "models" / "bekostiging").parts[0]
    mirror = f"tests/models/{package}/test_{path.stem}.py"
    first = [[mirror]] if (ROOT / mirror).is_file() else []
    return [*first, [test for test in BY_HAND if (ROOT / test).is_file()], [f"tests/models/{package}"]]


TOO_SLOW = "more than"


def failure(tree: Path, tests: Sequence[str], seconds: float) -> str:
    """The first test that fails in a tree, or that they take too long; "" if all pass."""
    places = os.pathsep.join(str(tree / place) for place in ("models", "solvers", "tests"))
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", *tests]
    try:
        run = subprocess.run(
            command, cwd=tree, env=os.environ | {"PYTHONPATH": places, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"{TOO_SLOW} {seconds:g} seconds"
    if run.returncode == 0:
        return ""
    named = (line.split(" - ")[0] for line in run.stdout.splitlines() if line.startswith(("FAILED ", "ERROR ")))
    return next(named, "tests that cannot be collected")


def noticed_by(mutation: Mutation, seconds: float) -> str:
    """What notices the mutation, in a copy of the tree that is thrown away; "" when nothing does."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
        (tree / mutation.path.relative_to(ROOT)).write_text(mutation.mutated())
        return next((found for tests in tests_of(mutation.path) if (found := failure(tree, tests, seconds))), "")


def main() -> int:
    """Mutate, test and report; 1 when more survive than may."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--lines", type=int, default=60, help="lines to mutate")
    asked.add_argument("--seed", type=int, default=1, help="which lines")
    asked.add_argument("--seconds", type=float, default=600, help="limit of one round of tests")
    asked.add_argument("--most", type=int, default=5, help="survivors allowed")
    asked.add_argument("--list", action="store_true", help="show the mutations and run nothing")
    asked.add_argument("--skip-check", action="store_true", help="trust that the tests pass without a mutation")
    options = asked.parse_args()
    drawn = draw(options.lines, options.seed)
    rounds = {tuple(tests) for mutation in drawn for tests in tests_of(mutation.path)}
    if not (options.list or options.skip_check):
        for tests in sorted(rounds):
            if found := failure(ROOT, tests, options.seconds):
                print(f"without a mutation, {' '.join(tests)} ends with {found}; nothing would be learnt")
                return 2
    survivors = 0
    for number, mutation in enumerate(drawn, 1):
        before, after = mutation.lines()
        by = "" if options.list else noticed_by(mutation, options.seconds)
        # a limit of time may be that of a busy machine, so it proves nothing
        survives = not options.list and (not by or by.startswith(TOO_SLOW))
        survivors += survives
        fate = (
            f"UNDECIDED, {by}"
            if survives and by
            else "SURVIVES"
            if survives
            else f"noticed by {by}"
            if by
            else "drawn"
        )
        place = f"{mutation.path.relative_to(ROOT)}:{mutation.line}"
        print(f"{number}/{len(drawn)} {place} {fate}\n  - {before.strip()}\n  + {after.strip()}", flush=True)
    print(
        f"{survivors} of {len(drawn)} mutations survive or are undecided (seed {options.seed}); {options.most} may"
    )
    return int(survivors > options.most)


if __name__ == "__main__":
    sys.exit(main())
