"""The page of a comparison: what a reader must find on it."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from bekostiging.evaluation import Comparison
from bekostiging.report.comparison.answers import forms_compared
from bekostiging.report.comparison.page import comparison_page
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.kit.texts import Texts

NL = Texts("nl")


@pytest.fixture(scope="module")
def drawn(outcome: Comparison) -> dict[str, Figure]:
    """Every figure, drawn once."""
    return comparison_figures(outcome, NL)


def test_what_is_outside_the_contracts_is_discounted_as_spending_is(
    outcome: Comparison, drawn: dict[str, Figure]
) -> None:
    """Ten million a year, four years, at 2 %: 10 (1 + 1/1.02 + 1/1.02^2 + 1/1.02^3) = 38.8 million, not 40."""
    own, n_reported = outcome.lumpsum, outcome.outside.shape[1]
    data = replace(own.data, discount=1.02 ** -np.arange(4.0))
    outside = np.full((4, n_reported), 1e7 / n_reported)
    html = comparison_page(replace(outcome, outside=outside, lumpsum=replace(own, data=data)), NL, drawn)
    assert f"{NL['page', 'outside_items']}: 38,8 miljoen euro" in html


def test_the_page_needs_nothing_from_elsewhere(outcome: Comparison, drawn: dict[str, Figure]) -> None:
    html = comparison_page(outcome, NL, drawn)
    assert not re.search(r"<(script|link|img)\b|url\(http|@import", html)
    assert html.count("<svg") == 6


def test_one_build_up_is_said_only_where_it_is_so(outcome: Comparison, drawn: dict[str, Figure]) -> None:
    """Lump sums ten percent dearer than the build-up: the sentence names the gap instead of parity."""
    alike = dict.fromkeys(outcome.plain.spending, 100.0)
    equal = replace(outcome, plain=replace(outcome.plain, spending=alike))
    dearer = replace(outcome, plain=replace(outcome.plain, spending=alike | {"taakgericht": 110.0}))
    assert "alle vormen zijn op dezelfde kostprijs gezet" in forms_compared(equal, NL)[0]
    assert "kosten de vormen niet evenveel" in forms_compared(dearer, NL)[0]
    assert "taakgericht +10,0\u00a0%" in forms_compared(dearer, NL)[0]
    assert NL["page", "turning_one_build_up"] in comparison_page(equal, NL, drawn)
    assert NL["page", "turning_own_prices"] in comparison_page(dearer, NL, drawn)


def test_a_running_case_is_marked_confidential(outcome: Comparison, drawn: dict[str, Figure]) -> None:
    running = replace(outcome, case=replace(outcome.case, kind="running"))
    assert NL["page", "confidential"] in comparison_page(running, NL, drawn)
    assert NL["page", "confidential_named"] in comparison_page(replace(running, named=True), NL, drawn)
    assert "Vertrouwelijk" not in comparison_page(outcome, NL, drawn)
