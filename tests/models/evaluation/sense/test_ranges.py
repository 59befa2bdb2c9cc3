"""What occurs of rates and amounts: the ends themselves are silent, just beyond them a remark names its table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from by_hand import MARK, case_on_paper, sound, with_policy

from bekostiging.case import Case
from bekostiging.case.tables import Alternative, Substitution, Travel
from bekostiging.evaluation import sense_check
from bekostiging.evaluation.sense.facts import Facts
from bekostiging.evaluation.sense.ranges import RANGES, _hours, _part

OCCURS: tuple[tuple[str, str, float, float], ...] = (
    ("demand", "growth", -0.10, 0.10),
    ("demand", "growth_duration", -0.10, 0.10),
    ("demand", "growth_intensity", -0.10, 0.10),
    ("demand", "growth_standard_error", 0, 0.10),
    ("demand", "crisis_share", 0, 0.6),
    ("demand", "duration_cv", 0, 5),
    ("demand", "units_cv", 0, 5),
    ("demand", "realised_cv", 0, 3),
    ("areas", "growth_0_17", -0.06, 0.06),
    ("areas", "growth_18_64", -0.06, 0.06),
    ("areas", "growth_65_plus", -0.06, 0.06),
    ("offers", "share_drift", -0.25, 0.25),
    ("indices", "ova_forecast", -0.03, 0.12),
    ("indices", "ova_final", -0.03, 0.12),
    ("indices", "ppc_forecast", -0.03, 0.12),
    ("indices", "ppc_final", -0.03, 0.12),
    ("risk_factors", "standard_deviation", 0, 0.5),
    ("providers", "margin", -0.15, 0.15),
    ("administration", "euro_per_hour", 15, 300),
    ("substitution", "euro_per_client", 0, 250_000),
    ("alternatives", "loss_of_fit", 0, 250_000),
    ("travel", "euro_per_client_week", 0, 2_000),
)
"""Growth of 10 % and an index of 12 % a year (docs/sense.md); the reasons of the others stand beside them in the code."""


@pytest.fixture(scope="module")
def paper(small_case: Case) -> Case:
    case = sound(case_on_paper(small_case))
    return replace(
        case,
        substitution=(
            Substitution(origin="wmo_guidance", destination="zvw", share=0.1, euro_per_client=1000.0, first_year=1,
                         years=4, **MARK),
        ),
        alternatives=(
            Alternative(origin="residential", destination="wmo_guidance", share=0.2, loss_of_fit=1000.0, **MARK),
        ),
        travel=(Travel(scale="regional", euro_per_client_week=10.0, **MARK),),
    )  # fmt: skip


def test_every_column_is_here() -> None:
    assert [(one.table, one.column, one.low, one.high) for one in RANGES] == list(OCCURS)


def test_what_is_on_paper_occurs(paper: Case) -> None:
    assert sense_check(paper) == ()


EURO = {
    # a part of what the care costs: 3.5 million times what is beyond
    ("demand", "growth_standard_error"): 3.5e6,
    ("demand", "crisis_share"): 3.5e6,
    ("demand", "duration_cv"): 3.5e6,
    ("demand", "units_cv"): 3.5e6,
    ("demand", "realised_cv"): 3.5e6,
    ("risk_factors", "standard_deviation"): 3.5e6,
    ("providers", "margin"): 3.5e6,
    # a tenth of 300 clients, a fifth of as many in residential care, and 600 clients for a year
    ("substitution", "euro_per_client"): 0.1 * 300,
    ("alternatives", "loss_of_fit"): 0.2 * 300,
    ("travel", "euro_per_client_week"): 600 * 365 / 7,
}
"""Euro per unit beyond what occurs, where expected spending does not tell it; every row has the same figure."""
MOVED = [row for row in OCCURS if row[:2] in EURO]
RATES = [
    row
    for row in OCCURS
    if row[1] in ("growth", "growth_duration", "growth_18_64", "ova_forecast", "ppc_forecast")
]


def _with(case: Case, table: str, column: str, value: float) -> Case:
    """A column of a table the same in every row."""
    rows = tuple(row.model_copy(update={column: value}) for row in getattr(case, table))
    return replace(case, **{table: rows})  # type: ignore[arg-type]


AMOUNTS = {"duration_cv", "units_cv", "realised_cv", "euro_per_hour", "euro_per_client", "loss_of_fit",
           "euro_per_client_week", "waiting_cost"}  # fmt: skip
"""What is no fraction, so that no percentage was meant."""


def _euros_of_remarks(case: Case, table: str, column: str) -> list[float]:
    """Euros of remarks on a number of a table that does not occur, as a percentage or as an amount."""
    kind, other = ("amount", "percent") if column in AMOUNTS else ("percent", "amount")
    remarks = [one for one in sense_check(case) if one.table == table]
    assert other not in {one.kind for one in remarks}
    return [one.euros for one in remarks if one.kind == kind]


@pytest.mark.parametrize(("table", "column", "low", "high"), MOVED)
def test_beyond_the_highest_a_remark_is_worth_what_is_beyond(
    paper: Case, table: str, column: str, low: float, high: float
) -> None:
    assert _euros_of_remarks(_with(paper, table, column, high), table, column) == []
    more = 0.02 * high if high <= 5 else 250.0
    rows = len(getattr(paper, table))
    # a row of demand or a provider has its own part of the care; a swing is of everything, row by row
    each = 1 if table in ("demand", "providers") else rows
    (euros,) = _euros_of_remarks(_with(paper, table, column, high + more), table, column)
    assert euros == pytest.approx(min(each * more * EURO[table, column], 3.5e6), rel=1e-6)
    if low < 0:
        assert len(_euros_of_remarks(_with(paper, table, column, low - more), table, column)) == 1


@pytest.mark.parametrize(("table", "column", "low", "high"), RATES)
def test_beyond_either_end_a_rate_is_asked_about(
    paper: Case, table: str, column: str, low: float, high: float
) -> None:
    """Expected spending tells its euros: what it is at, less what it would be as a percentage."""
    for value, odd in ((low, 1.02 * low), (high, 1.02 * high)):
        assert _euros_of_remarks(_with(paper, table, column, value), table, column) == []
        (euros,) = _euros_of_remarks(_with(paper, table, column, odd), table, column)
        as_percentage = _with(paper, table, column, odd / 100)
        spent = [Facts.of(case).euros.sum() for case in (_with(paper, table, column, odd), as_percentage)]
        assert euros == pytest.approx(abs(spent[0] - spent[1]) / 4)


def test_a_percentage_of_a_percentage_ends_at_what_occurs(paper: Case) -> None:
    """20 is no percentage that occurs either (20 %): growth is taken to be the highest, 10 %."""
    (euros,) = _euros_of_remarks(_with(paper, "demand", "growth", 20.0), "demand", "growth")
    spent = [Facts.of(_with(paper, "demand", "growth", value)).euros.sum() for value in (20.0, 0.1)]
    assert euros == pytest.approx((spent[0] - spent[1]) / 4)


def test_an_hour_of_administration(paper: Case) -> None:
    """6 euro more for every hour: those of 600 clients and three contracts."""
    (euros,) = _euros_of_remarks(
        _with(paper, "administration", "euro_per_hour", 306.0), "administration", "euro_per_hour"
    )
    hours = sum(600 * row.hours_per_client + 3 * row.hours_per_contract for row in paper.administration)
    assert euros == pytest.approx(6 * hours)
    row, facts = paper.administration[0], Facts.of(paper)
    assert _hours(facts, row, 14.0, 15.0) == pytest.approx(600 * row.hours_per_client + 3 * row.hours_per_contract)


@pytest.mark.parametrize(
    ("name", "high", "part", "occurs"),
    [
        ("discount_rate", 0.10, 0.002, "is 10,2 %; 0 % tot 10 % komt voor."),
        ("cost_of_capital", 0.30, 0.006, "is 30,6 %; 0 % tot 30 % komt voor."),
        ("loading_cap", 0.30, 0.006, "is 30,6 %; 0 % tot 30 % komt voor."),
        ("waiting_cost", 5000.0, 1 - 1 / 1.02, "is 5.100 euro; 0 euro tot 5.000 euro komt voor."),
    ],
)
def test_a_policy_above_what_occurs(paper: Case, name: str, high: float, part: float, occurs: str) -> None:
    """Worth the part of a year's spending that it is too high."""
    rows = tuple(row for row in paper.policy if row.name != name)
    plain = replace(paper, policy=rows)
    assert _euros_of_remarks(with_policy(plain, "case", **{name: str(high)}), "policy", name) == []
    above = with_policy(plain, "case", **{name: str(1.02 * high)})
    (euros,) = _euros_of_remarks(above, "policy", name)
    assert euros == pytest.approx(3.5e6 * part)
    (remark,) = (one for one in sense_check(above) if one.table == "policy")
    assert remark.nl.startswith(f"Tabel policy: {name} {occurs}")


