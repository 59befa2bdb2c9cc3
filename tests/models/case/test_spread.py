"""Spread of the yearly inflow, estimated from history and shrunk to the nation."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from history_start import FORM, OTHER, estimated, row, start
from scipy.signal import lfilter
from scipy.stats import chi2

from bekostiging.case import Case, UserError, read_case, spread_notes, spreads, with_policy
from bekostiging.case.client_response import response_of
from bekostiging.case.read import validated
from bekostiging.case.spread import SMALLEST, national_innovation, with_estimates
from bekostiging.case.tables import History, RiskFactor

MARK = {"source": "test", "status": "own_data"}


def _history(
    place: str, form: str, counts: dict[int, float], definition: str = "persons_in_year"
) -> tuple[History, ...]:
    """Rows as a reader makes them; not validated, because long series begin before the years a case may have."""
    return tuple(
        History.model_construct(
            area=place,
            care_form=form,
            year=year,
            definition=definition,
            clients=n,
            source="test",
            status="own_data",
        )
        for year, n in counts.items()
    )


def _empty(case: Case, **changed: object) -> Case:
    factors = tuple(
        row.model_copy(update={"standard_deviation": None} | changed) if row.id == "municipal_inflow" else row
        for row in case.risk_factors
    )
    return replace(case, risk_factors=factors)


def test_many_own_years_outweigh_the_nation(small_case: Case) -> None:
    """A simulated region with innovations of 5 %: 200 years give it back; no years give the nation's."""
    rng = np.random.default_rng(3)
    own = tuple(row for row in small_case.risk_factors if row.id == "municipal_inflow")
    case = replace(small_case, history=(), risk_factors=own)
    (alone,) = (one for one in spreads(case) if one.factor == "municipal_inflow")
    assert alone.own == 0
    assert alone.estimate == pytest.approx(math.sqrt(national_innovation(case, 0.7).variance))
    place = small_case.municipalities[0].code
    follow = response_of(small_case, place, "jeugdwet", "persons_in_year")
    inflow = lfilter([1.0], [1.0, -0.7], 0.05 * rng.standard_normal(400))
    counts = dict(zip(range(1800, 2001), 1e7 * np.exp(lfilter(follow, [1.0], inflow)[-201:]), strict=True))
    (found,) = (
        one
        for one in spreads(replace(case, history=_history(place, "jeugdwet", counts)))
        if one.factor == "municipal_inflow"
    )
    assert 100 < found.own < 199  # years of clients are alike, so that they say less than as many apart
    assert found.low < 0.05 < found.high
    assert found.estimate == pytest.approx(0.05, rel=0.15)


def test_the_national_factor_is_taken_off_again(small_case: Case) -> None:
    """What moves a region is the national factor and its own: variances of 2 % and the rest add up to the whole."""
    (whole,) = (
        one
        for one in spreads(replace(small_case, risk_factors=small_case.risk_factors[1:2]))
        if one.factor == "municipal_inflow"
    )
    (rest,) = (one for one in spreads(small_case) if one.factor == "municipal_inflow")
    national = next(row for row in small_case.risk_factors if row.id == "national_inflow")
    assert national.standard_deviation == 0.02
    assert rest.estimate**2 + 0.02**2 == pytest.approx(whole.estimate**2)


def test_counting_noise_is_not_taken_for_spread(small_case: Case) -> None:
    """Counts of 10,000 with pure chance around them: the own part of the estimate is near zero."""
    rng = np.random.default_rng(4)
    dispersion = max(row.starts_dispersion for row in small_case.demand)
    place = small_case.municipalities[0].code
    counts = {year: float(max(1, round(10_000 + math.sqrt(10_000 * dispersion) * z))) for year, z in
              zip(range(1800, 2001), rng.standard_normal(201), strict=True)}  # fmt: skip
    case = replace(small_case, history=_history(place, "jeugdwet", counts))
    (found,) = (one for one in spreads(case) if one.factor == "municipal_inflow")
    assert found.estimate < 0.010
    raw = np.diff(np.log(list(counts.values()))).std()
    assert raw > 0.015


def test_an_empty_standard_deviation_is_estimated_and_told() -> None:
    case = read_case("almere")
    (row,) = (row for row in case.risk_factors if row.id == "municipal_inflow")
    assert row.standard_deviation is not None
    assert row.status == "estimated"
    (found,) = (one for one in spreads(case) if one.factor == row.id)
    assert found.low < row.standard_deviation < found.high
    estimated, stated = spread_notes(case)
    assert estimated["en"].startswith(
        "The inflow of a municipality moves 6.3 % a year around what is expected (between "
    )
    assert estimated["nl"].startswith(
        "De instroom van een gemeente schommelt 6,3 % per jaar om de verwachting (tussen "
    )
    assert "Scenarios differ in that too." in estimated["en"]
    assert "wages" in stated["en"]
    assert "instroom van een gemeente" not in stated["nl"]
    fixed = with_policy(case, parameter_uncertainty="fixed")
    assert "differ" not in spread_notes(fixed)[0]["en"]


