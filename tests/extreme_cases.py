"""Cases that are valid on paper and far from anything a municipality has: drawn around a tiny invented region.

A draw moves a few things at once: a number to an end of its column, near zero or to something huge; a word to another one;
shares, laws, terms and optional tables as a whole. ``outcome_of`` writes the case as a folder, reads it as ``check`` does
and compares: refused with sentences, or computed with finite numbers. Anything else is a failure.

By hand, so many of a seed: ``python tests/extreme_cases.py 2000 1``.
"""

from __future__ import annotations

import math
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from bekostiging.case import UserError, check_commands, read_case, synthetic_region
from bekostiging.case.fields import bounds, choices, leaf
from bekostiging.case.policy_rows import POLICIES, Number
from bekostiging.case.read import Draft
from bekostiging.case.rows import Row, columns
from bekostiging.case.tables import (
    TABLES,
    Combination,
    Duration,
    Measure,
    Policy,
    Shock,
    Substitution,
    Waiting,
)
from bekostiging.case.write import draft_of, write_folder
from bekostiging.evaluation.transition import without_closed
from bekostiging.report.comparison.results import comparison_results
from bekostiging.report.kit.json_text import json_text
from bekostiging.scenarios.points import fewest_scenarios
from bekostiging.studies import compare

SCENARIOS = 16
SIZES = (1e-300, 1e-9, 1e-6, 1e-3, 0.01, 0.1, 0.5, 1.0, 2.0, 10.0, 100.0, 1e3, 1e4, 1e6, 1e9, 1e12, 1e300)
MOST_MOVES = 7
CROWD = 1e4
LONGEST = 60.0
"""Seconds of processor after which a case counts as one that does not end."""
WITHIN = 0.95
"""Of the numbers drawn, the part that its column allows: the others must be refused by it."""
NAMES = {"source": "drawn", "status": "illustrative"}
NEEDED = ("areas", "care_forms", "demand", "lots", "indices", "begroting")
"""Tables whose rows the moves begin from: a case that has lost one of them moves no further."""
Tables = dict[str, tuple[Row, ...]]


class Drawn(NamedTuple):
    """A case as tables, and what was moved in it."""

    draft: Draft
    moves: tuple[str, ...]


class Outcome(NamedTuple):
    """``kind``: refused, stopped (by the command, in a sentence), computed, failed; ``seconds`` of processor."""

    kind: str
    text: str
    seconds: float


def extreme_case(seed: int, number: int) -> Drawn:
    """One case; the same seed and number give the same."""
    rng = np.random.default_rng((seed, number))
    draft = _base(int(rng.choice(4, p=(0.31, 0.31, 0.31, 0.07))))
    tables, moves = dict(draft.tables), []
    for _ in range(int(rng.integers(2, MOST_MOVES + 1))):
        move = MOVES[int(rng.integers(len(MOVES)))]
        if all(tables[table] for table in NEEDED):
            moves.append(move(tables, rng))
    tables["demand"] = _one_crowd(tables["demand"])
    return Drawn(Draft(draft.head, tables), tuple(moves))


