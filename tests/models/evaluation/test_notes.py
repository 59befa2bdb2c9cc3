"""What is stated and not used yet is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bekostiging.case import Case
from bekostiging.evaluation.notes import enough_scenarios, few_scenarios, most_unseen, not_used_yet


def test_a_plain_case_needs_no_note(small_case: Case) -> None:
    assert not_used_yet(small_case) == ()


def test_every_unused_column_is_told(small_case: Case) -> None:
    lots = (small_case.lots[0].model_copy(update={"years": 3, "sharing_key": "hybrid"}), *small_case.lots[1:])
    policy = tuple(
        row.model_copy(update={"value": "0.2"}) if row.name == "elasticity" else row for row in small_case.policy
    )
    told = not_used_yet(replace(small_case, lots=lots, policy=policy))
    assert [note["en"].split(" ")[0] for note in told] == ["Sharing", "elasticity", "Lots"]


def test_what_was_never_seen_may_still_happen() -> None:
    """By hand: three in n (rule of three), exactly 1 - 0.05^(1/n): 13.9 % at 20, 17.1 % at 16."""
    assert most_unseen(20) == pytest.approx(0.1391, abs=1e-4)
    assert most_unseen(16) == pytest.approx(0.1707, abs=1e-4)
    assert most_unseen(1_000) == pytest.approx(3 / 1_000, rel=0.01)
    for n in (16, 100, 512):
        assert (1 - most_unseen(n)) ** n == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("n", "confidence", "said"),
    [
        (
            16,
            0.9,
            ("16 toekomsten", "1 op 16", "tot 18 %", "82 %", "slechtste 10 % is 1 toekomst:", "minstens 50"),
        ),
        (
            20,
            0.95,
            ("20 toekomsten", "1 op 20", "tot 14 %", "86 %", "slechtste 5 % is 1 toekomst:", "minstens 100"),
        ),
        (64, 0.95, ("64 toekomsten", "tot 5 %", "95 %", "slechtste 5 % zijn 3 toekomsten:", "minstens 100")),
        (128, 0.99, ("tot 3 %", "slechtste 1 % is 1 toekomst:", "minstens 500")),
        (40, 0.975, ("slechtste 2,5 % is 1 toekomst:", "minstens 200")),
    ],
)
def test_few_scenarios_say_what_they_cannot_know(n: int, confidence: float, said: tuple[str, ...]) -> None:
    (note,) = few_scenarios(n, confidence)
    for part in said:
        assert part in note["nl"]
    assert f"{n} scenarios" in note["en"]


def test_enough_scenarios_say_nothing() -> None:
    """Five in the tail: 100 at 95 %, 50 at 90 %, 500 at 99 %."""
    for confidence, enough in ((0.9, 50), (0.95, 100), (0.99, 500)):
        assert enough_scenarios(confidence) == enough
        assert few_scenarios(enough, confidence) == ()
        assert few_scenarios(enough - 1, confidence) != ()
