"""How certain it is that limits hold, and what would prove those that do not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bekostiging.case.arguments import checked_positive, kinds_checked
from bekostiging.case.kinds import Count, NotNegative
from bekostiging.lumpsum.data import EURO
from bekostiging.lumpsum.limit import Limit
from bekostiging_solvers import Estimate

CERTAIN = 0.95
"""Certainty with which every limit must hold on scenarios that did not make the design."""


@dataclass(frozen=True)
class LimitCheck:
    """A limit of a design on scenarios that did not make it.

    Attributes
    ----------
    limit : Limit
        What it is a limit on.
    estimate : Estimate
        Euro; it holds where this does not exceed ``most``.
    most : float
        Euro.

    Examples
    --------
    >>> from bekostiging.lumpsum import check_limits, design_lumpsum, example_data, Judge
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> first = check_limits(design_lumpsum(data), Judge(data, Scramblings(2)))[0]
    >>> str(first.limit), round(first.most), first.holds
    ('solvency[Anker]', 10000000, False)
    """

    limit: Limit
    estimate: Estimate
    most: float

    @property
    def value(self) -> float:
        """What must not exceed the limit."""
        return self.estimate.value

    @property
    def standard_error(self) -> float | None:
        """Standard error of the value; None where it cannot be known."""
        return self.estimate.standard_error

    @property
    def certainty(self) -> float:
        """Certainty that the limit holds, up to a euro; none where the error cannot be known."""
        found = self.estimate.certainty_below(self.most + EURO)
        return 0.0 if found is None else found

    @property
    def holds(self) -> bool:
        """Whether the limit holds at 95 %."""
        return self.certainty >= CERTAIN

    @property
    def excess(self) -> float:
        """Euro by which the upper end of the value passes the limit; negative where it holds with something to spare."""
        upper = self.estimate.upper(CERTAIN)
        return (self.value if upper is None else upper) - self.most


@kinds_checked
def hold(checks: Sequence[LimitCheck]) -> bool:
    """Whether every limit holds at 95 %.

    Examples
    --------
    >>> from bekostiging.lumpsum import check_limits, design_lumpsum, example_data, Judge, hold
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> checks = check_limits(design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> hold(checks)
    False
    """
    return all(check.holds for check in checks)


@kinds_checked
def joint_certainty(checks: Sequence[LimitCheck]) -> float:
    """A lower bound on the certainty that all limits hold together: 1 - sum of (1 - certainty of each), after Bonferroni.

    Examples
    --------
    >>> from bekostiging.lumpsum import check_limits, design_lumpsum, example_data, Judge, joint_certainty
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> checks = check_limits(design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> round(joint_certainty(checks[2:]), 2)
    0.99
    """
    return max(0.0, 1.0 - sum(1.0 - check.certainty for check in checks))


@dataclass(frozen=True)
class LimitPrecision:
    """The limit known least well: half the 95 % interval of its value, euro."""

    limit: Limit
    half_width: float


@kinds_checked
def widest_limit(checks: Sequence[LimitCheck]) -> LimitPrecision:
    """The limit that is known least well; one whose error cannot be known is the widest of all.

    Examples
    --------
    >>> from bekostiging.lumpsum import check_limits, design_lumpsum, example_data, Judge, widest_limit
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> checks = check_limits(design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> str(widest_limit(checks).limit)
    'solvency[Anker]'
    """
    widths = [check.estimate.half_width(CERTAIN) for check in checks]
    known = [math.inf if width is None else width for width in widths]
    widest = max(range(len(known)), key=lambda k: known[k])
    return LimitPrecision(checks[widest].limit, known[widest])


@kinds_checked
def scenarios_needed(checks: Sequence[LimitCheck], n_scenarios: Count, precision: NotNegative) -> int:
    """How many scenarios would know every limit to a precision.

    Errors fall with the root of the number, as for independent scenarios; scrambled Sobol points need at most so many.

    Parameters
    ----------
    checks : sequence of LimitCheck
        On ``n_scenarios`` scenarios.
    n_scenarios : int
        Scenarios the checks were made on.
    precision : float
        Half a 95 % interval, euro.

    Raises
    ------
    UserError
        A precision that is not positive.

    Examples
    --------
    >>> from bekostiging.lumpsum import check_limits, design_lumpsum, example_data, Judge, scenarios_needed
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> checks = check_limits(design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> scenarios_needed(checks, n_scenarios=20, precision=1e6) > 100_000
    True
    """
    euro = checked_positive("precision", precision)
    return max(1, math.ceil(n_scenarios * (widest_limit(checks).half_width / euro) ** 2))


@dataclass(frozen=True)
class Proof:
    """What would prove a limit that does not hold at 95 %.

    Attributes
    ----------
    check : LimitCheck
        The limit as it was found.
    euro : float
        By how much it must be wider.
    scenarios : int or None
        About how many scenarios would show it as it stands; None where more scenarios cannot.

    Examples
    --------
    >>> from bekostiging.lumpsum import check_limits, design_lumpsum, example_data, Judge, proofs
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> checks = check_limits(design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> [(str(one.check.limit), round(one.euro), one.scenarios) for one in proofs(checks, n_scenarios=20)]
    [('solvency[Anker]', 63137515, None), ('return_on_capital[Anker]', 3588869, None)]
    """

    check: LimitCheck
    euro: float
    scenarios: int | None


@kinds_checked
def proofs(checks: Sequence[LimitCheck], n_scenarios: Count) -> tuple[Proof, ...]:
    """Every limit that does not hold at 95 %, with what would prove it.

    Parameters
    ----------
    checks : sequence of LimitCheck
        On ``n_scenarios`` scenarios.
    n_scenarios : int
        Scenarios the checks were made on.

    Returns
    -------
    tuple of Proof

    Examples
    --------
    >>> from bekostiging.lumpsum import check_limits, design_lumpsum, example_data, Judge, proofs
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> checks = check_limits(design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> [(str(one.check.limit), one.scenarios) for one in proofs(checks, n_scenarios=20)]
    [('solvency[Anker]', None), ('return_on_capital[Anker]', None)]
    """
    found = []
    for check in checks:
        spare, width = check.most - check.value, check.excess + check.most - check.value
        if not check.holds:
            more = math.ceil(n_scenarios * (width / spare) ** 2) if spare > EURO and width > 0 else None
            found.append(Proof(check, check.excess, more))
    return tuple(found)
