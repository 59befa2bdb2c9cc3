"""The same numbered pieces of work serially, in threads, in processes or on a Dask cluster; results in order.

A piece is ``work(context, index)`` and depends on nothing else, so where it runs, how often and in which order changes
no result. A process reads the context once, from a file (a cluster gets it with every piece, unpacked once per worker).
"""

from __future__ import annotations

import ast
import ctypes
import inspect
import pickle
import platform
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from multiprocessing import get_context, resource_tracker
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeVar

C = TypeVar("C")
T = TypeVar("T")
Work = Callable[[C, int], T]
Advance = Callable[[int, int], None]
STANDARD_INPUT = "<stdin>"
"""What Python calls the file of a script that it reads from standard input."""
SECONDS_TO_CONNECT = 20
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Names of mallopt(3)."""
KEPT_BYTES = 1 << 30
"""Freed memory a process keeps, and the largest array that comes from it."""
MOST_BROKEN = 3
AT_A_TIME = 4
"""Pieces per cluster worker under way: enough to keep it busy, few enough that results do not pile up."""


class ClusterError(RuntimeError):
    """A cluster that cannot be reached, was lost, or whose workers died too often on one piece; says what to do.

    Examples
    --------
    Not run, because it waits for a cluster that is not there:

    >>> list(execute(pow, 2, 3, cluster="tcp://127.0.0.1:9"))  # doctest: +SKIP
    Traceback (most recent call last):
    bekostiging_solvers.execution.ClusterError: no cluster answers at tcp://127.0.0.1:9 (OSError); start its scheduler or ...
    """


class UnguardedScriptError(RuntimeError):
    """A script that worker processes cannot import without running it again; ``file`` and ``line`` say where it calls.

    Examples
    --------
    >>> raise UnguardedScriptError("run.py", 3)
    Traceback (most recent call last):
    bekostiging_solvers.execution.UnguardedScriptError: run.py, line 3: every worker process runs this script again ...
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


def execute(
    work: Work[C, T],
    context: C,
    n: int,
    *,
    workers: int = 1,
    kind: Literal["processes", "threads"] = "processes",
    cluster: str | None = None,
    advance: Advance | None = None,
) -> Iterator[T]:
    """Yield ``work(context, 0)``, ``work(context, 1)``, ... ``work(context, n - 1)``, in this order.

    Parameters
    ----------
    work : callable
        Of the context and the number of a piece; importable by name (not a lambda) unless it stays in this process.
    context : any
        What all pieces have in common; picklable unless it stays in this process.
    n : int
        Number of pieces.
    workers : int
        Pieces at a time; with one, all of them in this process, one after the other.
    kind : "processes" or "threads"
        What several workers are.
    cluster : str, optional
        Address of a Dask scheduler (tcp://host:port); ``workers`` and ``kind`` then say nothing.
    advance : callable, optional
        Called with (done, total) as results arrive in order.

    Raises
    ------
    ClusterError
        Cluster unreachable or lost, or ``distributed`` is not installed.
    UnguardedScriptError
        Several processes, asked for by a script outside ``if __name__ == "__main__":``.

    Examples
    --------
    >>> list(execute(pow, 2, 4))
    [1, 2, 4, 8]
    """
    report = advance if advance is not None else _silent
    keep_freed_memory()
    report(0, n)
    if cluster is not None:
        results = _on_cluster(work, context, n, cluster)
    elif workers <= 1 or n <= 1:
        results = (work(context, index) for index in range(n))
    elif kind == "threads":
        results = _in_threads(work, context, n, workers)
    else:
        results = _in_processes(work, context, n, workers)
    for index, result in enumerate(results):
        report(index + 1, n)
        yield result


def together(tasks: Sequence[Callable[[], T]], workers: int = 1) -> list[T]:
    """What every task gives, in order, with several processes at a time.

    Parameters
    ----------
    tasks : sequence of callables without arguments
        Picklable when there is more than one worker, such as ``functools.partial`` of a function that can be imported.
    workers : int
        Processes at a time; with one, the tasks run in this process.

    Returns
    -------
    list
        A result per task.

    Raises
    ------
    UnguardedScriptError
        Several processes, asked for by a script outside ``if __name__ == "__main__":``.

    Examples
    --------
    >>> from functools import partial
    >>> together([partial(pow, 2, 3), partial(pow, 3, 2)])
    [8, 9]
    """
    return list(execute(_task, tuple(tasks), len(tasks), workers=workers))


def _task(tasks: Sequence[Callable[[], T]], index: int) -> T:
    """One of the tasks."""
    return tasks[index]()


def _silent(done: int, total: int) -> None:
    """Report nothing."""


def _in_threads(work: Work[C, T], context: C, n: int, workers: int) -> Iterator[T]:
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda index: work(context, index), range(n))


_HERE: dict[str, tuple[Work[Any, Any], Any]] = {}
"""Work and context of this worker process, by the file they were read from."""


def keep_freed_memory() -> None:
    """Let this process use freed memory again instead of handing it back to the system after every array.

    Called by ``execute``, for this process and every worker.

    The pieces of work free and allocate arrays of megabytes over and over; clearing new pages for them cost a third of
    the time. Only the GNU allocator has the setting (``mallopt``, mallopt(3)); elsewhere nothing happens.

    Examples
    --------
    >>> keep_freed_memory()
    """
    if platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        for option in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD):
            library.mallopt(option, KEPT_BYTES)


