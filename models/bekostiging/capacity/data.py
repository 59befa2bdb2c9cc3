"""What the capacity decision is given: names, prices and limits of what can be reserved, and the scenarios."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from bekostiging.case.policy import WaitingNorm
from bekostiging.units import QUARTERS, WEEKS_PER_QUARTER
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Supply:
    """What can be reserved: an offer k is one care form under one contract c (provider x lot).

    Per offer (k,): ``contract`` and ``care_form`` it belongs to, ``block`` places at a time, ``minimum`` and ``maximum``
    places per contract, ``availability_fee`` (euro per place and year), ``usage_fee`` (euro per client and week in care),
    ``ramp`` (places a contract may change by from one year to the next, infinite = free), ``today`` (places under contract
    now, nan = unknown), ``far`` (whether its places are supra-regional or national). ``travel`` (k, a): euro per client
    and week, nan where the offer does not serve the area.

    Per contract (c,): ``names`` (provider, lot), ``lot``, ``most`` contracts of that kind, ``cost`` (euro per contract and
    year), ``main`` (place of the main contractor's contract, -1 = none). Per lot (l,): ``least`` and ``most_contracts``
    main contracts, ``concentration`` largest part of the places of a care form with one main contractor.

    Examples
    --------
    >>> from bekostiging.capacity import example_data
    >>> supply = example_data().supply
    >>> supply.n_offers, supply.names, supply.block, supply.maximum
    (2, (('Anker', 'ambulant'), ('Baken', 'ambulant')), array([5., 1.]), array([15., 10.]))
    """

    contract: IntArray
    care_form: IntArray
    block: FloatArray
    minimum: FloatArray
    maximum: FloatArray
    availability_fee: FloatArray
    usage_fee: FloatArray
    ramp: FloatArray
    today: FloatArray
    far: BoolArray
    travel: FloatArray
    names: tuple[tuple[str, str], ...]
    lot: IntArray
    most: IntArray
    cost: FloatArray
    main: IntArray
    lots: tuple[str, ...]
    """Ids, the axis l."""
    least: IntArray
    most_contracts: IntArray
    concentration: FloatArray

    @property
    def n_offers(self) -> int:
        """Number of offers."""
        return len(self.contract)


@dataclass(frozen=True)
class CapacityScenarios:
    """Who asks for care in every scenario, and what a reserved place can carry.

    Attributes
    ----------
    regular, crisis : (s, t, f, a)
        Clients who start in a quarter; those in crisis may not wait.
    caseload : (s, f, a)
        Clients in care at the start.
    available : (s, t, k)
        Clients one reserved place of an offer can carry; 0 where the provider has failed.

    Examples
    --------
    >>> from bekostiging.capacity import example_data
    >>> scenarios = example_data().scenarios
    >>> scenarios.regular.shape, scenarios.averaged().regular[0, :, 0, 0]
    ((2, 4, 1, 1), array([15., 15., 15., 15.]))
    """

    regular: FloatArray
    crisis: FloatArray
    caseload: FloatArray
    available: FloatArray

    @property
    def n_scenarios(self) -> int:
        """Number of scenarios."""
        return len(self.regular)

    @property
    def lost(self) -> FloatArray:
        """By how many fewer clients a place serves than before: clients already there who lose it (s, t, k)."""
        return np.asarray(np.maximum.accumulate(self.available, axis=1) - self.available)

    def averaged(self) -> CapacityScenarios:
        """One scenario: the mean of every datum."""
        return CapacityScenarios(*(getattr(self, one.name).mean(axis=0, keepdims=True) for one in fields(self)))

    def chosen(self, keep: slice | IntArray) -> CapacityScenarios:
        """Some of the scenarios."""
        return CapacityScenarios(*(getattr(self, one.name)[keep] for one in fields(self)))


@dataclass(frozen=True)
class Substitute:
    """Clients of one care form who may be served in another.

    Attributes
    ----------
    origin, destination : int
        Places of the care forms.
    share : float
        Part of those who start that may be moved at most.
    loss : float
        Loss of fit, euro per client.

    Examples
    --------
    >>> Substitute(origin=0, destination=1, share=0.1, loss=500.0).share
    0.1
    """

    origin: int
    destination: int
    share: float
    loss: float


@dataclass(frozen=True)
class CapacityData:
    """Everything the formulation reads; symbols as on the model card (``bekostiging.capacity.model``).

    Shapes: f care forms, a areas, t quarters, y years, k offers. ``stays`` (f, t): part of those who start in a quarter
    who are in care in the quarter t later, on average over it; ``remains`` (f, t): part of those in care at the start who
    still are in quarter t; ``weeks`` (f,) and ``weeks_left`` (f,): mean weeks in care of who starts and of who sits.
    ``price`` (f,): euro per client-week at the tariff, what ad-hoc purchase costs with ``premium`` on top;
    ``adhoc_most`` (f,): most that can be bought so, part of who starts, infinite = no limit; ``waiting_cost`` (f,): euro per
    client-week; ``waiting`` (f, a): who waits today, ``waited`` (f, a): mean weeks; ``norm_weeks`` (f,); ``allowed`` (f,):
    clients that may wait beyond the norm, infinite = no norm; ``swap`` (l,): part of a contract's places that may serve
    another care form of it. ``discount`` (t,).

    Examples
    --------
    >>> from bekostiging.capacity import example_data
    >>> data = example_data()
    >>> data.n_quarters, data.adhoc, data.normed  # quarters; euro per client-week; care forms with a norm
    (4, array([1300.]), (0,))
    """

    care_forms: tuple[str, ...]
    """Ids, the axis f."""
    areas: tuple[str, ...]
    """Ids, the axis a."""
    years: tuple[int, ...]
    supply: Supply
    """What can be reserved."""
    scenarios: CapacityScenarios
    """Who asks for care, and what a place can carry."""
    stays: FloatArray
    remains: FloatArray
    weeks: FloatArray
    weeks_left: FloatArray
    price: FloatArray
    premium: FloatArray
    adhoc_most: FloatArray
    waiting_cost: FloatArray
    waiting: FloatArray
    waited: FloatArray
    norm_weeks: FloatArray
    allowed: FloatArray
    swap: FloatArray
    discount: FloatArray
    substitutes: tuple[Substitute, ...] = ()
    """Care forms that may stand in for another one."""
    norm: WaitingNorm = "cvar"
    """How waiting beyond the norm is counted: ``expected``, ``cvar`` or ``chance``."""
    risk_weight: float = 0.0
    """Weight of the tail in the objective, from 0 to 1."""
    confidence: float = 0.95
    """Level of the tail."""

    @property
    def n_quarters(self) -> int:
        """Quarters of the horizon."""
        return QUARTERS * len(self.years)

    @property
    def adhoc(self) -> FloatArray:
        """Euro per client-week bought ad hoc (f,)."""
        return np.asarray(self.price * (1 + self.premium))

    @property
    def normed(self) -> tuple[int, ...]:
        """Care forms with a waiting norm."""
        return tuple(int(f) for f in np.flatnonzero(np.isfinite(self.allowed)))

    def recent(self, regular: FloatArray) -> FloatArray:
        """Clients who asked within the norm before the end of each quarter (..., t, f, a).

        ``regular`` (..., t, f, a). Whoever waits is served in the order of asking, so those above this number wait
        beyond the norm. Today's waiting list is taken to have come evenly over twice its mean weeks.
        """
        n_t = regular.shape[-3]
        quarters = self.norm_weeks / WEEKS_PER_QUARTER
        found = np.zeros(regular.shape)
        for t in range(n_t):
            for back in range(t + 1):
                part = np.clip(quarters - back, 0.0, 1.0)
                found[..., t, :, :] += part[:, None] * regular[..., t - back, :, :]
            since = self.norm_weeks[:, None] - WEEKS_PER_QUARTER * (t + 1)
            young = np.clip(since / np.maximum(2 * self.waited, 1e-9), 0.0, 1.0)
            found[..., t, :, :] += self.waiting * young
        return found
