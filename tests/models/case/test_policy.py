"""Names of the table policy: every row is whole, a value is looked up in one way, and a row may come from outside."""

from __future__ import annotations

import re
from dataclasses import replace
from math import isfinite
from pathlib import Path

import openpyxl
import pytest

from bekostiging.case import (
    POLICIES,
    Case,
    CasePolicy,
    LotPolicy,
    Number,
    PolicyTable,
    UserError,
    Words,
    check_case,
    register_policy,
    scaffold_case,
)
from bekostiging.case.errors import CaseError
from bekostiging.case.explanation import explain
from bekostiging.case.policy_rows import NoDefault, PolicyRow
from bekostiging.case.tables import Policy

DOCS = Path(__file__).parents[3] / "docs" / "policy.md"
MARK = {"source": "test", "status": "illustrative"}


def _with(case: Case, *rows: tuple[str, str, str]) -> Case:
    """More rows of policy: name, scope, value."""
    made = (Policy.model_validate({"name": n, "scope": s, "value": v, **MARK}) for n, s, v in rows)
    return replace(case, policy=PolicyTable((*case.policy, *made)))


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> LotPolicy[float]:
    """A row that another package makes known, for the time of one test."""
    monkeypatch.setattr(POLICIES, "_things", dict(POLICIES.items()))
    texts = {"nl": "nachttoeslag", "en": "surcharge at night", "absent_nl": "een kwart", "absent_en": "a quarter"}
    return register_policy("night_surcharge", LotPolicy(Number(0, 1), default=0.25, **texts))


@pytest.mark.parametrize("row", POLICIES.values(), ids=POLICIES)
def test_a_row_is_whole(row: PolicyRow[object]) -> None:
    """A default is in words in both languages, and one that can be written may be written."""
    assert getattr(PolicyTable, row.name) is row
    assert row.nl
    assert row.en
    has_default = not isinstance(row.default, NoDefault)
    assert bool(row.absent_nl) == bool(row.absent_en) == (has_default and not any(row.needed_for))
    if isinstance(row.kind, Number) and isinstance(row.default, float) and isfinite(row.default):
        assert row.kind.low <= row.default
    elif isinstance(row.kind, Words) and has_default:
        written = {True: "yes", False: "no"}.get(row.default, row.default)  # type: ignore[call-overload]
        assert row.kind.wrong(row.name, str(written)) is None


def test_the_documented_table_is_that_of_the_code() -> None:
    """Writes docs/policy.md; a difference fails once and is then there to be committed."""
    text, written = explain(Policy, "en"), DOCS.read_text(encoding="utf-8") if DOCS.exists() else ""
    DOCS.write_text(text, encoding="utf-8")
    assert written == text, "docs/policy.md was out of date and has been written; commit it"


def test_a_lot_outranks_the_case_and_the_case_the_default(small_case: Case) -> None:
    lot, other = small_case.lots[0].id, small_case.lots[1].id
    assert small_case.policy.paid_at_start(lot) == 0
    case = _with(small_case, ("paid_at_start", "case", "0.5"), ("paid_at_start", lot, "0.75"))
    assert case.policy.paid_at_start(lot) == 0.75
    assert case.policy.paid_at_start(other) == case.policy.paid_at_start() == 0.5


def test_a_default_may_be_another_row(small_case: Case) -> None:
    assert small_case.policy.reserve_confidence == small_case.policy.confidence
    assert _with(small_case, ("reserve_confidence", "case", "0.6")).policy.reserve_confidence == 0.6


def test_what_is_needed_and_not_given_says_so(small_case: Case) -> None:
    case = replace(small_case, policy=small_case.policy.without(PolicyTable.waiting_cost))
    assert not case.policy.given(PolicyTable.waiting_cost, "youth")
    with pytest.raises(UserError) as caught:
        case.policy.waiting_cost("youth")
    assert caught.value.text("en") == (
        "table policy, lot youth: waiting_cost is missing, and needed for capacity; add a row (scope case or the lot)"
    )


def test_a_name_that_is_not_there_cannot_be_looked_up(small_case: Case) -> None:
    with pytest.raises(AttributeError):
        small_case.policy.night_surcharge  # type: ignore[attr-defined]  # noqa: B018


def test_a_row_from_outside_is_read_checked_and_explained(
    night: LotPolicy[float], small_case: Case, tmp_path: Path
) -> None:
    lot = small_case.lots[0].id
    assert small_case.policy.value(night, lot) == 0.25
    case = _with(small_case, ("night_surcharge", lot, "0.5"))
    check_case(case)
    assert case.policy.value(night, lot) == 0.5
    with pytest.raises(CaseError, match="night_surcharge is 2, allowed is a number from 0 to 1"):
        check_case(_with(small_case, ("night_surcharge", lot, "2")))
    told = "| `night_surcharge` | 0 to 1 | surcharge at night; optional: a quarter |"
    assert told in explain(Policy, "en").splitlines()
    scaffold_case(tmp_path / "case.xlsx", "nl")
    sheet = openpyxl.load_workbook(tmp_path / "case.xlsx")["uitleg beleid"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["night_surcharge", "0 tot en met 1", "nachttoeslag; mag ontbreken: dan een kwart"] in [
        row[:3] for row in rows
    ]


def test_a_name_is_there_once() -> None:
    with pytest.raises(ValueError, match="there already"):
        register_policy("confidence", CasePolicy(Number(0, 1), nl="", en=""))


def test_code_looks_a_value_up_by_its_row() -> None:
    """No module reads the rows of policy by a name in quotes: there its default would have a second home."""
    source = Path(__file__).parents[3] / "models" / "bekostiging"
    for file in source.rglob("*.py"):
        assert not re.search(r"\brow\.name (==|!=|in) ?\(?\"", file.read_text(encoding="utf-8")), file
