"""What risk equalisation is estimated on: one row per client, its profile, its cost at reference prices, its groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bekostiging.case import Case, ClientTable, UserError
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import Reference
from bekostiging.scenarios import Block
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

CHANNELS = ("own_access", "gp", "other")


@dataclass(frozen=True)
class Adjuster:
    """A characteristic that norm amounts may depend on.

    Attributes
    ----------
    name : str
        Such as a profile of a care form.
    observable : bool
        Whether it is known without a registration of profiles.
    influenceable : bool
        Whether the provider decides on it, and can be paid more by deciding otherwise.

    Examples
    --------
    >>> Adjuster("ambulant/heavy", influenceable=True).observable
    True
    """

    name: str
    observable: bool = True
    influenceable: bool = False


@dataclass(frozen=True)
class ClientCosts:
    """Clients of one year.

    Attributes
    ----------
    adjusters : tuple of Adjuster
        What norm amounts may depend on.
    matrix : (n_clients, n_adjusters)
        One where a client has the adjuster.
    cost : (n_clients,)
        Euro a year: volumes at reference prices.
    weight : (n_clients,)
        Clients each row stands for; below one where several scenarios are laid together.
    provider : (n_clients,)
        Place in ``providers``.
    providers : tuple of str
        Their names; each has a client.
    partitions : mapping
        Per name of a partition, the place of every client in its labels, and the labels.

    Raises
    ------
    UserError
        A provider without clients.

    Examples
    --------
    >>> from bekostiging.equalisation import example_clients
    >>> clients = example_clients()
    >>> sorted(clients.groups), int(clients.groups["district:north"].sum())
    (['district:north', 'district:south'], 20)
    """

    adjusters: tuple[Adjuster, ...]
    matrix: FloatArray
    cost: FloatArray
    weight: FloatArray
    provider: IntArray
    providers: tuple[str, ...]
    partitions: Mapping[str, tuple[IntArray, tuple[str, ...]]]

    def __post_init__(self) -> None:
        """Refuse a provider without clients."""
        count = np.bincount(self.provider, minlength=len(self.providers))
        if (count == 0).any():
            name = self.providers[int(np.argmin(count))]
            raise UserError(
                f"aanbieder {name} heeft geen cliënten: er is niets om te verevenen; laat haar weg of vul haar cliënten aan",
                f"provider {name} has no clients: there is nothing to equalise; leave it out or add its clients",
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the adjusters."""
        return tuple(adjuster.name for adjuster in self.adjusters)

    @property
    def groups(self) -> dict[str, BoolArray]:
        """Members of every group, under ``partition:label``."""
        return {
            f"{partition}:{label}": place == k
            for partition, (place, labels) in self.partitions.items()
            for k, label in enumerate(labels)
        }

    def with_adjusters(self, partition: str, observable: bool = True) -> ClientCosts:
        """These clients with the labels of a partition as adjusters."""
        place, labels = self.partitions[partition]
        own = tuple(Adjuster(label, observable) for label in labels)
        return ClientCosts(
            own, np.eye(len(labels))[place], self.cost, self.weight, self.provider, self.providers, self.partitions
        )


