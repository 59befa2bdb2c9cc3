"""Cases far from anything a municipality has are refused by ``check``, or computed with finite numbers; nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from extreme_cases import extreme_case, outcome_of

SEED = 1
"""The one of the count in CHANGELOG; ``python tests/extreme_cases.py 2000 1`` tries two thousand."""


def _fails(number: int, place: Path) -> str:
    """What went wrong with a case, or nothing."""
    drawn = extreme_case(SEED, number)
    outcome = outcome_of(drawn, place / str(number))
    return "" if outcome.kind in ("refused", "computed") else f"{number}: {drawn.moves}\n{outcome.text}"


FAILED_ONCE = (52, 91, 102, 104, 155, 263, 322, 696, 1048)
"""Cases that ended in a traceback when first tried, or in a sentence that ``check`` did not say; slow, because each has a
test of its own cause beside the code."""


@pytest.mark.parametrize("number", range(20))
def test_an_extreme_case_is_refused_or_computed(number: int, tmp_path: Path) -> None:
    assert _fails(number, tmp_path) == ""


@pytest.mark.slow
def test_extreme_cases_are_refused_or_computed(tmp_path: Path) -> None:
    """Some sixty more: about two minutes of the time that .ci/slow has."""
    assert [text for number in (*range(20, 70), *FAILED_ONCE) if (text := _fails(number, tmp_path))] == []
