"""Where no lump sum exists even with loading and transition free: which limits must yield, by how many euros, by hand.

Half of the deficits is given as shared, of costs with mean 100 million whose worst future of twenty is 117.6: Y is b + 8.8
in the worst and b + 0.44 on average.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from instances import alone, data, deficits_shared, nothing_shared, random_data, tail_of, terms

from bekostiging.case import UserError
from bekostiging.lumpsum import Limit, LumpSumData, design_lumpsum, without_design
from bekostiging.lumpsum.conflict import Relaxation, relaxations, relaxed
from bekostiging.lumpsum.tail import RELAXABLE
from bekostiging.units import MILLION

BEGROTING, RESERVE, SOLVENCY, RETURN = ((kind,) for kind in RELAXABLE)
TOLERANCE = 3.0
"""Euro: the second step may add one."""


def _short(n_years: int = 1, **changes: object) -> LumpSumData:
    """Buffer 3 a year: b = 105.8, so E[M] = 106.24 within a begroting of 107; the worst year is 114.6, and there is no
    stock: 7.6 a year is missing."""
    own = terms(own=deficits_shared(0.5), **{"loading_cap": 0.0})
    return data(
        tail_of(n_years=n_years), (own,), [0], [0], free_buffer=np.array([3.0 * n_years * MILLION]),
        begroting=np.full((1, 1, n_years), 107 * MILLION), **changes,
    )  # fmt: skip


def _by_kind(found: tuple[Relaxation, ...]) -> dict[tuple[str, ...], Relaxation]:
    return {one.kinds: one for one in found}


def _named(one: Relaxation) -> dict[str, float]:
    return {yields.limit: yields.euro for yields in one.limits}


def test_loading_cap_is_free_where_nothing_fits() -> None:
    """It allows nothing and b = 105.8 is needed, yet only what is missing of the stock is named."""
    design = design_lumpsum(_short())
    assert not design.feasible
    assert not design.within
    assert (design.criterion, design.bound, design.gap) == (None, None, None)
    assert design.breaches == ()
    np.testing.assert_allclose(design.budget, [[100 * MILLION]])
    assert [one.limit.kind for one in design.conflicts if one.euro > 0] == ["begroting"]


def test_a_begroting_yields_once_and_not_twice() -> None:
    """The begroting limits what is expected and what the stock is used for; a wider one helps both: 7.6, not 15.2."""
    way = _by_kind(relaxations(_short()))[BEGROTING]
    assert way.euro == pytest.approx(7.6 * MILLION, abs=TOLERANCE)
    assert _named(way) == {Limit("begroting", ("0034", "2025")): pytest.approx(7.6 * MILLION, abs=TOLERANCE)}
    assert way.against == (Limit("solvency", ("p0",)),)


def test_a_stock_yields_once_over_all_years() -> None:
    """Two years that are bad together: 15.2 of stock once, or 7.6 of begroting each year."""
    found = _by_kind(relaxations(_short(2)))
    assert _named(found[RESERVE]) == {Limit("stock", ("0034",)): pytest.approx(15.2 * MILLION, abs=TOLERANCE)}
    assert found[RESERVE].euro == pytest.approx(15.2 * MILLION, abs=TOLERANCE)
    assert _named(found[BEGROTING]) == {
        Limit("begroting", ("0034", str(year))): pytest.approx(7.6 * MILLION, abs=TOLERANCE)
        for year in (2025, 2026)
    }
    assert found[BEGROTING].euro == pytest.approx(15.2 * MILLION, abs=TOLERANCE)


def test_what_yields_is_spread_over_the_years() -> None:
    """A stock of 5.2 leaves 10 of the 15.2: any division has this sum, the least largest is 5 a year."""
    way = _by_kind(relaxations(_short(2, stock=np.full((1, 2), 5.2 * MILLION))))[BEGROTING]
    assert _named(way) == {
        Limit("begroting", ("0034", str(year))): pytest.approx(5.0 * MILLION, abs=TOLERANCE)
        for year in (2025, 2026)
    }


def test_a_buffer_yields_where_the_return_allows() -> None:
    """Nothing shared, buffer 10, begroting 105: b = 107.6 is 2.6 too much, as euro of begroting or of buffer.

    No stock helps what is expected, and no return what solvency asks. Together the sum is the same 2.6.
    """
    case = alone(free_buffer=np.array([10 * MILLION]), begroting=np.array([[[105 * MILLION]]]))
    design = design_lumpsum(case)
    found = _by_kind(design.relaxations)
    assert list(found) == [BEGROTING, RESERVE, SOLVENCY, RETURN, RELAXABLE]
    for kinds in (BEGROTING, SOLVENCY, RELAXABLE):
        assert found[kinds].euro == pytest.approx(2.6 * MILLION, abs=TOLERANCE)
    assert _named(found[SOLVENCY]) == {Limit("solvency", ("p0",)): pytest.approx(2.6 * MILLION, abs=TOLERANCE)}
    assert found[SOLVENCY].against == ()
    assert found[RESERVE] == Relaxation(RESERVE, None, (), ())
    assert found[RETURN].euro is None
    # the conflict told is the first kind that can: the begroting, and who holds against it
    assert [(one.limit, pytest.approx(one.euro, abs=TOLERANCE)) for one in design.conflicts] == [
        (Limit("begroting", ("0034", "2025")), 2.6 * MILLION), (Limit("solvency", ("p0",)), 0.0),
    ]  # fmt: skip


def test_a_return_yields() -> None:
    """Ample buffer, begroting 100: the return of 0.08 x 17.6 = 1.408 is what nobody can pay."""
    case = alone(begroting=np.array([[[100 * MILLION]]]))
    found = _by_kind(relaxations(case))
    assert _named(found[RETURN]) == {
        Limit("return_on_capital", ("p0",)): pytest.approx(1.408 * MILLION, abs=TOLERANCE)
    }
    # a wider begroting pays the return, and needs less of it: b = 101.30
    assert found[BEGROTING].euro == pytest.approx(((100 + 0.08 * 117.6) / 1.08 - 100) * MILLION, abs=TOLERANCE)


def test_margins_are_in_what_must_yield() -> None:
    """The begroting tightened by 1 and solvency by 2: 2.6 becomes 5.6."""
    margins = {Limit("begroting", ("0034", "2025")): 1.0 * MILLION, Limit("solvency", ("p0",)): 2.0 * MILLION}
    case = alone(free_buffer=np.array([10 * MILLION]), begroting=np.array([[[105 * MILLION]]]), margins=margins)
    assert relaxed(case, BEGROTING).euro == pytest.approx(5.6 * MILLION, abs=TOLERANCE)


def test_law_and_fair_price_never_yield() -> None:
    """Fair price 120 with a begroting of 105: only the begroting yields, by 15; no buffer and no return would do."""
    case = alone(begroting=np.array([[[105 * MILLION]]]), fair_price=np.array([[120 * MILLION]]))
    design = design_lumpsum(case)
    euro = {one.kinds: one.euro for one in design.relaxations}
    assert euro[BEGROTING] == pytest.approx(15 * MILLION, abs=TOLERANCE)
    assert [euro[kinds] for kinds in (RESERVE, SOLVENCY, RETURN)] == [None, None, None]
    assert euro[RELAXABLE] == pytest.approx(15 * MILLION, abs=TOLERANCE)
    by_kind = _by_kind(design.relaxations)
    assert _named(by_kind[RELAXABLE]) == {
        Limit("begroting", ("0034", "2025")): pytest.approx(15 * MILLION, abs=TOLERANCE)
    }
    assert by_kind[BEGROTING].against == (Limit("fair_price", ("p0", "lot", "2025")),)


def test_the_law_holds_against_a_stock() -> None:
    """At least half of the deficits shared by law, a fair price of 100.5 on average: b = 100.06, so the worst year of 108.86
    is 6.86 above a begroting of 102; law and fair price are named, not moved."""
    own = terms(own=deficits_shared(), waiting_list_forbidden=True, share_min=0.5)
    case = data(
        tail_of(), (own,), [0], [0], begroting=np.full((1, 1, 1), 102 * MILLION),
        fair_price=np.full((1, 1), 100.5 * MILLION), cost_of_capital=0.0,
    )  # fmt: skip
    way = _by_kind(relaxations(case))[RESERVE]
    assert way.euro == pytest.approx(6.86 * MILLION, abs=TOLERANCE)
    assert set(way.against) == {Limit("law", ("lot",)), Limit("fair_price", ("p0", "lot", "2025"))}
    # without the law nothing needs to yield
    free = replace(case, lots=(replace(own, waiting_list_forbidden=False),))
    assert design_lumpsum(free).feasible


def test_a_feasible_case_needs_nothing_to_yield() -> None:
    for way in relaxations(random_data(0)):
        assert way.euro == pytest.approx(0.0, abs=1.0)
        assert way.limits == ()


def test_a_reference_amount_that_no_begroting_mends() -> None:
    """A reference amount of nothing, at a fair price of 100: no loading pays it."""
    cost = np.concatenate([tail_of(), tail_of()], axis=1)
    case = data(cost, (terms(own=nothing_shared()),), [0, 0], [0, 1], begroting=np.full((1, 1, 1), 300 * MILLION))
    case = replace(
        case, reference=np.array([[100.0], [0.0]]) * MILLION, fair_price=np.full((2, 1), 100 * MILLION),
        amounts=tuple(np.stack([cost[:, c], 0 * cost[:, c]], axis=2) for c in range(2)),
    )  # fmt: skip
    with pytest.raises(UserError) as caught:
        without_design(case)
    assert "the reference amount of p1 in lot is out of proportion to its expected volume" in caught.value.text(
        "en"
    )
    assert "mend contracts.reference_amount or leave it empty" in caught.value.text("en")
    assert "verbeter contracts.reference_amount of laat het leeg" in caught.value.text("nl")
