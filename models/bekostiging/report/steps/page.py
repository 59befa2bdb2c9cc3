"""What each term is worth, on one page, and the analyst's table beside it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from bekostiging.case.arguments import checked_language, kinds_checked
from bekostiging.case.workbook_text import harmless
from bekostiging.evaluation import Comparison
from bekostiging.report.kit.export import confidential_mark
from bekostiging.report.kit.html import template
from bekostiging.report.kit.paper import Paper
from bekostiging.report.kit.sections import Section, Table, names_of
from bekostiging.report.kit.style import figure_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.steps.plots import SIZE, plot_steps, step_words
from bekostiging.studies import REACH_SOURCE, TermStep, TermSteps, clause_worth
from bekostiging.studies.steps import provider_kinds
from bekostiging_solvers import Estimate

Pick = Callable[[TermStep], tuple[Estimate, Estimate]]


@kinds_checked
def write_steps(outcome: Comparison, folder: Path, lang: str) -> Path:
    """Write what each term of the lump sums is worth: a page, and a CSV file with the published corridors beside it.

    Parameters
    ----------
    outcome
        What ``compare`` returns.
    folder
        The folder with its results.
    lang
        ``"nl"`` or ``"en"``.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    UserError
        Another language than Dutch or English.

    Examples
    --------
    >>> write_steps(compare(read_case("almere")), Path("results"), "en")  # doctest: +SKIP
    >>> write_steps("almere", Path("results"), "en")  # a comparison takes a minute
    Traceback (most recent call last):
    bekostiging.case.errors.ArgumentError: outcome almere: give ...
    """
    texts = Texts(checked_language("lang", lang))
    worth, name = clause_worth(outcome), texts["steps", "file"]
    page = folder / f"{name}.html"
    page.write_text(steps_page(outcome, worth, texts), encoding="utf-8", newline="")
    (folder / f"{name}.csv").write_text(steps_csv(outcome, worth, texts), encoding="utf-8", newline="")
    return page


def steps_page(outcome: Comparison, worth: TermSteps, texts: Texts) -> str:
    """The page; published corridors of another country are no part of it."""
    said, case = texts.sections["steps"], outcome.case
    title = f"{said['title']}: {case.title.get(texts.lang, case.name)}"
    mark = confidential_mark(case, texts, named=outcome.named)
    drawn = figure_of(lambda ax: plot_steps(worth, ax, lang=texts.lang), SIZE)
    municipal = steps_table(worth, lambda one: one.municipality, 0, texts)
    tails = steps_table(worth, lambda one: one.tail, 1, texts)
    return template("sections.html.j2").render(
        lang=texts.lang,
        title=title,
        paper=Paper.of(title, texts, mark),
        disclaimer=case.disclaimer.get(texts.lang, ""),
        confidential=mark,
        alarms=(),
        notes=(),
        dated=(),
        remarks={},
        contents=texts["paper", "contents"],
        influence=None,
        dated_title="",
        told=steps_sentences(outcome, worth, texts),
        self_check="",
        sections=[
            Section(said["expected"], [said["expected_note"]], [municipal], drawn, alt=said["alt"], numbers=True),
            Section(said["tail"], [said["tail_note"]], [tails], numbers=True),
            Section(
                said["providers"], [said["providers_note"]], [providers_table(outcome, worth, texts)], numbers=True
            ),
        ],
    )


def steps_sentences(outcome: Comparison, worth: TermSteps, texts: Texts) -> list[str]:
    """From where to where, and the largest step: expected, and in the worst 5 %."""
    said, numbers = texts.sections["steps"], texts.numbers
    years = f"{outcome.years[0]}-{outcome.years[-1]}"
    ends = [[numbers.millions(own[k].value) for own in (worth.start, worth.end)] for k in (0, 1)]
    told = [] if outcome.lumpsum.design.feasible else [said["undesigned"]]
    told.append(said["told"].format(start=ends[0][0], end=ends[0][1], years=years))
    told.append(said["tail_told"].format(start=ends[1][0], end=ends[1][1]))
    largest = max(worth.steps, key=lambda one: abs(one.mean))
    tail = max(worth.steps, key=lambda one: abs(_tail(one)))
    told.append(
        said["largest"].format(
            name=step_words(largest.name, texts),
            value=numbers.change(largest.mean),
            tail_name=step_words(tail.name, texts),
            tail_value=numbers.change(_tail(tail)),
        )
    )
    return told


def _tail(step: TermStep) -> float:
    """A step in the worst 5 %, the mean of both orders."""
    return (step.tail[0].value + step.tail[1].value) / 2


def steps_table(worth: TermSteps, pick: Pick, place: int, texts: Texts) -> Table:
    """Start, every step in both orders, end; header first; million euro."""
    said, numbers = texts.sections["steps"], texts.numbers
    ends = [(own[place], own[place]) for own in (worth.start, worth.end)]
    names = [said["start"], *(step_words(one.name, texts) for one in worth.steps), said["end"]]
    ways = [ends[0], *(pick(one) for one in worth.steps), ends[1]]
    rows = [[said["step"], said["forward"], said["backward"], said["error"]]]
    for name, both in zip(names, ways, strict=True):
        largest = max(one.standard_error or 0.0 for one in both)
        rows.append([name, *(numbers.millions(one.value, 2) for one in both), numbers.millions(largest, 2)])
    return rows


def providers_table(outcome: Comparison, worth: TermSteps, texts: Texts) -> Table:
    """Expected payment of every kind of provider from start to end, header first; million euro."""
    said, numbers = texts.sections["steps"], texts.numbers
    kinds = list(worth.kind_start)
    counts = Counter(provider_kinds(outcome.case).values())
    heads = [said[f"kind_{kind}"].format(n=counts[kind]) for kind in kinds]
    rows = [[said["step"], *heads, said["error"]]]
    ways = [(said["start"], worth.kind_start)]
    ways += [(step_words(one.name, texts), one.kinds) for one in worth.steps]
    for name, own in [*ways, (said["end"], worth.kind_end)]:
        largest = max(one.standard_error or 0.0 for one in own.values())
        rows.append(
            [name, *(numbers.millions(own[kind].value, 2) for kind in kinds), numbers.millions(largest, 2)]
        )
    return rows


def steps_csv(outcome: Comparison, worth: TermSteps, texts: Texts) -> str:
    """The analyst's table, one row per number; the published corridors too, with their source."""
    said, dutch, out = texts.sections["steps"], texts.lang == "nl", io.StringIO()
    writer = csv.writer(out, delimiter=";" if dutch else ",", lineterminator="\r\n")
    writer.writerow([said[name] for name in ("step", "who", "measure", "order", "value", "error", "source")])
    for cells, found, source in _rows(outcome, worth, texts):
        amounts = [f"{found.value:.2f}", "" if found.standard_error is None else f"{found.standard_error:.2f}"]
        shown = [text.replace(".", ",") if dutch else text for text in amounts]
        writer.writerow([*(harmless(cell) for cell in cells), *shown, source])
    return ("\ufeff" if dutch else "") + out.getvalue()


def _rows(outcome: Comparison, worth: TermSteps, texts: Texts) -> Iterator[tuple[tuple[str, ...], Estimate, str]]:
    """Step, for whom, measure, order; the number; its source."""
    said, names = texts.sections["steps"], names_of(outcome.case, texts.lang)
    together = said["municipalities"]
    for name, own in (("start", worth.start), ("end", worth.end)):
        for k, measure in enumerate(("mean", "worst")):
            yield (said[name], together, said[measure], ""), own[k], ""
    for one in worth.steps:
        for measure, ways in (("mean", one.municipality), ("worst", one.tail)):
            for order, way in zip(("forward", "backward"), ways, strict=True):
                yield (step_words(one.name, texts), together, said[measure], said[order]), way, ""
        for kind, found in one.kinds.items():
            yield (step_words(one.name, texts), said[f"all_{kind}"], said["mean"], said["both"]), found, ""
        for key, found in one.providers.items():
            yield (step_words(one.name, texts), names[key], said["mean"], said["both"]), found, ""
    for preset, ends in worth.presets.items():
        for k, measure in enumerate(("mean", "worst")):
            yield (said[preset], together, said[measure], ""), ends[k], REACH_SOURCE
