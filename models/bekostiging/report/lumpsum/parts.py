"""The three parts of the page of a lump sum: what is agreed, what it does, and how well it is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bekostiging.evaluation import TOTAL
from bekostiging.report.kit.begroting import BudgetPage
from bekostiging.report.kit.begroting_parts import begroting_parts_section
from bekostiging.report.kit.sections import Part, Section, names_of
from bekostiging.report.kit.sense import influence_figure, influence_table
from bekostiging.report.kit.style import figure_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import years_text
from bekostiging.report.lumpsum.contract_text import ContractText
from bekostiging.report.lumpsum.designs import designs_note, designs_table, terms_table
from bekostiging.report.lumpsum.limits import (
    checks_table,
    conflicts_table,
    prices_table,
    relaxations_table,
    requirements_table,
)
from bekostiging.report.lumpsum.others import (
    alternatives_table,
    choices_table,
    data_values_table,
    frontier_table,
    price_of_certainty_sentence,
    technique_sentences,
)
from bekostiging.report.lumpsum.plots import FRONTIER_SIZE, frontier_caption, plot_frontier
from bekostiging.studies import LumpSumStudy

MOST_SENTENCES = 5
"""Of the answer; what more there is to say of the agreement stands under it."""


def summary_part(study: LumpSumStudy, texts: Texts, sentences: Sequence[str]) -> Part:
    """Question, answer and amounts, or what would have to yield; on the second sheet the terms and what weighs."""
    said, names, result = texts.sections["page"], names_of(study.case, texts.lang), study.lumpsum
    budget = BudgetPage.of_lump_sum(study, texts)
    amounts = budget.answers() if budget is not None else []
    room = MOST_SENTENCES - len(amounts)
    asked = said["lumpsum_question"].format(years=years_text(result.data))
    first = (
        Section(said["question"], (asked,)),
        Section(said["answer"], steps=[*sentences[:1], *amounts, *sentences[1:room]]),
        None if budget is None else budget.section(),
        None if budget is not None else _yielding(study, texts),
    )
    terms = [terms_table(result.data, result.design, texts, names)] if result.design.feasible else []
    more, told = Section(said["terms_title"], tables=terms), Section(said["agreement"], sentences[room:])
    return Part.of("summary", texts["paper", "summary"], first, (more, told, influence_figure(study.case, texts)))


def report_part(study: LumpSumStudy, texts: Texts, notes: Sequence[str]) -> Part:
    """What a controller and a negotiator act on."""
    said, names, result = texts.sections["page"], names_of(study.case, texts.lang), study.lumpsum
    budget = BudgetPage.of_lump_sum(study, texts)
    feasible = result.design.feasible
    sections: Iterable[Section | None] = (
        None if budget is None else budget.by_municipality(),
        None
        if study.budget is None or study.parts is None
        else begroting_parts_section(study.case, study.parts, study.budget.lines[TOTAL], texts),
        Section(
            texts["agreement", "designs_title"],
            (designs_note(result, texts),) if feasible else (),
            [designs_table(result, texts, names)] if feasible else [],
        ),
        _yielding(study, texts) if budget is not None else None,
        _frontier(study, texts),
        Section(
            said["requirement_title"], (said["requirement_note"],), [requirements_table(result, texts, names)]
        ),
        _alternatives(study, texts),
        _clauses(study, texts),
        Section(said["choices_title"], (said["choices_note"],), [choices_table(study, texts)]),
        Section(said["basis"], small=notes),
    )
    return Part.of("report", texts["paper", "report"], sections)


def appendix_part(study: LumpSumStudy, texts: Texts, dated: Sequence[str], self_check: str) -> Part:
    """How well it is known: limits out of sample, what they cost, the design without margin."""
    said, names, result = texts.sections["page"], names_of(study.case, texts.lang), study.lumpsum
    values, separate = data_values_table(study, texts), _separate(study)
    conflicts = conflicts_table(result, texts, names) if result.design.conflicts else []
    checks, prices = checks_table(result.headline.checks, texts, names), prices_table(result, texts, names)
    plain = terms_table(result.data, result.plain.design, texts, names) if separate else []
    beside = ContractText(study.case, result.data, result.plain.design)
    sections: Iterable[Section | None] = (
        Section(said["conflicts_title"], tables=[conflicts] if conflicts else []),
        Section(said["out_of_sample"], tables=[checks] if len(checks) > 1 else []),
        Section(said["shadow"], (said["shadow_note"],), [prices]) if prices else None,
        Section(said["knowing_title"], (said["knowing_note"],), [values]) if values else None,
        Section(
            texts["agreement", "plain_title"],
            beside.settlement_lines() if separate else (),
            [plain, beside.amounts()] if plain else [],
        ),
        influence_table(study.case, texts),
        Section(said["design_technique_title"], small=technique_sentences(study, texts)),
        Section(said["dated"], small=dated),
        Section(said["calibration"], small=(self_check,) if self_check else ()),
    )
    return Part.of("appendix", texts["paper", "appendix"], sections)


def _separate(study: LumpSumStudy) -> bool:
    """Whether there is a design without margin beside the one agreed."""
    plain = study.lumpsum.plain.design
    return plain is not study.lumpsum.design and plain.feasible


def _yielding(study: LumpSumStudy, texts: Texts) -> Section | None:
    """What would have to yield; None where every limit holds."""
    said, rows = texts.sections["page"], relaxations_table(study.lumpsum, texts, names_of(study.case, texts.lang))
    return Section(said["relaxed_title"], (said["relaxed_note"],), [rows]) if len(rows) > 1 else None


def _frontier(study: LumpSumStudy, texts: Texts) -> Section | None:
    """Corridors between which may be chosen."""
    rows, said = frontier_table(study, texts), texts.sections["page"]
    if len(rows) < 2:
        return None
    drawn = figure_of(lambda ax: plot_frontier(study, ax, lang=texts.lang), FRONTIER_SIZE)
    price = price_of_certainty_sentence(study, texts)
    notes = (said["frontier_note"], price)
    return Section(said["frontier_title"], notes, [rows], drawn, caption=frontier_caption(study, texts))


def _alternatives(study: LumpSumStudy, texts: Texts) -> Section | None:
    """Other agreements; None without any."""
    rows, said = alternatives_table(study, texts), texts.sections["page"]
    return Section(said["alternatives"], (said["alternatives_note"],), [rows]) if rows else None


def _clauses(study: LumpSumStudy, texts: Texts) -> Section | None:
    """Draft text of the contract, and the amounts beside it; None without a design."""
    contract = ContractText(study.case, study.lumpsum.data, study.lumpsum.design)
    told = contract.lines()
    if not told:
        return None
    said = texts.sections["page"]
    apart = Section(
        texts["contract", "amounts"].format(year=study.lumpsum.data.years[0]),
        tables=[contract.amounts()],
        numbers=True,
    )
    not_yet = () if study.lumpsum.outcome == "designed" else (texts["contract", "not_yet"],)
    return Section(said["clause_title"], told, warnings=(said["clause_warning"], *not_yet), below=(apart,))
