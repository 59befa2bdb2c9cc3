"""Every example in a docstring of the two packages runs and prints what it says."""

from __future__ import annotations

import doctest
import importlib
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


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
