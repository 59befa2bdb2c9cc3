"""Pieces of work give the same results wherever they run, and however often a worker dies."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Thread

import pytest
from pieces import deadly, fatal, of_process, piece, wrong

from bekostiging_solvers import ClusterError, check_cluster, execute, shared_processes
from bekostiging_solvers.execution import _clear_leftovers, _interrupts_blocked

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


@pytest.mark.slow
def test_a_process_killed_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    assert list(execute(deadly, str(tmp_path / "died"), 8, workers=2)) == list(range(8))
    with pytest.raises(ClusterError, match="piece 0 ended three worker processes"):
        list(execute(fatal, 1, 3, workers=2))


@pytest.mark.slow
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


NO_ADDRESS = r"^the address of a scheduler is tcp://host:port; give it as it prints it$"
NOBODY = {
    "": NO_ADDRESS,
    "nonsense": NO_ADDRESS,
    "127.0.0.1:9": NO_ADDRESS,
    "tcp://127.0.0.1": NO_ADDRESS,
    "tcp://127.0.0.1:0": NO_ADDRESS,
    "tcp://127.0.0.1:99999": NO_ADDRESS,
    "tcp://[zz]:9": NO_ADDRESS,
    "tcp:///etc/passwd:1": NO_ADDRESS,
    "http://127.0.0.1:9": NO_ADDRESS,
    "inproc://1/2": NO_ADDRESS,
    "tcp://127.0.0.1:9": r"^no cluster answers at tcp://127\.0\.0\.1:9 \(Connection refused\); start its scheduler or mend",
    "tcp://nobody.invalid:9": r"^no cluster answers at tcp://nobody\.invalid:9 \(.+\); start its scheduler or mend",
}


@pytest.mark.parametrize("address", NOBODY)
def test_nobody_answers(address: str) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ClusterError, match=NOBODY[address]):
        check_cluster(address)
    with pytest.raises(ClusterError, match=NOBODY[address]):
        list(execute(piece, 7, 2, cluster=address))


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(100)])
@pytest.mark.parametrize("scheme", ["tcp", "tls"])
def test_what_listens_is_no_scheduler(said: bytes, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is silent, speaks another language, or says nonsense: refused, and no client is left behind."""
    pytest.importorskip("distributed")
    monkeypatch.setattr(import_module("bekostiging_solvers.cluster"), "SECONDS_TO_REACH", 1.5)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    callers.append(server.accept()[0])
                    callers[-1].sendall(said)

        callers: list[socket.socket] = []
        Thread(target=answer, daemon=True).start()
        address = f"{scheme}://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(ClusterError, match=f"^no cluster answers at {address} .* start its scheduler"):
            check_cluster(address)
        for caller in callers:
            caller.close()


def _alive(process: int) -> bool:
    """Whether a process runs: one that ended and is not waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(true: Callable[[], bool], seconds: int = 60) -> bool:
    """Wait for something, as long as a loaded machine may take."""
    for _ in range(10 * seconds):
        if true():
            return True
        time.sleep(0.1)
    return False


ENDLESS = """
import sys
from pieces import endless
from bekostiging_solvers import execute
if __name__ == "__main__":
    list(execute(endless, sys.argv[1], 8, workers=2))
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc which processes there are")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_their_parent_and_the_next_run_clears_what_is_left(
    ending: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it ended: killed, or ended by a signal that a script does nothing with."""
    script, temporary, pieces = tmp_path / "script.py", tmp_path / "temporary", tmp_path / "pieces"
    script.write_text(ENDLESS)
    temporary.mkdir()
    pieces.mkdir()
    path = os.pathsep.join([str(Path(__file__).resolve().parent.parent), *sys.path])
    around = os.environ | {"PYTHONPATH": path, "TMPDIR": str(temporary)}
    process = subprocess.Popen([sys.executable, str(script), str(pieces)], env=around)
    try:
        assert _until(lambda: len(list(pieces.iterdir())) == 2)
        workers = [int(file.name) for file in pieces.iterdir()]
        assert all(_alive(worker) for worker in workers)
        (left,) = temporary.glob("bekostiging-pieces-*")
        assert left.stat().st_mode & 0o777 == 0o700
        monkeypatch.setattr(import_module("tempfile"), "tempdir", str(temporary))
        _clear_leftovers()  # a living run is left alone
        assert (left / "context").is_file()
    finally:
        process.send_signal(ending)
        process.wait(60)
    assert _until(lambda: not any(_alive(worker) for worker in workers))
    assert (left / "context").is_file()
    _clear_leftovers()
    assert list(temporary.glob("bekostiging-pieces-*")) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_mistake_of_the_work_is_its_own(workers: int) -> None:
    with pytest.raises(ValueError, match="piece 0 is wrong"):
        list(execute(wrong, 1, 3, workers=workers))


def test_no_pieces() -> None:
    assert list(execute(piece, 7, 0)) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_processes_start_arrives_afterwards(number: int) -> None:
    """Blocked, then delivered: never lost."""
    usual = signal.signal(number, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            _interrupted(number)
    finally:
        signal.signal(number, usual)


def _interrupted(number: int) -> None:
    done = False
    try:
        with _interrupts_blocked():
            os.kill(os.getpid(), number)
            time.sleep(0.05)
            done = True
    finally:
        assert done


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


def _output_of(*arguments: str, standard_input: str | None = None) -> str:
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
    assert CALLS[call].format(file=file) in _output_of(str(file))


@pytest.mark.parametrize("call", ["run()", "if __name__ == '__main__':\n    run()\n"])
@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_a_script_from_standard_input_is_refused(call: str, arguments: tuple[str, ...]) -> None:
    """There is no file that a worker process could import."""
    said = _output_of(*arguments, standard_input=SCRIPT.format(call=call))
    assert "UnguardedScriptError: a script from standard input cannot be read by worker processes" in said


def test_code_without_a_file_may_have_processes() -> None:
    """As in Jupyter: there is no script to run again."""
    assert _output_of("-c", SCRIPT.format(call="run()")).strip() == "3"
