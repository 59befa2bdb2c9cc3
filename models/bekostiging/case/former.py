"""Columns and policies of earlier schema versions: their former names, and what their figures are now.

A column with another name now is read under it (``RENAMED``). One whose meaning changed is read into a former row
(``FORMER_ROWS``) and turned into present rows when every table is there: ``begroting.reserve`` named one stock again for
every law and year, and is read as that stock and its changes (``with_stock``). A policy that has another name now is read
under its former one (``RENAMED_POLICIES``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pydantic import Field
from pydantic.fields import FieldInfo

from bekostiging.case.errors import Note, Problem
from bekostiging.case.quantities import Euro
from bekostiging.case.rows import Row, Status, weakest
from bekostiging.case.tables import Begroting, Lot, Municipality, Policy

RENAMED: dict[str, dict[str, str]] = {"contracts": {"revenue_last_year": "revenue"}}
"""Per table: the former name of a column, and the present one."""
RENAMED_POLICIES = {"premium_max": "loading_cap", "glide_max": "transition_cap"}
"""The former name of a policy (schema version 3 and before), and the present one; the meaning is the same."""
MOST_LISTED = 12
"""Municipalities whose amounts a note lists."""
CENT = 0.005


class FormerBegroting(Begroting):
    """A row of begroting before schema version 2: ``reserve`` is the resistance capacity of its law and year."""

    reserve: Euro | None = Field(default=None)


FORMER_ROWS: dict[str, tuple[str, type[Row]]] = {"begroting": ("reserve", FormerBegroting)}
"""Per table: a column that is gone, and the row that still has it."""


def read_as(model: type[Row], columns: Sequence[str]) -> type[Row]:
    """The row model for a table with these columns: the former one where it has a column that is gone."""
    column, former = FORMER_ROWS.get(model.table, ("", model))
    return former if column in columns else model


def field_of(model: type[Row], column: str) -> FieldInfo:
    """The field of a column of a table, also under a former name."""
    name = RENAMED.get(model.table, {}).get(column, column)
    return read_as(model, (column,)).model_fields[name]


def note_of_rename(table: str, old: str, labels: Mapping[str, str], base_year: int | None) -> Note:
    """The note about a column that was read under its present name; ``labels``: what the file calls columns."""
    new = RENAMED[table][old]
    shown = {name: labels.get(name, name) for name in (old, new, "revenue_year")}
    year = "" if base_year is None else f" {base_year}"
    return {
        "nl": f"{table}: kolom {shown[old]} heet nu {shown[new]}; elk bedrag is gelezen als omzet van het basisjaar{year}, "
        f"tenzij {shown['revenue_year']} iets anders zegt.",
        "en": f"{table}: column {shown[old]} is now {shown[new]}; every amount was read as revenue of the base year{year}, "
        f"unless {shown['revenue_year']} says otherwise.",
    }


def with_present_policies(
    tables: Mapping[str, tuple[Row, ...]], problems: list[Problem], notes: list[Note]
) -> dict[str, tuple[Row, ...]]:
    """The tables with the present name of every policy; one note lists the names that were replaced.

    A problem where a scope has a policy under both names: which of the two values holds cannot be known.
    """
    rows = [row for row in tables.get("policy", ()) if isinstance(row, Policy)]
    present = {(row.name, row.scope) for row in rows}
    former = [row for row in rows if row.name in RENAMED_POLICIES]
    if not former:
        return dict(tables)
    for row in former:
        name = RENAMED_POLICIES[row.name]
        if (name, row.scope) in present:
            nl = f"{row.name} heet nu {name}, en die staat er ook voor {row.scope}; laat er een staan"
            en = f"{row.name} is now {name}, which is there too for {row.scope}; keep one"
            problems.append(Problem("policy", nl, en, row=row.line, column="name"))
    pairs = [(name, new) for name, new in RENAMED_POLICIES.items() if any(row.name == name for row in former)]
    notes.append(
        {
            "nl": f"policy: {' en '.join(f'{name} heet nu {new}' for name, new in pairs)}; de betekenis is dezelfde.",
            "en": f"policy: {' and '.join(f'{name} is now {new}' for name, new in pairs)}; the meaning is the same.",
        }
    )
    renamed = tuple(row.model_copy(update={"name": RENAMED_POLICIES.get(row.name, row.name)}) for row in rows)
    return {**tables, "policy": renamed}


def with_stock(
    tables: Mapping[str, tuple[Row, ...]], problems: list[Problem], notes: list[Note]
) -> dict[str, tuple[Row, ...]]:
    """The tables with the old ``begroting.reserve`` as a stock and its changes.

    Per municipality, all laws added, the amount of the first contract year becomes ``municipalities.reserve``; what each
    later year differs from the year before becomes ``begroting.reserve_addition`` of the law where it arose. Where no row of
    municipalities can hold the stock it is the addition of the first year: that leaves as much in every year.
    """
    begroting = [row for row in tables.get("begroting", ()) if isinstance(row, FormerBegroting)]
    if not begroting:
        return dict(tables)
    payers = [row for row in tables.get("municipalities", ()) if isinstance(row, Municipality)]
    filled = any(row.reserve for row in begroting)
    if filled and (any(row.reserve for row in payers) or any(row.reserve_addition for row in begroting)):
        problems.append(
            Problem(
                "begroting",
                "deze oude kolom is ingevuld en municipalities.reserve of begroting.reserve_addition ook; een voorraad telt "
                "één keer: verwijder deze kolom of maak die leeg",
                "this old column is filled in and so is municipalities.reserve or begroting.reserve_addition; a stock "
                "counts once: remove this column or clear those",
                column="reserve",
            )
        )
        return dict(tables)
    first = next((row.first_year for row in tables.get("lots", ()) if isinstance(row, Lot)), None)
    first = min(row.year for row in begroting) if first is None else first
    stock, additions = _stock_and_additions(begroting, first)
    if filled:
        notes.append(_note_of_stock(begroting, payers, first, stock, additions))
    known = {row.code for row in payers}
    present: list[Row] = []
    for row, addition in zip(begroting, additions, strict=True):
        change = (row.reserve or 0.0) if row.year == first and row.municipality not in known else addition
        values = row.model_dump(exclude={"reserve", "reserve_addition"})
        present.append(Begroting(**values, line=row.line, reserve_addition=change or row.reserve_addition))
    origins = {payer.code: [row.status for row in begroting if row.municipality == payer.code] for payer in payers}
    municipalities = [
        _with_reserve(row, stock.get(row.code, 0.0), weakest([row.status, *origins[row.code]]), first)
        for row in payers
    ]
    return {**tables, "begroting": tuple(present), **({"municipalities": tuple(municipalities)} if payers else {})}


def _stock_and_additions(rows: Sequence[FormerBegroting], first: int) -> tuple[dict[str, float], list[float]]:
    """The stock per municipality in the first contract year, and per row the change from its law's year before."""
    stock: dict[str, float] = defaultdict(float)
    changes = {}
    before: dict[tuple[str, str], float] = {}
    for place in sorted(range(len(rows)), key=lambda place: rows[place].year):
        row = rows[place]
        amount, law = row.reserve or 0.0, (row.municipality, row.law)
        if row.year == first:
            stock[row.municipality] += amount
        changes[place] = amount - before.get(law, 0.0) if row.year > first else 0.0
        if row.year >= first:
            before[law] = amount
    return dict(stock), [round(changes[place], 2) for place in range(len(rows))]


