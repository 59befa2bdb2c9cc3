"""What is wrong in a command line, as one sentence with the remedy, in the language of the run.

The parser of options speaks English only and gives its mistakes classes that are no public names; so a mistake is known by
the name of its class and by what it carries: the context, the option, the parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Any

from bekostiging.cli.config import DECLARED, DEFAULTS, NAME, Known

SHORTEST = 3
"""Letters in a row that two names have in common, at the least, where one is offered for the other."""
EXTRA = "unexpected extra argument(s) ("
"""What the parser says before words that no argument asks for."""
ARGUMENTS = {
    "CASE": (
        "de casus ontbreekt; geef een map, een werkboek (.xlsx), almere, veenrand of region",
        "the case is missing; give a folder, a workbook (.xlsx), almere, veenrand or region",
    ),
    "TARGET": (
        "de naam van wat gemaakt wordt ontbreekt; geef een werkboek (regio.xlsx) of een map (regio)",
        "the name of what is to be made is missing; give a workbook (region.xlsx) or a folder (region)",
    ),
    "SUITE": (
        "de reeks proeven ontbreekt; geef standard, stress, scale of een TOML-bestand",
        "the suite is missing; give standard, stress, scale or a TOML file",
    ),
    "DOSSIER": (
        "het dossier ontbreekt; geef de zip die --dossier heeft geschreven",
        "the dossier is missing; give the zip that --dossier wrote",
    ),
}
"""What is asked of every argument of a command, by the name that its help shows."""


def usage_sentences(error: Any, line: Sequence[str]) -> tuple[str, str] | None:
    """A mistake of the command line in Dutch and in English; None where it is none, or shows the help.

    Parameters
    ----------
    error : exception
        As the parser raised it.
    line : sequence of str
        The command line after the name of the program.
    """
    context, name = getattr(error, "ctx", None), type(error).__name__
    if (
        not hasattr(error, "format_message") or name == "NoArgsIsHelpError"
    ):  # the end of a command shows no message
        return None
    command = getattr(getattr(context, "command", None), "name", None)
    own = command if command in DECLARED else next((word for word in line if word in DECLARED), None)
    said = _of_kind(error, name, own, line)
    nl, en = said or (
        "deze opdracht is niet te begrijpen; kijk hoe zij wordt geschreven",
        f"{getattr(error, 'message', str(error)).rstrip('.')}; see how it is written",
    )
    before, program = ("" if own is None else f"{own}: "), "bekostiging" if own is None else f"bekostiging {own}"
    return f"{before}{nl}. Uitleg: `{program} --help`.", f"{before}{en}. Help: `{program} --help`."


def _of_kind(error: Any, name: str, command: str | None, line: Sequence[str]) -> tuple[str, str] | None:
    """What is wrong and the remedy, by the kind of mistake; None for one that is not known."""
    if name == "NoSuchOption":
        return _no_such_option(str(error.option_name), command)
    parameter = getattr(error, "param", None)
    if name == "MissingParameter" and parameter is not None:
        shown = str(parameter.metavar or parameter.name).strip("[]{}.").upper()
        return ARGUMENTS.get(shown, (f"{shown} ontbreekt; vul het in", f"{shown} is missing; fill it in"))
    option = str(getattr(error, "option_name", "") or next(iter(getattr(parameter, "opts", [])), ""))
    if option.startswith("-"):
        return _wrong_value(option, command, line, without="does not take" in error.message)
    context = getattr(error, "ctx", None)
    if command is None and context is not None:
        return _no_such_command(next((word for word in line if not word.startswith("-")), ""))
    if EXTRA in str(getattr(error, "message", "")):
        extra = error.message.partition(EXTRA)[2].removesuffix(")")
        return (
            f"'{extra}' is te veel; zet een naam met spaties tussen aanhalingstekens",
            f"'{extra}' is too much; put a name with spaces between quotes",
        )
    return None


def _no_such_option(option: str, command: str | None) -> tuple[str, str]:
    """An option that a command does not have, with the nearest one where it is near."""
    from bekostiging.case.folded import near

    known = [f"--{key}" for key in DECLARED.get(command or "", {})] + ["--config", "--help"]
    found = near(option, known) or next((one for one in known if len(option) > SHORTEST and option in one), None)
    choices = ", ".join(known if command is not None else ["--help"])
    nl, en = (f"kies uit {choices}", f"choose from {choices}")
    if found is not None:
        nl, en = f"waarschijnlijk is {found} bedoeld", f"{found} is probably meant"
    return f"optie {option} bestaat niet; {nl}", f"there is no option {option}; {en}"


def _no_such_command(word: str) -> tuple[str, str]:
    """A word that is no command, with the nearest one where it is near."""
    from bekostiging.case.folded import near

    found, listed = near(word, DECLARED), ", ".join(DECLARED)
    if not word:
        return f"er staat geen opdracht; kies uit {listed}", f"no command; choose from {listed}"
    nl, en = (f"kies uit {listed}", f"choose from {listed}")
    if found is not None:
        nl, en = f"waarschijnlijk is {found} bedoeld", f"{found} is probably meant"
    return f"opdracht {word} bestaat niet; {nl}", f"there is no command {word}; {en}"


def _wrong_value(option: str, command: str | None, line: Sequence[str], *, without: bool) -> tuple[str, str]:
    """A value that an option cannot have, or that is not there."""
    known = _option(option, command)
    if without or (known is not None and known.kind is bool):
        return f"achter {option} hoort geen waarde; laat haar weg", f"{option} takes no value; leave it out"
    nl, en = known.rule() if known is not None and _is_bounded(known) else ("een naam of tekst", "a name or text")
    value = _given(option, line)
    if value is None:
        return f"achter {option} ontbreekt de waarde; geef {nl}", f"the value after {option} is missing; give {en}"
    return f"{option} {value} kan niet; geef {nl}", f"{option} cannot be {value}; give {en}"


def _option(option: str, command: str | None) -> Known | None:
    """An option of a command as it was declared."""
    return DECLARED.get(command or "", {}).get(option.removeprefix("--").removeprefix("no-"))


def _is_bounded(known: Known) -> bool:
    """Whether an option asks for something else than a text or a name."""
    return not known.many and (known.kind in (int, float) or issubclass(known.kind, Enum))


def _given(option: str, line: Sequence[str]) -> str | None:
    """The last value that a line gives an option; None where none stands there."""
    value = None
    for place, word in enumerate(line):
        if word.startswith(f"{option}="):
            value = word.partition("=")[2]
        elif word == option:
            value = line[place + 1] if place + 1 < len(line) else None
    return value


def language_of(line: Sequence[str]) -> str:
    """The language that a command line asks for, else bekostiging.toml, else Dutch."""
    asked = _given("--lang", line)
    return "en" if (_language_of_file(line) if asked is None else asked) == "en" else "nl"


def _language_of_file(line: Sequence[str]) -> object:
    """The language in the file of defaults that a command line leads to."""
    from bekostiging.case.toml_text import NotTomlError, text_of_toml, toml_of

    command = next((word for word in line if word in DECLARED), "")
    subject = Path(next((word for word in line if word != command and not word.startswith("-")), ""))
    given = _given("--config", line)
    folder = subject if subject.is_dir() else subject.parent if subject.is_file() else Path()
    file = folder / NAME if given is None else Path(given)
    with suppress(OSError, UnicodeDecodeError, NotTomlError):
        if file.is_file():
            tables = toml_of(text_of_toml(file))
            rows = [table for key in (DEFAULTS, command) if isinstance(table := tables.get(key), dict)]
            return next((table["lang"] for table in reversed(rows) if "lang" in table), None)
    return None
