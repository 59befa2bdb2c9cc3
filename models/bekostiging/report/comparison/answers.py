"""What the numbers say: the four sentences, the choice table, the summary; no recommendation."""

from __future__ import annotations

from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import BASELINE
from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.evaluation.figures import (
    BUFFER_EXHAUSTED_PROBABILITY,
    CLIENTS_BEYOND_NORM,
    CVAR95,
    EURO,
    EXPECTED,
    HOURS,
    OVERRUN_PROBABILITY,
    SD,
    Figure,
)
from bekostiging.report.comparison.waiting import waiting_cell, waiting_sentence
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import certainty_sentence, first_sentence
from bekostiging_solvers import Estimate

PARITY = 1e-4
"""Difference of expected payments, as a fraction, below which forms are priced alike."""


def own_prices(outcome: Comparison) -> dict[PaymentForm, float]:
    """Forms that do not cost the same as inspanningsgericht at expectation, with their gap as a fraction.

    Measured at expectation without shock, where a common build-up makes every form equal exactly.
    """
    alike = outcome.plain.spending[BASELINE]
    if not alike > 0:  # nothing is paid per delivery, so there is nothing to compare with
        return {}
    gaps = {form: spending / alike - 1 for form, spending in outcome.plain.spending.items()}
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


def four_sentences(outcome: Comparison, texts: Texts) -> list[str]:
    """Cost, risk, waiting, lump sum."""
    sentences = [_cost(outcome, texts), _risk(outcome, texts), waiting_sentence(outcome, texts)]
    design = _design(outcome, texts)
    # a lump sum that does not hold comes first
    return [*sentences, design] if outcome.lumpsum.outcome == "designed" else [design, *sentences]


def _extremes(outcome: Comparison, figure: Figure) -> tuple[PaymentForm, PaymentForm]:
    """The forms with the least and the most of a figure."""
    ordered = sorted(outcome.forms, key=lambda form: term(outcome, form, figure).value)
    return ordered[0], ordered[-1]


def _cost(outcome: Comparison, texts: Texts) -> str:
    numbers = texts.numbers
    least, most = _extremes(outcome, EXPECTED)
    best, worst = _extremes(outcome, CVAR95)
    gaps = own_prices(outcome)
    dearer = ", ".join(f"{texts['forms', form]} {numbers.percent(gap, 1)}" for form, gap in gaps.items())
    return texts["answers", "cost"].format(
        years=years(outcome),
        parity=texts["answers", "own_prices" if gaps else "one_build_up"].format(gaps=dearer),
        least=numbers.figure(EXPECTED, term(outcome, least, EXPECTED).value),
        least_form=texts["forms", least],
        most=numbers.figure(EXPECTED, term(outcome, most, EXPECTED).value),
        most_form=texts["forms", most],
        worst_form=texts["forms", worst],
        worst=numbers.figure(CVAR95, term(outcome, worst, CVAR95).value),
        best_form=texts["forms", best],
        best=numbers.figure(CVAR95, term(outcome, best, CVAR95).value),
        headroom=numbers.millions(headroom_of_term(outcome)),
    )


def _risk(outcome: Comparison, texts: Texts) -> str:
    numbers = texts.numbers
    low, high = _extremes(outcome, OVERRUN_PROBABILITY)
    names = provider_names(outcome)
    chance, form, provider = max(
        (estimates[BUFFER_EXHAUSTED_PROBABILITY].value, form, provider)
        for form, result in outcome.forms.items()
        for provider, estimates in result.providers.items()
    )
    return texts["answers", "risk"].format(
        low=numbers.figure(OVERRUN_PROBABILITY, term(outcome, low, OVERRUN_PROBABILITY).value),
        low_form=texts["forms", low],
        high=numbers.figure(OVERRUN_PROBABILITY, term(outcome, high, OVERRUN_PROBABILITY).value),
        high_form=texts["forms", high],
        buffer_form=texts["forms", form],
        buffer=numbers.figure(BUFFER_EXHAUSTED_PROBABILITY, chance),
        provider=names[provider],
    )


