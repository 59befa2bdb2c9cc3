"""How far the systematic inflow of a region moves from year to year: estimated from ``history``, shrunk to the nation.

Every series of clients gives a variance of the yearly innovation with its degrees of freedom (``case.innovation``), through
the response of its clients to the inflow (``case.client_response``). Variances of places of one level are pooled by those
degrees together with the national variance and its own (scaled inverse chi-squared; Gelman et al., Bayesian Data Analysis,
section 2.6): few own years lean on the nation, many do not. The interval is that of the pooled chi-squared. What moves a
region as a whole is the national factor and its own together: the variance of the national factor of the case is taken off
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bekostiging.case.arguments import checked_kind, checked_whole
from bekostiging.case.client_response import response_of
from bekostiging.case.errors import Note, UserError
from bekostiging.case.innovation import Innovation, innovation, pooled
from bekostiging.case.model import Case
from bekostiging.case.series import FEWEST_YEARS, NATION, NATIONAL_GROWTH, Growth, Series, all_series

if TYPE_CHECKING:
    from bekostiging.case.tables import RiskFactor
    from bekostiging_solvers.typing import FloatArray

INTERVAL = 0.95
SMALLEST, ENOUGH_YEARS = 0.01, 10
"""Floor on a standard deviation, a year, that rests on no more than so many years of its own (series of one region share
their years, so that many short ones say no more than one): CBS revises its counts of youths in care by 1 to 2 % from
provisional to final (CBS, 1 May 2020, "443 duizend jongeren met jeugdzorg in 2019"), so a few years cannot show less."""
FEWEST_FREEDOM = 4
"""Degrees of freedom below which the spread of a variance has no mean."""
PUBLISHED_LAW = "jeugdwet"
"""What ``NATIONAL_GROWTH`` counts."""
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
    own, national : float
        Degrees of freedom from the region's series and from the nation's.
    series : tuple of str
        The series of the case that were used; without any the published growth of the nation alone speaks.
    shared : float
        Standard deviation of the national factor, which has been taken off: estimate^2 + shared^2 is the variance of what
        moves the region as a whole. Zero unless given.
    n_years : int
        Years of the longest of its own series; zero unless given.

    Examples
    --------
    >>> from bekostiging.case import Spread
    >>> Spread("inflow", 0.01, 0.03, 0.02, 0.06, 3, 2, ("a / jeugdwet 2018-2022",)).contradicts
    True
    """

    factor: str
    given: float | None
    estimate: float
    low: float
    high: float
    own: float
    national: float
    series: tuple[str, ...]
    shared: float = 0.0
    n_years: int = 0

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the estimate, own and national; never below ``FEWEST_FREEDOM``."""
        return max(self.own + self.national, FEWEST_FREEDOM)

    @property
    def too_short(self) -> bool:
        """Whether the years cannot tell the spread, so that the floor stands in."""
        return self.n_years <= ENOUGH_YEARS and self.estimate <= SMALLEST

    @property
    def contradicts(self) -> bool:
        """Whether the given value lies outside the interval of series of the case; three published rates refute nothing."""
        return self.given is not None and bool(self.series) and not self.low <= self.given <= self.high


def spreads(case: Case, until: int | None = None) -> tuple[Spread, ...]:
    """Estimate the standard deviation of every inflow factor of a case from its history.

    Parameters
    ----------
    case : Case
        A validated case.
    until : int, optional
        Last calendar year that counts as known; default: ``case.known_until``, which is all years unless a backtest set it.

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
    [('national_inflow', 0.047), ('municipal_inflow', 0.063), ('form_inflow', 0.036)]
    """
    checked_kind("case", case, Case, "read_case")
    if until is not None:
        checked_whole("until", until, 0)
    until = case.known_until if until is None else until
    series = [one for one in all_series(case, until) if len(one.years) >= FEWEST_YEARS]
    return tuple(
        _spread(case, factor, series, until)
        for factor in case.risk_factors
        if factor.quantity == "inflow" and factor.level in LEVELS
    )


def national_growth(case: Case, until: int | None = None, law: str | None = None) -> tuple[Growth, ...]:
    """The nation's growth as far as known in ``until``: the case's own national series, else the published one.

    Of a law: its own series alone; the published one counts youth care, which stands in for another law without a series.
    """
    series = _national_series(case, until)
    forms = {form.id for form in case.care_forms if form.law == law}
    own = [one for one in series if one.care_form == law] or [one for one in series if one.care_form in forms]
    if not own and law not in (None, PUBLISHED_LAW):
        return national_growth(case, until, PUBLISHED_LAW)
    used = series if law is None else own
    if used:
        return tuple(growth for one in used for growth in one.growths(0.0))
    return tuple(
        growth for growth in NATIONAL_GROWTH if until is None or growth.first_year + growth.years <= until
    )


def _national_series(case: Case, until: int | None) -> list[Series]:
    """The case's own national series of enough years."""
    return [one for one in all_series(case, until) if one.place == NATION and len(one.years) >= FEWEST_YEARS]


