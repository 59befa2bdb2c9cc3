"""Figures of spending and of providers against closed forms and naive loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from bekostiging.case import Case
from bekostiging.case.tables import Administration
from bekostiging.evaluation import TERM, TOTAL, Comparison, regimes
from bekostiging.evaluation.client_counts import COUNT_FIGURES
from bekostiging.evaluation.cover import Cover
from bekostiging.evaluation.estimates import (
    CORNER_FIGURES,
    PROVIDER_FIGURES,
    SPENDING_FIGURES,
    ProviderTerm,
    Spending,
    _ceiling,
    administration_estimates,
)
from bekostiging.evaluation.figures import (
    BUFFER_EXHAUSTED_PROBABILITY,
    CVAR95,
    CVAR95_LOSS,
    EURO,
    EXPECTED,
    EXPECTED_OVERRUN,
    EXPECTED_RESULT,
    GAP,
    HOURS,
    LOSS_PROBABILITY,
    OVERRUN_PROBABILITY,
    OVERRUN_SIZE,
    P10,
    P50,
    P80,
    P90,
    REQUIRED_RESISTANCE_CAPACITY,
    REQUIRED_RESISTANCE_CAPACITY_80,
    REQUIRED_RESISTANCE_CAPACITY_90,
    RESERVE_NEEDED,
    REVENUE_CERTAIN_SHARE,
    SD,
    Estimates,
)
from bekostiging.evaluation.waiting import WAITING_FIGURES
from bekostiging_solvers import Estimate, Scramblings, cvar


@pytest.fixture(scope="module")
def normal_sample() -> np.ndarray:
    """20,000 quantiles of N(100, 10), shuffled."""
    sample = norm.ppf((np.arange(20_000) + 0.5) / 20_000) * 10 + 100
    np.random.default_rng(4).shuffle(sample)
    return sample


def _spending(
    n_scramblings: int, sample: np.ndarray, headroom: float, certainty: float, confidence: float = 0.75
) -> Estimates:
    """Figures of one year of one municipality with nothing but a stock."""
    cover = Cover(np.array([[headroom]]), np.zeros((1, 1)), np.zeros((1, 1)), confidence, False)
    used = cover.used_in_year(sample[:, None, None])[:, 0]
    return SPENDING_FIGURES.estimates(
        Spending(Scramblings(n_scramblings), sample, headroom, used, certainty, confidence)
    )


def test_spending_of_a_normal(normal_sample: np.ndarray) -> None:
    """P(X > 110) = 1 - Phi(1); E(X - 110)+ = 10 (phi(1) - 1 + Phi(1)); CVaR 95 = 100 + 20.62713; CVaR 90 = 100 + 17.54983,
    of which a stock is to bear what is above 110; nothing is to be budgeted."""
    figures = _spending(20, normal_sample, headroom=110.0, certainty=0.95, confidence=0.9)
    assert figures[OVERRUN_PROBABILITY].value == pytest.approx(norm.sf(1), abs=1e-3)
    assert figures[EXPECTED_OVERRUN].value == pytest.approx(10 * (norm.pdf(1) - norm.sf(1)), abs=1e-2)
    assert figures[CVAR95].value == pytest.approx(120.62713, abs=0.01)
    assert figures[SD].value == pytest.approx(10.0, abs=0.01)
    for level, figure in ((0.1, P10), (0.5, P50), (0.8, P80), (0.9, P90)):
        assert figures[figure].value == pytest.approx(100 + 10 * norm.ppf(level), abs=0.02)
    assert figures[RESERVE_NEEDED].value == pytest.approx(7.54983, abs=0.01)
    assert figures[GAP].value == 0.0
    assert figures[REQUIRED_RESISTANCE_CAPACITY_80].value == 0.0
    assert figures[REQUIRED_RESISTANCE_CAPACITY_90].value == pytest.approx(10 * (norm.ppf(0.9) - 1), abs=0.02)
    assert figures[REQUIRED_RESISTANCE_CAPACITY].value == pytest.approx(10 * (norm.ppf(0.95) - 1), abs=0.02)


def test_amount_chance_and_risk_amount_of_the_documentation() -> None:
    """docs/results.md: 90, 96, 104 and 120 against 100; the scramblings are pairs, so every error is half a difference.

    Amount: influence (overrun - 12 x event) / 0.5 is 0, 0, -16, 16; the means of the pairs (90, 104), (96, 120) are
    -8 and 8: their standard error is 8.
    """
    sample = np.array([90.0, 104.0, 96.0, 120.0])
    figures = _spending(2, sample, headroom=100.0, certainty=0.75)
    assert figures[OVERRUN_PROBABILITY].value == 0.5
    assert figures[OVERRUN_SIZE].value == 12.0
    assert figures[OVERRUN_SIZE].standard_error == pytest.approx(8.0)
    assert figures[EXPECTED_OVERRUN].value == 6.0
    # 102.5 is expected, so 2.5 is to be budgeted and the uses are 0, 0, 1.5 and 17.5
    assert figures[GAP].value == 2.5
    assert figures[REQUIRED_RESISTANCE_CAPACITY].value == 1.5
    assert figures[RESERVE_NEEDED].value == 17.5
    assert _spending(2, sample, 100.0, 0.76)[REQUIRED_RESISTANCE_CAPACITY].value == 17.5
    none = _spending(2, sample, headroom=200.0, certainty=0.75)
    assert [figure for figure in SPENDING_FIGURES if figure not in none] == [OVERRUN_SIZE]
    assert [figure for figure in SPENDING_FIGURES if figure.may_be_unknown] == [OVERRUN_SIZE]
    assert none[OVERRUN_PROBABILITY] == none[EXPECTED_OVERRUN] == Estimate(0.0, None, degrees_of_freedom=1)
    once = _spending(2, sample, headroom=110.0, certainty=0.75)
    assert (once[OVERRUN_SIZE].value, once[OVERRUN_SIZE].standard_error) == (10.0, None)


def test_what_is_just_enough_is_no_overrun() -> None:
    """90, 96, 104 and 120 against 104: one in four; and against 120 none."""
    sample = np.array([90.0, 104.0, 96.0, 120.0])
    assert _spending(2, sample, headroom=104.0, certainty=0.75)[OVERRUN_PROBABILITY].value == 0.25
    assert _spending(2, sample, headroom=120.0, certainty=0.75)[OVERRUN_PROBABILITY].value == 0.0


def test_a_provider_over_its_term_by_hand() -> None:
    """Two years: -1 and -1, -2 and 1, nothing, 1 and -1. Results -2, -1, 0, 0: two lose; running losses 2, 2, 0, 0, which a
    buffer of 1 does not bear in two of four and one of 2 just does. Revenue of none is certain in no part."""
    results = np.array([[-1.0, -1.0], [-2.0, 1.0], [0.0, 0.0], [1.0, -1.0]])
    for buffer, exhausted in ((1.0, 0.5), (2.0, 0.0)):
        term = ProviderTerm(Scramblings(2), results, np.zeros(4), np.zeros(4), buffer)
        found = PROVIDER_FIGURES.estimates(term)
        assert found[EXPECTED_RESULT].value == -0.75
        assert found[LOSS_PROBABILITY].value == 0.5
        assert found[CVAR95_LOSS].value == 2.0
        assert found[BUFFER_EXHAUSTED_PROBABILITY].value == exhausted
        assert [figure for figure in PROVIDER_FIGURES if figure not in found] == [REVENUE_CERTAIN_SHARE]
    assert [figure for figure in PROVIDER_FIGURES if figure.may_be_unknown] == [REVENUE_CERTAIN_SHARE]
    assert not any(figure.may_be_unknown for figure in (*CORNER_FIGURES, *WAITING_FIGURES, *COUNT_FIGURES))
    some = ProviderTerm(Scramblings(2), results, np.array([100.0, 50.0, 150.0, 100.0]), np.zeros(4), 1.0)
    assert PROVIDER_FIGURES.estimates(some)[REVENUE_CERTAIN_SHARE].value == pytest.approx(0.5)


def test_signal_and_stop_of_a_ceiling_by_hand() -> None:
    """Never, January, June and January: a signal in three of four, in January in two; a stop in one, in January."""
    never = -1.0
    found = _ceiling(Scramblings(2), np.array([never, 0, 5, 0]), np.array([never, 0, never, never]))
    assert (found.signal.value, found.stop.value) == (0.75, 0.25)
    assert found.signal_by_month == (0.5, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 0, 0)
    assert found.stop_by_month == (0.25, *[0.0] * 11)


def test_capacity_covers_the_overrun_with_its_certainty(normal_sample: np.ndarray) -> None:
    figures = _spending(20, normal_sample, headroom=105.0, certainty=0.9)
    capacity = figures[REQUIRED_RESISTANCE_CAPACITY].value
    assert np.mean(normal_sample <= 105.0 + capacity) >= 0.9


def test_term_is_the_sum_of_the_years(outcome: Comparison) -> None:
    """The case's discount rate is zero, so expectations add up."""
    for result in outcome.forms.values():
        years = result.municipalities[TOTAL]
        total = sum(years[str(year)][EXPECTED].value for year in outcome.years)
        assert years[TERM][EXPECTED].value == pytest.approx(total, rel=1e-12)


