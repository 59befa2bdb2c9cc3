"""The match by hand: sides, reasons, what is left, tolerances, and a sample in which every euro has the same chance."""

from __future__ import annotations

import csv
import html
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from accessible import barriers
from hypothesis import given
from hypothesis import strategies as st
from plain_language import odd_pieces

from bekostiging.actuals import YearFigures
from bekostiging.case import UserError, synthetic_region
from bekostiging.case.rows import Row
from bekostiging.case.year_tables import YEAR_TABLES
from bekostiging.report import write_settlement
from bekostiging.settlement import (
    Match,
    MatchRow,
    ToleranceTest,
    YearSettlement,
    example_case,
    example_figures,
    example_year,
    match_year,
    sample_year,
    settle_year,
)
from bekostiging.settlement.match import TOLERANCES
from bekostiging.settlement.sample import hits_of
from bekostiging.store import ClaimCheck, Found, MessageTotals

TODAY = date(2028, 4, 14)
MARK: dict[str, Any] = {
    "source": "met de hand",
    "status": "illustrative",
    "entered_by": "t",
    "entered_on": "2028-02-01",
}
ONE = {"year": 2027, "provider": "aanbieder-1", "lot": "youth"}


def _row(table: str, **values: Any) -> Any:
    model: type[Row] = YEAR_TABLES[table]
    return model.model_validate(
        {key: value for key, value in (MARK | values).items() if key in model.model_fields}
    )


def _lump_sum(**tables: tuple[Any, ...]) -> YearSettlement:
    return settle_year(example_case(), replace(example_figures(), **tables), 2027, "voorlopig", today=TODAY)


def _with_tariff(**tables: tuple[Any, ...]) -> YearSettlement:
    """One contract with a tariff: 10,000 hours of 78 euro are stated, 780,000 euro."""
    region = synthetic_region(municipalities=2, providers=6)
    lots = tuple(
        row.model_copy(update={"payment_form": "inspanningsgericht", "sharing_key": "inhabitants"})
        for row in region.lots
    )
    contracts = tuple(row.model_copy(update={"ceiling": None}) for row in region.contracts)
    case = replace(region, lots=lots, contracts=contracts, clauses=())
    area = case.lots[0].areas[0]
    stated = _row(
        "statements", **TARIFF, care_form="guidance", area=area, units=10_000.0, crisis_units=0.0, clients=50.0
    )
    figures = YearFigures(**({"statements": (stated,)} | tables))  # type: ignore[arg-type]
    return settle_year(case, figures, 2026, "raming", today=TODAY, providers=["aanbieder-1"])


TARIFF = {"year": 2026, "provider": "aanbieder-1", "lot": "youth"}


