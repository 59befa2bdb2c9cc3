"""Commands of the benchmark before a tender: benchmark, verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bekostiging.cli.app import (
    Dossier,
    Language,
    LanguageOption,
    Overwrite,
    Workers,
    app,
    print_notes,
    print_sentence,
    user_errors,
)

DIFFERENT = 1


@app.command()
def benchmark(
    suite: Annotated[str, typer.Argument(metavar="SUITE", help="standard, stress, scale, or a TOML file.")],
    case: Annotated[
        list[str] | None, typer.Option(metavar="CASE", help="Instead of the cases of the suite; repeat to add.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write; default: the suite's name.")] = None,
    dossier: Dossier = False,
    public: Annotated[
        bool, typer.Option("--public", help="Also a zip that bidders may have: rounded, without provider data.")
    ] = False,
    lang: LanguageOption = Language.NL,
    workers: Workers = 2,
    overwrite: Overwrite = False,
) -> None:
    """Work through a suite before a tender: scoreboard, ranks with their uncertainty, robustness, simulated regions."""
    with user_errors(lang):
        from bekostiging import report
        from bekostiging.stress import benchmark as run
        from bekostiging.stress import read_suite

        asked = read_suite(suite).with_cases(case or [])
        folder = out if out is not None else Path(f"bekostiging-{asked.name}")
        with report.claimed(folder, overwrite=overwrite), report.progress_bars(lang) as advance:
            found = run(asked, workers=workers, progress=advance)
            advance("write", 0, 1)
            results = report.write_benchmark_results(
                found, folder, lang=lang, overwrite=overwrite, dossier=dossier, public=public
            )
            advance("write", 1, 1)
        for board in found.boards:
            print_notes((*board.outcome.case.notes, *board.outcome.notes), lang)
        for sentence in report.benchmark_sentences(results, lang):
            print_sentence(sentence)
        for text in dict.fromkeys(board.outcome.case.disclaimer.get(lang, "") for board in found.boards):
            print_sentence(text)
        print_sentence(
            {"nl": f"Rapport: {folder / 'report.html'}", "en": f"Report: {folder / 'report.html'}"}[lang]
        )


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="DOSSIER", help="The zip that --dossier wrote.")],
    lang: LanguageOption = Language.NL,
    workers: Workers = 2,
) -> None:
    """Compute a dossier again: equal, or which number differs, by how much and because of what."""
    with user_errors(lang):
        from bekostiging.report import progress_bars, verification_sentences, verify_dossier

        with progress_bars(lang) as advance:
            found = verify_dossier(file, workers=workers, progress=advance)
        for sentence in verification_sentences(found, lang):
            print_sentence(sentence)
    if not found.equal:
        raise typer.Exit(DIFFERENT)
