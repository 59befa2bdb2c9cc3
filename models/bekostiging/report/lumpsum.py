"""The lump sum alone: design, limits, margin and alternatives on one page, and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from bekostiging.case import Case, policy_meaning
from bekostiging.lumpsum import LUMP_SUM, Alternative, LimitMargin, price_of_certainty, widest_limit
from bekostiging.report.figures import FIGURES, PALE, figure_of, house_axes, mark_example, numbered, svg
from bekostiging.report.html import template
from bekostiging.report.limits import (
    checks_table,
    conflicts_table,
    prices_table,
    relaxations_table,
    requirements_table,
)
from bekostiging.report.numbers import MILLION
from bekostiging.report.texts import Texts
from bekostiging.stress import LumpSumStudy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Table = list[list[str]]
FRONTIER_SIZE = (6.4, 3.6)


def study_results(study: LumpSumStudy) -> dict[str, Any]:
    """The study as JSON: euro, fractions; arrays in the order of the names beside them."""
    data, design, margin = study.lumpsum.data, study.lumpsum.design, study.lumpsum.margin

    def lists(one: Alternative) -> dict[str, Any]:
        """An alternative with lists for its arrays."""
        found = {name: np.asarray(value).tolist() for name, value in asdict(one).items() if name != "share"}
        return found | {"share": [own.tolist() for own in one.share]}

    return {
        "case": study.case.name,
        "n_scenarios": study.n_scenarios,
        "seed": study.seed,
        "confidence": data.confidence,
        "risk_weight": data.risk_weight,
        "lots": [lot.name for lot in data.lots],
        "providers": list(data.providers),
        "municipalities": list(data.municipalities),
        "layers": [list(lot.corridor.names) for lot in data.lots],
        "feasible": design.feasible,
        "objective": design.objective,
        "bound": design.bound,
        "gap": design.gap,
        "violation": design.violation,
        "loading": design.loading.tolist(),
        "share": [own.tolist() for own in design.share],
        "conflicts": [asdict(conflict) for conflict in design.conflicts],
        "limit_margin": {"standard_errors": margin.standard_errors, "cost": margin.cost},
        "limits": [asdict(check) | {"holds": bool(check.holds)} for check in study.lumpsum.out_of_sample],
        "frontier": [asdict(point) for point in study.frontier],
        "forms": [data.forms[k] for k in design.form],
        "shadow_prices": [asdict(one) for one in study.lumpsum.price_ranges],
        "relaxations": [asdict(one) for one in design.relaxations],
        "minimum_equity_requirement": [asdict(one) for one in study.lumpsum.requirements],
        "value_of_data": [asdict(one) for one in study.value_of_data],
        "simple": asdict(data.simple),
        "precision": study.precision,
        "futures_needed": study.needed,
        "choices": [asdict(one) for one in study.choices],
        "alternatives": [lists(one) for one in study.alternatives],
    }


def study_page(study: LumpSumStudy, texts: Texts) -> str:
    """The study as HTML."""
    design = study.lumpsum.design
    return template("lumpsum.html.j2").render(
        t=texts.sections,
        lang=texts.lang,
        title=study.case.title.get(texts.lang, study.case.name),
        disclaimer=study.case.disclaimer.get(texts.lang, ""),
        told=study_sentences(study, texts.lang),
        design=_design(study, texts),
        conflicts=conflicts_table(study.lumpsum, texts, _names(study)) if design.conflicts else [],
        relaxations=relaxations_table(study.lumpsum, texts, _names(study)),
        checks=checks_table(study.lumpsum, texts, _names(study)),
        prices=prices_table(study.lumpsum, texts, _names(study)),
        data_values=_value_of_data(study, texts),
        alternatives=_alternatives(study, texts),
        choices=_choices(study, texts),
        requirements=requirements_table(study.lumpsum, texts, _names(study)),
        frontier=_frontier(study, texts),
        frontier_price=_price_of_certainty(study, texts),
        figure=Markup(svg(figure_of(lambda ax: plot_frontier(study, ax, lang=texts.lang), FRONTIER_SIZE)))
        if study.frontier
        else "",
        clauses=clause_text(study),
    )


def study_sentences(study: LumpSumStudy, lang: str) -> list[str]:
    """What was found, in a few sentences."""
    texts, judged = Texts(lang), study.lumpsum
    design, margin = judged.design, judged.margin
    if not design.feasible or design.objective is None or design.bound is None:
        return [texts["page", "lumpsum_none"]]
    told = [
        texts["page", "lumpsum_note"].format(
            n=texts.numbers.plain(judged.data.n_scenarios),
            objective=texts.numbers.millions(design.objective, 2),
            bound=texts.numbers.millions(design.bound, 2),
            gap=texts.numbers.percent(design.gap or 0.0, 4),
        ),
        texts["page", "limits_held"].format(
            n=texts.numbers.plain(study.n_scenarios),
            held=sum(check.holds for check in judged.out_of_sample),
            all=len(judged.out_of_sample),
        ),
    ]
    return [*_asked(study, texts), *told, margin_sentence(margin, texts), *_precision(study, texts)]


def _asked(study: LumpSumStudy, texts: Texts) -> list[str]:
    """What was asked beyond the plain design: a simple agreement, a mix."""
    data, numbers = study.lumpsum.data, texts.numbers
    what = []
    if data.simple.changes is not None:
        what.append(texts["page", "simple_changes"].format(n=data.simple.changes))
    if data.simple.shares:
        listed = ", ".join(numbers.percent(share) for share in data.simple.shares)
        what.append(texts["page", "simple_shares"].format(shares=listed))
    if study.edges:
        listed = ", ".join(f"± {numbers.percent(edge)}" for edge in study.edges)
        what.append(texts["page", "simple_edges"].format(edges=listed))
    told = [texts["page", "simple_note"].format(what="; ".join(what))] if what else []
    return [*told, texts["page", "chosen_form_note"]] if len(data.forms) > 1 else told


def _precision(study: LumpSumStudy, texts: Texts) -> list[str]:
    """How well the limits are known, and how many futures a stated precision asks."""
    widest = widest_limit(study.lumpsum.out_of_sample)
    told = [
        texts["page", "precision_now"].format(
            limit=texts.limit(widest.name, _names(study)), width=texts.numbers.plain(widest.half_width)
        )
    ]
    if study.needed is not None and study.precision is not None:
        told.append(
            texts["page", "precision_needed"].format(
                precision=texts.numbers.plain(study.precision), n=texts.numbers.plain(study.needed)
            )
        )
    return told


def margin_sentence(margin: LimitMargin, texts: Texts) -> str:
    """The margin with which every limit holds, and what it costs."""
    if margin.standard_errors is None or margin.cost is None:
        return texts["page", "margin_none"]
    if margin.standard_errors == 0:
        return texts["page", "margin_zero"]
    return texts["page", "margin"].format(
        errors=texts.numbers.plain(margin.standard_errors, 2), cost=texts.numbers.millions(margin.cost, 2)
    )


def _names(study: LumpSumStudy) -> dict[str, str]:
    """Names of lots, providers and municipalities by id."""
    case = study.case
    return (
        {row.id: row.name for row in case.lots}
        | {row.id: row.name for row in case.providers}
        | {row.code: row.name for row in case.municipalities}
    )


def _shares(texts: Texts, names: tuple[str, ...], share: Any) -> str:
    """Shares by layer in words."""
    return ", ".join(
        f"{texts.layer(n)} {texts.numbers.percent(float(s))}" for n, s in zip(names, share, strict=True)
    )


def _design(study: LumpSumStudy, texts: Texts) -> Table:
    """Loading and shares per lot."""
    data, design, names = study.lumpsum.data, study.lumpsum.design, _names(study)
    if not design.feasible:
        return []
    heads = [texts["columns", name] for name in ("lot", "loading", "share")]
    rows = [[heads[0], texts["page", "form_of_lot"], *heads[1:]]]
    for j, lot in enumerate(data.lots):
        form = data.forms[design.form[j]]
        terms = ["–", "–"]
        if form == LUMP_SUM:
            loading = texts.numbers.percent(float(design.loading[j]), 2)
            terms = [loading, _shares(texts, lot.corridor.names, design.share[j])]
        rows.append([names[lot.name], texts["forms", form], *terms])
    return rows


def _value_of_data(study: LumpSumStudy, texts: Texts) -> Table:
    """Every item: what knowing it saves, with its standard error."""
    if not study.value_of_data:
        return []
    rows = [[texts["page", name] for name in ("knowing_item", "knowing_value", "knowing_without")]]
    for one in study.value_of_data:
        value = (
            f"{texts.numbers.millions(one.value.value, 2)} ± {texts.numbers.millions(one.value.standard_error, 2)}"
        )
        rows.append([texts["data_items", one.item], value, texts.numbers.millions(one.without, 2)])
    return rows


def _alternatives(study: LumpSumStudy, texts: Texts) -> Table:
    """Every alternative: what it costs, its terms, and who gains and who loses most."""
    if len(study.alternatives) < 2:
        return []
    data, names = study.lumpsum.data, _names(study)
    heads = ("alternative", "alternative_cost", "alternative_terms", "gains", "loses")
    rows = [[texts["page", name] for name in heads]]
    for number, one in enumerate(study.alternatives):
        terms = "; ".join(
            f"{names[lot.name]}: {texts.numbers.percent(float(one.loading[j]), 1)} | "
            f"{' / '.join(texts.numbers.percent(float(s)) for s in one.share[j])}"
            for j, lot in enumerate(data.lots)
        )
        parties = [
            *zip(data.providers, one.result, strict=True),
            *zip(data.municipalities, -one.spending, strict=True),
        ]
        parties.sort(key=lambda party: float(party[1]))
        ends = [
            "–" if abs(value) < 1 else f"{names[who]} {texts.numbers.millions(float(value), 2)}"
            for who, value in (parties[-1], parties[0])
        ]
        rows.append([str(number), texts.numbers.percent(one.cost, 2), terms, *ends])
    return rows


def _frontier(study: LumpSumStudy, texts: Texts) -> Table:
    """The efficient corridors and the designed one, the safest for the municipalities first."""
    numbers, names = texts.numbers, _names(study)
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
    found = price_of_certainty(study.frontier, study.lumpsum.data.n_years)
    if found is None:
        return texts["page", "no_price_of_certainty"]
    euro, low, high = found
    return texts["page", "price_of_certainty"].format(
        euro=texts.numbers.plain(euro, 0), low=texts.numbers.percent(low, 1), high=texts.numbers.percent(high, 1)
    )


def plot_frontier(study: LumpSumStudy, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """Municipal tail against the weakest provider's chance: candidates, the efficient ones, and the designed corridor.

    Circles share surpluses too, triangles deficits alone; dark ones no other candidate beats at both ends.
    """
    texts = Texts(lang)
    with house_axes(ax, FRONTIER_SIZE) as axes:
        for point in study.frontier:
            place = (100 * point.weakest.value, point.tail.value / MILLION)
            if point.band is None:
                axes.plot(*place, "*", color="#b3541e", ms=13, label=texts["page", "as_designed"])
            else:
                colour = "#1b3a5c" if point.efficient else PALE
                axes.plot(*place, "o" if point.symmetric else "^", color=colour, ms=5)
        axes.set_xlabel(f"{texts['page', 'frontier_weakest']}, %")
        axes.set_ylabel(texts["page", "frontier_axis"], fontsize=8)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(5))
            numbered(axis, texts, 1)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize=8)
        mark_example(axes, study.case, FIGURES["corridor"], texts)
    return axes


def _choices(study: LumpSumStudy, texts: Texts) -> Table:
    """Every policy row: what it means, who chose it, and what a tenth less and more does to the objective."""
    numbers = texts.numbers
    heads = ("policy_choice", "choice_value", "choice_source", "choice_down", "choice_up")
    rows = [[texts["page", name] for name in heads]]
    for one in study.choices:
        scope = "" if one.scope == "case" else f" ({one.scope})"
        ends = []
        for value, change in ((one.lower, one.down), (one.higher, one.up)):
            if value is None:
                ends.append("–")
            elif change is None:
                ends.append(f"{numbers.plain(value, 3)}: {texts['page', 'not_possible']}")
            else:
                ends.append(f"{numbers.plain(value, 3)}: {numbers.millions(change, 2)}")
        meaning = policy_meaning(one.name, texts.lang)
        source = f"{one.source} — {texts['statuses', one.status]}"
        rows.append([f"{one.name}{scope}: {meaning}", _value(texts, one.value), source, *ends])
    return rows


def _value(texts: Texts, value: str) -> str:
    """A policy value as the reader writes it; a word as it is."""
    try:
        float(value)
    except ValueError:
        return value
    return value.replace(".", ",") if texts.lang == "nl" else value


def clause_text(study: LumpSumStudy) -> list[str]:
    """The decided numbers as draft contract language, Dutch whatever the language of the page; empty without a design."""
    data, design, names = study.lumpsum.data, study.lumpsum.design, _names(study)
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
                base=dutch["bases", study.case.corridor_base(lot.name)],
                layers=layers,
                evidence=dutch["evidence", study.case.corridor_base(lot.name)],
                settled=_settled(study.case),
            )
        )
    return paragraphs


def _settled(case: Case) -> str:
    """Months after the year in which advances are settled."""
    name = "settlement_delay_months"
    return case.word(name) if case.has_policy(name) else "12"
