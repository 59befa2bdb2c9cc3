"""Capacity agreements: reserve before demand is known, serve when it is."""

from bekostiging.capacity.data import CapacityData, Futures, Substitute, Supply
from bekostiging.capacity.model import build_capacity
from bekostiging.capacity.program import CapacityProgram, capacity_program

__all__ = [
    "CapacityData",
    "CapacityProgram",
    "Futures",
    "Substitute",
    "Supply",
    "build_capacity",
    "capacity_program",
]
