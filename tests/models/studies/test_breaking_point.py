"""Shocks together, expert views, and what would break a begroting or a provider."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import DESIGN
from typer.testing import CliRunner

from bekostiging.case import Case, UserError
from bekostiging.case.tables import RiskFactor, Shock
from bekostiging.cli import app
from bekostiging.evaluation import Comparison, deterministic_scenario
from bekostiging.evaluation.figures import EXPECTED
from bekostiging.evaluation.settlement import levels_by_lot, settle_all
from bekostiging.scenarios import Block, map_blocks, plan
from bekostiging.studies import BEGROTING, compare, contracts_in_force, pooled, reverse_stress, target_place
from bekostiging.studies.breaking_point import _target
from bekostiging.studies.views import _variables

MARK = {"source": "test", "status": "published"}


@pytest.fixture(scope="module")
def shocked(small_case: Case) -> Comparison:
    """Two shocks, and one national factor alone: a problem whose answer is known."""
    shocks = (
        Shock(id="more", name="meer", quantity="inflow", factor=1.1, first_year=1, years=4, **MARK),
        Shock(id="longer", name="langer", quantity="duration", factor=1.05, first_year=1, years=4, **MARK),
    )
    factor = RiskFactor(
        id="n", level="national", quantity="intensity", standard_deviation=0.03, autocorrelation=1.0, **MARK
    )
    return compare(replace(small_case, shocks=shocks, risk_factors=(factor,)), n_scenarios=64, design_scenarios=64)


def test_shocks_come_together(shocked: Comparison) -> None:
    """Per hour without ceiling spending is units x tariff: more and longer is not the sum but the product on starts."""
    contracts, discount = contracts_in_force(shocked), shocked.lumpsum.data.discount

    def more(*shocks: str) -> float:
        made = deterministic_scenario(shocked.case, shocked.cells, contracts, discount, shocks)
        return made.provider_result["taakgericht"] - shocked.plain.provider_result["taakgericht"]

    both = deterministic_scenario(shocked.case, shocked.cells, contracts, discount, ("more", "longer"))
    assert both.id == "more+longer"
    assert both.name["nl"] == "meer; langer"
    assert both.status == "published"
    assert more("more", "longer") < min(more("more"), more("longer")) < 0
    with pytest.raises(UserError, match="did you mean more"):
        deterministic_scenario(shocked.case, shocked.cells, contracts, discount, ("mor",))


def test_the_nearest_course_meets_the_limit_exactly(shocked: Comparison) -> None:
    """One factor, a random walk: every year's innovation counts, and spending at the point is what is begroot."""
    found = reverse_stress(shocked, "inspanningsgericht", BEGROTING, 64)
    assert found.distance is not None
    assert found.probability is not None
    assert found.agreeing == found.starts
    own = _target(shocked, "inspanningsgericht", BEGROTING)
    model = plan(shocked.case, 64, 4, 1, "out_of_sample").factor_model
    rng = np.random.default_rng(1)
    excess = own.settled(model.multipliers(np.zeros((1, model.n_dimensions))))
    assert excess[0] < 0
    # nothing nearer breaks it: 2,000 directions at 98 % of the distance
    directions = rng.standard_normal((2000, model.n_dimensions))
    sphere = 0.98 * found.distance * directions / np.linalg.norm(directions, axis=1)[:, None]
    assert (own.settled(model.multipliers(sphere)) < 0).all()
    intensity = found.scenario["intensity"]
    assert intensity[-1] > intensity[0] > 0
    np.testing.assert_allclose(found.scenario["inflow"], 0, atol=1e-12)


@pytest.mark.slow
def test_the_probability_is_that_of_plain_futures(shocked: Comparison) -> None:
    """Importance sampling against 1,024 plain scenarios, everybody served."""
    own = _target(shocked, "inspanningsgericht", BEGROTING)
    made = plan(shocked.case, 1024, 4, 9, "out_of_sample")

    def broken(block: Block) -> np.ndarray:
        care_use = block.care_use()
        levels = levels_by_lot(shocked.case, care_use)
        return own.excess(settle_all(shocked.case, shocked.cells, own.contracts, care_use, levels)) >= 0

    plain = np.concatenate(map_blocks(made, broken))
    found = reverse_stress(shocked, "inspanningsgericht", BEGROTING, 512)
    assert found.probability is not None
    error = np.hypot(plain.std() / np.sqrt(len(plain)), found.probability.standard_error)
    assert abs(plain.mean() - found.probability.value) < 4 * error
    assert 0 < found.probability.value < 0.5


