"""Progress bars, in a terminal and in Jupyter: what the commands show, for analysts to pass as ``progress``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bekostiging.report.kit.texts import Texts


@contextmanager
def progress_bars(lang: str = "nl") -> Iterator[Callable[[str, int, int], None]]:
    """Yield ``report(stage, done, total)``: one true bar per stage of the work.

    ``with progress_bars("en") as bars: compare(case, progress=bars)``; in Jupyter it needs the package ipywidgets.
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
