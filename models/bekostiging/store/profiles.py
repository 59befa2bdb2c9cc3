"""Profiles of a care form by what its trajectories cost a week: light, middle and heavy, each with its duration and price.

The classes are those of the agreed units a week of who began in the years of the messages: the lower half, the next three
tenths, the upper fifth (a choice). What cannot fill three classes has one. The duration of a class is by Kaplan and Meier;
the price of a trajectory is its weeks times its delivered units a week times the price of a unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bekostiging.case.tables import Profile
from bekostiging.store.estimates import FEWEST, LEAST_STOPS, FormEstimates, ages_of
from bekostiging.store.evidence import Evidence
from bekostiging.store.survival import kaplan_meier
from bekostiging.store.trajectories import Rebuilt
from bekostiging.units import DAYS_PER_WEEK
from bekostiging_solvers.typing import BoolArray, FloatArray

CLASSES = (("licht", 0.5), ("midden", 0.8), ("zwaar", 1.0))
"""Profiles with the part of the starts up to which each reaches."""
PLANNED = ("19", "31")
"""Reasons of a stop as planned."""
BACK_WITHIN = 5 * 365
"""Days after an earlier trajectory of the law in which a start is a repeat."""


@dataclass(frozen=True)
class Profiles:
    """Profiles of every care form, and by care form the spread of the agreed units inside a profile."""

    rows: tuple[Profile, ...]
    evidence: tuple[Evidence, ...]
    inside: dict[str, float]


def profiles(rebuilt: Rebuilt, forms: list[FormEstimates], base_year: int, prices: dict[str, float]) -> Profiles:
    """Profiles of every care form with enough stops and starts; another has none.

    ``prices``: euro per unit in the first contract year, by care form.
    """
    found = rebuilt.arrays()
    again = _repeated(found)
    rows: list[Profile] = []
    evidence: list[Evidence] = []
    inside: dict[str, float] = {}
    for one in forms:
        own = np.asarray(found["care_form"] == one.care_form)
        table = {name: np.asarray(values)[own] for name, values in found.items()}
        made = _OfForm(rebuilt, one, table, again[own], base_year)
        if not made.enough(np.ones(own.sum(), dtype=bool)):
            continue
        rows += made.rows(prices.get(one.care_form))
        evidence += made.evidence
        if made.within is not None:
            inside[one.care_form] = made.within
    return Profiles(tuple(rows), tuple(evidence), inside)


def _repeated(found: dict[str, Any]) -> BoolArray:
    """Whether a person had an earlier trajectory of the law that ended within five years before this one began."""
    law, person = np.asarray(found["law"]), np.asarray(found["person"])
    begins, ends = np.asarray(found["begins"]).astype(np.int64), np.asarray(found["ends"]).astype(np.int64)
    order = np.lexsort((begins, person, law))
    same = (law[order][1:] == law[order][:-1]) & (person[order][1:] == person[order][:-1])
    gap = begins[order][1:] - ends[order][:-1]
    known = ends[order][:-1] >= 0
    back = np.zeros(len(order), dtype=bool)
    back[order[1:]] = same & known & (gap > 0) & (gap < BACK_WITHIN)
    return back


class _OfForm:
    """Profiles of one care form."""

    def __init__(
        self, rebuilt: Rebuilt, one: FormEstimates, table: dict[str, Any], again: BoolArray, base_year: int
    ) -> None:
        self.one, self.table, self.again = one, table, again
        self.evidence: list[Evidence] = []
        self.within: float | None = None
        self.ages = ages_of(rebuilt, table)
        self.weekly = table["weekly"].astype(np.float64)
        begins = table["begins"].astype(np.int64)
        year = begins.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
        self.began = year == base_year
        self.ended = table["reason"] != ""
        self.planned = np.isin(table["reason"], PLANNED)
        # who began before the messages is there because care was long
        self.starts = self.ages.followed & (begins >= self.ages.first)

    def enough(self, chosen: BoolArray) -> bool:
        """Whether ten stops with a reason and ten starts of the base year are in it."""
        return bool(min((self.ended & chosen).sum(), (self.began & chosen).sum()) >= FEWEST)

    def rows(self, price: float | None) -> list[Profile]:
        """Three profiles, or one."""
        known = self.starts & (self.weekly > 0)
        classes = self._classes(known)
        if classes is None:
            return [self._row("alle", np.ones(len(self.weekly), dtype=bool), 1.0, 1.0, None)]
        part = np.array([(known & own).sum() for own in classes]) / known.sum()
        means = np.array([self.weekly[known & own].mean() for own in classes])
        share = np.append(np.round(part[:-1], 4), 0.0)
        share[-1] = 1 - share[:-1].sum()
        factor = means / float(share @ means)
        total = self.one.weekly_cv.value if self.one.weekly_cv else 0.0
        self.within = max((1 + total**2) / float(share @ factor**2) - 1, 0.0) ** 0.5
        worth = [None if price is None else self._price(own, price) for own in classes]
        if None in worth:
            worth = [None] * len(classes)
        found = []
        for (name, _), own, mine, times, value in zip(CLASSES, classes, share, factor, worth, strict=True):
            key, count = f"{self.one.care_form} / {name}", int((known & own).sum())
            spread = self.weekly[known & own].std(ddof=1) / count**0.5 / float(share @ means)
            self._told(key, "intensity_factor", float(times), float(spread), count, "profile_by_cost")
            if value is not None:
                self._told(key, "price", value[0], value[1], value[2], "profile_price")
            found.append(self._row(name, own, float(mine), float(times), value))
        return found

    def _classes(self, known: BoolArray) -> list[BoolArray] | None:
        """Which trajectories are in which profile; None where one of them would hold too few."""
        if known.sum() < FEWEST * len(CLASSES) or self.one.weekly is None:
            return None
        edges = np.quantile(self.weekly[known], [reach for _, reach in CLASSES[:-1]])
        place = np.searchsorted(edges, self.weekly, side="left")
        classes = [(self.weekly > 0) & (place == number) for number in range(len(CLASSES))]
        enough = all(self.enough(own) and (known & own).sum() >= FEWEST for own in classes)
        return classes if enough else None

    def _price(self, own: BoolArray, price: float) -> tuple[float, float, int] | None:
        """Euro of a trajectory of a profile, its error and the stops it is of."""
        ages = self.ages
        mine = own[ages.followed]
        if (ages.stopped & mine).sum() < LEAST_STOPS:
            return None
        curve = kaplan_meier(ages.entry[mine], ages.leave[mine], ages.stopped[mine])
        if curve is None:
            return None
        units: FloatArray = self.weekly[own & ages.followed]
        realised = self.one.realised.value if self.one.realised else 1.0
        weekly, weeks = float(units.mean()) * realised, curve.mean / DAYS_PER_WEEK
        value = weeks * weekly * price
        relative = (curve.mean_error / curve.mean) ** 2 + float(units.var(ddof=1)) / len(units) / float(
            units.mean()
        ) ** 2
        return value, value * relative**0.5, curve.stops

    def _told(self, key: str, column: str, value: float, error: float, count: int, query: str) -> None:
        self.evidence.append(Evidence("profiles", key, column, value, error, count, query))

    def _row(
        self, name: str, own: BoolArray, share: float, factor: float, worth: tuple[float, float, int] | None
    ) -> Profile:
        """A profile, with the part that ended as planned and the part that came back."""
        parts = {
            "success_share": (self.planned & own, self.ended & own),
            "repeat_share": (self.again & self.began & own, self.began & own),
        }
        key = self.one.care_form if name == "alle" else f"{self.one.care_form} / {name}"
        shares = {}
        for column, (chosen, whole) in parts.items():
            count = int(whole.sum())
            shares[column] = float(chosen.sum()) / count
            leaning = (chosen.sum() + 2) / (count + 4)
            self._told(
                key, column, shares[column], float((leaning * (1 - leaning) / (count + 4)) ** 0.5), count, column
            )
        source = "307: volgens plan beëindigd; 305: eerder traject binnen vijf jaar, zover de berichten reiken"
        if name != "alle":
            source = f"naar toegewezen omvang per week: {name}; {source}"
        return Profile(
            care_form=self.one.care_form, profile=name, share=share, intensity_factor=factor,
            success_share=round(shares["success_share"], 4), repeat_share=round(shares["repeat_share"], 4),
            price=None if worth is None else round(worth[0], 2), source=source, status="estimated",
        )  # fmt: skip
