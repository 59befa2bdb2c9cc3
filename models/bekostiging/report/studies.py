"""One class per study: how it is presented, from the functions beside its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from bekostiging.case.errors import Note
from bekostiging.evaluation import Comparison, Study
from bekostiging.report.backtest.page import (
    backtest_answers,
    backtest_results,
    backtest_sentences,
    backtest_tables,
)
from bekostiging.report.capacity.page import capacity_results, capacity_sections, capacity_sentences
from bekostiging.report.capacity.tables import capacity_tables
from bekostiging.report.comparison.answers import names_of, summary_rows, years
from bekostiging.report.comparison.page import page
from bekostiging.report.comparison.plots import figures
from bekostiging.report.comparison.results import results
from bekostiging.report.comparison.samples import write_samples
from bekostiging.report.comparison.tables import comparison_tables
from bekostiging.report.comparison.waiting import summary_note
from bekostiging.report.equalisation.page import (
    equalisation_results,
    equalisation_sections,
    equalisation_sentences,
)
from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.presented import Presented, StudyReport, Taken
from bekostiging.report.kit.sections import Answer, Section, answer_sections
from bekostiging.report.lumpsum.agreement import first_sentence
from bekostiging.report.lumpsum.page import study_page, study_results, study_sentences
from bekostiging.report.lumpsum.study_tables import equalisation_tables, lumpsum_tables, sharing_tables
from bekostiging.report.sharing.page import coalitions_text, sharing_results, sharing_sections, sharing_sentences
from bekostiging.report.stress.page import stress_answers, stress_results, stress_tables
from bekostiging.report.tender.dossiers import benchmark_settings
from bekostiging.report.tender.page import benchmark_page, benchmark_sentences
from bekostiging.report.tender.results import benchmark_results
from bekostiging.report.tender.tables import benchmark_tables
from bekostiging.studies import (
    Backtest,
    Benchmark,
    CapacityStudy,
    EqualisationStudy,
    LumpSumStudy,
    SharingStudy,
    StressStudy,
)


class ComparisonReport(StudyReport[Comparison]):
    """The payment forms beside each other; with figures and the scenarios themselves."""

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Every figure by name."""
        return figures(self.study, self.texts)

    def results(self) -> dict[str, Any]:
        return results(self.study)

    def tables(self) -> list[LongTable]:
        return comparison_tables(self.study, self.texts)

    def settings(self) -> dict[str, object]:
        study = self.study
        asked = {"scenarios": study.n_scenarios, "design_scenarios": study.lumpsum.data.n_scenarios}
        return {**asked, "years": study.n_years, "seed": study.seed}

    def taken(self) -> Sequence[Taken]:
        study = self.study
        told = {**self.settings(), "years": study.years, "corner": self.texts["corners", study.corner]}
        return (Taken(study.case, self.tables(), told, study.named),)

    def sentences(self) -> list[str]:
        """Only what must be told first; the table is the answer."""
        if self.designed:
            return []
        return [first_sentence(self.study.lumpsum, self.texts, names_of(self.study))]

    def answers(self) -> list[Answer]:
        units = self.texts["summary", "in_millions"].format(years=years(self.study))
        caption = units + summary_note(self.study, self.texts)
        return [Answer(summary_rows(self.study, self.texts), caption=caption, numbers=True)]

    def page(self) -> str:
        return page(self.study, self.texts, self.figures)

    def write_more(self, folder: Path) -> None:
        (folder / "figures").mkdir()
        for name, figure in self.figures.items():
            figure.savefig(folder / "figures" / f"{name}.png", dpi=160)
        write_samples(self.study, folder / "scenarios.parquet", self.texts.lang)


class LumpSumReport(StudyReport[LumpSumStudy]):
    """The lump sum alone."""

    page_file = "lumpsum.html"
    results_file = "lumpsum.json"

    def results(self) -> dict[str, Any]:
        return self.head() | study_results(self.study)

    def tables(self) -> list[LongTable]:
        return lumpsum_tables(self.study, self.texts)

    def settings(self) -> dict[str, object]:
        study = self.study
        return {"scenarios": study.n_scenarios, "design_scenarios": study.n_design, "seed": study.seed}

    def sentences(self) -> list[str]:
        return study_sentences(self.study, self.texts)

    def page(self) -> str:
        return study_page(self.study, self.texts, self.frame)


