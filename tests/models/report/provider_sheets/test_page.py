"""Sheets of providers: complete, adding up, and telling nothing of another provider, by subtraction neither."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from bekostiging.case import UserError
from bekostiging.evaluation import Comparison
from bekostiging.lumpsum import free_zone
from bekostiging.report import write_provider_sheets
from bekostiging.report.explore.packing import packed_page
from bekostiging.report.kit.disclosure import FEWEST, LARGEST, may_be_shown
from bekostiging.report.kit.leading import Panel
from bekostiging.report.kit.texts import Texts
from bekostiging.report.papers.basis import Basis
from bekostiging.report.papers.executive import betraying_lots
from bekostiging.report.provider_sheets.page import sheet_page
from bekostiging.report.provider_sheets.panels import SheetTables, merged
from bekostiging.studies import CounterOffer, ProviderSheet, provider_sheets, study_landscape
from bekostiging.studies.exploration import Exploration, explore

NL = Texts("nl")


@pytest.fixture(scope="module")
def sheets(outcome: Comparison) -> tuple[ProviderSheet, ...]:
    return provider_sheets(outcome)


def _numbers(panels: list[Panel]) -> list[float]:
    """Every amount on a sheet."""
    return [
        float(value)
        for panel in panels
        for row in panel.rows
        for value, unit in row
        if isinstance(value, float) and unit == "euro"
    ]


def test_nothing_of_another_provider_is_told_by_subtraction(
    outcome: Comparison, sheets: tuple[ProviderSheet, ...]
) -> None:
    """No amount on a sheet, no difference of two of them, is a reference amount or budget of somebody else."""
    data, design = outcome.lumpsum.data, outcome.lumpsum.design
    assert design.feasible
    for sheet in sheets:
        shown = np.array(_numbers(SheetTables(outcome, sheet, NL).panels()))
        p = data.providers.index(sheet.provider)
        others = [c for c in range(len(data.contracts)) if data.provider[c] != p]
        secret = np.concatenate([data.reference[others].ravel(), design.budget[others].ravel()])
        secret = np.append(secret, outcome.buffer[[q for q in range(len(data.providers)) if q != p]])
        told = np.concatenate([shown, np.abs(shown[:, None] - shown[None, :]).ravel()])
        assert np.abs(told[:, None] - secret[None, :]).min() > 0.5, sheet.provider


def _published(outcome: Comparison) -> list[float]:
    """Amounts behind everything that is given away, unrounded: proposals to councils and board, the college advice, and the
    pack for bidders."""
    basis = Basis.of(outcome, NL)
    told = [
        amount
        for own in basis.tables[basis.form].lines.values()
        for line in own.values()
        for amount in (line.expected.value, line.certain.value, line.low.value, line.headroom, line.outside)
    ]
    told += [x for own in basis.parts.municipal.values() for by_year in own.values() for x in by_year.values()]
    data, design = outcome.lumpsum.data, outcome.lumpsum.design
    if not betraying_lots(basis):
        for j in range(len(data.lots)):
            own = data.lot == j
            told += [*data.reference[own].sum(axis=0), *design.budget[own].sum(axis=0), design.budget[own].sum()]
    pack = study_landscape(outcome.case, publish=True)
    amounts = pack.by("care_form", "provider")
    return [*told, *(float(own.sum()) for own in amounts if may_be_shown(list(map(float, own))))]


@pytest.fixture(scope="module")
def found(outcome: Comparison) -> Exploration:
    return explore(outcome)


def _page_arrays(found: Exploration, provider: str) -> tuple[list[np.ndarray], list[float]]:
    """What ``verken.html --for`` of a provider holds: every array (n_scenarios, n_years), and every amount of its model."""
    packed = packed_page(found, exact=True, provider=provider)
    numbers = np.frombuffer(base64.b64decode(packed.text), dtype="<f8")
    shape = (found.n_scenarios, found.n_years)
    arrays = [
        np.broadcast_to(np.array(one["offset"]), shape)
        if one["at"] < 0
        else numbers[one["at"] : one["at"] + shape[0] * shape[1]].reshape(shape)
        for one in packed.model["arrays"]
    ]
    return arrays, list(_amounts({**packed.model, "arrays": []}))


def _amounts(content: object) -> Iterator[float]:
    """Every number of a thousand or more that is no whole number, at any depth."""
    if isinstance(content, dict | list):
        for one in content.values() if isinstance(content, dict) else content:
            yield from _amounts(one)
    elif isinstance(content, float) and content >= 1000:
        yield content


def test_no_array_of_a_what_if_page_tells_another_provider(
    found: Exploration, sheets: tuple[ProviderSheet, ...]
) -> None:
    """No array of the page of one provider, nor the difference of two of them, is an array of somebody else, scenario by
    scenario; its own are there. With a total of two contracts of a lot it would be told."""
    contracts = found.case.contracts
    for sheet in sheets:
        arrays, _ = _page_arrays(found, sheet.provider)
        own = np.stack(arrays)
        told = np.concatenate([own, (own[:, None] - own[None]).reshape(-1, *own.shape[1:])])

        def nearest(secret: np.ndarray, known: np.ndarray = told) -> float:
            """The largest difference, over scenarios and years, of what comes nearest."""
            return float(np.abs(known - secret).max(axis=(1, 2)).min())

        amounts = {
            c: [array for key, array in found.arrays.items() if key in (f"{c}/cost", f"{c}/base")]
            for c in range(len(contracts))
        }
        for c, row in enumerate(contracts):
            for secret in amounts[c]:
                assert (nearest(secret) <= CENTS) == (row.provider == sheet.provider), (sheet.provider, c)
        mine = next(c for c, row in enumerate(contracts) if row.provider == sheet.provider)
        rival = next((c for c, row in enumerate(contracts)
                      if row.lot == contracts[mine].lot and row.provider != sheet.provider), None)  # fmt: skip
        if rival is not None:
            total = amounts[mine][0] + amounts[rival][0]
            assert nearest(amounts[rival][0], total - own) <= CENTS


CENTS = 0.02
"""What rounding to cents leaves of three amounts."""


def _nearest(known: np.ndarray, secret: np.ndarray) -> float:
    """How near any amount, difference of two, or difference of two less a third comes to a secret."""
    two = np.sort((known[:, None] - known[None, :]).ravel())
    wanted = (secret[:, None] + np.append(known, [0.0, *-known])[None, :]).ravel()
    places = np.clip(np.searchsorted(two, wanted), 1, len(two) - 1)
    return float(np.minimum(np.abs(two[places] - wanted), np.abs(two[places - 1] - wanted)).min())


def test_all_that_is_given_away_together_tells_nothing_of_another(
    outcome: Comparison, sheets: tuple[ProviderSheet, ...], found: Exploration
) -> None:
    """What one bidder gets (its sheet and what-if page, the public papers, the pack) and every difference of up to three:
    none is a reference amount, a budget or the buffer of somebody else. With the total of a lot of two it would be one."""
    data, design = outcome.lumpsum.data, outcome.lumpsum.design
    public = np.unique(np.round(_published(outcome), 2))
    for sheet in sheets:
        p = data.providers.index(sheet.provider)
        others = np.flatnonzero(data.provider != p)
        secret = np.concatenate([
            data.reference[others].ravel(), design.budget[others].ravel(), design.budget[others].sum(axis=1),
            np.delete(outcome.buffer, p),
        ])  # fmt: skip
        terms = [amount for one in sheet.contracts for amount in (*one.reference, *one.budget)]
        arrays, amounts = _page_arrays(found, sheet.provider)
        means = [float(mean) for one in arrays for mean in one.mean(axis=0) if mean >= 1000]
        shown = _numbers(SheetTables(outcome, sheet, NL).panels())
        known = np.unique(np.round([*public, *shown, *terms, *amounts, *means], 2))
        assert _nearest(known[known != 0], secret) > CENTS, sheet.provider
        own = next(c for c in np.flatnonzero(data.provider == p))
        rival = next((c for c in others if data.lot[c] == data.lot[own]), None)
        if rival is not None:
            total = data.reference[own, 0] + data.reference[rival, 0]
            assert _nearest(np.append(known, total), secret) < CENTS


def test_a_lot_is_shown_only_where_enough_carry_it(outcome: Comparison, sheets: tuple[ProviderSheet, ...]) -> None:
    (sheet, *_) = sheets
    (contract, *_) = sheet.contracts

    def lots(amounts: tuple[float, ...]) -> list[object]:
        """The cells of the lot with other amounts."""
        other = replace(sheet, contracts=(replace(contract, lot_amounts=amounts),))
        (row,) = SheetTables(outcome, other, NL).lots().rows
        return [value for value, _ in row[2:]]

    own = float(contract.reference[0])
    assert lots((own, own, own, own)) == [4 * own, 0.25]
    few, large = lots((own, own, own)), lots((own, 9 * own, own, own))
    assert few == [NL["provider_sheet", "few"].format(fewest=FEWEST)] * 2
    assert large == [NL["provider_sheet", "large"].format(largest=NL.numbers.percent(LARGEST))] * 2


def test_no_sheet_names_another_provider(outcome: Comparison, sheets: tuple[ProviderSheet, ...]) -> None:
    names = {row.id: row.name for row in outcome.case.providers}
    for sheet in sheets:
        page = sheet_page(outcome, sheet, NL)
        assert names[sheet.provider] in page
        others = [
            name for key, name in names.items() if key != sheet.provider and name not in names[sheet.provider]
        ]
        assert [name for name in others if re.search(rf"\b{re.escape(name)}\b", page)] == []


def test_three_scenarios_add_up_and_rise(sheets: tuple[ProviderSheet, ...]) -> None:
    for sheet in sheets:
        for one in sheet.scenarios:
            assert one.budget + one.settlement + one.passed == pytest.approx(one.payment, abs=0.005)
            assert one.payment - one.cost == pytest.approx(one.result, abs=0.005)
        costs = [one.cost for one in sheet.scenarios]
        assert costs == sorted(costs)


def test_the_sheets_together_pay_what_the_comparison_pays(
    outcome: Comparison, sheets: tuple[ProviderSheet, ...]
) -> None:
    """Expected results over the sheets add up to the result of all providers that the report has."""
    total = sum(
        estimate.value
        for sheet in sheets
        for figure, estimate in sheet.results["taakgericht"].items()
        if figure.name == "expected_result"
    )
    corner = outcome.forms["taakgericht"].corner_totals[outcome.corner]
    (known,) = (one.value for figure, one in corner.items() if figure.name == "provider_result")
    assert total == pytest.approx(known, abs=0.01)


def test_a_counter_offer_of_the_agreement_itself_costs_nothing(outcome: Comparison) -> None:
    """The designed loading and free zone of a provider with one contract, whose share beyond is one: no change."""
    data, design = outcome.lumpsum.data, outcome.lumpsum.design
    alone = [c for c in range(len(data.contracts)) if (data.provider == data.provider[c]).sum() == 1]
    assert alone
    for c in alone:
        lot, share = data.lots[data.lot[c]], design.share[data.lot[c]]
        zone = min(free_zone(lot, share), 1.0)
        offer = CounterOffer(float(design.loading[data.lot[c]]), zone)
        sheet = next(
            one for one in provider_sheets(outcome, offer) if one.provider == data.providers[data.provider[c]]
        )
        assert sheet.counter is not None
        assert abs(sheet.counter.expected.value) < 1.0
        assert abs(sheet.counter.tail.value) < 1.0


def test_more_loading_costs_the_municipalities_what_the_provider_gains(outcome: Comparison) -> None:
    """One point of loading, by hand: one per cent of the indexed reference amounts on the judging scenarios."""
    data = outcome.lumpsum.judge.data
    least, more = (provider_sheets(outcome, CounterOffer(one, 0.05)) for one in (0.02, 0.03))
    for low, high in zip(least, more, strict=True):
        own = [c for c in range(len(data.contracts)) if data.providers[data.provider[c]] == low.provider]
        indexed = data.reference[own] * data.index[:, own] * data.paid_part[:, own]
        expected = 0.01 * float((indexed.sum(axis=1) @ data.discount).mean())
        assert low.counter is not None
        assert high.counter is not None
        assert high.counter.expected.value - low.counter.expected.value == pytest.approx(expected, rel=1e-4)


def test_layers_that_share_alike_are_one() -> None:
    layers = [
        (1.0, 1.05, 0.0),
        (1.05, 1.1, 0.5),
        (1.1, float("inf"), 0.5),
        (0.95, 1.0, 0.0),
        (0.9, 0.95, 0.5),
        (0, 0.9, 0.5),
    ]
    assert merged(layers) == [(1.0, 1.05, 0.0), (1.05, float("inf"), 0.5), (0.95, 1.0, 0.0), (0, 0.95, 0.5)]


def test_page_and_workbook_hold_the_same_numbers(outcome: Comparison, tmp_path: Path) -> None:
    place = write_provider_sheets(outcome, tmp_path, "nl")
    assert place.name == "aanbieders"
    sheets = provider_sheets(outcome)
    assert len(list(place.glob("*.html"))) == len(list(place.glob("*.xlsx"))) == len(sheets)
    book = load_workbook(place / "01.xlsx")
    cells = [cell.value for row in book["Blad"].iter_rows() for cell in row if isinstance(cell.value, int | float)]
    for number in _numbers(SheetTables(outcome, sheets[0], NL).panels()):
        assert any(cell == pytest.approx(number, abs=0.01) for cell in cells)


def test_an_offer_that_cannot_be_is_refused() -> None:
    with pytest.raises(UserError, match="free_zone"):
        CounterOffer(0.03, 1.5)
