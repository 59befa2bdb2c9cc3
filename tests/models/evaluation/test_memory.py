"""The memory of a run is estimated beforehand and a run that does not fit is refused with what makes it smaller."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from bekostiging.case import Case, UserError, synthetic_region
from bekostiging.cli import app
from bekostiging.evaluation import check_memory_of_case, memory
from bekostiging.evaluation.memory import MemoryNeed, check_memory, free_memory, fullest_block, memory_need
from bekostiging.options import RunOptions
from bekostiging.scenarios import plan
from bekostiging.studies import compare


def _times(case: Case, factor: float) -> Case:
    """So many times the clients."""
    return replace(
        case,
        demand=tuple(
            row.model_copy(
                update={
                    "clients_at_start": factor * row.clients_at_start,
                    "starts_per_year": factor * row.starts_per_year,
                }
            )
            for row in case.demand
        ),
    )


def test_clients_of_a_block_without_risk_factors_are_those_expected(small_case: Case) -> None:
    """By hand: scenarios of a block x (stock + starts), because every factor is one."""
    certain = replace(small_case, risk_factors=())
    planned = plan(certain, 64, 2, 1, "out_of_sample")
    assert fullest_block(planned) == pytest.approx(
        planned.scenarios_per_block * planned.sampler.clients_per_scenario
    )


def test_a_wide_spread_of_the_inflow_asks_more(small_case: Case) -> None:
    """Of a case so large that a block is one scenario: the largest of 64 with a log-normal inflow is above the mean."""
    large = _times(small_case, 200.0)
    wide = tuple(row.model_copy(update={"standard_deviation": 0.3}) for row in large.risk_factors)
    certain, spread = (plan(replace(large, risk_factors=rows), 64, 2, 1, "out_of_sample") for rows in ((), wide))
    assert certain.scenarios_per_block == spread.scenarios_per_block == 1
    assert fullest_block(spread) > 1.3 * fullest_block(certain)


def test_kept_memory_grows_with_scenarios_years_and_places(small_case: Case, tmp_path: object) -> None:
    """By the formula of the module: 7 contracts and 2 municipalities, 2 years, 96 design scenarios more, twice."""
    planned = plan(small_case, 64, 2, 1, "out_of_sample")
    few, many = (memory_need(planned, RunOptions(design_scenarios=n)).kept for n in (64, 160))
    assert many - few == pytest.approx(memory.DESIGNED * 2 * 96 * 2 * (7 + 2))
    assert memory_need(planned, RunOptions(keep=str(tmp_path))).kept == memory.CLOSED
    assert MemoryNeed(1.0, 2.0, 3).total == 5.0


@pytest.mark.parametrize(
    ("options", "factor", "remedy"),
    [
        (RunOptions(design_scenarios=50_000), 1.0, "take fewer scenarios with n_scenarios and design_scenarios"),
        (RunOptions(design_scenarios=64, workers=8), 300.0, "take fewer processes with workers"),
        (RunOptions(design_scenarios=64), 2000.0, "check the volumes in demand and the spread in risk_factors"),
    ],
)
def test_a_run_that_does_not_fit_names_what_makes_it_smaller(
    small_case: Case, monkeypatch: pytest.MonkeyPatch, options: RunOptions, factor: float, remedy: str
) -> None:
    planned = plan(_times(small_case, factor), 64, 1, 1, "out_of_sample")
    need = memory_need(planned, options)
    monkeypatch.setattr(memory, "free_memory", lambda: 1.1 * need.total)
    with pytest.raises(UserError) as caught:
        check_memory(planned, options)
    assert remedy in caught.value.text("en")
    assert "GB geheugen" in caught.value.text("nl")
    monkeypatch.setattr(memory, "free_memory", lambda: 1.3 * need.total)
    check_memory(planned, options)


def test_nothing_is_refused_where_the_system_does_not_say(
    small_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = plan(_times(small_case, 1e4), 64, 1, 1, "out_of_sample")
    monkeypatch.setattr(memory, "_limits", lambda: iter(()))
    assert free_memory() is None
    check_memory(planned, RunOptions())


def test_a_command_refuses_before_it_draws(small_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 1e6)
    stages: list[str] = []
    with pytest.raises(UserError, match="This run needs an estimated"):
        compare(small_case, n_scenarios=64, n_years=1, progress=lambda stage, *_: stages.append(stage))
    assert stages == []


def test_check_warns_of_the_usual_run_and_refuses_what_never_fits(
    small_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_memory_of_case(small_case) == ()
    smallest = memory_need(plan(small_case, 20, 1, 1, "out_of_sample"), RunOptions(design_scenarios=20)).total
    monkeypatch.setattr(memory, "free_memory", lambda: 1.3 * smallest)
    (note,) = check_memory_of_case(small_case)
    assert "take fewer scenarios with --scenarios and --design-scenarios" in note["en"]
    monkeypatch.setattr(memory, "free_memory", lambda: 0.5 * smallest)
    result = CliRunner().invoke(app, ["check", "region", "--lang", "en"])
    assert result.exit_code == 2
    assert "This run needs an estimated" in result.output


def test_a_whole_country_in_one_area_is_refused() -> None:
    """Every row of demand at the bound of its column, two million clients, in a scenario with a spread."""
    assert fullest_block(plan(_times(synthetic_region(1, 3), 2e3), 20, 1, 1, "out_of_sample")) > 1e6
