"""An estimate as it stands in JSON: value and standard error, null where the simulation cannot tell it.

The degrees of freedom of every error are the number of scramblings less one, which is said once per file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bekostiging.evaluation.figures import Estimates, Figure
from bekostiging_solvers import Estimate

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Written = dict[str, float | None]
FREEDOM = "degrees_of_freedom"


def written(estimate: Estimate) -> Written:
    """Value and standard error."""
    error = estimate.standard_error
    return {"value": float(estimate.value), "standard_error": None if error is None else float(error)}


def written_or_null(estimate: Estimate | None) -> Written | None:
    """The same of a figure that may be absent."""
    return None if estimate is None else written(estimate)


def written_figures(estimates: Estimates, figures: Iterable[Figure] = ()) -> dict[str, Written | None]:
    """Every figure under its key; of ``figures`` also those of which nothing is known, as null."""
    return {
        figure.name: written_or_null(estimates.get(figure)) for figure in dict.fromkeys((*figures, *estimates))
    }


def read_estimate(one: Mapping[str, Any]) -> Estimate:
    """What ``written`` wrote; an interval of it needs the degrees of freedom beside."""
    return Estimate(one["value"], one["standard_error"])


def plain(result: DataclassInstance) -> dict[str, Any]:
    """A result as JSON, the estimates in it as ``written``."""
    return asdict(result, dict_factory=_fields)


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if name != FREEDOM}
