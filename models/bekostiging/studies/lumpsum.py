"""The lump sum alone, in depth: the answer, mixes, alternatives, the corridor designer and the value of data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Unpack

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import (
    checked_flag,
    checked_kind,
    checked_number,
    checked_numbers,
    checked_positive,
    kinds_checked,
)
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import LUMP_SUM, Contract, Reference, build_contracts, reference
from bekostiging.evaluation.agreed import NOTHING_AGREED, AgreedLots
from bekostiging.evaluation.begroting_parts import BudgetParts, designed_parts
from bekostiging.evaluation.begroting_table import BudgetTable, Paid, entered_contributions, tabulated
from bekostiging.evaluation.bridge import Bridge, bridges
from bekostiging.evaluation.cover import Cover
from bekostiging.evaluation.design import Drawn, design_work, designed, judged, judging_series
from bekostiging.evaluation.estimates import spending_of_reported
from bekostiging.evaluation.figures import Estimates
from bekostiging.evaluation.results import LumpSumResult
from bekostiging.evaluation.self_check import checked_series
from bekostiging.evaluation.study import Prepared, Study, prepared
from bekostiging.lumpsum import (
    Alternative,
    CorridorSeries,
    FrontierPoint,
    Judge,
    LumpSumData,
    Outcome,
    SimpleTerms,
    ValueOfData,
    alternatives,
    begroting_sum,
    corridor_frontier,
    decided_spending,
    joint_certainty,
    lumpsum_data,
    scenarios_needed,
    under_policy_of,
    value_of_data,
    with_simple_terms,
)
from bekostiging.options import Options, run_options
from bekostiging.scenarios import Cells, Plan, SelfCheck
from bekostiging.studies.policy_choices import Choice, choices
from bekostiging_solvers import Scramblings, shared_processes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class LumpSumStudy(Study):
    """The lump sum alone: its design, its judgement on out-of-sample scenarios, and other designs that cost hardly more.

    ``frontier``: the designed corridor among simple ones; ``value_of_data`` empty with too few scenarios; ``needed``:
    scenarios that know every limit to the ``precision`` asked for, None without one. ``to_frame()``: the agreement, a row
    per lot and layer with its edges, its share and the loading of the lot; without a design the limits that conflict, and
    by how much.
    """

    n_design: int
    """Scenarios on which the lump sum was designed."""
    asked: SimpleTerms | None
    """Terms asked for instead of those of the case."""
    lumpsum: LumpSumResult
    """The design, judged out of sample."""
    alternatives: tuple[Alternative, ...]
    """Other designs that cost hardly more, the chosen one first."""
    choices: tuple[Choice, ...]
    """Every policy row, and what a little less or more would do."""
    frontier: tuple[FrontierPoint, ...]
    edges: tuple[float, ...]
    value_of_data: tuple[ValueOfData, ...]
    precision: float | None
    needed: int | None
    bridges: tuple[Bridge, ...]
    """From today's spending to the budget; empty without a design."""
    spending: dict[str, dict[str, Estimates]]
    """[municipality code or TOTAL][year or TERM][name], out of sample, as in ``FormResult``; empty without a design."""
    budget: BudgetTable | None
    """What goes into the begroting, out of sample; None without a design."""
    parts: BudgetParts | None
    """The same by lot and by taakveld."""
    agreed: AgreedLots = NOTHING_AGREED
    """Lots whose terms stood beforehand."""

    @property
    def designed(self) -> Outcome:
        """How the lump sum came out."""
        return self.lumpsum.outcome

    def to_frame(self) -> pd.DataFrame:
        """The agreement, or the conflict."""
        import pandas as pd

        data, design = self.lumpsum.data, self.lumpsum.design
        if not design.feasible:
            return pd.DataFrame([{"limit": str(one.limit), "euro": one.euro} for one in design.conflicts])
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
        """Case, scenarios, outcome and how certain it is."""
        checks, outcome = self.lumpsum.headline.checks, self.lumpsum.outcome
        verdict = "no lump sum satisfies all limits; these conflict"
        if checks:
            held = f"{sum(check.holds for check in checks)} of {len(checks)} limits hold at 95 %"
            together = f"together {joint_certainty(checks):.0%}"
            verdict = f"{outcome}; {held} on {self.n_scenarios} scenarios out of sample, {together}"
        return f"Lump sum of {self.case.name}, seed {self.seed}: {verdict}"


