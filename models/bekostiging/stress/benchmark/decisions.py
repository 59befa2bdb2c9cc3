"""Decision models of a suite: each decides on a case and says what it decided in a few figures.

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
from bekostiging.case import Case, UserError, pseudonymised
from bekostiging.lumpsum import feasible_design, preferred_design, with_shares, without_design
from bekostiging.scenarios import plan
from bekostiging.stress.blocks import Blocks
from bekostiging.stress.comparison import Comparison, Sentence
from bekostiging.stress.equalisation_study import study_equalisation
from bekostiging.stress.sharing_study import IN_FORCE, study_sharing
from bekostiging.stress.transition import without_closed
from bekostiging_solvers import Estimate, Scramblings

Unit = Literal["euro", "fraction", "places"]


@dataclass(frozen=True)
class Asked:
    """What a decision model gets: the case as brought, its comparison, the confidence levels, and how much to draw."""

    case: Case
    outcome: Comparison
    confidence: tuple[float, ...]
    n_scenarios: int
    n_years: int
    seed: int
    workers: int


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
    """Figures of one decision model; ``told``: why there are none."""

    model: str
    figures: tuple[DecisionFigure, ...] = ()
    told: Sentence | None = None


def decide(model: str, asked: Asked) -> Decision:
    """The figures of a model, or the sentence why the case has none."""
    try:
        return Decision(model, DECISION_MODELS[model](asked))
    except UserError as error:
        return Decision(model, told={lang: error.text(lang) for lang in ("nl", "en")})


def _decided(value: float) -> Estimate:
    """A decision on the futures it was taken on: how far others would move it is not known."""
    return Estimate(float(value), None)


def _value(one: Estimate) -> float:
    """What an estimate is sorted by."""
    return one.value


def _lumpsum(asked: Asked) -> tuple[DecisionFigure, ...]:
    """Loading per lot and capital used, at every confidence level, on the same futures; with the shares and margins of the
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
    return tuple(found)


def _equalisation(asked: Asked) -> tuple[DecisionFigure, ...]:
    """Tail of the worst-off provider over its budget before and after the pool of its lot, on fresh futures."""
    study = study_equalisation(
        asked.case,
        n_scenarios=asked.n_scenarios,
        design_scenarios=asked.n_scenarios,
        n_years=asked.n_years,
        seed=asked.seed,
        workers=asked.workers,
    )
    if not study.pools:
        raise UserError(
            "Zonder taakgericht budget dat standhoudt is er geen vereveningspot tussen aanbieders.",
            "Without a lump sum that holds there is no pool between providers.",
        )
    found = []
    for pool in study.pools:
        for figure, value in (
            ("tail_before", max(pool.tail_before, key=_value)),
            ("tail_after", max(pool.tail_after, key=_value)),
            ("power", _decided(pool.design.power.min())),
        ):
            found.append(DecisionFigure(pool.design.lot, figure, None, value, "fraction"))
    return tuple(found)


def _sharing(asked: Asked) -> tuple[DecisionFigure, ...]:
    """What going together is worth, and what the group that gains most would gain by leaving under the keys in force."""
    study = study_sharing(
        asked.case,
        game="surcharge",
        n_scenarios=asked.n_scenarios,
        design_scenarios=asked.n_scenarios,
        n_years=asked.n_years,
        seed=asked.seed,
        workers=asked.workers,
    )
    game = study.games[0]
    # errors of municipalities on the same futures go together, so at most their sum
    worth = reduce(Estimate.plus_together, game.saving)
    return (
        DecisionFigure("", "worth", study.data.confidence, worth, "euro"),
        DecisionFigure("", "leaving", study.data.confidence, study.core[IN_FORCE].euros, "euro"),
    )


def _capacity(asked: Asked) -> tuple[DecisionFigure, ...]:
    """Places reserved a year and what the plan costs on fresh futures; no limit on time, so that it can be repeated."""
    case, _ = without_closed(pseudonymised(asked.case), min(asked.n_years, asked.case.n_years))
    made, fresh = (
        plan(case, asked.n_scenarios, asked.n_years, asked.seed, stream) for stream in ("design", "fresh")
    )
    drawn, judged = (
        capacity_data(one, Blocks(asked.workers).series(one, capacity_work(one), _silent)) for one in (made, fresh)
    )
    decided = decide_capacity(drawn)
    _, solved, duals = outcome_of(decided)
    costs = outcome_under(decided, judged.futures, norm_prices(decided, solved, duals)).costs
    scramblings, level = Scramblings(fresh.n_scramblings), drawn.confidence
    proved = decided.solution.gap
    gap = () if proved is None else (DecisionFigure("", "gap", None, _decided(proved), "fraction"),)
    return (
        DecisionFigure("", "places", None, _decided(decided.places.sum(axis=0).mean()), "places"),
        DecisionFigure("", "plan_cost", None, scramblings.mean(costs), "euro"),
        DecisionFigure("", "plan_tail", level, scramblings.tail_mean(costs, level), "euro"),
        *gap,
    )


def _silent(done: int, total: int) -> None:
    """Report nothing."""


DECISION_MODELS: dict[str, Callable[[Asked], tuple[DecisionFigure, ...]]] = {
    "lumpsum": _lumpsum,
    "equalisation": _equalisation,
    "sharing": _sharing,
    "capacity": _capacity,
}
"""By the name a suite gives."""
