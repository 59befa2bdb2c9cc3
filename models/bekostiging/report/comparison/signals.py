"""Signals of law and procurement: the weightiest in sentences, all in a matrix, and each with its ground in a list."""

from __future__ import annotations

from typing import Any

from bekostiging.case import Case
from bekostiging.case.form_choice import shown_forms
from bekostiging.case.tables import PaymentForm
from bekostiging.evaluation import Comparison, Flag, flags
from bekostiging.evaluation.legal_flags import YOUTH_REMARK
from bekostiging.evaluation.legal_grounds import by_weight, ground
from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts

Table = list[list[str]]
MOST_SENTENCES = 5
"""More is not read; all of them stand in the table."""


def signal_sections(outcome: Comparison, texts: Texts) -> dict[str, Any]:
    """Sentences, matrix and list; empty where nothing calls for a signal."""
    shown, names = shown_forms(outcome.case), names_of(outcome.case, texts.lang)
    groups = by_weight([flag for flag in flags(outcome) if flag.form in (None, "", *shown)])
    return {
        "signals_told": [_told(group, texts, names) for group in groups[:MOST_SENTENCES]],
        "signals": _matrix([flag for group in groups for flag in group], outcome.case, texts, names),
        "flags": _grouped([flag for group in groups for flag in group], texts, names),
    }


def flag_sentence(flag: Flag, texts: Texts, names: dict[str, str] | None = None) -> str:
    """A flag in words, its numbers as the reader writes them; ``names`` of lots and providers by id."""
    subject = _subject(flag, names or {})
    figures = {
        name: texts.numbers.plain(value) if name.endswith("_count") else texts.numbers.percent(value, 1)
        for name, value in flag.figures.items()
    }
    form = texts["forms", flag.form] if flag.form else ""
    said = {name: texts["forms", value] if name == "today" else value for name, value in flag.names.items()}
    if texts.lang == "en":
        said |= {name.removesuffix("_en"): value for name, value in said.items() if name.endswith("_en")}
    return _template(flag, texts).format(subject=subject, form=form, **figures, **said)


def _template(flag: Flag, texts: Texts) -> str:
    """The sentence of a kind; of early warning without what happens in no scenario."""
    if flag.kind == "early_warning" and flag.figures["below_20"] == 0:
        return texts["signals", "only_losses"]
    if flag.kind == "early_warning" and flag.figures["losses"] == 0:
        return texts["signals", "only_solvency"]
    return texts["flags", flag.kind]


def _told(group: tuple[Flag, ...], texts: Texts, names: dict[str, str]) -> str:
    """The weightiest flag of a kind, and how many more there are."""
    sentence, more = flag_sentence(group[0], texts, names), len(group) - 1
    if not more:
        return sentence
    return (
        f"{sentence} {texts['signals', 'once_more' if more == 1 else 'more'].format(n=texts.numbers.plain(more))}"
    )


def _matrix(told: list[Flag], case: Case, texts: Texts, names: dict[str, str]) -> Table:
    """Per provider, and per lot, what is signalled under each payment form."""
    providers = [row.id for row in case.providers]
    rows = []
    for subject in (*providers, *(lot.id for lot in case.lots if lot.id not in providers)):
        own = [flag for flag in told if flag.subject.split("/")[0] == subject]
        if own:
            rows.append([names[subject], *(_cell(own, form, texts) for form in shown_forms(case))])
    head = [texts["signals", "subject"], *(texts["forms_in_full", form] for form in shown_forms(case))]
    return [head, *rows] if rows else []


def _cell(own: list[Flag], form: PaymentForm, texts: Texts) -> str:
    """The signals of a subject under a form, each once, with its largest chance."""
    shown: dict[str, float | None] = {}
    for flag in own:
        if flag.form in (None, form):
            chance = _chance(flag)
            before = shown.get(flag.kind)
            shown[flag.kind] = chance if before is None or chance is None else max(before, chance)
    named = (
        texts["benchmark", f"flag_{kind}"] + ("" if chance is None else f" ({texts.numbers.percent(chance)})")
        for kind, chance in shown.items()
    )
    return "; ".join(named) or UNKNOWN


def _chance(flag: Flag) -> float | None:
    """In which part of the scenarios it happens; None of a flag that is about the terms."""
    chances = [flag.figures[name] for name in ("chance", "below_20", "losses") if name in flag.figures]
    return max(chances, default=None)


def _grouped(told: list[Flag], texts: Texts, names: dict[str, str]) -> Table:
    """A row per kind, payment form and ground: the weightiest in words, the others by name and chance."""
    if not told:
        return []
    said = texts.sections["signals"]
    groups: dict[tuple[str, str | None, tuple[str, ...]], list[Flag]] = {}
    for flag in told:
        groups.setdefault((flag.kind, flag.form, _grounds(flag, texts)), []).append(flag)
    head = ["", texts["page", "law"], said["article"], said["since"], texts["columns", "source"]]
    rows = [[_with_others(own, texts, names), *grounds] for (_, _, grounds), own in groups.items()]
    return [head, *rows]


def _with_others(own: list[Flag], texts: Texts, names: dict[str, str]) -> str:
    """The weightiest flag in a sentence, and whom else it is about."""
    first = flag_sentence(own[0], texts, names)
    others: dict[str, float | None] = {}
    for flag in own[1:]:
        others.setdefault(_subject(flag, names), _chance(flag))
    if not others:
        return first
    named = "; ".join(
        name if chance is None else f"{name} ({texts.numbers.percent(chance, 1)})"
        for name, chance in others.items()
    )
    return f"{first} {texts['signals', 'also'].format(names=named)}"


def _subject(flag: Flag, names: dict[str, str]) -> str:
    """Whom or what a flag is about."""
    return " / ".join(names.get(part, part) for part in flag.subject.split("/"))


def _grounds(flag: Flag, texts: Texts) -> tuple[str, ...]:
    """Law, article, date and source in words."""
    law = texts["laws", flag.law] if flag.law else UNKNOWN
    return law, _article(flag, texts), _since(flag, texts), ground(flag).found


def signals_table(outcome: Comparison, texts: Texts) -> LongTable:
    """Every flag by itself with its ground, for CSV and the workbook to compute with."""
    shown, names = shown_forms(outcome.case), names_of(outcome.case, texts.lang)
    rows = []
    for group in by_weight([flag for flag in flags(outcome) if flag.form in (None, "", *shown)]):
        for flag in group:
            law, article, since, source = _grounds(flag, texts)
            rows.append(
                {
                    "about": _subject(flag, names),
                    "form": flag.form or None,
                    "law": law,
                    "article": article,
                    "since": since,
                    "signal": flag_sentence(flag, texts, names),
                    "source": source,
                }
            )
    columns = ("about", "form", "law", "article", "since", "signal", "source")
    return LongTable("signals", columns, tuple(rows), detail=True)


def _article(flag: Flag, texts: Texts) -> str:
    """Article or ruling, the remark on youth lots in the language of the reader."""
    return ground(flag).article or flag.source.replace(YOUTH_REMARK, texts["page", "youth_remark"])


def _since(flag: Flag, texts: Texts) -> str:
    """From when it holds, or that this is not known."""
    own = ground(flag)
    if own.doubtful:
        return texts["signals", "doubtful"]
    if not own.since:
        return texts["signals", "since_unknown"]
    year, month, *day = own.since.split("-")
    named = texts["signals", "months"].split()[int(month) - 1]
    return " ".join((*(str(int(one)) for one in day), named, year))
