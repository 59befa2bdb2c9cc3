"""What lies beside messages: waiting by quarterly counts or the extract, and CBS where there are no messages."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from region_messages import MUNICIPALITY, PROVIDER, empty_store

from bekostiging.case import UserError
from bekostiging.store import open_store
from bekostiging.store.comparisons import stand_in
from bekostiging.store.database import Store
from bekostiging.store.estimates import FormEstimates, Measured
from bekostiging.store.from_store import _check_claims_of
from bekostiging.store.trajectories import Rebuilt, claims_that_stand
from bekostiging.store.waiting import waiting_rows

pytest.importorskip("duckdb")
LAST = date(2025, 12, 31)


def _form(starts: float = 104.0) -> FormEstimates:
    """A care form with 30 persons, and so many starts a year."""
    return FormEstimates(
        "ggz", "jeugdwet", {}, {MUNICIPALITY: Measured(starts, 1.0, int(starts))}, {MUNICIPALITY: 30}, None, None, None,
        None, None, None, None, None, None, {}, "0_17", 30,
    )  # fmt: skip


def _extract(store: Store, count: int, intended: date, begins: date | None) -> None:
    for number in range(count):
        store.run(
            "INSERT INTO extracts VALUES (1, ?, ?, 'ggz', ?, 2010, 'gp', NULL, ?, ?, NULL, NULL, NULL, NULL)",
            [PROVIDER, MUNICIPALITY, number, intended, begins],
        )


@pytest.fixture
def store(tmp_path: Path) -> Path:
    empty_store(tmp_path / "regio.duckdb", [MUNICIPALITY])
    return tmp_path / "regio.duckdb"


def test_who_began_says_how_many_wait_by_little(store: Path) -> None:
    """Ten waited 2 weeks, ten 6: a mean of 4 on 104.29 starts a year is 8 who wait; 208.57 starts give 16, who have waited
    (4 + 36) / 2 / 2 / 4 = 2.5 weeks so far."""
    with open_store(store, read_only=False) as opened:
        _extract(opened, 10, date(2025, 5, 1), date(2025, 5, 1) + timedelta(days=14))
        _extract(opened, 10, date(2025, 6, 1), date(2025, 6, 1) + timedelta(days=42))
        found = Rebuilt(opened, LAST, {}, {})
        rows, told = waiting_rows(found, [_form(208.5714)], 2025)
        few, _ = waiting_rows(found, [_form(104.0)], 2025)
    assert [(row.clients, row.mean_weeks, row.status) for row in rows] == [(16.0, 2.5, "estimated")]
    assert [(one.column, one.query, one.count) for one in told] == [
        ("mean_weeks", "waited", 20), ("clients", "waiting_by_little", 15),
    ]  # fmt: skip
    assert told[0].value == pytest.approx(4.0)
    assert told[0].error == pytest.approx(14 * (20 / 19) ** 0.5 / 20**0.5 / 7)
    assert few == ()


def test_who_has_not_begun_is_counted(store: Path) -> None:
    """Twelve whose intended start lies 21 days back have waited 3 weeks; who begins after the year waits too."""
    with open_store(store, read_only=False) as opened:
        _extract(opened, 20, date(2025, 5, 1), date(2025, 5, 29))
        _extract(opened, 6, LAST - timedelta(days=21), None)
        _extract(opened, 6, LAST - timedelta(days=21), date(2026, 2, 1))
        rows, told = waiting_rows(Rebuilt(opened, LAST, {}, {}), [_form()], 2025)
    assert [(row.clients, row.mean_weeks) for row in rows] == [(12.0, 3.0)]
    assert told[1].query == "waiting_in_extract"


def test_quarterly_counts_come_first_and_weigh_weeks_by_clients(store: Path) -> None:
    """30 clients of 4 weeks and 10 of 12 weeks: 40 of 6 weeks; an earlier quarter does not count."""
    with open_store(store, read_only=False) as opened:
        for provider, quarter, clients, weeks in (("a", 4, 30, 4), ("b", 4, 10, 12), ("a", 3, 99, 50)):
            for quantity, value in (("waiting_clients", clients), ("waiting_weeks", weeks)):
                opened.run(
                    "INSERT INTO quarter_counts VALUES (1, ?, 'flevoland', 'ggz', 2025, ?, ?, ?)",
                    [provider, quarter, quantity, value],
                )
        rows, told = waiting_rows(Rebuilt(opened, LAST, {}, {}), [_form()], 2025)
    assert [(row.clients, row.mean_weeks) for row in rows] == [(40.0, 6.0)]
    assert [one.query for one in told] == ["waiting_clients"]


def test_cbs_stands_in_for_a_municipality_without_messages(tmp_path: Path) -> None:
    """By the last counts 50 beside 100 and 150: a fifth of the others together. One without a count, a law that nobody has
    messages of, and one with its own messages get none; nor does anybody where a count of the others is not known."""
    codes = ["0001", "0002", "0003", "0004"]
    empty_store(tmp_path / "regio.duckdb", codes)
    persons = {("0001", "jeugdwet"): 60, ("0002", "jeugdwet"): 90}
    with open_store(tmp_path / "regio.duckdb", read_only=False) as store:
        for area, year, value in (
            ("0001", 2023, 80),
            ("0001", 2024, 100),
            ("0002", 2024, 150),
            ("0003", 2024, 50),
        ):
            store.run(
                "INSERT INTO statistics VALUES (1, '85099NED', ?, ?, 'JongerenMetJeugdzorg', ?, 'final', NULL)",
                [area, year, value],
            )
        assert stand_in(store, codes, persons, 2025) == {("0003", "jeugdwet"): pytest.approx(0.2)}
        store.run("DELETE FROM statistics WHERE area = '0002'")
        assert stand_in(store, codes, persons, 2025) == {}


def test_a_base_year_without_claims_names_the_months_that_have_them(tmp_path: Path) -> None:
    empty_store(tmp_path / "regio.duckdb", [MUNICIPALITY])
    with open_store(tmp_path / "regio.duckdb", read_only=False) as store:
        claims_that_stand(store)
        with pytest.raises(UserError, match="there is no claim at all; import 323"):
            _check_claims_of(store, 2026)
        store.run(
            "INSERT INTO claims (begins, ends, cents, credit, volume) VALUES ('2023-02-01', '2023-02-28', 1, false, 1), "
            "('2025-12-01', '2025-12-31', 1, false, 1)"
        )
        with pytest.raises(UserError, match="no claim on 2026; there are from 2023-02 to 2025-12: choose one"):
            _check_claims_of(store, 2026)
        _check_claims_of(store, 2025)
