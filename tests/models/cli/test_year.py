"""`monitor` as a command: what it remembers in a store, and that no provider of a running case is named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from region_messages import KEY, MUNICIPALITY
from typer.testing import CliRunner

from bekostiging.actuals import read_actuals, write_year
from bekostiging.case import Case, UserError, read_case
from bekostiging.case.write import write_case
from bekostiging.case.year_tables import YEAR_TABLES
from bekostiging.cli import app
from bekostiging.cli.year_memory import figures_of_year, forecasts_kept
from bekostiging.monitoring import drawn_months
from bekostiging.report.kit.texts import Texts
from bekostiging.report.settlement.match import told
from bekostiging.report.settlement.papers import Papers
from bekostiging.settlement import drawn_year, example_case, match_year, settle_year
from bekostiging.store import Forecast, keep_forecasts, kept_actuals, kept_forecasts, make_store, open_store

pytest.importorskip("duckdb")


def ran(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


def figures(place: Path, case: Case, months: int, only: str | None = None) -> Path:
    rows = drawn_months(case, 5, months).figures.actuals
    write_year(place, {"actuals": [row for row in rows if only in (None, row.received)]}, "actuals", "nl")
    return place


def test_a_store_remembers_months_and_forecasts(tmp_path: Path) -> None:
    """January alone, then February alone: the second report knows both, and shows what the first one said."""
    case, store = read_case("veenrand"), tmp_path / "regio.duckdb"
    make_store(store, KEY, [MUNICIPALITY], 7)
    for month in ("2028-01", "2028-02"):
        place = figures(tmp_path / month, case, 2, only=month)
        code, output = ran(
            "monitor", "veenrand", "--actuals", place, "--through", month, "--scenarios", 32, "--workers", 1, "--no-word",
            "--store", store, "--out", tmp_path / f"out-{month}",
        )  # fmt: skip
        assert code == 0, output
    with open_store(store) as opened:
        assert len(kept_actuals(opened, "veenrand")) == len(drawn_months(case, 5, 2).figures.actuals)
        kept = kept_forecasts(opened, "veenrand")
    assert [one.through for one in kept if not one.provider] == ["2028-01", "2028-02"]
    assert all(one.illustrative for one in kept)
    assert len(kept) == 2 * (1 + len(case.contracts))
    first, second = (
        json.loads((tmp_path / f"out-{month}" / "maandbericht.json").read_text(encoding="utf-8"))
        for month in ("2028-01", "2028-02")
    )
    assert kept[0].expected == pytest.approx(first["total"]["expected"], abs=0.01)
    (scored,) = second["earlier"]["reports"]
    assert scored["bias"] == pytest.approx(first["total"]["expected"] - second["total"]["expected"], abs=0.01)
    read = figures_of_year(None, store, case).actuals
    assert sorted(row.units for row in read) == sorted(
        row.units for row in drawn_months(case, 5, 2).figures.actuals
    )


@pytest.mark.parametrize(
    ("store", "said"),
    [(None, "geef de maandcijfers: --actuals"), ("regio.duckdb", "hierin staan geen maandcijfers van veenrand")],
)
def test_without_figures_one_sentence(tmp_path: Path, store: str | None, said: str) -> None:
    make_store(tmp_path / "regio.duckdb", KEY, [MUNICIPALITY], 7)
    more = [] if store is None else ["--store", tmp_path / store]
    code, output = ran("monitor", "veenrand", "--through", "2028-02", "--out", tmp_path / "out", *more)
    assert code != 0
    assert said in " ".join(output.split())
    assert not (tmp_path / "out").exists()


def test_a_running_case_names_no_provider_in_notes_or_results(tmp_path: Path) -> None:
    """Neither on the terminal nor in any file; the store keeps the figures under the names of the case."""
    start = read_case("veenrand")
    names = {row.id: f"Stichting Zorgzaam {i}" for i, row in enumerate(start.providers)}
    case = replace(
        start,
        kind="running",
        names="real",
        providers=tuple(row.model_copy(update={"name": names[row.id]}) for row in start.providers),
    )
    write_case(case, tmp_path / "mine", "nl")
    silent = case.contracts[0]
    rows = [
        row
        for row in drawn_months(case, 5, 2).figures.actuals
        if (row.provider, row.lot) != (silent.provider, silent.lot)
    ]
    write_year(tmp_path / "months", {"actuals": rows}, "actuals", "nl")
    store = tmp_path / "regio.duckdb"
    make_store(store, KEY, [MUNICIPALITY], 7)
    code, output = ran(
        "monitor", tmp_path / "mine", "--actuals", tmp_path / "months", "--through", "2028-02", "--scenarios", 32,
        "--workers", 1, "--no-word", "--store", store, "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == 0, output
    assert "nog niets gemeld" in " ".join(output.split())
    texts = [output, *(one.read_text(encoding="utf-8") for one in (tmp_path / "out").iterdir())]
    for text in texts:
        for provider, name in names.items():
            assert name not in text
            assert f"{provider} (perceel" not in text
    with open_store(store) as opened:
        kept = kept_actuals(opened, case.name)
    assert {row.provider for row in kept} == {row.provider for row in rows}


def test_a_year_is_not_closed_before_its_december(tmp_path: Path) -> None:
    code, output = ran("monitor", "veenrand", "--through", "2028-11", "--year-close", "--out", tmp_path / "out")
    assert code == 2
    assert "sluit het af met --through 2028-12" in " ".join(output.split())
    assert not (tmp_path / "out").exists()


def test_a_year_is_closed_with_its_match(tmp_path: Path) -> None:
    """Twelve months and the statements of the year: the settlement beside the report, its match summed against the limit."""
    case = example_case()
    tables = drawn_year(case, 1, 1).tables()
    months = drawn_months(case, 1, 12).figures.actuals
    year = case.first_year
    write_case(case, tmp_path / "mine", "nl")
    write_year(tmp_path / "figures", {**tables, "actuals": months}, "settlement", "nl")
    code, output = ran(
        "monitor", tmp_path / "mine", "--actuals", tmp_path / "figures", "--through", f"{year}-12", "--scenarios", 32,
        "--workers", 1, "--no-word", "--year-close", "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == 0, output
    beside = tmp_path / "out-jaarafsluiting"
    assert (beside / "aansluiting.html").exists()
    settled = settle_year(case, read_actuals(tmp_path / "figures", case), year, "raming")
    papers = Papers(settled, Texts("nl"), match_year(settled))
    said = " ".join(output.split())
    for sentence in [papers.answer(), *told(papers)]:
        assert " ".join(sentence.split()) in said
    assert (beside / "steekproef.csv").exists()
    assert len(papers.match.contracts) == len(case.contracts)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((), "verantwoording: contract de-kade, jeugd-ambulant: over 2028 staat er niets; vul de productie"),
        (
            (
                {
                    "letter": "1", "dated": "2028-05-01", "from_month": "2028-07", "euros": 1e4, "price_level": 2028,
                    "provider": "de-kade", "lot": "jeugd-ambulant", "entered_by": "ik", "entered_on": "2028-06-01",
                    "source": "brief", "status": "own_data",
                },
            ),
            "wijzigingen!C7 (wijzigingsbrief): een wijzigingsbrief gaat over het jaarbedrag van een taakgericht contract",
        ),
    ],
)  # fmt: skip
def test_what_a_settlement_refuses_is_told_at_its_cell_by_the_names_that_were_typed(
    tmp_path: Path, rows: tuple[dict[str, object], ...], said: str
) -> None:
    """Also of a running case, whose providers are numbered on every page."""
    assert read_case("veenrand").confidential
    letters = [YEAR_TABLES["changes"].model_validate(row) for row in rows]
    write_year(tmp_path / "jaar.xlsx", {"changes": letters}, "settlement", "nl")
    code, output = ran(
        "settle", "veenrand", "--year", 2028, "--actuals", tmp_path / "jaar.xlsx", "--out", tmp_path / "out"
    )
    assert code == 1
    assert said in " ".join(output.split())
    assert not (tmp_path / "out").exists()


def test_another_case_of_the_same_name_is_told(tmp_path: Path) -> None:
    """Its forecasts would be scored as those of this one."""
    case, store = read_case("veenrand"), tmp_path / "regio.duckdb"
    make_store(store, KEY, [MUNICIPALITY], 7)
    mine, other = (
        (row.provider, row.lot) for row in (case.contracts[0], case.contracts[0].model_copy(update={"lot": "x"}))
    )
    for (provider, lot), refused in ((mine, False), (other, True)):
        with open_store(store, read_only=False) as opened:
            keep_forecasts(opened, case.name, [Forecast(2028, "2028-03", 2.0, 1.0, 3.0, provider, lot)])
        if refused:
            with pytest.raises(UserError, match="another case that is called"):
                forecasts_kept(store, case)
        else:
            assert len(forecasts_kept(store, case)) == 1
