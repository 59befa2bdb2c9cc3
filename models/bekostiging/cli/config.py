"""bekostiging.toml: defaults of options, from ``--config`` or beside the case.

A table ``[defaults]`` for every command that has the option, and a table per command that goes before it; keys are options
as they are typed, without the dashes. What is given on the command line goes before the file.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

from typer.core import TyperCommand
from typer.models import OptionInfo

if TYPE_CHECKING:
    from bekostiging.case import UserError

NAME = "bekostiging.toml"
DEFAULTS = "defaults"
READ = "bekostiging.defaults"
"""Place in the context of a command of what it took from the file."""
NEAR = 0.75
"""Likeness from which another name may be meant."""
NOT_IN_FILE = ("config", "help")


@dataclass(frozen=True)
class Known:
    """An option as a command declares it: ``name`` of its parameter, what it is, its range, whether it may be repeated."""

    name: str
    kind: type
    low: float | None
    high: float | None
    many: bool

    @classmethod
    def of(cls, parameter: inspect.Parameter) -> tuple[str, Known] | None:
        """The key in the file and the option; None for what is no option, or may not stand in the file."""
        hint, *marks = get_args(parameter.annotation) or (parameter.annotation,)
        info = next((one for one in marks if isinstance(one, OptionInfo)), None)
        if info is None or parameter.name in NOT_IN_FILE:
            return None
        # the default of an option inside Annotated is its first name
        names = [str(one) for one in (info.default, *(info.param_decls or ())) if str(one).startswith("--")]
        key = names[0].split("/")[0].removeprefix("--") if names else parameter.name.replace("_", "-")
        kinds = [one for one in get_args(hint) if one is not type(None)] or [hint]
        many = get_origin(kinds[0]) is list or get_origin(hint) is list
        kind = get_args(kinds[0])[0] if get_origin(kinds[0]) is list else kinds[0]
        return key, cls(parameter.name, kind, info.min, info.max, many)

    def fits(self, value: object) -> bool:
        """Whether the option can have a value of the file."""
        if self.many:
            return isinstance(value, list) and all(isinstance(one, str) for one in value)
        if self.kind in (int, float):
            if isinstance(value, bool) or not isinstance(value, int | float):
                return False
            whole = self.kind is not int or isinstance(value, int)
            return whole and (self.low is None or self.low <= value) and (self.high is None or value <= self.high)
        if self.kind is bool:
            return isinstance(value, bool)
        return isinstance(value, str) and (
            not issubclass(self.kind, Enum) or value in [one.value for one in self.kind]
        )

    def rule(self) -> tuple[str, str]:
        """What the option can have, in both languages."""
        from bekostiging.case.numbers import in_en, in_nl

        if self.many:
            return "een lijst van teksten", "a list of texts"
        if self.kind is bool:
            return "true of false", "true or false"
        if issubclass(self.kind, Enum):
            words = [str(one.value) for one in self.kind]
            return " of ".join(words), " or ".join(words)
        if self.kind not in (int, float):
            return "een tekst tussen aanhalingstekens", "a text between quotes"
        nl, en = ("een geheel getal", "a whole number") if self.kind is int else ("een getal", "a number")
        if self.low is not None:
            nl, en = f"{nl} van minstens {in_nl(self.low)}", f"{en} of at least {in_en(self.low)}"
        if self.high is not None:
            nl, en = f"{nl} en hoogstens {in_nl(self.high)}", f"{en} and at most {in_en(self.high)}"
        return nl, en


Options = Mapping[str, Known]
"""The options of a command by their key in the file."""
DECLARED: dict[str, Options] = {}
"""The options of every command by its name."""


def declare(command: str, parameters: Iterable[inspect.Parameter]) -> None:
    """Remember which options a command has."""
    DECLARED[command] = dict(option for one in parameters if (option := Known.of(one)) is not None)


class Configured(TyperCommand):
    """A command whose options take their defaults from a file."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read the command line, and again with the defaults of the file that it leads to."""
        from bekostiging.case.bsn import mask
        from bekostiging.cli.application import print_notes, user_errors

        context = super().make_context(info_name, list(args), parent, **extra)
        lang = str(getattr(context.params["lang"], "value", context.params["lang"]))
        with user_errors(lang):
            file = _file(context.params["config"], self._subject(context.params))
            if file is None:
                return context
            file_defaults = read_defaults(file, DECLARED)
        options = DECLARED[str(self.name)]
        known = {key: value for key, value in file_defaults[str(self.name)].items() if key in options}
        defaults = {options[key].name: value for key, value in known.items()}
        context = super().make_context(info_name, list(args), parent, default_map=defaults, **extra)
        used = {
            key: value
            for key, value in known.items()
            if str(context.get_parameter_source(options[key].name)).endswith("DEFAULT_MAP")
        }
        lang = str(getattr(context.params["lang"], "value", context.params["lang"]))
        context.meta[READ] = {"defaults": {"file": str(file), "options": used}}
        listed = ", ".join(f"{key} = {value}" for key, value in used.items()) or "-"
        said = mask(f"{file}: {listed}")
        print_notes([{"nl": f"Gelezen uit {said}", "en": f"Read from {said}"}], lang)
        return context

    def _subject(self, given: Mapping[str, Any]) -> str:
        """The first argument: the case, suite or file a command is about."""
        return next(str(given[one.name]) for one in self.params if one.param_type_name == "argument" and one.name)


