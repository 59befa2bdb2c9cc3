"""The four kinds of input that a difference is attributed to, and cases that take some kinds from A and the others from B.

Which rows there are (lots, providers, areas, years) goes with the data; what was agreed on a row that both cases have goes
with the contract. A spread that was estimated follows from the data it was estimated from. So a case of some kinds of each
is a case wherever the two have lots or contracts in common, and where they have none the terms go with the data.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar, get_args

from bekostiging.case import TABLES, Case
from bekostiging.case.rows import Row
from bekostiging.case.spread import estimated_spreads, with_estimates

Group = Literal["data", "parameters", "law", "contract"]
GROUPS: tuple[Group, ...] = get_args(Group)
TABLE_GROUPS: Mapping[str, Group] = {
    "risk_factors": "parameters",
    "correlations": "parameters",
    "combinations": "parameters",
    "substitution": "parameters",
    "shocks": "parameters",
    "administration": "parameters",
    "judgements": "parameters",
    "travel": "parameters",
    "alternatives": "parameters",
    "measures": "law",
    "layers": "contract",
    "clauses": "contract",
}
"""Group of a table that is not data; ``policy`` goes by name."""
COLUMN_GROUPS: Mapping[tuple[str, str], Group] = {
    ("lots", "payment_form"): "contract",
    ("lots", "sharing_key"): "contract",
    ("lots", "messages"): "contract",
    ("lots", "sitting_clients"): "contract",
    ("lots", "handover_weeks"): "contract",
    ("lots", "general_provision"): "law",
    ("contracts", "tariff_factor"): "contract",
    ("contracts", "ceiling"): "contract",
    ("contracts", "reference_amount"): "contract",
    ("contracts", "ceiling_pool"): "contract",
    ("contracts", "main_contractor"): "contract",
    ("contracts", "passed_tariff_share"): "contract",
    ("contracts", "passed_corridor_share"): "contract",
    ("contracts", "payment_calendar"): "contract",
    ("offers", "tariff"): "contract",
    ("care_forms", "iv3"): "law",
    ("care_forms", "waiting_norm_weeks"): "law",
    ("care_forms", "compulsory_regional"): "law",
}
"""Group of a column of a table of data that is not data itself."""
CARE_FORM_COLUMNS = ("care_form", "second_care_form", "origin", "destination")
"""Columns that may hold the key of a care form."""
LAW_POLICIES = ("claim_cap", "waiting_norm")
CONTRACT_POLICIES = (
    "share_min", "share_max", "loading_cap", "transition_cap", "base", "corridor_shape", "corridor_terms", "indexation",
    "weight_ova", "weight_ppc", "when_stopped", "repeat_payment", "first_year_index", "revision_clause", "acceptance_duty",
    "waiting_list", "new_budget", "equity_requirement", "ceiling_lift", "settlement_delay_months", "claim_delay_months",
    "paid_at_start", "solidarity", "mid_year_revision", "swap_share", "contracts_least", "contracts_most", "concentration",
    "high_cost_threshold", "share_concentration", "extension_after", "access",
)  # fmt: skip
"""What is agreed or is to be agreed; another policy is a parameter."""
HEAD: Mapping[str, Group] = {"base_year": "data", "trajectories_per_person": "parameters"}
"""Group of the numbers in the head of a case."""
R = TypeVar("R", bound=Row)
Sources = Mapping[Group, Case]


def group_of(table: str, column: str = "", policy: str = "") -> Group:
    """Which kind of input a cell is; without a column: the row as a whole.

    >>> group_of("offers", "unit_cost"), group_of("offers", "tariff"), group_of("policy", policy="loading_cap")
    ('data', 'contract', 'contract')
    """
    if table == "policy":
        if policy in LAW_POLICIES:
            return "law"
        return "contract" if policy in CONTRACT_POLICIES else "parameters"
    return COLUMN_GROUPS.get((table, column), TABLE_GROUPS.get(table, "data"))


def case_of_groups(a: Case, b: Case, taken: Collection[Group]) -> Case:
    """Case A with the ``taken`` kinds of input of B; it may be no valid case."""
    if not taken:
        return a
    if set(taken) == set(GROUPS):
        return b
    source: Sources = {group: b if group in taken else a for group in GROUPS}
    base = source["data"]
    tables: dict[str, Any] = {table: _rows(table, source) for table in TABLES}
    parameters = source["parameters"]
    between = replace(
        base,
        **tables,
        trajectories_per_person=parameters.trajectories_per_person,
        estimates=(),
        factor_distribution=parameters.factor_distribution,
    )
    return with_estimates(_to_be_estimated(between, parameters))


def _to_be_estimated(case: Case, parameters: Case) -> Case:
    """The case with empty spreads where those of ``parameters`` were estimated: they follow from the history of the data."""
    known = estimated_spreads(parameters)
    factors = [
        row.model_copy(update={"standard_deviation": None}) if row.id in known else row
        for row in case.risk_factors
    ]
    return replace(case, risk_factors=tuple(factors))


def _rows(table: str, source: Sources) -> tuple[Row, ...]:
    """The rows of a table, each from the case that its kind comes from."""
    base = source["data"]
    if table == "policy":
        return _policy(source)
    if table in ("layers", "clauses"):
        return _of_lots(table, source)
    if (group := TABLE_GROUPS.get(table)) is not None:
        return _of_care_forms(table, base, source[group])
    own = {column: group for (name, column), group in COLUMN_GROUPS.items() if name == table}
    rows: Sequence[Row] = getattr(base, table)
    for group in dict.fromkeys(own.values()):
        if source[group] is not base:
            columns = [column for column, one in own.items() if one == group]
            rows = _with_columns(rows, getattr(source[group], table), columns)
    return tuple(rows)


def _of_care_forms(table: str, base: Case, other: Case) -> tuple[Row, ...]:
    """Rows of another case as far as they are about care forms of ``base``, and its own on care forms only it has."""
    here, there = ({row.id for row in case.care_forms} for case in (base, other))
    columns = [name for name in CARE_FORM_COLUMNS if name in TABLES[table].model_fields]

    def about(row: Row, forms: set[str]) -> bool:
        """Whether a row names one of these care forms."""
        return any(getattr(row, name) in forms for name in columns)

    taken = [row for row in getattr(other, table) if not about(row, there - here)]
    return (*taken, *(row for row in getattr(base, table) if about(row, here - there)))


def _with_columns(rows: Sequence[R], others: Sequence[Row], columns: Sequence[str]) -> list[R]:
    """Rows with some columns of the rows that have their key elsewhere; a row that is not there stays as it is."""
    known = {_key(row): row for row in others}
    return [
        row
        if (other := known.get(_key(row))) is None
        else row.model_copy(update={column: getattr(other, column) for column in columns})
        for row in rows
    ]


def _key(row: Row) -> tuple[object, ...]:
    return tuple(getattr(row, column) for column in type(row).key)


def _of_lots(table: str, source: Sources) -> tuple[Row, ...]:
    """Rows of a table of agreements, lot by lot: a lot that only the data have keeps its own."""
    base, contract = source["data"], source["contract"]
    both = {lot.id for lot in base.lots} & {lot.id for lot in contract.lots}
    kept = [row for row in getattr(base, table) if row.lot not in both]
    return tuple([*(row for row in getattr(contract, table) if row.lot in both), *kept])


def _policy(source: Sources) -> tuple[Row, ...]:
    """Every policy from the case that its kind comes from; a value for a lot that is not there is left out."""
    base = source["data"]
    lots = {lot.id for lot in base.lots}
    rows = []
    for group in GROUPS:
        own = source[group]
        known = {lot.id for lot in own.lots} | {"case"}
        rows += [
            row
            for row in own.policy
            if group_of("policy", policy=row.name) == group
            and (row.scope not in known or row.scope in lots | {"case"})
        ]
        if own is not base:
            rows += [
                row
                for row in base.policy
                if group_of("policy", policy=row.name) == group and row.scope in lots - known
            ]
    return tuple(rows)
