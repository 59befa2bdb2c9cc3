"""Tables, figures and one HTML file, in Dutch or English."""

from __future__ import annotations

from bekostiging.report.agreement import first_sentence
from bekostiging.report.answers import names_of, summary_rows, years
from bekostiging.report.backtest import backtest_sentences, backtest_tables, backtest_text
from bekostiging.report.benchmark.folder import write_benchmark_results, write_comparison_dossier
from bekostiging.report.benchmark.page import benchmark_page, benchmark_sentences
from bekostiging.report.benchmark.results import benchmark_results, public_results
from bekostiging.report.benchmark.schema import benchmark_schema
from bekostiging.report.benchmark.verify import Verification, verification_sentences, verify_dossier
from bekostiging.report.buildup import annex_of, write_annex
from bekostiging.report.capacity.figures import plot_capacity, plot_flows, plot_waiting
from bekostiging.report.capacity.page import capacity_results, capacity_sentences
from bekostiging.report.equalisation import (
    equalisation_results,
    equalisation_sentences,
    plot_norm_amounts,
    plot_power_risk,
)
from bekostiging.report.figures import plot_corridor, plot_exceedance, plot_provider, plot_spending
from bekostiging.report.folder import claimed, refuse_existing, write_folder, write_results, write_text
from bekostiging.report.lumpsum import plot_frontier, study_sentences
from bekostiging.report.progress import progress_bars
from bekostiging.report.schema import schema
from bekostiging.report.sharing import plot_key_changes, sharing_results, sharing_sentences
from bekostiging.report.stress import (
    reverse_sentence,
    reverse_table,
    shock_sentence,
    shock_table,
    view_sentence,
    view_table,
)
from bekostiging.report.takeaway.studies import write_capacity, write_equalisation, write_sharing, write_study
from bekostiging.report.texts import Texts
from bekostiging.report.waiting import summary_note
from bekostiging.stress import Comparison

__all__ = [
    "Verification",
    "annex_of",
    "backtest_sentences",
    "backtest_tables",
    "backtest_text",
    "benchmark_page",
    "benchmark_results",
    "benchmark_schema",
    "benchmark_sentences",
    "capacity_results",
    "capacity_sentences",
    "claimed",
    "equalisation_results",
    "equalisation_sentences",
    "outcome_sentence",
    "plot_capacity",
    "plot_corridor",
    "plot_exceedance",
    "plot_flows",
    "plot_frontier",
    "plot_key_changes",
    "plot_norm_amounts",
    "plot_power_risk",
    "plot_provider",
    "plot_spending",
    "plot_waiting",
    "progress_bars",
    "public_results",
    "refuse_existing",
    "reverse_sentence",
    "reverse_table",
    "schema",
    "sharing_results",
    "sharing_sentences",
    "shock_sentence",
    "shock_table",
    "study_sentences",
    "summary_caption",
    "summary_table",
    "verification_sentences",
    "verify_dossier",
    "view_sentence",
    "view_table",
    "write_annex",
    "write_benchmark_results",
    "write_capacity",
    "write_comparison_dossier",
    "write_equalisation",
    "write_folder",
    "write_results",
    "write_sharing",
    "write_study",
    "write_text",
]


def summary_table(outcome: Comparison, lang: str) -> list[tuple[str, ...]]:
    """The table at the end of the command, header first."""
    return summary_rows(outcome, Texts(lang))


def outcome_sentence(outcome: Comparison, lang: str) -> str:
    """What must be told first of the lump sum, in one sentence."""
    return first_sentence(outcome.lumpsum, Texts(lang), names_of(outcome))


def summary_caption(outcome: Comparison, lang: str) -> str:
    """Units and years of that table."""
    texts = Texts(lang)
    return texts["summary", "in_millions"].format(years=years(outcome)) + summary_note(outcome, texts)
