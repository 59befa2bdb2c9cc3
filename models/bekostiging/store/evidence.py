"""Where every figure of a case from the store comes from: what it is of, how sure it is, and which query gave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bekostiging.case.errors import Note
from bekostiging.case.model import Case

if TYPE_CHECKING:
    from bekostiging.store.comparisons import Comparison

FEWEST = 10
"""Persons of the smallest cell that is shown."""


@dataclass(frozen=True)
class Evidence:
    """One figure of a case.

    Parameters
    ----------
    table, key, column : str
        Where it stands.
    value : float
    error : float or None
        Standard error; None where it is a sum of what was paid.
    count : int
        Trajectories, months or lines it is of.
    query : str
        Name of the rule that gave it; docs/import.md explains each.

    Examples
    --------
    >>> from bekostiging.store import Evidence
    >>> Evidence("demand", "9991 / verblijf", "starts_per_year", 36.0, 7.0, 36, "starts").shown_count
    '36'
    """

    table: str
    key: str
    column: str
    value: float
    error: float | None
    count: int
    query: str

    @property
    def shown_count(self) -> str:
        """The count as a page may show it."""
        return str(self.count) if self.count >= FEWEST or self.count == 0 else f"< {FEWEST}"


@dataclass(frozen=True)
class StoreCase:
    """A case that was made from a store, and where its figures come from.

    Parameters
    ----------
    case : Case
    evidence : tuple of Evidence
        Of every figure that the store gave.
    rules : tuple of dict
        What was done with messages that were not complete, with counts; in both languages.
    dropped : tuple of dict
        What was left out, and its euros.
    given : tuple of str
        Tables of the case that the store filled.
    unmapped_share : float
        Part of the euros without care form.
    comparisons : tuple of Comparison
        Own counts and euros beside those of CBS and Iv3.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.store import StoreCase
    >>> StoreCase(synthetic_region(2, 6), (), (), (), ("demand",), 0.0).given
    ('demand',)
    """

    case: Case
    evidence: tuple[Evidence, ...]
    rules: tuple[Note, ...]
    dropped: tuple[Note, ...]
    given: tuple[str, ...]
    unmapped_share: float
    comparisons: tuple[Comparison, ...] = ()


def spread_small(counts: dict[str, float], weights: dict[str, float]) -> tuple[dict[str, float], set[str]]:
    """Counts with every cell under ten replaced by its part, by weight, of all small cells together.

    Where the small cells together are under ten, the smallest of the others joins them: so no count under ten is shown, and
    none can be found by subtraction. The sum stays. Without enough in all, every cell is replaced.

    >>> spread_small({"a": 30.0, "b": 12.0, "c": 4.0}, {"a": 2.0, "b": 1.0, "c": 1.0})
    ({'a': 30.0, 'b': 8.0, 'c': 8.0}, {...})
    """
    small = {place for place, count in counts.items() if 0 < count < FEWEST}
    if not small:
        return dict(counts), set()
    others = sorted(
        (place for place in counts if counts[place] >= FEWEST), key=lambda place: (counts[place], place)
    )
    while others and (sum(counts[place] for place in small) < FEWEST or len(small) == 1):
        small.add(others.pop(0))
    total, weight = sum(counts[place] for place in small), sum(weights[place] for place in small)
    shared = {place: total * weights[place] / weight if weight > 0 else total / len(small) for place in small}
    return {place: shared.get(place, count) for place, count in counts.items()}, small
