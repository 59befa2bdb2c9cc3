"""The application every command belongs to: options, progress, and how a mistake is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from bekostiging.case import Case
    from bekostiging.case.errors import Note

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


CaseName = Annotated[
    str, typer.Argument(metavar="CASE", help="almere, region (voorbeeldregio), a folder, or a workbook (.xlsx).")
]
LanguageOption = Annotated[Language, typer.Option("--lang", help="Language of texts and numbers.")]
Futures = Annotated[int, typer.Option(min=1, help="Number of futures.")]
FuturesTwice = Annotated[int, typer.Option(min=1, help="Number of futures, drawn twice.")]
DesignFutures = Annotated[
    int, typer.Option(min=1, help="Number of futures the lump sum is designed on, and as many for its margins.")
]
Years = Annotated[int, typer.Option(min=1, help="Cut the term to at most this many years.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of every random number.")]
Out = Annotated[Path | None, typer.Option(help="Folder to write; default: the case's name.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes; the result does not depend on it.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace an existing folder.")]
Dossier = Annotated[
    bool, typer.Option("--dossier", help="Also pack inputs, settings, results and report into one zip.")
]
Named = Annotated[bool, typer.Option("--named", help="Name the providers of a running case.")]


@contextmanager
def user_errors(lang: str) -> Iterator[None]:
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


def brought_case(name: str, lang: str) -> Case:
    """The case of a command; what its reader had to decide is told before anything is computed."""
    from bekostiging.case import read_case

    brought = read_case(name)
    print_notes(brought.notes, lang)
    return brought


def print_notes(notes: Iterable[Note], lang: str) -> None:
    """What a reader did with a case and the user must know."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for note in notes:
        console.print(note[lang], style="yellow", markup=False)


def print_sentence(sentence: str) -> None:
    """A sentence as it is."""
    Console(soft_wrap=True, highlight=False).print(sentence, markup=False)


def print_table(rows: list[list[str]]) -> None:
    """A table, header first."""
    header, *body = rows
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for name in header:
        table.add_column(name, no_wrap=True)
    for row in body:
        table.add_row(*row)
    Console(soft_wrap=True, highlight=False).print(table)


def print_end(disclaimer: dict[str, str], folder: Path, lang: str, page: str = "report.html") -> None:
    """The disclaimer of the case, and where page and workbook are."""
    if disclaimer.get(lang):
        print_sentence(disclaimer[lang])
    report, book = folder / page, folder / "resultaten.xlsx"
    print_sentence({"nl": f"Rapport: {report}", "en": f"Report: {report}"}[lang])
    print_sentence({"nl": f"Werkboek: {book}", "en": f"Workbook: {book}"}[lang])
