"""Commands about the case itself: check, buildup, new."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bekostiging.cli.app import (
    CaseName,
    Language,
    LanguageOption,
    Out,
    Overwrite,
    app,
    print_sentence,
    user_errors,
)


@app.command()
def check(case: CaseName, lang: LanguageOption = Language.NL) -> None:
    """Read and validate a case and say what each command would find."""
    with user_errors(lang):
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
def buildup(
    case: CaseName,
    out: Out = None,
    private: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV", help="A provider's own function groups: its price beside the tariff, kept apart."
        ),
    ] = None,
    overwrite: Overwrite = False,
    lang: LanguageOption = Language.NL,
) -> None:
    """Write the build-up of price and budget as a traceable annex: page and workbook."""
    with user_errors(lang):
        from bekostiging.case import read_case, with_cost_sheet

        brought = read_case(case)
        folder = out if out is not None else Path(f"bekostiging-{brought.name}-buildup")

        from bekostiging.report import annex_of, write_annex, write_folder

        annex = annex_of(brought if private is None else with_cost_sheet(brought, private), private is not None)
        write_folder(folder, lambda draft: write_annex(annex, draft, lang), overwrite=overwrite)
        print_sentence(
            {"nl": f"Opbouw: {folder / 'buildup.html'}", "en": f"Build-up: {folder / 'buildup.html'}"}[lang]
        )


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
    with user_errors(lang):
        from bekostiging.case import case_from_history, estimated_tables, scaffold_case, synthetic_region

        if source is None:
            scaffold_case(folder, lang, synthetic_region(municipalities, providers))
            print_sentence({"nl": f"Klaar om te vullen: {folder}", "en": f"Ready to fill: {folder}"}[lang])
            return
        made = case_from_history(source, folder.name)
        scaffold_case(folder, lang, made, estimated=True)
        print_sentence({"nl": "Geschat, en na te lopen:", "en": "Estimated, and to be checked:"}[lang])
        given = [file.stem for file in source.glob("*.csv")]
        heads = {"nl": ["tabel", "rijen", "herkomst"], "en": ["table", "rows", "origin"]}[lang]
        for table, rows, told in estimated_tables(made, given):
            print_sentence(f"- {heads[0]} {table}, {heads[1]} {rows}, {heads[2]} {told}")
        print_sentence({"nl": f"Klaar om na te lopen: {folder}", "en": f"Ready to be checked: {folder}"}[lang])
