"""Former names of the package, found until version 2.0 with a ``DeprecationWarning`` that says what they are called now.

``FORMER`` is the one table; a package of the table takes ``former_names`` for its ``__getattr__``. A name whose place and
arguments alone changed stands beside its name of today; what was called otherwise too is an adapter in
``bekostiging.report.former``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from warnings import warn

_REPORT = "bekostiging.report"
_WRITTEN = f"{_REPORT}.write_results"
_PRESENTED = f"{_REPORT}.presented"
FORMER: dict[str, dict[str, str]] = {
    "bekostiging.capacity": {"Futures": "bekostiging.capacity.CapacityScenarios"},
    "bekostiging.case": {
        "ASKED": "bekostiging.case.tables.ASKED",
        "CommandCheck": "bekostiging.case.check.CommandCheck",
        "fractions": "bekostiging.cli.texts.fractions",
        "named_numbers": "bekostiging.cli.texts.named_numbers",
        "ordered_pairs": "bekostiging.cli.texts.ordered_pairs",
    },
    "bekostiging.contracts": {
        "contract_class": "bekostiging.contracts.terms.contract_class",
        "who_carries_what": "bekostiging.contracts.risk_allocation_by_form",
    },
    "bekostiging.evaluation": {
        "Course": "bekostiging.evaluation.DeterministicScenario",
        "FigureRegistry": "bekostiging.evaluation.figures.FigureRegistry",
        "MeasureOutcome": "bekostiging.evaluation.changes.MeasureOutcome",
        "ROOMS": "bekostiging.evaluation.HEADROOMS",
        "Regimes": "bekostiging.evaluation.estimates.Regimes",
        "Room": "bekostiging.evaluation.Headroom",
        "Sharpened": "bekostiging.evaluation.ControlVariate",
        "Sweep": "bekostiging.evaluation.changes.Sweep",
        "WaitingSamples": "bekostiging.evaluation.samples.WaitingSamples",
        "course": "bekostiging.evaluation.deterministic_scenario",
    },
    "bekostiging.lumpsum": {
        "Held": "bekostiging.lumpsum.data.Held",
        "LUMP_SUM": "bekostiging.contracts.build.LUMP_SUM",
        "LimitPrecision": "bekostiging.lumpsum.certainty.LimitPrecision",
        "MILLION": "bekostiging.units.MILLION",
        "build_lumpsum": "bekostiging.lumpsum.model.build_lumpsum",
    },
    "bekostiging.report": {
        "backtest_sentences": _PRESENTED,
        "backtest_text": _PRESENTED,
        "benchmark_sentences": f"{_REPORT}.tender.page.benchmark_sentences",
        "capacity_results": f"{_REPORT}.capacity.results.capacity_results",
        "capacity_sentences": _PRESENTED,
        "equalisation_results": f"{_REPORT}.equalisation.results.equalisation_results",
        "equalisation_sentences": _PRESENTED,
        "outcome_sentence": _PRESENTED,
        "reverse_table": f"{_REPORT}.stress.page.reverse_table",
        "schema": f"{_REPORT}.comparison_schema",
        "sharing_results": f"{_REPORT}.sharing.results.sharing_results",
        "sharing_sentences": _PRESENTED,
        "shock_table": f"{_REPORT}.stress.page.shock_table",
        "study_sentences": _PRESENTED,
        "summary_caption": _PRESENTED,
        "summary_table": _PRESENTED,
        "view_sentence": f"{_REPORT}.stress.page.view_sentence",
        "view_table": f"{_REPORT}.stress.page.view_table",
        "write_benchmark_results": _WRITTEN,
        "write_capacity": _WRITTEN,
        "write_equalisation": _WRITTEN,
        "write_sharing": _WRITTEN,
        "write_study": _WRITTEN,
    },
    "bekostiging.studies": {
        "DecisionFigure": "bekostiging.studies.tender.decisions.DecisionFigure",
        "Pair": "bekostiging.studies.tender.ranks.Pair",
        "Placed": "bekostiging.studies.tender.similar_regions.Placed",
        "read_view": "bekostiging.studies.views.read_view",
    },
}
"""By package every name that it no longer exports, and where that is today."""
DIVIDED = {"bekostiging.stress": ("bekostiging.studies", "bekostiging.evaluation")}
"""A package that is gone, and those that have what it exported, their former names included."""


def former_names(module: str) -> Callable[[str], object]:
    """The ``__getattr__`` of a module (PEP 562): a former name, with a warning that says where it is today.

    Parameters
    ----------
    module : str
        One of ``FORMER`` or ``DIVIDED``.

    Examples
    --------
    >>> import warnings
    >>> from bekostiging.report import comparison_schema
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     former_names("bekostiging.report")("schema") is comparison_schema
    True
    >>> str(caught[0].message)
    'bekostiging.report.schema is now bekostiging.report.comparison_schema and goes with version 2.0'
    """

    def named(name: str) -> object:
        """The object of a former name."""
        today = _today(module, name)
        if today is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        told = f"{module}.{name} is now {today} and goes with version 2.0"
        warn(told, DeprecationWarning, stacklevel=2)
        place, _, own = today.rpartition(".")
        adapters = import_module("bekostiging.report.former") if module == _REPORT else None
        return getattr(adapters, name, None) or getattr(import_module(place), own)

    return named


def _today(module: str, name: str) -> str | None:
    """Where a former name is today; None for a name that never was."""
    if module in FORMER:
        return FORMER[module].get(name)
    for package in DIVIDED[module]:
        if name in import_module(package).__all__:
            return f"{package}.{name}"
        if name in FORMER[package]:
            return FORMER[package][name]
    return None
