"""The change of the begroting of one municipality, and what is expected by taakveld. Every row and total closes."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum

import numpy as np

from bekostiging.report.kit.paragraphs import Block, Grid, Heading, Paragraph
from bekostiging.report.papers.basis import Basis
from bekostiging.units import THOUSAND


def change_of_begroting(basis: Basis, code: str) -> Iterator[Block]:
    """What the begroting has now, the change and what it has then, by year."""
    said, place = basis.texts.sections["council"], basis.names[code]
    yield Heading(said["change"], new_page=True)
    yield Paragraph(said["change_text"])
    rows = [[basis.texts["papers", "year"], said["begroot_now"], said["change_column"], said["begroot_new"]]]
    totals = np.zeros(3, dtype=int)
    for year in basis.years:
        line = basis.line(code, year)
        now, new = round(line.headroom / THOUSAND), round(line.expected.value / THOUSAND)
        rows.append([str(year), *_cells(basis, now, new)])
        totals += (now, new - now, new)
    if len(basis.years) > 1:
        rows += _closing(basis, code, totals)
    shown = [len(rows) - 1] if len(basis.years) > 1 else []
    caption = basis.caption(5, said["change_table"].format(place=place))
    yield Grid(rows, caption, basis.texts["papers", "thousands"], totals=shown)


def _cells(basis: Basis, now: int, new: int) -> list[str]:
    """Now, the change with its sign, then; thousands."""
    return [
        basis.thousands(now * THOUSAND),
        basis.thousands((new - now) * THOUSAND, signed=True),
        basis.thousands(new * THOUSAND),
    ]


def _closing(basis: Basis, code: str, totals: np.ndarray[tuple[int], np.dtype[np.int_]]) -> list[list[str]]:
    """The total, which is that of the table of chapter 6, after what rounding leaves."""
    line = basis.line(code)
    now, new = round(line.headroom / THOUSAND), round(line.expected.value / THOUSAND)
    left = np.array([now, new - now, new]) - totals
    rounding = [basis.thousands(float(one) * THOUSAND, signed=True) if one else "" for one in left]
    rows = [[basis.texts["budget", "rounding"], *rounding]] if left.any() else []
    return [*rows, [basis.term, *_cells(basis, now, new)]]


def taakveld_table(basis: Basis, code: str) -> Grid:
    """What is expected by taakveld and year, in the proportions of the page, and what is begroot where it is known by
    taakveld; every column and row adds up."""
    texts, said = basis.texts, basis.texts.sections["council"]
    own, years = basis.parts.municipal[code], basis.years
    totals = [round(basis.line(code, year).expected.value / THOUSAND) for year in years]
    by_year = [
        largest_remainder([max(own[name][str(year)], 0.0) for name in own], total)
        for year, total in zip(years, totals, strict=True)
    ]
    amounts = {name: [column[k] for column in by_year] for k, name in enumerate(own)}
    term = round(basis.line(code).expected.value / THOUSAND)
    begroot = {name: round(euro / THOUSAND) for name, euro in basis.parts.municipal_begroot[code].items()}
    headroom = round(basis.line(code).headroom / THOUSAND)
    several = len(years) > 1
    rows = [[said["field"], *map(str, years), *([basis.term] if several else [])]]
    for name, cells in amounts.items():
        rows.append([name or said["field_unknown"], *_shown(basis, [*cells, *([sum(cells)] if several else [])])])
    left = term - sum(totals) if several else 0
    rest = headroom - sum(begroot.values())
    rest_room = (headroom - term) - sum(euro - sum(amounts[name]) for name, euro in begroot.items())
    if left or (begroot and (rest or rest_room)):
        unknown = "not_by_taakveld" if begroot and len(begroot) < len(amounts) else "rounding"
        rows.append([texts["budget", unknown], *[""] * len(years), *([_signed(basis, left)] if several else [])])
    rows.append([texts["budget", "together"], *_shown(basis, [*totals, *([term] if several else [])])])
    if begroot:
        rows[0] += [texts["budget", "headroom"], texts["budget", "room"]]
        for row, name in zip(rows[1:], amounts, strict=False):
            known = name in begroot
            row += [
                basis.thousands(begroot[name] * THOUSAND) if known else "",
                _signed(basis, begroot[name] - sum(amounts[name])) if known else "",
            ]
        for row in rows[1 + len(amounts) : -1]:
            row += [basis.thousands(rest * THOUSAND) if rest else "", _signed(basis, rest_room)]
        rows[-1] += [basis.thousands(headroom * THOUSAND), _signed(basis, headroom - term)]
    title = said["fields_table"].format(place=basis.names[code])
    return Grid(rows, basis.caption(2, title), said["fields_note"], totals=[len(rows) - 1])


def _shown(basis: Basis, thousands: list[int]) -> list[str]:
    return [basis.thousands(one * THOUSAND) for one in thousands]


def _signed(basis: Basis, thousands: int) -> str:
    """With its sign; nothing where it is nothing."""
    return basis.thousands(thousands * THOUSAND, signed=True) if thousands else ""


def largest_remainder(weights: list[float], whole: int) -> list[int]:
    """A whole number divided by weights into whole numbers that add up to it; without any weight, the first gets it all.

    >>> largest_remainder([1.0, 1.0, 1.0], 10)
    [4, 3, 3]
    """
    if not fsum(weights):
        return [whole, *[0] * (len(weights) - 1)]
    exact = [whole * one / fsum(weights) for one in weights]
    parts = [int(one) for one in exact]
    order = sorted(range(len(parts)), key=lambda k: (parts[k] - exact[k], k))
    for k in order[: whole - sum(parts)]:
        parts[k] += 1
    return parts
