"""The lump sum alone, in depth: simple contracts, mixes, alternatives, the corridor designer and the value of data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np

from bekostiging.case import Case, UserError, pseudonymised, with_policy
from bekostiging.case.shown import Shown
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import Contract, Reference, build_contracts, reference
from bekostiging.lumpsum import (
    LUMP_SUM,
    Alternative,
    CorridorSeries,
    FrontierPoint,
    LumpSumData,
    SimpleTerms,
    ValueOfData,
    alternatives,
    corridor_frontier,
    decided_spending,
    design_lumpsum,
    futures_needed,
    lumpsum_data,
    value_of_data,
    with_simple_terms,
)
from bekostiging.scenarios import Cells, plan
from bekostiging.stress.blocks import Blocks
from bekostiging.stress.bridge import Bridge, bridges
from bekostiging.stress.choices import Choice, choices
from bekostiging.stress.comparison import Estimates, LumpSumResult
from bekostiging.stress.design import Progress, design_series, judged, silent
from bekostiging.stress.estimates import spending_of_reported
from bekostiging.stress.transition import without_closed
from bekostiging_solvers import Scramblings

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class LumpSumStudy(Shown):
    """The lump sum alone: its design, its judgement on fresh futures, and other designs that cost hardly more.

    ``frontier``: the designed corridor among simple ones; ``value_of_data`` empty with too few futures; ``needed``: futures
    that know every limit to the ``precision`` asked for, None without one. ``to_frame()``: the agreement, a row per lot and
    layer with its edges, its share and the loading of the lot; without a design the limits that conflict, and by how much.
    """

    case: Case
    n_scenarios: int
    seed: int
    lumpsum: LumpSumResult
    alternatives: tuple[Alternative, ...]
    choices: tuple[Choice, ...]
    frontier: tuple[FrontierPoint, ...]
    edges: tuple[float, ...]
    value_of_data: tuple[ValueOfData, ...]
    precision: float | None
    needed: int | None
    bridges: tuple[Bridge, ...]
    """From today's spending to the budget; empty without a design."""
    spending: dict[str, dict[str, Estimates]]
    """[municipality code or TOTAL][year or TERM][name], on fresh futures, as in ``FormResult``; empty without a design."""

    def to_frame(self) -> pd.DataFrame:
        """The agreement, or the conflict."""
        import pandas as pd

        data, design = self.lumpsum.data, self.lumpsum.design
        if not design.feasible:
            return pd.DataFrame([{"limit": one.name, "euro": one.euro} for one in design.conflicts])
        rows = [
            {
                "lot": lot.name,
                "form": data.forms[design.form[j]],
                "loading": float(design.loading[j]),
                "layer": layer,
                "lower": float(lot.corridor.lower[k]),
                "upper": float(lot.corridor.upper[k]),
                "share": float(design.share[j][k]),
            }
            for j, lot in enumerate(data.lots)
            for k, layer in enumerate(lot.corridor.names)
        ]
        return pd.DataFrame(rows)

    def overview(self) -> pd.DataFrame:
        """A row per lot: loading, and the share of every layer."""
        import pandas as pd

        data, design = self.lumpsum.data, self.lumpsum.design
        if not design.feasible:
            return self.to_frame()
        rows = []
        for j, lot in enumerate(data.lots):
            shares = zip(lot.corridor.names, design.share[j], strict=True)
            terms = {"form": data.forms[design.form[j]], "loading": f"{100 * design.loading[j]:.2f} %"}
            rows.append({"lot": lot.name, **terms, **{name: f"{100 * share:.1f} %" for name, share in shares}})
        return pd.DataFrame(rows)

    def heading(self) -> str:
        """Case, futures, and how many limits hold on fresh ones."""
        kept = self.lumpsum.out_of_sample
        told = (
            f"{sum(check.holds for check in kept)} of {len(kept)} limits hold on {self.n_scenarios} fresh futures"
        )
        if not self.lumpsum.design.feasible:
            told = "no lump sum satisfies all limits; these conflict"
        return f"Lump sum of {self.case.name}, seed {self.seed}: {told}"

    def disclaimers(self) -> Mapping[str, str]:
        """Of the case."""
        return self.case.disclaimer


