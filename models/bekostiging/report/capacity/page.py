"""Capacity agreements on one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bekostiging.report.capacity.differences import in_words
from bekostiging.report.capacity.plots import (
    all_capacities,
    capacity_caption,
    flows_caption,
    flows_size,
    plot_flows,
    plot_waiting,
    waiting_caption,
    waiting_size,
)
from bekostiging.report.capacity.results import FEWEST_IN_TAIL, capacity_results, mean_of_scenarios
from bekostiging.report.capacity.tables import capacity_tables
from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.presented import StudyReport
from bekostiging.report.kit.sections import Section, Table, care_form_names, names_of
from bekostiging.report.kit.style import figure_of
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import CapacityBudget, CapacityStudy
from bekostiging.units import MILLION, THOUSAND


def capacity_sentences(study: CapacityStudy, texts: Texts) -> list[str]:
    """What was decided and what it means, in a few sentences; the first names the term."""
    said, numbers = texts.sections["capacity"], texts.numbers
    plan, data = study.plan, study.plan.data
    cost = study.scramblings.mean(study.out_of_sample.costs)
    n_years = len(data.years)
    sentences = [
        said["told"].format(
            term=said["term_one" if n_years == 1 else "term_more"].format(
                n=n_years, first=data.years[0], last=data.years[-1], whole=study.case.n_years
            ),
            contracts=numbers.plain(round(float(plan.number.sum()))),
            places=numbers.plain(float(study.places[:, 0].sum())),
            at_first="" if n_years == 1 else said["at_first"].format(first=data.years[0]),
            cost=numbers.between(cost, MILLION),
            scenarios=numbers.plain(study.n_scenarios),
        ),
    ]
    sentences += waiting_sentences(study, texts)
    if plan.solution.bound <= 0:
        sentences.append(said["told_no_bound"])
    elif plan.solution.gap is not None:
        bound = numbers.millions(THOUSAND * plan.solution.bound)
        sentences.append(said["told_gap"].format(gap=numbers.percent(plan.solution.gap, 2), bound=bound))
    sentences.append(
        said["told_averages"].format(
            expected=in_words(study.averages.extra_expected, "cost", texts),
            worst=in_words(study.averages.extra_tail, "cost", texts),
            tail=numbers.percent(1 - data.confidence),
        )
    )
    enough = FEWEST_IN_TAIL / (1 - data.confidence)
    if study.n_scenarios < enough - 1e-9:
        sentences.append(
            said["few"].format(
                n=numbers.plain(study.n_scenarios),
                tail=numbers.percent(1 - data.confidence),
                enough=numbers.plain(float(np.ceil(enough - 1e-9))),
            )
        )
    return sentences + ([] if study.budget is None else _budget_sentences(study, study.budget, texts))


def waiting_sentences(study: CapacityStudy, texts: Texts) -> list[str]:
    """Safety places, whether the norms hold by the verdicts of their table, and which cannot be reached."""
    said, numbers = texts.sections["capacity"], texts.numbers
    forms, names = care_form_names(study.case, texts.lang), names_of(study.case, texts.lang)
    if not study.norms:
        return [said["told_no_norm"]]
    safety = study.safety.places[:, 0].sum()
    supply = study.plan.data.supply
    where = dict.fromkeys(
        forms[study.plan.data.care_forms[supply.care_form[k]]]
        for k in np.flatnonzero(study.safety.places.max(axis=1) > 0)
    )
    sentences = (
        [said["told_safety"].format(places=numbers.plain(float(safety)), forms=", ".join(where))]
        if where
        else [said["told_no_safety"]]
    )
    groups = {
        verdict: [forms[one.care_form] for one in study.norms if one.verdict == verdict]
        for verdict in ("broken", "uncertain")
    }
    if not any(groups.values()):
        sentences.append(said["told_norm_holds_barely" if study.safety.unreachable else "told_norm_holds"])
    sentences += [said[f"told_norm_{name}"].format(forms=", ".join(own)) for name, own in groups.items() if own]
    for one in study.safety.unreachable:
        area = next(area for area in study.case.areas if area.id == one.area)
        sentences.append(
            said[f"told_unreachable_{one.why}"].format(
                form=forms[one.care_form],
                municipality=names[area.municipality],
                year=one.year,
                providers=", ".join(names[provider] for provider in one.providers),
                counts=study.safety.counts,
            )
        )
    return sentences


def _budget_sentences(study: CapacityStudy, budget: CapacityBudget, texts: Texts) -> list[str]:
    """Whether the lump sum buys the capacity, lot by lot."""
    said, names = texts.sections["capacity"], names_of(study.case, texts.lang)
    short = [one for one in budget.lots if one.payment.value < one.cost.value]
    outcome = budget.decision.outcome
    # what does not hold comes before what it would buy
    first = [] if outcome == "designed" else [said[f"told_outcome_{outcome}"]]
    if not short:
        return [*first, said["told_buys"]]
    listed = ", ".join(
        f"{names[one.lot]} ({texts.numbers.millions(one.cost.value - one.payment.value)})" for one in short
    )
    sentences = [*first, said["told_short"].format(lots=listed)]
    return sentences + ([] if budget.own.feasible else [said["told_no_design"]])


def capacity_sections(study: CapacityStudy, texts: Texts) -> list[Section]:
    """Every section of the page."""
    said, numbers = texts.sections["capacity"], texts.numbers
    data = study.plan.data
    tail = numbers.percent(1 - data.confidence)
    running = study.case.kind == "running"
    sections = [
        Section(said["agreements"], [said["agreements_note"]], [_agreements(study, texts, running)]),
        Section(
            said["demand"],
            [said["demand_note"]],
            drawn=all_capacities(study, texts),
            caption=capacity_caption(study, texts),
        ),
        Section(
            said["waits"],
            [said["waits_note"].format(tail=tail)],
            [_waiting(study, texts), *([_norms(study, texts)] if study.norms else [])],
            figure_of(lambda ax: plot_waiting(study, ax, lang=texts.lang), waiting_size(study)),
            caption=waiting_caption(study, texts),
        ),
        Section(
            said["flows"],
            [said["flows_note"]],
            drawn=figure_of(lambda ax: plot_flows(study, ax, lang=texts.lang), flows_size(study)),
            caption=flows_caption(study, texts),
        ),
        Section(said["cost"], [said["cost_note"].format(tail=tail)], [_cost(study, texts)]),
    ]
    if study.budget is not None:
        sections.insert(1, Section(said["budget"], [said["budget_note"]], [_budget(study, study.budget, texts)]))
    reading = Section(said["reading"], [said[f"reading_{i}"] for i in range(1, 8)])
    return [*sections, *_side_sections(study, texts), reading]


def _side_sections(study: CapacityStudy, texts: Texts) -> list[Section]:
    """What a place, flexibility, the number of providers and a failure are worth; what was not found in time is said."""
    said = texts.sections["capacity"]
    scenarios = texts.numbers.plain(study.side)
    late = said["not_in_time"]
    return [
        Section(said["place"], [said["place_note"]], [_prices(study, texts)]),
        Section(
            said["worth"],
            [said["worth_note"].format(scenarios=scenarios)] if study.flexibility else [late],
            [_worth(study, texts)] if study.flexibility else [],
        ),
        Section(
            said["curve"],
            [said["curve_note"].format(scenarios=scenarios)] if study.curve else [late],
            [_curve(study, texts)] if study.curve else [],
        ),
        Section(said["fails"], [said["fails_note"].format(scenarios=scenarios)], [_failures(study, texts)]),
    ]


def _agreements(study: CapacityStudy, texts: Texts, running: bool) -> Table:
    """What is agreed with whom; years side by side."""
    said, numbers, names = texts.sections["capacity"], texts.numbers, names_of(study.case, texts.lang)
    years = study.plan.data.years
    extend = [said["extend"]] if running else []
    rows = [[said["lot"], said["care_form"], said["provider"], *extend, said["contracts"],
             *(said["places_in"].format(year=year) for year in years), said["of_which_safety"], said["band"],
             said["used"]]]  # fmt: skip
    listed = study.agreements()
    for start in range(0, len(listed), len(years)):
        own = listed[start : start + len(years)]
        first = own[0]
        if not running and first["contracts"] == 0:
            continue
        low, high = min(one["used_low"] for one in own), max(one["used_high"] for one in own)
        rows.append(
            [
                names[first["lot"]],
                care_form_names(study.case, texts.lang)[first["care_form"]],
                names[first["provider"]],
                *([said["yes"] if first["contracts"] else said["no"]] if running else []),
                numbers.plain(first["contracts"]),
                *(numbers.plain(one["places"]) for one in own),
                _span([one["safety_places"] for one in own], texts),
                f"{numbers.plain(first['least'])}–{numbers.plain(first['most'])}",
                f"{numbers.plain(low)}–{numbers.plain(high)}",
            ]
        )
    return rows


def _span(values: list[float], texts: Texts) -> str:
    """From the least to the largest; one number where they are equal."""
    ends = dict.fromkeys(texts.numbers.plain(one) for one in (min(values), max(values)))
    return "–".join(ends)


def _waiting(study: CapacityStudy, texts: Texts) -> Table:
    """Waiting per care form and municipality, counted, beside what the plan sees of it."""
    said, numbers, names = texts.sections["capacity"], texts.numbers, names_of(study.case, texts.lang)
    forms = care_form_names(study.case, texts.lang)
    rows = [[said["care_form"], said["municipality"], said["waiting"], said["waiting_of_plan"], said["worst"],
             said["wait_share"], said["mean_weeks"], said["late_probability"]]]  # fmt: skip
    planned = {(one.care_form, one.municipality): one.clients for one in study.waiting_of_plan}
    for one in study.waiting:
        rows.append(
            [
                forms[one.care_form],
                names[one.municipality],
                numbers.estimate(one.clients),
                numbers.estimate(planned.get((one.care_form, one.municipality))),
                numbers.estimate(one.worst),
                numbers.estimated_percent(one.wait_share),
                numbers.estimate(one.mean_weeks),
                numbers.estimated_percent(one.late_probability),
            ]
        )
    return rows


def _norms(study: CapacityStudy, texts: Texts) -> Table:
    """Every waiting norm on out-of-sample scenarios."""
    said, numbers = texts.sections["capacity"], texts.numbers
    forms = care_form_names(study.case, texts.lang)
    rows = [[said["care_form"], said[f"norm_{study.plan.data.norm}"], said["norm_of_plan"], said["allowed"],
             said["holds"]]]  # fmt: skip
    planned = {one.care_form: one.value for one in study.norms_of_plan}
    for one in study.norms:
        rows.append(
            [
                forms[one.care_form],
                numbers.estimate(one.value, digits=1),
                numbers.estimate(planned[one.care_form], digits=1),
                numbers.plain(one.allowed, 1),
                said[f"verdict_{one.verdict}"],
            ]
        )
    return rows


def _cost(study: CapacityStudy, texts: Texts) -> Table:
    """The cost by what it is for, on out-of-sample scenarios."""
    said, numbers = texts.sections["capacity"], texts.numbers
    rows = [[said["part"], said["million"]]]
    parts = {name: study.scramblings.mean(part) for name, part in study.out_of_sample.parts.items()}
    rows += [[said[f"part_{name}"], numbers.estimated_millions(one)] for name, one in parts.items()]
    rows.append(
        [said["part_total"], numbers.estimated_millions(study.scramblings.mean(study.out_of_sample.costs))]
    )
    worst = study.scramblings.tail_mean(study.out_of_sample.costs, study.plan.data.confidence)
    return [*rows, [said["part_tail"], numbers.estimated_millions(worst)]]


def _prices(study: CapacityStudy, texts: Texts) -> Table:
    """What one more place would save, net of what it costs."""
    said, numbers, names = texts.sections["capacity"], texts.numbers, names_of(study.case, texts.lang)
    forms = care_form_names(study.case, texts.lang)
    rows = [[said["care_form"], said["provider"], said["fee"], said["margin"], said["block"]]]
    for one in sorted(study.prices, key=lambda price: (price.care_form, -price.margin)):
        block = "" if one.block is None else in_words(one.block, "place", texts)
        margin = in_words(one.margin, "place", texts)
        rows.append([forms[one.care_form], names[one.provider], numbers.plain(one.fee), margin, block])
    return rows


def _worth(study: CapacityStudy, texts: Texts) -> Table:
    """What every flexibility saves: the objective without it less the objective with it."""
    said = texts.sections["capacity"]
    whole = study.flexibility["all"]
    rows = [[said["flexibility"], said["worth_million"]]]
    for name, one in study.flexibility.items():
        if name == "all":
            continue
        rows.append(
            [said[f"without_{name}"], _without(one.bound - whole.objective, one.objective - whole.bound, texts)]
        )
    return rows


def _without(low: float, high: float, texts: Texts) -> str:
    """How much dearer a plan becomes, known to lie between two amounts, euro; it cannot become cheaper."""
    said, numbers = texts.sections["capacity"], texts.numbers
    shown = [numbers.millions(max(one, 0.0), 2) for one in (low, high)]
    if shown[1] == numbers.millions(0.0, 2):
        return said["cost_equal"]
    if shown[0] == numbers.millions(0.0, 2):
        return said["cost_at_most"].format(size=shown[1])
    if shown[0] == shown[1]:
        return said["cost_more"].format(size=shown[1])
    return said["cost_more"].format(size=said["between"].format(low=shown[0], high=shown[1]))


def _curve(study: CapacityStudy, texts: Texts) -> Table:
    """From one provider per lot to all."""
    said, numbers = texts.sections["capacity"], texts.numbers
    rows = [[said["at_most"], said["contracts"], said["objective"], said["no_less_than"]]]
    for n, one in study.curve.items():
        if one is None:
            rows.append([numbers.plain(n), "", said["impossible"], ""])
            continue
        rows.append(
            [
                numbers.plain(n),
                numbers.plain(one.number),
                numbers.millions(one.objective),
                numbers.millions(one.bound),
            ]
        )
    return rows


def _failures(study: CapacityStudy, texts: Texts) -> Table:
    """What it costs when a provider fails halfway."""
    said, names = texts.sections["capacity"], names_of(study.case, texts.lang)
    rows = [[said["provider"], said["extra_cost"], said["extra_waiting"]]]
    for one in sorted(study.failures, key=lambda failure: -float(failure.extra_cost.mean())):
        rows.append(
            [
                names[one.provider],
                in_words(mean_of_scenarios(one.extra_cost), "cost", texts),
                in_words(mean_of_scenarios(one.extra_waiting), "weeks", texts),
            ]
        )
    return rows


def _budget(study: CapacityStudy, budget: CapacityBudget, texts: Texts) -> Table:
    """The lump sum of every lot against what its capacity costs."""
    said, numbers, names = texts.sections["capacity"], texts.numbers, names_of(study.case, texts.lang)
    rows = [[said["lot"], said["payment"], said["plan_cost"], said["enough"], said["own_payment"]]]
    for one in budget.lots:
        own = said["impossible"] if one.own_payment is None else numbers.estimated_millions(one.own_payment)
        rows.append(
            [
                names[one.lot],
                numbers.estimated_millions(one.payment),
                numbers.estimated_millions(one.cost),
                numbers.estimated_percent(one.enough_probability),
                own,
            ]
        )
    return rows


class CapacityReport(StudyReport[CapacityStudy]):
    """Places and contracts."""

    def results(self) -> dict[str, Any]:
        return self.head() | capacity_results(self.study)

    def tables(self) -> list[LongTable]:
        return capacity_tables(self.study, self.texts)

    def sentences(self) -> list[str]:
        return capacity_sentences(self.study, self.texts)

    def title(self) -> str:
        return self.texts["capacity", "title"]

    def sections(self) -> Sequence[Section]:
        return capacity_sections(self.study, self.texts)
