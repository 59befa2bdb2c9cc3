"""Sharing between municipalities: keys side by side, the game of pooled risk, and who would be cheaper off alone."""

from bekostiging.sharing.example import example_data
from bekostiging.sharing.games import (
    GAMES,
    MOST_JOINT,
    MOST_TABLE,
    SharingData,
    check_game,
    check_players,
    fixed_parts_game,
    joint_contract_game,
    surcharge_game,
)
from bekostiging.sharing.keys import CoreTest, KeyResult, borne_parts, core_test, key_results
from bekostiging.sharing.solutions import GameSolution, sampled_shapley, solve_game

__all__ = [
    "GAMES",
    "MOST_JOINT",
    "MOST_TABLE",
    "CoreTest",
    "GameSolution",
    "KeyResult",
    "SharingData",
    "borne_parts",
    "check_game",
    "check_players",
    "core_test",
    "example_data",
    "fixed_parts_game",
    "joint_contract_game",
    "key_results",
    "sampled_shapley",
    "solve_game",
    "surcharge_game",
]