def test_total_is_the_sum_of_the_reported(outcome: Comparison) -> None:
    for result in outcome.forms.values():
        parts = [own[TERM][EXPECTED].value for code, own in result.municipalities.items() if code != TOTAL]
        assert result.municipalities[TOTAL][TERM][EXPECTED].value == pytest.approx(sum(parts), rel=1e-12)


def test_providers_by_a_naive_loop(outcome: Comparison) -> None:
    """Result, loss, tail and buffer of every provider, scenario by scenario."""
    for result in outcome.forms.values():
        samples = result.samples[outcome.corner]
        for p, provider in enumerate(outcome.case.providers):
            own = [c for c, row in enumerate(outcome.case.contracts) if row.provider == provider.id]
            totals, exhausted = [], 0
            for s in range(outcome.n_scenarios):
                running, largest_loss = 0.0, 0.0
                for t in range(outcome.n_years):
                    running += sum(samples.payment[s, t, c] - samples.cost[s, t, c] for c in own)
                    largest_loss = max(largest_loss, -running)
                totals.append(running)
                exhausted += largest_loss > outcome.buffer[p]
            figures = result.providers[provider.id]
            assert figures[EXPECTED_RESULT].value == pytest.approx(np.mean(totals), rel=1e-9, abs=1e-3)
            assert figures[LOSS_PROBABILITY].value == pytest.approx(np.mean(np.array(totals) < 0))
            assert figures[CVAR95_LOSS].value == pytest.approx(cvar(-np.array(totals), 0.95), rel=1e-6, abs=1e-3)
            assert figures[BUFFER_EXHAUSTED_PROBABILITY].value == pytest.approx(exhausted / outcome.n_scenarios)


