"""Pieces of work on a Dask cluster: reached or refused soon, and a piece whose worker dies done again elsewhere."""

from __future__ import annotations

import asyncio
import pickle
import re
import socket
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib import import_module
from queue import Empty, Queue
from typing import Any, TypeVar, cast

C = TypeVar("C")
T = TypeVar("T")
Work = Callable[[C, int], T]
SECONDS_TO_REACH, SECONDS_TO_CONNECT = 5, 8
"""For the machine to answer, and then for the scheduler; together with loading Dask within twenty."""
AT_A_TIME = 4
"""Pieces per cluster worker under way: enough to keep it busy, few enough that results do not pile up."""
ADDRESS = re.compile(r"(?:tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
"""Scheme, machine (an IPv6 address in brackets) and port, as a scheduler prints it."""
LARGEST_PORT = 65_535


class ClusterError(RuntimeError):
    """A cluster that cannot be reached, was lost, or whose workers died too often on one piece; says what to do.

    Examples
    --------
    Not run, because it waits for a cluster that is not there:

    >>> list(execute(pow, 2, 3, cluster="tcp://127.0.0.1:9"))  # doctest: +SKIP
    Traceback (most recent call last):
    bekostiging_solvers.cluster.ClusterError: no cluster answers at tcp://127.0.0.1:9 (OSError); start its scheduler or ...
    """


_UNPACKED: dict[str, tuple[Work[Any, Any], Any]] = {}
"""The last work and context of this cluster worker, by their digest."""


def _piece_of(digest: str, packed: bytes, index: int) -> Any:
    """One piece on a cluster worker."""
    if digest not in _UNPACKED:
        _UNPACKED.clear()
        _UNPACKED[digest] = pickle.loads(packed)
    work, context = _UNPACKED[digest]
    return work(context, index)


def check_cluster(address: str) -> None:
    """Refuse a cluster that is not there, within seconds and before anything is computed.

    Parameters
    ----------
    address : str
        Of a Dask scheduler: ``tcp://host:port``, or ``tls://host:port``.

    Raises
    ------
    ClusterError
        The address is none, no machine has that name, or nobody listens there; Dask is not installed.

    Examples
    --------
    >>> check_cluster("my cluster")
    Traceback (most recent call last):
    bekostiging_solvers.cluster.ClusterError: the address of a scheduler is tcp://host:port; give it as it ...
    """
    distributed = _distributed()
    parts = ADDRESS.fullmatch(address)
    if parts is None or not 0 < int(parts[2]) <= LARGEST_PORT:
        raise ClusterError("the address of a scheduler is tcp://host:port; give it as it prints it")
    machine, port = parts[1].strip("[]"), int(parts[2])
    try:
        # looking up a name has no limit of its own
        _within(SECONDS_TO_REACH, lambda: socket.create_connection((machine, port), SECONDS_TO_REACH).close())
        _within(SECONDS_TO_REACH, lambda: asyncio.run(_greeted(distributed, address)))
    except Exception as error:  # somebody else's server makes Dask raise what it likes
        raise _nobody(address, error) from None


async def _greeted(distributed: Any, address: str) -> None:
    """Exchange greetings and leave: a client that found no scheduler behind a port would not be rid of for a while."""
    secrets = distributed.Security().get_connection_args("client")
    greeting = distributed.comm.connect(address, timeout=SECONDS_TO_REACH - 1, **secrets)
    (await asyncio.wait_for(greeting, SECONDS_TO_REACH - 1)).abort()


def _within(seconds: float, call: Callable[[], T]) -> T:
    """What a call gives; one that takes longer is left behind in a thread of its own.

    Raises
    ------
    TimeoutError
        It took longer.
    """
    outcome: Queue[tuple[T | None, Exception | None]] = Queue()

    def run() -> None:
        """Call, and hand over what came of it."""
        try:
            outcome.put((call(), None))
        except Exception as error:  # it is raised again where it is waited for
            outcome.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = outcome.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return cast(T, result)


def _nobody(address: str, error: Exception) -> ClusterError:
    """Nobody answers, or something that is no scheduler."""
    match error:
        case TimeoutError():
            reason = "nothing is said within seconds"
        case OSError(strerror=str(told)):
            reason = told
        case _:
            reason = f"what listens there is no scheduler: {type(error).__name__}"
    return ClusterError(f"no cluster answers at {address} ({reason}); start its scheduler or mend the address")


def _distributed() -> Any:
    """The package of Dask."""
    try:
        return import_module("distributed")
    except ImportError:
        raise ClusterError(
            "a cluster needs the package distributed; install bekostiging with the optional group distributed"
        ) from None


def on_cluster(work: Work[C, T], context: C, n: int, address: str) -> Iterator[T]:
    """A window of pieces at a time; a piece whose worker dies is done again elsewhere."""
    check_cluster(address)
    distributed = _distributed()
    lost: tuple[type[Exception], ...] = (
        distributed.KilledWorker,
        distributed.client.FutureCancelledError,
        distributed.comm.CommClosedError,
        OSError,
        TimeoutError,
    )
    try:
        # Dask's own limit does not hold where something else listens
        client = _within(
            SECONDS_TO_CONNECT,
            lambda: distributed.Client(address, timeout=SECONDS_TO_CONNECT - 1, set_as_default=False),
        )
    except Exception as error:
        raise _nobody(address, error) from None
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
