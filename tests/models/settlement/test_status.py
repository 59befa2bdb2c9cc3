"""What a settlement refuses: each with its sentence, which names the contract, the rule and the remedy."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bekostiging.actuals import YearFigures
from bekostiging.case import Case, CaseError, UserError
from bekostiging.case.tables import Policy
from bekostiging.case.year_tables import YEAR_TABLES
from bekostiging.report import write_settlement
from bekostiging.settlement import STATUSES, Previous, example_case, example_figures, read_previous, settle_year
from bekostiging.settlement.status import open_index

TODAY = date(2028, 4, 14)


@pytest.fixture(scope="module")
def case() -> Case:
    return example_case()


@pytest.fixture(scope="module")
def figures() -> YearFigures:
    return example_figures()


def _changed(figures: YearFigures, table: str, **changed: Any) -> YearFigures:
    """The first row of a table with other values."""
    first, *others = getattr(figures, table)
    return replace(figures, **{table: (first.model_copy(update=changed), *others)})


SIGNED = {
    "evidence": "audited",
    "evidence_on": "2028-03-28",
    "objections": "none",
    "checked_by": "P. Kok",
    "approved_by": "A. Smit",
}


def _definitive(case: Case, figures: YearFigures) -> tuple[Case, YearFigures]:
    """Everything a definitive settlement of the first provider asks."""
    final = {"ova_final": 0.03, "ppc_final": 0.02}
    indices = tuple(row.model_copy(update=final if row.ova_final is None else {}) for row in case.indices)
    return replace(case, indices=indices), _changed(figures, "determinations", **SIGNED)


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"statement_on": None}, "niet is ingevuld wanneer de verantwoording kwam; vul de dag in", "fill in the day"),
    (
        {"evidence": "none"},
        "er is geen controleverklaring of bestuursverklaring met datum",
        "settle it as voorlopig",
    ),
    ({"objections": "pending"}, "bezwaren staan nog open; behandel ze", "objections are pending; answer them"),
    ({"approved_by": ""}, "twee mensen moeten ervoor tekenen", "two people must sign for it"),
]


@pytest.mark.parametrize(("lacks", "nl", "en"), REFUSED)
def test_definitive_asks_statement_evidence_answers_and_two_people(
    case: Case, figures: YearFigures, lacks: dict[str, Any], nl: str, en: str
) -> None:
    ready, signed = _definitive(case, figures)
    settle_year(ready, signed, 2027, "definitief", today=TODAY, providers=["aanbieder-1"])
    lacking = _changed(signed, "determinations", **lacks)
    with pytest.raises(CaseError) as caught:
        settle_year(ready, lacking, 2027, "definitief", today=TODAY, providers=["aanbieder-1"])
    assert nl in caught.value.text("nl")
    assert en in caught.value.text("en")
    assert "aanbieder-1, youth, 2027: definitief kan niet, want" in caught.value.text("nl")


def test_a_contract_without_a_row_is_refused_by_name(case: Case, figures: YearFigures) -> None:
    ready, signed = _definitive(case, figures)
    with pytest.raises(
        CaseError, match="aanbieder-4, youth, 2027: definitive cannot be, because there is no row in table"
    ):
        settle_year(ready, signed, 2027, "definitief", today=TODAY)


@pytest.mark.parametrize("status", ["voorlopig", "definitief"])
def test_a_year_that_has_not_ended_is_an_estimate(case: Case, figures: YearFigures, status: str) -> None:
    with pytest.raises(CaseError, match="2027 has not ended; settle it as raming") as caught:
        settle_year(case, figures, 2027, status, today=date(2027, 12, 31))
    assert len(caught.value.problems) == 1
    settle_year(case, figures, 2027, "raming", today=date(2027, 12, 31))


def test_an_index_that_is_open_is_named_or_refused(case: Case, figures: YearFigures) -> None:
    """The index of 2027 uses the final figures of 2026 under the standard clause, and nothing of 2027 itself."""
    ready, signed = _definitive(case, figures)
    unknown = tuple(
        row.model_copy(update={"ova_final": None} if row.year == 2026 else {}) for row in ready.indices
    )
    open_case = replace(ready, indices=unknown)
    with pytest.raises(
        CaseError, match="the final index of 2026 is still open; fill in ova_final and ppc_final in table indices"
    ):
        settle_year(open_case, signed, 2027, "definitief", today=TODAY, providers=["aanbieder-1"])
    settled = settle_year(open_case, figures, 2027, "raming", today=TODAY)
    told = [line.estimated[1] for line in settled.contracts[0].estimates if line.estimated]
    assert "the final index of 2026 is not yet known: computed with the forecast" in told


@pytest.mark.parametrize(("year", "policy", "asked"), [
    (2026, {}, ()), (2027, {}, (2026,)), (2026, {"first_year_index": "provisional"}, (2026,)),
    (2027, {"first_year_index": "provisional"}, (2026,)), (2027, {"mid_year_revision": "0.5"}, (2026, 2027)),
])  # fmt: skip
def test_which_final_indices_a_year_asks(
    case: Case, year: int, policy: dict[str, str], asked: tuple[int, ...]
) -> None:
    """Those of the years before; its own where the contract pays its surprise within the year."""
    rows = [
        Policy(name=name, scope="case", value=value, source="t", status="illustrative")
        for name, value in policy.items()
    ]
    unknown = tuple(row.model_copy(update={"ova_final": None}) for row in case.indices)
    kept = tuple(row for row in case.policy if row.name not in policy)
    assert open_index(replace(case, policy=(*kept, *rows), indices=unknown), "youth", year) == asked  # type: ignore[arg-type]


def test_without_a_statement_only_months_and_only_an_estimate(case: Case, figures: YearFigures) -> None:
    """Units of months; of what started long ago and was never claimed nothing is expected; missing months are said."""
    row = figures.statements[0]
    common = {
        name: getattr(row, name)
        for name in ("provider", "lot", "area", "source", "status", "entered_by", "entered_on")
    }
    months = tuple(
        YEAR_TABLES["actuals"].model_validate(
            common
            | {
                "care_form": form,
                "month": f"2027-{month:02d}",
                "received": f"2027-{month + 1:02d}",
                "unclaimed": 100.0,
            }
            | {"units": 1000.0 + 100.0 * (-1) ** month}
        )
        for form in ("guidance", "mental_care")
        for month in range(1, 11)
    )
    others = tuple(one for one in figures.statements if one.provider == "aanbieder-4")
    known = replace(figures, statements=others, actuals=months)
    with pytest.raises(
        CaseError, match="there is no production statement; fill table statements, or settle it as raming"
    ):
        settle_year(case, known, 2027, "voorlopig", today=TODAY)
    no_crisis = replace(case, clauses=tuple(one for one in case.clauses if one.clause != "crisis_care"))
    one = settle_year(no_crisis, known, 2027, "raming", today=TODAY).contracts[0]
    delivered = next(line for line in one.lines if line.key == "delivered")
    # ten months of 1,000 hours, all claimed the month after, and two more as the mean of these, at 78 and at 104
    assert delivered.euro == round(12_000 * (78 + 104) * 1.03315, 2)
    assert delivered.estimated
    assert "without figures of month 11, 12" in delivered.estimated[1]
    # ten months of 1,800 and 2,200 hours have variance 44,444; two more and their mean: sqrt(44,444 x 2 x 1.2) of 24,000
    assert "in two of three cases at most 1.4\u00a0% off" in delivered.estimated[1]


def test_an_estimate_completes_what_is_still_to_be_claimed_and_says_how_far_off(
    case: Case, figures: YearFigures
) -> None:
    """60 % of a month is claimed in it and 40 % the month after: December, with 600 of 1,000 hours, is worth 1,000."""
    row = figures.statements[0]
    names = ("provider", "lot", "area", "source", "status", "entered_by", "entered_on")
    common = {name: getattr(row, name) for name in names} | {"care_form": "guidance"}
    months = tuple(
        YEAR_TABLES["actuals"].model_validate(
            common | {"month": f"2027-{month:02d}", "received": f"2027-{month + delay:02d}", "units": units}
        )
        for month in range(1, 13)
        for delay, units in enumerate((600.0, 400.0))
        if month + delay <= 12
    )
    others = tuple(one for one in figures.statements if one.provider == "aanbieder-4")
    known = replace(figures, statements=others, actuals=months)
    no_crisis = replace(case, clauses=tuple(one for one in case.clauses if one.clause != "crisis_care"))
    delivered = settle_year(no_crisis, known, 2027, "raming", today=TODAY).contracts[0].lines
    line = next(one for one in delivered if one.key == "delivered")
    assert line.euro == round(12_000 * 78 * 1.03315, 2)
    # 400 of 12,000 hours are still to come, and every month did the same
    assert "compleet gemaakt voor wat nog wordt gedeclareerd (3,33" in line.estimated[0]
    assert "in two of three cases at most 0.1\u00a0% off" in line.estimated[1]
    assert "month" not in line.estimated[1].split("statement")[1]


@pytest.mark.parametrize(
    ("table", "changed", "said"),
    [
        ("statements", {"crisis_units": None}, "clause crisis care outside the corridor needs crisis_units of 2027, which"),
        ("outcomes", None, "clause performance part needs numerator of 2027, which is not there; fill it in (zero is a"),
    ],
)  # fmt: skip
def test_a_clause_without_its_column_is_refused_by_name(
    case: Case, figures: YearFigures, table: str, changed: dict[str, Any] | None, said: str
) -> None:
    lacking = replace(figures, outcomes=()) if changed is None else _changed(figures, table, **changed)
    with pytest.raises(CaseError, match=re.escape(said)):
        settle_year(case, lacking, 2027, "voorlopig", today=TODAY)


def test_a_key_that_follows_use_needs_every_statement(case: Case, figures: YearFigures) -> None:
    no_pool = replace(case, clauses=tuple(one for one in case.clauses if one.clause != "provider_pool"))
    others = tuple(one for one in figures.statements if one.provider == "aanbieder-1")
    known = replace(figures, keys=(), statements=others)
    with pytest.raises(
        CaseError,
        match=re.escape("the sharing key of lot youth (actual_use) follows use") + r".*aanbieder-4 \(2027\)",
    ):
        settle_year(no_pool, known, 2027, "voorlopig", today=TODAY, providers=["aanbieder-1"])
    settle_year(
        no_pool, replace(known, keys=figures.keys), 2027, "voorlopig", today=TODAY, providers=["aanbieder-1"]
    )


def test_a_pool_needs_every_provider(case: Case, figures: YearFigures) -> None:
    known = replace(figures, statements=tuple(one for one in figures.statements if one.provider == "aanbieder-1"))
    with pytest.raises(CaseError, match=r"contract aanbieder-4, youth: nothing is there of 2027") as caught:
        settle_year(case, known, 2027, "voorlopig", today=TODAY, providers=["aanbieder-1"])
    assert len(caught.value.problems) == 1


def test_a_negative_base_is_refused(case: Case, figures: YearFigures) -> None:
    struck = _changed(figures, "deductions", euros=9_000_000.0)
    with pytest.raises(
        CaseError, match=r"9006310\.4 euro is not recognised, more than was delivered; the base would be -"
    ):
        settle_year(case, struck, 2027, "voorlopig", today=TODAY)


def test_a_layer_without_a_share_is_refused(case: Case, figures: YearFigures) -> None:
    layers = (case.layers[0].model_copy(update={"share": None}), *case.layers[1:])
    with pytest.raises(CaseError, match=r"has layers without a share \(deficit_1\); fill in the signed shares"):
        settle_year(replace(case, layers=layers), figures, 2027, today=TODAY)


def test_terms_and_letters_are_those_of_the_form(case: Case, figures: YearFigures) -> None:
    with pytest.raises(
        CaseError, match="ceiling is no term of a contract that is paid taakgericht; remove the row"
    ):
        settle_year(case, _changed(figures, "terms", term="ceiling"), 2027, today=TODAY)
    tariff = replace(
        case, lots=(case.lots[0].model_copy(update={"payment_form": "inspanningsgericht"}),), clauses=()
    )
    with pytest.raises(CaseError, match="a change letter is about the yearly amount of a lump sum"):
        settle_year(tariff, figures, 2027, today=TODAY)


def test_another_year_status_or_provider(case: Case, figures: YearFigures) -> None:
    with pytest.raises(UserError, match="year 2025: give a whole number"):
        settle_year(case, figures, 2025)
    with pytest.raises(UserError, match="choose from " + ", ".join(STATUSES)):
        settle_year(case, figures, 2027, "klaar")
    with pytest.raises(UserError, match="providers niemand: choose from aanbieder-1"):
        settle_year(case, figures, 2027, providers=["niemand"])


def test_a_second_settlement_pays_only_the_difference(case: Case, figures: YearFigures, tmp_path: Path) -> None:
    """A deduction of 6,310.40 is withdrawn: half of it is paid, less the pool's tenth and its own part of that."""
    first = settle_year(case, figures, 2027, "voorlopig", today=TODAY)
    previous = read_previous(write_settlement(first, tmp_path / "eerste", word=False))
    assert previous.status == "voorlopig"
    with pytest.raises(UserError, match=r"2027 was settled so already on 2028-04-14 .* and nothing changed"):
        settle_year(case, figures, 2027, "voorlopig", today=TODAY, previous=previous)
    other = replace(figures, deductions=figures.deductions[:1])
    second = settle_year(case, other, 2027, "voorlopig", today=date(2028, 6, 1), previous=previous)
    for before, now in zip(first.contracts, second.contracts, strict=True):
        assert now.to_pay == now.determined - before.determined
        assert now.cents("settled_before") == -before.to_pay
    assert second.contracts[0].to_pay > 0
    # a third one, after the second, is about its own difference alone
    again = read_previous(write_settlement(second, tmp_path / "tweede", word=False))
    third = settle_year(case, figures, 2027, "voorlopig", today=date(2028, 7, 1), previous=again)
    assert third.contracts[0].to_pay == -second.contracts[0].to_pay


