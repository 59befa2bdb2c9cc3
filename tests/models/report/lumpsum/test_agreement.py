"""The lump sum in words: each outcome told first, with the numbers of results.json, in sentences that stand on their own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from conftest import DESIGN
from markupsafe import escape
from scipy import stats
from typer.testing import CliRunner

import bekostiging.report
import bekostiging.studies
from bekostiging.case import Case, write_case
from bekostiging.cli import app
from bekostiging.evaluation import Comparison
from bekostiging.lumpsum import (
    Breach,
    Judge,
    JudgedDesign,
    Limit,
    LimitCheck,
    Outcome,
    design_within,
    hold,
)
from bekostiging.report import comparison_schema
from bekostiging.report.comparison import page as comparison_page
from bekostiging.report.comparison.answers import answer_sentences
from bekostiging.report.kit.begroting import BudgetPage
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import (
    agreement_sentences,
    amount,
    breach_sentence,
    certain,
    certainty_sentence,
    decider_sentences,
    first_sentence,
    needed,
    unproven_sentence,
)
from bekostiging.report.lumpsum.designs import designs_note
from bekostiging.studies import compare
from bekostiging_solvers import Estimate

NL, EN = Texts("nl"), Texts("en")
KEY = re.compile(r"[a-z]_[a-z]|[\[\]{}]|None|nan\b")
"""What only a program writes: two_words, a limit[such as this], a value that is not there."""


@dataclass(frozen=True)
class Told:
    """A comparison by the command: how it ended, what it made and what it wrote."""

    exit_code: int
    outcome: Comparison
    content: dict[str, Any]
    html: str


def _with_policy(case: Case, name: str, value: str) -> Case:
    rows = tuple(row.model_copy(update={"value": value}) if row.name == name else row for row in case.policy)
    return replace(case, policy=rows)


def _by_command(case: Case, place: Path, compared: Callable[..., Comparison] = compare) -> Told:
    """``bekostiging compare`` on a case of one year, as typed; what it computed is caught on its way to the files."""
    write_case(case, place / "case", "en")
    made: list[Comparison] = []

    def caught(*given: Any, **named: Any) -> Comparison:
        made.append(compared(*given, **named))
        return made[-1]

    scenarios = ("--scenarios", "32", "--design-scenarios", str(DESIGN), "--years", "1", "--workers", "1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bekostiging.studies, "compare", caught)
        done = CliRunner().invoke(
            app, ["compare", str(place / "case"), *scenarios, "--out", str(place / "out"), "--lang", "en"]
        )
    content = json.loads((place / "out" / "results.json").read_text())
    return Told(done.exit_code, made[0], content, (place / "out" / "report.html").read_text())


@pytest.fixture(scope="module")
def breached(small_case: Case, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """At most half a percent on the reference amount, which the small case cannot do in its first year."""
    return _by_command(_with_policy(small_case, "loading_cap", "0.005"), tmp_path_factory.mktemp("breached"))


@pytest.fixture(scope="module")
def none(small_case: Case, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A stock of a tenth of a million, where years that go wrong take more."""
    rows = tuple(row.model_copy(update={"reserve": 1e5}) for row in small_case.municipalities)
    return _by_command(replace(small_case, municipalities=rows), tmp_path_factory.mktemp("none"))


def _answer(outcome: Comparison, texts: Texts) -> list[str]:
    return answer_sentences(outcome, texts, BudgetPage.of_comparison(outcome, texts))


def _known_to_html(sentence: str) -> str:
    return str(escape(sentence))


@pytest.mark.slow
def test_a_designed_lump_sum_ends_with_0(small_case: Case, outcome: Comparison, tmp_path: Path) -> None:
    """And is told after the amounts for the begroting: nothing about it comes first."""
    told = _by_command(small_case, tmp_path, lambda *given, **named: outcome)
    assert (told.exit_code, told.content["lumpsum"]["outcome"]) == (0, "designed")
    assert _answer(outcome, EN)[3].startswith("The lump sum is ")


