"""Every rule by which a trajectory is rebuilt, on messages written by hand; and what of claims stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from region_messages import (
    HEAD,
    OTHER_PERSON,
    OTHER_PROVIDER,
    answer,
    authorisation,
    claim,
    claim_line,
    filled,
    start,
    stop,
)

from bekostiging.case import CaseError, UserError
from bekostiging.store import (
    case_from_store,
    confirm_products,
    open_store,
    propose_products,
    unmapped_products,
)
from bekostiging.store.trajectories import rebuilt

pytest.importorskip("duckdb")
pytest.importorskip("lxml")
LAST = dt.date(2025, 12, 31)
Found = tuple[list[tuple[Any, ...]], dict[str, int]]


@pytest.fixture
def trajectories(tmp_path: Path) -> Callable[..., Found]:
    """``trajectories(texts)``: begin and end of each, and the counts of the rules."""

    def rebuild(*texts: str) -> Found:
        with open_store(filled(tmp_path, texts)) as store:
            found = rebuilt(store, LAST)
            return store.rows("SELECT begins, ends FROM trajectories ORDER BY ALL"), found.counts

    return rebuild


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_from_start_to_stop(trajectories: Callable[..., Found]) -> None:
    found, _ = trajectories(authorisation(), start(), stop())
    assert found == [(day("2025-01-06"), day("2025-06-30"))]


def test_without_a_stop_care_goes_on(trajectories: Callable[..., Found]) -> None:
    found, _ = trajectories(authorisation(last=""), start())
    assert found == [(day("2025-01-06"), None)]


def test_a_stop_without_a_start_names_the_begin(trajectories: Callable[..., Found]) -> None:
    found, counts = trajectories(authorisation(), stop())
    assert (found, counts["stop_without_start"]) == ([(day("2025-01-06"), day("2025-06-30"))], 1)


def test_a_start_without_authorisation_counts(trajectories: Callable[..., Found]) -> None:
    found, counts = trajectories(start())
    assert (found, counts["start_without_authorisation"]) == ([(day("2025-01-06"), None)], 1)


def test_a_start_without_a_number_counts(trajectories: Callable[..., Found]) -> None:
    found, counts = trajectories(start(authorised=None), stop(authorised=None))
    assert (found, counts["start_without_authorisation"]) == ([(day("2025-01-06"), day("2025-06-30"))], 1)


def test_claims_alone_are_a_trajectory(trajectories: Callable[..., Found]) -> None:
    """Nothing was claimed for a quarter before the last day, so care ended with the last claim."""
    lines = [claim_line(first=f"2025-{m:02d}-01", last=f"2025-{m:02d}-28", reference=f"R{m}") for m in (2, 3, 4)]
    found, counts = trajectories(claim(lines, 15000))
    assert (found, counts["only_claims"]) == ([(day("2025-02-01"), day("2025-04-28"))], 1)


def test_an_authorisation_that_ended_ends_care(trajectories: Callable[..., Found]) -> None:
    found, counts = trajectories(authorisation(last="2025-03-31"), start())
    assert (found, counts["ended_by_authorisation"]) == ([(day("2025-01-06"), day("2025-03-31"))], 1)


def test_unless_it_is_still_claimed(trajectories: Callable[..., Found]) -> None:
    line = claim_line(first="2025-12-01", last="2025-12-31")
    found, counts = trajectories(authorisation(last="2025-03-31"), start(), claim([line], 5000))
    assert (found, counts["outside_authorisation"]) == ([(day("2025-01-06"), None)], 1)


def test_who_never_started_is_no_trajectory(trajectories: Callable[..., Found]) -> None:
    found, counts = trajectories(authorisation())
    assert (found, counts["not_started"]) == ([], 1)


def test_a_deleted_start_is_none(trajectories: Callable[..., Found]) -> None:
    found, _ = trajectories(authorisation(), start(), start("2", status="3", dated="2025-01-20"))
    assert found == []


def test_a_changed_start_takes_the_place_of_the_first(trajectories: Callable[..., Found]) -> None:
    found, _ = trajectories(
        authorisation(last=""), start(), start("2", status="2", first="2025-02-03", dated="2025-02-05")
    )
    assert found == [(day("2025-02-03"), None)]


def test_a_deleted_stop_is_none(trajectories: Callable[..., Found]) -> None:
    found, _ = trajectories(authorisation(last=""), start(), stop(), stop("2", status="3", dated="2025-07-20"))
    assert found == [(day("2025-01-06"), None)]


def test_a_temporary_stop_with_a_later_start_is_one_trajectory(trajectories: Callable[..., Found]) -> None:
    found, _ = trajectories(
        authorisation(), start(), stop(last="2025-03-31", reason="20", dated="2025-04-02"),
        start("2", first="2025-05-01", dated="2025-05-03"),
        stop("2", first="2025-05-01", last="2025-08-31", dated="2025-09-02"),
    )  # fmt: skip
    assert found == [(day("2025-01-06"), day("2025-08-31"))]


def test_a_withdrawn_authorisation_does_not_count(trajectories: Callable[..., Found]) -> None:
    found, counts = trajectories(authorisation(), authorisation("2", dated="2025-01-05", change="13"))
    assert (found, counts["withdrawn"], counts["not_started"]) == ([], 1, 0)


def test_the_last_version_of_an_authorisation_is_the_one(tmp_path: Path) -> None:
    """Imported in the other order: what was decided last counts, not what was imported last."""
    texts = [authorisation("2", dated="2025-06-01", size=(6, "04", "2"), change="12"), authorisation(), start()]
    with open_store(filled(tmp_path, texts)) as store:
        rebuilt(store, LAST)
        assert store.rows("SELECT weekly FROM trajectories") == [(6.0,)]


def test_authorisations_that_follow_or_overlap_are_one_trajectory(trajectories: Callable[..., Found]) -> None:
    texts = [
        start("1", authorised=1, first="2025-01-06"), stop("1", authorised=1, first="2025-01-06", last="2025-03-31"),
        start("2", authorised=2, first="2025-04-20"), stop("2", authorised=2, first="2025-04-20", last="2025-06-30"),
        start("3", authorised=3, first="2025-06-15"), stop("3", authorised=3, first="2025-06-15", last="2025-07-31"),
    ]  # fmt: skip
    found, counts = trajectories(*texts)
    assert (found, counts["joined"]) == ([(day("2025-01-06"), day("2025-07-31"))], 2)


def test_a_later_return_is_another_trajectory(trajectories: Callable[..., Found]) -> None:
    found, _ = trajectories(
        start("1", authorised=1), stop("1", authorised=1, last="2025-03-31"),
        start("2", authorised=2, first="2025-05-15"),
    )  # fmt: skip
    assert found == [(day("2025-01-06"), day("2025-03-31")), (day("2025-05-15"), None)]


def test_another_provider_is_another_trajectory(trajectories: Callable[..., Found]) -> None:
    found, _ = trajectories(start("1", authorised=1), start("2", authorised=2, provider=OTHER_PROVIDER))
    assert len(found) == 2


SIZES = {
    "hours a week": ((2, "04", "2"), 2.0),
    "minutes a week": ((150, "01", "2"), 2.5),
    "minutes a day": ((30, "01", "1"), 3.5),
    "hours a month": ((10, "04", "4"), 10 * 12 * 7 / 365),
    "hours in all": ((104, "04", "6"), 104 * 7 / 365),
    "dagdelen a week, of four hours": ((2, "16", "2"), 8.0),
}


@pytest.mark.parametrize("name", SIZES)
def test_what_was_agreed_becomes_units_a_week(tmp_path: Path, name: str) -> None:
    """Of an authorisation of the whole of 2025, 365 days."""
    size, weekly = SIZES[name]
    with open_store(filled(tmp_path, [authorisation(size=size), start()])) as store:
        rebuilt(store, LAST)
        assert store.rows("SELECT weekly FROM trajectories")[0][0] == pytest.approx(weekly, rel=1e-12)


@pytest.mark.parametrize("size", [(2, "14", "2"), (3, "82", "2"), (50000, "83", "6"), None])
def test_what_is_in_no_unit_of_the_care_form_is_counted(
    tmp_path: Path, size: tuple[object, str, str] | None
) -> None:
    with open_store(filled(tmp_path, [authorisation(size=size), start()])) as store:
        found = rebuilt(store, LAST)
        assert store.rows("SELECT weekly FROM trajectories") == [(None,)]
    assert found.counts["without_volume"] == 1
    assert any("without" in note["en"] or "unknown" in note["en"] for note in found.notes())


def paid(place: Path, *texts: str) -> tuple[int, dict[str, int]]:
    """Cents of the claims that stand, and the counts of the rules."""
    with open_store(filled(place, texts)) as store:
        found = rebuilt(store, LAST)
        return store.rows("SELECT coalesce(sum(cents), 0)::BIGINT FROM paid")[0][0], found.counts


def test_a_rejected_line_does_not_stand_and_its_successor_does(tmp_path: Path) -> None:
    again = claim([claim_line(3, 1250, reference="R2", previous="R1")], 3750, "2", "2025-03-10")
    cents, counts = paid(tmp_path, claim([claim_line()], 5000), answer([claim_line(codes="9321")]), again)
    assert (cents, counts["rejected_lines"]) == (3750, 1)


def test_the_answer_may_come_first(tmp_path: Path) -> None:
    cents, _ = paid(tmp_path, answer([claim_line(codes="9321")]), claim([claim_line()], 5000))
    assert cents == 0


def test_a_rejected_reference_may_be_used_again(tmp_path: Path) -> None:
    again = claim([claim_line()], 5000, "2", "2025-03-10")
    cents, _ = paid(tmp_path, claim([claim_line()], 5000), answer([claim_line(codes="9321")]), again)
    assert cents == 5000


def test_a_claim_that_was_rejected_whole_does_not_stand(tmp_path: Path) -> None:
    cents, _ = paid(tmp_path, claim([claim_line()], 5000), answer([], codes="9338"))
    assert cents == 0


def test_debit_credit_and_debit_is_the_last(tmp_path: Path) -> None:
    undone = claim_line(4, 1250, sign="C", reference="R2", previous="R1")
    right = claim_line(5, 1250, reference="R3", previous="R1")
    cents, counts = paid(tmp_path, claim([claim_line()], 5000), claim([undone, right], 1250, "2", "2025-03-10"))
    assert (cents, counts["credit_lines"]) == (6250, 1)


def test_a_line_that_was_sent_twice_is_paid_once(tmp_path: Path) -> None:
    cents, counts = paid(tmp_path, claim([claim_line()], 5000), claim([claim_line()], 5000, "2", "2025-03-10"))
    assert (cents, counts["repeated_lines"]) == (5000, 1)


def test_one_reference_for_two_months_is_two_lines(tmp_path: Path) -> None:
    """As in the published example of message 323."""
    lines = [claim_line(), claim_line(first="2024-12-01", last="2024-12-31")]
    assert paid(tmp_path, claim(lines, 10000))[0] == 10000


def test_persons_and_trajectories_are_counted_apart(tmp_path: Path) -> None:
    texts = [
        start("1", authorised=1),
        start("2", authorised=2, provider=OTHER_PROVIDER),
        start("3", authorised=3, person=OTHER_PERSON),
    ]
    with open_store(filled(tmp_path, texts)) as store:
        rebuilt(store, LAST)
        assert store.rows("SELECT count(*), count(DISTINCT person) FROM trajectories") == [(3, 2)]


def test_a_code_may_mean_something_else_from_a_day_on(tmp_path: Path) -> None:
    table = f"{HEAD}\njeugdwet;45A03;;2025-01-15;oud;oud;6.72;hour;nee\n"
    table += "jeugdwet;45A03;2025-01-16;;nieuw;nieuw;6.752;hour;nee\n"
    texts = [
        start("1", authorised=1, first="2025-01-10"),
        start("2", authorised=2, first="2025-02-10", person=OTHER_PERSON),
    ]
    with open_store(filled(tmp_path, texts, table)) as store:
        rebuilt(store, LAST)
        assert store.rows("SELECT care_form FROM trajectories ORDER BY begins") == [("oud",), ("nieuw",)]


WRONG_TABLES = {
    "another law": (f"{HEAD}\nzvw;45A03;;;a;a;;hour;nee\n", "row 2, column law: choose from jeugdwet, wmo"),
    "another unit": (f"{HEAD}\nwmo;02A03;;;a;a;;piece;nee\n", "row 2, column unit: choose from minute"),
    "no care form": (f"{HEAD}\nwmo;02A03;;;;a;;hour;nee\n", "column care_form: is empty"),
    "no day": (f"{HEAD}\nwmo;02A03;1-1-25;;a;a;;hour;nee\n", "column first: is no day like 2025-01-01"),
    "two meanings": (f"{HEAD}\nwmo;02A03;;;a;a;;hour;nee\nwmo;02A03;;;b;b;;hour;nee\n", "stands on row 2 too"),
    "two units": (
        f"{HEAD}\nwmo;02A03;;;a;a;;hour;nee\nwmo;02A04;;;a;a;;etmaal;nee\n",
        "has another law or unit on row 2",
    ),
    "no column": ("law;code\nwmo;02A03\n", "column care_form is missing"),
}


@pytest.mark.parametrize("name", WRONG_TABLES)
def test_a_wrong_conversion_table_is_refused_as_a_whole(tmp_path: Path, name: str) -> None:
    path = filled(tmp_path, [])
    text, sentence = WRONG_TABLES[name]
    (tmp_path / "wrong.csv").write_text(text)
    with open_store(path, read_only=False) as store:
        with pytest.raises(CaseError, match=sentence):
            confirm_products(store, tmp_path / "wrong.csv", "test")
        assert store.rows("SELECT count(*) FROM products") == [(2,)]


def test_nobody_confirms_nothing(tmp_path: Path) -> None:
    path = filled(tmp_path, [])
    with open_store(path, read_only=False) as store, pytest.raises(UserError, match="name with --by"):
        confirm_products(store, tmp_path / "products.csv", " ")


def test_a_proposal_can_be_confirmed(tmp_path: Path) -> None:
    path = filled(tmp_path, [start(), claim([claim_line(product="54A01", category="54")], 5000)])
    with open_store(path, read_only=False) as store:
        assert propose_products(store, tmp_path / "proposal.csv") == 1
        assert confirm_products(store, tmp_path / "proposal.csv", "test") == 1
        assert store.rows("SELECT code, care_form, taakveld, unit FROM products") == [
            ("54A01", "jeugd-ggz", "6.752", "hour")
        ]


def test_a_proposal_of_one_category_in_two_units_can_be_confirmed(tmp_path: Path) -> None:
    lines = [
        claim_line(product="46A01", category="46"),
        claim_line(product="46A02", category="46", unit="14", reference="R2"),
    ]
    path = filled(tmp_path, [claim(lines, 10000)])
    with open_store(path, read_only=False) as store:
        propose_products(store, tmp_path / "proposal.csv")
        assert confirm_products(store, tmp_path / "proposal.csv", "test") == 2
        found = store.rows("SELECT care_form, unit FROM products ORDER BY code")
    assert found == [("crisis", "hour"), ("crisis-etmaal", "etmaal")]


def test_what_has_no_care_form_is_listed_and_above_one_percent_no_case_is_made(tmp_path: Path) -> None:
    other = claim([claim_line(product="54A01", reference="R9")], 5000, "2")
    with open_store(filled(tmp_path, [start(), claim([claim_line()], 5000), other])) as store:
        unmapped, total = unmapped_products(store)
        assert [(one.code, one.lines, one.cents) for one in unmapped] == [("54A01", 1, 5000)]
        assert total == 10000
        with pytest.raises(
            UserError, match=r"50.0 percent of the euros has no care form: jeugdwet 54A01 \(50,00 euro\)"
        ):
            case_from_store(store, "mine", 2025)


def test_messages_that_begin_in_the_base_year_are_no_base_year(tmp_path: Path) -> None:
    with (
        open_store(filled(tmp_path, [start(), stop()])) as store,
        pytest.raises(UserError, match="begin after 1 January 2025"),
    ):
        case_from_store(store, "mine", 2025)


def test_a_store_without_trajectories_gives_no_case(tmp_path: Path) -> None:
    path = filled(tmp_path, [])
    with open_store(path) as store, pytest.raises(UserError, match="there is no trajectory"):
        case_from_store(store, "mine", 2025)
