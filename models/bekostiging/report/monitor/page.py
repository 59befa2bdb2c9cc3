"""The folder of a running contract year: monthly page, quarterly report, calendar, page to steer by, table and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bekostiging.case.arguments import checked_language, kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.monitoring.effects import CAUSES, in_cents_together
from bekostiging.report.kit.export import confidential_mark, write_key_list
from bekostiging.report.kit.folder import write_folder
from bekostiging.report.kit.html import template
from bekostiging.report.kit.json_text import json_text
from bekostiging.report.kit.manifest import write_manifest
from bekostiging.report.kit.paper_html import Links, paper_page
from bekostiging.report.kit.paragraphs import Block
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.word import About, WordPapers
from bekostiging.report.monitor.calendar_page import calendar_blocks, icalendar
from bekostiging.report.monitor.memory import FILE, earlier_reports, scores, with_kept
from bekostiging.report.monitor.papers import MonthPapers
from bekostiging.report.monitor.quarterly import QuarterPapers
from bekostiging.report.monitor.signals import signals
from bekostiging.report.monitor.steering import steering_blocks, steering_results
from bekostiging.store import Forecast
from bekostiging.studies.adjusting import Adjustment
from bekostiging.studies.contract_year import ContractYear, Range
from bekostiging.studies.forecast_moved import ForecastMove, forecast_move
from bekostiging.studies.later_years import coming_years

PAGE, QUARTER, TABLE, CALENDAR = "maandbericht.html", "kwartaalrapportage.docx", "contracten.csv", "kalender.ics"
DAYS, STEERING, STEERED = "kalender.html", "bijsturen.html", "bijsturen.json"


@kinds_checked
def write_monitor(
    year: ContractYear,
    folder: Path,
    *,
    lang: str = "nl",
    overwrite: bool = False,
    named: bool = False,
    word: bool = True,
    previous: Sequence[Path] = (),
    kept: Sequence[Forecast] = (),
    settled: Sequence[Path] = (),
    adjustment: Adjustment | None = None,
    workers: Count = 1,
    about: Mapping[str, object] | None = None,
) -> Path:
    """Write a running contract year: a monthly page, a quarterly report in Word, a calendar, a table and results.

    Parameters
    ----------
    year : ContractYear
        From ``monitor``.
    folder : str or path
        Where it is to come; complete or not there.
    lang : str
        ``nl`` or ``en``.
    overwrite : bool
        Whether an earlier result may be replaced; not by default.
    named : bool
        Whether its providers bear their own names, so that a list of their numbers is written beside it.
    word : bool
        Whether the quarterly report is written; needs python-docx (extra ``word``).
    previous : sequence of path
        Folders of earlier reports of the same year: what changed since and why, and how good they were.
    kept : sequence of Forecast
        Every report on the case that a store keeps (``kept_forecasts``): those of this year are shown as those of folders
        are, those of years whose end is known as the track record.
    settled : sequence of path
        Folders of settlements of earlier contract years: what they determine otherwise than was booked is this year's.
    adjustment : Adjustment, optional
        From ``adjust``: written as a page to steer by.
    workers : int
        Processes for what the report computes more, 1 unless given.
    about : mapping, optional
        What the manifest says beside case, settings and versions.

    Returns
    -------
    Path
        ``folder``.

    Raises
    ------
    UserError
        Another language; the folder exists and may not be replaced; no report in a previous folder, no settlement in a
        settled one; no python-docx.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> from bekostiging.monitoring import drawn_months
    >>> from bekostiging.studies import monitor
    >>> case = read_case("veenrand")
    >>> year = monitor(case, drawn_months(case, seed=1, months=3).figures, "2028-03", n_scenarios=32)
    >>> folder = write_monitor(year, "march", lang="en", word=False)
    >>> sorted(file.name for file in folder.glob("ma*"))
    ['maandbericht.html', 'maandbericht.json', 'manifest.json']
    """
    lang = checked_language("lang", lang)
    texts = Texts(lang)
    earlier = earlier_reports(previous, year.case.name, year.year, year.through)
    earlier = with_kept(earlier, kept, year.year, year.through)
    last = earlier[-1] if earlier else None
    move = None if last is None else forecast_move(year, last.through, last.expected, workers)
    papers = MonthPapers(year, texts, earlier, kept, settled, move)
    mark = confidential_mark(year.case, texts, named=named)
    pages = texts["settlement", "page"], texts["settlement", "of"]
    head = year.case.disclaimer.get(lang, "")

    def about_of(title: str) -> About:
        """What a paper says of itself."""
        return About(title, papers.subject, lang, head, mark, pages)

    def write_page(draft: Path, name: str, title: str, blocks: Sequence[Block], links: Links = ()) -> None:
        """One page; the monthly one in small print, so that it is one sheet of paper."""
        page = paper_page(template("paper.html.j2"), about_of(title), blocks, links, compact=name == PAGE)
        (draft / name).write_text(page, encoding="utf-8", newline="")

    def fill(draft: Path) -> None:
        """Every file; the manifest last."""
        links = [(papers.said("calendar"), DAYS), (papers.said("calendar_file"), CALENDAR)]
        if word:
            # a few scenarios: starting processes takes longer than drawing them here
            quarterly = QuarterPapers(papers, coming_years(year), adjustment)
            WordPapers().write(draft / QUARTER, about_of(papers.quarter_title), quarterly.blocks())
            links.append((papers.quarter_title, QUARTER))
        if adjustment is not None:
            links.append((papers.said("steering"), STEERING))
            write_page(draft, STEERING, papers.said("steering"), steering_blocks(papers, adjustment))
            results = steering_results(adjustment, lang)
            (draft / STEERED).write_text(json_text(results), encoding="utf-8", newline="")
        write_page(draft, PAGE, papers.title, papers.page(), links)
        write_page(draft, DAYS, papers.said("calendar"), calendar_blocks(papers))
        (draft / CALENDAR).write_bytes(icalendar(papers))
        (draft / TABLE).write_text(year.to_frame().to_csv(index=False), encoding="utf-8", newline="")
        (draft / FILE).write_text(json_text(_results(papers)), encoding="utf-8", newline="")
        if named and year.case.confidential:
            write_key_list(draft, year.case)
        settings = {"through": year.through, "scenarios": year.n_scenarios, "seed": year.seed}
        own_about = {"case": year.case.name, "disclaimer": year.case.disclaimer, "settings": settings}
        write_manifest(draft, {**own_about, **(about or {})})

    return write_folder(folder, fill, overwrite=overwrite)


def _results(papers: MonthPapers) -> dict[str, Any]:
    """Everything that the folder keeps as data."""
    return {
        **monitor_results(papers.year, papers.texts.lang),
        "moved": _moved(papers.move),
        "settlement_differences": [asdict(one) for one in papers.differences],
        "earlier": scores(papers.earlier, papers.year, papers.years),
    }


def _moved(move: ForecastMove | None) -> dict[str, Any] | None:
    """Why the forecast moved, in cents that add up."""
    if move is None:
        return None
    model, revision, *months = move.cents()
    new = {month: cents for (month, _), cents in zip(move.months, months, strict=True)}
    return {"since": move.through, "model": model, "revision": revision, "months": new}


def monitor_results(year: ContractYear, lang: str) -> dict[str, Any]:
    """Figures of the year as plain values; causes in cents that add up."""
    contracts = []
    for c, row in enumerate(year.case.contracts):
        parts, spread = year.causes(c)
        cents = in_cents_together(parts, float(parts.sum()))
        contracts.append(
            {
                "provider": row.provider,
                "lot": row.lot,
                "tender": float(year.expected.payment[:, c].mean()),
                "expected": _range(year.forecast.payment[:, c]),
                "to_be_paid": _range(year.to_pay(c)),
                "causes_in_cents": dict(zip(CAUSES, cents, strict=True)),
                "causes_spread": dict(zip(CAUSES, spread.tolist(), strict=True)),
                "layers": year.layers(c),
                "signals": [
                    {
                        "kind": one.kind,
                        "edge": one.edge,
                        "layer": one.layer,
                        "chance": one.chance,
                        "month": one.month,
                    }
                    for one in signals(year, c)
                ],
            }
        )
    return {
        "case": year.case.name,
        "year": year.year,
        "through": year.through,
        "scenarios": year.n_scenarios,
        "total": _range(year.total),
        "budgeted": year.begroting,
        "alarm": {
            "threshold": year.rule.threshold,
            "threshold_of_a_fall": year.rule.below,
            "largest": float(abs(year.rule.statistics(year.counts)).max()),
        },
        "weight_of_messages": year.completed.weight,
        "contracts": contracts,
        "notes": [note[lang] for note in year.notes],
    }


def _range(values: Any) -> dict[str, float]:
    """Expected and both intervals."""
    own, wide = Range.of(values), Range.of(values, 0.95)
    return {
        "expected": own.expected,
        "low": own.low,
        "high": own.high,
        "low_95": wide.low,
        "high_95": wide.high,
    }