@kinds_checked
def study_lumpsum(
    case: Case,
    *,
    confidence: float | None = None,
    risk_weight: float | None = None,
    simple: SimpleTerms | None = None,
    edges: Sequence[float] = (),
    mix: bool = False,
    precision: float | None = None,
    agreed: AgreedLots = NOTHING_AGREED,
    **options: Unpack[Options],
) -> LumpSumStudy:
    """Design the lump sum and judge it on out-of-sample scenarios, without settling the other payment forms.

    The lump sum is that of ``compare`` with the same arguments.

    Parameters
    ----------
    case : Case
        From ``read_case``.
    confidence : float, optional
        Certainty of the tails, 0.5 to 0.999; without it the policy of the case.
    risk_weight : float, optional
        Weight of the tail beside the expectation, 0 to 1; without it the policy of the case.
    simple : SimpleTerms, optional
        Limits on how complicated a corridor may be, instead of the policy ``corridor_terms`` of the case.
    edges : sequence of float, optional
        Rising fractions of the reference amount, above 0 and below 1, at which the share may change, instead of the layers
        of the case.
    mix : bool, default False
        Let every lot choose its payment form.
    precision : float, optional
        Euro to which every limit is to be known; the study then says how many scenarios that needs.
    agreed : AgreedLots, optional
        Lots whose terms stand, as ``studies.choices_file.agreed_of`` reads them from keuze.json; the rest is designed
        around them.
    **options
        As ``bekostiging.RunOptions``.

    Returns
    -------
    LumpSumStudy
        The design with its alternatives and policy choices; or the limits that conflict.

    Raises
    ------
    UserError
        An argument of another type or out of range; too few scenarios; shares or a number of changes that contradict the
        terms of the case.

    Examples
    --------
    >>> from bekostiging import SimpleTerms, read_case, study_lumpsum
    >>> one_share = SimpleTerms(changes=1, shares=(0.25, 0.5), free_zone=True)
    >>> study = study_lumpsum(read_case("almere"), simple=one_share, seed=1)  # doctest: +SKIP
    >>> print(study)  # doctest: +SKIP
    """
    run = run_options(options)
    _check_terms(confidence, risk_weight, simple, edges, mix, precision)
    ready = prepared(case, run, confidence=confidence, risk_weight=risk_weight)
    case, out_of_sample_plan = ready.case, ready.plan("out_of_sample")
    cells = out_of_sample_plan.cells
    terms = reference(case, cells, out_of_sample_plan.n_years)
    others = _other_forms(case, cells, terms, agreed, mix=mix)

    def shape(data: LumpSumData) -> LumpSumData:
        """The terms asked for."""
        return data if simple is None and not edges else with_simple_terms(data, simple or data.simple, edges)

    with shared_processes():
        drawn, result, checked = _judged_design(ready, out_of_sample_plan, terms, shape, others, agreed)
        data, design, judge = result.data, result.design, result.judge

        def decision(own: Case) -> tuple[LumpSumData, Judge]:
            """What is decided under other policy, on the same scenarios."""
            other = drawn.terms(lumpsum_data(own, cells, terms, drawn.series))
            return under_policy_of(data, other), drawn.margin.changed(partial(under_policy_of, other=other))

        return LumpSumStudy(
            case=case,
            n_scenarios=result.out_of_sample.n_scenarios,
            n_design=data.n_scenarios,
            seed=run.seed,
            named=run.named,
            notes=ready.notes(out_of_sample_plan, checked, judged=result.out_of_sample.n_scenarios),
            self_check=checked,
            asked=simple,
            lumpsum=result,
            alternatives=alternatives(data, design, judge, workers=run.workers) if design.feasible else (),
            choices=choices(case, decision, design, result.outcome, judge, run.workers),
            frontier=corridor_frontier(data, design, judge, run.workers),
            edges=tuple(edges),
            value_of_data=value_of_data(data, drawn.series.items, np.random.default_rng(run.seed), run.workers)
            if design.feasible
            else (),
            precision=precision,
            needed=scenarios_needed(result.headline.checks, result.out_of_sample.n_scenarios, precision)
            if precision is not None and design.feasible
            else None,
            bridges=bridges(case, cells, terms, result, judge.scramblings),
            spending=_spending(case, result, judge.scramblings),
            budget=_budget(case, result, judge.scramblings),
            parts=designed_parts(case, cells, terms, result, judge.scramblings),
            agreed=agreed,
        )


