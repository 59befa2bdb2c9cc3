"""Profiles against one amount per care form, lot by lot."""

from __future__ import annotations

import numpy as np
import pytest

from bekostiging.equalisation import Adjuster, ClientCosts, LotComparison, NormAmounts, compare_by_lot, fitted


def _clients(heavy: float, seed: int = 1, n: int = 800, variation: float = 0.3) -> ClientCosts:
    """Two lots with a care form each; in lot ``one`` heavy clients cost ``heavy`` times light ones, in ``two`` as much."""
    rng = np.random.default_rng(seed)
    lot, profile, provider = rng.integers(2, size=n), rng.integers(2, size=n), rng.integers(3, size=n)
    mean = np.where((lot == 0) & (profile == 1), 2_000.0 * heavy, 2_000.0)
    cost = mean * rng.gamma(1 / variation**2, variation**2, n)
    return ClientCosts(
        tuple(Adjuster(name) for name in ("f/light", "f/heavy", "g/light", "g/heavy")),
        np.eye(4)[2 * lot + profile],
        cost,
        np.ones(n),
        provider,
        ("p", "q", "r"),
        {"lot": (lot, ("one", "two")), "care_form": (lot, ("f", "g"))},
    )


def _compared(clients: ClientCosts, **params: object) -> tuple[LotComparison, ...]:
    model = fitted(NormAmounts(**params), clients)  # type: ignore[arg-type]
    return compare_by_lot(model, clients, np.random.default_rng(2), limit=10)


def test_profiles_that_differ_are_better_and_those_that_do_not_are_not() -> None:
    """Light 2,000 and heavy 6,000, CV 0.3: squared error within 0.09 x (2,000^2 + 6,000^2) / 2 = 1.8 million against 1.8 + 4
    million for one amount of 4,000: profiles remove 4 / 5.8 = 69 %. In the other lot nothing is there to remove."""
    one, two = _compared(_clients(3.0))
    assert (one.lot, two.lot, one.alternative) == ("one", "two", "care_form")
    assert one.removed.standard_error is not None
    assert abs(one.removed.value - 4 / 5.8) < 4 * one.removed.standard_error
    assert one.error_profiles.value == pytest.approx(np.sqrt(1.8e6), rel=0.15)
    assert one.error_alternative.value == pytest.approx(np.sqrt(5.8e6), rel=0.1)
    assert one.verdict == "better"
    assert two.verdict in ("not_shown", "worse")
    assert abs(two.removed.value) < 0.02


def test_the_interval_of_the_gain_covers() -> None:
    """One amount of 4,000 is 2,000 off in the mean of either profile, so profiles gain 4 million euro^2 but for the
    little that estimating them takes; 20 samples, at least 15 cover (below 0.5 % by chance)."""
    covered = 0
    for seed in range(20):
        ends = _compared(_clients(3.0, seed, 400))[0].gain.interval(0.95)
        assert ends is not None
        covered += ends[0] <= 4e6 <= ends[1]
    assert covered >= 15


def test_profiles_without_meaning_are_shown_better_seldom() -> None:
    """In 30 samples where profiles say nothing: shown to be better at most 4 times (2.5 % each)."""
    assert sum(one.verdict == "better" for seed in range(15) for one in _compared(_clients(1.0, seed, 200))) <= 4


def test_both_divide_the_same_money_under_a_fixed_pot() -> None:
    """A pot of half the cost: both amounts are too low by the same half, and neither wins by it."""
    clients = _clients(1.0)
    one, two = _compared(clients, total=0.5 * float(clients.cost.sum()))
    for lot in (one, two):
        assert abs(lot.removed.value) < 0.05
        assert lot.providers_profiles.value == pytest.approx(lot.providers_alternative.value, abs=0.05)


def test_provider_results_by_hand() -> None:
    """Everybody of a profile costs the same: profiles pay each provider its cost. One amount of 4,000 pays p, whose clients
    are all light, 2,000 a client too much and q as much too little: 20 x 2,000 twice over 160,000."""
    heavy = np.arange(40) >= 20
    clients = ClientCosts(
        (Adjuster("f/light"), Adjuster("f/heavy")), np.eye(2)[heavy.astype(int)], np.where(heavy, 6_000.0, 2_000.0),
        np.ones(40), heavy.astype(np.int64), ("p", "q"), {"care_form": (np.zeros(40, int), ("f",))},
    )  # fmt: skip
    (one,) = _compared(clients)
    assert one.lot is None
    assert one.providers_profiles.value == pytest.approx(0.0, abs=1e-9)
    assert one.providers_alternative.value == pytest.approx(80_000 / 160_000, rel=0.01)
    assert one.removed.value == pytest.approx(1.0)


def test_without_care_form_the_alternative_is_one_amount_and_small_lots_are_left_out() -> None:
    clients = _clients(3.0, n=60)
    place, labels = clients.partitions["lot"]
    flat = ClientCosts(clients.adjusters, clients.matrix, clients.cost, clients.weight, clients.provider,
                       clients.providers, {"lot": (place, labels)})  # fmt: skip
    model = fitted(NormAmounts(), flat)
    count = np.bincount(place)
    found = compare_by_lot(model, flat, np.random.default_rng(0), limit=float(count.max()))
    assert [one.lot for one in found] == [
        label for label, own in zip(labels, count, strict=True) if own == count.max()
    ]
    assert {one.alternative for one in found} == {"flat"}


def test_few_skewed_clients_have_no_verdict() -> None:
    """14 clients are below any row of the table."""
    clients = _clients(3.0, n=28, variation=1.5)
    assert {one.verdict for one in _compared(clients)} == {"too_few"}


def test_a_profile_of_one_client_is_not_compared() -> None:
    clients = _clients(3.0, n=80)
    matrix = np.hstack([clients.matrix, np.zeros((80, 1))])
    matrix[0] = np.eye(5)[4]
    lone = ClientCosts((*clients.adjusters, Adjuster("f/rare")), matrix, clients.cost, clients.weight, clients.provider,
                       clients.providers, clients.partitions)  # fmt: skip
    assert sum(one.clients for one in _compared(lone)) == 79
