"""Profiles against one amount per care form, lot by lot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.equalisation import Adjuster, ClientCosts, LotComparison, NormAmounts, compare_by_lot, fitted
from bekostiging.equalisation.by_lot import folds, of_lot
from bekostiging.equalisation.norm_amounts import FOLDS


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


def test_a_fixed_pot_shrinks_with_the_clients_it_is_estimated_on() -> None:
    """Everybody of a profile costs the same and the pot is what they cost: estimated on four fifths, the amounts of the
    fifth left out are still exactly their cost, and not a fourth more."""
    clients = _clients(3.0, variation=0.3)
    exact = replace(clients, cost=np.array([2_000.0, 6_000.0, 2_000.0, 2_000.0])[clients.matrix.argmax(axis=1)])
    one, two = _compared(exact, total=float(exact.cost.sum()))
    for lot in (one, two):
        assert lot.error_profiles.value < 0.02 * 2_000


def test_errors_by_hand() -> None:
    """Squared errors 1, 2, 3, 6 against 2, 6, 2, 6, one client each: a gain of 1, 4, -1, 0, on average 1, so squares of 14
    around it; removed is 1 - 3 / 4, with influence 1 - 1.5, 2 - 4.5, 3 - 1.5 and 6 - 4.5 over 4: squares of 11 / 16."""
    profiles, other = np.array([1.0, 2.0, 3.0, 6.0]), np.array([2.0, 6.0, 2.0, 6.0])
    cost = np.full(4, 10.0)
    clients = ClientCosts((Adjuster("a"),), np.ones((4, 1)), cost, np.ones(4), np.zeros(4, int), ("p",), {})
    found = of_lot(
        None,
        "flat",
        clients,
        np.arange(4),
        cost - np.sqrt(profiles),
        cost - np.sqrt(other),
        np.random.default_rng(1),
    )
    assert found.gain.value == pytest.approx(1.0)
    assert found.gain.standard_error == pytest.approx(np.sqrt(14 / 12))
    assert found.removed.value == pytest.approx(0.25)
    assert found.removed.standard_error == pytest.approx(np.sqrt(11 / 12) / 4)


@pytest.mark.parametrize("rounding", [1 - 1e-7, 1.0, 1 + 1e-7])
def test_amounts_that_differ_by_rounding_are_neither_better_nor_worse(rounding: float) -> None:
    """One profile per care form gives the amount of the care form, but for how a solver rounds: that is no verdict."""
    clients = _clients(1.0, n=400)
    rows, amount = np.arange(400), np.full(400, 2_000.0)
    found = of_lot(None, "care_form", clients, rows, rounding * amount, amount, np.random.default_rng(1))
    assert (found.gain.value, found.removed.value, found.providers_difference.value) == (0.0, 0.0, 0.0)
    assert found.verdict == "not_shown"


def test_one_client_that_stands_for_nearly_all_is_not_enough() -> None:
    """Kish: its weight of a million beside 399 of one leaves one effective client."""
    clients = _clients(3.0, n=400)
    heavy = replace(clients, weight=np.r_[1e6, np.ones(399)])
    rows, zeros = np.arange(400), np.zeros(400)
    found = [of_lot(None, "flat", own, rows, zeros, zeros, np.random.default_rng(1)) for own in (clients, heavy)]
    assert [one.enough for one in found] == [True, False]


def test_every_profile_is_spread_over_five_parts() -> None:
    clients = _clients(1.0, n=203)
    fold = folds(clients, np.random.default_rng(3))
    for profile in range(4):
        own = np.bincount(fold[clients.matrix[:, profile] == 1], minlength=FOLDS)
        assert own.max() - own.min() <= 1
    assert FOLDS == 5