def redesigned(case: Case, **options: Unpack[Options]) -> LumpSumResult:
    """The design and its judgement alone, without alternatives, choices and frontier; options of ``RunOptions``."""
    ready = prepared(case, run_options(options))
    planned = ready.plan("out_of_sample")
    terms = reference(ready.case, planned.cells, planned.n_years)
    with shared_processes():
        return _judged_design(ready, planned, terms, lambda data: data, {}, NOTHING_AGREED)[1]


def _judged_design(
    ready: Prepared,
    out_of_sample: Plan,
    terms: Reference,
    shape: Callable[[LumpSumData], LumpSumData],
    others: Mapping[str, tuple[Contract, ...]],
    agreed: AgreedLots = NOTHING_AGREED,
) -> tuple[Drawn, LumpSumResult, SelfCheck]:
    """The design, its judgement on the scenarios of a plan and more, and the self-check of that plan."""
    drawn = designed(ready, terms, shape=shape, others=others, observed=True, agreed=agreed)
    work = design_work(out_of_sample, terms, others, agreed=agreed)
    arrays, checked = checked_series(ready.blocks, out_of_sample, work, ready.advance("out_of_sample"))
    series, control_series, scramblings = judging_series(
        out_of_sample, ready.run.design_scenarios, terms, ready.blocks, ready.advance("judge"),
        CorridorSeries.of(arrays), others, agreed,
    )  # fmt: skip
    data, control = (lumpsum_data(ready.case, out_of_sample.cells, terms, own) for own in (series, control_series))
    judging = replace(drawn, terms=lambda data: agreed.decision(shape(data), judged=True))
    return drawn, judged(ready.case, judging, data, control, scramblings, ready.run.workers), checked


def _check_terms(
    confidence: float | None,
    risk_weight: float | None,
    simple: SimpleTerms | None,
    edges: Sequence[float],
    mix: bool,
    precision: float | None,
) -> None:
    """Refuse arguments of another type; ranges that the case decides are checked with it."""
    for name, value in {"confidence": confidence, "risk_weight": risk_weight}.items():
        if value is not None:
            checked_number(name, value)
    if simple is not None:
        checked_kind("simple", simple, SimpleTerms, "SimpleTerms")
    checked_numbers("edges", edges)
    checked_flag("mix", mix)
    if precision is not None:
        checked_positive("precision", precision)


def _spending(case: Case, result: LumpSumResult, scramblings: Scramblings) -> dict[str, dict[str, Estimates]]:
    """Municipal spending under the design on out-of-sample scenarios."""
    if not result.design.feasible:
        return {}
    out_of_sample = result.out_of_sample
    paid = decided_spending(out_of_sample, result.design)
    return spending_of_reported(case, scramblings, paid, Cover.of(out_of_sample), out_of_sample.discount)


def _budget(case: Case, result: LumpSumResult, scramblings: Scramblings) -> BudgetTable | None:
    """The amounts for the begroting under the design."""
    if not result.design.feasible:
        return None
    data, codes = result.out_of_sample, case.reported_codes
    outside = begroting_sum(case, codes, data.years, "outside_contracts")
    own = entered_contributions(case, data.years)
    paid = Paid(decided_spending(data, result.design), data.headroom.T, outside.T, own)
    return tabulated(paid, scramblings, case.policy.certainty, codes, data.years)


def _other_forms(
    case: Case, cells: Cells, terms: Reference, agreed: AgreedLots, *, mix: bool
) -> dict[str, tuple[Contract, ...]]:
    """Every contract under the forms that are not designed here: all of them, or those that were agreed."""
    forms = [form for form in PAYMENT_FORMS if form != LUMP_SUM and (mix or form in agreed.forms())]
    return {form: agreed.contracts(build_contracts(case, cells, terms, form)) for form in forms}
