"""Write the pins of constraints.txt into pyproject.toml, so that every clone resolves the same.

Run ``python scripts/pin.py`` after changing constraints.txt; tests/test_project.py compares the two.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = re.compile(r"^constraint-dependencies = \[\n.*?\n\]\n", re.DOTALL | re.MULTILINE)


def pins(constraints: str) -> list[str]:
    """Return the ``name==version`` lines of a constraints file."""
    return [line.strip() for line in constraints.splitlines() if line.strip() and not line.startswith("#")]


def with_pins(pyproject: str, names: list[str]) -> str:
    """Return the text of pyproject.toml with the pins as constraint-dependencies of uv."""
    block = "constraint-dependencies = [\n" + "".join(f'    "{pin}",\n' for pin in names) + "]\n"
    if PINS.search(pyproject):
        return PINS.sub(lambda _: block, pyproject)
    return pyproject.rstrip("\n") + "\n\n[tool.uv]\n" + block


if __name__ == "__main__":
    project = ROOT / "pyproject.toml"
    project.write_text(with_pins(project.read_text(), pins((ROOT / "constraints.txt").read_text())))
