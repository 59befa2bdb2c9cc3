"""Keys from one table into another: a name is read where a key is asked, and an unknown key is named with what there is.

A key that is written otherwise (capitals, dashes, é in two characters) or a name that only one row has is read as the key
of that row, and told. Nothing is guessed: what two rows may be, or none, is a problem, and a key is offered for another one
only where it is near.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bekostiging.case.errors import Note, Problem
from bekostiging.case.folded import bare, folded, near
from bekostiging.case.policy_rows import CASE
from bekostiging.case.rows import Row
from bekostiging.case.series import NATION
from bekostiging.case.tables import LAWS, REFERENCES, TABLES
from bekostiging.case.year_tables import YEAR_TABLES

Tables = Mapping[str, Sequence[Row]]
PLACES, SUBJECTS, SCOPES = "places", "subjects", "scopes"
"""What history and policy may name beside the keys of one table: places, care forms and laws, lots and the case."""
_OTHER = {
    "history": {"area": PLACES, "care_form": SUBJECTS},
    "policy": {"scope": SCOPES},
    "mergers": {"destination": "municipalities"},
    "substitution": {"origin": "care_forms", "destination": "care_forms"},
    "alternatives": {"origin": "care_forms", "destination": "care_forms"},
}
"""Columns whose keys are not those of the table that their name says."""
_UNJUDGED = ("mergers", "substitution", "alternatives")
"""Tables whose own rules say what else such a column may hold."""
_WORDS = {NATION: ("Nederland", "landelijk")}
"""Other names of what is no row of a table."""
_BETWEEN = re.compile(r"[,;/\n]")
"""What people write between the keys of a list."""
MOST_SHOWN = 6
"""Keys that a problem or a note lists."""


@dataclass
class Keys:
    """The keys that a column may hold, with the name of each; ``whole`` has the municipality of a place that lies in it."""

    names: dict[str, str] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """Keys by what they may be called."""
        found: dict[str, list[str]] = {}
        for key, name in self.names.items():
            for called in {folded(key), folded(name), *map(folded, _WORDS.get(key, ()))}:
                found.setdefault(called, []).append(key)
        return found

    def of(self, value: str) -> list[str]:
        """The keys that a value may mean: itself, else those of which it is another spelling or the name."""
        if value in self.names:
            return [value]
        found = self._by_name.get(folded(value), [])
        if len(found) == 2:  # a municipality of one area: both are the same clients
            area, whole = sorted(found, key=lambda key: key not in self.inside)
            if self.inside.get(area) == whole and [*self.inside.values()].count(whole) == 1:
                return [area]
        return found

    def shown(self, key: str) -> str:
        """A key with its name, where that says more."""
        name = self.names[key]
        return key if not name or folded(name) == folded(key) else f"{key} ({name})"

    def listed(self, keys: Iterable[str]) -> tuple[str, str]:
        """Some keys with their names, in Dutch and in English."""
        shown = [self.shown(key) for key in keys]
        more = len(shown) - MOST_SHOWN
        text = ", ".join(shown[:MOST_SHOWN])
        return (text, text) if more <= 0 else (f"{text} en nog {more}", f"{text} and {more} more")


def columns_with_keys(table: str) -> dict[str, str]:
    """Columns of a table that hold keys, by what they may hold."""
    own = _OTHER.get(table, {})
    return own | {
        column: REFERENCES[column]
        for column in (TABLES | YEAR_TABLES)[table].model_fields
        if column in REFERENCES and column != table and column not in own
    }


def known_keys(tables: Tables) -> dict[str, Keys]:
    """What every column with keys may hold; a table that is not there says nothing."""
    known = {
        table: Keys(
            {str(getattr(row, TABLES[table].key[0], "")): str(getattr(row, "name", "")) for row in tables[table]}
        )
        for table in dict.fromkeys(REFERENCES.values())
        if table in tables
    }
    areas = tables.get("areas", ())
    if "areas" in known:
        codes = {str(getattr(row, "municipality", "")): "" for row in areas}
        municipalities = known.setdefault("municipalities", Keys(codes))
        known[PLACES] = Keys(
            known["areas"].names | codes | municipalities.names | {NATION: ""},
            {str(getattr(row, "id", "")): str(getattr(row, "municipality", "")) for row in areas},
        )
    if "care_forms" in known:
        known[SUBJECTS] = Keys(known["care_forms"].names | dict.fromkeys(LAWS, ""))
    known[SCOPES] = Keys({CASE: ""} | (known["lots"].names if "lots" in known else {}))
    return known


def with_keys(
    tables: Mapping[str, tuple[Row, ...]], beside: Tables, notes: list[Note]
) -> dict[str, tuple[Row, ...]]:
    """The tables with a key wherever the name of a row or another spelling of its key stands; told.

    ``beside``: rows of tables that are not brought and have keys all the same.
    """
    known = known_keys({**beside, **tables})
    resolved: dict[str, tuple[Row, ...]] = {}
    for table, rows in tables.items():
        read: dict[str, str] = {}
        resolved[table] = tuple(_resolved(row, columns_with_keys(table), known, read) for row in rows)
        if read:
            listed = "; ".join(f"'{value}' is {key}" for value, key in [*read.items()][:MOST_SHOWN])
            more = len(read) - MOST_SHOWN
            nl, en = (f" (en nog {more})", f" (and {more} more)") if more > 0 else ("", "")
            notes.append(
                {
                    "nl": f"{table}: naam gelezen als sleutel: {listed}{nl}",
                    "en": f"{table}: name read as key: {listed}{en}",
                }
            )
    return resolved


def _resolved(row: Row, columns: Mapping[str, str], known: Mapping[str, Keys], read: dict[str, str]) -> Row:
    """A row with its keys; ``read`` gets what was no key."""
    update: dict[str, object] = {}
    for column, target in columns.items():
        value = getattr(row, column, None)
        if target not in known or not value:
            continue
        parts = value if isinstance(value, tuple) else (value,)
        split = _split(known[target], parts) if isinstance(value, tuple) else parts
        keys = tuple(_one(known[target], part) for part in split)
        if split != parts:
            read[parts[0]] = "|".join(keys)
        elif keys != parts:
            read |= {part: key for part, key in zip(parts, keys, strict=True) if part != key and key not in _WORDS}
        if keys != parts:
            update[column] = keys if isinstance(value, tuple) else keys[0]
    return row.model_copy(update=update) if update else row


def _split(keys: Keys, parts: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of a list that was written with commas or the like in place of ``|``, where every one of them is known."""
    if len(parts) != 1 or keys.of(parts[0]):
        return parts
    split = tuple(part for word in _BETWEEN.split(parts[0]) if (part := word.strip()))
    return split if len(split) > 1 and all(len(keys.of(part)) == 1 for part in split) else parts


