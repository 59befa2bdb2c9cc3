"""The result folder of any study: complete or not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bekostiging.evaluation import Comparison, Study
from bekostiging.report.backtest.page import BacktestReport
from bekostiging.report.capacity.page import CapacityReport
from bekostiging.report.comparison.page import ComparisonReport
from bekostiging.report.equalisation.page import EqualisationReport
from bekostiging.report.kit.export import write_export
from bekostiging.report.kit.folder import write_folder
from bekostiging.report.kit.json_text import json_text
from bekostiging.report.kit.manifest import write_manifest
from bekostiging.report.kit.presented import Presented
from bekostiging.report.lumpsum.page import LumpSumReport
from bekostiging.report.sharing.page import SharingReport
from bekostiging.report.stress.page import StressReport
from bekostiging.report.tender.page import BenchmarkReport
from bekostiging.studies import (
    Backtest,
    Benchmark,
    CapacityStudy,
    EqualisationStudy,
    LumpSumStudy,
    SharingStudy,
    StressStudy,
)


def write_results(
    study: Study | Benchmark,
    folder: Path,
    *,
    lang: str = "nl",
    overwrite: bool = False,
    also: Callable[[Path], None] | None = None,
    about: Mapping[str, object] | None = None,
) -> Path:
    """Write page, results, tables, workbook and manifest of any study; the folder is complete or not there.

    ``also``: what else to write into it, before the manifest; ``about``: what else the manifest says.

    Raises
    ------
    UserError
        The folder exists and may not be replaced, or cannot be written.
    """
    report = presented(study, lang)

    def fill(draft: Path) -> None:
        """Write every file; the manifest last."""
        report.write_more(draft)
        (draft / report.page_file).write_text(report.page(), encoding="utf-8", newline="")
        (draft / report.results_file).write_text(json_text(report.results()), encoding="utf-8", newline="")
        for own in report.taken():
            place = draft / own.place
            place.mkdir(exist_ok=True)
            write_export(place, own.case, own.tables, report.texts, own.settings, named=own.named)
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
}
"""What presents each kind of study."""


def presented(study: Study | Benchmark, lang: str) -> Presented[Any]:
    """A study in one language: results, tables, sentences, page."""
    return REPORTS[type(study)](study, lang)
