"""A stated precision is met by doubling, with the same scenarios first, or refused beforehand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from conftest import DESIGN
from scipy.stats import t as student

from bekostiging.case import Case, UserError
from bekostiging.evaluation import TOTAL, Comparison
from bekostiging.evaluation.figures import EXPECTED
from bekostiging.evaluation.precision import half_width
from bekostiging.studies import compare


def _widest(outcome: Comparison) -> float:
    """Largest half-width of the 95 % interval of expected yearly spending."""
    quantile = student.ppf(0.975, outcome.n_scramblings - 1)
    errors = [
        result.municipalities[TOTAL][str(year)][EXPECTED].standard_error or 0.0
        for result in outcome.forms.values()
        for year in outcome.years
    ]
    return float(quantile * max(errors))


def test_the_widest_interval_by_hand() -> None:
    """Two scramblings, so one degree of freedom: 12.706 times the error. Of 0 and 2 that is 1, of 0 and 6 it is 3, in the
    second year of the second form. What has no error cannot be brought down."""
    made = SimpleNamespace(
        n_scramblings=2, n_years=2, case=SimpleNamespace(of_reported=lambda paid: paid.sum(axis=-1))
    )

    def forms(*second_years: list[float]) -> SimpleNamespace:
        """Forms alike in the first year."""
        paid = [np.array([[0.0, 0.0, 2.0, 2.0], year]).T[:, :, None] for year in second_years]
        samples = {name: {"absorb": SimpleNamespace(municipal=own)} for name, own in zip("ab", paid, strict=False)}
        return SimpleNamespace(samples=samples)

    width = half_width(made, forms([0.0] * 4, [0.0, 0.0, 6.0, 6.0]), "absorb")  # type: ignore[arg-type]
    assert width == pytest.approx(3 * student.ppf(0.975, 1))
    none = SimpleNamespace(samples={"a": {"absorb": SimpleNamespace(municipal=np.ones((4, 2, 1)))}})
    assert half_width(made, none, "absorb") == 0  # type: ignore[arg-type]


@pytest.mark.slow
def test_doubled_until_met(small_case: Case, outcome: Comparison) -> None:
    asked = 0.6 * _widest(outcome)
    found = compare(small_case, n_scenarios=32, design_scenarios=DESIGN, precision=asked)
    assert _widest(found) <= asked
    assert found.n_scramblings > outcome.n_scramblings
    assert np.log2(found.n_scramblings / outcome.n_scramblings) % 1 == 0
    assert f"with {found.n_scenarios} out-of-sample scenarios" in found.notes[0]["en"]
    # the first scenarios are those of the shorter run, and so is the design
    first = found.forms["taakgericht"].samples["absorb"].municipal[:32]
    np.testing.assert_array_equal(first, outcome.forms["taakgericht"].samples["absorb"].municipal)


@pytest.mark.slow
def test_a_precision_already_met_draws_no_more(small_case: Case, outcome: Comparison) -> None:
    found = compare(small_case, n_scenarios=32, design_scenarios=DESIGN, precision=2 * _widest(outcome))
    assert found.n_scenarios == outcome.n_scenarios


def test_a_precision_out_of_reach_is_refused_with_what_can_be_had(small_case: Case) -> None:
    with pytest.raises(UserError, match=r"precision 10: that asks about .* scenarios, more than 131,072; .* Ask "):
        compare(small_case, n_scenarios=32, design_scenarios=DESIGN, precision=10.0)
