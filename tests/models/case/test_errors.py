"""A mistake found by a worker process reaches the user as the same sentence."""

from __future__ import annotations

import pickle

import pytest

from bekostiging.capacity.decide import NoPlanInTimeError
from bekostiging.case.errors import CaseError, Problem, UserError


@pytest.mark.parametrize(
    "error",
    [
        UserError("een zin", "a sentence", exit_code=3),
        CaseError([Problem("lots", "leeg; vul in", "empty; fill in", row=2, column="id")]),
        NoPlanInTimeError("een zin", "a sentence", 3),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_mistake_travels_between_processes(error: UserError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (again.text("nl"), again.text("en"), again.exit_code) == (
        error.text("nl"),
        error.text("en"),
        error.exit_code,
    )
    assert str(again) == str(error)
