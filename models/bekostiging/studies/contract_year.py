"""The contract year while it runs: the tender's scenarios given what was seen, settled by the contracts of the case.

What was expected is the same case with nothing seen of it; what is expected now is drawn from the posterior of its risk
factors, joined to the months seen (``monitoring``). Both are settled by the same contract objects, every lot in the form it
has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import Note, UserError
from bekostiging.case.kinds import Count, Seed
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import Contract, Taakgericht, build_contracts, reference
from bekostiging.monitoring.alarm import AlarmRule
from bekostiging.monitoring.completion import Known, YearSamples, YearWork
from bekostiging.monitoring.effects import CAUSES, CareYear, causes_of
from bekostiging.monitoring.expected_months import observed_months, rate_of_cells, spread_of_cells
from bekostiging.monitoring.posterior import inner_model, posterior_of
from bekostiging.monitoring.prices import PricesSeen, prices_seen
from bekostiging.monitoring.seen import Completed, Seen, average_caseload, completed, seen_through
from bekostiging.scenarios import Cells, Plan, build_cells, each_block, plan, with_factor_distribution
from bekostiging.scenarios.cells import expected_shares
from bekostiging.scenarios.forecast import demand_forecast, demand_of_cells
from bekostiging.studies.contract_year_notes import check_plausible, what_is_assumed
from bekostiging.studies.inflow_alarm import LEVELS, inflow_alarm
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray

if TYPE_CHECKING:
    import pandas as pd

SIGNAL = 0.7
"""Part of a ceiling at which a provider must be warned (Contractstandaard Wmo v1.2 art. 1.5)."""
BANDS = (0.8, 0.95)
"""Parts of the scenarios that the intervals hold."""


@dataclass(frozen=True)
class Range:
    """What a figure is expected to be and the interval of 80 of 100 scenarios; euro.

    Parameters
    ----------
    expected, low, high : float

    Examples
    --------
    >>> Range.of(np.arange(5.0), part=0.5)
    Range(expected=2.0, low=1.0, high=3.0)
    """

    expected: float
    low: float
    high: float

    @classmethod
    def of(cls, values: FloatArray, part: float = BANDS[0]) -> Range:
        """Mean and interval of values of scenarios."""
        low, high = np.quantile(values, [(1 - part) / 2, (1 + part) / 2])
        return cls(float(values.mean()), float(low), float(high))


@dataclass(frozen=True)
class ContractYear:
    """A contract year as it is expected to end, given what was seen; ``monitor`` makes it.

    Parameters
    ----------
    case : Case
        As it was computed on.
    through : str
        The last month of receipt that counts, such as ``2028-05``.
    n_scenarios, seed : int
        Drawn, and from which seed.
    seen : Seen
        What was received up to then, as arrays.
    completed : Completed
        The claims of the months seen, completed.
    expected : YearSamples
        The year with nothing seen: what the tender expected.
    forecast : YearSamples
        The year given what was seen.
    contracts : tuple of Contract
        The objects that settled it.
    paid : array (n_contracts,)
        Euro claimed so far, or paid in advance under a lump sum.
    rule : AlarmRule
        When the inflow gives an alarm.
    counts : array (n_series, n_months)
        The starts of the months of this year, as the rule looks at them.
    notes : tuple of dict
        What must be said, in both languages.
    figures : YearFigures
        As they were brought.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> from bekostiging.monitoring import drawn_months
    >>> case = read_case("veenrand")
    >>> figures = drawn_months(case, seed=1, months=3).figures
    >>> year = monitor(case, figures, "2028-03", n_scenarios=32)
    >>> year.year, len(year.to_frame())
    (2028, 10)
    """

    case: Case
    through: str
    n_scenarios: int
    seed: int
    seen: Seen
    completed: Completed
    expected: YearSamples
    forecast: YearSamples
    contracts: tuple[Contract, ...]
    paid: FloatArray
    rule: AlarmRule
    counts: FloatArray
    notes: tuple[Note, ...]
    figures: YearFigures

    @cached_property
    def cells(self) -> Cells:
        """The cells of the case."""
        return build_cells(self.case)

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.case.first_year + self.seen.year

    @property
    def months_seen(self) -> int:
        """Months of this year that were seen, 1 to 12."""
        return self.seen.months - MONTHS * self.seen.year

    @cached_property
    def begroting(self) -> dict[str, float]:
        """Begroot under the contracts this year by municipality that is reported; what lies outside them is taken off."""
        found = dict.fromkeys(self.case.reported_codes, 0.0)
        for row in self.case.begroting:
            if row.year == self.year and row.municipality in found:
                found[row.municipality] += row.amount - row.outside_contracts
        return found

    def municipal(self, samples: YearSamples) -> FloatArray:
        """What the reported municipalities pay, each (n_scenarios, n_reported)."""
        return np.asarray(samples.municipal[:, self.case.reported])

    @cached_property
    def total(self) -> FloatArray:
        """What the reported municipalities pay this year together, by scenario."""
        return np.asarray(self.municipal(self.forecast).sum(axis=1))

    def to_pay(self, contract: int) -> FloatArray:
        """Nog te betalen over the months seen, by scenario: entitlement so far less what was claimed or paid.

        Under a lump sum the entitlement is the budget by twelfths, and what it settles for is not yet in it. Under a
        spending ceiling claims beyond what the year pays are neither owed nor paid.
        """
        one = self.contracts[contract]
        if one.lump_sum:
            part = self.forecast.payment[:, contract] * self.months_seen / MONTHS
            return np.asarray(part - self.paid[contract])
        due, paid = self.forecast.to_date[:, contract], self.paid[contract]
        if getattr(one, "ceiling", None) is None and getattr(one, "part_of_ceiling", None) is None:
            return np.asarray(due - paid)
        most = self.forecast.payment[:, contract]
        return np.asarray(np.minimum(due, most) - np.minimum(paid, most))

    def ceiling(self, contract: int) -> float | None:
        """Spending ceiling of a contract at the prices of this year; None without one of its own."""
        limit = getattr(self.contracts[contract], "ceiling", None)
        own = np.flatnonzero(self.cells.contract == contract)
        if limit is None or not len(own) or self.cells.tariff[own[0]] <= 0:
            return None
        return float(limit * self.expected.price[:, own[0]].mean() / self.cells.tariff[own[0]])

    def reached(self, contract: int, part: float) -> tuple[float, int | None]:
        """Chance that claims reach a part of the ceiling this year, and the month in which half of those scenarios have
        (1 to 12); none without a ceiling or a chance."""
        limit = self.ceiling(contract)
        if limit is None:
            return 0.0, None
        course = np.cumsum(self.forecast.by_month[:, :, contract], axis=1)
        past = course >= part * limit
        ever = past[:, -1]
        if not ever.any():
            return 0.0, None
        return float(ever.mean()), int(np.median(past[ever].argmax(axis=1))) + 1

    def layers(self, contract: int) -> dict[str, float]:
        """Chance that each layer of the corridor is entered, by the name of the layer; nothing unless a lump sum."""
        one = self.contracts[contract]
        if not isinstance(one, Taakgericht):
            return {}
        base = self.forecast.by_month[:, :, contract].sum(axis=1) / float(one.reference[self.seen.year])
        corridor = one.corridor
        entered = [
            base > low if sign > 0 else base < high
            for low, high, sign in zip(corridor.lower, corridor.upper, corridor.sign, strict=True)
        ]
        return dict(zip(corridor.names, (float(own.mean()) for own in entered), strict=True))

    def causes(self, contract: int) -> tuple[FloatArray, FloatArray]:
        """Why the claims of a contract differ from what was expected, and the standard deviation of each; (6,) euro."""
        own = self.cells.contract == contract
        before = self._care_year(self.expected, own, mean=True)
        after = self._care_year(self.forecast, own, mean=True)
        found = causes_of(before, after)
        by_scenario = causes_of(
            CareYear(
                *(
                    np.broadcast_to(getattr(before, name), (len(self.forecast.units), own.sum()))
                    for name in ("clients", "months", "units", "price")
                )
            ),
            self._care_year(self.forecast, own, mean=False),
        )
        return found, by_scenario.std(axis=0, ddof=1)

    def _care_year(self, samples: YearSamples, own: FloatArray, *, mean: bool) -> CareYear:
        values = [getattr(samples, name)[:, own] for name in ("clients", "months", "units", "price")]
        if mean:
            euro = (values[2] * values[3]).mean(axis=0)
            values = [one.mean(axis=0) for one in values]
            values[3] = np.divide(euro, values[2], out=values[3].copy(), where=values[2] > 0)
        return CareYear(*values)

    @cached_property
    def at_recent_level(self) -> float:
        """Claims of the year over all contracts if the level of the last three months stays; euro at tariffs."""
        course = self.forecast.by_month.sum(axis=2).mean(axis=0)
        first = max(self.months_seen - 3, 0)
        return float(
            course[: self.months_seen].sum()
            + course[first : self.months_seen].mean() * (MONTHS - self.months_seen)
        )

    @cached_property
    def spread_after_quarter(self) -> tuple[float, float]:
        """Spread of the claims of the year now, and on average after the next three months are known; euro.

        By the part of the variance over the scenarios that the next three months explain (linear)."""
        course = self.forecast.by_month.sum(axis=2)
        whole, m = course.sum(axis=1), self.months_seen
        now = float(whole.std(ddof=1))
        if m >= MONTHS:
            return now, now
        known = course[:, m : m + 3].sum(axis=1)
        explained = np.corrcoef(known, whole)[0, 1] ** 2 if known.std() > 0 else 0.0
        return now, now * float(np.sqrt(max(1 - explained, 0.0)))

    @cached_property
    def alarms(self) -> FloatArray:
        """At which reports of this year an alarm is given, (n_series, months_seen)."""
        return self.rule.alarms(self.counts)

    def to_frame(self) -> pd.DataFrame:
        """A row per contract: budgeted by the tender, expected now, intervals, to be paid, chances.

        Examples
        --------
        >>> from bekostiging import read_case
        >>> from bekostiging.monitoring import drawn_months
        >>> case = read_case("veenrand")
        >>> year = monitor(case, drawn_months(case, seed=1, months=3).figures, "2028-03", n_scenarios=32)
        >>> list(year.to_frame().columns)[:4]
        ['provider', 'lot', 'tender', 'expected']
        """
        import pandas as pd

        rows = []
        for c, row in enumerate(self.case.contracts):
            own, wide = (Range.of(self.forecast.payment[:, c], part) for part in BANDS)
            to_pay = Range.of(self.to_pay(c))
            rows.append(
                {
                    "provider": row.provider,
                    "lot": row.lot,
                    "tender": float(self.expected.payment[:, c].mean()),
                    "expected": own.expected,
                    "low_80": own.low,
                    "high_80": own.high,
                    "low_95": wide.low,
                    "high_95": wide.high,
                    "to_be_paid": to_pay.expected,
                    "to_be_paid_low": to_pay.low,
                    "to_be_paid_high": to_pay.high,
                    "signal_chance": self.reached(c, SIGNAL)[0],
                    "stop_chance": self.reached(c, 1.0)[0],
                    **dict(zip(CAUSES, self.causes(c)[0].tolist(), strict=True)),
                }
            )
        return pd.DataFrame(rows)


@kinds_checked
def monitor(
    case: Case, figures: YearFigures, through: str, n_scenarios: Count = 512, seed: Seed = 1, workers: Count = 1
) -> ContractYear:
    """Confront the scenarios of a case with what was seen of a contract year, and complete it.

    Parameters
    ----------
    case : Case
        With the contracts, every lot in the form it has today.
    figures : YearFigures
        With table ``actuals`` (``read_actuals``), and ``bookings`` under a lump sum.
    through : str
        Last month of receipt that counts, such as ``2028-05``; the contract year is the one it lies in.
    n_scenarios : int
        Scenarios of the rest of the year, 512 unless given; rounded up to whole scramblings.
    seed : int
        Of all randomness, 1 unless given.
    workers : int
        Processes, 1 unless given; the result does not depend on it.

    Returns
    -------
    ContractYear
        Expected year-end with intervals per contract and municipality, nog te betalen, alarms, and why it is off.

    Raises
    ------
    UserError
        A month outside the contracts, nothing received up to it, or a lump sum whose corridor has no shares yet.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> from bekostiging.monitoring import drawn_months
    >>> case = read_case("veenrand")
    >>> year = monitor(case, drawn_months(case, seed=1, months=3).figures, "2028-03", n_scenarios=32)
    >>> bool(year.total.std() > 0)
    True
    """
    cells = build_cells(case)
    seen = seen_through(case, cells, figures, through)
    n_years = seen.year + 1
    row, forecast = demand_of_cells(case, cells), demand_forecast(case, case.n_years)
    caseload = average_caseload(seen, forecast.stock[row] * expected_shares(cells, row, 1)[0])
    done = completed(cells, seen, caseload, rate_of_cells(case, cells), spread_of_cells(case, cells))
    months = observed_months(case, cells, seen, done)
    check_plausible(months)
    given = with_factor_distribution(case, posterior_of(case, months, n_years).distribution(case, n_years))
    contracts = contracts_of(case, cells, n_years)
    plans = [plan(one, n_scenarios, n_years, seed, "out_of_sample") for one in (case, given)]
    nothing = YearWork(case, cells, contracts, seen.year)
    works = (nothing, replace(nothing, known=Known(seen, done, caseload, prices_of(case, cells, seen, seed))))
    expected, now = (_samples(planned, work, workers) for planned, work in zip(plans, works, strict=True))
    rule, counts = inflow_alarm(case, seen, months, seed)
    notes = (*figures.notes, *plans[0].notes, *done.notes, *what_is_assumed(case, figures))
    return ContractYear(
        case,
        through,
        plans[0].n_scenarios,
        seed,
        seen,
        done,
        expected,
        now,
        contracts,
        _paid(case, cells, seen, figures, through),
        rule,
        counts,
        notes,
        figures,
    )


def prices_of(case: Case, cells: Cells, seen: Seen, seed: int) -> PricesSeen | None:
    """What was seen of prices, against the price levels of the case's scenarios."""
    model = inner_model(case, case.factor_distribution, seen.year + 1)
    normals = np.random.default_rng(seed).standard_normal((LEVELS, model.n_dimensions))
    return prices_seen(case, cells, seen, model.multipliers(normals))


