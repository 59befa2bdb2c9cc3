"""A forecast of years that are known: fixed from the years before, then held against what was counted.

Persons in care of every municipality, and of the areas that have a series, are predicted from an origin year on with
the engine itself: clients drawn one by one, the case rebased on the counts of the origin year. Growth, its
uncertainty and the variance of the factors come from history up to the origin year and the published national series;
nothing is tuned on the years predicted. Areas do not add up to their municipality (CBS cannot place every client), so
of them the share among the areas counted is predicted, with a growth of their own as far as earlier years show more
than chance (DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2).

How many predictions an interval should cover is not binomial: all years share their shocks. It is judged by the
distribution of the number covered when each simulated future in turn is taken for the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri
from scipy.stats import chi2

from bekostiging.case import Case, UserError, dated_notes
from bekostiging.case.arguments import checked_whole, kinds_checked
from bekostiging.case.persons import persons
from bekostiging.case.series import FEWEST_YEARS, Series, all_series
from bekostiging.case.spread import Drift, Spread, drift, spreads
from bekostiging.case.tables import LAWS, Index
from bekostiging.evaluation.notes import alarms
from bekostiging.evaluation.study import Study, check_case_given
from bekostiging.scenarios import (
    Factors,
    Plan,
    SelfCheck,
    deviations,
    draw_block,
    factor_distribution_notes,
    plan,
    self_check,
)
from bekostiging.studies.coverage import Coverage, Prediction
from bekostiging_solvers.typing import FloatArray

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (0.50, 0.80, 0.95)
"""Intervals whose coverage is reported."""


@dataclass(frozen=True)
class Backtest(Study):
    """Predictions from a past year beside what was counted since.

    ``to_frame()``: a row per prediction, its quantiles as p2.5 to p97.5.

    Attributes
    ----------
    origin : int
        Last year that is taken as known.
    predictions : tuple of Prediction
        Every place, care and year.
    coverage : tuple of Coverage
        How many counts lie in the intervals, and how many the model expects.
    shocks : dict of int to (float, float)
        Per year what all municipalities together counted, over its median in the scenarios, less one; and its normal score.
    growth : Drift
        Growth estimated up to the origin.
    spread : tuple of Spread
        Spread of the risk factors estimated up to the origin.

    Examples
    --------
    >>> from bekostiging import backtest, read_case
    >>> outcome = backtest(read_case("almere"), n_scenarios=32)
    >>> outcome.origin, len(outcome.predictions), outcome.to_frame().shape
    (2020, 7, (7, 13))
    """

    origin: int
    predictions: tuple[Prediction, ...]
    coverage: tuple[Coverage, ...]
    shocks: dict[int, tuple[float, float]]
    growth: Drift
    spread: tuple[Spread, ...]

    def to_frame(self) -> pd.DataFrame:
        """Every prediction beside its count."""
        import pandas as pd

        rows = []
        for one in self.predictions:
            quantiles = {f"p{100 * q:g}": value for q, value in zip(QUANTILES, one.quantiles, strict=True)}
            place = {"place": one.place, "care_form": one.care_form, "year": one.year, "share": one.share}
            rows.append(place | {"counted": one.counted} | quantiles | {"pit": one.pit})
        return pd.DataFrame(rows)

    def overview(self) -> pd.DataFrame:
        """How many predictions lie in each interval, and how many should."""
        import pandas as pd

        rows = [
            {
                "interval": f"{100 * one.level:.0f} %",
                "inside": f"{one.inside} of {one.of}",
                "the model expects": f"{one.low}-{one.high}",
                "p-value": f"{one.p_value:.3f}",
                "verdict": "contradicted" if one.contradicted else "possible",
            }
            for one in self.coverage
        ]
        return pd.DataFrame(rows)

    def heading(self) -> str:
        """What was known and what was predicted."""
        return f"{len(self.predictions)} predictions from {self.origin} on, {self.n_scenarios} scenarios"


QUANTILES = (0.025, 0.10, 0.25, 0.50, 0.75, 0.90, 0.975)


@kinds_checked
def backtest(case: Case, origin: int | None = None, n_scenarios: int = 1024, seed: int = 1) -> Backtest:
    """Predict the counts of clients after a year from those up to it, and hold the predictions against what was counted.

    Parameters
    ----------
    case : Case
        From ``read_case``, with table history.
    origin : int, optional
        Last year known; without it the third year of the longest series.
    n_scenarios : int, default 1024
        Scenarios drawn; rounded up to whole scramblings.
    seed : int, default 1
        Of all randomness.

    Returns
    -------
    Backtest
        Every prediction, and how many lie inside the intervals.

    Raises
    ------
    UserError
        No series of a municipality with a year to start from and one to predict; mixed definitions; an argument of another
        type or out of range.

    Examples
    --------
    >>> from bekostiging import backtest, read_case
    >>> print(backtest(read_case("almere"), n_scenarios=64))  # doctest: +SKIP
    """
    check_case_given(case)
    if origin is not None:
        checked_whole("origin", origin, 0)
    checked_whole("n_scenarios", n_scenarios, 1)
    checked_whole("seed", seed, 0)
    known = all_series(case)
    totals = _totals(case, known)
    if origin is None:
        longest = max(totals, key=lambda one: len(one.years), default=None)
        if longest is None or len(longest.years) <= FEWEST_YEARS:
            raise _too_short(FEWEST_YEARS + 1)
        origin = longest.years[FEWEST_YEARS - 1]
    totals = [one for one in totals if origin in one.years and one.years[-1] > origin]
    if not totals:
        raise _too_short(2)
    last = max(one.years[-1] for one in totals)
    before = [_until(one, origin) for one in totals]
    growth = drift(case, before, origin)
    spread = spreads(_unstated(case), origin)
    based = _rebased(case, totals, origin, last - origin, growth, spread)
    areas = [
        one
        for one in known
        if one.place in {area.id for area in case.areas}
        and one.care_form in {total.care_form for total in totals}
        and origin in one.years[1:]  # one year does not tell how an area grows apart
        and one.years[-1] > origin
    ]
    targets = [*totals, *areas]
    made = plan(based, n_scenarios, based.n_years, seed, "out_of_sample")
    samples, checked = _scenarios(made, targets, origin, growth, spread)
    samples *= _own_growth([_until(one, origin) for one in targets], len(totals), case, samples.shape, seed)
    predictions, coverage, shocks = _judged(targets, origin, samples, len(totals))
    return Backtest(
        case=case,
        n_scenarios=made.n_scenarios,
        seed=seed,
        named=False,
        notes=(*alarms(checked), *made.notes, *factor_distribution_notes(case), *dated_notes(case)),
        self_check=checked,
        origin=origin,
        predictions=predictions,
        coverage=coverage,
        shocks=shocks,
        growth=growth,
        spread=spread,
    )


def _too_short(years: int) -> UserError:
    return UserError(
        f"history: geen gemeente heeft een reeks cliënten van {years} jaren onder een definitie, waaronder het jaar van "
        "uitgang en een later jaar; vul history aan.",
        f"history: no municipality has a series of clients of {years} years under one definition, the year of origin and a "
        "later one among them; add to history.",
    )


def _totals(case: Case, known: Sequence[Series]) -> list[Series]:
    """Series of municipalities: of laws, or of care forms where no law has one."""
    own = [one for one in known if one.place in {row.code for row in case.municipalities}]
    return [one for one in own if one.care_form in LAWS] or own


def _unstated(case: Case) -> Case:
    """The case without stated standard deviations of inflow: the origin year estimates them all."""
    return replace(
        case,
        risk_factors=tuple(
            row.model_copy(update={"standard_deviation": None}) if row.quantity == "inflow" else row
            for row in case.risk_factors
        ),
    )


def _until(one: Series, origin: int) -> Series:
    """The years up to the origin."""
    n = sum(year <= origin for year in one.years)
    return replace(one, years=one.years[:n], counts=one.counts[:n])


def _at(one: Series, year: int) -> float:
    """The count of a year."""
    return one.counts[one.years.index(year)]


def _forms(case: Case, name: str) -> set[str]:
    """Care forms of a law, or the one named."""
    return {form.id for form in case.care_forms if name in (form.law, form.id)}


def _rebased(
    case: Case, totals: Sequence[Series], origin: int, n_years: int, growth: Drift, spread: Sequence[Spread]
) -> Case:
    """The case as it was in the origin year: demand scaled to its counts, growth and spread as known then."""
    payer = {area.id: area.municipality for area in case.areas}
    demand = []
    for one in totals:
        own = [
            row
            for row in case.demand
            if payer[row.area] == one.place and row.care_form in _forms(case, one.care_form)
        ]
        trajectories = sum(row.clients_at_start + row.starts_per_year for row in own)
        modelled = persons(case, one.care_form, trajectories)
        scale = _at(one, origin) / modelled
        demand += [
            row.model_copy(
                update={
                    "clients_at_start": scale * row.clients_at_start,
                    "starts_per_year": scale * row.starts_per_year,
                    "growth": float(np.expm1(growth.mean)),
                    "growth_duration": 0.0,
                    "growth_intensity": 0.0,
                }
            )
            for row in own
        ]
    sigma = {one.factor: one.estimate for one in spread}
    flat = {"source": "backtest", "status": "estimated"}
    return replace(
        case,
        base_year=origin,
        areas=tuple(
            area.model_copy(update={"growth_0_17": 0.0, "growth_18_64": 0.0, "growth_65_plus": 0.0})
            for area in case.areas
        ),
        lots=tuple(
            lot.model_copy(update={"first_year": origin + 1, "lead_years": 1, "years": n_years})
            for lot in case.lots
        ),
        indices=tuple(
            Index.model_validate({"year": origin + 1 + t, "ova_forecast": 0.0, "ppc_forecast": 0.0} | flat)
            for t in range(n_years)
        ),
        demand=tuple(demand),
        risk_factors=tuple(
            row.model_copy(update={"standard_deviation": sigma.get(row.id, row.standard_deviation)})
            for row in case.risk_factors
        ),
        combinations=(),
        measures=(),
        substitution=(),
    )  # fmt: skip


@dataclass(frozen=True)
class _Uncertain:
    """What the origin year did not know, per scenario: growth a year (log) and the factor on the factors' spread."""

    growth: FloatArray
    scale: FloatArray

    def __call__(self, factors: Factors, first: int) -> Factors:
        """Inflow of the scenarios from ``first`` on, with their own growth and spread."""
        n, n_moments = factors.inflow.shape[:2]
        own = slice(first, first + n)
        logs = np.log(factors.inflow)
        scale = self.scale[own, None, None]
        # a wider factor keeps mean one: x - v / 2 becomes k x - k^2 v / 2
        half = -logs.mean(axis=0)
        changed = scale * (logs + half) - scale**2 * half
        changed += self.growth[own, None, None] * np.arange(n_moments)[:, None]
        return replace(factors, inflow=np.exp(changed))


