"""What a distribution of the risk factors must be that a Python caller puts in the place of table risk_factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from bekostiging.case.errors import Said

if TYPE_CHECKING:
    from bekostiging.case.model import Case


class FactorDistribution(Protocol):
    """A joint distribution of the risk factors; ``bekostiging.scenarios.with_factor_distribution`` gives it to a case.

    It is a frozen dataclass: its fields are part of the fingerprint by which kept blocks are recognised, and it travels to
    worker processes by pickle, so its class stands in a module that they can import.
    """

    @property
    def name(self) -> Said:
        """What it is called in notes, in Dutch and in English."""

    def model(self, case: Case, n_years: int) -> Any:
        """The distribution for one case and horizon, a ``bekostiging.scenarios.RiskFactorModel``.

        ``case`` is the case as the study computes on it; the backtest asks for a model of every origin year.
        """
