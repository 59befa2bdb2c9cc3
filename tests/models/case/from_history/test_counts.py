"""Clients of the base year from what history counts: zero is zero, nobody twice; expected numbers by hand."""

from __future__ import annotations

import pytest
from history_start import FORM, OTHER, caseloads, estimated, example, row, start
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.case import CaseError
from bekostiging.case.tables import History, Merger

WMO = [row("city", care_form=OTHER, clients=80, starts=40), row("village", care_form=OTHER, clients=8, starts=4)]
VILLAGE = [row("village", clients=10, starts=5)]
FOLLOWS = [row("city", clients=400, starts=300), *VILLAGE, *WMO]
PERSONS = example().trajectories_of("youth_guidance")


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        # one count of the city, divided by inhabitants: three to one
        ([row("city", clients=400, starts=300)], {"north": (300, 225), "south": (100, 75)}),
        # areas that are counted by themselves, and never their municipality on top
        ([row("north", clients=250, starts=200), row("south", clients=90, starts=80)],
         {"north": (250, 200), "south": (90, 80)}),
        ([row("city", clients=400, starts=300), row("north", clients=250, starts=200), row("south", clients=90, starts=80)],
         {"north": (250, 200), "south": (90, 80)}),
        # one area by itself: the other is what is left of the municipality
        ([row("city", clients=400, starts=300), row("north", clients=250, starts=200)],
         {"north": (250, 200), "south": (150, 100)}),
        # a total of the law, and of the nation, are no clients of the care form
        ([row("city", clients=400, starts=300), row("city", care_form="jeugdwet", clients=9000),
          row("NL", clients=9e5, starts=9e5)], {"north": (300, 225), "south": (100, 75)}),
        # persons and trajectories in a year are no stock: who was there at its start and who started
        ([row("city", definition="trajectories", clients=700, starts=300)], {"north": (300, 225), "south": (100, 75)}),
        ([row("city", definition="persons_in_year", clients=500, starts=300)],
         {"north": (0.75 * (500 * PERSONS - 300), 225), "south": (0.25 * (500 * PERSONS - 300), 75)}),
        # counted in two ways in one year: the stock, once; what one row does not say the other may
        ([row("city", definition="persons_in_year", clients=650, starts=300), row("city", clients=400)],
         {"north": (300, 225), "south": (100, 75)}),
        # zero starts is no start, not an unknown number
        ([row("city", clients=400, starts=0)], {"north": (300, 0), "south": (100, 0)}),
        # nobody is there yet, some start
        ([row("city", clients=0, starts=40)], {"north": (0, 30), "south": (0, 10)}),
        # nobody is left, in an area or at all
        ([row("north", clients=250, starts=200), row("south", clients=0, starts=0)], {"north": (250, 200)}),
        ([row("city", 2023, clients=400, starts=300), row("city", clients=0)], {}),
        # clients without a single unit are paid nothing
        ([row("city", clients=400, starts=300, units=0)], {}),
        # a row of euros counts nobody
        ([row("city", clients=400, starts=300), row("city", definition="euro", clients=7, euro_realised=1e6)],
         {"north": (300, 225), "south": (100, 75)}),
    ],
)  # fmt: skip
def test_caseload_of_the_base_year(history: list[History], expected: dict[str, tuple[float, float]]) -> None:
    found = caseloads(estimated(start([*history, *VILLAGE, *WMO])))
    assert found.pop("village") == (10, 5)
    assert found == {area: pytest.approx(counts) for area, counts in expected.items()}


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        # alone, a row of that name is the whole municipality
        ([], {"city": (300, 225), "south": (100, 75)}),
        # beside another area of it, it is the area
        ([row("south", clients=90, starts=80)], {"city": (400, 300), "south": (90, 80)}),
    ],
)
def test_an_area_with_the_name_of_its_municipality_is_not_both(
    extra: list[History], expected: dict[str, tuple[float, float]]
) -> None:
    areas = (("city", "city", 6000), ("south", "city", 2000), ("village", "village", 1000))
    found = caseloads(estimated(start([*FOLLOWS, *extra], areas=areas)))
    assert found == expected | {"village": (10, 5)}


