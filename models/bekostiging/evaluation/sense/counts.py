"""What was counted beside what is expected: clients, starts and hours of history and of demand."""

from __future__ import annotations

from collections.abc import Iterator

from bekostiging.case.tables import Demand
from bekostiging.evaluation.sense.facts import Facts
from bekostiging.evaluation.sense.inputs import off
from bekostiging.evaluation.sense.remark import (
    USE,
    WHICH,
    Found,
    Odd,
    clustered,
    plain,
    question,
    remark,
    together,
)
from bekostiging.evaluation.sense.sources import newest
from bekostiging.units import WEEKS_PER_YEAR
from bekostiging_solvers.typing import BoolArray


def counts(facts: Facts) -> Iterator[Found]:
    """Clients, starts and hours that differ from those of the newest year in history, where use was not remarked on yet."""
    for kind, column in (("clients", "clients"), ("starts", "starts"), ("hours_before", "units")):
        for cluster in clustered(_odds(facts, kind, column)):
            weights = [one.weight for one in cluster]
            ratio = sum(one.ratio * one.weight for one in cluster) / max(sum(weights), 1.0)
            euros = sum(one.weight * abs(1 - one.ratio) for one in cluster)
            names = [one.name for one in cluster]
            yield Found(
                remark(
                    kind,
                    "demand",
                    names,
                    together(cluster),
                    question(ratio, USE if kind == "hours_before" else USE[1:2], WHICH),
                    euros,
                )
            )


def _odds(facts: Facts, kind: str, column: str) -> Iterator[Odd]:
    """Rows of history that demand does not resemble; the ratio is that of history over demand."""
    for (place, use), row in newest(facts, column).items():
        where, what = facts.of_place(place), facts.of_use(use)
        if where is None or what is None or use not in facts.cells.care_form_ids:
            continue
        mask = where & what & (facts.cells.lot >= 0)
        if (
            not mask.any()
            or (facts.times[mask] != 1).any()
            or (column != "starts" and row.definition != "stock_at_date")
        ):
            continue
        own = _rows(facts, mask)
        here, then = _numbers(own, kind, row.clients or 0.0, float(getattr(row, column)))
        if here > 0 and then > 0 and off(here, then):
            name = f"{facts.called(use)} ({facts.called(place)}, {row.year})"
            nl, en = WORDS[kind]
            digits = 1 if kind == "hours_before" else 0
            said = {
                "nl": f"Tabellen demand en history: {name} heeft {plain(here, 'nl', digits)} {nl}; in history "
                f"{plain(then, 'nl', digits)}.",
                "en": f"Tables demand and history: {name} has {plain(here, 'en', digits)} {en}; in history "
                f"{plain(then, 'en', digits)}.",
            }
            yield Odd(name, then / here, said, float(facts.first[mask].sum()))


WORDS = {
    "clients": ("cliënten in zorg", "clients in care"),
    "starts": ("starts per jaar", "starts a year"),
    "hours_before": ("eenheden per cliënt per week", "units per client a week"),
}
"""What is counted, in Dutch and English."""


def _rows(facts: Facts, mask: BoolArray) -> list[Demand]:
    """Rows of demand with cells in a mask."""
    return [row for row in facts.case.demand if facts.of_row(row.area, row.care_form)[mask].any()]


def _numbers(rows: list[Demand], kind: str, clients: float, counted: float) -> tuple[float, float]:
    """The same number of demand and of history; units per client and week where both are known."""
    if kind == "starts":
        return sum(row.starts_per_year for row in rows), counted
    stock = sum(row.clients_at_start for row in rows)
    if kind == "clients":
        return stock, counted
    units = sum(row.clients_at_start * row.units_per_week for row in rows)
    return (units / stock, counted / clients / WEEKS_PER_YEAR) if stock and clients else (0.0, 0.0)
