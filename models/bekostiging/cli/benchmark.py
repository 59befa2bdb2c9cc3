"""Commands of the benchmark before a tender: benchmark, verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bekostiging.cli.application import Language, print_notes, print_sentence, user_errors
from bekostiging.cli.frame import carry_out, used
from bekostiging.cli.options import Dossier, LanguageOption, Output, Workers, command

if TYPE_CHECKING:
    from bekostiging.studies import Benchmark

DIFFERENT = 1


@command()
def benchmark(
    suite: Annotated[str, typer.Argument(metavar="SUITE", help="standard, stress, scale, or a TOML file.")],
    output: Output,
    cases: Annotated[
        list[str] | None,
        typer.Option("--case", metavar="CASE", help="Instead of the cases of the suite; repeat to add."),
    ] = None,
    workers: Workers = 2,
    dossier: Dossier = False,
    public: Annotated[
        bool, typer.Option(help="Also a zip that bidders may have: rounded, without provider data.")
    ] = False,
) -> None:
    """Work through a suite before a tender: scoreboard, ranks with their uncertainty, robustness, simulated regions."""
    with user_errors(output.lang):
        from bekostiging.report import write_dossiers
        from bekostiging.studies import benchmark, read_suite
        from bekostiging.studies.tender.suite import SHIPPED

        asked = read_suite(suite).with_cases(cases or [])

        def packed(benchmark_run: Benchmark, draft: Path) -> None:
            """Print the notes of every case and write the dossiers."""
            for board in benchmark_run.boards:
                print_notes(board.outcome.case.notes, output.lang)
            write_dossiers(benchmark_run, output.lang, draft, dossier=dossier, public=public)

        carry_out(
            lambda progress: benchmark(asked, workers=workers, progress=progress),
            Path(f"bekostiging-{asked.name}"),
            output,
            packed,
            used(None if suite in SHIPPED else suite, *(cases or [])),
        )


@command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="DOSSIER", help="The zip that --dossier wrote.")],
    lang: LanguageOption = Language.NL,
    workers: Workers = 2,
) -> None:
    """Compute a dossier again: equal, or which number differs, by how much and because of what."""
    with user_errors(lang):
        from bekostiging.report import progress_bars, verification_sentences, verify_dossier

        with progress_bars(lang) as advance:
            verification = verify_dossier(file, workers=workers, progress=advance)
        for sentence in verification_sentences(verification, lang):
            print_sentence(sentence)
    if not verification.equal:
        raise typer.Exit(DIFFERENT)
