"""``NormAmounts``: one estimator for every way of setting norm amounts, with the interface of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, Self, cast

import numpy as np
from numpy.typing import ArrayLike

from bekostiging.case import UserError
from bekostiging.case.arguments import kinds_checked, wrong_argument
from bekostiging.case.kinds import Count, Fraction, Seed
from bekostiging.contracts import in_cents
from bekostiging.equalisation.checks import check_adjusters, check_groups, check_method, check_order
from bekostiging.equalisation.moments import GroupedRows, Moments
from bekostiging.equalisation.program import Limits
from bekostiging.equalisation.solve import (
    Fit,
    fit_absolute,
    fit_at_most,
    fit_least_largest,
    fit_least_squares,
    least_squares_amounts,
)
from bekostiging.units import CENTS
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

Method = Literal["least_squares", "lad", "quantile", "least_largest"]
STRENGTHS = (0.0, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
"""Clients the prior may count for, tried by cross-validation; three a decade are finer than the error it has."""
FOLDS = 5


@dataclass(eq=False)
class NormAmounts:
    """Norm amounts per adjuster, held to conditions; formulas on the card of ``bekostiging.equalisation.program``.

    Parameters
    ----------
    method : str
        ``least_squares``; ``lad`` or ``quantile``, which estimate medians or quantiles and not means; ``least_largest``:
        the least largest provider result, only with ``shrinkage`` or ``upper``.
    quantile : float
        Of method ``quantile``.
    total : "preserved", None or float
        What the norm amounts of all clients add up to: the cost, whatever comes, or a fixed pot in euro.
    lower, upper : mapping or float, optional
        Bounds per adjuster, euro; nothing below zero.
    order : sequence of pairs
        (light, heavy): the norm amount of heavy is at least that of light.
    group_bounds : mapping
        Group to (least, most): mean norm amount minus mean cost of its members, euro per client.
    group_penalties : mapping
        Group to weight of its mean error.
    shrinkage : float or "cross_validated"
        Clients the prior counts for; for ``least_largest`` the weight of the distance to it.
    prior : mapping, optional
        Norm amount per adjuster shrunk to; the mean cost of all clients when left out.
    at_most : int, optional
        Profiles that may have their own norm amount, the others share one; least squares only.
    seed : int
        Of the folds of cross-validation.

    Attributes
    ----------
    coef_ : (n_adjusters,), norm amounts in euro.
    names_ : their names. fit_ : objective, bound, gap and price of every condition.
    shrinkage_ : as given or chosen. validation_ : error on left-out clients by strength, when chosen. warnings_ : sentences.

    Examples
    --------
    >>> from bekostiging.equalisation import NormAmounts
    >>> model = NormAmounts(shrinkage=4.0).fit([[1, 0], [1, 0], [0, 1], [0, 1]], [2.0, 4.0, 8.0, 10.0])
    >>> model.coef_.round(2)
    array([5., 7.])
    """

    method: Method = "least_squares"
    quantile: float = 0.5
    total: Literal["preserved"] | float | None = "preserved"
    lower: Mapping[str, float] | float = 0.0
    upper: Mapping[str, float] | float | None = None
    order: Sequence[tuple[str, str]] = ()
    group_bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    group_penalties: Mapping[str, float] = field(default_factory=dict)
    shrinkage: float | Literal["cross_validated"] = 0.0
    prior: Mapping[str, float] | None = None
    at_most: int | None = None
    seed: int = 0

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def set_params(self, **params: Any) -> Self:
        """Change parameters.

        Raises
        ------
        ValueError
            A name that is no parameter.
        """
        for name, value in params.items():
            if name not in self.get_params():
                raise ValueError(f"{name} is no parameter of NormAmounts; it has {', '.join(self.get_params())}")
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        """A regressor, for the tools of scikit-learn; only they call it, so nothing else needs that package."""
        from sklearn.utils import RegressorTags, Tags, TargetTags

        return Tags("regressor", TargetTags(required=True), regressor_tags=RegressorTags())

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        provider: ArrayLike | None = None,
        groups: Mapping[str, ArrayLike] | None = None,
    ) -> Self:
        """Fit on clients.

        Parameters
        ----------
        X : array (n_clients, n_adjusters) or DataFrame
            Whether a client has an adjuster, or how much of it; at least zero.
        y : array (n_clients,)
            Cost at reference prices, euro a year.
        sample_weight : array (n_clients,), optional
            Clients each row stands for; one unless given.
        provider : array (n_clients,), optional
            Name or number of the client's provider; method ``least_largest`` needs it.
        groups : dict of str to array (n_clients,), optional
            Members of every group that is named in a bound or a penalty.

        Raises
        ------
        UserError
            Adjusters nobody has or that are collinear; an order that goes round; groups that are not there; conditions that
            contradict each other, which are named; a method that asks more than it is given.
        """
        matrix = np.asarray(X, dtype=np.float64)
        names = tuple(str(name) for name in getattr(X, "columns", range(matrix.shape[1])))
        target = np.asarray(y, dtype=np.float64)
        weight = np.ones(len(target)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        check_method(self.method, self.quantile, self.shrinkage, self.upper, self.at_most, provider is not None)
        wanted = {*self.group_bounds, *self.group_penalties}
        members = {name: np.asarray(own, dtype=np.bool_) for name, own in (groups or {}).items() if name in wanted}
        check_groups(wanted, members)
        check_order(names, self.order)
        rows = GroupedRows(matrix, target, members)
        moments = rows.moments(weight)
        check_adjusters(names, moments)
        who = None if provider is None else _places(provider)
        self.names_, self.n_features_in_ = names, len(names)
        self.validation_: dict[float, float] = {}
        if self.shrinkage == "cross_validated":
            self.validation_ = self._validated(rows, weight, names)
            self.shrinkage_ = min(self.validation_, key=lambda strength: self.validation_[strength])
        else:
            self.shrinkage_ = float(self.shrinkage)
        self.fit_ = self._fitted(rows, weight, moments, self.limits(names, moments, self.shrinkage_), who)
        self.coef_ = self.fit_.norm
        self.warnings_ = self._warnings()
        return self

    def predict(self, X: Any) -> FloatArray:
        """Norm amount of every client; (n_clients,) euro."""
        return np.asarray(np.asarray(X, dtype=np.float64) @ self.coef_)

    def score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """R squared; see the docs for why it misleads."""
        target = np.asarray(y, dtype=np.float64)
        weight = np.ones(len(target)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        mean = float(np.average(target, weights=weight))
        return float(1 - weight @ np.square(target - self.predict(X)) / (weight @ np.square(target - mean)))

    def transfers(
        self, X: Any, provider: ArrayLike, *, sample_weight: ArrayLike | None = None
    ) -> dict[str, float]:
        """What every provider receives beside one flat amount per client; whole cents, zero in sum.

        A provider of heavier clients than average receives, one of lighter clients pays: its norm amounts minus its clients
        times the mean norm amount.
        """
        norm = self.predict(X)
        weight = np.ones(len(norm)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        names, place = np.unique(np.asarray(provider), return_inverse=True)
        own = np.bincount(place, weights=weight * norm)
        clients = np.bincount(place, weights=weight)
        total = np.asarray(own.sum())
        received = in_cents(total, own / own.sum()) - in_cents(total, clients / clients.sum())
        return {str(name): float(cents) / CENTS for name, cents in zip(names, received, strict=True)}

    def refitted(
        self, rows: GroupedRows, weight: FloatArray, provider: tuple[IntArray, tuple[str, ...]]
    ) -> FloatArray | None:
        """Norm amounts of the same clients under other weights, with the shrinkage as fitted; None where a profile has
        nobody."""
        moments = rows.moments(weight)
        if not (moments.exposure > 0).all():
            return None
        limits = self.limits(self.names_, moments, self.shrinkage_)
        if self.method == "least_squares" and self.at_most is None:
            return least_squares_amounts(moments, limits)
        return self._fitted(rows, weight, moments, limits, provider).norm

    def limits(self, names: tuple[str, ...], moments: Moments, shrinkage: float) -> Limits:
        """The conditions on norm amounts, in euro."""
        pot = moments.target if self.total == "preserved" else self.total
        mean = moments.target / moments.weight
        return Limits(
            names=names,
            pot=None if pot is None else float(pot),
            lower=_per_adjuster(names, self.lower, 0.0),
            upper=_per_adjuster(names, np.inf if self.upper is None else self.upper, np.inf),
            prior=_per_adjuster(names, mean if self.prior is None else self.prior, mean),
            shrinkage=shrinkage,
            order=tuple((light, heavy) for light, heavy in self.order),
            group_bounds=self.group_bounds,
            group_penalties=self.group_penalties,
        )

    def _fitted(
        self,
        rows: GroupedRows,
        weight: FloatArray,
        moments: Moments,
        limits: Limits,
        provider: tuple[IntArray, tuple[str, ...]] | None,
    ) -> Fit:
        """The fit of the method asked for."""
        if self.method in ("lad", "quantile"):
            quantile = 0.5 if self.method == "lad" else self.quantile
            return fit_absolute(rows, weight, moments, limits, quantile)
        if self.method == "least_largest" and provider is not None:
            place, who = provider
            of_each = [_provider_sums(rows, weight, place == p) for p in range(len(who))]
            return fit_least_largest(moments, limits, dict(zip(who, of_each, strict=True)))
        if self.at_most is not None:
            return fit_at_most(moments, limits, self.at_most)
        return fit_least_squares(moments, limits)

    def _validated(self, rows: GroupedRows, weight: FloatArray, names: tuple[str, ...]) -> dict[float, float]:
        """Mean error on left-out clients by strength: squared for least squares, absolute for the others."""
        n = len(rows.target)
        fold = np.random.default_rng(self.seed).permutation(n) % FOLDS
        squared = self.method == "least_squares"
        errors = dict.fromkeys(STRENGTHS, 0.0)
        for out in range(FOLDS):
            kept, left = fold != out, np.flatnonzero(fold == out)
            part = GroupedRows(
                rows.matrix[kept], rows.target[kept], {name: own[kept] for name, own in rows.groups.items()}
            )
            moments = part.moments(weight[kept])
            size = moments.weight / float(weight.sum())
            # without shrinkage a profile that nobody of the fold has gets nothing: it is not tried then
            for strength in [s for s in errors if s > 0 or (moments.exposure > 0).all()]:
                limits = self.limits(names, moments, strength)
                if limits.pot is not None and self.total != "preserved":
                    limits = replace(limits, pot=limits.pot * size)
                found = self._fitted(part, weight[kept], moments, limits, None)
                error = rows.target[left] - rows.matrix[left] @ found.norm
                errors[strength] += float(weight[left] @ (np.square(error) if squared else np.abs(error)))
        return {strength: error / float(weight.sum()) for strength, error in errors.items() if error > 0}

    def _warnings(self) -> tuple[UserError, ...]:
        """What a reader must know before using the amounts."""
        warnings = []
        if self.method in ("lad", "quantile"):
            warnings.append(
                UserError(
                    "LAD en kwantielen schatten een mediaan of kwantiel en geen gemiddelde: bij scheve kosten krijgen zware "
                    "profielen te weinig; gebruik de uitkomst niet als normbedrag zonder het totaal te bewaren",
                    "LAD and quantiles estimate a median or quantile, not a mean: with skewed costs heavy profiles get too "
                    "little; do not use the outcome as norm amounts without preserving the total",
                )
            )
        return tuple(warnings)


def _places(provider: ArrayLike) -> tuple[IntArray, tuple[str, ...]]:
    """Place of every client's provider, and the names."""
    names, place = np.unique(np.asarray(provider), return_inverse=True)
    return place.astype(np.int64), tuple(str(name) for name in names)


