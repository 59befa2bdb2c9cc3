"""What a measure from the next month on does to what a contract year costs: the contracts settle the year with it.

Volume: of who starts later a part stays away. Duration: everybody's remaining time in care becomes shorter by a part; on the
mean course of a cell, c(t) of who is in care becomes c(t / (1 - x)) and F(t) of who starts later (1 - x) F(t / (1 - x)),
exact for a steady inflow. Intensity: a part of all units still to come. Tariff: the same, of contracts that are paid by
tariff. Intake stop: nobody but crisis starts from a month on; F(t) becomes F(t) - F(t - j), j months after the last that was
seen. Beyond the year a course goes on with its last ratio.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bekostiging.evaluation.settlement import levels_by_lot, settle_all
from bekostiging.monitoring.completion import YearWork, with_units
from bekostiging.scenarios import Block
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray

LeverName = Literal["volume", "duration", "intensity", "tariff", "stop"]
SIZES: dict[LeverName, tuple[float, ...]] = {
    "volume": (0.1, 0.25, 0.5, 0.75, 1.0),
    "duration": (0.1, 0.25, 0.5),
    "intensity": (0.05, 0.1, 0.25, 0.5),
    "tariff": (0.05, 0.1, 0.25, 0.5),
}
"""Parts that are settled; between them payment is interpolated in every scenario."""
SMALL = 1e-9


@dataclass(frozen=True)
class LeverWork:
    """Settles the year of a block with every measure; picklable. ``settings``: the measure and its size, or the months after
    the last that was seen."""

    work: YearWork
    settings: tuple[tuple[LeverName, float], ...]

    def __call__(self, block: Block) -> FloatArray:
        """What the reported municipalities pay, (n_scenarios, 1 + n_settings); the first is without any measure."""
        work, case = self.work, self.work.case
        assert work.known is not None
        care_use, months, fresh = work.drawn(block)
        levels = levels_by_lot(case, care_use)
        m = work.known.seen.months
        urgent = care_use.crisis_units.sum(axis=(0, 1)) / np.maximum(care_use.units.sum(axis=(0, 1)), SMALL)
        by_tariff = np.array([not one.lump_sum for one in work.contracts] + [False])[work.cells.contract]
        paid = []
        for setting in (None, *self.settings):
            units, starts = months.units, months.starts
            if setting is not None:
                part, of_starts = reductions(setting, units, fresh, m, urgent, by_tariff)
                units, starts = units.copy(), starts.copy()
                units[:, m:] *= 1 - part
                starts[:, m:] *= 1 - of_starts
            own = care_use if setting is None else with_units(care_use, replace(months, starts=starts), units)
            samples = settle_all(case, work.cells, work.contracts, own, levels)
            paid.append(samples.municipal[:, work.year][:, case.reported].sum(axis=1))
        return np.stack(paid, axis=1)


def reductions(
    setting: tuple[LeverName, float],
    units: FloatArray,
    fresh: FloatArray,
    m: int,
    urgent: FloatArray,
    by_tariff: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Which part of units by month, scenario and cell a measure takes from month ``m`` on, and which part of starts."""
    name, size = setting
    later, new = units[:, m:], fresh[:, m:]
    n_later = later.shape[1]
    none = np.zeros((1, n_later, later.shape[2]))
    part_new = np.divide(new, later, out=np.zeros_like(later), where=later > SMALL).clip(0, 1)
    if name == "volume":
        return size * part_new, none + size
    if name == "stop":
        ahead = int(size)
        course = new.mean(axis=0)
        kept = course - np.concatenate([np.zeros((ahead, course.shape[1])), course])[:n_later]
        gone = 1 - np.divide(kept, course, out=np.ones_like(course), where=course > SMALL).clip(0, 1)
        stopped = none.copy()
        stopped[:, ahead:] = 1 - urgent
        return part_new * gone[None] * (1 - urgent), stopped
    if name == "duration":
        whole, begun = later.mean(axis=0), new.mean(axis=0)
        going = np.vstack([units[:, m - 1].mean(axis=0)[None], np.maximum(whole - begun, 0.0)])
        becomes = _at(going, size)[1:]
        starting = np.vstack([np.zeros((1, begun.shape[1])), begun])
        becomes += (1 - size) * _grown(starting, size)[1:]
        left = np.divide(becomes, whole, out=np.ones_like(whole), where=whole > SMALL).clip(0, 1)
        return none + (1 - left)[None], none
    if name == "tariff":
        return none + size * by_tariff, none
    return none + size, none


def _at(course: FloatArray, size: float) -> FloatArray:
    """A falling course (n, n_cells) from time 0 on at t / (1 - size)."""
    n = len(course)
    ratio = np.divide(course[-1], course[-2], out=np.zeros(course.shape[1]), where=course[-2] > SMALL).clip(0, 1)
    ahead = ratio[None] ** np.arange(1, int(np.ceil(n / (1 - size))) - n + 2)[:, None]
    longer = np.vstack([course, course[-1] * ahead])
    at = np.arange(n) / (1 - size)
    low = np.floor(at).astype(np.int64)
    weight = (at - low)[:, None]
    return np.asarray((1 - weight) * longer[low] + weight * longer[np.minimum(low + 1, len(longer) - 1)])


def _grown(course: FloatArray, size: float) -> FloatArray:
    """A growing course (n, n_cells) from time 0 on at t / (1 - size); each month adds less, by the last ratio."""
    steps = np.maximum(np.diff(course, axis=0), 0.0)
    if len(steps) < 2:
        return course / (1 - size)
    n = len(course)
    ratio = np.divide(steps[-1], steps[-2], out=np.ones(course.shape[1]), where=steps[-2] > SMALL).clip(0, 1)
    ahead = steps[-1] * ratio[None] ** np.arange(1, int(np.ceil(n / (1 - size))) - n + 2)[:, None]
    longer = np.vstack([course, course[-1] + np.cumsum(ahead, axis=0)])
    at = np.arange(n) / (1 - size)
    low = np.floor(at).astype(np.int64)
    weight = (at - low)[:, None]
    return np.asarray((1 - weight) * longer[low] + weight * longer[np.minimum(low + 1, len(longer) - 1)])


def settings_of(months_seen: int) -> tuple[tuple[LeverName, float], ...]:
    """Every measure with its sizes after this many months of the year; an intake stop from every month that is left."""
    stops: list[tuple[LeverName, float]] = [("stop", float(ahead)) for ahead in range(MONTHS - months_seen)]
    parts: list[tuple[LeverName, float]] = [(name, size) for name, own in SIZES.items() for size in own]
    return (*parts, *stops)
