"""Growth of a municipality: its own years with their error, and the nation's where they are few."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.growth import (
    TAU,
    GrowthEstimate,
    growth_estimates,
    growth_notes,
    growth_used,
    law_totals,
    mean_growth,
    own_growth,
    posterior,
)
from bekostiging.case.innovation import Innovation, innovation
from bekostiging.case.series import NATIONAL_GROWTH, Series
from bekostiging.case.tables import History

MARK = {"source": "test", "status": "own_data"}


def _counted(
    area: str, form: str, counts: dict[int, float], definition: str = "persons_in_year"
) -> tuple[History, ...]:
    return tuple(
        History.model_validate(
            {"area": area, "care_form": form, "year": year, "definition": definition, "clients": n} | MARK
        )
        for year, n in counts.items()
    )


def _estimate_of(case: Case, history: tuple[History, ...], place: str) -> GrowthEstimate:
    """The estimate of youth care in a place."""
    found = growth_estimates(replace(case, history=history))
    return next(one for one in found if (one.place, one.law) == (place, "jeugdwet"))


def test_a_law_leans_on_the_national_series_of_its_own(small_case: Case) -> None:
    """Youth care of the nation grows 6 % a year and its Wmo shrinks 2 %; without youth care the published 2.52 %."""
    youth = _counted("NL", "jeugdwet", {2020 + k: 1e5 * math.exp(0.06 * k) for k in range(4)})
    wmo = _counted("NL", "wmo", {2020 + k: 1e6 * math.exp(-0.02 * k) for k in range(4)})
    published = mean_growth(NATIONAL_GROWTH)
    for history, youth_grows, wmo_grows in (
        ((*youth, *wmo), 0.06, -0.02),
        (youth, 0.06, 0.06),
        (wmo, published, -0.02),
        ((*youth, *_counted("NL", small_case.care_forms[0].id, {2020: 9.0, 2021: 90.0, 2022: 9.0})), 0.06, 0.06),
    ):
        found = {one.law: one.nation for one in growth_estimates(replace(small_case, history=history))}
        assert found == pytest.approx({"jeugdwet": youth_grows, "wmo": wmo_grows})


def test_the_error_of_an_own_growth_by_hand() -> None:
    """Three years, growth 2 % and 6 %: mean 4 %; variances 0.0008 (own, 1 degree) and that of the nation (2), phi 1."""
    series = Series(
        "a",
        "jeugdwet",
        "persons_in_year",
        (2020, 2021, 2022),
        (1000.0, 1000 * math.exp(0.02), 1000 * math.exp(0.08)),
    )
    logs, years = [math.log(1.06), math.log(469 / 443), math.log(474 / 469)], [1, 3, 1]
    mean = sum(logs) / 5
    national = sum((x - mean * d) ** 2 / d for x, d in zip(logs, years, strict=True)) / 2
    assert mean_growth(NATIONAL_GROWTH) == pytest.approx(mean)
    first, middle, last = 1 / 1000, 1 / (1000 * math.exp(0.02)), 1 / (1000 * math.exp(0.08))
    noise = (first + 2 * middle + last) / 2 + math.sqrt((first + middle) * (middle + last)) / 2
    own = 0.0008 - noise  # of (0.06 - 0.02) / sqrt(2), whose variance is that of the innovation and the noise
    freedom = (national / (national + noise)) ** 2
    pooled = max((freedom * own + 2 * national) / (freedom + 2), 0.0)
    error = math.sqrt(2 * pooled + first + last) / 2
    nation = innovation(NATIONAL_GROWTH, 1.0)
    assert own_growth(series, nation, 1.0, 1.0) == (pytest.approx(0.04), pytest.approx(error))


def test_who_is_counted_in_both_years_adds_nothing_to_the_error_of_a_growth() -> None:
    """No innovations at all: the error is that of counting 100 and 100 two years later, of whom a quarter is the same."""
    series = Series("a", "jeugdwet", "persons_in_year", (2020, 2021, 2022), (100.0, 100.0, 100.0))
    response = np.array([0.5, 0.25, 0.25])
    _, error = own_growth(series, Innovation(0.0, 1e9), 0.7, 1.0, response)
    assert error == pytest.approx(math.sqrt((1 / 100 + 1 / 100) * (1 - 0.25)) / 2)


def test_a_place_without_starts_has_the_growth_of_its_clients(small_case: Case) -> None:
    rows = tuple(row.model_copy(update={"starts_per_year": 0.0, "growth": 0.05}) for row in small_case.demand)
    areas = tuple(area.model_copy(update={"growth_0_17": 0.0, "growth_18_64": 0.0, "growth_65_plus": 0.0})
                  for area in small_case.areas)  # fmt: skip
    found = growth_used(replace(small_case, demand=rows, areas=areas))
    assert [mean for mean, _ in found.values()] == pytest.approx([0.05] * len(found))


def test_the_autocorrelation_is_that_of_the_inflow_of_a_municipality(small_case: Case) -> None:
    """Whatever that of other factors is."""
    history = _counted(
        small_case.municipalities[0].code, "jeugdwet", {2020 + k: 1000.0 * 1.05**k for k in range(4)}
    )
    case = replace(small_case, history=history)
    other = tuple(
        row if row.level == "municipality" else row.model_copy(update={"autocorrelation": 0.99})
        for row in case.risk_factors
    )
    assert growth_estimates(replace(case, risk_factors=other)) == growth_estimates(case)


def test_a_place_without_years_has_the_nations_growth(small_case: Case) -> None:
    place = small_case.municipalities[0].code
    found = _estimate_of(small_case, (), place)
    assert (found.mean, found.standard_error) == (mean_growth(NATIONAL_GROWTH), TAU)
    assert found.own is None
    two_years = _estimate_of(small_case, _counted(place, "jeugdwet", {2021: 100, 2022: 150}), place)
    assert (two_years.mean, two_years.years) == (found.mean, (2021, 2022))


def test_growth_lies_between_own_and_nation_and_nearer_to_the_surer(small_case: Case) -> None:
    place = small_case.municipalities[0].code
    errors, weights = [], []
    for n_years in (3, 8, 30):
        counts = {2022 - k: 50_000 * math.exp(-0.08 * k) for k in reversed(range(n_years))}
        found = _estimate_of(small_case, _counted(place, "jeugdwet", counts), place)
        assert found.own == pytest.approx(0.08)
        assert found.nation < found.mean < found.own
        assert (found.mean, found.standard_error) == posterior(found.own, found.own_error or 0.0, found.nation)
        errors.append(found.standard_error)
        weights.append((found.mean - found.nation) / (found.own - found.nation))
    assert errors == sorted(errors, reverse=True)
    assert weights == sorted(weights)
    assert max(errors) < TAU


def test_years_after_until_are_not_known(small_case: Case) -> None:
    place = small_case.municipalities[0].code
    history = _counted(place, "jeugdwet", {2018: 1000, 2019: 1020, 2020: 1040, 2021: 4000})
    known = replace(small_case, history=history, known_until=2020)
    assert growth_estimates(known) == growth_estimates(replace(known, known_until=None), until=2020)
    assert _estimate_of(small_case, history[:3], place).own == growth_estimates(known)[0].own


def test_care_forms_are_added_in_the_years_that_all_have(small_case: Case) -> None:
    place = small_case.municipalities[0].code
    first, second = [form.id for form in small_case.care_forms if form.law == "jeugdwet"][:2]
    rows = (
        *_counted(place, first, {2019: 10, 2020: 20, 2021: 30}),
        *_counted(place, second, {2020: 1, 2021: 2, 2022: 3}),
    )
    (one,) = law_totals(replace(small_case, history=rows))
    assert (one.years, one.counts) == ((2020, 2021), (21.0, 32.0))
    mixed = (*rows[:3], *_counted(place, second, {2020: 1, 2021: 2, 2022: 3}, "stock_at_date"))
    assert law_totals(replace(small_case, history=mixed)) == ()
    total = _counted(place, "jeugdwet", {2019: 500, 2020: 510, 2021: 520})
    (one,) = law_totals(replace(small_case, history=(*rows, *total)))
    assert one.counts == (500.0, 510.0, 520.0)


def test_the_growth_that_history_gave_is_said(small_case: Case) -> None:
    """By hand: growth 2 % beyond a demography of 1 % is 3.02 %; stated growth is not in this note."""
    area = tuple(
        row.model_copy(update={"growth_0_17": 0.01, "growth_18_64": 0.01, "growth_65_plus": 0.01})
        for row in small_case.areas
    )
    demand = tuple(
        row.model_copy(update={"growth": 0.02, "growth_standard_error": 0.013}) for row in small_case.demand
    )
    case = replace(small_case, areas=area, demand=demand)
    assert all(one == (pytest.approx(0.0302), pytest.approx(0.013)) for one in growth_used(case).values())
    (note,) = growth_notes(case)
    assert "Jeugdwet 3,0 ± 1,3 %" in note["nl"]
    assert "Youth Act 3.0 ± 1.3 %" in note["en"]
    assert "verschillen ook daarin" in note["nl"]
    assert growth_notes(small_case) == ()


def test_an_area_with_the_name_of_its_municipality_is_added_to_the_others(small_case: Case) -> None:
    """By hand: 100 in the area that has the name, 50 in the other; the municipality has 150, not 100."""
    code = small_case.municipalities[0].code
    areas = tuple(
        small_case.areas[0].model_copy(update={"id": name, "municipality": code}) for name in (code, "other")
    )
    rows = (
        *_counted(code, "jeugdwet", {2020: 100, 2021: 110, 2022: 120}),
        *_counted("other", "jeugdwet", {2020: 50, 2021: 55, 2022: 60}),
    )
    (one,) = law_totals(replace(small_case, areas=areas, history=rows))
    assert one.counts == (150.0, 165.0, 180.0)
