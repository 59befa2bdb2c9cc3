"""A small start to estimate a case from: two municipalities, of which one has two areas, and rows of history to put in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from bekostiging.case import Case, read_case
from bekostiging.case.from_history.assemble import EXAMPLE, Estimates
from bekostiging.case.mergers import with_mergers
from bekostiging.case.tables import Area, Begroting, Contract, History, Index

OWN = {"source": "own", "status": "own_data"}
FORM, OTHER = "youth_guidance", "wmo_guidance"
AREAS = (("north", "city", 6000), ("south", "city", 2000), ("village", "village", 1000))
"""Id, municipality, inhabitants of every age band: north has three quarters of the city."""
CONTRACTS = (("one", FORM, 300.0), ("two", FORM, 100.0), ("three", OTHER, 500.0))
"""Provider, lot, revenue."""


@cache
def example() -> Case:
    """The worked example, read once."""
    return read_case(EXAMPLE)


def row(area: str, year: int = 2024, care_form: str = FORM, **counted: Any) -> History:
    """One row of history; a stock unless said otherwise."""
    return History(area=area, care_form=care_form, year=year, **{"definition": "stock_at_date"} | counted, **OWN)


def start(
    history: Sequence[History],
    areas: Sequence[tuple[str, str, float]] = AREAS,
    contracts: Sequence[tuple[str, str, float]] = CONTRACTS,
    **tables: Any,
) -> dict[str, tuple[Any, ...]]:
    """The five tables with these rows of history, and any others."""
    return {
        "areas": tuple(
            Area(
                id=name, municipality=code, name=name, inhabitants_0_17=people, inhabitants_18_64=people,
                inhabitants_65_plus=people, growth_0_17=0.01, **OWN,
            )
            for name, code, people in areas
        ),
        "begroting": tuple(
            Begroting(municipality=code, law=law, year=year, amount=1e6, **OWN)
            for code in dict.fromkeys(code for _, code, _ in areas)
            for law in ("jeugdwet", "wmo")
            for year in (2026, 2027)
        ),
        "history": tuple(history),
        "contracts": tuple(
            Contract(provider=name, lot=lot, revenue=revenue, **OWN) for name, lot, revenue in contracts
        ),
        "policy": tuple(example().policy),
    } | tables  # fmt: skip


def indices(by_year: dict[int, float]) -> tuple[Index, ...]:
    """Wages and prices alike, so that the weights of a lot do not matter; forecast and no final figure."""
    return tuple(Index(year=year, ova_forecast=rate, ppc_forecast=rate, **OWN) for year, rate in by_year.items())


def estimated(tables: dict[str, tuple[Any, ...]]) -> Case:
    """The case that is estimated from them, not validated."""
    merged = with_mergers(tables, [], [])
    return Estimates(merged, example()).case("mine", ())


def caseloads(case: Case, care_form: str = FORM) -> dict[str, tuple[float, float]]:
    """Clients at the start and starts per year of a care form, by area."""
    return {
        one.area: (one.clients_at_start, one.starts_per_year) for one in case.demand if one.care_form == care_form
    }
