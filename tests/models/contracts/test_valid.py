"""What a caller makes by hand is refused with the field, its value and the rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bekostiging.case import UserError
from bekostiging.contracts import (
    CeilingPool,
    Corridor,
    EqualisationReserve,
    GrowthPath,
    HighCostPool,
    IndexRule,
    PaymentCalendar,
    Performance,
    ProviderPool,
    QuotaShare,
    Sanction,
    Staffing,
    StopLoss,
    VolumeClause,
    hours_budget,
)

ONE, HALF = np.ones(1), np.full(1, 0.5)


def _corridor(**changes: Any) -> Corridor:
    """Two layers above the reference and one below it, with something changed."""
    plain: dict[str, Any] = {
        "names": ("small", "large", "surplus"),
        "lower": np.array([1.0, 1.03, 0.0]),
        "upper": np.array([1.03, np.inf, 1.0]),
        "sign": np.array([1.0, 1.0, -1.0]),
        "share": np.full(3, np.nan),
    }
    return Corridor(**(plain | changes))


def test_layers_may_stand_in_any_order() -> None:
    order = [2, 1, 0]
    plain = _corridor()
    turned = Corridor(
        tuple(plain.names[k] for k in order),
        *(getattr(plain, name)[order] for name in ("lower", "upper", "sign", "share")),
    )
    base, reference = np.array([107.0, 88.0]), np.full(2, 100.0)
    np.testing.assert_array_equal(turned.amounts(base, reference), plain.amounts(base, reference)[:, order])


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: _corridor(lower=np.array([1.0, 1.03])), r"Corridor.lower is \[1.*for each of \('small'"),
        (lambda: _corridor(share=np.array([0.5])), "Corridor.share is .* an array with 3 shares"),
        (lambda: _corridor(share=np.array([0.5, 12.0, 0.5])), "shares from 0 to 1, .* give 12 % as 0.12"),
        (lambda: _corridor(sign=np.array([1.0, 0.0, -1.0])), "Corridor.sign is .* 1 for a deficit layer"),
        (
            lambda: _corridor(upper=np.array([1.02, np.inf, 1.0])),
            "deficit layers follow each other from 1 to np.inf",
        ),
        (lambda: _corridor(upper=np.array([1.03, 1.5, 1.0])), "deficit layers follow each other"),
        (lambda: _corridor(lower=np.array([1.0, 1.03, 0.5])), "surplus layers follow each other from 1 down to 0"),
        (
            lambda: QuotaShare(np.array(0.5)),
            r"QuotaShare.share is 0.5: an array with 1 share, as np.array\(\[0.5\]\)",
        ),
        (lambda: QuotaShare(-ONE), "QuotaShare.share is .* from 0 to 1"),
        (lambda: QuotaShare(1.01 * ONE), "QuotaShare.share is .* from 0 to 1"),
        (lambda: QuotaShare(-0.01 * ONE), "QuotaShare.share is .* from 0 to 1"),
        (lambda: Sanction(1.01, 1), "Sanction.part is 1.01: a fraction from 0 to 1"),
        (lambda: Sanction(-0.01, 1), "Sanction.part is -0.01: a fraction from 0 to 1"),
        (
            lambda: StopLoss(1.2, 1.2, HALF),
            r"StopLoss.upper is 1.2: above lower \(1.2\); np.inf where there is no end",
        ),
        (lambda: StopLoss(-0.1, 1.2, HALF), "StopLoss.lower is -0.1: a multiple of 0 or more"),
        (lambda: HighCostPool(-1.0, 5.0, HALF), "threshold is -1.0: euro per client and year"),
        (lambda: HighCostPool(1.0, 0.0, HALF), "cap is 0.0: euro above the threshold"),
        (lambda: EqualisationReserve(-0.1, HALF), "cap is -0.1: a multiple of the reference amount"),
        (lambda: Performance(5.0, 0.7), "Performance.part is 5.0: a fraction from 0 to 1; give 12 % as 0.12"),
        (lambda: Performance(0.05, 0.0), "Performance.target is 0.0: a share of results above zero"),
        (lambda: Sanction(0.05, 0), "Sanction.months is 0: a number of months"),
        (lambda: VolumeClause(1.1, 0.9, 0.5, ONE), r"VolumeClause.upper is 0.9: not below lower \(1.1\)"),
        (lambda: VolumeClause(-0.1, 0.9, 0.5, ONE), "VolumeClause.lower is -0.1"),
        (lambda: VolumeClause(0.9, 1.1, 0.5, 0 * ONE), "expected is .* each above zero"),
        (lambda: GrowthPath(0.6, 0, 1.0), "GrowthPath.years is 0"),
        (lambda: GrowthPath(0.6, 2, -1.0), "GrowthPath.revenue is -1.0: euro"),
        (lambda: PaymentCalendar(True, 1, 1.5), "PaymentCalendar.settlement_delay is 1.5: whole months"),  # type: ignore[arg-type]
        (lambda: PaymentCalendar(True, -1, 1), "PaymentCalendar.claim_delay is -1"),
        (lambda: PaymentCalendar(True, 1, 1, disputed=2.0), "PaymentCalendar.disputed is 2.0"),
        (lambda: Staffing(1.5, 6, 0.3, 1.0), "Staffing.fixed_share is 1.5"),
        (lambda: Staffing(0.5, -6, 0.3, 1.0), "Staffing.adjustment_months is -6"),
        (lambda: Staffing(0.5, 6, -0.3, 1.0), "Staffing.agency_premium is -0.3: .* 30 % is 0.3"),
        (lambda: Staffing(0.5, 6, 0.3, -1.0), "Staffing.planned is -1.0: euro of care a month"),
        (
            lambda: CeilingPool("pool", (), 1.0),
            r"CeilingPool.contracts is \(\): the places of at least one contract",
        ),
        (lambda: CeilingPool("pool", (0,), -1.0), "CeilingPool.ceiling is -1.0: euro per calendar year"),
        (
            lambda: ProviderPool("lot", "taakgericht", 0.9, 1.1, 0.5),
            "ProviderPool.lower is 0.9: a multiple of 1 or more",
        ),
        (lambda: ProviderPool("lot", "taakgericht", 1.0, 1.1, 50), "ProviderPool.share is 50"),
        (lambda: IndexRule(90, 0.1, "additive"), "IndexRule.weight_ova is 90"),
        (lambda: IndexRule(0.9, 0.1, "both"), "IndexRule.method is both: one of additive, multiplicative"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(make: Callable[[], object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        make()


def test_negative_hours_a_week_are_refused_by_the_function() -> None:
    with pytest.raises(UserError, match=r"hours_per_week -1\.0: give a number of 0 or more"):
        hours_budget(-1.0, 26)


@pytest.mark.parametrize(
    "make",
    [
        lambda: StopLoss(0.0, 0.1, HALF),
        lambda: StopLoss(1.2, np.inf, 0 * HALF),
        lambda: HighCostPool(0.0, 0.5, ONE),
        lambda: HighCostPool(0.5, np.inf, ONE),
        lambda: EqualisationReserve(0.0, HALF),
        lambda: QuotaShare(np.full(1, 1 + 5e-7)),  # what a solver leaves
        lambda: QuotaShare(np.full(1, -5e-7)),
        lambda: Sanction(1 + 5e-7, 1),
        lambda: Sanction(-5e-7, 1),
        lambda: Performance(0.0, 0.01),
        lambda: Performance(1.0, 1.0),
        lambda: Sanction(0.05, 1),
        lambda: VolumeClause(0.0, 0.0, 0.5, np.full(1, 0.5)),
        lambda: VolumeClause(1.0, 1.0, 0.5, ONE),
        lambda: GrowthPath(0.6, 1, 0.0),
        lambda: PaymentCalendar(True, 0, 0, disputed=1.0),
        lambda: Staffing(0.0, 0, 0.0, 0.0),
        lambda: Staffing(1.0, 0.5, 0.5, 0.5),
        lambda: CeilingPool("pool", (0,), 0.0),
        lambda: ProviderPool("lot", "taakgericht", 1.0, 1.1, 1.0),
        lambda: IndexRule(1.0, 0.0, "additive"),
        lambda: IndexRule(0.0, 1.0, "multiplicative"),
        lambda: hours_budget(0.0, 26),
        lambda: hours_budget(0.5, 1),
    ],
)
def test_the_edge_of_a_rule_is_allowed(make: Callable[[], object]) -> None:
    """Zero or more has zero in it, one or more one, and above zero has no least amount: half a euro will do."""
    assert make() is not None


def test_a_calendar_disputes_nothing_unless_told() -> None:
    assert PaymentCalendar(True, 1, 1).disputed == 0
