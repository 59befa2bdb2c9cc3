"""Draw docs/images/contracts.svg from the contract objects; ``python scripts/contracts.py``.

What the municipality pays and what care costs under each form when volume, duration or intensity differs from what was
expected: closed form, no chance, the synthetic region, whose figures are all invented (and the figure says so inside).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure

from bekostiging.case.region import synthetic_region
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import (
    BASELINE,
    LUMP_SUM,
    Contract,
    Taakgericht,
    build_contracts,
    reference,
    with_design,
)
from bekostiging.evaluation.deterministic_scenarios import yearly
from bekostiging.report.kit.style import STYLE, svg
from bekostiging.scenarios import build_cells, expected_care_use, multiply, neutral_factors

ROOT = Path(__file__).resolve().parent.parent
CHANGES = np.linspace(-0.2, 0.2, 41)
SHARES = {1: 0.0, 2: 0.5, 3: 0.8}
"""Shares of the example's corridor by layer number, deficits and surpluses alike."""
N_YEARS = 4


def main() -> None:
    case = synthetic_region(municipalities=2, providers=6)
    cells = build_cells(case)
    terms = reference(case, cells, N_YEARS)
    contracts: dict[str, tuple[Contract, ...]] = {
        form: build_contracts(case, cells, terms, form, ceilings=False) for form in PAYMENT_FORMS
    }
    contracts[LUMP_SUM] = tuple(_shared(one) for one in contracts[LUMP_SUM])
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    with style.context(STYLE):
        panels = figure.subplots(1, 3, sharey=True)
        for axes, (name, quantity) in zip(
            panels, (("volume", "inflow"), ("duration", "duration"), ("intensity", "intensity")), strict=True
        ):
            factors = neutral_factors(case, N_YEARS, len(CHANGES))
            multiply(factors, quantity, slice(None), 1 + CHANGES)
            found = yearly(case, cells, contracts, expected_care_use(case, cells, N_YEARS, factors))
            for form, own in found.items():
                drawn = PAYMENT_FORMS[form]
                axes.plot(
                    100 * CHANGES, _relative(own.payment), linestyle=drawn.line, color=drawn.colour, label=form
                )
            cost = _relative(found[BASELINE].cost)
            axes.plot(100 * CHANGES, cost, color="#c8ccd0", lw=5, zorder=0, label="cost of care")
            axes.set_xlabel(f"{name}, % from expected")
            axes.text(
                0.03, 0.03, "example: all figures invented", transform=axes.transAxes, fontsize=7, color="#777777"
            )
        panels[0].set_ylabel("paid over four years, expected = 100")
        panels[0].legend(fontsize=7, loc="upper left")
    (ROOT / "docs" / "images" / "contracts.svg").write_text(svg(figure))


def _relative(yearly_euro: np.ndarray) -> np.ndarray:
    """Euro of all years of every change, expected = 100."""
    total = yearly_euro.sum(axis=1)
    return 100 * total / total[len(CHANGES) // 2]


def _shared(contract: Contract) -> Taakgericht:
    """The lump sum with the shares of the example."""
    if not isinstance(contract, Taakgericht):
        raise TypeError(contract.form)
    share = np.array([SHARES[int(name.partition("_")[2])] for name in contract.corridor.names])
    return with_design(contract, contract.reference, share)


if __name__ == "__main__":
    main()
