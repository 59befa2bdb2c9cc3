"""Which limit and which rule every contract has, from rows with round figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from by_hand import RESIDENTIAL, A, B, built, case_on_paper, with_contract, with_policy, written

from bekostiging.case import Case
from bekostiging.contracts import Taakgericht
from bekostiging.evaluation.limits import Limits, monthly_capacity
from bekostiging.evaluation.settlement import levels_by_lot
from bekostiging.scenarios import build_cells

NOBODY: dict[str, dict[int, list[float]]] = {}


def _limits(case: Case) -> Limits:
    cells, contracts = built(case, "taakgericht", 2)
    return Limits(case, cells, tuple(one for one in contracts if isinstance(one, Taakgericht)))


def _with_capacity(case: Case, **units: float) -> Case:
    rows = tuple(
        row.model_copy(update={"capacity": units.get(row.provider.replace("-", "_"))}) for row in case.offers
    )
    return replace(case, offers=rows)


def test_lists_and_moves_go_by_the_lots_policy(small_case: Case) -> None:
    """In lot wmo nobody waits and who is stopped moves; in lot residential it is the other way round."""
    case = with_policy(case_on_paper(small_case), waiting_list="not_allowed", when_stopped="move")
    rule = _limits(case).budgets(levels_by_lot(case, written(case, 2, NOBODY)))
    assert rule.moves is not None
    assert rule.waiting_list.tolist() == [True, False, False]
    assert rule.moves.tolist() == [False, True, True]


def test_what_a_provider_can_do_in_a_month(small_case: Case) -> None:
    """1,200 units a year at 92, a factor of 1.5 on the tariff: 13,800 euro a month; without a number no end."""
    case = _with_capacity(case_on_paper(small_case), aanbieder_2=1200.0)
    case = with_contract(case, A, tariff_factor=1.5)
    assert monthly_capacity(case, build_cells(case)).tolist() == [np.inf, 1200 * 92 * 1.5 / 12, np.inf]


def test_without_ceilings_and_capacity_nothing_is_limited(small_case: Case) -> None:
    case = case_on_paper(small_case)
    care_use = written(case, 2, NOBODY)
    assert _limits(case).ceilings(care_use) is None
    only_capacity = _limits(_with_capacity(case, aanbieder_5=10.0)).ceilings(care_use)
    assert only_capacity is not None
    assert np.isinf(only_capacity.limit).all()


def test_ceilings_of_contracts_and_who_shares_them(small_case: Case) -> None:
    case = with_contract(case_on_paper(small_case), A, ceiling=1000.0, ceiling_pool="samen")
    case = with_policy(with_contract(case, B, ceiling=3000.0, ceiling_pool="samen"), "case", ceiling_lift="0.1")
    rule = _limits(case).ceilings(written(case, 2, NOBODY))
    assert rule is not None
    assert rule.pool is not None
    assert rule.limit[0].tolist() == [[np.inf, 1000, 3000]] * 2
    assert rule.pool[A] == rule.pool[B] != rule.pool[RESIDENTIAL]
    assert rule.lift == 0.1
    alone = _limits(with_contract(case, B, ceiling_pool="")).ceilings(written(case, 2, NOBODY))
    assert alone is not None
    assert alone.pool is not None
    assert len(set(alone.pool.tolist())) == 3


def test_each_contract_under_its_own_form(small_case: Case) -> None:
    """B is a lump sum and has its budget of 600,000 and 660,000 at its own cost and no end of capacity; A has its ceiling.

    Of cost the price level is one: unit costs follow the same index.
    """
    case = with_contract(case_on_paper(small_case), A, ceiling=1000.0)
    case = _with_capacity(case, aanbieder_2=1200.0, aanbieder_5=1200.0)
    care_use = written(case, 2, NOBODY)
    limits, levels = _limits(case), levels_by_lot(case, care_use)
    by_form = {form: built(case, form, 2)[1] for form in ("inspanningsgericht", "taakgericht")}
    own = [by_form["inspanningsgericht"][RESIDENTIAL], by_form["inspanningsgericht"][A], by_form["taakgericht"][B]]
    rule = limits.mixed(own, care_use, levels)
    assert rule.capacity is not None
    np.testing.assert_allclose(rule.limit[0, :, A], 1000)
    np.testing.assert_allclose(rule.limit[0, :, B], limits.budgets(levels).limit[0, :, B])
    np.testing.assert_allclose(rule.limit[0, 0, B], 600_000)
    assert rule.capacity.tolist() == [np.inf, 1200 * 92 / 12, np.inf]
    cells = limits.cells
    np.testing.assert_array_equal(rule.price, np.where(cells.contract == B, cells.unit_cost, cells.tariff))
    free = _limits(case_on_paper(small_case)).mixed(own, care_use, levels)
    assert np.isinf(free.limit[0, :, [RESIDENTIAL, A]]).all()
    np.testing.assert_allclose(free.limit[0, :, B], rule.limit[0, :, B])
