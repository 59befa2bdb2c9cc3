"""What a change of the region does to spending: break-even, sweeps over one quantity, measures and substitution."""

from __future__ import annotations

from dataclasses import dataclass

from bekostiging.case.shown import Brief
from bekostiging.case.tables import PaymentForm
from bekostiging.evaluation.figures import Estimates
from bekostiging_solvers import Estimate
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class BreakEven:
    """How much a quantity may change before a payment form costs what inspanningsgericht costs as expected.

    A cheaper form can bear a rise, a dearer one must bring about a fall; None where no change makes the costs equal.

    Attributes
    ----------
    municipality : float or None
        Change (fraction) at which reported municipalities spend as much, their hours of administration included.
    total : float or None
        Change at which care costs as much, with the administration of both parties.
    year : int or None
        First contract year by whose end the form has cost no more than inspanningsgericht, without any change; None where
        it never has.

    Examples
    --------
    >>> prevention = BreakEven(municipality=-0.03, total=-0.01, year=None)
    >>> f"volume must fall by {-prevention.municipality:.0%} before the municipality is no worse off"
    'volume must fall by 3% before the municipality is no worse off'
    """

    municipality: float | None
    total: float | None
    year: int | None


@dataclass(frozen=True)
class Sweep:
    """What the municipality spends under every form at each of ``changes`` of a quantity, euro over the term."""

    quantity: str
    changes: tuple[float, ...]
    spending: dict[PaymentForm, FloatArray]


@dataclass(frozen=True)
class MeasureOutcome:
    """One measure at expectation, euro over the term, discounted; per payment form where spending is meant.

    ``if_it_works``: spending saved when it works; ``expected``: that times the chance, less ``cost``; ``missing``: the
    part of ``booked`` that is not expected to arrive.
    """

    id: str
    name: str
    chance: float
    cost: float
    booked: float
    if_it_works: dict[PaymentForm, float]
    expected: dict[PaymentForm, float]
    missing: dict[PaymentForm, float]
    source: str
    status: str


@dataclass(frozen=True)
class WithMeasures(Brief):
    """Spending of the reported municipalities over the term without and with all measures, on the same clients.

    Attributes
    ----------
    without, with_ : Estimates
        EXPECTED, P90 and OVERRUN_PROBABILITY.
    saving : Estimate
        Mean difference, euro; more precise than the difference of the two means.

    Examples
    --------
    >>> from bekostiging_solvers import Estimate
    >>> from bekostiging.evaluation.figures import EXPECTED
    >>> without, with_ = {EXPECTED: Estimate(30.0e6, 2e5)}, {EXPECTED: Estimate(29.4e6, 2e5)}
    >>> both = WithMeasures(without, with_, saving=Estimate(0.6e6, 1e4))
    >>> both.saving.standard_error < both.without[EXPECTED].standard_error  # the same clients
    True
    """

    without: Estimates
    with_: Estimates
    saving: Estimate


@dataclass(frozen=True)
class SubstitutionOutcome:
    """What happens to spending when starts move between care forms or payers at expectation; discounted euro of the term.

    Attributes
    ----------
    origin, destination : str
        Where starts move from and to, as in the table.
    payer : str
        Who pays outside the contracts; empty between two care forms.
    clients : float
        Who moves over the term.
    outside : float
        What that payer spends more.
    municipal : dict of str to float
        Per payment form, what municipalities spend more under the contracts and on personal budgets.
    public : dict of str to float
        Per payment form, with what an outside payer spends more.
    source, status : str
        Where the row comes from.

    Examples
    --------
    >>> spent, all_in = {"inspanningsgericht": -3e5}, {"inspanningsgericht": -1e5}
    >>> moved = SubstitutionOutcome("guidance", "", "zvw", 40.0, 2e5, spent, all_in, "by hand", "illustrative")
    >>> moved.municipal["inspanningsgericht"] + moved.outside == moved.public["inspanningsgericht"]
    True
    """

    origin: str
    destination: str
    payer: str
    clients: float
    outside: float
    municipal: dict[PaymentForm, float]
    public: dict[PaymentForm, float]
    source: str
    status: str