def national_rates(case: Case, until: int | None = None, law: str | None = None) -> tuple[Growth, ...]:
    """The nation's growth as far as known, or the published series as a whole where too little of it was known."""
    known = national_growth(case, until, law)
    return known if len(known) >= FEWEST_YEARS - 1 else NATIONAL_GROWTH


def national_innovation(case: Case, phi: float, until: int | None = None) -> Innovation:
    """That of the nation, whose clients follow the inflow as those of the case do: the case's series, else the published."""
    known = national_growth(case, until)
    series = _national_series(case, until) if len(known) >= FEWEST_YEARS - 1 else []
    if series:
        return pooled([innovation(one.growths(0.0), phi, response_to(case, one)) for one in series])
    follow = response_of(case, NATION, PUBLISHED_LAW, "persons_in_year")
    return pooled([innovation(national_rates(case, until), phi, follow)])


def response_to(case: Case, one: Series) -> FloatArray:
    """How the clients of a series follow the inflow."""
    return response_of(case, one.place, one.care_form, one.definition)


def _spread(case: Case, factor: RiskFactor, series: Sequence[Series], until: int | None) -> Spread:
    """One factor."""
    from scipy.stats import chi2

    phi = factor.autocorrelation
    nation = national_innovation(case, phi, until)
    regional = [] if factor.level == "national" else _series_of(case, factor, series)
    used = regional or (_national_series(case, until) if factor.level == "national" else [])
    dispersion = max((row.starts_dispersion for row in case.demand), default=1.0)
    own = [innovation(one.growths(dispersion), phi, response_to(case, one), nation.variance) for one in regional]
    everything, count = pooled([nation, *own]), sum(one.freedom for one in own)
    freedom, total = everything.freedom, everything.freedom * everything.variance
    shared = 0.0 if factor.level == "national" else _national_variance(case, until)
    ends = ((1 + INTERVAL) / 2, (1 - INTERVAL) / 2)
    levels = (freedom, *(float(chi2.ppf(end, freedom)) for end in ends))
    estimate, low, high = (max(total / level - shared, 0.0) ** 0.5 for level in levels)
    n_years = max((len(one.years) for one in used), default=0)
    floor = SMALLEST if n_years <= ENOUGH_YEARS else 0.0
    names = tuple(f"{one.place} / {one.care_form} {one.years[0]}-{one.years[-1]}" for one in used)
    return Spread(
        factor.id, factor.standard_deviation, max(estimate, floor), low, max(high, floor), count, nation.freedom, names,
        shared**0.5, n_years,
    )  # fmt: skip


def estimated_spreads(case: Case) -> dict[str, Spread]:
    """The inflow factors whose standard deviation is that of history, by id: their size is uncertain.

    Whatever has happened to other tables of the case since: what was estimated when it was read stays an estimate, until the
    row has another value.
    """
    value = {row.id: row.standard_deviation for row in case.risk_factors}
    return {one.factor: one for one in case.estimates if value.get(one.factor) == one.estimate}


def _national_variance(case: Case, until: int | None) -> float:
    """Variance of the innovation of the national inflow factor of the case, estimated where it is empty."""
    variance = 0.0
    for row in case.risk_factors:
        if row.level == "national" and row.quantity == "inflow":
            sigma = row.standard_deviation
            variance += _spread(case, row, (), until).estimate ** 2 if sigma is None else sigma**2
    return variance