def _file(asked: Path | str | None, subject: str) -> Path | None:
    """The file to read: as asked, else inside the folder, next to the file, or where the command is given."""
    if asked is not None:
        return Path(asked)
    path = Path(subject)
    file = (path if path.is_dir() else path.parent if path.is_file() else Path()) / NAME
    return file if file.is_file() else None


def read_defaults(file: Path, commands: Mapping[str, Options]) -> dict[str, dict[str, Any]]:
    """Defaults of every command from a file; its own table goes before [defaults].

    Raises
    ------
    UserError
        It cannot be read; a table or key nobody knows; a value that an option cannot have.
    """
    tables = _tables(file)
    for table, rows in tables.items():
        if table not in (DEFAULTS, *commands):
            raise _unknown(f"{file}, [{table}]", table, (DEFAULTS, *commands), ("tabel", "table"))
        concerned = list(commands.values()) if table == DEFAULTS else [commands[table]]
        for key, value in rows.items():
            place, known = f"{file}, [{table}] {key}", [options[key] for options in concerned if key in options]
            if not known:
                raise _unknown(
                    place, key, [name for options in concerned for name in options], ("optie", "option")
                )
            for option in known:
                if not option.fits(value):
                    nl, en = option.rule()
                    raise _config_error(
                        f"{place}: {value!r} kan niet; geef {nl}.", f"{place}: cannot be {value!r}; give {en}."
                    )
    return {name: tables.get(DEFAULTS, {}) | tables.get(name, {}) for name in commands}


def _unreadable(error: Exception) -> tuple[str, str]:
    """Why a file cannot be read."""
    match error:
        case FileNotFoundError():
            return "het bestaat niet", "it does not exist"
        case UnicodeDecodeError():
            return "het is geen tekst in UTF-8", "it is no text in UTF-8"
        case OSError():
            return f"het systeem weigert ({error.strerror})", f"the system refuses ({error.strerror})"
        case _:
            return f"het is geen TOML ({error})", f"it is no TOML ({error})"


def _tables(file: Path) -> dict[str, dict[str, Any]]:
    """The tables of a file; every key stands in one."""
    from bekostiging.case.not_bsn import check_name, refuse_numbers
    from bekostiging.case.toml_text import NotTomlError, text_of_toml, toml_of

    if file.exists() and not file.is_file():  # a pipe may never say anything, and some devices have no end
        raise _config_error(
            f"{file} is geen gewoon bestand; geef een ander bestand met --config.",
            f"{file} is no regular file; give another file with --config.",
        )
    try:
        text = text_of_toml(file)
        tables = toml_of(text)
    except (OSError, UnicodeDecodeError, NotTomlError) as error:
        nl, en = _unreadable(error)
        raise _config_error(
            f"{file} kan niet worden gelezen: {nl}; herstel het, of geef een ander bestand met --config.",
            f"{file} cannot be read: {en}; mend it, or give another file with --config.",
        ) from None
    check_name(file)
    refuse_numbers(str(file), tables, text)
    for key, value in tables.items():
        if not isinstance(value, dict):
            raise _config_error(
                f"{file}, {key}: staat buiten een tabel; zet deze regel onder [{DEFAULTS}] of onder een commando.",
                f"{file}, {key}: stands outside a table; put this line under [{DEFAULTS}] or under a command.",
            )
    return tables


def _unknown(place: str, name: str, known: Sequence[str], kind: tuple[str, str]) -> UserError:
    """The error of an unknown name, with the nearest known one when it is near."""
    near, listed = get_close_matches(name, known, 1, cutoff=NEAR), ", ".join(dict.fromkeys(known))
    nl, en = (
        (f"bedoelt u {near[0]}?", f"did you mean {near[0]}?")
        if near
        else (f"kies uit {listed}.", f"choose from {listed}.")
    )
    return _config_error(
        f"{place}: deze {kind[0]} bestaat niet; {nl}", f"{place}: there is no such {kind[1]}; {en}"
    )


def _config_error(nl: str, en: str) -> UserError:
    """The error of a mistake in the file, with the exit code of a wrong command line."""
    from bekostiging.case import UserError

    return UserError(nl, en, exit_code=2)
