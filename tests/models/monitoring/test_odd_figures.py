"""Figures as nobody hopes for them: a right answer, or one sentence."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from bekostiging.actuals import YearFigures
from bekostiging.case import Case, UserError, synthetic_region
from bekostiging.case.year_tables import Actual
from bekostiging.monitoring import drawn_months
from bekostiging.studies import ContractYear, monitor


@cache
def case() -> Case:
    return synthetic_region(municipalities=1, providers=6)


@cache
def drawn() -> tuple[Actual, ...]:
    return drawn_months(case(), 1, 6).figures.actuals


def followed(rows: tuple[Actual, ...]) -> ContractYear:
    return monitor(case(), YearFigures(actuals=rows), f"{case().first_year}-06", n_scenarios=32)


def edited(change: Callable[[Actual], Actual | None]) -> tuple[Actual, ...]:
    return tuple(one for row in drawn() if (one := change(row)) is not None)


def first_month(row: Actual) -> Actual | None:
    return row if row.month.endswith("-01") else None


def without_starts(row: Actual) -> Actual:
    return row.model_copy(update={"starts": 0.0})


def nothing_claimed(row: Actual) -> Actual:
    return row.model_copy(update={"units": 0.0, "euros": 0.0})


def without_euros(row: Actual) -> Actual:
    return row.model_copy(update={"euros": 0.0})


@pytest.mark.parametrize("change", [first_month, without_starts, nothing_claimed, without_euros])
@pytest.mark.filterwarnings("error")
def test_what_is_thin_gives_numbers(change: Callable[[Actual], Actual | None]) -> None:
    """Finite, in order and not far from what the case expects: starts alone were taken away, or claims, or euros."""
    year = followed(edited(change))
    frame = year.to_frame()
    assert np.isfinite(frame.select_dtypes("number").to_numpy()).all()
    assert (frame.low_80 <= frame.high_80).all()
    assert year.total.mean() == pytest.approx(year.municipal(year.expected).sum(axis=1).mean(), rel=0.15)


def test_a_provider_that_closed_brings_its_year_down() -> None:
    """From April on nobody is in care and nothing is claimed: the forecast is below half of what the tender expected."""
    own = case().contracts[0].provider

    def closed(row: Actual) -> Actual:
        late = row.provider == own and row.month > f"{case().first_year}-03"
        empty = {"starts": 0.0, "units": 0.0, "euros": 0.0, "caseload": None if row.caseload is None else 0.0}
        return row.model_copy(update=empty) if late else row

    rows = edited(closed)
    frame = followed(rows).to_frame()
    ratio = frame.expected / frame.tender
    # who starts later still counts: a case does not know of the closure
    assert ratio[0] < 0.75 * ratio[1:].mean()


def test_a_month_in_which_nothing_was_claimed_is_late_and_not_zero() -> None:
    """All claims come in the month itself, and one contract has sent none of the last: estimated, said, and hardly lower."""
    units: dict[tuple[str, ...], tuple[float, float]] = {}
    for row in drawn_months(case(), 1, 12).figures.actuals:
        key = (row.month, row.provider, row.lot, row.care_form, row.area)
        before = units.get(key, (0.0, 0.0))
        units[key] = before[0] + row.units, before[1] + row.euros
    rows, last, silent = [], f"{case().first_year}-06", case().contracts[0]
    for row in drawn():
        if row.month != row.received:
            continue
        own = units[row.month, row.provider, row.lot, row.care_form, row.area]
        rows.append(row.model_copy(update={"units": own[0], "euros": own[1]}))
    late = [
        row.model_copy(update={"units": 0.0, "euros": 0.0})
        if (row.provider, row.lot, row.month) == (silent.provider, silent.lot, last)
        else row
        for row in rows
    ]
    whole, without = followed(tuple(rows)), followed(tuple(late))
    assert without.to_frame().expected[0] == pytest.approx(whole.to_frame().expected[0], rel=0.05)
    said = [note["nl"] for note in without.notes if "nog niets gedeclareerd" in note["nl"]]
    assert len(said) == 1
    assert silent.provider in said[0]
    assert not any("nog niets gedeclareerd" in note["nl"] for note in whole.notes)


@pytest.mark.parametrize(
    ("rows", "nl"),
    [
        (lambda: (*drawn(), drawn()[0]), "staat er twee keer; voeg de rijen samen"),
        (lambda: edited(lambda row: row.model_copy(update={"units": float("nan")})), "is geen getal of negatief"),
        (lambda: edited(lambda row: row.model_copy(update={"stops": -1.0})), "is geen getal of negatief"),
        (lambda: edited(lambda row: row.model_copy(update={"starts": 1e5})), "25200000 starts, waar de casus er 880"),
        (
            lambda: edited(lambda row: row.model_copy(update={"caseload": 4e5})),
            "cliënten in zorg bij het begin, waar de casus er",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_gives_one_sentence(rows: Callable[[], tuple[Actual, ...]], nl: str) -> None:
    with pytest.raises(UserError) as error:
        followed(rows())
    assert nl in error.value.text("nl")
