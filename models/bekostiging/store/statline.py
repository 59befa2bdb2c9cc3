"""StatLine of CBS: exports as CSV or JSON, and answers of the open data interface, as figures by area and year.

Codes come padded (``GM0034    ``), figures as a dot, nothing or ``*`` where they are suppressed, periods as ``2022JJ00``,
``2022*`` (provisional) or ``1-1-2022``; above and below a table stand titles and the source. A suppressed figure is none,
never zero.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FINAL, PROVISIONAL, SUPPRESSED, ESTIMATED = "final", "provisional", "suppressed", "estimated"
NOTHING = frozenset({"", ".", "*", "-", "x", "X", "null"})
"""What stands for a figure that is not given."""
_AREA = re.compile(r"^(GM|WK|BU|NL|JR|CR|PV)\d{2,8}$")
_PERIOD = re.compile(r"^(?:1-1-)?(\d{4})(?:JJ00)?(\*{0,2})$")
_NUMBERED = re.compile(r"_\d+$")
_TOTAL = re.compile(r"^(T\d+|10000|totaal.*|total.*)$", re.IGNORECASE)
"""What stands for all kinds and all ages together."""
_AREA_COLUMNS = ("WijkenEnBuurten", "RegioS", "Regio's", "Regio", "Gemeenten", "Codering_3", "Wijken en buurten")
_PERIOD_COLUMNS = ("Perioden", "Peildatum", "Periode", "Jaar")
TEXTS = frozenset({"ID", "Id", "Gemeentenaam", "SoortRegio", "Codering", "Gemeentenaam_1"})
"""Columns that name things."""
OBSERVED = frozenset({"Id", "ID", "Measure", "Value", "ValueAttribute", "StringValue"})
"""Fields of an observation that say no part of it."""
SUMS = {
    "inhabitants_0_17": (("k_0Tot15Jaar", 1.0), ("k_15Tot25Jaar", 0.3)),
    "inhabitants_18_64": (("k_15Tot25Jaar", 0.7), ("k_25Tot45Jaar", 1.0), ("k_45Tot65Jaar", 1.0)),
    "inhabitants_65_plus": (("k_65JaarOfOuder", 1.0),),
}
"""Inhabitants by the bands of a case from those of the Kerncijfers: three of the ten years of 15-24 are youths."""


@dataclass(frozen=True)
class Figure:
    """One figure of a table; ``value`` None where it is suppressed."""

    area: str
    year: int
    quantity: str
    value: float | None
    state: str


class NotStatlineError(ValueError):
    """The text is no table of StatLine."""


def read_csv(text: str) -> list[Figure]:
    """The figures of an exported CSV.

    Raises
    ------
    NotStatlineError
        No line names an area and other columns.

    >>> text = "Titel\\nRegioS;Perioden;JongerenMetJeugdzorg_1\\nGM0034  ;2023*;  5210\\nBron: CBS\\n"
    >>> [(one.area, one.year, one.quantity, one.value, one.state) for one in read_csv(text)]
    [('GM0034', 2023, 'JongerenMetJeugdzorg', 5210.0, 'provisional')]
    """
    separator = ";" if text.count(";") >= text.count(",") else ","
    rows = csv.reader(text.splitlines(), delimiter=separator)
    header: list[str] = []
    found: list[Figure] = []
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not header:
            if any(name in cells for name in _AREA_COLUMNS):
                header = cells
            continue
        if len(cells) == len(header):
            found += _figures(dict(zip(header, cells, strict=True)))
    if not header:
        raise NotStatlineError
    return with_sums(found)


def read_json(text: str, titles: Mapping[str, str] | None = None) -> list[Figure]:
    """The figures of an exported JSON, or of an answer of the open data interface (version 3 or 4).

    Raises
    ------
    NotStatlineError
        No JSON with a list ``value``.

    >>> figure = '{"Measure": "M1", "Value": 12, "ValueAttribute": "None", "RegioS": "GM0034", "Perioden": "2023JJ00"}'
    >>> text = f'{{"value": [{figure}]}}'
    >>> [(one.quantity, one.value) for one in read_json(text, {"M1": "youths"})]
    [('youths', 12.0)]
    """
    try:
        read = json.loads(text)
        rows = read["value"] if isinstance(read, dict) else read
    except (ValueError, KeyError, RecursionError):
        raise NotStatlineError from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NotStatlineError
    found: list[Figure] = []
    for row in rows:
        if "Measure" in row:
            own = {name: cell for name, cell in row.items() if name not in OBSERVED}
            value = row.get("Value") if row.get("ValueAttribute", "None") in ("None", None) else None
            title = (titles or {}).get(str(row["Measure"]), str(row["Measure"]))
            own[title if _NUMBERED.search(title) else f"{title}_1"] = value
            found += _figures(own)
        else:
            found += _figures(row)
    return with_sums(found)


def _figures(row: Mapping[str, Any]) -> Iterator[Figure]:
    """The figures of one row; nothing where it names no area or year."""
    area = next((str(row[name]).strip() for name in _AREA_COLUMNS if name in row), "")
    period = next((str(row[name]).strip() for name in _PERIOD_COLUMNS if name in row), "")
    when = _PERIOD.match(period)
    if not _AREA.match(area) or when is None:
        return
    state = PROVISIONAL if when[2] else FINAL
    parts = _dimensions(row)
    for name, cell in row.items():
        if name in parts or _names(name):
            continue
        value = _number(cell)
        if value is not None or str(cell if cell is not None else "").strip() in NOTHING:
            quantity = " / ".join((_NUMBERED.sub("", name), *(code for code in parts.values() if code)))
            yield Figure(area, int(when[1]), quantity, value, SUPPRESSED if value is None else state)


def _names(column: str) -> bool:
    """Whether a column names an area, a period or the row itself."""
    return column in (*_AREA_COLUMNS, *_PERIOD_COLUMNS) or column in TEXTS or _NUMBERED.sub("", column) in TEXTS


def _dimensions(row: Mapping[str, Any]) -> dict[str, str]:
    """Columns that say of what part a figure is (kind of care, age), with that part; nothing for the total.

    Topics of CBS end in a number (``Jeugdzorgtrajecten_1``), columns that divide them do not; where no column does, what is
    no number divides.
    """
    numbered = any(_NUMBERED.search(name) for name in row)
    found = {}
    for name, cell in row.items():
        if _names(name):
            continue
        text = str(cell if cell is not None else "").strip()
        if _NUMBERED.search(name) or (not numbered and (_number(cell) is not None or text in NOTHING)):
            continue
        found[name] = "" if _TOTAL.match(text) or text in NOTHING else text
    return found


def _number(cell: Any) -> float | None:
    """A figure; None where there is none."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return float(cell)
    text = str(cell).strip().replace("\u00a0", "").replace(" ", "")
    if text in NOTHING:
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def with_sums(found: Iterable[Figure]) -> list[Figure]:
    """The figures with inhabitants by the age bands of a case, where those of the Kerncijfers are all there."""
    figures = list(found)
    known = {(one.area, one.year, one.quantity): one for one in figures}
    for area, year in dict.fromkeys((one.area, one.year) for one in figures):
        for name, parts in SUMS.items():
            own = [(known.get((area, year, part)), weight) for part, weight in parts]
            if all(one is not None and one.value is not None for one, _ in own):
                value = sum((one.value or 0.0) * weight for one, weight in own if one is not None)
                state = next((one.state for one, _ in own if one is not None), FINAL)
                figures.append(Figure(area, year, name, value, state))
    return figures


