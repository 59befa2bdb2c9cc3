"""Settlements by hand: the example of docs/settlement.md and the worked examples of docs/contracts.md."""

from __future__ import annotations

import doctest
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.actuals import YearFigures
from bekostiging.case import Case, CaseError
from bekostiging.case.rows import Row
from bekostiging.case.tables import ContractClause, Layer, Policy
from bekostiging.case.year_tables import YEAR_TABLES
from bekostiging.contracts import Clause, Position, Step
from bekostiging.settlement import (
    ContractSettlement,
    Term,
    example_case,
    example_figures,
    example_year,
    in_whole_cents,
    settle_year,
)
from bekostiging.settlement.ledger import Ledger
from bekostiging.settlement.spelled import At, spelled
from bekostiging_solvers.typing import FloatArray

TODAY = date(2035, 1, 1)
MARK: dict[str, Any] = {
    "source": "met de hand",
    "status": "illustrative",
    "entered_by": "test",
    "entered_on": "2028-01-02",
}


def _one(settled_case: Case, figures: YearFigures, year: int, status: str = "voorlopig") -> ContractSettlement:
    return settle_year(settled_case, figures, year, status, today=TODAY).contracts[0]


def _euro(one: ContractSettlement) -> dict[str, float]:
    return {line.key: line.euro for line in one.lines}


EXAMPLE = {
    "reference": 3_240_000.00,
    "index": 107_406.00,  # 2.9 % forecast + 0.9 x 0.45 % + 0.1 x 0.1 % of 2026 = 3.315 %
    "letter_1": 45_000.00,  # six of twelve months of 90,000
    "indexed": 3_392_406.00,
    "loading": 50_886.09,  # 1.5 %
    "budget": 3_443_292.09,
    "delivered": 3_674_707.92,  # (21,200 x 78 + 18,300 x 104) x 1.03315
    "deduction_not_shown": -18_240.00,
    "deduction_residence": -6_310.40,
    "base_0_crisis_care": -48_351.42,  # 600 x 78 x 1.03315
    "base": 3_601_806.10,
    "deviation": 209_400.10,
    "layer_1": 0.00,  # 5 % of 3,392,406 = 169,620.30, for the provider
    "layer_2": 19_889.90,  # half of 39,779.80
    "clause_0_crisis_care": 48_351.42,
    "budget_1_performance": -17_216.46,  # 60 % of a target of 80 %: a quarter of 2 % is not paid
    "provider_pool": 7_045.17,  # 18,951.02 - 0.621467 x (18,951.02 + 206.63)
    "determined": 3_501_362.12,
    "advance": -3_360_000.00,
    "balance": 141_362.12,
    "earlier_1": -8_450.00,
    "to_pay": 132_912.12,
}


def test_the_example_line_by_line() -> None:
    one = example_year().contracts[0]
    told = _euro(one)
    names = {key.replace("budget_0_", "budget_1_"): value for key, value in told.items()}
    assert names == pytest.approx(EXAMPLE, abs=1e-9)
    # 3,501,362.12 - 3,360,000 - 95,000
    assert one.difference == 4_636_212
    # the deviation would be 18,240 larger: half of it, less a tenth of the rest that the pool takes, plus the own key's part
    undisputed = replace(example_figures(), deductions=example_figures().deductions[1:])
    with_it = settle_year(example_case(), undisputed, 2027, "voorlopig", today=TODAY).contracts[0]
    assert one.held == pytest.approx(with_it.determined - one.determined, abs=1)
    assert one.disputed == 18_240.00


def test_the_page_about_settlement_shows_the_example() -> None:
    page = Path(__file__).parents[3] / "docs" / "settlement.md"
    failed, tried = doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0, "what was expected and what was printed stands above"
    assert tried >= 4


def test_the_parts_of_the_example_add_up() -> None:
    """47.5, 33.2 and 19.3 % of 3,501,362.12, by largest remainder."""
    parts = example_year().contracts[0].parts
    assert [part.determined for part in parts] == [166_314_701, 116_245_222, 67_576_289]
    assert sum(part.determined for part in parts) == 350_136_212
    assert [part.paid for part in parts] == [159_600_000, 111_552_000, 64_848_000]
    assert [part.earlier for part in parts] == [-401_375, -280_540, -163_085]


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_a_line_is_rounded_half_away_from_nothing(amount: Any) -> None:
    """As a person rounds a number with three decimals, although floating point has no such ties."""
    thousandths = int(amount * 1000)
    whole, rest = divmod(abs(thousandths), 10)
    expected = (whole + (rest >= 5)) * (1 if thousandths >= 0 else -1)
    assert in_whole_cents(float(amount)) == expected
    assert in_whole_cents(float(amount) * 0.1 * 10) == expected


