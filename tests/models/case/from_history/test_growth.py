"""Clients of a law grow as estimated, demography included, and counts of an older year grow with them."""

from __future__ import annotations

import pytest
from history_start import FORM, OTHER, caseloads, estimated, row, start

from bekostiging.case.from_history.growth import law_growths, yearly
from bekostiging.case.growth import law_totals

WMO = [row("city", care_form=OTHER, clients=80, starts=40)]
CITY = [
    row("city", year, clients=clients, starts=300)
    for year, clients in zip(range(2021, 2025), (350, 360, 380, 400), strict=True)
]


def test_clients_of_a_law_grow_as_estimated() -> None:
    """Areas of the city grow by themselves; together its clients grow by the estimate."""
    case = estimated(start([*CITY, row("village", clients=10, starts=5), *WMO]))
    grow = {area.id: 0.01 for area in case.areas} | {"south": 0.04}
    tables = start([*CITY, row("village", clients=10, starts=5), *WMO])
    tables["areas"] = tuple(one.model_copy(update={"growth_0_17": grow[one.id]}) for one in tables["areas"])
    case = estimated(tables)
    rows = [one for one in case.demand if one.care_form == FORM and one.area in ("north", "south")]
    now = sum(one.clients_at_start for one in rows)
    then = sum(one.clients_at_start * (1 + one.growth) * (1 + grow[one.area]) for one in rows)
    estimate = yearly(law_growths(case)["city", "jeugdwet"])
    assert then / now - 1 == pytest.approx(estimate, abs=1e-4)
    assert estimate > 0
    assert "groei jeugdwet city" in rows[0].source


def test_an_older_count_is_brought_to_the_base_year_and_said() -> None:
    case = estimated(start([*CITY, row("village", 2021, clients=100, starts=50), *WMO]))
    growth = yearly(law_growths(case)["village", "jeugdwet"])
    assert caseloads(case)["village"] == pytest.approx((100 * (1 + growth) ** 3, 50 * (1 + growth) ** 3), abs=0.01)
    (village,) = (one for one in case.demand if one.area == "village")
    assert village.source.startswith("historie 2021 (stand op een datum), naar 2024 gebracht met ")
    (told,) = (note["en"] for note in case.notes if "brought to 2024" in note["en"])
    assert f"village / youth_guidance (2021: 100 -> {100 * (1 + growth) ** 3:.0f})" in told


def test_a_care_form_that_ended_still_counts_in_the_growth_of_its_law() -> None:
    """100 + 100, 130 + 50, 160 + 0: what moved from one form to another is no growth."""
    counts = {FORM: (100, 130, 160), "youth_mental_care": (100, 50, 0)}
    history = [
        row("city", 2022 + n, form, clients=count) for form, own in counts.items() for n, count in enumerate(own)
    ]
    case = estimated(start([*history, row("village", clients=10), *WMO]))
    (total,) = (one for one in law_totals(case) if (one.place, one.care_form) == ("city", "jeugdwet"))
    assert total.counts == (200, 180, 160)


@pytest.mark.parametrize(("south", "counts"), [([], (300, 310, 320)), ([40, 50, 60], (340, 360, 380))])
def test_the_growth_of_a_municipality_is_not_that_of_an_area_with_its_name(
    south: list[int], counts: tuple[int, ...]
) -> None:
    areas = (("city", "city", 6000), ("south", "city", 2000), ("village", "village", 1000))
    history = [row("city", 2022 + n, clients=300 + 10 * n) for n in range(3)]
    history += [row("south", 2022 + n, clients=count) for n, count in enumerate(south)]
    case = estimated(start([*history, row("village", clients=10), *WMO], areas=areas))
    (total,) = (one for one in law_totals(case) if (one.place, one.care_form) == ("city", "jeugdwet"))
    assert total.counts == counts
