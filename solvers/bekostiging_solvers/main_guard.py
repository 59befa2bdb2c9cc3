"""Worker processes import the script that asks for them: refused where that would run it again."""

from __future__ import annotations

import ast
import inspect
import sys
import threading
from pathlib import Path

STANDARD_INPUT = "<stdin>"
"""What Python calls the file of a script that it reads from standard input."""


class UnguardedScriptError(RuntimeError):
    """A script that worker processes cannot import without running it again; ``file`` and ``line`` say where it calls.

    Examples
    --------
    >>> raise UnguardedScriptError("run.py", 3)
    Traceback (most recent call last):
    bekostiging_solvers.main_guard.UnguardedScriptError: run.py, line 3: every worker process runs this script again ...
    """

    def __init__(self, file: str, line: int) -> None:
        self.from_standard_input = file == STANDARD_INPUT
        super().__init__(
            "a script from standard input cannot be read by worker processes; save it in a file or take one worker"
            if self.from_standard_input
            else f"{file}, line {line}: every worker process runs this script again before it works; put what it does "
            'under if __name__ == "__main__": or take one worker'
        )
        self.file, self.line = file, line


def check_main_is_guarded() -> None:
    """Refuse to start processes from a line of a script that each of them would reach too when it imports the script.

    The standard library has those processes fail while the first one waits for them forever
    (docs.python.org/3/library/multiprocessing.html, "Safe importing of main module"). A module run with ``-m package`` and
    what has no file (Jupyter, ``-c``) is not imported again. A script from standard input has a name but no file that a
    process could import, so it is refused wherever it calls.
    """
    main = sys.modules["__main__"]
    file, spec = getattr(main, "__file__", None), getattr(main, "__spec__", None)
    if file is None or (spec is not None and spec.name.rpartition(".")[2] == "__main__"):
        return
    line = _line_of_main()
    if file == STANDARD_INPUT:
        raise UnguardedScriptError(file, line or 1)
    if line is None:
        return
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    tests = (
        node.test
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and node.lineno <= line <= (node.end_lineno or node.lineno)
    )
    names = {part.id for test in tests for part in ast.walk(test) if isinstance(part, ast.Name)}
    if "__name__" not in names:
        raise UnguardedScriptError(file, line)


def _line_of_main() -> int | None:
    """Line of the main module that is being run, seen from this thread or else from the main thread; None if neither."""
    namespace = vars(sys.modules["__main__"])
    main_thread = threading.main_thread().ident
    stacks = [inspect.currentframe(), sys._current_frames().get(main_thread) if main_thread is not None else None]
    for frame in stacks:
        while frame is not None:
            if frame.f_code.co_name == "<module>" and frame.f_globals is namespace:
                return frame.f_lineno
            frame = frame.f_back
    return None
