"""Reverse stress: the least implausible scenario of the factors that breaks the begroting or exhausts a buffer.

That scenario is found on expected care use (closed form, everybody served), so it says which factors would have to move,
and how far. The probability is that of the scenarios themselves, clients drawn one by one around that one and weighted
back: what chance per client adds is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bekostiging.case import Case, UserError
from bekostiging.case.arguments import checked_kind, checked_whole, kinds_checked
from bekostiging.case.errors import ArgumentError
from bekostiging.case.folded import offered
from bekostiging.case.shown import Shown, percent
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import Contract
from bekostiging.evaluation.estimates import provider_results
from bekostiging.evaluation.results import Comparison
from bekostiging.evaluation.samples import Samples
from bekostiging.evaluation.settlement import levels_by_lot, settle_all
from bekostiging.scenarios import Cells, Factors, draw_block, expected_care_use, neutral_factors, plan
from bekostiging.scenarios.forecast import demand_of_cells
from bekostiging.studies.comparison import contracts_in_force
from bekostiging_solvers import DesignPoint, Estimate, design_point, drawn_around, weighted_probability
from bekostiging_solvers.typing import FloatArray

if TYPE_CHECKING:
    import pandas as pd

BEGROTING = "begroting"
"""Target: spending of the reported municipalities over the term against what is begroot for it."""


@dataclass(frozen=True)
class ReverseStress(Shown):
    """The nearest scenario of the factors that breaks a begroting or a provider, under one payment form.

    ``to_frame()``: that scenario, a row per quantity and a column per contract year; empty without one.

    Attributes
    ----------
    form, target : str
        The payment form, and ``begroting`` or the id of a provider.
    distance : float or None
        Mahalanobis distance of that scenario from the expected one, in standard deviations; None when no scenario within
        eight of them breaks the target.
    starts, agreeing : int
        Searches made, and how many of them found it.
    scenario : dict of str to tuple of float, (n_years,)
        Change per quantity and contract year, a fraction, weighted by the money at stake.
    probability : Estimate or None
        That the target breaks, everybody served.
    n_scenarios : int
        Scenarios the probability was estimated on.

    Examples
    --------
    >>> from bekostiging_solvers import Estimate
    >>> print(ReverseStress("taakgericht", "begroting", 2.5, 8, 7, {"inflow": (0.04, 0.06)}, Estimate(0.012, 0.001), 1024))
    begroting under taakgericht breaks 2.50 standard deviations away, with probability 1.2 ± 0.1 %
    quantity year 1 year 2
      inflow +4.0 % +6.0 %
    """

    form: PaymentForm
    target: str
    distance: float | None
    starts: int
    agreeing: int
    scenario: dict[str, tuple[float, ...]]
    probability: Estimate | None
    n_scenarios: int

    def to_frame(self) -> pd.DataFrame:
        """The scenario, a row per quantity."""
        import pandas as pd

        rows = [
            {"quantity": name, **{f"year {t + 1}": value for t, value in enumerate(values)}}
            for name, values in self.scenario.items()
        ]
        return pd.DataFrame(rows)

    def overview(self) -> pd.DataFrame:
        """The scenario in percentages."""
        frame = self.to_frame()
        for name in frame.columns[1:]:
            frame[name] = [f"{100 * value:+.1f} %" for value in frame[name]]
        return frame

    def heading(self) -> str:
        """What breaks, how far away that is and how likely."""
        if self.distance is None or self.probability is None:
            return f"{self.target} under {self.form}: no scenario within reach breaks it"
        return (
            f"{self.target} under {self.form} breaks {self.distance:.2f} standard deviations away, with probability "
            f"{percent(self.probability)}"
        )


@dataclass(frozen=True)
class _Target:
    """Euro beyond what can be borne, of settled scenarios; at least zero is broken."""

    case: Case
    cells: Cells
    contracts: tuple[Contract, ...]
    discount: FloatArray
    limit: float
    provider: int | None

    def settled(self, factors: Factors) -> FloatArray:
        """Excess of every row of factors, at expectation; (n_scenarios,)."""
        care_use = expected_care_use(self.case, self.cells, len(self.discount), factors)
        levels = levels_by_lot(self.case, care_use)
        return self.excess(settle_all(self.case, self.cells, self.contracts, care_use, levels))

    def excess(self, samples: Samples) -> FloatArray:
        """Excess of every scenario; (n_scenarios,)."""
        if self.provider is None:
            return np.asarray(self.case.of_reported(samples.municipal) @ self.discount - self.limit)
        own = provider_results(self.case, samples, self.discount)[:, :, self.provider]
        return np.asarray(-np.cumsum(own, axis=1).min(axis=1) - self.limit)


@kinds_checked
def reverse_stress(
    outcome: Comparison, form: PaymentForm, target: str = BEGROTING, n_scenarios: int = 512, seed: int = 1
) -> ReverseStress:
    """Find the nearest scenario of the factors that breaks a target under a payment form, and the probability of a break.

    Parameters
    ----------
    outcome : Comparison
        From ``compare``.
    form : str
        Payment form, such as ``taakgericht``.
    target : str, default "begroting"
        ``begroting`` or the id of a provider.
    n_scenarios : int, default 512
        Scenarios drawn around the nearest one; rounded up to whole scramblings.
    seed : int, default 1
        Of search and scenarios.

    Returns
    -------
    ReverseStress
        The scenario with its distance in standard deviations, and the probability.

    Raises
    ------
    UserError
        An unknown payment form or provider; a case without risk factors; too few scenarios.

    Notes
    -----
    Design point and importance sampling around it: Schueller and Stix (1987), doi:10.1016/0167-4730(87)90011-0.

    Examples
    --------
    >>> print(reverse_stress(outcome, "taakgericht"))  # doctest: +SKIP
    """
    checked_kind("outcome", outcome, Comparison, "compare")
    form = payment_form(form)
    checked_kind("target", target, str, "case.providers[0].id")
    checked_whole("n_scenarios", n_scenarios, 1)
    checked_whole("seed", seed, 0)
    case = outcome.case
    planned = plan(case, n_scenarios, outcome.n_years, seed, "out_of_sample")
    model = planned.factor_model
    if model.n_dimensions == 0:
        raise UserError(
            "risk_factors is leeg: zonder risicofactoren kan geen verloop worden gezocht; vul de tabel.",
            "risk_factors is empty: without risk factors no scenario can be searched; fill in the table.",
        )
    own = _target(outcome, form, target)
    point = design_point(lambda z: own.settled(model.multipliers(z)), model.n_dimensions, seed=seed)
    if point is None:
        return ReverseStress(form, target, None, 0, 0, {}, None, planned.n_scenarios)
    rng = np.random.Generator(np.random.SFC64([seed, 7]))
    normals, weights = drawn_around(rng.standard_normal((planned.n_scenarios, model.n_dimensions)), point.point)
    fails = []
    for block in range(planned.n_blocks):
        drawn = draw_block(
            planned, block, lambda old, first: model.multipliers(normals[first : first + len(old.inflow)])
        )
        care_use = drawn.care_use()
        levels = levels_by_lot(case, care_use)
        fails.append(own.excess(settle_all(case, outcome.cells, own.contracts, care_use, levels)) >= 0)
    probability = weighted_probability(np.concatenate(fails), weights)
    return _described(
        outcome, own, form, target, point, model.multipliers(point.point[None]), probability, planned.n_scenarios
    )


@kinds_checked
def payment_form(name: str) -> PaymentForm:
    """Check the name of a payment form.

    Parameters
    ----------
    name : str
        As in table lots.

    Raises
    ------
    UserError
        Another word; the nearest payment form is offered.

    Examples
    --------
    >>> payment_form("taakgericht")
    'taakgericht'
    >>> payment_form("taak")
    Traceback (most recent call last):
    bekostiging.case.errors.ArgumentError: form taak: no payment form; did you mean taakgericht?
    """
    checked_kind("form", name, str, "case.lots[0].payment_form")
    if name not in PAYMENT_FORMS:
        nl, en = offered(name, PAYMENT_FORMS)
        raise ArgumentError(
            "form", f"form {name}: geen bekostigingsvorm; {nl}", f"form {name}: no payment form; {en}"
        )
    return name


@kinds_checked
def target_place(case: Case, target: str, argument: str = "target") -> int | None:
    """Index of a provider in ``case.providers``; None for the begroting.

    Parameters
    ----------
    case : Case
        Whose providers are meant.
    target : str
        ``begroting`` or the id of a provider.
    argument : str, default "target"
        What the caller calls it, in a message that refuses it.

    Raises
    ------
    UserError
        Another word; one that is near is offered.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> target_place(read_case("almere"), "begroting") is None
    True
    """
    providers = [row.id for row in case.providers]
    if target == BEGROTING:
        return None
    if target not in providers:
        nl, en = offered(target, [BEGROTING, *providers])
        raise ArgumentError(
            argument,
            f"{argument} {target}: geen aanbieder van deze casus en niet begroting; {nl}",
            f"{argument} {target}: no provider of this case and not begroting; {en}",
        )
    return providers.index(target)


def _target(outcome: Comparison, form: PaymentForm, target: str) -> _Target:
    """What may break, by its name."""
    discount, place = outcome.lumpsum.data.discount, target_place(outcome.case, target)
    limit = float(discount @ outcome.headroom.sum(axis=1) if place is None else outcome.buffer[place])
    return _Target(outcome.case, outcome.cells, contracts_in_force(outcome)[form], discount, limit, place)


def _described(
    outcome: Comparison,
    own: _Target,
    form: PaymentForm,
    target: str,
    point: DesignPoint,
    factors: Factors,
    probability: Estimate,
    n_scenarios: int,
) -> ReverseStress:
    """The scenario in changes per quantity and year, weighted by the money at stake."""
    weight = _at_stake(outcome, own.provider)
    neutral = neutral_factors(outcome.case, outcome.n_years)
    scenario = {
        "inflow": factors.inflow[0, 1:] @ weight - 1,
        "duration": factors.duration[0] @ weight - 1,
        "intensity": factors.intensity[0] @ weight - 1,
        "wages": factors.ova_final[0] - neutral.ova_final[0],
        "prices": factors.ppc_final[0] - neutral.ppc_final[0],
    }
    shown = {name: tuple(float(value) for value in values) for name, values in scenario.items()}
    return ReverseStress(
        form, target, point.distance, point.starts, point.agreeing, shown, probability, n_scenarios
    )  # fmt: skip


def _at_stake(outcome: Comparison, provider: int | None) -> FloatArray:
    """Part of the expected money of the target by row of demand; (n_demand,), adds up to one."""
    case, cells = outcome.case, outcome.cells
    reported = np.isin(cells.municipality, case.reported)
    inside = (cells.contract >= 0) & (reported if provider is None else cells.provider == provider)
    euro = expected_care_use(case, cells, outcome.n_years).units[0].sum(axis=0) * cells.tariff * inside
    by_row = np.bincount(demand_of_cells(case, cells), weights=euro, minlength=len(case.demand))
    return np.asarray(by_row / by_row.sum())
