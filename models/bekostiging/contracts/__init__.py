"""What is paid, given the clients: one frozen object per contract, one file per payment form."""

from bekostiging.contracts.build import build_contracts, with_design
from bekostiging.contracts.carries import RISKS, who_carries_what
from bekostiging.contracts.corridor import Corridor, corridor_of
from bekostiging.contracts.indexation import IndexRule, PriceLevels, expected_level, price_levels
from bekostiging.contracts.inspanningsgericht import Inspanningsgericht
from bekostiging.contracts.maatwerktraject import Maatwerktraject, hours_budget
from bekostiging.contracts.outputgericht import Outputgericht
from bekostiging.contracts.reference import Reference, reference
from bekostiging.contracts.sharing_keys import in_cents, municipal_shares
from bekostiging.contracts.taakgericht import CorridorRows, Taakgericht
from bekostiging.contracts.terms import Contract, Settlement, settle

__all__ = [
    "RISKS",
    "Contract",
    "Corridor",
    "CorridorRows",
    "IndexRule",
    "Inspanningsgericht",
    "Maatwerktraject",
    "Outputgericht",
    "PriceLevels",
    "Reference",
    "Settlement",
    "Taakgericht",
    "build_contracts",
    "corridor_of",
    "expected_level",
    "hours_budget",
    "in_cents",
    "municipal_shares",
    "price_levels",
    "reference",
    "settle",
    "who_carries_what",
    "with_design",
]
