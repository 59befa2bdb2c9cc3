"""Parameters that were estimated differ between scenarios as their posterior says; stated ones do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import chi2, norm

from bekostiging.case import Case, PolicyTable, with_policy
from bekostiging.case.spread import Spread, with_estimates
from bekostiging.scenarios import FactorModel
from bekostiging.scenarios.uncertainty import ENDS, ParameterUncertainty, spread_ratio


def _estimated(case: Case, *levels: str) -> Case:
    """The case with the inflow factors of these levels estimated."""
    rows = tuple(
        row.model_copy(update={"standard_deviation": None})
        if row.quantity == "inflow" and row.level in levels
        else row
        for row in case.risk_factors
    )
    return with_estimates(replace(case, risk_factors=rows))


def _growing(case: Case, error: float) -> Case:
    """The case with an uncertain growth."""
    return replace(
        case, demand=tuple(row.model_copy(update={"growth_standard_error": error}) for row in case.demand)
    )


@pytest.mark.parametrize("freedom", [4, 12])
def test_the_spread_has_its_posterior(freedom: int) -> None:
    """Scaled inverse chi-squared between its ends: quantiles as scipy has them, the mean of r^2 by quadrature."""
    low, high = ENDS
    u = (np.arange(200_000) + 0.5) / 200_000
    ratios = spread_ratio(norm.ppf(u), freedom)
    for level in (0.1, 0.5, 0.9):
        assert np.quantile(ratios, 1 - level) == pytest.approx(
            (freedom / chi2.ppf(low + (high - low) * level, freedom)) ** 0.5, rel=1e-3
        )
    ends = chi2.ppf(ENDS, freedom)
    mean = quad(lambda x: freedom / x * chi2.pdf(x, freedom), *ends)[0] / (high - low)
    assert (ratios**2).mean() == pytest.approx(mean, rel=1e-3)


def test_fixed_is_the_model_without_estimates(small_case: Case) -> None:
    """The same dimensions and the same bytes as a case whose values are all stated."""
    case = _growing(_estimated(small_case, "municipality"), 0.01)
    fixed = FactorModel(with_policy(case, parameter_uncertainty="fixed"), 3)
    stated = tuple(
        row.model_copy(update={"standard_deviation": (row.standard_deviation or 0.0) * (1 + 1e-15 * 4)})
        for row in case.risk_factors
    )
    plain = FactorModel(_growing(replace(case, risk_factors=stated), 0.0), 3)
    assert fixed.n_dimensions == plain.n_dimensions < FactorModel(case, 3).n_dimensions
    normals = np.random.default_rng(1).standard_normal((8, fixed.n_dimensions))
    np.testing.assert_allclose(fixed.multipliers(normals).inflow, plain.multipliers(normals).inflow, rtol=1e-12)


def test_a_normal_for_every_estimate_behind_those_of_the_factors(small_case: Case) -> None:
    stated = FactorModel(small_case, 2)
    assert stated.uncertainty.n_normals == 0
    both = FactorModel(_estimated(small_case, "municipality", "national"), 2)
    assert both.n_dimensions == stated.n_dimensions + 2
    payers, laws = len(small_case.municipalities), len({form.law for form in small_case.care_forms})
    assert FactorModel(_growing(small_case, 0.01), 2).n_dimensions == stated.n_dimensions + payers * laws


def test_at_the_middle_of_the_normals_a_factor_is_wider_as_its_median_says(small_case: Case) -> None:
    """z = 0: r^2 is nu over the median of chi-squared; what the national factor has is taken off."""
    case = _estimated(small_case, "municipality")
    model = FactorModel(case, 2)
    (one,) = model.uncertainty.estimates.values()
    scale = model.uncertainty.scales(np.zeros((1, 1)))[one.factor]
    variance = one.freedom / chi2.ppf(0.5, one.freedom) * (one.estimate**2 + one.shared**2) - one.shared**2
    assert scale[0] == pytest.approx((variance / one.estimate**2) ** 0.5)


def test_the_national_factor_of_the_same_scenario_is_taken_off(small_case: Case) -> None:
    """A scenario in which the nation alone moves more than the region leaves the municipality nothing, never less."""
    case = _estimated(small_case, "municipality", "national")
    known = ParameterUncertainty.of(case)
    national, own = known.estimates.values()
    z = np.random.default_rng(2).standard_normal((2000, 2))
    scales = known.scales(z)
    region = (spread_ratio(z[:, 1], own.freedom) ** 2) * (own.estimate**2 + own.shared**2)
    nation = (spread_ratio(z[:, 0], national.freedom) * national.estimate) ** 2
    together = (scales[own.factor] * own.estimate) ** 2 + (scales[national.factor] * national.estimate) ** 2
    np.testing.assert_allclose(together, np.maximum(region, nation), rtol=1e-12)
    assert 0 < (scales[own.factor] == 0).mean() < 0.6


def test_multipliers_have_mean_one_and_a_wider_spread(small_case: Case) -> None:
    case = _growing(_estimated(small_case, "municipality"), 0.02)
    rng = np.random.default_rng(3)
    spreads = {}
    for policy in ("included", "fixed"):
        model = FactorModel(with_policy(case, parameter_uncertainty=policy), 3)
        half = rng.standard_normal((20_000, model.n_dimensions))
        inflow = model.multipliers(np.concatenate([half, -half])).inflow
        error = inflow.std(axis=0) / len(inflow) ** 0.5
        assert bool((np.abs(inflow.mean(axis=0) - 1) < 4 * error).all())
        spreads[policy] = np.log(inflow).std(axis=0)
    assert bool((spreads["included"] > spreads["fixed"]).all())


def test_growth_fans_out_with_the_years(small_case: Case) -> None:
    """By hand: t years after the base year a growth one error too high multiplies the inflow by exp(t s - (t s)^2 / 2)."""
    case = _growing(small_case, 0.02)
    model = FactorModel(case, 3)
    normals = np.zeros((1, model.n_dimensions))
    centre = model.multipliers(normals).inflow
    normals[0, -model.uncertainty.n_normals :] = 1.0
    moved = model.multipliers(normals).inflow / centre
    lead, stated = case.lead_years, FactorModel(small_case, 3)
    before = stated.multipliers(np.zeros((1, stated.n_dimensions))).inflow
    for index, t in enumerate((lead, lead, lead + 1, lead + 2)):
        assert moved[0, index] == pytest.approx(np.full(len(case.demand), np.exp(t * 0.02)))
        assert centre[0, index] == pytest.approx(before[0, index] * np.exp(-((t * 0.02) ** 2) / 2))


def test_the_policy_says_that_included_is_the_default() -> None:
    assert PolicyTable.parameter_uncertainty.default == "included"


def test_freedom_is_never_below_four() -> None:
    assert Spread("inflow", None, 0.02, 0.01, 0.05, 0, 2, ()).freedom == 4


def test_an_estimate_stays_one_whatever_happens_to_other_tables(small_case: Case) -> None:
    """History that changes afterwards, or demand that goes, makes no stated value of it; another value does."""
    case = _estimated(small_case, "municipality")
    assert list(ParameterUncertainty.of(replace(case, history=(), demand=case.demand[1:])).estimates) == [
        "municipal_inflow"
    ]
    rows = tuple(
        row.model_copy(update={"standard_deviation": 0.03}) if row.id == "municipal_inflow" else row
        for row in case.risk_factors
    )
    assert not ParameterUncertainty.of(replace(case, risk_factors=rows)).estimates


def test_a_spread_of_zero_is_not_drawn(small_case: Case) -> None:
    """A standard deviation over an estimate of zero is no number; zero stays zero."""
    rows = tuple(
        row.model_copy(update={"standard_deviation": 0.0}) if row.id == "municipal_inflow" else row
        for row in small_case.risk_factors
    )
    nothing = (Spread("municipal_inflow", 0.0, 0.0, 0.0, 0.01, 1, 2, ()),)
    assert ParameterUncertainty.of(replace(small_case, risk_factors=rows, estimates=nothing)).estimates == {}