def test_a_value_that_history_contradicts_is_told() -> None:
    case = read_case("almere")
    factors = tuple(
        row.model_copy(update={"standard_deviation": 0.005}) if row.id == "municipal_inflow" else row
        for row in case.risk_factors
    )
    note, stated = spread_notes(replace(case, risk_factors=factors))
    assert note["en"].startswith(
        "The inflow of a municipality is stated to move 0.5 % a year; the figures point to 6.3 % ("
    )
    assert "leave the standard deviation of municipal_inflow empty" in note["en"]
    assert "the inflow of a municipality" in stated["en"]


def test_the_interval_is_that_of_the_pooled_chi_squared(small_case: Case) -> None:
    """Without own years: three published growth rates have two degrees of freedom, chi-squared -2 ln(1 - p), and no less
    than four where a spread is drawn."""
    own = tuple(row for row in small_case.risk_factors if row.id == "municipal_inflow")
    case = replace(small_case, history=(), risk_factors=own)
    nation = national_innovation(case, own[0].autocorrelation, None)
    (one,) = spreads(case)
    assert nation.freedom == pytest.approx(one.national)
    total = nation.freedom * nation.variance
    assert one.low == pytest.approx(math.sqrt(total / chi2.isf(0.025, nation.freedom)))
    assert one.high == pytest.approx(math.sqrt(total / chi2.isf(0.975, nation.freedom)))
    assert one.own + one.national < 4
    assert one.freedom == 4


def test_two_national_factors_are_both_taken_off(small_case: Case) -> None:
    """A variance of 3^2 + 4^2 = 5^2 (in thousandths)."""
    (own,) = (row for row in small_case.risk_factors if row.id == "municipal_inflow")
    nations = tuple(
        own.model_copy(update={"id": f"n{k}", "level": "national", "standard_deviation": k / 1000}) for k in (3, 4)
    )
    found = spreads(replace(small_case, history=(), risk_factors=(*nations, own)))
    assert found[-1].shared == pytest.approx(0.005)


def test_an_estimate_that_was_written_and_read_is_still_an_estimate() -> None:
    case = read_case("almere")
    again = with_estimates(replace(case, estimates=()))
    assert [one.factor for one in again.estimates] == [one.factor for one in case.estimates] != []
    stated = tuple(row.model_copy(update={"standard_deviation": 0.2}) for row in case.risk_factors)
    assert with_estimates(replace(case, risk_factors=stated)).estimates == ()


def test_what_history_cannot_say(small_case: Case) -> None:
    wages = RiskFactor.model_validate(
        {"id": "w", "level": "wages", "quantity": "index", "autocorrelation": 0.3, "line": 9} | MARK
    )
    with pytest.raises(UserError, match="row 9, standard_deviation: history says nothing of index; fill it in"):
        with_estimates(replace(small_case, risk_factors=(wages,)))


def test_mixed_definitions_are_refused(small_case: Case) -> None:
    place = small_case.municipalities[0].code
    rows = (
        *_history(place, "jeugdwet", {2019: 100.0, 2020: 110.0}),
        *_history(place, "jeugdwet", {2021: 80.0, 2022: 85.0}, "stock_at_date"),
    )
    with pytest.raises(UserError) as caught:
        with_estimates(_empty(replace(small_case, history=rows)))
    assert caught.value.text("en") == (
        f"history: {place} / jeugdwet mixes definitions (2019 persons_in_year, 2020 persons_in_year, 2021 stock_at_date, "
        "2022 stock_at_date); a series counts the same every year. Fill in at least 3 years under one definition or leave "
        "the other rows out."
    )


@pytest.mark.parametrize(("n_years", "floored"), [(4, True), (10, True), (11, False), (60, False)])
def test_a_few_equal_years_have_a_floor(small_case: Case, n_years: int, floored: bool) -> None:
    """Ten years without a move say nothing; more say that nothing moves beside what moves the country, here 4 %."""
    place = small_case.municipalities[0].code
    history = _history(place, "jeugdwet", {2022 - k: 1e7 for k in range(n_years)})
    factors = tuple(
        row.model_copy(update={"standard_deviation": 0.04}) if row.id == "national_inflow" else row
        for row in small_case.risk_factors
    )
    empty = _empty(replace(small_case, history=history, risk_factors=factors))
    (found,) = (one for one in spreads(empty) if one.factor == "municipal_inflow")
    assert found.too_short == floored
    assert found.estimate == (SMALLEST if floored else 0.0)
    assert found.high >= found.estimate
    said = [note["nl"] for note in spread_notes(with_estimates(empty)) if "ondergrens" in note["nl"]]
    assert len(said) == floored
    assert ["hoeveel is niet te zeggen" in one for one in said] == [found.high == found.estimate] * floored


