"""The tables of a case: one frozen row model per table and its key.

This file is the single definition of what a user brings. Reading, validation, the explanation
files of ``bekostiging new`` and the documentation are all derived from it.

Units: money in euro, tariffs and unit costs in euro per unit of the care form, durations and waiting
norms in weeks, growth and margins as fractions (0.015 is 1.5 %), dispersion as variance over mean for
counts and as coefficient of variation for durations and intensity.
"""

from __future__ import annotations

from bekostiging.case.capacity_tables import Alternative, Capacity, Travel
from bekostiging.case.core_tables import (
    LAWS,
    OUTSIDE,
    Area,
    Begroting,
    CareForm,
    Channel,
    Contract,
    CorridorBase,
    Demand,
    History,
    Index,
    Law,
    Layer,
    Lot,
    Municipality,
    Offer,
    Policy,
    Provider,
    SharingKey,
)
from bekostiging.case.open_sets import (
    CLAUSE_COLUMNS,
    CLAUSES,
    PAYMENT_FORMS,
    ClauseFacts,
    ClauseKind,
    FormFacts,
    PaymentForm,
    clause_meanings,
    clause_problem,
)
from bekostiging.case.optional_tables import (
    Administration,
    Combination,
    ContractClause,
    Correlation,
    CostPrice,
    Duration,
    FunctionGroup,
    Judgement,
    Measure,
    Merger,
    Profile,
    RiskFactor,
    SalaryScale,
    Season,
    Shock,
    Substitution,
    Waiting,
)
from bekostiging.case.rows import Row

__all__ = [
    "ASKED",
    "CLAUSES",
    "CLAUSE_COLUMNS",
    "LAWS",
    "OUTSIDE",
    "PAYMENT_FORMS",
    "REFERENCES",
    "TABLES",
    "Administration",
    "Alternative",
    "Area",
    "Begroting",
    "Capacity",
    "CareForm",
    "Channel",
    "ClauseFacts",
    "ClauseKind",
    "Combination",
    "Contract",
    "ContractClause",
    "Correlation",
    "CorridorBase",
    "CostPrice",
    "Demand",
    "Duration",
    "FormFacts",
    "FunctionGroup",
    "History",
    "Index",
    "Judgement",
    "Law",
    "Layer",
    "Lot",
    "Measure",
    "Merger",
    "Municipality",
    "Offer",
    "PaymentForm",
    "Policy",
    "Profile",
    "Provider",
    "RiskFactor",
    "SalaryScale",
    "Season",
    "SharingKey",
    "Shock",
    "Substitution",
    "Travel",
    "Waiting",
    "clause_meanings",
    "clause_problem",
]

TABLES: dict[str, type[Row]] = {
    model.table: model
    for model in (
        Area,
        Municipality,
        Begroting,
        CareForm,
        Provider,
        Lot,
        Contract,
        Policy,
        Layer,
        Offer,
        Demand,
        History,
        Index,
        Profile,
        Duration,
        ContractClause,
        CostPrice,
        FunctionGroup,
        RiskFactor,
        Correlation,
        Shock,
        Combination,
        Measure,
        Substitution,
        Administration,
        Waiting,
        Capacity,
        Travel,
        Alternative,
        Merger,
        Judgement,
        SalaryScale,
        Season,
    )
}
"""Every table by name, core tables first; core tables are ``required``."""

ASKED = ("areas", "begroting", "history", "contracts", "policy")
"""Tables a region has anyway; the others can be estimated from them (``from_history``)."""
REFERENCES = {
    "municipality": "municipalities",
    "area": "areas",
    "areas": "areas",
    "care_form": "care_forms",
    "care_forms": "care_forms",
    "second_care_form": "care_forms",
    "provider": "providers",
    "main_contractor": "providers",
    "lot": "lots",
    "factor_1": "risk_factors",
    "factor_2": "risk_factors",
}
"""Columns that hold keys, by the table whose keys they hold; history may also name municipalities and laws."""