def test_nothing_is_not_asked_about_and_thousands_are(paper: Case) -> None:
    """An hour that costs nothing is no amount; 250 million a client is a thousand times what occurs at most."""
    assert (
        _euros_of_remarks(_with(paper, "administration", "euro_per_hour", 0.0), "administration", "euro_per_hour")
        == []
    )
    (remark,) = sense_check(_with(paper, "alternatives", "loss_of_fit", 250e6))
    assert "is 250 miljoen euro; 0 euro tot 0,25 miljoen euro komt voor. " in remark.nl
    assert "Zijn bedragen in duizenden ingevuld?" in remark.nl


def test_whose_care_a_row_is_about(paper: Case) -> None:
    """A tenth more: of the care of a row of demand, of a provider, of an area, and of everything."""
    facts = Facts.of(paper)
    household = next(row for row in paper.demand if (row.area, row.care_form) == ("gebied-1", "wmo_guidance"))
    second = next(row for row in paper.providers if row.id == "aanbieder-2")
    for row, spent in (
        (household, 400e3),
        (second, 230e3),
        (paper.areas[0], 1.75e6),
        (paper.risk_factors[0], 3.5e6),
    ):
        assert _part(facts, row, 0.6, 0.5) == pytest.approx(0.1 * spent)
        assert _part(facts, row, 0.4, 0.5) == pytest.approx(0.1 * spent)


