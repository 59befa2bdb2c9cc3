"""A capacity agreement in round numbers, for examples and for trying things out."""

from __future__ import annotations

import numpy as np

from bekostiging.capacity.clients import CapacityClients, Caseload, Requests
from bekostiging.capacity.data import CapacityData, CapacityScenarios, Supply
from bekostiging.units import MONTHS_PER_QUARTER, QUARTERS


def example_data() -> CapacityData:
    """Two providers of one care form in one town, one year, two scenarios; nothing in it is real.

    Ten or twenty clients start in every quarter and stay for that quarter only. Anker has places in blocks of five at
    10,000 euro a year, Baken single places at 12,000; both get 50 euro per client and week. A place bought ad hoc costs
    1,300 euro a week, a week of waiting 150.

    Returns
    -------
    CapacityData

    Examples
    --------
    >>> data = example_data()
    >>> data.supply.names, data.scenarios.regular.sum(axis=(1, 2, 3))
    ((('Anker', 'ambulant'), ('Baken', 'ambulant')), array([40., 80.]))
    """
    supply = Supply(
        contract=np.array([0, 1]),
        care_form=np.array([0, 0]),
        block=np.array([5.0, 1.0]),
        minimum=np.zeros(2),
        maximum=np.array([15.0, 10.0]),
        availability_fee=np.array([10_000.0, 12_000.0]),
        usage_fee=np.array([50.0, 50.0]),
        ramp=np.full(2, np.inf),
        today=np.full(2, np.nan),
        far=np.zeros(2, dtype=np.bool_),
        travel=np.zeros((2, 1)),
        names=(("Anker", "ambulant"), ("Baken", "ambulant")),
        lot=np.array([0, 0]),
        most=np.array([1, 1]),
        cost=np.array([5_000.0, 5_000.0]),
        main=np.array([-1, -1]),
        lots=("ambulant",),
        least=np.array([0]),
        most_contracts=np.array([2]),
        concentration=np.array([1.0]),
    )
    starts = np.array([10.0, 20.0])[:, None, None, None] * np.ones((1, QUARTERS, 1, 1))
    scenarios = CapacityScenarios(
        regular=starts,
        crisis=np.zeros(starts.shape),
        caseload=np.zeros((2, 1, 1)),
        available=np.ones((2, QUARTERS, 2)),
    )
    return CapacityData(
        care_forms=("ambulant",),
        areas=("town",),
        years=(2027,),
        supply=supply,
        scenarios=scenarios,
        stays=np.array([[1.0, 0.0, 0.0, 0.0]]),
        remains=np.zeros((1, QUARTERS)),
        weeks=np.array([13.0]),
        weeks_left=np.array([13.0]),
        price=np.array([1_000.0]),
        premium=np.array([0.3]),
        adhoc_most=np.array([np.inf]),
        waiting_cost=np.array([150.0]),
        waiting=np.zeros((1, 1)),
        waited=np.zeros((1, 1)),
        norm_weeks=np.array([6.0]),
        allowed=np.array([2.0]),
        swap=np.zeros(1),
        discount=np.ones(QUARTERS),
    )


def example_clients() -> CapacityClients:
    """The clients of ``example_data`` one by one, all on the first day of their quarter.

    Returns
    -------
    CapacityClients

    Examples
    --------
    >>> len(example_clients().requests.asked)
    120
    """
    numbers = np.repeat([10, 20], QUARTERS)
    n = int(numbers.sum())
    quarter = np.repeat(np.tile(np.arange(QUARTERS), 2), numbers)
    nobody, whole = np.zeros(0), np.zeros(0, dtype=np.int64)
    return CapacityClients(
        Requests(
            scenario=np.repeat([0, 1], [40, 80]),
            quarter=quarter,
            form=np.zeros(n, dtype=np.int64),
            area=np.zeros(n, dtype=np.int64),
            asked=np.asarray(MONTHS_PER_QUARTER * quarter, dtype=np.float64),
            stay=np.full(n, float(MONTHS_PER_QUARTER)),
            urgent=np.zeros(n, dtype=np.bool_),
            place=np.concatenate([(np.arange(each) + 0.5) / each for each in numbers]),
        ),
        Caseload(whole, whole, whole, nobody, nobody),
        carried=np.ones((2, QUARTERS, 1)),
    )