@kinds_checked
def simulated_clients(case: Case, terms: Reference, blocks: Sequence[Block]) -> ClientCosts:
    """Clients of the first contract year in some scenarios, with their cost in that year at the lot's reference prices.

    Adjusters are the profiles of every care form. A profile is observable where the lot is paid by arrangement
    (outputgericht), because it is registered there; who has it is decided by the provider where the provider decides on
    access or the profile is not registered by somebody else. Providers without a client in these scenarios are left out.

    Parameters
    ----------
    case : Case
        The region.
    terms : Reference
        Reference prices.
    blocks : sequence of Block
        Scenarios with their clients.

    Returns
    -------
    ClientCosts

    Examples
    --------
    ``example_clients`` are clients in round numbers; those of a region:

    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import reference
    >>> from bekostiging.scenarios import draw_block, plan
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> planned = plan(case, 32, 1, seed=1, stream="design")
    >>> terms = reference(case, planned.cells, 1)
    >>> clients = simulated_clients(case, terms, [draw_block(planned, 0)])
    >>> len(clients.names), clients.matrix.shape == (len(clients.cost), len(clients.names))
    (8, True)
    """
    parts = [_of_block(block, terms) for block in blocks]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    cell, profile, cost, channel, crisis, caseload = columns
    n_scenarios = sum(block.clients.n_scenarios for block in blocks)
    cells = blocks[0].plan.cells
    provider, who = _compact(cells.provider[cell], cells.provider_ids)
    kind = cells.care_form[cell] * (1 + int(profile.max(initial=0))) + profile
    kinds, place = np.unique(kind, return_inverse=True)
    width = 1 + int(profile.max(initial=0))
    form, forms = _compact(cells.care_form[cell], cells.care_form_ids)
    return ClientCosts(
        adjusters=tuple(_adjuster(case, cells.care_form_ids[one // width], int(one % width)) for one in kinds),
        matrix=np.eye(len(kinds))[place],
        cost=cost,
        weight=np.full(len(cost), 1.0 / n_scenarios),
        provider=provider,
        providers=who,
        partitions={
            "care_form": (form, forms),
            "municipality": _compact(cells.municipality[cell], cells.municipality_codes),
            "channel": _compact(channel.astype(np.int64), CHANNELS),
            "crisis": _compact(crisis.astype(np.int64), ("no", "yes")),
            "in_care": _compact(caseload.astype(np.int64), ("new", "caseload")),
            "lot": _compact(cells.lot[cell], cells.lot_ids),
        },
    )


def _of_block(block: Block, terms: Reference) -> tuple[NDArray[np.generic], ...]:
    """Cell, profile, cost, channel, crisis and whether in the caseload, of clients in contracted care in the first year."""
    clients, cells = block.clients, block.plan.cells
    end = np.minimum(clients.start + clients.duration, MONTHS)
    months = end - clients.start
    own = np.flatnonzero((months > 0) & (cells.lot[clients.cell] >= 0))
    cell = clients.cell[own]
    cost = months[own].astype(np.float64) * clients.rate[own] * terms.tariff[cell]
    caseload = clients.asked_month[own] < 0
    return cell, clients.profile[own].astype(np.int64), cost, clients.channel[own], clients.crisis[own], caseload


def _compact(place: IntArray, names: Sequence[str]) -> tuple[IntArray, tuple[str, ...]]:
    """Places among the names that occur, and those names."""
    present, compact = np.unique(place, return_inverse=True)
    return compact.astype(np.int64), tuple(names[int(one)] for one in present)


def _adjuster(case: Case, care_form: str, profile: int) -> Adjuster:
    """A profile of a care form, with what is known of its registration."""
    own = [row.profile for row in case.profiles if row.care_form == care_form]
    if not own:
        return Adjuster(care_form)
    lots = [lot for lot in case.lots if care_form in lot.care_forms]
    registered = all(PAYMENT_FORMS[lot.payment_form].by_arrangement for lot in lots)
    decides = any(case.policy.access(lot.id) == "provider" for lot in lots)
    return Adjuster(f"{care_form}/{own[profile]}", registered, decides or not registered)


@kinds_checked
def client_costs(table: ClientTable) -> ClientCosts:
    """The clients of a table; their profiles are taken to be registered by somebody else than the provider.

    Parameters
    ----------
    table : ClientTable
        One row per client; every column beside provider, profile and cost is a partition.

    Returns
    -------
    ClientCosts

    Examples
    --------
    >>> import numpy as np
    >>> from bekostiging.case import ClientTable
    >>> from bekostiging.equalisation import client_costs
    >>> table = ClientTable(("Anker", "Baken"), ("light", "heavy"), np.array([2000.0, 9000.0]), {})
    >>> client_costs(table).names
    ('heavy', 'light')
    """
    names, place = np.unique(np.array(table.profile), return_inverse=True)
    who, provider = np.unique(np.array(table.provider), return_inverse=True)
    partitions = {}
    for name, own in table.groups.items():
        labels, places = np.unique(np.array(own), return_inverse=True)
        partitions[name] = (places.astype(np.int64), tuple(str(label) for label in labels))
    return ClientCosts(
        adjusters=tuple(Adjuster(str(name)) for name in names),
        matrix=np.eye(len(names))[place],
        cost=table.cost,
        weight=np.ones(len(table.cost)),
        provider=provider.astype(np.int64),
        providers=tuple(str(name) for name in who),
        partitions=partitions,
    )
