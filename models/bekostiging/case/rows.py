"""What every table is made of: a frozen row, and an assumption with its source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, Protocol, get_args

from pydantic import BaseModel, ConfigDict, Field

from bekostiging.case.quantities import Text

Status = Literal["published", "own_data", "estimated", "illustrative"]
STATUSES: tuple[Status, ...] = get_args(Status)[::-1]
"""The weakest first."""


def weakest(statuses: Iterable[Status]) -> Status:
    """Status of a figure that is computed from several: the weakest of theirs."""
    return min(statuses, key=STATUSES.index)


class Row(BaseModel):
    """One row of a table; ``line`` is its line number in the file (the header is line 1)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    required: ClassVar[bool] = True
    line: int = Field(default=0, exclude=True)


def columns(model: type[Row]) -> list[str]:
    """Columns of a table in the order of its file: its own fields, then who typed it and when, source and status."""
    last = ("entered_by", "entered_on", "source", "status")
    fields = [name for name in model.model_fields if name not in ("line", *last)]
    return fields + [name for name in last if name in model.model_fields]


class Assumption(Row):
    """A row that carries where its numbers come from."""

    source: Text
    status: Status


class Called(Protocol):
    """A row with a name, and one for English pages where it has another there."""

    @property
    def name(self) -> str:
        """As Dutch pages call it."""

    @property
    def name_en(self) -> str:
        """As English pages call it; empty where that is ``name``."""


def name_in(row: Called, lang: str) -> str:
    """What a page in a language calls a row: its one name where it has no other."""
    return (row.name_en if lang == "en" else "") or row.name