def _rows(match: Match) -> list[tuple[str, int, int, int]]:
    """Reason, error, uncertainty and what is left; euro."""
    return [
        (row.code, row.error // 100, row.uncertainty // 100, (row.left_error + row.left_uncertainty) // 100)
        for row in match.rows
    ]


def _sides(match: Match) -> dict[str, float | None]:
    own = match.contracts[0].sides
    return {side.key: side.count if side.cents is None else side.cents / 100 for side in own}


def test_a_tariff_is_matched_from_authorisation_to_what_is_recognised() -> None:
    """Authorised 900,000, claimed 750,000, stated 780,000 of which 10,000 is not recognised: 30,000 was never claimed."""
    totals = _row("control_totals", **TARIFF, authorised=900_000.0, claimed=750_000.0)
    off = _row("deductions", **TARIFF, reason="residence", finding="error", euros=10_000.0)
    match = match_year(_with_tariff(control_totals=(totals,), deductions=(off,)))
    assert _sides(match) == {"authorised": 900_000, "claimed": 750_000, "stated": 780_000, "recognised": 770_000}
    assert _rows(match) == [("residence", 10_000, 0, 0), ("not_claimed", 0, 30_000, 30_000)]
    assert (match.errors, match.uncertainties, match.left) == (1_000_000, 3_000_000, 3_000_000)
    # 30,000 of 770,000 is 3.9 %
    assert not match.within
    assert match.contracts[0].missing == ()


def test_more_claimed_than_authorised_is_an_error_beyond_what_the_control_took_off() -> None:
    """780,000 claimed of 700,000: 80,000 too much, of which the control took 50,000 off."""
    totals = _row("control_totals", **TARIFF, authorised=700_000.0, claimed=780_000.0)
    off = _row("deductions", **TARIFF, reason="above_authorisation", finding="error", euros=50_000.0)
    match = match_year(_with_tariff(control_totals=(totals,), deductions=(off,)))
    assert _rows(match) == [("above_authorisation", 80_000, 0, 30_000)]


def test_what_was_claimed_comes_from_the_months_where_nobody_typed_it() -> None:
    months = tuple(
        _row("actuals", **TARIFF, month=f"2026-{m:02d}", received=f"2026-{m:02d}", care_form="guidance", area="gebied-1",
             units=800.0, euros=62_400.0)
        for m in range(1, 13)
    )  # fmt: skip
    assert _sides(match_year(_with_tariff(actuals=months)))["claimed"] == 12 * 62_400
    paid = _row("bookings", **TARIFF, booking="claims_paid", paid_on="2027-01-31", euros=700_000.0)
    assert _sides(match_year(_with_tariff(bookings=(paid,))))["claimed"] == 700_000
    assert "claimed" in match_year(_with_tariff()).contracts[0].missing


def test_messages_are_held_beside_what_the_control_judged() -> None:
    """Of double claims messages show 9,000 and the control took 4,000 off: 5,000 is not judged yet."""
    off = _row("deductions", **TARIFF, reason="double", finding="uncertainty", euros=4_000.0)
    own = ("aanbieder-1", "youth")
    checked = ClaimCheck(
        2026,
        (
            Found(*own, "double", "error", 900_000, periods=40, persons=31),
            Found(*own, "age", "uncertainty", 200_000, periods=14, persons=12),
            Found("12345678", "youth", "age", "error", 100, periods=1, persons=1),
        ),
        (
            MessageTotals(*own, 85_000_000, 78_000_000, 2, starts=60, stops=40, clients=120),
            MessageTotals("12345678", "youth", None, 1_234_500, 0, starts=1, stops=1, clients=1),
        ),
        {},
        (),
    )
    match = match_year(_with_tariff(deductions=(off,)), checked)
    assert _rows(match) == [("age", 0, 2_000, 2_000), ("double", 5_000, 4_000, 5_000)]
    assert _sides(match)["authorised"] == 850_000
    assert [note["en"] for note in match.notes] == [
        "1 providers with 12345 euro of claims have no contract in this case and are not in the match."
    ]


def test_few_persons_are_shown_together_and_the_sums_stay() -> None:
    """Four and seven persons are shown as eleven; four alone take the smallest other row with them."""

    def row(code: str, persons: int, error: int) -> MatchRow:
        return MatchRow("a", "b", code, ("x", "x"), error, 0, error, 0, ("berichten", "messages"), 1, persons)

    test = ToleranceTest("", ("", ""), 1000, None, None, 0.02, 0, 0)
    one = match_year(example_year()).contracts[0]
    rows = (row("age", 4, 10), row("price", 40, 20), row("double", 7, 30), row("residence", 0, 5))
    match = Match(2026, (replace(one, rows=rows),), (test,), ())
    assert [(shown.code, shown.persons, shown.error) for shown in match.shown] == [
        ("price", 40, 20), ("residence", 0, 5), ("few", 11, 40)
    ]  # fmt: skip
    match = Match(2026, (replace(one, rows=rows[:2]),), (test,), ())
    assert [(shown.code, shown.persons, shown.error) for shown in match.shown] == [("few", 44, 30)]


def test_a_lump_sum_is_matched_from_contract_to_statement() -> None:
    """The example of docs/settlement.md: budget 3,443,292.09 of which a letter 45,000; 3,360,000 was paid in advance."""
    stated = tuple(row.model_copy(update={"clients": 25.0}) for row in example_figures().statements)
    totals = _row("control_totals", **ONE, starts=40.0, stops=30.0, clients=147.0)
    match = match_year(_lump_sum(statements=stated, control_totals=(totals,)))
    assert _sides(match) == {
        "contract": 3_398_292.09,
        "letters": 45_000.0,
        "advances": 3_360_000.0,
        "starts": 40.0,
        "stops": 30.0,
        "clients": 147.0,
        "clients_stated": 150.0,
        "stated": 3_674_707.92,
        "recognised": 3_650_157.52,
    }
    # three of 150 clients are in no message: 3,674,707.92 x 3 / 150
    assert _rows(match)[-1] == ("not_seen", 0, 73_494, 73_494)


@pytest.mark.parametrize(
    ("year", "together", "error"), [(2024, None, 0.01), (2025, 0.02, None), (2031, 0.02, None)]
)
def test_tolerances_are_dated(year: int, together: float | None, error: float | None) -> None:
    """One percent of errors and three of uncertainties until 2024, two of both together from 2025 (Stb. 2025, 99)."""
    own = [one for one in TOLERANCES if one.since <= year][-1]
    assert (own.together, own.error) == (together, error)


@pytest.mark.parametrize(
    ("errors", "unsure", "within"), [(1000, 3000, True), (1001, 0, False), (0, 3001, False), (0, 0, True)]
)
def test_errors_and_uncertainties_are_judged_apart_where_the_limit_is(
    errors: int, unsure: int, within: bool
) -> None:
    assert ToleranceTest("", ("", ""), 100_000, 0.01, 0.03, None, errors, unsure).within is within
    assert ToleranceTest("", ("", ""), 100_000, None, None, 0.02, errors, unsure).within is (
        errors + unsure <= 2000
    )


def test_a_council_judges_its_own_part_of_its_own_costs() -> None:
    """30,000 left, of which the first municipality bears its share by the key; 1 % of 1,000,000 is 10,000."""
    totals = _row("control_totals", **TARIFF, claimed=750_000.0)
    settled = _with_tariff(control_totals=(totals,))
    code = settled.case.municipalities[0].code
    limit = _row("council_limits", year=2026, municipality=code, share=0.01, total_costs=1_000_000.0)
    settled = _with_tariff(control_totals=(totals,), council_limits=(limit,))
    part = settled.contracts[0].parts[0].share
    test = match_year(settled).tests[1]
    assert (test.municipality, test.base, test.uncertainties) == (code, 100_000_000, round(part * 3_000_000))
    assert test.within is (part * 30_000 <= 10_000)


@given(
    cents=st.lists(st.integers(0, 10**7), min_size=1, max_size=40),
    interval=st.integers(1, 10**6),
    at=st.floats(0, 1, exclude_max=True),
)
def test_every_interval_hits_one_cent_and_what_is_as_large_is_always_hit(
    cents: list[int], interval: int, at: float
) -> None:
    """Against a walk over all sampled cents."""
    start = 1 + int(at * interval)
    first, hits = hits_of(np.array(cents, dtype=np.int64), interval, start)
    assert hits.sum() == max(0, (sum(cents) - start) // interval + 1)
    below = 0
    for amount, own, times in zip(cents, first.tolist(), hits.tolist(), strict=True):
        assert times or amount < interval
        assert (own > 0) is (times > 0)
        if times:
            assert (below + own - start) % interval == 0
            assert 1 <= own <= min(amount, interval)
        below += amount


def test_the_interval_is_the_tolerable_amount_over_the_factor_of_its_certainty() -> None:
    """2 % of 5,743,074.22 is 114,861.48; over -ln(0.05) = 2.995732 it is 38,341.70, so that 150 cents are hit."""
    settled = example_year()
    match = match_year(settled)
    sample = sample_year(settled, match, seed=3)
    assert (sample.population, sample.interval) == (574_307_422, 3_834_170)
    assert sum(one.hits for one in sample.items) in (149, 150)
    assert sample.tolerable == pytest.approx(0.02 * sample.population, abs=3)
    assert sample_year(settled, match, seed=4).start != sample.start
    with pytest.raises(UserError, match=r"interval of 0\.001 euro cannot be"):
        sample_year(settled, match, interval=0.001)
    assert sample_year(settled, match, interval=0.01).interval == 1
    nothing = replace(settled, figures=replace(settled.figures, statements=()))
    with pytest.raises(UserError, match="nothing to draw a sample from"):
        sample_year(nothing, match)


def _text(page: Path) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_match_is_written_in_plain_words(tmp_path: Path, lang: str) -> None:
    stated = tuple(row.model_copy(update={"clients": 25.0}) for row in example_figures().statements)
    totals = _row("control_totals", **ONE, starts=40.0, stops=3.0, clients=147.0)
    limit = _row("council_limits", year=2027, municipality="gemeente-1", share=0.01, total_costs=9e7)
    settled = _lump_sum(statements=stated, control_totals=(totals,), council_limits=(limit,))
    match = match_year(settled)
    folder = write_settlement(
        settled, tmp_path / "uit", lang=lang, match=match, sample=sample_year(settled, match)
    )
    page = folder / "aansluiting.html"
    said = _text(page)
    text = page.read_text(encoding="utf-8")
    for row in (*settled.figures.statements, totals, limit):
        text = text.replace(html.escape(row.document), "")  # type: ignore[attr-defined]
    found = [piece for piece in odd_pieces(text, settled.case, lang) if "aanbieder-" not in piece[0]]
    assert [piece for piece in found if "mental_care" not in piece[0]] == []
    assert barriers(folder / "aansluiting.docx", lang) == []
    for words in {
        "nl": ("6.310,40 euro fout en 91.734,16 euro onzeker", "gaat bij de afrekening 24.550,40 euro af",
               "minder dan 10", "3.398.292,09", "van de lasten. Wat overblijft is binnen de grens"),
        "en": ("6,310.40 euro of errors and 91,734.16 euro of uncertainties", "fewer than 10"),
    }[lang]:  # fmt: skip
        assert words in said, words
    rows = list(csv.reader((folder / "steekproef.csv").read_text(encoding="utf-8").splitlines()))
    book = openpyxl.load_workbook(folder / "aansluiting.xlsx")
    assert len(book.worksheets) == 4
    assert book.worksheets[3].max_row == len(rows) + 2
    results = json.loads((folder / "afrekening.json").read_text(encoding="utf-8"))["match"]
    assert results["uncertainties"] == sum(row["uncertainty"] for row in results["rows"]) == 9_173_416