def _scenarios(
    made: Plan, targets: Sequence[Series], origin: int, growth: Drift, spread: Sequence[Spread]
) -> tuple[FloatArray, SelfCheck]:
    """Persons of every target in every year after the origin, (n_scenarios, n_years, n_targets); and the self-check."""
    based = made.case
    rng = np.random.Generator(np.random.SFC64(made.seed))
    freedom = max((one.own + one.national for one in spread), default=growth.freedom)
    uncertain = _Uncertain(
        growth.standard_error * rng.standard_t(growth.freedom, made.n_scenarios),
        # cut at its 99 % quantile: with two degrees of freedom a mean of exponentials would not exist
        np.sqrt(freedom / np.maximum(rng.chisquare(freedom, made.n_scenarios), chi2.ppf(0.01, freedom))),
    )
    drawn, off = [], []
    for index in range(made.n_blocks):
        block = draw_block(made, index, uncertain)
        drawn.append(block.care_use().clients)
        off.append(deviations(block.care_use(), block.expected))
    clients = np.concatenate(drawn)
    found = []
    for one in targets:
        inside = {area.id for area in based.areas if one.place in (area.id, area.municipality)}
        forms = _forms(based, one.care_form)
        own = np.array([made.cells.area_ids[a] in inside and made.cells.care_form_ids[f] in forms
                        for a, f in zip(made.cells.area, made.cells.care_form, strict=True)])  # fmt: skip
        base = sum(
            row.clients_at_start + row.starts_per_year
            for row in based.demand
            if row.area in inside and row.care_form in forms
        )
        found.append(clients[:, :, own].sum(axis=2) * _at(one, origin) / base)
    return np.stack(found, axis=2), self_check(made.cells, off)


