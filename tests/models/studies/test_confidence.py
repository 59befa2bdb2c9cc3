"""The highest confidence that policy allows is computed by whoever draws scenarios of its own."""

from __future__ import annotations

from bekostiging.case import read_case, with_policy
from bekostiging.studies.hindsight import hindsight


def test_looking_back_at_the_highest_confidence() -> None:
    """A tail of one in a thousand asks a thousand scenarios (``fewest_scenarios``), more than are drawn to look back."""
    assert hindsight(with_policy(read_case("almere"), confidence=0.999)) != ()
