"""Series of blocks put together: in memory, or kept on disk block by block so that a stopped run goes on.

A result of a block is a set of named arrays whose first axis is the scenario (or the block); together they are the
arrays of the blocks one after the other. Kept blocks are Parquet files in a folder named after the question (case,
numbers, seed, contracts, versions), with a manifest of what is finished and its fingerprint; a finished block is never
drawn again, so a run that was killed gives the same bits as one that was not. One run at a time works in such a folder, only
its owner reads it, and the joined arrays have no name there: they are the run's own and gone when it ends.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from types import BuiltinFunctionType, FunctionType
from typing import IO, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout
from pydantic import BaseModel

from bekostiging.case import UserError
from bekostiging.scenarios import Block, Plan, each_block
from bekostiging_solvers.typing import FloatArray

Arrays = dict[str, FloatArray]
Advance = Callable[[int, int], None]
VERSIONS = ("bekostiging", "numpy", "scipy")
"""Packages that can change a bit of a block."""
MANIFEST = "manifest.json"
LOCK = "lock"
LEFTOVERS = (".draft", ".npy")
"""Of a run that was killed, and joined arrays of before they were without a name."""


class Series(Protocol):
    """What is kept of a block."""

    def arrays(self) -> Arrays:
        """Named arrays, joined along their first axis."""


Work = Callable[[Block], Series]


@dataclass(frozen=True)
class Blocks:
    """Where blocks are drawn (``workers`` processes, or the workers of a Dask ``cluster``) and kept (``keep``: a folder)."""

    workers: int = 1
    cluster: str | None = None
    keep: Path | None = None

    def series(self, planned: Plan, work: Work, advance: Advance, before: Arrays | None = None) -> Arrays:
        """Arrays of every block of a plan.

        ``before``: those of an earlier plan with fewer scramblings and for the rest equal, which are not drawn again.

        Raises
        ------
        UserError
            The folder cannot be written; a cluster is lost.
        """
        if self.keep is not None:
            return self._read_or_draw(planned, work, advance, self.keep)
        first = 0 if before is None else len(next(iter(before.values()))) // planned.scenarios_per_block
        parts = [] if before is None else [dict(before)]
        parts += [one.arrays() for one in self._draw(planned, work, advance, first)]
        # what is joined is let go, so that nothing is in memory twice but the array at hand
        return {name: np.concatenate([part.pop(name) for part in parts]) for name in list(parts[0])}

    def _draw(self, planned: Plan, work: Work, advance: Advance, first: int) -> Iterator[Series]:
        return each_block(planned, work, self.workers, advance, self.cluster, first)

    def _read_or_draw(self, planned: Plan, work: Work, advance: Advance, keep: Path) -> Arrays:
        """Finish the folder of this question, then read it as arrays on disk."""
        folder = keep / f"{planned.stream}-{question(planned, work)[:16]}"
        try:
            with _locked(keep, folder):
                done = _finished(folder)
                first = min(len(done), planned.n_blocks)
                for block, result in enumerate(self._draw(planned, work, advance, first), start=first):
                    done.append(_written(folder / f"{block:06d}.parquet", result.arrays()))
                    _replace(folder / MANIFEST, _manifest(planned, done))
                return _on_disk(folder, planned.n_blocks)
        except Timeout:
            raise UserError(
                f"Een andere run rekent hetzelfde uit in {keep}; wacht daarop, of kies een andere map met {{keep}}.",
                f"Another run computes the same in {keep}; wait for it, or choose another folder with {{keep}}.",
                exit_code=2,
                arguments=["keep"],
            ) from None
        except OSError as error:
            reason = error.strerror or error
            raise UserError(
                f"In {keep} kan niet worden geschreven ({reason}); maak ruimte of kies een andere map met {{keep}}. "
                "Wat af is, blijft staan en wordt niet opnieuw getrokken.",
                f"Cannot write in {keep} ({reason}); make room or choose another folder with {{keep}}. What is "
                "finished stays and is not drawn again.",
                exit_code=2,
                arguments=["keep"],
            ) from error


@contextmanager
def _locked(keep: Path, folder: Path) -> Iterator[None]:
    """Hold a folder that its owner alone reads, without what a run that was killed left half written.

    Raises
    ------
    Timeout
        Another run holds it.
    """
    if not keep.exists():
        keep.mkdir(mode=0o700, parents=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    with FileLock(folder / LOCK, blocking=False, mode=0o600):
        for file in folder.iterdir():
            if file.suffix in LEFTOVERS:
                file.unlink()
            elif file.is_file():
                file.chmod(0o600)
        yield


def question(planned: Plan, work: Work) -> str:
    """Fingerprint of all that decides the bits of a block: not of how many blocks there are."""
    digest = hashlib.sha256()
    asked = (
        planned.case,
        planned.n_years,
        planned.points,
        planned.seed,
        planned.stream,
        planned.shocks,
        planned.scenarios_per_block,
        work,
    )
    for part in (*asked, *(version(name) for name in VERSIONS)):
        for token in _tokens(part):
            digest.update(token)
    return digest.hexdigest()


def _tokens(value: object) -> Iterator[bytes]:
    """A value as bytes that are equal when the value is."""
    if isinstance(value, np.ndarray):
        yield f"array{value.dtype}{value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif isinstance(value, BaseModel):
        yield value.model_dump_json(exclude={"line"}).encode()
    elif is_dataclass(value):
        yield type(value).__name__.encode()
        for field in fields(value):
            yield field.name.encode()
            yield from _tokens(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, own in value.items():
            yield from _tokens((key, own))
    elif isinstance(value, partial):
        yield from _tokens((value.func, value.args, value.keywords))
    elif isinstance(value, FunctionType | BuiltinFunctionType | type):
        # its usual text has an address, which is another in every process
        yield f"{value.__module__}.{value.__qualname__};".encode()
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield f"({len(value)}".encode()
        for own in value:
            yield from _tokens(own)
    else:
        yield f"{value!r};".encode()


def _manifest(planned: Plan, done: Sequence[str]) -> str:
    """What the folder holds and the fingerprint of every finished block."""
    return json.dumps(
        {
            "case": planned.case.name,
            "disclaimer": planned.case.disclaimer,
            "stream": planned.stream,
            "seed": planned.seed,
            "scenarios_per_block": planned.scenarios_per_block,
            "versions": {name: version(name) for name in VERSIONS},
            "sha256": list(done),
        },
        ensure_ascii=False,
        indent=1,
    )


def _finished(folder: Path) -> list[str]:
    """Fingerprints of the blocks from the first on that are whole."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return []
    try:
        known = list(json.loads(manifest.read_bytes())["sha256"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return []  # spoiled by somebody: every block is drawn again
    whole = []
    for block, wanted in enumerate(known):
        file = folder / f"{block:06d}.parquet"
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != wanted:
            break
        whole.append(wanted)
    return whole


def _written(file: Path, arrays: Arrays) -> str:
    """Write a block, a row per array (name, shape, values); return its fingerprint."""
    table = pa.table(
        {
            "name": list(arrays),
            "shape": pa.array([list(array.shape) for array in arrays.values()], pa.list_(pa.int64())),
            "values": pa.array([array.ravel() for array in arrays.values()], pa.list_(pa.float64())),
        }
    )
    draft = file.with_suffix(".draft")
    with _private(draft) as out:
        pq.write_table(table, out, compression="zstd")
    fingerprint = hashlib.sha256(draft.read_bytes()).hexdigest()
    draft.replace(file)
    return fingerprint


def _replace(file: Path, text: str) -> None:
    """Write a text whole."""
    draft = file.with_suffix(".draft")
    with _private(draft) as out:
        out.write(text.encode())
    draft.replace(file)


def _private(file: Path) -> IO[bytes]:
    """A new file that its owner alone reads."""
    return os.fdopen(
        os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600), "wb"
    )


def _read(file: Path) -> Arrays:
    """The arrays of a kept block."""
    table = pq.read_table(file)
    values = table.column("values").combine_chunks()
    return {
        name: values[i].values.to_numpy().reshape(shape)
        for i, (name, shape) in enumerate(zip(table["name"].to_pylist(), table["shape"].to_pylist(), strict=True))
    }


def _on_disk(folder: Path, n_blocks: int) -> Arrays:
    """All blocks as arrays that live on disk: memory holds what is being read, however many scenarios there are.

    Their files have no name, so that no other run can change them and the system removes them when this one ends. They are
    written before they are mapped: a full disk is then an error, and not a signal that ends the process.
    """
    files: dict[str, IO[bytes]] = {}
    shapes: dict[str, tuple[int, ...]] = {}
    with ExitStack() as opened:
        for block in range(n_blocks):
            for name, part in _read(folder / f"{block:06d}.parquet").items():
                if name not in files:
                    files[name] = opened.enter_context(TemporaryFile(dir=folder))
                    shapes[name] = (0, *part.shape[1:])
                files[name].write(np.ascontiguousarray(part).tobytes())
                shapes[name] = (shapes[name][0] + len(part), *part.shape[1:])
        for file in files.values():
            file.flush()
        return {name: _mapped(file, shapes[name]) for name, file in files.items()}


def _mapped(file: IO[bytes], shape: tuple[int, ...]) -> FloatArray:
    """A file as an array; nothing cannot be mapped."""
    if 0 in shape:
        return np.zeros(shape)
    return np.memmap(file, dtype=np.float64, mode="r+", shape=shape)
