"""The lump sum alone: design, limits, margin and alternatives on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from markupsafe import Markup

from bekostiging.case import POLICIES
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.lumpsum import LumpSumDesign, price_of_certainty, widest_limit
from bekostiging.report.kit.begroting import BudgetPage
from bekostiging.report.kit.html import template
from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.presented import StudyReport
from bekostiging.report.kit.sections import Section, names_of
from bekostiging.report.kit.style import figure_of, svg
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import agreement_sentences, stability_sentence, technique_sentence
from bekostiging.report.lumpsum.designs import (
    both_millions,
    design_in_short,
    designs_note,
    designs_table,
    signed,
    terms_table,
)
from bekostiging.report.lumpsum.limits import (
    checks_table,
    conflicts_table,
    prices_table,
    relaxations_table,
    requirements_table,
)
from bekostiging.report.lumpsum.plots import FRONTIER_SIZE, plot_frontier
from bekostiging.report.lumpsum.results import study_results
from bekostiging.report.lumpsum.tables import lumpsum_tables
from bekostiging.studies import Changed, LumpSumStudy

Table = list[list[str]]


def study_page(study: LumpSumStudy, texts: Texts, frame: Mapping[str, object]) -> str:
    """The study as HTML; ``frame``: what every page shows."""
    result, names = study.lumpsum, names_of(study.case)
    design = result.design
    separate = result.plain.design is not design and result.plain.design.feasible
    return template("lumpsum.html.j2").render(
        **frame,
        t=texts.sections,
        **_budget(study, texts),
        design=terms_table(result.data, design, texts, names) if design.feasible else [],
        designs=designs_table(result, texts, names) if design.feasible else [],
        designs_note=designs_note(result, texts) if design.feasible else "",
        plain=terms_table(result.data, result.plain.design, texts, names) if separate else [],
        conflicts=conflicts_table(result, texts, names) if design.conflicts else [],
        relaxations=relaxations_table(result, texts, names),
        checks=checks_table(result.headline.checks, texts, names),
        prices=prices_table(result, texts, names),
        data_values=_value_of_data(study, texts),
        alternatives=_alternatives(study, texts),
        choices=_choices(study, texts),
        requirements=requirements_table(result, texts, names),
        frontier=_frontier(study, texts),
        frontier_price=_price_of_certainty(study, texts),
        figure=Markup(svg(figure_of(lambda ax: plot_frontier(study, ax, lang=texts.lang), FRONTIER_SIZE)))
        if study.frontier
        else "",
        clauses=clause_text(study, design),
        plain_clauses=clause_text(study, result.plain.design) if separate else [],
        technique=technique_sentences(study, texts),
    )


def _budget(study: LumpSumStudy, texts: Texts) -> dict[str, Section | None]:
    """Which amount goes into the begroting; None without a design."""
    page = BudgetPage.of_lump_sum(study, texts)
    if page is None:
        return {"budget": None, "by_municipality": None}
    return {"budget": page.section(), "by_municipality": page.by_municipality()}


def study_sentences(study: LumpSumStudy, texts: Texts) -> list[str]:
    """The answer in a few sentences."""
    return [*_requests(study, texts), *agreement_sentences(study.lumpsum, texts, names_of(study.case))]


def technique_sentences(study: LumpSumStudy, texts: Texts) -> list[str]:
    """How well the design is proved and its limits are known."""
    design = study.lumpsum.design
    if not design.feasible:
        return []
    return [
        technique_sentence(study.lumpsum, texts),
        stability_sentence(study.lumpsum, texts),
        *_precision(study, texts),
    ]


def _requests(study: LumpSumStudy, texts: Texts) -> list[str]:
    """What was asked beyond the plain design: a simple agreement, a mix."""
    data, numbers = study.lumpsum.data, texts.numbers
    what = []
    if study.asked is not None and data.simple.changes is not None:
        what.append(texts["page", "simple_changes"].format(n=data.simple.changes))
    if study.asked is not None and data.simple.shares:
        listed = ", ".join(numbers.percent(share) for share in data.simple.shares)
        what.append(texts["page", "simple_shares"].format(shares=listed))
    if study.edges:
        listed = ", ".join(f"± {numbers.percent(edge)}" for edge in study.edges)
        what.append(texts["page", "simple_edges"].format(edges=listed))
    sentences = [texts["page", "simple_note"].format(what="; ".join(what))] if what else []
    return [*sentences, texts["page", "chosen_form_note"]] if len(data.forms) > 1 else sentences


def _precision(study: LumpSumStudy, texts: Texts) -> list[str]:
    """How well the limits are known, and how many scenarios a stated precision asks."""
    widest = widest_limit(study.lumpsum.headline.checks)
    sentences = [
        texts["page", "precision_now"].format(
            limit=texts.limit(widest.limit, names_of(study.case)), width=texts.numbers.plain(widest.half_width)
        )
    ]
    if study.needed is not None and study.precision is not None:
        sentences.append(
            texts["page", "precision_needed"].format(
                precision=texts.numbers.plain(study.precision), n=texts.numbers.plain(study.needed)
            )
        )
    return sentences


def _value_of_data(study: LumpSumStudy, texts: Texts) -> Table:
    """Every item: what knowing it saves, with its standard error."""
    if not study.value_of_data:
        return []
    rows = [[texts["page", name] for name in ("knowing_item", "knowing_value", "knowing_without")]]
    for one in study.value_of_data:
        value = texts.numbers.estimated_millions(one.value, 2)
        rows.append([texts["data_items", one.item], value, texts.numbers.millions(one.without, 2)])
    return rows


def _alternatives(study: LumpSumStudy, texts: Texts) -> Table:
    """Every alternative: what it costs, its terms, and who gains and who loses most."""
    if len(study.alternatives) < 2:
        return []
    data, names = study.lumpsum.data, names_of(study.case)
    heads = ("alternative", "alternative_cost", "alternative_terms", "gains", "loses")
    rows = [[texts["page", name] for name in heads]]
    for number, one in enumerate(study.alternatives):
        terms = "; ".join(
            f"{names[lot.name]}: {design_in_short(data, one.design, j, texts)}" for j, lot in enumerate(data.lots)
        )
        parties = [
            *((who, own.value) for who, own in zip(data.providers, one.result, strict=True)),
            *((who, -own.value) for who, own in zip(data.municipalities, one.spending, strict=True)),
        ]
        parties.sort(key=lambda party: party[1])
        ends = [
            UNKNOWN if abs(value) < 1 else f"{names[who]} {signed(value, texts)}"
            for who, value in (parties[-1], parties[0])
        ]
        rows.append([str(number), both_millions((one.expected, one.tail), texts), terms, *ends])
    return rows


def _frontier(study: LumpSumStudy, texts: Texts) -> Table:
    """The efficient corridors and the designed one, the safest for the municipalities first."""
    numbers, names = texts.numbers, names_of(study.case)
    heads = ("corridor_kind", "frontier_tail", "frontier_weakest", "weakest_provider")
    rows = [[texts["page", name] for name in heads]]
    shown = [point for point in study.frontier if point.efficient or point.band is None]
    for point in sorted(shown, key=lambda point: point.tail.value):
        if point.band is None:
            kind = texts["page", "as_designed"]
        else:
            key = "two_sided" if point.symmetric else "one_sided"
            kind = texts["page", key].format(band=numbers.percent(point.band), share=numbers.percent(point.share))
        ends = (numbers.estimated_millions(point.tail), numbers.estimated_percent(point.weakest))
        rows.append([kind, *ends, names[point.provider]])
    return rows


def _price_of_certainty(study: LumpSumStudy, texts: Texts) -> str:
    """What a point more certainty for the providers costs the municipalities a year, and where that holds."""
    price = price_of_certainty(study.frontier, study.lumpsum.data.n_years)
    if price is None:
        return texts["page", "no_price_of_certainty"]
    euro, low, high = price
    return texts["page", "price_of_certainty"].format(
        euro=texts.numbers.plain(round(euro, -3)),
        low=texts.numbers.percent(low, 1),
        high=texts.numbers.percent(high, 1),
    )


def _choices(study: LumpSumStudy, texts: Texts) -> Table:
    """Every policy row: what it means, who chose it, and what a tenth less and more does to spending."""
    heads = ("policy_choice", "choice_value", "choice_source", "choice_down", "choice_up")
    rows, names = [[texts["page", name] for name in heads]], names_of(study.case)
    for one in study.choices:
        scope = "" if one.scope == "case" else f" ({names[one.scope]})"
        ends = [_changed(one.lower, texts), _changed(one.higher, texts)]
        meaning = POLICIES[one.name].explained(texts.lang)
        source = f"{one.source} — {texts['statuses', one.status]}"
        rows.append([f"{texts.policy(one.name)}{scope}: {meaning}", texts.policy_value(one.value), source, *ends])
    return rows


def _changed(one: Changed | None, texts: Texts) -> str:
    """A number tried and what municipalities then spend more."""
    if one is None:
        return UNKNOWN
    change = (
        texts["page", "not_possible"] if one.expected is None else both_millions((one.expected, one.tail), texts)
    )
    return f"{texts.policy_value(in_en(one.value))}: {change}"


def clause_text(study: LumpSumStudy, design: LumpSumDesign) -> list[str]:
    """The numbers of a design as draft contract language, Dutch whatever the language of the page; empty without one."""
    data, names = study.lumpsum.data, names_of(study.case)
    if not design.feasible:
        return []
    dutch = Texts("nl")
    paragraphs = []
    for j, lot in enumerate(data.lots):
        if design.form[j] != 0:
            continue
        amounts = "; ".join(
            f"{names[data.contracts[c][0]]} {dutch.numbers.plain(float(data.reference[c, 0]))} euro, budget "
            f"{dutch.numbers.plain(float(design.budget[c, 0]))} euro"
            for c in np.flatnonzero(data.lot == j)
        )
        layers = "; ".join(
            dutch["page", "clause_last_layer" if np.isinf(lot.corridor.upper[k]) else "clause_layer"].format(
                layer=dutch.layer(name),
                lower=dutch.numbers.percent(float(lot.corridor.lower[k])),
                upper=dutch.numbers.percent(float(min(lot.corridor.upper[k], 10.0))),
                share=dutch.numbers.percent(float(design.share[j][k]), 1),
            )
            for k, name in enumerate(lot.corridor.names)
        )
        paragraphs.append(
            dutch["page", "clause_text"].format(
                lot=names[lot.name],
                year=data.years[0],
                amounts=amounts,
                base=dutch["bases", study.case.policy.base(lot.name)],
                layers=layers,
                evidence=dutch["evidence", study.case.policy.base(lot.name)],
                settled=in_nl(study.case.policy.settlement_delay_months),
            )
        )
    return paragraphs


class LumpSumReport(StudyReport[LumpSumStudy]):
    """The lump sum alone."""

    page_file = "lumpsum.html"
    results_file = "lumpsum.json"

    def results(self) -> dict[str, Any]:
        return self.head() | study_results(self.study)

    def tables(self) -> list[LongTable]:
        return lumpsum_tables(self.study, self.texts)

    def settings(self) -> dict[str, object]:
        study = self.study
        return {"scenarios": study.n_scenarios, "design_scenarios": study.n_design, "seed": study.seed}

    def sentences(self) -> list[str]:
        return study_sentences(self.study, self.texts)

    def page(self) -> str:
        return study_page(self.study, self.texts, self.frame)
