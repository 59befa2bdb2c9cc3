"""What `monitor --store` reads from a region store before a report, and keeps in it after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bekostiging.actuals import YearFigures
    from bekostiging.case import Case
    from bekostiging.store import Forecast
    from bekostiging.studies import ContractYear


def figures_of_year(actuals: Path | None, store: Path | None, case: Case) -> YearFigures:
    """The figures of a file, and those by month that a store keeps of the case; of the same month those of the file stand.

    Raises
    ------
    UserError
        Neither is given, or the store has no figures of the case.
    CaseError
        What is wrong in them.
    """
    from bekostiging.actuals import YearFigures, read_actuals
    from bekostiging.case import UserError
    from bekostiging.store import kept_actuals, open_store

    figures = YearFigures() if actuals is None else read_actuals(actuals, case)
    if store is None:
        if actuals is None:
            raise UserError(
                "geef de maandcijfers: --actuals met een werkboek of map, of --store met de opslag waarin zij staan.",
                "give the figures by month: --actuals with a workbook or folder, or --store with the store they are in.",
                exit_code=2,
            )
        return figures
    with open_store(store) as opened:
        rows = kept_actuals(opened, case.name)
    if not rows and not figures.actuals:
        raise UserError(
            f"{store}: hierin staan geen maandcijfers van {case.name}; voeg ze toe met --actuals, een maand tegelijk.",
            f"{store}: no figures by month of {case.name} are in it; add them with --actuals, a month at a time.",
        )
    return _together(figures, rows, case)


def _together(figures: YearFigures, rows: tuple[object, ...], case: Case) -> YearFigures:
    """Figures of a file with those of the store that it does not replace, judged against the case again."""
    from bekostiging.actuals.check import problems_of
    from bekostiging.case import CaseError
    from bekostiging.case.year_tables import Actual

    typed = {tuple(getattr(row, name) for name in Actual.key) for row in figures.actuals}
    more = [
        row
        for row in rows
        if isinstance(row, Actual) and tuple(getattr(row, name) for name in Actual.key) not in typed
    ]
    whole = replace(figures, actuals=(*more, *figures.actuals))
    if found := problems_of(whole, case, date.today()):
        raise CaseError(found)
    return whole


def forecasts_kept(store: Path | None, case: Case) -> tuple[Forecast, ...]:
    """What reports on the case expected, by the store; nothing without one.

    Raises
    ------
    UserError
        They are of another case of the same name: of a contract that this one does not have.
    """
    from bekostiging.case import UserError
    from bekostiging.store import kept_forecasts, open_store

    if store is None:
        return ()
    with open_store(store) as opened:
        found = kept_forecasts(opened, case.name)
    own = {(row.provider, row.lot) for row in case.contracts} | {("", "")}
    if any((one.provider, one.lot) not in own for one in found):
        raise UserError(
            f"{store}: hierin staan verwachtingen van een andere casus die ook {case.name} heet, met andere contracten; "
            "geef een van beide een eigen naam (case.toml, of het blad met de casus).",
            f"{store}: it holds forecasts of another case that is called {case.name} too, with other contracts; give one of "
            "them a name of its own (case.toml, or the sheet of the case).",
        )
    return found


def keep_year(store: Path | None, case: Case, year: ContractYear, figures: YearFigures) -> None:
    """Keep the figures by month, under the names of the case, and what the report expects."""
    from bekostiging.report.monitor.memory import forecasts_of
    from bekostiging.store import keep_actuals, keep_forecasts, open_store

    if store is None:
        return
    contracts = [(row.provider, row.lot) for row in case.contracts]
    with open_store(store, read_only=False) as opened:
        keep_actuals(opened, case.name, figures.actuals)
        keep_forecasts(opened, case.name, forecasts_of(year, contracts), year.n_scenarios, year.seed)
