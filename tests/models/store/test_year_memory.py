"""What a store remembers of contract years: figures by month and forecasts, replaced and never doubled; older stores too."""

from __future__ import annotations

from pathlib import Path

import pytest
from region_messages import KEY, MUNICIPALITY

from bekostiging.case import read_case
from bekostiging.case.year_tables import Actual
from bekostiging.monitoring import drawn_months
from bekostiging.store import (
    Forecast,
    Store,
    database,
    forget_everything,
    keep_actuals,
    keep_forecasts,
    kept_actuals,
    kept_forecasts,
    make_store,
    open_store,
)

pytest.importorskip("duckdb")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    make_store(tmp_path / "regio.duckdb", KEY, [MUNICIPALITY], 7)
    return tmp_path / "regio.duckdb"


def rows() -> tuple[Actual, ...]:
    return drawn_months(read_case("veenrand"), seed=1, months=2).figures.actuals


def fields(found: tuple[Actual, ...]) -> list[dict[str, object]]:
    return sorted((one.model_dump(exclude={"line"}) for one in found), key=str)


def test_figures_come_back_as_they_were(place: Path) -> None:
    with open_store(place, read_only=False) as store:
        keep_actuals(store, "veenrand", rows())
        keep_actuals(store, "another", rows()[:1])
        assert fields(kept_actuals(store, "veenrand")) == fields(rows())
        assert len(kept_actuals(store, "another")) == 1


def test_a_figure_of_the_same_month_replaces_the_former(place: Path) -> None:
    first = rows()[0]
    mended = first.model_copy(update={"starts": 99.0})
    with open_store(place, read_only=False) as store:
        keep_actuals(store, "veenrand", rows())
        keep_actuals(store, "veenrand", [mended])
        found = kept_actuals(store, "veenrand")
    assert len(found) == len(rows())
    key = [getattr(first, name) for name in Actual.key]
    assert [one.starts for one in found if [getattr(one, name) for name in Actual.key] == key] == [99.0]


def test_the_same_report_again_replaces_what_it_expected(place: Path) -> None:
    with open_store(place, read_only=False) as store:
        for expected in (100.0, 101.25):
            keep_forecasts(store, "mine", [Forecast(2028, "2028-05", expected, 90.0, 110.0)], 512, 1)
        keep_forecasts(store, "mine", [Forecast(2028, "2028-06", 7.0, 6.0, 8.0, "a", "lot", True)], 512, 1)
        assert kept_forecasts(store, "mine") == (
            Forecast(2028, "2028-05", 101.25, 90.0, 110.0),
            Forecast(2028, "2028-06", 7.0, 6.0, 8.0, "a", "lot", True),
        )
        assert kept_forecasts(store, "other") == ()


def _as_it_was(store: Store) -> None:
    """A store of the first version."""
    for table in ("actuals", "forecasts"):
        store.run(f"DROP TABLE {table}")
    store.run("UPDATE store SET value = '1' WHERE name = 'version'")


def test_a_store_of_the_first_version_gets_the_tables(place: Path) -> None:
    with open_store(place, read_only=False) as store:
        _as_it_was(store)
    with open_store(place) as store:
        assert store.about["version"] == str(database.VERSION)
        assert kept_forecasts(store, "mine") == ()


def test_forgetting_everything_forgets_them_too(place: Path) -> None:
    with open_store(place, read_only=False) as store:
        keep_forecasts(store, "mine", [Forecast(2028, "2028-05", 1.0, 0.0, 2.0)])
    assert forget_everything(place) == 1
    with open_store(place) as store:
        assert kept_forecasts(store, "mine") == ()
