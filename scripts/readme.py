"""Write the table and the figure of the README from the embedded case; ``python scripts/readme.py``.

A test compares the table with what the program says now.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from bekostiging.case import Case, read_case
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import Contract, build_contracts, reference, risk_allocation_by_form
from bekostiging.report.comparison.parts import risk_allocation_table
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.kit.style import svg
from bekostiging.report.kit.texts import Texts
from bekostiging.scenarios import build_cells
from bekostiging.studies import compare

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = 512


def risk_allocation_markdown(case: Case) -> str:
    """Who carries which risk, as a table in Markdown: the terms of the contracts, without a scenario."""
    cells = build_cells(case)
    terms = reference(case, cells, 1)
    contracts = {
        form: [_decided(one) for one in build_contracts(case, cells, terms, form)] for form in PAYMENT_FORMS
    }
    header, *rows = risk_allocation_table(risk_allocation_by_form(contracts), tuple(PAYMENT_FORMS), Texts("en"))
    lines = [header, ["---"] * len(header), *([f"**{row[0]}**", *row[1:]] for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _decided(contract: Contract) -> Contract:
    """The contract with a half for every share that a design would decide."""
    shares = (replace(one, share=np.nan_to_num(one.share, nan=0.5)) for one in contract.clauses)
    return replace(contract, clauses=tuple(shares))


def with_table(readme: str, table: str) -> str:
    """The README with the table between its markers."""
    mark, end = "<!-- risk allocation -->", "<!-- /risk allocation -->"
    return re.sub(f"(?s){mark}.*{end}", f"{mark}\n{table}\n{end}", readme)


def main() -> None:
    case = read_case("almere")
    readme = ROOT / "README.md"
    readme.write_text(with_table(readme.read_text(), risk_allocation_markdown(case)))
    outcome = compare(case, n_scenarios=SCENARIOS, workers=2)
    images = ROOT / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    (images / "spending.svg").write_text(svg(comparison_figures(outcome, Texts("en"))["spending"]))


if __name__ == "__main__":
    main()
