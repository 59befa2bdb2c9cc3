"""Every flag has its trigger, its law, and a sentence in both languages; no trigger, no flag."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.form_choice import shown_forms
from bekostiging.case.tables import CostPrice, Policy
from bekostiging.contracts import expected_revenue
from bekostiging.evaluation import Comparison, Flag, flags
from bekostiging.evaluation.figures import BUFFER_EXHAUSTED_PROBABILITY
from bekostiging.evaluation.legal_flags import RULES, _run_of_losses
from bekostiging.evaluation.legal_grounds import GROUNDS, by_weight, ground
from bekostiging.evaluation.samples import Samples
from bekostiging.report.comparison import signals
from bekostiging.report.comparison.signals import MOST_SENTENCES, flag_sentence, signal_sections
from bekostiging.report.kit.texts import Texts
from bekostiging_solvers import Estimate

MARK = {"source": "test", "status": "illustrative"}
RULINGS_AND_GAZETTES = {
    "ECLI:NL:CRVB:2018:3241",
    "ECLI:NL:GHDHA:2017:260",
    "ECLI:NL:RBDHA:2016:11869",
    "Stb. 2018, 141",
    "Stb. 2024, 69",
    "Stb. 2025, 99",
    "Stb. 2025, 357",
}
"""Those that were looked up at uitspraken.rechtspraak.nl and officielebekendmakingen.nl; a new one is looked up first."""


NL = Texts("nl")


def _everything_wrong(outcome: Comparison) -> Comparison:
    """A case that gives cause for most kinds of flag."""
    case = outcome.case
    rows = tuple(
        row.model_copy(update={"ceiling": 1e6, "tariff_factor": 1.0 + 0.1 * k})
        for k, row in enumerate(case.contracts)
    )
    thin = replace(
        outcome.forms["taakgericht"],
        providers={
            name: own | {BUFFER_EXHAUSTED_PROBABILITY: Estimate(0.2, 0.01)}
            for name, own in outcome.forms["taakgericht"].providers.items()
        },
    )
    return replace(
        _with(
            outcome,
            contracts=rows,
            care_forms=tuple(row.model_copy(update={"compulsory_regional": True}) for row in case.care_forms),
            lots=tuple(row.model_copy(update={"scale": "local"}) for row in case.lots),
            policy=_policy(case, "access", "provider"),
        ),
        forms={**outcome.forms, "taakgericht": thin},
    )


def _flags_of(outcome: Comparison, kind: str) -> list[Flag]:
    return [flag for flag in flags(outcome) if flag.kind == kind]


def _with(outcome: Comparison, **tables: tuple[object, ...]) -> Comparison:
    return replace(outcome, case=replace(outcome.case, **tables))  # type: ignore[arg-type]


def _policy(case: Case, name: str, value: str) -> tuple[Policy, ...]:
    kept = tuple(row for row in case.policy if row.name != name)
    return (*kept, Policy(name=name, scope="case", value=value, **MARK))


def test_full_risk_transfer(outcome: Comparison) -> None:
    """Duty, no waiting list, nothing shared: 100 % of deficits; with a share of one in every layer there is no flag."""
    policy = _policy(outcome.case, "acceptance_duty", "yes")
    duty = replace(outcome, case=replace(outcome.case, policy=policy))
    duty = _with(duty, policy=_policy(duty.case, "waiting_list", "not_allowed"))

    def shared(value: float) -> Comparison:
        design = replace(
            duty.lumpsum.design, share=tuple(np.full_like(own, value) for own in duty.lumpsum.design.share)
        )
        headline = replace(duty.lumpsum.headline, design=design)
        return replace(duty, lumpsum=replace(duty.lumpsum, headline=headline))

    nothing = _flags_of(shared(0.0), "full_risk_transfer")
    assert [flag.subject for flag in nothing] == [lot.id for lot in outcome.case.lots]
    assert all(flag.figures["carried"] == 1.0 and "GHDHA:2017:260" in flag.source for flag in nothing)
    assert _flags_of(shared(1.0), "full_risk_transfer") == []
    assert _flags_of(shared(0.005), "full_risk_transfer") == []


def test_ceilings_lapse_under_a_lump_sum(outcome: Comparison) -> None:
    rows = tuple(row.model_copy(update={"ceiling": None}) for row in outcome.case.contracts)
    assert _flags_of(_with(outcome, contracts=rows), "ceiling_lapses") == []
    one = (rows[0].model_copy(update={"ceiling": 1e6}), *rows[1:])
    (flag,) = _flags_of(_with(outcome, contracts=one), "ceiling_lapses")
    assert (flag.subject, flag.form, flag.figures) == (rows[0].lot, "taakgericht", {"ceiling_count": 1.0})
    assert flag.source.startswith("Contractstandaard Wmo v1.2 art. 1.5")


def test_tariff_under_the_build_up(outcome: Comparison) -> None:
    """Youth lots cite the youth decree, Wmo lots the Wmo decree; without a build-up nothing is claimed."""
    fair = 2 * outcome.cells.tariff
    prices = tuple(
        CostPrice(care_form=form.id, element="wages", euro_per_unit=1.0, **MARK)
        for form in outcome.case.care_forms
    )
    cheap = replace(_with(outcome, cost_price=prices), reference=replace(outcome.reference, fair_cost=fair))
    found = _flags_of(cheap, "under_build_up")
    assert found
    for flag in found:
        assert flag.figures["ratio"] == pytest.approx(0.5)
        assert ("Stb. 2024, 69" in flag.source) == (flag.law == "jeugdwet")
        assert ("Uitvoeringsbesluit Wmo" in flag.source) == (flag.law == "wmo")
    assert _flags_of(_with(cheap, cost_price=()), "under_build_up") == []
    for part, told in ((0.995, len(found)), (1.0, 0), (1.1, 0)):
        near = replace(cheap, reference=replace(outcome.reference, fair_cost=outcome.cells.tariff / part))
        assert len(_flags_of(near, "under_build_up")) == told


def test_unequal_terms(outcome: Comparison) -> None:
    rows = tuple(
        row.model_copy(update={"tariff_factor": 1.0, "payment_calendar": "monthly", "ceiling": None})
        for row in outcome.case.contracts
    )
    assert _flags_of(_with(outcome, contracts=rows), "unequal_terms") == []
    other = (rows[0].model_copy(update={"tariff_factor": 1.1}), *rows[1:])
    (flag,) = _flags_of(_with(outcome, contracts=other), "unequal_terms")
    assert flag.figures["spread"] == pytest.approx(0.1)


def test_a_buffer_that_is_used_up_and_the_ladder(outcome: Comparison) -> None:
    """Providers with half the assets as equity and no buffer to speak of: every loss shows."""
    found = _flags_of(outcome, "buffer_exhausted")
    for form, result in outcome.forms.items():
        for provider, own in result.providers.items():
            told = any(flag.subject == provider and flag.form == form for flag in found)
            assert told == (own[BUFFER_EXHAUSTED_PROBABILITY].value > 0.05)
    name, form = outcome.case.providers[0].id, "taakgericht"
    for chance, told in ((0.05, False), (0.051, True)):
        result = outcome.forms[form]
        likely = result.providers[name] | {BUFFER_EXHAUSTED_PROBABILITY: Estimate(chance, 0.01)}
        changed = replace(result, providers=result.providers | {name: likely})
        found = _flags_of(replace(outcome, forms={**outcome.forms, form: changed}), "buffer_exhausted")
        assert ((name, form) in {(flag.subject, flag.form) for flag in found}) == told
    thin = tuple(
        row.model_copy(update={"equity": 0.2001 * row.total_assets, "margin": 0.0})
        for row in outcome.case.providers
    )
    warned = _flags_of(_with(outcome, providers=thin), "early_warning")
    assert warned
    assert all(0.05 < max(flag.figures["below_20"], flag.figures["losses"]) <= 1 for flag in warned)


@pytest.mark.parametrize(
    ("equity", "losses", "scenarios", "told"),
    [
        (25.0, (6, 0, 0, 0), 1, None),  # one scenario in 32 is no more than 5 %
        (25.0, (6, 0, 0, 0), 2, (2, 0, 0)),  # below 20 % of the assets
        (25.0, (5, 0, 0, 0), 2, None),  # 20 % is not below it
        (25.0, (6, 0, 6, 4), 2, (2, 2, 0)),  # 9 of 100 left: below 10 % too
        (25.0, (1, 1, 1, 0), 2, (0, 0, 2)),  # small, but three years in a row
        (25.0, (1, 1, 0, 1), 2, None),
        (20.0, (1, 0, 0, 0), 2, (2, 0, 0)),
        (19.0, (6, 0, 0, 0), 2, None),  # below it today already
    ],
)
def test_steps_of_early_warning_by_hand(
    outcome: Comparison,
    equity: float,
    losses: tuple[float, ...],
    scenarios: int,
    told: tuple[int, int, int] | None,
) -> None:
    """A provider with assets of 100 that loses so much a year in some of 32 scenarios; all others get what they spend."""
    place = next(c for c, row in enumerate(outcome.case.contracts) if not row.main_contractor)
    name = outcome.case.contracts[place].provider
    rows = tuple(
        row.model_copy(update={"equity": equity, "total_assets": 100.0} if row.id == name else {})
        for row in outcome.case.providers
    )

    def lost(samples: Samples) -> Samples:
        payment = samples.cost.copy()
        payment[:scenarios, :, place] -= losses
        return replace(samples, payment=payment, received=payment)

    forms = {
        form: replace(own, samples={corner: lost(one) for corner, one in own.samples.items()})
        for form, own in outcome.forms.items()
    }
    found = [flag for flag in _flags_of(replace(_with(outcome, providers=rows), forms=forms), "early_warning")]
    assert {flag.subject for flag in found} == ({name} if told else set())
    assert len(found) == (len(forms) if told else 0)
    for flag in found:
        figures = [flag.figures[key] for key in ("below_20", "below_10", "losses")]
        assert figures == [of / 32 for of in told or ()]
        assert flag.figures["today"] == pytest.approx(equity / 100)


def test_three_losses_in_a_row() -> None:
    results = np.array([[-1.0, -1, -1, 1], [-1, 1, -1, -1], [1, -1, -1, -1]])
    assert _run_of_losses(results) == pytest.approx(2 / 3)
    assert _run_of_losses(results[:, :2]) == 0.0
    assert _run_of_losses(results[:, :3]) == pytest.approx(1 / 3)
    assert _run_of_losses(np.zeros((2, 3))) == 0.0  # nothing lost


def test_switching_variant_only_in_a_running_case(outcome: Comparison) -> None:
    """From inspanningsgericht: to outputgericht and taakgericht, not to a maatwerktraject (art. 1.4)."""
    assert _flags_of(outcome, "switched_variant") == []
    lots = tuple(row.model_copy(update={"payment_form": "inspanningsgericht"}) for row in outcome.case.lots)
    running = replace(outcome, case=replace(outcome.case, kind="running", lots=lots))
    assert {flag.form for flag in _flags_of(running, "switched_variant")} == {"outputgericht", "taakgericht"}


def test_a_large_change_without_a_revision_clause(outcome: Comparison) -> None:
    rows = tuple(row.model_copy(update={"revenue": 1.0}) for row in outcome.case.contracts)
    running = replace(outcome, case=replace(outcome.case, kind="running", contracts=rows))
    assert len(_flags_of(running, "large_change")) == len(rows)
    nothing = tuple(row.model_copy(update={"revenue": 0.0}) for row in rows)
    assert _flags_of(_with(running, contracts=nothing), "large_change") == []
    stated = _with(running, policy=_policy(running.case, "revision_clause", "yes"))
    assert _flags_of(stated, "large_change") == []


@pytest.mark.parametrize(("change", "told"), [(0.09, False), (0.11, True), (-0.09, False), (-0.11, True)])
def test_a_change_is_large_above_ten_percent(outcome: Comparison, change: float, told: bool) -> None:
    """Revenue such that the designed budget is so much more than what it would be in the first contract year."""
    budget = outcome.lumpsum.design.budget[:, 0]
    today = expected_revenue(outcome.case, outcome.cells, outcome.reference)
    rows = tuple(
        row.model_copy(update={"revenue": row.revenue * budget[c] / (1 + change) / today[c]})
        for c, row in enumerate(outcome.case.contracts)
    )
    found = _flags_of(replace(outcome, case=replace(outcome.case, kind="running", contracts=rows)), "large_change")
    assert [flag.subject for flag in found] == [f"{row.provider}/{row.lot}" for row in rows if told]
    assert [flag.figures["change"] for flag in found] == pytest.approx([change] * len(found))


def test_a_lot_of_youth_care_has_its_law_and_the_remark(outcome: Comparison) -> None:
    """An article of the Wmo standard is for a youth lot one to look up."""
    rows = tuple(row.model_copy(update={"ceiling": 1e6}) for row in outcome.case.contracts)
    found = {flag.subject: flag for flag in _flags_of(_with(outcome, contracts=rows), "ceiling_lapses")}
    assert {lot: flag.law for lot, flag in found.items()} == {
        "youth": "jeugdwet", "residential": "jeugdwet", "wmo": "wmo",
    }  # fmt: skip
    assert {lot: "jeugdartikel nakijken" in flag.source for lot, flag in found.items()} == {
        "youth": True, "residential": True, "wmo": False,
    }  # fmt: skip
    assert {lot: flag.figures["ceiling_count"] for lot, flag in found.items()} == {
        lot.id: sum(row.lot == lot.id for row in rows) for lot in outcome.case.lots
    }


def test_a_regional_form_bought_locally(outcome: Comparison) -> None:
    forms = tuple(row.model_copy(update={"compulsory_regional": True}) for row in outcome.case.care_forms)
    local = tuple(row.model_copy(update={"scale": "local"}) for row in outcome.case.lots)
    found = _flags_of(_with(outcome, care_forms=forms, lots=local), "bought_locally")
    assert [flag.figures["form_count"] for flag in found] == [len(lot.care_forms) for lot in local]
    free = tuple(row.model_copy(update={"compulsory_regional": False}) for row in outcome.case.care_forms)
    assert _flags_of(_with(outcome, care_forms=free, lots=local), "bought_locally") == []
    assert all("Stb. 2025, 357" in flag.source for flag in found)
    regional = tuple(row.model_copy(update={"scale": "regional"}) for row in outcome.case.lots)
    assert _flags_of(_with(outcome, care_forms=forms, lots=regional), "bought_locally") == []


def test_access_at_the_provider_says_over_which_part_of_the_starts(outcome: Comparison) -> None:
    assert _flags_of(outcome, "access_at_provider") == []
    demand = tuple(
        row.model_copy(update={"own_access_share": 0.3, "gp_share": 0.0}) for row in outcome.case.demand
    )
    handed = _with(outcome, demand=demand, policy=_policy(outcome.case, "access", "provider"))
    assert all(flag.figures["part"] == pytest.approx(0.3) for flag in _flags_of(handed, "access_at_provider"))


def test_result_without_hours_is_a_wmo_flag(outcome: Comparison) -> None:
    found = _flags_of(outcome, "result_without_hours")
    laws = {form.id: form.law for form in outcome.case.care_forms}
    wmo = [lot.id for lot in outcome.case.lots if any(laws[form] == "wmo" for form in lot.care_forms)]
    assert [flag.subject for flag in found] == wmo


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_flag_has_its_words(outcome: Comparison, lang: str) -> None:
    texts = Texts(lang)
    assert len(texts.sections["flags"]) == len(RULES)
    for flag in flags(outcome):
        sentence = flag_sentence(flag, texts)
        assert flag.subject in sentence
        assert "{" not in sentence


def test_no_ruling_or_official_gazette_that_was_not_looked_up() -> None:
    source = "".join(Path(one.__code__.co_filename).read_text() for one in (flags, ground))
    assert set(re.findall(r"ECLI:[A-Z0-9:]+|Stb\. \d{4}, \d+", source)) <= RULINGS_AND_GAZETTES


def test_every_flag_has_an_article_and_a_source_and_a_date_or_the_doubt(outcome: Comparison) -> None:
    assert {kind for kind, _ in GROUNDS} == set(NL.sections["flags"])
    for own in GROUNDS.values():
        assert own.found
        assert re.fullmatch(r"(\d{4}-\d\d(-\d\d)?)?", own.since)
    _, *rows = signal_sections(_everything_wrong(outcome), NL)["flags"]
    kinds = {flag.kind for flag in flags(_everything_wrong(outcome))}
    assert kinds >= {"ceiling_lapses", "unequal_terms", "bought_locally", "access_at_provider", "buffer_exhausted"}
    for sentence, _, article, since, source in rows:
        assert article, sentence
        assert since, sentence
        assert source, sentence
    dates = {since for _, _, article, since, _ in rows if "art. 1.5" in article}
    assert dates == {"oktober 2025"}


def test_at_most_five_sentences_the_weightiest_first_and_the_matrix_has_every_flag(
    outcome: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From one list: a cell is filled exactly where a flag is about that subject and form."""
    wrong = _everything_wrong(outcome)
    told, shown = flags(wrong), signal_sections(wrong, NL)
    groups = by_weight(told)
    assert sorted(map(id, told)) == sorted(id(flag) for group in groups for flag in group)
    assert len(groups) > MOST_SENTENCES == len(shown["signals_told"])
    names = {row.name: row.id for row in wrong.case.lots} | {row.name: row.id for row in wrong.case.providers}
    head, *rows = shown["signals"]
    shown_in = shown_forms(wrong.case)
    assert len(head) == 1 + len(shown_in)
    filled = {
        (names[row[0]], form) for row in rows for form, cell in zip(shown_in, row[1:], strict=True) if cell != "–"
    }
    assert filled == {
        (flag.subject.split("/")[0], form)
        for flag in told
        for form in ([flag.form] if flag.form else shown_in)
        if form in shown_in
    }
    monkeypatch.setattr(signals, "flags", lambda _: ())
    assert list(signal_sections(wrong, NL).values()) == [[], [], []]


def test_regional_purchase_is_a_rule_whose_date_is_in_doubt(outcome: Comparison) -> None:
    (group,) = (own for own in by_weight(flags(_everything_wrong(outcome))) if own[0].kind == "bought_locally")
    sentence = flag_sentence(group[0], NL)
    assert "moet sinds" not in sentence
    assert "niet gevonden" in sentence
    assert ground(group[0]).doubtful


@pytest.mark.parametrize(
    ("below", "losses", "sentence"),
    [
        (0.0, 0.5, "p: onder taakgericht zijn er in 50,0 % van de toekomsten drie verliesjaren op rij."),
        (
            0.25,
            0.0,
            "p: onder taakgericht eindigt de solvabiliteit (nu 30,0 %) in 25,0 % van de toekomsten onder 20 %, en in 0,0 % "
            "onder 10 %.",
        ),
    ],
)
def test_early_warning_is_silent_about_what_never_happens(below: float, losses: float, sentence: str) -> None:
    figures = {"today": 0.3, "below_20": below, "below_10": 0.0, "losses": losses}
    told = flag_sentence(Flag("early_warning", "p", "taakgericht", None, "", figures), NL)
    assert told.replace("\u00a0", " ") == sentence
