"""The self-check of a study is that of a comparison on the same scenarios, and a wrong theory is told by every study."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from conftest import DESIGN

from bekostiging.case import Case, synthetic_region, with_policy
from bekostiging.evaluation import Comparison, Study
from bekostiging.options import Options
from bekostiging.scenarios import SelfCheck, simulate
from bekostiging.studies import LumpSumStudy, study_capacity, study_equalisation, study_sharing
from bekostiging.studies.tender.decisions import DECISION_MODELS, Asked, decide

FEW: Options = {"n_scenarios": 33, "design_scenarios": DESIGN, "n_years": 1}
STUDIES: dict[str, Callable[[Case], Study]] = {
    "equalise": lambda case: study_equalisation(case, **FEW),
    "share": lambda case: study_sharing(case, **FEW),
    "capacity": lambda case: study_capacity(case, seconds=5, gap=0.5, **FEW),
}


def test_a_study_checks_the_same_futures_as_the_comparison(
    outcome: Comparison, lumpsum_study: LumpSumStudy
) -> None:
    assert isinstance(outcome.self_check, SelfCheck)
    assert outcome.self_check.n_statistics > 100
    assert lumpsum_study.self_check == outcome.self_check
    # only how few they are differs: the lump sum is judged on as many as it was designed on
    (few, *others), (fewer, *same) = lumpsum_study.notes, outcome.notes
    assert few["en"].startswith(f"Measured on only {DESIGN} scenarios")
    assert fewer["en"].startswith(f"Measured on only {outcome.n_scenarios} scenarios")
    assert others == same
    assert not outcome.self_check.alarms


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A theory that expects a third more care than is drawn."""
    right = simulate.expected_care_use

    def expected(*given: Any) -> Any:
        found = right(*given)
        return replace(found, units=found.units * 4 / 3)

    monkeypatch.setattr(simulate, "expected_care_use", expected)


@pytest.mark.usefixtures("wrong")
@pytest.mark.parametrize("study", STUDIES)
def test_every_study_keeps_rounding_closed_lots_what_is_not_used_and_the_alarm(study: str) -> None:
    region = with_policy(synthetic_region(2, 6), elasticity=0.1)
    closed = region.lots[0].model_copy(update={"sitting_clients": "closed"})
    found = STUDIES[study](replace(region, lots=(closed, *region.lots[1:])))
    told = " ".join(note["nl"] for note in found.notes)
    assert "ALARM van de zelfcontrole" in told
    assert f"33 scenario's naar boven afgerond op {found.n_scenarios}" in told
    assert "lopen af onder het oude contract" in told
    assert "elasticity telt in het ontwerp" in told
    assert found.self_check is not None
    assert found.self_check.alarms
    assert any(alarm.quantity == "units" for alarm in found.self_check.alarms)


@pytest.mark.usefixtures("wrong")
@pytest.mark.parametrize("model", sorted(DECISION_MODELS))
def test_every_decision_model_tells_the_alarm(outcome: Comparison, model: str) -> None:
    alarmed = replace(outcome, notes=({"nl": "ALARM", "en": "ALARM"}, *outcome.notes))
    found = decide(model, Asked(outcome.case, alarmed, (0.9,), FEW))
    assert "ALARM" in found.notes[0]["en"]
    assert found.self_check is not None
