"""The change of the begroting of one municipality: annex of the proposal to its council. Every row and total closes."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum

import numpy as np

from bekostiging.contracts import expected_level
from bekostiging.report.kit.paragraphs import Block, Grid, Heading, Paragraph
from bekostiging.report.papers.basis import Basis
from bekostiging.scenarios import expected_care_use
from bekostiging.units import THOUSAND


def change_of_begroting(basis: Basis, code: str) -> Iterator[Block]:
    """What the begroting has now, the change and what it has then, by year; and the first year by taakveld."""
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
    caption = basis.caption(4, said["change_table"].format(place=place))
    yield Grid(rows, caption, basis.texts["papers", "thousands"], totals=shown)
    yield from _fields(basis, code)


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


def _fields(basis: Basis, code: str) -> Iterator[Block]:
    """What is expected in the first year by taakveld, in proportion to the expected cost of its care forms."""
    said = basis.texts.sections["council"]
    weights = field_weights(basis, code)
    if not weights:
        return
    whole = round(basis.line(code, basis.years[0]).expected.value / THOUSAND)
    rows = [[said["field"], basis.texts["budget", "expected"]]]
    for field, amount in zip(weights, largest_remainder(list(weights.values()), whole), strict=True):
        rows.append([field or said["field_unknown"], basis.thousands(amount * THOUSAND)])
    rows.append([basis.texts["budget", "together"], basis.thousands(whole * THOUSAND)])
    title = said["fields_table"].format(first=basis.years[0], place=basis.names[code])
    yield Grid(rows, basis.caption(5, title), said["fields_note"], totals=[len(rows) - 1])


def field_weights(basis: Basis, code: str) -> dict[str, float]:
    """Expected cost at tariff in the first contract year by taakveld, of the inhabitants of a municipality; euro."""
    case, cells = basis.case, basis.outcome.cells
    units = expected_care_use(case, cells, 1).units[0, 0]
    home = {row.id: row.municipality for row in case.areas}
    field = {row.id: row.iv3 for row in case.care_forms}
    found: dict[str, float] = {}
    for k in range(cells.n_cells):
        if cells.lot[k] >= 0 and home[cells.area_ids[cells.area[k]]] == code:
            level = float(expected_level(case, cells.lot_ids[cells.lot[k]], 1)[0])
            own = field[cells.care_form_ids[cells.care_form[k]]]
            found[own] = found.get(own, 0.0) + float(units[k] * cells.tariff[k]) * level
    return {name: found[name] for name in sorted(found) if found[name] > 0}


def largest_remainder(weights: list[float], whole: int) -> list[int]:
    """A whole number divided by weights into whole numbers that add up to it.

    >>> largest_remainder([1.0, 1.0, 1.0], 10)
    [4, 3, 3]
    """
    exact = [whole * one / fsum(weights) for one in weights]
    parts = [int(one) for one in exact]
    order = sorted(range(len(parts)), key=lambda k: (parts[k] - exact[k], k))
    for k in order[: whole - sum(parts)]:
        parts[k] += 1
    return parts
