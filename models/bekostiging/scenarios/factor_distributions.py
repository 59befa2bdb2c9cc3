"""The model of the risk factors of a case: that of its tables, or the distribution a Python caller brings.

Everything downstream (clients, control variates, exact layers, reverse stress) asks a model two things: how many standard
normals one scenario takes (its Sobol dimensions), and which multipliers they give. So any joint distribution that can be
written as a function of independent normals can take the place of tables ``risk_factors`` and ``correlations``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import NoReturn, Protocol

import numpy as np

from bekostiging.case.arguments import checked_kind, kinds_checked
from bekostiging.case.errors import Note, UserError
from bekostiging.case.factor_distribution import FactorDistribution
from bekostiging.case.model import Case
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.scenarios.factors import FactorModel, Factors
from bekostiging_solvers.typing import FloatArray

MOST_DIMENSIONS = 21_201
"""Dimensions for which direction numbers of Sobol points are known (Joe and Kuo 2008)."""
TRIED = 2
"""Scenarios on which a model is tried before anything is drawn."""


class RiskFactorModel(Protocol):
    """Turns standard normals into the factors of scenarios.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import FactorModel
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> model: RiskFactorModel = FactorModel(case, 2)  # what the tables of a case say
    >>> factors = model.multipliers(np.zeros((1, model.n_dimensions)))
    >>> factors.inflow.shape  # one scenario, the caseload and two years, by area and care form
    (1, 3, 8)
    """

    @property
    def n_dimensions(self) -> int:
        """Independent standard normals per scenario; those that matter most come first, where Sobol points are best."""

    def multipliers(self, normals: FloatArray) -> Factors:
        """The factors of scenarios with these ``normals`` (n_scenarios, n_dimensions): a function of them and nothing else.

        With factors of mean one the payment forms stay equal in expectation (price parity); other means are a forecast
        that differs from the one the reference amounts are made of.
        """


def with_factor_distribution(case: Case, distribution: FactorDistribution | None) -> Case:
    """The case with another joint distribution of its risk factors, for ``compare`` and every other study.

    Parameters
    ----------
    case : Case
        A case of ``read_case``.
    distribution : FactorDistribution, optional
        A frozen dataclass with ``name`` (Dutch, English) and ``model(case, n_years)``, which returns a ``RiskFactorModel``.
        It replaces tables ``risk_factors`` and ``correlations``; a model may build on ``FactorModel(case, n_years)``, which
        is what these tables say. None gives the tables back. For several workers its class stands in a module.

    Returns
    -------
    Case
        Every study of it says in its notes where the risk factors come from. ``write_case`` writes tables alone, so the
        distribution is not in a written case.

    Raises
    ------
    UserError
        Not a frozen dataclass, or without ``name`` or ``model``.

    Examples
    --------
    A jump in the inflow of every area, in one scenario out of ten:

    >>> from dataclasses import dataclass, replace
    >>> from scipy.special import ndtr
    >>> from bekostiging import read_case
    >>> from bekostiging.scenarios import FactorModel, plan
    >>> class JumpModel:
    ...     def __init__(self, case, n_years, chance, size):
    ...         self.tables, self.chance, self.size = FactorModel(case, n_years), chance, size
    ...         self.n_dimensions = 1 + self.tables.n_dimensions
    ...     def multipliers(self, normals):
    ...         factors = self.tables.multipliers(normals[:, 1:])
    ...         jump = np.where(ndtr(normals[:, 0]) < self.chance, 1 + self.size, 1.0)
    ...         mean = 1 + self.chance * self.size
    ...         inflow = factors.inflow.copy()
    ...         inflow[:, 1:] *= (jump / mean)[:, None, None]
    ...         return replace(factors, inflow=inflow)
    >>> @dataclass(frozen=True)
    ... class Jump:
    ...     chance: float = 0.1
    ...     size: float = 0.2
    ...     name = ("sprong in de instroom", "jump in the inflow")
    ...     def model(self, case, n_years):
    ...         return JumpModel(case, n_years, self.chance, self.size)
    >>> jumping = with_factor_distribution(read_case("almere"), Jump())
    >>> model = plan(jumping, 64, 2, 1, "out_of_sample").factor_model
    >>> model.n_dimensions - FactorModel(jumping, 2).n_dimensions
    1
    """
    checked_kind("case", case, Case, "read_case")
    if distribution is not None:
        _checked_distribution(distribution)
    return replace(case, factor_distribution=distribution)


def factor_model(case: Case, n_years: int) -> RiskFactorModel:
    """The model of the risk factors of a case over ``n_years`` contract years: its own distribution or that of its tables.

    Raises
    ------
    UserError
        A distribution of the caller that does not give what it must.
    """
    distribution = case.factor_distribution
    if distribution is None:
        return FactorModel(case, n_years)
    return _Checked(distribution.model(case, n_years), distribution.name, _shapes(case, n_years))


@kinds_checked
def factor_distribution_notes(case: Case) -> tuple[Note, ...]:
    """Where the risk factors of a case come from, unless from table risk_factors.

    Parameters
    ----------
    case : Case
        Of any study.

    Returns
    -------
    tuple of Note
        Empty where the case has no distribution of its own.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> factor_distribution_notes(synthetic_region(municipalities=2, providers=6))
    ()
    """
    if case.factor_distribution is None:
        return ()
    nl, en = case.factor_distribution.name
    return (
        {
            "nl": f"De risicofactoren zijn getrokken uit een eigen verdeling ({nl}), niet uit tabel risk_factors.",
            "en": f"The risk factors are drawn from a distribution of the caller ({en}), not from table risk_factors.",
        },
    )


def _shapes(case: Case, n_years: int) -> dict[str, tuple[int, ...]]:
    """Shape of every array of ``Factors`` behind the axis of scenarios."""
    n_demand = len(case.demand)
    return {
        "inflow": (1 + n_years, n_demand),
        "duration": (n_years, n_demand),
        "intensity": (n_years, n_demand),
        "ova_final": (n_years,),
        "ppc_final": (n_years,),
        "cao": (n_years, len(case.care_forms)),
    }


def _checked_distribution(distribution: object) -> None:
    """Refuse what cannot be recognised again or asked for a model."""
    kind = type(distribution).__name__
    parameters = getattr(type(distribution), "__dataclass_params__", None)
    if parameters is None or not parameters.frozen:
        raise UserError(
            f"Verdeling {kind}: geen object van een bevroren dataclass; zet @dataclass(frozen=True) boven de klasse en geef "
            "een object ervan.",
            f"distribution {kind}: not an object of a frozen dataclass; put @dataclass(frozen=True) above the class and "
            "give an object of it.",
        )
    name = getattr(distribution, "name", None)
    named = (
        isinstance(name, tuple) and len(name) == len(("nl", "en")) and all(isinstance(one, str) for one in name)
    )
    if not named or not callable(getattr(distribution, "model", None)):
        raise UserError(
            f"Verdeling {kind}: heeft een name (Nederlands, Engels) en een methode model(case, n_years) nodig.",
            f"distribution {kind}: needs a name (Dutch, English) and a method model(case, n_years).",
        )


@dataclass(frozen=True)
class _Checked:
    """A model of the caller, whose every answer is checked: nothing wrong is computed with in silence."""

    model: RiskFactorModel
    name: tuple[str, str]
    shapes: dict[str, tuple[int, ...]]

    def __post_init__(self) -> None:
        """Try it twice on the same normals."""
        n = getattr(self.model, "n_dimensions", None)
        if not isinstance(n, int | np.integer) or not 0 <= n <= MOST_DIMENSIONS:
            self._refuse(
                f"n_dimensions is {n!r} en moet een geheel getal van 0 tot {MOST_DIMENSIONS} zijn",
                f"n_dimensions is {n!r} and must be a whole number from 0 to {MOST_DIMENSIONS}",
            )
        normals = np.linspace(-1.0, 1.0, TRIED)[:, None] * np.ones(int(n))
        first, second = (self.multipliers(normals.copy()) for _ in range(2))
        for name in self.shapes:
            if not np.array_equal(getattr(first, name), getattr(second, name)):
                self._refuse(
                    f"{name} verschilt tussen twee keer dezelfde normals; gebruik geen eigen toeval, alle toeval zit in "
                    "normals",
                    f"{name} differs between two times the same normals; use no chance of its own, all chance is in normals",
                )

    @property
    def n_dimensions(self) -> int:
        """Independent standard normals per scenario."""
        return int(self.model.n_dimensions)

    def multipliers(self, normals: FloatArray) -> Factors:
        """The factors of the model, checked."""
        factors = self.model.multipliers(normals)
        if not isinstance(factors, Factors):
            kind = type(factors).__name__
            self._refuse(
                f"multipliers geeft {kind}; geef een bekostiging.scenarios.Factors",
                f"multipliers gives {kind}; return a bekostiging.scenarios.Factors",
            )
        # the simulation changes arrays in place where named shocks hit them, so each scenario has its own
        arrays = {one.name: np.array(getattr(factors, one.name), dtype=np.float64) for one in fields(Factors)}
        for name, array in arrays.items():
            self._check(name, array, (len(normals), *self.shapes[name]))
        return Factors(**arrays)

    def _check(self, name: str, array: FloatArray, shape: tuple[int, ...]) -> None:
        """Refuse an array of another shape, or with values that are no multiplier or index."""
        if array.shape != shape:
            self._refuse(
                f"{name} heeft vorm {array.shape} en moet {shape} hebben (zie bekostiging.scenarios.Factors)",
                f"{name} has shape {array.shape} and must have {shape} (see bekostiging.scenarios.Factors)",
            )
        lowest = -1.0 if name in ("ova_final", "ppc_final") else 0.0
        if not bool((np.isfinite(array) & (array > lowest)).all()):
            self._refuse(
                f"{name} heeft waarden die niet eindig zijn of niet boven {in_nl(lowest)} liggen; houd ze daarbinnen",
                f"{name} has values that are not finite or not above {in_en(lowest)}; keep them within",
            )

    def _refuse(self, nl: str, en: str) -> NoReturn:
        """One sentence that names the distribution."""
        raise UserError(f"Verdeling '{self.name[0]}': {nl}.", f"distribution '{self.name[1]}': {en}.")
