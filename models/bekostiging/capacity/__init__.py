"""Capacity agreements: reserve before demand is known, serve when it is."""

from typing import TYPE_CHECKING

from bekostiging.capacity.answers import (
    Failure,
    OtherPlan,
    PlacePrice,
    failures,
    objective_of,
    place_prices,
    plan_on_averages,
    provider_curve,
    value_of_flexibility,
)
from bekostiging.capacity.clients import CapacityClients, Caseload, Requests, capacity_clients
from bekostiging.capacity.count import CountedWaiting, count_waiting
from bekostiging.capacity.data import CapacityData, CapacityScenarios, Substitute, Supply
from bekostiging.capacity.decide import CapacityPlan, decide_capacity, norm_prices
from bekostiging.capacity.draw import capacity_work
from bekostiging.capacity.example import example_clients, example_data
from bekostiging.capacity.gather import capacity_data
from bekostiging.capacity.model import build_capacity
from bekostiging.capacity.outcome import Outcome, outcome_of, outcome_under
from bekostiging.capacity.program import CapacityProgram, capacity_program
from bekostiging.capacity.queueing import begin_times
from bekostiging.capacity.safety import Safety, Unreachable, safety_places
from bekostiging.capacity.waiting import NormCheck, WaitingAnswer, norm_checks, waiting_answers
from bekostiging.former import former_names

__all__ = [
    "CapacityClients",
    "CapacityData",
    "CapacityPlan",
    "CapacityProgram",
    "CapacityScenarios",
    "Caseload",
    "CountedWaiting",
    "Failure",
    "NormCheck",
    "OtherPlan",
    "Outcome",
    "PlacePrice",
    "Requests",
    "Safety",
    "Substitute",
    "Supply",
    "Unreachable",
    "WaitingAnswer",
    "begin_times",
    "build_capacity",
    "capacity_clients",
    "capacity_data",
    "capacity_program",
    "capacity_work",
    "count_waiting",
    "decide_capacity",
    "example_clients",
    "example_data",
    "failures",
    "norm_checks",
    "norm_prices",
    "objective_of",
    "outcome_of",
    "outcome_under",
    "place_prices",
    "plan_on_averages",
    "provider_curve",
    "safety_places",
    "value_of_flexibility",
    "waiting_answers",
]

if not TYPE_CHECKING:
    __getattr__ = former_names(__name__)
