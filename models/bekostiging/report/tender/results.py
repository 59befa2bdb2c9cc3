"""results.json of a benchmark, and what of it may be public.

The page and the tables of a benchmark are made from these results alone, so that a public version shows what its own
results.json says. Estimates are {value, standard_error}, the error null where it is unknown; a figure that is suppressed in
a public version is null.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bekostiging.case.arguments import kinds_checked
from bekostiging.report.kit.estimates import written
from bekostiging.report.kit.self_check import written_check
from bekostiging.studies import (
    ALL_LOTS,
    Benchmark,
    CaseBoard,
    Decision,
    LotBoard,
    Score,
    SimilarRegions,
    Suite,
    Verdict,
    is_tail,
)

SCHEMA_VERSION = "2"
FEWEST_PROVIDERS = 3
"""Public: with fewer, a figure of a lot says something about one provider."""
SMALL, STEP = 10, 5
"""Public: counts below ten are left out, others rounded to fives."""
EURO, FRACTION = 10_000.0, 0.01
"""Public: euro to ten thousand, fractions to a hundredth."""
OF_PROVIDERS = ("buffer_exhausted", "concentration")
COUNTS = ("unserved",)

Results = dict[str, Any]


@kinds_checked
def benchmark_results(benchmark: Benchmark) -> Results:
    """Content of the results.json of a tender benchmark; ``benchmark_schema`` describes it.

    Parameters
    ----------
    benchmark
        What ``benchmark`` returns.

    Returns
    -------
    dict[str, Any]
        Euro over the term, probabilities as fractions.

    Examples
    --------
    Not executed: a benchmark takes minutes.

    >>> benchmark_results(benchmark(suite))["suite"]["name"]  # doctest: +SKIP
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "public": False,
        "suite": _suite(benchmark.suite),
        "cases": {board.outcome.case.name: _case(board) for board in benchmark.boards},
    }


def _suite(suite: Suite) -> Results:
    """What was asked."""
    return suite.model_dump(mode="json", exclude={"cases", "region", "shock"}) | {
        "shock_sources": [
            {"id": row.id, "name": row.name, "source": row.source, "status": row.status} for row in suite.shock
        ]
    }


def _case(board: CaseBoard) -> Results:
    """One case: its standards, every lot, decisions, and the simulated regions."""
    outcome = board.outcome
    case = outcome.case
    return {
        "title": case.title,
        "disclaimer": case.disclaimer,
        "kind": case.kind,
        "notes": list(outcome.notes),
        "self_check": written_check(outcome.self_check),
        "n_scenarios": outcome.n_scenarios,
        "years": list(outcome.years),
        "corner": outcome.corner,
        "certainty": case.policy.certainty,
        "confidence": case.policy.confidence,
        "outcome": outcome.lumpsum.outcome,
        "shock_names": {
            row.id: row.name
            for row in case.shocks
            if any(row.id in one.split("+") for one in _judged_shocks(board))
        },
        "lots": {one.lot: _lot(one, _lot_names(board)) for one in board.lots},
        "decisions": [_decision(model, one) for model, one in board.decisions.items()],
        "similar": None if board.similar is None else _similar(board.similar),
    }


def _judged_shocks(board: CaseBoard) -> list[str]:
    """Shocks of which there is a verdict."""
    return [one.shock for score in board.lots[0].scores.values() for one in score.verdicts]


def _lot_names(board: CaseBoard) -> dict[str, str]:
    return {row.id: row.name for row in board.outcome.case.lots} | {ALL_LOTS: ""}


def _lot(board: LotBoard, names: Mapping[str, str]) -> Results:
    """One lot."""
    return {
        "name": names[board.lot],
        "n_providers": board.n_providers,
        "clients": board.clients,
        "forms": {form: _score(score) for form, score in board.scores.items()},
        "pairs": [
            {
                "a": pair.a,
                "b": pair.b,
                "criterion": pair.criterion,
                "difference": written(pair.difference),
                "certainty": pair.certainty,
                "in_scenarios": None if pair.in_scenarios is None else written(pair.in_scenarios),
            }
            for pair in board.pairs
        ],
    }


def _score(score: Score) -> Results:
    """One payment form in a lot."""
    return {
        "figures": {name: written(one) for name, one in score.figures.items()},
        "ranks": {name: written(one) for name, one in score.ranks.items()},
        "flags": [asdict(flag) for flag in score.flags],
        "robustness": None if score.robustness is None else written(score.robustness),
        "verdicts": [_verdict(one) for one in score.verdicts],
    }


def _verdict(verdict: Verdict) -> Results:
    """One shock."""
    return {
        "shock": verdict.shock,
        "acceptable": verdict.acceptable,
        "probability": verdict.probability,
        "conditions": [
            {"name": one.name, "value": written(one.value), "limit": one.limit, "holds": one.holds}
            for one in verdict.conditions
        ],
    }


def _decision(model: str, decision: Decision) -> Results:
    """One decision model."""
    return {
        "model": model,
        "told": decision.told,
        "notes": list(decision.notes),
        "self_check": written_check(decision.self_check),
        "figures": [
            {
                "subject": one.subject,
                "figure": one.figure,
                "confidence": one.confidence,
                "value": written(one.value),
                "unit": one.unit,
            }
            for one in decision.figures
        ],
    }


