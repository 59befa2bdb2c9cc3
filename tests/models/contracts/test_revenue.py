"""Revenue brought to the first contract year: by hand, its limit cases, and the reference amounts of the shipped cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case, read_case
from bekostiging.case.tables import ContractClause
from bekostiging.contracts import (
    GrowthPath,
    Taakgericht,
    build_contracts,
    expected_revenue,
    index_of_year,
    reference,
    revenue_paths,
)
from bekostiging.scenarios import build_cells, units_in_year


def _index(case: Case, **finals: dict[str, float]) -> Case:
    """Indices of 2025 and 2026 of the region with final figures."""
    rows = tuple(row.model_copy(update=finals.get(f"y{row.year}", {})) for row in case.indices)
    return replace(case, indices=rows)


def test_index_at_final_figures_where_known(small_case: Case) -> None:
    """90 / 10: forecast 0.9 x 3 % + 0.1 x 2 % = 2.9 %; a final OVA of 5 % makes it 0.9 x 5 + 0.1 x 2 = 4.7 %."""
    lot = small_case.lots[0].id
    known = _index(small_case, y2025={"ova_final": 0.05})
    assert index_of_year(small_case, lot, 2025) == pytest.approx(0.029)
    assert index_of_year(known, lot, 2025) == pytest.approx(0.047)


def test_by_hand(small_case: Case) -> None:
    """Nothing grows: R x 1.047 x 1.029 from 2024; from 2025 only x 1.029; zero stays zero."""
    still = tuple(row.model_copy(update={"growth": 0.0}) for row in small_case.demand)
    rows = list(small_case.contracts)
    rows[0] = rows[0].model_copy(update={"revenue": 1000.0})
    rows[1] = rows[1].model_copy(update={"revenue": 1000.0, "revenue_year": 2025})
    rows[2] = rows[2].model_copy(update={"revenue": 0.0})
    case = _index(replace(small_case, demand=still, contracts=tuple(rows)), y2025={"ova_final": 0.05})
    cells = build_cells(case)
    found = expected_revenue(case, cells, reference(case, cells, 1))
    assert found.shape == (len(rows),)
    # starts are rounded to a tenth of a client, so that the stock is in equilibrium to a thousandth
    assert found[0] == pytest.approx(1000 * 1.047 * 1.029, rel=1e-3)
    assert found[1] == pytest.approx(1000 * 1.029, rel=1e-3)
    assert found[2] == 0.0


def test_volume_is_units_at_the_reference_tariff(small_case: Case) -> None:
    """Against the formula, cell by cell."""
    cells = build_cells(small_case)
    terms = reference(small_case, cells, 1)
    paths = revenue_paths(small_case, cells, terms)
    before = units_in_year(small_case, cells, small_case.base_year)
    for c, path in enumerate(paths):
        own = [k for k in range(cells.n_cells) if cells.contract[k] == c]
        now, then = (sum(q[k] * terms.tariff[k] for k in own) for q in (terms.units[0], before))
        assert path.use == pytest.approx(now / then)
        assert path.expected == pytest.approx(path.revenue * now / then * 1.029**2)
        assert revenue_paths(small_case, cells, terms, (c,)) == (path,)


def test_a_growth_path_starts_from_it(small_case: Case) -> None:
    """Not from the euros of the base year."""
    lot = small_case.contracts[0].lot
    given = {
        "lot": lot,
        "payment_form": "taakgericht",
        "position": 1,
        "clause": "growth_path",
        "share": 0.5,
        "length": 2,
    }
    clause = ContractClause.model_validate(given | {"source": "by hand", "status": "illustrative"})
    case = replace(small_case, clauses=(clause,))
    cells = build_cells(case)
    terms = reference(case, cells, 1)
    first = build_contracts(case, cells, terms, "taakgericht")[0]
    assert isinstance(first, Taakgericht)
    (path,) = first.budget_clauses
    assert isinstance(path, GrowthPath)
    assert path.revenue == expected_revenue(case, cells, terms)[0] > case.contracts[0].revenue


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025])
def test_a_year_before_the_base_year_grows_as_the_years_after_it(small_case: Case, year: int) -> None:
    """Units grow 1.5 % a year on both sides of the base year 2024."""
    rows = tuple(row.model_copy(update={"revenue_year": year}) for row in small_case.contracts)
    indices = (*(small_case.indices[0].model_copy(update={"year": u}) for u in (2023, 2024)), *small_case.indices)
    case = replace(small_case, contracts=rows, indices=indices)
    cells = build_cells(case)
    for path in revenue_paths(case, cells, reference(case, cells, 1)):
        assert list(path.index) == list(path.clients) == list(range(year + 1, 2027))
        assert path.use == pytest.approx(1.015 ** (2026 - year), rel=2e-3)
        assert np.prod(list(path.clients.values())) == pytest.approx(1.015 ** (2026 - year), rel=1e-6)


@pytest.mark.parametrize(("name", "most"), [("region", 0.001), ("almere", 0.001)])
def test_the_shipped_cases_come_out_at_their_reference_amounts(name: str, most: float) -> None:
    """What they were computed back from: per contract within a tenth of a percent, together within one percent."""
    case = read_case(name)
    cells = build_cells(case)
    terms = reference(case, cells, 1)
    expected = expected_revenue(case, cells, terms)
    assert np.abs(expected / terms.amount[:, 0] - 1).max() < most
    assert expected.sum() == pytest.approx(terms.amount[:, 0].sum(), rel=0.01)
