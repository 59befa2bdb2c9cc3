"""Commands about a contract year: what is expected of it while it runs, its settlement, and an invented one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bekostiging.cli.application import (
    Language,
    brought_case,
    print_notes,
    print_place,
    print_sentence,
    user_errors,
)
from bekostiging.cli.frame import used
from bekostiging.cli.options import (
    CapacityScenarios,
    CaseName,
    LanguageOption,
    Output,
    Seed,
    Workers,
    command,
)

YearFile = Annotated[
    Path,
    typer.Option(
        metavar="FILE",
        help="Workbook or folder with the figures of the year; `new year.xlsx --with settlement` makes an empty one.",
    ),
]
StatusName = Annotated[
    str,
    typer.Option(help="raming (for the annual accounts), voorlopig (statement in, not audited) or definitief."),
]
EarlierFolder = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="An earlier settlement of the same year: only the difference is paid."),
]
SettledFolders = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FOLDER",
        help="A settlement of an earlier contract year, drawn up in this one; its difference is a line of its own. Repeat.",
    ),
]
WithMatch = Annotated[
    bool,
    typer.Option(
        "--match",
        help="Match the statements with authorisations, claims, advances and counts too, with a sample to look at.",
    ),
]
MatchStore = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="STORE",
        help="Region store: the match judges its claims one by one, and its sums fill in what is lacking.",
    ),
]
Interval = Annotated[
    float | None,
    typer.Option(metavar="EURO", help="Interval of the sample; from the auditor's tolerance unless given."),
]
Through = Annotated[str, typer.Option(metavar="MONTH", help="Last month of receipt that counts, such as 2028-05.")]
FiguresByMonth = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Workbook or folder with figures by month; `new month.xlsx --with actuals` makes an empty one.",
    ),
]
Remembering = Annotated[
    Path | None,
    typer.Option(
        metavar="STORE",
        help="Region store that remembers: figures by month are added to it and read from it, the forecast is kept.",
    ),
]
Adjusting = Annotated[
    bool,
    typer.Option(
        "--adjust",
        help="What would it take to end within the begroting; lump sum and places of the years that are left.",
    ),
]
AdjustScenarios = Annotated[int, typer.Option(min=64, help="Scenarios that --adjust designs the lump sum on.")]
EarlierReports = Annotated[
    list[Path] | None,
    typer.Option(metavar="FOLDER", help="An earlier monthly report of the same year; repeat to add."),
]

YearClose = Annotated[
    bool,
    typer.Option(
        help="After the twelfth month: settle what is in the file too, and match it per payment form, in a folder beside."
    ),
]


@command()
def settle(
    case: CaseName,
    output: Output,
    year: Annotated[int, typer.Option(metavar="YEAR", help="Contract year to settle.")],
    actuals: YearFile,
    status: StatusName = "raming",
    previous: EarlierFolder = None,
    providers: Annotated[
        list[str] | None, typer.Option("--provider", metavar="ID", help="Only this provider; repeat to add.")
    ] = None,
    match: WithMatch = False,
    store: MatchStore = None,
    interval: Interval = None,
    seed: Seed = 1,
    word: Annotated[bool, typer.Option(help="Write every statement in Word too.")] = True,
    named: Annotated[bool, typer.Option(help="Name the providers of a running case.")] = False,
) -> None:
    """Settle a contract year to the cent: a statement per provider and municipality, with sheets to recompute them."""
    lang = output.lang
    with user_errors(lang):
        from bekostiging.actuals import read_actuals
        from bekostiging.actuals.reading import told_at
        from bekostiging.case import pseudonymised
        from bekostiging.case.pseudonym import provider_numbers
        from bekostiging.cli.year_close import matched, with_store
        from bekostiging.report import claimed, write_settlement
        from bekostiging.report.kit.texts import Texts
        from bekostiging.report.settlement.match import told
        from bekostiging.report.settlement.page import PAGE
        from bekostiging.report.settlement.papers import Papers
        from bekostiging.settlement import read_previous, settle_year

        brought = brought_case(case, lang)
        figures, sums = with_store(brought, read_actuals(actuals, brought), store, year, status)
        shown, numbers = brought, {}
        if not named and brought.confidential:
            shown, numbers = pseudonymised(brought), provider_numbers(brought)
            figures = figures.numbered(brought)
        print_notes(figures.notes, lang)
        earlier = None if previous is None else read_previous(previous)
        wanted = [numbers.get(one, one) for one in providers or []]
        with told_at(actuals, case, numbers):
            settled = settle_year(shown, figures, year, status, previous=earlier, providers=wanted)
        found, drawn = (None, None)
        if match or store is not None or interval is not None:
            found, drawn = matched(settled, store, numbers, seed, interval)
        folder = output.folder or Path(f"bekostiging-{shown.name}-afrekening-{year}-{status}")
        with claimed(folder, overwrite=output.overwrite, apart=used(case, actuals, previous)):
            write_settlement(settled, folder, lang=lang, overwrite=output.overwrite, named=named, word=word, match=found,
                             sample=drawn, aggregates=sums(numbers), about=output.config)  # fmt: skip
        papers = Papers(settled, Texts(lang), found)
        for sentence in [papers.answer(), *(told(papers) if found is not None else [])]:
            print_sentence(sentence)
        print_place({"nl": "Afrekening", "en": "Settlement"}[lang], folder / PAGE)


@command()
def monitor(
    case: CaseName,
    output: Output,
    through: Through,
    actuals: FiguresByMonth = None,
    store: Remembering = None,
    n_scenarios: CapacityScenarios = 512,
    seed: Seed = 1,
    workers: Workers = 2,
    previous: EarlierReports = None,
    settled: SettledFolders = None,
    year_close: YearClose = False,
    adjusting: Adjusting = False,
    design_scenarios: AdjustScenarios = 2048,
    word: Annotated[bool, typer.Option(help="Write the quarterly report in Word too.")] = True,
    named: Annotated[bool, typer.Option(help="Name the providers of a running case.")] = False,
) -> None:
    """Follow a contract year: expected year-end with its band, what is still to be paid, alarms, and why it is off."""
    lang = output.lang
    with user_errors(lang):
        from bekostiging.case import pseudonymised
        from bekostiging.cli.year_close import check_close, close_year
        from bekostiging.cli.year_memory import figures_of_year, forecasts_kept, keep_year
        from bekostiging.report import claimed, write_monitor
        from bekostiging.report.kit.texts import Texts
        from bekostiging.report.monitor.page import PAGE
        from bekostiging.report.monitor.papers import MonthPapers
        from bekostiging.studies import adjust
        from bekostiging.studies import monitor as follow

        if year_close:
            check_close(through)
        brought = shown = brought_case(case, lang)
        figures = typed = figures_of_year(actuals, store, brought)
        if not named and brought.confidential:
            shown, figures = pseudonymised(brought), figures.numbered(brought)
        folder = output.folder or Path(f"bekostiging-{shown.name}-maand-{through}")
        beside = (*(previous or []), *(settled or []))
        with claimed(folder, overwrite=output.overwrite, apart=used(case, actuals, store, *beside)):
            year = follow(shown, figures, through, n_scenarios, seed, workers)
            write_monitor(
                year,
                folder,
                lang=lang,
                overwrite=output.overwrite,
                named=named,
                word=word,
                previous=tuple(previous or ()),
                kept=forecasts_kept(store, brought),
                settled=tuple(settled or ()),
                adjustment=adjust(year, design_scenarios, workers) if adjusting else None,
                workers=workers,
                about=output.config,
            )
        keep_year(store, brought, year, typed)
        for sentence in MonthPapers(year, Texts(lang)).answer():
            print_sentence(sentence)
        print_notes(year.notes, lang, to_stderr=False)
        print_place({"nl": "Maandbericht", "en": "Monthly report"}[lang], folder / PAGE)
        if year_close:
            close_year(year, brought, store, folder, named=named, word=word, output=output, typed=(actuals, case))


@command()
def actuals(
    case: CaseName,
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="The workbook (.xlsx) or folder to make.")],
    seed: Seed = 1,
    years: Annotated[int, typer.Option(min=1, help="Contract years from the first on.")] = 1,
    months: Annotated[
        int | None,
        typer.Option(min=1, help="Figures by month instead, with delays of reporting, up to this month."),
    ] = None,
    lang: LanguageOption = Language.NL,
) -> None:
    """Write contract years as the model draws them, to learn and to test with: every figure is invented, and marked so."""
    with user_errors(lang):
        from bekostiging.actuals import write_year
        from bekostiging.monitoring import drawn_months
        from bekostiging.settlement import drawn_year

        brought = brought_case(case, lang)
        if months is None:
            write_year(target, drawn_year(brought, seed, years, lang).tables(), "settlement", lang)
        else:
            figures = drawn_months(brought, seed, months, lang).figures
            write_year(target, {"actuals": figures.actuals}, "actuals", lang)
        print_place({"nl": "Verzonnen jaar", "en": "Invented year"}[lang], target)


def year_workbook(target: Path, wanted: Sequence[str], source: str | None, lang: str) -> bool:
    """Lay out the tables of a contract year, which belong to a case that is there already; whether they were asked for.

    Raises
    ------
    UserError
        They are asked for together with tables of a case, or with --from.
    """
    from bekostiging.actuals import SETS, scaffold_year
    from bekostiging.case import UserError

    if not set(wanted) & set(SETS):
        return False
    if len(wanted) > 1 or source is not None:
        listed = ", ".join(wanted)
        raise UserError(
            f"--with {listed}: de cijfers van een contractjaar staan in een eigen werkboek; vraag er een per keer, "
            "zonder --from.",
            f"--with {listed}: the figures of a contract year stand in a workbook of their own; ask one at a time, without "
            "--from.",
            exit_code=2,
        )
    scaffold_year(target, wanted[0], lang)
    print_place({"nl": "Klaar om te vullen", "en": "Ready to fill"}[lang], target)
    return True
