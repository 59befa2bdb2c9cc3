"""The difference between two results as JSON."""

from __future__ import annotations

from typing import Any

from bekostiging.report.kit.estimates import written, written_or_null
from bekostiging.studies import Difference, FigureDifference

CENTS = 2


def to_the_cent(one: FigureDifference) -> dict[str, float]:
    """A figure from A to B: before, every part and after, rounded so that they add up; of euro to the cent.

    What rounding moves is part of chance, which is what is left anyway.
    """
    digits = CENTS if one.figure.unit == "euro" else 6
    before, after = (round(end.value, digits) for end in (one.before, one.after))
    parts = {name: round(part.value, digits) + 0.0 for name, part in one.parts.items()}
    if parts:
        *_, last = parts
        others = sum(value for name, value in parts.items() if name != last)
        parts[last] = round(after - before - others, digits) + 0.0
    return {"before": before, **parts, "after": after}


def difference_results(study: Difference) -> dict[str, Any]:
    """The study: parts of every figure (euro over the term, fractions, clients), inputs that differ, totals."""
    return {
        "a": _folder(study, 0),
        "b": _folder(study, 1),
        "form": study.form,
        "n_scenarios": study.n_scenarios,
        "seed": study.seed,
        "changed_together": [list(block) for block in study.blocks],
        "joined_because": study.joined,
        "totals_only": list(study.totals_only),
        "figures": {one.figure.name: _figure(one) for one in study.figures},
        "inputs": [
            {
                "table": change.table,
                "key": list(change.key),
                "column": change.column,
                "before": _plain(change.before),
                "after": _plain(change.after),
                "group": change.group,
            }
            for change in study.changes
        ],
    }


def _folder(study: Difference, place: int) -> dict[str, Any]:
    """One of the two."""
    own = (study.a, study.b)[place]
    return {
        "folder": own.place.name,
        "written": own.written,
        "years": list(own.years),
        "spending": study.spending[place],
        "begroot": study.begroting[place],
    }


def _figure(one: FigureDifference) -> dict[str, Any]:
    """Values that add up, and how sure they are."""
    return {
        "unit": one.figure.unit,
        "adds_up": to_the_cent(one),
        "before": written(one.before),
        "after": written(one.after),
        "parts": {name: written(part) for name, part in one.parts.items()},
        "inputs_together": written_or_null(one.common),
        "more_than_noise": one.real,
    }


def _plain(value: object) -> object:
    """A cell as JSON has it."""
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
