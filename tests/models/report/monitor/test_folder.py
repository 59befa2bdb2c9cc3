"""What a running year leaves behind: page, calendar, results, and what it says of earlier reports."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bekostiging.actuals import YearFigures
from bekostiging.case import UserError, read_case
from bekostiging.case.year_tables import AgreedDay, Measured
from bekostiging.monitoring import drawn_months
from bekostiging.monitoring.completion import YearSamples
from bekostiging.report import write_monitor
from bekostiging.report.kit.html import template
from bekostiging.report.kit.paper_html import paper_page
from bekostiging.report.kit.paragraphs import Grid
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.word import About
from bekostiging.report.monitor.calendar_page import calendar_of, icalendar
from bekostiging.report.monitor.papers import MOST_CONTRACTS, MonthPapers
from bekostiging.report.monitor.quarterly import QuarterPapers
from bekostiging.report.monitor.steering import steering_blocks, steering_results
from bekostiging.scenarios.factor_distributions import factor_model
from bekostiging.settlement import SettlementDifference
from bekostiging.store import Forecast
from bekostiging.studies import Adjustment, ContractYear, coming_years, forecast_move, monitor, what_it_takes
from bekostiging.studies.adjusting import remaining_case
from bekostiging.studies.later_years import given_what_was_seen


@pytest.fixture(scope="module")
def years() -> list[ContractYear]:
    """The reports through March and through April of one year."""
    case = read_case("veenrand")
    figures = drawn_months(case, seed=5, months=4).figures
    return [monitor(case, figures, through, n_scenarios=32) for through in ("2028-03", "2028-04")]


@pytest.fixture(scope="module")
def folders(years: list[ContractYear], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    place = tmp_path_factory.mktemp("year")
    march = write_monitor(years[0], place / "march", word=False)
    return [march, write_monitor(years[1], place / "april", word=False, previous=(march,))]


def test_the_page_says_what_the_results_say(years: list[ContractYear], folders: list[Path]) -> None:
    """Expected year-end in the first sentence, rounded to thousands, is that of the results."""
    results = json.loads((folders[1] / "maandbericht.json").read_text(encoding="utf-8"))
    papers = MonthPapers(years[1], Texts("nl"))
    assert papers.euro(results["total"]["expected"]) in papers.answer()[0]
    page = (folders[1] / "maandbericht.html").read_text(encoding="utf-8")
    assert papers.answer()[0] in page
    assert "<svg" in page
    for row, one in zip(results["contracts"], range(len(results["contracts"])), strict=True):
        euro = years[1].causes(one)[0].sum()
        assert sum(row["causes_in_cents"].values()) == round(100 * euro)


def test_what_changed_since_the_last_report(years: list[ContractYear], folders: list[Path]) -> None:
    """The difference between the two results, in words with its sign, and the earlier band as the track record."""
    before, now = (json.loads((one / "maandbericht.json").read_text(encoding="utf-8"))["total"] for one in folders)
    change = now["expected"] - before["expected"]
    page = (folders[1] / "maandbericht.html").read_text(encoding="utf-8")
    shown = MonthPapers(years[1], Texts("nl")).euro(abs(change))
    assert f"is de verwachting {shown} euro {'hoger' if change >= 0 else 'lager'}" in page
    inside = "in" if before["low"] <= now["expected"] <= before["high"] else "buiten"
    assert (
        f"Wat we nu verwachten, lag {inside} de band van het bericht van maart, dat er {shown} euro naast zat."
        in page
    )
    scored = json.loads((folders[1] / "maandbericht.json").read_text(encoding="utf-8"))["earlier"]
    (march,) = scored["reports"]
    assert march["bias"] == pytest.approx(-change)
    assert march["months_before"] == 1
    assert scored["coverage_80"] == float(before["low"] <= now["expected"] <= before["high"])
    assert not scored["final"]


def test_the_calendar_is_icalendar(folders: list[Path]) -> None:
    """RFC 5545: CRLF, lines of at most 75 bytes, every event with its begin, end, stamp and a mark of its own."""
    raw = (folders[1] / "kalender.ics").read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    text = raw.decode().replace("\r\n ", "")
    events = text.count("BEGIN:VEVENT")
    marks = re.findall(r"UID:(\S+)", text)
    assert events == text.count("END:VEVENT") == text.count("DTSTAMP:") == len(set(marks)) >= 4
    assert "DTSTART;VALUE=DATE:20290430" in text


def test_the_budget_table_adds_up_but_its_band_does_not(years: list[ContractYear]) -> None:
    """Budget and expectation of the municipalities are the total's; low and high are those of the total itself."""
    year = years[1]
    by_payer = year.municipal(year.forecast)
    assert by_payer.mean(axis=0).sum() == pytest.approx(year.total.mean())
    table = MonthPapers(year, Texts("nl")).budget()
    assert "tellen niet op" in table.note
    assert len(table.rows) == 2 + by_payer.shape[1]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_quarterly_report_is_complete(years: list[ContractYear], lang: str) -> None:
    """Answer, budget by municipality and taakveld, figure, contracts, causes, what is known, calendar."""
    kinds = [type(block).__name__ for block in QuarterPapers(MonthPapers(years[1], Texts(lang))).blocks()]
    assert kinds[:4] == ["Points", "Grid", "Grid", "Drawing"]
    assert kinds[4:] == ["Grid", "Grid", "Paragraph", "Grid", "Grid", "Heading", "Points", "Grid"]


