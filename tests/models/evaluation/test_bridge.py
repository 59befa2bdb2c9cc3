"""The bridge by year: by hand, its limit cases, years that differ, and that it adds up to the cent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.case import Case
from bekostiging.contracts import RevenuePath, reference
from bekostiging.evaluation import Comparison, bridges
from bekostiging.evaluation.bridge import Bridge, Effects, added, effects
from bekostiging.evaluation.figures import BESIDE_BUDGET
from bekostiging.report.kit.long import cell_in_words
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.resistance import bridge_table
from bekostiging.scenarios import build_cells, clients_in_calendar_year
from bekostiging_solvers import Estimate, Scramblings

AMOUNT = st.floats(min_value=0.01, max_value=1e9)
RATIO = st.floats(min_value=0.5, max_value=2.0)
INDEX = st.floats(min_value=-0.1, max_value=0.1)


def _path(
    year: int, revenue: float, index: dict[int, float], clients: dict[int, float], use: float
) -> RevenuePath:
    return RevenuePath(year, revenue, index, clients, use)


def test_by_hand() -> None:
    """1,000 in 2024; clients + 10 % in 2025 and + 20 % in 2026, index 5 % and 2 %; units at the tariff + 43 %.

    2025: clients 1,000 x 10 % = 100, index 1,100 x 5 % = 55, together 1,155; 2026: clients 231, index 1,386 x 2 % = 27.72,
    together 1,413.72. Rhat = 1,000 x 1.43 x 1.05 x 1.02 = 1,531.53, so mix is 117.81; B0 = 1,600: price 68.47; b = 1,680:
    loading 80.
    """
    path = _path(2024, 1000.0, {2025: 0.05, 2026: 0.02}, {2025: 1.1, 2026: 1.2}, 1.43)
    assert path.expected == pytest.approx(1531.53)
    found = effects(path, 1600.0, 1680.0)
    assert found == Effects(
        {2024: 100_000}, {2025: 10_000, 2026: 23_100}, {2025: 5_500, 2026: 2_772}, 11_781, 6_847, 8_000, 168_000
    )
    assert list(found.steps()) == [
        ("revenue", 2024), ("volume", 2025), ("index", 2025), ("volume", 2026), ("index", 2026), ("mix", None),
        ("price", None), ("loading", None), ("designed", None),
    ]  # fmt: skip


def test_nothing_changes_nothing_moves() -> None:
    found = effects(_path(2024, 100.0, {2025: 0.0}, {2025: 1.0}, 1.0), 100.0, 100.0)
    assert found == Effects({2024: 10_000}, {2025: 0}, {2025: 0}, 0, 0, 0, 10_000)


@pytest.mark.parametrize(
    ("path", "reference_amount", "budget", "step"),
    [
        (_path(2024, 100.0, {2025: 0.0}, {2025: 1.2}, 1.2), 120.0, 120.0, ("volume", 2025)),
        (_path(2024, 100.0, {2025: 0.03}, {2025: 1.0}, 1.0), 103.0, 103.0, ("index", 2025)),
        (_path(2024, 100.0, {2025: 0.0}, {2025: 1.0}, 1.1), 110.0, 110.0, ("mix", None)),
        (_path(2024, 100.0, {2025: 0.0}, {2025: 1.0}, 1.0), 107.0, 107.0, ("price", None)),
        (_path(2024, 100.0, {2025: 0.0}, {2025: 1.0}, 1.0), 100.0, 103.0, ("loading", None)),
    ],
)
def test_one_cause_one_step(
    path: RevenuePath, reference_amount: float, budget: float, step: tuple[str, int | None]
) -> None:
    steps = effects(path, reference_amount, budget).steps()
    moved = {name for name, cents in steps.items() if cents != 0 and name[0] not in ("revenue", "designed")}
    assert moved == {step}


@given(AMOUNT, st.lists(st.tuples(RATIO, INDEX), min_size=1, max_size=5), RATIO, AMOUNT, AMOUNT)
def test_it_adds_up_to_the_cent(
    revenue: float, years: list[tuple[float, float]], use: float, reference_amount: float, budget: float
) -> None:
    clients, index = ({2025 + u: pair[k] for u, pair in enumerate(years)} for k in (0, 1))
    steps = effects(_path(2024, revenue, index, clients, use), reference_amount, budget).steps()
    assert steps.pop(("designed", None)) == sum(steps.values()) == round(100 * budget)


def test_contracts_of_one_lot_with_different_years() -> None:
    """1,000 of 2024 and 500 of 2025, each by its own path; a third without revenue brings its 200 through price."""
    one = effects(_path(2024, 1000.0, {2025: 0.1, 2026: 0.1}, {2025: 1.0, 2026: 1.0}, 1.0), 1210.0, 1210.0)
    other = effects(_path(2025, 500.0, {2026: 0.1}, {2026: 1.0}, 1.0), 550.0, 550.0)
    new = effects(_path(2024, 0.0, {}, {}, 1.0), 200.0, 210.0)
    found = added((one, other, new))
    assert found.revenue == {2024: 100_000, 2025: 50_000}
    assert found.index == {2025: 10_000, 2026: 16_000}
    assert (found.price, found.loading, found.designed) == (20_000, 1_000, 197_000)
    steps = found.steps()
    assert steps.pop(("designed", None)) == sum(steps.values())


def test_every_figure_of_the_table_names_its_year(outcome: Comparison) -> None:
    """Lots with revenue of different years share the rows; no figure is of today or of last year without a year."""
    texts, data = Texts("nl"), outcome.lumpsum.data
    one = effects(
        _path(2023, 90.0, {2024: 0.1, 2025: 0.0, 2026: 0.0}, dict.fromkeys((2024, 2025, 2026), 1.0), 1.0),
        99.0,
        99.0,
    )
    other = effects(_path(2025, 50.0, {2026: 0.1}, {2026: 1.0}, 1.0), 55.0, 55.0)
    beside = Estimate(0.0, 1.0)
    found = (Bridge(data.lots[0].name, one, beside), Bridge(data.lots[1].name, other, beside))
    table = bridge_table(outcome.case, found, data, texts)
    names = list(dict.fromkeys(cell_in_words("figure", row["figure"], texts) for row in table.rows))
    assert names == [
        "omzet 2023", "omzet 2025", "meer of minder cliënten 2024", "index 2024", "meer of minder cliënten 2025",
        "index 2025",
        "meer of minder cliënten 2026", "index 2026", "mix", "prijs boven de index", "opslag", "ontworpen budget 2026",
        BESIDE_BUDGET.nl,
    ]  # fmt: skip
    for lot in (found[0].lot, found[1].lot, texts["columns", "total"]):
        values = {
            cell_in_words("figure", row["figure"], texts): row["value"] for row in table.rows if row["lot"] == lot
        }
        assert list(values)[:12] == names[:12]
        assert sum(float(values[name] or 0) for name in names[:11]) == pytest.approx(float(values[names[11]] or 0))
    assert table.notes[0].startswith("Van de omzet van 2023 + 2025 naar het budget van 2026.")
    assert "vandaag" not in " ".join([*map(str, names), *table.notes])


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_lot_without_a_bridge_is_called_by_its_name(outcome: Comparison, lang: str) -> None:
    lots = outcome.case.lots
    renamed = (
        lots[0].model_copy(update={"name": "Dagbesteding west", "name_en": "Day activities west"}),
        *lots[1:],
    )
    table = bridge_table(replace(outcome.case, lots=renamed), (), outcome.lumpsum.data, Texts(lang))
    (note,) = table.notes
    called = {"nl": "Dagbesteding west", "en": "Day activities west"}[lang]
    assert note.count(called) == 1
    assert not any(f" {lot.id}" in note for lot in lots)


def test_a_region_grows_by_its_growth(outcome: Comparison) -> None:
    """Stock and starts of the synthetic region grow 1.5 % a year, its index is 2.9 %, and nothing else moves."""
    found = bridges(
        outcome.case, outcome.cells, outcome.reference, outcome.lumpsum, Scramblings(outcome.n_scramblings)
    )
    data, design = outcome.lumpsum.data, outcome.lumpsum.design
    assert [one.lot for one in found] == [lot.name for lot in data.lots]
    for j, one in enumerate(found):
        own = [row for row in outcome.case.contracts if row.lot == data.lots[j].name]
        revenue = one.effects.revenue[outcome.case.base_year]
        assert revenue == round(100 * sum(row.revenue for row in own))
        assert one.effects.designed == sum(round(100 * euro) for euro in design.budget[data.lot == j, 0])
        assert one.effects.volume[2025] == pytest.approx(0.015 * revenue, rel=1e-5)
        assert one.effects.index[2025] == pytest.approx(0.029 * 1.015 * revenue, rel=1e-5)
        assert one.effects.volume[2026] == pytest.approx(0.015 * 1.029 * 1.015 * revenue, rel=1e-5)
        assert abs(one.effects.mix) < 0.002 * revenue
        assert abs(one.effects.price) < 0.03 * revenue
        assert one.beside.standard_error > 0


def test_without_revenue_a_lot_is_left_out(outcome: Comparison) -> None:
    case, data = outcome.case, outcome.lumpsum.data
    rows = tuple(
        row.model_copy(update={"revenue": 0.0}) if row.lot == data.lots[0].name else row for row in case.contracts
    )
    poor = replace(case, contracts=rows)
    found = bridges(poor, outcome.cells, outcome.reference, outcome.lumpsum, Scramblings(outcome.n_scramblings))
    assert [one.lot for one in found] == [lot.name for lot in data.lots[1:]]


def test_clients_of_the_base_year_are_the_tables(small_case: Case) -> None:
    """In the base year: stock and starts of table demand, split by market share."""
    cells = build_cells(small_case)
    found = clients_in_calendar_year(small_case, cells, small_case.base_year)
    assert found.sum() == pytest.approx(
        sum(row.clients_at_start + row.starts_per_year for row in small_case.demand)
    )
    terms = reference(small_case, cells, 1)
    ahead = clients_in_calendar_year(small_case, cells, small_case.first_year)
    assert ahead.sum() == pytest.approx(terms.clients[:, 0].sum())
