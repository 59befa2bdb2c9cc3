"""Years that are known, predicted from the years before: would the case have foreseen them?

Persons in care of every municipality, and of the areas that have a series, are predicted from an origin year on with the
engine itself: clients drawn one by one, the case put back in time (``known_years``). Two models predict. The **deciding**
one is the case as every study uses it; the **estimated** one beside it takes growth and spread from the years up to the
origin. Nothing is tuned on the years predicted. Areas do not add up to their municipality (CBS cannot place every client),
so of them the share among the areas counted is predicted; in the estimated model with a growth of their own as far as
earlier years show more than chance (DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2).

Totals and shares are judged apart, because shares say nothing of money. How many predictions an interval should cover is
not binomial: all years share their shocks. It is judged by the distribution of the number covered when each simulated
scenario in turn is taken for the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from bekostiging.case import Case, dated_notes, pseudonymised
from bekostiging.case.arguments import checked_whole, kinds_checked
from bekostiging.case.growth import growth_used
from bekostiging.case.pseudonym import privacy_notes
from bekostiging.case.series import Series
from bekostiging.case.spread import Spread, estimated_spreads
from bekostiging.evaluation.notes import alarms, measured
from bekostiging.evaluation.study import Study, check_case_given
from bekostiging.scenarios import (
    Plan,
    SelfCheck,
    deviations,
    draw_block,
    factor_distribution_notes,
    plan,
    self_check,
)
from bekostiging.studies.coverage import QUANTILES, Judgement, Prediction, judged
from bekostiging.studies.known_years import (
    KnownYears,
    Model,
    count_in,
    known_years,
    persons_of,
    put_back,
    until,
)
from bekostiging_solvers.typing import FloatArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Hindcast:
    """What one model says of the years since the origin.

    Attributes
    ----------
    model : {"deciding", "estimated"}
        The case as every study uses it, or growth and spread from the years up to the origin.
    predictions : tuple of Prediction
        Every place, care and year.
    totals, shares : Judgement or None
        How many counts of municipalities, and shares of areas, lie in the intervals; None where there are none.
    shocks : dict of int to (float, float)
        Per year what all municipalities together counted, over its median in the scenarios, less one; and its normal score.
    growth : dict of (str, str) to (float, float)
        Per municipality and law: yearly growth of the inflow, demography included (fraction), and its standard error.
    spread : tuple of Spread
        Risk factors whose size was estimated from the years up to the origin.

    Examples
    --------
    >>> from bekostiging import backtest, read_case
    >>> youth = backtest(read_case("almere"), 2021, n_scenarios=32).deciding
    >>> youth.totals.judged.of, youth.shares is None  # Youth Act and Wmo in 2022; districts changed their borders
    (2, True)
    """

    model: Model
    predictions: tuple[Prediction, ...]
    totals: Judgement
    shares: Judgement | None
    shocks: dict[int, tuple[float, float]]
    growth: dict[tuple[str, str], tuple[float, float]]
    spread: tuple[Spread, ...]


@dataclass(frozen=True)
class Backtest(Study):
    """Predictions from a past year beside what was counted since.

    ``to_frame()``: a row per model and prediction, its quantiles as p2.5 to p97.5.

    Attributes
    ----------
    origin : int
        Last year that is taken as known.
    deciding, estimated : Hindcast
        The case as every study uses it, and the model with growth and spread from the years up to the origin.

    Examples
    --------
    >>> from bekostiging import backtest, read_case
    >>> outcome = backtest(read_case("almere"), n_scenarios=32)
    >>> outcome.origin, outcome.deciding.predictions[0].counted
    (2020, 6585.0)
    """

    origin: int
    deciding: Hindcast
    estimated: Hindcast

    @property
    def models(self) -> tuple[Hindcast, Hindcast]:
        """The deciding model first."""
        return self.deciding, self.estimated

    def to_frame(self) -> pd.DataFrame:
        """Every prediction beside its count."""
        import pandas as pd

        rows = []
        for own in self.models:
            for one in own.predictions:
                quantiles = {f"p{100 * q:g}": value for q, value in zip(QUANTILES, one.quantiles, strict=True)}
                place = {"place": one.place, "care_form": one.care_form, "year": one.year, "share": one.share}
                rows.append(
                    {"model": own.model} | place | {"counted": one.counted} | quantiles | {"below": one.below}
                )
        return pd.DataFrame(rows)

    def overview(self) -> pd.DataFrame:
        """How many predictions lie in each interval, and how many should, per model and kind."""
        import pandas as pd

        rows = [
            {
                "model": own.model,
                "kind": kind,
                "interval": f"{100 * one.level:.0f} %",
                "inside": f"{one.inside} of {one.of}",
                "the model expects": f"{one.low}-{one.high}",
                "verdict": judgement.verdict,
            }
            for own in self.models
            for kind, judgement in (("totals", own.totals), ("shares", own.shares))
            if judgement is not None
            for one in judgement.coverage
        ]
        return pd.DataFrame(rows)

    def heading(self) -> str:
        """What was known and what was predicted."""
        n = len(self.deciding.predictions)
        return f"{n} predictions from {self.origin} on by two models, {self.n_scenarios} scenarios"


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
        Every prediction, and how many lie inside the intervals, of the case itself and of growth and spread estimated.

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
    case = pseudonymised(case)
    if origin is not None:
        checked_whole("origin", origin, 0)
    checked_whole("n_scenarios", n_scenarios, 1)
    checked_whole("seed", seed, 0)
    known = known_years(case, origin)
    deciding, planned, checked = _predicted(case, known, "deciding", n_scenarios, seed)
    estimated, _, also = _predicted(case, known, "estimated", n_scenarios, seed)
    return Backtest(
        case=case,
        n_scenarios=planned.n_scenarios,
        seed=seed,
        named=False,
        notes=(
            *measured(planned, checked),
            *alarms(also),
            *privacy_notes(case),
            *factor_distribution_notes(case),
            *dated_notes(case),
        ),
        self_check=checked,
        origin=known.origin,
        deciding=deciding,
        estimated=estimated,
    )


def _predicted(
    case: Case, known: KnownYears, model: Model, n_scenarios: int, seed: int
) -> tuple[Hindcast, Plan, SelfCheck]:
    """What a model says, the plan it was drawn by, and the self-check of what was drawn."""
    back = put_back(case, known, model)
    planned = plan(back, n_scenarios, known.n_years, seed, "out_of_sample")
    samples, checked = _draw_persons(planned, known)
    if model == "estimated":
        before = [until(one, known.origin) for one in known.areas]
        samples[:, :, len(known.totals) :] *= _own_growth(before, case, samples.shape[:2], seed)
    predictions, columns = _beside_counts(known, samples)
    kinds = {share: [k for k, one in enumerate(predictions) if one.share == share] for share in (False, True)}
    totals, shares = (
        judged(columns[:, own], np.array([predictions[k].counted for k in own])) for own in kinds.values()
    )
    assert totals is not None  # known_years refuses a history without totals
    return (
        Hindcast(
            model, predictions, totals, shares, _shocks(known, samples), growth_used(back),
            tuple(estimated_spreads(back).values()),
        ),
        planned,
        checked,
    )  # fmt: skip


def _draw_persons(planned: Plan, known: KnownYears) -> tuple[FloatArray, SelfCheck]:
    """Persons of every target in every year after the origin, (n_scenarios, n_years, n_targets); and the self-check."""
    drawn, off = [], []
    for index in range(planned.n_blocks):
        block = draw_block(planned, index)
        use = block.care_use()
        drawn.append(use.clients)
        off.append(deviations(use, block.expected))
    clients = np.concatenate(drawn)
    persons = [persons_of(planned.case, planned.cells, clients, one, known.origin) for one in known.targets]
    return np.stack(persons, axis=2), self_check(planned.cells, off)


def _own_growth(before: Sequence[Series], case: Case, shape: tuple[int, int], seed: int) -> FloatArray:
    """What every area grows apart from the others, drawn from what its years up to the origin say, as a factor;
    (n_scenarios, n_years, n_areas)."""
    dispersion = max((row.starts_dispersion for row in case.demand), default=1.0)
    rates = []
    for one in before:
        span = one.years[-1] - one.years[0]
        noise = dispersion * (1 / one.counts[0] + 1 / one.counts[-1]) / span**2
        rates.append((float(np.log(one.counts[-1] / one.counts[0])) / span, noise))
    if not rates:
        return np.ones((*shape, 0))
    value, noisy = (np.array(column) for column in zip(*rates, strict=True))
    factor = np.ones((*shape, len(rates)))
    rng = np.random.Generator(np.random.SFC64([seed, 1]))
    years = np.arange(1, shape[1] + 1)
    for name in dict.fromkeys(one.care_form for one in before):
        own = np.array([one.care_form == name for one in before])
        apart = value[own] - np.average(value[own], weights=1 / noisy[own])
        between = _between(apart, noisy[own])
        kept = between / (between + noisy[own])
        drawn = kept * apart + np.sqrt(between * (1 - kept)) * rng.standard_normal((shape[0], int(own.sum())))
        factor[:, :, own] = np.exp(drawn[:, None, :] * years[:, None])
    return factor


def _between(value: FloatArray, noise: FloatArray) -> float:
    """Variance between areas beyond their noise, ``value`` as deviations from the weighted mean; method of moments."""
    weight = 1 / noise
    freedom = weight.sum() - (weight**2).sum() / weight.sum()
    return (
        max(float((weight * value**2).sum() - (len(value) - 1)) / float(freedom), 0.0) if len(value) > 1 else 0.0
    )


def _beside_counts(known: KnownYears, samples: FloatArray) -> tuple[tuple[Prediction, ...], FloatArray]:
    """Every count among its scenarios, and those scenarios (n_scenarios, n_predictions): persons, or shares of areas."""
    predictions, columns = [], []
    targets, n_totals = known.targets, len(known.totals)
    for k, one in enumerate(targets):
        for year in (year for year in one.years if year > known.origin):
            t = year - known.origin - 1
            counted, own = count_in(one, year), samples[:, t, k]
            if k >= n_totals:
                peers = [p for p in range(n_totals, len(targets)) if _peers(one, targets[p], year)]
                if len(peers) == 1:
                    continue
                counted = counted / sum(count_in(targets[p], year) for p in peers)
                own = own / samples[:, t, peers].sum(axis=1)
            below = float((own < counted).mean() + (own == counted).mean() / 2)
            quantiles = tuple(float(q) for q in np.quantile(own, QUANTILES))
            predictions.append(
                Prediction(one.place, one.care_form, year, counted, quantiles, below, k >= n_totals)
            )
            columns.append(own)
    return tuple(predictions), np.stack(columns, axis=1)


def _shocks(known: KnownYears, samples: FloatArray) -> dict[int, tuple[float, float]]:
    """Per year what municipalities counted together, over its median in the scenarios, less one; and its normal score."""
    shocks = {}
    for year in sorted({year for one in known.totals for year in one.years if year > known.origin}):
        there = [k for k, one in enumerate(known.totals) if year in one.years]
        total = sum(count_in(known.totals[k], year) for k in there)
        sums = samples[:, year - known.origin - 1, there].sum(axis=1)
        shocks[year] = (total / float(np.median(sums)) - 1, _score(sums, total))
    return shocks


def _peers(one: Series, other: Series, year: int) -> bool:
    """Whether two areas are counted together in a year."""
    return (one.care_form, one.definition) == (other.care_form, other.definition) and year in other.years


def _score(sample: FloatArray, value: float) -> float:
    """Normal score of a value among its scenarios, never beyond what their number can tell."""
    n = len(sample)
    return float(ndtri((float((sample < value).sum() + (sample == value).sum() / 2) + 0.5) / (n + 1)))
