"""What lies beside the messages of a region that does not exist: tables of CBS, Iv3 spending and quarterly counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bekostiging.case.model import Case
from bekostiging.case.tables import Law
from bekostiging.messages.generator.events import MEAN_WAIT, Events
from bekostiging.units import CENTS, QUARTERS, WEEKS_PER_YEAR

ROUNDED = 5
"""CBS rounds counts of persons to fives."""
TOPICS: dict[str, tuple[Law, str]] = {
    "85099NED": ("jeugdwet", "JongerenMetJeugdzorg_1"),
    "85097NED": ("jeugdwet", "Jeugdzorgtrajecten_1"),
    "85043NED": ("wmo", "WmoClienten_1"),
}
"""Tables of CBS with the law and topic of each; columns after the published description, no export of them was seen."""
SPLIT_IN, SPLIT = 2023, {"6.71": "6.712", "6.72": "6.752", "6.81": "6.811", "6.82": "6.821"}
"""Year in which taakvelden were split, and what stands for an old one from then on."""
Write = Callable[[Path, tuple[str, ...], Any], None]


def write_beside(place: Path, case: Case, events: Events, write: Write) -> None:
    """Write counts of CBS, spending and quarterly counts; ``events`` has made all its messages."""
    counted = events.persons()
    for name, (law, topic) in TOPICS.items():
        rows = [
            (
                f"GM{code}    ", f"{year}JJ00", "T001038",
                ROUNDED * round((times if "traject" in topic else len(own)) / ROUNDED),
            )
            for (code, of, year), (own, times) in sorted(counted.items())
            if of == law
        ]  # fmt: skip
        write(
            place / f"{name}.csv",
            ("RegioS", "Perioden", "Vorm", topic),
            [*rows, ("Bron: CBS (verzonnen)", "", "", "")],
        )
    write(place / "iv3.csv", ("municipality", "year", "taakveld", "kind", "amount"), list(_spending(events)))
    write(
        place / "counts.csv", ("provider", "region", "form", "year", "quarter", "quantity", "value"),
        list(_quarterly(case, events)),
    )  # fmt: skip


def _spending(events: Events) -> Iterator[tuple[object, ...]]:
    """The annual accounts by taakveld: what was claimed, in the taakvelden of the year."""
    sums: dict[tuple[str, int, str], int] = {}
    for (code, year, taakveld), cents in events.spent.items():
        split = SPLIT.get(taakveld, taakveld)
        whole = next((old for old in SPLIT if split[: len(old)] == old), "6.72")
        own = split if year >= SPLIT_IN else whole
        sums[code, year, own] = sums.get((code, year, own), 0) + cents
    for (code, year, taakveld), cents in sorted(sums.items()):
        yield code, year, taakveld, "jaarrekening", cents / CENTS


def _quarterly(case: Case, events: Events) -> Iterator[tuple[object, ...]]:
    """What providers count in the quarters of the base year: a fourth of their accounts, and who waits by form."""
    starts: dict[str, float] = {}
    for row in case.demand:
        starts[row.care_form] = starts.get(row.care_form, 0.0) + row.starts_per_year
    for provider in case.providers:
        code = events.codes.providers[provider.id]
        for quarter in range(1, QUARTERS + 1):
            facts = {
                "revenue": provider.turnover / QUARTERS, "result": provider.result_1 / QUARTERS,
                "liquidity": 1.3, "working_capital": 0.1 * provider.turnover, "staff_in": provider.turnover / 90_000,
                "staff_out": provider.turnover / 400_000,
                "youth_revenue": provider.region_turnover_share * provider.turnover / QUARTERS,
                "unclaimed_production": 0.0,
            }  # fmt: skip
            for quantity, value in facts.items():
                yield code, "regio", "", case.base_year, quarter, quantity, round(value, 2)
            for offer in case.offers:
                if offer.provider == provider.id and offer.area == "":
                    waiting = round(
                        starts.get(offer.care_form, 0.0) * offer.market_share * MEAN_WAIT / WEEKS_PER_YEAR
                    )
                    for quantity, value in (("waiting_clients", waiting), ("waiting_weeks", MEAN_WAIT)):
                        yield code, "regio", offer.care_form, case.base_year, quarter, quantity, value