def test_a_breach_ends_with_3_and_names_lot_points_and_euros(breached: Told) -> None:
    """The first sentence of the answer, on the page too; its numbers are those of results.json."""
    assert breached.exit_code == 3
    found = breached.content["lumpsum"]
    assert found["outcome"] == "breached"
    breaches = found["designs"]["headline"]["breaches"]
    assert {one["term"] for one in breaches} == {"loading_cap"}
    first = _answer(breached.outcome, EN)[0]
    assert first.startswith("There is no lump sum within all limits.")
    assert _known_to_html(first) in breached.html
    names = names_of(breached.outcome.case, "en")
    for one in breaches:
        loading = found["designs"]["headline"]["loading"][one["lot"]]
        # at most half a percent: what the loading has more is the breach
        assert one["fraction"] == pytest.approx(loading - 0.005, abs=1e-12)
        assert f"in {names[one['lot']]} the loading is {100 * loading:.1f}\u00a0%" in first
        assert f"({100 * one['fraction']:.1f} percentage points, {amount(one['euro'], EN)}" in first
    assert amount(sum(one["euro"] for one in breaches), EN) in first.split(":")[0]


def test_a_breach_is_the_least_there_is(breached: Told) -> None:
    """What gives way is named in euros, loadings elsewhere stay within the limit, every other limit is kept."""
    result = breached.outcome.lumpsum
    passing = {one.lot for one in result.design.breaches}
    for lot, loading in zip(result.data.lots, result.design.loading, strict=True):
        assert lot.name in passing or loading <= 0.005 + 1e-9
    assert result.design.feasible
    assert not result.design.within


def test_no_lump_sum_ends_with_3_and_names_the_stock_that_would_do(none: Told) -> None:
    """With the stock it names there is a design on the same scenarios, with nine tenths of what it adds there is none."""
    assert none.exit_code == 3
    found = none.content["lumpsum"]
    assert (found["outcome"], found["designs"]) == ("none", {"headline": None, "plain": None, "free": None})
    first = _answer(none.outcome, EN)[0]
    assert first.startswith("There is no lump sum that meets the limits, not even with a higher loading.")
    assert _known_to_html(first) in none.html
    (way,) = (one for one in found["relaxations"] if one["kinds"] == ["reserve"])
    data, names = none.outcome.lumpsum.data, names_of(none.outcome.case, "en")
    more = np.zeros(len(data.municipalities))
    for one in way["limits"]:
        m = data.municipalities.index(one["limit"].removeprefix("stock[").removesuffix("]"))
        more[m], now = one["euro"], float(data.stock[m, -1])
        code = names[data.municipalities[m]]
        assert f"{code} {needed(now + one['euro'], EN)} instead of {amount(now, EN)}" in first
    assert more.sum() == pytest.approx(way["euro"], abs=2)
    free = replace(data, lots=tuple(replace(lot, loading_cap=10.0, transition_cap=10.0) for lot in data.lots))
    assert design_within(replace(free, stock=data.stock + more[:, None] + 2)) is not None
    assert design_within(replace(free, stock=data.stock + 0.9 * more[:, None])) is None


def test_what_is_written_without_a_design_within_all_limits_follows_the_schema(breached: Told, none: Told) -> None:
    for told in (breached, none):
        jsonschema.validate(told.content, comparison_schema())


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_sentence_has_a_key_of_the_program(breached: Told, none: Told, outcome: Comparison, lang: str) -> None:
    """Names of lots, providers and municipalities, never their ids; never underscores, brackets or a missing value."""
    texts = Texts(lang)
    for own in (breached.outcome, none.outcome, outcome, _doubtful(outcome, "unproven")):
        names = names_of(own.case, lang)
        ids = [one for one, name in names.items() if one != name]
        told = agreement_sentences(own.lumpsum, texts, names)
        assert told
        for sentence in (*told, *_answer(own, texts)):
            assert not KEY.search(sentence), sentence
            assert not [one for one in ids if re.search(rf"\b{re.escape(one)}\b", sentence)], sentence
            assert sentence.endswith(".")


