"""Choices computed again: the certificate is that of the lump sum, agreed lots stand, and the file is judged first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.what_if import CorridorChoice, LotChoice, WhatIf, designed_setting
from bekostiging.lumpsum import Judge, LimitCheck, check_limits
from bekostiging.studies import LumpSumStudy, study_lumpsum
from bekostiging.studies.choice_limits import PARTS, ChoiceLimit
from bekostiging.studies.choices_file import Choices, Proposal, agreed_of
from bekostiging.studies.exploration import designed_lots
from bekostiging.studies.recomputed import Recomputed, designed_around, recomputed


def choices_of(study: Comparison | LumpSumStudy, *settings: WhatIf, **said: object) -> Choices:
    """A keuze.json of a page of this study; the first proposal is on view."""
    proposals = tuple(Proposal(f"voorstel {k}", one, said) for k, one in enumerate(settings))
    return Choices(proposals, "x", designed_lots(study.lumpsum.data, study.lumpsum.design), 0)


def usual(study: Comparison | LumpSumStudy, **changed: object) -> WhatIf:
    """As designed, with the terms of the first lot changed."""
    setting = designed_setting(study.case, LUMP_SUM)
    lot = study.case.lots[0].id
    return replace(setting, lots={**setting.lots, lot: replace(setting.lots[lot], **changed)})


def on_same_scenarios(study: Comparison | LumpSumStudy, *settings: WhatIf) -> tuple[Recomputed, ...]:
    return recomputed(study, choices_of(study, *settings), "x", fresh=0).variants


def by_name(limits: tuple[ChoiceLimit, ...]) -> dict[str, ChoiceLimit]:
    return {str(one.limit): one for one in limits}


def test_the_certificate_of_the_design_is_that_of_the_lump_sum(lumpsum_study: LumpSumStudy) -> None:
    """Every limit of the study by its name, on the same scenarios the same value and error."""
    study = lumpsum_study
    (found,) = on_same_scenarios(study, designed_setting(study.case, LUMP_SUM))
    own = Judge(study.lumpsum.judge.data, study.lumpsum.judge.scramblings)
    checks: dict[str, LimitCheck] = {str(one.limit): one for one in check_limits(study.lumpsum.design, own)}
    limits = {name: one for name, one in by_name(found.limits).items() if one.limit.kind not in PARTS}
    assert limits.keys() == checks.keys()
    for name, one in limits.items():
        assert one.found.value == pytest.approx(checks[name].value, abs=1.0), name
        assert one.found.standard_error == pytest.approx(checks[name].standard_error, abs=1.0), name
        if one.limit.kind != "return_on_capital":  # asked on the capital that is used on these scenarios
            assert one.most == pytest.approx(checks[name].most, abs=1.0), name


def test_expected_spending_of_the_limits_is_what_settlement_pays(outcome: Comparison) -> None:
    """Two computations of one number: the decision's arrays, and every contract settled to the cent."""
    setting = usual(outcome, budget=1.04, corridor=CorridorChoice(0.02, 0.6, 0.3), index="cost")
    setting = replace(setting, volume=1.05, duration=0.97, price=0.02)
    (found,) = on_same_scenarios(outcome, setting)
    for year in map(str, range(outcome.case.first_year, outcome.case.first_year + outcome.n_years)):
        limits = [one for one in found.limits if one.limit.kind == "begroting" and one.limit.keys[1] == year]
        (told,) = (one for one in found.figures if (one.place, one.name) == (year, "expected"))
        assert sum(one.found.value for one in limits) == pytest.approx(told.found.value, abs=1.0)


def test_a_lower_budget_is_measured_against_every_limit(outcome: Comparison) -> None:
    """A tenth less for the first lot: its loading falls by a tenth of the budget, its payments fall below the fair price."""
    lot = outcome.case.lots[0].id
    setting = usual(outcome, budget=0.9, corridor=CorridorChoice(0.05, 0.0, 0.0))
    before, after = map(by_name, (one.limits for one in on_same_scenarios(outcome, usual(outcome), setting)))
    designed = before[f"loading_cap[{lot}]"].found.value
    assert after[f"loading_cap[{lot}]"].found.value == pytest.approx(0.9 * (1 + designed) - 1)
    provider = next(row.provider for row in outcome.case.contracts if row.lot == lot)
    fair = after[f"fair_price[{provider},{lot},{outcome.case.first_year}]"]
    assert fair.verdict == "broken"
    assert fair.margin == -fair.found.value < 0
    assert before.keys() - after.keys() <= {f"transition_up[{lot}]"}


def test_who_is_left_out_has_no_limits(outcome: Comparison) -> None:
    lots: dict[str, list[str]] = {}
    for row in outcome.case.contracts:
        lots.setdefault(row.provider, []).append(row.lot)
    gone = next(
        name for name, own in lots.items()
        if all(sum(row.lot == lot for row in outcome.case.contracts) > 1 for lot in own)
    )  # fmt: skip
    code = outcome.case.reported_codes[0]
    setting = replace(usual(outcome), without_providers=(gone,), without_municipalities=(code,))
    (found,) = on_same_scenarios(outcome, setting)
    named = {key for one in found.limits for key in one.limit.keys}
    assert not named & {gone, code}


def test_a_tariff_has_no_fair_price_of_a_lump_sum(outcome: Comparison) -> None:
    lot = outcome.case.lots[0].id
    (found,) = on_same_scenarios(outcome, usual(outcome, form="inspanningsgericht", ceiling=0.9))
    kinds = {one.limit.kind for one in found.limits if lot in one.limit.keys}
    assert kinds == set()
    assert any(one.limit.kind == "solvency" for one in found.limits)


def test_locked_lots_stand_in_what_is_designed_around_them(lumpsum_study: LumpSumStudy) -> None:
    study = lumpsum_study
    lot, other = study.case.lots[0].id, study.case.lots[1].id
    setting = usual(study, budget=1.02, locked=True)
    setting = replace(setting, lots={**setting.lots, other: LotChoice("outputgericht", ceiling=1.2)})
    asked = choices_of(study, setting)
    agreed = agreed_of(asked)
    loading = float(study.lumpsum.design.loading[0])
    assert list(agreed.lots) == [lot]
    assert agreed.lots[lot].loading == pytest.approx((1 + loading) * 1.02 - 1)
    around = designed_around(study, asked).proposal.setting
    assert around.lots[lot] == setting.lots[lot]
    assert around.lots[other] == LotChoice(LUMP_SUM)


@pytest.mark.slow
def test_the_rest_is_designed_around_what_is_locked(lumpsum_study: LumpSumStudy) -> None:
    """The designed terms of one lot locked: the rest comes out as it did, and the certificate holds as much."""
    study = lumpsum_study
    lot = study.case.lots[0].id
    asked = choices_of(study, usual(study, locked=True))
    again = study_lumpsum(study.case, n_scenarios=32, design_scenarios=study.n_design, agreed=agreed_of(asked))
    assert list(again.agreed.lots) == [lot]
    assert again.lumpsum.outcome == study.lumpsum.outcome
    assert again.lumpsum.design.loading[0] == pytest.approx(float(study.lumpsum.design.loading[0]), abs=1e-7)
    assert again.lumpsum.design.loading == pytest.approx(study.lumpsum.design.loading, abs=2e-3)
    assert np.allclose(again.lumpsum.design.share[0], study.lumpsum.design.share[0])
    (found,) = recomputed(again, designed_around(again, asked), "x", fresh=0).variants
    assert found.limits
    assert [one.band for one in again.frontier] == [None]
