"""What happened in a contract year: tables of it read and judged against the case they belong to."""

from bekostiging.actuals.figures import YearFigures
from bekostiging.actuals.reading import read_actuals
from bekostiging.actuals.scaffold import SETS, scaffold_year, write_year

__all__ = [
    "SETS",
    "YearFigures",
    "read_actuals",
    "scaffold_year",
    "write_year",
]
