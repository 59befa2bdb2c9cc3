"""The years after the one that is followed: what the tender expected of them, and what is expected given what was seen.

The level that was seen carries on: the posterior of the risk factors is that of the whole term, whose factors depend on each
other over the years, and who is in care in the last month seen goes on. Both courses are settled by the same contracts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.evaluation.settlement import levels_by_lot, settle_all
from bekostiging.monitoring.completion import Known, YearSamples, YearWork
from bekostiging.monitoring.expected_months import observed_months
from bekostiging.monitoring.posterior import posterior_of
from bekostiging.monitoring.seen import average_caseload
from bekostiging.scenarios import Block, Cells, each_block, plan, with_factor_distribution
from bekostiging.scenarios.cells import expected_shares
from bekostiging.scenarios.forecast import demand_forecast, demand_of_cells
from bekostiging.studies.contract_year import ContractYear, contracts_of, prices_of
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray


def taakvelden(case: Case) -> tuple[str, ...]:
    """The taakvelden of the care forms that are in a lot, in the order of table care_forms."""
    bought = {form for lot in case.lots for form in lot.care_forms}
    return tuple(dict.fromkeys(row.iv3 for row in case.care_forms if row.id in bought))


def by_taakveld(case: Case, cells: Cells, lots: FloatArray, value: FloatArray) -> FloatArray:
    """Amounts of lots (..., n_lots) by taakveld (..., n_taakvelden), in proportion to the ``value`` (..., n_cells) of the
    care of the reported municipalities in each lot; of a lot without any all is of its first care form."""
    iv3 = {row.id: row.iv3 for row in case.care_forms}
    names = taakvelden(case)
    found = np.zeros((*lots.shape[:-1], len(names)))
    reported = np.isin(cells.municipality, case.reported)
    of_cell = np.array([iv3[cells.care_form_ids[form]] for form in cells.care_form])
    for place, lot in enumerate(case.lots):
        own = (cells.lot == place) & reported
        whole = value[..., own].sum(axis=-1)
        for k, name in enumerate(names):
            part = value[..., own & (of_cell == name)].sum(axis=-1)
            empty = float(name == iv3[lot.care_forms[0]])
            share = np.divide(part, whole, out=np.full(whole.shape, empty), where=whole > 0)
            found[..., k] += lots[..., place] * share
    return found


def year_by_taakveld(year: ContractYear, samples: YearSamples) -> FloatArray:
    """What the reported municipalities pay in the year that is followed, (n_scenarios, n_taakvelden)."""
    return by_taakveld(year.case, year.cells, samples.lots, samples.units * samples.price)


@dataclass(frozen=True)
class ComingYears:
    """What the reported municipalities pay from the year that is followed to the last contract year; nominal euro.

    Parameters
    ----------
    years : tuple of int
        Calendar years.
    taakvelden : tuple of str
        Codes.
    tender : array (n_scenarios, n_years, n_taakvelden)
        With nothing seen.
    expected : array (n_scenarios, n_years, n_taakvelden)
        Given what was seen.

    Examples
    --------
    >>> import numpy as np
    >>> two = ComingYears((2028, 2029), ("6.72",), np.full((4, 2, 1), 100.0), np.full((4, 2, 1), 110.0))
    >>> two.carried.tolist()  # of a year that is 10 above the tender, 10 come back in the next
    [10.0]
    """

    years: tuple[int, ...]
    taakvelden: tuple[str, ...]
    tender: FloatArray
    expected: FloatArray

    @property
    def carried(self) -> FloatArray | None:
        """What the next year will be above its tender because of the level that was seen, at the size of the year that is
        followed: (n_taakvelden,) euro, the structural part; None where no contract year follows."""
        if len(self.years) < 2:
            return None
        before, after = self.tender.mean(axis=0), self.expected.mean(axis=0)
        size = np.divide(before[0], before[1], out=np.ones(before.shape[1]), where=before[1] > 0)
        return np.asarray((after[1] - before[1]) * size)


@dataclass(frozen=True)
class _TermWork:
    """Settles every contract year of the blocks of a plan, by taakveld; picklable."""

    work: YearWork

    def __call__(self, block: Block) -> FloatArray:
        """One block, (n_scenarios, n_years, n_taakvelden)."""
        case, cells = self.work.case, self.work.cells
        care_use, months, _ = self.work.drawn(block)
        levels = levels_by_lot(case, care_use)
        samples = settle_all(case, cells, self.work.contracts, care_use, levels)
        n, n_years = care_use.n_scenarios, care_use.n_years
        units = months.units[:, : MONTHS * n_years].reshape(n, n_years, MONTHS, -1).sum(axis=2)
        level = np.stack([levels[lot.id].price for lot in case.lots] + [np.ones((n, n_years))], axis=2)
        return by_taakveld(case, cells, samples.lot_spending, units * cells.tariff * level[:, :, cells.lot])


def given_what_was_seen(year: ContractYear, n_years: int) -> Case:
    """The case with the posterior of its risk factors over its first contract years."""
    case = year.case
    months = observed_months(case, year.cells, year.seen, year.completed)
    return with_factor_distribution(case, posterior_of(case, months, n_years).distribution(case, n_years))


def known_of(year: ContractYear) -> Known:
    """What was seen, completed, with the average caseload of each month."""
    case, cells = year.case, year.cells
    row, forecast = demand_of_cells(case, cells), demand_forecast(case, case.n_years)
    at_start = forecast.stock[row] * expected_shares(cells, row, 1)[0]
    prices = prices_of(case, cells, year.seen, year.seed)
    return Known(year.seen, year.completed, average_caseload(year.seen, at_start), prices)


@kinds_checked
def coming_years(year: ContractYear, n_scenarios: Count = 64, workers: Count = 1) -> ComingYears:
    """Carry a contract year that is followed on to the end of the contracts.

    Parameters
    ----------
    year : ContractYear
        From ``monitor``.
    n_scenarios : int
        At most, 64 unless given: the difference between both courses is that of the same draws.
    workers : int
        Processes, 1 unless given; the result does not depend on it.

    Returns
    -------
    ComingYears
        At most as many scenarios as ``year`` has, from the same seed.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> from bekostiging.monitoring import drawn_months
    >>> from bekostiging.studies import monitor
    >>> case = read_case("veenrand")
    >>> year = monitor(case, drawn_months(case, seed=1, months=3).figures, "2028-03", n_scenarios=32)
    >>> coming_years(year).years
    (2028, 2029, 2030, 2031)
    """
    case, cells = year.case, year.cells
    nothing = YearWork(case, cells, contracts_of(case, cells, case.n_years), year.seen.year)
    given = replace(nothing, known=known_of(year))
    found = []
    for own, work in ((case, nothing), (given_what_was_seen(year, case.n_years), given)):
        planned = plan(own, min(n_scenarios, year.n_scenarios), case.n_years, year.seed, "out_of_sample")
        found.append(np.concatenate(list(each_block(planned, _TermWork(work), workers)))[:, year.seen.year :])
    years = tuple(range(year.year, case.first_year + case.n_years))
    return ComingYears(years, taakvelden(case), *found)
