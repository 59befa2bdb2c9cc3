"""Completeness against published triangles, by hand, and where nothing is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.case import UserError
from bekostiging.monitoring import chain_ladder, completeness_of, unreported, weight_of_messages

RAA = (
    (5012, 8269, 10907, 11805, 13539, 16181, 18009, 18608, 18662, 18834),
    (106, 4285, 5396, 10666, 13782, 15599, 15496, 16169, 16704),
    (3410, 8992, 13873, 16141, 18735, 22214, 22863, 23466),
    (5655, 11555, 15766, 21266, 23425, 26083, 27067),
    (1092, 9565, 15836, 22169, 25955, 26180),
    (1513, 6445, 11702, 12935, 15852),
    (557, 4020, 10946, 12314),
    (1351, 6947, 13112),
    (3133, 5395),
    (2063,),
)
"""Running totals of the Reinsurance Association of America, 1981-1990, as printed by Mack (1994)."""
STEADY = (0.42, 0.71, 0.84, 0.92, 0.96, 0.98, 0.99, 0.99, 1.0, 1.0)
"""Percent developed, paid claims in a steady state: Friedland, Estimating Unpaid Claims, chapter 7, exhibit III sheet 3."""


def as_seen(whole: np.ndarray) -> np.ndarray:
    """What is known of a complete table: later delays of the last months lie ahead."""
    found = whole.astype(float)
    n, width = found.shape
    found[np.arange(n)[:, None] + np.arange(width)[None, :] >= n] = np.nan
    return found


def test_mack_1994_raa() -> None:
    """Reserves and errors as printed by Mack, Measuring the Variability of Chain Ladder Reserve Estimates (1994)."""
    triangle = np.full((10, 10), np.nan)
    for row, own in zip(triangle, RAA, strict=True):
        row[: len(own)] = np.diff([0, *own])
    found = chain_ladder(triangle)
    assert found.to_come.round().tolist() == [0, 154, 617, 1636, 2747, 3649, 5435, 10907, 10650, 16339]
    assert found.error.round().tolist() == [0, 206, 623, 747, 1469, 2002, 2209, 5358, 6333, 24566]
    assert (round(found.to_come.sum()), round(found.total_error)) == (52135, 26909)


def test_chainladder_python_raa() -> None:
    """Another program: reserves and errors by month, and of the whole, of chainladder-python (group peers) on RAA."""
    peer = pytest.importorskip("chainladder", reason="group peers is not installed")
    sample = peer.load_sample("raa")
    theirs = peer.MackChainladder().fit(peer.Development(sigma_interpolation="mack").fit_transform(sample))
    running = sample.values[0, 0]
    found = chain_ladder(np.diff(running, axis=1, prepend=0.0))
    summary = theirs.summary_.to_frame(origin_as_datetime=False)
    assert found.to_come == pytest.approx(summary["IBNR"].fillna(0).to_numpy(), abs=1e-6)
    assert found.error == pytest.approx(summary["Mack Std Err"].fillna(0).to_numpy(), rel=1e-6, abs=1e-6)
    assert found.total_error == pytest.approx(float(theirs.total_mack_std_err_.iloc[0, 0]), rel=1e-6)


def test_friedland_steady_state() -> None:
    """700,000 a year growing 5 % a year, paid by the printed percentages: the percentages come back."""
    whole = 700_000 * 1.05 ** np.arange(len(STEADY))[:, None] * np.diff([0.0, *STEADY])
    assert completeness_of(as_seen(whole)).reported.round(3).tolist() == list(STEADY)


@pytest.mark.parametrize(
    ("delays", "counts"),
    [
        ((0.4, 0.3, 0.2, 0.1), (100, 150, 200, 250, 300)),
        ((0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1), (30, 40, 50, 60, 70, 80, 90)),
    ],
)
def test_baselinenowcast_delays(delays: tuple[float, ...], counts: tuple[float, ...]) -> None:
    """Delay distributions that the tests of R package baselinenowcast (epinowcast) give back; the second has as many dates
    as delays here, where that package also knows triangles of another shape."""
    whole = np.array(counts)[:, None] * np.array(delays)
    assert completeness_of(as_seen(whole)).reported == pytest.approx(np.cumsum(delays), abs=1e-9)


def test_baselinenowcast_nowcast() -> None:
    """Its example of apply_delay: 40 seen of delays 40, 20, 20, 20 % after three leaves 10; 60 after two leaves 40."""
    seen, part = np.array([40.0, 60.0]), np.array([0.8, 0.6])
    assert unreported(seen, part, np.zeros(2), 0.0) == pytest.approx([10.0, 40.0])


def test_nothing_is_claimed_in_the_month_itself() -> None:
    """Claims that come a month later: the first part is zero, the rest a ladder."""
    whole = np.array([100.0, 120.0, 90.0, 100.0])[:, None] * np.array([0.0, 0.8, 0.15, 0.05])
    found = completeness_of(as_seen(whole))
    assert found.reported == pytest.approx([0.0, 0.8, 0.95, 1.0])
    assert found.longest == 3


def test_credits_are_apart() -> None:
    """Two percent of all claims is credited a month later: pi is that of gross claims, and what is to come is known."""
    gross = np.array([100.0, 200.0, 300.0])[:, None] * np.array([0.5, 0.5, 0.0])
    credits = np.zeros_like(gross)
    credits[:, 1] = -0.02 * gross.sum(axis=1)
    found = completeness_of(as_seen(gross), as_seen(credits))
    assert found.reported.tolist() == [0.5, 1.0, 1.0]
    assert found.credit_to_come(0) == pytest.approx(-0.02)
    assert found.credit_to_come(1) == 0.0


def test_a_small_provider_leans_on_the_others() -> None:
    """Alike but for chance: the pooled ladder; truly different and large: nearly its own."""
    rng = np.random.default_rng(1)
    whole = rng.poisson(1000 * np.array([0.6, 0.3, 0.1]), size=(5, 12, 3)).astype(float)
    alike = np.stack([as_seen(one) for one in whole])
    own = completeness_of(alike[0], others=alike).reported
    pooled = completeness_of(np.nansum(alike, axis=0) + 0 * alike[0]).reported
    assert np.abs(own - pooled).max() < 0.01
    whole[0] = rng.poisson(1000 * np.array([0.2, 0.3, 0.5]), size=(12, 3))
    different = np.stack([as_seen(one) for one in whole])
    assert completeness_of(different[0], others=different).reported[0] == pytest.approx(0.2, abs=0.03)


@given(
    x=st.floats(0, 1e6), part=st.floats(0, 1), mu=st.floats(0, 1e6), k=st.floats(0, 10), more=st.floats(0.01, 1e6)
)
def test_unreported_lies_between_its_two_views(x: float, part: float, mu: float, k: float, more: float) -> None:
    """Never below zero, between the chain ladder and the messages' view, and more expected is never less to come."""
    one = float(unreported(np.array([x]), np.array([part]), np.array([mu]), k)[0])
    assert one >= 0
    assert float(unreported(np.array([x]), np.array([part]), np.array([mu + more]), k)[0]) >= one * (1 - 1e-9)
    if part > 1e-6:
        views = sorted(((1 - part) * x / part, (1 - part) * mu))
        assert views[0] * (1 - 1e-9) - 1e-6 <= one <= views[1] * (1 + 1e-9) + 1e-6


