"""The report: one self-contained HTML file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from bekostiging.case.rows import STATUSES
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.evaluation import (
    PROVIDER_FIGURES,
    SPENDING_FIGURES,
    TERM,
    TOTAL,
    Comparison,
    DeterministicScenario,
    cheapest,
    figures,
)
from bekostiging.report.comparison.answers import (
    four_sentences,
    headroom_of_term,
    own_prices,
    summary_rows,
    years,
)
from bekostiging.report.comparison.choice import choice_section
from bekostiging.report.comparison.clients import client_sections
from bekostiging.report.comparison.contracts import contract_sections, regime_table
from bekostiging.report.comparison.measures import measure_sections
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.comparison.results import comparison_results
from bekostiging.report.comparison.samples import write_samples
from bekostiging.report.comparison.signals import signal_sections
from bekostiging.report.comparison.tables import comparison_tables
from bekostiging.report.comparison.waiting import summary_note, waiting_sections
from bekostiging.report.kit.begroting import BudgetPage
from bekostiging.report.kit.export import confidential_mark
from bekostiging.report.kit.html import template
from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.origin import assumptions
from bekostiging.report.kit.presented import Exported, StudyReport, notes_of_page, sense_of_page
from bekostiging.report.kit.sections import Answer, names_of
from bekostiging.report.kit.self_check import check_sentence, written_check
from bekostiging.report.kit.style import svg
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import (
    agreement_sentences,
    certainty_sentence,
    first_sentence,
    stability_sentence,
    technique_sentence,
)
from bekostiging.report.lumpsum.designs import designs_note, designs_table, terms_table
from bekostiging.report.lumpsum.limits import (
    checks_table,
    conflicts_table,
    prices_table,
    relaxations_table,
    requirements_table,
)

Table = list[list[str]]
YEAR_FIGURES = (figures.EXPECTED, figures.P10, figures.P90, figures.CVAR95, figures.OVERRUN_PROBABILITY,
                figures.REQUIRED_RESISTANCE_CAPACITY)  # fmt: skip
ORIGINS = {
    "municipality": ("begroting", "offers", "contracts", "demand", "risk_factors"),
    "clients": ("demand", "history", "risk_factors"),
    "providers": ("providers", "offers", "contracts"),
    "waiting": ("contracts", "care_forms", "waiting"),
    "lumpsum": ("policy", "layers", "providers", "cost_price"),
    "administration": ("administration",),
    "shocks": ("shocks",),
    "measures": ("measures",),
    "substitution": ("substitution",),
}
"""Sections of the report and the tables their figures lean on."""


def comparison_page(outcome: Comparison, texts: Texts, figures_by_name: dict[str, Figure]) -> str:
    """Return the report as HTML."""
    origins = {section: _origin_of(outcome, texts, *own) for section, own in ORIGINS.items()}
    sections: dict[str, Any] = {
        **_first_page(outcome, texts),
        **_municipality(outcome, texts),
        **client_sections(outcome, texts),
        **_providers(outcome, texts),
        **waiting_sections(outcome, texts),
        **_lumpsum(outcome, texts),
        **signal_sections(outcome, texts),
        **contract_sections(outcome, texts),
        **measure_sections(outcome, texts),
        **_evidence(outcome, texts),
    }
    plots = {name: Markup(svg(plot)) for name, plot in figures_by_name.items()}
    return template("report.html.j2").render(
        t=texts.sections, lang=texts.lang, figures=plots, origins=origins, **sections
    )


def _heads(texts: Texts, first: str = "") -> list[str]:
    """A first column and one column per payment form."""
    return [first, *(texts["forms_in_full", form] for form in PAYMENT_FORMS)]


def risk_allocation_table(risks: Iterable[tuple[str, Mapping[PaymentForm, str]]], texts: Texts) -> Table:
    """Who carries which risk under every payment form, header first."""
    pays = [texts["form_pays", form] for form in PAYMENT_FORMS]
    rows = [_heads(texts), [{"nl": "de gemeente betaalt", "en": "the municipality pays"}[texts.lang], *pays]]
    for risk, parties in risks:
        rows.append([texts["risks", risk], *(texts["parties", parties[form]] for form in PAYMENT_FORMS)])
    return rows


def _first_page(outcome: Comparison, texts: Texts) -> dict[str, Any]:
    """Question, risk allocation, answer, choice, and which assumption turns the ranking."""
    case = outcome.case
    corner = texts["corners", outcome.corner]
    budget = BudgetPage.of_comparison(outcome, texts)
    settings = texts["page", "settings"].format(
        n=texts.numbers.plain(outcome.n_scenarios),
        r=outcome.n_scramblings,
        seed=outcome.seed,
        corner=corner,
        discount=texts.numbers.percent(case.policy.discount_rate, 1),
    )
    return {
        "title": case.title.get(texts.lang, case.name),
        "disclaimer": case.disclaimer.get(texts.lang, ""),
        "confidential": confidential_mark(outcome.case, texts, named=outcome.named),
        **notes_of_page(outcome, texts),
        **sense_of_page(outcome, texts),
        "origin": _origin(outcome, texts),
        "question": texts["page", "question_text"].format(years=years(outcome)),
        "risk_allocation": risk_allocation_table(outcome.risk_allocation, texts),
        "sentences": four_sentences(outcome, texts),
        "budget": budget.section(),
        "by_municipality": budget.by_municipality(),
        **choice_section(outcome, texts, _heads(texts)),
        "turning_parity": texts["page", "turning_own_prices" if own_prices(outcome) else "turning_one_build_up"],
        "turning": _deterministic(outcome, texts, outcome.sensitivities),
        "provider_result": texts[figures.PROVIDER_RESULT],
        "shocks": _deterministic(outcome, texts, outcome.shocks),
        "settings": settings,
    }


def _origin_of(outcome: Comparison, texts: Texts, *tables: str) -> str:
    """Where the rows of some tables come from, so that what is invented is marked where it is shown."""
    counted = []
    for table in tables:
        counts = Counter(row.status for row in getattr(outcome.case, table))
        if counts:
            parts = ", ".join(
                texts["statuses", status] if len(counts) == 1 else f"{counts[status]} {texts['statuses', status]}"
                for status in STATUSES
                if status in counts
            )
            counted.append(f"{texts['tables', table]}: {parts}")
    return texts["page", "origin_of"].format(told="; ".join(counted))


def _origin(outcome: Comparison, texts: Texts) -> str:
    """How many rows of the case are invented, estimated, own or published."""
    counts: dict[str, int] = dict.fromkeys(STATUSES, 0)
    for row in assumptions(outcome.case):
        counts[str(row["status"])] += int(str(row["rows"]))
    counted = [f"{count} {texts['statuses', status]}" for status, count in counts.items() if count > 0]
    return texts["page", "origin"].format(all=sum(counts.values()), told=", ".join(counted))


def _deterministic(
    outcome: Comparison, texts: Texts, deterministic_scenarios: tuple[DeterministicScenario, ...]
) -> list[dict[str, Any]]:
    """Change of spending and of the providers' result per form; the cheapest for the municipality marked."""
    rows = []
    for scenario in deterministic_scenarios:
        least = cheapest(scenario.spending)
        cells = [
            {
                "spending": texts.numbers.change(scenario.spending[form] - outcome.plain.spending[form]),
                "result": texts.numbers.change(
                    scenario.provider_result[form] - outcome.plain.provider_result[form]
                ),
                "cheapest": form in least and len(least) < len(PAYMENT_FORMS),
            }
            for form in PAYMENT_FORMS
        ]
        published = not scenario.source or scenario.status == "published"
        status = "" if published else f" — {texts['statuses', scenario.status]}"
        rows.append({"name": scenario.name[texts.lang] + status, "cells": cells})
    return rows


