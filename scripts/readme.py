"""Write the table and the figure of the README from the embedded case; ``python scripts/readme.py``.

A test compares the table with what the program says now.
"""

from __future__ import annotations

import re
from pathlib import Path

from bekostiging.case import read_case
from bekostiging.evaluation import Comparison
from bekostiging.report.comparison.page import risk_allocation_table
from bekostiging.report.comparison.plots import figures, svg
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import compare

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = 512


def carries_markdown(outcome: Comparison) -> str:
    """Who carries what, as a table in Markdown."""
    header, *rows = risk_allocation_table(outcome, Texts("en"))
    lines = [header, ["---"] * len(header), *([f"**{row[0]}**", *row[1:]] for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def with_table(readme: str, table: str) -> str:
    """The README with the table between its markers."""
    return re.sub(
        r"(?s)<!-- carries -->.*<!-- /carries -->", f"<!-- carries -->\n{table}\n<!-- /carries -->", readme
    )


def main() -> None:
    outcome = compare(read_case("almere"), n_scenarios=SCENARIOS, workers=2)
    readme = ROOT / "README.md"
    readme.write_text(with_table(readme.read_text(), carries_markdown(outcome)))
    images = ROOT / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    (images / "spending.svg").write_text(svg(figures(outcome, Texts("en"))["spending"]))


if __name__ == "__main__":
    main()
