"""The lump sum: how much, with which corridor, so that it holds for municipality and provider."""

from bekostiging.lumpsum.data import LotTerms, LumpSumData
from bekostiging.lumpsum.gather import (
    CorridorSeries,
    begroting_sum,
    corridor_series,
    free_buffer,
    joined,
    lumpsum_data,
)
from bekostiging.lumpsum.model import build_lumpsum
from bekostiging.lumpsum.solve import Conflict, LimitCheck, LumpSumDesign, design_lumpsum, out_of_sample

__all__ = [
    "Conflict",
    "CorridorSeries",
    "LimitCheck",
    "LotTerms",
    "LumpSumData",
    "LumpSumDesign",
    "begroting_sum",
    "build_lumpsum",
    "corridor_series",
    "design_lumpsum",
    "free_buffer",
    "joined",
    "lumpsum_data",
    "out_of_sample",
]