def _municipality(outcome: Comparison, texts: Texts) -> dict[str, Any]:
    """Spending over the term and per year."""
    numbers, case = texts.numbers, outcome.case
    of_term = [_heads(texts)]
    for figure in SPENDING_FIGURES:
        if figure.on_page:
            estimates = [outcome.forms[form].municipalities[TOTAL][TERM].get(figure) for form in PAYMENT_FORMS]
            of_term.append([texts[figure], *(numbers.figure(figure, one) for one in estimates)])
    of_term.append(
        [texts["page", "headroom"], *[numbers.millions(headroom_of_term(outcome))] * len(PAYMENT_FORMS)]
    )
    yearly = [[texts["columns", "year"], texts["columns", "form"], texts["page", "headroom"],
               *(texts[figure] for figure in YEAR_FIGURES)]]  # fmt: skip
    for t, year in enumerate(outcome.years):
        headroom = numbers.millions(float(outcome.headroom[t].sum()))
        for form in PAYMENT_FORMS:
            own = outcome.forms[form].municipalities[TOTAL][str(year)]
            cells = [numbers.figure(figure, own[figure]) for figure in YEAR_FIGURES]
            yearly.append([str(year), texts["forms", form], headroom, *cells])
    outside_euro = float(outcome.outside.sum(axis=1) @ outcome.lumpsum.data.discount)
    outside = (
        f"{texts['page', 'outside_items']}: {numbers.millions(outside_euro)} " + texts["page", "million_euro"]
    )
    parity = [
        [texts["forms", form], numbers.estimated_percent(outcome.forms[form].parity_gap)] for form in PAYMENT_FORMS
    ]
    return {
        "municipality_note": texts["page", "municipality_note"].format(
            outside=outside, certainty=numbers.percent(case.policy.certainty)
        ),
        "of_term": of_term,
        "yearly": yearly,
        "control_variates": _control_variates(outcome, texts),
        "parity": parity,
    }


