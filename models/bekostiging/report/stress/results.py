"""Combined shocks, views and reverse stress as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bekostiging.report.kit.estimates import plain, written_figures
from bekostiging.studies import Pooled, StressStudy


def stress_results(study: StressStudy) -> dict[str, Any]:
    """The study: euro over the term, fractions; null where not asked. ``expected``: the scenario without a shock."""
    return {
        "outcome": study.outcome.lumpsum.outcome,
        "years": list(study.outcome.years),
        "stress": {
            "expected": asdict(study.outcome.plain),
            "shocks": None if study.together is None else asdict(study.together),
            "views": None if study.believed is None else _view_results(study.believed),
            "reverse": [plain(one) for one in study.broken],
        },
    }


def _view_results(pooled: Pooled) -> dict[str, Any]:
    """Spending over the term without and under the views."""
    return {
        "views": list(pooled.views),
        "n_scenarios": pooled.n_scenarios,
        "effective": pooled.effective,
        "relative_entropy": pooled.relative_entropy,
        "before": {form: written_figures(own) for form, own in pooled.before.items()},
        "under": {form: written_figures(own) for form, own in pooled.under.items()},
    }
