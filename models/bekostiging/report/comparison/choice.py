"""The choice side by side: what the model computes, what the field judges, and what it means for whom."""

from __future__ import annotations

import numpy as np

from bekostiging.case import Case
from bekostiging.case.form_choice import shown_forms
from bekostiging.case.optional_tables import JUDGED_CRITERIA, Grade, JudgedCriterion
from bekostiging.case.rows import name_in
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.access import access_shares
from bekostiging.evaluation.figures import EURO, HOURS, OVERRUN_PROBABILITY, SD
from bekostiging.report.comparison.answers import term
from bekostiging.report.comparison.waiting import SHOWN, late_clients, waiting_cell
from bekostiging.report.kit.sections import Block
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import LumpSumStudy

MARKS: dict[Grade, str] = {"very_weak": "−−", "weak": "−", "neutral": "0", "strong": "+", "very_strong": "++"}
"""How a judgement is written, as the field writes it."""


def judged_note(case: Case, texts: Texts) -> str:
    """What is judged in the table and by whom."""
    return texts["judgements", "note"] + (texts["judgements", "own_note"] if case.judgements else "")


def choice_table(outcome: Comparison, texts: Texts) -> list[tuple[str, list[str]]]:
    """Criterion and one cell per payment form: computed, or judged and said to be so."""
    judged = {
        criterion: [_judgement(outcome.case, texts, criterion, form) for form in shown_forms(outcome.case)]
        for criterion in JUDGED_CRITERIA
    }
    cells = {
        "tailor_made": judged["tailor_made"],
        "flexibility": judged["flexibility"],
        "freedom_of_choice": judged["freedom_of_choice"],
        "grip": [_grip_on_spending(outcome, texts, form) for form in shown_forms(outcome.case)],
        "incentive": [_incentive(outcome, texts, form) for form in shown_forms(outcome.case)],
        "administration": [_administration(outcome, texts, form) for form in shown_forms(outcome.case)],
        "disputes": judged["disputes"],
        "waiting": [waiting_cell(outcome, texts, form) for form in shown_forms(outcome.case)],
    }
    names = {criterion: _row_name(outcome.case, criterion, texts) for criterion in cells}
    return [(names[criterion], row) for criterion, row in cells.items()]


def _row_name(case: Case, criterion: str, texts: Texts) -> str:
    """The criterion, and that it is judged or rests on what is invented where it does."""
    name = texts["criteria", criterion]
    if criterion == "administration" and any(row.status == "illustrative" for row in case.administration):
        return f"{name}, {texts['statuses', 'illustrative']}"
    return texts["judgements", "row"].format(criterion=name) if criterion in JUDGED_CRITERIA else name


def _judgement(case: Case, texts: Texts, criterion: JudgedCriterion, form: PaymentForm) -> str:
    """The case's own judgement with its reason, else the field's; of a form that the field does not know: none."""
    for row in case.judgements:
        if (row.criterion, row.payment_form) == (criterion, form):
            return texts["judgements", "own"].format(mark=MARKS[row.judgement], reason=row.source)
    field = texts.sections["judgements"].get(f"judged_{criterion}_{form}")
    return texts["units", "not_modelled"] if field is None else field


def _grip_on_spending(outcome: Comparison, texts: Texts, form: PaymentForm) -> str:
    spread = texts.numbers.estimated_thousands(term(outcome, form, SD))
    chance = texts.numbers.figure(OVERRUN_PROBABILITY, term(outcome, form, OVERRUN_PROBABILITY))
    return texts["cells", "grip"].format(spread=spread, chance=chance)


def _incentive(outcome: Comparison, texts: Texts, form: PaymentForm) -> str:
    """What longer trajectories do to both sides, at expectation."""
    longer = next((scenario for scenario in outcome.sensitivities if scenario.id == "duration_up"), None)
    if longer is None:
        return texts["units", "not_modelled"]
    provider = texts.numbers.change_in_thousands(
        longer.provider_result[form] - outcome.plain.provider_result[form]
    )
    payer = texts.numbers.change_in_thousands(longer.spending[form] - outcome.plain.spending[form])
    return texts["cells", "incentive"].format(provider=provider, payer=payer)


def _administration(outcome: Comparison, texts: Texts, form: PaymentForm) -> str:
    own = outcome.forms[form].administration
    if not own:
        return texts["units", "not_modelled"]
    hours = {party: texts.numbers.figure(HOURS, own[party][HOURS].value) for party in own}
    euro = texts.numbers.thousands(sum(own[party][EURO].value for party in own))
    parties = "; ".join(f"{texts['parties', party]} {hours[party]}" for party in hours)
    return texts["cells", "administration"].format(parties=parties, euro=euro)