class EqualisationReport(StudyReport[EqualisationStudy]):
    """Norm amounts and pools."""

    def results(self) -> dict[str, Any]:
        return self.head() | equalisation_results(self.study)

    def tables(self) -> list[LongTable]:
        return equalisation_tables(self.study, self.texts)

    def sentences(self) -> list[str]:
        return [*self.undesigned(), *equalisation_sentences(self.study, self.texts)]

    def title(self) -> str:
        return self.texts["equalisation", "title"]

    def sections(self) -> Sequence[Section]:
        return equalisation_sections(self.study, self.texts)


class SharingReport(StudyReport[SharingStudy]):
    """Keys and games between municipalities; with every coalition where asked for."""

    def results(self) -> dict[str, Any]:
        return self.head() | sharing_results(self.study)

    def tables(self) -> list[LongTable]:
        return sharing_tables(self.study, self.texts)

    def sentences(self) -> list[str]:
        return [*self.undesigned(), *sharing_sentences(self.study, self.texts)]

    def title(self) -> str:
        return self.texts["sharing", "title"]

    def sections(self) -> Sequence[Section]:
        return sharing_sections(self.study, self.texts)

    def write_more(self, folder: Path) -> None:
        if self.study.table:
            text = coalitions_text(self.study, self.texts)
            (folder / "coalitions.csv").write_text(text, encoding="utf-8", newline="")


class CapacityReport(StudyReport[CapacityStudy]):
    """Places and contracts."""

    def results(self) -> dict[str, Any]:
        return self.head() | capacity_results(self.study)

    def tables(self) -> list[LongTable]:
        return capacity_tables(self.study, self.texts)

    def sentences(self) -> list[str]:
        return capacity_sentences(self.study, self.texts)

    def title(self) -> str:
        return self.texts["capacity", "title"]

    def sections(self) -> Sequence[Section]:
        return capacity_sections(self.study, self.texts)


class StressReport(StudyReport[StressStudy]):
    """Shocks, views and reverse stress: a table per question."""

    def results(self) -> dict[str, Any]:
        return self.head() | stress_results(self.study)

    def tables(self) -> list[LongTable]:
        return stress_tables(self.study, self.texts)

    def sentences(self) -> list[str]:
        return self.undesigned()

    def answers(self) -> list[Answer]:
        return stress_answers(self.study, self.texts)

    def title(self) -> str:
        return self.texts["stress", "title"]

    def sections(self) -> Sequence[Section]:
        return answer_sections(self.answers())


class BacktestReport(StudyReport[Backtest]):
    """Predictions beside counts."""

    def results(self) -> dict[str, Any]:
        return self.head() | backtest_results(self.study)

    def tables(self) -> list[LongTable]:
        return backtest_tables(self.study, self.texts)

    def sentences(self) -> list[str]:
        return backtest_sentences(self.study, self.texts)

    def answers(self) -> list[Answer]:
        return backtest_answers(self.study, self.texts)

    def title(self) -> str:
        return self.texts["backtest", "title"]

    def sections(self) -> Sequence[Section]:
        return answer_sections(self.answers())


class BenchmarkReport(Presented[Benchmark]):
    """Every case of a suite; tables in a folder per case where there are more. Its page is made of its results alone."""

    @cached_property
    def found(self) -> dict[str, Any]:
        """The results, made once."""
        return benchmark_results(self.study)

    @property
    def notes(self) -> Sequence[Note]:
        """Of every case and of what each decision model drew, each once."""
        told: list[Note] = []
        for board in self.study.boards:
            for notes in (board.outcome.notes, *(one.notes for one in board.decisions.values())):
                told += [note for note in notes if note not in told]
        return told

    @property
    def designed(self) -> bool:
        """A case without a lump sum within its limits is a line of the comparison, no failure of it."""
        return True

    def results(self) -> dict[str, Any]:
        return self.found

    def taken(self) -> Sequence[Taken]:
        boards = self.study.boards
        return [
            Taken(
                board.outcome.case,
                benchmark_tables(self.found["cases"][board.outcome.case.name], self.texts),
                {
                    "scenarios": board.outcome.n_scenarios,
                    "years": board.outcome.years,
                    "seed": board.outcome.seed,
                },
                named=False,
                place=board.outcome.case.name if len(boards) > 1 else "",
            )
            for board in boards
        ]

    def about(self) -> Mapping[str, object]:
        cases = [board.outcome.case.name for board in self.study.boards]
        return {"suite": self.study.suite.name, "cases": cases, "settings": benchmark_settings(self.study)}

    def sentences(self) -> list[str]:
        return benchmark_sentences(self.found, self.texts.lang)

    def page(self) -> str:
        return benchmark_page(self.found, self.texts.lang)


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
