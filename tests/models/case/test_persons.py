"""Trajectories become persons at one place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.persons import persons


@pytest.mark.parametrize("name", ["jeugdwet", "wmo", "guidance"])
def test_persons_are_trajectories_over_trajectories_per_person(small_case: Case, name: str) -> None:
    """By hand: 140 trajectories, 1.4 per person."""
    case = replace(small_case, trajectories_per_person=1.4)
    assert persons(case, name, 140.0) == pytest.approx(100.0)
    np.testing.assert_allclose(persons(case, name, np.array([[7.0], [0.0]])), [[5.0], [0.0]])
