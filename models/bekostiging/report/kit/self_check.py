"""The simulation beside its own theory: as JSON, its schema, and one sentence; alike for every study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bekostiging.report.kit.json_schema import NUMBER, TEXT, listed, schema_object
from bekostiging.report.kit.texts import Texts
from bekostiging.scenarios import SelfCheck


def written_check(check: SelfCheck | None) -> dict[str, Any] | None:
    """The self-check as JSON; null where no clients were drawn."""
    if check is None:
        return None
    return {
        "n_statistics": check.n_statistics,
        "level": check.level,
        "smallest_p_value": check.smallest,
        "alarms": [asdict(alarm) for alarm in check.alarms],
        "skipped": list(check.skipped),
    }


def check_sentence(check: Mapping[str, Any] | None, texts: Texts) -> str:
    """How it came out, from what ``written_check`` wrote; empty where no clients were drawn."""
    if check is None:
        return ""
    counts = {name: len(check[name]) for name in ("alarms", "skipped")}
    key = "self_check_alarm" if counts["alarms"] else "self_check"
    return texts["page", key].format(n=check["n_statistics"], **counts)


def check_schema() -> dict[str, Any]:
    """The simulation beside its own theory: statistics tested, the level of each, and what raised an alarm."""
    alarm = {"quantity": TEXT, "cell": TEXT, "drawn": NUMBER, "expected": NUMBER, "p_value": NUMBER}
    return schema_object(
        {
            "n_statistics": NUMBER,
            "level": NUMBER,
            "smallest_p_value": NUMBER,
            "alarms": listed(schema_object(alarm)),
            "skipped": listed(TEXT),
        }
    )
