"""Generate, import, estimate: every parameter within its own error of the case that the messages were made from.

The case is Veenrand with the caseload that its starts and durations keep up (Little 1961), so that the caseload of the base
year is known as well. One seed in the suite; the table of twenty is ``-m slow``.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from region_messages import KEY, PUBLISHED, empty_store

from bekostiging.case import Case, check_case, read_case
from bekostiging.evaluation import store_remarks
from bekostiging.messages import write_messages
from bekostiging.store import (
    StoreCase,
    case_from_store,
    confirm_products,
    import_messages,
    import_statline,
    import_table,
    open_store,
)
from bekostiging.units import WEEKS_PER_YEAR

pytest.importorskip("duckdb")
pytest.importorskip("lxml")
YEARS = 3
MUNICIPALITIES = ["9991", "9992", "9993"]
CBS = ("statline.csv", "85099NED.csv", "85097NED.csv", "85043NED.csv")
OF_FORM = (
    "starts_dispersion", "mean_duration_weeks", "duration_cv", "units_per_week", "units_cv", "realised_cv", "crisis_share",
    "own_access_share", "gp_share",
)  # fmt: skip


def balanced() -> Case:
    """Veenrand with the caseload of its equilibrium."""
    case = read_case("veenrand")
    rows = tuple(
        row.model_copy(update={"clients_at_start": row.starts_per_year * row.mean_duration_weeks / WEEKS_PER_YEAR})
        for row in case.demand
    )
    return replace(case, demand=rows)


def round_trip(
    case: Case, place: Path, seed: int, scale: float, schemas: Path | None = None
) -> tuple[StoreCase, int, int]:
    """The case that comes back, and the cents that went in and that stand in the store."""
    written = write_messages(case, place / "sent", years=YEARS, scale=scale, seed=seed)
    empty_store(place / "regio.duckdb", MUNICIPALITIES)
    with open_store(place / "regio.duckdb", read_only=False) as store:
        outcome = import_messages(store, written.folder, KEY, schemas)
        assert all(one.refused is None and not one.left_out for one in outcome)
        confirm_products(store, written.folder / "products.csv", "test")
        for told in (
            *import_table(store, "digimv", written.folder / "digimv.csv"),
            *import_table(store, "extract", written.folder / "extract.csv", KEY),
            *import_table(store, "iv3", written.folder / "iv3.csv"),
            *(told for name in CBS for told in import_statline(store, written.folder / name)),
        ):
            assert told.refused is None, told.refused
        made = case_from_store(store, "back", case.base_year, case.first_year)
        cents = store.rows("SELECT sum(cents)::BIGINT FROM paid")[0][0]
    return made, written.cents, cents


def z_scores(case: Case, made: StoreCase, scale: float) -> dict[tuple[str, str], float]:
    """Estimate minus truth over its error, by column and row; a small cell that was shared out is not an estimate."""
    truth = {row.care_form: row for row in case.demand}
    codes = dict(zip([area.id for area in case.areas], MUNICIPALITIES, strict=True))
    counts = {(codes[row.area], row.care_form): row for row in case.demand}
    found = {}
    for one in made.evidence:
        if one.table != "demand" or not one.error:
            continue
        place, _, form = one.key.rpartition(" / ")
        if place:
            expected = scale * getattr(counts[place, form], one.column)
            if one.count < 10 or expected < 12:
                continue
            # the error of a count is judged by what was expected: an error made of a low count is low itself
            error = one.error * (expected / max(one.count, 1)) ** 0.5
        else:
            expected, error = getattr(truth[form], one.column), one.error
        found[one.column, one.key] = (one.value - expected) / error
    return found


@pytest.fixture(scope="module")
def back(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, StoreCase, int, int]:
    case = balanced()
    return case, *round_trip(case, tmp_path_factory.mktemp("round"), seed=3, scale=0.12)


def test_what_went_in_comes_back(back: tuple[Case, StoreCase, int, int]) -> None:
    """Totals to the cent; every parameter within four of its errors, and together as wide as errors are."""
    case, made, sent, kept = back
    assert kept == sent
    check_case(made.case)
    scores = z_scores(case, made, 0.12)
    assert {column for column, _ in scores} == {*OF_FORM, "clients_at_start", "starts_per_year"}
    assert max(abs(score) for score in scores.values()) < 4, scores
    assert 0.6 < float(np.sqrt(np.mean(np.square(list(scores.values()))))) < 1.4
    base = sum(one.value for one in made.evidence if one.query == "revenue")
    assert sum(row.revenue for row in made.case.contracts) == pytest.approx(base, abs=0.001)


def test_prices_are_sums_over_sums(back: tuple[Case, StoreCase, int, int]) -> None:
    """The tariff of the case without the index since the base year, to the cent: every line has it."""
    case, made, _, _ = back
    lots = {form: lot.id for lot in case.lots for form in lot.care_forms}
    levels = {lot.id: case.price_index.between(lot.id, case.base_year, case.first_year) for lot in case.lots}
    asked = {(row.care_form, round(row.tariff / levels[lots[row.care_form]], 2)) for row in case.offers}
    prices = [(one.key.split(" / ")[1], round(one.value, 2)) for one in made.evidence if one.query == "price"]
    assert prices
    assert set(prices) <= asked


def test_accounts_and_inhabitants_come_back(back: tuple[Case, StoreCase, int, int]) -> None:
    case, made, _, _ = back
    names = {row.name: row for row in case.providers}
    own = [row for row in made.case.providers if row.name in names]
    assert own
    for row in own:
        assert (row.equity, row.turnover, row.result_3) == (
            names[row.name].equity, names[row.name].turnover, names[row.name].result_3,
        )  # fmt: skip
    for area, back_again in zip(case.areas, made.case.areas, strict=True):
        assert back_again.inhabitants_0_17 == pytest.approx(area.inhabitants_0_17, abs=0.2)
        assert back_again.inhabitants_18_64 == pytest.approx(area.inhabitants_18_64, abs=0.2)
        assert back_again.status == "published"


def test_profiles_add_up_to_their_care_form(back: tuple[Case, StoreCase, int, int]) -> None:
    """Prices of trajectories by share come to the weeks, units and price of all, within three errors; the spread of the
    agreed units is that of profiles and inside them together."""
    _, made, _, _ = back
    told = {(one.key, one.column): one for one in made.evidence}
    forms = {row.care_form for row in made.case.profiles if row.profile == "zwaar"}
    assert len(forms) >= 4
    for form in forms:
        rows = [row for row in made.case.profiles if row.care_form == form]
        share, factor = (np.array([getattr(row, name) for row in rows]) for name in ("share", "intensity_factor"))
        assert (share.sum(), share @ factor) == (pytest.approx(1), pytest.approx(1))
        total = told[form, "units_cv"].value
        inside = next(row.units_cv for row in made.case.demand if row.care_form == form)
        assert inside is not None
        assert (1 + inside**2) * float(share @ factor**2) == pytest.approx(1 + total**2, rel=1e-3)
        price = np.array([told[f"{form} / {row.profile}", "price"].value for row in rows])
        error = np.array([told[f"{form} / {row.profile}", "price"].error for row in rows])
        tariff = {
            round(one.value, 2)
            for one in made.evidence
            if one.column == "tariff" and one.key.endswith(f" / {form}")
        }
        assert len(tariff) == 1
        plain = told[form, "mean_duration_weeks"].value * told[form, "units_per_week"].value * tariff.pop()
        assert abs(float(share @ price) - plain) < 3 * float(np.sqrt(np.square(share * error).sum())), form


def test_what_months_say_has_its_error(back: tuple[Case, StoreCase, int, int]) -> None:
    """Nothing moves together in the generator and no month is special: within four errors, none of which is zero."""
    _, made, _, _ = back
    found = [one for one in made.evidence if one.query in ("season", "together_by_month", "correlation")]
    assert {one.query for one in found} == {"season", "together_by_month", "correlation"}
    for one in found:
        assert one.error is not None
        assert one.error > 0
        assert abs(one.value - (1 if one.query == "season" else 0)) < 4 * one.error, one
    sitting = [one for one in made.evidence if one.query == "sitting"]
    assert sitting
    assert all(0 < one.value < 1 for one in sitting)


def test_cbs_and_the_accounts_say_the_same(back: tuple[Case, StoreCase, int, int]) -> None:
    """Persons within the rounding of CBS, euros to the cent; nothing is odd, until a fifth of the messages is missing."""
    _, made, _, _ = back
    persons = [one for one in made.comparisons if one.what == "persons"]
    euros = [one for one in made.comparisons if one.what == "euros"]
    assert len(persons) == 2 * 3 * YEARS
    assert len(euros) == 2 * 3 * YEARS
    assert all(abs(one.own - one.other) <= 2.5 for one in persons)
    assert all(one.own == pytest.approx(one.other, abs=0.005) for one in euros)
    assert not any(one.odd for one in made.comparisons)
    halved = tuple(replace(one, own=0.45 * one.own) for one in made.comparisons)
    told = store_remarks(made.case, replace(made, comparisons=halved))
    assert len(told) == len(halved)
    assert told[0].euros == pytest.approx(0.55 * max(one.other for one in euros), rel=1e-6)
    assert any("volgens het CBS. Is alles ingelezen" in one.nl for one in told)


def test_a_case_is_held_against_its_store(back: tuple[Case, StoreCase, int, int]) -> None:
    """Nothing of its own case is odd; a duration that was doubled is."""
    _, made, _, _ = back
    assert store_remarks(made.case, made) == ()
    form = made.case.demand[0].care_form
    rows = tuple(
        row.model_copy(update={"mean_duration_weeks": 2 * row.mean_duration_weeks})
        if row.care_form == form
        else row
        for row in made.case.demand
    )
    found = store_remarks(replace(made.case, demand=rows), made)
    assert [(one.where["en"], one.table) for one in found] == [(form, "demand")]


def test_no_cell_of_the_case_is_of_fewer_than_ten(back: tuple[Case, StoreCase, int, int]) -> None:
    _, made, _, _ = back
    assert all(row.clients is None or row.clients >= 10 for row in made.case.history)
    small = {one.key for one in made.evidence if one.table == "demand" and 0 < one.count < 10}
    assert small, "the case is small enough for the rule to be of use"
    assert all(one.shown_count == "< 10" for one in made.evidence if one.key in small and one.count < 10)
    shared = {
        f"{row.area} / {row.care_form}" for row in made.case.demand if "minder dan 10 personen" in row.source
    }
    assert small <= shared


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="on top: the published schemas are not here")
def test_synthetic_messages_are_valid_against_the_published_schemas(tmp_path: Path) -> None:
    case = balanced()
    write_messages(case, tmp_path / "sent", years=1, scale=0.01, seed=1)
    empty_store(tmp_path / "regio.duckdb", MUNICIPALITIES)
    with open_store(tmp_path / "regio.duckdb", read_only=False) as store:
        outcome = import_messages(store, tmp_path / "sent", KEY, PUBLISHED / "xsd")
    assert [one.refused for one in outcome if one.refused is not None] == []
    assert {one.file.split("-", 1)[1] for one in outcome if not one.checked} == {
        "wmo-325-2025.zip",
        "wmo-325-2026.zip",
    }


def test_the_error_of_a_hidden_count_does_not_tell_it(back: tuple[Case, StoreCase, int, int]) -> None:
    """Variance over the value that is shown is the same for every cell of a care form: the hidden count is not in it."""
    _, made, _, _ = back
    ratios: dict[tuple[str, str], set[float]] = {}
    for one in made.evidence:
        if one.column in ("clients_at_start", "starts_per_year") and one.value > 0:
            form = one.key.rpartition(" / ")[2]
            ratios.setdefault((form, one.column), set()).add(round((one.error or 0.0) ** 2 / one.value, 9))
    assert ratios
    assert all(len(own) == 1 for own in ratios.values()), ratios


def test_only_numbers_of_the_test_range_are_made(tmp_path: Path) -> None:
    import re
    import zipfile

    written = write_messages(balanced(), tmp_path / "sent", years=1, scale=0.01, seed=2)
    numbers = set()
    for place in written.folder.glob("*.zip"):
        with zipfile.ZipFile(place) as archive:
            for name in archive.namelist():
                numbers.update(re.findall(rb"Bsn>(\d+)<", archive.read(name)))
    assert len(numbers) == written.persons
    assert all(number.startswith(b"9999") and len(number) == 9 for number in numbers)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_messages(balanced(), tmp_path / name, years=1, scale=0.01, seed=5)
    files = sorted(one.name for one in (tmp_path / "a").iterdir())
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)


@pytest.mark.slow
def test_twenty_seeds_are_as_wide_as_their_errors(tmp_path: Path) -> None:
    """By column over all rows and seeds: the mean of the z-scores near zero, their spread near one."""
    case = balanced()
    scores: dict[str, list[float]] = {}
    for seed in range(20):
        (tmp_path / str(seed)).mkdir()
        made, sent, kept = round_trip(case, tmp_path / str(seed), seed=100 + seed, scale=0.3)
        assert kept == sent
        for (column, _), score in z_scores(case, made, 0.3).items():
            scores.setdefault(column, []).append(score)
    for column, own in sorted(scores.items()):
        mean, spread = float(np.mean(own)), float(np.std(own))
        print(
            f"{column:22} n {len(own):4d} mean {mean:6.2f} spread {spread:5.2f} largest {max(map(abs, own)):5.2f}"
        )
    for column, own in scores.items():
        mean, spread = float(np.mean(own)), float(np.std(own))
        assert abs(mean) < 4 / len(own) ** 0.5 + 0.15, column
        assert 0.7 < spread < 1.4, column
