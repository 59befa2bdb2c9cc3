"""Series of blocks put together: in memory, or kept on disk block by block so that a stopped run goes on.

A result of a block is a set of named arrays whose first axis is the scenario (or the block); together they are the
arrays of the blocks one after the other. Kept blocks are Parquet files in a folder named after the question (case,
numbers, seed, contracts, versions), with a manifest of what is finished and its fingerprint; a finished block is never
drawn again, so a run that was killed gives the same bits as one that was not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel

from bekostiging.case import UserError
from bekostiging.scenarios import Block, Plan, each_block
from bekostiging_solvers.typing import FloatArray

Arrays = dict[str, FloatArray]
Advance = Callable[[int, int], None]
VERSIONS = ("bekostiging", "numpy", "scipy")
"""Packages that can change a bit of a block."""
MANIFEST = "manifest.json"


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

    def series(self, made: Plan, work: Work, advance: Advance, before: Arrays | None = None) -> Arrays:
        """Arrays of every block of a plan.

        ``before``: those of an earlier plan with fewer scramblings and for the rest equal, which are not drawn again.

        Raises
        ------
        UserError
            The folder cannot be written; a cluster is lost.
        """
        if self.keep is not None:
            return self._kept(made, work, advance, self.keep)
        first = 0 if before is None else len(next(iter(before.values()))) // made.scenarios_per_block
        parts = [] if before is None else [dict(before)]
        parts += [one.arrays() for one in self._drawn(made, work, advance, first)]
        # what is joined is let go, so that nothing is in memory twice but the array at hand
        return {name: np.concatenate([part.pop(name) for part in parts]) for name in list(parts[0])}

    def _drawn(self, made: Plan, work: Work, advance: Advance, first: int) -> Iterator[Series]:
        return each_block(made, work, self.workers, advance, self.cluster, first)

    def _kept(self, made: Plan, work: Work, advance: Advance, keep: Path) -> Arrays:
        """Finish the folder of this question, then read it as arrays on disk."""
        folder = keep / f"{made.stream}-{question(made, work)[:16]}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            done = _finished(folder)
            first = min(len(done), made.n_blocks)
            for block, result in enumerate(self._drawn(made, work, advance, first), start=first):
                done.append(_written(folder / f"{block:06d}.parquet", result.arrays()))
                _replace(folder / MANIFEST, _manifest(made, done))
            return _on_disk(folder, made.n_blocks)
        except OSError as error:
            raise UserError(
                f"In {keep} kan niet worden geschreven ({error.strerror}); maak ruimte of kies een andere map met {{keep}}. "
                "Wat af is, blijft staan en wordt niet opnieuw getrokken.",
                f"Cannot write in {keep} ({error.strerror}); make room or choose another folder with {{keep}}. What is "
                "finished stays and is not drawn again.",
                exit_code=2,
                arguments=["keep"],
            ) from error


def question(made: Plan, work: Work) -> str:
    """Fingerprint of all that decides the bits of a block: not of how many blocks there are."""
    digest = hashlib.sha256()
    asked = (
        made.case,
        made.n_years,
        made.points,
        made.seed,
        made.stream,
        made.shocks,
        made.scenarios_per_block,
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
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield f"({len(value)}".encode()
        for own in value:
            yield from _tokens(own)
    else:
        yield f"{value!r};".encode()


def _manifest(made: Plan, done: Sequence[str]) -> str:
    """What the folder holds and the fingerprint of every finished block."""
    return json.dumps(
        {
            "case": made.case.name,
            "disclaimer": made.case.disclaimer,
            "stream": made.stream,
            "seed": made.seed,
            "scenarios_per_block": made.scenarios_per_block,
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
    known: list[str] = json.loads(manifest.read_text(encoding="utf-8"))["sha256"]
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
    pq.write_table(table, draft, compression="zstd")
    fingerprint = hashlib.sha256(draft.read_bytes()).hexdigest()
    draft.replace(file)
    return fingerprint


def _replace(file: Path, text: str) -> None:
    """Write a text whole."""
    draft = file.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def _read(file: Path) -> Arrays:
    """The arrays of a kept block."""
    table = pq.read_table(file)
    values = table.column("values").combine_chunks()
    return {
        name: values[i].values.to_numpy().reshape(shape)
        for i, (name, shape) in enumerate(zip(table["name"].to_pylist(), table["shape"].to_pylist(), strict=True))
    }


def _on_disk(folder: Path, n_blocks: int) -> Arrays:
    """All blocks as arrays that live on disk: memory holds what is being read, however many scenarios there are."""
    files = [folder / f"{block:06d}.parquet" for block in range(n_blocks)]
    lengths = [_lengths(file) for file in files]
    joined: Arrays = {}
    filled = dict.fromkeys(lengths[0], 0)
    for file in files:
        for name, part in _read(file).items():
            if name not in joined:
                place = folder / f"{name.replace('/', '.')}.npy"
                shape = (sum(own[name] for own in lengths), *part.shape[1:])
                joined[name] = np.lib.format.open_memmap(place, mode="w+", dtype=np.float64, shape=shape)
            joined[name][filled[name] : filled[name] + len(part)] = part
            filled[name] += len(part)
    return joined


def _lengths(file: Path) -> dict[str, int]:
    """Length of the first axis of every array of a kept block: that of clients differs from block to block."""
    table = pq.read_table(file, columns=["name", "shape"])
    return {
        name: shape[0] for name, shape in zip(table["name"].to_pylist(), table["shape"].to_pylist(), strict=True)
    }
