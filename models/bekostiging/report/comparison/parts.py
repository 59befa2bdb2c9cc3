"""The three parts of the report: a summary of two sheets, what is acted on, and an appendix with everything behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from matplotlib.figure import Figure

from bekostiging.case.form_choice import shown_forms
from bekostiging.case.rows import name_in
from bekostiging.case.tables import PaymentForm
from bekostiging.evaluation import PROVIDER_FIGURES, TOTAL, Comparison
from bekostiging.evaluation.begroting_parts import compared_parts
from bekostiging.report.comparison.answers import answer_sentences, forms_compared, years
from bekostiging.report.comparison.choice import choice_table, judged_note, party_blocks
from bekostiging.report.comparison.clients import client_sections
from bekostiging.report.comparison.contracts import contract_sections
from bekostiging.report.comparison.decides import decides_section
from bekostiging.report.comparison.designed import lumpsum_details, lumpsum_section
from bekostiging.report.comparison.drawn import figure_captions
from bekostiging.report.comparison.evidence import evidence_sections, origin, origins_told
from bekostiging.report.comparison.measures import measure_sections, national_told
from bekostiging.report.comparison.signals import signal_sections
from bekostiging.report.comparison.spending import (
    control_variates,
    heads,
    municipality_note,
    parity_table,
    term_table,
    turning_section,
    year_table,
)
from bekostiging.report.comparison.waiting import waiting_sections
from bekostiging.report.kit.begroting import BudgetPage, begroting_form
from bekostiging.report.kit.begroting_parts import begroting_parts_section
from bekostiging.report.kit.sections import Part, Section, Table
from bekostiging.report.kit.sense import influence_figure, influence_table
from bekostiging.report.kit.texts import Texts

Figures = Mapping[str, Figure]


def summary_part(outcome: Comparison, texts: Texts, figures: Figures) -> Part:
    """Question, answer, amounts and what decides; then the choice and what it means for whom: two sheets of paper."""
    said, budget = texts.sections["page"], BudgetPage.of_comparison(outcome, texts)
    first = (
        Section(said["question"], (said["question_text"].format(years=years(outcome)),)),
        Section(said["answer"], steps=answer_sentences(outcome, texts, budget)),
        budget.section(),
        decides_section(outcome, texts, origin(outcome, texts)),
    )
    compared = Section(
        said["compared"],
        drawn=figures["spending"],
        caption=figure_captions(outcome, texts)["spending"],
    )
    choice = Section(
        said["choice"],
        tables=[[heads(outcome.case, texts), *([name, *row] for name, row in choice_table(outcome, texts))]],
        small=(
            f"{judged_note(outcome.case, texts)} {said['choice_note']} {said['error_note']}",
            *budget.undesigned(),
        ),
    )
    parties = Section(said["parties"], blocks=party_blocks(outcome, texts))
    return Part.of("summary", texts["paper", "summary"], (*first, compared, choice, parties))


def report_part(outcome: Comparison, texts: Texts, figures: Figures, notes: Sequence[str]) -> Part:
    """What a controller and a councillor act on."""
    origins, budget = origins_told(outcome, texts), BudgetPage.of_comparison(outcome, texts)
    captions = figure_captions(outcome, texts)
    carried = risk_allocation_table(outcome.risk_allocation, shown_forms(outcome.case), texts)
    sections: Iterable[Section | None] = (
        budget.by_municipality(),
        _begroting_parts(outcome, texts),
        _municipality(outcome, texts, figures, origins["municipality"]),
        Section(
            texts["page", "risk_allocation"],
            tables=[_alike(carried)],
        ),
        turning_section(outcome, texts, origins["shocks"]),
        influence_figure(outcome.case, texts),
        _clients(outcome, texts, figures, origins["clients"]),
        _providers(outcome, texts, figures, origins["providers"]),
        _waiting(outcome, texts, origins["waiting"]),
        _signals(outcome, texts),
        lumpsum_section(outcome, texts, origins["lumpsum"], figures["corridor"], captions["corridor"]),
        *_measures(outcome, texts, origins),
        Section(texts["page", "basis"], small=notes),
    )
    return Part.of("report", texts["paper", "report"], sections)


def appendix_part(outcome: Comparison, texts: Texts, dated: Sequence[str]) -> Part:
    """Everything with a standard error of its own, by year, contract or care form, and what it all rests on."""
    said, clients, waiting = (
        texts.sections["page"],
        client_sections(outcome, texts),
        waiting_sections(outcome, texts),
    )
    sections: Iterable[Section | None] = (
        Section(said["yearly"], tables=[year_table(outcome, texts)], small=(said["error_note"],)),
        Section(
            said["parity"],
            (said["parity_note"],),
            [parity_table(outcome, texts)],
            below=(
                Section(said["control_variates"], (said["sharpened_note"],), [control_variates(outcome, texts)]),
            ),
        ),
        influence_table(outcome.case, texts),
        Section(
            texts["clients", "by_law"],
            (clients["clients_note"],),
            [clients["clients_by_law"]],
            small=(said["error_note"],),
        ),
        Section(texts["clients", "by_form"], (texts["clients", "by_form_note"],), [clients["clients_by_form"]]),
        Section(said["providers_table"], (said["providers_note"],), [_provider_table(outcome, texts)]),
        Section(said["waiting_by_care_form"], (said["waiting_note"],), [waiting["waiting"]]),
        Section(said["corners"], (said["corners_note"],), [waiting["corners"]]),
        Section(texts["signals", "all"], (said["flags_note"],), [signal_sections(outcome, texts)["flags"]]),
        *_contracts(outcome, texts),
        *lumpsum_details(outcome, texts),
        *evidence_sections(outcome, texts, origins_told(outcome, texts)["administration"]),
        Section(said["dated"], small=dated),
    )
    return Part.of("appendix", texts["paper", "appendix"], sections)


def risk_allocation_table(
    risks: Iterable[tuple[str, Mapping[PaymentForm, str]]], forms: Sequence[PaymentForm], texts: Texts
) -> Table:
    """What the municipality pays and who carries which risk under every payment form, header first."""
    pays = [texts["form_pays", form] for form in forms]
    rows = [["", *(texts["forms_in_full", form] for form in forms)], [texts["page", "pays"], *pays]]
    for risk, parties in risks:
        rows.append([texts["risks", risk], *(texts["parties", parties[form]] for form in forms)])
    return rows


def _alike(rows: Table) -> Table:
    """Risks that every form leaves with the same parties in one row."""
    together: dict[tuple[str, ...], list[str]] = {}
    for name, *cells in rows[1:]:
        together.setdefault(tuple(cells), []).append(name)
    return [rows[0], *(["; ".join(names), *cells] for cells, names in together.items())]


def _begroting_parts(outcome: Comparison, texts: Texts) -> Section:
    """By taakveld and lot, in the form of the first page."""
    form = begroting_form(outcome)
    parts, whole = compared_parts(outcome, form), outcome.budget(form).lines[TOTAL]
    return begroting_parts_section(outcome.case, parts, whole, texts)


def _municipality(outcome: Comparison, texts: Texts, figures: Figures, told: str) -> Section:
    """Spending over the term and the chance of an overrun."""
    return Section(
        texts["page", "municipality"],
        (*forms_compared(outcome, texts), municipality_note(outcome, texts)),
        [term_table(outcome, texts)],
        figures["exceedance"],
        caption=figure_captions(outcome, texts)["exceedance"],
        small=(f"{told} {texts['page', 'error_note']}",),
    )


def _clients(outcome: Comparison, texts: Texts, figures: Figures, told: str) -> Section:
    """How many clients, beside what was counted."""
    own = client_sections(outcome, texts)
    return Section(
        texts["clients", "title"],
        own["clients_told"],
        drawn=figures["clients"],
        alt=own["clients_alt"],
        caption=figure_captions(outcome, texts)["clients"],
        small=(own["clients_compared"], told),
    )


def _providers(outcome: Comparison, texts: Texts, figures: Figures, told: str) -> Section:
    """What every form means for providers."""
    return Section(
        texts["page", "providers"],
        (texts["page", "providers_note"],),
        drawn=figures["providers"],
        caption=figure_captions(outcome, texts)["providers"],
        small=(told,),
    )


def _provider_table(outcome: Comparison, texts: Texts) -> Table:
    """Per provider and form: result, chance of loss, chance that the buffer is used up, revenue that is certain."""
    columns = [figure for figure in PROVIDER_FIGURES if figure.on_page]
    rows = [[texts["columns", "provider"], texts["page", "buffer"], texts["columns", "form"],
             *(texts[figure] for figure in columns)]]  # fmt: skip
    first_form: PaymentForm = next(iter(shown_forms(outcome.case)))
    for p, provider in enumerate(outcome.case.providers):
        buffer = texts.numbers.millions(float(outcome.buffer[p]), 2)
        for form in shown_forms(outcome.case):
            own = outcome.forms[form].providers[provider.id]
            first = [name_in(provider, texts.lang), buffer] if form == first_form else ["", ""]
            cells = [texts.numbers.figure(figure, own.get(figure)) for figure in columns]
            rows.append([*first, texts["forms", form], *cells])
    return rows


def _waiting(outcome: Comparison, texts: Texts, told: str) -> Section:
    """Who waits under every form and limit."""
    own, said = waiting_sections(outcome, texts), texts.sections["page"]
    notes = [own["waiting_today"]] if own["waiting_today"] else []
    small = (f"{said['rooms_note']} {told}",)
    return Section(said["waiting"], notes, [own["headrooms"]], small=small)


def _signals(outcome: Comparison, texts: Texts) -> Section:
    """The weightiest signals in sentences, all of them in a matrix."""
    own = signal_sections(outcome, texts)
    if not own["signals"]:
        return Section(texts["page", "flags"])
    return Section(
        texts["page", "flags"],
        steps=own["signals_told"],
        tables=[own["signals"]],
        small=(texts["page", "flags_note"],),
    )


def _measures(outcome: Comparison, texts: Texts, origins: Mapping[str, str]) -> Iterable[Section]:
    """Measures and substitution, where the case has them."""
    own, said = measure_sections(outcome, texts), texts.sections["page"]
    if own["measures"]:
        together = Section(said["measures_together"], tables=[own["with_measures"]])
        yield Section(
            said["measures"],
            (said["measures_note"], *national_told(outcome.case, texts.lang)),
            [own["measures"]],
            small=(origins["measures"],),
            below=(together,),
        )
    if own["substitution"]:
        yield Section(
            said["substitution"],
            (said["substitution_note"],),
            [own["substitution"]],
            small=(origins["substitution"],),
        )


def _contracts(outcome: Comparison, texts: Texts) -> Iterable[Section]:
    """The mix of today, clauses, ceilings, exact layers and what would turn a form."""
    own, said = contract_sections(outcome, texts), texts.sections["page"]
    kept = {
        "mix": Section(said["mix_title"], (said["mix_note"],), [own["mix"]]),
        "clauses": Section(said["clauses_title"], tables=[own["clauses"]]),
        "ceilings": Section(said["ceilings_title"], (said["ceilings_note"],), [own["ceilings"]]),
        "exact": Section(said["exact"], (own["exact_note"],), [own["exact"]]),
    }
    yield from (section for name, section in kept.items() if own[name])
    sweeps = Section(said["sweeps"], (said["sweep_note"],), own["sweeps"])
    yield Section(said["break_even"], (said["break_even_note"],), [own["break_even"]], below=(sweeps,))
