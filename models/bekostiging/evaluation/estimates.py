"""From samples to the figures of results.json: who pays what, who loses what, who waits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.evaluation import figures
from bekostiging.evaluation.cover import Cover
from bekostiging.evaluation.figures import Estimates, FigureRegistry
from bekostiging.evaluation.results import TERM, TOTAL, CeilingResult
from bekostiging.evaluation.samples import Samples
from bekostiging.evaluation.settlement import by_provider
from bekostiging.evaluation.waiting import waiting_estimates
from bekostiging.units import MONTHS
from bekostiging_solvers import EXACTLY_ZERO, Estimate, Scramblings
from bekostiging_solvers.typing import BoolArray, FloatArray

TAIL = 0.95
LOW = 0.05
"""Revenue that is certain: what is exceeded in 95 of 100 scenarios."""


@dataclass(frozen=True)
class Spending:
    """Spending of a municipality, or of all, in a year or over the term, against what is begroot for it; euro.

    ``used``: what a stock is used for (``Cover``); ``certainty`` of the council, ``confidence`` of the reserve.
    """

    scramblings: Scramblings
    paid: FloatArray
    """(n_scenarios,)."""
    headroom: float
    used: FloatArray
    """(n_scenarios,)."""
    certainty: float
    confidence: float

    @property
    def over(self) -> BoolArray:
        """Scenarios with an overrun; (n_scenarios,)."""
        return self.paid > self.headroom

    @property
    def overrun(self) -> FloatArray:
        """What is spent beyond the headroom; (n_scenarios,)."""
        return np.maximum(self.paid - self.headroom, 0.0)

    def quantile(self, level: float) -> Estimate:
        """The quantile of spending at a level from 0 to 1, euro."""
        return self.scramblings.quantile(self.paid, level)

    def used_at(self, level: float) -> Estimate:
        """Use of the stock that is not exceeded with this certainty."""
        return self.scramblings.quantile(self.used, level)


def _gap(own: Spending) -> Estimate:
    """What is expected beyond the begroting and is to be budgeted."""
    expected = own.scramblings.mean(own.paid)
    return replace(expected, value=max(0.0, expected.value - own.headroom))


def _expected_overrun(own: Spending) -> Estimate:
    """Without an error where no scenario has an overrun: zero as far as seen."""
    found = own.scramblings.mean(own.overrun)
    return found if own.over.any() else replace(found, standard_error=None)


SPENDING_FIGURES = FigureRegistry[Spending](
    {
        figures.EXPECTED: lambda own: own.scramblings.mean(own.paid),
        figures.GAP: _gap,
        figures.SD: lambda own: own.scramblings.deviation(own.paid),
        figures.P10: lambda own: own.quantile(0.10),
        figures.P50: lambda own: own.quantile(0.50),
        figures.P80: lambda own: own.quantile(0.80),
        figures.P90: lambda own: own.quantile(0.90),
        figures.CVAR95: lambda own: own.scramblings.tail_mean(own.paid, TAIL),
        figures.OVERRUN_PROBABILITY: lambda own: own.scramblings.probability(own.over),
        figures.OVERRUN_SIZE: lambda own: own.scramblings.ratio(own.overrun, own.over.astype(np.float64)),
        figures.EXPECTED_OVERRUN: _expected_overrun,
        figures.RESERVE_NEEDED: lambda own: own.scramblings.tail_mean(own.used, own.confidence),
        figures.REQUIRED_RESISTANCE_CAPACITY: lambda own: own.used_at(own.certainty),
        figures.REQUIRED_RESISTANCE_CAPACITY_80: lambda own: own.used_at(0.80),
        figures.REQUIRED_RESISTANCE_CAPACITY_90: lambda own: own.used_at(0.90),
    }
)
"""Of municipal spending. The size of an overrun is the mean of the scenarios that have one, so that times its probability it
is the expected overrun: amount x chance = risk amount of the paragraph weerstandsvermogen (BBV art. 11); where no scenario
has one it is unknown."""


def municipal_estimates(
    case: Case, scramblings: Scramblings, samples: Samples, cover: Cover, discount: FloatArray
) -> dict[str, dict[str, Estimates]]:
    """Per reported municipality and their sum, per year and over the term."""
    return spending_of_reported(case, scramblings, samples.municipal[..., case.reported], cover, discount)


def spending_of_reported(
    case: Case, scramblings: Scramblings, paid: FloatArray, cover: Cover, discount: FloatArray
) -> dict[str, dict[str, Estimates]]:
    """Per reported municipality and their sum, of what each of them pays: ``paid`` (n_scenarios, n_years, n_reported).

    A year's use of the stock is its own; that of the term is all years together, the stock once, nominal.
    """
    parts = {code: (paid[:, :, [m]], cover.one(m)) for m, code in enumerate(case.reported_codes)}
    parts[TOTAL] = (paid, cover)
    levels = (case.policy.certainty, cover.confidence)
    found: dict[str, dict[str, Estimates]] = {}
    for code, (own, covered) in parts.items():
        total, headroom = own.sum(axis=2), covered.headroom.sum(axis=0)
        used = covered.used_in_year(own)
        periods = {
            str(case.first_year + t): Spending(scramblings, total[:, t], float(headroom[t]), used[:, t], *levels)
            for t in range(len(discount))
        }
        term = covered.used_over_term(own)
        periods[TERM] = Spending(scramblings, total @ discount, float(headroom @ discount), term, *levels)
        found[code] = {period: SPENDING_FIGURES.estimates(one) for period, one in periods.items()}
    return found


@kinds_checked
def provider_results(case: Case, samples: Samples, discount: FloatArray) -> FloatArray:
    """Payment minus cost of every provider, discounted.

    Parameters
    ----------
    case : Case
        Whose contracts were settled.
    samples : Samples
        From ``settle_all``.
    discount : array (n_years,)
        Value today of a euro in each contract year.

    Returns
    -------
    array (n_scenarios, n_years, n_providers)
        Euro; what a main contractor passes on is cost of the one and revenue of the other.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import build_contracts, reference
    >>> from bekostiging.evaluation import levels_by_lot, provider_results, settle_all
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells, care_use = build_cells(case), expected_care_use(case, build_cells(case), 2)
    >>> contracts = build_contracts(case, cells, reference(case, cells, 2), "inspanningsgericht")
    >>> samples = settle_all(case, cells, contracts, care_use, levels_by_lot(case, care_use))
    >>> provider_results(case, samples, case.discount(2))[0, 0, :2].round()
    array([185211.,  -8135.])
    """
    revenue = by_provider(case, samples.payment, samples.received)
    cost = by_provider(case, samples.cost, samples.cost)
    return np.asarray((revenue - cost) * discount[:, None])


@dataclass(frozen=True)
class ProviderTerm:
    """What happens to a provider over the term, discounted; ``buffer``: its free buffer, euro."""

    scramblings: Scramblings
    results: FloatArray
    """Payment minus cost; (n_scenarios, n_years)."""
    revenue: FloatArray
    """(n_scenarios,)."""
    lowest_cash_weeks: FloatArray
    """(n_scenarios,): lowest cash in weeks of cost."""
    buffer: float

    @property
    def result(self) -> FloatArray:
        """Over the term; (n_scenarios,)."""
        return np.asarray(self.results.sum(axis=1))

    @property
    def largest_loss(self) -> FloatArray:
        """The largest running loss; (n_scenarios,)."""
        return np.asarray(-np.cumsum(self.results, axis=1).min(axis=1))


def _revenue_certain_share(own: ProviderTerm) -> Estimate | None:
    """Revenue exceeded in 95 of 100 scenarios, over its expectation; None without revenue."""
    mean = float(own.revenue.mean())
    return own.scramblings.quantile(own.revenue, LOW).scaled(1 / mean) if mean > 0 else None


PROVIDER_FIGURES = FigureRegistry[ProviderTerm](
    {
        figures.EXPECTED_RESULT: lambda own: own.scramblings.mean(own.result),
        figures.LOSS_PROBABILITY: lambda own: own.scramblings.probability(own.result < 0),
        figures.CVAR95_LOSS: lambda own: own.scramblings.tail_mean(-own.result, TAIL),
        figures.BUFFER_EXHAUSTED_PROBABILITY: lambda own: own.scramblings.probability(
            own.largest_loss > own.buffer
        ),
        figures.REVENUE_CERTAIN_SHARE: _revenue_certain_share,
        figures.LOWEST_CASH_WEEKS: lambda own: own.scramblings.quantile(own.lowest_cash_weeks, LOW),
    }
)
"""Of a provider over the term."""


def provider_estimates(
    case: Case, scramblings: Scramblings, samples: Samples, buffer: FloatArray, discount: FloatArray
) -> dict[str, Estimates]:
    """Every figure of every provider."""
    results = provider_results(case, samples, discount)
    revenues = (by_provider(case, samples.payment, samples.received) * discount[:, None]).sum(axis=1)
    cash = samples.lowest_cash_weeks
    terms = {
        provider.id: ProviderTerm(scramblings, results[:, :, p], revenues[:, p], cash[:, p], float(buffer[p]))
        for p, provider in enumerate(case.providers)
    }
    return {provider: PROVIDER_FIGURES.estimates(term) for provider, term in terms.items()}


@dataclass(frozen=True)
class CornerTerm:
    """A corner over the term, everybody together; ``discount`` (n_years,)."""

    case: Case
    scramblings: Scramblings
    samples: Samples
    discount: FloatArray

    def mean(self, yearly: FloatArray) -> Estimate:
        """The mean over the term of an amount a year (n_scenarios, n_years), discounted."""
        return self.scramblings.mean(yearly @ self.discount)


def _provider_result(own: CornerTerm) -> Estimate:
    """The mean result of all providers together over the term, discounted euro."""
    return own.scramblings.mean(provider_results(own.case, own.samples, own.discount).sum(axis=(1, 2)))


CORNER_FIGURES = FigureRegistry[CornerTerm](
    {
        figures.SPENDING: lambda own: own.mean(own.case.of_reported(own.samples.municipal)),
        figures.PROVIDER_RESULT: _provider_result,
        figures.UNPAID: lambda own: own.mean(own.samples.unpaid.sum(axis=2)),
        figures.BEYOND_BUDGET: lambda own: own.mean(own.samples.beyond_budget.sum(axis=2)),
    }
)
"""What a corner means for both sides; who waits is in ``WAITING_FIGURES``."""


def corner_totals(case: Case, scramblings: Scramblings, samples: Samples, discount: FloatArray) -> Estimates:
    """What a corner means in total over the term: euro for both sides, clients who wait or are refused."""
    money = CORNER_FIGURES.estimates(CornerTerm(case, scramblings, samples, discount))
    return money | waiting_estimates(scramblings, samples)


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
                figure: before.get(figure, EXACTLY_ZERO).plus_together(own)
                for figure, own in ((figures.HOURS, hours), (figures.EURO, hours.scaled(row.euro_per_hour)))
            }
    return found


@dataclass(frozen=True)
class Regimes:
    """Different ways in which a provider is paid and accounted for, and the hours a year that one way would save."""

    provider: str
    regimes: int
    hours_saved: float


@kinds_checked
def regimes(case: Case) -> tuple[Regimes, ...]:
    """In how many different ways every provider is paid and accounted for, by its contracts as they are today.

    A regime is a payment form with its messages and its payment calendar.

    Parameters
    ----------
    case : Case
        With tables contracts and administration.

    Returns
    -------
    tuple of Regimes
        Of every provider with a contract.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> {one.regimes for one in regimes(read_case("almere"))}
    {1}
    """
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
) -> dict[tuple[str, str], dict[str, CeilingResult]]:
    """Signal and stop by contract (provider, lot) with a ceiling and by year; only forms with a tariff have one."""
    if PAYMENT_FORMS[form].lump_sum:
        return {}
    found: dict[tuple[str, str], dict[str, CeilingResult]] = {}
    for c, row in enumerate(case.contracts):
        if row.ceiling is None:
            continue
        found[row.provider, row.lot] = {
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
