"""The limits of a lump sum in tables: how they hold, what they cost and how far that price reaches, what could yield."""

from __future__ import annotations

from bekostiging.lumpsum import FRACTIONS
from bekostiging.report.numbers import MILLION
from bekostiging.report.texts import Texts
from bekostiging.stress.comparison import LumpSumResult
from bekostiging_solvers import Estimate

Table = list[list[str]]
TIGHT = 2.0
"""Standard errors from its limit within which a limit that holds is shown too."""


def checks_table(result: LumpSumResult, texts: Texts, names: dict[str, str]) -> Table:
    """Limits that do not hold or bind on fresh scenarios."""
    rows = [[texts["columns", "limit"], f"{texts['columns', 'value']} ({texts['page', 'million_euro']})",
             texts["columns", "bound"], texts["columns", "holds"]]]  # fmt: skip
    for check in result.out_of_sample:
        if not check.holds or check.limit - check.value < TIGHT * check.standard_error:
            value = texts.numbers.estimated_millions(Estimate(check.value, check.standard_error))
            holds = texts["columns", "yes" if check.holds else "no"]
            rows.append([texts.limit(check.name, names), value, texts.numbers.millions(check.limit, 3), holds])
    return rows


def prices_table(result: LumpSumResult, texts: Texts, names: dict[str, str]) -> Table:
    """What a wider limit would save, dearest first, and how far the limit may move before that changes."""
    if not result.price_ranges:
        return []
    numbers = texts.numbers
    rows = [[texts["columns", "limit"], texts["columns", "value"], texts["page", "price_reach"]]]
    for one in sorted(result.price_ranges, key=lambda one: -one.price):
        fraction = one.name.startswith(FRACTIONS)
        ends = [
            numbers.percent(end, 1) if fraction else f"{numbers.millions(end, 2)} {texts['page', 'million_euro']}"
            for end in (one.low, one.high)
        ]
        reach = texts["page", "price_reach_between"].format(low=ends[0], high=ends[1])
        price = numbers.plain(one.price / 100 if fraction else one.price, 2)
        rows.append([texts.limit(one.name, names), price, reach])
    return rows


def requirements_table(result: LumpSumResult, texts: Texts, names: dict[str, str]) -> Table:
    """The least free buffer per lot, and what a point more saves."""
    numbers = texts.numbers
    rows = [[texts["columns", "lot"], texts["page", "requirement"], texts["page", "requirement_saves"]]]
    for one in result.requirements:
        least = texts["page", "not_possible"] if one.requirement is None else numbers.percent(one.requirement, 1)
        saves = "–" if one.saves is None else numbers.millions(one.saves, 2)
        rows.append([names[one.lot], least, saves])
    return rows


def conflicts_table(result: LumpSumResult, texts: Texts, names: dict[str, str]) -> Table:
    """Limits in conflict, and by how much the begroting would have to yield."""
    rows = [[texts["columns", "limit"], f"{texts['page', 'missing']} ({texts['page', 'million_euro']})"]]
    for one in result.design.conflicts:
        euro = texts.numbers.millions(one.euro, 2) if one.euro > 0 else texts["page", "conflict"]
        rows.append([texts.limit(one.name, names), euro])
    return rows


def relaxations_table(result: LumpSumResult, texts: Texts, names: dict[str, str]) -> Table:
    """What makes a design possible: each kind of limit alone, and the cheapest way together."""
    rows = [[texts["page", "relaxed"], texts["page", "relaxed_by"], texts["page", "relaxed_limits"]]]
    for one in result.design.relaxations:
        kinds = ", ".join(texts["relaxed", kind] for kind in one.kinds)
        if one.euro is None:
            rows.append([kinds, texts["page", "relaxed_never"], "–"])
            continue
        told = "; ".join(
            f"{texts.limit(limit.name, names)} {texts.numbers.plain(limit.euro / MILLION, 2)}"
            for limit in one.limits
        )
        rows.append([kinds, texts.numbers.millions(one.euro, 2), told])
    return rows
