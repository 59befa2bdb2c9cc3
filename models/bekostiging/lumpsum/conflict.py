"""When no lump sum satisfies every hard limit: which limits conflict, by how many euros, and what is cheapest to relax.

The begroting, the buffers and the asked return can be widened by somebody; the fair price and the legal least share are
law and never yield. Premium and glide yield in every design already.
"""

from __future__ import annotations

from dataclasses import dataclass

from bekostiging.lumpsum.data import MILLION, LumpSumData, lot_size
from bekostiging.lumpsum.tail import RELAXABLE, LumpSumArrays
from bekostiging_solvers import InfeasibleError, TailProgram, TailSolution

EXACT = 1e-8
"""Relative tolerance of the tail cuts: a few euro on hundreds of millions."""
NOTHING = 1e-6
"""Million euro below which a slack or a dual counts as zero: one euro."""
AGAINST = ("solvency", "return_on_capital", "fair_price", "law")
"""Limits that may hold against a yielding begroting."""


@dataclass(frozen=True)
class Conflict:
    """A limit that takes part in a conflict: by how many euros it would have to yield (0: it holds its ground)."""

    name: str
    euro: float


@dataclass(frozen=True)
class Relaxation:
    """What makes a design possible when only limits of these ``kinds`` yield: the least ``euro`` in sum and the
    ``limits``; None where they alone cannot. ``against``: limits that hold their ground and ask for it."""

    kinds: tuple[str, ...]
    euro: float | None
    limits: tuple[Conflict, ...]
    against: tuple[str, ...]


def relaxations(data: LumpSumData) -> tuple[Relaxation, ...]:
    """Every kind alone, then all together: the cheapest way in sum of euros."""
    return tuple(_relaxed(data, kinds) for kinds in (*((kind,) for kind in RELAXABLE), RELAXABLE))


def _relaxed(data: LumpSumData, kinds: tuple[str, ...]) -> Relaxation:
    """The least euros by which limits of these kinds must yield."""
    arrays = LumpSumArrays(data, yielding=kinds)
    try:
        solution = TailProgram(arrays.program, arrays.terms, arrays.limits).solve(arrays.start(), EXACT)
    except InfeasibleError:
        return Relaxation(kinds, None, (), ())
    limits = [
        Conflict(name, euro) for name, euro in _yielded(arrays, solution).items() if euro > MILLION * NOTHING
    ]
    against = [name for name, dual in solution.duals.items() if name.startswith(AGAINST) and abs(dual) > NOTHING]
    hard = sum(limit.euro for limit in limits if not limit.name.startswith("premium"))
    return Relaxation(kinds, hard, tuple(limits), tuple(name for name in against if not name.startswith(kinds)))


def _yielded(arrays: LumpSumArrays, solution: TailSolution) -> dict[str, float]:
    """Euros by which each limit yields."""
    data, columns, x = arrays.data, arrays.columns, MILLION * solution.x
    found = {}
    for m, code in enumerate(data.municipalities):
        for t, year in enumerate(data.years):
            found[f"begroting[{code},{year}]"] = float(x[columns.begroting_slack[0, m, t]])
            found[f"begroting_tail[{code},{year}]"] = float(x[columns.begroting_slack[1, m, t]])
    for p, name in enumerate(data.providers):
        found[f"solvency[{name}]"] = float(x[columns.solvency_slack[p]])
        found[f"return_on_capital[{name}]"] = float(x[columns.return_slack[p]])
    for j, lot in enumerate(data.lots):
        found[f"premium[{lot.name}]"] = float(x[columns.premium_slack[j]]) * lot_size(data, j)
    return found