def test_a_provider_breaks_where_its_buffer_ends(shocked: Comparison) -> None:
    provider = shocked.case.providers[0].id
    found = reverse_stress(shocked, "taakgericht", provider, 64)
    if found.distance is None:
        pytest.fail("the buffer of the first provider cannot be exhausted in this instance; choose another")
    assert found.scenario["intensity"][-1] > 0
    assert target_place(shocked.case, provider) == 0
    with pytest.raises(UserError, match="no provider of this case and not begroting; did you mean"):
        target_place(shocked.case, provider + "x")


def test_what_cannot_break_is_said(shocked: Comparison) -> None:
    rich = replace(shocked, buffer=shocked.buffer + 1e12)
    found = reverse_stress(rich, "taakgericht", shocked.case.providers[0].id, 64)
    assert (found.distance, found.probability) == (None, None)


def test_no_course_without_factors(shocked: Comparison) -> None:
    with pytest.raises(UserError, match="risk_factors is empty"):
        reverse_stress(replace(shocked, case=replace(shocked.case, risk_factors=())), "taakgericht")


def test_a_view_changes_probabilities_and_nothing_else(outcome: Comparison) -> None:
    growth = _variables(outcome)["growth"]
    middle = float(np.median(growth))
    found = pooled(outcome, [f"P(growth >= {100 * middle:.6f} %) = 0.8"])
    form = "inspanningsgericht"
    total = outcome.forms[form].municipalities["total"]["term"]
    assert found.before[form][EXPECTED].value == pytest.approx(total[EXPECTED].value)
    assert found.under[form][EXPECTED].value > found.before[form][EXPECTED].value
    # two groups, equal inside: entropy of 0.8 and 0.2 over n / 2 each
    p, n = 0.8, outcome.n_scenarios
    expected = np.exp(-(p * np.log(p / (n / 2)) + (1 - p) * np.log((1 - p) / (n / 2))))
    assert found.effective == pytest.approx(expected, rel=1e-5)


def test_an_interval_that_holds_already_changes_nothing(outcome: Comparison) -> None:
    found = pooled(outcome, ["P(use >= 0) = 0.1..0.9"])
    assert found.effective == pytest.approx(outcome.n_scenarios, rel=1e-6)


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        ("growth > 8", "cannot be read; write for example"),
        ("P(rain >= 8 %) = 0.8", "with growth, use, cost"),
        ("P(growth >= 8 %) = 1.8", "a probability lies between 0 and 1"),
        ("P(growth >= 900 %) = 0.8", "so no weights give this view; take another bound or wider risk_factors"),
    ],
)
def test_views_that_cannot_be(outcome: Comparison, view: str, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        pooled(outcome, [view])
    assert sentence in caught.value.text("en")


def test_views_that_contradict(outcome: Comparison) -> None:
    with pytest.raises(UserError, match="cannot hold together"):
        pooled(outcome, ["P(use >= 0) = 0.8", "P(use >= 0.001) = 0.9"])


def test_the_command_checks_before_it_calculates() -> None:
    for arguments, sentence in (
        (["--reverse", "nobody"], "not begroting; choose from begroting, "),
        (["--shock", "x"], "not in table shocks"),
        (["--form", "taak", "--reverse", "begroting"], "did you mean taakgericht"),
        (["--view", "x"], "cannot be read"),
    ):
        found = CliRunner().invoke(app, ["stress", "region", "--lang", "en", *arguments])
        assert found.exit_code == 2
        assert sentence in found.output
        assert "Scenarios" not in found.output


@pytest.mark.slow
def test_the_command(tmp_path: Path) -> None:
    found = CliRunner().invoke(
        app,
        ["stress", "region", "--scenarios", "32", "--design-scenarios", str(DESIGN), "--lang", "en", "--workers", "1",
         "--reverse", "begroting", "--view", "P(use >= 0) = 0.6", "--out", str(tmp_path / "out")],
    )  # fmt: skip
    assert found.exit_code in (0, 3), found.output  # 3: too few scenarios to show a lump sum
    assert "the least implausible scenario" in found.output
    assert "are left (effectively)" in found.output
