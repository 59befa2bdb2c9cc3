"""Limits that would have to yield, as they are told: those on one begroting together, most first, and none of nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bekostiging.lumpsum import Conflict, Limit
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.terms import Names, joined

UNSEEN = 5e3
"""Euro over the term below which amounts are told as the same."""


@dataclass(frozen=True)
class Yield:
    """A limit, or those on the begroting of one municipality (and law) in some years, and by how much it yields, euro."""

    kind: str
    keys: tuple[str, ...]
    years: tuple[str, ...]
    """Of a begroting, rising; empty of another limit."""
    euro: float
    first: Limit
    """The limit itself, or the first of them."""

    def words(self, texts: Texts, names: Names) -> str:
        """As it is told, without the amount."""
        if not self.years:
            return texts.limit(self.first, names)
        law = f" {texts['laws', self.keys[1]]}" if len(self.keys) > 1 else ""
        called = {"law": law, "municipality": names.get(self.keys[0], self.keys[0])}
        return texts["agreement", "begroting_years"].format(years=_years(self.years, texts), **called)


def gathered(limits: Sequence[Conflict]) -> list[Yield]:
    """Every limit that yields something that is seen, most first; all of them where none does.

    >>> found = gathered([Conflict(Limit("begroting", ("0034", str(year))), 1e6) for year in (2028, 2029, 2030)])
    >>> [(one.keys, one.years, one.euro) for one in found]
    [(('0034',), ('2028', '2029', '2030'), 3000000.0)]
    """
    parts: dict[tuple[str, tuple[str, ...]], list[Conflict]] = {}
    for one in limits:
        keys = one.limit.keys[:-1] if one.limit.kind == "begroting" else one.limit.keys
        parts.setdefault((one.limit.kind, keys), []).append(one)
    found = []
    for (kind, keys), own in parts.items():
        seen = [one for one in own if one.euro >= UNSEEN] or own
        years = tuple(sorted(one.limit.keys[-1] for one in seen)) if kind == "begroting" else ()
        found.append(Yield(kind, keys, years, sum(one.euro for one in own), seen[0].limit))
    told = [one for one in found if one.euro >= UNSEEN] or found
    return sorted(told, key=lambda one: -one.euro)


def _years(years: Sequence[str], texts: Texts) -> str:
    """One, some, or all of a row of years."""
    first, last = int(years[0]), int(years[-1])
    return f"{first}\u2013{last}" if len(years) > 2 and last - first == len(years) - 1 else joined(years, texts)
