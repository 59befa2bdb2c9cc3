"""What is read first in the workbook of a comparison: answer, budget table, choice, parties, signals, the main figures."""

from __future__ import annotations

import re
from dataclasses import replace

from bekostiging.case.form_choice import shown_forms
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.evaluation import TOTAL, Comparison
from bekostiging.evaluation.figures import (
    BUFFER_EXHAUSTED_PROBABILITY,
    CLIENTS_BEYOND_NORM,
    CVAR95,
    EXPECTED,
    OVERRUN_PROBABILITY,
    Figure,
)
from bekostiging.report.comparison.answers import (
    answer_sentences,
    headroom_of_term,
    provider_names,
    term,
    years,
)
from bekostiging.report.comparison.choice import choice_table, judged_note, party_blocks
from bekostiging.report.comparison.client_plots import Fan, laws_of
from bekostiging.report.comparison.drawn import CHANCES, Result, Spread, exceeded, figure_captions, under_contract
from bekostiging.report.comparison.signals import signal_sections
from bekostiging.report.kit.begroting import BudgetPage
from bekostiging.report.kit.budget_sheet import budget_sheets
from bekostiging.report.kit.leading import Cell, Chart, LeadingSheet, Panel, Series, in_words, rounded_ends
from bekostiging.report.kit.origin import discounted
from bekostiging.report.kit.texts import Texts
from bekostiging_solvers import Estimate

DARK, GREY, RED, BEGROOT = "#1b3a5c", "#9aa5ad", "#b3541e", "#222222"


def comparison_leading(outcome: Comparison, texts: Texts) -> list[LeadingSheet]:
    """Every sheet that stands before the tables, in reading order."""
    said = texts.sections["leading"]
    heads = ["", *(texts["forms_in_full", form] for form in shown_forms(outcome.case))]
    choice = _marked([heads, *([name, *row] for name, row in choice_table(outcome, texts))])
    parties = [
        in_words([[said["about"], said["fact"]], *map(list, party.points)], party.title)
        for party in party_blocks(outcome, texts)
    ]
    return [
        LeadingSheet(said["summary"], said["summary_title"], _summary(outcome, texts)),
        *budget_sheets(BudgetPage.of_comparison(outcome, texts)),
        LeadingSheet(
            said["choice"],
            texts["page", "choice"],
            [in_words(choice, sentences=[judged_note(outcome.case, texts)])],
        ),
        LeadingSheet(said["parties"], said["parties_title"], parties),
        *_signals(outcome, texts),
        *_drawn(outcome, texts),
    ]


def _marked(rows: list[list[str]]) -> list[list[str]]:
    """Judgements between brackets: a cell that begins with a plus would be taken for a formula."""
    return [[re.sub(r"^([+\u2212]{1,2}|0)(?= )", r"(\1)", cell) for cell in row] for row in rows]


def _with_error(figure: Figure, estimate: Estimate) -> list[Cell]:
    """Value and standard error."""
    return [(estimate.value, figure.unit), (estimate.standard_error, figure.unit)]


def _summary(outcome: Comparison, texts: Texts) -> list[Panel]:
    """Question, answer, and the forms side by side."""
    said = texts.sections["leading"]
    shown = (EXPECTED, CVAR95, OVERRUN_PROBABILITY, BUFFER_EXHAUSTED_PROBABILITY, CLIENTS_BEYOND_NORM)
    heads = [texts["columns", "form"]]
    for figure in shown:
        heads += [texts[figure], f"{texts[figure]}: {texts['columns', 'standard_error']}"]
    rows = []
    for form in shown_forms(outcome.case):
        own = outcome.forms[form]
        found = {figure: term(outcome, form, figure) for figure in shown[:3]}
        found[BUFFER_EXHAUSTED_PROBABILITY] = max(
            (one[BUFFER_EXHAUSTED_PROBABILITY] for one in own.providers.values()), key=lambda one: one.value
        )
        found[CLIENTS_BEYOND_NORM] = own.headrooms["common"][TOTAL][CLIENTS_BEYOND_NORM]
        cells: list[Cell] = [(texts["forms_in_full", form], "text")]
        for figure in shown:
            cells += _with_error(figure, found[figure])
        rows.append(cells)
    note = said["term_note"].format(years=years(outcome), discounted=discounted(outcome.case, texts))
    return [
        Panel(said["question"], [texts["page", "question_text"].format(years=years(outcome))]),
        Panel(said["answer"], answer_sentences(outcome, texts, BudgetPage.of_comparison(outcome, texts))),
        Panel("", [note], heads, rows, errors=frozenset(range(2, len(heads), 2))),
    ]


