"""Tables, figures and one HTML file, in Dutch or English."""

from __future__ import annotations

from bekostiging.report.answers import summary_rows, years
from bekostiging.report.folder import refuse_existing, write_results
from bekostiging.report.schema import schema
from bekostiging.report.texts import Texts
from bekostiging.stress import Comparison

__all__ = ["refuse_existing", "schema", "summary_caption", "summary_table", "write_results"]


def summary_table(outcome: Comparison, lang: str) -> list[tuple[str, ...]]:
    """The table at the end of the command, header first."""
    return summary_rows(outcome, Texts(lang))


def summary_caption(outcome: Comparison, lang: str) -> str:
    """Units and years of that table."""
    return Texts(lang)["summary", "in_millions"].format(years=years(outcome))
