"""Norm amounts: by hand, recovery of known amounts, every condition, other methods, and what is refused."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bekostiging.equalisation.program as card
from bekostiging.case import UserError
from bekostiging.equalisation import ClientCosts, NormAmounts
from bekostiging.equalisation.moments import GroupedRows, Moments
from bekostiging.equalisation.program import (
    Limits,
    at_most_program,
    fit_program,
    least_largest_program,
    least_squares,
)

TRUE = np.array([5.0, 8.0, 10.0, 14.0, 20.0, 30.0])
"""Norm amounts of six profiles (design section 8), thousand euro."""


def _clients(seed: int = 1, n: int = 6_000) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Profiles, cost with log-normal noise of coefficient of variation one, providers and a group of heavier clients."""
    rng = np.random.default_rng(seed)
    profile = rng.choice(6, size=n, p=[0.3, 0.25, 0.2, 0.12, 0.08, 0.05])
    sigma = np.sqrt(np.log(2))
    cost = 1000 * TRUE[profile] * rng.lognormal(-(sigma**2) / 2, sigma, n)
    heavy = rng.random(n) < 0.05 + 0.07 * profile
    cost = np.where(heavy, 1.3 * cost, cost)
    frame = pd.DataFrame(np.eye(6)[profile], columns=list("abcdef"))
    return frame, cost, rng.integers(4, size=n), {"heavy": heavy, "light": ~heavy}


def test_two_profiles_by_hand() -> None:
    """Costs 2, 4 | 6, 12: means 3 and 9, MSE (1 + 1 + 9 + 9) / 4 = 5; medians between are as good for LAD."""
    matrix, cost = np.eye(2)[[0, 0, 1, 1]], np.array([2.0, 4.0, 6.0, 12.0])
    found = NormAmounts().fit(matrix, cost)
    np.testing.assert_allclose(found.coef_, [3, 9])
    assert found.fit_.objective == pytest.approx(5)
    assert found.fit_.gap < 1e-12
    lad = NormAmounts(method="lad", total=None).fit(matrix, cost)
    assert lad.fit_.objective == pytest.approx(0.5 * (1 + 1 + 3 + 3) / 4)


def test_shrinkage_counts_as_clients_of_the_prior() -> None:
    """Bühlmann: two clients at mean 3 and two of a prior of 6 are (2 x 3 + 2 x 6) / 4 = 4.5; at 9, 7.5."""
    matrix, cost = np.eye(2)[[0, 0, 1, 1]], np.array([2.0, 4.0, 6.0, 12.0])
    np.testing.assert_allclose(NormAmounts(shrinkage=2.0).fit(matrix, cost).coef_, [4.5, 7.5])
    far = NormAmounts(shrinkage=1e9, total=None, prior={"0": 1.0, "1": 7.0}).fit(matrix, cost)
    np.testing.assert_allclose(far.coef_, [1, 7], rtol=1e-6)


def test_known_norm_amounts_are_recovered() -> None:
    """Means of 20 samples within four standard errors of the truth, without the heavier group."""
    found = []
    for seed in range(20):
        frame, cost, _, groups = _clients(seed)
        found.append(NormAmounts().fit(frame[groups["light"]], cost[groups["light"]]).coef_)
    error = np.std(found, axis=0, ddof=1) / np.sqrt(20)
    assert (np.abs(np.mean(found, axis=0) - 1000 * TRUE) < 4 * error).all()


def test_a_fixed_pot_and_bounds_hold() -> None:
    frame, cost, _, _ = _clients()
    pot = 0.9 * cost.sum()
    found = NormAmounts(total=pot, lower={"a": 5_500.0}, upper={"f": 25_000.0}).fit(frame, cost)
    assert found.predict(frame).sum() == pytest.approx(pot)
    assert found.coef_[0] == pytest.approx(5_500.0)
    assert found.coef_[5] <= 25_000.0 + 1e-6


