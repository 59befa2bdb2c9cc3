"""What history counts of care forms: by place and year, whatever the order of its rows, nobody twice, and zero is zero.

A place is an area or a whole municipality. Of a care form and municipality the areas with counts of their own are taken by
themselves; the count of the municipality stands for what is left. An area that has the name of its municipality is the area
where another area of it counts that care form too, and the whole municipality otherwise. Totals of a law and national series
are no counts of a care form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bekostiging.case.series import NATION
from bekostiging.case.tables import Area, History

DEFINITIONS = ("stock_at_date", "trajectories", "persons_in_year", "euro")
"""Of one year the first that is there is taken: a stock needs no assumption, a number of persons the most."""
MONEY = "euro"
"""The definition that counts euros and nobody."""


@dataclass(frozen=True)
class Count:
    """Everything that history tells of one place, care form and year; None is not known, 0 is zero.

    ``definition`` is that of ``clients``.
    """

    year: int
    definition: str
    clients: float | None
    starts: float | None
    units: float | None
    euro: float | None


def has_clients(count: Count) -> bool:
    """Whether clients were counted; zero is a count."""
    return count.clients is not None


@dataclass(frozen=True)
class Level:
    """Where a care form is counted in a municipality: ``own`` areas by themselves, ``rest`` in ``whole`` (None: nowhere)."""

    own: tuple[Area, ...]
    rest: tuple[Area, ...]
    whole: str | None


class Counts:
    """The counts of history by place, care form and year.

    Parameters
    ----------
    areas : sequence of Area
    history : sequence of History
        By the municipalities of today.
    laws : collection of str
        Names in ``care_form`` that are totals.
    """

    def __init__(self, areas: Sequence[Area], history: Sequence[History], laws: Iterable[str]) -> None:
        self.areas = tuple(areas)
        totals = set(laws)
        places = {area.id for area in areas} | {area.municipality for area in areas}
        region = [row for row in history if row.area in places and row.area != NATION]
        self.last_year = max((row.year for row in region if row.clients is not None), default=None)
        rows: dict[tuple[str, str], dict[int, list[History]]] = {}
        for row in region:
            if row.care_form not in totals:
                rows.setdefault((row.area, row.care_form), {}).setdefault(row.year, []).append(row)
        self._counts = {
            key: {year: _together(year, own) for year, own in by_year.items()} for key, by_year in rows.items()
        }
        self.forms = {form for _, form in self._counts}

    def of(self, place: str, form: str) -> Mapping[int, Count]:
        """Counts of a place and care form by year."""
        return self._counts.get((place, form), {})

    def last(self, place: str, form: str, holds: Callable[[Count], bool]) -> Count | None:
        """The latest count that has what is asked."""
        found = [count for count in self.of(place, form).values() if holds(count)]
        return max(found, key=lambda count: count.year, default=None)

    def level(self, code: str, form: str) -> Level:
        """Where a care form is counted in a municipality."""
        areas = [area for area in self.areas if area.municipality == code]
        counted = [area for area in areas if self.last(area.id, form, has_clients) is not None]
        if len(areas) > 1 and all(area.id == code for area in counted):
            counted = []
        by_name = any(area.id == code for area in counted)
        whole = None if by_name or self.last(code, form, has_clients) is None else code
        return Level(tuple(counted), tuple(area for area in areas if area not in counted), whole)

    @property
    def municipalities(self) -> tuple[str, ...]:
        """Codes in the order of table areas."""
        return tuple(dict.fromkeys(area.municipality for area in self.areas))


def _together(year: int, rows: Sequence[History]) -> Count:
    """One year of a place and care form, from its rows under several definitions."""
    ordered = sorted(rows, key=lambda row: (DEFINITIONS.index(row.definition), row.line))
    counted = next((row for row in ordered if row.clients is not None and row.definition != MONEY), None)

    def first(column: str) -> float | None:
        """The value of the first row that has it."""
        return next((value for row in ordered if (value := getattr(row, column)) is not None), None)

    return Count(
        year,
        MONEY if counted is None else counted.definition,
        None if counted is None else counted.clients,
        first("starts"),
        first("units"),
        first("euro_realised"),
    )