def test_regimes_a_provider_faces_and_what_one_would_save(small_case: Case) -> None:
    """One lot P x Q with 10 hours per regime, one lump sum with 4: the provider in both keeps the dearer, saves 4."""
    rows = tuple(
        Administration(
            payment_form=form, party="provider", hours_per_client=0, hours_per_contract=0, hours_per_regime=hours,
            euro_per_hour=50, source="t", status="illustrative",
        )
        for form, hours in (("inspanningsgericht", 10.0), ("taakgericht", 4.0))
    )  # fmt: skip
    forms = ["inspanningsgericht", *["taakgericht"] * (len(small_case.lots) - 1)]
    lots = tuple(
        row.model_copy(update={"payment_form": form}) for row, form in zip(small_case.lots, forms, strict=True)
    )
    case = replace(small_case, administration=rows, lots=lots)
    first = {row.provider for row in case.contracts if row.lot == lots[0].id}
    others = {row.provider for row in case.contracts if row.lot != lots[0].id}
    found = {one.provider: (one.regimes, one.hours_saved) for one in regimes(case)}
    assert first & others
    for provider in first & others:
        assert found[provider] == (2, 4.0)
    for provider in first ^ others:
        assert found[provider] == (1, 0.0)


def test_tasks_of_a_party_add_up(small_case: Case, outcome: Comparison) -> None:
    """Two messages of one and two hours per client are three hours per client."""

    def row(task: str, hours: float) -> Administration:
        return Administration(
            payment_form="taakgericht", party="provider", task=task, hours_per_client=hours, hours_per_contract=0,
            euro_per_hour=50, source="t", status="illustrative",
        )  # fmt: skip

    samples = outcome.forms["taakgericht"].samples["absorb"]
    scramblings = Scramblings(outcome.n_scramblings)
    both = replace(small_case, administration=(row("305", 1.0), row("307", 2.0)))
    one = replace(small_case, administration=(row("", 3.0),))
    found, whole = (
        administration_estimates(case, scramblings, samples, "taakgericht")["provider"] for case in (both, one)
    )
    assert found[HOURS].value == pytest.approx(whole[HOURS].value)
    assert found[EURO].standard_error == pytest.approx(whole[EURO].standard_error)
