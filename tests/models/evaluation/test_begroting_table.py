"""The amount for the begroting, on paper; and that a percentile is never a sum of percentiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.evaluation import TERM, TOTAL
from bekostiging.evaluation.begroting_table import BudgetTable, Paid, tabulated
from bekostiging_solvers import Scramblings
from bekostiging_solvers.typing import FloatArray

CODES, YEARS = ("a", "b"), (2028, 2029)
CERTAINTY = 0.8


def _table(spending: FloatArray, headroom: FloatArray | None = None) -> BudgetTable:
    begroot = np.full((2, 2), 5.0) if headroom is None else headroom
    return tabulated(Paid(spending, begroot, np.ones((2, 2))), Scramblings(2), CERTAINTY, CODES, YEARS)


def test_by_hand() -> None:
    """Ten scenarios; a spends 0 to 9 in 2028, b the same in the opposite order: together always 9."""
    rising = np.arange(10.0)
    spending = np.zeros((10, 2, 2))
    spending[:, 0, 0], spending[:, 0, 1] = rising, rising[::-1]
    found = _table(spending)
    own, both = found.lines["a"]["2028"], found.lines[TOTAL]["2028"]
    assert own.expected.value == 4.5
    assert own.certain.value == pytest.approx(np.quantile(rising, CERTAINTY), abs=0.8)
    assert (own.headroom, own.room, own.outside) == (5.0, 0.5, 1.0)
    assert (both.expected.value, both.certain.value, both.headroom, both.room) == (9.0, 9.0, 10.0, 1.0)
    assert found.sharing["2028"] == pytest.approx(9.0 - 2 * own.certain.value)
    assert found.sharing["2028"] < 0
    assert found.lines[TOTAL][TERM].headroom == 20.0


def test_one_who_always_spends_the_same_shares_nothing() -> None:
    found = _table(np.full((10, 2, 2), 3.0))
    assert set(found.sharing.values()) == {0.0}
    assert set(found.over_years.values()) == {0.0}


@given(seed=st.integers(0, 2**32 - 1), sigma=st.floats(0.01, 1.0))
def test_expected_begroot_and_room_add_up_and_amounts_with_their_line(seed: int, sigma: float) -> None:
    """Over municipalities and years; and the amount of a total is the quantile of the total, whatever the parts say."""
    rng = np.random.default_rng(seed)
    spending = 1e6 * np.exp(sigma * rng.standard_normal((32, 2, 2)))
    found = _table(spending, rng.uniform(5e5, 2e6, (2, 2)))
    for period in ("2028", "2029", TERM):
        parts = [found.lines[code][period] for code in CODES]
        whole = found.lines[TOTAL][period]
        assert whole.expected.value == pytest.approx(sum(one.expected.value for one in parts))
        assert whole.headroom == pytest.approx(sum(one.headroom for one in parts))
        assert whole.room == pytest.approx(sum(one.room for one in parts), abs=1e-3)
        amounts = sum(one.certain.value for one in parts) + found.sharing[period]
        assert whole.certain.value == pytest.approx(amounts)
    for place, own in found.lines.items():
        total = sum(own[str(year)].certain.value for year in YEARS) + found.over_years[place]
        assert own[TERM].certain.value == pytest.approx(total)
    everything = spending.sum(axis=(1, 2))
    assert found.lines[TOTAL][TERM].certain.value == pytest.approx(
        Scramblings(2).quantile(everything, CERTAINTY).value
    )
