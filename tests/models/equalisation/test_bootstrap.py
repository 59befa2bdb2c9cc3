"""Intervals of norm amounts: do they cover, are they those of a mean, and when are there too few clients for one?"""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from bekostiging.equalisation import (
    Adjuster,
    ClientCosts,
    NormAmounts,
    enough_clients,
    fitted,
    intervals,
)
from bekostiging.equalisation.bootstrap import MOST_VARIATION

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs" / "equalisation.md"
sys.path.insert(0, str(ROOT / "benchmarks"))
study = importlib.import_module("norm_coverage")
COVERS = 93.0
"""Per cent of the samples, asked of a 95 % interval that is shown."""


def _clients(seed: int = 1, n: int = 3_000) -> ClientCosts:
    """Three profiles with a coefficient of variation of 0.53."""
    rng = np.random.default_rng(seed)
    profile, provider = rng.integers(3, size=n), rng.integers(4, size=n)
    cost = np.array([2_000.0, 4_000.0, 9_000.0])[profile] * rng.lognormal(-0.125, 0.5, n)
    place = rng.integers(2, size=n)
    return ClientCosts(
        tuple(Adjuster(name) for name in ("a", "b", "c")),
        np.eye(3)[profile],
        cost,
        np.ones(n),
        provider,
        ("p1", "p2", "p3", "p4"),
        {"town": (place, ("here", "there"))},
    )


def _table() -> list[tuple[int, float, float, float, float]]:
    """Of docs/equalisation.md: clients, true and shown variation, coverage of bootstrap-t and its error."""
    rows = re.findall(
        r"^\| ([\d,]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) ± ([\d.]+) \|", DOCS.read_text(), re.MULTILINE
    )
    return [(int(n.replace(",", "")), *(float(one) for one in rest)) for n, *rest in rows]  # type: ignore[misc]


def test_intervals_of_skewed_costs_cover_and_are_wider_above() -> None:
    """200 clients with a coefficient of variation of one, 50 samples: bootstrap-t covers 95.0 % (known answer of 1,500
    repetitions): fewer than 43 of 50 happens less than once in 200 times. As wide above as below misses high costs."""
    clients = study.sampled(200, 1.0, 1_000)
    model = fitted(NormAmounts(), clients)
    found = intervals(model, clients, np.random.default_rng(0))
    assert study.covers(found.low, found.high) >= 43
    assert (found.high - model.coef_ > model.coef_ - found.low).sum() >= 45


@pytest.mark.slow
def test_coverage_of_the_table_at_200_clients() -> None:
    """The issue asks 93 to 97 % at n = 200, CV 1; bootstrap-t is at least as good as percentiles where costs are skewed."""
    one = study.coverage(200, 1.0, 2_000)
    assert 0.93 - 2 * one.error <= one.covered <= 0.97
    skewed = study.coverage(200, 2.0, 2_000)
    assert skewed.covered > skewed.percentiles


def test_the_rule_is_read_from_the_table() -> None:
    """Per number of clients: the variation shown where the table's coverage is 93 % or more up to the first that is not, and
    no more than at a larger number: coverage is known to half a per cent."""
    table, ceiling = _table(), np.inf
    assert {row[0] for row in table} == {n for n, _ in MOST_VARIATION}
    for n, most in reversed(MOST_VARIATION):
        own = sorted(row for row in table if row[0] == n)
        kept = []
        for _, _, shown, covered, _ in own:
            if covered < COVERS:
                break
            kept.append(shown)
        ceiling = min(ceiling, max(kept, default=0.0))
        assert most == ceiling


def test_more_clients_and_less_variation_never_take_an_interval_away() -> None:
    numbers = np.array([5, 19, 20, 49, 50, 100, 199, 200, 500, 1_000, 10_000], dtype=np.float64)
    for spread in np.linspace(0.0, 4.0, 41):
        shown = enough_clients(numbers, np.full(len(numbers), spread))
        assert (np.diff(shown.astype(int)) >= 0).all()
        assert (enough_clients(numbers, np.full(len(numbers), spread + 0.1)) <= shown).all()
    assert not enough_clients(np.array([19.0]), np.array([0.0]))[0]


def test_clients_and_variation_by_hand() -> None:
    """Costs 2, 4, 6 under weight one: mean 4, sd 2, so 3 clients and 0.5. Costs 10 and 30 with weights 1 and 3: mean 25,
    (1 + 3)^2 / (1 + 9) = 1.6 clients; variance 75 x 1.6 / 0.6 = 200, so sqrt(200) / 25."""
    clients = ClientCosts(
        (Adjuster("a"), Adjuster("b")), np.eye(2)[[0, 0, 0, 1, 1]], np.array([2.0, 4.0, 6.0, 10.0, 30.0]),
        np.array([1.0, 1.0, 1.0, 1.0, 3.0]), np.zeros(5, int), ("p",), {},
    )  # fmt: skip
    found = intervals(fitted(NormAmounts(), clients), clients, np.random.default_rng(0), resamples=20)
    np.testing.assert_allclose(found.observations, [3.0, 1.6])
    np.testing.assert_allclose(found.variation, [0.5, np.sqrt(200) / 25])


