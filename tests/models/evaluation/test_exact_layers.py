"""The exact corridor: against simulation in many scenarios, against closed forms, and left out where it does not hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.tables import Combination, Policy
from bekostiging.contracts import QuotaShare, Taakgericht, build_contracts, reference
from bekostiging.evaluation.block_settlement import DesignWork
from bekostiging.evaluation.exact_layers import _FirstYear, exact_layers
from bekostiging.scenarios import map_blocks, plan
from bekostiging_solvers.typing import FloatArray

MARK = {"source": "test", "status": "illustrative"}


def _drawn(case: Case, n: int, seed: int) -> tuple[tuple[Taakgericht, ...], tuple[FloatArray, ...]]:
    made = plan(case, n, 1, seed, "out_of_sample")
    built = build_contracts(case, made.cells, reference(case, made.cells, 1), "taakgericht")
    contracts = tuple(one for one in built if isinstance(one, Taakgericht))
    parts = map_blocks(made, DesignWork(case, made.cells, contracts))
    return contracts, tuple(np.concatenate([part.amounts[c] for part in parts]) for c in range(len(contracts)))


def test_exact_and_simulated_layers_agree(small_case: Case) -> None:
    """2,048 scenarios, every contract and layer; p-values are not too small, and half of them are above a half."""
    contracts, drawn = _drawn(small_case, 2048, 3)
    layers, skipped = exact_layers(
        plan(small_case, 2048, 1, 3, "out_of_sample"), plan(small_case, 512, 1, 3, "closed"), contracts, drawn
    )
    assert skipped == ()
    assert len(layers) == sum(one.corridor.n_layers for one in contracts)
    assert not any(one.alarm for one in layers)
    assert 0.25 < np.mean([one.p_value > 0.5 for one in layers]) < 0.75
    errors = np.array([(one.exact.standard_error, one.drawn.standard_error) for one in layers])
    assert np.median(errors[:, 0] / errors[:, 1]) < 1


def test_a_wrong_simulation_is_caught(small_case: Case) -> None:
    """Layers 30 % too large raise the alarm."""
    contracts, drawn = _drawn(small_case, 512, 3)
    plans = plan(small_case, 512, 1, 3, "out_of_sample"), plan(small_case, 128, 1, 3, "closed")
    wrong = tuple(1.3 * amounts for amounts in drawn)
    layers, _ = exact_layers(*plans, contracts, wrong)
    assert any(one.alarm for one in layers)


def test_deficits_less_surpluses_are_the_expected_deviation(small_case: Case) -> None:
    """Without risk factors the sum over the layers is E[base] - B0, which is known in closed form."""
    case = replace(small_case, risk_factors=(), correlations=())
    made = plan(case, 32, 1, 1, "out_of_sample")
    built = build_contracts(case, made.cells, reference(case, made.cells, 1), "taakgericht")
    from bekostiging.scenarios import expected_care_use

    factors = made.factor_model.multipliers(np.zeros((1, made.factor_model.n_dimensions)))
    care_use = expected_care_use(case, made.cells, 1, factors)
    for one in built:
        assert isinstance(one, Taakgericht)
        means = _FirstYear(made, one, factors).layer_means()[0]
        price = one.reference_cost if one.base == "audited_cost" else one.reference_tariff
        expected = float(care_use.units[0, 0, one.cells] @ price) - one.reference[0]
        assert float(means @ one.corridor.sign) == pytest.approx(expected, abs=2e-4 * one.reference[0])
        assert (means > 0).all()


def test_left_out_by_name(small_case: Case) -> None:
    """Clauses before the corridor, combined care forms, drawn shares and other laws are told, not guessed."""
    contracts, drawn = _drawn(small_case, 32, 1)
    plans = plan(small_case, 32, 1, 1, "out_of_sample"), plan(small_case, 32, 1, 1, "closed")
    quota = tuple(replace(one, clauses=(QuotaShare(np.array([0.1])), *one.clauses)) for one in contracts)
    _, skipped = exact_layers(*plans, quota, drawn)
    assert {reason["en"] for _, reason in skipped} == {"a clause stands before the corridor"}
    forms = [form.id for form in small_case.care_forms]
    pair = Combination(care_form=forms[0], second_care_form=forms[1], share=0.1, **MARK)
    shares = Policy(name="share_concentration", scope="case", value="50", **MARK)
    gamma = tuple(row.model_copy(update={"units_distribution": "gamma"}) for row in small_case.demand)
    for changed, told in (
        ({"combinations": (pair,)}, "persons have two care forms"),
        ({"policy": (*small_case.policy, shares)}, "market shares are drawn"),
        ({"demand": gamma}, "units are not log-normal"),
    ):
        case = replace(small_case, **changed)  # type: ignore[arg-type]
        _, skipped = exact_layers(
            plan(case, 32, 1, 1, "out_of_sample"), plan(case, 32, 1, 1, "closed"), contracts, drawn
        )
        assert told in {reason["en"] for _, reason in skipped}


def test_cohorts_alike_are_one(small_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Areas with the same terms are taken together, and give what they give one by one; other terms stay apart."""
    made = plan(small_case, 32, 1, 1, "out_of_sample")
    one = build_contracts(small_case, made.cells, reference(small_case, made.cells, 1), "taakgericht")[0]
    assert isinstance(one, Taakgericht)
    factors = made.factor_model.multipliers(np.ones((3, made.factor_model.n_dimensions)) * [[-1.0], [0.0], [1.0]])
    year = _FirstYear(made, one, factors)
    assert len(year._alike()) < len(year.cohorts)
    together = year.layer_means()
    monkeypatch.setattr(_FirstYear, "_alike", lambda self: [[cohort] for cohort in self.cohorts])
    np.testing.assert_allclose(_FirstYear(made, one, factors).layer_means(), together, rtol=1e-9, atol=1e-6)
    monkeypatch.undo()
    row = small_case.demand[year.cohorts[0].row].model_copy(update={"starts_dispersion": 3.0})
    demand = tuple(row if (o.area, o.care_form) == (row.area, row.care_form) else o for o in small_case.demand)
    other = plan(replace(small_case, demand=demand), 32, 1, 1, "out_of_sample")
    assert len(_FirstYear(other, one, factors)._alike()) == len(year._alike()) + 1
