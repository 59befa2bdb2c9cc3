"""What every table is made of: a frozen row, an assumption with its source, and the kinds of numbers in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["published", "own_data", "estimated", "illustrative"]
STATUSES: tuple[Status, ...] = get_args(Status)[::-1]
"""The weakest first."""
Identifier = Annotated[str, Field(min_length=1)]
MOST = 1e12
"""Above every amount, volume or price of a country: larger is a slip of the keyboard."""
Euro = Annotated[float, Field(ge=0, le=MOST)]
Volume = Annotated[float, Field(ge=0, le=MOST)]
Positive = Annotated[float, Field(gt=0, le=MOST)]
Share = Annotated[float, Field(ge=0, le=1)]
Names = Annotated[tuple[str, ...], Field(min_length=1)]
"""Several identifiers in one field, separated by a vertical bar in a file."""


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
    """Columns of a table in the order of its file: its own fields, then source and status."""
    last = ("source", "status")
    fields = [name for name in model.model_fields if name not in ("line", *last)]
    return fields + [name for name in last if name in model.model_fields]


class Assumption(Row):
    """A row that carries where its numbers come from."""

    source: Identifier
    status: Status
