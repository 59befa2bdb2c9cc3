"""``CareUse``: what clients used in a block of scenarios, as arrays; all that ``settle`` ever sees.

A **cell** is area x care form x provider, only where offered; care forms without a lot have one cell per
area with provider, lot and contract -1. Grain: scenario x contract year x cell (``*_month``: scenario x
contract month x cell). Only ``reduce_clients`` makes a ``CareUse``; a new clause that needs a new field
adds it here, in the reducer and in tests/models/scenarios/test_care_use.py, nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from bekostiging.case.numbers import in_en
from bekostiging_solvers.typing import FloatArray, IntArray

Measure = Literal["delivered", "claimable", "arranged", "within_budget"]
"""What of a client's care is claimed: all of it at the tariff, what is inside the monthly caps, its arrangement as it
accrues, or what is within its hours budget; the last two at their own prices."""
MEASURES: tuple[Measure, ...] = get_args(Measure)


@dataclass(frozen=True)
class Cells:
    """Index of the cells: an area x care form x provider, under a contract or none.

    ``area_ids``, ``care_form_ids``, ``provider_ids``, ``municipality_codes``, ``lot_ids`` and ``contract_ids`` are in the
    order of the case; integer arrays (n_cells,) point into them, and -1 means none.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> from bekostiging.scenarios import build_cells
    >>> cells = build_cells(case)
    >>> of_lot = cells.lot == cells.lot_ids.index("wmo")
    >>> sorted({cells.provider_ids[place] for place in cells.provider[of_lot]})
    ['aanbieder-2', 'aanbieder-5']
    """

    area_ids: tuple[str, ...]
    care_form_ids: tuple[str, ...]
    provider_ids: tuple[str, ...]
    municipality_codes: tuple[str, ...]
    lot_ids: tuple[str, ...]
    contract_ids: tuple[tuple[str, str], ...]
    """(provider, lot), in the order of the case's contracts."""
    area: IntArray
    """Place in ``area_ids`` of every cell."""
    care_form: IntArray
    """Place in ``care_form_ids``."""
    provider: IntArray
    """Place in ``provider_ids``."""
    municipality: IntArray
    """Place in ``municipality_codes`` of the municipality that the area is part of."""
    lot: IntArray
    """Place in ``lot_ids``."""
    contract: IntArray
    """Place in ``contract_ids``."""
    market_share: FloatArray
    """Share of the cell in the stock of its area x care form and in the starts of the first contract year; 1 for a
    care form without lot."""
    share_drift: FloatArray
    """Yearly growth of that share before all add up to 1 again."""
    unit_cost: FloatArray
    """Euro per unit in the first contract year at forecast index; 0 without lot."""
    tariff: FloatArray
    """Euro per unit in the first contract year, contract's tariff factor included; 0 without lot."""

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.area)


@dataclass(frozen=True)
class CareUse:
    """Care used in a block of scenarios. Arrays (n_scenarios, n_years, n_cells) unless said otherwise.

    ``starts = served + waiting + refused`` holds in every scenario, year and cell: ``served`` started when
    they asked, ``waiting`` start later (or after the term), ``refused`` do not start here at all.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import draw_block, plan
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> block = draw_block(plan(case, 32, n_years=1, seed=1, stream="out_of_sample"), 0)
    >>> care_use = block.care_use()
    >>> bool((care_use.starts == care_use.served + care_use.waiting + care_use.refused).all())
    True
    >>> care_use.units.shape == (care_use.n_scenarios, care_use.n_years, care_use.cells.n_cells)
    True
    """

    cells: Cells
    starts: FloatArray
    served: FloatArray
    waiting: FloatArray
    refused: FloatArray
    moved: FloatArray
    """Part of the starts that asked another provider first, where they went."""
    clients_beyond_norm: FloatArray
    """Part of ``waiting`` that waits longer than the waiting norm of the care form, by year of asking."""
    weeks_beyond_norm: FloatArray
    """Client-weeks of theirs beyond the norm."""
    clients: FloatArray
    """Trajectories in care at some moment of the year."""
    second_trajectories: FloatArray
    """Part of ``clients``: trajectories whose person also has the first of two combined care forms in the year: persons are
    ``clients - second_trajectories``, who come back within the year counted again."""
    units: FloatArray
    """Units delivered."""
    units_month: FloatArray
    """Units delivered per month; (n_scenarios, 12 n_years, n_cells)."""
    units_claimable: FloatArray
    """Units inside the monthly claim caps, in lots that have them; elsewhere ``units``."""
    units_within_budget: FloatArray
    """Units up to the hours budget of each client (maatwerktraject): those before its budget ran out."""
    crisis_units_within_budget: FloatArray
    """Part of ``units_within_budget`` that is crisis care or specifically authorised."""
    thresholds: tuple[float, ...]
    """Euro per client and year at the tariff of the first contract year, rising: the edges of high-cost pools."""
    excess: Mapping[Measure, FloatArray]
    """Euro above each threshold, summed over clients, by what of a client's care a payment form claims; each
    (n_scenarios, n_years, n_cells, n_thresholds)."""
    crisis_units: FloatArray
    """Part of ``units`` that is crisis care or specifically authorised: always paid."""
    arrangement_units: FloatArray
    """Units the arrangements are priced at, accruing along their expected course, in so far as they are paid
    whatever the result (outputgericht); arrangements of the caseload included."""
    crisis_arrangement_units: FloatArray
    """Part of both, paid anyway and on result, that is of crisis clients."""
    arrangement_units_at_result: FloatArray
    """The same for the part paid on result: of trajectories that end with result, divided by the expected
    share of results, so that its expectation given the starts is the price."""
    starts_by_profile: FloatArray
    """Served starts; (n_scenarios, n_years, n_cells, n_profiles)."""
    successes_by_profile: FloatArray
    """Served starts that end with result, by year of start; same shape."""
    repeats_by_profile: FloatArray
    """Served starts that repeat within the period; same shape."""
    ova_final: FloatArray
    """Realised wage index of the year, fraction; (n_scenarios, n_years)."""
    ppc_final: FloatArray
    """Realised price index of the year, fraction; (n_scenarios, n_years)."""
    cao: FloatArray
    """Growth of wages under the care form's own cao over that of the index; (n_scenarios, n_years, n_care_forms)."""

    @property
    def n_scenarios(self) -> int:
        """Scenarios in the block."""
        return int(self.units.shape[0])

    @property
    def n_years(self) -> int:
        """Contract years."""
        return int(self.units.shape[1])

    def excess_over(self, threshold: float, measure: Measure) -> FloatArray:
        """Euro claimed for clients above a threshold; (n_scenarios, n_years, n_cells).

        Raises
        ------
        ValueError
            A threshold that was not asked for before the clients were forgotten.
        """
        if threshold not in self.thresholds:
            raise ValueError(
                f"threshold {in_en(threshold)} is not among {self.thresholds}: add the clause to table clauses of the case"
            )
        return self.excess[measure][..., self.thresholds.index(threshold)]
