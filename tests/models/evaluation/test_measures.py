"""Measures and substitution in euros: booked against expected, municipal against public."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS, Measure, Substitution
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.figures import EXPECTED, OVERRUN_PROBABILITY
from bekostiging.report.comparison.page import comparison_page
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.kit.texts import Texts
from bekostiging.scenarios import expected_care_use
from bekostiging.studies import compare

MARK = {"source": "test", "status": "illustrative"}


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