def test_an_estimate_before_it_is_compared_and_not_taken_off(
    case: Case, figures: YearFigures, tmp_path: Path
) -> None:
    first = settle_year(case, figures, 2027, "raming", today=TODAY)
    previous = read_previous(write_settlement(first, tmp_path / "raming", word=False))
    second = settle_year(case, figures, 2027, "voorlopig", today=TODAY, previous=previous)
    assert second.contracts[0].to_pay == first.contracts[0].to_pay


def test_what_is_definitive_changes_only_with_a_reason(case: Case, figures: YearFigures, tmp_path: Path) -> None:
    ready, signed = _definitive(case, figures)
    own = {"providers": ["aanbieder-1"]}
    first = settle_year(ready, signed, 2027, "definitief", today=TODAY, **own)  # type: ignore[arg-type]
    previous = read_previous(write_settlement(first, tmp_path / "eerste", word=False))
    other = replace(signed, deductions=signed.deductions[:1])
    with pytest.raises(
        CaseError, match="was settled definitively on 2028-04-14 and changes now; fill in column correction why"
    ):
        settle_year(ready, other, 2027, "definitief", today=TODAY, previous=previous, **own)  # type: ignore[arg-type]
    told = _changed(other, "determinations", correction="herziene verantwoording")
    second = settle_year(ready, told, 2027, "definitief", today=TODAY, previous=previous, **own)  # type: ignore[arg-type]
    assert second.contracts[0].correction == "herziene verantwoording"


