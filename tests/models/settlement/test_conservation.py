"""Whatever was booked, struck off and agreed: nothing appears or disappears between parties, lines and years."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.year_tables import YEAR_TABLES
from bekostiging.settlement import YearSettlement, example_case, example_figures, settle_year

TODAY = date(2028, 4, 14)
CASE = example_case()
FIGURES = example_figures()
PROVIDERS = ("aanbieder-1", "aanbieder-4")
CODES = ("", *(row.code for row in CASE.municipalities))
MARK = {
    "source": "t",
    "status": "illustrative",
    "entered_by": "t",
    "entered_on": "2028-01-01",
    "lot": "youth",
    "year": 2027,
}
cents = st.integers(-(10**9), 10**9).map(lambda whole: whole / 100)


def _row(table: str, **values: Any) -> Any:
    names = YEAR_TABLES[table].model_fields
    return YEAR_TABLES[table].model_validate(
        {key: value for key, value in (MARK | values).items() if key in names}
    )


bookings = st.lists(
    st.builds(
        lambda provider, kind, day, municipality, euros: _row(
            "bookings",
            provider=provider,
            booking=kind,
            paid_on=f"2027-03-{day:02d}",
            municipality=municipality,
            euros=euros,
        ),
        st.sampled_from(PROVIDERS),
        st.sampled_from(("advance", "claims_paid", "to_be_paid", "earlier_year", "interest")),
        st.integers(1, 28),
        st.sampled_from(CODES),
        cents,
    ),
    max_size=8,
)
deductions = st.lists(
    st.builds(
        lambda provider, reason, euros, disputed: _row(
            "deductions",
            provider=provider,
            reason=reason,
            finding="error",
            euros=round(euros, 2),
            disputed=disputed,
        ),
        st.sampled_from(PROVIDERS),
        st.sampled_from(("not_shown", "double", "price")),
        st.floats(0, 4e5),
        st.booleans(),
    ),
    max_size=4,
)
shares = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(
    lambda two: (two[0] / 100, two[1] / 100, (100 - sum(two)) / 100)
)


def _settled(figures: YearFigures, case: Case = CASE) -> YearSettlement:
    return settle_year(case, figures, 2027, "voorlopig", today=TODAY)


@given(booked=bookings, struck=deductions, key=shares)
@settings(max_examples=60, deadline=None)
def test_all_parties_hold_the_same_cents(booked: list[Any], struck: list[Any], key: tuple[float, ...]) -> None:
    """Every total is the sum of its lines, every line of its municipalities, and what is to be paid adds up."""
    keys = tuple(row.model_copy(update={"share": share}) for row, share in zip(FIGURES.keys, key, strict=True))
    settled = _settled(replace(FIGURES, bookings=tuple(booked), deductions=tuple(struck), keys=keys))
    for one in settled.contracts:
        lines = {line.key: line.cents for line in one.lines}
        assert one.to_pay == one.balance + one.earlier
        assert lines["balance"] == lines["determined"] + lines.get("advance", 0) + lines.get("claims_paid", 0)
        assert sum(part.determined for part in one.parts) == one.determined
        assert sum(part.to_pay for part in one.parts) == one.to_pay
        for part in one.parts:
            assert sum(part.taakvelden.values()) == part.determined
        own = [row for row in booked if row.provider == one.provider]
        paid = sum(round(row.euros * 100) for row in own if row.booking in ("advance", "claims_paid"))
        assert sum(part.paid for part in one.parts) == paid
        if one.difference is not None:
            assert sum(sum(part.differences.values()) for part in one.parts) == one.difference
    assert sum(one.cents("provider_pool") for one in settled.contracts) == 0


@given(euros=st.floats(1, 2e5), share=st.sampled_from((0.0, 0.25, 0.5, 1.0)))
@settings(max_examples=25, deadline=None)
def test_a_disputed_deduction_moves_what_settling_without_it_moves(euros: float, share: float) -> None:
    """What is held is the difference of two settlements, whatever the corridor makes of it."""
    layers = tuple(
        row.model_copy(update={"share": share if row.layer == "deficit_2" else row.share}) for row in CASE.layers
    )
    case = replace(CASE, layers=layers)
    row = _row(
        "deductions",
        provider="aanbieder-1",
        reason="double",
        finding="error",
        euros=round(euros, 2),
        disputed=True,
    )
    with_it = _settled(replace(FIGURES, deductions=(row,)), case).contracts[0]
    without = _settled(replace(FIGURES, deductions=()), case).contracts[0]
    assert abs(with_it.held - (without.determined - with_it.determined)) <= len(with_it.lines)


def test_a_municipality_that_paid_itself_keeps_its_own_payment() -> None:
    """Of two advances one is the second municipality's own; the other is divided 47.5, 33.2 and 19.3 %."""
    own = [
        _row(
            "bookings",
            provider="aanbieder-1",
            booking="advance",
            paid_on="2027-01-01",
            municipality=code,
            euros=1000.0,
        )
        for code in ("", CODES[2])
    ]
    one = _settled(replace(FIGURES, bookings=tuple(own))).contracts[0]
    assert [part.paid for part in one.parts] == [47_500, 33_200 + 100_000, 19_300]


@pytest.mark.parametrize(("month", "counted"), [("2027-01", 12), ("2027-12", 1), ("2026-11", 12)])
def test_a_letter_counts_its_months_of_the_year(month: str, counted: int) -> None:
    """A yearly 12,000 in prices of 2026 is 1,000 a month, at the index of the year in which it counts."""
    letter = _row(
        "changes",
        provider="aanbieder-1",
        letter="9",
        dated="2026-10-01",
        from_month=month,
        euros=12_000.0,
        price_level=2026,
    )
    one = _settled(replace(FIGURES, changes=(letter,))).contracts[0]
    assert one.cents("letter_1") == round(counted * 1000 * 1.03315 * 100)


def test_nothing_delivered_is_settled_as_nothing() -> None:
    """A statement of zeros pays the budget less what the corridor takes back: half of what lies below 95 %."""
    empty = tuple(row.model_copy(update={"units": 0.0, "crisis_units": 0.0}) for row in FIGURES.statements)
    one = _settled(replace(FIGURES, statements=empty, deductions=())).contracts[0]
    assert one.cents("base") == 0
    assert one.cents("layer_2") == -round(0.5 * 0.95 * 3_392_406.00 * 100)
    assert sum(part.determined for part in one.parts) == one.determined
