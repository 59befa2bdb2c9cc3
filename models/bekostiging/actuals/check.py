"""What is wrong in the figures of a contract year: every problem at its row, with the rule and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from bekostiging.actuals.figures import YearFigures
from bekostiging.case.errors import Problem
from bekostiging.case.keys import unknown_keys
from bekostiging.case.model import Case
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.rows import Row
from bekostiging.case.tables import TABLES
from bekostiging.case.validate import repeated_keys
from bekostiging.case.year_tables import Actual, AgreedDay, ChangeLetter, Statement, YearRow

ADDS_UP = 1e-6
"""Distance from one of agreed shares that is rounding."""
LARGEST_LOADING = 0.5
_PARTS = (
    ("crisis_units", "units"),
    ("claimable_units", "units"),
    ("budget_units", "units"),
    ("crisis_budget_units", "budget_units"),
)
"""Columns of a statement that are part of another."""
LARGEST_LIMIT = 0.1
"""Councils choose a few percent of the costs; what is above a tenth is a percentage typed as a number."""


def problems_of(figures: YearFigures, case: Case, today: date) -> list[Problem]:
    """Everything wrong, in the order of the tables; what rests on a key waits until the keys are known."""
    tables = figures.tables()
    beside = {name: getattr(case, name) for name in TABLES}
    found = list(unknown_keys({**beside, **tables}, tables))
    found += [problem for table, rows in tables.items() for problem in repeated_keys(table, rows)]
    if found:
        return found
    found += [
        problem for rows in tables.values() for row in rows for problem in _contract(row, case) if row is not None
    ]
    found += _years(figures, case, today)
    found += _months(figures.actuals)
    found += [problem for row in figures.statements for problem in _statement(row)]
    found += _outcomes(figures)
    found += _limits(figures)
    found += _terms(figures, case)
    found += _keys(figures)
    found += _approvals(figures)
    return found


def _problem(row: Row, column: str, nl: str, en: str) -> Problem:
    return Problem(row.table, nl, en, row=row.line, column=column)


def _contract(row: Row, case: Case) -> Iterator[Problem]:
    """A contract of the case, with a care form and an area of its lot."""
    provider, lot = getattr(row, "provider", None), getattr(row, "lot", None)
    if provider is None or lot is None or (isinstance(row, AgreedDay) and not (provider and lot)):
        return
    own = [one.provider for one in case.contracts if one.lot == lot]
    if provider not in own:
        listed = ", ".join(own)
        yield _problem(
            row,
            "provider",
            f"'{provider}' heeft in perceel {lot} geen contract; kies uit {listed}, of verbeter het perceel",
            f"'{provider}' has no contract in lot {lot}; choose from {listed}, or mend the lot",
        )
        return
    lots = {one.id: one for one in case.lots}
    for column, allowed in (("care_form", lots[lot].care_forms), ("area", lots[lot].areas)):
        value = getattr(row, column, None)
        if value is not None and value not in allowed:
            listed = ", ".join(allowed)
            yield _problem(
                row,
                column,
                f"'{value}' hoort niet bij perceel {lot}; kies uit {listed}",
                f"'{value}' is not in lot {lot}; choose from {listed}",
            )


def _years(figures: YearFigures, case: Case, today: date) -> Iterator[Problem]:
    """Years of the term, and no month that lies ahead."""
    first, last = case.first_year, case.first_year + case.n_years - 1
    for rows in figures.tables().values():
        for row in rows:
            year = getattr(row, "year", None)
            if year is not None and not first <= year <= last:
                yield _problem(
                    row,
                    "year",
                    f"{year} is geen contractjaar; de contracten lopen van {first} tot en met {last}",
                    f"{year} is no contract year; the contracts run from {first} to {last}",
                )
    for month in figures.actuals:
        if not first <= int(month.month[:4]) <= last:
            yield _problem(
                month,
                "month",
                f"{month.month} valt buiten de contracten ({first} tot en met {last}); verbeter de maand",
                f"{month.month} is outside the contracts ({first} to {last}); mend the month",
            )
        # an invented month is an exercise, whenever it is
        if month.received > f"{today:%Y-%m}" and month.status != "illustrative":
            yield _problem(
                month,
                "received",
                f"{month.received} ligt voor ons (vandaag is {today:%d-%m-%Y}); verbeter de maand van ontvangst",
                f"{month.received} lies ahead (today is {today:%Y-%m-%d}); mend the month of receipt",
            )


def _months(rows: Iterable[Actual]) -> Iterator[Problem]:
    """Months in order, euros with units, and no count that corrections bring below zero."""
    running: dict[tuple[str, ...], float] = {}
    for row in sorted(rows, key=lambda row: (row.month, row.received, row.line)):
        if row.received < row.month:
            yield _problem(
                row,
                "received",
                f"ontvangen in {row.received}, vóór de zorg van {row.month}; zijn de maanden verwisseld?",
                f"received in {row.received}, before the care of {row.month}; were the months exchanged?",
            )
        if row.euros and not row.units:
            yield _problem(
                row,
                "units",
                f"{in_nl(row.euros)} euro zonder eenheden; vul de eenheden in",
                f"{in_en(row.euros)} euro without units; fill in the units",
            )
        cell = (row.month, row.provider, row.lot, row.care_form, row.area)
        before = running.get(cell, 0.0)
        running[cell] = before + row.units
        if running[cell] < -1e-9 <= before:
            yield _problem(
                row,
                "units",
                f"met deze correctie daalt het aantal eenheden van {row.month} tot {in_nl(running[cell])}, onder nul; "
                "verbeter de correctie",
                f"with this correction the units of {row.month} fall to {in_en(running[cell])}, below zero; mend the "
                "correction",
            )


def _statement(row: Statement) -> Iterator[Problem]:
    """A part is not more than the whole."""
    for part, whole in _PARTS:
        own, of = getattr(row, part), getattr(row, whole)
        if own is not None and of is not None and own > of * (1 + 1e-12):
            yield _problem(
                row,
                part,
                f"{in_nl(own, 8)} is meer dan {whole} ({in_nl(of, 8)}), waar het een deel van is; verbeter een van beide",
                f"{in_en(own, 8)} is more than {whole} ({in_en(of, 8)}), of which it is a part; mend one of the two",
            )


def _outcomes(figures: YearFigures) -> Iterator[Problem]:
    """A count out of a count that is there."""
    for row in figures.outcomes:
        if row.denominator == 0:
            yield _problem(
                row,
                "denominator",
                "niemand is gemeten; vul in hoeveel trajecten zijn gemeten, of haal de rij weg",
                "nobody was measured; fill in how many trajectories were, or remove the row",
            )
        elif row.numerator > row.denominator:
            yield _problem(
                row,
                "numerator",
                f"{in_nl(row.numerator)} van de {in_nl(row.denominator)} kan niet; zijn teller en noemer verwisseld?",
                f"{in_en(row.numerator)} out of {in_en(row.denominator)} cannot be; were the two exchanged?",
            )
        elif 0 < row.numerator < 1 < row.denominator:
            yield _problem(
                row,
                "numerator",
                f"{in_nl(row.numerator)} is een deel en geen aantal; vul in bij hoeveel van de {in_nl(row.denominator)} "
                "gemeten trajecten dit zo was",
                f"{in_en(row.numerator)} is a part and no number; fill in of how many of the {in_en(row.denominator)} "
                "trajectories this was so",
            )


def _limits(figures: YearFigures) -> Iterator[Problem]:
    """The limit of a council is a small part of its costs: 1 is all of them, and then nothing is ever beyond it."""
    for row in figures.council_limits:
        if row.share > LARGEST_LIMIT:
            yield _problem(
                row,
                "share",
                f"een grens van {in_nl(100 * row.share, 6)} % van de lasten is te hoog; 1 % is 0,01",
                f"a limit of {in_en(100 * row.share, 6)} % of the costs is too high; 1 % is 0.01",
            )


def _terms(figures: YearFigures, case: Case) -> Iterator[Problem]:
    """Changes and terms begin within the contract, at a price level that the contract knows; a loading is a part."""
    first, last = case.first_year, case.first_year + case.n_years - 1
    rows: list[YearRow] = [*figures.changes, *figures.terms]
    for row in rows:
        month = str(getattr(row, "from_month", ""))
        if int(month[:4]) > last or (isinstance(row, ChangeLetter) and int(month[:4]) < first):
            yield _problem(
                row,
                "from_month",
                f"{month} valt buiten de contracten ({first} tot en met {last}); verbeter de maand",
                f"{month} is outside the contracts ({first} to {last}); mend the month",
            )
    for change in figures.changes:
        if not first <= change.price_level <= int(change.from_month[:4]):
            yield _problem(
                change,
                "price_level",
                f"prijspeil {change.price_level} kan niet: een wijziging staat in prijzen van {first} tot en met het jaar "
                "waarin zij ingaat",
                f"price level {change.price_level} cannot be: a change is in prices of {first} up to the year in which it "
                "begins",
            )
    for term in figures.terms:
        if term.term == "loading" and abs(term.agreed) > LARGEST_LOADING:
            yield _problem(
                term,
                "agreed",
                f"een opslag van {in_nl(term.agreed)} is {in_nl(100 * term.agreed)} %; 1,5 % is 0,015",
                f"a loading of {in_en(term.agreed)} is {in_en(100 * term.agreed)} %; 1.5 % is 0.015",
            )
        elif term.term != "loading" and term.agreed < 0:
            yield _problem(
                term,
                "agreed",
                f"{in_nl(term.agreed)} is negatief; vul nul of een positief bedrag in",
                f"{in_en(term.agreed)} is negative; fill in zero or a positive amount",
            )


def _keys(figures: YearFigures) -> Iterator[Problem]:
    """Agreed shares add up to one."""
    groups: dict[tuple[int, str], list[float]] = {}
    for row in figures.keys:
        groups.setdefault((row.year, row.lot), []).append(row.share)
    for row in figures.keys:
        shares = groups.pop((row.year, row.lot), None)
        if shares is not None and abs(sum(shares) - 1) > ADDS_UP:
            total = 100 * sum(shares)
            yield _problem(
                row,
                "share",
                f"de delen van perceel {row.lot} in {row.year} zijn samen {in_nl(round(total, 4))} % en geen 100 %; "
                "verbeter ze, of haal ze weg: dan geldt de sleutel van het perceel",
                f"the shares of lot {row.lot} in {row.year} are {in_en(round(total, 4))} % together, not 100 %; mend them, "
                "or remove them: then the key of the lot holds",
            )


def _approvals(figures: YearFigures) -> Iterator[Problem]:
    """Two people: who checks does not determine."""
    for row in figures.determinations:
        if row.approved_by and row.approved_by.casefold() == row.checked_by.casefold():
            yield _problem(
                row,
                "approved_by",
                f"'{row.approved_by}' heeft ook gecontroleerd; laat iemand anders vaststellen",
                f"'{row.approved_by}' checked it too; let somebody else determine it",
            )
