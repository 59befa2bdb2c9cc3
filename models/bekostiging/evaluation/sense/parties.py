"""Municipalities and providers: what they own beside what they spend and turn over; growth beside their own past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import expm1

import numpy as np

from bekostiging.case.errors import LANGUAGES, Note
from bekostiging.case.growth import growth_estimates
from bekostiging.evaluation.sense.facts import Facts
from bekostiging.evaluation.sense.inputs import off
from bekostiging.evaluation.sense.remark import (
    MONEY,
    Found,
    Odd,
    clustered,
    euro,
    percent,
    question,
    remark,
    together,
)
from bekostiging.evaluation.sense.sources import law_in_words

SOLVENCY = (0.005, 0.95)
"""Equity over total assets where it is not negative. Below 20 % is a warning, below zero all is lost (Contractstandaard Wmo
v1.2 art. 3.4): half a percent or nothing but equity is rather a slip."""
TURNED = (0.2, 20.0)
"""Turnover over total assets: an ambulant provider owns little, one with buildings a few years of turnover."""
EARNED = 0.3
"""Result over turnover, either way: the sector earns 1 to 2 % (Jeugdautoriteit)."""
OWN_SHARE = 4.0
"""Turnover x share of the region over the contracts of the case: a region may buy more from a provider than stands here."""
STOCK = 2.0
"""Reserve over a year of expected spending: the stock a design asks is a few tenths of it."""
FUND = 10_000.0
"""Euro per inhabitant a year from the gemeentefonds, some 2,000 on average: a factor of five is no municipality."""
POINTS = 0.03
"""Difference of two growth rates that matters: over a term of four years it is an eighth of the budget."""
CERTAIN = 2.0
"""Standard errors beyond which chance does not explain a difference (5 %)."""
UNLIKE = 3.0
"""Realised over begroot of one year, or over the year before: small cells were 38 % off at most (probation, Venlo 2024)."""


def _table(table: str, nl: str, en: str) -> Note:
    """A sentence that begins with its table."""
    return {"nl": f"Tabel {table}: {nl}", "en": f"Table {table}: {en}"}


def _remarks(facts: Facts, kind: str, table: str, odds: Iterable[Odd]) -> Iterator[Found]:
    """One remark per mistake; at most what the contracts cost."""
    for cluster in clustered(odds):
        ratio = float(np.median([one.ratio for one in cluster]))
        asked = question(ratio, MONEY, MAYBE if 1 / ROUGH < ratio < ROUGH else MONEY[0][1])
        euros = facts.most(sum(one.weight for one in cluster))
        yield Found(remark(kind, table, [one.name for one in cluster], together(cluster), asked, euros))


ROUGH = 50.0
"""What ratios are taken of is known roughly here; beyond this factor only thousands are left."""
MAYBE: Note = {"nl": "Klopt dit bedrag?", "en": "Is this amount right?"}


def balance_sheets(facts: Facts) -> Iterator[Found]:
    """Providers whose equity, assets, turnover and results do not go together."""
    for kind, find in (("solvency", _solvency), ("turnover", _turnover_beside_assets), ("result", _earned)):
        yield from _remarks(facts, kind, "providers", find(facts))


def _solvency(facts: Facts) -> Iterator[Odd]:
    """Equity beside assets; a thirtieth to a third is ordinary, so that 0.3 is what a ratio is taken of."""
    low, high = SOLVENCY
    for row in facts.case.providers:
        ratio = row.equity / row.total_assets
        if 0 < ratio < low or ratio > high or ratio < -1:
            said = _table("providers", f"{row.name} heeft {euro(row.equity, 'nl')} eigen vermogen op een balans van "
                          f"{euro(row.total_assets, 'nl')}.",
                          f"{row.name} has {euro(row.equity, 'en')} of equity on a balance of "
                          f"{euro(row.total_assets, 'en')}.")  # fmt: skip
            euros = facts.most(max(row.equity, low * row.total_assets), facts.of_provider(row.id))
            yield Odd(row.name, abs(ratio) / 0.3, said, euros)


def _turnover_beside_assets(facts: Facts) -> Iterator[Odd]:
    """Turnover beside assets."""
    for row in facts.case.providers:
        ratio = row.turnover / row.total_assets
        if not TURNED[0] <= ratio <= TURNED[1]:
            said = _table("providers", f"{row.name} zet {euro(row.turnover, 'nl')} om met een balans van "
                          f"{euro(row.total_assets, 'nl')}.",
                          f"{row.name} turns over {euro(row.turnover, 'en')} on a balance of "
                          f"{euro(row.total_assets, 'en')}.")  # fmt: skip
            yield Odd(row.name, ratio / 2, said, facts.most(row.turnover, facts.of_provider(row.id)))


def _earned(facts: Facts) -> Iterator[Odd]:
    """Results beside turnover."""
    for row in facts.case.providers:
        most = max((row.result_1, row.result_2, row.result_3), key=abs)
        if abs(most) > EARNED * row.turnover:
            said = _table("providers", f"{row.name} had een resultaat van {euro(most, 'nl')} op "
                          f"{euro(row.turnover, 'nl')} omzet.",
                          f"{row.name} had a result of {euro(most, 'en')} on {euro(row.turnover, 'en')} of "
                          "turnover.")  # fmt: skip
            yield Odd(
                row.name, abs(most) / (0.01 * row.turnover), said, facts.most(most, facts.of_provider(row.id))
            )


def regional_turnover(facts: Facts) -> Iterator[Found]:
    """Providers whose turnover in this region is far from their contracts."""
    odds = []
    for row in facts.case.providers:
        here, own = row.turnover * row.region_turnover_share, float(facts.first[facts.of_provider(row.id)].sum())
        if own > 0 and here > 0 and off(here, own, OWN_SHARE):
            said = _table("providers", f"de omzet van {row.name} in deze regio (omzet maal aandeel) is {euro(here, 'nl')} "
                          f"per jaar; de contracten hier kosten {euro(own, 'nl')}.",
                          f"turnover of {row.name} in this region (turnover times share) is {euro(here, 'en')} a year; the "
                          f"contracts here cost {euro(own, 'en')}.")  # fmt: skip
            odds.append(Odd(row.name, here / own, said, facts.most(here - own, facts.of_provider(row.id))))
    yield from _remarks(facts, "regional_turnover", "providers", odds)


def reserves(facts: Facts) -> Iterator[Found]:
    """Reserves, cover and gemeentefonds that no municipality of that size has."""
    spent = {
        row.code: float(facts.first[facts.of_municipality(row.code)].sum()) for row in facts.case.municipalities
    }
    for kind, table, find in (
        ("reserve", "municipalities", _reserves),
        ("gemeentefonds", "municipalities", _funds),
        ("cover", "begroting", _cover),
    ):
        yield from _remarks(facts, kind, table, find(facts, spent))


def _reserves(facts: Facts, spent: dict[str, float]) -> Iterator[Odd]:
    """Reserve beside a year of spending."""
    for row in facts.case.municipalities:
        own = spent[row.code]
        if row.reserve > STOCK * own > 0:
            said = _table("municipalities", f"{row.name} heeft {euro(row.reserve, 'nl')} in reserve voor deze contracten; "
                          f"die kosten {euro(own, 'nl')} per jaar.",
                          f"{row.name} has {euro(row.reserve, 'en')} in reserve for these contracts; they cost "
                          f"{euro(own, 'en')} a year.")  # fmt: skip
            yield Odd(
                row.name, row.reserve / (0.3 * own), said, facts.most(row.reserve, facts.of_municipality(row.code))
            )


def _funds(facts: Facts, spent: dict[str, float]) -> Iterator[Odd]:
    """Gemeentefonds beside inhabitants."""
    people = dict.fromkeys(spent, 0.0)
    for area in facts.case.areas:
        people[area.municipality] += area.inhabitants_0_17 + area.inhabitants_18_64 + area.inhabitants_65_plus
    for row in facts.case.municipalities:
        each = row.gemeentefonds / people[row.code] if people[row.code] else 0.0
        if each > FUND:
            said = _table("municipalities", f"{row.name} krijgt {euro(row.gemeentefonds, 'nl')} uit het gemeentefonds, "
                          f"{euro(each, 'nl')} per inwoner.",
                          f"{row.name} gets {euro(row.gemeentefonds, 'en')} from the gemeentefonds, {euro(each, 'en')} per "
                          "inhabitant.")  # fmt: skip
            yield Odd(row.name, each / 2000, said, facts.most(row.gemeentefonds, facts.of_municipality(row.code)))


COVERS = {
    "structural_cover": ("structurele dekking", "structural cover"),
    "reserve_addition": ("toevoeging aan de reserve", "addition to the reserve"),
}
"""Columns of begroting beside the budget, in words."""


def _cover(facts: Facts, spent: dict[str, float]) -> Iterator[Odd]:
    """Structural cover and additions to the reserve beside a year of spending."""
    for line in facts.case.begroting:
        for column, (nl, en) in COVERS.items():
            value, own = abs(getattr(line, column)), spent[line.municipality]
            if value > own > 0:
                place = facts.names["municipalities"][line.municipality]
                said = _table("begroting", f"de {nl} van {place} in {line.year} is {euro(value, 'nl')}; de contracten "
                              f"kosten {euro(own, 'nl')} per jaar.",
                              f"the {en} of {place} in {line.year} is {euro(value, 'en')}; the contracts cost "
                              f"{euro(own, 'en')} a year.")  # fmt: skip
                yield Odd(f"{place} ({line.year})", value / (0.02 * own), said,
                          facts.most(value, facts.of_municipality(line.municipality)))  # fmt: skip


def measures(facts: Facts) -> Iterator[Found]:
    """Measures that cost or save more a year than the care they act on."""
    odds = []
    for row in facts.case.measures:
        spent, most = float(facts.first[facts.of_form(row.care_form)].sum()), max(row.cost, row.booked_saving)
        if most > spent > 0:
            form = facts.called(row.care_form)
            said = _table("measures", f"{row.name} kost of bespaart {euro(most, 'nl')} per jaar; {form} kost in totaal "
                          f"{euro(spent, 'nl')}.",
                          f"{row.name} costs or saves {euro(most, 'en')} a year; {form} costs {euro(spent, 'en')} in "
                          "total.")  # fmt: skip
            odds.append(Odd(row.name, most / (0.02 * spent), said, most - spent))
    yield from _remarks(facts, "measure", "measures", odds)


def growth(facts: Facts) -> Iterator[Found]:
    """Stated growth beside that of the municipality's own years."""
    case = facts.case
    forms, areas = {row.id: row for row in case.care_forms}, {row.id: row for row in case.areas}
    years = case.lead_years + (case.n_years - 1) / 2
    for one in growth_estimates(case):
        rows = [
            row
            for row in case.demand
            if areas[row.area].municipality == one.place and forms[row.care_form].law == one.law
        ]
        weights = [row.clients_at_start + row.starts_per_year for row in rows]
        if one.own is None or one.own_error is None or not sum(weights):
            continue
        people = [getattr(areas[row.area], f"growth_{forms[row.care_form].age_band}") for row in rows]
        rates = [(1 + row.growth) * (1 + own) - 1 for row, own in zip(rows, people, strict=True)]
        stated, own = float(np.average(rates, weights=weights)), expm1(one.own)
        if abs(stated - own) <= max(POINTS, CERTAIN * one.own_error):
            continue
        mask = facts.of_municipality(one.place) & facts.of_law(one.law) & (facts.cells.lot >= 0)
        euros = abs(float(facts.first[mask].sum()) * (1 - ((1 + own) / (1 + stated)) ** years))
        place, law = (
            facts.names["municipalities"][one.place],
            {lang: law_in_words(one.law, lang) for lang in LANGUAGES},
        )
        span = f"{one.years[0]}-{one.years[-1]}"
        said = _table("demand", f"{law['nl']} in {place} groeit {percent(stated, 'nl')} per jaar, de groei van inwoners "
                      f"meegeteld; in history was dat {percent(own, 'nl')} ({span}).",
                      f"{law['en']} in {place} grows {percent(stated, 'en')} a year, growth of inhabitants included; in "
                      f"history it was {percent(own, 'en')} ({span}).")  # fmt: skip
        asked = {"nl": "Is er een reden voor het verschil?", "en": "Is there a reason for the difference?"}
        yield Found(remark("growth", "demand", [f"{place}, {law['nl']}"], said, asked, euros))


def histories(facts: Facts) -> Iterator[Found]:
    """Rows of history that contradict each other: realised and begroot of a year, a year and the one before."""
    paid = {
        (row.area, row.care_form, row.year, row.definition): row for row in facts.case.history if row.euro_realised
    }
    odds = []
    for (place, use, year, definition), row in paid.items():
        before = paid.get((place, use, year - 1, definition))
        others = (
            (("begroot was", "begroot was"), row.euro_begroot),
            (("een jaar eerder was het", "a year before it was"), before.euro_realised if before else None),
        )
        realised = float(row.euro_realised or 0.0)
        for (nl, en), other in others:
            if other and off(realised, other, UNLIKE):
                name = {
                    lang: f"{law_in_words(use, lang) or facts.called(use)} ({facts.called(place)}, {year})"
                    for lang in LANGUAGES
                }
                said = _table("history", f"{name['nl']} kostte {euro(realised, 'nl')}; {nl} {euro(other, 'nl')}.",
                              f"{name['en']} cost {euro(realised, 'en')}; {en} {euro(other, 'en')}.")  # fmt: skip
                odds.append(Odd(name["nl"], realised / other, said, abs(realised - other)))
    yield from _remarks(facts, "history", "history", odds)
