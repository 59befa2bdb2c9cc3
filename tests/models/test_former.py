"""Every former name is found until 2.0, with one warning that says what it is called now."""

from __future__ import annotations

import warnings
from importlib import import_module
from pathlib import Path

import pytest

import bekostiging.stress
from bekostiging import report, studies
from bekostiging.evaluation import Comparison, DeterministicScenario
from bekostiging.former import DIVIDED, FORMER
from bekostiging.report import former

NAMES = [(package, name, today) for package, names in FORMER.items() for name, today in names.items()]
OF_STRESS = ("compare", "Course", "read_view", "Study", "FigureRegistry")
"""An export of today, a former one and a name that moved on, of each package that ``stress`` became."""


@pytest.mark.parametrize(("package", "name", "today"), NAMES)
def test_a_former_name_is_found_and_says_where_it_is_now(package: str, name: str, today: str) -> None:
    assert name not in import_module(package).__all__
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = getattr(import_module(package), name)
    assert [(one.category, one.filename) for one in caught] == [(DeprecationWarning, __file__)]
    assert str(caught[0].message) == f"{package}.{name} is now {today} and goes with version 2.0"
    place, _, own = today.rpartition(".")
    assert value is getattr(former, name, None) or value is getattr(import_module(place), own)


@pytest.mark.parametrize("name", OF_STRESS)
def test_stress_has_what_it_became(name: str) -> None:
    with pytest.warns(DeprecationWarning, match=rf"bekostiging\.stress\.{name} is now bekostiging"):
        value = getattr(bekostiging.stress, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert any(getattr(import_module(place), name, None) is value for place in DIVIDED["bekostiging.stress"])
    assert name != "Course" or value is DeterministicScenario


@pytest.mark.parametrize("package", [*FORMER, *DIVIDED])
def test_a_name_that_never_was_is_an_attribute_error(package: str) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = import_module(package).nothing


@pytest.mark.parametrize("name", sorted(name for name in vars(former) if name in FORMER["bekostiging.report"]))
def test_only_former_names_have_an_adapter(name: str) -> None:
    assert name not in report.__all__
    assert FORMER["bekostiging.report"][name] in {
        "bekostiging.report.presented",
        "bekostiging.report.write_results",
    }


def test_former_report_functions_are_called_as_they_were(outcome: Comparison, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        said = report.presented(outcome, "en")
        assert report.outcome_sentence(outcome, "en") in said.page()
        assert report.study_sentences(outcome, "en") == said.sentences()
        assert report.summary_table(outcome, "en") == [tuple(row) for row in said.answers()[0].rows]
        assert report.summary_caption(outcome, "en") == said.answers()[0].caption
        report.write_study(outcome, tmp_path, "en", named=True)
    assert (tmp_path / "results.json").is_file()


def test_a_module_and_a_function_do_not_hide_each_other() -> None:
    import bekostiging.studies.backtesting

    assert bekostiging.studies.backtest is studies.backtesting.backtest
