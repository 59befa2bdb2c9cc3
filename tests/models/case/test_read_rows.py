"""Of several bounds on one number the strictest counts."""

from __future__ import annotations

import pytest

from bekostiging.case.fields import Bounds, bounds
from bekostiging.case.rows import Row
from bekostiging.case.tables import Area, CareForm


@pytest.mark.parametrize(
    ("model", "column", "expected"),
    [
        (CareForm, "authorisation_weeks", Bounds(low=1, high=1040)),  # above zero, and of one week or more
        (Area, "inhabitants_0_17", Bounds(low=0, high=1e12)),
    ],
)
def test_the_strictest_bounds_of_a_column(model: type[Row], column: str, expected: Bounds) -> None:
    assert bounds(model.model_fields[column]) == expected