def _control_variates(outcome: Comparison, texts: Texts) -> Table:
    """Mean and tail with what is known in closed form, beside plain sampling."""
    numbers = texts.numbers
    heads = [texts["columns", name] for name in ("form", "figure", "value")]
    rows = [[*heads, texts["page", "sharpened_factor"], texts["page", "ceiling"]]]
    for form, own in outcome.control_variates.items():
        for figure, one in own.items():
            sides = (_times(side, texts) for side in (one.factor, one.ceiling))
            cells = [texts[figure], numbers.figure(figure, one.estimate), *sides]
            rows.append([texts["forms", form], *cells])
    return rows


LARGEST_FACTOR = 1000.0
"""Beyond it nothing but rounding is left of the chance per client."""


def _times(factor: float, texts: Texts) -> str:
    """How many times fewer scenarios would do."""
    if not np.isfinite(factor):
        return "–"
    return texts.numbers.plain(factor) if factor <= LARGEST_FACTOR else f"> {texts.numbers.plain(LARGEST_FACTOR)}"


def _providers(outcome: Comparison, texts: Texts) -> dict[str, Any]:
    """Per provider and form: result, chance of loss, chance that the buffer is used up, revenue that is certain."""
    columns = [figure for figure in PROVIDER_FIGURES if figure.on_page]
    rows = [[texts["columns", "provider"], texts["page", "buffer"], texts["columns", "form"],
             *(texts[figure] for figure in columns)]]  # fmt: skip
    for p, provider in enumerate(outcome.case.providers):
        buffer = texts.numbers.millions(float(outcome.buffer[p]), 2)
        for form in PAYMENT_FORMS:
            own = outcome.forms[form].providers[provider.id]
            first = [provider.name, buffer] if form == next(iter(PAYMENT_FORMS)) else ["", ""]
            cells = [texts.numbers.figure(figure, own.get(figure)) for figure in columns]
            rows.append([*first, texts["forms", form], *cells])
    return {"providers": rows}


def _lumpsum(outcome: Comparison, texts: Texts) -> dict[str, Any]:
    """The answer in sentences, its terms and corridor, both designs, its limits and prices; or the conflicts."""
    result, numbers = outcome.lumpsum, texts.numbers
    data, design, names = result.data, result.design, names_of(outcome.case)
    sentences = agreement_sentences(result, texts, names)
    if not design.feasible:
        return {
            "feasible": False,
            "lumpsum_told": sentences,
            "conflicts": conflicts_table(result, texts, names),
            "relaxations": relaxations_table(result, texts, names),
        }
    separate = result.plain.design is not design
    return {
        "feasible": True,
        "lumpsum_told": sentences,
        "terms": terms_table(data, design, texts, names),
        "designs": designs_table(result, texts, names),
        "designs_note": designs_note(result, texts),
        "plain_terms": terms_table(data, result.plain.design, texts, names) if separate else [],
        "budgets": _budgets(outcome, texts),
        "layers": _layers(outcome, texts),
        "checks": checks_table(result.headline.checks, texts, names),
        "checks_note": certainty_sentence(result.headline, texts, names),
        "technique": f"{technique_sentence(result, texts)} {stability_sentence(result, texts)}",
        "shadow": prices_table(result, texts, names),
        "requirements": requirements_table(result, texts, names),
        "against_budget": [
            [names[lot.name], numbers.estimated_millions(extra)]
            for lot, extra in zip(data.lots, result.measured_against_budget, strict=True)
        ],
        "below": _listed(texts, "below_requirement", [names[p] for p in design.below_requirement]),
    }


def _listed(texts: Texts, key: str, names: list[str]) -> str:
    """A sentence with names, empty without any."""
    return texts["page", key].format(names="; ".join(names)) if names else ""


def _budgets(outcome: Comparison, texts: Texts) -> Table:
    """Budget per contract and year, with the loading of its lot."""
    data, design, names = outcome.lumpsum.data, outcome.lumpsum.design, names_of(outcome.case)
    rows = [[texts["columns", "lot"], texts["columns", "provider"], texts["columns", "loading"],
             *(str(year) for year in outcome.years)]]  # fmt: skip
    for c in sorted(range(len(data.contracts)), key=lambda c: int(data.lot[c])):
        provider, lot = data.contracts[c]
        amounts = [texts.numbers.millions(float(value), 3) for value in design.budget[c]]
        loading = texts.numbers.percent(float(design.loading[data.lot[c]]), 2)
        rows.append([names[lot], names[provider], loading, *amounts])
    return rows