def _own_growth(
    before: Sequence[Series], n_totals: int, case: Case, shape: tuple[int, ...], seed: int
) -> FloatArray:
    """What an area grows apart from the other areas, drawn from what its years up to the origin say; one for totals."""
    dispersion = max((row.starts_dispersion for row in case.demand), default=1.0)
    factor = np.ones(shape)
    rates = []
    for one in before[n_totals:]:
        span = one.years[-1] - one.years[0]
        noise = dispersion * (1 / one.counts[0] + 1 / one.counts[-1]) / span**2
        rates.append((float(np.log(one.counts[-1] / one.counts[0])) / span, noise))
    if not rates:
        return factor
    value, noisy = (np.array(column) for column in zip(*rates, strict=True))
    value = value - np.average(value, weights=1 / noisy)
    between = _between(value, noisy)
    kept = between / (between + noisy)
    rng = np.random.Generator(np.random.SFC64([seed, 1]))
    own = kept * value + np.sqrt(between * (1 - kept)) * rng.standard_normal((shape[0], len(rates)))
    years = np.arange(1, shape[1] + 1)
    factor[:, :, n_totals:] = np.exp(own[:, None, :] * years[:, None])
    return factor


def _between(value: FloatArray, noise: FloatArray) -> float:
    """Variance between areas beyond their noise, ``value`` as deviations from the weighted mean; method of moments."""
    weight = 1 / noise
    freedom = weight.sum() - (weight**2).sum() / weight.sum()
    return (
        max(float((weight * value**2).sum() - (len(value) - 1)) / float(freedom), 0.0) if len(value) > 1 else 0.0
    )