def _provider_sums(rows: GroupedRows, weight: FloatArray, own: BoolArray) -> tuple[float, FloatArray, float]:
    """Clients, exposure and cost of one provider."""
    return float(weight[own].sum()), weight[own] @ rows.matrix[own], float(weight[own] @ rows.target[own])


def _per_adjuster(names: tuple[str, ...], given: Mapping[str, float] | float, otherwise: float) -> FloatArray:
    """One number per adjuster.

    Raises
    ------
    UserError
        A name that is no adjuster.
    """
    if not isinstance(given, Mapping):
        return np.full(len(names), float(given))
    unknown = [name for name in given if name not in names]
    if unknown:
        raise UserError(
            f"{unknown[0]} is geen profiel; de profielen zijn {', '.join(names)}",
            f"{unknown[0]} is no profile; the profiles are {', '.join(names)}",
        )
    return np.array([given.get(name, otherwise) for name in names], dtype=np.float64)


def check_fitted(model: NormAmounts) -> None:
    """Refuse a model without norm amounts.

    Raises
    ------
    UserError
        It is not fitted.
    """
    if not hasattr(model, "fit_"):
        raise wrong_argument(
            "model",
            model,
            "bereken eerst de normbedragen, met fitted of fit",
            "compute its norm amounts first, with fitted or fit",
        )


