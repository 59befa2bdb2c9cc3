"""The case: every table, frozen and validated, and the questions the rest of the package asks of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from bekostiging.cache import Cache
from bekostiging.case.errors import Note
from bekostiging.case.factor_distribution import FactorDistribution
from bekostiging.case.policy import PolicyTable
from bekostiging.case.price_index import PriceIndex, year_of_revenue
from bekostiging.case.rows import Assumption
from bekostiging.case.shown import Shown
from bekostiging.case.tables import (
    TABLES,
    Administration,
    Alternative,
    Area,
    Begroting,
    Capacity,
    CareForm,
    Combination,
    Contract,
    ContractClause,
    Correlation,
    CostPrice,
    Demand,
    Duration,
    FunctionGroup,
    History,
    Index,
    Judgement,
    Layer,
    Lot,
    Measure,
    Merger,
    Municipality,
    Offer,
    PaymentForm,
    Profile,
    Provider,
    RiskFactor,
    SalaryScale,
    Season,
    Shock,
    Substitution,
    Travel,
    Waiting,
)

if TYPE_CHECKING:
    import pandas as pd

    from bekostiging.case.spread import Spread
    from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class Case(Shown):
    """A validated case; ``read_case`` builds it, never build it by hand.

    Every table is a tuple of frozen rows under its own name (``case.demand``, ``case.offers``); docs/workbook.md and
    ``bekostiging new`` explain tables, columns and units. ``to_frame()`` counts rows per table and origin.

    Parameters
    ----------
    name : str
        Letters, digits and dashes; results are named after it.
    title, disclaimer : dict of str to str
        Texts by language (``nl``, ``en``); the disclaimer, if any, stands on page one of every report and in every table.
    kind : {"planning", "running"}
        Before a tender, or contracts that run; providers of a running case are numbered in what is published.
    base_year : int
        Calendar year of the volumes.
    trajectories_per_person : float or dict of str to float
        Trajectories of care per client in a year: one number for all laws, or one per law (``jeugdwet``, ``wmo``);
        ``trajectories_of`` asks for one.
    notes : tuple of dict
        What the reader had to decide, in both languages.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> case = read_case("almere")
    >>> case.first_year, case.n_years, len(case.lots), case.policy.confidence
    (2028, 4, 5, 0.95)
    >>> case.discount(3).tolist()
    [1.0, 1.0, 1.0]
    """

    name: str
    title: dict[str, str]
    disclaimer: dict[str, str]
    kind: Literal["planning", "running"]
    base_year: int
    trajectories_per_person: float | dict[str, float]
    areas: tuple[Area, ...]
    municipalities: tuple[Municipality, ...]
    begroting: tuple[Begroting, ...]
    care_forms: tuple[CareForm, ...]
    providers: tuple[Provider, ...]
    lots: tuple[Lot, ...]
    contracts: tuple[Contract, ...]
    policy: PolicyTable
    layers: tuple[Layer, ...]
    offers: tuple[Offer, ...]
    demand: tuple[Demand, ...]
    history: tuple[History, ...]
    indices: tuple[Index, ...]
    profiles: tuple[Profile, ...] = ()
    durations: tuple[Duration, ...] = ()
    clauses: tuple[ContractClause, ...] = ()
    cost_price: tuple[CostPrice, ...] = ()
    function_groups: tuple[FunctionGroup, ...] = ()
    risk_factors: tuple[RiskFactor, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    shocks: tuple[Shock, ...] = ()
    combinations: tuple[Combination, ...] = ()
    measures: tuple[Measure, ...] = ()
    substitution: tuple[Substitution, ...] = ()
    administration: tuple[Administration, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    capacity: tuple[Capacity, ...] = ()
    travel: tuple[Travel, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    mergers: tuple[Merger, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    salary_scales: tuple[SalaryScale, ...] = ()
    season: tuple[Season, ...] = ()
    names: Literal["", "real", "invented"] = ""
    """Whether the names of the providers are real; empty: as they look. ``confidential`` says what follows from it."""
    not_bsn: str = ""
    """Numbers in texts that are no citizen service numbers, with the reason (``case.not_bsn``)."""
    notes: tuple[Note, ...] = field(default=())
    sheets: str = field(default="", compare=False)
    """Language of the sheets of the workbook it was read from, by which remarks name tables; empty: no workbook."""
    factor_distribution: FactorDistribution | None = None
    """In place of tables risk_factors and correlations (``scenarios.with_factor_distribution``); None = those tables."""
    estimates: tuple[Spread, ...] = ()
    """Risk factors whose standard deviation history gave; it counts as uncertain as long as the row has that value."""
    known_until: int | None = None
    """Last calendar year whose figures count as known; None = all of them. A backtest sets it."""

    def __post_init__(self) -> None:
        """Accept the rows of policy as any tuple of them."""
        object.__setattr__(self, "policy", PolicyTable(self.policy))

    def to_frame(self) -> pd.DataFrame:
        """Rows per table and status; status is empty where a table only names things."""
        import pandas as pd

        counts = [
            {"table": table, "status": status, "rows": count}
            for table in TABLES
            for status, count in Counter(
                row.status if isinstance(row, Assumption) else "" for row in getattr(self, table)
            ).items()
        ]
        return pd.DataFrame(counts, columns=["table", "status", "rows"])

    def heading(self) -> str:
        """Title, kind, years."""
        years = f"{self.first_year}-{self.first_year + self.n_years - 1}"
        return f"Case {self.title.get('en', self.name)} ({self.kind}), contract years {years}: rows of its tables by origin"

    def disclaimers(self) -> Mapping[str, str]:
        """The disclaimer of the case, by language."""
        return self.disclaimer

    @property
    def confidential(self) -> bool:
        """Whether reports number its providers: its contracts run, or the names of its providers are real."""
        return self.kind == "running" or self.names == "real"

    @property
    def first_year(self) -> int:
        """First contract year, the same for every lot (validated)."""
        return self.lots[0].first_year

    @property
    def n_years(self) -> int:
        """Contract years of the shortest lot: the horizon of a comparison."""
        return min(lot.years for lot in self.lots)

    @property
    def lead_years(self) -> int:
        """Years between the base year and the first contract year."""
        return self.first_year - self.base_year

    def trajectories_of(self, name: str) -> float:
        """Trajectories of care per client in a year, of a law or of the law of a care form."""
        given = self.trajectories_per_person
        if not isinstance(given, dict):
            return given
        return given[next((form.law for form in self.care_forms if form.id == name), name)]

    @cached_property
    def price_index(self) -> PriceIndex:
        """What wages and prices make of a price from one calendar year to another."""
        return PriceIndex(self.indices, self.policy)

    @cached_property
    def cache(self) -> Cache:
        """Results computed from this case, which live as long as it does."""
        return Cache()

    @cached_property
    def reported(self) -> tuple[int, ...]:
        """Places in ``municipalities`` of those in the reported sum."""
        return tuple(i for i, row in enumerate(self.municipalities) if row.reported)

    @cached_property
    def reported_codes(self) -> tuple[str, ...]:
        """Codes of the municipalities in the reported sum."""
        return tuple(self.municipalities[i].code for i in self.reported)

    def of_reported(self, paid: FloatArray) -> FloatArray:
        """What the reported municipalities pay together; the last axis of ``paid`` is all municipalities."""
        return np.asarray(paid[..., self.reported].sum(axis=-1))

    def discount(self, n_years: int) -> FloatArray:
        """Value in the first contract year of a euro in each year; (n_years,)."""
        return np.asarray((1 + self.policy.discount_rate) ** -np.arange(n_years, dtype=np.float64))

    def administration_euro(
        self, form: PaymentForm, parties: Collection[str], clients: FloatArray, n_contracts: int
    ) -> FloatArray:
        """Euro a year of these parties under a payment form, with ``clients`` in care a year (of any shape) and so many
        contracts; zero without the table."""
        rows = (row for row in self.administration if row.payment_form == form and row.party in parties)
        return sum(
            (row.hours(clients, n_contracts) * row.euro_per_hour for row in rows), np.zeros(np.shape(clients))
        )

    def administration_of_contract(self, form: PaymentForm) -> float:
        """Euro a year that one contract costs the municipality, whoever it serves; zero without the table."""
        return float(self.administration_euro(form, ("municipality",), np.zeros(()), 1))

    def year_of_revenue(self, contract: Contract) -> int:
        """Calendar year of ``contract.revenue``: as given, else the base year; before the first contract year always."""
        return year_of_revenue(contract, self.base_year, self.first_year)