def _doubtful(outcome: Comparison, called: Outcome) -> Comparison:
    """The same with two limits that are not shown to hold."""
    own = outcome.lumpsum
    checks = (
        _check(Limit("solvency", ("aanbieder-3",)), 0.9, 10.0),
        _check(Limit("return_on_capital", ("aanbieder-1",)), 1.2, 1.0),
    )
    headline = replace(own.headline, checks=(*own.headline.checks[:4], *checks))
    return replace(outcome, lumpsum=replace(own, outcome=called, headline=headline))


def _check(about: Limit, value: float, limit: float) -> LimitCheck:
    """A limit in million euro whose value is known to a quarter of a million, from 16 scramblings."""
    return LimitCheck(about, Estimate(1e6 * value, 2.5e5, degrees_of_freedom=15), 1e6 * limit)


def test_the_first_sentence_by_outcome(outcome: Comparison) -> None:
    """What is not designed says so before the budget."""
    own, names = outcome.lumpsum, names_of(outcome.case, "nl")
    starts = {"designed": "Het taakgerichte budget is", "unproven": "Op de toekomsten waarop het is ontworpen"}
    for called, start in starts.items():
        told = replace(_doubtful(outcome, "unproven").lumpsum, outcome=called)  # type: ignore[arg-type]
        assert first_sentence(told, NL, names).startswith(start)
    passed = replace(own, outcome="breached", headline=_with_breaches(own.headline))
    assert first_sentence(passed, NL, names).startswith("Er bestaat geen taakgericht budget binnen alle grenzen.")


def _with_breaches(judged: JudgedDesign, *breaches: Breach) -> JudgedDesign:
    return replace(judged, design=replace(judged.design, breaches=breaches))


def test_the_sentence_of_a_breach_by_hand(outcome: Comparison) -> None:
    """A loading of 7 % where 5 % is allowed: 2 points, of 60 million 1.2 million; transition cap 0.5 million, 1.5 points."""
    own, names = outcome.lumpsum, names_of(outcome.case, "nl")
    first, second = own.data.lots[0], own.data.lots[1]
    loading = own.design.loading.copy()
    loading[0] = first.loading_cap + 0.02
    headline = _with_breaches(
        own.headline,
        Breach(first.name, "loading_cap", 1.2e6, 0.02),
        Breach(second.name, "transition_cap", 5e5, 0.015),
    )
    headline = replace(headline, design=replace(headline.design, loading=loading))
    told = breach_sentence(replace(own, outcome="breached", headline=headline), EN, names)
    year, last = own.data.years[0], own.data.years[-1]
    assert last > year
    assert "passes them by 1.7 million euro in all" in told
    assert (
        f"in {names[first.name]} the loading is 7.0\u00a0% where at most 5.0\u00a0% is allowed "
        "(2.0 percentage points, 1.2 million euro over the term)"
    ) in told
    assert (
        f"in {names[second.name]} the budget of {year} differs 0.50 million euro (1.5 percentage points) more"
        in told
    )


@pytest.mark.parametrize(
    ("value", "nl"),
    [
        (0.0, "0\u00a0%"),
        (0.949, "94\u00a0%"),
        (0.9499999, "94\u00a0%"),
        (0.95, "95\u00a0%"),
        (0.95999, "95\u00a0%"),
        (0.9899999, "98\u00a0%"),
        (0.99, "99\u00a0%"),
        (0.990001, "meer dan 99\u00a0%"),
        (1.0, "meer dan 99\u00a0%"),
    ],
)
def test_a_certainty_is_never_rounded_up(value: float, nl: str) -> None:
    """A limit that holds at 94.9 % does not hold at 95 %; and nothing is ever told to be certain."""
    assert certain(value, NL).replace("99 %", "99\u00a0%") == nl


