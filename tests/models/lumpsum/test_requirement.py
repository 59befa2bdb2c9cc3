"""The minimum equity requirement: by hand, zero where money is ample, none where no buffer helps."""

from __future__ import annotations

import numpy as np
import pytest
from instances import MILLION, corridor, data, terms

from bekostiging.lumpsum import minimum_equity_requirements

NO_SHARING = corridor([1.0], [np.inf], share=0.0)
COST = np.append(np.full(19, (20 * 100.0 - 117.6) / 19), 117.6)[:, None, None] * MILLION
"""Mean 100, the worst of twenty 117.6: CVaR at 0.95 (design section 7)."""


def test_by_hand() -> None:
    """No sharing, begroting 105: b = 105 leaves a tail of 12.6 on B0 = 100, so 12.6 % is the least requirement.

    One point more lets b fall by one: it saves a million."""
    own = data(COST, (terms(own=NO_SHARING),), [0], [0], room=np.array([[105.0 * MILLION]]))
    (found,) = minimum_equity_requirements(own)
    assert found.requirement == pytest.approx(0.126, abs=1.5e-3)
    assert found.objective == pytest.approx(105 * MILLION, rel=2e-3)
    assert found.saves == pytest.approx(MILLION, rel=0.01)


def test_ample_money_asks_no_equity() -> None:
    """b = 117.6 carries every future; a point of buffer then saves a million."""
    (found,) = minimum_equity_requirements(data(COST, (terms(own=NO_SHARING),), [0], [0]))
    assert found.requirement == 0.0
    assert found.objective == pytest.approx(117.6 * MILLION, rel=1e-6)
    assert found.saves == pytest.approx(MILLION, rel=1e-3)


def test_no_buffer_makes_too_small_a_begroting_enough() -> None:
    """Expected cost 100, begroting 90 with a fair price of 100."""
    own = data(
        COST,
        (terms(own=NO_SHARING),),
        [0],
        [0],
        room=np.array([[90.0 * MILLION]]),
        fair_price=np.array([[100.0 * MILLION]]),
    )
    assert minimum_equity_requirements(own)[0].requirement is None
