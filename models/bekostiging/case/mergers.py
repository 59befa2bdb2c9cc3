"""Municipalities that merged between the years of ``history`` and now (herindeling): their counts are added first.

Table ``mergers`` says into which municipality an old one went, and from which year on the new one counts. A row of an old
code, before that year, is a part of the new municipality; the parts of a year, care form and definition are added to one
row. A part that is missing makes no sum: that year is left out, and said. A column that one part leaves empty is not known.
The destination's own rows before that year are its old territory; a municipality that was itself made by a later merger is
no part. Chains are followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import fsum

from bekostiging.case.errors import Note, Problem
from bekostiging.case.rows import Row, weakest
from bekostiging.case.tables import Area, History, Merger

COLUMNS = ("clients", "starts", "units", "euro_realised", "euro_begroot")
"""Columns of history that add up over municipalities."""
MOST_LISTED = 12
"""Sums that a note lists."""


def with_mergers(
    tables: Mapping[str, tuple[Row, ...]], problems: list[Problem], notes: list[Note]
) -> dict[str, tuple[Row, ...]]:
    """The tables with ``history`` counted by the municipalities of today; what was added, or could not be, is a note.

    Without table ``mergers``, or where no row has an old code, nothing changes.
    """
    steps = {row.origin: row for row in tables.get("mergers", ()) if isinstance(row, Merger)}
    history = [row for row in tables.get("history", ()) if isinstance(row, History)]
    areas = [row for row in tables.get("areas", ()) if isinstance(row, Area)]
    found = [*_wrong_steps(steps, areas), *_too_late(steps, history)]
    if found or not any(row.area in steps for row in history):
        problems += found
        return dict(tables)
    merged = _Merged(steps, history)
    notes += merged.notes()
    return {**tables, "history": tuple(merged.rows)}


def _wrong_steps(steps: Mapping[str, Merger], areas: Sequence[Area]) -> Iterable[Problem]:
    """A merger leads from a municipality that is gone to one that is there, perhaps in steps."""
    present = {row.municipality for row in areas}
    for row in steps.values():
        if row.origin in present or row.origin in {area.id for area in areas}:
            nl = f"{row.origin} staat nog in areas en kan niet zijn opgegaan in {row.destination}; verbeter een van beide"
            en = f"{row.origin} is still in areas and cannot have merged into {row.destination}; mend one of them"
            yield Problem("mergers", nl, en, row=row.line, column="origin")
        elif row.destination not in present and row.destination not in steps:
            nl = f"{row.destination} is geen gemeente van areas; noem de gemeente van nu"
            en = f"{row.destination} is no municipality of areas; name the municipality of today"
            yield Problem("mergers", nl, en, row=row.line, column="destination")
        elif _circular(steps, row.origin):
            nl = f"{row.origin} gaat via andere op in zichzelf; laat elke rij naar de gemeente van daarna wijzen"
            en = f"{row.origin} merges into itself by way of others; let every row point to the municipality after it"
            yield Problem("mergers", nl, en, row=row.line, column="destination")


def _circular(steps: Mapping[str, Merger], code: str) -> bool:
    """Whether the steps from a code never end."""
    for _ in range(len(steps) + 1):
        if code not in steps:
            return False
        code = steps[code].destination
    return True


def _too_late(steps: Mapping[str, Merger], history: Sequence[History]) -> Iterable[Problem]:
    """An old code has no count of its own in the year of its merger or later."""
    for row in history:
        step = steps.get(row.area)
        if step is not None and row.year >= step.year:
            nl = (
                f"{row.area} hoort vanaf {step.year} bij {step.destination} (tabel mergers) en staat hier in {row.year}; "
                "laat deze rij weg, of verbeter het jaar in mergers"
            )
            en = (
                f"{row.area} is part of {step.destination} from {step.year} on (table mergers) and has a row of {row.year}; "
                "leave that row out, or mend the year in mergers"
            )
            yield Problem("history", nl, en, row=row.line, column="area")


class _Merged:
    """History by the municipalities of today: rows as they were, sums of parts, and sums that lack a part."""

    def __init__(self, steps: Mapping[str, Merger], history: Sequence[History]) -> None:
        self.steps = steps
        self.first_merger: dict[str, int] = {}
        for step in steps.values():
            self.first_merger[step.destination] = min(
                step.year, self.first_merger.get(step.destination, step.year)
            )
        self.first_count: dict[tuple[str, str, str], int] = {}
        for row in history:
            series = (row.area, row.care_form, row.definition)
            self.first_count[series] = min(row.year, self.first_count.get(series, row.year))
        groups: dict[tuple[str, str, str, int], list[History]] = {}
        for row in history:
            groups.setdefault((self.home(row.area, row.year), row.care_form, row.definition, row.year), []).append(
                row
            )
        self.rows: list[History] = []
        self.incomplete: dict[tuple[str, str, str, int], list[str]] = {}
        self.added: dict[str, set[str]] = {}
        for key, parts in groups.items():
            self._add(key, sorted(parts, key=lambda row: (row.area, row.line)))

    def home(self, code: str, year: int) -> str:
        """The municipality of today that a count of a year belongs to."""
        while code in self.steps and year < self.steps[code].year:
            code = self.steps[code].destination
        return code

    def _existed(self, code: str, form: str, definition: str, year: int) -> bool:
        """Whether a municipality counted in a year: always, unless a later merger made it out of nothing but others."""
        born = self.first_merger.get(code, year)
        return year >= born or self.first_count.get((code, form, definition), born) < born

    def _add(self, key: tuple[str, str, str, int], parts: list[History]) -> None:
        """One row of the parts of a municipality, or none where a part is missing."""
        home, form, definition, year = key
        names = [row.area for row in parts]
        if set(names) == {home} and not any(self.home(code, year) == home for code in self.steps):
            self.rows += parts
            return
        asked = [code for code in (*self.steps, home) if self.home(code, year) == home]
        missing = [code for code in asked if code not in names and self._existed(code, form, definition, year)]
        if missing:
            self.incomplete[key] = sorted(missing)
            return
        if len(set(names)) < len(names):  # a key that stands twice: the rule on keys names it
            self.rows += parts
            return
        self.added.setdefault(home, set()).update(name for name in names if name != home)
        self.rows.append(_sum(parts, home))

    def notes(self) -> list[Note]:
        """What was added to what, and which years lack a part."""
        found: list[Note] = [
            {
                "nl": f"history: {' + '.join(sorted(names))} telt mee als {home}, volgens tabel mergers.",
                "en": f"history: {' + '.join(sorted(names))} counts as {home}, by table mergers.",
            }
            for home, names in sorted(self.added.items())
        ]
        if self.incomplete:
            shown = [
                f"{home} / {form} {year} ({', '.join(missing)})"
                for (home, form, _, year), missing in sorted(self.incomplete.items())
            ]
            more = {"nl": "", "en": ""}
            if len(shown) > MOST_LISTED:
                more = {
                    lang: f" {word} {len(shown) - MOST_LISTED}" for lang, word in (("nl", "en nog"), ("en", "and"))
                }
            listed = "; ".join(shown[:MOST_LISTED])
            found.append(
                {
                    "nl": f"history: een jaar telt niet mee als een deel van de gemeente van nu ontbreekt: {listed}"
                    f"{more['nl']}. Vul dat deel in (0 als er niemand was).",
                    "en": f"history: a year does not count where a part of the municipality of today is missing: {listed}"
                    f"{more['en']}. Fill that part in (0 where there was nobody).",
                }
            )
        return found


def _sum(parts: Sequence[History], home: str) -> History:
    """The row of the parts together; a column that one leaves empty stays empty."""
    update: dict[str, object] = {"area": home, "status": weakest(row.status for row in parts)}
    for column in COLUMNS:
        values = [getattr(row, column) for row in parts]
        update[column] = None if None in values else fsum(values)
    sources = "; ".join(dict.fromkeys(row.source for row in parts))
    update["source"] = f"{sources} (mergers: {' + '.join(row.area for row in parts)})"
    return parts[0].model_copy(update=update)