@pytest.mark.parametrize(
    ("euro", "nl"),
    [
        (12_340_000.0, "12,3 miljoen euro"),
        (1_000_000.0, "1,0 miljoen euro"),
        (440_000.0, "0,44 miljoen euro"),
        (10_000.0, "0,01 miljoen euro"),
        (9_400.0, "9.000 euro"),
        (1_000.0, "1.000 euro"),
        (230.0, "230 euro"),
        (1.0, "1 euro"),
        (0.0, "0,0 miljoen euro"),
        (-230.0, "\u2212230 euro"),
        (-440_000.0, "\u22120,44 miljoen euro"),
    ],
)
def test_a_small_amount_is_shown(euro: float, nl: str) -> None:
    """An amount of a euro or more is never told to be nothing."""
    assert amount(euro, NL) == nl


def test_how_certain_all_limits_are_together_by_hand(outcome: Comparison) -> None:
    """Of four limits two hold; the others with 65.3 % (0.1 million to spare, error 0.25: t = 0.4, 15 degrees) and 21.8 %
    (t = -0.8), told as 65 and 21."""
    sure = _check(Limit("solvency", ("aanbieder-1",)), 0.0, 10.0)
    checks = (
        sure,
        sure,
        _check(Limit("solvency", ("aanbieder-3",)), 0.9, 1.0),
        _check(Limit("return_on_capital", ("aanbieder-1",)), 1.2, 1.0),
    )
    judged = replace(outcome.lumpsum.headline, checks=checks)
    told = certainty_sentence(judged, EN, names_of(outcome.case, "nl"))
    assert not hold(checks)
    assert told.startswith(
        "Of the 4 limits 2 hold on yet other scenarios with at least 95 % certainty. Less certain: "
    )
    assert "reward for risk of Aanbieder 1 (21\u00a0%); buffer of Aanbieder 3 (65\u00a0%)" in told
    # 1 - (0.35 + 0.78) is less than nothing: a bound below a half is not told
    assert judged.joint_certainty == 0
    assert told.endswith("; that all hold together cannot be shown.")


def test_how_certain_all_limits_are_together_is_a_bound(outcome: Comparison) -> None:
    """Two limits of 97.0 and 98.2 % (t(15) = 2.03 and 2.32): 1 - (0.030 + 0.018), rounded down to 95 %."""
    checks = (
        _check(Limit("solvency", ("aanbieder-3",)), 10 - 0.5075, 10.0),
        _check(Limit("solvency", ("aanbieder-1",)), 10 - 0.58, 10.0),
    )
    judged = replace(outcome.lumpsum.headline, checks=checks)
    sure = [stats.t.cdf(value, 15) for value in (2.03, 2.32)]
    assert judged.joint_certainty == pytest.approx(sum(sure) - 1, abs=1e-6)
    assert "95\u00a0%" in certainty_sentence(judged, EN, names_of(outcome.case, "nl")).split("certainty", 1)[1]


def test_what_would_prove_a_limit_is_told(outcome: Comparison) -> None:
    """0.9 where 1 is allowed, known to 0.25 million: t(95 %, 15) x 0.25 = 0.438 wide, so 0.34 million more room or
    (0.438 / 0.1)^2 = 19.2 times the scenarios; what is expected to pass its limit no number of scenarios will show."""
    own, names = outcome.lumpsum, names_of(outcome.case, "nl")
    checks = (
        _check(Limit("solvency", ("aanbieder-3",)), 0.9, 1.0),
        _check(Limit("return_on_capital", ("aanbieder-1",)), 1.2, 1.0),
    )
    told = unproven_sentence(replace(own, headline=replace(own.headline, checks=checks)), EN, names)
    n = own.judge.data.n_scenarios
    assert (
        f"(0.34 million euro more room, or about {np.ceil(n * (0.438263 / 0.1) ** 2):,.0f} design scenarios"
        in told
    )
    assert (
        "reward for risk of Aanbieder 1 holds with 21\u00a0% certainty (0.64 million euro more room would show it)"
        in told
    )


