"""What ``bekostiging.stress`` held is still found under that name, with a warning that says where it is now."""

from __future__ import annotations

import pytest

import bekostiging.stress
from bekostiging.evaluation import DeterministicScenario
from bekostiging.studies import compare


@pytest.mark.parametrize(
    ("former", "today", "place"),
    [
        ("compare", compare, "bekostiging.studies.compare"),
        ("Course", DeterministicScenario, "bekostiging.evaluation.DeterministicScenario"),
    ],
)
def test_a_former_name_is_found_and_says_so(former: str, today: object, place: str) -> None:
    with pytest.warns(DeprecationWarning, match=place):
        assert getattr(bekostiging.stress, former) is today


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = bekostiging.stress.nothing
