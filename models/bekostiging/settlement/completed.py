"""Units of a year from its months, for an estimate: what was claimed, completed for what is still to come, with its error.

As ``monitor`` completes a month: unreported = (1 - pi)(x + k mu) / (pi + k), pi the part reported after so many months
(``actuals.completeness``, by contract, weighted with those of others), mu what was claimed and what started and is not yet
claimed, k its usual weight where that was typed and zero where it was not. Credits are a part of gross by delay. A month
without figures counts as the mean of the months that have them. Before any month was followed over two months of receipt
nothing is completed: what started and is not yet claimed is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bekostiging.actuals.completeness import USUAL_WEIGHT, Completeness, completeness_of, unreported
from bekostiging.case.errors import Said, UserError
from bekostiging.case.year_tables import Actual
from bekostiging.settlement.ledger import percent
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import BoolArray, FloatArray

FEWEST = 3
"""Months of the contracts from which completeness is estimated."""
LEAST = 0.001
"""The smallest error that is said: months that were all alike say nothing of smaller ones."""


@dataclass
class Months:
    """The months of all contracts since they began; ``n``: months up to the last receipt."""

    first_year: int
    n: int
    claims: dict[tuple[int, int], FloatArray] = field(default_factory=dict)
    credits: dict[tuple[int, int], FloatArray] = field(default_factory=dict)
    unclaimed: dict[tuple[int, int], FloatArray] = field(default_factory=dict)
    known: dict[tuple[int, int], BoolArray] = field(default_factory=dict)
    """By contract and cell: units by month and delay (n, n), what is not yet claimed and whether there are figures (n,)."""

    def add(self, contract: int, cell: int, row: Actual, latest: dict[tuple[int, int, int], str]) -> None:
        """A row; of what is not yet claimed the last receipt counts."""
        month, received = (self._place(text) for text in (row.month, row.received))
        key = contract, cell
        for name, shape in (("claims", (self.n, self.n)), ("credits", (self.n, self.n)), ("unclaimed", (self.n,))):
            getattr(self, name).setdefault(key, np.zeros(shape))
        self.known.setdefault(key, np.zeros(self.n, dtype=bool))
        kind = self.claims if row.units >= 0 else self.credits
        kind[key][month, received - month] += row.units
        self.known[key][month] = True
        if row.received >= latest.get((*key, month), ""):
            latest[*key, month] = row.received
            self.unclaimed[key][month] = row.unclaimed

    def _place(self, month: str) -> int:
        """Months since the contracts began."""
        return (int(month[:4]) - self.first_year) * MONTHS + int(month[5:7]) - 1

    def triangle(self, contract: int, kind: str) -> FloatArray:
        """Units of a contract by month and delay; nan where the delay lies ahead."""
        own = [array for (c, _), array in getattr(self, kind).items() if c == contract]
        ahead = np.arange(self.n)[:, None] + np.arange(self.n)[None, :] >= self.n
        return np.where(ahead, np.nan, np.sum(own, axis=0))

    def completeness(self, contract: int) -> Completeness | None:
        """The part reported by delay; None before any month was followed."""
        if self.n < FEWEST:
            return None
        others = [self.triangle(c, "claims") for c in sorted({c for c, _ in self.claims})]
        try:
            return completeness_of(
                self.triangle(contract, "claims"), self.triangle(contract, "credits"), np.stack(others)
            )
        except UserError:
            return None


@dataclass(frozen=True)
class CompletedYear:
    """A contract in a year: ``units`` by cell; ``said``: how far it is estimated, and by how much it may be off."""

    units: dict[int, float]
    said: Said


def months_of(rows: Sequence[tuple[int, int, Actual]], first_year: int) -> Months:
    """The months of all contracts; ``rows``: contract, cell and row."""
    last = max((row.received for _, _, row in rows), default=f"{first_year}-01")
    found = Months(first_year, max((int(last[:4]) - first_year) * MONTHS + int(last[5:7]), 1))
    latest: dict[tuple[int, int, int], str] = {}
    for contract, cell, row in rows:
        found.add(contract, cell, row, latest)
    return found


def completed_year(months: Months, contract: int, year: int) -> CompletedYear | None:
    """Units of a contract in a year (from 0); None where it has no figures."""
    span = range(MONTHS * year, min(MONTHS * (year + 1), months.n))
    cells = [cell for c, cell in months.known if c == contract and months.known[c, cell][list(span)].any()]
    if not cells:
        return None
    found = months.completeness(contract)
    total: dict[int, float] = {}
    whole, missing, to_come = np.zeros(len(span)), set[int](), 0.0
    for cell in cells:
        key = contract, cell
        gross, unclaimed = months.claims[key].sum(axis=1), months.unclaimed[key]
        more, back = np.array(unclaimed), np.zeros(months.n)
        if found is not None:
            part = np.array([found.part(months.n - 1 - month) for month in range(months.n)])
            weighed = [
                unreported(gross[None, m], part[None, m], (gross + unclaimed)[None, m], USUAL_WEIGHT * (unclaimed[m] > 0))
                if part[m] > 0 or unclaimed[m] > 0
                else np.zeros(1)
                for m in range(months.n)
            ]  # fmt: skip
            more = np.concatenate(weighed)
            back = np.array([found.credit_to_come(months.n - 1 - month) for month in range(months.n)]) * (
                gross + more
            )
        units = gross + more + months.credits[key].sum(axis=1) + back
        known = [month for month in span if months.known[key][month]]
        mean = float(np.mean([units[month] for month in known]))
        absent = MONTHS - len(known)
        missing |= {
            month % MONTHS + 1 for month in range(MONTHS * year, MONTHS * (year + 1)) if month not in known
        }
        total[cell] = max(float(sum(units[month] for month in known)) + absent * mean, 0.0)
        to_come += float(sum(more[month] for month in known))
        for place, month in enumerate(span):
            whole[place] += units[month] if month in known else 0.0
    return CompletedYear(total, _said(months, found, (whole, sum(total.values()), to_come), span, missing))


def _said(
    months: Months,
    found: Completeness | None,
    amounts: tuple[FloatArray, float, float],
    span: range,
    missing: set[int],
) -> Said:
    """What is estimated, how much of the whole, and how far off it may be."""
    whole, units, to_come = amounts
    nl, en = "eenheden uit maandcijfers, geen verantwoording", "units of the months, no statement"
    share = to_come / units if units > 0 else 0.0
    if found is None:
        nl += "; erbij wat begonnen en nog niet gedeclareerd is, verder niet compleet gemaakt"
        en += "; with what started and is not yet claimed, not completed otherwise"
    else:
        nl += f"; compleet gemaakt voor wat nog wordt gedeclareerd ({percent(share, 'nl')} van het jaar)"
        en += f"; completed for what is still to be claimed ({percent(share, 'en')} of the year)"
    variance = 0.0
    for place, month in enumerate(span):
        if found is not None and whole[place] > 0:
            variance += whole[place] ** 2 * sum(found.relative_variance(months.n - 1 - month, float(whole[place])))
    seen = whole[whole > 0]
    if missing and len(seen) > 1:
        # each is one month; their common mean is uncertain too
        variance += float(seen.var(ddof=1)) * len(missing) * (1 + len(missing) / len(seen))
    if missing:
        listed = ", ".join(map(str, sorted(missing)))
        nl += f"; maand {listed} zonder cijfers, gerekend met het gemiddelde van de andere"
        en += f"; without figures of month {listed}, taken as the mean of the others"
    off = np.sqrt(variance) / units if units > 0 else 0.0
    if found is not None or (missing and len(seen) > 1):
        off = max(float(off), LEAST)
        nl += f"; in twee van de drie gevallen hoogstens {percent(off, 'nl', 1)} ernaast"
        en += f"; in two of three cases at most {percent(off, 'en', 1)} off"
    return nl, en