def _judged(
    targets: Sequence[Series], origin: int, samples: FloatArray, n_totals: int
) -> tuple[tuple[Prediction, ...], tuple[Coverage, ...], dict[int, tuple[float, float]]]:
    """Every count among its scenarios, how many are covered beside how many should be, and the shock of every year."""
    predictions, columns = [], []
    for k, one in enumerate(targets):
        for year in (year for year in one.years if year > origin):
            counted, own = _at(one, year), samples[:, year - origin - 1, k]
            if k >= n_totals:
                peers = [p for p in range(n_totals, len(targets)) if _peers(one, targets[p], year)]
                if len(peers) == 1:
                    continue
                counted = counted / sum(_at(targets[p], year) for p in peers)
                own = own / samples[:, year - origin - 1, peers].sum(axis=1)
            below = float((own < counted).mean() + (own == counted).mean() / 2)
            quantiles = tuple(float(q) for q in np.quantile(own, QUANTILES))
            predictions.append(
                Prediction(one.place, one.care_form, year, counted, quantiles, below, k >= n_totals)
            )
            columns.append(own)
    scenarios, counts = np.stack(columns, axis=1), np.array([one.counted for one in predictions])
    coverage = tuple(_coverage(scenarios, counts, level) for level in LEVELS)
    shocks = {}
    for year in sorted({one.year for one in predictions}):
        there = [k for k, one in enumerate(targets[:n_totals]) if year in one.years]
        if there:
            total = sum(_at(targets[k], year) for k in there)
            sums = samples[:, year - origin - 1, there].sum(axis=1)
            shocks[year] = (total / float(np.median(sums)) - 1, _score(sums, total))
    return tuple(predictions), coverage, shocks


def _peers(one: Series, other: Series, year: int) -> bool:
    """Whether two areas are counted together in a year."""
    return (one.care_form, one.definition) == (other.care_form, other.definition) and year in other.years


def _score(sample: FloatArray, value: float) -> float:
    """Normal score of a value among its scenarios, never beyond what their number can tell."""
    n = len(sample)
    return float(ndtri((float((sample < value).sum() + (sample == value).sum() / 2) + 0.5) / (n + 1)))


def _coverage(scenarios: FloatArray, counted: FloatArray, level: float) -> Coverage:
    """How many counts an interval covers, among how many it covers when a scenario is the truth."""
    low, high = np.quantile(scenarios, [(1 - level) / 2, (1 + level) / 2], axis=0)
    own = ((scenarios >= low) & (scenarios <= high)).sum(axis=1)
    inside = int(((counted >= low) & (counted <= high)).sum())
    n = len(own) + 1
    p_value = min(1.0, 2 * min((own <= inside).sum() + 1, (own >= inside).sum() + 1) / n)
    ends = np.quantile(own, [0.025, 0.975], method="inverted_cdf")
    return Coverage(level, inside, len(counted), int(ends[0]), int(ends[1]), float(p_value))
