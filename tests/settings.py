"""Random settings of a what-if page, and what Python makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from bekostiging.evaluation.settlement import levels_by_lot
from bekostiging.evaluation.what_if import RANGES, CorridorChoice, LotChoice, Settled, WhatIf, settle_on_page
from bekostiging.scenarios import draw_block, plan
from bekostiging.studies.exploration import Exploration


def random_setting(found: Exploration, rng: np.random.Generator, leave_out: bool = True) -> WhatIf:
    """Every control anywhere in its range, each lot by itself; some providers left out, no lot emptied."""

    def of(name: str) -> float:
        return float(rng.uniform(*RANGES[name]))

    def lot() -> LotChoice:
        own = CorridorChoice(float(rng.choice([0.0, 0.02, of("free_zone")])), of("deficit"), of("surplus"))
        return LotChoice(
            form=rng.choice(list(found.contracts)),
            budget=of("budget"),
            corridor=own if rng.random() < 0.6 else None,
            index=rng.choice(["design", "forecast", "cost"]),
            ceiling=of("ceiling") if rng.random() < 0.5 else None,
        )

    case = found.case
    gone: tuple[str, ...] = ()
    if leave_out and rng.random() < 0.5:
        lots = {row.id: [one.provider for one in case.contracts if one.lot == row.id] for row in case.lots}
        asked = [one.id for one in case.providers if rng.random() < 0.25]
        gone = tuple(one for one in asked if all(set(own) - set(asked) for own in lots.values()))
    return WhatIf(
        lots={row.id: lot() for row in case.lots},
        volume=of("volume"),
        duration=of("duration"),
        price=of("price"),
        begroting=of("begroting"),
        certainty=of("certainty"),
        without_providers=gone,
        without_municipalities=tuple(code for code in case.reported_codes if rng.random() < 0.2),
    )


def as_choice(setting: WhatIf) -> dict[str, Any]:
    """As the page holds it."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(setting).items()}


def by_contracts(found: Exploration, settings: Sequence[WhatIf]) -> list[dict[str, np.ndarray]]:
    """What the contract objects make of settings, all scenarios; arrays (n_scenarios, n_years, n)."""
    planned = plan(found.case, found.n_scenarios, found.n_years, found.seed, "out_of_sample")
    uses = [draw_block(planned, block).care_use() for block in range(planned.n_blocks)]
    levels = [levels_by_lot(found.case, one) for one in uses]
    told = []
    for setting in settings:
        parts = [
            settle_on_page(found.case, found.cells, found.contracts, setting, use, level)
            for use, level in zip(uses, levels, strict=True)
        ]
        told.append(
            {name: np.concatenate([getattr(one, name) for one in parts]) for name in Settled.__annotations__}
        )
    return told