def study_lumpsum(
    case: Case,
    *,
    n_scenarios: int = 512,
    n_years: int = 4,
    seed: int = 1,
    workers: int = 1,
    confidence: float | None = None,
    risk_weight: float | None = None,
    simple: SimpleTerms | None = None,
    edges: Sequence[float] = (),
    mix: bool = False,
    precision: float | None = None,
    named: bool = False,
    progress: Progress | None = None,
) -> LumpSumStudy:
    """Design the lump sum and judge it on fresh futures, without settling the other payment forms.

    ``confidence`` and ``risk_weight`` replace the policy of the case; ``simple`` and ``edges`` as in ``with_simple_terms``;
    ``mix`` lets every lot choose its payment form; ``precision``: euro to which every limit is to be known. The rest as in
    ``compare``, whose lump sum is the same.

    Raises
    ------
    UserError
        Fewer than 16 scenarios; a confidence, risk weight, edge, share, precision or number of changes that cannot be.
    """
    report = progress if progress is not None else silent
    _check_precision(precision)
    case = with_policy(case if named else pseudonymised(case), confidence=confidence, risk_weight=risk_weight)
    case, _ = without_closed(case, min(n_years, case.n_years))
    design_plan, fresh_plan = (plan(case, n_scenarios, n_years, seed, stream) for stream in ("design", "fresh"))
    terms = reference(case, design_plan.cells, design_plan.n_years)
    others = _other_forms(case, design_plan.cells, terms) if mix else {}

    def decision(own: Case, series: CorridorSeries) -> LumpSumData:
        """The decision of a case on some futures, under the terms asked for."""
        return with_simple_terms(lumpsum_data(own, terms, series), simple or SimpleTerms(), edges)

    blocks = Blocks(workers, None, None)
    drawn = design_series(design_plan, terms, blocks, partial(report, "design"), others, observed=True)
    data = decision(case, drawn)
    report("lumpsum", 0, 1)
    design = design_lumpsum(data)
    report("lumpsum", 1, 1)
    fresh = decision(case, design_series(fresh_plan, terms, blocks, partial(report, "fresh"), others))
    scramblings = Scramblings(fresh_plan.n_scramblings)
    found = judged(data, fresh, design, scramblings)
    asked = precision is not None and design.feasible
    return LumpSumStudy(
        case=case,
        n_scenarios=fresh_plan.n_scenarios,
        seed=seed,
        lumpsum=found,
        alternatives=alternatives(data, design) if design.feasible else (),
        choices=choices(case, lambda own: decision(own, drawn), design),
        frontier=corridor_frontier(data, fresh, design, scramblings),
        edges=tuple(edges),
        value_of_data=value_of_data(data, drawn.items, np.random.default_rng(seed)) if design.feasible else (),
        precision=precision,
        needed=futures_needed(found.out_of_sample, fresh_plan.n_scenarios, cast(float, precision))
        if asked
        else None,
        bridges=bridges(case, design_plan.cells, terms, found, scramblings),
        spending=_spending(case, found, scramblings),
    )


def _check_precision(precision: float | None) -> None:
    if precision is not None and not precision > 0:
        raise UserError(
            f"--precision {precision:g}: moet een positief aantal euro zijn",
            f"--precision {precision:g}: must be a positive number of euro",
            exit_code=2,
        )


def _spending(case: Case, found: LumpSumResult, scramblings: Scramblings) -> dict[str, dict[str, Estimates]]:
    """Municipal spending under the design on fresh futures."""
    if not found.design.feasible:
        return {}
    fresh = found.fresh
    paid = decided_spending(fresh, found.design)
    return spending_of_reported(case, scramblings, paid, fresh.room, fresh.discount)


def _other_forms(case: Case, cells: Cells, terms: Reference) -> dict[str, tuple[Contract, ...]]:
    """Every contract under the forms that are not designed here."""
    forms = [form for form in PAYMENT_FORMS if form != LUMP_SUM]
    return {form: build_contracts(case, cells, terms, form) for form in forms}
