"""Mixed regions: a payment form per lot, and general provisions that are a lump sum always."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import DESIGN

from bekostiging.case import Case, CaseError
from bekostiging.case.read import validated
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import build_contracts, reference, risk_allocation_by_form
from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.evaluation.figures import EXPECTED, SPENDING
from bekostiging.report.comparison.results import comparison_results
from bekostiging.scenarios.cells import build_cells
from bekostiging.studies import compare


@pytest.fixture(scope="module")
def mixed(small_case: Case) -> Comparison:
    """The first lot per hour, the others as lump sums, without a ceiling."""
    forms = ["inspanningsgericht", *["taakgericht"] * (len(small_case.lots) - 1)]
    lots = tuple(
        row.model_copy(update={"payment_form": form}) for row, form in zip(small_case.lots, forms, strict=True)
    )
    contracts = tuple(row.model_copy(update={"ceiling": None}) for row in small_case.contracts)
    return compare(replace(small_case, lots=lots, contracts=contracts), n_scenarios=32, design_scenarios=DESIGN)


def test_one_form_in_all_lots_is_no_mix(small_case: Case, outcome: Comparison) -> None:
    assert len({lot.payment_form for lot in small_case.lots}) == 1
    assert outcome.mix is None
    assert comparison_results(outcome)["mix"] is None


@pytest.mark.slow
def test_every_lot_pays_in_its_own_form(mixed: Comparison) -> None:
    """Expected spending is that of the first lot per hour plus that of the others as lump sums; same scenarios, so exact."""
    assert mixed.mix is not None
    first = mixed.case.lots[0].id
    corner = mixed.corner
    own = np.zeros(mixed.n_scenarios)
    for c, row in enumerate(mixed.case.contracts):
        form = "inspanningsgericht" if row.lot == first else "taakgericht"
        own += mixed.forms[form].samples["absorb"].payment[:, :, c].sum(axis=1)
    spent = mixed.mix.corner_totals["absorb"][SPENDING].value
    assert mixed.case.policy.discount_rate == 0
    assert spent == pytest.approx(own.mean(), rel=1e-9)
    assert set(mixed.mix.municipalities) == set(mixed.forms["taakgericht"].municipalities)
    assert corner in mixed.mix.corner_totals
    assert mixed.mix.municipalities[TOTAL][TERM][EXPECTED].value > 0


def test_a_general_provision_is_a_lump_sum_under_every_form(small_case: Case) -> None:
    lot = small_case.lots[0]
    changed = lot.model_copy(update={"general_provision": True, "payment_form": "taakgericht", "messages": "none"})
    case = replace(small_case, lots=(changed, *small_case.lots[1:]))
    cells = build_cells(case)
    terms = reference(case, cells, 2)
    built = {form: build_contracts(case, cells, terms, form) for form in PAYMENT_FORMS}
    for form, own in built.items():
        for contract in own:
            assert contract.form == ("taakgericht" if contract.lot == lot.id else form)
    plain = {form: build_contracts(small_case, cells, terms, form) for form in PAYMENT_FORMS}
    assert (
        dict(risk_allocation_by_form(built))["volume"]["outputgericht"]
        == dict(risk_allocation_by_form(plain))["volume"]["outputgericht"]
    )


def test_a_general_provision_per_hour_is_refused(small_case: Case) -> None:
    lots = (small_case.lots[0].model_copy(update={"general_provision": True}), *small_case.lots[1:])
    with pytest.raises(CaseError, match="only taakgericht and none are possible"):
        validated(replace(small_case, lots=lots))
