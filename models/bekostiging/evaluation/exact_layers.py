"""Corridor layers of the first contract year without simulation of clients, beside the simulated ones.

Given the factors the base of a contract is a sum of independent compounds per cell: a Poisson stock and negative
binomial starts, each client with a log-normal rate, its profile and the months in care of the year. Its distribution
follows by Fourier transform (``bekostiging_solvers.aggregate``), the mean of every layer from that, and the factors are
mixed by quadrature over their Sobol points. In the simulated scenarios the drawn layer less its mean given the factors has
mean zero: a t statistic beyond the family-wise level (Sidak, as in the self-check) is an alarm.

It applies to the first year (later ones join years of start with different factors), where everybody is served, and is left
out by name elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr
from scipy.stats import t as student

from bekostiging.contracts import Taakgericht, price_levels
from bekostiging.evaluation.evidence import ExactLayer, Sentence
from bekostiging.scenarios import Factors, Plan, normals_of
from bekostiging.scenarios.clients import ClientSampler
from bekostiging.scenarios.distributions import Mixed
from bekostiging.scenarios.forecast import integrated_survival, twice_integrated_survival
from bekostiging.scenarios.selfcheck import FAMILY_WISE
from bekostiging.units import MONTHS
from bekostiging_solvers import (
    Scramblings,
    aggregate,
    discretised,
    limited_means,
    negative_binomial_log,
    poisson_log,
    transform,
)
from bekostiging_solvers.typing import ComplexArray, FloatArray

EXACT_SCENARIOS = 512
"""Scenarios without clients over which the factors are mixed."""
AT_ONCE = 512
"""Scenarios whose transforms are in memory at once: some 16 MB."""
N_GRID = 2048
"""Points of the aggregate's grid."""
REACH = 8.0
"""The grid ends so many standard deviations above the mean of the widest future."""
MANY = 100.0
"""Clients from which a sum is wide enough to drop high frequencies."""
DECAY = 12.0
"""Standard deviations after which a normal transform is nothing: exp(-72)."""
FINENESS = 16
"""Least number of grid steps in the mean cost of a client."""
LONGEST_GRID = 2**20
"""Points of the grid of a client beyond which the low frequencies are computed one by one: a contract with many clients
has so coarse a step that the whole grid would fill the memory (1.3 GB with half a million clients)."""
LARGEST_CLIENT = 60
"""A client costs at most so many times the mean."""
N_MONTHS = 4 * MONTHS
"""Steps into which months in care of the year are cut; the mean is kept."""
N_NODES = 3
"""Durations at which transforms are computed; between them they are interpolated (Chebyshev nodes)."""
SAME = 1e-9


@dataclass(frozen=True)
class _Cohort:
    """Clients of one cell in the first year: the stock or the starts; ``price`` euro per unit."""

    row: int
    share: float
    price: float
    stock: bool


@dataclass(frozen=True)
class _Client:
    """What decides the cost of one client in the year: ``duration`` in months, ``rate`` in euro per month, ``variance`` of
    its logarithm; ``law`` of the duration follows from the others."""

    form: int
    stock: bool
    distribution: str
    duration: float
    duration_cv: float
    rate: float
    variance: float
    law: Mixed = field(compare=False)


