"""What `settle --match` and `monitor --year-close` share: the match of a settled year, and the close of a year followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bekostiging.cli.application import print_place, print_sentence

if TYPE_CHECKING:
    from bekostiging.actuals import YearFigures
    from bekostiging.case import Case
    from bekostiging.cli.options import Output
    from bekostiging.settlement import Match, Sample, YearSettlement
    from bekostiging.store import Aggregate
    from bekostiging.studies import ContractYear


def matched(
    settled: YearSettlement, store: Path | None, numbers: Mapping[str, str], seed: int, interval: float | None
) -> tuple[Match, Sample]:
    """The match of a settled year and its sample; ``numbers``: of providers that are not named."""
    from bekostiging.settlement import match_year, numbered_check, sample_year, tariffs_of_year
    from bekostiging.store import check_claims, open_store

    checked = None
    if store is not None:
        own = {number: provider for provider, number in numbers.items()}
        tariffs = {(own.get(who, who), form): euro for (who, form), euro in tariffs_of_year(settled).items()}
        with open_store(store) as opened:
            checked = numbered_check(check_claims(opened, settled.year, tariffs), numbers)
    found = match_year(settled, checked)
    return found, sample_year(settled, found, seed, interval, checked)


def check_close(through: str) -> None:
    """Refuse to close a year before its last month.

    Raises
    ------
    UserError
        With the month from which it can be closed.
    """
    from bekostiging.case import UserError
    from bekostiging.units import MONTHS

    year, _, month = through.partition("-")
    if month != str(MONTHS):
        raise UserError(
            f"--year-close met --through {through}: het jaar is nog niet om; sluit het af met --through {year}-{MONTHS}.",
            f"--year-close with --through {through}: the year is not over; close it with --through {year}-{MONTHS}.",
            exit_code=2,
        )


def close_year(
    year: ContractYear,
    case: Case,
    store: Path | None,
    folder: Path,
    *,
    named: bool,
    word: bool,
    output: Output,
    typed: tuple[Path | None, str],
) -> None:
    """Settle a year of which every month was seen as an estimate for the accounts, and match it; ``case``: as brought.

    ``typed``: where its figures and the case were typed.

    Raises
    ------
    UserError
        The folder beside that of the report exists, or what the contracts need for it is not in the file.
    """
    from bekostiging.actuals.reading import told_at
    from bekostiging.case.pseudonym import provider_numbers
    from bekostiging.report import claimed, write_settlement
    from bekostiging.report.kit.texts import Texts
    from bekostiging.report.settlement.match import told
    from bekostiging.report.settlement.page import PAGE
    from bekostiging.report.settlement.papers import Papers
    from bekostiging.settlement import settle_year

    numbers = {} if named or not case.confidential else provider_numbers(case)
    with told_at(*typed, numbers):
        settled = settle_year(year.case, year.figures, year.year, "raming")
    found, drawn = matched(settled, _with_claims(store), numbers, year.seed, None)
    beside = folder.with_name(f"{folder.name}-jaarafsluiting")
    with claimed(beside, overwrite=output.overwrite):
        write_settlement(
            settled,
            beside,
            lang=output.lang,
            overwrite=output.overwrite,
            named=named,
            word=word,
            match=found,
            sample=drawn,
            about=output.config,
        )
    papers = Papers(settled, Texts(output.lang), found)
    for sentence in [papers.answer(), *told(papers)]:
        print_sentence(sentence)
    print_place({"nl": "Jaarafsluiting", "en": "Year-end close"}[output.lang], beside / PAGE)


def _with_claims(store: Path | None) -> Path | None:
    """The store where claims of persons are in it: one that remembers months alone has nothing to judge one by one."""
    from bekostiging.store import open_store

    if store is None:
        return None
    with open_store(store) as opened:
        return store if opened.rows("SELECT count(*) FROM claims")[0][0] else None


def with_store(
    case: Case, figures: YearFigures, store: Path | None, year: int, status: str
) -> tuple[YearFigures, Callable[[Mapping[str, str]], list[Aggregate]]]:
    """Figures with what a region store adds up where they have nothing, and these sums by the number of each provider."""
    from bekostiging.scenarios.high_cost import thresholds_of
    from bekostiging.settlement import with_aggregates
    from bekostiging.store import open_store, settlement_aggregates

    sums: tuple[Aggregate, ...] = ()
    if store is not None:
        with open_store(store) as opened:
            sums = settlement_aggregates(opened, year, tuple(thresholds_of(case)))
        figures = with_aggregates(case, figures, sums, year, status)
    return figures, lambda numbers: [
        replace(one, provider=numbers.get(one.provider, one.provider)) for one in sums
    ]
