"""What each term is worth: waterfalls that close on what the comparison says, in both orders, and presets by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import DESIGN

from bekostiging.case import Case
from bekostiging.case.tables import ContractClause
from bekostiging.contracts import LUMP_SUM, Taakgericht
from bekostiging.evaluation import Comparison, figures
from bekostiging.evaluation.results import TERM, TOTAL
from bekostiging.studies import TermSteps, clause_worth, compare, contracts_in_force
from bekostiging.studies.steps import (
    CORRIDOR,
    FIXED,
    LOADING,
    PRESETS,
    bare,
    preset_corridor,
    provider_kinds,
    with_preset,
)


@pytest.fixture(scope="module")
def worth(outcome: Comparison) -> TermSteps:
    return clause_worth(outcome)


def _closes(worth: TermSteps) -> None:
    """Start plus the steps is the end, for everybody and in both orders."""
    for order in (0, 1):
        for place, pick in enumerate(("municipality", "tail")):
            moved = sum(getattr(one, pick)[order].value for one in worth.steps)
            assert worth.start[place].value + moved == pytest.approx(worth.end[place].value, abs=0.01)
    for kind, start in worth.kind_start.items():
        moved = sum(one.kinds[kind].value for one in worth.steps)
        assert start.value + moved == pytest.approx(worth.kind_end[kind].value, abs=0.01)
    for provider, start in worth.provider_start.items():
        moved = sum(one.providers[provider].value for one in worth.steps)
        assert start.value + moved == pytest.approx(worth.provider_end[provider].value, abs=0.01)


def test_the_waterfall_closes_on_the_comparison(outcome: Comparison, worth: TermSteps) -> None:
    """Its end is the lump sum as compare settled it with everybody served, to the cent a contract is rounded to."""
    assert outcome.corner == "absorb"
    _closes(worth)
    term = outcome.forms[LUMP_SUM].municipalities[TOTAL][TERM]
    assert worth.end[0].value == pytest.approx(term[figures.EXPECTED].value, abs=1.0)
    assert worth.end[1].value == pytest.approx(term[figures.CVAR95].value, abs=1.0)
    assert [one.name for one in worth.steps] == [FIXED, LOADING, CORRIDOR]


def test_payments_of_providers_are_those_of_the_municipalities(outcome: Comparison, worth: TermSteps) -> None:
    """Every municipality of the small case is in the reported sum: what one side pays the other gets, step by step."""
    assert len(outcome.case.reported) == len(outcome.case.municipalities)
    for one in worth.steps:
        assert sum(found.value for found in one.providers.values()) == pytest.approx(one.mean, abs=0.01)


def test_a_kind_is_its_providers_together(outcome: Comparison, worth: TermSteps) -> None:
    """Sums by hand; the error is that of the sum, not the sum of errors."""
    kinds = provider_kinds(outcome.case)
    assert set(worth.kind_start) == set(kinds.values())
    for one in worth.steps:
        for kind, found in one.kinds.items():
            own = [one.providers[provider] for provider, is_of in kinds.items() if is_of == kind]
            assert found.value == pytest.approx(sum(each.value for each in own), abs=0.01)
            assert found.standard_error <= sum(each.standard_error for each in own) + 1e-6


def test_kinds_by_hand(outcome: Comparison) -> None:
    """10 million of turnover is small, 50 million medium-sized; a subcontractor in all its contracts is that."""
    case = outcome.case
    amounts = (10e6, 10e6 + 1, 50e6, 50e6 + 1)
    rows = tuple(
        row.model_copy(update={"turnover": amount}) for row, amount in zip(case.providers, amounts, strict=False)
    )
    contracts = tuple(
        row.model_copy(update={"main_contractor": rows[3].id}) if row.provider == rows[0].id else row
        for row in case.contracts
    )
    kinds = provider_kinds(replace(case, providers=rows))
    assert [kinds[row.id] for row in rows] == ["small", "medium", "medium", "large"]
    assert provider_kinds(replace(case, providers=rows, contracts=contracts))[rows[0].id] == "subcontractor"


def test_a_pool_between_providers_is_the_last_step(outcome: Comparison) -> None:
    """It moves nothing for the municipalities, and nothing between providers together."""
    rows = tuple(
        ContractClause(
            lot=lot.id, payment_form=LUMP_SUM, position=1, clause="provider_pool", share=0.5, lower=1.01, source="t",
            status="illustrative",
        )
        for lot in outcome.case.lots
    )  # fmt: skip
    found = clause_worth(replace(outcome, case=replace(outcome.case, clauses=rows)))
    _closes(found)
    last = found.steps[-1]
    assert last.name == "provider_pool"
    assert [one.value for one in (*last.municipality, *last.tail)] == [0.0] * 4
    assert sum(one.value for one in last.providers.values()) == pytest.approx(0.0, abs=0.01)
    assert max(abs(one.value) for one in last.providers.values()) > 1000


def test_loading_by_hand(outcome: Comparison, worth: TermSteps) -> None:
    """What the loading adds is budget minus reference, indexed; alike in both orders, since nothing else depends on it."""
    design, data = outcome.lumpsum.design, outcome.lumpsum.data
    more = ((design.budget - data.reference) * outcome.index).sum(axis=1) @ outcome.case.discount(outcome.n_years)
    (loading,) = (one for one in worth.steps if one.name == LOADING)
    assert loading.municipality[0].value == pytest.approx(float(more.mean()), rel=1e-6, abs=1.0)
    assert loading.municipality[1].value == pytest.approx(loading.municipality[0].value, abs=0.01)


@pytest.mark.slow
def test_clauses_that_meet_are_worth_another_amount_in_the_other_order(small_case: Case) -> None:
    """A quota share before the corridor leaves it less to share: both orders close, and differ."""
    rows = tuple(
        ContractClause(
            lot=lot.id,
            payment_form=LUMP_SUM,
            position=1,
            clause="quota_share",
            share=0.3,
            source="t",
            status="illustrative",
        )
        for lot in small_case.lots
    )
    outcome = compare(replace(small_case, clauses=rows), n_scenarios=32, design_scenarios=DESIGN)
    found = clause_worth(outcome)
    _closes(found)
    assert [one.name for one in found.steps] == [FIXED, LOADING, CORRIDOR, "quota_share"]
    if outcome.lumpsum.design.feasible and any(share.any() for share in outcome.lumpsum.design.share):
        (corridor,) = (one for one in found.steps if one.name == CORRIDOR)
        assert corridor.tail[0].value != pytest.approx(corridor.tail[1].value, abs=1.0)


def test_presets_are_the_published_percentages() -> None:
    """ACO REACH, the provider side: 50, 35, 15 and 5 % to 5, 10, 15 % and beyond; 100, 50, 25, 10 % to 25, 35, 50 %.

    Professional at 120 on 100, the payer: 0.5 x 5 + 0.65 x 5 + 0.85 x 5 + 0.95 x 5 = 14.75. Global at 140 on 100: nothing to
    125, half of 10, three quarters of 5: 8.75.
    """
    for name, base, expected in (("reach_professional", 120.0, 14.75), ("reach_global", 140.0, 8.75)):
        corridor = preset_corridor(name)
        for value, sign in ((base, 1.0), (200.0 - base, -1.0)):
            inside = corridor.amounts(np.array([value]), np.array([100.0]))
            assert float((inside @ (corridor.sign * corridor.share))[0]) == pytest.approx(sign * expected)
    provider = {name: [round(1 - share, 2) for _, share in own] for name, own in PRESETS.items()}
    assert provider == {"reach_professional": [0.5, 0.35, 0.15, 0.05], "reach_global": [1.0, 0.5, 0.25, 0.1]}


def test_a_bare_lump_sum_pays_its_indexed_reference(outcome: Comparison) -> None:
    for one in contracts_in_force(outcome)[LUMP_SUM]:
        plain = bare(one, ())
        assert isinstance(plain, Taakgericht)
        np.testing.assert_array_equal(plain.budget, one.reference)
        assert not plain.corridor.share.any()
        preset = with_preset(one, "reach_global")
        assert isinstance(preset, Taakgericht)
        assert preset.corridor.names[0] == "deficit_1"
