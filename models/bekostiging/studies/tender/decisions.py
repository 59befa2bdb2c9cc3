"""Decision models of a suite: each decides on a case and says what it decided in a few figures, and what must be said.

A model is a function in ``DECISION_MODELS``; a suite names it there. What a case does not have (one municipality has nobody
to share with) is a sentence, no error: the other models go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

from bekostiging.capacity import (
    capacity_data,
    capacity_work,
    decide_capacity,
    norm_prices,
    outcome_of,
    outcome_under,
)
from bekostiging.case import Case, UserError
from bekostiging.case.errors import LANGUAGES, Note
from bekostiging.evaluation.results import Comparison
from bekostiging.evaluation.self_check import checked_series
from bekostiging.evaluation.study import prepared
from bekostiging.lumpsum import feasible_design, preferred_design, with_shares, without_design
from bekostiging.options import Options, run_options
from bekostiging.scenarios import SelfCheck
from bekostiging.studies.equalisation import study_equalisation
from bekostiging.studies.sharing import IN_FORCE, study_sharing
from bekostiging_solvers import Estimate, Scramblings

Unit = Literal["euro", "fraction", "places"]
NO_POOL: Note = {
    "nl": "Zonder taakgericht budget dat standhoudt is er geen vereveningspot tussen aanbieders.",
    "en": "Without a lump sum that holds there is no pool between providers.",
}


@dataclass(frozen=True)
class Asked:
    """What a decision model gets: the case as brought, its comparison, the confidence levels, and how to run."""

    case: Case
    outcome: Comparison
    confidence: tuple[float, ...]
    options: Options


@dataclass(frozen=True)
class DecisionFigure:
    """``figure`` of a ``subject`` (lot id, or empty for all) at a confidence level, where one matters."""

    subject: str
    figure: str
    confidence: float | None
    value: Estimate
    unit: Unit


@dataclass(frozen=True)
class Decision:
    """What a decision model of a suite gave.

    Attributes
    ----------
    figures : tuple of DecisionFigure
        Its figures; empty where ``told`` says why.
    notes : tuple of Note
        What must be said of the scenarios it was judged on.
    self_check : SelfCheck or None
        Those scenarios beside their own theory.
    told : Note or None
        Why there are no figures.

    Examples
    --------
    >>> Decision((), told={"nl": "geen lumpsum", "en": "no lot is paid by lump sum"}).told["en"]
    'no lot is paid by lump sum'
    """

    figures: tuple[DecisionFigure, ...]
    notes: tuple[Note, ...] = ()
    self_check: SelfCheck | None = None
    told: Note | None = None


def decide(model: str, asked: Asked) -> Decision:
    """What a model decides, or the sentence why it cannot on this case."""
    try:
        return DECISION_MODELS[model](asked)
    except UserError as error:
        return Decision((), told={lang: error.text(lang) for lang in LANGUAGES})


def _decided(value: float) -> Estimate:
    """A decision on the scenarios it was taken on: how far others would move it is not known."""
    return Estimate(float(value), None)


def _value(one: Estimate) -> float:
    """What an estimate is sorted by."""
    return one.value


def _lumpsum(asked: Asked) -> Decision:
    """Loading per lot and capital used, at every confidence level, on the same scenarios; with the shares and margins of the
    designed one where there is one, so that at the level of the case it is that one."""
    own, found = asked.outcome.lumpsum, []
    agreed = with_shares(own.data, own.design.share, own.design.form) if own.design.feasible else own.data
    for level in asked.confidence:
        data = replace(agreed, confidence=level)
        design = preferred_design(data, feasible_design) or without_design(data)
        if not design.feasible:
            least = sum(conflict.euro for conflict in design.conflicts)
            found.append(DecisionFigure("", "short", level, _decided(least), "euro"))
            continue
        for lot, loading in zip(data.lots, design.loading, strict=True):
            found.append(DecisionFigure(lot.name, "loading", level, _decided(loading), "fraction"))
        found.append(DecisionFigure("", "capital", level, _decided(design.capital.sum()), "euro"))
        if design.gap is not None:
            found.append(DecisionFigure("", "gap", level, _decided(design.gap), "fraction"))
    return Decision(tuple(found), asked.outcome.notes, asked.outcome.self_check)


def _equalisation(asked: Asked) -> Decision:
    """Tail of the worst-off provider over its budget before and after the pool of its lot, on out-of-sample scenarios."""
    study = study_equalisation(asked.case, **asked.options)
    told = None if study.pools else NO_POOL
    found = []
    for pool in study.pools:
        for figure, value in (
            ("tail_before", max(pool.tail_before, key=_value)),
            ("tail_after", max(pool.tail_after, key=_value)),
            ("power", _decided(pool.design.power.min())),
        ):
            found.append(DecisionFigure(pool.design.lot, figure, None, value, "fraction"))
    return Decision(tuple(found), study.notes, study.self_check, told)


def _sharing(asked: Asked) -> Decision:
    """What going together is worth, and what the group that gains most would gain by leaving under the keys in force."""
    study = study_sharing(asked.case, game="surcharge", **asked.options)
    game = study.games[0]
    # errors of municipalities on the same scenarios go together, so at most their sum
    worth = reduce(Estimate.plus_together, game.saving)
    figures = (
        DecisionFigure("", "worth", study.data.confidence, worth, "euro"),
        DecisionFigure("", "leaving", study.data.confidence, study.core[IN_FORCE].euros, "euro"),
    )
    return Decision(figures, study.notes, study.self_check)


def _capacity(asked: Asked) -> Decision:
    """Places reserved a year and what the plan costs out of sample; no limit on time, so that it can be repeated."""
    ready = prepared(asked.case, run_options(asked.options))
    made, out_of_sample, advance = ready.plan("design"), ready.plan("out_of_sample"), ready.advance("decisions")
    drawn = capacity_data(made, ready.blocks.series(made, capacity_work(made), advance))
    arrays, checked = checked_series(ready.blocks, out_of_sample, capacity_work(out_of_sample), advance)
    judged = capacity_data(out_of_sample, arrays)
    decided = decide_capacity(drawn)
    _, solved, duals = outcome_of(decided)
    costs = outcome_under(decided, judged.scenarios, norm_prices(decided, solved, duals)).costs
    scramblings, level = Scramblings(out_of_sample.n_scramblings), drawn.confidence
    proved = decided.solution.gap
    gap = () if proved is None else (DecisionFigure("", "gap", None, _decided(proved), "fraction"),)
    figures = (
        DecisionFigure("", "places", None, _decided(decided.places.sum(axis=0).mean()), "places"),
        DecisionFigure("", "plan_cost", None, scramblings.mean(costs), "euro"),
        DecisionFigure("", "plan_tail", level, scramblings.tail_mean(costs, level), "euro"),
        *gap,
    )
    return Decision(figures, ready.notes(out_of_sample, checked), checked)


DECISION_MODELS: dict[str, Callable[[Asked], Decision]] = {
    "lumpsum": _lumpsum,
    "equalisation": _equalisation,
    "sharing": _sharing,
    "capacity": _capacity,
}
"""By the name a suite gives."""
