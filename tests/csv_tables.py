"""Tables of a folder as rows of text, to read and to change as a user's hand would."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Rows = list[dict[str, str]]


def table_of(folder: Path, name: str) -> Rows:
    """The rows of a table by column."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def put_table(folder: Path, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write a table; the columns are those of its first row."""
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
