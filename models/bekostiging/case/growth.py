"""How fast the clients of a municipality and law grow: its own years, leaning on the nation where they are few.

The yearly growth (log) of a place has, before its own years are seen, the mean of the nation and a spread ``TAU``
between places. Its own years give a mean growth with a standard error: that of the yearly innovations of the inflow
(``case.spread``) and of counting. The posterior is normal, with precisions added (Gelman et al., Bayesian Data Analysis,
section 2.5):

    g = (g_own / se^2 + g_nat / tau^2) / (1 / se^2 + 1 / tau^2),  sd = (1 / se^2 + 1 / tau^2)^(-1/2)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bekostiging.case.client_response import AT_ONCE
from bekostiging.case.innovation import Innovation, change_variance, innovation, pooled, still_counted
from bekostiging.case.rows import name_in
from bekostiging.case.series import FEWEST_YEARS, NATION, Growth, Series, all_series
from bekostiging.case.spread import national_innovation, national_rates, response_to

if TYPE_CHECKING:
    from bekostiging.case.errors import Note
    from bekostiging.case.model import Case
    from bekostiging_solvers.typing import FloatArray

TAU = 0.018
"""Spread between places of the yearly growth of youth care per young inhabitant: the districts of Almere 2018-2021, counting
taken off (CBS Kerncijfers wijken en buurten; DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2). Districts stand
in for municipalities."""

LEAST_WEIGHT = 1e-9
MOST_SHOWN = 4
LAW_NAMES: dict[str, dict[str, str]] = {
    "jeugdwet": {"nl": "Jeugdwet", "en": "Youth Act"},
    "wmo": {"nl": "Wmo", "en": "Wmo"},
}


@dataclass(frozen=True)
class GrowthEstimate:
    """Yearly growth (log) of the clients of a place and law.

    Parameters
    ----------
    place, law : str
        Municipality (code) and law.
    mean, standard_error : float
        Posterior of the yearly growth (log).
    own, own_error : float or None
        Mean growth of its own years and its standard error; None without ``FEWEST_YEARS`` years.
    nation : float
        Growth of the nation, on which it leans.
    years : tuple of int
        Years of its own series.
    """

    place: str
    law: str
    mean: float
    standard_error: float
    own: float | None
    own_error: float | None
    nation: float
    years: tuple[int, ...]


def mean_growth(growths: Sequence[Growth]) -> float:
    """Mean growth a year (log).

    >>> from bekostiging.case.series import NATIONAL_GROWTH
    >>> round(mean_growth(NATIONAL_GROWTH), 4)  # (ln 1.06 + ln 469/443 + ln 474/469) / 5
    0.0252
    """
    return sum(one.log for one in growths) / sum(one.years for one in growths)


def posterior(own: float, own_error: float, nation: float, tau: float = TAU) -> tuple[float, float]:
    """Mean and standard deviation of a growth with an own estimate and the nation's as prior.

    >>> [round(one, 4) for one in posterior(0.04, 0.018, 0.02)]  # equally precise: half-way, and 1 / sqrt(2) of the error
    [0.03, 0.0127]
    >>> posterior(0.04, 0.0, 0.02)
    (0.04, 0.0)
    """
    if own_error == 0:
        return own, 0.0
    precision = 1 / own_error**2 + 1 / tau**2
    return (own / own_error**2 + nation / tau**2) / precision, precision**-0.5


def own_growth(
    series: Series, nation: Innovation, phi: float, dispersion: float, response: FloatArray = AT_ONCE
) -> tuple[float, float]:
    """Mean growth a year of a series of at least ``FEWEST_YEARS`` years, and its standard error.

    The innovations of its years are taken as wide as its own and the national growth rates say together, each by its
    degrees of freedom: two own growth rates alone would often seem certain by chance.
    """
    rates = series.growths(dispersion)
    variance = pooled([innovation(rates, phi, response, nation.variance), nation]).variance
    span = series.years[-1] - series.years[0]
    counted = dispersion * (1 / series.counts[0] + 1 / series.counts[-1])
    noise = counted * (1 - still_counted(span, response))
    return mean_growth(rates), (variance * change_variance(span, phi, response) + noise) ** 0.5 / span


def growth_estimates(case: Case, until: int | None = None) -> tuple[GrowthEstimate, ...]:
    """The posterior of the yearly growth of every municipality and law that has care in the case.

    Parameters
    ----------
    case : Case
        With table history, or without it: then every place has the growth of the nation, with the spread between places.
    until : int, optional
        Last calendar year that counts as known; default: all years.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> (youth, *_) = growth_estimates(read_case("almere"), until=2022)
    >>> youth.place, youth.law, round(youth.own, 3), round(youth.mean, 3)
    ('0034', 'jeugdwet', 0.035, 0.031)
    """
    until = case.known_until if until is None else until
    nation = {str(form.law): mean_growth(national_rates(case, until, form.law)) for form in case.care_forms}
    phi = max(
        (
            row.autocorrelation
            for row in case.risk_factors
            if row.level == "municipality" and row.quantity == "inflow"
        ),
        default=1.0,
    )
    dispersion = max((row.starts_dispersion for row in case.demand), default=1.0)
    innovations = national_innovation(case, phi, until)
    series = {(one.place, one.care_form): one for one in law_totals(case, until)}
    payer = {area.id: area.municipality for area in case.areas}
    law = {form.id: form.law for form in case.care_forms}
    wanted = dict.fromkeys((payer[row.area], str(law[row.care_form])) for row in case.demand)
    estimates = []
    for place, name in wanted:
        one = series.get((place, name))
        own, own_error = (
            own_growth(one, innovations, phi, dispersion, response_to(case, one))
            if one and len(one.years) >= FEWEST_YEARS
            else (None, None)
        )
        prior = nation[name]
        mean, error = (prior, TAU) if own is None or own_error is None else posterior(own, own_error, prior)
        years = one.years if one else ()
        estimates.append(GrowthEstimate(place, name, mean, error, own, own_error, prior, years))
    return tuple(estimates)


def law_totals(case: Case, until: int | None = None) -> tuple[Series, ...]:
    """A series per municipality and law: as counted, else its care forms added, else its areas added.

    Care forms or areas are added in the years in which all of them are counted under one definition; zero is a count, and
    who never counted anybody is not asked. An area with the name of its municipality is the area where others are counted.
    """
    series = [one for one in all_series(case, until, zeros=True) if one.place != NATION and any(one.counts)]
    known = {(one.place, one.care_form): one for one in series}
    forms: dict[str, list[str]] = {}
    for form in case.care_forms:
        forms.setdefault(str(form.law), []).append(form.id)
    areas: dict[str, list[str]] = {}
    for area in case.areas:
        areas.setdefault(area.municipality, []).append(area.id)
    totals = []
    for place, parts in areas.items():
        for law, names in forms.items():
            by_area = {part: found for part in parts if (found := _law_of(known, part, law, names))}
            whole = None if place in by_area and len(by_area) > 1 else _law_of(known, place, law, names)
            one = whole or _added(list(by_area.values()), place, law)
            if one and any(one.counts):
                totals.append(_without_zeros(one))
    return tuple(totals)


def _without_zeros(series: Series) -> Series:
    """A series in the years that have somebody: only those have growth rates."""
    pairs = [pair for pair in zip(series.years, series.counts, strict=True) if pair[1] > 0]
    return replace(series, years=tuple(year for year, _ in pairs), counts=tuple(count for _, count in pairs))


def _law_of(known: Mapping[tuple[str, str], Series], place: str, law: str, forms: Iterable[str]) -> Series | None:
    """The series of a law in a place, or the sum of those of its care forms."""
    return known.get((place, law)) or _added(
        [known[place, form] for form in forms if (place, form) in known], place, law
    )


def _added(parts: Sequence[Series], place: str, law: str) -> Series | None:
    """The sum of series of one definition, in the years that all have."""
    if not parts or len({one.definition for one in parts}) > 1:
        return None
    years = tuple(year for year in parts[0].years if all(year in one.years for one in parts))
    if not years:
        return None
    counts = tuple(sum(one.counts[one.years.index(year)] for one in parts) for year in years)
    return Series(place, law, parts[0].definition, years, counts)


def growth_used(case: Case) -> dict[tuple[str, str], tuple[float, float]]:
    """Per municipality and law the yearly growth of the starts that the case has (fraction, demography included, starts as
    weights), and its standard error; zero where the growth was stated."""
    areas = {area.id: area for area in case.areas}
    forms = {form.id: form for form in case.care_forms}
    sums: dict[tuple[str, str], list[float]] = {}
    for row in case.demand:
        demography: float = getattr(areas[row.area], f"growth_{forms[row.care_form].age_band}")
        total = (1 + row.growth) * (1 + demography) - 1
        own = sums.setdefault((areas[row.area].municipality, str(forms[row.care_form].law)), [0.0, 0.0, 0.0])
        # a place without starts counts for next to nothing, but alone it counts
        weight = max(row.starts_per_year, LEAST_WEIGHT)
        for index, value in enumerate((weight, weight * total, weight * row.growth_standard_error)):
            own[index] += value
    return {key: (growth / weight, error / weight) for key, (weight, growth, error) in sums.items()}


def growth_notes(case: Case) -> tuple[Note, ...]:
    """What the case takes for the growth of its clients, where history gave it; at most ``MOST_SHOWN`` places and laws."""
    estimated = [(key, one) for key, one in growth_used(case).items() if one[1] > 0]
    if not estimated:
        return ()
    names = {row.code: row for row in case.municipalities}
    several = len({place for (place, _), _ in estimated}) > 1
    words: dict[str, list[str]] = {"nl": [], "en": []}
    for (place, law), (mean, error) in estimated[:MOST_SHOWN]:
        for lang, said in words.items():
            where = f"{name_in(names[place], lang)}, " if several else ""
            mean_said, error_said = (f"{100 * value:.1f}" for value in (mean, error))
            text = f"{where}{LAW_NAMES[law][lang]} {mean_said} ± {error_said} %"
            said.append(text.replace(".", ",") if lang == "nl" else text)
    more = len(estimated) - MOST_SHOWN
    nl_more, en_more = (f"; en {more} andere", f"; and {more} others") if more > 0 else ("", "")
    fixed = case.policy.parameter_uncertainty == "fixed"
    return (
        {
            "nl": "Groei van het aantal cliënten per jaar, demografie inbegrepen, geschat uit eigen en landelijke jaren: "
            f"{'; '.join(words['nl'])}{nl_more}." + ("" if fixed else " De toekomsten verschillen ook daarin."),
            "en": "Yearly growth of the number of clients, demography included, estimated from own and national years: "
            f"{'; '.join(words['en'])}{en_more}." + ("" if fixed else " Scenarios differ in that too."),
        },
    )
