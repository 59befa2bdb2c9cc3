"""The same numbered pieces of work serially, in threads, in processes or on a Dask cluster; results in order.

A piece is ``work(context, index)`` and depends on nothing else, so where it runs, how often and in which order changes
no result. A process reads the context once, from a file (a cluster gets it with every piece, unpacked once per worker).
"""

from __future__ import annotations

import ctypes
import os
import pickle
import platform
import shutil
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process, resource_tracker
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, Literal, TypeVar

from filelock import FileLock, Timeout

from bekostiging_solvers.cluster import ClusterError, on_cluster
from bekostiging_solvers.main_guard import check_main_is_guarded

C = TypeVar("C")
T = TypeVar("T")
Work = Callable[[C, int], T]
Advance = Callable[[int, int], None]
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Names of mallopt(3)."""
KEPT_BYTES = 1 << 30
"""Freed memory a process keeps, and the largest array that comes from it."""
MOST_BROKEN = 3
PIECES, LOCK = "bekostiging-pieces-", "lock"
"""How the folder begins of what worker processes read, and the file in it that a living run holds."""


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
        results = on_cluster(work, context, n, cluster)
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
    return ProcessPoolExecutor(workers, get_context("spawn"), _begin)


def _begin() -> None:
    """What a worker process does first."""
    keep_freed_memory()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, however that ended: nobody would ever give it work."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _in_processes(work: Work[C, T], context: C, n: int, workers: int) -> Iterator[T]:
    """Pools of processes, the next one where the last one broke; a piece that ends three of them is to blame."""
    check_main_is_guarded()
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


def _in_one_pool(work: Work[C, T], context: C, pieces: range, workers: int) -> Iterator[T]:
    """Processes that an interrupt does not reach: it is this process's to end them."""
    shared = _SHARED[-1] if _SHARED else _Shared()
    kept = False
    with _private_folder() as folder:
        file = folder / "context"
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
def _private_folder() -> Iterator[Path]:
    """A folder that nobody else reads, gone afterwards; those of runs that were killed are cleared away first."""
    _clear_leftovers()
    with TemporaryDirectory(prefix=PIECES, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with FileLock(folder / LOCK):
            yield folder


def _clear_leftovers() -> None:
    """Remove folders whose run is gone: the system has let go of their lock. Those of other users are left alone."""
    for folder in Path(gettempdir()).glob(f"{PIECES}*"):
        with suppress(OSError, Timeout):
            if (folder / LOCK).is_file() and not folder.is_symlink():
                with FileLock(folder / LOCK, blocking=False):
                    (folder / "context").unlink(missing_ok=True)
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Let interrupts wait while processes are started; one that came meanwhile arrives afterwards.

    SIGINT is blocked, which the processes inherit: it is this process's to end them. SIGTERM is not, or they could not be
    ended. The mask is that of this thread alone: a signal that another thread takes is kept until then too.
    """
    came: list[int] = []
    usual = interrupt_handlers()
    for number in usual:
        signal.signal(number, lambda signum, frame: came.append(signum))
    blockable = hasattr(signal, "pthread_sigmask")  # not on Windows
    if blockable:
        # once started it leaves the mask alone; starting unblocks SIGINT, whatever was blocked (CPython's source)
        resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if blockable:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, handler in usual.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


def interrupt_handlers() -> dict[int, Callable[..., object]]:
    """What Python does at an interrupt (SIGINT, SIGTERM), where it does something and this thread is asked."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    known = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    return {number: handler for number, handler in known.items() if callable(handler)}
