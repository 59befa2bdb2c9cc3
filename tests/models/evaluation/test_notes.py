"""What is stated and not used yet is said."""

from __future__ import annotations

from dataclasses import replace

from bekostiging.case import Case
from bekostiging.evaluation.notes import not_used_yet


def test_a_plain_case_needs_no_note(small_case: Case) -> None:
    assert not_used_yet(small_case) == ()


def test_every_unused_column_is_told(small_case: Case) -> None:
    lots = (small_case.lots[0].model_copy(update={"years": 3, "sharing_key": "hybrid"}), *small_case.lots[1:])
    policy = tuple(
        row.model_copy(update={"value": "0.2"}) if row.name == "elasticity" else row for row in small_case.policy
    )
    told = not_used_yet(replace(small_case, lots=lots, policy=policy))
    assert [note["en"].split(" ")[0] for note in told] == ["Sharing", "elasticity", "Lots"]