def contracts_of(case: Case, cells: Cells, n_years: int) -> tuple[Contract, ...]:
    """Every contract in the form its lot has."""
    amounts = reference(case, cells, n_years)
    forms = {lot.id: lot.payment_form for lot in case.lots}
    by_form = {form: build_contracts(case, cells, amounts, form) for form in dict.fromkeys(forms.values())}
    found = tuple(by_form[forms[row.lot]][c] for c, row in enumerate(case.contracts))
    for one in found:
        if isinstance(one, Taakgericht) and not one.corridor.decided:
            raise UserError(
                f"perceel {one.lot}: van de bandbreedte is nog niet bepaald wie welk deel draagt; vul kolom share van tabel "
                "layers met wat in het contract staat.",
                f"lot {one.lot}: who carries which part of the corridor is not decided; fill column share of table layers "
                "with what the contract says.",
            )
    return found


def _samples(planned: Plan, work: YearWork, workers: int) -> YearSamples:
    """Every block joined."""
    parts: Sequence[YearSamples] = list(each_block(planned, work, workers))
    names = YearSamples.__dataclass_fields__
    return YearSamples(**{name: np.concatenate([getattr(one, name) for one in parts]) for name in names})


def _paid(case: Case, cells: Cells, seen: Seen, figures: YearFigures, through: str) -> FloatArray:
    """Euro claimed this year by contract, or paid in advance where the lot is paid a lump sum."""
    found = np.zeros(len(case.contracts))
    claimed = seen.euros[MONTHS * seen.year :].sum(axis=0)
    inside = cells.contract >= 0
    np.add.at(found, cells.contract[inside], claimed[inside])
    form = {lot.id: lot.payment_form for lot in case.lots}
    for c, row in enumerate(case.contracts):
        if PAYMENT_FORMS[form[row.lot]].lump_sum:
            own = figures.of_contract(figures.bookings, row.provider, row.lot)
            year = case.first_year + seen.year
            found[c] = sum(
                one.euros
                for one in own
                if one.booking == "advance" and one.year == year and one.paid_on[:7] <= through
            )
    return found