def test_the_bootstrap_error_is_that_of_a_mean() -> None:
    """Profiles that exclude each other, no condition: sd / sqrt(n), within what 999 samples allow (2 % each)."""
    clients = _clients(5)
    model = fitted(NormAmounts(total=None), clients)
    found = intervals(model, clients, np.random.default_rng(0))
    for j in range(3):
        own = clients.cost[clients.matrix[:, j] == 1]
        assert found.error[j] == pytest.approx(own.std() / np.sqrt(len(own)), rel=0.1)
        # many clients: the interval of the normal law
        half = 1.96 * own.std() / np.sqrt(len(own))
        assert (found.high[j] - found.low[j]) / 2 == pytest.approx(half, rel=0.12)


def test_the_same_seed_gives_the_same_interval_whatever_the_unit_of_money() -> None:
    clients = _clients(n=300)
    model = fitted(NormAmounts(shrinkage=20.0), clients)
    one, again = (intervals(model, clients, np.random.default_rng(4), resamples=99) for _ in range(2))
    np.testing.assert_array_equal(one.low, again.low)
    dear = ClientCosts(clients.adjusters, clients.matrix, 100 * clients.cost, clients.weight, clients.provider,
                       clients.providers, clients.partitions)  # fmt: skip
    cents = intervals(fitted(NormAmounts(shrinkage=20.0), dear), dear, np.random.default_rng(4), resamples=99)
    np.testing.assert_allclose(cents.high, 100 * one.high, rtol=1e-6)


@pytest.mark.parametrize(
    "params",
    [
        {"shrinkage": 50.0},
        {"order": [("c", "b")]},
        {"group_bounds": {"town:here": (-1.0, 1.0)}},
        {"group_penalties": {"town:here": 3.0}, "total": None},
        {"upper": {"c": 5_000.0}},
        {"total": 5e6},
    ],
    ids=str,
)
def test_a_quick_fit_is_the_fit(params: dict[str, object]) -> None:
    """The linear system, where it may be used, gives what the quadratic program gives."""
    clients = _clients(n=600)
    model = fitted(NormAmounts(**params), clients)  # type: ignore[arg-type]
    found = intervals(model, clients, np.random.default_rng(0), resamples=2)
    assert np.isfinite(found.low).all()
    from bekostiging.equalisation.moments import GroupedRows

    rows = GroupedRows(clients.matrix, clients.cost, clients.groups)
    quick = model.refitted(rows, clients.weight, (clients.provider, clients.providers))
    assert quick is not None
    np.testing.assert_allclose(quick, model.coef_, rtol=1e-5)


def test_an_amount_that_a_condition_holds_has_the_interval_of_its_draws() -> None:
    """At its upper bound in every sample: it cannot lie elsewhere."""
    clients = _clients(n=600)
    model = fitted(NormAmounts(upper={"c": 5_000.0}), clients)
    found = intervals(model, clients, np.random.default_rng(0), resamples=99)
    assert found.low[2] == pytest.approx(5_000.0, rel=1e-6)
    assert found.high[2] == pytest.approx(5_000.0, rel=1e-6)
    assert found.low[0] < model.coef_[0] < found.high[0]


@pytest.mark.parametrize(
    "params", [{"method": "lad"}, {"at_most": 1}, {"method": "least_largest", "shrinkage": 0.1}], ids=str
)
def test_intervals_of_other_methods_hold_their_own_amounts(params: dict[str, object]) -> None:
    clients = _clients(n=600)
    model = fitted(NormAmounts(**params), clients)  # type: ignore[arg-type]
    found = intervals(model, clients, np.random.default_rng(0), resamples=40)
    assert ((found.low <= model.coef_ + 1e-6) & (model.coef_ <= found.high + 1e-6)).all()
    assert (found.error > 0).all()


def test_the_samples_of_the_study_have_the_mean_they_say() -> None:
    """A study that is wrong about the truth would find any coverage: log-normal with mean 5,000 and the CV asked."""
    clients = study.sampled(1_000, 0.5, 3)
    assert clients.cost.mean() == pytest.approx(study.MEAN, rel=4 * 0.5 / np.sqrt(1_000 * study.PROFILES))
    assert clients.cost.std() / clients.cost.mean() == pytest.approx(0.5, rel=0.03)