@pytest.mark.parametrize("other", [False, True])
def test_a_count_that_is_read_as_the_area_alone_is_said(other: bool) -> None:
    areas = (("city", "city", 6000), ("south", "city", 2000), ("village", "village", 1000))
    history = [*FOLLOWS, row("south", clients=90, starts=80)] if other else FOLLOWS
    said = [note["nl"] for note in estimated(start(history, areas=areas)).notes if "heten hetzelfde" in note["nl"]]
    assert [": city / youth_guidance;" in note for note in said] == [True] * other


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        ([row("city", clients=0), *VILLAGE], "0 clients in the last count, so no demand: city / youth_guidance (2024)."),
        ([row("city", clients=9, units=0), *VILLAGE],
         "clients but 0 units, so no demand: city / youth_guidance (2024: 9); leave units empty where they are not known."),
        ([row("city", clients=9, starts=0), *VILLAGE],
         "clients but 0 starts, so nobody comes in and their number falls: city / youth_guidance (2024: 9); leave starts "
         "empty where they are not known."),
        (VILLAGE, "no count, so no demand was assumed: city / youth_guidance; fill in clients (0 where there is nobody)."),
        ([row("north", clients=9), *VILLAGE],
         "no count, so no demand was assumed: south / youth_guidance; fill in clients (0 where there is nobody)."),
        ([row("city", clients=9, starts=9), row("north", clients=20, starts=9), *VILLAGE],
         "the areas count more than their municipality; the areas were taken: city / youth_guidance."),
    ],
)  # fmt: skip
def test_what_is_left_out_is_said(history: list[History], sentence: str) -> None:
    notes = estimated(start([*history, *WMO])).notes
    assert f"history: {sentence}" in [note["en"] for note in notes]


def test_a_care_form_that_ended_takes_its_contracts_along() -> None:
    """The lot of a care form without clients would have nothing to pay; it is named."""
    ended = [row("city", 2023, OTHER, clients=80), row("city", care_form=OTHER, clients=0)]
    case = estimated(start([row("city", clients=400, starts=300), *VILLAGE, *ended]))
    assert [lot.id for lot in case.lots] == [FORM]
    assert {one.lot for one in case.contracts} == {FORM}
    assert {one.id for one in case.providers} == {"one", "two"}
    (told,) = (note["en"] for note in case.notes if "contracts" in note["en"])
    assert told.endswith("no clients left: wmo_guidance.")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"areas": start([], areas=(("north", "city", 6), ("village", "city", 2), ("dorp", "village", 1)))["areas"]},
         "area village lies in city and has the name of another municipality"),
        ({"begroting": ()}, "table begroting: this table is empty; fill in every contract year"),
        ({"history": (row("city"),)}, "table history, column clients: no count at all; fill in clients"),
        ({"history": (row("city", 2017, clients=9),)}, "the last count is of 2017 and the first year of begroting is 2026"),
        ({"history": (row("city", 2027, clients=9),)}, "the last count is of 2027 and the first year of begroting is 2026"),
        ({"history": (*FOLLOWS[:2], row("city", care_form=OTHER, euro_realised=9))},
         "care form wmo_guidance has a contract and no count at all; fill in clients"),
        ({"history": (row("city", clients=0), row("city", care_form=OTHER, clients=0))}, "no lot has clients left"),
        ({"history": (row("city", care_form="wmo", clients=9),)}, "no care form at all (only totals of a law)"),
    ],
)  # fmt: skip
def test_what_cannot_be_estimated_from(change: dict[str, tuple[History, ...]], sentence: str) -> None:
    with pytest.raises(CaseError) as caught:
        estimated(start(FOLLOWS) | change)
    assert sentence in caught.value.text("en")


