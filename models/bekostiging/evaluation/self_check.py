"""Any work on the blocks of a plan, with the simulation beside its own theory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from bekostiging.evaluation.blocks import Advance, Arrays, Blocks, Series, Work
from bekostiging.scenarios import Block, Deviations, Plan, SelfCheck, deviations, self_check

HEAD = "deviations/"
"""Of the names of the arrays; they have the block as first axis."""


@dataclass(frozen=True)
class CheckedWork:
    """Another ``work`` on a block, and how far its clients are from what is expected of them given the factors."""

    work: Work

    def __call__(self, block: Block) -> CheckedSeries:
        """Everybody served."""
        return CheckedSeries(self.work(block), deviations(block.care_use(), block.expected))


@dataclass(frozen=True)
class CheckedSeries:
    """What the work keeps of a block, and the deviations of the block."""

    series: Series
    own: Deviations

    def arrays(self) -> Arrays:
        """Every array by name."""
        return self.series.arrays() | {
            f"{HEAD}{one.name}": np.asarray(getattr(self.own, one.name), dtype=np.float64)[None]
            for one in fields(Deviations)
        }


def checked(planned: Plan, arrays: Mapping[str, np.ndarray]) -> SelfCheck:
    """The self-check of a plan from the arrays of a ``CheckedWork``."""
    columns = [arrays[f"{HEAD}{one.name}"] for one in fields(Deviations)]
    blocks = [Deviations(int(n), *rest) for n, *rest in zip(*columns, strict=True)]
    return self_check(planned.cells, blocks)


def checked_series(blocks: Blocks, planned: Plan, work: Work, advance: Advance) -> tuple[Arrays, SelfCheck]:
    """Arrays of every block of a plan, and the self-check of its clients."""
    arrays = blocks.series(planned, CheckedWork(work), advance)
    return arrays, checked(planned, arrays)
