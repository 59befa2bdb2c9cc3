"""Why the forecast of a contract year moved since an earlier report: the report made again, with a little more each time.

What is known now is taken away month by month: the earlier report made again (what differs from what it said is the model,
the case or figures that were typed since), then the claims and corrections that came in later about months it had seen, then
every new month of care. The differences add up to the whole by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.monitoring.effects import in_cents_together
from bekostiging.studies.contract_year import ContractYear, monitor


@dataclass(frozen=True)
class ForecastMove:
    """What reported municipalities are expected to pay: before, now, and why it moved; euro.

    Parameters
    ----------
    through : str
        Month of the earlier report.
    before, after : float
        What it said, and what is expected now.
    model : float
        The earlier report made again, less what it said: program, case, number of scenarios, or figures typed since.
    revision : float
        What came in since about months of care that it had seen.
    months : tuple of (str, float)
        Every month of care that is new, in order.

    Examples
    --------
    >>> move = ForecastMove("2028-04", 100.0, 112.345, 0.0, 2.0, (("2028-05", 10.345),))
    >>> move.cents()
    (0, 200, 1034)
    """

    through: str
    before: float
    after: float
    model: float
    revision: float
    months: tuple[tuple[str, float], ...]

    def cents(self) -> tuple[int, ...]:
        """Model, revision and months in cents, which add up to the whole in cents."""
        parts = np.array([self.model, self.revision, *(euro for _, euro in self.months)])
        return in_cents_together(parts, self.after - self.before)


@kinds_checked
def forecast_move(year: ContractYear, through: str, before: float, workers: Count = 1) -> ForecastMove:
    """Divide how far the forecast moved since an earlier report of the same year.

    Parameters
    ----------
    year : ContractYear
        From ``monitor``.
    through : str
        Month of the earlier report, before that of ``year``.
    before : float
        What it expected reported municipalities to pay, euro.
    workers : int
        Processes, 1 unless given.

    Returns
    -------
    ForecastMove
        Parts that add up.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> from bekostiging.monitoring import drawn_months
    >>> case = read_case("veenrand")
    >>> figures = drawn_months(case, seed=1, months=2).figures
    >>> january, february = (monitor(case, figures, through, n_scenarios=32) for through in ("2028-01", "2028-02"))
    >>> move = forecast_move(february, "2028-01", float(january.total.mean()))
    >>> move.model, [month for month, _ in move.months]  # nothing but figures moved it
    (0.0, ['2028-02'])
    """

    def expected(until: str, of_care: str) -> float:
        """With what came in up to ``until`` about care up to ``of_care``."""
        if (until, of_care) == (year.through, year.through):
            return float(year.total.mean())
        rows = tuple(row for row in year.figures.actuals if row.month <= of_care)
        figures = replace(year.figures, actuals=rows)
        return float(monitor(year.case, figures, until, year.n_scenarios, year.seed, workers).total.mean())

    first, last = int(through[5:7]), int(year.through[5:7])
    ends = [f"{year.year}-{month:02d}" for month in range(first, last + 1)]
    again = expected(through, through)
    known = [expected(year.through, end) for end in ends]
    months = tuple(zip(ends[1:], np.diff(known).tolist(), strict=True))
    return ForecastMove(through, before, known[-1], again - before, known[0] - again, months)
