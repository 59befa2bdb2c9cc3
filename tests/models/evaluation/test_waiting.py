"""Who waits by care form and lot, from figures that are written down by contract."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from by_hand import RESIDENTIAL, A, B, case_on_paper, written

from bekostiging.case import Case
from bekostiging.evaluation.figures import STARTS, WAITING_CLIENTS, WEEKS_BEYOND_NORM
from bekostiging.evaluation.samples import WaitingSamples
from bekostiging.evaluation.waiting import by_care_form, waiting_estimates
from bekostiging.scenarios import build_cells
from bekostiging_solvers import Scramblings

NAMES = ("starts", "served", "waiting", "refused", "moved", "clients_beyond_norm", "weeks_beyond_norm")


def _case(small_case: Case) -> Case:
    """On paper; of the two municipalities the first is outside the reported sum."""
    case = case_on_paper(small_case)
    first, *others = case.municipalities
    return replace(case, municipalities=(first.model_copy(update={"reported": False}), *others))


def test_figures_of_the_reported_municipality_by_care_form(small_case: Case) -> None:
    """A contract has a quarter of its clients in the first municipality and three quarters in the second, which is told.

    Figure k: 4 k clients of the residential contract, 8 k of A and 16 k of B, so 3 k of residential and 18 k of Wmo; of
    who is not served (figures 3 and 4) that is 21 and 126.
    """
    case = _case(small_case)
    use = {name: {RESIDENTIAL: [4.0 * k], A: [8.0 * k], B: [16.0 * k]} for k, name in enumerate(NAMES, start=1)}
    found = by_care_form(case, build_cells(case), written(case, 1, use))
    for k, name in enumerate(NAMES, start=1):
        assert found[name][0].tolist() == [[3 * k, 18 * k]], name
    assert found["lot_unserved"][0].tolist() == [[21, 126]]


def test_estimates_are_over_years_and_care_forms() -> None:
    """Two scenarios, two years, two care forms: 1 + 2 + 3 + 4 = 10 and 30 are 20 on average; of one form 2 + 4 and 18."""
    clients = np.array([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 8.0], [7.0, 10.0]]])
    samples = WaitingSamples(**{name: (k + 1) * clients for k, name in enumerate((*NAMES, "lot_unserved"))})
    whole = waiting_estimates(Scramblings(2), samples)
    assert whole[STARTS].value == pytest.approx(20)
    assert whole[WAITING_CLIENTS].value == pytest.approx(3 * 20)
    assert whole[WEEKS_BEYOND_NORM].value == pytest.approx(7 * 20)
    assert waiting_estimates(Scramblings(2), samples, [1])[STARTS].value == pytest.approx(12)
