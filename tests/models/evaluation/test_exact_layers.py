"""The exact corridor: against simulation in many scenarios, against closed forms, and left out where it does not hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import lognorm, ttest_1samp

from bekostiging.case import Case
from bekostiging.case.tables import Combination, Policy
from bekostiging.contracts import QuotaShare, Taakgericht, build_contracts, reference
from bekostiging.evaluation.block_settlement import DesignWork
from bekostiging.evaluation.exact_layers import (
    N_GRID,
    _fine_transform,
    _FirstYear,
    _limited_lognormal,
    _months,
    _p_value,
    exact_layers,
)
from bekostiging.scenarios import map_blocks, plan
from bekostiging_solvers.typing import FloatArray

MARK = {"source": "test", "status": "illustrative"}


def _draw_amounts(case: Case, n: int, seed: int) -> tuple[tuple[Taakgericht, ...], tuple[FloatArray, ...]]:
    planned = plan(case, n, 1, seed, "out_of_sample")
    built = build_contracts(case, planned.cells, reference(case, planned.cells, 1), "taakgericht")
    contracts = tuple(one for one in built if isinstance(one, Taakgericht))
    parts = map_blocks(planned, DesignWork(case, planned.cells, contracts))
    return contracts, tuple(np.concatenate([part.amounts[c] for part in parts]) for c in range(len(contracts)))


def test_exact_and_simulated_layers_agree(small_case: Case) -> None:
    """2,048 scenarios, every contract and layer; p-values are not too small, and half of them are above a half."""
    contracts, drawn = _draw_amounts(small_case, 2048, 3)
    layers, skipped = exact_layers(
        plan(small_case, 2048, 1, 3, "out_of_sample"), plan(small_case, 512, 1, 3, "closed"), contracts, drawn
    )
    assert skipped == ()
    assert len(layers) == sum(one.corridor.n_layers for one in contracts)
    assert not any(one.alarm for one in layers)
    assert 0.25 < np.mean([one.p_value > 0.5 for one in layers]) < 0.75
    errors = np.array([(one.exact.standard_error, one.drawn.standard_error) for one in layers])
    assert np.median(errors[:, 0] / errors[:, 1]) < 1


def test_a_wrong_simulation_is_caught(small_case: Case) -> None:
    """Layers 30 % too large raise the alarm."""
    contracts, drawn = _draw_amounts(small_case, 512, 3)
    plans = plan(small_case, 512, 1, 3, "out_of_sample"), plan(small_case, 128, 1, 3, "closed")
    wrong = tuple(1.3 * amounts for amounts in drawn)
    layers, _ = exact_layers(*plans, contracts, wrong)
    assert any(one.alarm for one in layers)


def test_deficits_less_surpluses_are_the_expected_deviation(small_case: Case) -> None:
    """Without risk factors the sum over the layers is E[base] - B0, which is known in closed form."""
    case = replace(small_case, risk_factors=(), correlations=())
    planned = plan(case, 32, 1, 1, "out_of_sample")
    built = build_contracts(case, planned.cells, reference(case, planned.cells, 1), "taakgericht")
    from bekostiging.scenarios import expected_care_use

    factors = planned.factor_model.multipliers(np.zeros((1, planned.factor_model.n_dimensions)))
    care_use = expected_care_use(case, planned.cells, 1, factors)
    for one in built:
        assert isinstance(one, Taakgericht)
        means = _FirstYear(planned, one, factors).layer_means()[0]
        price = one.reference_cost if one.base == "audited_cost" else one.reference_tariff
        expected = float(care_use.units[0, 0, one.cells] @ price) - one.reference[0]
        assert float(means @ one.corridor.sign) == pytest.approx(expected, abs=2e-4 * one.reference[0])
        assert (means > 0).all()


def test_heavier_clients_under_a_reference_as_much_higher_scale_every_layer(small_case: Case) -> None:
    """Half as much care more per client, and a reference amount half as high again: every mean is 1.5 times what it was."""
    made = plan(replace(small_case, risk_factors=(), correlations=()), 32, 1, 1, "out_of_sample")
    (one, *_) = build_contracts(made.case, made.cells, reference(made.case, made.cells, 1), "taakgericht")
    assert isinstance(one, Taakgericht)
    factors = made.factor_model.multipliers(np.zeros((1, made.factor_model.n_dimensions)))
    before = _FirstYear(made, one, factors).layer_means()
    higher = replace(one, reference=1.5 * one.reference)
    after = _FirstYear(made, higher, replace(factors, intensity=1.5 * factors.intensity)).layer_means()
    assert after == pytest.approx(1.5 * before, rel=1e-3)


@pytest.mark.parametrize(("more", "told"), [(0.0, False), (0.005, True)])
def test_left_out_where_intensities_differ(small_case: Case, more: float, told: bool) -> None:
    """Half a percent more intensity in one of the areas is another law: the corridor is not scaled by one factor."""
    planned = plan(small_case, 32, 1, 1, "out_of_sample")
    one = build_contracts(small_case, planned.cells, reference(small_case, planned.cells, 1), "taakgericht")[0]
    assert isinstance(one, Taakgericht)
    factors = planned.factor_model.multipliers(np.zeros((1, planned.factor_model.n_dimensions)))
    factors.intensity[:, 0, planned.sampler.row[one.cells[-1]]] *= 1 + more
    reason = _FirstYear(planned, one, factors).why_not()
    assert (reason is not None) == told
    assert reason is None or reason["en"] == "intensity differs by form or payer"


def test_left_out_where_clients_are_counted(small_case: Case) -> None:
    contracts, drawn = _draw_amounts(small_case, 32, 1)
    counted = tuple(replace(one, base="clients_times_norm") for one in contracts)
    plans = plan(small_case, 32, 1, 1, "out_of_sample"), plan(small_case, 32, 1, 1, "closed")
    _, skipped = exact_layers(*plans, counted, drawn)
    assert skipped == tuple(
        (f"{one.provider}/{one.lot}", {"nl": "de bandbreedte telt cliënten", "en": "the corridor counts clients"})
        for one in contracts
    )


def _first_year(case: Case) -> _FirstYear:
    """The first contract at factors one."""
    planned = plan(replace(case, risk_factors=(), correlations=()), 32, 1, 1, "out_of_sample")
    one = build_contracts(case, planned.cells, reference(case, planned.cells, 1), "taakgericht")[0]
    assert isinstance(one, Taakgericht)
    factors = planned.factor_model.multipliers(np.zeros((1, planned.factor_model.n_dimensions)))
    return _FirstYear(planned, one, factors)


def _moments(log: np.ndarray, step: float) -> tuple[float, float]:
    """Mean and variance from the log of a transform at its lowest frequency w: -i w mean - w^2 variance / 2."""
    w = 2 * np.pi / (N_GRID * step)
    return float(-log[1].imag / w), float(-2 * log[1].real / w**2)


@pytest.mark.parametrize("stock", [True, False])
def test_months_in_care_of_the_year(small_case: Case, stock: bool) -> None:
    """P(M > x) of the stock 1 - E[min(D, x)] / E[D], of starts spread over the year S(x) (1 - x / 12)."""
    year = _first_year(small_case)
    cohort = next(one for one in year.cohorts if one.stock == stock)
    law = year._client(cohort).law
    mean = float(law.mean[0])

    def longer(x: float) -> float:
        at = np.array([max(x, 1e-9)])
        return 1 - float(law.limited(at)[0][0]) / mean if stock else float(law.survival(at)[0]) * (1 - x / 12)

    months, chance = _months(law, stock)
    assert (months[0], months[-1]) == (0, 12)
    assert (chance >= 0).all()
    assert chance.sum() == pytest.approx(1)
    assert months @ chance == pytest.approx(quad(longer, 0, 12)[0], rel=1e-6)
    assert months**2 @ chance == pytest.approx(quad(lambda x: 2 * x * longer(x), 0, 12)[0], rel=0.01)


def test_what_one_client_costs(small_case: Case) -> None:
    """Months x rate x intensity of the profile x a log-normal of mean one: the product of the means, and of the squares."""
    year = _first_year(small_case)
    for cohort in year.cohorts[:2]:
        client = year._client(cohort)
        row, forecast, profiles = (
            year.planned.case.demand[cohort.row],
            year.planned.sampler.forecast,
            year.planned.sampler.profiles,
        )
        months, chance = _months(client.law, cohort.stock)
        shares, intensity = (
            np.diff(profiles.cumulative_share[client.form], prepend=0.0),
            profiles.intensity[client.form],
        )
        rate = cohort.price * float(forecast.units_per_month[cohort.row])
        assert client.rate == pytest.approx(rate * (1 if cohort.stock else float(forecast.heavier[0, cohort.row])))
        mean = client.rate * float(shares @ intensity) * float(months @ chance)
        square = client.rate**2 * float(shares @ intensity**2) * float(months**2 @ chance)
        square *= (1 + row.units_cv**2) * (1 + row.realised_cv**2)
        told, variance = _moments(np.log(year._severity(cohort, mean)), mean)
        assert told == pytest.approx(mean, rel=1e-3)
        assert variance + told**2 == pytest.approx(square, rel=2e-3)


def test_how_many_clients_vary(small_case: Case) -> None:
    """n clients that cost Y: variance n E[Y^2] of the stock (Poisson); of starts with dispersion d, of which a share s is
    the provider's, n (Var Y + (1 + (d - 1) s) E[Y]^2) (thinning)."""
    rows = tuple(row.model_copy(update={"starts_dispersion": 3.0}) for row in small_case.demand)
    year = _first_year(replace(small_case, demand=rows))
    forecast = year.planned.sampler.forecast
    for cohort, number in zip(year.cohorts[:2], (forecast.stock, forecast.starts[0]), strict=True):
        own, few = replace(cohort, share=0.25), slice(None)
        step = 1000 * year._client(cohort).rate
        mean, variance = _moments(np.log(year._severity(own, step)), step)
        n = float(number[cohort.row]) * 0.25
        dispersion = 1.0 if cohort.stock else 1 + 2 * 0.25
        found = _moments(year._log([own], step, 3, few)[0], step)
        assert found[0] == pytest.approx(n * mean, rel=1e-3)
        assert found[1] == pytest.approx(n * (variance + dispersion * mean**2), rel=1e-3)


