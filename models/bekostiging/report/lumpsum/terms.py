"""The terms of a lump sum in words: its loading, its free zones, and which part of a deviation the municipality carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bekostiging.lumpsum import Decider, LumpSumData, LumpSumDesign, free_zone
from bekostiging.report.kit.numbers import SPACE
from bekostiging.report.kit.texts import Texts

Names = dict[str, str]
SHOWN = 0.0005
"""A loading below this rounds to nothing in a sentence."""
LOTS = "{lots}"
"""Place in a sentence for the lots of which it is said."""
MOST_NAMED = 3
"""Providers, lots or limits named in a sentence; of more the number is told."""


def joined(parts: Sequence[str], texts: Texts) -> str:
    """a, b en c."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + texts["cells", "and"] + parts[-1]


def percent_range(low: float, high: float, texts: Texts, decimals: int = 0, *, key: str = "within") -> str:
    """One percentage, or two when they differ; with a decimal where one would be rounded away.

    ``key``: how two are told, ``within`` (between 1 and 2) or ``range`` (the first 1 to 2).
    """
    whole = all(abs(100 * value - round(100 * value)) < 0.005 for value in (low, high))
    decimals = decimals if whole else max(1, decimals)
    first, last = texts.numbers.percent(low, decimals), texts.numbers.percent(high, decimals)
    if first == last:
        return first
    return texts["agreement", key].format(low=first.removesuffix(f"{SPACE}%"), high=last)


def loading_text(design: LumpSumDesign, texts: Texts) -> str:
    """How far the budgets lie above or below the reference amounts."""
    loading = [float(value) for value, form in zip(design.loading, design.form, strict=True) if form == 0]
    if not loading or max(abs(value) for value in loading) < SHOWN:
        return texts["agreement", "loading_none"]
    low, high = min(loading), max(loading)
    if low > -SHOWN:
        return texts["agreement", "loading_above"].format(range=percent_range(max(low, 0.0), high, texts, 1))
    if high < SHOWN:
        return texts["agreement", "loading_below"].format(range=percent_range(max(-high, 0.0), -low, texts, 1))
    below, above = texts.numbers.percent(-low, 1), texts.numbers.percent(high, 1)
    return texts["agreement", "loading_both"].format(below=below, above=above)


@dataclass(frozen=True)
class _Side:
    """Free zones (n_lots,) and the shares beyond them, of the deficits or the surpluses of some lots."""

    zones: tuple[float, ...]
    shares: tuple[float, ...]

    @property
    def shared(self) -> list[float]:
        """Free zones of the lots in which something is shared, each once, the narrowest first."""
        return sorted({zone for zone in self.zones if np.isfinite(zone)})

    def words(self, texts: Texts, kind: str) -> str:
        """The sentence of a ``kind``: of every deviation, of deficits, of surpluses."""
        zones = self.shared
        if not zones:
            return texts["agreement", f"{kind}_nothing"]
        cells = {"share": percent_range(min(self.shares), max(self.shares), texts)}
        if zones[-1] == 0:
            sentence = texts["agreement", f"{kind}_every"].format(**cells)
        elif zones[0] == 0:
            sentence = texts["agreement", f"{kind}_some"].format(
                zone=percent_range(zones[1], zones[-1], texts, key="range"), **cells
            )
        else:
            sentence = texts["agreement", f"{kind}_zone"].format(
                zone=percent_range(zones[0], zones[-1], texts, key="range"), **cells
            )
        alone = sum(not np.isfinite(zone) for zone in self.zones)
        if not alone:
            return sentence
        return f"{sentence} " + texts["agreement", f"{kind}_except"].format(n=alone, all=len(self.zones))


def terms_sentence(data: LumpSumData, design: LumpSumDesign, texts: Texts) -> str:
    """Which part of a deviation the municipality carries, beyond which free zone; deficits and surpluses apart where they
    differ."""
    lots = [j for j in range(len(data.lots)) if design.form[j] == 0]
    deficits, surpluses = (_side(data, design, lots, sign) for sign in (1.0, -1.0))
    if deficits == surpluses:
        return deficits.words(texts, "terms")
    return f"{deficits.words(texts, 'deficits')} {surpluses.words(texts, 'surpluses')}"


def _side(data: LumpSumData, design: LumpSumDesign, lots: Sequence[int], sign: float) -> _Side:
    """One side of the lots, as it is told."""
    zones = tuple(round(free_zone(data.lots[j], design.share[j], sign), 9) for j in lots)
    shares = [design.share[j][data.lots[j].corridor.sign == sign] for j in lots]
    every = {round(float(value), 9) for own in shares for value in own if value > 0}
    return _Side(zones, tuple(sorted(every)))


def allowed(data: LumpSumData, design: LumpSumDesign, one: Decider, texts: Texts, names: Names) -> str:
    """What the design without a provider's limit has better: wider free zones, else lower shares, else lower loadings."""
    other, numbers = one.design, texts.numbers
    better: dict[str, list[tuple[str, str]]] = {"zone": [], "share": [], "loading": []}
    for j, lot in enumerate(data.lots):
        now, then = (free_zone(lot, own.share[j]) for own in (design, other))
        share, lower = (float(own.share[j].max(initial=0.0)) for own in (design, other))
        here = names[lot.name]
        if then > now:
            key = "allowed_whole" if np.isinf(then) else "allowed_zone"
            zone = "" if np.isinf(then) else percent_range(then, then, texts)
            better["zone"].append((here, texts["agreement", key].format(lot=LOTS, zone=zone)))
        elif lower < share - 1e-9:
            cells = {name: percent_range(own, own, texts) for name, own in (("share", lower), ("now", share))}
            better["share"].append((here, texts["agreement", "allowed_share"].format(lot=LOTS, **cells)))
        elif other.loading[j] < design.loading[j] - SHOWN:
            cells = {
                name: numbers.percent(float(own.loading[j]), 1)
                for name, own in (("loading", other), ("now", design))
            }
            better["loading"].append((here, texts["agreement", "allowed_loading"].format(lot=LOTS, **cells)))
    parts = next((own for own in better.values() if own), [])
    if not parts:
        return texts["agreement", "allowed_little"]
    alike: dict[str, list[str]] = {}
    for here, told in parts[:MOST_NAMED]:
        alike.setdefault(told, []).append(here)
    return joined([told.replace(LOTS, joined(lots, texts)) for told, lots in alike.items()], texts)
