"""Two results side by side: parts that add up, what is attributed by hand, and folders that cannot be compared."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bekostiging.case import Case, UserError, check_case
from bekostiging.case.tables import Contract, Offer
from bekostiging.evaluation import Comparison, figures
from bekostiging.report import write_results
from bekostiging.report.difference.results import difference_results, to_the_cent
from bekostiging.studies import Difference, compare, study_difference
from bekostiging.studies.difference.inputs import input_changes
from bekostiging.studies.difference.run import CHANCE, PROGRAM, _blocks, _shares
from bekostiging.studies.difference.runs import SettledRun

FORMS = ("inspanningsgericht", "taakgericht")
LEAST = {"n_scenarios": 32, "design_scenarios": 32}


def test_shares_by_hand() -> None:
    """Two kinds: 3 alone and 5 alone are 10 together; the 2 that only both bring is halved: 4 and 6."""
    values = [[0.0, 0.0], [3.0, 3.0], [5.0, 5.0], [10.0, 10.0]]
    runs = [SettledRun(np.array([row]) + 100.0, 2) for row in values]
    shares, common = _shares(runs, [("data",), ("contract",)])
    assert [shares["data",][0].value, shares["contract",][0].value] == [4.0, 6.0]
    assert (common[0].value, common[0].standard_error) == (10.0, 0.0)


def test_an_error_is_that_of_the_difference_on_common_scenarios() -> None:
    """Two scramblings of one scenario: the differences are 1 and 3, mean 2, standard error 1."""
    runs = [SettledRun(np.array([[10.0, 50.0]]), 2), SettledRun(np.array([[11.0, 53.0]]), 2)]
    shares, common = _shares(runs, [("data",)])
    assert (shares["data",][0].value, shares["data",][0].standard_error) == (2.0, 1.0)
    assert common[0] == shares["data",][0]


@pytest.fixture(scope="module")
def folder_a(outcome: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_results(outcome, tmp_path_factory.mktemp("a") / "a")


@pytest.fixture(scope="module")
def changed(small_case: Case) -> Case:
    """More clients, and another tariff in one contract."""
    demand = tuple(
        row.model_copy(update={"starts_per_year": 1.2 * row.starts_per_year}) for row in small_case.demand
    )
    offers = tuple(row.model_copy(update={"tariff": 1.05 * row.tariff}) for row in small_case.offers)
    return replace(small_case, demand=demand, offers=offers)


@pytest.fixture(scope="module")
def difference(folder_a: Path, changed: Case, tmp_path_factory: pytest.TempPathFactory) -> Difference:
    """Four years, 32 scenarios."""
    outcome = compare(changed, n_scenarios=32, design_scenarios=32)
    folder_b = write_results(outcome, tmp_path_factory.mktemp("b") / "b")
    return study_difference(folder_a, folder_b, **LEAST)  # type: ignore[arg-type]


@pytest.mark.slow
def test_every_part_adds_up_to_the_cent(difference: Difference) -> None:
    assert difference.blocks == (("data",), ("contract",))
    for one in difference.figures:
        assert list(one.parts) == ["data", "contract", PROGRAM, CHANCE]
        steps = to_the_cent(one)
        cents = {name: round(100 * value) for name, value in steps.items()}
        if one.figure.unit == "euro":
            assert all(abs(100 * steps[name] - cents[name]) < 1e-3 for name in steps)
            assert cents["before"] + sum(cents[name] for name in one.parts) == cents["after"]
        assert sum(part.value for part in one.parts.values()) == pytest.approx(one.difference, abs=1e-6)


@pytest.mark.slow
def test_what_is_attributed_has_the_sign_and_size_of_what_was_changed(difference: Difference) -> None:
    """A fifth more starts and five per cent dearer hours: both cost money, and much more than noise. Tariffs add at most 5 %
    of what is spent with a fifth more starts, and less where a ceiling does not follow them."""
    (expected,) = (one for one in difference.figures if one.figure is figures.EXPECTED)
    assert expected.parts["data"].value > 0.05 * expected.before.value
    dearer = expected.parts["contract"]
    assert dearer.standard_error is not None
    assert 3 * dearer.standard_error < dearer.value < 0.05 * 1.2 * expected.before.value
    assert expected.parts[PROGRAM].value == 0.0
    assert expected.real


@pytest.mark.slow
def test_a_result_beside_itself_differs_in_nothing(folder_a: Path) -> None:
    same = study_difference(folder_a, folder_a, **LEAST)  # type: ignore[arg-type]
    assert same.changes == ()
    for one in same.figures:
        assert one.difference == 0.0
        assert {name: part.value for name, part in one.parts.items()} == {PROGRAM: 0.0, CHANCE: 0.0}


@pytest.mark.slow
def test_another_program_is_counted_apart(folder_a: Path, tmp_path: Path) -> None:
    """Figures as if a former program had found a million less: today's makes that million, and chance nothing."""
    former = tmp_path / "former"
    shutil.copytree(folder_a, former)
    content = json.loads((former / "results.json").read_text(encoding="utf-8"))
    for own in content["forms"].values():
        own["municipalities"]["total"]["term"]["expected"]["value"] -= 1e6
    (former / "results.json").write_text(json.dumps(content), encoding="utf-8")
    manifest = json.loads((former / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"sha256": {}, "program": "former"}
    (former / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (expected, *_) = study_difference(former, folder_a, **LEAST).figures  # type: ignore[arg-type]
    assert expected.parts[PROGRAM].value == pytest.approx(1e6, abs=0.01)
    assert expected.parts[CHANCE].value == pytest.approx(0.0, abs=0.01)


def test_a_folder_without_a_case_has_totals_and_says_so(folder_a: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(folder_a, bare)
    (bare / "case.zip").unlink()
    found = study_difference(bare, folder_a)
    assert [one.parts for one in found.figures] == [{}] * len(found.figures)
    assert "keeps no case" in found.totals_only[0]["en"]
    assert difference_results(found)["figures"]["expected"]["inputs_together"] is None
    written = write_results(found, tmp_path / "out")
    page = (written / "report.html").read_text(encoding="utf-8")
    assert "bewaart geen casus" in page
    assert "niet van beide is de casus bewaard" in page
    both = write_results(study_difference(bare, bare), tmp_path / "both")
    assert not (both / "resultaten.xlsx").exists()  # nobody's words to write it with


def test_a_changed_file_and_a_folder_of_something_else_are_refused(folder_a: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(folder_a, changed)
    (changed / "results.json").write_text(
        (folder_a / "results.json").read_text(encoding="utf-8") + " ", encoding="utf-8"
    )
    with pytest.raises(UserError, match=r"results\.json was changed after the result was written"):
        study_difference(changed, folder_a)
    with pytest.raises(UserError, match="is no folder of results"):
        study_difference(folder_a, tmp_path)
    alone = tmp_path / "lumpsum"
    alone.mkdir()
    for name in ("manifest.json", "lumpsum.json"):
        (alone / name).write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match=r"is of lumpsum: .* make it with compare"):
        study_difference(folder_a, alone)
    (changed / "results.json").write_text("{}", encoding="utf-8")
    (changed / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match="is no result of compare"):
        study_difference(folder_a, changed)


def _shared_again(case: Case, contracts: tuple[Contract, ...], lot: str) -> tuple[Offer, ...]:
    """Offers with the market of a lot divided over the providers that are left."""
    providers = {row.provider for row in contracts if row.lot == lot}
    forms = next(one.care_forms for one in case.lots if one.id == lot)
    own = [row for row in case.offers if row.provider in providers and row.care_form in forms]
    total: dict[tuple[str, str], float] = {}
    for row in own:
        total[row.care_form, row.area] = total.get((row.care_form, row.area), 0.0) + row.market_share
    return tuple(
        row.model_copy(update={"market_share": row.market_share / total[row.care_form, row.area]})
        if row in own
        else row
        for row in case.offers
    )


def test_kinds_that_make_no_case_apart_are_changed_together(small_case: Case) -> None:
    """B is a lump sum, which has no ceiling, and has a contract less: with the terms of B alone that contract of A keeps its
    ceiling in a lump sum, which is no case. So data and contract are one step, and the reason is told."""
    lots = {
        form: tuple(lot.model_copy(update={"payment_form": form}) for lot in small_case.lots) for form in FORMS
    }
    ceilings = tuple(row.model_copy(update={"ceiling": 1e9}) for row in small_case.contracts)
    none = tuple(row.model_copy(update={"ceiling": None}) for row in small_case.contracts)
    gone = next(row for row in none if sum(other.lot == row.lot for other in none) > 1)
    a = replace(small_case, lots=lots["inspanningsgericht"], contracts=ceilings)
    kept = tuple(row for row in none if row is not gone)
    b = replace(
        small_case, lots=lots["taakgericht"], contracts=kept, offers=_shared_again(small_case, kept, gone.lot)
    )
    check_case(a)
    check_case(b)
    blocks, joined = _blocks(a, b, input_changes(a, b))
    assert blocks == (("data", "contract"),)
    assert joined is not None
    assert "ceiling" in joined["en"]
    whole = replace(b, contracts=none, offers=small_case.offers)
    assert _blocks(a, whole, input_changes(a, whole)) == ((("contract",),), None)