def _series_of(case: Case, factor: RiskFactor, series: Sequence[Series]) -> list[Series]:
    """Series a level is judged by: totals of municipalities, or single care forms, of every place once.

    A care form is that of the municipality where it has a series, else that of its areas. An area with the name of its
    municipality is the area where other areas have a series.
    """
    forms = {row.id for row in case.care_forms}
    home = {area.id: area.municipality for area in case.areas}
    divided = {(home[one.place], one.care_form) for one in series if home.get(one.place, one.place) != one.place}
    codes = set(home.values())
    whole = {
        (one.place, one.care_form)
        for one in series
        if one.place in codes and not (one.place in home and (one.place, one.care_form) in divided)
    }
    if factor.level == "municipality":
        return [one for one in series if (one.place, one.care_form) in whole and one.care_form not in forms]
    return [
        one
        for one in series
        if one.care_form in forms
        and one.place != NATION
        and ((one.place, one.care_form) in whole or (home.get(one.place), one.care_form) not in whole)
    ]


def with_estimates(case: Case) -> Case:
    """The case with the empty standard deviations of its inflow factors estimated, each told in a note.

    Raises
    ------
    UserError
        An empty standard deviation of a factor that history cannot speak of.
    """
    empty = [row for row in case.risk_factors if row.standard_deviation is None]
    if not empty and all(row.status != "estimated" for row in case.risk_factors if row.quantity == "inflow"):
        return case
    for row in empty:
        if row.quantity != "inflow":
            raise UserError(
                f"risk_factors, rij {row.line}, standard_deviation: history zegt niets van {row.quantity}; vul hem in.",
                f"risk_factors, row {row.line}, standard_deviation: history says nothing of {row.quantity}; fill it in.",
            )
    known = {one.factor: one for one in spreads(case)}
    factors, estimates = [], []
    for row in case.risk_factors:
        one = known.get(row.id)
        # a case that was written after it was read has the estimate in its row
        if one is None or row.standard_deviation not in (None, one.estimate):
            factors.append(row)
            continue
        estimates.append(replace(one, given=one.estimate))
        source = "; ".join([*one.series, "CBS"])
        filled = {"standard_deviation": one.estimate, "source": source, "status": "estimated"}
        factors.append(row.model_copy(update=filled))
    return replace(case, risk_factors=tuple(factors), estimates=tuple(estimates))


def spread_notes(case: Case) -> tuple[Note, ...]:
    """What was estimated of the risk factors, what history contradicts, and what was stated and counts as certain.

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
    >>> estimated, stated = spread_notes(read_case("almere"))
    >>> estimated["en"][:60]
    'The inflow of a municipality moves 6.3 % a year around what '
    """
    checked_kind("case", case, Case, "read_case")
    rows = {row.id: row for row in case.risk_factors}
    uncertain = estimated_spreads(case)
    shown = [uncertain.get(one.factor, one) for one in spreads(case) if one.factor in uncertain or one.contradicts]
    notes = [_spread_note(one, rows[one.factor], case) for one in shown]
    stated = [row for row in case.risk_factors if row.id not in uncertain and row.standard_deviation]
    certain_growth = any(row.growth and not row.growth_standard_error for row in case.demand)
    return (*notes, *_stated(stated, certain_growth))


FACTORS: dict[tuple[str, str], tuple[str, str]] = {
    ("national", "inflow"): ("de landelijke instroom", "the national inflow"),
    ("municipality", "inflow"): ("de instroom van een gemeente", "the inflow of a municipality"),
    ("care_form", "inflow"): ("de instroom van een zorgvorm", "the inflow of a care form"),
    ("national", "duration"): ("de duur van de zorg", "the duration of care"),
    ("municipality", "duration"): ("de duur in een gemeente", "the duration in a municipality"),
    ("care_form", "duration"): ("de duur van een zorgvorm", "the duration of a care form"),
    ("national", "intensity"): ("de zwaarte van de zorg", "the intensity of care"),
    ("municipality", "intensity"): ("de zwaarte in een gemeente", "the intensity in a municipality"),
    ("care_form", "intensity"): ("de zwaarte van een zorgvorm", "the intensity of a care form"),
    ("wages", "index"): ("de lonen", "wages"),
    ("prices", "index"): ("de prijzen", "prices"),
    ("care_form", "index"): ("de cao-lonen van een zorgvorm", "the wages of a care form"),
}
"""A risk factor in words, by its level and quantity."""


