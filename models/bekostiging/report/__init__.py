"""Tables, figures and one HTML file, in Dutch or English."""

from __future__ import annotations

from bekostiging.report.benchmark.dossiers import write_comparison_dossier, write_dossiers
from bekostiging.report.benchmark.page import benchmark_page
from bekostiging.report.benchmark.results import benchmark_results, public_results
from bekostiging.report.benchmark.schema import benchmark_schema
from bekostiging.report.benchmark.verify import Verification, verification_sentences, verify_dossier
from bekostiging.report.buildup import annex_of, write_annex
from bekostiging.report.capacity.figures import plot_capacity, plot_flows, plot_waiting
from bekostiging.report.equalisation import plot_norm_amounts, plot_power_risk
from bekostiging.report.figures import plot_corridor, plot_exceedance, plot_provider, plot_spending
from bekostiging.report.folder import claimed, refuse_existing, write_folder
from bekostiging.report.lumpsum import plot_frontier
from bekostiging.report.progress import progress_bars
from bekostiging.report.schema import schema
from bekostiging.report.sections import Answer
from bekostiging.report.sharing import plot_key_changes
from bekostiging.report.stress import reverse_sentence, shock_sentence
from bekostiging.report.studies import presented
from bekostiging.report.write import write_results

__all__ = [
    "Answer",
    "Verification",
    "annex_of",
    "benchmark_page",
    "benchmark_results",
    "benchmark_schema",
    "claimed",
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
    "presented",
    "progress_bars",
    "public_results",
    "refuse_existing",
    "reverse_sentence",
    "schema",
    "shock_sentence",
    "verification_sentences",
    "verify_dossier",
    "write_annex",
    "write_comparison_dossier",
    "write_dossiers",
    "write_folder",
    "write_results",
]
