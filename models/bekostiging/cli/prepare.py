"""Commands about the case itself: check, buildup, new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bekostiging.cli.application import (
    Language,
    brought_case,
    print_answer,
    print_notes,
    print_place,
    print_sentence,
    user_errors,
)
from bekostiging.cli.console import Terminal
from bekostiging.cli.frame import carry_out, used
from bekostiging.cli.options import CaseName, LanguageOption, Output, command
from bekostiging.cli.year import year_workbook

if TYPE_CHECKING:
    from bekostiging.case import Case
    from bekostiging.case.errors import Note
    from bekostiging.evaluation import Study
    from bekostiging.options import Progress


@command()
def check(
    case: CaseName,
    lang: LanguageOption = Language.NL,
    store: Annotated[
        Path | None,
        typer.Option(metavar="STORE", help="A region store: what of the demand does not fit its messages."),
    ] = None,
) -> None:
    """Read and validate a case and say what each command would find."""
    with user_errors(lang):
        from bekostiging.case import check_commands, spread_notes, stock_and_starts
        from bekostiging.case.history_notes import history_notes
        from bekostiging.case.read import is_small
        from bekostiging.contracts import hours_budget_notes
        from bekostiging.evaluation import check_memory_of_case
        from bekostiging.evaluation.transition import without_closed

        small = is_small(case)
        brought = small_case(case, lang) if small else brought_case(case, lang)
        memory = check_memory_of_case(brought)
        without_closed(brought, brought.n_years)
        console = Terminal()
        for warning in (
            *stock_and_starts(brought),
            *spread_notes(brought),
            *history_notes(brought),
            *hours_budget_notes(brought),
            *memory,
        ):
            console.print(warning[lang], style="yellow")
        headers = {
            "nl": ("Commando", "Tabel", "Rijen", "Aanwezig", "Anders gevuld uit"),
            "en": ("Command", "Table", "Rows", "Present", "Otherwise filled from"),
        }
        table = Table(*headers[lang])
        for command in check_commands(brought):
            for row in command.rows(lang, names_of_tables(case, brought, lang)):
                table.add_row(command.command, *row)
        console.print(table)
        print_sense(brought, lang)
        if store is not None:
            print_store_sense(brought, store, lang)
        if small:
            print_sentence(small_in_order(case, lang))
            return
        console.print({"nl": "De casus is in orde.", "en": "The case is in order."}[lang])


def names_of_tables(name: str, case: Case, lang: str) -> str:
    """The language of the names of tables as the user has them: of the sheets, of the files, else of the run."""
    return case.sheets or ("en" if Path(name).is_dir() else lang)


def small_case(name: str, lang: str) -> Case:
    """The case that a small start would give, with what was assumed; nothing is written."""
    from bekostiging.case import case_from_history, pseudonymised, tables_in

    case = case_from_history(name, Path(name).stem)
    print_notes(pseudonymised(case).notes, lang)
    print_assumptions(case, tables_in(name), lang)
    return case


def small_in_order(name: str, lang: str) -> str:
    """The last line of the check of a small start, with what to do next."""
    return {
        "nl": "Het kleine begin is in orde. Maak er een volledige casus van met `bekostiging new volledig.xlsx --from "
        f"{name}`.",
        "en": f"The small start is in order. Make a complete case of it with `bekostiging new full.xlsx --from {name}`.",
    }[lang]


def print_store_sense(case: Case, file: Path, lang: str) -> None:
    """What of the demand does not fit the messages of a region store."""
    from bekostiging.evaluation import store_remarks
    from bekostiging.report import remark_lines
    from bekostiging.store import case_from_store, open_store

    with open_store(file) as opened:
        made = case_from_store(
            opened, "store", case.base_year, case.first_year, accept_unmapped="only to compare with a case"
        )
    for line in remark_lines(store_remarks(case, made), lang):
        print_sentence(line)


def print_sense(case: Case, lang: str) -> None:
    """What is odd, and which inputs move the budget most."""
    from bekostiging.evaluation import influences, sense_check
    from bekostiging.report import influence_answer, remark_lines

    for line in remark_lines(sense_check(case), lang):
        print_sentence(line)
    found = influences(case)
    if found:
        answer = influence_answer(found, (case.first_year, case.first_year + case.n_years - 1), lang)
        print_sentence(answer.title)
        print_answer(answer)


@command()
def buildup(
    case: CaseName,
    output: Output,
    sheet: Annotated[
        Path | None,
        typer.Option(
            "--private",
            metavar="CSV",
            help="A provider's own function groups: its price beside the tariff, kept apart.",
        ),
    ] = None,
    named: Annotated[bool, typer.Option(help="Show budgets by provider, with names: not to publish.")] = False,
    odf: Annotated[
        bool, typer.Option(help="Workbook as OpenDocument too, where LibreOffice is on the machine.")
    ] = False,
) -> None:
    """Write the build-up of price and budget as an annex to publish, with its verdict: page and workbook."""
    lang = output.lang
    with user_errors(lang):
        from bekostiging.case import pseudonymised, with_cost_sheet
        from bekostiging.report import annex_of, claimed, write_annex, write_folder

        brought = brought_case(case, lang)
        folder = output.folder or Path(
            f"bekostiging-{(brought if named else pseudonymised(brought)).name}-buildup"
        )
        annex = annex_of(
            brought if sheet is None else with_cost_sheet(brought, sheet), sheet is not None, named=named
        )
        told: list[Note] = []

        def fill(draft: Path) -> None:
            """Write page, workbook and manifest."""
            told.extend(write_annex(annex, draft, lang, output.config, odf=odf))

        with claimed(folder, overwrite=output.overwrite, apart=used(case, sheet)):
            write_folder(folder, fill, overwrite=output.overwrite)
        print_notes(told, lang)
        print_place({"nl": "Opbouw", "en": "Build-up"}[lang], folder / "buildup.html")


@command()
def landscape(
    case: CaseName,
    output: Output,
    publish: Annotated[
        bool, typer.Option(help="Also write the information pack for bidders, the same for all of them.")
    ] = False,
    named: Annotated[bool, typer.Option(help="Name the providers of a running case.")] = False,
    store: Annotated[
        Path | None,
        typer.Option(
            metavar="STORE", help="A region store: what messages, providers, CBS and Iv3 say, beside the case."
        ),
    ] = None,
) -> None:
    """Who delivers what to whom, how much choice there is, who waits, and what that asks; needs no contracts."""
    lang = output.lang
    with user_errors(lang):
        from bekostiging.case import pseudonymised, read_case_before_contracts

        brought = read_case_before_contracts(case)
        print_notes(pseudonymised(brought).notes, lang)

        def compute(_: Progress) -> Study:
            """Add it up."""
            from bekostiging.store import open_store, store_view
            from bekostiging.studies import study_landscape

            seen = None
            if store is not None:
                with open_store(store) as opened:
                    seen = store_view(opened, brought.base_year)
            return study_landscape(brought, named=named, publish=publish, seen=seen)

        shown = brought if named else pseudonymised(brought)
        carry_out(compute, Path(f"bekostiging-{shown.name}-landscape"), output, apart=used(case))


@command()
def new(
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="A workbook (.xlsx) or a folder to make.")],
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="history|CASE|STORE",
            help="history: a small start to fill (areas, begroting, history, contracts, policy); a folder or workbook with "
            "those tables: estimate a whole case from it; a region store (.duckdb): a case from messages.",
        ),
    ] = None,
    wanted: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="TABLE",
            help="An optional table in the workbook too; repeat to add, or all. Alone: actuals or "
            "settlement, the figures of a contract year.",
        ),
    ] = None,
    municipalities: Annotated[
        int | None, typer.Option(min=1, help="Municipalities of an invented region of another size.")
    ] = None,
    providers: Annotated[int | None, typer.Option(min=3, help="Its providers.")] = None,
    base_year: Annotated[
        int | None, typer.Option(min=2015, max=2100, help="Of a store: last year with complete messages.")
    ] = None,
    first_year: Annotated[
        int | None,
        typer.Option(min=2015, max=2100, help="Of a store: first contract year; else two after the base year."),
    ] = None,
    accept_unmapped: Annotated[
        str, typer.Option(metavar="REASON", help="Of a store: why over 1 % of the euros may be without care form.")
    ] = "",
    lang: LanguageOption = Language.NL,
) -> None:
    """Make a case to start from: a workbook or a folder, every table explained, with an example to overwrite."""
    with user_errors(lang):
        from bekostiging.case import scaffold_case, scaffold_history, synthetic_region
        from bekostiging.case.example import example_region

        if wanted and year_workbook(target, wanted, source, lang):
            return
        if source is None:
            sized = municipalities is not None or providers is not None
            example = synthetic_region(municipalities or 2, providers or 6) if sized else example_region(lang)
            scaffold_case(target, lang, example, wanted=wanted or [])
        elif source == SMALL:
            refuse_ambiguous_small(source)
            scaffold_history(target, lang)
        if source is None or source == SMALL:
            print_place({"nl": "Klaar om te vullen", "en": "Ready to fill"}[lang], target)
            return
        if Path(source).suffix.lower() == ENDING:
            new_from_store(
                target, Path(source), StoreYears(base_year, first_year, accept_unmapped), wanted or [], lang
            )
            return
        new_from_history(target, source, wanted or [], lang)


def new_from_history(target: Path, source: str, wanted: Sequence[str], lang: str) -> None:
    """Make a case from areas, begroting, history, contracts and policy; the rest is estimated and listed."""
    from bekostiging.case import case_from_history, estimated_tables, scaffold_case, tables_in
    from bekostiging.case.history_notes import history_notes

    case = case_from_history(source, target.stem)
    print_notes(case.notes, lang)
    scaffold_case(target, lang, case, wanted=wanted, estimated=True)
    print_sentence({"nl": "Geschat, en na te lopen:", "en": "Estimated, and to be checked:"}[lang])
    print_estimated(estimated_tables(case, tables_in(source)), target, lang)
    print_place({"nl": "Klaar om na te lopen", "en": "Ready to be checked"}[lang], target)
    print_assumptions(case, tables_in(source), lang)
    print_notes(history_notes(case), lang)


def print_estimated(origins: Sequence[tuple[str, int, str]], target: Path, lang: str) -> None:
    """What was estimated, by table and origin, in the names of what was made."""
    from bekostiging.case.workbook.located import in_workbook
    from bekostiging.case.workbook.names import choice_name, sheet_name

    names = "en" if target.suffix == "" else lang
    sheet, rows, origin = {"nl": ("tabel", "rijen", "herkomst"), "en": ("table", "rows", "origin")}[lang]
    if names == "nl":
        sheet = "blad"
    for table, n, told in origins:
        status, _, source = told.partition(": ")
        where = f"{choice_name('status', status, lang)}: {in_workbook(source, lang, names)}"
        print_sentence(f"- {sheet} {sheet_name(table, names)}, {rows} {n}, {origin} {where}")


def print_assumptions(case: Case, given: Sequence[str], lang: str) -> None:
    """What an estimated case assumes and what that does in euros, in three lines."""
    from bekostiging.evaluation import assumed
    from bekostiging.report import assumed_lines

    years = (case.first_year, case.first_year + case.n_years - 1)
    for line in assumed_lines(assumed(case, given), years, given, lang):
        print_sentence(line)


@dataclass(frozen=True)
class StoreYears:
    """Which years a case from a store is of, and why more than a little may be without care form."""

    base_year: int | None
    first_year: int | None
    accept_unmapped: str


def new_from_store(target: Path, source: Path, asked: StoreYears, wanted: Sequence[str], lang: str) -> None:
    """Make a case from a region store, with the page that says where its figures come from.

    Raises
    ------
    UserError
        No base year was named.
    """
    from bekostiging.case import UserError, scaffold_case
    from bekostiging.report import write_origins
    from bekostiging.store import case_from_store, open_store

    if asked.base_year is None:
        raise UserError(
            "noem met --base-year het laatste jaar waarvan de berichten compleet zijn.",
            "name with --base-year the last year of which the messages are complete.",
            exit_code=2,
        )
    with open_store(source) as store:
        made = case_from_store(
            store, target.stem, asked.base_year, asked.first_year, accept_unmapped=asked.accept_unmapped
        )
    scaffold_case(target, lang, made.case, wanted=wanted, estimated=True)
    page = {"nl": "herkomst.html", "en": "origins.html"}[lang]
    place = target / page if target.is_dir() else target.with_name(f"{target.stem}-{page}")
    write_origins(made, place, lang)
    print_notes([*made.rules, *made.dropped, *made.case.notes], lang)
    print_place({"nl": "Klaar om na te lopen", "en": "Ready to be checked"}[lang], target)
    print_place({"nl": "Herkomst", "en": "Origins"}[lang], place)


ENDING = ".duckdb"
"""Of a region store."""
SMALL = "history"
"""Word for the small start of ``new --from``."""


def refuse_ambiguous_small(word: str) -> None:
    """Refuse the word of the small start where a folder of that name may be meant.

    Raises
    ------
    UserError
        It exists.
    """
    from bekostiging.case import UserError

    if Path(word).exists():
        raise UserError(
            f"--from {word} maakt een klein begin om te vullen, maar hier staat ook een map {word}; schrijf --from ./{word} "
            "voor die map, of geef de opdracht vanuit een andere map.",
            f"--from {word} makes a small start to fill, but there is a folder {word} here too; write --from ./{word} for "
            "that folder, or give the command from elsewhere.",
            exit_code=2,
        )


@command()
def convert(
    case: Annotated[
        str, typer.Argument(metavar="CASE", help="A folder, a workbook (.xlsx), almere, veenrand or region.")
    ],
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="The workbook (.xlsx) or folder to make.")],
    lang: LanguageOption = Language.NL,
) -> None:
    """Turn a folder into a workbook and back: every row as it is; an older workbook is upgraded."""
    with user_errors(lang):
        from bekostiging.case import convert as run

        print_notes(run(case, target, lang), lang)
        print_place({"nl": "Geschreven", "en": "Written"}[lang], target)