SIX_SHORT = [
    row(place, year, form, clients=round(size * growth**step), starts=size)
    for place, size in (("city", 400), ("village", 90))
    for form, growth in ((FORM, 1.03), ("youth_mental_care", 1.02), (OTHER, 1.03))
    for step, year in enumerate(range(2021, 2025))
]
"""Two municipalities, three care forms, four smooth years."""


def test_six_short_series_never_say_that_nothing_moves() -> None:
    """The years are shared: many short series are no long one."""
    case = validated(estimated(start(SIX_SHORT)))
    by_id = {one.factor: one for one in spreads(case)}
    assert len(by_id["form_inflow"].series) == 6
    assert by_id["form_inflow"].n_years == 4
    assert by_id["form_inflow"].too_short
    assert all(one.estimate >= SMALLEST for one in by_id.values())
    for note in spread_notes(case):
        assert not re.search(r"\b0[.,]0 %", note["nl"] + note["en"])
        # a floor is not its own upper end
        assert "1,0 % zijn" not in note["nl"]
        assert "up to 1.0 %" not in note["en"]


@pytest.mark.parametrize("given", [None, 0.03])
def test_sixty_equal_years_are_put_in_words(small_case: Case, given: float | None) -> None:
    """No "0.0 % (between 0.0 and 0.0 %)", estimated or against what was stated."""
    place = small_case.municipalities[0].code
    history = _history(place, "jeugdwet", {2022 - k: 1e7 for k in range(60)})
    case = with_estimates(_empty(replace(small_case, history=history), standard_deviation=given))
    words = {
        None: "De cijfers laten niet zien dat de instroom van een gemeente schommelt",
        0.03: "de cijfers wijzen op geen eigen schommeling. Onderbouw",
    }
    notes = spread_notes(case)
    assert any(words[given] in note["nl"] for note in notes)
    assert not any(re.search(r"\b0[.,]0 %", note["nl"] + note["en"]) for note in notes)


@pytest.mark.parametrize(
    ("places", "used"),
    [
        # a municipality and its areas are counted once, and it is the municipality
        (["city", "north", "south", "village"], ["city", "village"]),
        # areas where the municipality has no series
        (["north", "south", "village"], ["north", "south", "village"]),
        (["city", "north"], ["city"]),
        (["NL", "village"], ["village"]),
    ],
)
def test_a_care_form_is_counted_once_in_every_place(places: list[str], used: list[str]) -> None:
    case = estimated(start(_years(places)))
    (found,) = (one for one in spreads(case) if one.factor == "form_inflow")
    assert found.series == tuple(f"{place} / {FORM} 2021-2024" for place in used)
    assert 0 < found.own < 2 * len(used)


@pytest.mark.parametrize(
    ("places", "used"),
    [(["city", "south"], ["city", "south"]), (["city"], ["city"]), (["south"], ["south"])],
)
def test_an_area_with_the_name_of_its_municipality_has_a_series_of_its_own(
    places: list[str], used: list[str]
) -> None:
    areas = (("city", "city", 6000), ("south", "city", 2000), ("village", "village", 1000))
    case = estimated(start(_years(places), areas=areas))
    (found,) = (one for one in spreads(case) if one.factor == "form_inflow")
    assert found.series == tuple(f"{place} / {FORM} 2021-2024" for place in used)


def test_an_area_is_no_municipality(small_case: Case) -> None:
    """Totals of a law of an area that has the name of its municipality, beside another area."""
    one = small_case.areas[0]
    areas = tuple(one.model_copy(update={"id": name, "municipality": "city"}) for name in ("city", "south"))
    counts = {2021: 400.0, 2022: 420.0, 2023: 410.0, 2024: 430.0}
    for places, used in ((("city", "south"), ()), (("city",), ("city / jeugdwet 2021-2024",))):
        history = tuple(row for place in places for row in _history(place, "jeugdwet", counts))
        case = replace(small_case, areas=areas, history=history)
        (found,) = (one for one in spreads(case) if one.factor == "municipal_inflow")
        assert found.series == used


def _years(places: list[str]) -> list[History]:
    """Four years of one care form in some places, the last of every other one."""
    counts = zip(range(2021, 2025), (400, 420, 410, 430), strict=True)
    rows = [row(place, year, clients=n, starts=300) for year, n in counts for place in places]
    return [*rows, row("village", care_form=OTHER, clients=80, starts=40)]