def _similar(similar: SimilarRegions) -> Results:
    """The case among simulated regions."""
    return {
        "n_regions": similar.n_regions,
        "n_scenarios": similar.n_scenarios,
        "municipalities": similar.municipalities,
        "providers": similar.providers,
        "inhabitants": similar.inhabitants,
        "forms": {
            form: {
                name: {
                    "own": one.own,
                    "percentile": written(one.percentile),
                    "low": one.low,
                    "middle": one.middle,
                    "high": one.high,
                }
                for name, one in own.items()
            }
            for form, own in similar.placed.items()
        },
    }


@kinds_checked
def public_results(results: Results) -> Results:
    """What bidders may have of a tender benchmark: no provider, no decision model, nothing small, everything rounded.

    Left out: notes on the case, the self-check (its cells name providers), flags about providers and contracts, conditions
    behind a verdict (a buffer is one provider's), decisions (what the municipality would pay at most), and in lots of fewer
    than three providers what would be about one of them. A lot with few clients has no figures at all.

    Parameters
    ----------
    results
        What ``benchmark_results`` returns.

    Returns
    -------
    dict[str, Any]
        The same keys; what is left out is null or empty.

    Examples
    --------
    >>> public_results({"public": False, "cases": {}})
    {'public': True, 'cases': {}}
    """
    return results | {
        "public": True,
        "cases": {name: _public_case(case) for name, case in results["cases"].items()},
    }


def _public_case(case: Results) -> Results:
    """One case."""
    lots = {name: _public_lot(lot, set(case["lots"])) for name, lot in case["lots"].items()}
    similar = case["similar"]
    if similar is not None:
        few = case["lots"][ALL_LOTS]["n_providers"] < FEWEST_PROVIDERS
        similar = similar | {
            "providers": None if few else similar["providers"],
            "inhabitants": round(similar["inhabitants"], -3),
            "forms": {
                form: {
                    name: None
                    if (few and name in OF_PROVIDERS) or _hidden(lots, form, name)
                    else _rounded_place(one)
                    for name, one in own.items()
                }
                for form, own in similar["forms"].items()
            },
        }
    return case | {"notes": [], "self_check": None, "lots": lots, "decisions": [], "similar": similar}


def _hidden(lots: Results, form: str, name: str) -> bool:
    """Whether the count that a figure comes from is itself left out."""
    score = lots[ALL_LOTS]["forms"].get(form)
    return name in COUNTS and (score is None or score["figures"][name] is None)


def _rounded_place(one: Results) -> Results:
    """To three digits."""
    own = {key: _digits(one[key]) for key in ("own", "low", "middle", "high")}
    return own | {"percentile": _rounded(one["percentile"], FRACTION)}


def _public_lot(lot: Results, lots: set[str]) -> Results:
    """One lot; ``lots``: the only subjects a public flag may have."""
    few, small = lot["n_providers"] < FEWEST_PROVIDERS, lot["clients"] < SMALL
    hidden = OF_PROVIDERS if few else ()
    forms = {
        form: {
            "figures": {
                name: None if small or name in hidden else _public_figure(name, one)
                for name, one in score["figures"].items()
            },
            "ranks": {
                name: None if small or name in hidden else _rounded(one, FRACTION)
                for name, one in score["ranks"].items()
            },
            "flags": [flag | {"figures": {}, "names": {}} for flag in score["flags"] if flag["subject"] in lots],
            "robustness": None if score["robustness"] is None else _rounded(score["robustness"], FRACTION),
            "verdicts": [
                verdict | {"conditions": [], "probability": _step(verdict["probability"], FRACTION)}
                for verdict in score["verdicts"]
            ],
        }
        for form, score in lot["forms"].items()
    }
    return lot | {
        "n_providers": None if few else lot["n_providers"],
        "clients": None if small else float(STEP * round(lot["clients"] / STEP)),
        "forms": forms,
        "pairs": [_public_pair(pair) for pair in lot["pairs"] if not small and pair["criterion"] not in hidden],
    }


def _public_pair(pair: Results) -> Results:
    """One pair; a difference of few clients is left out."""
    return pair | {
        "difference": _public_figure(pair["criterion"], pair["difference"]),
        "certainty": _step(pair["certainty"], FRACTION),
        "in_scenarios": None if pair["in_scenarios"] is None else _rounded(pair["in_scenarios"], FRACTION),
    }


def _public_figure(name: str, one: Results) -> Results | None:
    """A figure rounded as its unit asks; a small count is left out, none at all is told."""
    if name in COUNTS:
        if 0 < abs(one["value"]) < SMALL:
            return None
        return _rounded(one, STEP)
    if name in OF_PROVIDERS:
        return _rounded(one, FRACTION)
    if name in ("expected", "administration") or is_tail(name):
        return _rounded(one, EURO)
    raise ValueError(f"no rule says how {name} is published")


def _rounded(one: Results, step: float) -> Results:
    """An estimate to a step, its error upward."""
    error = one["standard_error"]
    return {
        "value": _step(one["value"], step),
        "standard_error": None if error is None else _clean(step * math.ceil(error / step)),
    }


def _step(value: float, step: float) -> float:
    return _clean(step * round(value / step))


def _clean(value: float) -> float:
    """Without the noise of a decimal step."""
    return round(value, 6)


def _digits(value: float) -> float:
    """Three digits."""
    return 0.0 if value == 0 else round(value, 2 - math.floor(math.log10(abs(value))))


def benchmark_settings(benchmark: Benchmark) -> dict[str, Any]:
    """What the numbers depend on beside inputs and versions."""
    suite = benchmark.suite
    return {"scenarios": suite.scenarios, "years": suite.years, "seed": suite.seed}
