"""What in ``history`` should be looked at before growth and spread are believed: a leap, a growth far from the nation's, a
national series that is too short to count."""

from __future__ import annotations

from itertools import pairwise
from math import exp, hypot, log
from typing import TYPE_CHECKING

from bekostiging.case.errors import LANGUAGES, Note
from bekostiging.case.growth import TAU, GrowthEstimate, growth_estimates
from bekostiging.case.numbers import written
from bekostiging.case.series import FEWEST_YEARS, NATION, Series, all_series

if TYPE_CHECKING:
    from bekostiging.case.model import Case

LEAP = log(2)
"""Growth a year (log) that is a mistake or another way of counting sooner than care: doubling, or half."""
FEW = 30
"""Clients below whom a count doubles by chance."""
FAR = 2.0
"""Standard errors that a growth of its own lies from the nation's before it is said."""
SHOWN = 3
"""Leaps that are named one by one."""


def history_notes(case: Case) -> tuple[Note, ...]:
    """Notes on the counts that growth and spread are estimated from; nothing where they are as such counts are.

    Raises
    ------
    UserError
        A series that mixes definitions.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> history_notes(read_case("almere"))
    ()
    """
    series = all_series(case, case.known_until)
    counted = all_series(case, case.known_until, zeros=True)
    return (*_short_nation(counted), *_leaps(series), *_far_from_nation(case))


def _short_nation(series: tuple[Series, ...]) -> tuple[Note, ...]:
    """A national series of fewer than three years with somebody is not used."""
    return tuple(
        {
            "nl": f"history: de landelijke reeks {NATION} / {one.care_form} ({_years(one, 'en')}) telt niet mee: nodig zijn "
            f"minstens {FEWEST_YEARS} jaren met cliënten. Gerekend is met de andere landelijke cijfers; vul de reeks aan.",
            "en": f"history: the national series {NATION} / {one.care_form} ({_years(one, 'and')}) does not count: at least "
            f"{FEWEST_YEARS} years with clients are needed. The other national figures are taken; add years.",
        }
        for one in series
        if one.place == NATION and sum(count > 0 for count in one.counts) < FEWEST_YEARS
    )


def _years(one: Series, joined: str) -> str:
    """The years of a short series, as a list."""
    *first, last = map(str, one.years)
    return f"{', '.join(first)} {joined} {last}" if first else last


def _leaps(series: tuple[Series, ...]) -> tuple[Note, ...]:
    """Counts that double or halve a year, the largest first."""
    found = []
    for one in series:
        for (before, old), (year, new) in pairwise(zip(one.years, one.counts, strict=True)):
            rate = abs(log(new / old)) / (year - before)
            if len(one.years) >= FEWEST_YEARS and rate > LEAP and max(old, new) >= FEW:
                words = [
                    f"{one.place} / {one.care_form}: {written(old, lang)} ({before}), {written(new, lang)} ({year})"
                    for lang in LANGUAGES
                ]
                found.append((rate, words))
    if not found:
        return ()
    ranked = [words for _, words in sorted(found, key=lambda pair: -pair[0])]
    nl, en = ("; ".join(said) for said in zip(*ranked[:SHOWN], strict=True))
    if (more := len(ranked) - SHOWN) > 0:
        nl, en = f"{nl}; en nog {more}", f"{en}; and {more} more"
    return (
        {
            "nl": f"history: een telling verdubbelt of halveert binnen een jaar ({nl}). Ga na of het getal klopt en "
            "of beide jaren hetzelfde tellen: groei en schommeling worden eruit geschat.",
            "en": f"history: a count doubles or halves within a year ({en}). Check the number and whether both "
            "years count the same: growth and spread are estimated from it.",
        },
    )


def _far_from_nation(case: Case) -> tuple[Note, ...]:
    """Growth of a place so far from the nation's that leaning on the nation is a choice."""
    uncertain = any(row.growth_standard_error for row in case.demand)
    return tuple(_far(one) for one in growth_estimates(case) if uncertain and _differs(one))


def _differs(one: GrowthEstimate) -> bool:
    """Whether its own years and the nation cannot both be right."""
    if one.own is None or one.own_error is None:
        return False
    return abs(one.own - one.nation) > FAR * hypot(one.own_error, TAU)


def _far(one: GrowthEstimate) -> Note:
    """One place in words."""
    own, nation, mean = (f"{100 * (exp(rate) - 1):.1f}" for rate in (one.own or 0.0, one.nation, one.mean))
    en = (
        f"history: in {one.years[0]}-{one.years[-1]} the clients of {one.place} ({one.law}) grew {own} % a year and those "
        f"of the nation {nation} %. {mean} % a year is estimated, in between. If you know why this municipality differs, "
        "state the growth yourself in table demand."
    )
    own, nation, mean = (text.replace(".", ",").replace("-", "−") for text in (own, nation, mean))
    nl = (
        f"history: in {one.years[0]}-{one.years[-1]} groeiden de cliënten van {one.place} ({one.law}) {own} % per jaar en "
        f"die van het land {nation} %. Geschat is {mean} % per jaar, daartussenin. Weet u waarom deze gemeente afwijkt, vul "
        "de groei dan zelf in, in tabel demand."
    )
    return {"nl": nl, "en": en}
