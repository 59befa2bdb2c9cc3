"""Counts that should be looked at before growth and spread are believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bekostiging.case import Case
from bekostiging.case.history_notes import history_notes
from bekostiging.case.tables import History

YEARS = (2021, 2022, 2023, 2024)


def _with(case: Case, place: str, *counts: float, error: float = 0.01) -> Case:
    """The case with a series of youth care up to 2024 and an estimated growth."""
    rows = [
        History.model_validate(
            {"area": place, "care_form": "jeugdwet", "year": year, "definition": "persons_in_year", "clients": count,
             "source": "test", "status": "own_data"}
        )
        for year, count in zip(YEARS[-len(counts) :], counts, strict=True)
    ]  # fmt: skip
    demand = tuple(row.model_copy(update={"growth_standard_error": error}) for row in case.demand)
    return replace(case, history=tuple(rows), demand=demand)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((500, 510, 520, 530), ()),
        ((500, 510, 52_000, 530), ("510 (2022), 52000 (2023)", "52000 (2023), 530 (2024)")),
        ((500, 510, 1, 530), ("510 (2022), 1 (2023)",)),
        ((5, 12, 5, 11), ()),  # so few double by chance
        ((500, 2000), ()),  # too short to be estimated from
    ],
)
def test_a_count_that_leaps_is_named(small_case: Case, counts: tuple[float, ...], told: tuple[str, ...]) -> None:
    place = small_case.municipalities[0].code
    notes = [note["nl"] for note in history_notes(_with(small_case, place, *counts)) if "verdubbelt" in note["nl"]]
    assert bool(notes) == bool(told)
    for words in told:
        assert words in notes[0]


def test_a_growth_far_from_the_nations_is_said_with_what_is_taken(small_case: Case) -> None:
    """Thirty percent fewer a year, ten thousand clients: nothing like exp(0.0252) - 1 = 2.6 % more."""
    place = small_case.municipalities[0].code
    case = _with(small_case, place, 10_000, 7000, 4900, 3430)
    (note,) = history_notes(case)
    assert f"de cliënten van {place} (jeugdwet) −30,0 % per jaar en die van het land 2,6 %" in note["nl"]
    assert "-30.0 % a year" in note["en"]
    assert history_notes(_with(small_case, place, 10_000, 7000, 4900, 3430, error=0.0)) == ()
    assert history_notes(_with(small_case, place, 10_000, 10_300, 10_500, 10_900)) == ()


def test_a_short_national_series_is_not_lost_in_silence(small_case: Case) -> None:
    (note,) = history_notes(_with(small_case, "NL", 474_000, 480_000))
    assert "NL / jeugdwet (2023 en 2024) telt niet mee" in note["nl"]
    (zeros,) = history_notes(_with(small_case, "NL", 0, 0, 0, 0))
    assert "NL / jeugdwet (2021, 2022, 2023 and 2024) does not count" in zeros["en"]
    (single,) = history_notes(_with(small_case, "NL", 480_000))
    assert "NL / jeugdwet (2024) telt niet mee" in single["nl"]
    assert history_notes(_with(small_case, "NL", 469_000, 474_000, 480_000)) == ()