def _in_words(row: RiskFactor) -> tuple[str, str]:
    """The factor in Dutch and English; by its id where it has no words."""
    return FACTORS.get((row.level, row.quantity), (row.id, row.id))


def _percent(value: float, lang: str) -> str:
    """A number of percent with one decimal, without its sign."""
    text = f"{100 * value:.1f}"
    return text.replace(".", ",") if lang == "nl" else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _spread_note(one: Spread, row: RiskFactor, case: Case) -> Note:
    """The estimate and how far it may be off, or the stated value that history contradicts."""
    (nl, en), given = _in_words(row), one.given or 0.0
    value, low, high = (
        {lang: _percent(number, lang) for lang in ("nl", "en")} for number in (one.estimate, one.low, one.high)
    )
    still, bounded = (f"{100 * number:.1f}" == "0.0" for number in (one.estimate, one.high))
    if one.given != one.estimate:
        point = {
            "nl": f"{value['nl']} % (tussen {low['nl']} en {high['nl']} %)",
            "en": f"{value['en']} % (between {low['en']} and {high['en']} %)",
        }
        if still:
            point = {
                "nl": "geen eigen schommeling" + ("" if bounded else f", hoogstens {high['nl']} %"),
                "en": "no movement of its own" + ("" if bounded else f", {high['en']} % at most"),
            }
        return {
            "nl": f"Opgegeven is dat {nl} {_percent(given, 'nl')} % per jaar schommelt; de cijfers wijzen op "
            f"{point['nl']}. Onderbouw de opgave, of laat de standaardafwijking van {row.id} leeg: dan wordt zij geschat.",
            "en": f"{_capital(en)} is stated to move {_percent(given, 'en')} % a year; the figures point to {point['en']}. "
            f"Substantiate what is stated, or leave the standard deviation of {row.id} empty: then it is estimated.",
        }
    if still:
        return {
            "nl": f"De cijfers laten niet zien dat {nl} schommelt, naast wat het hele land beweegt; gerekend is zonder"
            + ("." if bounded else f"; het kan tot {high['nl']} % per jaar zijn."),
            "en": f"The figures do not show that {en} moves, beside what moves the whole country; none is taken"
            + ("." if bounded else f"; it may be up to {high['en']} % a year."),
        }
    more = case.policy.parameter_uncertainty == "included"
    also = (" De toekomsten verschillen ook daarin.", " Scenarios differ in that too.") if more else ("", "")
    if one.too_short:
        may = (f"het kan tot {high['nl']} % zijn", f"it may be up to {high['en']} %")
        if one.high <= one.estimate:
            may = ("het kan meer zijn, hoeveel is niet te zeggen", "it may be more, how much cannot be told")
        return {
            "nl": f"De cijfers zijn te kort om te weten hoe sterk {nl} schommelt. Gerekend is met {value['nl']} % per jaar, "
            f"de ondergrens; {may[0]}.{also[0]}",
            "en": f"The figures are too short to tell how far {en} moves. {value['en']} % a year is taken, the floor; "
            f"{may[1]}.{also[1]}",
        }
    own = (
        ("eigen en landelijke jaren", "own and national years")
        if one.own
        else ("landelijke jaren", "national years")
    )
    return {
        "nl": f"{_capital(nl)} schommelt {value['nl']} % per jaar om de verwachting (tussen {low['nl']} en {high['nl']} %), "
        f"geschat uit {own[0]}.{also[0]}",
        "en": f"{_capital(en)} moves {value['en']} % a year around what is expected (between {low['en']} and "
        f"{high['en']} %), estimated from {own[1]}.{also[1]}",
    }


def _stated(rows: Sequence[RiskFactor], growth: bool) -> tuple[Note, ...]:
    """What counts as certain, because it was stated and not estimated."""
    names = [_in_words(row) for row in rows]
    if growth:
        names.append(("de groei van de instroom", "the growth of the inflow"))
    if not names:
        return ()
    nl, en = ("; ".join(dict.fromkeys(column)) for column in zip(*names, strict=True))
    return (
        {
            "nl": f"Opgegeven en niet geschat, dus zonder onzekerheid over hun grootte: {nl}.",
            "en": f"Stated and not estimated, so without uncertainty about their size: {en}.",
        },
    )
