"""Season, common moves, sitting clients and what of the claims is still to come: by hand, and where little is known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from region_messages import MUNICIPALITY, PROVIDER, empty_store

from bekostiging.case.tables import RiskFactor
from bekostiging.store import open_store
from bekostiging.store.common_moves import USUAL, correlation_of, factor_correlations, moves, together_by_month
from bekostiging.store.completed import missing_by_month, to_come
from bekostiging.store.season import LEAST_SPREAD, season_weights
from bekostiging.store.sitting import still_in_care
from bekostiging.store.survival import kaplan_meier
from bekostiging.store.trajectories import claims_that_stand

pytest.importorskip("duckdb")


def test_a_season_that_chance_explains_is_all_but_flat() -> None:
    """Poisson starts of 20 a month, three years: the raw weights move 13 %, what is kept hardly; the error is not zero."""
    rng = np.random.default_rng(7)
    kept, spread = [], []
    for _ in range(200):
        found = season_weights(rng.poisson(20.0, (3, 12)).astype(float), np.full((3, 12), 20.0))
        assert found is not None
        assert (found.error > 0).all()
        kept.append(found.kept)
        spread.append(float(found.weight.std()))
    assert np.mean(kept) < 0.25
    assert np.mean(spread) < 0.06 < 1 / np.sqrt(60)


def test_a_season_that_is_there_comes_back_within_its_errors() -> None:
    """Weights of 0.6 to 1.4 on 200 starts a month: z-scores of the weights as wide as one."""
    truth = 1 + 0.4 * np.sin(2 * np.pi * np.arange(12) / 12)
    rng = np.random.default_rng(3)
    scores = []
    for _ in range(50):
        found = season_weights(rng.poisson(200 * truth, (4, 12)).astype(float), np.full((4, 12), 200.0))
        assert found is not None
        scores += ((found.weight - truth) / found.error).tolist()
    assert 0.8 < np.std(scores) < 1.2
    assert season_weights(np.full((4, 12), 5.0), np.full((4, 12), 5.0)).error.max() == pytest.approx(
        0.0, abs=LEAST_SPREAD
    )  # type: ignore[union-attr]


def test_one_year_has_no_season() -> None:
    assert season_weights(np.arange(12.0)[None], np.full((1, 12), 5.5)) is None


def test_the_correlation_of_innovations_by_hand() -> None:
    """x = (1, -1, 0), y = (1, 0, -1): r = 1 / 2; on 4 degrees of freedom 0.09 / (0.09 + 0.25) of it is kept."""
    found = correlation_of(np.array([1.0, -1.0, 0.0]), np.array([1.0, 0.0, -1.0]), 4)
    assert found is not None
    kept = USUAL**2 / (USUAL**2 + 0.25)
    assert (found.value, found.error, found.count) == (
        pytest.approx(kept / 2),
        pytest.approx((kept / 4) ** 0.5),
        3,
    )
    assert correlation_of(np.array([1.0, -1.0]), np.array([1.0, -1.0]), 1) is None


def test_common_growth_is_no_correlation_of_care_forms() -> None:
    """What all care forms have in common in a year is of the region: who moves alike has no move of its own."""
    values = np.array([100.0, 120.0, 90.0, 130.0])
    found = moves({name: {"inflow": values, "duration": values} for name in "ab"})
    assert np.abs(found.forms["inflow"]).max() < 1e-12
    assert np.corrcoef(found.region["inflow"], found.region["duration"])[0, 1] == pytest.approx(1)


def test_correlations_that_are_there_come_back_smaller() -> None:
    """Inflow and duration of twelve care forms with a correlation of 0.8 over nine years: above 0.3 and, shrunk, below
    0.8; factors of other levels or other sets are not in it."""
    rng = np.random.default_rng(11)
    series = {}
    for name in range(12):
        step = rng.normal(size=(2, 9))
        own = np.cumsum(0.1 * np.stack([step[0], 0.8 * step[0] + 0.6 * step[1]]), axis=1)
        series[str(name)] = {"inflow": np.exp(own[0]), "duration": np.exp(own[1]), "intensity": np.full(9, 2.0)}
    factors = [
        RiskFactor(
            id=name, level=level, quantity=quantity, standard_deviation=0.02, autocorrelation=0.7, source="test",
            status="illustrative",
        )
        for name, level, quantity in (
            ("nation", "national", "inflow"), ("form", "care_form", "inflow"), ("duration", "care_form", "duration"),
            ("intensity", "national", "intensity"), ("wages", "wages", "index"),
        )
    ]  # fmt: skip
    rows, told = factor_correlations(series, factors)
    assert [(row.factor_1, row.factor_2) for row in rows] == [("form", "duration")]
    assert 0.3 < rows[0].correlation < 0.8
    assert "naar nul getrokken; standaardfout 0," in rows[0].source
    assert told[0][1].count == 12 * 8
    assert factor_correlations({"a": {"inflow": np.ones(2), "duration": np.ones(2)}}, factors) == ((), [])


def test_starts_by_month_of_independent_care_forms() -> None:
    """Over 200 draws the mean is zero and the spread what the error says."""
    rng = np.random.default_rng(5)
    found = [together_by_month(rng.poisson(30.0, (4, 3, 12)).astype(float)) for _ in range(200)]
    values = np.array([one.value for one in found if one is not None])
    assert abs(values.mean()) < 0.02
    assert values.std() == pytest.approx(found[0].error, rel=0.15)  # type: ignore[union-attr]
    assert together_by_month(np.ones((2, 1, 12))) is None
    assert together_by_month(np.zeros((3, 2, 12))) is None


def test_who_sits_longer_stays_longer_where_the_hazard_falls() -> None:
    """Half last 10 days, half 1,000: of who is there 50 days all are there 100 days on, of new ones half."""
    lasted = np.array([10.0] * 50 + [1000.0 + day for day in range(50)])
    curve = kaplan_meier(np.zeros(100), lasted, np.ones(100, dtype=bool))
    assert curve is not None
    assert still_in_care(curve, np.array([50.0, 60.0]), 100).value == pytest.approx(1.0)
    fresh = still_in_care(curve, np.zeros(20), 100)
    assert (fresh.value, fresh.count) == (pytest.approx(0.5), 20)
    assert fresh.error > (0.25 / 20) ** 0.5  # the clients themselves, and the curve


def test_of_a_month_of_which_nothing_is_in_the_year_before_says_what_comes() -> None:
    triangle = np.zeros((14, 3))
    triangle[:, 1], triangle[:, 2] = np.where(np.arange(14) % 2, 70.0, 50.0), 40.0
    triangle[-1, 1:], triangle[-2, 2] = np.nan, np.nan
    missing, error = missing_by_month(triangle)
    assert missing[:-2].tolist() == [0.0] * 12
    assert missing[-2] == pytest.approx(50 * 40 / 60)  # 12 months: 720 after one month, 1,200 after two
    whole = np.append(triangle[1:12].sum(axis=1), 50 + missing[-2])
    assert missing[-1] == pytest.approx(whole.mean())
    assert error[-1] == pytest.approx(whole.std(ddof=1))


def _claimed(place: Path, rows: list[tuple[date, date, int, bool, int, int | None]]) -> Path:
    """A store with claim lines (begin, received, cents, credit, reference, previous) of one product."""
    empty_store(place, [MUNICIPALITY])
    with open_store(place, read_only=False) as store:
        store.run(
            "INSERT INTO products VALUES ('jeugdwet', '45A03', '2000-01-01', '2999-01-01', 'begeleiding', 'lot', '6.752', "
            "'hour', false, 'test')"
        )
        for number, (begins, received, cents, credit, reference, previous) in enumerate(rows):
            store.run(
                "INSERT INTO claims VALUES (1, ?, 'jeugdwet', ?, ?, ?, 1, '45', '45A03', ?, ?, 1.0, 'hour', 1, ?, ?, ?, ?, "
                "?)",
                [
                    number,
                    MUNICIPALITY,
                    PROVIDER,
                    number,
                    begins,
                    begins,
                    cents,
                    credit,
                    reference,
                    previous,
                    received,
                ],
            )
    return place


def _month(months: int) -> date:
    return date(2024 + months // 12, months % 12 + 1, 1)


def test_a_year_of_which_claims_are_late_is_completed(tmp_path: Path) -> None:
    """Three fifths come a month later and two fifths two months later; the messages end in December, so that of November
    two fifths are missing and of December all: 40 + 100 of 1,200 a year, on 1,060 that are in. A credited line and what
    brings it again are no first claims."""
    rows = [
        (_month(care), _month(care + delay), cents, False, 10 * care + delay, None)
        for care in range(24)
        for delay, cents in ((1, 6000), (2, 4000))
        if care + delay < 24
    ]
    rows += [(_month(3), _month(6), -6000, True, 900, 31), (_month(3), _month(6), 6000, False, 901, 31)]
    with open_store(_claimed(tmp_path / "regio.duckdb", rows)) as store:
        claims_that_stand(store)
        late, until, unknown = to_come(store, date(2025, 12, 31), date(2024, 1, 1))
    assert set(late) == {("begeleiding", 2025)}
    one = late["begeleiding", 2025]
    assert (one.euro, one.part, one.months) == (pytest.approx(140.0), pytest.approx(140 / 1060), 12)
    assert one.error == pytest.approx(0.0, abs=1e-9)
    assert (until, unknown) == ({"begeleiding": date(2025, 10, 31)}, ())


def test_claims_that_all_came_at_once_say_nothing_of_what_is_late(tmp_path: Path) -> None:
    rows = [(_month(23), _month(23), 5000, False, 1, None)]
    with open_store(_claimed(tmp_path / "regio.duckdb", rows)) as store:
        claims_that_stand(store)
        assert to_come(store, date(2025, 12, 31), date(2025, 12, 1)) == ({}, {}, ("begeleiding",))