@kinds_checked
def model_asked(
    method: str,
    quantile: Fraction,
    shrinkage: str,
    at_most: Count | None,
    order: Sequence[tuple[str, str]],
    group_bounds: Mapping[str, tuple[float, ...]],
    group_penalties: Mapping[str, tuple[float, ...]],
    seed: Seed,
) -> NormAmounts:
    """The estimator as asked for by a command or a study; what cannot be is refused before anything is drawn.

    Parameters
    ----------
    method, quantile, at_most, order, seed
        As of ``NormAmounts``.
    shrinkage : str
        A number of clients, or ``cross_validated``.
    group_bounds : mapping of str to (least, most)
        Euro per client.
    group_penalties : mapping of str to (weight,)
        Weight of each group's mean error.

    Raises
    ------
    UserError
        A method that does not exist or that needs more; a shrinkage that is no number.

    Examples
    --------
    >>> from bekostiging.equalisation import model_asked
    >>> model_asked("least_squares", 0.5, "5", None, [("light", "heavy")], {}, {}, seed=1).shrinkage
    5.0
    """
    try:
        strength: float | str = float(shrinkage)
    except ValueError:
        strength = shrinkage
    check_method(method, quantile, strength, None, at_most, provider=True)
    return NormAmounts(
        method=cast(Method, method),
        quantile=quantile,
        shrinkage=cast(Any, strength),
        at_most=at_most,
        order=order,
        group_bounds={name: (least, most) for name, (least, most) in group_bounds.items()},
        group_penalties={name: weight for name, (weight,) in group_penalties.items()},
        seed=seed,
    )
