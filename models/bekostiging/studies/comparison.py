"""The main line: draw, design the lump sum, settle every payment form on out-of-sample scenarios, estimate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Unpack

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import checked_positive, kinds_checked
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import (
    BASELINE,
    LUMP_SUM,
    Contract,
    Reference,
    build_contracts,
    reference,
    risk_allocation_by_form,
)
from bekostiging.evaluation.block_settlement import OutOfSampleBlock, OutOfSampleWork
from bekostiging.evaluation.break_even import break_even, sweeps
from bekostiging.evaluation.calibration import calibration
from bekostiging.evaluation.changes import BreakEven, WithMeasures
from bekostiging.evaluation.client_counts import count_estimates
from bekostiging.evaluation.control_variates import closed_scenarios, closed_spending, control_variates
from bekostiging.evaluation.cover import Cover
from bekostiging.evaluation.design import Drawn, designed, designed_lump_sums, judged, judging_series, lump_sums
from bekostiging.evaluation.deterministic_scenarios import deterministic_scenario, sensitivities
from bekostiging.evaluation.estimates import (
    administration_estimates,
    ceiling_estimates,
    corner_totals,
    municipal_estimates,
    provider_estimates,
)
from bekostiging.evaluation.evidence import ControlVariate, ExactLayer, Sentence
from bekostiging.evaluation.exact_layers import EXACT_SCENARIOS, exact_layers
from bekostiging.evaluation.figures import Figure
from bekostiging.evaluation.measures import (
    measure_outcomes,
    spending_of,
    substitution_outcomes,
    with_measures,
)
from bekostiging.evaluation.precision import settled
from bekostiging.evaluation.results import Comparison, FormResult, LumpSumResult, MixResult
from bekostiging.evaluation.samples import CORNERS
from bekostiging.evaluation.study import Prepared, prepared
from bekostiging.evaluation.waiting import care_form_estimates, duty_estimates, headroom_estimates
from bekostiging.lumpsum import CorridorSeries, LumpSumDesign, begroting_sum, free_buffer, lumpsum_data
from bekostiging.options import Options, run_options
from bekostiging.scenarios import Cells, Plan, SelfCheck, plan
from bekostiging.scenarios.points import fewest_scenarios
from bekostiging.studies.hindsight import hindsight_notes
from bekostiging_solvers import Scramblings, shared_processes, together


@kinds_checked
def compare(case: Case, *, precision: float | None = None, **options: Unpack[Options]) -> Comparison:
    """Compare the payment forms on the same simulated clients and design the lump sum.

    The formulation of the lump sum is the model card ``bekostiging.lumpsum.model``; docs/glossary.md explains its symbols.

    Parameters
    ----------
    case : Case
        From ``read_case``.
    precision : float, optional
        Euro: half-width of the 95 % interval of expected yearly spending, of the payment form and year where it is widest;
        the out-of-sample scramblings are doubled until it is met.
    **options
        As ``bekostiging.RunOptions``; progress in stages ``design``, ``margin``, ``lumpsum``, ``out_of_sample``, ``judge``.

    Returns
    -------
    Comparison
        Every payment form with its estimates, and the designed lump sum judged on out-of-sample scenarios.

    Raises
    ------
    UserError
        An argument out of range, fewer than 16 scenarios among them; a cluster that cannot be reached or was lost; a
        precision out of reach.

    Examples
    --------
    >>> from bekostiging import compare, read_case
    >>> outcome = compare(read_case("almere"), n_scenarios=64, design_scenarios=64)  # doctest: +SKIP
    >>> print(outcome)  # doctest: +SKIP
    """
    run = run_options(options)
    if precision is not None:
        checked_positive("precision", precision)
    ready = prepared(case, run)
    with shared_processes():
        drawn, notes = _draw(ready, precision)
        lumpsum = _judged(drawn, ready.run.workers)
        closed = _closed(drawn, ready.run.workers)
    own = (*notes, *hindsight_notes(ready.case, ready.run.seed))
    return _compared(drawn, lumpsum, closed, ready.run.named, ready.notes(drawn.plan, drawn.checked, own))


@dataclass(frozen=True)
class _Drawn:
    """Everything that was drawn and designed, before it is estimated."""

    plan: Plan
    reference: Reference
    contracts: dict[PaymentForm, tuple[Contract, ...]]
    out_of_sample: OutOfSampleBlock
    lumpsum: Drawn
    judging: tuple[CorridorSeries, CorridorSeries, Scramblings]
    checked: SelfCheck


def _draw(ready: Prepared, precision: float | None) -> tuple[_Drawn, tuple[Sentence, ...]]:
    """Design the lump sum and settle everything on out-of-sample scenarios; with the notes that a precision gives."""
    out_of_sample_plan, blocks = ready.plan("out_of_sample"), ready.blocks
    case, cells = ready.case, out_of_sample_plan.cells
    terms = reference(case, cells, out_of_sample_plan.n_years)
    lumpsum = designed(ready, terms)
    contracts = built_contracts(case, cells, terms, lumpsum.decision.headline)
    plain = {form: build_contracts(case, cells, terms, form, ceilings=False) for form in PAYMENT_FORMS}
    work = OutOfSampleWork(case, cells, contracts, plain)
    corner = case.policy.when_money_is_gone
    out_of_sample_plan, out_of_sample, checked, notes = settled(
        out_of_sample_plan, work, blocks, corner, precision, ready.advance("out_of_sample")
    )
    judging = judging_series(
        out_of_sample_plan,
        ready.run.design_scenarios,
        terms,
        blocks,
        ready.advance("judge"),
        out_of_sample.corridor,
    )
    return _Drawn(out_of_sample_plan, terms, contracts, out_of_sample, lumpsum, judging, checked), tuple(notes)


@dataclass(frozen=True)
class _Closed:
    """What scenarios without clients give: corridor layers of the first year, and spending over the term per form."""

    layers: tuple[tuple[ExactLayer, ...], tuple[tuple[str, Sentence], ...]]
    spending: dict[PaymentForm, np.ndarray]
    scramblings: Scramblings


def _closed(drawn: _Drawn, workers: int) -> _Closed:
    """Compute both at the same time where there are workers."""
    planned, discount = drawn.plan, drawn.lumpsum.decision.data.discount
    exact = max(EXACT_SCENARIOS, fewest_scenarios(planned.case.policy.confidence))
    few = plan(planned.case, exact, planned.n_years, planned.seed, "closed")
    many = plan(planned.case, closed_scenarios(planned.n_scenarios), planned.n_years, planned.seed, "closed")
    lump = lump_sums(drawn.contracts[LUMP_SUM])
    asked: list[Callable[[], Any]] = [
        partial(exact_layers, planned, few, lump, drawn.out_of_sample.corridor.amounts),
        partial(closed_spending, many, drawn.contracts, discount),
    ]
    layers, spending = together(asked, workers)
    return _Closed(layers, spending, Scramblings(many.n_scramblings))


def _compared(
    drawn: _Drawn, lumpsum: LumpSumResult, closed: _Closed, named: bool, notes: tuple[Sentence, ...]
) -> Comparison:
    """Every estimate of what was drawn, and what is said at expectation."""
    planned, out_of_sample, contracts = drawn.plan, drawn.out_of_sample, drawn.contracts
    case, cells, discount = planned.case, planned.cells, drawn.lumpsum.decision.data.discount
    scramblings = Scramblings(planned.n_scramblings)
    calendar = tuple(case.first_year + t for t in range(planned.n_years))
    spending = spending_of(case, cells, contracts, discount)
    begroting, outside = (
        begroting_sum(case, case.reported_codes, calendar, c) for c in ("amount", "outside_contracts")
    )
    cover = Cover.of(drawn.lumpsum.decision.data)
    return Comparison(
        case=case,
        cells=cells,
        reference=drawn.reference,
        n_scenarios=planned.n_scenarios,
        n_scramblings=planned.n_scramblings,
        n_years=planned.n_years,
        seed=planned.seed,
        named=named,
        notes=notes,
        risk_allocation=risk_allocation_by_form(contracts),
        headroom=(begroting - outside).T,
        begroting=begroting.T,
        outside=outside.T,
        index=out_of_sample.corridor.index,
        buffer=free_buffer(case),
        forms=_form_results(
            case,
            scramblings,
            out_of_sample,
            cover,
            discount,
            break_even(case, cells, contracts, discount),
        ),
        mix=_mixed(case, scramblings, out_of_sample, cover, discount),
        counts=count_estimates(case, scramblings, out_of_sample.counts),
        count_samples=out_of_sample.counts,
        control_variates=_control_variates(planned, closed, out_of_sample, discount),
        lumpsum=lumpsum,
        plain=deterministic_scenario(case, cells, contracts, discount),
        shocks=tuple(
            deterministic_scenario(case, cells, contracts, discount, (shock,))
            for shock in dict.fromkeys(row.id for row in case.shocks)
        ),
        sweeps=sweeps(case, cells, contracts, discount),
        sensitivities=sensitivities(case, cells, contracts, discount),
        measures=measure_outcomes(case, cells, discount, spending),
        with_measures=_with_measures(case, scramblings, out_of_sample, begroting - outside, discount),
        substitution=substitution_outcomes(case, cells, discount, spending),
        calibration=calibration(case, cells),
        self_check=drawn.checked,
        exact=closed.layers[0],
        exact_skipped=closed.layers[1],
    )


def _judged(drawn: _Drawn, workers: int) -> LumpSumResult:
    """The decision on the scenarios that judge it."""
    planned = drawn.plan
    data, control = (
        lumpsum_data(planned.case, planned.cells, drawn.reference, series) for series in drawn.judging[:2]
    )
    return judged(planned.case, drawn.lumpsum, data, control, drawn.judging[2], workers)


@kinds_checked
def contracts_in_force(outcome: Comparison) -> dict[PaymentForm, tuple[Contract, ...]]:
    """Every contract of a comparison under every payment form, the lump sum as designed.

    Parameters
    ----------
    outcome : Comparison
        From ``compare``.

    Returns
    -------
    dict of str to tuple of Contract
        By payment form, in the order of the table of contracts; ready to settle other scenarios.

    Examples
    --------
    >>> contracts_in_force(outcome)["taakgericht"][0].budget  # doctest: +SKIP
    """
    return built_contracts(outcome.case, outcome.cells, outcome.reference, outcome.lumpsum.design)


def built_contracts(
    case: Case, cells: Cells, terms: Reference, design: LumpSumDesign
) -> dict[PaymentForm, tuple[Contract, ...]]:
    """Every contract under every form, the lump sum as designed."""
    built = {form: build_contracts(case, cells, terms, form) for form in PAYMENT_FORMS}
    built[LUMP_SUM] = designed_lump_sums(case, built[LUMP_SUM], design)
    return built


def _form_results(
    case: Case,
    scramblings: Scramblings,
    out_of_sample: OutOfSampleBlock,
    cover: Cover,
    discount: np.ndarray,
    even: dict[PaymentForm, dict[str, BreakEven]],
) -> dict[PaymentForm, FormResult]:
    """Every estimate of every form, on the same scenarios."""
    corner = case.policy.when_money_is_gone
    buffer = free_buffer(case)
    by_effort = out_of_sample.plain[BASELINE]
    results = {}
    for form, samples in out_of_sample.samples.items():
        main = samples[corner]
        results[form] = FormResult(
            form=form,
            samples=samples,
            municipalities=municipal_estimates(case, scramblings, main, cover, discount),
            providers=provider_estimates(case, scramblings, main, buffer, discount),
            care_forms={c: care_form_estimates(case, scramblings, samples[c]) for c in CORNERS},
            headrooms=headroom_estimates(case, scramblings, out_of_sample.on_headrooms(form)),
            against_duty=duty_estimates(case, scramblings, out_of_sample.on_headrooms(form))
            if PAYMENT_FORMS[form].lump_sum
            else {},
            corner_totals={c: corner_totals(case, scramblings, samples[c], discount) for c in CORNERS},
            administration=administration_estimates(case, scramblings, main, form),
            ceilings=ceiling_estimates(case, scramblings, samples["wait"], form),
            break_even=even[form],
            parity_gap=scramblings.ratio(out_of_sample.plain[form] - by_effort, by_effort),
        )
    return results


def _mixed(
    case: Case, scramblings: Scramblings, out_of_sample: OutOfSampleBlock, cover: Cover, discount: np.ndarray
) -> MixResult | None:
    """Every lot in its own form, where lots differ."""
    if not out_of_sample.mix:
        return None
    main = out_of_sample.mix[case.policy.when_money_is_gone]
    return MixResult(
        forms={lot.id: lot.payment_form for lot in case.lots},
        samples=out_of_sample.mix,
        municipalities=municipal_estimates(case, scramblings, main, cover, discount),
        providers=provider_estimates(case, scramblings, main, free_buffer(case), discount),
        corner_totals={c: corner_totals(case, scramblings, out_of_sample.mix[c], discount) for c in CORNERS},
    )


def _control_variates(
    planned: Plan, closed: _Closed, out_of_sample: OutOfSampleBlock, discount: np.ndarray
) -> dict[PaymentForm, dict[Figure, ControlVariate]]:
    """Spending over the term, everybody served, with what is known in closed form."""
    drawn = Scramblings(planned.n_scramblings)
    variates = {}
    for form, samples in out_of_sample.samples.items():
        paid = planned.case.of_reported(samples["absorb"].municipal) @ discount
        control = out_of_sample.control[form] @ discount
        variates[form] = control_variates(drawn, paid, control, closed.scramblings, closed.spending[form])
    return variates


def _with_measures(
    case: Case,
    scramblings: Scramblings,
    out_of_sample: OutOfSampleBlock,
    headroom: np.ndarray,
    discount: np.ndarray,
) -> dict[PaymentForm, WithMeasures]:
    """Every form with and without the measures, over the term."""
    corner = case.policy.when_money_is_gone
    limit = float(headroom.sum(axis=0) @ discount)
    return {
        form: with_measures(
            scramblings,
            case.of_reported(out_of_sample.samples[form][corner].municipal) @ discount,
            paid @ discount,
            limit,
        )
        for form, paid in out_of_sample.measured.items()
    }