def estimated_suppressed(figures: list[Figure], counts: Iterable[str]) -> list[tuple[Figure, float | None]]:
    """The figures with their standard error, suppressed counts of districts estimated within their municipality.

    What is left of a municipality beside its known districts is spread over the others by their inhabitants. Where in what
    is left each of n districts lies nobody knows: the error is that of a uniform part, about the estimate over the root of
    three.
    A municipality without a figure, and a remainder below zero, leave them open.
    """
    known = {(one.area, one.year, one.quantity): one for one in figures}
    wanted = set(counts)
    out: list[tuple[Figure, float | None]] = []
    for one in figures:
        whole = known.get((f"GM{one.area[2:6]}", one.year, one.quantity))
        if (
            one.value is not None
            or one.quantity not in wanted
            or one.area[:2] != "WK"
            or whole is None
            or whole.value is None
        ):
            out.append((one, None))
            continue
        own = [
            own
            for own in figures
            if own.area[:6] == f"WK{one.area[2:6]}" and (own.year, own.quantity) == (one.year, one.quantity)
        ]
        left = whole.value - sum(part.value for part in own if part.value is not None)
        missing = [part for part in own if part.value is None]
        weights = [_inhabitants(known, part) for part in missing]
        share = _inhabitants(known, one) / sum(weights) if sum(weights) > 0 else 1 / len(missing)
        if left < 0:
            out.append((one, None))
            continue
        value = left * share
        out.append(
            (
                Figure(one.area, one.year, one.quantity, value, ESTIMATED),
                value / 3**0.5 if len(missing) > 1 else 0.0,
            )
        )
    return out


def _inhabitants(known: Mapping[tuple[str, int, str], Figure], one: Figure) -> float:
    found = known.get((one.area, one.year, "AantalInwoners"))
    return 0.0 if found is None or found.value is None else found.value
