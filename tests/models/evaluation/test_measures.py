"""Measures and substitution in euros: booked against expected, municipal against public."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS, Measure, PaymentForm, Substitution
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.figures import EXPECTED, OVERRUN_PROBABILITY, P90
from bekostiging.evaluation.measures import measure_outcomes, substitution_outcomes, with_measures
from bekostiging.report.comparison.page import comparison_page
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.kit.texts import Texts
from bekostiging.scenarios import CareUse, build_cells, expected_care_use
from bekostiging.studies import compare
from bekostiging_solvers import Scramblings

MARK = {"source": "test", "status": "illustrative"}


def _spends(*euro: float) -> Callable[[CareUse], dict[PaymentForm, float]]:
    """Spending of every form alike: one amount after the other, whatever the care use."""
    amounts = iter(euro)
    return lambda care_use: dict.fromkeys(PAYMENT_FORMS, next(amounts))


def test_a_measure_by_hand(small_case: Case) -> None:
    """1,000 without and 700 with it, which has a chance of one in two: 150, less 10 in the second and third year at 0.9 and
    0.8, 17. Booked is 200 in those years, 340: 207 are missing. Booked too low nothing is."""
    row = Measure(
        id="m", name="Sluis", care_form="guidance", channel="own_access", quantity="inflow", effect=-0.5, chance=0.5,
        first_year=2, years=2, cost=10, booked_saving=200, **MARK,
    )  # fmt: skip
    cells, discount = build_cells(small_case), np.array([1.0, 0.9, 0.8, 0.7])
    for booked, missing in ((200, 207), (50, 0)):
        case = replace(small_case, measures=(row.model_copy(update={"booked_saving": booked}),))
        (found,) = measure_outcomes(case, cells, discount, _spends(1000.0, 700.0))
        assert (found.cost, found.booked) == pytest.approx((17, 1.7 * booked))
        for form in PAYMENT_FORMS:
            assert found.if_it_works[form] == pytest.approx(300)
            assert found.expected[form] == pytest.approx(133)
            assert found.missing[form] == pytest.approx(missing)
    assert measure_outcomes(small_case, cells, discount, _spends()) == ()


@pytest.mark.parametrize(("destination", "own"), [("zvw", 0.0), ("pgb", 1.0), ("residential", 1.0)])
def test_a_substitution_by_hand(small_case: Case, destination: str, own: float) -> None:
    """100 less under the contracts, and 5,000 for each who moves: the municipality's own where it pays them too."""
    row = Substitution(
        origin="guidance", destination=destination, share=0.1, euro_per_client=5000, first_year=1, years=1, **MARK
    )
    case, discount = replace(small_case, substitution=(row,)), np.array([0.9])
    (found,) = substitution_outcomes(case, build_cells(case), discount, _spends(1000.0, 900.0))
    assert found.clients > 0
    assert found.outside == pytest.approx(0.0 if destination == "residential" else 0.9 * 5000 * found.clients)
    for form in PAYMENT_FORMS:
        assert found.municipal[form] == pytest.approx(-100 + own * found.outside)
        assert found.public[form] == pytest.approx(-100 + found.outside)
    assert substitution_outcomes(small_case, build_cells(case), discount, _spends()) == ()


def test_with_and_without_by_hand() -> None:
    """100, 120, 90 and 130 without, 10 less in two of them: 110 and 105; above 120 one, then none; the saving is 5."""
    without, with_ = np.array([100.0, 120.0, 90.0, 130.0]), np.array([100.0, 110.0, 90.0, 120.0])
    found = with_measures(Scramblings(2), without, with_, 120.0)
    assert (found.without[EXPECTED].value, found.with_[EXPECTED].value, found.saving.value) == (110, 105, 5)
    assert (found.without[OVERRUN_PROBABILITY].value, found.with_[OVERRUN_PROBABILITY].value) == (0.25, 0)
    assert found.without[P90] == Scramblings(2).quantile(without, 0.9)