def test_the_order_holds_and_its_price_is_the_slope_of_the_objective() -> None:
    frame, cost, _, _ = _clients()
    plain = NormAmounts().fit(frame, cost)
    turned = NormAmounts(order=[("f", "e")]).fit(frame, cost)
    assert turned.coef_[5] <= turned.coef_[4] + 1e-6
    assert turned.fit_.objective > plain.fit_.objective
    assert turned.fit_.prices["order[f,e]"] > 0
    kept = NormAmounts(order=[("a", "b"), ("b", "c")]).fit(frame, cost)
    np.testing.assert_allclose(kept.coef_, plain.coef_, rtol=1e-6)


def test_group_bounds_hold_and_a_strong_penalty_is_a_bound_of_zero() -> None:
    frame, cost, _, groups = _clients()
    bound = NormAmounts(group_bounds={"heavy": (-100.0, 100.0)}).fit(frame, cost, groups=groups)
    gain = bound.predict(frame) - cost
    assert gain[groups["heavy"]].mean() == pytest.approx(-100.0, abs=1e-3)
    zero = NormAmounts(group_bounds={"heavy": (0.0, 0.0)}).fit(frame, cost, groups=groups)
    strong = NormAmounts(group_penalties={"heavy": 1e7}).fit(frame, cost, groups=groups)
    np.testing.assert_allclose(zero.coef_, strong.coef_, rtol=1e-4)
    free = NormAmounts().fit(frame, cost)
    weak = NormAmounts(group_penalties={"heavy": 0.5}).fit(frame, cost, groups=groups)
    errors = [abs(float((one.predict(frame) - cost)[groups["heavy"]].mean())) for one in (free, weak, strong)]
    assert errors == sorted(errors, reverse=True)


def test_the_price_of_a_group_bound_is_the_slope_of_the_objective() -> None:
    frame, cost, _, groups = _clients()

    def at(least: float) -> NormAmounts:
        return NormAmounts(group_bounds={"heavy": (least, 1e6)}).fit(frame, cost, groups=groups)

    step = 1.0
    slope = (at(-100 + step).fit_.objective - at(-100 - step).fit_.objective) / (2 * step)
    assert at(-100.0).fit_.prices["group_bound[heavy]"] == pytest.approx(slope, rel=1e-4)


def test_at_most_k_profiles_against_all_choices() -> None:
    """Every choice of two own profiles of six by closed form: the others share one mean."""
    frame, cost, _, _ = _clients(n=600)
    profile = frame.to_numpy().argmax(axis=1)
    best = np.inf
    for a in range(6):
        for b in range(a):
            label = np.where(np.isin(profile, [a, b]), profile, 9)
            error = sum(np.square(cost[label == one] - cost[label == one].mean()).sum() for one in set(label))
            best = min(best, float(error) / len(cost))
    found = NormAmounts(at_most=2).fit(frame, cost)
    assert found.fit_.objective == pytest.approx(best, rel=1e-5)
    assert found.fit_.bound <= found.fit_.objective
    assert found.fit_.bound == pytest.approx(best, rel=1e-5)
    assert len(set(np.round(found.coef_, 4))) == 3


def test_at_most_limits() -> None:
    frame, cost, _, _ = _clients()
    np.testing.assert_allclose(NormAmounts(at_most=0).fit(frame, cost).coef_, cost.mean())
    np.testing.assert_allclose(
        NormAmounts(at_most=6).fit(frame, cost).coef_, NormAmounts().fit(frame, cost).coef_, rtol=1e-4
    )


def test_least_largest_alone_is_refused_because_it_gives_nonsense() -> None:
    """With as many profiles as providers all results vanish at amounts far from cost (0, 0, 0, 0.65, 53, 47 for
    5, 8, 10, 14, 20, 30; design section 8)."""
    frame, cost, _, _ = _clients()
    with pytest.raises(UserError, match="gives nonsense"):
        NormAmounts(method="least_largest").fit(frame, cost, provider=np.arange(len(cost)) % 6)


def test_least_largest_is_no_worse_than_least_squares_and_never_above_its_bound() -> None:
    frame, cost, provider, _ = _clients()
    squares = NormAmounts().fit(frame, cost)
    found = NormAmounts(
        method="least_largest", shrinkage=1e-4, prior=dict(zip("abcdef", squares.coef_, strict=True))
    )
    found.fit(frame, cost, provider=provider)

    def largest(model: NormAmounts) -> float:
        paid = np.bincount(provider, weights=model.predict(frame))
        spent = np.bincount(provider, weights=cost)
        return float(np.abs(paid / spent - 1).max())

    assert largest(found) <= largest(squares)
    assert found.fit_.gap < 1e-9


