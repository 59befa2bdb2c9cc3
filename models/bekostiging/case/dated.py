"""Which figures of a case are old, have a successor, or lean on a rule whose date is in doubt: said as notes.

Old is more than a year before the base year, by the years that a source names. What has a successor, and what is known of
it since when, stands in ``dated.toml``. Nothing here changes a number.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from bekostiging.case.arguments import checked_kind
from bekostiging.case.correlation import correlation_matrix
from bekostiging.case.errors import LANGUAGES, Note
from bekostiging.case.model import Case
from bekostiging.case.national import national_measures
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.rows import Assumption, Called, name_in
from bekostiging.case.tables import TABLES, History
from bekostiging.case.workbook.names import sheet_name

LONG_LEAD = 4
"""Years from the count to the first contract year from which it is said: as long as the usual term."""
EVENTS = ("shocks",)
"""Tables of what once happened: their age is no fault."""
REFERENCES = re.compile(r"Stb\.\s*\d{4}|ECLI:\S+|art\.\s*[\d.]+")
"""Where a law or judgment is found: its year is not that of a figure."""
SPAN = re.compile(r"\b(?:19|20)\d\d\s*[-\u2013]\s*(?=(?:19|20)\d\d\b)")
"""The first year of a period: a series is as old as its end."""
YEAR = re.compile(r"(?<![\w.,:])(?:19|20)\d\d(?![\w]|[.,]\d|\s+(?:euro|cli|uur|hour|person|jongere|youth))")


def dated_notes(case: Case) -> tuple[Note, ...]:
    """What must be said of the dates of the figures and rules that a case leans on.

    Parameters
    ----------
    case : Case
        A validated case.

    Returns
    -------
    tuple of dict
        One sentence each, in Dutch (``nl``) and English (``en``): figures that were older than a year in the base year;
        tables with newer editions; series that were counted otherwise later; indices without final figure; taakvelden
        that were split; a long time from count to contract; the doubt about regional purchase; national measures that the
        case counts on.

    Raises
    ------
    UserError
        No ``Case`` is given.

    Examples
    --------
    >>> from bekostiging.case import dated_notes, read_case
    >>> print(dated_notes(read_case("almere"))[0]["en"])
    Figures that were older than a year in base year 2022: demand (18 rows of 2019); risk factors (1 row of 2016).
    """
    checked_kind("case", case, Case, "read_case")
    return tuple(note for rule in _RULES for note in rule(case))


def years_in(source: str) -> tuple[int, ...]:
    """Years of the figures that a source names; of a period its last year, of a law or judgment none.

    >>> years_in("CBS 2018-2022; groei van 6 % (2016); Stb. 2024, 69")
    (2016, 2022)
    """
    text = SPAN.sub("", REFERENCES.sub("", source))
    return tuple(sorted({int(year) for year in YEAR.findall(text)}))


@cache
def _facts() -> dict[str, Any]:
    """What is known of dates: ``dated.toml``."""
    return tomllib.loads((files("bekostiging.case") / "dated.toml").read_text(encoding="utf-8"))


def _note(key: str, **words: object) -> Note:
    """A sentence in both languages; a word may differ by language."""

    def own(word: object, lang: str) -> object:
        """The word in a language."""
        return word[lang] if isinstance(word, dict) else word

    sentence = _facts()["sentences"][key]
    return {
        lang: sentence[lang].format(**{name: own(word, lang) for name, word in words.items()})
        for lang in LANGUAGES
    }


def _listed(items: list[str]) -> Note:
    """Words in a row, the last behind "and"."""
    last = {lang: f" {_facts()['sentences']['and'][lang]} " for lang in LANGUAGES}
    return {
        lang: last[lang].join([", ".join(items[:-1]), items[-1]]) if items[1:] else items[0] for lang in LANGUAGES
    }


def _joined(notes: list[Note], separator: str) -> Note:
    """Several notes as one text."""
    return {lang: separator.join(note[lang] for note in notes) for lang in LANGUAGES}


def _rows(n: int) -> Note:
    """How many rows."""
    return {lang: _facts()["sentences"]["row"][lang][n != 1].format(n=n) for lang in LANGUAGES}


def _table(name: str) -> Note:
    """A table as a page calls it."""
    return {lang: sheet_name(name, lang).replace("_", " ") for lang in LANGUAGES}


def _assumptions(case: Case) -> Iterator[tuple[str, Assumption]]:
    """Every row with a source and the table it stands in."""
    for table in TABLES:
        if table in EVENTS:
            continue
        yield from ((table, row) for row in getattr(case, table) if isinstance(row, Assumption))


def _older(case: Case) -> Iterator[Note]:
    """Rows whose source names a figure of more than a year before the base year; a series is as old as its last year."""
    last: dict[tuple[str, str, str], int] = {}
    for one in case.history:
        key = (one.area, one.care_form, one.definition)
        last[key] = max(one.year, last.get(key, one.year))
    found: dict[tuple[str, int], int] = defaultdict(int)
    for table, row in _assumptions(case):
        if isinstance(row, History) and row.year < last[row.area, row.care_form, row.definition]:
            continue
        years = years_in(row.source)
        if years and years[0] < case.base_year - 1:
            found[table, years[0]] += 1
    if found:
        told = [
            _note("older_of", table=_table(table), rows=_rows(n), year=year) for (table, year), n in found.items()
        ]
        yield _note("older", base_year=case.base_year, told=_joined(told, "; "))


def _editions(case: Case) -> Iterator[Note]:
    """Tables of which a newer edition is known."""
    for one in _facts()["editions"]:
        used = sorted(
            {int(year) for _, row in _assumptions(case) for year in re.findall(one["pattern"], row.source)}
        )
        if used and used[-1] < one["newest"]:
            years = _listed([str(year) for year in used])
            yield _note("edition", name=one["name"], used=years, newest=one["newest"], checked=_facts()["checked"])


def _breaks(case: Case) -> Iterator[Note]:
    """Published series that were counted otherwise later, or that run across the year in which that began."""
    for one in _facts()["breaks"]:
        years = [
            row.year
            for row in case.history
            if row.care_form == one["care_form"] and row.clients is not None and one["publisher"] in row.source
        ]
        if years and min(years) < one["year"]:
            yield _note(
                "mixed" if max(years) >= one["year"] else "break",
                publisher=one["publisher"],
                law=one["care_form"].capitalize(),
                year=one["year"],
                first=min(years),
                last=max(years),
            )


def _indices(case: Case) -> Iterator[Note]:
    """Published forecasts without a final figure."""
    years = [str(row.year) for row in case.indices if row.status == "published" and row.ova_final is None]
    if years:
        invented = [row.year for row in case.indices if row.status == "illustrative"]
        told = _note("index_invented", year=min(invented)) if invented else ""
        yield _note("index", years=_listed(years), invented=told)


def _iv3(case: Case) -> Iterator[Note]:
    """Taakvelden that were split before the first contract year."""
    known = _facts()["iv3"]
    for code, split in known["split"].items():
        forms = [row for row in case.care_forms if row.iv3 == code]
        if forms and case.first_year > known["until"]:
            yield _note("iv3", code=code, forms=_named(forms), year=known["until"] + 1, split=_listed(split))


def _long_lead(case: Case) -> Iterator[Note]:
    """A first contract year long after the count, and how far the inflow may have moved by then."""
    if case.lead_years < LONG_LEAD:
        return
    ahead, after_one = (inflow_spread(case, years) for years in (case.lead_years, 1))
    spread: Note | str = ""
    if case.factor_distribution is None and ahead > 0:
        spread = _note("lead_spread", ahead=_percent(ahead), next=_percent(after_one))
    yield _note("lead", base_year=case.base_year, first_year=case.first_year, lead=case.lead_years, spread=spread)


def inflow_spread(case: Case, years: int) -> float:
    """Standard deviation of the log of the inflow of one care form in one municipality, so many years after the base year.

    At the standard deviations of table risk_factors: what is uncertain about them, or about growth, is not in it.

    Innovations of factors i and j, standard deviation s and autocorrelation p, are correlated c within a year: the variance
    is the sum over i and j of c s_i s_j (1 - q^years) / (1 - q) with q = p_i p_j, or ``years`` where q is one.

    Parameters
    ----------
    case : Case
        Of which every inflow factor has a standard deviation.
    years : int
        After the base year.

    Examples
    --------
    One factor of 2 %, uncorrelated from year to year, is 2 % in every year; a random walk grows with the root of the years.

    >>> from dataclasses import replace
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(2, 6)
    >>> factor = case.risk_factors[0].model_copy(update={"standard_deviation": 0.02, "autocorrelation": 0.0})
    >>> walk = factor.model_copy(update={"autocorrelation": 1.0})
    >>> [round(inflow_spread(replace(case, risk_factors=(one,)), 4), 3) for one in (factor, walk)]
    [0.02, 0.04]
    """
    factors = [row for row in case.risk_factors if row.quantity == "inflow"]
    variance = 0.0
    for row, correlations in zip(factors, correlation_matrix(factors, case.correlations), strict=True):
        for other, correlation in zip(factors, correlations, strict=True):
            q = row.autocorrelation * other.autocorrelation
            terms = years if q == 1 else (1 - q**years) / (1 - q)
            variance += correlation * (row.standard_deviation or 0.0) * (other.standard_deviation or 0.0) * terms
    return float(max(variance, 0.0) ** 0.5)


def _named(rows: Sequence[Called]) -> Note:
    """Names of rows in both languages."""
    return {lang: ", ".join(name_in(row, lang) for row in rows) for lang in LANGUAGES}


def _percent(value: float) -> Note:
    """One decimal, in both languages."""
    text = f"{100 * value:.1f}"
    return {"nl": text.replace(".", ","), "en": text}


def _regional(case: Case) -> Iterator[Note]:
    """The duty to buy youth care regionally, of which the date is in doubt."""
    youth = {row.id for row in case.care_forms if row.law == "jeugdwet"}
    lots = [lot for lot in case.lots if lot.scale != "local" and youth & set(lot.care_forms)]
    if lots:
        yield _note("regional", lots=_named(lots), checked=_facts()["checked"])


def _national(case: Case) -> Iterator[Note]:
    """National measures that the case counts on: their chance, effect, ground and what is in doubt of their date."""
    for one in national_measures(case):
        if one.chosen:
            chance = 100 * one.rows[0].chance
            yield _note(
                "national",
                name=one.name,
                chance={"nl": in_nl(chance), "en": in_en(chance)},
                effects=one.effects(case),
                article=one.article,
                doubt=one.doubt,
                source=one.source,
                checked=_facts()["checked"],
            )


_RULES: tuple[Callable[[Case], Iterator[Note]], ...] = (
    _older,
    _editions,
    _breaks,
    _indices,
    _iv3,
    _long_lead,
    _regional,
    _national,
)
