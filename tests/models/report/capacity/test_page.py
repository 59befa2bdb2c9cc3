"""Capacity agreements from the command line: page, figures and JSON that agree, the lump sum beside it, refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import Edit
from typer.testing import CliRunner

from bekostiging.capacity import NormCheck, Unreachable
from bekostiging.capacity.safety import Why
from bekostiging.case import Case, UserError
from bekostiging.cli import app
from bekostiging.report import plot_capacity, plot_flows, plot_waiting, presented, write_results
from bekostiging.report.kit.sections import care_form_names, names_of
from bekostiging.studies import CapacityStudy, study_capacity
from bekostiging_solvers import Estimate

QUICK = ["--scenarios", "32", "--years", "1", "--workers", "1"]


@pytest.fixture(scope="module")
def study(small_case: Case) -> CapacityStudy:
    return study_capacity(small_case, n_scenarios=32, n_years=1, lump_sum=True)


def _run(case: Path, place: Path, *extra: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["capacity", str(case), *QUICK, "--out", str(place), *extra])
    return done.exit_code, " ".join(done.output.split())


def test_the_json_holds_what_was_decided(study: CapacityStudy) -> None:
    found = json.loads(json.dumps(presented(study, "nl").results(), allow_nan=False))["capacity"]
    places = sum(row["places"] for row in found["agreements"])
    assert places == pytest.approx(study.places.sum())
    assert sum(row["safety_places"] for row in found["agreements"]) == pytest.approx(study.safety.places.sum())
    assert found["bound"] <= found["objective"]
    assert found["gap"] <= 0.01
    assert {"agreements", "waiting", "bound", "gap", "place_price"} <= set(found)
    parts = sum(part["value"] for part in found["cost"].values())
    assert parts == pytest.approx(found["expected_cost"]["value"])
    assert all("standard_error" in row["clients"] for row in found["waiting"])


def test_fresh_futures_are_not_those_of_the_plan(study: CapacityStudy) -> None:
    assert not np.array_equal(study.outcome.data.scenarios.regular, study.out_of_sample.data.scenarios.regular)
    assert study.out_of_sample.places == pytest.approx(study.outcome.places)


def test_the_lump_sum_is_compared_lot_by_lot(study: CapacityStudy) -> None:
    """The cost of a lot is that of the plan in the year of the care; all lots together are the plan's account."""
    budget = study.budget
    assert budget is not None
    assert [one.lot for one in budget.lots] == [lot.id for lot in study.case.lots]
    cost = sum(one.cost.value for one in budget.lots)
    assert cost == pytest.approx(study.out_of_sample.yearly_cost().sum(axis=(1, 2)).mean(), rel=1e-9)
    for one in budget.lots:
        assert 0 <= one.enough_probability.value <= 1


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_sentences_say_cost_gap_norm_and_budget(study: CapacityStudy, lang: str) -> None:
    told = " ".join(presented(study, lang).sentences())
    for word in {"nl": ("plaatsen", "beter", "wachtnorm", "gemiddelden", "taakgerichte", "aanwijzing"),
                 "en": ("places", "better", "norm", "averages", "lump sum", "indication")}[lang]:  # fmt: skip
        assert word in told


@pytest.mark.parametrize(
    ("lang", "term"), [("nl", "looptijd van één jaar (2026;"), ("en", "a term of one year (2026;")]
)
def test_the_first_sentence_names_the_term(study: CapacityStudy, lang: str, term: str) -> None:
    assert term in presented(study, lang).sentences()[0]


def test_counted_and_planned_waiting_stand_side_by_side(study: CapacityStudy) -> None:
    """With their errors, for the same care forms and municipalities; the count is of whole clients."""
    found = json.loads(json.dumps(presented(study, "nl").results(), allow_nan=False))["capacity"]
    places = [
        [(row["care_form"], row["municipality"]) for row in found[key]] for key in ("waiting", "waiting_of_plan")
    ]
    assert places[0] == places[1]
    for key in ("waiting", "waiting_of_plan"):
        assert all({"value", "standard_error"} == set(row["clients"]) for row in found[key])
    assert (study.counted.waiting == study.counted.waiting.round()).all()
    (waits,) = (one for one in presented(study, "nl").tables() if one.name == "capacity_waiting")
    assert {"waiting", "waiting_of_plan"} <= {row["figure"].name for row in waits.rows}


VERDICTS = {
    "holds": (0.5, ("alle wachtnormen", "every waiting norm holds"), ("ja", "yes")),
    "uncertain": (
        1.05,
        ("niet meer dan het toeval", "no more than chance"),
        ("binnen het toeval", "within chance"),
    ),
    "broken": (2.0, ("houdt de wachtnorm op nieuwe toekomsten niet", "norm does not hold"), ("nee", "no")),
}
"""A norm of one client, counted with an error of 0.1: at most the norm, above by less than the error, above by more."""