def _piece(file: str, index: int) -> Any:
    if file not in _HERE:
        _HERE.clear()
        _HERE[file] = pickle.loads(Path(file).read_bytes())
    work, context = _HERE[file]
    return work(context, index)


@dataclass
class _Shared:
    """Processes for several executions: started at the first, ended at the end."""

    workers: int = 0
    pool: ProcessPoolExecutor | None = None

    def of(self, workers: int) -> ProcessPoolExecutor:
        """So many processes."""
        if self.pool is None or self.workers != workers:
            self.end()
            self.workers, self.pool = workers, _processes(workers)
        return self.pool

    def end(self) -> None:
        """End the processes there are."""
        if self.pool is not None:
            self.pool.shutdown(wait=True, cancel_futures=True)
            self.pool = None


_SHARED: list[_Shared] = []


@contextmanager
def shared_processes() -> Iterator[None]:
    """Let the executions within a ``with`` block use the same processes: starting them takes seconds.

    Examples
    --------
    >>> with shared_processes():
    ...     list(execute(pow, 2, 3)), list(execute(pow, 3, 3))
    ([1, 2, 4], [1, 3, 9])
    """
    shared = _Shared()
    _SHARED.append(shared)
    try:
        yield
    finally:
        _SHARED.remove(shared)
        shared.end()


def _processes(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, get_context("spawn"), keep_freed_memory)


def _in_processes(work: Work[C, T], context: C, n: int, workers: int) -> Iterator[T]:
    """Pools of processes, the next one where the last one broke; a piece that ends three of them is to blame."""
    _check_main_is_guarded()
    done, at = 0, [-1]
    while done < n:
        try:
            for result in _in_one_pool(work, context, range(done, n), workers):
                done += 1
                yield result
        except BrokenProcessPool:
            at.append(done)
            if at[-MOST_BROKEN:] == [done] * MOST_BROKEN:
                raise ClusterError(
                    f"piece {done} ended three worker processes; give it more memory, or take fewer workers"
                ) from None


def _check_main_is_guarded() -> None:
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


def _in_one_pool(work: Work[C, T], context: C, pieces: range, workers: int) -> Iterator[T]:
    """Processes that an interrupt does not reach: it is this process's to end them."""
    shared = _SHARED[-1] if _SHARED else _Shared()
    kept = False
    with TemporaryDirectory(prefix="pieces-") as folder:
        file = Path(folder) / "context"
        file.write_bytes(pickle.dumps((work, context)))
        try:
            with _interrupts_blocked():
                pool = shared.of(workers)
                waiting = deque(pool.submit(_piece, str(file), index) for index in pieces)
            while waiting:
                yield waiting.popleft().result()
            kept = bool(_SHARED) and shared is _SHARED[-1]
        finally:
            # what is stopped halfway or broken leaves no process at work
            if not kept:
                shared.end()


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block SIGINT while processes are started, which inherit that; one that came meanwhile arrives afterwards.

    The mask is that of this thread alone: a signal that another thread takes is kept until then too.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    came: list[int] = []
    usual = signal.getsignal(signal.SIGINT) if threading.current_thread() is threading.main_thread() else None
    if callable(usual):
        signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    # once started it leaves the mask alone; starting unblocks SIGINT, whatever was blocked (CPython, resource_tracker.py)
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if callable(usual):
            signal.signal(signal.SIGINT, usual)
        if came:
            signal.raise_signal(signal.SIGINT)


_UNPACKED: dict[str, tuple[Work[Any, Any], Any]] = {}
"""The last work and context of this cluster worker, by their digest."""


def _piece_of(digest: str, packed: bytes, index: int) -> Any:
    """One piece on a cluster worker."""
    if digest not in _UNPACKED:
        _UNPACKED.clear()
        _UNPACKED[digest] = pickle.loads(packed)
    work, context = _UNPACKED[digest]
    return work(context, index)


def _on_cluster(work: Work[C, T], context: C, n: int, address: str) -> Iterator[T]:
    """A window of pieces at a time; a piece whose worker dies is done again elsewhere."""
    try:
        distributed: Any = import_module("distributed")
        lost: tuple[type[Exception], ...] = (
            distributed.KilledWorker,
            distributed.client.FutureCancelledError,
            distributed.comm.CommClosedError,
            OSError,
            TimeoutError,
        )
    except ImportError:
        raise ClusterError(
            "a cluster needs the package distributed; install bekostiging with the optional group distributed"
        ) from None
    try:
        client = distributed.Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(
            f"no cluster answers at {address} ({type(error).__name__}); start its scheduler or mend the address"
        ) from None
    try:
        if not client.scheduler_info()["workers"]:
            raise ClusterError(f"the cluster at {address} has no workers; start some")
        packed = pickle.dumps((work, context))
        digest = sha256(packed).hexdigest()
        window = AT_A_TIME * len(client.scheduler_info()["workers"])
        scenarios: list[Any] = [
            client.submit(_piece_of, digest, packed, i, pure=False) for i in range(min(window, n))
        ]
        for index in range(n):
            result: T = scenarios[index].result()
            scenarios[index].release()
            if len(scenarios) < n:
                scenarios.append(client.submit(_piece_of, digest, packed, len(scenarios), pure=False))
            yield result
    except lost as error:
        raise ClusterError(
            f"the cluster at {address} was lost ({type(error).__name__}); start it again, and then the run"
        ) from None
    finally:
        client.close(timeout=SECONDS_TO_CONNECT)
