"""The version of the tables in a workbook, and what an older workbook gets to become one of the present version.

Version 0 is a workbook without a version: the tables as they were when folders of CSV files were the only way in.
Columns that came later get, in writing, the value that their absence meant then; the reader lists them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bekostiging.case.errors import Note, UserError
from bekostiging.case.read_rows import Cell, Grid

VERSION = 7
NAMED = ("areas", "municipalities", "care_forms", "providers", "lots", "shocks", "measures")
"""Tables whose rows may have another name on English pages (version 7)."""
ADDED: tuple[dict[str, dict[str, str]], ...] = (
    {
        "areas": {"residential_places": "0"},
        "municipalities": {"gemeentefonds": "0"},
        "care_forms": {"compulsory_regional": "no"},
        "providers": {"adjustment_months": "0", "agency_premium": "0"},
        "lots": {"general_provision": "no", "handover_weeks": "0"},
        "contracts": {"ceiling_pool": "", "passed_tariff_share": "1", "passed_corridor_share": "0"},
        "offers": {"share_drift": "0"},
        "demand": {
            "duration_distribution": "lognormal",
            "units_distribution": "lognormal",
            "growth_duration": "0",
            "growth_intensity": "0",
            "gp_share": "0",
        },
        "profiles": {"price": ""},
        "shocks": {"cao": ""},
        "administration": {"task": "", "hours_per_regime": "0"},
    },
    {
        "municipalities": {"resistance_required": "", "resistance_available": ""},
        "begroting": {"structural_cover": "0"},
        "contracts": {"revenue_year": ""},
    },
    {"care_forms": {"authorisation_weeks": ""}},
    {},
    {"demand": {"growth_standard_error": "0"}},
    {},
    {
        **{table: {"name_en": ""} for table in NAMED},
        "begroting": {"own_contributions": ""},
    },
)
"""Per version, the columns that the next one added and what they were without being there. Other changes are made where
the tables are read (``former``): the stock that was a reserve per law and year, columns and (version 4) policies that got
another name, trajectories per client by law on sheet case (version 5; empty: the one number counts for all laws), and there
too whether names are real and what is no citizen service number (version 6; both empty in an older one)."""


def check_version(version: int) -> None:
    """Refuse a workbook with a newer schema version than this package knows.

    Raises
    ------
    UserError
        The workbook is newer than this package.
    """
    if not 0 <= version <= VERSION:
        raise UserError(
            f"Dit werkboek heeft schemaversie {version} en dit pakket kent 0 tot en met {VERSION}; werk bekostiging bij.",
            f"This workbook has schema version {version} and this package knows 0 to {VERSION}; update bekostiging.",
        )


def upgraded(grid: Grid, table: str, version: int, notes: list[Note]) -> Grid:
    """The table as the present version has it; every change is a note."""
    added = {
        column: value
        for step in ADDED[version:]
        for column, value in step.get(table, {}).items()
        if column not in grid.columns
    }
    if not added:
        return grid
    listed = ", ".join(f"{column} ({value})" if value else column for column, value in added.items())
    notes.append(
        {
            "nl": f"Dit werkboek is van versie {version}; tabel {table} heeft nu ook {listed}, leeg of met wat "
            "leeg betekent.",
            "en": f"This workbook is of version {version}; table {table} now has {listed} too, empty or as empty means.",
        }
    )
    more = [Cell(value, ",") for value in added.values()]

    def rows() -> Iterator[tuple[int, list[Cell]]]:
        """Every row with the added cells behind its own."""
        for line, cells in grid.rows:
            yield line, [*cells, *more]

    return replace(grid, columns=[*grid.columns, *added], rows=rows())
