"""What is said of the age of figures and rules: every rule fires where it should and is silent beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bekostiging.case import Case, UserError, dated_notes, read_case
from bekostiging.case.dated import inflow_spread, years_in
from bekostiging.case.tables import Correlation, History, RiskFactor
from bekostiging.evaluation.study import prepared
from bekostiging.options import RunOptions
from bekostiging.scenarios import SelfCheck
from bekostiging.scenarios.factors import FactorModel

MARK = {"source": "test", "status": "illustrative"}


@pytest.fixture(scope="module")
def almere() -> Case:
    return read_case("almere")


@pytest.mark.parametrize(
    ("source", "years"),
    [
        ("CBS Kerncijfers wijken en buurten 2021 (85039NED, CC BY 4.0)", (2021,)),
        (
            "CBS 2022: 6.680 jongeren x 1,40 trajecten per jongere (CBS 2019), wijken naar CBS 2021",
            (2019, 2021, 2022),
        ),
        ("groei over 2018-2022", (2022,)),
        ("groei over 2018 \u2013 2022", (2022,)),
        ("landelijk liep groei van 6 % (2016) naar 1 % (2022)", (2016, 2022)),
        ("AMvB reële prijs (Stb. 2024, 69; art. 5.4 Uitvoeringsbesluit Wmo)", ()),
        ("naar Hof Den Haag ECLI:NL:GHDHA:2017:260", ()),
        ("landelijke stand en instroom 2022 (31.960 en 9.065)", (2022,)),
        ("2000 cliënten en 2010 euro, geteld in 2019", (2019,)),
        ("VNG: jeugd 90/10", ()),
        ("", ()),
    ],
)
def test_years_of_a_source(source: str, years: tuple[int, ...]) -> None:
    assert years_in(source) == years


def _notes_with(case: Case, part: str) -> list[str]:
    """Notes in English with a part."""
    return [note["en"] for note in dated_notes(case) if part in note["en"]]


def _first(case: Case, table: str, **changes: Any) -> Case:
    """The case with other values in the first row of a table."""
    rows = getattr(case, table)
    return replace(case, **{table: (rows[0].model_copy(update=changes), *rows[1:])})


@pytest.mark.parametrize(
    ("year", "told"), [(2020, True), (2022, True), (2023, False), (2024, False), (2026, False)]
)
def test_older_than_a_year_before_the_base_year(small_case: Case, year: int, told: bool) -> None:
    """The region counts in 2024: a figure of 2023 is a year old, one of 2022 older."""
    found = _notes_with(_first(small_case, "demand", source=f"telling {year}"), "older than a year")
    want = f"Figures that were older than a year in base year 2024: demand (1 row of {year})."
    assert found == ([want] if told else [])


def test_a_series_is_as_old_as_its_last_year(small_case: Case) -> None:
    def rows(*years: int) -> tuple[History, ...]:
        common = {
            "area": "gemeente-1",
            "care_form": "jeugdwet",
            "definition": "persons_in_year",
            "clients": 10,
        } | MARK
        return tuple(
            History.model_validate(common | {"year": year, "source": f"telling {year}"}) for year in years
        )

    assert not _notes_with(replace(small_case, history=rows(2019, 2021, 2024)), "older than a year")
    (old,) = _notes_with(replace(small_case, history=rows(2019, 2021)), "older than a year")
    assert "history (1 row of 2021)" in old


def test_shocks_are_events(small_case: Case, almere: Case) -> None:
    assert not _notes_with(replace(small_case, shocks=almere.shocks), "older than a year")


@pytest.mark.parametrize(("year", "told"), [(2021, True), (2023, True), (2024, False)])
def test_a_newer_edition(small_case: Case, year: int, told: bool) -> None:
    case = _first(small_case, "demand", source=f"CBS Kerncijfers wijken en buurten {year}")
    assert bool(_notes_with(case, f"figures of {year} stand here; there are newer ones")) == told


@pytest.mark.parametrize(
    ("years", "word"),
    [((2018, 2022), "do not add years from 2023 on"), ((2021, 2023), "runs across that break (2021-2023)"),
     ((2023, 2024), "")],
)  # fmt: skip
def test_the_break_in_the_wmo_counts(small_case: Case, years: tuple[int, ...], word: str) -> None:
    common = {
        "area": "gemeente-1",
        "care_form": "wmo",
        "definition": "persons_in_year",
        "clients": 10,
        "status": "published",
    }
    rows = tuple(History.model_validate(common | {"year": year, "source": "CBS"}) for year in years)
    found = _notes_with(replace(small_case, history=rows), "CBS counts the Wmo otherwise since 2023")
    assert [word in one for one in found] == ([True] if word else [])
    own = tuple(row.model_copy(update={"source": "own counts"}) for row in rows)
    assert not _notes_with(replace(small_case, history=own), "CBS counts")


def test_a_published_forecast_without_its_final_figure(almere: Case, small_case: Case) -> None:
    (found,) = _notes_with(almere, "without a final figure")
    assert found.startswith("Indices: of 2025 there is a forecast")
    assert "from 2026 on are invented" in found
    assert not _notes_with(small_case, "without a final figure")
    known = tuple(
        row.model_copy(update={"ova_final": 0.04, "ppc_final": 0.02}) if row.year == 2025 else row
        for row in almere.indices
    )
    assert not _notes_with(replace(almere, indices=known), "without a final figure")


@pytest.mark.parametrize("code", ["6.71", "6.72", "6.81", "6.82"])
def test_a_taakveld_that_was_split(small_case: Case, code: str) -> None:
    """Iv3: four taakvelden of 2017-2022 became individual ones in 2023; a contract that began before then keeps its own."""
    case = _first(small_case, "care_forms", iv3=code)
    (found,) = _notes_with(case, "was split in 2023")
    assert found.startswith(f"Taakveld {code} (Youth guidance)")
    assert f"{code}1" in found or f"{code[:3]}" in found
    before = replace(case, lots=tuple(row.model_copy(update={"first_year": 2022}) for row in case.lots))
    assert not _notes_with(before, "was split in 2023")


def test_the_shipped_cases_have_present_taakvelden(almere: Case, small_case: Case) -> None:
    assert not _notes_with(almere, "was split")
    assert not _notes_with(small_case, "was split")


def test_the_duty_to_buy_regionally_is_a_doubt(almere: Case) -> None:
    (found,) = _notes_with(almere, "Regional purchase")
    assert "(Youth care with accommodation (Flevoland))" in found
    assert "no date was found in November 2026" in found
    local = replace(almere, lots=tuple(row.model_copy(update={"scale": "local"}) for row in almere.lots))
    assert not _notes_with(local, "Regional purchase")


def test_a_long_lead_and_its_spread(almere: Case, small_case: Case) -> None:
    """By hand, standard deviation and autocorrelation in table risk_factors: national 0.03 and 0.9, care form 0.02 and
    0.7, municipality as estimated and 0.7; after six years (1 - 0.9^12) / 0.19 = 3.7768 and (1 - 0.7^12) / 0.51 = 1.9336."""
    own = next(row.standard_deviation or 0.0 for row in almere.risk_factors if row.id == "municipal_inflow")
    ahead = (0.03**2 * 3.7768 + (0.02**2 + own**2) * 1.9336) ** 0.5
    assert inflow_spread(almere, 6) == pytest.approx(ahead, rel=1e-4)
    (found,) = _notes_with(almere, "the first contract year is 2028, 6 years later")
    assert f"usually differs {100 * ahead:.1f} %" in found
    assert not _notes_with(small_case, "years later")


def test_the_spread_is_that_of_the_factor_model(small_case: Case) -> None:
    """Against the paths that the scenarios draw, with two correlated factors of one level."""
    rows = [("a", 0.02, 0.9), ("b", 0.03, 0.5)]
    factors = tuple(
        RiskFactor.model_validate(
            {
                "id": name,
                "level": "national",
                "quantity": "inflow",
                "standard_deviation": sd,
                "autocorrelation": phi,
            }
            | MARK
        )
        for name, sd, phi in rows
    )
    together = Correlation.model_validate({"factor_1": "a", "factor_2": "b", "correlation": 0.6} | MARK)
    case = replace(small_case, risk_factors=factors, correlations=(together,))
    model = FactorModel(case, 1)
    (group,) = model.groups
    path = group.loadings.sum(axis=0)  # both factors, by year and normal
    assert inflow_spread(case, case.lead_years) == pytest.approx(np.linalg.norm(path[case.lead_years]))


def test_every_study_says_it_last(almere: Case) -> None:
    """Behind the notes that were there, so that those keep their place."""
    ready = prepared(almere, RunOptions(n_scenarios=64))
    plan = ready.plan("out_of_sample")
    notes = ready.notes(plan, SelfCheck(0, 0.0, 1.0, (), ()))
    assert notes[-len(dated_notes(almere)) :] == dated_notes(almere)


def test_no_case() -> None:
    with pytest.raises(UserError, match="give a Case, as read_case returns it"):
        dated_notes("almere")  # type: ignore[arg-type]
