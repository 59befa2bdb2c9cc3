"""From samples to the figures of results.json: who pays what, who loses what, who waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.stress.comparison import TERM, TOTAL, CeilingResult, Estimates
from bekostiging.stress.cover import Cover
from bekostiging.stress.samples import Samples
from bekostiging.stress.settlement import by_provider
from bekostiging.stress.waiting import waiting_estimates
from bekostiging.units import MONTHS
from bekostiging_solvers import EXACTLY_ZERO, Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

TAIL = 0.95
CERTAINTIES = (0.80, 0.90)
"""Shown beside the certainty the council chose."""
LOW = 0.05
"""Revenue that is certain: what is exceeded in 95 of 100 futures."""


def spending(
    scramblings: Scramblings,
    sample: FloatArray,
    room: float,
    used: FloatArray,
    certainty: float,
    confidence: float,
) -> Estimates:
    """Figures of municipal spending (n_scenarios,) against what is begroot for it; euro and probabilities.

    ``overrun_size`` is the mean overrun of the futures that have one, so that times its probability it is
    ``expected_overrun``: amount x chance = risk amount of the paragraph weerstandsvermogen (BBV art. 11). Where no future
    has one its size is unknown: it is left out, and the expected overrun, zero as far as seen, has no error. ``gap``: what
    is expected beyond the begroting and is to be budgeted. ``used`` (n_scenarios,): what a stock is used for (``Cover``);
    of it ``reserve_needed`` is the mean of the worst 1 - ``confidence``, ``required_resistance_capacity`` the quantile at
    the council's certainty.
    """
    overrun = np.maximum(sample - room, 0.0)
    expected, expected_overrun = scramblings.mean(sample), scramblings.mean(overrun)
    figures: dict[str, Estimate | None] = {
        "expected": expected,
        "gap": replace(expected, value=max(0.0, expected.value - room)),
        "sd": scramblings.deviation(sample),
        "p10": scramblings.quantile(sample, 0.10),
        "p50": scramblings.quantile(sample, 0.50),
        "p80": scramblings.quantile(sample, 0.80),
        "p90": scramblings.quantile(sample, 0.90),
        "cvar95": scramblings.tail_mean(sample, TAIL),
        "overrun_probability": scramblings.probability(sample > room),
        "overrun_size": scramblings.ratio(overrun, (sample > room).astype(np.float64)),
        "expected_overrun": expected_overrun if overrun.any() else replace(expected_overrun, standard_error=None),
        "reserve_needed": scramblings.tail_mean(used, confidence),
        "required_resistance_capacity": scramblings.quantile(used, certainty),
    }
    for shown in CERTAINTIES:
        figures[f"required_resistance_capacity_{round(100 * shown)}"] = scramblings.quantile(used, shown)
    return _known(figures)


def _known(figures: Mapping[str, Estimate | None]) -> Estimates:
    """Figures without those of which nothing is known."""
    return {name: one for name, one in figures.items() if one is not None}


def municipal_estimates(
    case: Case, scramblings: Scramblings, samples: Samples, cover: Cover, discount: FloatArray
) -> dict[str, dict[str, Estimates]]:
    """Per reported municipality and their sum, per year and over the term."""
    return spending_of_reported(case, scramblings, samples.municipal[..., case.reported], cover, discount)


def spending_of_reported(
    case: Case, scramblings: Scramblings, paid: FloatArray, cover: Cover, discount: FloatArray
) -> dict[str, dict[str, Estimates]]:
    """The same, of what the reported municipalities pay; ``paid`` (n_scenarios, n_years, n_reported).

    A year's use of the stock is its own; that of the term is all years together, the stock once, nominal.
    """
    parts = {code: (paid[:, :, [m]], cover.one(m)) for m, code in enumerate(case.reported_codes)}
    parts[TOTAL] = (paid, cover)
    levels = (case.policy.certainty, cover.confidence)
    found: dict[str, dict[str, Estimates]] = {}
    for code, (own, covered) in parts.items():
        total, room = own.sum(axis=2), covered.room.sum(axis=0)
        used = covered.used_in_year(own)
        found[code] = {
            str(case.first_year + t): spending(scramblings, total[:, t], float(room[t]), used[:, t], *levels)
            for t in range(len(discount))
        }
        term = covered.used_over_term(own)
        found[code][TERM] = spending(scramblings, total @ discount, float(room @ discount), term, *levels)
    return found


def provider_results(case: Case, samples: Samples, discount: FloatArray) -> FloatArray:
    """Payment minus cost per provider, discounted; (n_scenarios, n_years, n_providers)."""
    revenue = by_provider(case, samples.payment, samples.received)
    cost = by_provider(case, samples.cost, samples.cost)
    return np.asarray((revenue - cost) * discount[:, None])


def provider_estimates(
    case: Case, scramblings: Scramblings, samples: Samples, buffer: FloatArray, discount: FloatArray
) -> dict[str, Estimates]:
    """Result over the term, the chance of loss and of using up the free buffer, revenue that is certain.

    ``revenue_certain_share``: the revenue over the term exceeded in 95 of 100 futures, over its expectation; left out
    without revenue;
    ``lowest_cash_weeks``: the lowest cash, in weeks of cost, that 95 of 100 futures do not go below.
    """
    results = provider_results(case, samples, discount)
    revenues = (by_provider(case, samples.payment, samples.received) * discount[:, None]).sum(axis=1)
    found: dict[str, Estimates] = {}
    for p, provider in enumerate(case.providers):
        of_term, revenue = results[:, :, p].sum(axis=1), revenues[:, p]
        deepest = -np.cumsum(results[:, :, p], axis=1).min(axis=1)
        certain = scramblings.quantile(revenue, LOW)
        mean = float(revenue.mean())
        own: dict[str, Estimate | None] = {
            "expected_result": scramblings.mean(of_term),
            "loss_probability": scramblings.probability(of_term < 0),
            "cvar95_loss": scramblings.tail_mean(-of_term, TAIL),
            "buffer_exhausted_probability": scramblings.probability(deepest > buffer[p]),
            "revenue_certain_share": certain.scaled(1 / mean) if mean > 0 else None,
            "lowest_cash_weeks": scramblings.quantile(samples.lowest_cash_weeks[:, p], LOW),
        }
        found[provider.id] = _known(own)
    return found


def corner_totals(case: Case, scramblings: Scramblings, samples: Samples, discount: FloatArray) -> Estimates:
    """What a corner means in total over the term: euro for both sides, clients who wait or are refused."""
    paid = case.of_reported(samples.municipal) @ discount
    return {
        "spending": scramblings.mean(paid),
        "provider_result": scramblings.mean(provider_results(case, samples, discount).sum(axis=(1, 2))),
        "unpaid": scramblings.mean(samples.unpaid.sum(axis=2) @ discount),
        "beyond_budget": scramblings.mean(samples.beyond_budget.sum(axis=2) @ discount),
        **waiting_estimates(scramblings, samples),
    }


def administration_estimates(
    case: Case, scramblings: Scramblings, samples: Samples, form: PaymentForm
) -> dict[str, Estimates]:
    """Hours and euro a year by party, all contracts; empty where the case has no table."""
    clients = samples.clients.sum(axis=2).mean(axis=1)
    found: dict[str, Estimates] = {}
    for row in case.administration:
        if row.payment_form == form:
            hours = scramblings.mean(row.hours(clients, len(case.contracts)))
            before = found.get(row.party, {})
            # tasks of one party follow the same clients, so their errors add up
            found[row.party] = {
                name: before.get(name, EXACTLY_ZERO).plus_together(own)
                for name, own in (("hours", hours), ("euro", hours.scaled(row.euro_per_hour)))
            }
    return found


@dataclass(frozen=True)
class Regimes:
    """Different ways in which a provider is paid and accounted for, and the hours a year that one way would save."""

    provider: str
    regimes: int
    hours_saved: float


def regimes(case: Case) -> tuple[Regimes, ...]:
    """Regimes of every contracted provider: payment form, messages and calendar of its contracts as they are today."""
    lots = {lot.id: lot for lot in case.lots}
    hours = {form: 0.0 for form in PAYMENT_FORMS}
    for row in case.administration:
        if row.party == "provider":
            hours[row.payment_form] += row.hours_per_regime
    found = []
    for provider in case.providers:
        own = [row for row in case.contracts if row.provider == provider.id]
        ways = dict.fromkeys(
            (lots[row.lot].payment_form, lots[row.lot].messages, row.payment_calendar) for row in own
        )
        # the dearest way to keep is kept: the others are saved
        costs = sorted(hours[form] for form, _, _ in ways)
        if own:
            found.append(Regimes(provider.id, len(ways), sum(costs[:-1])))
    return tuple(found)


def ceiling_estimates(
    case: Case, scramblings: Scramblings, samples: Samples, form: PaymentForm
) -> dict[str, dict[str, CeilingResult]]:
    """Signal and stop of every contract with a ceiling, per contract year; only forms with a tariff have one."""
    if form == "taakgericht":
        return {}
    found: dict[str, dict[str, CeilingResult]] = {}
    for c, row in enumerate(case.contracts):
        if row.ceiling is None:
            continue
        found[f"{row.provider}/{row.lot}"] = {
            str(case.first_year + t): _ceiling(
                scramblings, samples.signal_month[:, t, c], samples.stop_month[:, t, c]
            )
            for t in range(samples.signal_month.shape[1])
        }
    return found


def _ceiling(scramblings: Scramblings, signal: FloatArray, stop: FloatArray) -> CeilingResult:
    """Chance of signal and stop, and of each month; months (n_scenarios,), negative is never."""
    by_month = [tuple(float((months == m).mean()) for m in range(MONTHS)) for months in (signal, stop)]
    return CeilingResult(scramblings.probability(signal >= 0), scramblings.probability(stop >= 0), *by_month)