def test_what_is_needed_is_never_rounded_down() -> None:
    """13,705 euro is told as 0.02 million and 1,200 as 2,000; what rounding adds to a whole number adds nothing."""
    assert needed(13_705, EN) == "0.02 million euro"
    assert needed(1_200, EN) == "2,000 euro"
    assert needed(0.4, EN) == "1 euro"
    assert needed(1.2e6, EN) == "1.2 million euro"
    assert needed(1_200_001, EN) == "1.3 million euro"
    assert needed(5_000.0000001, EN) == "5,000 euro"
    assert amount(13_705, EN) == "0.01 million euro"


@pytest.mark.parametrize(
    ("called", "margin", "said"),
    [
        ("designed", True, "This budget has a margin on its limits"),
        ("unproven", False, "No margin was found"),
        ("breached", True, "keeps a margin on the other limits"),
        ("breached", False, "no margin was found with which the other limits hold"),
    ],
)
def test_the_note_beside_the_designs_is_true_of_its_outcome(
    outcome: Comparison, called: Outcome, margin: bool, said: str
) -> None:
    own = outcome.lumpsum
    assert own.margin is not None
    found = own.margin if margin else replace(own.margin, design=None)
    told = designs_note(replace(own, outcome=called, margin=found, plain=own.headline, free=None), EN)
    assert said in told
    assert "holds on scenarios" not in told
    assert "Without margin" not in told
    assert "Free percentages" not in told


def test_who_decides_never_asks_the_municipality_for_a_guarantee(outcome: Comparison) -> None:
    """State aid: extra free equity or a guarantee of the provider's own group."""
    for lang, word in (("nl", "concerngarantie"), ("en", "group guarantee")):
        told = decider_sentences(outcome.lumpsum, Texts(lang), names_of(outcome.case, "nl"))
        assert len(told) == min(3, len(outcome.lumpsum.deciders))
        for sentence in told:
            assert word in sentence


@pytest.mark.parametrize("called", ["designed", "unproven", "breached", "none", None])
def test_every_outcome_but_designed_ends_with_3(
    outcome: Comparison, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, called: str | None
) -> None:
    """Any study that rests on a lump sum; None: there is none to rest on."""
    monkeypatch.setattr(bekostiging.studies, "compare", lambda *given, **named: outcome)
    monkeypatch.setattr(Comparison, "designed", called)
    monkeypatch.setattr(bekostiging.report, "write_results", lambda *given, **named: None)
    monkeypatch.setattr(comparison_page, "first_sentence", lambda *given: "told")
    done = CliRunner().invoke(app, ["compare", str(folder), "--out", str(tmp_path / "out")])
    assert done.exit_code == (0 if called in (None, "designed") else 3), done.output


def test_amounts_of_the_answer_come_from_scenarios_that_made_nothing(outcome: Comparison) -> None:
    """Spending in the sentence is that of the judge, to the digit printed; what is expected is told once, as in the budget
    table."""
    own = outcome.lumpsum
    assert isinstance(own.judge, Judge)
    expected, tail = own.headline.expected, own.headline.tail
    assert expected is not None
    assert tail is not None
    assert expected.value == own.judge.expected_spending(own.design).value
    told = " ".join(agreement_sentences(own, EN, names_of(outcome.case, "nl")))
    assert "expected to spend" not in told
    low, high = map(float, re.findall(r"together spend between ([\d.]+) and ([\d.]+) million euro on it", told)[0])
    assert low < tail.value / 1e6 < high
    assert high - low < 10 * float(tail.standard_error or 0) / 1e6
