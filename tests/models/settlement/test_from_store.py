"""What a region store adds up fills in what documents lack, and nothing else; the way from messages to a settlement."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bekostiging.actuals import write_year
from bekostiging.case import UserError, read_case, write_case
from bekostiging.cli import app
from bekostiging.messages import new_key, write_messages
from bekostiging.settlement import example_case, example_figures, with_aggregates
from bekostiging.store import (
    Aggregate,
    case_from_store,
    confirm_products,
    import_messages,
    make_store,
    open_store,
)

CASE = example_case()
PLACE = CASE.areas[0].municipality


def one(column: str, value: float | None, persons: int = 12, **other: object) -> Aggregate:
    key = {"provider": "aanbieder-1", "lot": "youth", "care_form": "guidance", "municipality": PLACE} | other
    threshold = 1000.0 if column == "excess" else None
    return Aggregate(**key, column=column, threshold=threshold, value=value, persons=persons)  # type: ignore[arg-type]


def test_what_is_typed_stays_and_a_part_is_never_more_than_the_whole() -> None:
    figures = example_figures()
    sums = [
        one("clients", 140.0),
        one("crisis_units", 77.0),
        one("budget_units", 1e6),
        one("crisis_budget_units", 8.0, 3),
    ]
    filled = with_aggregates(CASE, figures, sums, 2027, "voorlopig")
    row = filled.statements[0]
    assert (row.clients, row.crisis_units, row.budget_units, row.crisis_budget_units) == (
        140.0,
        600.0,
        9_600.0,
        8.0,
    )
    assert filled.statements[1:] == figures.statements[1:]
    assert row.source.endswith("; clients, budget_units, crisis_budget_units: regio-opslag")
    assert "1 sums are of fewer than ten persons" in filled.notes[-1]["en"]


def test_only_an_estimate_takes_units_of_the_store_for_a_statement() -> None:
    bare = replace(example_figures(), statements=())
    assert with_aggregates(CASE, bare, [one("units", 500.0)], 2027, "voorlopig").statements == ()
    (row,) = with_aggregates(CASE, bare, [one("units", 500.0), one("clients", 4.0, 4)], 2027).statements
    assert (row.units, row.clients, row.status) == (500.0, 4.0, "estimated")
    assert with_aggregates(CASE, bare, [one("units", None)], 2027).statements == ()
    assert with_aggregates(CASE, bare, [one("units", 1.0, provider="12345678")], 2027).statements == ()


def test_small_providers_are_taken_together_as_the_store_takes_them() -> None:
    others = "overige-aanbieders"
    contracts = (*CASE.contracts, CASE.contracts[0].model_copy(update={"provider": others}))
    sums = [one("units", 3.0, provider="1"), one("units", 4.0, provider="2")]
    (row,) = with_aggregates(
        replace(CASE, contracts=contracts), replace(example_figures(), statements=()), sums, 2027
    ).statements
    assert (row.provider, row.units) == (others, 7.0)


def test_an_excess_that_was_typed_stays() -> None:
    filled = with_aggregates(CASE, example_figures(), [one("excess", 2_500.0)], 2027)
    assert [(row.threshold, row.euros) for row in filled.excess] == [(1000.0, 2_500.0)]
    again = with_aggregates(CASE, filled, [one("excess", 9.0)], 2027)
    assert again.excess == filled.excess


def test_a_municipality_of_several_areas_is_refused() -> None:
    areas = tuple(row.model_copy(update={"municipality": PLACE}) for row in CASE.areas)
    with pytest.raises(UserError, match="has several areas in the case"):
        with_aggregates(replace(CASE, areas=areas), example_figures(), [one("clients", 1.0)], 2027)


@pytest.mark.slow
def test_from_messages_to_a_settlement_and_its_match(tmp_path: Path) -> None:
    """An estimate from claims alone: it states what was claimed, and its sample has pseudonyms and no number."""
    pytest.importorskip("duckdb")
    pytest.importorskip("lxml")
    sent = write_messages(
        replace(read_case("veenrand"), base_year=2027), tmp_path / "sent", years=2, scale=0.05, seed=1
    )
    key = new_key(tmp_path / "k.key")
    make_store(tmp_path / "regio.duckdb", key, ["9991", "9992", "9993"], 7)
    with open_store(tmp_path / "regio.duckdb", read_only=False) as store:
        import_messages(store, sent.folder, key)
        confirm_products(store, sent.folder / "products.csv", "test")
        case = case_from_store(store, "terug", 2026, 2027).case
        claimed = store.rows("SELECT sum(cents)::BIGINT FROM claims WHERE year(begins) = 2027")[0][0]
        persons = [row[0] for row in store.rows("SELECT DISTINCT person FROM claims")]
    write_case(case, tmp_path / "casus")
    write_year(tmp_path / "jaar", {"bookings": ()}, "settlement")
    command = ["settle", str(tmp_path / "casus"), "--year", "2027", "--actuals", str(tmp_path / "jaar"), "--no-word",
               "--store", str(tmp_path / "regio.duckdb"), "--out", str(tmp_path / "uit")]  # fmt: skip
    run = CliRunner().invoke(app, command)
    assert run.exit_code == 0, run.output
    assert "Gevonden in de verantwoordingen" in run.output.replace("\n", " ")
    results = json.loads((tmp_path / "uit" / "afrekening.json").read_text(encoding="utf-8"))
    sides = [side for one in results["match"]["contracts"] for side in one["sides"]]
    matched = sum(side["cents"] for side in sides if side["side"] == "claimed")
    # without what the municipality rejected and providers that have no contract in a lot
    assert 0.95 * claimed < matched <= claimed
    stated = sum(side["cents"] for side in sides if side["side"] == "stated")
    assert stated == pytest.approx(matched, rel=0.05)
    rows = list(csv.DictReader((tmp_path / "uit" / "steekproef.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["person"] for row in rows} <= {f"p-{one % 2**64:016x}" for one in persons}
    hidden = list(csv.DictReader((tmp_path / "uit" / "uit-opslag.csv").read_text(encoding="utf-8").splitlines()))
    assert all(row["value"] == "" for row in hidden if row["persons"] == "minder dan 10")
    assert any(row["value"] for row in hidden)
    assert not any(row.id in (tmp_path / "uit" / "uit-opslag.csv").read_text() for row in case.providers)