def test_rates_come_from_the_last_year_that_has_them() -> None:
    """Duration and units of 2023, stock of 2024: 360 / 270 of a year, 360 clients with 1.5 hours in 365 / 7 weeks."""
    before = row("city", 2023, clients=360, starts=270, units=360 * 1.5 * 365 / 7)
    case = estimated(start([before, row("city", clients=400), *VILLAGE, *WMO]))
    north = next(one for one in case.demand if (one.area, one.care_form) == ("north", FORM))
    assert (north.clients_at_start, north.starts_per_year) == (300, 225)
    assert north.mean_duration_weeks == pytest.approx(360 / 270 * 365 / 7, abs=0.05)
    assert north.units_per_week == 1.5
    assert north.status == "estimated"


COUNTED = [
    *(row(place, year, form, clients=10.0 * n + year - 2000, starts=5.0 * n, units=900.0 * n, euro_realised=7e4 * n)
      for n, (place, form) in enumerate(
          [("north", FORM), ("city", FORM), ("village", FORM), ("city", OTHER), ("village", OTHER)], start=2)
      for year in (2021, 2022, 2023, 2024) if (place, year) != ("village", 2024)),
    row("city", 2024, definition="persons_in_year", clients=99.0),
    *(row("city", year, "jeugdwet", definition="persons_in_year", clients=100.0 + year) for year in (2021, 2022, 2023)),
]  # fmt: skip


@given(order=st.permutations(COUNTED))
def test_the_order_of_rows_means_nothing(order: list[History]) -> None:
    one, other = estimated(start(COUNTED)), estimated(start(order))
    for table in ("demand", "offers", "providers", "lots", "indices", "risk_factors"):
        assert [r.model_dump() for r in getattr(one, table)] == [r.model_dump() for r in getattr(other, table)]
    assert one.notes == other.notes


@given(factor=st.floats(0.01, 100), zeros=st.sets(st.sampled_from(["north", "south", "city", "village"])))
def test_euros_scale_and_zero_rows_of_another_care_form_add_nothing(factor: float, zeros: set[str]) -> None:
    plain = estimated(start(COUNTED))
    history = [
        one.model_copy(update={"euro_realised": factor * one.euro_realised}) if one.euro_realised else one
        for one in COUNTED
    ]
    history += [
        row(place, care_form="household_help", clients=0, starts=0, units=0, euro_realised=0) for place in zeros
    ]
    scaled = estimated(start(history))
    assert [one.model_dump() for one in scaled.demand] == [one.model_dump() for one in plain.demand]
    tariffs = [(old.tariff, new.tariff) for old, new in zip(plain.offers, scaled.offers, strict=True)]
    assert all(new == pytest.approx(factor * old, abs=0.005 * (1 + factor)) for old, new in tariffs)


@given(parts=st.lists(st.integers(0, 5), min_size=len(COUNTED), max_size=len(COUNTED)))
def test_a_municipality_counted_as_the_two_it_was_made_of(parts: list[int]) -> None:
    """Half of the village was a hamlet until 2023, in whatever parts: the case is the same."""
    history: list[History] = []
    for part, one in zip(parts, COUNTED, strict=True):
        if one.area == "village" and one.year < 2023:
            hamlet = {
                c: part * v / 5 for c in ("clients", "starts", "units", "euro_realised") if (v := getattr(one, c))
            }
            rest = {column: getattr(one, column) - value for column, value in hamlet.items()}
            history += [one.model_copy(update=rest), one.model_copy(update={"area": "hamlet", **hamlet})]
        else:
            history.append(one)
    merger = Merger(origin="hamlet", destination="village", year=2023, source="CBS", status="published")
    merged, plain = estimated(start(history, mergers=(merger,))), estimated(start(COUNTED))
    for table in ("demand", "offers", "providers"):
        assert [r.model_dump() for r in getattr(merged, table)] == [r.model_dump() for r in getattr(plain, table)]
