"""Prices, hours and durations beside what they should agree with: the unit they are of, their peers, the stock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median

import numpy as np

from bekostiging.case.errors import Note
from bekostiging.case.tables import CareForm, Demand
from bekostiging.evaluation.sense.facts import Facts
from bekostiging.evaluation.sense.remark import (
    MONEY,
    USE,
    WEEKS,
    Change,
    Found,
    Odd,
    clustered,
    euro,
    plain,
    price,
    question,
    remark,
    together,
)
from bekostiging.units import WEEKS_PER_YEAR

TWICE = 2.0
"""Factor from which two statements of one thing no longer agree: growth, index and a different year explain less."""
PRICES = {"hour": (15.0, 400.0), "minute": (0.25, 7.0), "etmaal": (20.0, 1500.0), "dagdeel": (15.0, 400.0)}
"""Tariffs that occur, euro per unit. Bollenstreek 2024: 51 (mbo) to 111.60 (university) an hour, 68.82 to 74.37 a dagdeel,
163.59 a day in a family home; foster allowance 2026 from 24.88 a day. The ends leave a factor of three."""
WEEKLY = {"hour": (0.1, 25.0), "minute": (6.0, 1500.0), "etmaal": (0.25, 7.0), "dagdeel": (0.1, 14.0)}
"""Units a week of a mean client: a week has 7 etmalen and 14 dagdelen of care; a mean of more than 25 hours is a post."""
SLIPS = (60.0, 1000.0, 100.0)
"""Factors by which prices are often wrong: minutes for hours, thousands, cents."""
UNITS: dict[str, Note] = {
    "hour": {"nl": "uur", "en": "hour"},
    "minute": {"nl": "minuut", "en": "minute"},
    "etmaal": {"nl": "etmaal", "en": "24 hours"},
    "dagdeel": {"nl": "dagdeel", "en": "half-day"},
}
UNEQUAL: Note = {
    "nl": "Horen prijs, uren en eenheid bij elkaar?",
    "en": "Do price, hours and unit belong together?",
}
DEAR, CHEAP = 1.25, 0.5
"""A unit cost of a quarter above its tariff is a loss no provider bears, half of it a profit none makes: margins were -1 to
+2 % of turnover (Jeugdautoriteit 2018-2023)."""
FEWEST = 20.0
"""Clients in care below which chance explains a stock of half or twice."""
LASTS = (4.0, 1040.0)
"""Weeks that care lasts on average: from a month to twenty years."""
PER_CLIENT = (100.0, 400_000.0)
"""Euro a year per client in care: two hours of household help a month; a place in secure care at some 1,000 euro a day."""
PER_YOUTH = 12_400.0
"""Euro a year per youth with youth care, the Netherlands, 2019 (Jeugdautoriteit, CBS)."""
FAR = 4.0
"""A law may be bought in part, and prices rose since 2019; a factor of four is neither."""
Known = Iterable[tuple[float, Note]]


def usual(values: Sequence[float], low: float, high: float) -> float:
    """The middle of the values that occur; where none does, the middle of all after a slip that brings it there, else the
    nearest that occurs.

    >>> usual([78_000, 75, 77], 15, 400), usual([1.3], 15, 400), usual([78_000], 15, 400), usual([9.0], 15, 16)
    (76.0, 78.0, 78.0, 15)
    """
    inside = [one for one in values if low <= one <= high]
    if inside:
        return median(inside)
    middle = median(values)
    slipped = (middle * one for slip in SLIPS for one in (slip, 1 / slip))
    return next((one for one in slipped if low <= one <= high), min(max(middle, low), high))


def off(value: float, other: float, factor: float = TWICE) -> bool:
    """Whether two statements of one thing differ by more than a factor."""
    return not other / factor <= value <= other * factor


def mended(
    facts: Facts, kind: str, table: str, odds: Iterable[Odd], known: Known, otherwise: Note
) -> Iterator[Found]:
    """One remark per mistake, worth what its mend changes."""
    for cluster in clustered(odds):
        changes = tuple(change for one in cluster for change in one.changes)
        names = [one.name for one in cluster]
        asked = question(float(np.median([one.ratio for one in cluster])), known, otherwise)
        yield Found(remark(kind, table, names, together(cluster), asked, facts.difference(changes)), changes)


def _by_form(facts: Facts, find: Callable[[Facts, CareForm], Iterator[Odd]]) -> list[Odd]:
    """What is odd, care form by care form."""
    return [odd for form in facts.case.care_forms for odd in find(facts, form)]


def tariffs(facts: Facts) -> Iterator[Found]:
    """Tariffs that are far from unit costs and other tariffs of the care form, or that no unit of that kind costs."""
    return mended(facts, "tariff", "offers", _by_form(facts, _tariffs), (*MONEY, USE[2]), UNEQUAL)


def _prices(facts: Facts, form: str) -> list[tuple[int, float, float, str]]:
    """Place in offers, tariff, unit cost and provider of a care form."""
    return [
        (place, row.tariff, row.unit_cost, row.provider)
        for place, row in enumerate(facts.case.offers)
        if row.care_form == form
    ]


def _built(facts: Facts, form: str) -> float:
    """What the elements of a build-up add up to; 0 without one."""
    return sum(row.euro_per_unit for row in facts.case.cost_price if row.care_form == form)


def _tariffs(facts: Facts, form: CareForm) -> Iterator[Odd]:
    """Odd tariffs of one care form."""
    rows, built = _prices(facts, form.id), _built(facts, form.id)
    if not rows:
        return
    values = [row[1] for row in rows] + [row[2] for row in rows] + ([built] if built else [])
    other = usual(values, *PRICES[form.unit])
    for place, tariff, _, provider in rows:
        if off(tariff, other):
            name, unit = facts.called(provider), UNITS[form.unit]
            said = {
                "nl": f"Tabel offers: het tarief van {name} voor {form.name} is {price(tariff, 'nl')} per {unit['nl']}; "
                f"kostprijzen, andere tarieven en de eenheid wijzen op {price(other, 'nl')}.",
                "en": f"Table offers: the tariff of {name} for {form.name} is {price(tariff, 'en')} per {unit['en']}; "
                f"unit costs, other tariffs and the unit point to {price(other, 'en')}.",
            }
            spent = facts.of_form(form.id) & facts.of_provider(provider)
            yield Odd(f"{name} ({form.name})", tariff / other, said, float(facts.first[spent].sum()),
                      (Change("offers", place, "tariff", other),))  # fmt: skip


def _worth(facts: Facts, kind: str, table: str, odds: Iterable[Odd], otherwise: Note) -> Iterator[Found]:
    """One remark per mistake in a number that expected spending does not hold; worth at most what its care costs."""
    for cluster in clustered(odds):
        asked = question(float(np.median([one.ratio for one in cluster])), (*MONEY, USE[2]), otherwise)
        euros = facts.most(sum(one.weight for one in cluster))
        yield Found(remark(kind, table, [one.name for one in cluster], together(cluster), asked, euros))


def unit_costs(facts: Facts) -> Iterator[Found]:
    """Unit costs that are no cost of a unit sold at that tariff."""
    return _worth(facts, "unit_cost", "offers", _by_form(facts, _unit_costs), UNEQUAL)


def _unit_costs(facts: Facts, form: CareForm) -> Iterator[Odd]:
    """Odd unit costs of one care form."""
    for _, tariff, cost, provider in _prices(facts, form.id):
        if not CHEAP <= cost / tariff <= DEAR:
            name, unit = facts.called(provider), UNITS[form.unit]
            said = {
                "nl": f"Tabel offers: de kostprijs van {name} voor {form.name} is {price(cost, 'nl')} per {unit['nl']}, "
                f"het tarief {price(tariff, 'nl')}.",
                "en": f"Table offers: the unit cost of {name} for {form.name} is {price(cost, 'en')} per {unit['en']}, "
                f"the tariff {price(tariff, 'en')}.",
            }
            spent = facts.of_form(form.id) & facts.of_provider(provider)
            yield Odd(f"{name} ({form.name})", cost / tariff, said,
                      facts.most(float(facts.first[spent].sum()) * (cost / tariff - 1), spent))  # fmt: skip


def built_prices(facts: Facts) -> Iterator[Found]:
    """Build-ups of a unit price that are not the price of that unit."""
    return _worth(facts, "built_price", "cost_price", _by_form(facts, _built_prices), UNEQUAL)


def _built_prices(facts: Facts, form: CareForm) -> Iterator[Odd]:
    """The build-up of one care form, where it is odd."""
    built, rows = _built(facts, form.id), _prices(facts, form.id)
    if not built or not rows:
        return
    tariff = median(row[1] for row in rows)
    if off(built, tariff):
        unit, spent = UNITS[form.unit], facts.of_form(form.id)
        said = {
            "nl": f"Tabel cost_price: de onderdelen van {form.name} zijn samen {price(built, 'nl')} per {unit['nl']}, het "
            f"tarief in offers {price(tariff, 'nl')}.",
            "en": f"Table cost_price: the elements of {form.name} are {price(built, 'en')} per {unit['en']} together, the "
            f"tariff in offers {price(tariff, 'en')}.",
        }
        yield Odd(
            form.name,
            built / tariff,
            said,
            facts.most(float(facts.first[spent].sum()) * (built / tariff - 1), spent),
        )


def hours(facts: Facts) -> Iterator[Found]:
    """Units a week that no mean client of such a unit uses, or far from those of the other areas."""
    return mended(facts, "hours", "demand", _by_form(facts, _hours), USE, UNEQUAL)


def _of_form(facts: Facts, form: str) -> list[tuple[int, Demand]]:
    """Rows of demand of a care form, with their places."""
    return [(place, row) for place, row in enumerate(facts.case.demand) if row.care_form == form]


def _hours(facts: Facts, form: CareForm) -> Iterator[Odd]:
    """Odd hours of one care form."""
    rows, (low, high) = _of_form(facts, form.id), WEEKLY[form.unit]
    if not rows:
        return
    values = [row.units_per_week for _, row in rows]
    inside = [one for one in values if low <= one <= high]
    other = median(inside) if inside else min(max(median(values), low), high)
    for place, row in rows:
        value = row.units_per_week
        if low <= value <= high and not off(value, other, 2 * TWICE):
            continue
        area, unit = facts.called(row.area), UNITS[form.unit]
        said = {
            "nl": f"Tabel demand: een cliënt van {form.name} in {area} krijgt gemiddeld {plain(value, 'nl', 2)} "
            f"{unit['nl']} per week; {plain(low, 'nl', 2)} tot {plain(high, 'nl')} komt voor.",
            "en": f"Table demand: a client of {form.name} in {area} gets {plain(value, 'en', 2)} {unit['en']} a week on "
            f"average; {plain(low, 'en', 2)} to {plain(high, 'en')} occurs.",
        }
        weight = float(facts.first[facts.of_row(row.area, form.id)].sum())
        yield Odd(
            f"{form.name} ({area})",
            value / other,
            said,
            weight,
            (Change("demand", place, "units_per_week", other),),
        )


def durations(facts: Facts) -> Iterator[Found]:
    """Durations that starts and clients in care contradict."""
    months = {
        "nl": "Staan er starts per maand in plaats van per jaar?",
        "en": "Are starts a month given, not a year?",
    }
    which = {"nl": "Ga na welk van de drie niet klopt.", "en": "Find out which of the three is wrong."}
    return mended(facts, "duration", "demand", _by_form(facts, _durations), (*WEEKS, (12.0, months)), which)


def _durations(facts: Facts, form: CareForm) -> Iterator[Odd]:
    """Rows of one care form whose stock is not starts times duration (Little 1961); few clients say nothing. A ratio that is
    one between units of time, with a likely outcome, mends the duration, another one the starts."""
    for place, row in _of_form(facts, form.id):
        steady = row.starts_per_year * row.mean_duration_weeks / WEEKS_PER_YEAR
        if not row.clients_at_start or not steady or max(row.clients_at_start, steady) < FEWEST:
            continue
        weeks = row.clients_at_start / row.starts_per_year * WEEKS_PER_YEAR
        ratio = row.mean_duration_weeks / weeks
        if not off(row.mean_duration_weeks, weeks):
            continue
        slip = question(ratio, WEEKS, {}) != {} and LASTS[0] <= weeks <= LASTS[1]
        change = (
            Change("demand", place, "mean_duration_weeks", weeks)
            if slip
            else Change("demand", place, "starts_per_year", row.starts_per_year / ratio)
        )
        area = facts.called(row.area)
        said = {
            "nl": f"Tabel demand: {form.name} in {area} duurt {plain(row.mean_duration_weeks, 'nl', 1)} weken; "
            f"{plain(row.starts_per_year, 'nl')} starts per jaar en {plain(row.clients_at_start, 'nl')} cliënten in zorg "
            f"horen bij {plain(weeks, 'nl', 1)} weken.",
            "en": f"Table demand: {form.name} in {area} lasts {plain(row.mean_duration_weeks, 'en', 1)} weeks; "
            f"{plain(row.starts_per_year, 'en')} starts a year and {plain(row.clients_at_start, 'en')} clients in care "
            f"belong to {plain(weeks, 'en', 1)} weeks.",
        }
        weight = float(facts.first[facts.of_row(row.area, form.id)].sum())
        yield Odd(f"{form.name} ({area})", ratio, said, weight, (change,))


def costs_per_client(facts: Facts) -> Iterator[Found]:
    """Care forms that cost a client less or more a year than any care does, and youth care per youth beside the nation;
    where use was remarked on, nothing is added."""
    spent, clients = facts.first, facts.clients[0]
    bought = (facts.cells.lot >= 0) & (facts.times == 1)
    odds = []
    for form in facts.case.care_forms:
        own = facts.of_form(form.id) & bought
        count = float(clients[own].sum())
        each = float(spent[own].sum()) / count if count else 0.0
        low, high = PER_CLIENT
        if each and not low <= each <= high:
            odds.append(_cost_per_client(form.name, form.name, each, min(max(each, low), high), count, PER_CLIENT))
    youth = facts.of_law("jeugdwet") & (facts.cells.lot >= 0)
    known = youth.any() and bool(bought[youth].all())
    persons = float(clients[youth].sum()) / facts.case.trajectories_of("jeugdwet") if known else 0.0
    each = float(spent[youth].sum()) / persons if persons else PER_YOUTH
    if not odds and off(each, PER_YOUTH, FAR):
        odds.append(
            _cost_per_client("jeugdhulp", "youth care", each, PER_YOUTH, persons, (PER_YOUTH, PER_YOUTH * FAR))
        )
    yield from _worth(facts, "cost_per_client", "demand", odds, UNEQUAL)


def _cost_per_client(
    nl: str, en: str, each: float, bound: float, count: float, occurs: tuple[float, float]
) -> Odd:
    """The remark on a cost per client."""
    low, high = occurs
    said = {
        "nl": f"Tabellen demand en offers: {nl} kost {euro(each, 'nl')} per cliënt per jaar; {euro(low, 'nl')} tot "
        f"{euro(high, 'nl')} komt voor.",
        "en": f"Tables demand and offers: {en} costs {euro(each, 'en')} per client a year; {euro(low, 'en')} to "
        f"{euro(high, 'en')} occurs.",
    }
    return Odd(nl, each / bound, said, abs(each - bound) * count)
