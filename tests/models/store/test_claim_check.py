"""Claims held against the other messages: every rule by hand, and the money that it finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from region_messages import PROVIDER, authorisation, claim, claim_line, filled, start, stop

from bekostiging.store import ClaimCheck, check_claims, open_store, settlement_aggregates

pytest.importorskip("duckdb")
pytest.importorskip("lxml")
TARIFFS = {(PROVIDER, "ambulant"): 12.50}
JANUARY = claim([claim_line()], 5000)
"""Four hours of 12.50 in January: 50 euro under authorisation 300201."""


def checked(place: Path, *texts: str, tariffs: dict[tuple[str, str], float] | None = None) -> ClaimCheck:
    with open_store(filled(place, texts)) as store:
        return check_claims(store, 2025, TARIFFS if tariffs is None else tariffs)


def found(one: ClaimCheck) -> list[tuple[str, str, int]]:
    return [(row.reason, row.finding, row.cents) for row in one.found]


def test_what_was_authorised_started_and_priced_so_is_found_in_nothing(tmp_path: Path) -> None:
    one = checked(tmp_path, authorisation(), start(), JANUARY)
    assert found(one) == []
    # 2 hours a week, 53 calendar weeks are touched by 2025 (1 January is a Wednesday), at 12.50
    assert [(row.authorised, row.claimed, row.clients) for row in one.totals] == [(2 * 53 * 1250, 5000, 1)]
    assert one.periods["cents"].tolist() == [5000]
    assert one.notes == ()


LATER: dict[str, Any] = {"first": "2025-07-01", "last": "2025-07-31"}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        # other authorisations are there, not this one
        ((authorisation(authorised=9), start(), JANUARY), [("not_shown", "uncertainty", 5000)]),
        # ended in June because of a move, or because of another domain; claimed over July
        (
            (authorisation(last="2025-06-30", change="07"), start(), claim([claim_line(**LATER)], 5000)),
            [("residence", "error", 5000)],
        ),
        (
            (authorisation(last="2025-06-30", change="06"), start(), claim([claim_line(**LATER)], 5000)),
            [("other_law", "error", 5000)],
        ),
        (
            (authorisation(last="2025-06-30"), start(), claim([claim_line(**LATER)], 5000)),
            [("validity", "error", 5000)],
        ),
        # 16 of 31 days of January lie outside: 50 x 16 / 31
        ((authorisation(last="2025-01-15"), start(), JANUARY), [("validity", "uncertainty", 2581)]),
        # stopped on 30 June, claimed over July
        ((authorisation(), start(), stop(), claim([claim_line(**LATER)], 5000)), [("not_delivered", "error", 5000)]),
        # another authorisation was started, this one not
        ((authorisation(), start(authorised=9), JANUARY), [("not_shown", "uncertainty", 5000)]),
        # 4 hours for 13.00 where 12.50 was agreed: 2.00, less half a cent per hour of rounding
        ((authorisation(), start(), claim([claim_line(tariff=1300)], 5200)), [("price", "error", 198)]),
        # 1 hour a month is 12 in the year; 16 claimed: a quarter of 200 euro
        (
            (authorisation(size=(1, "04", "4")), start(), claim([claim_line(volume=16)], 20_000)),
            [("above_authorisation", "error", 5000)],
        ),
        # in all 10 hours over the validity
        (
            (authorisation(size=(10, "04", "6")), start(), claim([claim_line(volume=16)], 20_000)),
            [("above_authorisation", "error", 7500)],
        ),
        # the same reference and period in a second message
        (
            (authorisation(), start(), JANUARY, claim([claim_line()], 5000, number="2", dated="2025-03-10")),
            [("double", "error", 5000)],
        ),
    ],
)  # fmt: skip
def test_every_rule_by_hand(tmp_path: Path, texts: tuple[str, ...], expected: list[tuple[str, str, int]]) -> None:
    assert found(checked(tmp_path, *texts)) == expected


def test_a_credit_takes_its_claim_away(tmp_path: Path) -> None:
    back = claim([claim_line(sign="C", reference="R2", previous="R1")], -5000, number="2", dated="2025-03-10")
    one = checked(tmp_path, authorisation(last="2025-01-15"), start(), JANUARY, back)
    assert found(one) == []
    assert one.totals[0].claimed == 0


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (2007, []),
        (2006, [("age", "uncertainty", 5000)]),
        (2002, [("age", "uncertainty", 5000)]),
        (2001, [("age", "error", 5000)]),
    ],
)
def test_age_is_judged_by_the_year_of_birth_alone(
    tmp_path: Path, born: int, expected: list[tuple[str, str, int]]
) -> None:
    """Born in 2006 somebody is 18 all 2025, born in 2001 23; in between prolonged youth care is possible."""
    texts = [text.replace("2012-05-06", f"{born}-05-06") for text in (authorisation(), start(), JANUARY)]
    assert found(checked(tmp_path, *texts)) == expected


def test_what_is_not_there_is_said_and_finds_nothing(tmp_path: Path) -> None:
    one = checked(tmp_path, JANUARY, tariffs={})
    assert found(one) == []
    assert [note["en"].split(":")[0] for note in one.notes] == [
        "The store has no authorisations (301)",
        "The store has no start messages (305)",
    ]
    assert one.totals[0].authorised is None


def test_sums_for_clauses_by_hand_and_few_persons_are_not_shown(tmp_path: Path) -> None:
    """16 hours for 200 euro of which ten were granted: one client, ten within budget, 50 euro above a threshold of 150."""
    texts = (authorisation(size=(10, "04", "6")), start(), claim([claim_line(volume=16)], 20_000))
    with open_store(filled(tmp_path, texts)) as store:
        sums = settlement_aggregates(store, 2025, [150.0, 500.0])
    assert {(one.column, one.threshold): one.value for one in sums} == {
        ("units", None): 16.0,
        ("clients", None): 1.0,
        ("crisis_units", None): 0.0,
        ("budget_units", None): 10.0,
        ("crisis_budget_units", None): 0.0,
        ("excess", 150.0): 50.0,
        ("excess", 500.0): 0.0,
    }
    assert not any(one.shown for one in sums if one.column != "excess" or one.value)
