"""Pieces of work give the same results wherever they run, and however often a worker dies."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from pieces import deadly, fatal, of_process, piece, wrong

from bekostiging_solvers import ClusterError, execute, shared_processes
from bekostiging_solvers.execution import _interrupts_blocked

EXPECTED = [piece(7, index) for index in range(11)]


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A scheduler and two worker processes on this machine alone."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None, memory_limit=0
    ) as made:
        yield made.scheduler_address


@pytest.mark.parametrize("kind", ["processes", "threads"])
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_same_results_in_order(kind: str, workers: int) -> None:
    seen: list[tuple[int, int]] = []
    found = execute(piece, 7, 11, workers=workers, kind=kind, advance=lambda *at: seen.append(at))  # type: ignore[arg-type]
    assert list(found) == EXPECTED
    assert seen == [(done, 11) for done in range(12)]


def test_a_cluster_gives_the_same(cluster: str) -> None:
    assert list(execute(piece, 7, 11, cluster=cluster)) == EXPECTED


def test_a_worker_killed_in_the_middle_changes_nothing(cluster: str, tmp_path: Path) -> None:
    assert list(execute(deadly, str(tmp_path / "died"), 8, cluster=cluster)) == list(range(8))
    assert (tmp_path / "died").exists()


def test_a_process_killed_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    assert list(execute(deadly, str(tmp_path / "died"), 8, workers=2)) == list(range(8))
    with pytest.raises(ClusterError, match="piece 0 ended three worker processes"):
        list(execute(fatal, 1, 3, workers=2))


def test_executions_share_their_processes_and_not_their_context(tmp_path: Path) -> None:
    with shared_processes():
        first, second = (list(execute(of_process, context, 8, workers=2)) for context in (1, 2))
        assert {context for context, _ in first} == {1}
        assert {context for context, _ in second} == {2}
        assert {process for _, process in first} >= {process for _, process in second}
        # a mistake or a death ends the processes; the next execution starts others
        with pytest.raises(ValueError, match="piece 0 is wrong"):
            list(execute(wrong, 1, 3, workers=2))
        assert list(execute(deadly, str(tmp_path / "died"), 8, workers=2)) == list(range(8))
        others = {process for _, process in execute(of_process, 3, 8, workers=2)}
        assert not others & {process for _, process in first}
    assert os.getpid() not in others


def test_a_piece_no_worker_survives(cluster: str) -> None:
    with pytest.raises(ClusterError, match=r"was lost \(KilledWorker\); start it again"):
        list(execute(fatal, 1, 2, cluster=cluster))


def test_nobody_answers() -> None:
    pytest.importorskip("distributed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("bekostiging_solvers.execution"), "SECONDS_TO_CONNECT", 1)
        with pytest.raises(
            ClusterError, match=r"no cluster answers at tcp://127\.0\.0\.1:9 \(.*\); start its scheduler"
        ):
            list(execute(piece, 7, 2, cluster="tcp://127.0.0.1:9"))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_mistake_of_the_work_is_its_own(workers: int) -> None:
    with pytest.raises(ValueError, match="piece 0 is wrong"):
        list(execute(wrong, 1, 3, workers=workers))


def test_no_pieces() -> None:
    assert list(execute(piece, 7, 0)) == []


def test_an_interrupt_while_processes_start_arrives_afterwards() -> None:
    """Blocked, then delivered: never lost."""
    with pytest.raises(KeyboardInterrupt):
        _interrupted()


def _interrupted() -> None:
    import signal

    with _interrupts_blocked():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)


SCRIPT = """from threading import Thread
from pieces import piece
from bekostiging_solvers import UnguardedScriptError, execute


def run() -> None:
    print(len(list(execute(piece, 7, 3, workers=2))))


{call}
"""
REFUSED = "UnguardedScriptError: {file}, line 10: every worker process runs this script again"
THREAD = "thread = Thread(target=run)\n{indent}thread.start()\n{indent}thread.join()"
CALLS = {
    "run()": REFUSED,
    THREAD.format(
        indent=""
    ): "every worker process runs this script again",  # line 11 or 12: the main thread goes on
    "if __name__ == '__main__':\n    " + THREAD.format(indent="    "): "3",
    "if __name__ == '__main__':\n    run()": "3",
    "if __name__ != '__main__':\n    pass\nelse:\n    run()": "3",
}


def _told(*arguments: str, standard_input: str | None = None) -> str:
    """What a script says; bounded in time, because an unguarded one used to wait forever."""
    path = os.pathsep.join([str(Path(__file__).resolve().parent.parent), *sys.path])
    command, around = [sys.executable, *arguments], os.environ | {"PYTHONPATH": path}
    done = subprocess.run(
        command, input=standard_input, capture_output=True, text=True, check=False, timeout=60, env=around
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("call", CALLS)
def test_a_script_without_a_main_guard_is_refused(call: str, tmp_path: Path) -> None:
    file = tmp_path / "script.py"
    file.write_text(SCRIPT.format(call=call))
    assert CALLS[call].format(file=file) in _told(str(file))


@pytest.mark.parametrize("call", ["run()", "if __name__ == '__main__':\n    run()\n"])
@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_a_script_from_standard_input_is_refused(call: str, arguments: tuple[str, ...]) -> None:
    """There is no file that a worker process could import."""
    said = _told(*arguments, standard_input=SCRIPT.format(call=call))
    assert "UnguardedScriptError: a script from standard input cannot be read by worker processes" in said


def test_code_without_a_file_may_have_processes() -> None:
    """As in Jupyter: there is no script to run again."""
    assert _told("-c", SCRIPT.format(call="run()")).strip() == "3"