def test_cross_validation_shrinks_few_clients_and_not_many() -> None:
    frame, cost, _, _ = _clients(2, 40)
    few = NormAmounts(shrinkage="cross_validated").fit(
        frame.iloc[:, :3].assign(d=frame.iloc[:, 3:].sum(axis=1)), cost
    )
    frame, cost, _, _ = _clients(2, 20_000)
    many = NormAmounts(shrinkage="cross_validated").fit(frame, cost)
    assert few.shrinkage_ > 0
    assert many.shrinkage_ <= 10
    assert many.validation_[many.shrinkage_] == min(many.validation_.values())


def test_transfers_are_whole_cents_and_zero_in_sum() -> None:
    """Two providers, norm amounts 3 and 9, flat amount 6: the one with the light clients pays 3 per client."""
    matrix, cost = np.eye(2)[[0, 0, 1, 1]], np.array([2.0, 4.0, 6.0, 12.0])
    model = NormAmounts().fit(matrix, cost)
    assert model.transfers(matrix, ["x", "x", "y", "y"]) == {"x": -6.0, "y": 6.0}
    frame, cost, provider, _ = _clients()
    found = NormAmounts().fit(frame, cost).transfers(frame, provider)
    cents = [round(100 * value) for value in found.values()]
    assert sum(cents) == 0
    assert all(abs(100 * value - cent) < 1e-6 for value, cent in zip(found.values(), cents, strict=True))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.floats(0.1, 10))
def test_properties_of_least_squares(seed: int, factor: float) -> None:
    """The total is preserved, twice the cost is twice the amounts, and the order of clients does not matter."""
    frame, cost, _, _ = _clients(seed, 400)
    found = NormAmounts(shrinkage=5.0).fit(frame, cost)
    assert found.predict(frame).sum() == pytest.approx(cost.sum())
    np.testing.assert_allclose(
        NormAmounts(shrinkage=5.0).fit(frame, factor * cost).coef_, factor * found.coef_, rtol=1e-5
    )
    order = np.random.default_rng(seed).permutation(len(cost))
    np.testing.assert_allclose(
        NormAmounts(shrinkage=5.0).fit(frame.iloc[order], cost[order]).coef_, found.coef_, rtol=1e-6
    )


def test_weights_count_as_clients() -> None:
    matrix, cost = np.eye(2)[[0, 1, 1]], np.array([2.0, 6.0, 12.0])
    weighted = NormAmounts().fit(matrix, cost, sample_weight=[1, 2, 1])
    repeated = NormAmounts().fit(matrix[[0, 1, 1, 2]], cost[[0, 1, 1, 2]])
    np.testing.assert_allclose(weighted.coef_, repeated.coef_)


def test_the_interface_of_an_estimator() -> None:
    """Parameters come back as given, unknown ones are refused, and score is R squared."""
    model = NormAmounts(shrinkage=3.0)
    assert NormAmounts(**model.get_params()).get_params() == model.get_params()
    assert model.set_params(at_most=2) is model
    with pytest.raises(ValueError, match="colour is no parameter"):
        model.set_params(colour=1)
    matrix, cost = np.eye(2)[[0, 0, 1, 1]], np.array([2.0, 4.0, 6.0, 12.0])
    assert NormAmounts().fit(matrix, cost).score(matrix, cost) == pytest.approx(1 - 20 / 56)


def test_the_tools_of_scikit_learn_take_it() -> None:
    """Where that package is there (group peers): a copy, cross-validation, and a search over shrinkage."""
    base = pytest.importorskip("sklearn.base")
    selection = pytest.importorskip("sklearn.model_selection")
    frame, cost, _, _ = _clients(n=300)
    model = NormAmounts(shrinkage=3.0)
    assert base.clone(model).get_params() == model.get_params()
    assert (selection.cross_val_score(model, frame, cost, cv=3) > 0).all()
    search = selection.GridSearchCV(model, {"shrinkage": [0.0, 1e6]}, cv=3).fit(frame, cost)
    assert search.best_params_ == {"shrinkage": 0.0}


