"""The rule of disclosure at its edges: exactly four, exactly 70 %, one alone, forty."""

from __future__ import annotations

import pytest

from bekostiging.report.kit.disclosure import may_be_shown


@pytest.mark.parametrize(
    ("amounts", "shown"),
    [
        ([100.0], False),
        ([], False),
        ([0.0, 0.0, 0.0, 0.0], False),
        ([1.0, 1.0, 1.0, 0.0], False),
        ([1.0] * 4, True),
        ([70.0, 10.0, 10.0, 10.0], True),
        ([2.1, 0.3, 0.3, 0.3], True),  # 70 % too, of a sum that is 3 but for its last bit
        ([70.01, 10.0, 10.0, 9.99], False),
        ([1.0] * 40, True),
        ([1000.0, *[1.0] * 39], False),
    ],
)
def test_four_carry_it_and_none_over_seventy_percent(amounts: list[float], shown: bool) -> None:
    assert may_be_shown(amounts) == shown