class _FirstYear:
    """The compound distribution of one contract's base given factors."""

    def __init__(self, planned: Plan, contract: Taakgericht, factors: Factors) -> None:
        self.planned, self.contract, self.factors = planned, contract, factors
        sampler = planned.sampler
        price = contract.reference_cost if contract.base == "audited_cost" else contract.reference_tariff
        self.cohorts = [
            _Cohort(int(sampler.row[cell]), float(sampler.shares[0 if stock else 1, cell]), float(euro), stock)
            for cell, euro in zip(contract.cells, price, strict=True)
            for stock in (True, False)
            # where nobody is, nothing is known of what a client costs
            if _clients(sampler, int(sampler.row[cell]), stock) > 0
        ]
        rows = sampler.row[contract.cells]
        self.scale = factors.intensity[:, 0, rows[0]]
        self._transforms: dict[_Client, ComplexArray] = {}

    def why_not(self) -> Sentence | None:
        """Why it does not apply; None where it does."""
        case, rows = self.planned.case, {cohort.row for cohort in self.cohorts}
        if not rows:
            return {"nl": "er zijn geen cliënten", "en": "there are no clients"}
        combined = {row.care_form for row in case.combinations} | {
            row.second_care_form for row in case.combinations
        }
        if self.contract.base == "clients_times_norm":
            return {"nl": "de bandbreedte telt cliënten", "en": "the corridor counts clients"}
        if len(self.contract.clauses) > 1:
            return {"nl": "er staat een beding vóór de bandbreedte", "en": "a clause stands before the corridor"}
        if np.isfinite(self.planned.sampler.concentration[self.contract.cells]).any():
            return {"nl": "marktaandelen worden getrokken", "en": "market shares are drawn"}
        if any(case.demand[row].care_form in combined for row in rows):
            return {"nl": "personen hebben twee zorgvormen", "en": "persons have two care forms"}
        if any(case.demand[row].units_distribution != "lognormal" for row in rows):
            return {"nl": "de eenheden zijn niet lognormaal", "en": "units are not log-normal"}
        if np.abs(self.factors.intensity[:, 0, sorted(rows)] - self.scale[:, None]).max() > SAME:
            return {
                "nl": "intensiteit verschilt per zorgvorm of gemeente",
                "en": "intensity differs by form or payer",
            }
        return None

    def layer_means(self) -> FloatArray:
        """Mean euros in every layer given the factors; (n_scenarios, n_layers)."""
        levels = price_levels(self.planned.case, self.contract.lot, self.factors)
        level = levels.cost if self.contract.base == "audited_cost" else levels.price
        form = self.planned.cells.care_form[self.contract.cells[0]]
        scale = self.scale * (level * levels.cao[:, :, form])[:, 0]
        reference = self.contract.reference[0] * levels.contract[:, 0]
        grid, alike = self._grid(), self._cohorts_of_equal_cost()
        parts = [slice(first, first + AT_ONCE) for first in range(0, len(scale), AT_ONCE)]
        limited = [self._limited(alike, grid, (reference / scale)[few], few) for few in parts]
        corridor = self.contract.corridor
        between = np.diff(np.concatenate(limited), axis=2)[:, :, 0] * scale[:, None]
        width = (corridor.upper - corridor.lower) * reference[:, None]
        return np.asarray(np.where(corridor.deficit, between, width - between))

    def _limited(
        self, alike: Sequence[Sequence[_Cohort]], grid: tuple[float, int], reference: FloatArray, few: slice
    ) -> FloatArray:
        """Mean of the base limited at both edges of every layer, in some scenarios; (n_few, n_layers, 2).

        ``reference`` (n_few,): the amount of which the edges are parts, at intensity and price level one.
        """
        step, n_frequencies = grid
        log = np.zeros((len(reference), N_GRID // 2 + 1), dtype=np.complex128)
        # the transform of a wide sum is nothing beyond its low frequencies
        log[:, n_frequencies:] = -np.inf
        for cohorts in alike:
            log[:, :n_frequencies] += self._log(cohorts, step, n_frequencies, few)
        corridor = self.contract.corridor
        edges = np.stack([corridor.lower, corridor.upper], axis=1).ravel()
        at = np.minimum(edges * reference[:, None], step * (N_GRID - 1))
        return limited_means(aggregate(log, N_GRID), step, at).reshape(len(reference), -1, 2)

    def _grid(self) -> tuple[float, int]:
        """Grid step (the reach above the mean of the widest future) and how many frequencies count."""
        mean, variance, clients = 0.0, 0.0, 0.0
        most = float(self.factors.inflow[:, :2].max())
        sampler = self.planned.sampler
        for cohort in self.cohorts:
            n = _clients(sampler, cohort.row, cohort.stock) * cohort.share
            euro = cohort.price * float(sampler.forecast.units_per_month[cohort.row]) * MONTHS
            row = self.planned.case.demand[cohort.row]
            spread = (1 + row.units_cv**2) * (1 + row.realised_cv**2) * 2
            dispersion = 1.0 if cohort.stock else row.starts_dispersion
            mean += n * most * euro
            variance += n * most * euro**2 * (spread + dispersion)
            clients += n
        length = mean + REACH * variance**0.5
        return length / N_GRID, N_GRID // 2 + 1 if clients < MANY else self._frequencies(length)

    def _frequencies(self, length: float) -> int:
        """Frequencies at which the transform is more than nothing, from the least variance of any scenario.

        A normal law's transform falls to exp(-k^2/2) at k standard deviations; the stock's spread alone is less than the
        whole, so the cut is on the safe side.
        """
        least = float(self.factors.inflow[:, :2].min())
        variance = 0.0
        for cohort in self.cohorts:
            forecast = self.planned.sampler.forecast
            n = _clients(self.planned.sampler, cohort.row, cohort.stock) * cohort.share
            duration = float(forecast.durations.mean[cohort.row])
            months = min(MONTHS, duration) / 2
            variance += least * n * (cohort.price * float(forecast.units_per_month[cohort.row]) * months) ** 2
        return min(N_GRID // 2 + 1, int(np.ceil(DECAY * length / (2 * np.pi * max(variance, 1e-300) ** 0.5))))

    def _cohorts_of_equal_cost(self) -> list[list[_Cohort]]:
        """Cohorts whose clients cost alike in every scenario: they differ in number only, as areas mostly do."""
        groups: dict[tuple[object, ...], list[_Cohort]] = {}
        for cohort in self.cohorts:
            key: tuple[object, ...] = (self._client(cohort),)
            if not cohort.stock:
                longer = self.factors.duration[:, 0, cohort.row]
                dispersion = self.planned.case.demand[cohort.row].starts_dispersion
                key += (dispersion, cohort.share, longer.tobytes())
            groups.setdefault(key, []).append(cohort)
        return list(groups.values())

    def _log(self, alike: Sequence[_Cohort], step: float, n_frequencies: int, few: slice) -> ComplexArray:
        """Log transform of cohorts alike together in some scenarios; (n_few, n_frequencies).

        Compound sums of equal severity add up to one of the sum of their means, negative binomial ones where the
        dispersion is equal too.
        """
        forecast, one = self.planned.sampler.forecast, alike[0]
        rows, share = [cohort.row for cohort in alike], np.array([cohort.share for cohort in alike])
        clients = forecast.stock if one.stock else forecast.starts[0]
        mean = self.factors.inflow[few, 0 if one.stock else 1][:, rows] @ (clients[rows] * share)
        if one.stock:
            return poisson_log(mean[:, None], self._severity(one, step)[:n_frequencies])
        # thinning a negative binomial by a share thins its excess dispersion alike
        dispersion = 1 + (self.planned.case.demand[one.row].starts_dispersion - 1) * one.share
        severity = self._at_durations(one, step, few)[:, :n_frequencies]
        return negative_binomial_log(mean[:, None], dispersion, severity)

    def _at_durations(self, cohort: _Cohort, step: float, few: slice) -> ComplexArray:
        """Severity transforms at the duration factor of some scenarios, interpolated; (n_few or 1, n_frequencies)."""
        factor = np.log(self.factors.duration[:, 0, cohort.row])
        low, high = float(factor.min()), float(factor.max())
        if high - low < SAME:
            return self._severity(cohort, step, float(np.exp(low)))[None]
        nodes = (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * (np.arange(N_NODES) + 0.5) / N_NODES)
        factor = factor[few]
        weights = np.ones((len(factor), N_NODES))
        for i in range(N_NODES):
            for j in range(N_NODES):
                if i != j:
                    weights[:, i] *= (factor - nodes[j]) / (nodes[i] - nodes[j])
        return np.asarray(
            weights @ np.stack([self._severity(cohort, step, float(np.exp(node))) for node in nodes])
        )

    def _client(self, cohort: _Cohort, longer: float = 1.0) -> _Client:
        """A client of a cohort whose trajectories last ``longer`` times what is expected."""
        row, sampler = self.planned.case.demand[cohort.row], self.planned.sampler
        forecast = sampler.forecast
        law = forecast.durations.rows(np.array([cohort.row]))
        rate = float(forecast.units_per_month[cohort.row]) * cohort.price
        if not cohort.stock:
            law = law.lengthened(np.array([longer * forecast.longer[0, cohort.row]]))
            rate *= float(forecast.heavier[0, cohort.row])
        return _Client(
            form=sampler.cells.care_form_ids.index(row.care_form),
            stock=cohort.stock,
            distribution=row.duration_distribution,
            duration=float(law.mean[0]),
            duration_cv=row.duration_cv,
            rate=rate,
            variance=float(np.log1p(row.units_cv**2) + np.log1p(row.realised_cv**2)),
            law=law,
        )

    def _severity(self, cohort: _Cohort, step: float, longer: float = 1.0) -> ComplexArray:
        """Transform of what one client costs in the year; remembered, because cohorts often have the same terms."""
        client = self._client(cohort, longer)
        if client not in self._transforms:
            profiles = self.planned.sampler.profiles
            months, chance = _months(client.law, client.stock)
            shares = np.diff(profiles.cumulative_share[client.form], prepend=0.0)
            rates = client.rate * profiles.intensity[client.form]

            def limited(x: FloatArray) -> FloatArray:
                """E[min(rate x months, x)], mixed over profiles and months."""
                total = np.zeros_like(x)
                for share, own in zip(shares, rates, strict=True):
                    if share > 0:
                        for m, p in zip(months[1:], chance[1:], strict=True):
                            total += share * p * _limited_lognormal(own * m, client.variance, x)
                return total

            mean = float(shares @ rates) * float(months @ chance)
            self._transforms[client] = _fine_transform(limited, mean, step)
        return self._transforms[client]


def _clients(sampler: ClientSampler, row: int, stock: bool) -> float:
    """Expected clients of a row of demand in the first year: its stock or its starts."""
    return float((sampler.forecast.stock if stock else sampler.forecast.starts[0])[row])


def _fine_transform(limited: Callable[[FloatArray], FloatArray], mean: float, step: float) -> ComplexArray:
    """Transform of a severity at the frequencies of the aggregate's grid; (N_GRID // 2 + 1,).

    The aggregate is wide and its grid coarse; a client costs less than a step of it. So the severity gets a grid of its own
    over the same length, a power of two finer, of which the low frequencies are kept.
    """
    low = np.arange(N_GRID // 2 + 1)
    if mean == 0:
        return np.ones(len(low), dtype=np.complex128)
    finer = 2 ** max(0, int(np.ceil(np.log2(FINENESS * step / mean))))
    n = N_GRID * finer
    reach = min(n, int(np.ceil(LARGEST_CLIENT * mean * finer / step)))
    chance = discretised(limited, step / finer, reach)
    if n > LONGEST_GRID:
        return np.asarray(np.exp(-2j * np.pi / n * np.outer(low, np.arange(reach))) @ chance)
    probabilities = np.zeros(n)
    probabilities[:reach] = chance
    return transform(probabilities)[: len(low)]


def _limited_lognormal(mean: float, variance: float, x: FloatArray) -> FloatArray:
    """E[min(Z, x)] of a log-normal with this mean and variance of its logarithm."""
    if variance == 0:
        return np.minimum(mean, x)
    sigma = variance**0.5
    safe = np.maximum(x, 1e-300)
    scaled = (np.log(safe) - np.log(mean) + variance / 2) / sigma
    return np.asarray(mean * ndtr(scaled - sigma) + x * ndtr(-scaled))


def _months(duration: Mixed, stock: bool) -> tuple[FloatArray, FloatArray]:
    """Months in care of the first year and their probabilities, the mean kept.

    Of the stock E[min(M, x)] = x - (twice integrated survival)/mean (equilibrium); of starts, uniform in the year,
    P(M > x) = S(x) (1 - x/12).
    """
    x = np.linspace(0.0, MONTHS, N_MONTHS + 1)
    once = np.array([float(integrated_survival(np.array([v]), duration)[0]) for v in x])
    twice = np.array([float(twice_integrated_survival(np.array([v]), duration)[0]) for v in x])
    limited = x - twice / float(duration.mean[0]) if stock else (1 - x / MONTHS) * once + twice / MONTHS
    slope = np.diff(limited) / (MONTHS / N_MONTHS)
    chance = np.concatenate([[1 - slope[0]], slope[:-1] - slope[1:], [slope[-1]]])
    return x, chance


def exact_layers(
    out_of_sample: Plan, closed: Plan, contracts: tuple[Taakgericht, ...], drawn: tuple[FloatArray, ...]
) -> tuple[tuple[ExactLayer, ...], tuple[tuple[str, Sentence], ...]]:
    """Layers of every contract for which it applies, and why the others are left out.

    ``drawn``: U of each contract in the out-of-sample scenarios, (n_scenarios, n_years, n_layers); ``closed``: other
    scenarios, over which the factors are mixed.
    """
    found: list[tuple[str, str, FloatArray, FloatArray, FloatArray]] = []
    skipped: list[tuple[str, Sentence]] = []
    factors = out_of_sample.factor_model.multipliers(
        np.concatenate([normals_of(out_of_sample), normals_of(closed)])
    )
    for contract, simulated in zip(contracts, drawn, strict=True):
        name = f"{contract.provider}/{contract.lot}"
        year = _FirstYear(out_of_sample, contract, factors)
        reason = year.why_not()
        if reason is not None:
            skipped.append((name, reason))
            continue
        given, mixed = np.split(year.layer_means(), [out_of_sample.n_scenarios])
        for k, layer in enumerate(contract.corridor.names):
            found.append((name, layer, mixed[:, k], given[:, k], simulated[:, 0, k]))
    level = -np.expm1(np.log1p(-FAMILY_WISE) / max(1, len(found)))
    many, few = Scramblings(closed.n_scramblings), Scramblings(out_of_sample.n_scramblings)
    layers = []
    for name, layer, mixed, given, simulated in found:
        p_value = _p_value(simulated - given)
        layers.append(
            ExactLayer(name, layer, many.mean(mixed), few.mean(simulated), p_value, bool(p_value < level))
        )
    return tuple(layers), tuple(skipped)


def _p_value(difference: FloatArray) -> float:
    """Two-sided p-value of mean zero; one where nothing differs."""
    spread = float(difference.std(ddof=1))
    if spread == 0:
        return 1.0 if float(difference.mean()) == 0 else 0.0
    statistic = float(difference.mean()) / (spread / len(difference) ** 0.5)
    return float(2 * student.sf(abs(statistic), len(difference) - 1))