@pytest.mark.parametrize("verdict", VERDICTS)
def test_sentence_table_and_json_say_one_verdict(study: CapacityStudy, verdict: str) -> None:
    value, sentence, cell = VERDICTS[verdict]
    form = study.plan.data.care_forms[0]
    norm = NormCheck(form, Estimate(value, 0.1), 1.0)
    own = replace(study, norms=(norm,), norms_of_plan=(norm,))
    for lang, said, shown in zip(("nl", "en"), sentence, cell, strict=True):
        report = presented(own, lang)
        assert said in " ".join(report.sentences())
        waits = next(one for one in report.sections() if one.title == report.texts["capacity", "waits"])
        assert [row[-1] for row in waits.tables[1][1:]] == [shown]
        (norms,) = (one for one in report.tables() if one.name == "capacity_norms")
        assert {row["holds"] for row in norms.rows} == {shown}
        assert report.results()["capacity"]["norms"][0]["verdict"] == verdict


def test_the_cost_that_is_said_is_the_total_of_the_table(study: CapacityStudy) -> None:
    """Another 5 million in every scenario: interval of the sentence, total and tail of the table move along."""
    more = replace(study, out_of_sample=replace(study.out_of_sample, costs=study.out_of_sample.costs + 5e6))
    for own in (study, more):
        report = presented(own, "nl")
        mean = own.scramblings.mean(own.out_of_sample.costs)
        cost = next(one for one in report.sections() if one.title == report.texts["capacity", "cost"])
        shown = {row[0]: row[1] for row in cost.tables[0]}
        assert shown[report.texts["capacity", "part_total"]] == report.texts.numbers.estimated_millions(mean)
        assert report.texts.numbers.between(mean, 1e6) in report.sentences()[0]
    assert presented(more, "nl").sentences()[0] != presented(study, "nl").sentences()[0]


def test_lots_that_are_said_short_are_those_of_the_table(study: CapacityStudy) -> None:
    """One lot 2 million short, then none: the sentence names the lot with its amount, and the table has both amounts."""
    assert study.budget is not None
    first, *rest = study.budget.lots
    enough = tuple(replace(one, payment=Estimate(one.cost.value + 1.0, 0.1)) for one in rest)
    for short in (2e6, 0.0):
        poor = replace(first, payment=Estimate(first.cost.value - short, 0.1))
        own = replace(study, budget=replace(study.budget, lots=(poor, *enough)))
        report = presented(own, "nl")
        told, name = " ".join(report.sentences()), names_of(study.case, "nl")[first.lot]
        assert (f"niet in: {name} (2,0) miljoen euro te weinig" in told) == (short > 0)
        assert (report.texts["capacity", "told_buys"] in told) == (short == 0)
        budget = next(one for one in report.sections() if one.title == report.texts["capacity", "budget"])
        row = next(row for row in budget.tables[0] if row[0] == name)
        assert row[1] == report.texts.numbers.estimated_millions(poor.payment)
        assert row[2] == report.texts.numbers.estimated_millions(first.cost)


def test_safety_places_that_are_said_are_those_of_the_plan(study: CapacityStudy) -> None:
    """Three places at one provider, then none; the norm is said to exist in both."""
    norm = NormCheck(study.plan.data.care_forms[0], Estimate(0.5, 0.1), 1.0)
    for places in (3.0, 0.0):
        added = np.zeros_like(study.safety.places)
        added[0] = places
        own = replace(
            study, norms=(norm,), norms_of_plan=(norm,), safety=replace(study.safety, places=added, unreachable=())
        )
        report = presented(own, "nl")
        told = " ".join(report.sentences())
        form = study.plan.data.care_forms[study.plan.data.supply.care_form[0]]
        assert (f"3 veiligheidsplaatsen ({care_form_names(study.case, 'nl')[form]})" in told) == (places > 0)
        assert (report.texts["capacity", "told_no_safety"] in told) == (places == 0)
        assert sum(one["safety_places"] for one in own.agreements()) == places * len(study.plan.data.years)


def test_without_a_norm_no_safety_place_is_claimed(study: CapacityStudy) -> None:
    own = replace(study, norms=())
    told = " ".join(presented(own, "nl").sentences())
    assert presented(own, "nl").texts["capacity", "told_no_norm"] in told
    assert "veiligheidsplaatsen (" not in told


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_search_without_a_bound_says_so(study: CapacityStudy, lang: str) -> None:
    """What the search did not prove is not told as "100 % better"."""
    short = replace(study, plan=replace(study.plan, solution=replace(study.plan.solution, bound=0.0, gap=1.0)))
    told = presented(short, lang).sentences()
    assert any({"nl": "rekentijd", "en": "more time"}[lang] in sentence for sentence in told)
    assert not any("100 %" in sentence or "100,00" in sentence for sentence in told)