def _with_factors(case: Case) -> list[_FirstYear]:
    """Every contract in 64 scenarios of the factors."""
    planned = plan(case, 32, 1, 1, "out_of_sample")
    normals = np.random.default_rng(1).normal(size=(64, planned.factor_model.n_dimensions))
    factors = planned.factor_model.multipliers(normals)
    built = build_contracts(case, planned.cells, reference(case, planned.cells, 1), "taakgericht")
    return [_FirstYear(planned, one, factors) for one in built if isinstance(one, Taakgericht)]


def test_the_grid_reaches_far_enough_and_nothing_that_counts_is_cut(small_case: Case) -> None:
    """In every scenario eight standard deviations above the mean, but not ten times the mean; and the transform (its log) is
    below exp(-60) from where it is cut, but not yet exp(-250). Of few clients nothing is cut."""
    for year in _with_factors(small_case):
        step, n = year._grid()
        log = np.sum([year._log([cohort], step, N_GRID // 2 + 1, slice(None)) for cohort in year.cohorts], axis=0)
        moments = np.array([_moments(own, step) for own in log])
        reach = (step * N_GRID - moments[:, 0]) / moments[:, 1] ** 0.5
        assert reach.min() > 8
        assert step * N_GRID < 10 * moments[:, 0].min()
        assert log[:, n:].real.max() < -60
        assert log[:, n].real.max() > -250
        year.cohorts = [replace(cohort, share=0.01 * cohort.share) for cohort in year.cohorts]
        assert year._grid()[1] == N_GRID // 2 + 1


def test_the_cut_is_at_twelve_standard_deviations_by_hand(small_case: Case) -> None:
    """Of n clients in care, each half of min(12 months, its duration) at its rate, where fewest come: n squares of that."""
    year = _with_factors(small_case)[0]
    stock = next(cohort for cohort in year.cohorts if cohort.stock)
    year.cohorts = [replace(stock, share=0.5 * stock.share)]
    client = year._client(stock)
    clients = 0.5 * stock.share * year.planned.sampler.forecast.stock[stock.row] * year.factors.inflow[:, :2].min()
    deviation = clients**0.5 * client.rate * min(12, client.duration) / 2
    for length in (1e6, 3e6):
        assert year._frequencies(length) == np.ceil(12 / (2 * np.pi * deviation / length))


def test_between_durations_a_severity_is_interpolated(small_case: Case) -> None:
    """At the duration of every scenario what it is there, nearly; where durations are the same, exactly."""
    year = _with_factors(small_case)[0]
    cohort = next(one for one in year.cohorts if not one.stock)
    step, few = year._grid()[0], slice(3, 9)
    found = year._at_durations(cohort, step, few)
    exact = [year._severity(cohort, step, float(own)) for own in year.factors.duration[few, 0, cohort.row]]
    assert found.shape == (6, N_GRID // 2 + 1)
    assert np.ptp(year.factors.duration[few, 0, cohort.row]) > 0.01
    np.testing.assert_allclose(found, exact, atol=1e-5)
    (same,) = _first_year(small_case)._at_durations(cohort, step, slice(None))
    np.testing.assert_array_equal(same, _first_year(small_case)._severity(cohort, step))


def test_a_grid_too_long_to_hold_gives_the_same_low_frequencies(monkeypatch: pytest.MonkeyPatch) -> None:
    """One by one they are those of the whole grid; and of an exponential cost of mean m, 1 / (1 + i w m)."""
    mean, step = 2.0, 300.0

    def limited(x: FloatArray) -> FloatArray:
        return np.asarray(-mean * np.expm1(-x / mean))

    whole = _fine_transform(limited, mean, step)
    monkeypatch.setattr("bekostiging.evaluation.exact_layers.LONGEST_GRID", 0)
    by_one = _fine_transform(limited, mean, step)
    np.testing.assert_allclose(by_one, whole, atol=1e-12)
    frequency = 2 * np.pi * np.arange(N_GRID // 2 + 1) / (N_GRID * step)
    np.testing.assert_allclose(by_one, 1 / (1 + 1j * frequency * mean), atol=1e-4)
    assert (_fine_transform(limited, 0.0, step) == 1).all()  # costs nothing


def test_a_limited_lognormal_is_its_integral() -> None:
    """E[min(Z, x)] is the integral of P(Z > u) up to x; without spread min(mean, x)."""
    law = lognorm(s=0.5, scale=2.0 * np.exp(-0.125))
    at = np.array([0.0, 0.5, 2.0, 7.0])
    found = _limited_lognormal(2.0, 0.25, at)
    np.testing.assert_allclose(found, [quad(law.sf, 0, x)[0] for x in at], rtol=1e-8)
    assert _limited_lognormal(2.0, 0.0, at).tolist() == [0, 0.5, 2, 2]


def test_the_p_value_is_that_of_students_test() -> None:
    difference = np.array([0.3, -0.1, 0.4, 0.2, -0.2])
    assert _p_value(difference) == pytest.approx(ttest_1samp(difference, 0.0).pvalue)
    assert _p_value(-difference) == pytest.approx(_p_value(difference))
    assert (_p_value(np.zeros(4)), _p_value(np.ones(4))) == (1.0, 0.0)


def test_left_out_by_name(small_case: Case) -> None:
    """Clauses before the corridor, combined care forms, drawn shares and other laws are told, not guessed."""
    contracts, drawn = _draw_amounts(small_case, 32, 1)
    plans = plan(small_case, 32, 1, 1, "out_of_sample"), plan(small_case, 32, 1, 1, "closed")
    quota = tuple(replace(one, clauses=(QuotaShare(np.array([0.1])), *one.clauses)) for one in contracts)
    _, skipped = exact_layers(*plans, quota, drawn)
    assert {reason["en"] for _, reason in skipped} == {"a clause stands before the corridor"}
    forms = [form.id for form in small_case.care_forms]
    pair = Combination(care_form=forms[0], second_care_form=forms[1], share=0.1, **MARK)
    shares = Policy(name="share_concentration", scope="case", value="50", **MARK)
    gamma = tuple(row.model_copy(update={"units_distribution": "gamma"}) for row in small_case.demand)
    for changed, told in (
        ({"combinations": (pair,)}, "persons have two care forms"),
        ({"policy": (*small_case.policy, shares)}, "market shares are drawn"),
        ({"demand": gamma}, "units are not log-normal"),
    ):
        case = replace(small_case, **changed)  # type: ignore[arg-type]
        _, skipped = exact_layers(
            plan(case, 32, 1, 1, "out_of_sample"), plan(case, 32, 1, 1, "closed"), contracts, drawn
        )
        assert told in {reason["en"] for _, reason in skipped}


def test_cohorts_alike_are_one(small_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Areas with the same terms are taken together, and give what they give one by one; other terms stay apart."""
    planned = plan(small_case, 32, 1, 1, "out_of_sample")
    one = build_contracts(small_case, planned.cells, reference(small_case, planned.cells, 1), "taakgericht")[0]
    assert isinstance(one, Taakgericht)
    factors = planned.factor_model.multipliers(
        np.ones((3, planned.factor_model.n_dimensions)) * [[-1.0], [0.0], [1.0]]
    )
    year = _FirstYear(planned, one, factors)
    assert len(year._cohorts_of_equal_cost()) < len(year.cohorts)
    together = year.layer_means()
    monkeypatch.setattr(_FirstYear, "_cohorts_of_equal_cost", lambda self: [[cohort] for cohort in self.cohorts])
    np.testing.assert_allclose(_FirstYear(planned, one, factors).layer_means(), together, rtol=1e-9, atol=1e-6)
    monkeypatch.undo()
    row = small_case.demand[year.cohorts[0].row].model_copy(update={"starts_dispersion": 3.0})
    demand = tuple(row if (o.area, o.care_form) == (row.area, row.care_form) else o for o in small_case.demand)
    other = plan(replace(small_case, demand=demand), 32, 1, 1, "out_of_sample")
    assert len(_FirstYear(other, one, factors)._cohorts_of_equal_cost()) == len(year._cohorts_of_equal_cost()) + 1