def test_lad_warns_that_it_estimates_medians() -> None:
    frame, cost, _, _ = _clients()
    found = NormAmounts(method="lad", total=None).fit(frame, cost)
    assert "estimate a median" in found.warnings_[0].text("en")
    medians = [np.median(cost[frame[name].to_numpy() == 1]) for name in frame]
    np.testing.assert_allclose(found.coef_, medians, rtol=0.01)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"order": [("a", "b"), ("b", "c"), ("c", "a")]}, "goes round and is impossible: "),
        ({"order": [("a", "z")]}, "z is no profile; the profiles are a, b, c, d, e, f"),
        ({"group_bounds": {"nobody": (0, 0)}}, "there is no group nobody"),
        (
            {"group_bounds": {"heavy": (0.0, 1e6), "light": (1000.0, 1e6)}},
            r"contradict each other: .*group_bound\[heavy\]",
        ),
        ({"method": "ridge"}, "there is no method ridge; choose from least_squares"),
        ({"at_most": 2, "method": "lad"}, "at most k profiles needs least squares"),
        ({"at_most": 2, "total": None}, "asks a preserved total"),
        ({"shrinkage": "much"}, "shrinkage 'much': give a number"),
        ({"shrinkage": -1.0}, "shrinkage -1: must be at least zero"),
        ({"quantile": 1.0}, "between 0 and 1"),
        ({"upper": {"z": 1.0}}, "z is no profile"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(params: dict[str, object], said: str) -> None:
    frame, cost, provider, groups = _clients()
    with pytest.raises(UserError, match=said):
        NormAmounts(**params).fit(frame, cost, provider=provider, groups=groups)  # type: ignore[arg-type]


def test_collinear_and_empty_profiles_are_named() -> None:
    frame, cost, _, _ = _clients()
    with pytest.raises(UserError, match="the profiles a, b, ab follow from each other"):
        NormAmounts().fit(frame.assign(ab=frame.a + frame.b), cost)
    with pytest.raises(UserError, match="profile none has no clients"):
        NormAmounts().fit(frame.assign(none=0.0), cost)


def test_every_symbol_of_the_card_names_its_attribute() -> None:
    parameters = str(card.__doc__).split("Parameters")[1].split("\n\nVariables")[0]
    fields_of = {"clients": ClientCosts, "moments": Moments, "limits": Limits, "model": NormAmounts}
    names = re.findall(r"  (clients|moments|limits|model)\.([a-z_]+)", parameters)
    assert len(names) == 15
    assert all(name in fields_of[owner].__dataclass_fields__ for owner, name in names)


def test_names_of_card_and_rows_are_the_same() -> None:
    frame, cost, provider, groups = _clients(n=200)
    moments = GroupedRows(frame.to_numpy(), cost, groups).moments(np.ones(len(cost)))
    limits = Limits(
        tuple(frame), cost.sum(), np.zeros(6), np.full(6, np.inf), np.full(6, cost.mean()), 1.0,
        (("a", "b"),), {"heavy": (-1e5, 1e5)}, {"light": 1.0},
    )  # fmt: skip
    of_each = {
        str(p): (1.0, frame.to_numpy()[provider == p].sum(axis=0), float(cost[provider == p].sum()))
        for p in range(4)
    }
    values, vectors = np.linalg.eigh(least_squares(moments, limits)[0])
    programs = [
        fit_program(moments, limits),
        least_largest_program(moments, limits, of_each),
        at_most_program(moments, limits, 2, np.full(6, 9.0), vectors[:, values > 0]),
    ]
    text = str(card.__doc__)
    constraints = text.split("Constraints\n")[1].split("\n\nSource")[0]
    on_card = {re.split(r"[\[ ]", line.strip())[0] for line in constraints.splitlines()}
    rows = {name.split("[")[0] for program in programs for name in program.row_names}
    assert rows | {"tangent"} == on_card
    variables = set(re.findall(r"[a-z_]+", text.split("Variables\n")[1].split("\nObjective")[0]))
    assert {name.split("[")[0] for program in programs for name in program.column_names} <= variables
