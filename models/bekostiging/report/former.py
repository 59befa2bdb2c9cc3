"""Former functions of ``bekostiging.report`` that took other arguments than those of today; they go with version 2.0."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bekostiging.evaluation import Comparison, Study
from bekostiging.report.kit.json_text import json_text
from bekostiging.report.kit.sections import Answer, names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import first_sentence
from bekostiging.report.tender.dossiers import write_dossiers
from bekostiging.report.tender.results import benchmark_results
from bekostiging.report.write import presented, write_results
from bekostiging.studies import Backtest, Benchmark


def _write(study: Study, folder: Path | str, lang: str, **_: bool) -> None:
    """``write_results`` as it was called per study; ``named`` and ``table`` belong to the study today."""
    write_results(study, folder, lang=lang)


def _sentences(study: Study, lang: str) -> list[str]:
    """The sentences of ``presented``."""
    return presented(study, lang).sentences()


write_study = write_equalisation = write_sharing = write_capacity = _write
study_sentences = equalisation_sentences = sharing_sentences = capacity_sentences = backtest_sentences = _sentences


def outcome_sentence(outcome: Comparison, lang: str) -> str:
    """What must be told first of the lump sum."""
    return first_sentence(outcome.lumpsum, Texts(lang), names_of(outcome.case, lang))


def _summary(outcome: Comparison, lang: str) -> Answer:
    """The table at the end of ``compare``."""
    return presented(outcome, lang).answers()[0]


def summary_table(outcome: Comparison, lang: str) -> list[tuple[str, ...]]:
    """Rows of that table, header first."""
    return [tuple(row) for row in _summary(outcome, lang).rows]


def summary_caption(outcome: Comparison, lang: str) -> str:
    """Units and years of that table."""
    return _summary(outcome, lang).caption


def backtest_text(outcome: Backtest) -> str:
    """The backtest as JSON."""
    return json_text(presented(outcome, "nl").results())


def write_benchmark_results(
    found: Benchmark, folder: Path | str, *, lang: str, overwrite: bool, dossier: bool, public: bool
) -> dict[str, Any]:
    """``write_results`` with the dossiers."""
    write_results(
        found,
        folder,
        lang=lang,
        overwrite=overwrite,
        also=lambda draft: write_dossiers(found, lang, draft, dossier=dossier, public=public),
    )
    return benchmark_results(found)
