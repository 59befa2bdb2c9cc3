"""Break-even: forms at parity need nothing, a dearer one needs exactly its surplus."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from balance import in_balance

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import Taakgericht, build_contracts, reference
from bekostiging.evaluation.break_even import SWEEP, break_even, sweeps
from bekostiging.scenarios.cells import build_cells

DISCOUNT = np.ones(3)


@pytest.fixture(scope="module")
def parity(small_case: Case) -> tuple[Case, dict]:
    """No growth, administration or ceilings: everything costs the same as expected."""
    case = replace(in_balance(small_case), administration=())
    cells = build_cells(case)
    terms = reference(case, cells, 3)
    return case, {form: build_contracts(case, cells, terms, form, ceilings=False) for form in PAYMENT_FORMS}


def test_at_parity_nothing_needs_to_change(parity: tuple[Case, dict]) -> None:
    case, contracts = parity
    found = break_even(case, build_cells(case), contracts, DISCOUNT)
    for form in PAYMENT_FORMS:
        for own in found[form].values():
            assert (own.municipality, own.total, own.year) == (0.0, 0.0, case.first_year)


def test_a_dearer_form_needs_its_surplus(parity: tuple[Case, dict]) -> None:
    """Tariffs 5 % up: the price must fall by 0.05 / 1.05; the stock has no part in new volume, so volume by more."""
    case, contracts = parity
    dear = tuple(replace(one, tariff=1.05 * one.tariff) for one in contracts["maatwerktraject"])
    found = break_even(case, build_cells(case), contracts | {"maatwerktraject": dear}, DISCOUNT)["maatwerktraject"]
    assert found["price"].municipality == pytest.approx(-0.05 / 1.05, rel=1e-3)
    assert found["volume"].municipality is not None
    assert found["volume"].municipality < -0.05 / 1.05
    assert found["volume"].year is None
    assert found["volume"].total == 0.0


def test_a_lump_sum_does_not_follow_volume(parity: tuple[Case, dict]) -> None:
    case, contracts = parity
    dear = []
    for one in contracts["taakgericht"]:
        assert isinstance(one, Taakgericht)
        dear.append(replace(one, budget=1.05 * one.budget))
    found = break_even(case, build_cells(case), contracts | {"taakgericht": tuple(dear)}, DISCOUNT)["taakgericht"]
    assert found["volume"].municipality is None
    assert found["duration"].municipality is None


def test_a_sweep_is_parity_in_the_middle_and_flat_for_the_lump_sum(parity: tuple[Case, dict]) -> None:
    case, contracts = parity
    volume, duration = sweeps(case, build_cells(case), contracts, DISCOUNT)
    middle = SWEEP.index(0.0)
    for sweep in (volume, duration):
        np.testing.assert_allclose(
            [own[middle] for own in sweep.spending.values()], sweep.spending["taakgericht"][middle]
        )
        assert np.ptp(sweep.spending["taakgericht"]) < 1e-6 * sweep.spending["taakgericht"][0]
        assert (np.diff(sweep.spending["inspanningsgericht"]) > 0).all()
    assert np.ptp(duration.spending["outputgericht"]) < 1e-6 * duration.spending["outputgericht"][0]
