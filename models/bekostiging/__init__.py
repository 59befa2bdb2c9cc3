"""Payment forms for youth care and social support: who carries which financial risk, and which budget holds.

``read_case`` reads what a region brings; ``compare`` settles every payment form on the same simulated clients and designs
the lump sum; every ``study_*`` answers one question in depth; ``write_results`` writes the report. ``dir(bekostiging)``
lists the rest. Names and submodules are imported when first used, so that the command line answers at once.

>>> import bekostiging
>>> case = bekostiging.read_case("almere")
>>> case.name
'almere'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bekostiging.case import Case, CaseError, UserError, check_case, read_case, read_clients, write_case
    from bekostiging.equalisation import NormAmounts
    from bekostiging.evaluation import Comparison, Study
    from bekostiging.lumpsum import SimpleTerms
    from bekostiging.options import RunOptions
    from bekostiging.report import write_results
    from bekostiging.scripts import short_errors
    from bekostiging.studies import (
        backtest,
        benchmark,
        compare,
        pooled,
        read_suite,
        reverse_stress,
        study_capacity,
        study_difference,
        study_equalisation,
        study_landscape,
        study_lumpsum,
        study_sharing,
        study_stress,
    )
    from bekostiging_solvers import Estimate

__version__ = "0.1.0"
__all__ = [
    "Case",
    "CaseError",
    "Comparison",
    "Estimate",
    "NormAmounts",
    "RunOptions",
    "SimpleTerms",
    "Study",
    "UserError",
    "__version__",
    "backtest",
    "benchmark",
    "check_case",
    "compare",
    "pooled",
    "read_case",
    "read_clients",
    "read_suite",
    "reverse_stress",
    "short_errors",
    "study_capacity",
    "study_difference",
    "study_equalisation",
    "study_landscape",
    "study_lumpsum",
    "study_sharing",
    "study_stress",
    "write_case",
    "write_results",
]

_NAMES_BY_MODULE = {
    "bekostiging.case": ("Case", "CaseError", "UserError", "check_case", "read_case", "read_clients", "write_case"),
    "bekostiging.equalisation": ("NormAmounts",),
    "bekostiging.evaluation": ("Comparison", "Study"),
    "bekostiging.lumpsum": ("SimpleTerms",),
    "bekostiging.options": ("RunOptions",),
    "bekostiging.report": ("write_results",),
    "bekostiging.scripts": ("short_errors",),
    "bekostiging.studies": (
        "backtest", "benchmark", "compare", "pooled", "read_suite", "reverse_stress", "study_capacity",
        "study_difference", "study_equalisation", "study_landscape", "study_lumpsum", "study_sharing", "study_stress",
    ),
    "bekostiging_solvers": ("Estimate",),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _NAMES_BY_MODULE.items() for name in names}
_SUBMODULES = (
    "actuals", "capacity", "case", "contracts", "equalisation", "evaluation", "lumpsum", "report", "scenarios", "settlement",
    "sharing", "studies",
)  # fmt: skip


def __getattr__(name: str) -> object:
    """Import a public name or a submodule on first use (PEP 562)."""
    if name in _MODULE_OF:
        value: object = getattr(import_module(_MODULE_OF[name]), name)
    elif name in _SUBMODULES:
        value = import_module(f"bekostiging.{name}")
    else:
        raise AttributeError(f"module 'bekostiging' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Every public name and submodule, imported or not."""
    return sorted({*__all__, *_SUBMODULES})
