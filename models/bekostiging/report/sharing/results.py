"""Sharing between municipalities as JSON."""

from __future__ import annotations

from typing import Any

from bekostiging.report.kit.estimates import written
from bekostiging.studies import SharingStudy

MEASURES = ("expected", "volatility", "worst_year", "change")


def sharing_results(study: SharingStudy) -> dict[str, Any]:
    """The study: euro; keys a year, games and core over the term."""
    who = study.data.municipalities

    def by_name(values: Any) -> dict[str, Any] | None:
        """Estimates by municipality."""
        return None if values is None else {name: written(one) for name, one in zip(who, values, strict=True)}

    def of_games(part: str) -> dict[str, Any]:
        """One solution of every game."""
        return {one.game: by_name(getattr(one, part)) for one in study.games}

    return {
        "confidence": study.data.confidence,
        "exit_cost": study.exit_cost,
        "sharing": {
            "keys": {
                key: {
                    name: {part: written(getattr(one, part)) for part in (*MEASURES, "alone")}
                    for name, one in zip(who, results, strict=True)
                }
                for key, results in study.keys.items()
            },
            "skipped": list(study.skipped),
            "core_violation": {
                key: {"members": list(one.members), "euros": written(one.euros), "holds": one.holds}
                for key, one in study.core.items()
            },
            "together": {one.game: written(one.together) for one in study.games},
            "alone": of_games("alone"),
            "shapley": of_games("shapley"),
            "nucleolus": of_games("nucleolus"),
            "euler": of_games("euler"),
            "saving": of_games("saving"),
            "certified": {one.game: one.certified for one in study.games},
        },
    }
