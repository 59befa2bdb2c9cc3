"""Progress bars, in a terminal and in Jupyter: what the commands show, for analysts to pass as ``progress``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bekostiging.case.arguments import kinds_checked
from bekostiging.report.kit.texts import Texts


@kinds_checked
@contextmanager
def progress_bars(lang: str = "nl") -> Iterator[Callable[[str, int, int], None]]:
    """Progress bars to pass as ``progress``, in a terminal and in Jupyter (there they need the package ipywidgets).

    Parameters
    ----------
    lang
        Language of the names of the stages: ``"nl"`` or ``"en"``.

    Yields
    ------
    Callable[[str, int, int], None]
        ``report(stage, done, total)`` moves the bar of a stage of the work; the bar appears when its stage is first named.

    Raises
    ------
    UserError
        Another language than Dutch or English.

    Examples
    --------
    Not executed: it takes a minute.

    >>> with progress_bars("en") as bars:  # doctest: +SKIP
    ...     compare(read_case("almere"), progress=bars)
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    said = Texts(lang).sections["progress"]
    tasks: dict[str, TaskID] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:

        def report(stage: str, done: int, total: int) -> None:
            """Move the bar of a stage, made when it is first named."""
            if stage not in tasks:
                tasks[stage] = bar.add_task(said[stage], total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield report