@pytest.fixture(scope="module")
def levered(small_case: Case) -> Comparison:
    """One measure that halves the inflow it reaches with a chance of one in two, and three substitutions."""
    measure = Measure(
        id="m", name="Sluis", care_form="guidance", channel="own_access", quantity="inflow", effect=-0.5, chance=0.5,
        first_year=1, years=4, cost=10_000, booked_saving=2_000_000, **MARK,
    )  # fmt: skip
    moves = tuple(
        Substitution(origin=one, destination=other, share=0.1, euro_per_client=5000, first_year=1, years=4, **MARK)
        for one, other in (("guidance", "zvw"), ("guidance", "pgb"), ("residential", "guidance"))
    )
    return compare(
        replace(small_case, measures=(measure,), substitution=moves), n_scenarios=64, design_scenarios=64
    )


def test_the_saving_is_the_tariff_times_the_units_not_delivered(levered: Comparison) -> None:
    """Per hour without ceiling reached at expectation: reached starts only, at the indexed tariff."""
    (measure,) = levered.measures
    case, cells = levered.case, levered.cells
    own = np.array(cells.care_form_ids)[cells.care_form] == "guidance"
    units = expected_care_use(case, cells, 4).units[0]
    stock_only = replace_starts(case)
    from_starts = (units - expected_care_use(stock_only, cells, 4).units[0])[:, own]
    growth = np.cumprod([1.0, *([1 + 0.9 * 0.03 + 0.1 * 0.02] * 3)])
    by_hand = float((0.3 * 0.5 * from_starts * cells.tariff[own]).sum(axis=1) @ growth)
    assert measure.if_it_works["inspanningsgericht"] == pytest.approx(by_hand, rel=1e-6)


def replace_starts(case: Case) -> Case:
    """The case without starts."""
    return replace(case, demand=tuple(row.model_copy(update={"starts_per_year": 0.0}) for row in case.demand))


def test_what_was_booked_and_will_not_arrive(levered: Comparison) -> None:
    (measure,) = levered.measures
    assert measure.booked == 8_000_000
    assert measure.cost == 40_000
    for form in PAYMENT_FORMS:
        expected = 0.5 * measure.if_it_works[form] - 40_000
        assert measure.expected[form] == pytest.approx(expected)
        assert measure.missing[form] == pytest.approx(8_000_000 - expected)
    assert measure.if_it_works["taakgericht"] < measure.if_it_works["inspanningsgericht"]


def test_with_and_without_on_the_same_futures(levered: Comparison) -> None:
    (measure,) = levered.measures
    form = "inspanningsgericht"
    own = levered.with_measures[form]
    total = levered.forms[form].municipalities["total"]["term"]
    assert own.without[EXPECTED] == total[EXPECTED]
    assert own.saving.value == pytest.approx(own.without[EXPECTED].value - own.with_[EXPECTED].value)
    assert own.with_[OVERRUN_PROBABILITY].value <= own.without[OVERRUN_PROBABILITY].value
    half = 0.5 * measure.if_it_works[form]
    # whether the measure works is one toss per scenario: that spread is in the standard error
    assert abs(own.saving.value - half) < 4 * own.saving.standard_error + 0.1 * half


def test_municipal_and_public_euros(levered: Comparison) -> None:
    zvw, pgb, between = levered.substitution
    assert zvw.payer == "zvw"
    assert zvw.outside == pytest.approx(5000 * zvw.clients)
    for form in PAYMENT_FORMS:
        assert zvw.municipal[form] < 0
        assert zvw.public[form] == pytest.approx(zvw.municipal[form] + zvw.outside)
        # a personal budget is the municipality's own: nobody else pays
        assert pgb.municipal[form] == pytest.approx(pgb.public[form])
        assert pgb.municipal[form] == pytest.approx(zvw.municipal[form] + pgb.outside)
        assert between.municipal[form] == pytest.approx(between.public[form])
    assert between.outside == 0


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_report_shows_both(levered: Comparison, lang: str) -> None:
    texts = Texts(lang)
    html = comparison_page(levered, texts, comparison_figures(levered, texts))
    for key in ("measures", "measures_together", "substitution"):
        assert f">{texts['page', key]}<" in html
    assert "Sluis" in html


def test_without_the_tables_nothing_is_said(outcome: Comparison) -> None:
    texts = Texts("nl")
    html = comparison_page(outcome, texts, comparison_figures(outcome, texts))
    assert texts["page", "measures"] not in html
    assert texts["page", "substitution"] not in html
    assert outcome.with_measures == {}
