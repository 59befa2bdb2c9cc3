"""The terms of a lump sum in words: every share and free zone that is in the table is in the sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from instances import corridor, data, terms

from bekostiging.lumpsum import Decider, LumpSumData, LumpSumDesign, design_lumpsum
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.terms import allowed, loading_text, percent_range, terms_sentence
from bekostiging.units import MILLION

NL, EN = Texts("nl"), Texts("en")
LAYERS = (1.0, 1.03, 1.08)
"""Edges of the layers on either side, mirrored: from 0, 3 and 8 % outward."""


@pytest.fixture(scope="module")
def case() -> tuple[LumpSumData, LumpSumDesign]:
    """Two lots of one contract each, three layers a side."""
    own = corridor(list(LAYERS), [*LAYERS[1:], np.inf])
    lots = (terms("a", own), terms("b", own))
    cost = np.full((20, 2, 1), 100.0) * MILLION
    decided = data(cost, lots, [0, 1], [0, 1])
    return decided, design_lumpsum(decided)


def _sentence(case: tuple[LumpSumData, LumpSumDesign], *lots: tuple[list[float], list[float]]) -> str:
    """The sentence when every lot shares deficits and surpluses like this, from the reference outward."""
    decided, design = case
    shares = []
    for lot, (deficits, surpluses) in zip(decided.lots, lots, strict=True):
        own = np.zeros(lot.corridor.n_layers)
        own[lot.corridor.sign > 0], own[lot.corridor.sign < 0] = deficits, surpluses
        shares.append(own)
    return terms_sentence(decided, replace(design, share=tuple(shares)), EN)


def _alike(*deficits: float) -> tuple[list[float], list[float]]:
    return list(deficits), list(deficits)


def test_nothing_all_and_beyond_a_free_zone(case: tuple[LumpSumData, LumpSumDesign]) -> None:
    """0, 50 % of everything, 40 % beyond 3 %."""
    assert _sentence(case, _alike(0, 0, 0), _alike(0, 0, 0)) == "The provider carries every deviation itself."
    assert _sentence(case, *[_alike(0.5, 0.5, 0.5)] * 2) == (
        "Of every deviation the municipality pays or receives 50\u00a0%."
    )
    assert _sentence(case, *[_alike(0, 0.4, 0.4)] * 2) == (
        "The first 3\u00a0% of a deviation is the provider's; "
        "of what lies beyond the municipality pays or receives 40\u00a0%."
    )


def test_a_share_that_rises_is_told_from_its_least_to_its_most(case: tuple[LumpSumData, LumpSumDesign]) -> None:
    """10, 40 and 70 % from the reference outward: not 70 % of every deviation."""
    assert "between 10 and 70\u00a0%" in _sentence(case, *[_alike(0.1, 0.4, 0.7)] * 2)


def test_a_lot_in_which_nothing_is_shared_is_told(case: tuple[LumpSumData, LumpSumDesign]) -> None:
    told = _sentence(case, _alike(0.5, 0.5, 0.5), _alike(0, 0, 0))
    assert told.endswith("In 1 of the 2 lots the provider carries every deviation itself.")


def test_deficits_and_surpluses_that_differ_are_told_apart(case: tuple[LumpSumData, LumpSumDesign]) -> None:
    """Surpluses alone; and deficits beyond 8 %, surpluses beyond 3 %."""
    only = _sentence(case, *[([0.0, 0, 0], [0.0, 0.5, 0.5])] * 2)
    assert only == (
        "A deficit is the provider's own. "
        "The first 3\u00a0% of a surplus is the provider's; of what lies beyond the municipality receives 50\u00a0%."
    )
    both = _sentence(case, *[([0.0, 0, 0.6], [0.0, 0.5, 0.5])] * 2)
    assert "first 8\u00a0% of a deficit" in both
    assert "pays 60\u00a0%" in both
    assert "first 3\u00a0% of a surplus" in both
    some = _sentence(case, ([0.2, 0.2, 0.2], [0.0, 0, 0]), ([0.0, 0.2, 0.2], [0.5, 0.5, 0.5]))
    assert (
        "Of a deficit the municipality pays 20\u00a0%, in some of the lots only beyond a free zone of 3\u00a0%."
        in some
    )
    assert some.endswith(
        "Of every surplus the municipality receives 50\u00a0%. In 1 of the 2 lots the provider keeps every surplus itself."
    )


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.03, 0.03, "3\u00a0%"),
        (0.025, 0.08, "tussen 2,5 en 8,0\u00a0%"),
        (0.025, 0.025, "2,5\u00a0%"),
        (0.5, 0.8, "tussen 50 en 80\u00a0%"),
    ],
)
def test_a_half_percent_is_not_rounded_away(low: float, high: float, told: str) -> None:
    assert percent_range(low, high, NL) == told


@pytest.mark.parametrize(
    ("loading", "told"),
    [
        ((0.0, 0.0), "dat is gelijk aan het referentiebedrag"),
        ((0.0004, -0.0004), "dat is gelijk aan het referentiebedrag"),
        ((0.01, 0.003), "dat is tussen 0,3 en 1,0\u00a0% boven het referentiebedrag"),
        ((0.0, 0.012), "dat is tussen 0,0 en 1,2\u00a0% boven het referentiebedrag"),
        ((-0.132, 0.009), "dat ligt tussen 13,2\u00a0% onder en 0,9\u00a0% boven het referentiebedrag"),
        ((-0.132, -0.01), "dat is tussen 1,0 en 13,2\u00a0% onder het referentiebedrag"),
        ((-0.132, 0.0), "dat is tussen 0,0 en 13,2\u00a0% onder het referentiebedrag"),
    ],
)
def test_above_and_below_the_reference_amount(
    case: tuple[LumpSumData, LumpSumDesign], loading: tuple[float, float], told: str
) -> None:
    _, design = case
    assert loading_text(replace(design, loading=np.array(loading)), NL) == told


def test_lots_of_which_the_same_is_said_are_named_together(case: tuple[LumpSumData, LumpSumDesign]) -> None:
    """A share of 0.8 could be 0.75 in both lots: one clause, not two that repeat each other."""
    decided, design = case
    now, then = (
        replace(design, share=tuple(np.full(lot.corridor.n_layers, share) for lot in decided.lots))
        for share in (0.8, 0.75)
    )
    told = allowed(decided, now, Decider("x", 1.0, then), NL, {lot.name: lot.name for lot in decided.lots})
    assert told.replace("\u00a0", " ") == "de gemeente in a en b 75 % dragen in plaats van 80 %"
