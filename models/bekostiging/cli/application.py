"""The application that every command belongs to, and how it prints mistakes, notes and tables."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from typer.core import TyperGroup

from bekostiging.cli.console import Terminal, nearest

if TYPE_CHECKING:
    from bekostiging.case import Case
    from bekostiging.case.errors import Note
    from bekostiging.report import Answer

REFUSED, INTERRUPTED = 2, 130
RUNNING: ContextVar[str] = ContextVar("running command", default="")
"""Name of the command that runs, so that a message can call an argument by its option."""
LINE = "bekostiging.line"
"""Place in the context of the command line as it was typed."""


class Application(TyperGroup):
    """Every command; what is wrong in a command line is a sentence in the language of the run, masked."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read what stands before the command."""
        line = list(args)
        with _usage_said(line):
            context = super().make_context(info_name, args, parent, **extra)
        context.meta[LINE] = line
        return context

    def invoke(self, ctx: Any) -> Any:
        """Find the command, read its command line and carry it out."""
        with _usage_said(ctx.meta[LINE]):
            return super().invoke(ctx)


@contextmanager
def _usage_said(line: list[str]) -> Iterator[None]:
    """Print a mistake of the command line as its sentence, and leave with its exit code."""
    try:
        yield
    except Exception as error:
        from bekostiging.cli.usage import language_of, usage_sentences

        said = usage_sentences(error, line)
        if said is None:
            raise
        from bekostiging.case.bsn import mask
        from bekostiging.case.errors import in_language

        Terminal(stderr=True).print(mask(in_language(said, language_of(line))), style="red")
        raise typer.Exit(REFUSED) from None


app = typer.Typer(
    cls=Application,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Payment forms for youth care and social support: cost, risk, waiting, and a lump sum that holds.",
)


class Language(StrEnum):
    """Language of everything a procurement team reads."""

    NL = "nl"
    EN = "en"


@contextmanager
def user_errors(lang: str) -> Iterator[None]:
    """Print a user's mistake, or a refusal of the system, as its sentence and leave with its exit code.

    An argument is called by its option. SIGTERM, with which a machine that shuts down or a scheduler of jobs ends a program,
    is Ctrl-C.
    """
    from bekostiging.case.errors import UserError

    console = Terminal(stderr=True)
    try:
        with _terminated_as_interrupted():
            yield
            sys.stdout.flush()
    except UserError as error:
        console.print(error.text(lang, _options()), style="red")
        raise typer.Exit(error.exit_code) from None
    except UnicodeEncodeError as error:
        shown = nearest(error.object[error.start : error.end])
        nl = f"dit systeem kent een teken niet dat in een naam staat (lijkt op '{shown}'); zet PYTHONUTF8=1 in de omgeving"
        en = f"this system does not know a character of a name (like '{shown}'); set PYTHONUTF8=1 in the environment"
        console.print({"nl": nl, "en": en}[lang], style="red")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print({"nl": "Afgebroken; er is niets geschreven.", "en": "Interrupted; nothing written."}[lang])
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        raise  # who read the output has seen enough; Click leaves in silence
    except OSError as error:
        raise typer.Exit(system_refused(error, lang)) from None


def system_refused(error: OSError, lang: str) -> int:
    """Print why the system does not read or write, and give the exit code."""
    from bekostiging.case.bsn import mask

    place = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or str(error)
    sentence = {
        "nl": f"{place}het systeem weigert te lezen of te schrijven ({reason}); maak ruimte of controleer de rechten.",
        "en": f"{place}the system refuses to read or write ({reason}); make room or check the rights.",
    }[lang]
    Terminal(stderr=True).print(mask(sentence), style="red")
    with suppress(OSError, ValueError):
        # what could not be printed is not tried again when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return REFUSED


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM end a command as Ctrl-C does, unless whoever started it asked otherwise."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    ):
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _options() -> dict[str, str]:
    """The options of the running command as they are typed, by the argument that each gives a value.

    So a parameter of a command has the name of the argument of the function that it is passed to.
    """
    from bekostiging.cli.config import DECLARED

    return {one.name: f"--{key}" for key, one in DECLARED.get(RUNNING.get(), {}).items()}


def brought_case(name: str, lang: str) -> Case:
    """Read the case of a command, and print what the reader had to decide before anything is computed."""
    from bekostiging.case import pseudonymised, read_case

    case = read_case(name)
    print_notes(pseudonymised(case).notes, lang)
    return case


def print_notes(notes: Iterable[Note], lang: str, *, to_stderr: bool = True) -> None:
    """Print notes, on standard error or (part of the outcome) on standard output."""
    console = Terminal(stderr=to_stderr)
    for note in notes:
        console.print(note[lang], style="yellow")


def print_place(words: str, place: Path) -> None:
    """Print where something is; a folder on the way there may have any name."""
    from bekostiging.case.bsn import mask

    print_sentence(f"{words}: {mask(str(place))}")


def print_sentence(sentence: str) -> None:
    """Print a sentence without markup."""
    Terminal().print(sentence)


def print_answer(answer: Answer) -> None:
    """Print a table, with its sentence before it and its caption under it."""
    if answer.sentence:
        print_sentence(answer.sentence)
    if not answer.rows:
        return
    table = Table(box=SIMPLE_HEAD, caption=answer.caption or None, padding=(0, 1, 0, 0), pad_edge=False)
    first, *others = answer.rows[0]
    table.add_column(first, no_wrap=True)
    for name in others:
        # in a narrow terminal a heading takes two lines before a number loses its end
        table.add_column(name, justify="right" if answer.numbers else "left", overflow="fold")
    for row in answer.rows[1:]:
        table.add_row(*row)
    Terminal().print(table)