def test_a_term_says_what_it_computes() -> None:
    found = (Term(3.0, "{a}") - 1) * Term(-2.0, "{b}") / 4
    assert (found.value, found.text) == (-1.0, "((({a}-1.0)*{b})/4.0)")


def _paper(form: str, tariff: float, **policy: str) -> Case:
    """One provider, one area and one care form at a tariff, in the first contract year."""
    case = example_case()
    lot = case.lots[0].model_copy(update={"payment_form": form, "care_forms": ("guidance",)})
    rows = [row for row in case.policy if row.name not in policy]
    added = [
        Policy(name=name, scope="case", value=value, source="t", status="illustrative")
        for name, value in policy.items()
    ]
    return replace(
        case,
        lots=(lot,),
        clauses=(),
        contracts=case.contracts[:1],
        policy=tuple([*rows, *added]),
        offers=tuple(row.model_copy(update={"tariff": tariff}) for row in case.offers),
    )


def _rows(table: str, *rows: dict[str, Any]) -> tuple[Any, ...]:
    model: type[Row] = YEAR_TABLES[table]
    common = MARK | {
        "year": 2026,
        "provider": "aanbieder-1",
        "lot": "youth",
        "care_form": "guidance",
        "area": "gebied-1",
    }
    return tuple(
        model.model_validate({key: value for key, value in (common | row).items() if key in model.model_fields})
        for row in rows
    )


def test_inspanningsgericht_of_the_docs() -> None:
    """1,000 hours at 80, 100 of them crisis, ceiling 70,000: paid 70,000."""
    figures = YearFigures(
        statements=_rows("statements", {"units": 1000, "crisis_units": 100}),
        terms=_rows("terms", {"term": "ceiling", "from_month": "2026-01", "agreed": 70_000.0}),
    )
    one = _one(_paper("inspanningsgericht", 80.0), figures, 2026)
    assert _euro(one) == {
        "delivered": 80_000.0,
        "above_ceiling": -10_000.0,
        "payable": 70_000.0,
        "determined": 70_000.0,
        "balance": 70_000.0,
        "to_pay": 70_000.0,
    }


def test_a_ceiling_that_was_raised_in_july() -> None:
    """Half a year 60,000 and half a year 80,000 is 70,000 over the year."""
    halves = (
        {"term": "ceiling", "from_month": "2026-01", "agreed": 60_000.0},
        {"term": "ceiling", "from_month": "2026-07", "agreed": 80_000.0},
    )
    figures = YearFigures(
        statements=_rows("statements", {"units": 1000, "crisis_units": 100}), terms=_rows("terms", *halves)
    )
    assert _one(_paper("inspanningsgericht", 80.0), figures, 2026).determined == 7_000_000
    # a year later at 3.315 % more, and the words say at which amount
    later = replace(figures, statements=_rows("statements", {"year": 2027, "units": 1000, "crisis_units": 100}))
    one = _one(_paper("inspanningsgericht", 80.0), later, 2027)
    line = next(line for line in one.lines if line.key == "above_ceiling")
    assert line.words == ("bestedingsruimte 82.652,00", "ceiling 82,652.00")
    assert one.determined == 8_265_200


def test_outputgericht_of_the_docs() -> None:
    """960 x 80 = 76,800 whatever was delivered; with 10 % disputed, of which a fifth is lost, 75,264."""
    figures = YearFigures(
        statements=_rows("statements", {"units": 1100, "arrangement_units": 900, "result_units": 60})
    )
    assert _one(_paper("outputgericht", 80.0), figures, 2026).determined == 7_680_000
    disputed = _paper("outputgericht", 80.0, disputed_share="0.1", disputed_lost="0.2")
    one = _one(disputed, figures, 2026)
    assert _euro(one)["not_claimable"] == -1_536.0
    assert one.determined == 7_526_400


def test_maatwerktraject_of_the_docs(monkeypatch: pytest.MonkeyPatch) -> None:
    """960 of 1,000 hours within the budgets, of which 96 % was expected: 960 x 80 / 0.96 = 80,000; 3,333.33 is unpaid."""
    monkeypatch.setattr("bekostiging.contracts.basis.paid_parts", lambda case, cells: np.full(cells.n_cells, 0.96))
    figures = YearFigures(
        statements=_rows("statements", {"units": 1000, "budget_units": 960, "crisis_budget_units": 90}),
        terms=_rows("terms", {"term": "ceiling", "from_month": "2026-01", "agreed": 9e9}),
    )
    one = _one(_paper("maatwerktraject", 80.0), figures, 2026)
    assert _euro(one)["not_claimable"] == -3_333.33
    assert one.determined == 8_000_000


