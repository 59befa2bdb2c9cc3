"""Commands that compare payment forms: compare, stress, backtest."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bekostiging.cli.app import (
    NO_SOLUTION,
    CaseName,
    DesignFutures,
    Dossier,
    Futures,
    Language,
    LanguageOption,
    Named,
    Out,
    Overwrite,
    Seed,
    Workers,
    Years,
    app,
    brought_case,
    print_end,
    print_sentence,
    print_table,
    user_errors,
)

if TYPE_CHECKING:
    from bekostiging.stress import Comparison


@app.command()
def compare(
    case: CaseName,
    scenarios: Futures = 512,
    design_scenarios: DesignFutures = 2048,
    years: Years = 4,
    seed: Seed = 1,
    out: Out = None,
    lang: LanguageOption = Language.NL,
    workers: Workers = 2,
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
    dossier: Dossier = False,
    overwrite: Overwrite = False,
    named: Named = False,
) -> None:
    """Compare the four payment forms on the same simulated clients and design the lump sum."""
    with user_errors(lang):
        brought = brought_case(case, lang)

        from bekostiging.report import claimed, progress_bars, write_comparison_dossier, write_results
        from bekostiging.stress import compare as run

        folder = out if out is not None else Path(f"bekostiging-{brought.name}")
        asked: dict[str, Any] = {
            "n_scenarios": scenarios,
            "design_scenarios": design_scenarios,
            "n_years": years,
            "seed": seed,
        }
        asked |= {"precision": precision, "named": named}
        with claimed(folder, overwrite=overwrite), progress_bars(lang) as report:
            outcome = run(brought, **asked, workers=workers, cluster=cluster, keep=keep, progress=report)
            report("write", 0, 1)
            also = partial(write_comparison_dossier, outcome, case, asked) if dossier else None
            write_results(outcome, folder, lang=lang, overwrite=overwrite, also=also)
            report("write", 1, 1)
        print_summary(outcome, folder, lang)
    if outcome.lumpsum.outcome != "designed":
        raise typer.Exit(NO_SOLUTION)


def print_summary(outcome: Comparison, folder: Path, lang: str) -> None:
    """Print the notes, the summary table and where the report is."""
    from bekostiging.report import outcome_sentence, summary_caption, summary_table

    console = Console(soft_wrap=True)
    if outcome.lumpsum.outcome != "designed":
        console.print(outcome_sentence(outcome, lang), style="bold", markup=False)
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
    print_end(outcome.case.disclaimer, folder, lang)


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
    scenarios: Futures = 512,
    design_scenarios: DesignFutures = 2048,
    years: Years = 4,
    seed: Seed = 1,
    lang: LanguageOption = Language.NL,
    workers: Workers = 2,
) -> None:
    """Shocks together, expert views on the futures, and what would break a begroting or a provider."""
    with user_errors(lang):
        from bekostiging import report
        from bekostiging import stress as asked

        brought, chosen = brought_case(case, lang), asked.payment_form(form)
        places = [asked.target_place(brought, target) for target in reverse or []]
        asked.check_shocks(brought, shock or [])
        for text in view or []:
            asked.read_view(text)
        with report.progress_bars(lang) as advance:
            outcome = asked.compare(
                brought,
                n_scenarios=scenarios,
                design_scenarios=design_scenarios,
                n_years=years,
                seed=seed,
                workers=workers,
                progress=advance,
            )
        if shock:
            contracts, discount = asked.contracts_in_force(outcome), outcome.lumpsum.data.discount
            together = asked.course(outcome.case, outcome.cells, contracts, discount, shock)
            print_sentence(report.shock_sentence(together, lang))
            print_table(report.shock_table(outcome, together, lang))
        if view:
            believed = asked.pooled(outcome, view)
            print_sentence(report.view_sentence(believed, lang))
            print_table(report.view_table(believed, lang))
        for place in places:
            # providers of a running case are numbered by now
            target = asked.BEGROTING if place is None else outcome.case.providers[place].id
            found = asked.reverse_stress(outcome, chosen, target, scenarios, seed)
            print_sentence(report.reverse_sentence(outcome, found, lang))
            if found.course:
                print_table(report.reverse_table(outcome, found, lang))
        if outcome.case.disclaimer.get(lang):
            print_sentence(outcome.case.disclaimer[lang])


@app.command()
def backtest(
    case: CaseName,
    origin: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Last year known; default: the third of the longest series.")
    ] = None,
    scenarios: Annotated[int, typer.Option(min=16, help="Number of futures.")] = 1024,
    seed: Seed = 1,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write everything as JSON.")] = None,
    lang: LanguageOption = Language.NL,
) -> None:
    """Predict years that history knows from the years before, and say how often the intervals hold."""
    with user_errors(lang):
        from bekostiging.report import backtest_sentences, backtest_tables, backtest_text, write_text
        from bekostiging.stress import backtest as run

        brought = brought_case(case, lang)
        outcome = run(brought, origin, scenarios, seed)
        for sentence in backtest_sentences(outcome, lang):
            print_sentence(sentence)
        for table in backtest_tables(brought, outcome, lang):
            print_table(table)
        if out is not None:
            write_text(out, backtest_text(outcome))
