"""What the numbers say: the answer, the forms beside each other and the table of the command; no recommendation."""

from __future__ import annotations

import numpy as np

from bekostiging.case.form_choice import shown_forms
from bekostiging.case.rows import name_in
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import BASELINE, LUMP_SUM
from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.evaluation.figures import (
    BUFFER_EXHAUSTED_PROBABILITY,
    CLIENTS_BEYOND_NORM,
    CVAR95,
    EXPECTED,
    OVERRUN_PROBABILITY,
    Figure,
)
from bekostiging.report.comparison.waiting import waiting_sentence
from bekostiging.report.kit.begroting import BudgetPage
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import certainty_sentence, first_sentence
from bekostiging_solvers import Estimate

SEEN = 5e4
"""Euro over the term below which a difference is not seen in millions."""
PARITY = 1e-4
"""Difference of expected payments, as a fraction, below which forms are priced alike."""


def own_prices(outcome: Comparison) -> dict[PaymentForm, float]:
    """Forms that do not cost the same as inspanningsgericht at expectation, with their gap as a fraction.

    Measured at expectation without shock, where a common build-up makes every form equal exactly.
    """
    alike = outcome.plain.spending[BASELINE]
    if not alike > 0:  # nothing is paid per delivery, so there is nothing to compare with
        return {}
    gaps = {form: outcome.plain.spending[form] / alike - 1 for form in shown_forms(outcome.case)}
    return {form: gap for form, gap in gaps.items() if abs(gap) > PARITY}


def term(outcome: Comparison, form: PaymentForm, figure: Figure) -> Estimate:
    """A figure of the reported municipalities together over the term."""
    return outcome.forms[form].municipalities[TOTAL][TERM][figure]


def headroom_of_term(outcome: Comparison) -> float:
    """What is begroot under the contracts over the term, discounted as spending is."""
    return float(outcome.headroom.sum(axis=1) @ outcome.lumpsum.data.discount)


def years(outcome: Comparison) -> str:
    """The contract years in words."""
    first, last = outcome.years[0], outcome.years[-1]
    return str(first) if first == last else f"{first}–{last}"


def answer_sentences(outcome: Comparison, texts: Texts, budget: BudgetPage) -> list[str]:
    """At most five: the amounts for the begroting, the lump sum, and who waits."""
    amounts, design = budget.answers(), _design(outcome, texts)
    waiting = waiting_sentence(outcome, texts)
    # a lump sum that does not hold comes first
    return [*amounts, design, waiting] if outcome.lumpsum.outcome == "designed" else [design, *amounts, waiting]


def forms_compared(outcome: Comparison, texts: Texts) -> list[str]:
    """What the forms cost and risk beside each other, and why a lump sum is dearer in the worst scenarios where it is."""
    dearer = dearer_tail(outcome, texts)
    return [_cost(outcome, texts), _risk(outcome, texts), *([dearer] if dearer else [])]


def dearer_tail(outcome: Comparison, texts: Texts) -> str:
    """Where a lump sum costs more than payment per delivery in the worst scenarios, what that comes from; else empty.

    What it costs more without setbacks is one part. The rest comes from setbacks: through the corridor the municipality pays
    for cost of providers, and where that cost rises more than what tariffs follow, it is said.
    """
    more = term(outcome, LUMP_SUM, CVAR95).value - term(outcome, BASELINE, CVAR95).value
    if more < SEEN:
        return ""
    said, millions = texts.sections["answers"], texts.numbers.millions
    always = term(outcome, LUMP_SUM, EXPECTED).value - term(outcome, BASELINE, EXPECTED).value
    setbacks = more - always
    parts = []
    if always >= SEEN:
        loaded = (
            outcome.lumpsum.design.feasible
            and outcome.lumpsum.design.budget.sum() > outcome.lumpsum.data.reference.sum()
        )
        parts.append(said["dearer_loaded" if loaded else "dearer_always"].format(euro=millions(always)))
    if setbacks >= SEEN:
        cost, tariff = _rises(outcome)
        parts.append(said["dearer_cost" if cost > tariff else "dearer_setbacks"].format(euro=millions(setbacks)))
    elif setbacks <= -SEEN:
        parts.append(said["dearer_less"].format(euro=millions(-setbacks)))
    told = said["dearer"].format(
        form=texts["forms_in_full", LUMP_SUM], other=texts["forms_in_full", BASELINE], euro=millions(more)
    )
    return " ".join([told, *parts])


