"""What a region store adds up, put where documents of a contract year have nothing: columns of statements, and excess.

A statement is the provider's own: the store fills in what clauses need beside its units. Only an estimate takes the units of
the store where a contract has neither statement nor months.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import Note, UserError
from bekostiging.case.kinds import Count
from bekostiging.case.year_tables import Excess, Statement
from bekostiging.store import Aggregate
from bekostiging.store.supply import OTHERS

PART_OF = {
    "clients": None,
    "crisis_units": "units",
    "budget_units": "units",
    "crisis_budget_units": "budget_units",
}
"""Columns that are filled, and the column of which each is a part."""


@kinds_checked
def with_aggregates(
    case: Case,
    figures: YearFigures,
    aggregates: Sequence[Aggregate],
    year: Count,
    status: str = "raming",
    today: date | None = None,
) -> YearFigures:
    """Fill in what documents of a year lack from what a region store adds up.

    Parameters
    ----------
    case : Case
        With providers named as in the store.
    figures : YearFigures
        From ``read_actuals``; what is there stays.
    aggregates : sequence of Aggregate
        From ``settlement_aggregates`` of that year.
    year : int
        Calendar year.
    status : str, default "raming"
        Of the settlement: only an estimate takes units of the store for a contract without statement and months.
    today : date, optional
        On which it is filled in; today unless given.

    Returns
    -------
    YearFigures
        With a note that says what was filled in.

    Raises
    ------
    UserError
        A municipality with several areas: the store knows municipalities alone.

    Examples
    --------
    >>> from bekostiging.settlement import example_case, example_figures
    >>> case, figures = example_case(), example_figures()
    >>> one = Aggregate("aanbieder-1", "youth", "guidance", case.areas[0].municipality, "clients", None, 120.0, persons=120)
    >>> with_aggregates(case, figures, [one], 2027).statements[0].clients
    120.0
    """
    day = f"{today or date.today():%Y-%m-%d}"
    places = _places(case, aggregates)
    own = _own(case, aggregates, places)
    counted = Counter[str]()
    statements = tuple(_filled(row, own, counted) if row.year == year else row for row in figures.statements)
    told = {(row.provider, row.lot) for row in figures.statements if row.year == year}
    told |= {(row.provider, row.lot) for row in figures.actuals if row.month.startswith(f"{year}-")}
    if status == "raming":
        statements += tuple(
            _new(key, one, own, year, day, counted)
            for key, one in own.items()
            if one.column == "units" and one.value is not None and key[:2] not in told
        )
    had = {(row.provider, row.lot, row.threshold) for row in figures.excess if row.year == year}
    excess = tuple(
        _excess(key, one, year, day)
        for key, one in own.items()
        if one.column == "excess" and one.value is not None and (*key[:2], one.threshold) not in had
    )
    counted["excess"] += len(excess)
    notes = (*figures.notes, *_notes(counted, own.values()))
    return replace(figures, statements=statements, excess=(*figures.excess, *excess), notes=notes)


Own = dict[tuple[str, str, str, str, str, float | None], Aggregate]


def _places(case: Case, aggregates: Sequence[Aggregate]) -> dict[str, str]:
    """The area of every municipality of the store."""
    found: dict[str, list[str]] = {}
    for area in case.areas:
        found.setdefault(area.municipality, []).append(area.id)
    needed = {one.municipality for one in aggregates}
    several = sorted(code for code, areas in found.items() if len(areas) > 1 and code in needed)
    if several:
        listed = ", ".join(several)
        raise UserError(
            f"gemeente {listed} heeft in de casus meer gebieden, en de regio-opslag kent alleen gemeenten; vul de "
            "verantwoording zelf in, zonder --store.",
            f"municipality {listed} has several areas in the case, and the region store knows municipalities alone; fill "
            "in the statement yourself, without --store.",
        )
    return {code: areas[0] for code, areas in found.items()}


def _own(case: Case, aggregates: Sequence[Aggregate], places: dict[str, str]) -> Own:
    """Sums by contract, care form, area, column and threshold; small providers together as the store takes them."""
    known = {(row.provider, row.lot) for row in case.contracts}
    found: Own = {}
    for one in aggregates:
        provider = one.provider if (one.provider, one.lot) in known else OTHERS
        if (provider, one.lot) not in known or one.municipality not in places:
            continue
        key = provider, one.lot, one.care_form, places[one.municipality], one.column, one.threshold
        if (before := found.get(key)) is not None:
            value = None if before.value is None or one.value is None else before.value + one.value
            one = replace(one, value=value, persons=before.persons + one.persons)
        found[key] = one
    return found


def _filled(row: Statement, own: Own, counted: Counter[str]) -> Statement:
    """A statement with its empty columns filled; a part is never more than the whole that the provider states."""
    changed: dict[str, object] = {}
    for column, whole in PART_OF.items():
        one = own.get((row.provider, row.lot, row.care_form, row.area, column, None))
        if (
            getattr(row, column) is not None
            or (one is None and row.units)
            or (one is not None and one.value is None)
        ):
            continue
        value = 0.0 if one is None or one.value is None else one.value
        limit = None if whole is None else changed.get(whole, getattr(row, whole))
        changed[column] = min(value, limit) if isinstance(limit, float) else value
        counted[column] += 1
    if not changed:
        return row
    listed = ", ".join(changed)
    return row.model_copy(update=changed | {"source": f"{row.source}; {listed}: regio-opslag"})


def _new(
    key: tuple[str, str, str, str, str, float | None],
    one: Aggregate,
    own: Own,
    year: int,
    day: str,
    counted: Counter[str],
) -> Statement:
    """A row of its own, of the claims in the store."""
    counted["units"] += 1
    values = {column: own[*key[:4], column, None].value for column in PART_OF if (*key[:4], column, None) in own}
    return Statement.model_validate(
        {"year": year, "provider": key[0], "lot": key[1], "care_form": key[2], "area": key[3], "units": one.value,
         "source": f"regio-opslag, declaraties over {year}", "status": "estimated", "entered_by": "regio-opslag",
         "entered_on": day, **values}
    )  # fmt: skip


def _excess(key: tuple[str, str, str, str, str, float | None], one: Aggregate, year: int, day: str) -> Excess:
    """What clients were claimed for above a threshold."""
    return Excess.model_validate(
        {"year": year, "provider": key[0], "lot": key[1], "care_form": key[2], "area": key[3],
         "threshold": one.threshold, "euros": one.value, "source": f"regio-opslag, declaraties over {year}",
         "status": "own_data", "entered_by": "regio-opslag", "entered_on": day}
    )  # fmt: skip


def _notes(counted: Counter[str], used: Iterable[Aggregate]) -> tuple[Note, ...]:
    """What was filled in, and that small cells count and are not shown."""
    listed = ", ".join(f"{column} ({count})" for column, count in sorted(counted.items()) if count)
    if not listed:
        return ()
    small = sum(not one.shown for one in used)
    return (
        {
            "nl": f"Uit de regio-opslag ingevuld, met het aantal rijen: {listed}. {small} sommen zijn van minder dan tien "
            "mensen: zij tellen mee en staan nergens apart.",
            "en": f"Filled in from the region store, with the number of rows: {listed}. {small} sums are of fewer than ten "
            "persons: they count and are shown nowhere apart.",
        },
    )
