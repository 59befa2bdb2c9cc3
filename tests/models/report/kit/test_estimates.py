"""Estimates in JSON: what is not known is null, and nothing else is added."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bekostiging.report.kit.estimates import plain, read_estimate, written, written_or_null
from bekostiging_solvers import Estimate


@dataclass(frozen=True)
class _Result:
    name: str
    figure: Estimate


@pytest.mark.parametrize("error", [0.25, 0.0, None])
def test_an_error_that_is_unknown_is_null(error: float | None) -> None:
    told = {"value": 1.5, "standard_error": error}
    estimate = Estimate(1.5, error, degrees_of_freedom=15)
    assert written(estimate) == told
    assert plain(_Result("a", estimate)) == {"name": "a", "figure": told}
    assert read_estimate(told) == Estimate(1.5, error)


def test_a_figure_that_is_unknown_is_null() -> None:
    assert written_or_null(None) is None
    assert written_or_null(Estimate(1.0, 0.0)) == {"value": 1.0, "standard_error": 0.0}
