"""The margins of docs/sense.md on paper: at the edge nothing is said, just beyond it a remark with its euros and sentence.

The case is that of tests/by_hand.py with nothing odd in it. A year costs 230,000 (A, aanbieder-2), 570,000 (B, aanbieder-5)
and 2,700,000 (residential); each municipality pays half, 400,000 of it for Wmo. The mean contract year is at 1.16025 times
the prices of the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from by_hand import LEVEL, MARK, YEAR, case_on_paper, sound

from bekostiging.case import Case
from bekostiging.case.tables import CostPrice, History, Measure
from bekostiging.evaluation import sense_check
from bekostiging.evaluation.sense.remark import Remark

Row = Any
Change = Callable[[Case], Case]
MEAN_LEVEL = sum(LEVEL) / 4
HOURS = 100 / YEAR
"""Units a week of a client."""
INDEX = 1.029
"""Of 2025 at 0.9 x 3 % + 0.1 x 2 %, between 2024 and the first contract year."""


@pytest.fixture(scope="module")
def paper(small_case: Case) -> Case:
    return sound(case_on_paper(small_case))


def _row(table: str, only: Callable[[Row], bool], **columns: object) -> Change:
    """Rows of a table changed."""

    def change(case: Case) -> Case:
        rows = (row.model_copy(update=columns) if only(row) else row for row in getattr(case, table))
        return replace(case, **{table: tuple(rows)})  # type: ignore[arg-type]

    return change


def _provider(**columns: float) -> Change:
    """Aanbieder 2 on a balance of a million that it turns over, with a tenth of equity and no result."""
    plain = {
        "equity": 1e5,
        "total_assets": 1e6,
        "turnover": 1e6,
        "result_1": 0.0,
        "result_2": 0.0,
        "result_3": 0.0,
    }
    return _row("providers", lambda row: row.id == "aanbieder-2", **(plain | columns))


def _offer(**columns: float) -> Change:
    return _row("offers", lambda row: row.provider == "aanbieder-2", **columns)


def _demand(**columns: float) -> Change:
    """Household help in the first area."""
    return _row("demand", lambda row: (row.area, row.care_form) == ("gebied-1", "wmo_guidance"), **columns)


def _all_hours(units: float) -> Change:
    """Hours of household help in both areas."""
    return _row("demand", lambda row: row.care_form == "wmo_guidance", units_per_week=units)


def _contract(**columns: float) -> Change:
    return _row("contracts", lambda row: row.provider == "aanbieder-2", **columns)


def _municipality(**columns: float) -> Change:
    return _row("municipalities", lambda row: row.code == "gemeente-1", **columns)


def _begroting(**columns: float) -> Change:
    """Wmo of the first municipality in the second year, expected at 440,000."""
    return _row(
        "begroting", lambda row: (row.municipality, row.law, row.year) == ("gemeente-1", "wmo", 2027), **columns
    )


def _history(**columns: object) -> Change:
    plain = {"area": "gemeente-1", "care_form": "wmo", "year": 2024, "definition": "euro", **MARK}
    return lambda case: replace(case, history=(History.model_validate(plain | columns),))


def _counted(definition: str = "stock_at_date", **columns: float) -> Change:
    return _history(area="gebied-1", care_form="wmo_guidance", definition=definition, **columns)


def _built(euro: float) -> Change:
    row = CostPrice.model_validate(
        {"care_form": "wmo_guidance", "element": "wages", "euro_per_unit": euro, **MARK}
    )
    return lambda case: replace(case, cost_price=(row,))


def _measure(**columns: float) -> Change:
    plain = {
        "id": "m", "name": "Sluis", "care_form": "wmo_guidance", "channel": "all", "quantity": "inflow", "effect": -0.1,
        "chance": 0.5, "first_year": 1, "years": 4, "cost": 0.0, "booked_saving": 0.0, **MARK,
    }  # fmt: skip
    return lambda case: replace(case, measures=(Measure.model_validate(plain | columns),))


PEOPLE = 9485 + 29953 + 10484
"""Inhabitants of the first municipality."""
EDGES: dict[str, tuple[str, Change, Change, float]] = {
    "equity, little": ("solvency", _provider(equity=5000.0), _provider(equity=4990.0), 5000.0),
    "equity, nothing else": ("solvency", _provider(equity=950e3), _provider(equity=951e3), 230e3),
    "equity, all lost": ("solvency", _provider(equity=-1e6), _provider(equity=-1.001e6), 5000.0),
    "turnover, little": ("turnover", _provider(turnover=200e3), _provider(turnover=199e3), 199e3),
    "turnover, much": ("turnover", _provider(turnover=20e6), _provider(turnover=20.1e6), 230e3),
    "profit": ("result", _provider(result_1=300e3), _provider(result_1=301e3), 230e3),
    "loss": (
        "result",
        _provider(turnover=5e5, result_3=-150e3),
        _provider(turnover=5e5, result_2=1e3, result_3=-151e3),
        151e3,
    ),
    "turnover here, little": (
        "regional_turnover",
        _provider(region_turnover_share=0.0575),
        _provider(region_turnover_share=0.057),
        230e3 - 57e3,
    ),
    "turnover here, much": (
        "regional_turnover",
        _provider(region_turnover_share=0.92),
        _provider(region_turnover_share=0.93),
        230e3,
    ),
    "reserve": ("reserve", _municipality(reserve=3.5e6), _municipality(reserve=3.51e6), 1.75e6),
    "gemeentefonds": (
        "gemeentefonds",
        _municipality(gemeentefonds=10_000.0 * PEOPLE),
        _municipality(gemeentefonds=10_001.0 * PEOPLE),
        1.75e6,
    ),
    "cover": ("cover", _begroting(structural_cover=1.75e6), _begroting(structural_cover=1.751e6), 1.75e6),
    "addition": ("cover", _begroting(reserve_addition=-1.75e6), _begroting(reserve_addition=-1.751e6), 1.75e6),
    "measure that costs": ("measure", _measure(cost=8e5), _measure(cost=9e5), 1e5),
    "measure that saves": ("measure", _measure(booked_saving=8e5), _measure(cost=1.0, booked_saving=9.1e5), 1.1e5),
    # the middle of 64, 76, 76 and the tariff is 76
    "tariff, high": (
        "tariff", _offer(tariff=152.0), _offer(tariff=153.0), 2500 * (153 - 76) * MEAN_LEVEL,
    ),
    "tariff, low": (
        "tariff", _offer(tariff=35.0), _offer(tariff=34.0), 2500 * (70 - 34) * MEAN_LEVEL,
    ),
    "unit cost, low": ("unit_cost", _offer(unit_cost=46.0), _offer(unit_cost=45.9), 230e3 * (1 - 45.9 / 92)),
    "unit cost, high": ("unit_cost", _offer(unit_cost=115.0), _offer(unit_cost=115.1), 230e3 * (115.1 / 92 - 1)),
    # the middle of the tariffs is 84
    "build-up, high": ("built_price", _built(168.0), _built(168.1), 800e3),
    "build-up, low": ("built_price", _built(42.0), _built(41.9), 800e3 * (1 - 41.9 / 84)),
    "hours, a post": ("hours", _all_hours(25.0), _all_hours(25.1), 800e3 * 0.1 / HOURS * MEAN_LEVEL),
    # a quarter of the middle of the two areas: x = (x + 100 / YEAR) / 8 is 0.274
    "hours beside the other area": (
        "hours", _demand(units_per_week=0.275), _demand(units_per_week=0.273),
        400e3 * ((0.273 + HOURS) / 2 - 0.273) / HOURS * MEAN_LEVEL,
    ),
    "revenue, high": (
        "revenue", _contract(revenue=2 * 230e3 / INDEX), _contract(revenue=2.01 * 230e3 / INDEX), 1.01 * 230e3 / INDEX,
    ),
    "revenue, low": (
        "revenue", _contract(revenue=0.501 * 230e3 / INDEX), _contract(revenue=0.499 * 230e3 / INDEX),
        0.501 * 230e3 / INDEX,
    ),
    "ceiling, low": ("ceiling", _contract(ceiling=115e3), _contract(ceiling=114e3), 116e3),
    "ceiling, high": ("ceiling", _contract(ceiling=460e3), _contract(ceiling=461e3), 231e3),
    "reference amount": (
        "reference_amount", _contract(reference_amount=460e3), _contract(reference_amount=461e3), 231e3,
    ),
    # a law holds other care too
    "history of a law": (
        "euro_realised", _history(euro_realised=3 * 400e3 / INDEX - 1), _history(euro_realised=3.01 * 400e3 / INDEX),
        2.01 * 400e3 / INDEX,
    ),
    "history of a care form": (
        "euro_realised", _history(care_form="wmo_guidance", euro_realised=2 * 400e3 / INDEX - 1),
        _history(care_form="wmo_guidance", euro_realised=2.01 * 400e3 / INDEX), 1.01 * 400e3 / INDEX,
    ),
    "history of residential care": (
        "euro_realised", _history(care_form="residential", euro_realised=2 * 1350e3 / INDEX - 1),
        _history(care_form="residential", euro_realised=2.01 * 1350e3 / INDEX), 1.01 * 1350e3 / INDEX,
    ),
    "begroting, high": ("begroting", _begroting(amount=50e3 + 660e3), _begroting(amount=50e3 + 661e3), 221e3),
    "begroting, low": ("begroting", _begroting(amount=50e3 + 294e3), _begroting(amount=50e3 + 293e3), 147e3),
    "clients, many": ("clients", _counted(clients=100.0), _counted(clients=101.0), 400e3 * 1.02),
    "clients, few": ("clients", _counted(clients=25.0), _counted(clients=24.0), 400e3 * 0.52),
    "starts, many": (
        "starts", _counted("trajectories", starts=200.0), _counted("trajectories", starts=201.0), 400e3 * 1.01,
    ),
    "hours before": (
        "hours_before", _counted(clients=50.0, units=50 * 2 * 100.0 - 1), _counted(clients=50.0, units=50 * 2.01 * 100.0),
        400e3 * 1.01,
    ),
    "realised beside begroot": (
        "history", _history(euro_realised=390e3, euro_begroot=130e3), _history(euro_realised=390e3, euro_begroot=129e3),
        261e3,
    ),
}  # fmt: skip
"""The kind of the remark, a case at the edge, one beyond it, and the euros of that one."""


def _of_kind(case: Case, kind: str) -> list[Remark]:
    return [one for one in sense_check(case) if one.kind == kind]


def test_the_case_on_paper_is_sound(paper: Case) -> None:
    assert sense_check(paper) == ()


@pytest.mark.parametrize("name", EDGES)
def test_at_the_edge_nothing_is_said_and_beyond_it_what_it_is_worth(paper: Case, name: str) -> None:
    kind, at, beyond, euros = EDGES[name]
    assert _of_kind(at(paper), kind) == []
    (remark,) = _of_kind(beyond(paper), kind)
    assert remark.euros == pytest.approx(euros, rel=1e-3)


SENTENCES: dict[str, tuple[str, str]] = {
    "equity, nothing else": (
        "Tabel providers: Aanbieder 2 heeft 0,95 miljoen euro eigen vermogen op een balans van 1,0 miljoen euro. Klopt dit "
        "bedrag? Dat scheelt 0,23 miljoen euro per jaar.",
        "Table providers: Provider 2 has 0.95 million euro of equity on a balance of 1.0 million euro. Is this amount "
        "right? That is a difference of 0.23 million euro a year.",
    ),
    "turnover, little": (
        "Tabel providers: Aanbieder 2 zet 0,20 miljoen euro om met een balans van 1,0 miljoen euro. Zijn maand- en "
        "jaarbedragen verwisseld? Dat scheelt 0,20 miljoen euro per jaar.",
        "Table providers: Provider 2 turns over 0.20 million euro on a balance of 1.0 million euro. Are amounts a month "
        "and a year mixed up? That is a difference of 0.20 million euro a year.",
    ),
    "loss": (
        "Tabel providers: Aanbieder 2 had een resultaat van -0,15 miljoen euro op 0,50 miljoen euro omzet. Klopt dit "
        "bedrag? Dat scheelt 0,15 miljoen euro per jaar.",
        "Table providers: Provider 2 had a result of -0.15 million euro on 0.50 million euro of turnover. Is this amount "
        "right? That is a difference of 0.15 million euro a year.",
    ),
    "turnover here, little": (
        "Tabel providers: de omzet van Aanbieder 2 in deze regio (omzet maal aandeel) is 57.000 euro per jaar; de "
        "contracten hier kosten 0,23 miljoen euro. Klopt dit bedrag? Dat scheelt 0,17 miljoen euro per jaar.",
        "Table providers: turnover of Provider 2 in this region (turnover times share) is 57,000 euro a year; the "
        "contracts here cost 0.23 million euro. Is this amount right? That is a difference of 0.17 million euro a year.",
    ),
    "reserve": (
        "Tabel municipalities: Gemeente 1 heeft 3,5 miljoen euro in reserve voor deze contracten; die kosten 1,8 miljoen "
        "euro per jaar. Klopt dit bedrag? Dat scheelt 1,8 miljoen euro per jaar.",
        "Table municipalities: Municipality 1 has 3.5 million euro in reserve for these contracts; they cost 1.8 million "
        "euro a year. Is this amount right? That is a difference of 1.8 million euro a year.",
    ),
    "gemeentefonds": (
        "Tabel municipalities: Gemeente 1 krijgt 499 miljoen euro uit het gemeentefonds, 10.001 euro per inwoner. Klopt dit "
        "bedrag? Dat scheelt 1,8 miljoen euro per jaar.",
        "Table municipalities: Municipality 1 gets 499 million euro from the gemeentefonds, 10,001 euro per inhabitant. "
        "Is this amount right? That is a difference of 1.8 million euro a year.",
    ),
    "measure that saves": (
        "Tabel measures: Sluis kost of bespaart 0,91 miljoen euro per jaar; Begeleiding Wmo kost in totaal 0,80 miljoen "
        "euro. Zijn bedragen in duizenden ingevuld? Dat scheelt 0,11 miljoen euro per jaar.",
        "Table measures: Sluis costs or saves 0.91 million euro a year; Guidance under the Wmo costs 0.80 million euro "
        "in total. Are amounts in thousands? That is a difference of 0.11 million euro a year.",
    ),
    "tariff, high": (
        "Tabel offers: het tarief van Aanbieder 2 voor Begeleiding Wmo is 153,00 euro per uur; kostprijzen, andere tarieven "
        "en de eenheid wijzen op 76,00 euro. Horen prijs, uren en eenheid bij elkaar? Dat scheelt 0,22 miljoen euro per "
        "jaar.",
        "Table offers: the tariff of Provider 2 for Guidance under the Wmo is 153.00 euro per hour; unit costs, other "
        "tariffs and the unit point to 76.00 euro. Do price, hours and unit belong together? That is a difference of "
        "0.22 million euro a year.",
    ),
    "hours, a post": (
        "Tabel demand: een cliënt van Begeleiding Wmo in Gemeente 1 krijgt gemiddeld 25,10 uur per week; 0,10 tot 25 komt "
        "voor. Dat geldt ook voor Begeleiding Wmo (Gemeente 2). Horen prijs, uren en eenheid bij elkaar? Dat scheelt 48.399 "
        "euro per jaar.",
        "Table demand: a client of Guidance under the Wmo in Municipality 1 gets 25.10 hour a week on average; 0.10 to "
        "25 occurs. The same goes for Guidance under the Wmo (Municipality 2). Do price, hours and unit belong together? "
        "That is a difference of 48,399 euro a year.",
    ),
    "begroting, high": (
        "Tabel begroting: de begroting voor de contracten van Gemeente 1, Wmo (2027) is 0,66 miljoen euro per jaar; het "
        "verwachte gebruik (starts, duur, uren en tarief) kost 0,44 miljoen euro. Dat is 1,5 keer zoveel. Staat er ook zorg "
        "in die niet onder deze contracten valt? Vul dan in wat buiten de contracten blijft. Dat scheelt 0,22 miljoen euro "
        "per jaar.",
        "Table begroting: the begroting for the contracts of Municipality 1, Wmo (2027) is 0.66 million euro a year; "
        "expected use (starts, duration, hours and tariff) costs 0.44 million euro. That is 1.5 times as much. Does it "
        "hold care outside these contracts too? Then fill in what stays outside them. That is a difference of 0.22 "
        "million euro a year.",
    ),
    "history of a law": (
        "Tabel history: de uitgaven in history van Gemeente 1, Wmo (2024) is 1,2 miljoen euro per jaar; het verwachte "
        "gebruik (starts, duur, uren en tarief) kost 0,39 miljoen euro. Dat is 3,0 keer zoveel. Dat gebruik klopt wel met "
        "de begroting voor de contracten. Ga na welk van de twee klopt. Dat scheelt 0,78 miljoen euro per jaar.",
        "Table history: spending in history of Municipality 1, Wmo (2024) is 1.2 million euro a year; expected use "
        "(starts, duration, hours and tariff) costs 0.39 million euro. That is 3.0 times as much. That use does fit the "
        "begroting for the contracts. Find out which of the two is right. That is a difference of 0.78 million euro a "
        "year.",
    ),
    "history of a care form": (
        "Tabel history: de uitgaven in history van Gemeente 1, Begeleiding Wmo (2024) is 0,78 miljoen euro per jaar; het "
        "verwachte gebruik (starts, duur, uren en tarief) kost 0,39 miljoen euro. Dat is 2,0 keer zoveel. Dat gebruik klopt "
        "wel met de begroting voor de contracten. Ga na welk van de twee klopt. Dat scheelt 0,39 miljoen euro per jaar.",
        "Table history: spending in history of Municipality 1, Guidance under the Wmo (2024) is 0.78 million euro a "
        "year; expected use (starts, duration, hours and tariff) costs 0.39 million euro. That is 2.0 times as much. "
        "That use does fit the begroting for the contracts. Find out which of the two is right. That is a difference of "
        "0.39 million euro a year.",
    ),
    "clients, many": (
        "Tabellen demand en history: Begeleiding Wmo (Gemeente 1, 2024) heeft 50 cliënten in zorg; in history 101. Ga na "
        "welk van de twee klopt. Dat scheelt 0,41 miljoen euro per jaar.",
        "Tables demand and history: Guidance under the Wmo (Municipality 1, 2024) has 50 clients in care; in history "
        "101. Find out which of the two is right. That is a difference of 0.41 million euro a year.",
    ),
    "hours before": (
        "Tabellen demand en history: Begeleiding Wmo (Gemeente 1, 2024) heeft 1,9 eenheden per cliënt per week; in "
        "history 3,9. Ga na welk van de twee klopt. Dat scheelt 0,40 miljoen euro per jaar.",
        "Tables demand and history: Guidance under the Wmo (Municipality 1, 2024) has 1.9 units per client a week; in "
        "history 3.9. Find out which of the two is right. That is a difference of 0.40 million euro a year.",
    ),
    "realised beside begroot": (
        "Tabel history: Wmo (Gemeente 1, 2024) kostte 0,39 miljoen euro; begroot was 0,13 miljoen euro. Klopt dit bedrag? "
        "Dat scheelt 0,26 miljoen euro per jaar.",
        "Table history: Wmo (Municipality 1, 2024) cost 0.39 million euro; begroot was 0.13 million euro. Is this amount "
        "right? That is a difference of 0.26 million euro a year.",
    ),
}
"""What is said just beyond an edge, whole."""


@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentence_says_both_numbers_a_question_and_what_it_is_worth(paper: Case, name: str) -> None:
    kind, _, beyond, _ = EDGES[name]
    (remark,) = _of_kind(beyond(paper), kind)
    assert (remark.nl, remark.en) == SENTENCES[name]


def test_a_year_beside_the_one_before(paper: Case) -> None:
    """390,000 after 129,000, each fits nothing but itself: history is told, with the year before."""
    rows = tuple(
        _history(year=year, euro_realised=euro)(paper).history[0] for year, euro in ((2023, 129e3), (2024, 390e3))
    )
    (remark,) = _of_kind(replace(paper, history=rows), "history")
    assert remark.euros == pytest.approx(261e3)
    assert "kostte 0,39 miljoen euro; een jaar eerder was het 0,13 miljoen euro." in remark.nl


@pytest.mark.parametrize(("weeks", "starts"), [(52.1, None), (52.2, "starts"), (13.1, None), (13.0, "starts")])
def test_starts_durations_and_clients_go_together(paper: Case, weeks: float, starts: str | None) -> None:
    """50 in care and 100 starts a year are half a year of 26.07 weeks: twice that or half of it is odd."""
    found = _of_kind(_demand(mean_duration_weeks=weeks)(paper), "duration")
    assert len(found) == (starts is not None)
    assert all(
        "horen bij 26,1 weken" in one.nl and "Ga na welk van de drie niet klopt." in one.nl for one in found
    )


def test_a_duration_in_months_is_asked_about(paper: Case) -> None:
    (remark,) = _of_kind(_demand(mean_duration_weeks=YEAR / 2 / (YEAR / 12))(paper), "duration")
    assert "duurt 6,0 weken; 100 starts per jaar en 50 cliënten in zorg horen bij 26,1 weken" in remark.nl
    assert remark.en.startswith(
        "Table demand: Guidance under the Wmo in Municipality 1 lasts 6.0 weeks; 100 starts a year and 50 clients in "
        "care belong to 26.1 weeks. Are weeks and months mixed up? That is a difference of "
    )


@pytest.mark.parametrize(("clients", "told"), [(19.9, False), (20.0, True)])
def test_few_clients_say_nothing_of_a_duration(paper: Case, clients: float, told: bool) -> None:
    """As many are in care as starts and duration would give three times over."""
    few = _demand(clients_at_start=clients, starts_per_year=clients / 3, mean_duration_weeks=YEAR)(paper)
    assert bool(_of_kind(few, "duration")) == told


def test_use_is_odd_where_all_else_agrees(paper: Case) -> None:
    """Revenue, ceiling and begroting are of 2,500 and 7,500 hours; four times as many are expected."""
    whole = {"aanbieder-2": 230e3, "aanbieder-5": 570e3}
    contracts = tuple(
        row.model_copy(
            update={"ceiling": euro, "revenue": euro / INDEX} if (euro := whole.get(row.provider)) else {}
        )
        for row in paper.contracts
    )
    stated = replace(paper, contracts=contracts)
    assert sense_check(stated) == ()
    four = _row("demand", lambda row: row.care_form == "wmo_guidance", units_per_week=4 * HOURS)(stated)
    (remark,) = sense_check(four)
    assert (remark.kind, remark.table, remark.where["en"]) == ("use", "demand", "Guidance under the Wmo")
    assert remark.euros == pytest.approx(3 * 800e3 / INDEX)
    assert (
        "kost 3,1 miljoen euro per jaar; volgens de omzet, het plafond en een andere is dat 0,78 miljoen euro"
        in remark.nl
    )
    assert "Dat is 4,0 keer zoveel. Staan er uren per maand in plaats van per week?" in remark.nl
    assert remark.en == (
        "Tables demand and offers: expected use of Guidance under the Wmo (starts, duration, hours and tariff) costs 3.1 "
        "million euro a year; by revenue, the ceiling and another it is 0.78 million euro. That is 4.0 times as much. "
        "Are hours a month given, not a week? That is a difference of 2.3 million euro a year."
    )


@pytest.mark.parametrize(("times", "told"), [(3.93, False), (3.94, True), (0.247, False), (0.245, True)])
def test_youth_care_beside_the_nation(paper: Case, times: float, told: bool) -> None:
    """2,700,000 euro for 300 clients, 1.4 trajectories a person, are 12,600 euro a youth. Four times the 12,400 of the
    Netherlands is odd, and a quarter of it."""
    offer = next(row for row in paper.offers if row.care_form == "residential")
    case = _row(
        "offers", lambda row: row is offer, tariff=times * offer.tariff, unit_cost=times * offer.tariff
    )(paper)  # fmt: skip
    found = _of_kind(case, "cost_per_client")
    assert len(found) == told
    for remark in found:
        each, bound = 12_600 * times, 12_400.0
        assert remark.euros == pytest.approx(
            abs(each - bound) * 300 / 1.4 if times > 1 else 2700e3 * times + 800e3
        )
        assert "12.400 euro tot 49.600 euro komt voor" in remark.nl


def test_an_older_count_is_not_heard(paper: Case) -> None:
    """The newest year of history is; and a year of the term itself is no history."""
    rows = tuple(
        _counted(year=year, clients=clients)(paper).history[0]
        for year, clients in ((2023, 500.0), (2024, 50.0), (2026, 500.0))
    )
    assert _of_kind(replace(paper, history=rows), "clients") == []


def test_a_remark_below_a_thousandth_is_not_made(paper: Case) -> None:
    """3,500 euro of 3.5 million: a measure that costs so much more than the care it is about."""
    assert _of_kind(_measure(cost=800e3 + 3400)(paper), "measure") == []
    assert len(_of_kind(_measure(cost=800e3 + 3600)(paper), "measure")) == 1


def test_one_mistake_is_one_remark(paper: Case) -> None:
    """Two ceilings in thousands are one; one of them in millions is another."""
    both = _contract(ceiling=230.0)(
        _row("contracts", lambda row: row.provider == "aanbieder-5", ceiling=570.0)(paper)
    )
    (remark,) = _of_kind(both, "ceiling")
    assert "het plafond van Aanbieder 2 (Wmo) en Aanbieder 5 (Wmo) is 800,00 euro per jaar" in remark.nl
    assert "Zijn bedragen in duizenden ingevuld?" in remark.nl
    assert remark.euros == pytest.approx(800e3 - 800)
    apart = _contract(ceiling=0.23)(both)
    assert [one.where["nl"] for one in _of_kind(apart, "ceiling")] == ["Aanbieder 5 (Wmo)", "Aanbieder 2 (Wmo)"]