def test_the_sentence_of_a_rate_and_of_a_spread(paper: Case) -> None:
    """Seven swings of 51.5 %, 1.5 points of 3.5 million each. A spread is no percentage: 7 for 5, at most all of it."""
    (swing,) = sense_check(_with(paper, "risk_factors", "standard_deviation", 0.515))
    assert (swing.nl, swing.en) == (
        "Tabel risk_factors: de schommeling per jaar van national_inflow is 51,5 %; 0 % tot 50 % komt voor. Dat geldt ook "
        "voor municipal_inflow, form_inflow en 4 andere. Is een percentage als getal ingevuld? 1 % is 0,01. Dat scheelt "
        "0,37 miljoen euro per jaar.",
        "Table risk_factors: the swing a year of national_inflow is 51.5 %; 0 % to 50 % occurs. The same goes for "
        "municipal_inflow, form_inflow and 4 others. Is a percentage typed as a number? 1 % is 0.01. That is a difference "
        "of 0.37 million euro a year.",
    )
    rows = tuple(
        row.model_copy(
            update={"units_cv": 7.0} if (row.area, row.care_form) == ("gebied-1", "wmo_guidance") else {}
        )
        for row in paper.demand
    )
    (spread,) = sense_check(replace(paper, demand=rows))
    assert (spread.nl, spread.en) == (
        "Tabel demand: de spreiding van de uren van Begeleiding Wmo (Gemeente 1) is 7; 0 tot 5 komt voor. Klopt dit bedrag? "
        "Dat scheelt 0,40 miljoen euro per jaar.",
        "Table demand: the spread of hours of Guidance under the Wmo (Municipality 1) is 7; 0 to 5 occurs. Is this "
        "amount right? That is a difference of 0.40 million euro a year.",
    )