def _signals(outcome: Comparison, texts: Texts) -> list[LeadingSheet]:
    """The weightiest in sentences with the matrix, and all with their ground; none where nothing calls for a signal."""
    said, found = texts.sections["leading"], signal_sections(outcome, texts)
    panels = [Panel("", found["signals_told"])] if found["signals_told"] else []
    if found["signals"]:
        panels.append(in_words(found["signals"], said["by_party"]))
    sheets = [LeadingSheet(said["signals"], said["signals_title"], panels)] if panels else []
    if found["flags"]:
        listed = [in_words(found["flags"])]
        sheets.append(LeadingSheet(said["all_signals"], said["all_signals_title"], listed, flows=True))
    return sheets


def _drawn(outcome: Comparison, texts: Texts) -> list[LeadingSheet]:
    """The main figures as native charts of their numbers, one a sheet."""
    captions, said = figure_captions(outcome, texts), texts.sections["leading"]
    panels = {
        said["drawn_spending"]: _spending(outcome, texts, captions["spending"]),
        said["drawn_chance"]: _exceedance(outcome, texts, captions["exceedance"]),
        said["drawn_providers"]: _results(outcome, texts, captions["providers"]),
        **{
            f"{said['drawn_clients']} {law}": _clients(outcome, texts, law, captions["clients"])
            for law in laws_of(outcome)
        },
    }
    return [LeadingSheet(name, panel.title, [replace(panel, title="")]) for name, panel in panels.items()]


def _spending(outcome: Comparison, texts: Texts, caption: str) -> Panel:
    """Eight of ten scenarios, mean and worst of every form; begroot as a line."""
    headroom = headroom_of_term(outcome)
    rows: list[list[Cell]] = []
    for form in shown_forms(outcome.case):
        spread = Spread.of(outcome, form)
        amounts = (spread.low, spread.mean, spread.high, spread.worst)
        rows.append([
            (texts["forms", form], "text"),
            *((one.value, "euro") for one in amounts),
            (headroom, "euro"),
            *((one.half_width(), "euro") for one in amounts[1:4:2]),
        ])  # fmt: skip
    heads = [texts["columns", "form"], "P10", texts["page", "mean"], "P90", texts["page", "worst"]]
    heads.append(texts["page", "headroom"])
    heads += [f"{heads[column]}: {texts['legend', 'error']}" for column in (2, 4)]
    series = [
        Series(1, GREY), Series(2, DARK, low=6, high=6), Series(3, "#5b7ea3"), Series(4, RED, low=7, high=7),
        Series(5, BEGROOT, drawn=True, dashed=True),
    ]  # fmt: skip
    drawn = Chart("column", series, texts["page", "million_euro"], texts["columns", "form"], "euro")
    title = texts["page", "spending_figure"]
    return Panel(title, [caption], heads, rows, errors=frozenset({6, 7}), chart=drawn)