def _one_crowd(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """More than ``CROWD`` clients in one row only: a country in every row is hours of drawing and no other mathematics."""
    seen, kept = 0, []
    for row in rows:
        large = [name for name in ("clients_at_start", "starts_per_year") if getattr(row, name) > CROWD]
        inside = [name for name in large if getattr(row, name) <= bounds(type(row).model_fields[name]).high]
        kept.append(row.model_copy(update=dict.fromkeys(inside if seen else inside[1:], CROWD)))
        seen += len(inside)
    return tuple(kept)


@cache
def _base(number: int) -> Draft:
    """A region of one lot (0, 1, 2), or of all three; lower confidence, so that 16 scenarios have a tail."""
    draft = draft_of(synthetic_region(municipalities=1 + number % 2, providers=3, inhabitants=6000))
    tables = dict(draft.tables)
    if number < 3:
        lot = tables["lots"][number]
        tables["lots"] = (lot,)
        tables["contracts"] = tuple(row for row in tables["contracts"] if row.lot == lot.id)
        tables["offers"] = tuple(row for row in tables["offers"] if row.care_form in lot.care_forms)
        # one layer on either side: the design of a lump sum is most of the time of a comparison
        edges = {"deficit_1": (1.0, None), "surplus_1": (0.0, 1.0)}
        tables["layers"] = tuple(
            row.model_copy(update=dict(zip(("lower", "upper"), edges[row.layer], strict=True)))
            for row in tables["layers"]
            if row.lot == lot.id and row.layer in edges
        )
    for table in ("capacity", "travel", "alternatives"):
        tables[table] = ()
    tables["policy"] = tuple(
        row.model_copy(update={"value": "0.9"}) if row.name == "confidence" else row for row in tables["policy"]
    )
    return Draft(draft.head, tables)


def _pick(items: Any, rng: np.random.Generator) -> Any:
    return items[int(rng.integers(len(items)))]


def _number(low: float, high: float, rng: np.random.Generator) -> float:
    """An end, near an end, near zero, huge or anything between; mostly allowed."""
    ends = [end for end in (low, high) if math.isfinite(end)]
    near = [end + sign * 1e-9 * max(1.0, abs(end)) for end in ends for sign in (1, -1)]
    pool = [*ends, *ends, *near, 0.0, *SIZES, *(-size for size in SIZES if low < 0)]
    if len(ends) == 2:
        pool += [low + (high - low) * float(rng.random()) for _ in range(4)]
    inside = [value for value in pool if low <= value <= high]
    return float(_pick(inside if inside and rng.random() < WITHIN else pool, rng))


def _value(row: Row, column: str, rng: np.random.Generator) -> Any:
    """Another value of a column: a number, a word, yes or no, or empty where that is allowed."""
    info = type(row).model_fields[column]
    if not info.is_required() and info.default is None and rng.random() < 0.2:
        return None
    if words := choices(info):
        return _pick(words, rng)
    kind = leaf(info)
    if kind is bool:
        return bool(rng.integers(2))
    own = bounds(info)
    number = _number(own.low, own.high, rng)
    return int(max(min(number, 1e15), -1e15)) if kind is int else number


def _movable(tables: Tables) -> list[tuple[str, str]]:
    """Columns with a number, a word or yes or no; not those that name."""
    return [
        (table, column)
        for table, rows in tables.items()
        if rows and table not in ("policy", "history")
        for column in columns(TABLES[table])
        if column not in ("status", *TABLES[table].key)
        and (leaf(info := TABLES[table].model_fields[column]) in (float, int, bool) or choices(info))
    ]


def _column(tables: Tables, rng: np.random.Generator) -> str:
    """One cell, or a whole column, of any table."""
    table, column = _pick(_movable(tables), rng)
    rows = list(tables[table])
    which = range(len(rows)) if rng.random() < 0.5 else [int(rng.integers(len(rows)))]
    value = _value(rows[0], column, rng)
    for i in which:
        rows[i] = rows[i].model_copy(update={column: value})
    tables[table] = tuple(rows)
    return f"{table}.{column}[{len(which)}] = {value!r}"


def _demand(tables: Tables, rng: np.random.Generator) -> str:
    """Several columns of demand at once, where most of the mathematics begins."""
    moved = [name for name in columns(TABLES["demand"]) if leaf(TABLES["demand"].model_fields[name]) is float]
    update = {}
    for column in rng.choice(moved, size=3, replace=False):
        update[str(column)] = _value(tables["demand"][0], str(column), rng)
    tables["demand"] = tuple(row.model_copy(update=update) for row in tables["demand"])
    return f"demand {update}"


def _policy(tables: Tables, rng: np.random.Generator) -> str:
    """Another value of a policy."""
    name = str(_pick(list(POLICIES), rng))
    kind = POLICIES[name].kind
    value = (
        repr(_number(kind.low, kind.high, rng))
        if isinstance(kind, Number)
        else _pick(kind.allowed("en").split(", "), rng)
    )
    tables["policy"] = (
        *(row for row in tables["policy"] if row.name != name),
        Policy(name=name, scope="case", value=value, **NAMES),
    )
    return f"policy {name} = {value}"


def _market(tables: Tables, rng: np.random.Generator) -> str:
    """One provider has almost everything, or nothing."""
    tiny = _pick((0.0, 1e-12, 1e-6, 0.5), rng)
    rows = []
    for form in dict.fromkeys(row.care_form for row in tables["offers"]):
        own = [row for row in tables["offers"] if row.care_form == form]
        parts = [1 - tiny * (len(own) - 1), *[tiny] * (len(own) - 1)]
        rows += [row.model_copy(update={"market_share": part}) for row, part in zip(own, parts, strict=True)]
    tables["offers"] = tuple(rows)
    return f"market {tiny}"


def _laws(tables: Tables, rng: np.random.Generator) -> str:
    """Another law of durations and of units, with an extreme spread."""
    law, units = (
        _pick(("lognormal", "gamma", "weibull", "empirical"), rng),
        _pick(("lognormal", "gamma", "weibull"), rng),
    )
    spread = bounds(TABLES["demand"].model_fields["duration_cv"])
    cv = _number(spread.low, spread.high, rng)
    if law == "empirical":
        weeks, counts = (
            np.array([1.0, float(_pick((2.0, 50.0, 5000.0), rng))]),
            np.array([1.0, float(_pick((1.0, 1e6), rng))]),
        )
        mean = float(weeks @ counts / counts.sum())
        cv = float(np.sqrt(np.square(weeks / mean - 1) @ counts / counts.sum()))
        forms = dict.fromkeys(row.care_form for row in tables["demand"])
        tables["durations"] = tuple(
            Duration(care_form=form, weeks=w, trajectories=n, **NAMES)
            for form in forms
            for w, n in zip(weeks, counts, strict=True)
        )
    own = bounds(TABLES["demand"].model_fields["units_cv"])
    update = {
        "duration_distribution": law,
        "duration_cv": cv,
        "units_distribution": units,
        "units_cv": _number(own.low, own.high, rng),
    }
    tables["demand"] = tuple(row.model_copy(update=update) for row in tables["demand"])
    return f"laws {update}"


def _nobody(tables: Tables, rng: np.random.Generator) -> str:
    """Nobody in care, nobody starts, or neither: in one row, of one care form or everywhere."""
    columns_ = _pick((("clients_at_start",), ("starts_per_year",), ("clients_at_start", "starts_per_year")), rng)
    first, how = tables["demand"][0], int(rng.integers(3))
    tables["demand"] = tuple(
        row.model_copy(update=dict.fromkeys(columns_, 0.0))
        if how == 2 or (how == 1 and row.care_form == first.care_form) or row is first
        else row
        for row in tables["demand"]
    )
    return f"nobody {columns_} {how}"


def _without(tables: Tables, rng: np.random.Generator) -> str:
    """A table without rows."""
    table = _pick(
        [name for name, rows in tables.items() if rows and (not TABLES[name].required or rng.random() < 0.1)], rng
    )
    tables[table] = ()
    return f"without {table}"


def _term(tables: Tables, rng: np.random.Generator) -> str:
    """A term of one year or of the longest, with an index and a begroting for every year."""
    years = int(_pick((1, bounds(TABLES["lots"].model_fields["years"]).high), rng))
    first = tables["lots"][0].first_year
    tables["lots"] = tuple(row.model_copy(update={"years": years}) for row in tables["lots"])
    tables["indices"] = tuple(
        tables["indices"][0].model_copy(update={"year": year}) for year in range(first - 1, first + years)
    )
    own = {(row.municipality, row.law): row for row in tables["begroting"]}
    tables["begroting"] = tuple(
        row.model_copy(update={"year": year, "reserve_addition": 0.0})
        for row in own.values()
        for year in range(first, first + years)
    )
    return f"term {years}"


def _extra(tables: Tables, rng: np.random.Generator) -> str:
    """A row of an optional table that the region does not have."""
    form, other = (row.id for row in tables["care_forms"][:2])
    area = tables["areas"][0].id
    rows: dict[str, dict[str, Any]] = {
        "waiting": {"area": area, "care_form": form, "clients": 3.0, "mean_weeks": 4.0},
        "shocks": {"id": "shock", "name": "shock", "quantity": "inflow", "factor": 1.2, "first_year": 1, "years": 1},
        "combinations": {"care_form": form, "second_care_form": other, "share": 0.1},
        "measures": {"id": "m", "name": "m", "care_form": form, "channel": "all", "quantity": "duration", "effect": -0.1,
                     "chance": 0.5, "first_year": 1, "years": 1},
        "substitution": {"origin": form, "destination": _pick((other, "wlz"), rng), "share": 0.1, "first_year": 1,
                         "years": 1},
    }  # fmt: skip
    models = {
        "waiting": Waiting, "shocks": Shock, "combinations": Combination, "measures": Measure, "substitution": Substitution,
    }  # fmt: skip
    table = str(_pick(list(rows), rng))
    row = models[table](**rows[table], **NAMES)
    column = _pick([name for name in rows[table] if leaf(models[table].model_fields[name]) in (float, int)], rng)
    value = _value(row, column, rng)
    tables[table] = (row.model_copy(update={column: value}),)
    return f"{table}.{column} = {value!r}"


MOVES: tuple[Callable[[Tables, np.random.Generator], str], ...] = (
    _column, _column, _column, _column, _demand, _policy, _policy, _market, _laws, _nobody, _without, _term, _extra,
)  # fmt: skip


def outcome_of(drawn: Drawn, place: Path) -> Outcome:
    """Write, read and compare one case."""
    began = time.process_time()
    kind, text = "failed", ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            kind, text = _try_case(drawn, place)
    except Exception:
        text = traceback.format_exc()
    seconds = time.process_time() - began
    if seconds > LONGEST:
        kind, text = "failed", f"took {seconds:.0f} s of processor\n{text}"
    return Outcome(kind, text, seconds)


def _try_case(drawn: Drawn, place: Path) -> tuple[str, str]:
    write_folder(drawn.draft, place, "en")
    try:
        case = read_case(place)
        check_commands(case)
        without_closed(case, case.n_years)
    except UserError as error:
        return "refused", error.text("en")
    scenarios = max(SCENARIOS, fewest_scenarios(case.policy.confidence))
    try:
        outcome = compare(case, n_scenarios=scenarios, design_scenarios=scenarios, n_years=1)
    except UserError as error:
        return "stopped", error.text("en")
    json_text(comparison_results(outcome))  # refuses what is not finite
    return "computed", "" if outcome.lumpsum is None else str(outcome.designed)


def main(n: int, seed: int, first: int = 0) -> None:
    """Try so many cases and print every failure and a count."""
    counts: Counter[str] = Counter()
    for i in range(first, first + n):
        drawn = extreme_case(seed, i)
        with TemporaryDirectory() as place:
            outcome = outcome_of(drawn, Path(place))
        counts[outcome.kind] += 1
        print(f"{i} {outcome.kind} {outcome.seconds:.1f}s {list(drawn.moves)}", flush=True)
        if outcome.kind in ("failed", "stopped"):
            print("    " + outcome.text.strip().replace("\n", "\n    "), flush=True)
        elif outcome.kind == "refused":
            print("    " + outcome.text.splitlines()[0][:200], flush=True)
    print(dict(counts))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
