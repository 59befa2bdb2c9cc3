"""The frame of every study: read the case, hold the result folder, compute, write it whole, and tell what was found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bekostiging.cli.app import brought_case, print_answer, print_notes, print_sentence, user_errors
from bekostiging.cli.options import Output

if TYPE_CHECKING:
    from bekostiging.case import Case
    from bekostiging.evaluation import Study
    from bekostiging.options import Options, Progress
    from bekostiging.report.kit.presented import Presented
    from bekostiging.studies import Benchmark

NO_SOLUTION = 3
Also = Callable[[Any, Path], None]
"""Writes what else of a study is wanted into its folder."""


def study_case(
    case: str,
    output: Output,
    run: Options,
    study: Callable[[Case, Options], Study],
    ending: str = "",
    also: Also | None = None,
) -> None:
    """Carry out a study of a case; unless asked otherwise its folder is named after the case, with the ``ending``."""
    with user_errors(output.lang):
        brought = brought_case(case, output.lang)

        def compute(progress: Progress) -> Study:
            """The study, with the options of the run."""
            return study(brought, run | {"progress": progress})

        carry_out(compute, Path(f"bekostiging-{brought.name}{ending}"), output, also)


def carry_out(
    compute: Callable[[Progress], Study | Benchmark], usual: Path, output: Output, also: Also | None = None
) -> None:
    """Compute while the folder is held, write it and tell what was found; ``usual``: its name unless asked otherwise.

    Raises
    ------
    typer.Exit
        With 3 when a lump sum is not within its limits.
    """
    from bekostiging import report

    folder, lang = output.out or usual, output.lang.value
    with report.claimed(folder, overwrite=output.overwrite), report.progress_bars(lang) as advance:
        study = compute(advance)
        advance("write", 0, 1)
        report.write_results(
            study,
            folder,
            lang=lang,
            overwrite=output.overwrite,
            also=None if also is None else lambda draft: also(study, draft),
            about=output.config,
        )
        advance("write", 1, 1)
    found = report.presented(study, lang)
    _tell(found, folder, lang)
    if not found.designed:
        raise typer.Exit(NO_SOLUTION)


def _tell(found: Presented[Any], folder: Path, lang: str) -> None:
    """Sentences, notes, tables, the disclaimer of every case, and where page and workbooks are."""
    for sentence in found.sentences():
        print_sentence(sentence)
    print_notes(found.notes, lang, aside=False)
    for answer in found.answers():
        print_answer(answer)
    taken = found.taken()
    for text in dict.fromkeys(own.case.disclaimer.get(lang, "") for own in taken):
        if text:
            print_sentence(text)
    words = {"nl": ("Rapport", "Werkboek"), "en": ("Report", "Workbook")}[lang]
    print_sentence(f"{words[0]}: {folder / found.page_file}")
    for own in taken:
        print_sentence(f"{words[1]}: {folder / own.place / 'resultaten.xlsx'}")