def test_a_folder_that_is_no_earlier_report_is_refused(
    years: list[ContractYear], folders: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(UserError) as nothing:
        write_monitor(years[1], tmp_path / "again", word=False, previous=(tmp_path,))
    assert "hierin staat geen maandbericht" in nothing.value.text("nl")
    with pytest.raises(UserError) as later:
        write_monitor(years[0], tmp_path / "again", word=False, previous=(folders[1],))
    assert "van vóór 2028-03" in later.value.text("nl")
    assert not (tmp_path / "again").exists()


def test_the_forecast_moved_by_new_figures_alone(years: list[ContractYear], folders: list[Path]) -> None:
    """The same program and figures: no part for the model; parts in cents add up to the whole, and stand on the page."""
    before, now = (json.loads((one / "maandbericht.json").read_text(encoding="utf-8")) for one in folders)
    moved = now["moved"]
    assert moved["since"] == "2028-03"
    assert moved["model"] == 0
    assert list(moved["months"]) == ["2028-04"]
    whole = round(100 * (now["total"]["expected"] - before["total"]["expected"]))
    assert moved["revision"] + sum(moved["months"].values()) == whole
    assert before["moved"] is None
    page = (folders[1] / "maandbericht.html").read_text(encoding="utf-8")
    assert "declaraties en correcties over eerdere maanden" in page
    assert "de zorg van april" in page


@pytest.mark.slow
def test_a_later_receipt_about_a_known_month_is_a_revision(years: list[ContractYear]) -> None:
    """With no care of April the move is what came in about earlier months, and what one month more without figures says."""
    march, april = years
    rows = tuple(row for row in april.figures.actuals if row.month <= "2028-03")
    known = monitor(april.case, replace(april.figures, actuals=rows), "2028-04", n_scenarios=32)
    move = forecast_move(april, "2028-03", float(march.total.mean()))
    assert move.revision == pytest.approx(float(known.total.mean() - march.total.mean()))
    assert move.months[0][1] == pytest.approx(float(april.total.mean() - known.total.mean()))


def test_days_of_the_user_stand_in_the_place_of_the_usual(years: list[ContractYear]) -> None:
    """A typed day of the cycle replaces that of its year; days of contracts and lots are named; what is past is left out."""
    year = years[1]
    contract, who = (
        year.case.contracts[0],
        {"source": "contract", "status": "own_data", "entered_by": "J.", "entered_on": "2028-01-02"},
    )
    rows = tuple(
        AgreedDay.model_validate({"event": event, "due": due, "provider": provider, "lot": lot, **who})
        for event, due, provider, lot in (
            ("notice", "2028-06-30", contract.provider, contract.lot),
            ("indexation", "2028-10-31", "", contract.lot),
            ("budget", "2028-09-01", "", ""),
            ("consultation", "2028-02-01", "", ""),
            ("tender_published", "2030-12-01", "", ""),
        )
    )
    papers = MonthPapers(replace(year, figures=replace(year.figures, dates=rows)), Texts("nl"))
    events = calendar_of(papers)
    found = {(f"{one.day:%Y-%m-%d}", one.kind): one for one in events}
    assert found["2028-06-30", "contract"].what == f"Opzegging uiterlijk: {papers.contract_name(0)}"
    assert papers.names[contract.lot] in found["2028-10-31", "contract"].what
    assert not found["2028-09-01", "cycle"].usual
    assert ("2028-09-15", "cycle") not in found
    assert found["2029-09-15", "cycle"].usual
    # the draft goes out twelve weeks before 15 September
    assert found["2028-06-23", "cycle"].usual
    assert not any(one.day < date(2028, 5, 1) for one in events)
    tender = [one for one in events if one.kind == "tender"]
    assert [f"{one.day:%Y-%m-%d}" for one in tender if not one.usual] == ["2030-12-01"]
    # contracts end with 2031: eighteen months before 2032
    assert min(one.day for one in tender) == date(2030, 7, 1)
    assert sum("publicatie" in one.what for one in tender) == 1


def _grid(blocks: list[object], caption: str) -> Grid:
    (found,) = [one for one in blocks if isinstance(one, Grid) and caption in one.caption]
    return found


def _number(text: str) -> int:
    """A number of a Dutch table without its thousands marks, sign of V/N or dash."""
    digits = re.sub(r"[^0-9−]", "", text)
    return int(digits.replace("−", "-")) if digits else 0


@pytest.fixture(scope="module")
def quarter(years: list[ContractYear]) -> QuarterPapers:
    """April with a settled year before it, measured outcomes and what the years after it bring."""
    year = years[1]
    first, who = (
        year.case.contracts[0],
        {"source": "meting", "status": "own_data", "entered_by": "J.", "entered_on": "2028-04-02"},
    )
    own = {"provider": first.provider, "lot": first.lot, **who}
    outcomes = tuple(
        Measured.model_validate({"year": of, "outcome": kind, "numerator": n, "denominator": 80, **own})
        for of, kind, n in ((2028, "goals_reached", 60), (2028, "dropout", 8), (2028, "satisfaction", 71))
    )
    code, taakveld = year.case.reported_codes[0], year.case.care_forms[0].iv3
    papers = MonthPapers(replace(year, figures=replace(year.figures, outcomes=outcomes)), Texts("nl"))
    before = (first.provider, first.lot)
    papers.differences = tuple(
        SettlementDifference(*before, who_pays, where, 2027, 2028, cents, "definitief, 2028-04-14")
        for who_pays, where, cents in ((code, taakveld, 12_345_600), ("9999", taakveld, 500_000))
    )
    return QuarterPapers(papers, coming_years(year, n_scenarios=32))


def test_every_sum_of_the_quarterly_report(quarter: QuarterPapers) -> None:
    """Columns add up to their total and every deviation is begroot less expected, in the whole thousands that are shown."""
    blocks = quarter.blocks()
    of_taakveld = _grid(list(blocks), "Per taakveld")
    *parts, total = of_taakveld.rows[1:]
    for column in (1, 2, 3, 4, 6, 7, 8):
        assert sum(_number(row[column]) for row in parts) == _number(total[column]), of_taakveld.rows[0][column]
    assert _number(total[6]) == _number(total[1]) - _number(total[4])
    assert parts[-1][0] == "afwikkelingsverschil 2027"
    assert parts[-1][4] == "123"
    causes = _grid(list(blocks), "Waarom het afwijkt")
    for row in causes.rows[1:-1]:
        assert sum(map(_number, row[1:7])) == _number(row[7])
    for column in range(1, 8):
        assert sum(_number(row[column]) for row in causes.rows[1:-2]) == _number(causes.rows[-2][column])
    contracts = _grid(list(blocks), "Contracten")
    for column in (2, 3, 6):
        assert sum(_number(row[column]) for row in contracts.rows[1:-1]) == _number(contracts.rows[-1][column])
    budget = _grid(list(blocks), "Raming en begroting")
    assert _number(budget.rows[-1][2]) == _number(total[4]) - 123
    for row in budget.rows[1:]:
        assert _number(row[5]) == _number(row[1]) - _number(row[2])


def test_four_years_and_what_is_structural(quarter: QuarterPapers, years: list[ContractYear]) -> None:
    """The deviation is what was known, what carries on and what does not; this year's is that of the other tables."""
    rows = {row[0]: row[1:] for row in _grid(list(quarter.blocks()), "Meerjarenbeeld").rows}
    assert [*rows[""]] == ["2028", "2029", "2030", "2031"]
    for t in range(4):
        parts = ("waarvan al bekend bij de aanbesteding", "waarvan structureel", "waarvan incidenteel")
        whole = _number(rows["verschil met de begroting"][t])
        assert sum(_number(rows[key][t]) for key in parts) == whole
        settled = _number(rows["afwikkelingsverschil 2027"][t])
        assert whole == _number(rows["begroot voor de contracten"][t]) - _number(rows["verwacht"][t]) - settled
    assert [_number(one) for one in rows["waarvan incidenteel"][1:]] == [0, 0, 0]
    assert _number(rows["verwacht"][0]) == round(float(years[1].total.mean()) / 1e3)
    coming = quarter.coming
    assert coming is not None
    carried = coming.carried
    assert carried is not None
    assert _number(rows["waarvan structureel"][0]) == -round(float(carried.sum()) / 1e3)
    last = QuarterPapers(quarter.papers, replace(coming, years=(2031,)))
    assert "lopen de contracten af" in _grid(list(last.four_years()), "Meerjarenbeeld").note


def test_results_stand_beside_money(quarter: QuarterPapers) -> None:
    """Out of 80: 60, 8 and 71; of the other contracts it says that nothing was typed."""
    table = _grid(list(quarter.results()), "Resultaten")
    assert [*table.rows[1][3:]] == ["75\u00a0% van 80", "10\u00a0% van 80", "89\u00a0% van 80"]
    assert f"Van {len(quarter.papers.year.contracts) - 1} contracten zijn geen uitkomsten" in table.note
    bare = QuarterPapers(MonthPapers(replace(quarter.papers.year, figures=YearFigures()), Texts("nl")))
    (said,) = bare.results()
    assert "geen uitkomsten ingevuld" in getattr(said, "text", "")


def test_risk_lines_are_chance_times_amount(quarter: QuarterPapers) -> None:
    """A budget that half of the scenarios pass: chance, mean excess and their product."""
    year = quarter.papers.year
    middle = float(np.median(year.total))
    case = replace(year.case, begroting=tuple(
        row.model_copy(update={"amount": middle if k == 0 else 0.0, "outside_contracts": 0.0, "year": year.year})
        for k, row in enumerate(year.case.begroting)
    ))  # fmt: skip
    table = QuarterPapers(MonthPapers(replace(year, case=case), Texts("nl"))).risks()
    over = year.total - middle
    assert table.rows[1][1] == "50\u00a0%"
    assert _number(table.rows[1][2]) == round(float(over[over > 0].mean()) / 1e3)
    assert _number(table.rows[1][3]) == round(float(np.maximum(over, 0).mean()) / 1e3)


@pytest.mark.parametrize("part", [0.0, 0.001, 0.004, 0.5, 0.997, 1.0])
def test_a_chance_is_never_none_or_all(years: list[ContractYear], part: float) -> None:
    shown = MonthPapers(years[0], Texts("en")).chance(part)
    assert shown not in ("0\u00a0%", "100\u00a0%")
    assert shown.startswith({0.0: "<", 1.0: ">"}.get(part, shown[0]))


def test_what_it_takes_from_the_page_to_the_results(years: list[ContractYear]) -> None:
    """A begroting one percent below what is expected: each measure alone, with the chance that it is enough."""
    year = years[1]
    plain = float(year.total.mean())
    share = 0.99 * plain / sum(year.begroting.values())
    rows = tuple(
        row.model_copy(update={"amount": row.amount * share, "outside_contracts": row.outside_contracts * share})
        for row in year.case.begroting
    )
    short = replace(year, case=replace(year.case, begroting=rows))
    takes = what_it_takes(short)
    assert takes is not None
    assert takes.plain == pytest.approx(year.total)
    assert takes.gap == pytest.approx(0.01 * plain)
    for lever in takes.levers:
        mean = lever.total.mean(axis=0)
        assert (np.diff(mean) <= 1).all(), lever.name
        needed, sure = lever.needed(takes.budget), lever.needed(takes.budget, takes.certainty)
        assert needed is not None
        assert sure is None or sure >= needed
        assert lever.at(needed).mean() <= takes.budget + 1
    adjustment = Adjustment(takes, None, None, ({"nl": "Geen lumpsum.", "en": "No lump sum."},))
    papers = MonthPapers(short, Texts("nl"))
    blocks = steering_blocks(papers, adjustment)
    table = _grid(list(blocks), "Maatregel voor maatregel")
    assert len(table.rows) == 6
    assert steering_results(adjustment, "nl")["notes"] == ["Geen lumpsum."]
    # December seen: nothing is left to steer
    assert Adjustment(None, None, None, ()).takes is None


def test_years_that_are_left_begin_at_the_level_that_was_seen(years: list[ContractYear]) -> None:
    """Demand times the mean factor of the posterior; the factors that are left have mean one in their first year."""
    year = years[1]
    left = remaining_case(year)
    assert (left.first_year, left.n_years, left.lead_years) == (2029, 3, year.case.lead_years + 1)
    assert [row.revenue_year for row in left.contracts] == [2028] * len(left.contracts)
    model = factor_model(left, 3)
    normals = np.random.default_rng(0).standard_normal((2048, model.n_dimensions))
    factors = model.multipliers(np.concatenate([normals, -normals]))
    assert factors.inflow[:, :2].mean(axis=0) == pytest.approx(np.ones((2, len(left.demand))), abs=1e-9)
    given = factor_model(given_what_was_seen(year, year.case.n_years), year.case.n_years)
    level = given.multipliers(np.concatenate([normals, -normals])).inflow[:, 2].mean(axis=0)
    before = np.array([row.starts_per_year for row in year.case.demand])
    assert np.array([row.starts_per_year for row in left.demand]) == pytest.approx(before * level)
    ended = replace(year, case=replace(year.case, lots=tuple(
        lot.model_copy(update={"years": 1}) for lot in year.case.lots
    )))  # fmt: skip
    with pytest.raises(UserError) as none_left:
        remaining_case(ended)
    assert "Na 2028 lopen de contracten af" in none_left.value.text("nl")


def _nothing(samples: YearSamples) -> YearSamples:
    """The same samples with zeros everywhere."""
    return YearSamples(**{one.name: np.zeros_like(getattr(samples, one.name)) for one in fields(YearSamples)})


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_year_without_a_euro_is_a_page(years: list[ContractYear], lang: str) -> None:
    """All zero, nothing begroot, no deviation: no number that is none, and no chance of nothing."""
    year = years[1]
    case = replace(year.case, begroting=(), measures=())
    empty = replace(year, case=case, expected=_nothing(year.expected), forecast=_nothing(year.forecast))
    papers = MonthPapers(empty, Texts(lang))
    shown = repr([papers.page(), QuarterPapers(papers).blocks()])
    assert "nan" not in shown
    assert "inf" not in shown.replace("inflow", "").replace("information", "")
    assert len(papers.answer()) == 2


def test_forty_contracts_stay_one_page_and_say_where_the_rest_is(years: list[ContractYear]) -> None:
    """Ten that differ most, the other thirty as one row; the columns still add up to all of them."""
    year = years[1]

    def four_times(samples: YearSamples) -> YearSamples:
        return replace(samples, payment=np.tile(samples.payment, 4), by_month=np.tile(samples.by_month, 4),
                       to_date=np.tile(samples.to_date, 4))  # fmt: skip

    case = replace(year.case, contracts=year.case.contracts * 4)
    forty = replace(year, case=case, contracts=year.contracts * 4, paid=np.tile(year.paid, 4),
                    expected=four_times(year.expected), forecast=four_times(year.forecast))  # fmt: skip
    # the cells of the ten: of the other thirty there is no ceiling to look at
    vars(forty)["cells"] = year.cells
    papers = MonthPapers(forty, Texts("nl"))
    table = papers.contracts(MOST_CONTRACTS)
    assert len(table.rows) == 1 + MOST_CONTRACTS + 1
    assert table.rows[-2][0] == f"overige {40 - MOST_CONTRACTS + 1}"
    assert "kwartaalrapportage en in contracten.csv" in table.note
    for column in (2, 3, 6):
        assert sum(_number(row[column]) for row in table.rows[1:-1]) == _number(table.rows[-1][column])
    assert len(papers.contracts().rows) == 42


def test_signs_of_html_and_icalendar_in_names(years: list[ContractYear]) -> None:
    """A name with & < ; and , is shown as it is, and escaped where a file format asks it."""
    papers = MonthPapers(years[1], Texts("nl"))
    provider = years[1].case.contracts[0].provider
    papers.names[provider] = "Zorg & <b>Zo</b>; B,V"
    about = About(papers.title, papers.subject, "nl", "")
    page = paper_page(template("paper.html.j2"), about, papers.page())
    assert "Zorg &amp; &lt;b&gt;Zo&lt;/b&gt;; B,V" in page
    assert "<b>Zo</b>" not in page
    row = AgreedDay.model_validate(
        {"event": "notice", "due": "2028-09-30", "provider": provider, "lot": "", "source": "x", "status": "own_data",
         "entered_by": "J.", "entered_on": "2028-01-02"}
    )  # fmt: skip
    papers.year = replace(papers.year, figures=replace(papers.year.figures, dates=(row,)))
    text = icalendar(papers).decode().replace("\r\n ", "")
    assert "SUMMARY:Opzegging uiterlijk: Zorg & <b>Zo</b>\\; B\\,V" in text


def test_the_track_record_of_a_year_whose_end_is_known(years: list[ContractYear]) -> None:
    """110 (100 to 120) in June where 100 came: ten percent too high, in the band, loss (0 + 0.1 x 20) / 2 of 100."""
    kept = [
        Forecast(2027, "2027-06", 110.0, 100.0, 120.0),
        Forecast(2027, "2027-06", 1.0, 1.0, 1.0, "a", "lot"),
        Forecast(2027, "2027-12", 100.0, 100.0, 100.0),
    ]
    (table,) = MonthPapers(years[0], Texts("nl"), years=kept).track()
    assert isinstance(table, Grid)
    assert [[cell.replace("\u00a0", " ") for cell in row] for row in table.rows[1:]] == [
        ["6", "1", "100 %", "10,0 %", "1,0 %"]
    ]
    assert MonthPapers(years[0], Texts("nl"), years=kept[:2]).track() == []
