"""Tables, figures and one HTML file, in Dutch or English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bekostiging.former import former_names
from bekostiging.report.assumptions import assumed_lines
from bekostiging.report.buildup.page import write_annex
from bekostiging.report.buildup.results import annex_of
from bekostiging.report.capacity.plots import plot_capacity, plot_flows, plot_waiting
from bekostiging.report.comparison.client_plots import plot_clients
from bekostiging.report.comparison.plots import plot_corridor, plot_exceedance, plot_provider, plot_spending
from bekostiging.report.comparison.schema import comparison_schema
from bekostiging.report.equalisation.plots import plot_norm_amounts, plot_power_risk
from bekostiging.report.explore.inline import inline_explore
from bekostiging.report.kit.folder import claimed, refuse_existing, write_folder
from bekostiging.report.kit.progress import progress_bars
from bekostiging.report.kit.sections import Answer
from bekostiging.report.kit.sense import influence_answer, plot_influences, remark_lines
from bekostiging.report.lumpsum.plots import plot_frontier
from bekostiging.report.monitor.page import write_monitor
from bekostiging.report.monitor.plots import plot_year
from bekostiging.report.origins.page import write_origins
from bekostiging.report.origins.privacy import write_privacy_papers
from bekostiging.report.papers.write import PapersAsked, papers_of_result, write_papers
from bekostiging.report.provider_sheets.page import write_provider_sheets
from bekostiging.report.settlement.page import write_settlement
from bekostiging.report.sharing.plots import plot_key_changes
from bekostiging.report.steps.page import write_steps
from bekostiging.report.stress.page import reverse_sentence, shock_sentence
from bekostiging.report.tender.dossiers import write_comparison_dossier, write_dossiers
from bekostiging.report.tender.page import benchmark_page
from bekostiging.report.tender.results import benchmark_results, public_results
from bekostiging.report.tender.schema import benchmark_schema
from bekostiging.report.tender.verify import Verification, verification_sentences, verify_dossier
from bekostiging.report.write import presented, write_results

__all__ = [
    "Answer",
    "PapersAsked",
    "Verification",
    "annex_of",
    "assumed_lines",
    "benchmark_page",
    "benchmark_results",
    "benchmark_schema",
    "claimed",
    "comparison_schema",
    "influence_answer",
    "inline_explore",
    "papers_of_result",
    "plot_capacity",
    "plot_clients",
    "plot_corridor",
    "plot_exceedance",
    "plot_flows",
    "plot_frontier",
    "plot_influences",
    "plot_key_changes",
    "plot_norm_amounts",
    "plot_power_risk",
    "plot_provider",
    "plot_spending",
    "plot_waiting",
    "plot_year",
    "presented",
    "progress_bars",
    "public_results",
    "refuse_existing",
    "remark_lines",
    "reverse_sentence",
    "shock_sentence",
    "verification_sentences",
    "verify_dossier",
    "write_annex",
    "write_comparison_dossier",
    "write_dossiers",
    "write_folder",
    "write_monitor",
    "write_origins",
    "write_papers",
    "write_privacy_papers",
    "write_provider_sheets",
    "write_results",
    "write_settlement",
    "write_steps",
]

if not TYPE_CHECKING:
    __getattr__ = former_names(__name__)
