"""Hours budgets: by hand, against the law of durations, and drawn against the closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from instances import coefficient_of_variation
from scipy.integrate import quad
from scipy.stats import lognorm
from tests.models.scenarios.test_clients import MARK

from bekostiging.case import Case
from bekostiging.case.tables import Policy
from bekostiging.scenarios import draw_block, expected_care_use, hours_budgets, paid_by_row, plan
from bekostiging.scenarios.clients import CASELOAD, Clients
from bekostiging.scenarios.distributions import LAWS, Empirical, Law, Mixed
from bekostiging.scenarios.forecast import (
    DemandForecast,
    client_months_of_starts,
    client_months_of_stock,
    demand_forecast,
)
from bekostiging.scenarios.hours_budget import ENOUGH, STANDARD_WEEKS, HoursBudgets, PaidMonths, paid_part
from bekostiging.units import MONTHS, WEEKS_PER_MONTH
from bekostiging_solvers.typing import Float32Array, FloatArray, IntArray

OWN = Empirical.of(np.array([4.0, 13.0, 26.0, 52.0, 104.0, 208.0]), np.array([30.0, 40.0, 60.0, 70.0, 40.0, 10.0]))
CV_OF_OWN = coefficient_of_variation(OWN)
KINDS: dict[str, Law] = {**LAWS, "empirical": OWN}
YEARS = 4
RARE = 1e-4
"""Client-months a year that hardly anybody is drawn for, so that the sample does not know their spread."""


def _budgets(weeks: float, cv: float, revised: float = 0.0, *, new: bool = False) -> HoursBudgets:
    """One row."""
    sigma = float(np.sqrt(np.log1p(cv**2)))
    return HoursBudgets(
        np.array([weeks / WEEKS_PER_MONTH]), np.array([sigma]), np.array([revised]), np.array([new])
    )


def _durations(weeks: float, cv: float, name: str = "lognormal") -> Mixed:
    """One row."""
    return Mixed((KINDS[name],), np.array([0]), np.array([weeks / WEEKS_PER_MONTH]), np.array([cv]))


def _forecast(durations: Mixed) -> DemandForecast:
    """One row without growth."""
    one, years = np.ones(1), np.ones((YEARS, 1))
    return DemandForecast(one, years, durations, years, one, years, one)


def _weeks(budgets: HoursBudgets, durations: Mixed) -> float:
    """Expected paid weeks at the agreed rate."""
    return float(budgets.paid_months(durations)[0] * WEEKS_PER_MONTH)


@pytest.mark.parametrize(("revised", "paid"), [(0.0, 36.97), (0.3, 40.84)])
def test_expected_paid_weeks_of_the_design(revised: float, paid: float) -> None:
    """Mean 56 weeks, cv 0.9 and 0.25, 52 weeks authorised (design, section 14)."""
    assert _weeks(_budgets(52, 0.25, revised), _durations(56, 0.9)) == pytest.approx(paid, abs=0.005)


def test_paid_weeks_by_integration_over_realised_over_agreed() -> None:
    """E[rho min(D, W / rho)] for a gamma duration, the kink taken by brute force over rho."""
    durations = _durations(56, 0.9, "gamma")
    sigma = np.sqrt(np.log1p(0.25**2))
    law = lognorm(sigma, scale=np.exp(-(sigma**2) / 2))

    def inside(ratio: float) -> float:
        """rho L(W / rho), by its density."""
        limited = durations.limited(np.array([52 / WEEKS_PER_MONTH / ratio]))[0][0]
        return float(ratio * limited * WEEKS_PER_MONTH * law.pdf(ratio))

    whole = quad(inside, 0.01, 6, limit=400)[0]
    assert _weeks(_budgets(52, 0.25), durations) == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize("name", KINDS)
def test_the_ends_of_the_range(name: str) -> None:
    """Care much shorter than the budget is all paid; much longer, the budget and no more; a chance near one pays all."""
    cv = CV_OF_OWN if name == "empirical" else 0.9
    assert _weeks(_budgets(520, 0.25), _durations(4, cv, name)) == pytest.approx(4, rel=1e-4)
    assert _weeks(_budgets(13, 0.25), _durations(5200, 0.3, "lognormal")) == pytest.approx(13, rel=1e-6)
    assert _weeks(_budgets(52, 0.25, 0.999), _durations(56, cv, name)) == pytest.approx(56, rel=2e-3)
    assert _weeks(_budgets(52, 0.0), _durations(56, cv, name)) == pytest.approx(
        float(_durations(56, cv, name).limited(np.array([52 / WEEKS_PER_MONTH]))[0][0] * WEEKS_PER_MONTH), rel=1e-6
    )


def test_half_a_year_of_two_hours_is_52_hours_in_any_rhythm() -> None:
    """2 hours x 26 weeks, D longer than any use of it: whoever goes twice as fast is done in 13 weeks."""
    budgets, ratio = _budgets(26, 0.25), np.array([0.5, 1.0, 2.0], dtype=np.float32)
    rng = np.random.default_rng(1)
    lasts = budgets.draw(np.zeros(3, dtype=np.int64), ratio, rng) * WEEKS_PER_MONTH
    assert lasts.tolist() == pytest.approx([52, 26, 13], rel=1e-6)
    assert (2 * ratio * lasts).tolist() == pytest.approx([52, 52, 52], rel=1e-6)
    assert rng.random() == np.random.default_rng(1).random()


def test_how_often_a_budget_is_followed_by_another_one() -> None:
    """P(K >= k) = r^k."""
    ratio = np.ones(200_000, dtype=np.float32)
    lasts = _budgets(26, 0.25, 0.3).draw(np.zeros(len(ratio), dtype=np.int64), ratio, np.random.default_rng(2))
    more = lasts * WEEKS_PER_MONTH / 26 - 1
    for k in (1, 2, 3):
        assert (more > k - 0.5).mean() == pytest.approx(0.3**k, abs=4 * np.sqrt(0.3**k / len(ratio)))


@pytest.mark.parametrize("weeks", [13, 52, 260])
@pytest.mark.parametrize("name", LAWS)
def test_without_spread_or_end_the_months_are_those_of_the_care(name: str, weeks: int) -> None:
    """Budgets that never end pay all client-months, of the stock and of the starts (Cox 1962)."""
    durations = _durations(weeks, 0.9, name)
    months = PaidMonths(_budgets(1e6, 0.25), _forecast(durations))
    begin = MONTHS * np.arange(YEARS, dtype=np.float64)[:, None]
    own = Mixed(durations.laws, durations.law, durations.mean[None], durations.cv)
    np.testing.assert_allclose(
        months.of_starts(own, YEARS)[:, 0], client_months_of_starts(begin, begin + MONTHS, durations), rtol=1e-5
    )
    np.testing.assert_allclose(
        months.stock, client_months_of_stock(begin, begin + MONTHS, durations), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize(("revised", "new"), [(0.0, False), (0.3, False), (0.3, True)])
@pytest.mark.parametrize("cv", [0.0, 0.25, 0.6])
@pytest.mark.parametrize("name", KINDS)
def test_closed_forms_against_a_plain_simulation(name: str, cv: float, revised: float, new: bool) -> None:
    """Starts over a year and a sitting stock, drawn one by one: each year within four standard errors."""
    rng = np.random.default_rng([9, int(100 * cv), int(10 * revised), new])
    durations = _durations(56, CV_OF_OWN if name == "empirical" else 0.9, name)
    budgets, n = _budgets(26, cv, revised, new=new), 100_000
    months = PaidMonths(budgets, _forecast(durations))
    row, caseload = np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.bool_)
    ratio = np.exp(budgets.sigma * rng.standard_normal(n) - budgets.sigma**2 / 2).astype(np.float32)
    lasts = budgets.draw(row, ratio, rng)
    whole = durations.draw(row, None, rng) * durations.mean[0]
    _agree(
        months.of_starts(_of_one_course(durations), YEARS)[:, 0, 0],
        MONTHS * rng.random(n),
        np.minimum(whole, lasts),
        ratio,
    )
    long, uniform = durations.draw(row, caseload, rng) * durations.mean[0], rng.random(n)
    age = 0.0 if new else (1 - uniform) * long
    _agree(months.stock[:, 0], np.zeros(n), np.maximum(np.minimum(uniform * long, lasts - age), 0), ratio)


def _of_one_course(durations: Mixed) -> Mixed:
    """The durations as those of one course."""
    return Mixed(durations.laws, durations.law, durations.mean[None], durations.cv)


def _agree(expected: FloatArray, start: FloatArray, paid: FloatArray, ratio: Float32Array) -> None:
    """Units per client of every year against their expectation."""
    for year in range(YEARS):
        begin = MONTHS * year
        inside = np.minimum(start + paid, begin + MONTHS) - np.maximum(start, begin)
        units = ratio * np.maximum(inside, 0.0)
        assert abs(units.mean() - expected[year]) < 4 * units.std() / np.sqrt(len(units)) + RARE


def test_the_clients_drawn_have_the_budgets_of_the_case(small_case: Case) -> None:
    """A start's budget lasts W / rho; a sitting client's has run for its age, (1 - u) L where u L remains."""
    planned = plan(small_case, 32, YEARS, 3, "design")
    clients = draw_block(planned, 0).clients
    months = hours_budgets(small_case).months[planned.sampler.row[clients.cell]]
    ratio = clients.rate / clients.agreed
    started = clients.asked_month != CASELOAD
    np.testing.assert_allclose(clients.budget_months[started], (months / ratio)[started], rtol=1e-4)
    age = months / ratio - clients.budget_months
    assert (age[~started] > -1e-3).all()
    for row, demand in enumerate(small_case.demand[:4]):
        own = ~started & (planned.sampler.row[clients.cell] == row)
        mean = demand.mean_duration_weeks / WEEKS_PER_MONTH * (1 + demand.duration_cv**2) / 2
        ages = age[own].astype(np.float64)
        assert abs(ages.mean() - mean) < 5 * ages.std() / np.sqrt(own.sum())


def test_new_budgets_and_revisions_leave_every_other_quantity(small_case: Case) -> None:
    """The stream of what was there before is the same: other payment forms keep their bytes."""
    given = {"revised_share": "0.4", "new_budget": "yes"}
    rows = [Policy(name=name, scope="case", value=value, **MARK) for name, value in given.items()]
    fixed = _with_weeks(small_case, 26.0)
    plain, other = (
        draw_block(plan(case, 32, 2, 3, "design"), 0).clients
        for case in (fixed, replace(fixed, policy=(*fixed.policy, *rows)))
    )
    for name in ("start", "duration", "rate", "agreed", "crisis", "cell", "profile", "repeat"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(other, name))
    assert (other.budget_months > plain.budget_months + 1).any()
    assert (other.budget_months >= plain.budget_months * (1 - 1e-6) - 1e-6).all()


def test_the_reducer_against_a_loop_over_clients(small_case: Case) -> None:
    """Paid from the start for min(D, (1 + K) W / rho minus the age), month by month; crisis clients likewise."""
    planned = plan(small_case, 32, 2, 5, "design")
    block = draw_block(planned, 0)
    few = _chosen(block.clients, np.arange(0, len(block.clients.cell), 29))
    care_use = planned.reducer.reduce(few, block.factors)
    expected = np.zeros((2, *care_use.units.shape))
    for i in range(len(few.cell)):
        paid = max(0.0, min(float(few.duration[i]), float(few.budget_months[i])))
        for year in range(2):
            begin, end = max(float(few.start[i]), 12.0 * year), min(float(few.start[i]) + paid, 12.0 * (year + 1))
            units = float(few.rate[i]) * max(0.0, end - begin)
            expected[:, few.scenario[i], year, few.cell[i]] += [units, units * float(few.crisis[i])]
    np.testing.assert_allclose(care_use.units_within_budget, expected[0], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(care_use.crisis_units_within_budget, expected[1], rtol=1e-4, atol=1e-3)
    assert care_use.units.sum() > expected[0].sum()
    assert expected[1].sum() > 0


def _with_weeks(case: Case, weeks: float) -> Case:
    """Budgets of one length for every care form."""
    forms = tuple(row.model_copy(update={"authorisation_weeks": weeks}) for row in case.care_forms)
    return replace(case, care_forms=forms)


def _chosen(clients: Clients, chosen: IntArray) -> Clients:
    """Some of the clients."""
    kept = {name: value[chosen] for name, value in vars(clients).items() if isinstance(value, np.ndarray)}
    return replace(clients, **kept, partner=None)


def test_the_length_of_the_case_or_the_shortest_that_pays_enough(small_case: Case) -> None:
    """Estimated: at least 80 % of the expected units, and the length before it pays less."""
    given = small_case.care_forms[0].model_copy(update={"authorisation_weeks": 17.0})
    case = replace(small_case, care_forms=(given, *small_case.care_forms[1:]))
    budgets = hours_budgets(case)
    weeks = budgets.months * WEEKS_PER_MONTH
    for form in case.care_forms:
        own = np.array([i for i, row in enumerate(case.demand) if row.care_form == form.id])
        if form.id == given.id:
            assert weeks[own].tolist() == pytest.approx([17.0] * len(own))
            continue
        place = STANDARD_WEEKS.index(round(weeks[own[0]]))
        assert paid_part(case, own, budgets) >= ENOUGH
        shorter = replace(budgets, months=np.full(len(weeks), STANDARD_WEEKS[place - 1] / WEEKS_PER_MONTH))
        assert place == 0 or paid_part(case, own, shorter) < ENOUGH
    assert paid_by_row(case) == pytest.approx(
        budgets.paid_months(demand_forecast(case, 1).durations) / demand_forecast(case, 1).durations.mean
    )


def test_longer_care_is_not_paid_longer(small_case: Case) -> None:
    """Twice as long under the factors: units double in the end, those within budgets grow far less."""
    case = _with_weeks(small_case, 26.0)
    planned = plan(case, 32, YEARS, 1, "design")
    plain = draw_block(planned, 0).factors
    longer = replace(plain, duration=np.full_like(plain.duration, 2.0), intensity=np.ones_like(plain.intensity))
    before = replace(longer, duration=np.ones_like(plain.duration))
    units, within = (
        [getattr(expected_care_use(case, planned.cells, YEARS, one), name).sum() for one in (before, longer)]
        for name in ("units", "units_within_budget")
    )
    assert 1 < within[1] / within[0] < 1 + 0.7 * (units[1] / units[0] - 1)
