"""Risk factors: means, the AR(1) covariance, copulas against closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from bekostiging.case import Case
from bekostiging.case.tables import Correlation, Policy, RiskFactor
from bekostiging.scenarios.factors import FactorModel
from bekostiging.scenarios.points import normal_points

N = 1 << 15


def _case(case: Case, rho: float | None = None, freedom: float | None = None) -> Case:
    """National inflow and intensity and wages, the first two correlated; nothing else moves."""
    made = {"source": "test", "status": "illustrative"}
    factors = (
        RiskFactor(id="inflow", level="national", quantity="inflow", standard_deviation=0.1, autocorrelation=0.6, **made),
        RiskFactor(id="need", level="national", quantity="intensity", standard_deviation=0.05, autocorrelation=0.0, **made),
        RiskFactor(id="wages", level="wages", quantity="index", standard_deviation=0.02, autocorrelation=0.5, **made),
    )  # fmt: skip
    pairs = () if rho is None else (Correlation(factor_1="inflow", factor_2="need", correlation=rho, **made),)
    policy = case.policy
    if freedom is not None:
        policy = (*policy, Policy(name="copula_freedom", scope="case", value=f"{freedom}", **made))
    return replace(case, risk_factors=factors, correlations=pairs, policy=policy)


def _logs(case: Case, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logs of inflow, intensity and the wage surprise in the contract years; (N, n_years)."""
    model = FactorModel(case, 3)
    found = model.multipliers(normal_points(N, model.n_dimensions, np.random.default_rng(seed)))
    forecast = np.array([row.ova_forecast for row in case.indices if row.year >= case.first_year][:3])
    return (
        np.log(found.inflow[:, 1:, 0]),
        np.log(found.intensity[:, :, 0]),
        np.log((1 + found.ova_final) / (1 + forecast)),
    )


@pytest.mark.parametrize("freedom", [None, 4.0])
@pytest.mark.parametrize("rho", [None, 0.7, -1.0])
def test_every_factor_has_mean_one_and_its_own_variance(
    small_case: Case, rho: float | None, freedom: float | None
) -> None:
    """Var x_t = sigma^2 sum of phi^(2k) over the innovations since the base year: ``lead_years`` of demand in the first
    contract year, one of wages; a correlation changes no factor alone."""
    case = _case(small_case, rho, freedom)
    lead = case.lead_years
    for paths, sigma, phi, before in zip(
        _logs(case), (0.1, 0.05, 0.02), (0.6, 0.0, 0.5), (lead, lead, 1), strict=True
    ):
        for t in range(3):
            variance = sigma**2 * sum(phi ** (2 * k) for k in range(before + t))
            assert np.exp(paths[:, t]).mean() == pytest.approx(1.0, abs=0.1 * sigma)
            assert paths[:, t].var() == pytest.approx(variance, rel=0.05)
            assert stats.kstest(paths[:, t], "norm", (-variance / 2, variance**0.5)).statistic < 0.01


def test_years_are_joined_by_the_autocorrelation(small_case: Case) -> None:
    """Cov(x_t, x_(t+1)) = phi Var(x_t)."""
    inflow, need, _ = _logs(_case(small_case))
    assert np.cov(inflow[:, 0], inflow[:, 1])[0, 1] == pytest.approx(0.6 * inflow[:, 0].var(), rel=0.05)
    assert abs(np.corrcoef(need[:, 0], need[:, 1])[0, 1]) < 0.02


@pytest.mark.parametrize("freedom", [None, 4.0])
@pytest.mark.parametrize("rho", [0.5, -0.8])
def test_kendall_of_the_innovations(small_case: Case, rho: float, freedom: float | None) -> None:
    """tau = (2 / pi) arcsin rho, for the Gaussian and the t copula (Demarta and McNeil 2005)."""
    inflow, need, wages = _logs(_case(small_case, rho, freedom))
    innovation = inflow[:, 1] - 0.6 * inflow[:, 0]
    tau = stats.kendalltau(innovation[:8000], need[:8000, 1]).statistic
    assert tau == pytest.approx(2 / np.pi * np.arcsin(rho), abs=0.02)
    assert abs(np.corrcoef(innovation, wages[:, 1])[0, 1]) < 0.03


def test_a_t_copula_brings_extremes_together(small_case: Case) -> None:
    """P(both beyond their 99 % quantile) by quadrature of the bivariate t with 4 degrees, and of the normal."""
    quantile = stats.t.ppf(0.99, 4)
    joint = {
        4.0: float(stats.multivariate_t([0, 0], [[1, 0.5], [0.5, 1]], df=4).cdf([-quantile, -quantile])),
        None: float(stats.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]]).cdf([stats.norm.ppf(0.01)] * 2)),
    }
    for freedom, expected in joint.items():
        inflow, need, _ = _logs(_case(small_case, 0.5, freedom))
        one, other = inflow[:, 1] - 0.6 * inflow[:, 0], need[:, 1]
        both = (one > np.quantile(one, 0.99)) & (other > np.quantile(other, 0.99))
        assert both.mean() == pytest.approx(expected, abs=5 * (expected / N) ** 0.5)


def test_copies_of_a_factor_stay_independent(small_case: Case) -> None:
    """Municipal inflow with municipal intensity, municipality by municipality."""
    made = {"source": "test", "status": "illustrative", "standard_deviation": 0.1, "autocorrelation": 0.5}
    factors = tuple(
        RiskFactor(id=name, level="municipality", quantity=name, **made) for name in ("inflow", "intensity")
    )
    pair = Correlation(
        factor_1="inflow", factor_2="intensity", correlation=0.9, source="test", status="illustrative"
    )
    case = replace(small_case, risk_factors=factors, correlations=(pair,))
    model = FactorModel(case, 2)
    found = model.multipliers(normal_points(N, model.n_dimensions, np.random.default_rng(2)))
    payer = {area.id: area.municipality for area in case.areas}
    codes = [payer[row.area] for row in case.demand]
    here, there = codes.index(case.municipalities[0].code), codes.index(case.municipalities[1].code)
    inflow, need = np.log(found.inflow[:, 1]), np.log(found.intensity[:, 0])
    assert np.corrcoef(inflow[:, here], need[:, here])[0, 1] > 0.5
    assert abs(np.corrcoef(inflow[:, here], inflow[:, there])[0, 1]) < 0.02


@pytest.mark.parametrize("lead", [0, 1, 2, 3])
def test_the_stock_has_the_inflow_factor_of_the_last_lead_year(small_case: Case, lead: int) -> None:
    """By hand, sigma 0.1 and phi 0.6: the base year is known, so one lead year leaves the stock as counted; two give it one
    innovation, three 1 + 0.6^2 of its variance. Its covariance with the first contract year is phi times its variance.
    Logs are linear in the normals, so the covariances are sums over one step along each of them: nothing is sampled."""
    case = replace(_case(small_case), base_year=small_case.first_year - lead)
    model = FactorModel(case, 2)
    logs = np.log(
        model.multipliers(np.vstack([np.zeros(model.n_dimensions), np.eye(model.n_dimensions)])).inflow[:, :, 0]
    )
    steps = logs[1:] - logs[0]
    innovations = max(lead - 1, 0)
    variance = 0.01 * sum(0.6 ** (2 * k) for k in range(innovations))
    assert steps[:, 0] @ steps[:, 0] == pytest.approx(variance, abs=1e-15)
    assert steps[:, 0] @ steps[:, 1] == pytest.approx(0.6 * variance, abs=1e-15)
    assert logs[0, 0] == pytest.approx(-variance / 2, abs=1e-15)
