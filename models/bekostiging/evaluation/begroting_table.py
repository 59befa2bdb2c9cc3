"""The amount for the begroting: what is expected, what is enough with the council's certainty, what is begroot, and the gap.

Nominal euro of every contract year, under the contracts. Expected amounts, begroting and room add up over municipalities and
years. **A quantile never adds up**: the amount of a total is the quantile of the total, and its difference from the sum of
the parts is a line of its own, ``sharing`` (municipalities that seldom have a bad year together) or ``over_years``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.evaluation.results import TERM, TOTAL
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class BudgetLine:
    """A municipality, or all reported ones, in a year or over the term; nominal euro.

    Attributes
    ----------
    expected : Estimate
        Mean spending under the contracts (raming).
    certain : Estimate
        What spending does not exceed with the council's certainty.
    low : Estimate
        What it does not stay below with that certainty.
    headroom : float
        Begroot under the contracts.
    outside : float
        Begroot for what lies outside them.
    contributions : float or None
        Own contributions of clients that are expected; None where a municipality has not entered them.

    Examples
    --------
    >>> from bekostiging_solvers import Estimate
    >>> line = BudgetLine(*(Estimate(x, 5e4) for x in (19e6, 20e6, 18e6)), headroom=18.5e6, outside=4.0e6)
    >>> line.room
    -500000.0
    """

    expected: Estimate
    certain: Estimate
    low: Estimate
    headroom: float
    outside: float
    contributions: float | None = None

    @property
    def programme(self) -> float:
        """Everything that is begroot: under the contracts and outside them."""
        return self.headroom + self.outside

    @property
    def room(self) -> float:
        """Begroot less expected; negative is a gap."""
        return self.headroom - self.expected.value


@dataclass(frozen=True)
class BudgetTable:
    """Lines of every municipality and year, and of their totals.

    Attributes
    ----------
    certainty : float
        Of the council (policy ``certainty``), fraction.
    lines : dict of str to dict of str to BudgetLine
        [municipality code or TOTAL][year such as "2028" or TERM].
    sharing : dict of str to float
        [year or TERM]: the amount of all together less the sum of those of the municipalities, euro; zero for one.
    over_years : dict of str to float
        [municipality code or TOTAL]: the amount of the term less the sum of those of its years, euro.

    Examples
    --------
    Of ten scenarios in one year; two municipalities that always spend 9 together:

    >>> one = np.arange(10.0)
    >>> paid = Paid(np.stack([one, 9 - one], axis=1)[:, None], np.full((1, 2), 5.0), np.zeros((1, 2)))
    >>> table = tabulated(paid, Scramblings(2), 0.8, ("a", "b"), (2028,))
    >>> table.lines["total"]["2028"].certain.value, table.lines["total"]["2028"].room, table.sharing["2028"] < 0
    (9.0, 1.0, True)
    """

    certainty: float
    lines: dict[str, dict[str, BudgetLine]]
    sharing: dict[str, float]
    over_years: dict[str, float]


@dataclass(frozen=True)
class Paid:
    """What municipalities spend and have to spend, in euro.

    ``spending`` (n_scenarios, n_years, n_municipalities), ``headroom`` and ``outside`` (n_years, n_municipalities), and so
    ``contributions`` where any were entered, not a number where a municipality has not entered them.
    """

    spending: FloatArray
    headroom: FloatArray
    outside: FloatArray
    contributions: FloatArray | None = None

    def line(self, scramblings: Scramblings, certainty: float, years: list[int], members: list[int]) -> BudgetLine:
        """Some years of some municipalities together."""
        chosen = np.ix_(years, members)
        total = self.spending[:, years][:, :, members].sum(axis=(1, 2))
        entered = np.nan if self.contributions is None else float(self.contributions[chosen].sum())
        return BudgetLine(
            expected=scramblings.mean(total),
            certain=scramblings.quantile(total, certainty),
            low=scramblings.quantile(total, 1 - certainty),
            headroom=float(self.headroom[chosen].sum()),
            outside=float(self.outside[chosen].sum()),
            contributions=None if np.isnan(entered) else entered,
        )


def entered_contributions(case: Case, years: Sequence[int]) -> FloatArray:
    """Own contributions of the reported municipalities, (n_years, n_municipalities): of all laws with an amount, and not a
    number where no law has one."""
    found = np.full((len(years), len(case.reported_codes)), np.nan)
    for row in case.begroting:
        if row.own_contributions is not None and row.municipality in case.reported_codes and row.year in years:
            place = years.index(row.year), case.reported_codes.index(row.municipality)
            found[place] = row.own_contributions + (0.0 if np.isnan(found[place]) else found[place])
    return found


def tabulated(
    paid: Paid, scramblings: Scramblings, certainty: float, codes: Sequence[str], years: Sequence[int]
) -> BudgetTable:
    """Every municipality and year, and their totals, out of what was paid."""
    places = {code: [m] for m, code in enumerate(codes)} | {TOTAL: list(range(len(codes)))}
    periods = {str(year): [t] for t, year in enumerate(years)} | {TERM: list(range(len(years)))}
    lines = {
        place: {period: paid.line(scramblings, certainty, chosen, members) for period, chosen in periods.items()}
        for place, members in places.items()
    }
    amount = {place: {period: one.certain.value for period, one in own.items()} for place, own in lines.items()}
    return BudgetTable(
        certainty=certainty,
        lines=lines,
        sharing={
            period: amount[TOTAL][period] - sum(amount[code][period] for code in codes) for period in periods
        },
        over_years={place: own[TERM] - sum(own[str(year)] for year in years) for place, own in amount.items()},
    )
