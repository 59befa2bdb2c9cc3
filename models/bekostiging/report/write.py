"""The result folder of any study: complete or not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bekostiging.case import packed_case
from bekostiging.case.arguments import checked_language, checked_path, kinds_checked
from bekostiging.case.kept import KEPT
from bekostiging.evaluation import Comparison, Study
from bekostiging.report.backtest.page import BacktestReport
from bekostiging.report.capacity.page import CapacityReport
from bekostiging.report.comparison.page import ComparisonReport
from bekostiging.report.difference.page import DifferenceReport
from bekostiging.report.equalisation.page import EqualisationReport
from bekostiging.report.explore.page import write_explore
from bekostiging.report.kit.export import write_export
from bekostiging.report.kit.folder import write_folder
from bekostiging.report.kit.json_text import json_text
from bekostiging.report.kit.manifest import write_manifest
from bekostiging.report.kit.presented import Presented
from bekostiging.report.landscape.page import LandscapeReport
from bekostiging.report.lumpsum.page import LumpSumReport
from bekostiging.report.papers.kept import PAPERS_KEPT
from bekostiging.report.papers.write import kept_papers
from bekostiging.report.sharing.page import SharingReport
from bekostiging.report.stress.page import StressReport
from bekostiging.report.tender.page import BenchmarkReport
from bekostiging.studies import (
    Backtest,
    Benchmark,
    CapacityStudy,
    Difference,
    EqualisationStudy,
    Landscape,
    LumpSumStudy,
    SharingStudy,
    StressStudy,
)


@kinds_checked
def write_results(
    study: Study | Benchmark | Difference,
    folder: Path | str,
    *,
    lang: str = "nl",
    overwrite: bool = False,
    also: Callable[[Path], None] | None = None,
    about: Mapping[str, object] | None = None,
    explore: bool = True,
) -> Path:
    """Write page, results, tables, workbook and manifest of any study; the folder is complete or not there.

    Parameters
    ----------
    study
        What ``compare``, ``benchmark`` or a ``study_...`` function returns.
    folder
        Where the result is to come.
    lang
        Language of page and tables: ``"nl"`` or ``"en"``.
    overwrite
        Whether an earlier result may be replaced; not by default.
    also
        Writes what else belongs in the folder, before the manifest is made of all its files.
    about
        What the manifest says beside case, settings and versions.
    explore
        Whether the what-if page is written beside a comparison or a lump sum.

    Returns
    -------
    Path
        ``folder``.

    Raises
    ------
    UserError
        No path; another language; the folder exists and may not be replaced, or cannot be written.

    Examples
    --------
    Not executed: it takes a minute.

    >>> outcome = compare(read_case("almere"))  # doctest: +SKIP
    >>> write_results(outcome, Path("results"), lang="en")  # doctest: +SKIP
    """
    folder, lang = checked_path("folder", folder), checked_language("lang", lang)
    report = presented(study, lang)

    def fill(draft: Path) -> None:
        """Write every file; the manifest last."""
        report.write_more(draft)
        (draft / report.page_file).write_text(report.page(), encoding="utf-8", newline="")
        (draft / report.results_file).write_text(json_text(report.results()), encoding="utf-8", newline="")
        for own in report.exported():
            place = draft / own.place
            place.mkdir(exist_ok=True)
            (place / KEPT).write_bytes(packed_case(own.case))
            write_export(
                place, own.case, own.tables, report.texts, own.settings, named=own.named, leading=own.leading
            )
        if isinstance(study, Comparison | LumpSumStudy) and (papers := kept_papers(study, lang)) is not None:
            (draft / PAPERS_KEPT).write_text(papers.text(), encoding="utf-8", newline="")
        if explore and isinstance(study, Comparison | LumpSumStudy):
            write_explore(study, draft, lang)
        if also is not None:
            also(draft)
        write_manifest(draft, {**report.about(), **(about or {})})

    return write_folder(folder, fill, overwrite=overwrite)


REPORTS: dict[type, type[Presented[Any]]] = {
    Comparison: ComparisonReport,
    LumpSumStudy: LumpSumReport,
    EqualisationStudy: EqualisationReport,
    SharingStudy: SharingReport,
    CapacityStudy: CapacityReport,
    StressStudy: StressReport,
    Backtest: BacktestReport,
    Benchmark: BenchmarkReport,
    Difference: DifferenceReport,
    Landscape: LandscapeReport,
}
"""What presents each kind of study."""


@kinds_checked
def presented(study: Study | Benchmark | Difference, lang: str) -> Presented[Any]:
    """A study in one language, ready to print, show or write.

    Parameters
    ----------
    study
        What ``compare``, ``benchmark`` or a ``study_...`` function returns.
    lang
        ``"nl"`` or ``"en"``.

    Returns
    -------
    Presented
        With ``results()`` (content of its JSON file), ``sentences()``, ``answers()`` (tables for the terminal) and
        ``page()`` (HTML).

    Raises
    ------
    UserError
        Another language than Dutch or English.

    Examples
    --------
    Not executed: it takes a minute.

    >>> outcome = compare(read_case("almere"))  # doctest: +SKIP
    >>> presented(outcome, "en").sentences()  # doctest: +SKIP
    """
    return REPORTS[type(study)](study, lang)
