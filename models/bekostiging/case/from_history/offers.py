"""Prices, market shares and providers, from the euros and units of history and the revenue of contracts.

A price is the sum of the euros over the sum of the units of all places, in the last year that has both; a tariff is that
price, brought to the first contract year with the index of its lot (``case.price_index``). The market share of a provider is
its part of the revenue in the lot, all at the prices of one year. A provider without revenue there has no past: with n
providers in the lot it gets 1/n, the others share what is left by their revenue. Turnover is in the prices of the first
contract year. Equity and results are invented for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import get_args

from bekostiging.case.arguments import checked_kind
from bekostiging.case.errors import Note, Problem
from bekostiging.case.from_history.counts import Count, Counts
from bekostiging.case.model import Case
from bekostiging.case.price_index import PriceIndex, year_of_revenue
from bekostiging.case.tables import Contract, Demand, Law, Lot, Offer, Provider
from bekostiging.units import WEEKS_PER_YEAR

MARGIN = 0.015
"""Mean margin of youth care providers in 2023 (Jeugdautoriteit)."""
SOLVENCY, ASSETS = 0.25, 0.5
"""Invented: equity over total assets, and total assets over turnover."""


@dataclass(frozen=True)
class Price:
    """Euro per unit of a care form, and the year of history it is of."""

    euro: float
    year: int


@dataclass(frozen=True)
class Tariff:
    """Euro per unit that is offered, in the first contract year, and where it comes from."""

    euro: float
    source: str
    invented: bool


@dataclass(frozen=True)
class Revenues:
    """The revenue of contracts at the prices of other years than its own."""

    index: PriceIndex
    base_year: int
    first_year: int

    def year(self, contract: Contract) -> int:
        """Calendar year of the revenue of a contract."""
        return year_of_revenue(contract, self.base_year, self.first_year)

    def at(self, contract: Contract, year: int) -> Contract:
        """The contract with its revenue at the prices of a year; the rules of the case refuse a year without index."""
        level = self.index.between(contract.lot, self.year(contract), year)
        return contract.model_copy(update={"revenue": contract.revenue * level})


def unit_prices(case: Case) -> dict[str, Price]:
    """Price per care form of history: euros over units, each summed over all places of the last year that has both.

    Parameters
    ----------
    case : Case
        A validated case.

    Returns
    -------
    dict of str to Price
        Euro per unit and its year; care forms without a year that has both are left out.

    Raises
    ------
    UserError
        No ``Case`` is given.

    Examples
    --------
    >>> from bekostiging.case import case_from_history, scaffold_history, unit_prices
    >>> scaffold_history("priced", "en")
    >>> price = unit_prices(case_from_history("priced", "mine"))["youth_guidance"]
    >>> round(price.euro, 2), price.year  # (2296000 + 564000) / (30580 + 7510)
    (75.09, 2025)
    """
    checked_kind("case", case, Case, "read_case")
    return prices(Counts(case.areas, case.history, get_args(Law)), [row.id for row in case.care_forms])


def prices(counts: Counts, forms: Iterable[str]) -> dict[str, Price]:
    """The prices that counts tell, by care form; one can be 0: units that cost nothing."""
    found = {}
    for form in forms:
        paid = [one for code in counts.municipalities for one in _paid(counts, code, form)]
        with_units = {year for year, _, units in paid if units > 0}
        if with_units:
            year = max(with_units)
            euro = fsum(euro for own, euro, _ in paid if own == year)
            units = fsum(units for own, _, units in paid if own == year)
            found[form] = Price(euro / units, year)
    return found


def _paid(counts: Counts, code: str, form: str) -> list[tuple[int, float, float]]:
    """Year, euros and units of a municipality: its own row where that has both, else those of its areas."""
    by_areas = any(area.id == code for area in counts.level(code, form).own)
    places = [area.id for area in counts.areas if area.municipality == code and (by_areas or area.id != code)]
    whole = (
        {} if by_areas else {year: one for year, one in counts.of(code, form).items() if _has_euros_and_units(one)}
    )
    parts = [
        one
        for place in places
        for one in counts.of(place, form).values()
        if _has_euros_and_units(one) and one.year not in whole
    ]
    return [(one.year, one.euro or 0.0, one.units or 0.0) for one in (*whole.values(), *parts)]


def _has_euros_and_units(count: Count) -> bool:
    """Whether a year has euros and units; zero is one of them."""
    return count.euro is not None and count.units is not None


def free_of_charge(priced: Mapping[str, Price]) -> list[Problem]:
    """A problem per care form whose units cost nothing: a tariff is above zero."""
    return [
        Problem(
            "history",
            f"zorgvorm {form}: 0 euro voor alle eenheden van {price.year}, en een tarief is meer dan 0; verbeter "
            "euro_realised, of laat het leeg als het niet bekend is",
            f"care form {form}: 0 euro for all units of {price.year}, and a tariff is above 0; mend euro_realised, or leave "
            "it empty where it is not known",
            column="euro_realised",
        )
        for form, price in priced.items()
        if price.euro == 0
    ]


def indexed(price: Price, index: PriceIndex, lot: str, first_year: int) -> Tariff:
    """A price of history as tariff of the first contract year, at the weights of a lot."""
    brought = f", geïndexeerd naar {first_year}" if price.year != first_year else ""
    euro = price.euro * index.between(lot, price.year, first_year)
    return Tariff(euro, f"historie {price.year}: euro's gedeeld door eenheden{brought}", invented=False)


def unindexed(priced: Mapping[str, Price], index: PriceIndex, first_year: int) -> list[Problem]:
    """A problem per year of prices that table indices does not bring to the first contract year."""
    found = []
    for year in dict.fromkeys(price.year for price in priced.values()):
        missing = ", ".join(str(one) for one in index.missing(*sorted((year, first_year))))
        if missing:
            forms = ", ".join(form for form, price in priced.items() if price.year == year)
            found.append(
                Problem(
                    "indices",
                    f"jaar {missing} ontbreekt, en de prijs van {forms} is van {year} en wordt met de index van elk jaar "
                    f"erna naar {first_year} gebracht; vul OVA en PPC in, of leg offers.csv met tarieven van {first_year} "
                    "ernaast",
                    f"year {missing} is missing, and the price of {forms} is of {year} and is brought to {first_year} with "
                    f"the index of every year after it; fill in OVA and PPC, or put offers.csv with tariffs of {first_year} "
                    "beside it",
                    column="year",
                )
            )
    return found


def market_shares(contracts: Sequence[Contract]) -> dict[str, float]:
    """Market share per provider of the contracts of one lot; those without a past get an equal share.

    >>> one, two, new = (
    ...     Contract(provider=name, lot="lot", revenue=revenue, source="own", status="own_data")
    ...     for name, revenue in (("one", 300.0), ("two", 100.0), ("new", 0.0))
    ... )
    >>> market_shares([one, two])
    {'one': 0.75, 'two': 0.25}
    >>> {name: round(share, 3) for name, share in market_shares([one, two, new]).items()}
    {'one': 0.5, 'two': 0.167, 'new': 0.333}
    """
    total = fsum(row.revenue for row in contracts)
    equal = 1 / len(contracts)
    left = 1 - equal * sum(row.revenue == 0 for row in contracts)
    return {row.provider: left * row.revenue / total if row.revenue > 0 else equal for row in contracts}


def offers(
    lots: Sequence[Lot],
    contracts: Sequence[Contract],
    tariffs: Mapping[tuple[str, str], Tariff],
    revenues: Revenues,
) -> tuple[Offer, ...]:
    """Every provider of a lot offers its care forms, at the tariff by (lot, care form) and with its share of the revenue."""
    rows = []
    for lot in lots:
        own = [row for row in contracts if row.lot == lot.id]
        last = max((revenues.year(row) for row in own), default=revenues.first_year)
        shares = market_shares([revenues.at(row, last) for row in own]) if own else {}
        for form in lot.care_forms:
            if (lot.id, form) not in tariffs:
                continue  # an unknown care form, which the rules of the case refuse
            offered = tariffs[lot.id, form]
            tariff, cost = round(offered.euro, 2), round(offered.euro * (1 - MARGIN), 2)
            for row in own:
                basis = (
                    "naar omzet in de contracten"
                    if row.revenue > 0
                    else f"gelijk deel van {len(own)}, zonder omzet in de contracten"
                )
                rows.append(
                    Offer(
                        provider=row.provider, care_form=form, market_share=shares[row.provider],
                        tariff=max(tariff, 0.01), unit_cost=max(cost, 0.01),
                        source=f"{offered.source}; kostprijs bij marge {_percent(MARGIN)} (Jeugdautoriteit 2023); aandeel "
                        f"{basis}",
                        status="estimated" if not offered.invented and row.revenue > 0 else "illustrative",
                    )
                )  # fmt: skip
    return tuple(rows)


def _percent(share: float) -> str:
    """A share in a source, as the Dutch write it."""
    return f"{100 * share:.1f} %".replace(".", ",")


def providers(
    lots: Sequence[Lot],
    contracts: Sequence[Contract],
    offered: Sequence[Offer],
    demand: Sequence[Demand],
    revenues: Revenues,
) -> tuple[Provider, ...]:
    """Turnover from the revenue of its contracts, or what a provider without any may expect; equity invented."""
    first = revenues.first_year
    rows = []
    for name in dict.fromkeys(row.provider for row in contracts):
        own = [row for row in contracts if row.provider == name]
        revenue = fsum(revenues.at(row, first).revenue for row in own)
        years = ", ".join(str(year) for year in sorted({revenues.year(row) for row in own if row.revenue > 0}))
        basis = f"omzet in de contracten van {years}, geïndexeerd naar {first}"
        if revenue == 0:
            named = {row.lot for row in own}
            revenue = expected_revenue(name, [lot for lot in lots if lot.id in named], offered, demand)
            basis = "zonder omzet in de contracten: verwachte omzet bij haar marktaandeel"
        turnover = max(float(round(revenue)), 1.0)
        result = round(MARGIN * turnover)
        rows.append(
            Provider(
                id=name, name=name, equity=round(SOLVENCY * ASSETS * turnover), total_assets=max(ASSETS * turnover, 1.0),
                turnover=turnover, result_1=result, result_2=result, result_3=result, region_turnover_share=1.0,
                fixed_share=0.35, margin=MARGIN,
                source=f"{basis}; vermogen en resultaten verzonnen: zie de jaarrekening",
                status="illustrative",
            )
        )  # fmt: skip
    return tuple(rows)


def expected_revenue(
    provider: str, lots: Sequence[Lot], offered: Sequence[Offer], demand: Sequence[Demand]
) -> float:
    """Euro a year of a provider in lots: the caseload of the base year at its tariff and market share."""
    tariffs = {
        (one.care_form, one.area): one.tariff * one.market_share for one in offered if one.provider == provider
    }
    parts = []
    for row in demand:
        if any(row.area in lot.areas and row.care_form in lot.care_forms for lot in lots):
            units = row.clients_at_start * row.units_per_week * WEEKS_PER_YEAR
            parts.append(units * tariffs.get((row.care_form, row.area), tariffs.get((row.care_form, ""), 0.0)))
    return fsum(parts)


def notes_on_new_providers(contracts: Sequence[Contract]) -> list[Note]:
    """One note on the contracts without revenue, whose market share is a rule and no figure."""
    found = []
    for lot in dict.fromkeys(row.lot for row in contracts):
        own = [row for row in contracts if row.lot == lot]
        found += [f"{row.provider} / {lot} ({100 / len(own):.0f} %)" for row in own if row.revenue == 0]
    if not found:
        return []
    listed = ", ".join(found)
    return [
        {
            "nl": f"contracts: zonder omzet is er geen verleden; het marktaandeel is dan een gelijk deel van het perceel: "
            f"{listed}. Vul market_share in offers in als u meer weet.",
            "en": f"contracts: without revenue there is no past; the market share is then an equal part of the lot: "
            f"{listed}. Fill in market_share of offers if you know more.",
        }
    ]