def _one(keys: Keys, value: str) -> str:
    """The one key that a value means; the value itself where there is none or more."""
    found = keys.of(value)
    return found[0] if len(found) == 1 else value


def unknown_keys(tables: Tables, judged: Tables | None = None) -> Iterator[Problem]:
    """Every key that is in no table; ``judged``: the rows to look at, where they are not all of ``tables``."""
    known = known_keys(tables)
    for table, rows in (tables if judged is None else judged).items():
        if table in _UNJUDGED:
            continue
        places: set[str] = set()
        for column, target in columns_with_keys(table).items():
            judgeable = target in known and (target != SCOPES or "lots" in known)
            for row in rows if judgeable else ():
                value = getattr(row, column, None)
                values = value if isinstance(value, tuple) else (value,) if value else ()
                for one in values:
                    if one in known[target].names or (target == PLACES and one in places):
                        continue
                    if target == PLACES:  # one problem per unknown place, however many rows
                        places.add(one)
                    yield _problem(row, column, one, target, known[target])


def _problem(row: Row, column: str, value: str, target: str, keys: Keys) -> Problem:
    """A key that is in no table, with the nearest or all there are."""
    found = keys.of(value)
    called = [*keys.names, *filter(None, keys.names.values())]
    likely = near(value, called) or near(bare(value), called)
    key = next((key for key, name in keys.names.items() if likely in (key, name)), None)
    if len(found) > 1:
        listed, _ = keys.listed(found)
        nl, en = (
            f"; die naam hebben er meer: {listed}; vul de sleutel in",
            f"; several have that name: {listed}; fill in the key",
        )
    elif key is not None:
        nl, en = f"; bedoelt u {keys.shown(key)}?", f"; did you mean {keys.shown(key)}?"
    elif target == PLACES:
        nl = (
            "; is deze gemeente opgegaan in een andere, zet dan in tabel mergers waarin en vanaf welk jaar, en verbeter "
            "anders de naam of voeg het gebied toe"
        )
        en = (
            "; if it merged into another municipality, say in table mergers into which and from which year, else mend the "
            "name or add the area"
        )
    else:
        listed_nl, listed_en = keys.listed(keys.names)
        nl = "; voeg de rij daar toe" + (f", of kies uit {listed_nl}" if keys.names else "")
        en = "; add the row there" + (f", or choose from {listed_en}" if keys.names else "")
    table = {PLACES: "areas", SUBJECTS: "care_forms", SCOPES: "lots"}.get(target, target)
    where = f"staat niet in tabel {table}", f"is not in table {table}"
    if target == PLACES:
        where = (
            "is geen gebied en geen gemeente van tabel areas",
            "is not in table areas, as an area or a municipality",
        )
    return Problem(
        row.table,
        f"'{value}' {where[0]}{nl}",
        f"'{value}' {where[1]}{en}",
        row=row.line,
        column=column,
        given=value,
    )
