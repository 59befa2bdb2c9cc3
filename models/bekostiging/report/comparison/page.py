"""The report of a comparison: one self-contained HTML file of three parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from bekostiging.evaluation import Comparison
from bekostiging.report.comparison.answers import summary_rows, years
from bekostiging.report.comparison.leading import comparison_leading
from bekostiging.report.comparison.parts import appendix_part, report_part, summary_part
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.comparison.results import comparison_results
from bekostiging.report.comparison.samples import write_samples
from bekostiging.report.comparison.tables import comparison_tables
from bekostiging.report.comparison.waiting import summary_note
from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.presented import Exported, StudyReport, frame_of_page, page_of_parts
from bekostiging.report.kit.sections import Answer, names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import first_sentence


def comparison_page(outcome: Comparison, texts: Texts, figures_by_name: Mapping[str, Figure]) -> str:
    """Return the report as HTML."""
    frame = frame_of_page(outcome, texts)
    parts = (
        summary_part(outcome, texts, figures_by_name),
        report_part(outcome, texts, figures_by_name, frame["notes"]),
        appendix_part(outcome, texts, frame["dated"]),
    )
    return page_of_parts(parts, texts["page", "title"], frame, texts)


class ComparisonReport(StudyReport[Comparison]):
    """The payment forms beside each other; with figures and the scenarios themselves."""

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Every figure by name."""
        return comparison_figures(self.study, self.texts)

    def results(self) -> dict[str, Any]:
        return comparison_results(self.study)

    def tables(self) -> list[LongTable]:
        return comparison_tables(self.study, self.texts)

    def settings(self) -> dict[str, object]:
        study = self.study
        asked = {"scenarios": study.n_scenarios, "design_scenarios": study.lumpsum.data.n_scenarios}
        return {**asked, "years": study.n_years, "seed": study.seed}

    def exported(self) -> Sequence[Exported]:
        study = self.study
        told = {**self.settings(), "years": study.years, "corner": self.texts["corners", study.corner]}
        leading = comparison_leading(study, self.texts)
        return (Exported(study.case, self.tables(), told, study.named, leading=leading),)

    def sentences(self) -> list[str]:
        """Only what must be told first; the table is the answer."""
        if self.designed:
            return []
        return [first_sentence(self.study.lumpsum, self.texts, names_of(self.study.case, self.texts.lang))]

    def answers(self) -> list[Answer]:
        units = self.texts["summary", "in_millions"].format(years=years(self.study))
        caption = units + summary_note(self.study, self.texts)
        return [Answer(summary_rows(self.study, self.texts), caption=caption, numbers=True)]

    def page(self) -> str:
        return comparison_page(self.study, self.texts, self.figures)

    def write_more(self, folder: Path) -> None:
        (folder / "figures").mkdir()
        for name, figure in self.figures.items():
            figure.savefig(folder / "figures" / f"{name}.png", dpi=160)
        write_samples(self.study, folder / "scenarios.parquet", self.texts.lang)