def test_a_settlement_of_another_year_is_no_previous_one(case: Case, figures: YearFigures, tmp_path: Path) -> None:
    first = settle_year(case, figures, 2027, "voorlopig", today=TODAY)
    previous = read_previous(write_settlement(first, tmp_path / "eerste", word=False))
    elsewhere = replace(previous, year=2026)
    with pytest.raises(UserError, match="is the settlement of 2026, not of 2027"):
        settle_year(case, figures, 2027, "voorlopig", today=TODAY, previous=elsewhere)
    with pytest.raises(UserError, match="holds no settlement"):
        read_previous(tmp_path)


def test_a_settlement_never_goes_back_in_status(case: Case, figures: YearFigures) -> None:
    """After a provisional settlement comes no estimate of the same year."""
    before = Previous("map", 2027, "voorlopig", "2028-04-14", {})
    with pytest.raises(
        UserError, match=r"settled as voorlopig on 2028-04-14 \(map\); a settlement after it is not raming"
    ):
        settle_year(case, figures, 2027, "raming", today=TODAY, previous=before)


def test_a_lump_sum_of_nothing_is_refused_and_a_cent_is_settled(case: Case, figures: YearFigures) -> None:
    def of(euros: float) -> YearFigures:
        terms = (
            row.model_copy(update={"agreed": euros}) if row.term == "reference_amount" else row
            for row in figures.terms
        )
        return replace(figures, terms=tuple(terms))

    with pytest.raises(CaseError, match="the reference amount of 2027 is zero, of which no deviation"):
        settle_year(case, of(0.0), 2027, "voorlopig", today=TODAY)
    for euros in (0.01, 1e11):
        one = settle_year(case, of(euros), 2027, "voorlopig", today=TODAY).contracts[0]
        assert sum(part.to_pay for part in one.parts) == one.to_pay
