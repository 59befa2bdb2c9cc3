"""Simple contracts: few changes of share, shares from a list, edges from a menu; refused where they contradict the terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import ArgumentError
from bekostiging.case.kinds import Index
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.lumpsum.data import LotTerms, LumpSumData, SimpleTerms
from bekostiging.lumpsum.layers import outermost_deficit, sides
from bekostiging.lumpsum.recut import menu_corridor, with_corridor

SIGNABLE_STEP = 0.05
"""Shares of a signable agreement are multiples of five percentage points."""


@kinds_checked
def with_simple_terms(data: LumpSumData, simple: SimpleTerms, edges: Sequence[float] = ()) -> LumpSumData:
    """The decision limited to agreements that people can read.

    Parameters
    ----------
    data : LumpSumData
        The decision as it is.
    simple : SimpleTerms
        How often a share may change, and which shares there are.
    edges : sequence of float
        Distances from the reference amount at which a share may change, rising fractions between 0 and 1; the layers of the
        case where left out.

    Returns
    -------
    LumpSumData

    Raises
    ------
    UserError
        Edges that do not rise between 0 and 1; fewer than no changes; shares outside 0 to 1, above ``share_max`` or below a
        legal least share; given shares that change more often.

    Examples
    --------
    >>> from bekostiging.lumpsum import design_lumpsum, example_data, SimpleTerms, with_simple_terms
    >>> data = with_simple_terms(example_data(), SimpleTerms(changes=1, shares=(0.0, 0.5)), edges=(0.05,))
    >>> design_lumpsum(data).share[0]
    array([0. , 0.5, 0. , 0.5])
    """
    if list(edges) != sorted(set(edges)) or not all(0 < edge < 1 for edge in edges):
        raise _refused("edges", edges, "moeten oplopen tussen 0 en 1", "must rise between 0 and 1")
    if simple.changes is not None and simple.changes < 0:
        raise _refused("changes", (simple.changes,), "mag niet negatief zijn", "may not be negative")
    if not all(0 <= share <= 1 for share in simple.shares):
        raise _refused("shares", simple.shares, "moeten tussen 0 en 1 liggen", "must be between 0 and 1")
    cut = with_corridor(data, menu_corridor(edges)) if edges else data
    for lot in cut.lots:
        _check_lot(lot, simple)
    return replace(cut, simple=simple)


def _check_lot(lot: LotTerms, simple: SimpleTerms) -> None:
    """The list and the number of changes leave something to choose."""
    usable = [share for share in simple.shares if share <= lot.share_max]
    if simple.shares and not usable:
        raise _refused(
            "shares", simple.shares, f"liggen alle boven share_max ({in_nl(lot.share_max)}) van {lot.name}",
            f"are all above share_max ({in_en(lot.share_max)}) of {lot.name}",
        )  # fmt: skip
    given = lot.corridor.share
    decided = bool(np.isnan(given[outermost_deficit(lot)]))
    if usable and lot.waiting_list_forbidden and decided and max(usable) < lot.share_min:
        raise _refused(
            "shares", simple.shares,
            f"halen share_min ({in_nl(lot.share_min)}) van {lot.name} niet, die bij acceptatieplicht zonder "
            "wachtlijst geldt",
            f"do not reach share_min ({in_en(lot.share_min)}) of {lot.name}, asked under acceptance duty without "
            "waiting list",
        )  # fmt: skip
    for side, pairs in sides(lot).items():
        fixed = sum(bool(given[outer] > given[inner]) for inner, outer in pairs)
        if simple.changes is not None and fixed > simple.changes:
            raise _refused(
                "changes", (simple.changes,),
                f"de gegeven aandelen van {lot.name} ({side}) wisselen {fixed} keer; laat layers.share leeg",
                f"the given shares of {lot.name} ({side}) change {fixed} times; leave layers.share empty",
            )  # fmt: skip


def _refused(argument: str, values: Sequence[float], dutch: str, english: str) -> ArgumentError:
    """An argument that cannot be."""
    nl, en = ("; ".join(map(in_nl, values)), ",".join(map(in_en, values)))
    return ArgumentError(argument, f"{argument} {nl}: {dutch}", f"{argument} {en}: {english}")


@kinds_checked
def signable_terms(data: LumpSumData) -> SimpleTerms:
    """Terms of a signable agreement: one free zone and one share per side, in multiples of five percentage points.

    A lot whose limits leave no multiple has its largest share in the list too.

    Examples
    --------
    >>> from bekostiging.lumpsum import example_data, signable_terms
    >>> terms = signable_terms(example_data())
    >>> terms.changes, len(terms.shares), terms.free_zone
    (1, 21, True)
    """
    steps = tuple(round(k * SIGNABLE_STEP, 2) for k in range(round(1 / SIGNABLE_STEP) + 1))
    extra = {
        lot.share_max
        for lot in data.lots
        if lot.waiting_list_forbidden and not any(lot.share_min <= step <= lot.share_max for step in steps)
    }
    return SimpleTerms(1, tuple(sorted({*steps, *extra})), free_zone=True)


@kinds_checked
def asked_terms(changes: Index | None, shares: tuple[float, ...]) -> SimpleTerms | None:
    """Terms that were asked for; None where nothing was.

    Parameters
    ----------
    changes : int or None
        Changes of share on a side at most; one change is a free zone and one share, None any number.
    shares : tuple of float
        Shares to choose from; empty: any.

    Examples
    --------
    >>> from bekostiging.lumpsum import asked_terms
    >>> asked_terms(1, (0.0, 0.5))
    SimpleTerms(changes=1, shares=(0.0, 0.5), free_zone=True)
    """
    if changes is None and not shares:
        return None
    return SimpleTerms(changes, shares, free_zone=changes == 1)
