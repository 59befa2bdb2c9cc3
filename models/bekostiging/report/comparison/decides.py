"""What decides the amounts: whom the agreement waits for, the inputs that weigh most, and what the risk paragraph asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bekostiging.contracts import BASELINE, LUMP_SUM
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.figures import EXPECTED_OVERRUN, OVERRUN_PROBABILITY, REQUIRED_RESISTANCE_CAPACITY
from bekostiging.report.comparison.answers import term
from bekostiging.report.kit.sections import Point, Section, names_of
from bekostiging.report.kit.sense import influence_sentence
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import decider_sentences
from bekostiging.report.lumpsum.terms import terms_sentence


def decides_section(outcome: Comparison, texts: Texts, origin: str) -> Section:
    """Causes first, then what they are worth; ``origin``: how much of the input is invented."""
    return Section(
        texts["decides", "title"],
        points=list(_points(outcome, texts)),
        small=(f"{texts['decides', 'no_advice']} {origin}",),
    )


def _points(outcome: Comparison, texts: Texts) -> Iterator[Point]:
    """What each sentence is about, and the sentence."""
    said, result, names = texts.sections["decides"], outcome.lumpsum, names_of(outcome.case, texts.lang)
    if result.design.feasible:
        yield said["corridor"], terms_sentence(result.data, result.design, texts)
        deciders = decider_sentences(result, texts, names)
        if deciders:
            yield said["provider"], deciders[0]
    inputs = influence_sentence(outcome.case, texts)
    if inputs:
        yield said["inputs"], inputs
    late = _surprise(outcome, texts)
    if late:
        yield said["wages"], late
    yield said["risk"], _resistance(outcome, texts)


def _surprise(outcome: Comparison, texts: Texts) -> str:
    """Who pays when wages and prices rise faster than foreseen, under the lump sum; empty where that is not computed."""
    up = next((one for one in outcome.sensitivities if one.id == "wages_up"), None)
    if up is None:
        return ""
    form, change = LUMP_SUM, texts.numbers.millions
    payer = up.spending[form] - outcome.plain.spending[form]
    provider = outcome.plain.provider_result[form] - up.provider_result[form]
    return texts["decides", "surprise"].format(
        step=up.name[texts.lang], form=texts["forms", form], payer=change(payer), provider=change(provider)
    )


def _resistance(outcome: Comparison, texts: Texts) -> str:
    """Chance, size and need of cover of an overrun over the term, under the form of the table."""
    form = LUMP_SUM if outcome.lumpsum.design.feasible else BASELINE
    chance, overrun, cover = (
        term(outcome, form, figure)
        for figure in (OVERRUN_PROBABILITY, EXPECTED_OVERRUN, REQUIRED_RESISTANCE_CAPACITY)
    )
    said, millions = texts.sections["decides"], texts.numbers.millions
    if chance.value == 0:
        return said["no_overrun"].format(form=texts["forms", form])
    key = "overrun" if cover.value > 0 else "overrun_covered"
    return said[key].format(
        form=texts["forms", form],
        chance=texts.numbers.figure(OVERRUN_PROBABILITY, chance.value),
        size=millions(overrun.value / chance.value),
        cover=millions(cover.value),
        apart=_apart(outcome, said),
        certainty=texts.numbers.percent(outcome.case.policy.certainty),
    )


def _apart(outcome: Comparison, said: Mapping[str, str]) -> str:
    """What is not netted in the cover that is needed: municipalities, and years where the stock is not refilled."""
    places = len(outcome.case.reported_codes) > 1
    years = outcome.n_years > 1 and not outcome.lumpsum.data.reserve_refills
    if not places and not years:
        return ""
    return said["apart_both" if places and years else "apart_places" if places else "apart_years"]