def _layers(outcome: Comparison, texts: Texts) -> Table:
    """Layers with edges as part of the reference and of the budget."""
    data, design, names, numbers = (
        outcome.lumpsum.data,
        outcome.lumpsum.design,
        names_of(outcome.case),
        texts.numbers,
    )
    rows = [[texts["columns", name] for name in ("lot", "layer", "lower", "upper", "share")]]
    for j, lot in enumerate(data.lots):
        scale = 1 + float(design.loading[j])
        for k, name in enumerate(lot.corridor.names):
            edges = [
                texts["units", "no_end"]
                if np.isinf(edge)
                else f"{numbers.percent(edge)} ({numbers.percent(edge / scale, 1)})"
                for edge in (float(lot.corridor.lower[k]), float(lot.corridor.upper[k]))
            ]
            rows.append(
                [
                    names[lot.name] if k == 0 else "",
                    texts.layer(name),
                    *edges,
                    numbers.percent(float(design.share[j][k]), 1),
                ]
            )
    return rows


def _evidence(outcome: Comparison, texts: Texts) -> dict[str, Any]:
    """Calibration, administration and the assumptions."""
    numbers = texts.numbers
    calibration = [[texts["columns", name] for name in ("name", "modelled", "published", "source")]]
    for line in outcome.calibration:
        shown = [_calibrated(texts, value, line.unit) for value in (line.modelled, line.published)]
        ratio = numbers.percent(line.modelled / line.published - 1, 1)
        status = texts["statuses", line.status]
        calibration.append([line.name[texts.lang], f"{shown[0]} ({ratio})", shown[1], f"{line.source} ({status})"])
    hours_and_euro = (figures.HOURS, figures.EURO)
    administration = [
        [texts["columns", "form"], texts["columns", "party"], *(texts[one] for one in hours_and_euro)]
    ]
    for form in PAYMENT_FORMS:
        for party, own in outcome.forms[form].administration.items():
            cells = [numbers.figure(one, own[one].value) for one in hours_and_euro]
            administration.append([texts["forms", form], texts["parties", party], *cells])
    listed = [[texts["columns", name] for name in ("status", "table", "rows", "source")]]
    for row in assumptions(outcome.case):
        status, table = texts["statuses", str(row["status"])], texts["tables", str(row["table"])]
        listed.append([status, table, str(row["rows"]), str(row["source"])])
    return {
        "calibration": calibration,
        "self_check": check_sentence(written_check(outcome.self_check), texts),
        "administration": administration,
        "regimes": regime_table(outcome, texts),
        "assumptions": listed,
    }


def _calibrated(texts: Texts, value: float, unit: str) -> str:
    """A calibration figure in its unit."""
    if unit == "fraction":
        return texts.numbers.percent(value, 1)
    if unit == "euro":
        return f"{texts.numbers.millions(value)} {texts['page', 'million_euro']}"
    return texts.numbers.plain(value)


class ComparisonReport(StudyReport[Comparison]):
    """The payment forms beside each other; with figures and the scenarios themselves."""

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Every figure by name."""
        return comparison_figures(self.study, self.texts)

    def results(self) -> dict[str, Any]:
        return comparison_results(self.study)

    def tables(self) -> list[LongTable]:
        return comparison_tables(self.study, self.texts)

    def settings(self) -> dict[str, object]:
        study = self.study
        asked = {"scenarios": study.n_scenarios, "design_scenarios": study.lumpsum.data.n_scenarios}
        return {**asked, "years": study.n_years, "seed": study.seed}

    def exported(self) -> Sequence[Exported]:
        study = self.study
        told = {**self.settings(), "years": study.years, "corner": self.texts["corners", study.corner]}
        return (Exported(study.case, self.tables(), told, study.named),)

    def sentences(self) -> list[str]:
        """Only what must be told first; the table is the answer."""
        if self.designed:
            return []
        return [first_sentence(self.study.lumpsum, self.texts, names_of(self.study.case))]

    def answers(self) -> list[Answer]:
        units = self.texts["summary", "in_millions"].format(years=years(self.study))
        caption = units + summary_note(self.study, self.texts)
        return [Answer(summary_rows(self.study, self.texts), caption=caption, numbers=True)]

    def page(self) -> str:
        return comparison_page(self.study, self.texts, self.figures)

    def write_more(self, folder: Path) -> None:
        (folder / "figures").mkdir()
        for name, figure in self.figures.items():
            figure.savefig(folder / "figures" / f"{name}.png", dpi=160)
        write_samples(self.study, folder / "scenarios.parquet", self.texts.lang)
