"""The lump sum alone: design, limits, margin and alternatives on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bekostiging.report.kit.begroting import BudgetPage
from bekostiging.report.kit.budget_sheet import budget_sheets
from bekostiging.report.kit.leading import LeadingSheet
from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.presented import StudyReport, page_of_parts
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import agreement_sentences
from bekostiging.report.lumpsum.parts import appendix_part, report_part, summary_part
from bekostiging.report.lumpsum.results import study_results
from bekostiging.report.lumpsum.tables import lumpsum_tables
from bekostiging.studies import LumpSumStudy


def study_page(study: LumpSumStudy, texts: Texts, frame: Mapping[str, Any]) -> str:
    """The study as HTML; ``frame``: what every page shows."""
    parts = (
        summary_part(study, texts, study_sentences(study, texts)),
        report_part(study, texts, frame["notes"]),
        appendix_part(study, texts, frame["dated"], frame["self_check"]),
    )
    return page_of_parts(parts, texts["page", "lumpsum"], frame, texts)


def study_sentences(study: LumpSumStudy, texts: Texts) -> list[str]:
    """The answer in a few sentences."""
    return [*_requests(study, texts), *agreement_sentences(study.lumpsum, texts, names_of(study.case, texts.lang))]


def _requests(study: LumpSumStudy, texts: Texts) -> list[str]:
    """What was asked beyond the plain design: a simple agreement, a mix."""
    data, numbers = study.lumpsum.data, texts.numbers
    what = []
    if study.asked is not None and data.simple.changes is not None:
        what.append(texts["page", "simple_changes"].format(n=data.simple.changes))
    if study.asked is not None and data.simple.shares:
        listed = ", ".join(numbers.percent(share) for share in data.simple.shares)
        what.append(texts["page", "simple_shares"].format(shares=listed))
    if study.edges:
        listed = ", ".join(f"± {numbers.percent(edge)}" for edge in study.edges)
        what.append(texts["page", "simple_edges"].format(edges=listed))
    sentences = [texts["page", "simple_note"].format(what="; ".join(what))] if what else []
    return [*sentences, texts["page", "chosen_form_note"]] if len(data.forms) > 1 else sentences


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
        """As on the page: the budget, the amounts for the begroting, and the rest."""
        page, told = BudgetPage.of_lump_sum(self.study, self.texts), study_sentences(self.study, self.texts)
        return [*told[:1], *([] if page is None else page.answers()), *told[1:]]

    def leading(self) -> list[LeadingSheet]:
        page = BudgetPage.of_lump_sum(self.study, self.texts)
        return [*super().leading(), *([] if page is None else budget_sheets(page))]

    def page(self) -> str:
        return study_page(self.study, self.texts, self.frame)
