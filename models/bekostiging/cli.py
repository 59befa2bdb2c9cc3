"""The command line: one sentence per user error, never a traceback.

Exit codes: 0 done; 1 case or data wrong; 2 command line wrong; 3 model without solution; 130 interrupted.
Imports of the package itself are made inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from bekostiging.stress import Comparison

NO_SOLUTION = 3
INTERRUPTED = 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Payment forms for youth care and social support: cost, risk, waiting, and a lump sum that holds.",
)


class Language(StrEnum):
    """Language of everything a procurement team reads."""

    NL = "nl"
    EN = "en"


CaseName = Annotated[str, typer.Argument(metavar="CASE", help="almere, region (voorbeeldregio), or a folder.")]
LanguageOption = Annotated[Language, typer.Option("--lang", help="Language of texts and numbers.")]


@contextmanager
def _user_errors(lang: str) -> Iterator[None]:
    """Print a user's mistake as its sentence and leave with its exit code."""
    from bekostiging.case.errors import UserError

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        yield
    except UserError as error:
        console.print(error.text(lang), style="red", markup=False)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        console.print({"nl": "Afgebroken; er is niets geschreven.", "en": "Interrupted; nothing written."}[lang])
        raise typer.Exit(INTERRUPTED) from None


@contextmanager
def _progress(lang: str) -> Iterator[Callable[[str, int, int], None]]:
    """Yield ``report(stage, done, total)``: one true bar per stage of the work."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    stages = {
        "design": {"nl": "Toekomsten voor het ontwerp", "en": "Futures for the design"},
        "lumpsum": {"nl": "Ontwerp van het taakgerichte budget", "en": "Design of the lump sum"},
        "fresh": {"nl": "Alle vormen op nieuwe toekomsten", "en": "Every form on fresh futures"},
        "write": {"nl": "Rapport en tabellen", "en": "Report and tables"},
    }
    tasks: dict[str, TaskID] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:

        def report(stage: str, done: int, total: int) -> None:
            """Move the bar of a stage, made when it is first named."""
            if stage not in tasks:
                tasks[stage] = bar.add_task(stages[stage][lang], total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield report


@app.command()
def compare(
    case: CaseName,
    scenarios: Annotated[int, typer.Option(min=1, help="Number of futures, drawn twice.")] = 512,
    years: Annotated[int, typer.Option(min=1, help="Cut the term to at most this many years.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every random number.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Folder to write; default: the case's name.")] = None,
    lang: LanguageOption = Language.NL,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the result does not depend on it.")] = 2,
    cluster: Annotated[
        str | None, typer.Option(metavar="TCP://HOST:PORT", help="A Dask scheduler whose workers compute instead.")
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(
            min=1, metavar="EURO", help="Draw fresh futures until expected yearly spending is known to this."
        ),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep finished blocks there; a run that was stopped goes on from them."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing folder.")] = False,
    named: Annotated[bool, typer.Option("--named", help="Name the providers of a running case.")] = False,
) -> None:
    """Compare the four payment forms on the same simulated clients and design the lump sum."""
    with _user_errors(lang):
        from bekostiging.case import read_case

        brought = read_case(case)

        from bekostiging.report import refuse_existing, write_results
        from bekostiging.stress import compare as run

        folder = out if out is not None else Path(f"bekostiging-{brought.name}")
        refuse_existing(folder, overwrite)
        with _progress(lang) as report:
            outcome = run(
                brought,
                n_scenarios=scenarios,
                n_years=years,
                seed=seed,
                workers=workers,
                cluster=cluster,
                precision=precision,
                keep=keep,
                named=named,
                progress=report,
            )
            report("write", 0, 1)
            write_results(outcome, folder, lang=lang, overwrite=overwrite)
            report("write", 1, 1)
        _print_summary(outcome, folder, lang)
    if outcome.lumpsum.design.conflicts:
        raise typer.Exit(NO_SOLUTION)


def _print_summary(outcome: Comparison, folder: Path, lang: str) -> None:
    """Print the notes, the summary table and where the report is."""
    from bekostiging.report import summary_caption, summary_table

    console = Console(soft_wrap=True)
    for note in outcome.notes:
        console.print(note[lang], style="yellow", markup=False)
    header, *rows = summary_table(outcome, lang)
    table = Table(box=SIMPLE_HEAD, caption=summary_caption(outcome, lang), padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(header[0], no_wrap=True)
    for name in header[1:]:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    if outcome.case.disclaimer.get(lang):
        console.print(outcome.case.disclaimer[lang], style="bold", markup=False)
    console.print({"nl": "Rapport:", "en": "Report:"}[lang], folder / "report.html")


def _print(sentence: str) -> None:
    """A sentence as it is."""
    Console(soft_wrap=True, highlight=False).print(sentence, markup=False)


def _print_table(rows: list[list[str]]) -> None:
    """A table, header first."""
    header, *body = rows
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for name in header:
        table.add_column(name, no_wrap=True)
    for row in body:
        table.add_row(*row)
    Console(soft_wrap=True, highlight=False).print(table)


@app.command()
def stress(
    case: CaseName,
    shock: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Named shock of the case; repeat to combine.")
    ] = None,
    view: Annotated[
        list[str] | None,
        typer.Option(metavar="VIEW", help="Expert view such as 'P(growth >= 8 %) = 0.8'; repeat to add."),
    ] = None,
    reverse: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TARGET", help="begroting, or a provider: what breaks it, and how likely; repeat to add."
        ),
    ] = None,
    form: Annotated[str, typer.Option(help="Payment form of --reverse.")] = "taakgericht",
    scenarios: Annotated[int, typer.Option(min=1, help="Number of futures.")] = 512,
    years: Annotated[int, typer.Option(min=1, help="Cut the term to at most this many years.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every random number.")] = 1,
    lang: LanguageOption = Language.NL,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the result does not depend on it.")] = 2,
) -> None:
    """Shocks together, expert views on the futures, and what would break a begroting or a provider."""
    with _user_errors(lang):
        from bekostiging import report
        from bekostiging import stress as asked
        from bekostiging.case import read_case

        brought, chosen = read_case(case), asked.payment_form(form)
        places = [asked.target_place(brought, target) for target in reverse or []]
        asked.check_shocks(brought, shock or [])
        for text in view or []:
            asked.read_view(text)
        with _progress(lang) as advance:
            outcome = asked.compare(
                brought, n_scenarios=scenarios, n_years=years, seed=seed, workers=workers, progress=advance
            )
        if shock:
            contracts, discount = asked.contracts_in_force(outcome), outcome.lumpsum.data.discount
            together = asked.course(outcome.case, outcome.cells, contracts, discount, shock)
            _print(report.shock_sentence(together, lang))
            _print_table(report.shock_table(outcome, together, lang))
        if view:
            believed = asked.pooled(outcome, view)
            _print(report.view_sentence(believed, lang))
            _print_table(report.view_table(believed, lang))
        for place in places:
            # providers of a running case are numbered by now
            target = asked.BEGROTING if place is None else outcome.case.providers[place].id
            found = asked.reverse_stress(outcome, chosen, target, scenarios, seed)
            _print(report.reverse_sentence(outcome, found, lang))
            if found.course:
                _print_table(report.reverse_table(outcome, found, lang))
        if outcome.case.disclaimer.get(lang):
            _print(outcome.case.disclaimer[lang])


@app.command()
def backtest(
    case: CaseName,
    origin: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Last year known; default: the third of the longest series.")
    ] = None,
    scenarios: Annotated[int, typer.Option(min=16, help="Number of futures.")] = 1024,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every random number.")] = 1,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write everything as JSON.")] = None,
    lang: LanguageOption = Language.NL,
) -> None:
    """Predict years that history knows from the years before, and say how often the intervals hold."""
    with _user_errors(lang):
        from bekostiging.case import read_case
        from bekostiging.report import backtest_sentences, backtest_tables, backtest_text, write_text
        from bekostiging.stress import backtest as run

        brought = read_case(case)
        outcome = run(brought, origin, scenarios, seed)
        for sentence in backtest_sentences(outcome, lang):
            _print(sentence)
        for table in backtest_tables(brought, outcome, lang):
            _print_table(table)
        if out is not None:
            write_text(out, backtest_text(outcome))


@app.command()
def check(case: CaseName, lang: LanguageOption = Language.NL) -> None:
    """Read and validate a case and say what each command would find."""
    with _user_errors(lang):
        from bekostiging.case import check_commands, read_case, spread_notes, stock_and_starts

        brought = read_case(case)
        console = Console(soft_wrap=True)
        for note in brought.notes:
            console.print(note, markup=False)
        for warning in (*stock_and_starts(brought), *spread_notes(brought)):
            console.print(warning[lang], style="yellow", markup=False)
        headers = {
            "nl": ("Commando", "Tabel", "Rijen", "Aanwezig", "Anders gevuld uit"),
            "en": ("Command", "Table", "Rows", "Present", "Otherwise filled from"),
        }
        table = Table(*headers[lang])
        for command in check_commands(brought):
            for row in command.rows(lang):
                table.add_row(command.command, *row)
        console.print(table)
        console.print({"nl": "De casus is in orde.", "en": "The case is in order."}[lang])


@app.command()
def lumpsum(
    case: CaseName,
    scenarios: Annotated[int, typer.Option(min=1, help="Number of futures, drawn twice.")] = 512,
    years: Annotated[int, typer.Option(min=1, help="Cut the term to at most this many years.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every random number.")] = 1,
    confidence: Annotated[
        float | None, typer.Option(help="Which tail counts, instead of the case's policy.")
    ] = None,
    risk_weight: Annotated[
        float | None, typer.Option(help="Weight of the tail, instead of the case's policy.")
    ] = None,
    bands: Annotated[int | None, typer.Option(help="Most changes of share on a side of the reference.")] = None,
    shares: Annotated[str | None, typer.Option(help="Shares to choose from: 0,0.25,0.5,0.75")] = None,
    edges: Annotated[str | None, typer.Option(help="Menu of edges instead of the layers: 0.02,0.05,0.1")] = None,
    mix: Annotated[bool, typer.Option("--mix", help="Choose the payment form of every lot too.")] = False,
    precision: Annotated[float | None, typer.Option(help="Euro to which every limit is to be known.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write; default: the case's name.")] = None,
    lang: LanguageOption = Language.NL,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the result does not depend on it.")] = 2,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing folder.")] = False,
    named: Annotated[bool, typer.Option("--named", help="Name the providers of a running case.")] = False,
) -> None:
    """Design the lump sum alone: its terms, its limits on fresh futures, its margin, and alternatives."""
    with _user_errors(lang):
        from bekostiging import report
        from bekostiging.case import fractions, read_case
        from bekostiging.lumpsum import SimpleTerms
        from bekostiging.stress import study_lumpsum

        brought = read_case(case)
        folder = out if out is not None else Path(f"bekostiging-{brought.name}-lumpsum")
        report.refuse_existing(folder, overwrite)
        with _progress(lang) as advance:
            study = study_lumpsum(
                brought,
                n_scenarios=scenarios,
                n_years=years,
                seed=seed,
                workers=workers,
                confidence=confidence,
                risk_weight=risk_weight,
                simple=SimpleTerms(bands, fractions("--shares", shares)),
                edges=fractions("--edges", edges),
                mix=mix,
                precision=precision,
                named=named,
                progress=advance,
            )
        report.write_folder(folder, lambda draft: report.write_study(study, draft, lang), overwrite=overwrite)
        for sentence in report.study_sentences(study, lang):
            _print(sentence)
        if brought.disclaimer.get(lang):
            _print(brought.disclaimer[lang])
        _print({"nl": f"Rapport: {folder / 'lumpsum.html'}", "en": f"Report: {folder / 'lumpsum.html'}"}[lang])
    if study.lumpsum.design.conflicts:
        raise typer.Exit(NO_SOLUTION)


@app.command()
def equalise(
    case: CaseName,
    clients: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Own clients (provider, profile, cost, groups) instead of simulated."),
    ] = None,
    method: Annotated[str, typer.Option(help="least_squares, lad, quantile or least_largest.")] = "least_squares",
    quantile: Annotated[float, typer.Option(help="Of --method quantile.")] = 0.5,
    shrinkage: Annotated[
        str, typer.Option(metavar="CLIENTS", help="Clients the mean cost counts for, or cross_validated.")
    ] = "0",
    at_most: Annotated[int | None, typer.Option(help="Profiles with a norm amount of their own.")] = None,
    order: Annotated[
        list[str] | None, typer.Option(metavar="LIGHT<HEAVY", help="Order of profiles; repeat to add.")
    ] = None,
    group_bound: Annotated[
        list[str] | None,
        typer.Option(metavar="GROUP=LEAST:MOST", help="Bounds on the mean compensation of column:value."),
    ] = None,
    group_penalty: Annotated[
        list[str] | None, typer.Option(metavar="GROUP=WEIGHT", help="Penalty on the mean error of column:value.")
    ] = None,
    power: Annotated[float, typer.Option(help="Least part of the next euro that stays the provider's.")] = 0.8,
    scenarios: Annotated[int, typer.Option(min=1, help="Number of futures, drawn twice.")] = 512,
    years: Annotated[int, typer.Option(min=1, help="Cut the term to at most this many years.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every random number.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Folder to write; default: the case's name.")] = None,
    lang: LanguageOption = Language.NL,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the result does not depend on it.")] = 2,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing folder.")] = False,
    named: Annotated[bool, typer.Option("--named", help="Name the providers of a running case.")] = False,
) -> None:
    """Norm amounts per profile, who gains and loses by them, and a pool between providers after the year."""
    with _user_errors(lang):
        from bekostiging import report
        from bekostiging.case import named_numbers, ordered_pairs, read_case, read_clients
        from bekostiging.equalisation import model_asked
        from bekostiging.stress import study_equalisation

        brought = read_case(case)
        table = None if clients is None else read_clients(clients)
        folder = out if out is not None else Path(f"bekostiging-{brought.name}-equalisation")
        report.refuse_existing(folder, overwrite)
        model = model_asked(
            method,
            quantile,
            shrinkage,
            at_most,
            ordered_pairs("--order", order or []),
            named_numbers("--group-bound", group_bound or [], 2),
            named_numbers("--group-penalty", group_penalty or [], 1),
            seed,
        )
        with _progress(lang) as advance:
            study = study_equalisation(
                brought,
                model,
                table=table,
                power=power,
                n_scenarios=scenarios,
                n_years=years,
                seed=seed,
                workers=workers,
                named=named,
                progress=advance,
            )
        report.write_folder(
            folder, lambda draft: report.write_equalisation(study, draft, lang), overwrite=overwrite
        )
        for sentence in report.equalisation_sentences(study, lang):
            _print(sentence)
        _print_end(brought.disclaimer, folder, lang)


@app.command()
def share(
    case: CaseName,
    game: Annotated[
        str | None, typer.Option(help="surcharge or joint_contract; default: both where they fit.")
    ] = None,
    table: Annotated[bool, typer.Option("--table", help="Write every coalition and its cost.")] = False,
    solidarity: Annotated[
        float | None, typer.Option(help="Part by inhabitants in key dial, instead of the case's policy.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(metavar="EURO", help="Per client and year, in key hybrid; idem.")
    ] = None,
    exit_cost: Annotated[
        float, typer.Option(min=0, metavar="EURO", help="Per municipality that leaves, over the term.")
    ] = 0.0,
    scenarios: Annotated[int, typer.Option(min=1, help="Number of futures.")] = 512,
    years: Annotated[int, typer.Option(min=1, help="Cut the term to at most this many years.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every random number.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Folder to write; default: the case's name.")] = None,
    lang: LanguageOption = Language.NL,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the result does not depend on it.")] = 2,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing folder.")] = False,
) -> None:
    """Every sharing key side by side, what going together is worth, and who would be cheaper off alone."""
    with _user_errors(lang):
        from bekostiging import report
        from bekostiging.case import read_case
        from bekostiging.stress import study_sharing

        brought = read_case(case)
        folder = out if out is not None else Path(f"bekostiging-{brought.name}-sharing")
        report.refuse_existing(folder, overwrite)
        with _progress(lang) as advance:
            study = study_sharing(
                brought,
                game=game,
                table=table,
                solidarity=solidarity,
                threshold=threshold,
                exit_cost=exit_cost,
                n_scenarios=scenarios,
                n_years=years,
                seed=seed,
                workers=workers,
                progress=advance,
            )
        report.write_folder(
            folder, lambda draft: report.write_sharing(study, draft, lang, table=table), overwrite=overwrite
        )
        for sentence in report.sharing_sentences(study, lang):
            _print(sentence)
        _print_end(brought.disclaimer, folder, lang)


def _print_end(disclaimer: dict[str, str], folder: Path, lang: str) -> None:
    """The disclaimer of the case, and where the report is."""
    if disclaimer.get(lang):
        _print(disclaimer[lang])
    _print({"nl": f"Rapport: {folder / 'report.html'}", "en": f"Report: {folder / 'report.html'}"}[lang])


@app.command()
def buildup(
    case: CaseName,
    out: Annotated[Path | None, typer.Option(help="Folder to write; default: the case's name.")] = None,
    private: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV", help="A provider's own function groups: its price beside the tariff, kept apart."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing folder.")] = False,
    lang: LanguageOption = Language.NL,
) -> None:
    """Write the build-up of price and budget as a traceable annex: page and workbook."""
    with _user_errors(lang):
        from bekostiging.case import read_case, with_cost_sheet

        brought = read_case(case)
        folder = out if out is not None else Path(f"bekostiging-{brought.name}-buildup")

        from bekostiging.report import annex_of, write_annex, write_folder

        annex = annex_of(brought if private is None else with_cost_sheet(brought, private), private is not None)
        write_folder(folder, lambda draft: write_annex(annex, draft, lang), overwrite=overwrite)
        _print({"nl": f"Opbouw: {folder / 'buildup.html'}", "en": f"Build-up: {folder / 'buildup.html'}"}[lang])


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FOLDER", help="Estimate a case from areas, begroting, history, contracts, policy."
        ),
    ] = None,
    municipalities: Annotated[int, typer.Option(min=1, help="Size of the invented region.")] = 2,
    providers: Annotated[int, typer.Option(min=3, help="Size of the invented region.")] = 6,
    lang: LanguageOption = Language.NL,
) -> None:
    """Make a case folder to start from: tables, a read-me and an explanation per table."""
    with _user_errors(lang):
        from bekostiging.case import case_from_history, estimated_tables, scaffold_case, synthetic_region

        if source is None:
            scaffold_case(folder, lang, synthetic_region(municipalities, providers))
            _print({"nl": f"Klaar om te vullen: {folder}", "en": f"Ready to fill: {folder}"}[lang])
            return
        made = case_from_history(source, folder.name)
        scaffold_case(folder, lang, made, estimated=True)
        _print({"nl": "Geschat, en na te lopen:", "en": "Estimated, and to be checked:"}[lang])
        given = [file.stem for file in source.glob("*.csv")]
        heads = {"nl": ["tabel", "rijen", "herkomst"], "en": ["table", "rows", "origin"]}[lang]
        for table, rows, told in estimated_tables(made, given):
            _print(f"- {heads[0]} {table}, {heads[1]} {rows}, {heads[2]} {told}")
        _print({"nl": f"Klaar om na te lopen: {folder}", "en": f"Ready to be checked: {folder}"}[lang])


def main() -> None:
    """Entry point of the ``bekostiging`` command."""
    app()
