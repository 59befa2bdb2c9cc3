"""What the municipalities spend: over the term, by year, and what turns the ranking of payment forms."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup, escape

from bekostiging.case import Case
from bekostiging.case.form_choice import shown_forms
from bekostiging.evaluation import (
    SPENDING_FIGURES,
    TERM,
    TOTAL,
    Comparison,
    DeterministicScenario,
    cheapest,
    figures,
)
from bekostiging.report.comparison.answers import headroom_of_term, own_prices
from bekostiging.report.kit.sections import Section, Table
from bekostiging.report.kit.texts import Texts

YEAR_FIGURES = (figures.EXPECTED, figures.P10, figures.P90, figures.CVAR95, figures.OVERRUN_PROBABILITY,
                figures.REQUIRED_RESISTANCE_CAPACITY)  # fmt: skip
LARGEST_FACTOR = 1000.0
"""Beyond it nothing but rounding is left of the chance per client."""


def heads(case: Case, texts: Texts, first: str = "") -> list[str]:
    """A first column and one column per payment form."""
    return [first, *(texts["forms_in_full", form] for form in shown_forms(case))]


def turning_section(outcome: Comparison, texts: Texts, origin: str) -> Section:
    """Which assumption turns the ranking, and the named shocks."""
    said = texts.sections["page"]
    parity = said["turning_own_prices" if own_prices(outcome) else "turning_one_build_up"]
    shocks = Section(
        said["shocks"],
        small=(f"{said['shocks_note']} {origin}",),
        tables=[_deterministic(outcome, texts, outcome.shocks)],
    )
    return Section(
        said["turning"],
        (f"{said['turning_note']} {parity}",),
        [_deterministic(outcome, texts, outcome.sensitivities)],
        below=(shocks,) if outcome.shocks else (),
    )


def _deterministic(outcome: Comparison, texts: Texts, scenarios: tuple[DeterministicScenario, ...]) -> Table:
    """Change of spending and of the providers' result per form; the cheapest for the municipality marked."""
    rows, change = [heads(outcome.case, texts)], texts.numbers.change
    for scenario in scenarios:
        least = cheapest(scenario.spending)
        cells = []
        for form in shown_forms(outcome.case):
            spending = escape(change(scenario.spending[form] - outcome.plain.spending[form]))
            if form in least and len(least) < len(shown_forms(outcome.case)):
                spending = Markup("<strong>{}</strong>").format(spending)
            result = change(scenario.provider_result[form] - outcome.plain.provider_result[form])
            cells.append(
                Markup('{} <span class="soft">{} {}</span>').format(
                    spending, texts["page", "provider_result_short"], result
                )
            )
        published = not scenario.source or scenario.status == "published"
        status = "" if published else f" — {texts['statuses', scenario.status]}"
        rows.append([scenario.name[texts.lang] + status, *cells])
    return rows


def municipality_note(outcome: Comparison, texts: Texts) -> str:
    """What the amounts are, and what lies outside them."""
    outside = float(outcome.outside.sum(axis=1) @ outcome.lumpsum.data.discount)
    amount = texts["units", "amount_in_millions"].format(n=texts.numbers.millions(outside))
    told = f"{texts['page', 'outside_items']}: {amount}"
    certainty = texts.numbers.percent(outcome.case.policy.certainty)
    return texts["page", "municipality_note"].format(outside=told, certainty=certainty)


def term_table(outcome: Comparison, texts: Texts) -> Table:
    """Spending over the term by form; as it is paid today first, where lots differ."""
    numbers, mix = texts.numbers, outcome.mix
    today = [] if mix is None else [texts["page", "mix_short"]]
    first, *forms = heads(outcome.case, texts)
    rows = [[first, *today, *forms]]
    paid_as = [
        *([] if mix is None else [mix.municipalities]),
        *(outcome.forms[form].municipalities for form in shown_forms(outcome.case)),
    ]
    for figure in SPENDING_FIGURES:
        if figure.on_page:
            estimates = [own[TOTAL][TERM].get(figure) for own in paid_as]
            rows.append([texts[figure], *(numbers.figure(figure, one) for one in estimates)])
    rows.append([texts["page", "headroom"], *[numbers.millions(headroom_of_term(outcome))] * len(paid_as)])
    return rows


def year_table(outcome: Comparison, texts: Texts) -> Table:
    """Spending of every year and form."""
    rows = [[texts["columns", "year"], texts["columns", "form"], texts["page", "headroom"],
             *(texts[figure] for figure in YEAR_FIGURES)]]  # fmt: skip
    for t, year in enumerate(outcome.years):
        headroom = texts.numbers.millions(float(outcome.headroom[t].sum()))
        for form in shown_forms(outcome.case):
            own = outcome.forms[form].municipalities[TOTAL][str(year)]
            cells = [texts.numbers.figure(figure, own[figure]) for figure in YEAR_FIGURES]
            rows.append([str(year), texts["forms", form], headroom, *cells])
    return rows


def parity_table(outcome: Comparison, texts: Texts) -> Table:
    """Expected payment beside that per delivery."""
    gaps = {
        form: texts.numbers.estimated_percent(outcome.forms[form].parity_gap) for form in shown_forms(outcome.case)
    }
    return [["", texts["columns", "value"]], *([texts["forms", form], gap] for form, gap in gaps.items())]


def control_variates(outcome: Comparison, texts: Texts) -> Table:
    """Mean and tail with what is known in closed form, beside plain sampling."""
    numbers = texts.numbers
    columns = [texts["columns", name] for name in ("form", "figure", "value")]
    rows = [[*columns, texts["page", "sharpened_factor"], texts["page", "ceiling"]]]
    for form in shown_forms(outcome.case):
        own = outcome.control_variates.get(form, {})
        for figure, one in own.items():
            sides = (_times(side, texts) for side in (one.factor, one.ceiling))
            cells = [texts[figure], numbers.figure(figure, one.estimate), *sides]
            rows.append([texts["forms", form], *cells])
    return rows


def _times(factor: float, texts: Texts) -> str:
    """How many times fewer scenarios would do."""
    if not np.isfinite(factor):
        return "–"
    return texts.numbers.plain(factor) if factor <= LARGEST_FACTOR else f"> {texts.numbers.plain(LARGEST_FACTOR)}"
