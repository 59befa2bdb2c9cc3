"""The options every command shares, each declared once, and how a command asks for them.

A command declares its own options, and takes what is shared as a parameter ``run`` (how much is drawn and where: the
keywords of every study) or ``output`` (where it writes, in which language).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast, get_type_hints

import typer

from bekostiging.cli.application import RUNNING, Language, app
from bekostiging.cli.config import READ, Configured, declare
from bekostiging.options import Options, RunOptions

CaseName = Annotated[
    str, typer.Argument(metavar="CASE", help="almere, region (voorbeeldregio), a folder, or a workbook (.xlsx).")
]
LanguageOption = Annotated[Language, typer.Option("--lang", help="Language of texts and numbers.")]
CapacityScenarios = Annotated[int, typer.Option("--scenarios", min=1, help="Number of scenarios.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of every random number.")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Processes; the result does not depend on it.")]
Dossier = Annotated[bool, typer.Option(help="Also pack inputs, settings, results and report into one zip.")]
Papers = Annotated[bool, typer.Option(help="Also write the papers for council, college and accountant, in Word.")]
Template = Annotated[
    Path | None, typer.Option(metavar="DOCX", help="Own Word file whose styles, header and footer the papers get.")
]
Odf = Annotated[
    bool, typer.Option(help="Papers and workbook as OpenDocument too, where LibreOffice is on the machine.")
]
Proposed = Annotated[
    str,
    typer.Option("--propose", metavar="FORM", help="Payment form that the papers propose; mix: as it is today."),
]
Explore = Annotated[bool, typer.Option(help="Also write verken.html, on which terms can be changed.")]
ExploreFor = Annotated[
    str,
    typer.Option(
        "--for", metavar="PROVIDER", help="Also write verken.html with the figures of this provider alone."
    ),
]
ChoicesFile = Annotated[
    Path | None,
    typer.Option("--choices", metavar="FILE", help="keuze.json of a verken.html, to be computed again."),
]
AgreedFile = Annotated[
    Path | None,
    typer.Option(
        "--choices", metavar="FILE", help="keuze.json of a verken.html: keep the locked lots, design the rest."
    ),
]
RiskWeight = Annotated[float | None, typer.Option(help="Weight of the tail, instead of the case's policy.")]
Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Defaults of options; without it bekostiging.toml beside the case, if there."
    ),
]
RUN: dict[str, object] = {
    "n_scenarios": CapacityScenarios,
    "design_scenarios": Annotated[
        int,
        typer.Option(min=1, help="Number of scenarios the lump sum is designed on, and as many for its margins."),
    ],
    "n_years": Annotated[int, typer.Option("--years", min=1, help="Cut the term to at most this many years.")],
    "seed": Seed,
    "workers": Workers,
    "cluster": Annotated[
        str | None,
        typer.Option(metavar="TCP://HOST:PORT", help="A Dask scheduler whose workers compute instead."),
    ],
    "keep": Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep finished blocks there; a run that was stopped goes on from them."),
    ],
    "named": Annotated[bool, typer.Option(help="Name the providers of a running case.")],
}
"""Option of every field of ``RunOptions`` but progress."""


@dataclass(frozen=True)
class Output:
    """Where a command writes and in which language; ``config``: the defaults it read, for the manifest."""

    folder: Annotated[Path | None, typer.Option("--out", help="Folder to write; default: after the case.")] = None
    lang: LanguageOption = Language.NL
    overwrite: Annotated[bool, typer.Option(help="Replace an existing folder.")] = False
    config: Mapping[str, object] | None = None


def _run_parameters(changed: Options) -> list[inspect.Parameter]:
    """An option per field of ``RunOptions``."""
    defaults = {one.name: one.default for one in fields(RunOptions)} | {"workers": 2} | dict(changed)
    return [_parameter(name, option, defaults[name]) for name, option in RUN.items()]


def _output_parameters() -> list[inspect.Parameter]:
    """An option per field of ``Output`` but the defaults read."""
    hints = get_type_hints(Output, include_extras=True)
    return [_parameter(one.name, hints[one.name], one.default) for one in fields(Output) if one.name != "config"]


def _parameter(name: str, option: object, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=option)


F = TypeVar("F", bound=Callable[..., None])


def command(changed: Options | None = None, name: str = "") -> Callable[[F], F]:
    """Make a function a command; ``changed``: other defaults of the shared options than those of every run; ``name``: where
    it is another than that of the function."""

    def register(function: F) -> F:
        """Replace ``run`` and ``output`` by the shared options, with defaults from a file."""
        called = name or function.__name__
        hints = get_type_hints(function, include_extras=True)
        declared = inspect.signature(function).parameters
        shared = {
            group: parameters
            for group, parameters in (("run", _run_parameters(changed or {})), ("output", _output_parameters()))
            if group in declared
        }

        @wraps(function)
        def run(ctx: typer.Context, config: Path | None, **given: Any) -> None:
            """Gather the shared options and call the function."""
            RUNNING.set(called)
            groups = {
                group: {one.name: given.pop(one.name) for one in parameters}
                for group, parameters in shared.items()
            }
            if "output" in groups:
                given["output"] = Output(**groups["output"], config=ctx.meta.get(READ))
            if "run" in groups:
                given["run"] = cast(Options, groups["run"])
            function(**given)

        plain = [_parameter(own, hints[own], one.default) for own, one in declared.items() if own not in shared]
        parameters = [
            _parameter("ctx", typer.Context, inspect.Parameter.empty),
            *plain,
            *(one for group in shared.values() for one in group),
            _parameter("config", Config, None),
        ]
        bare: Any = run  # types know no signature of a function
        bare.__signature__ = inspect.Signature(parameters)
        bare.__annotations__ = {one.name: one.annotation for one in parameters}
        declare(called, parameters)
        app.command(called, cls=Configured)(run)
        return function

    return register