def _exceedance(outcome: Comparison, texts: Texts, caption: str) -> Panel:
    """Amount by chance of being exceeded, a curve per form and a line at what is begroot."""
    headroom = headroom_of_term(outcome)
    note = texts["leading", "exceeded_note"].format(
        years=years(outcome), discounted=discounted(outcome.case, texts)
    )
    heads = [
        texts["leading", "chance"],
        *(texts["forms", form] for form in shown_forms(outcome.case)),
        texts["page", "headroom"],
    ]
    rows: list[list[Cell]] = [
        [
            (chance, "fraction"),
            *((exceeded(outcome, form, chance).value, "euro") for form in shown_forms(outcome.case)),
            (headroom, "euro"),
        ]
        for chance in CHANCES
    ]
    series = [
        Series(0, form.colour, along=column, named=column)
        for column, form in enumerate((PAYMENT_FORMS[name] for name in shown_forms(outcome.case)), start=1)
    ]
    series.append(Series(0, BEGROOT, along=len(heads) - 1, named=len(heads) - 1, dashed=True))
    drawn = Chart("scatter", series, texts["page", "probability"], texts["page", "million_euro"], "euro")
    return Panel(texts["page", "exceedance_figure"], [caption, note], heads, rows, chart=drawn)


def _results(outcome: Comparison, texts: Texts, caption: str) -> Panel:
    """Expected result of every provider under every form, and nine of ten scenarios as the line through it."""
    names, said = provider_names(outcome, texts.lang), texts.sections["leading"]
    forms = [texts["forms", form] for form in shown_forms(outcome.case)]
    heads = [texts["columns", "provider"], *forms]
    heads += [said[end].format(name=name) for name in forms for end in ("low_end", "high_end")]
    rows: list[list[Cell]] = []
    whole: list[Result] = []
    for provider in under_contract(outcome):
        own = [Result.of(outcome, provider, form) for form in shown_forms(outcome.case)]
        whole += own
        cells: list[Cell] = [(names[provider], "text"), *((one.mean.value, "euro") for one in own)]
        for one in own:
            low, high = one.mean.value - one.low.value, one.high.value - one.mean.value
            cells += [(max(low, 0.0), "euro"), (max(high, 0.0), "euro")]
        rows.append(cells)
    n = len(forms)
    series = [
        Series(k + 1, form.colour, low=n + 1 + 2 * k, high=n + 2 + 2 * k)
        for k, form in enumerate(PAYMENT_FORMS[name] for name in shown_forms(outcome.case))
    ]
    ends = rounded_ends([end for own in whole for end in (own.low.value, own.high.value)])
    drawn = Chart("column", series, texts["page", "million_euro"], texts["columns", "provider"], "euro", ends=ends)
    note = said["result_note"].format(years=years(outcome), discounted=discounted(outcome.case, texts))
    hidden = frozenset(range(n + 1, len(heads)))
    return Panel(said["results_title"], [caption, note], heads, rows, errors=hidden, chart=drawn)


def _clients(outcome: Comparison, texts: Texts, law: str, caption: str) -> Panel:
    """What was counted of a law, and the band of the coming years."""
    fan = Fan.of(outcome, law)
    before = {} if fan.before is None else dict(zip(fan.before.years, fan.before.counts, strict=True))
    ahead = {
        year: tuple(map(float, ends)) for year, *ends in zip(fan.years, fan.low, fan.middle, fan.high, strict=True)
    }
    rows: list[list[Cell]] = []
    for year in sorted({*before, *ahead}):
        counted = float(before[year]) if year in before else None
        rows.append([
            (str(year), "text"),
            (counted, "persons"),
            *((one, "persons") for one in ahead.get(year, (None, None, None))),
        ])  # fmt: skip
    heads = [texts["columns", "year"], texts["leading", "counted"], "P10", "P50", "P90"]
    series = [Series(1, BEGROOT), Series(2, GREY), Series(3, DARK), Series(4, "#5b7ea3")]
    unit = texts["clients", fan.definition]
    drawn = Chart("line", series, unit, texts["columns", "year"], "persons")
    return Panel(f"{texts['laws', law]}: {unit}", [caption], heads, rows, chart=drawn)