def test_weight_follows_past_errors() -> None:
    """Exact expectations beside erratic claims get weight; wild expectations beside regular claims get none."""
    rng = np.random.default_rng(3)
    truth = rng.uniform(80, 120, 30)
    regular = np.column_stack([0.7 * truth, 0.3 * truth])
    assert weight_of_messages(regular, rng.uniform(1, 1000, 30)) == 0.0
    first = np.clip(rng.normal(0.5, 0.2, 30), 0.05, 0.95)
    assert weight_of_messages(np.column_stack([first * truth, (1 - first) * truth]), truth) > 1.0
    assert weight_of_messages(regular[:2], truth[:2]) == 0.2


@pytest.mark.parametrize(
    ("wrong", "nl"),
    [
        (np.full((3, 3), np.nan), "geen enkele maand is over twee ontvangstmaanden gevolgd"),
        (np.array([[1.0, -2.0], [1.0, np.nan]]), "een eerste declaratie is negatief"),
    ],
)
def test_wrong_triangles_are_refused(wrong: np.ndarray, nl: str) -> None:
    with pytest.raises(UserError) as error:
        completeness_of(wrong)
    assert nl in error.value.text("nl")


def test_a_weight_below_zero_is_refused() -> None:
    with pytest.raises(UserError, match="negative"):
        unreported(np.ones(1), np.ones(1), np.ones(1), -0.1)
