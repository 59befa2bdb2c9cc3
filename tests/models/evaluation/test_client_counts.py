"""How many clients: counts against a naive loop, a closed form and by hand; quantiles of sums; and what history counted."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from bekostiging.case import Case, synthetic_region
from bekostiging.case.tables import LAWS, Combination, History
from bekostiging.evaluation import COUNT_FIGURES, TOTAL, Comparison
from bekostiging.evaluation.client_counts import client_counts, count_estimates, counted_before, samples_as
from bekostiging.evaluation.figures import (
    PERSONS,
    PERSONS_P10,
    PERSONS_P90,
    TRAJECTORIES,
    TRAJECTORIES_P10,
    TRAJECTORIES_P50,
    TRAJECTORIES_P90,
)
from bekostiging.evaluation.samples import CountSamples
from bekostiging.scenarios import build_cells, draw_block, expected_care_use, plan
from bekostiging.scenarios.forecast import demand_forecast
from bekostiging.units import MONTHS
from bekostiging_solvers import Scramblings
from bekostiging_solvers.typing import FloatArray


def test_a_naive_loop_over_clients_counts_the_same(small_case: Case) -> None:
    """In care at some moment of the year, started in it, and in care on 1 January; per municipality and care form."""
    block = draw_block(plan(small_case, 32, n_years=2, seed=1, stream="out_of_sample"), 0)
    clients, cells = block.clients, block.plan.cells
    counts = client_counts(small_case, cells, block.care_use())
    shape = (clients.n_scenarios, 2, len(small_case.municipalities), len(small_case.care_forms))
    there, started, sitting = (np.zeros(shape) for _ in range(3))
    for scenario, cell, start, duration in zip(
        clients.scenario, clients.cell, clients.start, clients.duration, strict=True
    ):
        for year in range(2):
            place = (scenario, year, cells.municipality[cell], cells.care_form[cell])
            first, last = MONTHS * year, MONTHS * (year + 1)
            there[place] += start < last and start + duration >= first
            sitting[place] += start < first + (year == 0) * 1e-9 and start + duration >= first
            started[place] += first <= start < last and not (year == 0 and start <= 0)
    np.testing.assert_array_equal(counts.trajectories, there)
    np.testing.assert_array_equal(counts.starts, started)
    for law in LAWS:
        own = [form.law == law for form in small_case.care_forms]
        np.testing.assert_array_equal(
            samples_as(small_case, counts, law, "stock_at_date"), sitting[..., own].sum(axis=(2, 3))
        )


def test_at_expectation_they_are_caseload_plus_starts(small_case: Case) -> None:
    """Closed form: all of the caseload is in care at the start of the first year, and all its starts come on top."""
    cells, forecast = build_cells(small_case), demand_forecast(small_case, 1)
    counts = client_counts(small_case, cells, expected_care_use(small_case, cells, 1))
    payer = {area.id: area.municipality for area in small_case.areas}
    for m, code in enumerate(small_case.reported_codes):
        for f, form in enumerate(small_case.care_forms):
            own = [payer[row.area] == code and row.care_form == form.id for row in small_case.demand]
            both = forecast.stock[own].sum() + forecast.starts[0, own].sum()
            assert counts.trajectories[0, 0, m, f] == pytest.approx(both)


def test_only_reported_municipalities_count_and_providers_cost_no_memory(small_case: Case) -> None:
    first, *others = small_case.municipalities
    one = replace(
        small_case,
        municipalities=(first.model_copy(update={"reported": False}), *others),
    )
    cells = build_cells(one)
    all_of_them, reported = (
        client_counts(case, cells, expected_care_use(one, cells, 2)) for case in (small_case, one)
    )
    np.testing.assert_array_equal(reported.trajectories, all_of_them.trajectories[:, :, 1:])
    many = synthetic_region(municipalities=2, providers=12)
    wide = client_counts(many, build_cells(many), expected_care_use(many, build_cells(many), 2))
    for one_array in fields(CountSamples):
        assert getattr(wide, one_array.name).shape == getattr(all_of_them, one_array.name).shape


def _by_hand(case: Case, trajectories: FloatArray) -> CountSamples:
    """One year; trajectories (n_scenarios, n_reported, n_care_forms), one per person."""
    laws = [[form.law == law for form in case.care_forms] for law in LAWS]
    of_laws = np.stack([trajectories[..., own].sum(axis=-1) for own in laws], axis=-1)
    return CountSamples(trajectories[:, None], np.zeros_like(trajectories)[:, None], of_laws[:, None])


@pytest.fixture(scope="module")
def opposed(small_case: Case) -> Case:
    """One trajectory per person."""
    return replace(small_case, trajectories_per_person=1.0)


def test_a_quantile_of_a_total_is_no_sum_of_quantiles(opposed: Case) -> None:
    """By hand, 100 scenarios: one place has 1, ..., 100 clients and another 100, ..., 1. P10 is 10 and P90 90 in each; of
    both together every quantile is 101, never 20 or 180. Over municipalities, over care forms, and over laws."""
    up = np.arange(1.0, 101.0)
    forms, laws = [form.id for form in opposed.care_forms], [form.law for form in opposed.care_forms]
    youth = [f for f, law in enumerate(laws) if law == "jeugdwet"]
    wmo = laws.index("wmo")
    first, second = opposed.reported_codes
    tables = {
        "municipalities": ((0, youth[0]), (1, youth[0]), (TOTAL, "jeugdwet", forms[youth[0]])),
        "care forms": ((0, youth[0]), (0, youth[1]), (first, "jeugdwet", TOTAL)),
        "laws": ((1, youth[0]), (1, wmo), (second, TOTAL, TOTAL)),
        "the region": ((0, youth[0]), (1, wmo), (TOTAL, TOTAL, TOTAL)),
    }
    for name, (one, other, (code, law, form)) in tables.items():
        counted = np.zeros((100, 2, len(forms)))
        counted[:, one[0], one[1]], counted[:, other[0], other[1]] = up, up[::-1]
        found = count_estimates(opposed, Scramblings(20), _by_hand(opposed, counted))
        year = str(opposed.first_year)
        whole = found[code][law][form][year]
        assert {figure.name: whole[figure].value for figure in COUNT_FIGURES} == dict.fromkeys(
            (figure.name for figure in COUNT_FIGURES), 101.0
        ), name
        part = found[opposed.reported_codes[one[0]]][laws[one[1]]][forms[one[1]]][year]
        assert (part[TRAJECTORIES_P10].value, part[TRAJECTORIES_P50].value, part[TRAJECTORIES_P90].value) == (
            10, 50, 90,
        ), name  # fmt: skip
        assert (part[PERSONS].value, part[PERSONS_P10].value, part[PERSONS_P90].value) == (50.5, 10, 90), name
        assert all(part[figure].standard_error for figure in COUNT_FIGURES), name


@pytest.mark.parametrize(
    ("per_person", "second_form", "expected"),
    [
        (1.4, "mental_care", 100.0),  # 140 / 1.4 = 100, fewer than 140 - 20 = 120
        (
            1.0,
            "mental_care",
            120.0,
        ),  # nobody comes back or has more, but 20 are second trajectories of the same law
        (1.0, "wmo_guidance", 140.0),  # their persons are counted under the other law
    ],
)
def test_who_has_two_care_forms_is_counted_once_per_law(
    small_case: Case, per_person: float, second_form: str, expected: float
) -> None:
    """By hand: 140 trajectories under the youth act, 20 of them of persons with another."""
    row = Combination(
        care_form="guidance", second_care_form="mental_care", share=0.2, source="test", status="illustrative"
    )
    crossed = row.model_copy(update={"care_form": "wmo_guidance"}) if second_form == "wmo_guidance" else row
    case = replace(small_case, trajectories_per_person=per_person, combinations=(crossed,))
    cells = build_cells(small_case)
    use = expected_care_use(small_case, cells, 1)
    ids = [form.id for form in case.care_forms]

    def only(amounts: dict[str, float]) -> FloatArray:
        """Counts in the first cell of some care forms."""
        found = np.zeros_like(use.clients)
        for name, amount in amounts.items():
            found[0, 0, np.flatnonzero(cells.care_form == ids.index(name))[0]] = amount
        return found

    use = replace(
        use,
        clients=only({"guidance": 100.0, "mental_care": 40.0}),
        second_trajectories=only({"mental_care": 20.0}),
    )
    counts = client_counts(case, cells, use)
    assert counts.persons[..., LAWS.index("jeugdwet")].sum() == pytest.approx(expected)


def test_counts_of_a_comparison_are_of_all_its_places(outcome: Comparison) -> None:
    """Means add up, and the mean lies between the outer quantiles."""
    case, year = outcome.case, str(outcome.years[0])
    total = outcome.counts[TOTAL][TOTAL][TOTAL][year]
    parts = [outcome.counts[code][TOTAL][TOTAL][year] for code in case.reported_codes]
    for figure in (PERSONS, TRAJECTORIES):
        assert total[figure].value == pytest.approx(sum(part[figure].value for part in parts))
    assert total[TRAJECTORIES].value == pytest.approx(
        sum(
            years[year][TRAJECTORIES].value
            for law in LAWS
            for form, years in outcome.counts[TOTAL][law].items()
            if form != TOTAL
        )
    )
    assert total[PERSONS_P10].value < total[PERSONS].value < total[PERSONS_P90].value
    assert total[PERSONS].value == pytest.approx(total[TRAJECTORIES].value / case.trajectories_of("jeugdwet"))


def _rows(*rows: tuple[str, str, int, str, float | None]) -> tuple[History, ...]:
    """Rows of history: place, law or care form, year, what is counted, clients."""
    return tuple(
        History(
            area=place, care_form=form, year=year, definition=definition, clients=clients, source="test",
            status="illustrative",
        )  # type: ignore[arg-type]
        for place, form, year, definition, clients in rows
    )  # fmt: skip


YEAR, STOCK, TRAJECTS = "persons_in_year", "stock_at_date", "trajectories"
BOTH = (("gemeente-1", "wmo", 2021, YEAR, 60.0), ("gemeente-2", "wmo", 2021, YEAR, 40.0))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((), None),
        (BOTH, (YEAR, (2021,), (100.0,), False)),
        # a year in which one municipality is missing has no total
        ((*BOTH, ("gemeente-1", "wmo", 2022, YEAR, 70.0)), (YEAR, (2021,), (100.0,), False)),
        # a municipality's own count goes before its areas, which may count somebody twice
        ((*BOTH, ("gebied-1", "wmo", 2021, YEAR, 65.0)), (YEAR, (2021,), (100.0,), False)),
        # of areas where there is no other count
        ((("gebied-1", "wmo", 2021, YEAR, 60.0), BOTH[1]), (YEAR, (2021,), (100.0,), False)),
        # of care forms where the law has no count: the Wmo has one of them here
        (
            tuple((f"gemeente-{m}", "wmo_guidance", 2021, STOCK, 25.0) for m in (1, 2)),
            (STOCK, (2021,), (50.0,), False),
        ),
        # the definition with most years; years rise whatever the order of rows
        (
            (*BOTH, *((f"gemeente-{m}", "wmo", year, STOCK, 30.0) for year in (2023, 2022) for m in (1, 2))),
            (STOCK, (2022, 2023), (60.0, 60.0), False),
        ),
        # as many years: persons first
        ((*BOTH, *((f"gemeente-{m}", "wmo", 2021, TRAJECTS, 90.0) for m in (1, 2))), (YEAR, (2021,), (100.0,), False)),
        # fewer than ten real persons are not shown; a row without clients is no count
        ((("gemeente-1", "wmo", 2021, YEAR, 5.0), ("gemeente-2", "wmo", 2021, YEAR, 4.0)), None),
        ((("gemeente-1", "wmo", 2021, YEAR, 5.0), ("gemeente-2", "wmo", 2021, YEAR, 5.0)), (YEAR, (2021,), (10.0,), False)),
        ((BOTH[0], ("gemeente-2", "wmo", 2021, YEAR, None)), None),
    ],
)  # fmt: skip
def test_what_history_counted(
    small_case: Case,
    rows: tuple[tuple[str, str, int, str, float | None], ...],
    told: tuple[str, tuple[int, ...], tuple[float, ...], bool] | None,
) -> None:
    known = counted_before(replace(small_case, history=_rows(*rows)), "wmo")
    assert (known and (known.definition, known.years, known.counts, known.added)) == told


def test_care_forms_are_added_where_a_law_has_no_count(small_case: Case) -> None:
    """Youth act, three care forms of each municipality, by hand 3 x 10 + 3 x 20."""
    own = [form.id for form in small_case.care_forms if form.law == "jeugdwet"]
    rows = [(f"gemeente-{m}", form, 2022, YEAR, 10.0 * m) for m in (1, 2) for form in own]
    known = counted_before(replace(small_case, history=_rows(*rows)), "jeugdwet")
    assert known is not None
    assert (known.counts, known.added) == ((30.0 * len(own),), True)
    assert len(own) == 3
    assert counted_before(replace(small_case, history=_rows(*rows[1:])), "jeugdwet") is None
