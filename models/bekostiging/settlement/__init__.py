"""The real year settled by the contract objects that were simulated: lines, statuses and parts, to the cent."""

from bekostiging.settlement.differences import SettlementDifference, settlement_differences
from bekostiging.settlement.earlier import Previous, read_previous
from bekostiging.settlement.example import example_case, example_figures, example_year
from bekostiging.settlement.exported import drawn_year, figures_of_scenario
from bekostiging.settlement.formula import Term, in_whole_cents
from bekostiging.settlement.from_store import with_aggregates
from bekostiging.settlement.ledger import Given, Line
from bekostiging.settlement.match import Match, ToleranceTest, match_year, numbered_check, tariffs_of_year
from bekostiging.settlement.match_sides import ContractMatch, MatchRow, Side
from bekostiging.settlement.parts import MunicipalPart
from bekostiging.settlement.sample import Sample, SampleItem, sample_year, sampled_persons
from bekostiging.settlement.statement import ContractSettlement, YearSettlement
from bekostiging.settlement.status import STATUSES
from bekostiging.settlement.yearly import settle_year

__all__ = [
    "STATUSES",
    "ContractMatch",
    "ContractSettlement",
    "Given",
    "Line",
    "Match",
    "MatchRow",
    "MunicipalPart",
    "Previous",
    "Sample",
    "SampleItem",
    "SettlementDifference",
    "Side",
    "Term",
    "ToleranceTest",
    "YearSettlement",
    "drawn_year",
    "example_case",
    "example_figures",
    "example_year",
    "figures_of_scenario",
    "in_whole_cents",
    "match_year",
    "numbered_check",
    "read_previous",
    "sample_year",
    "sampled_persons",
    "settle_year",
    "settlement_differences",
    "tariffs_of_year",
    "with_aggregates",
]
