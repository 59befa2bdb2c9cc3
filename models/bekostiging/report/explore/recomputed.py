"""What choices of a what-if page come to on fresh scenarios: a page and a JSON file beside the report."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from bekostiging.evaluation import TERM, Comparison
from bekostiging.report.explore.page import fingerprint_of
from bekostiging.report.kit.export import confidential_mark
from bekostiging.report.kit.html import template
from bekostiging.report.kit.json_text import write_json
from bekostiging.report.kit.paper import Paper
from bekostiging.report.kit.sections import Section, names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.studies.choices_file import Choices
from bekostiging.studies.recomputed import ChoiceLimit, Recomputed, RecomputedChoices, RecomputedFigure, recomputed

PAGE, DATA = "keuze.html", "keuze-herrekend.json"
CHANCES = ("overrun_probability", "buffer_used_up")


def write_recomputed(outcome: Comparison, choices: Choices, folder: Path, lang: str) -> RecomputedChoices:
    """Compute choices again and write what they come to."""
    texts = Texts(lang)
    found = recomputed(outcome, choices, fingerprint_of(outcome.case))
    (folder / PAGE).write_text(recomputed_page(outcome, found, texts), encoding="utf-8", newline="")
    write_json(folder / DATA, recomputed_results(found))
    return found


def recomputed_results(found: RecomputedChoices) -> dict[str, Any]:
    """The content of the JSON file."""
    return {
        "case": found.case.name,
        "n_scenarios": found.n_scenarios,
        "seed": found.seed,
        "same_case": found.same_case,
        "variants": [
            {
                "name": one.name,
                "choice": asdict(one.setting),
                "figures": [
                    {
                        "place": own.place,
                        "name": own.name,
                        "value": own.found.value,
                        "standard_error": own.found.standard_error,
                        "page": own.said,
                        "difference": own.difference,
                    }
                    for own in one.figures
                ],
                "limits": [
                    {
                        "kind": own.kind,
                        "place": own.place,
                        "value": own.found.value,
                        "standard_error": own.found.standard_error,
                        "most": own.most,
                        "margin": own.margin,
                        "verdict": own.verdict,
                    }
                    for own in one.limits
                ],
            }
            for one in found.variants
        ],
    }


def recomputed_page(outcome: Comparison, found: RecomputedChoices, texts: Texts) -> str:
    """The page as HTML."""
    t, case = texts.sections["recomputed"], outcome.case
    title = f"{t['title']}: {case.title.get(texts.lang, case.name)}"
    mark = confidential_mark(case, texts, named=outcome.named)
    told = [t["told"].format(n=texts.numbers.plain(found.n_scenarios))]
    if not found.same_case:
        told.append(t["other_figures"])
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
        influence=None,
        dated_title="",
        told=told,
        self_check="",
        sections=[_section(one, texts, names_of(case)) for one in found.variants],
    )


def _section(one: Recomputed, texts: Texts, names: dict[str, str]) -> Section:
    """One variant: its limits, then its figures beside those of the page."""
    t = texts.sections["recomputed"]
    counts = {
        verdict: sum(own.verdict == verdict for own in one.limits) for verdict in ("holds", "broken", "uncertain")
    }
    limits = [[t[key] for key in ("limit", "value", "most", "margin", "verdict")]]
    limits += [_limit_row(own, texts, names) for own in one.limits]
    figures = [[t[key] for key in ("figure", "fresh", "page", "difference")]]
    figures += [_figure_row(own, texts, names) for own in one.figures]
    return Section(one.name, [t["counts"].format(**counts)], [limits, figures], numbers=True)


def _written(name: str, value: float | None, texts: Texts) -> str:
    """A chance in percent, or thousands of euro."""
    if value is None:
        return ""
    return texts.numbers.percent(value, 1) if name in CHANCES else texts.numbers.plain(value / 1000)


def _with_error(name: str, value: float, error: float | None, texts: Texts) -> str:
    written = _written(name, value, texts)
    return written if error is None else f"{written} ± {_written(name, error, texts)}"


def _place(place: str, texts: Texts, names: dict[str, str]) -> str:
    return texts["recomputed", "term"] if place == TERM else names.get(place, place)


def _limit_row(own: ChoiceLimit, texts: Texts, names: dict[str, str]) -> list[str]:
    t = texts.sections["recomputed"]
    name = "buffer_used_up" if own.kind == "buffer" else "expected"
    return [
        t[f"limit_{own.kind}"].format(place=_place(own.place, texts, names)),
        _with_error(name, own.found.value, own.found.standard_error, texts),
        _written(name, own.most, texts),
        _written(name, own.margin, texts),
        t[own.verdict],
    ]


def _figure_row(own: RecomputedFigure, texts: Texts, names: dict[str, str]) -> list[str]:
    return [
        f"{_place(own.place, texts, names)}: {texts['recomputed', own.name]}",
        _with_error(own.name, own.found.value, own.found.standard_error, texts),
        _written(own.name, own.said, texts),
        _written(own.name, own.difference, texts),
    ]
