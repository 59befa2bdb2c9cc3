"""The limits of a lump sum in tables: how they hold, what they cost and how far that price reaches, what could yield."""

from __future__ import annotations

from collections.abc import Sequence

from bekostiging.evaluation.results import LumpSumResult
from bekostiging.lumpsum import FRACTIONS, LimitCheck
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import amount, certain
from bekostiging.report.lumpsum.designs import both_millions, design_in_short
from bekostiging.report.lumpsum.yields import gathered
from bekostiging.units import MILLION

Table = list[list[str]]
SURE = 0.99
"""Certainty above which a limit is not shown."""


def checks_table(checks: Sequence[LimitCheck], texts: Texts, names: dict[str, str]) -> Table:
    """Limits that do not hold at 95 %, or hardly, on scenarios that did not make the design."""
    rows = [[texts["columns", "limit"], f"{texts['columns', 'value']} ({texts['page', 'million_euro']})",
             texts["columns", "bound"], texts["agreement", "certainty"]]]  # fmt: skip
    for check in checks:
        if check.certainty < SURE:
            value = texts.numbers.estimated_millions(check.estimate)
            rows.append(
                [
                    texts.limit(check.limit, names),
                    value,
                    texts.numbers.millions(check.most, 3),
                    certain(check.certainty, texts),
                ]
            )
    return rows


def prices_table(result: LumpSumResult, texts: Texts, names: dict[str, str]) -> Table:
    """What a wider limit would save, dearest first, and how far the limit may move before that changes."""
    if not result.price_ranges:
        return []
    numbers = texts.numbers
    heads = ("price_expected", "price_tail", "price_reach")
    rows = [[texts["columns", "limit"], *(texts["page", name] for name in heads)]]
    for one in sorted(result.price_ranges, key=lambda one: -one.expected.value):
        fraction = one.limit.kind in FRACTIONS
        ends = [numbers.percent(end, 1) if fraction else amount(end, texts) for end in (one.low, one.high)]
        reach = texts["page", "price_reach_between"].format(low=ends[0], high=ends[1])
        prices = [
            f"{numbers.millions(value, 3)} {texts['page', 'million_euro']}"
            if fraction
            else numbers.plain(value, 2)
            for value in (one.expected.value, one.tail.value)
        ]
        rows.append([texts.limit(one.limit, names), *prices, reach])
    return rows


def requirements_table(result: LumpSumResult, texts: Texts, names: dict[str, str]) -> Table:
    """The least free buffer per lot with its design, and what a point more saves."""
    numbers, data = texts.numbers, result.data
    heads = ("requirement", "requirement_design", "requirement_saves")
    rows = [[texts["columns", "lot"], *(texts["page", name] for name in heads)]]
    for j, one in enumerate(result.requirements):
        found = one.found
        least = (
            texts["page", "not_possible"] if found.requirement is None else numbers.percent(found.requirement, 1)
        )
        design = UNKNOWN if found.design is None else design_in_short(data, found.design, j, texts)
        rows.append([names[found.lot], least, design, both_millions(one.saves, texts)])
    return rows


def conflicts_table(result: LumpSumResult, texts: Texts, names: dict[str, str]) -> Table:
    """Limits in conflict, and by how much the begroting would have to yield."""
    rows = [[texts["columns", "limit"], f"{texts['page', 'missing']} ({texts['page', 'million_euro']})"]]
    for one in result.design.conflicts:
        euro = texts.numbers.millions(one.euro, 2) if one.euro > 0 else texts["page", "conflict"]
        rows.append([texts.limit(one.limit, names), euro])
    return rows


def relaxations_table(result: LumpSumResult, texts: Texts, names: dict[str, str]) -> Table:
    """What makes a design possible: each kind of limit alone, and the cheapest way together."""
    rows = [[texts["page", "relaxed"], texts["page", "relaxed_by"], texts["page", "relaxed_limits"]]]
    for one in result.design.relaxations:
        kinds = ", ".join(texts["relaxed", kind] for kind in one.kinds)
        if one.euro is None:
            rows.append([kinds, texts["page", "relaxed_never"], "–"])
            continue
        listed = "; ".join(
            f"{yields.words(texts, names)} {texts.numbers.plain(yields.euro / MILLION, 2)}"
            for yields in gathered(one.limits)
        )
        rows.append([kinds, texts.numbers.millions(one.euro, 2), listed])
    return rows
