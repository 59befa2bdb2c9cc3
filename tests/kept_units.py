"""Something of a block to keep, which another process can import under the same name."""

from __future__ import annotations

import numpy as np

from bekostiging.evaluation.blocks import Arrays
from bekostiging.scenarios import Block


class Drawn:
    """What is kept of a block here: its units."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def arrays(self) -> Arrays:
        return {"units": self.values}


def units_of_block(block: Block) -> Drawn:
    return Drawn(block.care_use().units.sum(axis=2))