def _design(outcome: Comparison, texts: Texts) -> str:
    """The lump sum: what must be told of it first, and how certain it is."""
    result, names = outcome.lumpsum, names_of(outcome.case)
    first = first_sentence(result, texts, names)
    if result.outcome in ("none", "breached", "unproven"):
        return first
    return " ".join((first, certainty_sentence(result.headline, texts, names)))


def provider_names(outcome: Comparison) -> dict[str, str]:
    """Names by id."""
    return {row.id: row.name for row in outcome.case.providers}


def choice_table(outcome: Comparison, texts: Texts) -> list[tuple[str, list[str]]]:
    """Criterion and one cell per payment form; "not modelled" where the model has no number."""
    unknown = [texts["units", "not_modelled"]] * len(PAYMENT_FORMS)
    cells = {
        "tailor_made": unknown,
        "flexibility": unknown,
        "freedom_of_choice": unknown,
        "grip": [_grip_on_spending(outcome, texts, form) for form in PAYMENT_FORMS],
        "incentive": [_incentive(outcome, texts, form) for form in PAYMENT_FORMS],
        "administration": [_administration(outcome, texts, form) for form in PAYMENT_FORMS],
        "disputes": unknown,
        "waiting": [waiting_cell(outcome, texts, form) for form in PAYMENT_FORMS],
    }
    return [(texts["criteria", criterion], row) for criterion, row in cells.items()]


def _grip_on_spending(outcome: Comparison, texts: Texts, form: PaymentForm) -> str:
    spread = texts.numbers.figure(SD, term(outcome, form, SD))
    chance = texts.numbers.figure(OVERRUN_PROBABILITY, term(outcome, form, OVERRUN_PROBABILITY))
    return texts["cells", "grip"].format(spread=spread, chance=chance)


def _incentive(outcome: Comparison, texts: Texts, form: PaymentForm) -> str:
    """What longer trajectories do to both sides, at expectation."""
    longer = next((scenario for scenario in outcome.sensitivities if scenario.id == "duration_up"), None)
    if longer is None:
        return texts["units", "not_modelled"]
    provider = texts.numbers.change(longer.provider_result[form] - outcome.plain.provider_result[form])
    payer = texts.numbers.change(longer.spending[form] - outcome.plain.spending[form])
    return texts["cells", "incentive"].format(provider=provider, payer=payer)


def _administration(outcome: Comparison, texts: Texts, form: PaymentForm) -> str:
    own = outcome.forms[form].administration
    if not own:
        return texts["units", "not_modelled"]
    hours = {party: texts.numbers.figure(HOURS, own[party][HOURS].value) for party in own}
    euro = texts.numbers.millions(sum(own[party][EURO].value for party in own))
    parties = "; ".join(f"{texts['parties', party]} {hours[party]}" for party in hours)
    return texts["cells", "administration"].format(parties=parties, euro=euro)


def summary_rows(outcome: Comparison, texts: Texts) -> list[tuple[str, ...]]:
    """The table at the end of the command: header first."""
    names = ("expected", "cvar95", "overrun_probability", "buffer", "waiting")
    header = (texts["columns", "form"], *(texts["summary", name] for name in names))
    numbers, rows = texts.numbers, [header]
    for form, result in outcome.forms.items():
        estimates = {figure: term(outcome, form, figure) for figure in (EXPECTED, CVAR95, OVERRUN_PROBABILITY)}
        estimates[BUFFER_EXHAUSTED_PROBABILITY] = max(
            (own[BUFFER_EXHAUSTED_PROBABILITY] for own in result.providers.values()), key=lambda e: e.value
        )
        cells = [numbers.figure(figure, one, figure.digits) for figure, one in estimates.items()]
        late = result.headrooms["common"][TOTAL][CLIENTS_BEYOND_NORM]
        rows.append((texts["forms", form], *cells, numbers.figure(CLIENTS_BEYOND_NORM, late)))
    return rows
