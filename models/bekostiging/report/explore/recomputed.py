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
from bekostiging.studies.choice_limits import AT_LEAST, PARTS, ChoiceLimit
from bekostiging.studies.choices_file import Choices
from bekostiging.studies.lumpsum import LumpSumStudy
from bekostiging.studies.recomputed import (
    Recomputed,
    RecomputedChoices,
    RecomputedFigure,
    designed_around,
    recomputed,
)

PAGE, DATA = "keuze.html", "keuze-herrekend.json"
ORDER = ("broken", "uncertain", "holds")
"""Of limits: first what asks for attention."""
CHANCES = ("overrun_probability", "buffer_used_up")


def write_recomputed(
    outcome: Comparison | LumpSumStudy, choices: Choices, folder: Path, lang: str
) -> RecomputedChoices:
    """Compute choices again and write what they come to; of a lump sum the proposal on view, around what is agreed."""
    texts = Texts(lang)
    asked = designed_around(outcome, choices) if isinstance(outcome, LumpSumStudy) else choices
    found = recomputed(outcome, asked, fingerprint_of(outcome.case))
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
                        "limit": str(own.limit),
                        "kind": own.limit.kind,
                        "value": own.found.value,
                        "standard_error": own.found.standard_error,
                        "most": own.most,
                        "unit": "fraction" if own.limit.kind in PARTS else "euro",
                        "margin": own.margin,
                        "verdict": own.verdict,
                    }
                    for own in one.limits
                ],
            }
            for one in found.variants
        ],
    }


def recomputed_page(outcome: Comparison | LumpSumStudy, found: RecomputedChoices, texts: Texts) -> str:
    """The page as HTML."""
    t, case = texts.sections["recomputed"], outcome.case
    title = f"{t['title']}: {case.title.get(texts.lang, case.name)}"
    mark = confidential_mark(case, texts, named=outcome.named)
    told = [t["told"].format(n=texts.numbers.plain(found.n_scenarios))]
    if not found.same_case:
        told.append(t["other_figures"])
    if isinstance(outcome, LumpSumStudy):
        told = [_around(outcome, t, names_of(case, texts.lang)), *told]
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
        told=told,
        self_check="",
        sections=[_section(one, texts, names_of(case, texts.lang)) for one in found.variants],
    )


def _around(study: LumpSumStudy, t: dict[str, str], names: dict[str, str]) -> str:
    """Which lots stood, and that the rest was designed around them."""
    agreed = ", ".join(names[lot] for lot in study.agreed.lots)
    rest = ", ".join(names[lot.id] for lot in study.case.lots if lot.id not in study.agreed.lots)
    if not rest:
        return t["all_agreed"].format(agreed=agreed)
    return t["around" if study.lumpsum.design.feasible else "around_none"].format(agreed=agreed, rest=rest)


def _section(one: Recomputed, texts: Texts, names: dict[str, str]) -> Section:
    """One variant: its limits, then its figures beside those of the page."""
    t = texts.sections["recomputed"]
    counts = {
        verdict: sum(own.verdict == verdict for own in one.limits) for verdict in ("holds", "broken", "uncertain")
    }
    limits = [[t[key] for key in ("limit", "value", "most", "margin", "verdict")]]
    worst_first = sorted(one.limits, key=lambda own: ORDER.index(own.verdict))
    limits += [_limit_row(own, texts, names) for own in worst_first]
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
    """A limit with its value, bound and margin; of one that asks for at least so much the signs are turned back."""
    t, kind = texts.sections["recomputed"], own.limit.kind
    sign, bound = (-1.0, "at_least") if kind in AT_LEAST else (1.0, "at_most")

    def said(value: float) -> str:
        return texts.numbers.percent(value, 1) if kind in PARTS else texts.numbers.plain(value / 1000)

    value, error = said(sign * own.found.value), own.found.standard_error
    shown = value if error is None or kind in PARTS else f"{value} ± {said(error)}"
    most = t[bound].format(bound=said(sign * own.most))
    name = t["short_of_fair"].format(limit=texts.limit(own.limit, names)) if kind == "fair_price" else ""
    return [name or texts.limit(own.limit, names), shown, most, said(own.margin), t[own.verdict]]


def _figure_row(own: RecomputedFigure, texts: Texts, names: dict[str, str]) -> list[str]:
    return [
        f"{_place(own.place, texts, names)}: {texts['recomputed', own.name]}",
        _with_error(own.name, own.found.value, own.found.standard_error, texts),
        _written(own.name, own.said, texts),
        _written(own.name, own.difference, texts),
    ]
