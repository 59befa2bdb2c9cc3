"""What every command of a study does: read the case, lock the result folder, compute, write, print the outcome."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bekostiging.cli.application import (
    brought_case,
    print_answer,
    print_notes,
    print_place,
    print_sentence,
    user_errors,
)
from bekostiging.cli.options import Output

if TYPE_CHECKING:
    from bekostiging.case import Case
    from bekostiging.evaluation import Study
    from bekostiging.options import Options, Progress
    from bekostiging.report.kit.presented import Presented
    from bekostiging.studies import Benchmark, Difference

NO_SOLUTION = 3
PAPERS = "papers"
"""The folder with papers in Word, where they were asked for."""
Also = Callable[[Any, Path], None]
"""Writes what else of a study is wanted into its folder."""


def study_case(
    case: str,
    output: Output,
    run: Options,
    study: Callable[[Case, Options], Study],
    ending: str = "",
    also: Also | None = None,
    explore: bool = True,
) -> None:
    """Carry out a study of a case; unless asked otherwise its folder is named after the case, with the ``ending``."""
    from bekostiging.case import pseudonymised

    with user_errors(output.lang):
        _keep_apart(case, run.get("keep"))
        brought = brought_case(case, output.lang)

        def compute(progress: Progress) -> Study:
            """Carry out the study, reporting progress."""
            return study(brought, run | {"progress": progress})

        shown = brought if run.get("named") else pseudonymised(brought)
        apart = used(case, run.get("keep"))
        carry_out(compute, Path(f"bekostiging-{shown.name}{ending}"), output, also, apart, explore)


def _keep_apart(case: str, keep: str | Path | None) -> None:
    """Refuse to keep drawn blocks among the tables of the case, where they would stay."""
    from bekostiging.case import UserError

    if keep is not None and Path(keep).exists() and Path(keep).resolve() == Path(case).resolve():
        raise UserError(
            f"{keep} is de casus zelf; kies een eigen map met {{keep}}.",
            f"{keep} is the case itself; choose a folder of its own with {{keep}}.",
            exit_code=2,
            arguments=["keep"],
        )


def used(*asked: str | Path | None) -> tuple[Path, ...]:
    """Places that a run reads or keeps and may not write over; a case of the package has none."""
    from bekostiging.case.read import EMBEDDED, SYNTHETIC

    return tuple(Path(one) for one in asked if one is not None and str(one) not in (*EMBEDDED, *SYNTHETIC))


def carry_out(
    compute: Callable[[Progress], Study | Benchmark | Difference],
    usual: Path,
    output: Output,
    also: Also | None = None,
    apart: tuple[Path, ...] = (),
    explore: bool = True,
) -> None:
    """Compute while the folder is locked, write it and print the outcome; ``usual``: its name unless asked otherwise.

    ``apart``: what the run uses, which may not be written over; ``explore``: with the what-if page where there is one.

    Raises
    ------
    typer.Exit
        With 3 when a lump sum is not within its limits.
    """
    from bekostiging import report

    folder, lang = output.folder or usual, output.lang.value
    with report.claimed(folder, overwrite=output.overwrite, apart=apart), report.progress_bars(lang) as advance:
        study = compute(advance)
        advance("write", 0, 1)
        report.write_results(
            study,
            folder,
            lang=lang,
            overwrite=output.overwrite,
            also=None if also is None else lambda draft: also(study, draft),
            about=output.config,
            explore=explore,
        )
        advance("write", 1, 1)
    outcome = report.presented(study, lang)
    _print_outcome(outcome, folder, lang)
    if not outcome.designed:
        raise typer.Exit(NO_SOLUTION)


def _print_outcome(presented: Presented[Any], folder: Path, lang: str) -> None:
    """Print sentences, notes, tables, the disclaimer of every case, and where page and workbooks are."""
    for sentence in presented.sentences():
        print_sentence(sentence)
    print_notes(presented.notes, lang, to_stderr=False)
    for answer in presented.answers():
        print_answer(answer)
    books = presented.exported()
    for text in dict.fromkeys(book.case.disclaimer.get(lang, "") for book in books):
        if text:
            print_sentence(text)
    words = {"nl": ("Rapport", "Werkboek"), "en": ("Report", "Workbook")}[lang]
    print_place(words[0], folder / presented.page_file)
    for book in books:
        print_place(words[1], folder / book.place / "resultaten.xlsx")
    if (folder / PAPERS).is_dir():
        print_place({"nl": "Stukken", "en": "Papers"}[lang], folder / PAPERS)