def _rises(outcome: Comparison) -> tuple[float, float]:
    """In the worst scenarios of the lump sum, how far cost and what is paid per delivery lie above their mean; euro."""
    lump, tariff = (outcome.forms[form].samples[outcome.corner] for form in (LUMP_SUM, BASELINE))
    discount = outcome.lumpsum.data.discount
    spent = outcome.case.of_reported(lump.municipal) @ discount
    worst = np.argsort(spent)[-max(1, len(spent) // 20) :]
    cost, paid = (series.sum(axis=2) @ discount for series in (lump.cost, tariff.payment))
    return float(cost[worst].mean() - cost.mean()), float(paid[worst].mean() - paid.mean())


def _extremes(outcome: Comparison, figure: Figure) -> tuple[PaymentForm, PaymentForm]:
    """The forms with the least and the most of a figure."""
    ordered = sorted(shown_forms(outcome.case), key=lambda form: term(outcome, form, figure).value)
    return ordered[0], ordered[-1]


def _cost(outcome: Comparison, texts: Texts) -> str:
    """What the municipality spends; forms that were priced alike are ranked by their worst scenarios alone."""
    gaps, said = own_prices(outcome), texts.sections["answers"]
    least, most = _extremes(outcome, EXPECTED)
    low, high = (texts.numbers.figure(EXPECTED, term(outcome, form, EXPECTED).value) for form in (least, most))
    key = "cost_own_prices" if gaps else "cost_one_build_up" if low == high else "cost_one_build_up_between"
    forms = texts.sections["forms_in_full"]
    spent = said[key].format(
        years=years(outcome),
        low=low,
        high=high,
        low_form=texts["forms", least],
        high_form=texts["forms", most],
        gaps=", ".join(f"{forms[form]} {texts.numbers.signed_percent(gap, 1)}" for form, gap in gaps.items()),
    )
    return f"{spent} {_worst(outcome, texts)}"


def _worst(outcome: Comparison, texts: Texts) -> str:
    """The worst scenarios beside the begroting."""
    best, worst = _extremes(outcome, CVAR95)
    low, high = (texts.numbers.figure(CVAR95, term(outcome, form, CVAR95).value) for form in (best, worst))
    return texts["answers", "worst_alike" if low == high else "worst"].format(
        low=low,
        high=high,
        low_form=texts["forms_in_full", best],
        high_form=texts["forms_in_full", worst],
        headroom=texts.numbers.millions(headroom_of_term(outcome)),
    )


def _risk(outcome: Comparison, texts: Texts) -> str:
    """How likely an overrun is, and for whom the buffer is used up first."""
    low, high = _extremes(outcome, OVERRUN_PROBABILITY)
    least, most = (
        texts.numbers.figure(OVERRUN_PROBABILITY, term(outcome, form, OVERRUN_PROBABILITY).value)
        for form in (low, high)
    )
    overrun = texts["answers", "risk_alike" if least == most else "risk"].format(
        low=least,
        high=most,
        low_form=texts["forms", low],
        high_form=texts["forms", high],
    )
    return f"{overrun} {_weakest(outcome, texts)}"


def _weakest(outcome: Comparison, texts: Texts) -> str:
    """The provider and form with the largest chance that the buffer is used up."""
    chance, form, provider = max(
        (estimates[BUFFER_EXHAUSTED_PROBABILITY].value, form, provider)
        for form in shown_forms(outcome.case)
        for provider, estimates in outcome.forms[form].providers.items()
    )
    return texts["answers", "buffer" if chance > 0 else "buffer_never"].format(
        form=texts["forms_in_full", form],
        chance=texts.numbers.figure(BUFFER_EXHAUSTED_PROBABILITY, chance),
        provider=provider_names(outcome, texts.lang)[provider],
    )


def _design(outcome: Comparison, texts: Texts) -> str:
    """The lump sum: what must be told of it first, and how certain it is."""
    result, names = outcome.lumpsum, names_of(outcome.case, texts.lang)
    first = first_sentence(result, texts, names)
    if result.outcome in ("none", "breached", "unproven"):
        return first
    return " ".join((first, certainty_sentence(result.headline, texts, names)))


def provider_names(outcome: Comparison, lang: str) -> dict[str, str]:
    """Names by id."""
    return {row.id: name_in(row, lang) for row in outcome.case.providers}


def summary_rows(outcome: Comparison, texts: Texts) -> list[tuple[str, ...]]:
    """The table at the end of the command: header first."""
    names = ("expected", "cvar95", "overrun_probability", "buffer", "waiting")
    header = (texts["columns", "form"], *(texts["summary", name] for name in names))
    numbers, rows = texts.numbers, [header]
    for form in shown_forms(outcome.case):
        result = outcome.forms[form]
        estimates = {figure: term(outcome, form, figure) for figure in (EXPECTED, CVAR95, OVERRUN_PROBABILITY)}
        estimates[BUFFER_EXHAUSTED_PROBABILITY] = max(
            (own[BUFFER_EXHAUSTED_PROBABILITY] for own in result.providers.values()), key=lambda e: e.value
        )
        cells = [numbers.figure(figure, one, figure.digits) for figure, one in estimates.items()]
        late = result.headrooms["common"][TOTAL][CLIENTS_BEYOND_NORM]
        rows.append((texts["forms", form], *cells, numbers.figure(CLIENTS_BEYOND_NORM, late)))
    return rows