@pytest.mark.parametrize("why", ["maximum", "counts"])
def test_what_cannot_be_reached_is_named(study: CapacityStudy, why: Why) -> None:
    """Care form, municipality, provider and year; with the remedy."""
    data = study.plan.data
    (provider, _), norm = data.supply.names[0], NormCheck(data.care_forms[0], Estimate(9.0, 0.1), 1.0)
    missed = Unreachable(data.care_forms[0], data.areas[0], 2026, (provider,), why)
    own = replace(study, norms=(norm,), norms_of_plan=(norm,), safety=replace(study.safety, unreachable=(missed,)))
    told = presented(own, "nl").sentences()[3]
    met = NormCheck(data.care_forms[0], Estimate(0.5, 0.1), 1.0)
    barely = " ".join(presented(replace(own, norms=(met,), norms_of_plan=(met,)), "nl").sentences())
    assert "alle wachtnormen, maar op de toekomsten waarop het plan is gekozen niet allemaal" in barely
    assert "houden op nieuwe toekomsten alle wachtnormen." not in barely
    for word in (care_form_names(own.case, "nl")[data.care_forms[0]], "2026", "blad capaciteit"):
        assert word in told
    assert names_of(own.case, "nl")[provider] in told


def test_figures_draw_into_given_axes_and_name_a_wrong_care_form(study: CapacityStudy) -> None:
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    assert plot_flows(study, axes) is axes
    assert plot_waiting(study, Figure().subplots()).get_xlabel().startswith("wachtende")
    assert plot_capacity(study, Figure().subplots(), care_form="guidance", lang="en").get_title(loc="left")
    with pytest.raises(UserError, match="care form guidence: unknown"):
        plot_capacity(study, care_form="guidence")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_command_writes_page_and_numbers(folder: Path, tmp_path: Path, lang: str) -> None:
    place = tmp_path / "found"
    code, text = _run(folder, place, "--lang", lang, "--lumpsum")
    assert code == 0, text
    page = (place / "report.html").read_text()
    heads = {"nl": ("Wat wordt afgesproken", "Van één aanbieder naar allen", "Koopt het taakgerichte budget"),
             "en": ("What is agreed", "From one provider to all", "Does the lump sum buy")}[lang]  # fmt: skip
    assert all(head in page for head in heads)
    assert page.count("<svg") == 4  # three of capacity, and the inputs that move the budget most
    assert json.loads((place / "results.json").read_text())["capacity"]["lump_sum"] is not None
    again, told = _run(folder, place, "--lang", lang)
    assert again == 2
    assert "--overwrite" in told


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert _run(folder, tmp_path / name)[0] == 0
    one, two = (tmp_path / name / "results.json" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.slow
def test_a_running_case_says_whom_to_extend_and_names_nobody(small_case: Case, tmp_path: Path) -> None:
    running = replace(
        small_case,
        kind="running",
        providers=tuple(row.model_copy(update={"name": f"Stichting {row.id}"}) for row in small_case.providers),
    )
    place = write_results(study_capacity(running, n_scenarios=32, n_years=1), tmp_path / "out")
    page = (place / "report.html").read_text()
    assert "verlengen" in page
    assert "Stichting" not in page


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("capacity", "minimum", "1e6", "the minimum (1000000 places) is above the maximum"),
        ("capacity", "block", "1e6", "a block (1000000 places) is larger than the maximum"),
        (
            "capacity",
            "location",
            "nergens",
            "'nergens' is no area of the case and not supra_regional or national either",
        ),
        (
            "capacity",
            "care_form",
            "guidanc",
            "'guidanc' is not in table care_forms; did you mean guidance (Begeleiding jeugd)?",
        ),
        ("alternatives", "destination", "mental_care", "care form mental_care cannot replace itself"),
        ("alternatives", "origin", "iets", "'iets' is not in table care_forms; choose one of"),
        ("travel", "scale", "national", "scale local is missing"),
    ],
)
def test_bad_tables_are_named(
    folder: Path, edit: Edit, tmp_path: Path, table: str, column: str, value: str, said: str
) -> None:
    if table == "travel":  # only the last of the four scales is left
        rows = (folder / "travel.csv").read_text().splitlines()
        (folder / "travel.csv").write_text(f"{rows[0]}\n{rows[-1]}\n")
    else:
        edit(table, 0, column, value)
    code, text = _run(folder, tmp_path / "found", "--lang", "en")
    assert code == 1
    assert said in text
    assert not (tmp_path / "found").exists()


def test_more_providers_asked_than_allowed(folder: Path, tmp_path: Path) -> None:
    path = folder / "policy.csv"
    path.write_text(
        path.read_text() + "contracts_least,case,3,,x,illustrative\ncontracts_most,case,2,,x,illustrative\n"
    )
    code, text = _run(folder, tmp_path / "found", "--lang", "en")
    assert code == 1
    assert "lot youth asks at least 3 and at most 2 providers" in text


def test_limits_that_no_plan_meets_end_with_three(folder: Path, tmp_path: Path) -> None:
    path = folder / "policy.csv"
    path.write_text(path.read_text() + "contracts_least,case,30,,x,illustrative\n")
    code, text = _run(folder, tmp_path / "found", "--lang", "en")
    assert code == 3
    assert "contradict each other" in text
    assert not (tmp_path / "found").exists()
