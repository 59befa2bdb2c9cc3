"""Why a year is off: each cause alone, nothing left over, and cells that are new or gone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.monitoring.effects import CAUSES, CareYear, causes_of, in_cents_together

BEFORE = CareYear(*(np.array(one) for one in ([100.0, 50.0], [600.0, 300.0], [6000.0, 9000.0], [80.0, 100.0])))


def found(after: CareYear) -> dict[str, float]:
    """Causes by name."""
    return dict(zip(CAUSES, causes_of(BEFORE, after).tolist(), strict=True))


@pytest.mark.parametrize(
    ("cause", "clients", "months", "units", "price"),
    [
        ("volume", 1.1, 1.1, 1.1, 1.0),
        ("duration", 1.0, 1.2, 1.2, 1.0),
        ("intensity", 1.0, 1.0, 0.9, 1.0),
        ("price", 1.0, 1.0, 1.0, 1.03),
    ],
)
def test_one_cause_alone(cause: str, clients: float, months: float, units: float, price: float) -> None:
    """What changed alone is the whole difference."""
    after = CareYear(clients * BEFORE.clients, months * BEFORE.months, units * BEFORE.units, price * BEFORE.price)
    parts = found(after)
    assert parts.pop(cause) == pytest.approx(float((after.euro - BEFORE.euro).sum()))
    assert list(parts.values()) == pytest.approx([0.0] * 5, abs=1e-6)


def test_another_mix_alone() -> None:
    """As many clients, more of them in the dear kind of care: volume nothing, mix everything."""
    share = np.array([0.8, 1.4])
    after = CareYear(share * BEFORE.clients, share * BEFORE.months, share * BEFORE.units, BEFORE.price)
    parts = found(after)
    assert parts["volume"] == pytest.approx(0.0, abs=1e-6)
    assert parts["mix"] == pytest.approx(float((after.euro - BEFORE.euro).sum()))


POSITIVE = st.lists(st.sampled_from([0.0]) | st.floats(1e-3, 1e4), min_size=8, max_size=8)


@given(before=POSITIVE, after=POSITIVE)
def test_the_parts_add_up(before: list[float], after: list[float]) -> None:
    """Whatever the two sides are, zeros included, to the cent."""
    one, other = (CareYear(*np.array(values).reshape(4, 2)) for values in (before, after))
    parts, whole = causes_of(one, other), float((other.euro - one.euro).sum())
    assert parts.sum() == pytest.approx(whole, abs=1e-7 * (1 + one.euro.sum() + other.euro.sum()))
    assert sum(in_cents_together(parts, float(parts.sum()))) == round(100 * float(parts.sum()))


def test_new_and_gone_are_their_own_line() -> None:
    """A kind of care without anything on one side: its euros, and no logarithm."""
    one = (BEFORE.clients, BEFORE.months, BEFORE.units, BEFORE.price)
    parts = found(CareYear(*(np.array([values[0], 0.0]) for values in one)))
    assert parts["new_or_gone"] == -900_000.0
    assert sum(parts.values()) == -900_000.0