def party_blocks(outcome: Comparison | LumpSumStudy, texts: Texts) -> list[Block]:
    """Inhabitant, provider and municipality: waiting, choice, who must change provider, who decides on access.

    Of a lump sum alone nobody knows who waits under which form, and it says so.
    """
    said = texts.sections["facts"]
    by_party = {
        "inhabitant": (
            _late_by_form(outcome, texts) if isinstance(outcome, Comparison) else said["late_unknown"],
            said["choice_inhabitant"].format(lots=_providers_by_lot(outcome, texts)),
            _change(outcome.case, texts, "inhabitant"),
            _access(outcome.case, texts, "inhabitant"),
        ),
        "provider": (
            _duty(outcome, texts) if isinstance(outcome, Comparison) else said["late_unknown"],
            said["choice_provider"].format(lots=_largest_by_lot(outcome, texts)),
            _change(outcome.case, texts, "provider"),
            _access(outcome.case, texts, "provider"),
        ),
        "municipality": (
            _waiting_today(outcome.case, texts),
            _contracts(outcome.case, texts),
            _change(outcome.case, texts, "municipality"),
            _access(outcome.case, texts, "municipality"),
        ),
    }
    about = [said[f"about_{fact}"] for fact in ("waiting", "choice", "change", "access")]
    return [
        Block(said[f"party_{party}"], tuple(zip(about, facts, strict=True))) for party, facts in by_party.items()
    ]


def _late_by_form(outcome: Comparison, texts: Texts) -> str:
    """Who waits longer than the norm or is refused on equal money, by payment form."""
    late = {form: late_clients(outcome, form, "common") for form in shown_forms(outcome.case)}
    plain = texts.numbers.plain
    if len(set(late.values())) == 1:
        alike = late[LUMP_SUM]
        return texts["facts", "late_alike" if alike else "late_nobody"].format(clients=plain(alike))
    listed = ", ".join(f"{plain(n)} ({texts['forms', form]})" for form, n in late.items())
    return texts["facts", "late"].format(listed=listed)


def _duty(outcome: Comparison, texts: Texts) -> str:
    """Whether a lump sum makes providers break the duty to accept, on equal money."""
    breach = outcome.forms[LUMP_SUM].against_duty["common"].value
    key = "duty_broken" if breach >= SHOWN else "duty_kept"
    return texts["facts", key].format(clients=texts.numbers.plain(breach))


def _waiting_today(case: Case, texts: Texts) -> str:
    """Who waits today, as the case has it."""
    clients = sum(row.clients for row in case.waiting)
    return texts["facts", "waits_today" if clients >= SHOWN else "waits_unknown"].format(
        clients=texts.numbers.plain(clients)
    )


def _providers_by_lot(outcome: Comparison | LumpSumStudy, texts: Texts) -> str:
    """How many providers have a contract in each lot."""
    case = outcome.case
    return "; ".join(
        f"{name_in(lot, texts.lang)} {sum(row.lot == lot.id for row in case.contracts)}" for lot in case.lots
    )


def _largest_by_lot(outcome: Comparison | LumpSumStudy, texts: Texts) -> str:
    """The part of the largest contract in the reference amount of each lot, first contract year."""
    data, names = outcome.lumpsum.data, {lot.id: name_in(lot, texts.lang) for lot in outcome.case.lots}
    shown = []
    for j, lot in enumerate(data.lots):
        amounts = data.reference[np.asarray(data.lot) == j, 0]
        if amounts.sum() > 0:
            shown.append(f"{names[lot.name]} {texts.numbers.percent(float(amounts.max() / amounts.sum()))}")
    return "; ".join(shown)


def _contracts(case: Case, texts: Texts) -> str:
    """How many contracts the municipality holds."""
    number = {"n": len(case.contracts), "m": len({row.provider for row in case.contracts}), "k": len(case.lots)}
    counted = {name: texts.numbers.plain(n) for name, n in number.items()}
    one = "one_lot" if number["k"] == 1 else "lots"
    return texts["facts", f"contracts_in_{one}"].format(**counted)


def _change(case: Case, texts: Texts, party: str) -> str:
    """Who must change provider at the switch of contracts, by lot where lots differ."""
    sentences = []
    for fate in ("stay", "taken_over", "closed"):
        lots = [name_in(lot, texts.lang) for lot in case.lots if lot.sitting_clients == fate]
        if lots:
            place = _place(lots, case, texts)
            sentences.append(texts["facts", f"change_{fate}_{party}"].format(place=place))
    return " ".join(_capitalised(one) for one in sentences)


def _place(lots: list[str], case: Case, texts: Texts) -> str:
    """Everywhere, or the lots by name."""
    if len(lots) == len(case.lots):
        return texts["facts", "everywhere"]
    return texts["facts", "in_lot" if len(lots) == 1 else "in_lots"].format(lots=", ".join(lots))


def _capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _access(case: Case, texts: Texts, party: str) -> str:
    """Who decides on the starts, for the party that reads it."""
    shares = access_shares(case, [lot.id for lot in case.lots])
    handed = [name_in(lot, texts.lang) for lot in case.lots if case.policy.access(lot.id) == "provider"]
    percent = texts.numbers.percent
    if not shares.starts:
        return texts["facts", "access_nothing"]
    key = "kept" if not handed else "handed"
    return _capitalised(
        texts["facts", f"access_{key}_{party}"].format(
            municipality=percent(shares.municipality),
            provider=percent(shares.provider),
            beyond=percent(1 - shares.municipality),
            place=_place(handed, case, texts),
        )
    )
