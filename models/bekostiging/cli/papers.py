"""Papers: asked for with a study, and written of a result that was computed before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bekostiging.cli.application import print_notes, print_place, user_errors
from bekostiging.cli.options import Odf, Output, Proposed, Template, command

if TYPE_CHECKING:
    from bekostiging.report import PapersAsked


def papers_wished(papers: bool, template: Path | None, odf: bool, form: str) -> PapersAsked | None:
    """How papers are wanted with a study, checked before it is carried out; None where nobody asks for them."""
    if not (papers or odf or template is not None or form):
        return None
    from bekostiging.report import PapersAsked

    wish = PapersAsked(template, odf, form)
    wish.check()
    return wish


@command()
def papers(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="A folder that compare or lumpsum wrote.")],
    output: Output,
    template: Template = None,
    odf: Odf = False,
    form: Proposed = "",
) -> None:
    """Write the papers of a result that was computed before, in its language, into a folder of their own."""
    with user_errors(output.lang):
        from bekostiging.report import PapersAsked, claimed, papers_of_result

        folder = output.folder or Path(f"{result.resolve().name}-papers")
        with claimed(folder, overwrite=output.overwrite, apart=(result,)):
            told = papers_of_result(result, folder, PapersAsked(template, odf, form), overwrite=output.overwrite)
        print_notes(told, output.lang)
        print_place({"nl": "Stukken", "en": "Papers"}[output.lang], folder)
