"""Risk equalisation between providers on one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bekostiging.case import Case
from bekostiging.case.numbers import in_en
from bekostiging.contracts import LUMP_SUM
from bekostiging.equalisation import DISCLOSURE_LIMIT, Measures, suppressed
from bekostiging.report.equalisation.plots import (
    POWER_SIZE,
    norms_caption,
    norms_size,
    plot_norm_amounts,
    plot_power_risk,
    power_caption,
    profile_name,
)
from bekostiging.report.equalisation.results import equalisation_results, lot_powers
from bekostiging.report.equalisation.tables import equalisation_tables
from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.numbers import SPACE
from bekostiging.report.kit.presented import StudyReport
from bekostiging.report.kit.sections import Section, Table, care_form_names, names_of
from bekostiging.report.kit.style import figure_of
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import EqualisationStudy, PoolResult

EURO = 0.5
"""Below half a euro nothing moved."""


def equalisation_sentences(study: EqualisationStudy, texts: Texts) -> list[str]:
    """What was found, in a few sentences."""
    said, numbers, clients = texts.sections["equalisation"], texts.numbers, study.clients
    sentences = [
        said["told"].format(
            profiles=len(clients.adjusters),
            clients=numbers.plain(float(clients.weight.sum())),
            rows=numbers.plain(len(clients.cost)),
        ),
        said["told_fit"].format(method=said[study.model.method], gap=numbers.percent(study.model.fit_.gap, 4)),
        _against_one_amount(study, texts),
        said["told_simulated" if study.simulated else "told_own"],
    ]
    return [*sentences, *(warning.text(texts.lang) for warning in study.model.warnings_)]


def _against_one_amount(study: EqualisationStudy, texts: Texts) -> str:
    """The hardest hit provider under these amounts, one amount per care form (which is nearly free) and one for all."""
    said, numbers = texts.sections["equalisation"], texts.numbers
    found = {name: one.largest for name, one in study.methods.items()} | {"now": study.measures.largest}
    shown = {name: numbers.percent(value, 1) for name, value in found.items()}
    if "care_form" not in found:
        return said["told_flat"].format(flat=shown["flat"], now=shown["now"])
    verdict = "better" if found["now"] < found["care_form"] else "worse"
    if shown["now"] == shown["care_form"]:
        verdict = "equal"
    first = said["told_forms"].format(flat=shown["flat"], forms=shown["care_form"], now=shown["now"])
    return f"{first} {said[f'forms_{verdict}']}"


def equalisation_sections(study: EqualisationStudy, texts: Texts) -> list[Section]:
    """Every section of the page."""
    said, numbers = texts.sections["equalisation"], texts.numbers
    limit = {"limit": DISCLOSURE_LIMIT}
    sections = [
        Section(
            said["norms"],
            [said["norms_note"].format(**limit), said["flags_note"]],
            [_norms(study, texts)],
            figure_of(lambda ax: plot_norm_amounts(study, ax, lang=texts.lang), norms_size(study)),
            caption=norms_caption(study, texts),
        ),
        Section(said["by_lot"], _lot_sentences(study, texts), [_lots(study, texts)]),
        Section(said["groups"], [said["groups_note"].format(**limit)], [_groups(study, texts)]),
        Section(
            said["methods"], [said["methods_note"]], [_methods(study, texts)], warnings=[said["methods_warning"]]
        ),
        Section(said["providers"], [said["providers_note"]], [_providers(study, texts)]),
    ]
    if study.prices:
        sections.insert(4, Section(said["prices"], [said["prices_note"]], [_prices(study, texts)]))
    pooled = study.high_cost[0]
    note = said["high_cost_note"].format(
        pooled=numbers.percent(pooled.pooled), share=numbers.percent(pooled.share)
    )
    sections.append(Section(said["high_cost"], [note], [_high_cost(study, texts)]))
    sections += [_pool_section(study, pool, texts) for pool in study.pools]
    if len(study.pools) > 1:
        low, high = lot_powers(study)
        note = said["lots_note"].format(low=numbers.percent(low, 1), high=numbers.percent(high, 1))
        sections.append(Section(said["balance_of_lots"], [note]))
    if not study.pools:
        sections.append(Section(said["pool"].format(lot="–"), [said["no_pool"]]))
    return sections


def _norms(study: EqualisationStudy, texts: Texts) -> Table:
    """Every profile: clients, amount, interval, flags."""
    said, numbers, clients = texts.sections["equalisation"], texts.numbers, study.clients
    rows = [[said[head] for head in ("profile", "clients", "amount", "interval", "flags")]]
    shown, count = study.disclosed, clients.weight @ clients.matrix
    for j, adjuster in enumerate(clients.adjusters):
        flags = [
            said[name]
            for name, holds in (
                ("not_observable", not adjuster.observable),
                ("influenceable", adjuster.influenceable),
            )
            if holds
        ]
        ends = [numbers.plain(float(end[j])) for end in (study.interval.low, study.interval.high)]
        interval = " – ".join(ends) if study.interval.enough[j] else said["too_few"]
        figures = [numbers.plain(count[j]), numbers.plain(study.model.coef_[j]), interval]
        rows.append(
            [
                profile_name(study, adjuster.name, texts.lang),
                *(figures if shown[j] else [said["hidden"]] * 3),
                "; ".join(flags) or "–",
            ]
        )
    return rows


def _lot_sentences(study: EqualisationStudy, texts: Texts) -> list[str]:
    """How the lots are compared, and per lot whether profiles earn their keep."""
    said, numbers, names = texts.sections["equalisation"], texts.numbers, names_of(study.case, texts.lang)
    sentences = [said["by_lot_note"]]
    for one in study.lots:
        place = said["all_lots"] if one.lot is None else said["in_lot"].format(lot=names.get(one.lot, one.lot))
        against = said[f"against_{one.alternative}"]
        share = f"{numbers.between(one.removed, 0.01)}{SPACE}%"
        sentences.append(said[f"verdict_{one.verdict}"].format(place=place, share=share, against=against))
    return sentences if study.lots else [*sentences, said["no_lots"].format(limit=DISCLOSURE_LIMIT)]


def _lots(study: EqualisationStudy, texts: Texts) -> Table:
    """Norm amounts against one amount per care form in every lot."""
    said, numbers, names = texts.sections["equalisation"], texts.numbers, names_of(study.case, texts.lang)
    heads = ("lot", "clients", "error_alternative", "error_profiles", "removed", "providers_alternative",
             "providers_profiles", "providers_difference")  # fmt: skip
    rows = [[said[head] for head in heads]]
    for one in study.lots:
        errors = [numbers.estimate(value) for value in (one.error_alternative, one.error_profiles)]
        results = (one.providers_alternative, one.providers_profiles, one.providers_difference)
        removed = numbers.estimated_percent(one.removed) if one.enough else said["too_few"]
        shares = [numbers.estimated_percent(value) for value in results]
        lot = said["all_clients"] if one.lot is None else names.get(one.lot, one.lot)
        rows.append([lot, numbers.plain(one.clients), *errors, removed, *shares])
    return rows


def _groups(study: EqualisationStudy, texts: Texts) -> Table:
    """Every label of every partition."""
    said, numbers = texts.sections["equalisation"], texts.numbers
    own = names_of(study.case, texts.lang)
    names = own | care_form_names(study.case, texts.lang)
    rows = [[said[head] for head in ("group", "clients", "mean_cost", "compensation", "ratio")]]
    for one in study.groups:
        # a lot may have the id of a care form
        named = own if one.partition == "lot" else names
        label = named.get(one.label, said.get(one.label, one.label))
        name = f"{said.get(one.partition, one.partition)}: {label}"
        if one.clients is None or one.mean_cost is None or one.compensation is None:
            rows.append([name, *[said["hidden"]] * 4])
            continue
        ratio = "–" if one.ratio is None else numbers.plain(one.ratio, 3)
        figures = (numbers.plain(one.clients), numbers.plain(one.mean_cost), numbers.estimate(one.compensation))
        rows.append([name, *figures, ratio])
    return rows


def _methods(study: EqualisationStudy, texts: Texts) -> Table:
    """Other ways of setting norm amounts beside the one asked for."""
    said, numbers = texts.sections["equalisation"], texts.numbers

    def row(name: str, one: Measures) -> list[str]:
        """One way."""
        figures = (
            numbers.percent(one.largest, 1),
            numbers.percent(one.spread, 1),
            numbers.plain(one.mean_absolute_error),
        )
        return [name, *figures, numbers.plain(one.r_squared, 3), numbers.plain(one.cpm, 3)]

    heads = [said[head] for head in ("method", "largest", "spread", "error", "r_squared", "cpm")]
    return [
        heads,
        row(said["asked"], study.measures),
        *(row(said[name], one) for name, one in study.methods.items()),
    ]


def _prices(study: EqualisationStudy, texts: Texts) -> Table:
    """Every condition and what it costs."""
    said, numbers = texts.sections["equalisation"], texts.numbers
    rows = [[said[head] for head in ("condition", "moved", "r_squared", "cpm")]]
    for one in study.prices:
        moved = one.moved if one.moved >= EURO else 0.0
        figures = (numbers.plain(moved), numbers.plain(one.r_squared, 4), numbers.plain(one.cpm, 4))
        rows.append([texts.condition(one.condition), *figures])
    return rows


def _providers(study: EqualisationStudy, texts: Texts) -> Table:
    """Result and transfer of every provider."""
    said, numbers, names = texts.sections["equalisation"], texts.numbers, names_of(study.case, texts.lang)
    clients = study.clients
    count = np.bincount(clients.provider, weights=clients.weight, minlength=len(clients.providers))
    hidden = suppressed(count.astype(np.float64), DISCLOSURE_LIMIT)
    rows = [[said[head] for head in ("provider", "clients", "result", "transfer")]]
    for p, name in enumerate(clients.providers):
        figures = [numbers.plain(count[p]), numbers.percent(float(study.results[p]), 1)]
        figures = [said["hidden"]] * 2 if hidden[p] else figures
        rows.append([names.get(name, name), *figures, numbers.plain(study.transfers[name])])
    return rows


def _high_cost(study: EqualisationStudy, texts: Texts) -> Table:
    """Both pools, the same money through each."""
    said, numbers = texts.sections["equalisation"], texts.numbers
    rows = [[said[head] for head in ("method", "threshold", "largest", "spread", "power", "balance")]]
    for one in study.high_cost:
        unit = said["euro"] if one.kind == "outlier" else said["times"]
        threshold = f"{numbers.plain(one.threshold, 0 if one.kind == 'outlier' else 2)} {unit}"
        figures = (one.largest, one.spread, one.power, one.balance)
        rows.append([said[one.kind], threshold, *(numbers.percent(value, 1) for value in figures)])
    return rows


def _pool_section(study: EqualisationStudy, pool: PoolResult, texts: Texts) -> Section:
    """The pool of a lot: shares, providers on out-of-sample scenarios, and what power costs."""
    said, numbers, names = texts.sections["equalisation"], texts.numbers, names_of(study.case, texts.lang)
    data, design = pool.data, pool.design
    note = said["pool_note"].format(
        power=numbers.percent(design.target),
        risk=numbers.percent(design.risk, 2),
        bound=numbers.percent(design.bound, 2),
        before=numbers.percent(float(design.tail_before.max()), 2),
    )
    out_of_sample = said["fresh_note"].format(
        n=numbers.plain(study.n_scenarios), tail=numbers.percent(1 - data.confidence)
    )
    shares = [[said["band"], said["share"]]]
    for (low, high), share in zip(data.edges, design.share, strict=True):
        ends = [numbers.percent(float(edge)) for edge in (low, high) if np.isfinite(edge)]
        shares.append(
            [said["between" if len(ends) == 2 else "at_least"].format(*ends), numbers.percent(float(share), 1)]
        )
    heads = ("provider", "power", "tail_before", "tail_after", "received", "low", "high")
    rows = [[said[head] for head in heads]]
    for p, name in enumerate(data.providers):
        tails = [numbers.estimated_percent(one[p], 2) for one in (pool.tail_before, pool.tail_after)]
        ends = [numbers.plain(float(values[p])) for values in (pool.low, pool.high)]
        power = numbers.percent(float(design.power[p]), 1)
        rows.append([names.get(name, name), power, *tails, numbers.estimate(pool.received[p]), *ends])
    return Section(
        title=said["pool"].format(lot=names.get(data.lot, data.lot)),
        notes=[note, _clause(pool, study.case, texts), said["frontier_note"], out_of_sample],
        tables=[shares, rows],
        drawn=figure_of(lambda ax: plot_power_risk(study, ax, lot=data.lot, lang=texts.lang), POWER_SIZE),
        caption=power_caption(study, data.lot, texts),
    )


def _clause(pool: PoolResult, case: Case, texts: Texts) -> str:
    """The pool as rows of table clauses, in the words of its sheet."""
    numbers, names = texts.numbers, names_of(case, texts.lang)
    rows = []
    for k, ((low, high), share) in enumerate(zip(pool.data.edges, pool.design.share, strict=True), start=1):
        key = "clause_last" if np.isinf(high) else "clause_row"
        rows.append(
            texts["equalisation", key].format(
                position=k,
                share=numbers.plain(share, 4),
                low=texts.policy_value(in_en(1 + low, 6)),
                high=texts.policy_value(in_en(1 + high, 6)),
            )
        )
    return texts["equalisation", "clause"].format(
        lot=names[pool.data.lot],
        form=texts["forms", LUMP_SUM],
        kind=texts["clauses", "provider_pool"],
        rows="; ".join(rows),
    )


class EqualisationReport(StudyReport[EqualisationStudy]):
    """Norm amounts and pools."""

    def results(self) -> dict[str, Any]:
        return self.head() | equalisation_results(self.study)

    def tables(self) -> list[LongTable]:
        return equalisation_tables(self.study, self.texts)

    def sentences(self) -> list[str]:
        return [*self.undesigned(), *equalisation_sentences(self.study, self.texts)]

    def title(self) -> str:
        return self.texts["equalisation", "title"]

    def sections(self) -> Sequence[Section]:
        return equalisation_sections(self.study, self.texts)
