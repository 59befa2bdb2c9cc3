"""What the user brings: tables, reading, validation, the embedded cases."""

from typing import TYPE_CHECKING

from bekostiging.case.check import check_commands, stock_and_starts
from bekostiging.case.client_table import ClientTable, read_clients
from bekostiging.case.conversion import convert
from bekostiging.case.dated import dated_notes
from bekostiging.case.errors import CaseError, Problem, UserError
from bekostiging.case.from_history import case_from_history, estimated_tables, tables_in, unit_prices
from bekostiging.case.inputs import input_files, public_tables
from bekostiging.case.kept import KeptCase, packed_case, unpacked_case
from bekostiging.case.model import Case
from bekostiging.case.override import with_policy
from bekostiging.case.policy import PolicyTable
from bekostiging.case.policy_rows import POLICIES, CasePolicy, LotPolicy, Number, Words, YesNo, register_policy
from bekostiging.case.pseudonym import pseudonymised
from bekostiging.case.read import read_case, with_cost_sheet
from bekostiging.case.region import synthetic_region
from bekostiging.case.scaffold import scaffold_case, scaffold_history
from bekostiging.case.sharing_weights import key_weights, residential_forms
from bekostiging.case.spread import Spread, spread_notes, spreads
from bekostiging.case.tables import TABLES
from bekostiging.case.validate import check_case
from bekostiging.case.without_contracts import read_case_before_contracts
from bekostiging.case.write import write_case
from bekostiging.former import former_names

__all__ = [
    "POLICIES",
    "TABLES",
    "Case",
    "CaseError",
    "CasePolicy",
    "ClientTable",
    "KeptCase",
    "LotPolicy",
    "Number",
    "PolicyTable",
    "Problem",
    "Spread",
    "UserError",
    "Words",
    "YesNo",
    "case_from_history",
    "check_case",
    "check_commands",
    "convert",
    "dated_notes",
    "estimated_tables",
    "input_files",
    "key_weights",
    "packed_case",
    "pseudonymised",
    "public_tables",
    "read_case",
    "read_case_before_contracts",
    "read_clients",
    "register_policy",
    "residential_forms",
    "scaffold_case",
    "scaffold_history",
    "spread_notes",
    "spreads",
    "stock_and_starts",
    "synthetic_region",
    "tables_in",
    "unit_prices",
    "unpacked_case",
    "with_cost_sheet",
    "with_policy",
    "write_case",
]

if not TYPE_CHECKING:
    __getattr__ = former_names(__name__)