@dataclass(frozen=True)
class _Bonus(Clause):
    """A clause that no sheet has words for."""

    kind = "bonus"
    name = ("bonus", "bonus")
    share: FloatArray

    def euros(self, position: Position) -> FloatArray:
        return np.asarray(np.maximum(position.base - position.reference, 0.0)[..., None])


def test_a_clause_of_another_package_is_computed_by_its_object() -> None:
    """A third of 130 - 100: an input of the sheet, said to be computed by the contract object."""
    one = np.ones((1, 1))
    position = Position(None, np.arange(1), "delivered", one, base=130 * one, reference=100 * one)  # type: ignore[arg-type]
    step = Step(_Bonus(np.array([1 / 3])), position, paid=10 * one, left=120 * one)
    ledger = Ledger()
    found = spelled(
        step.clause, At(ledger, 0, 4, Term(130.0, "{base}"), Term(100.0, "{ref}"), Term(1.0, "1"), step)
    )
    assert (found.moved.value, found.left.value, found.moved.text) == (10.0, 120.0, "{bonus_4}")
    assert found.words == ("berekend door het contractobject", "computed by the contract object")


def test_taakgericht_of_the_docs() -> None:
    """B0 = 80,000, index 2 % above expectation, cost 92,000; layers to 103 % nothing, to 108 % half, above 80 %: 86,737.60.

    The surprise is paid within the year by a revision from its first day: wages so much above forecast give
    1.029 x 1.02.
    """
    case = _paper("taakgericht", 80.0, base="audited_cost", mid_year_revision="1.0")
    edges = (("d1", 1.0, 1.03, 0.0), ("d2", 1.03, 1.08, 0.5), ("d3", 1.08, None, 0.8), ("s1", 0.0, 1.0, 0.0))
    layers = tuple(
        Layer.model_validate(
            {
                "lot": "youth",
                "layer": name,
                "lower": low,
                "upper": high,
                "share": share,
                "source": "t",
                "status": "illustrative",
            }
        )
        for name, low, high, share in edges
    )
    final = {"ova_final": (1.029 * 1.02 - 1 - 0.1 * 0.02) / 0.9, "ppc_final": 0.02}
    indices = tuple(row.model_copy(update=final if row.year == 2026 else {}) for row in case.indices)
    case = replace(case, layers=layers, indices=indices)
    figures = YearFigures(
        statements=_rows("statements", {"units": 1000, "cost": 92_000.0}),
        terms=_rows("terms", {"term": "reference_amount", "from_month": "2026-01", "agreed": 80_000.0}),
    )
    one = _one(case, figures, 2026)
    told = _euro(one)
    assert told["budget"] == 81_600.0
    assert (told["layer_1"], told["layer_2"], told["layer_3"]) == (0.0, 2_040.0, 3_097.6)
    assert one.determined == 8_673_760
    own = {"lot": "youth", "payment_form": "taakgericht", "source": "t", "status": "illustrative"}
    clauses = [
        ContractClause.model_validate(own | {"position": 1, "clause": "quota_share", "share": 0.2}),
        ContractClause.model_validate(own | {"position": 2, "clause": "stop_loss", "share": 1.0, "lower": 1.1}),
    ]
    told = _euro(_one(replace(case, clauses=tuple(clauses)), figures, 2026))
    assert told["clause_0_quota_share"] == 2_080.0
    assert told["clause_1_stop_loss"] == 160.0


def test_a_subcontractor_is_paid_through_its_main_contractor() -> None:
    """80 % of the work and half of what clauses move; the annex of the main contractor says so."""
    case = _paper("inspanningsgericht", 80.0)
    own = {
        "main_contractor": "aanbieder-2",
        "passed_tariff_share": 0.8,
        "passed_corridor_share": 0.5,
        "ceiling": None,
    }
    case = replace(case, contracts=(case.contracts[0].model_copy(update=own),))
    figures = YearFigures(statements=_rows("statements", {"units": 1000, "crisis_units": 0}))
    one = _one(case, figures, 2026)
    assert (one.determined, one.passed_on) == (8_000_000, 6_400_000)


def test_a_reserve_needs_the_years_before() -> None:
    case = _paper("taakgericht", 80.0)
    own = {"lot": "youth", "payment_form": "taakgericht", "source": "t", "status": "illustrative"}
    clause = ContractClause.model_validate(
        own | {"position": 1, "clause": "equalisation_reserve", "share": 0.5, "upper": 0.05}
    )
    case = replace(case, clauses=(clause,))
    figures = YearFigures(statements=_rows("statements", {"year": 2027, "units": 1000}))
    with pytest.raises(
        CaseError, match="clause equalisation reserve needs units of 2026, which is not there; fill it in"
    ):
        settle_year(case, figures, 2027, "voorlopig", today=TODAY)
