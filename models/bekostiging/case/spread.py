"""How far the systematic inflow of a region moves from year to year: estimated from ``history``, shrunk to the nation.

A factor x_t = phi x_(t-1) + sigma e_t changes over d years with variance sigma^2 c(d), c(d) = 2 (1 - phi^d) /
(1 - phi^2), and c(d) = d at phi = 1. A growth rate minus its own mean, squared, less what counting adds, over c(d)
estimates sigma^2. Variances of places of one level are pooled by their degrees of freedom together with the national
variance and its own (scaled inverse chi-squared; Gelman et al., Bayesian Data Analysis, section 2.6): few own years
lean on the nation, many do not. The interval is that of the pooled chi-squared. What moves a region as a whole is the
national factor and its own together: the variance of the national factor of the case is taken off again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bekostiging.case.arguments import checked_kind, checked_whole
from bekostiging.case.errors import UserError
from bekostiging.case.model import Case
from bekostiging.case.series import FEWEST_YEARS, NATION, NATIONAL_GROWTH, Growth, Series, all_series

if TYPE_CHECKING:
    from bekostiging.case.tables import RiskFactor

INTERVAL = 0.95
FEWEST_RATES = 4
"""Growth rates below which a mean growth has no error worth drawing from."""
LEVELS = ("national", "municipality", "care_form")
"""Levels of inflow factors that history can speak of."""


@dataclass(frozen=True)
class Spread:
    """Standard deviation of the yearly innovation of a risk factor, with its interval of 95 %.

    Parameters
    ----------
    factor : str
        Id of the risk factor.
    given : float or None
        The standard deviation of the case (log growth per year), if any.
    estimate, low, high : float
        That of history, and the ends of its interval.
    own, national : int
        Degrees of freedom from the region's series and from the nation's.
    series : tuple of str
        The region's series that were used.

    Examples
    --------
    >>> from bekostiging.case import Spread
    >>> Spread("inflow", 0.01, 0.03, 0.02, 0.06, 3, 2, ()).contradicts
    True
    """

    factor: str
    given: float | None
    estimate: float
    low: float
    high: float
    own: int
    national: int
    series: tuple[str, ...]

    @property
    def contradicts(self) -> bool:
        """Whether the given value lies outside the interval."""
        return self.given is not None and not self.low <= self.given <= self.high


def spreads(case: Case, until: int | None = None) -> tuple[Spread, ...]:
    """Estimate the standard deviation of every inflow factor of a case from its history.

    Parameters
    ----------
    case : Case
        A validated case.
    until : int, optional
        Last calendar year that counts as known; default: all years.

    Returns
    -------
    tuple of Spread
        In the order of ``case.risk_factors``.

    Raises
    ------
    UserError
        A series that mixes definitions; an argument of another kind.

    Examples
    --------
    >>> from bekostiging.case import read_case, spreads
    >>> [(one.factor, round(one.estimate, 3)) for one in spreads(read_case("almere"))]
    [('national_inflow', 0.026), ('municipal_inflow', 0.027), ('form_inflow', 0.02)]
    """
    checked_kind("case", case, Case, "read_case")
    if until is not None:
        checked_whole("until", until, 0)
    series = [one for one in all_series(case, until) if len(one.years) >= FEWEST_YEARS]
    return tuple(
        _spread(case, factor, series, until)
        for factor in case.risk_factors
        if factor.quantity == "inflow" and factor.level in LEVELS
    )


def national_growth(case: Case, until: int | None = None) -> tuple[Growth, ...]:
    """The nation's growth: the case's own national series, else the published one, as far as known in ``until``."""
    national = [one for one in all_series(case, until) if one.place == NATION and len(one.years) >= FEWEST_YEARS]
    if national:
        return tuple(growth for one in national for growth in one.growths(0.0))
    return tuple(
        growth for growth in NATIONAL_GROWTH if until is None or growth.first_year + growth.years <= until
    )


def _spread(case: Case, factor: RiskFactor, series: Sequence[Series], until: int | None) -> Spread:
    """One factor."""
    from scipy.stats import chi2

    phi = factor.autocorrelation
    # known early, the nation has too few years: then the published series as a whole is the only prior there is
    known = national_growth(case, until)
    nation = known if len(known) >= FEWEST_YEARS - 1 else NATIONAL_GROWTH
    prior, freedom = _variance(nation, phi), len(nation) - 1
    regional = [] if factor.level == "national" else _series_of(case, factor, series)
    dispersion = max((row.starts_dispersion for row in case.demand), default=1.0)
    total, count = freedom * prior, 0
    for one in regional:
        growths = one.growths(dispersion)
        total += (len(growths) - 1) * _variance(growths, phi)
        count += len(growths) - 1
    shared = 0.0 if factor.level == "national" else _national_variance(case, until)
    ends = ((1 + INTERVAL) / 2, (1 - INTERVAL) / 2)
    levels = (freedom + count, *(float(chi2.ppf(end, freedom + count)) for end in ends))
    pooled, low, high = (max(total / level - shared, 0.0) ** 0.5 for level in levels)
    names = tuple(f"{one.place} / {one.care_form} {one.years[0]}-{one.years[-1]}" for one in regional)
    return Spread(factor.id, factor.standard_deviation, pooled, low, high, count, freedom, names)


def _national_variance(case: Case, until: int | None) -> float:
    """Variance of the innovation of the national inflow factor of the case, estimated where it is empty."""
    variance = 0.0
    for row in case.risk_factors:
        if row.level == "national" and row.quantity == "inflow":
            sigma = row.standard_deviation
            variance += _spread(case, row, (), until).estimate ** 2 if sigma is None else sigma**2
    return variance


@dataclass(frozen=True)
class Drift:
    """Mean growth a year (log) with its standard error, and the degrees of freedom behind both."""

    mean: float
    standard_error: float
    freedom: int


def drift(case: Case, series: Sequence[Series], until: int) -> Drift:
    """Mean growth of a region from years up to ``until``: its own and the nation's rates as one sample.

    With fewer than ``FEWEST_RATES`` of them the published national series stands in as a whole.
    """
    dispersion = max((row.starts_dispersion for row in case.demand), default=1.0)
    regional = [growth for one in series for growth in one.growths(dispersion)]
    nation = national_growth(case, until)
    known = [*(nation if len(nation) + len(regional) >= FEWEST_RATES else NATIONAL_GROWTH), *regional]
    years = sum(growth.years for growth in known)
    mean = sum(growth.log for growth in known) / years
    variance = max(_variance(known, 1.0), _variance(NATIONAL_GROWTH, 1.0))
    return Drift(mean, (variance / years) ** 0.5, len(known) - 1)


def _series_of(case: Case, factor: RiskFactor, series: Sequence[Series]) -> list[Series]:
    """Series a level is judged by: totals of municipalities, or single care forms."""
    municipalities = {row.code for row in case.municipalities}
    forms = {row.id for row in case.care_forms}
    if factor.level == "municipality":
        return [one for one in series if one.place in municipalities and one.care_form not in forms]
    return [one for one in series if one.care_form in forms and one.place != NATION]


def _variance(growths: Sequence[Growth], phi: float) -> float:
    """Variance of the yearly innovation behind growth rates, counting noise taken off; never negative."""
    mean = sum(one.log for one in growths) / sum(one.years for one in growths)
    total = sum(
        ((one.log - mean * one.years) ** 2 * len(growths) / (len(growths) - 1) - one.noise) / _over(one.years, phi)
        for one in growths
    )
    return max(total / len(growths), 0.0)


def _over(years: int, phi: float) -> float:
    """Variance of the change over some years, in innovations of one."""
    return float(years) if phi == 1 else 2 * (1 - phi**years) / (1 - phi**2)


def with_estimates(case: Case) -> Case:
    """The case with the empty standard deviations of its inflow factors estimated, each told in a note.

    Raises
    ------
    UserError
        An empty standard deviation of a factor that history cannot speak of.
    """
    empty = [row for row in case.risk_factors if row.standard_deviation is None]
    if not empty:
        return case
    for row in empty:
        if row.quantity != "inflow":
            raise UserError(
                f"risk_factors, rij {row.line}, standard_deviation: history zegt niets van {row.quantity}; vul hem in.",
                f"risk_factors, row {row.line}, standard_deviation: history says nothing of {row.quantity}; fill it in.",
            )
    estimates = {one.factor: one for one in spreads(case)}
    names = {row.id for row in empty}
    filled = tuple(
        row.model_copy(
            update={
                "standard_deviation": estimates[row.id].estimate,
                "source": "; ".join([*estimates[row.id].series, "CBS"]),
                "status": "estimated",
            }
        )
        if row.id in names
        else row
        for row in case.risk_factors
    )
    return replace(case, risk_factors=filled)


def spread_notes(case: Case) -> tuple[dict[str, str], ...]:
    """One note per inflow factor that was estimated from history, or that history contradicts.

    Parameters
    ----------
    case : Case
        A validated case.

    Returns
    -------
    tuple of dict
        Each in Dutch (``nl``) and English (``en``).

    Raises
    ------
    UserError
        A series that mixes definitions; an argument of another kind.

    Examples
    --------
    >>> from bekostiging.case import read_case, spread_notes
    >>> [note["en"][:50] for note in spread_notes(read_case("almere"))]
    ['risk_factors: municipal_inflow is estimated from h']
    """
    return tuple(_told(one) for one in spreads(case) if one.given == one.estimate or one.contradicts)


def _told(one: Spread) -> dict[str, str]:
    """The estimate with its interval, or the given value it contradicts."""

    def percent(value: float, lang: str) -> str:
        """One decimal in the language given."""
        text = f"{100 * value:.1f}"
        return text.replace(".", ",") if lang == "nl" else text

    interval = {
        lang: f"{percent(one.low, lang)} - {percent(one.high, lang)} % ({one.own} + {one.national} {words})"
        for lang, words in (
            ("nl", "eigen en landelijke vrijheidsgraden"),
            ("en", "own and national degrees of freedom"),
        )
    }
    if one.given == one.estimate:
        return {
            "nl": f"risk_factors: {one.factor} is geschat uit history: {percent(one.estimate, 'nl')} % per jaar, "
            f"95 %-interval {interval['nl']}.",
            "en": f"risk_factors: {one.factor} is estimated from history: {percent(one.estimate, 'en')} % a year, "
            f"95 % interval {interval['en']}.",
        }
    return {
        "nl": f"risk_factors: {one.factor} is {percent(one.given or 0.0, 'nl')} % per jaar, history wijst op "
        f"{percent(one.estimate, 'nl')} %, 95 %-interval {interval['nl']}; onderbouw het of laat het leeg.",
        "en": f"risk_factors: {one.factor} is {percent(one.given or 0.0, 'en')} % a year, history points to "
        f"{percent(one.estimate, 'en')} %, 95 % interval {interval['en']}; substantiate it or leave it empty.",
    }