def _with_reserve(row: Municipality, stock: float, status: Status, first: int) -> Municipality:
    """The municipality with its stock, which says where that came from."""
    if stock == 0:
        return row
    source = f"{row.source}; reserve: begroting {first}"
    return row.model_copy(update={"reserve": stock, "source": source, "status": status})


def _note_of_stock(
    rows: Sequence[FormerBegroting],
    payers: Sequence[Municipality],
    first: int,
    stock: Mapping[str, float],
    additions: Sequence[float],
) -> Note:
    """The note about amounts that were read as a stock and its changes, in euro per municipality."""
    names = {row.code: row.name for row in payers}
    by_year: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row, addition in zip(rows, additions, strict=True):
        if row.year > first:
            by_year[row.municipality][row.year] += addition
    amounts: dict[str, list[str]] = {"nl": [], "en": []}
    codes = [code for code in dict.fromkeys(row.municipality for row in rows) if stock.get(code) or by_year[code]]
    codes = [code for code in codes if stock.get(code) or any(by_year[code].values())]
    for code in codes[:MOST_LISTED]:
        changed = {year: value for year, value in sorted(by_year[code].items()) if abs(value) > CENT}
        for lang, added, none in (
            ("nl", "toevoegingen", "zonder toevoegingen"),
            ("en", "additions", "without additions"),
        ):
            each = ", ".join(f"{_euro(value, lang, signed=True)} ({year})" for year, value in changed.items())
            amounts[lang].append(
                f"{names.get(code, code)} {_euro(stock.get(code, 0.0), lang)} euro, "
                + (f"{added} {each}" if changed else none)
            )
    more = len(codes) - MOST_LISTED
    if more > 0:
        amounts["nl"].append(f"en nog {more} gemeenten")
        amounts["en"].append(f"and {more} more municipalities")
    return {
        "nl": f"begroting: reserve per wet en jaar is gelezen als één voorraad per gemeente in {first}, alle wetten samen, "
        f"met toevoegingen daarna, want een voorraad kan maar één keer worden gebruikt: {'; '.join(amounts['nl'])}. Zij "
        "staat nu in municipalities.reserve en begroting.reserve_addition.",
        "en": f"begroting: reserve per law and year was read as one stock per municipality in {first}, all laws together, "
        f"with additions after it, because a stock can be used only once: {'; '.join(amounts['en'])}. It is now in "
        "municipalities.reserve and begroting.reserve_addition.",
    }


def _euro(value: float, lang: str, *, signed: bool = False) -> str:
    """Whole euros with separators of the language."""
    text = f"{value:+,.0f}" if signed else f"{value:,.0f}"
    return text.replace(",", ".") if lang == "nl" else text
