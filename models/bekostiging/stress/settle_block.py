"""The work done on one block of futures: settle every contract, keep only series.

Both classes are picklable callables, so that ``map_blocks`` can send them to worker processes.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from bekostiging.case import Case
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import (
    ContractTerms,
    PriceLevels,
    Taakgericht,
    municipal_shares,
    price_levels,
)
from bekostiging.scenarios import Block, CareUse, Cells, FlowRule
from bekostiging.stress.comparison import Corner, Samples

Array = NDArray[np.float64]
