"""The care landscape: what is added up, by hand and against the case, before there are contracts too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bekostiging.case import CaseError, read_case, read_case_before_contracts, write_case
from bekostiging.contracts import expected_level
from bekostiging.evaluation.sense.facts import Facts
from bekostiging.studies import Landscape, study_landscape


@pytest.fixture(scope="module")
def veenrand() -> Landscape:
    return study_landscape(read_case("veenrand"))


def test_clients_add_up_to_demand(veenrand: Landscape) -> None:
    for row in veenrand.case.demand:
        a, f = veenrand.cells.area_ids.index(row.area), veenrand.cells.care_form_ids.index(row.care_form)
        assert veenrand.by("area", "care_form", of=veenrand.clients)[a, f] == pytest.approx(row.clients_at_start)
        assert veenrand.by("area", "care_form", of=veenrand.starts)[a, f] == pytest.approx(row.starts_per_year)


def test_euros_are_those_the_sense_check_has(veenrand: Landscape) -> None:
    """Another way through the package: expected euros of the first contract year, without its price level."""
    facts = Facts.of(veenrand.case)
    level = np.ones(veenrand.cells.n_cells)
    for j, lot in enumerate(veenrand.case.lots):
        level[veenrand.cells.lot == j] = expected_level(veenrand.case, lot.id, 1)[0]
    np.testing.assert_allclose(veenrand.euro * level, facts.euros[0], rtol=1e-9)


def test_concentration_by_hand(veenrand: Landscape) -> None:
    """Residential care of veenrand: two providers of 58 and 42 %, 0.58^2 + 0.42^2 = 0.5128."""
    one = veenrand.concentration["verblijf"]
    assert (one.providers, round(one.largest, 4), round(one.index, 4)) == (2, 0.58, 0.5128)
    assert sum(role.share for role in veenrand.roles) == pytest.approx(1.0)
    assert [role.euro for role in veenrand.roles] == sorted((role.euro for role in veenrand.roles), reverse=True)


def test_what_nobody_serves_and_what_is_in_no_lot() -> None:
    case = read_case("veenrand")
    area = case.areas[0].id
    lots = tuple(
        lot.model_copy(update={"areas": tuple(one for one in lot.areas if one != area)})
        if "verblijf" in lot.care_forms
        else lot
        for lot in case.lots
    )
    without = study_landscape(replace(case, lots=lots))
    (row,) = (row for row in case.demand if (row.area, row.care_form) == (area, "verblijf"))
    assert without.unserved == ((area, "verblijf", row.clients_at_start + row.starts_per_year),)
    assert without.outside == ()
    almere = study_landscape(read_case("almere"))
    assert (almere.unserved, almere.outside) == ((), ("youth_protection",))


def test_main_and_subcontractors() -> None:
    case = read_case("veenrand")
    lot = case.contracts[0].lot
    first, second, *_ = (row.provider for row in case.contracts if row.lot == lot)
    contracts = tuple(
        row.model_copy(update={"main_contractor": first}) if (row.provider, row.lot) == (second, lot) else row
        for row in case.contracts
    )
    roles = {role.provider: role for role in study_landscape(replace(case, contracts=contracts), named=True).roles}
    assert roles[first].subcontractors == (second,)
    assert roles[second].main_contractors == (first,)


def test_it_needs_no_contracts(tmp_path: Path, veenrand: Landscape) -> None:
    """Veenrand without its contracts: whoever offers counts, which gives the same care, and it is said."""
    write_case(read_case("veenrand"), tmp_path)
    header = (tmp_path / "contracts.csv").read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "contracts.csv").write_text(header + "\n", encoding="utf-8")
    with pytest.raises(CaseError):
        read_case(tmp_path)
    case = read_case_before_contracts(tmp_path)
    assert "There are no contracts yet" in case.notes[-1]["en"]
    np.testing.assert_allclose(study_landscape(case).by("provider"), veenrand.by("provider"))
    (tmp_path / "contracts.csv").unlink()
    assert read_case_before_contracts(tmp_path).contracts == case.contracts


def test_another_mistake_is_told_as_ever(tmp_path: Path) -> None:
    write_case(read_case("veenrand"), tmp_path, "en")
    (tmp_path / "contracts.csv").unlink()
    (tmp_path / "demand.csv").unlink()
    with pytest.raises(CaseError, match="demand"):
        read_case_before_contracts(tmp_path)
