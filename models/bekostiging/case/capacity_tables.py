"""The optional tables of capacity agreements: what can be reserved, how far away, and what may replace what."""

from __future__ import annotations

from typing import ClassVar, Literal

from bekostiging.case.quantities import (
    Count,
    Euro,
    Identifier,
    Positive,
    Share,
    Volume,
)
from bekostiging.case.rows import Assumption

Scale = Literal["local", "regional", "supra_regional", "national"]
"""How far from home care is given."""
FAR: tuple[Scale, ...] = ("supra_regional", "national")
"""Scales of places outside the areas of the case."""


class Capacity(Assumption):
    """What can be reserved of a care form under each contract of a provider; a place serves one client at a time."""

    table: ClassVar[str] = "capacity"
    key: ClassVar[tuple[str, ...]] = ("provider", "care_form")
    required: ClassVar[bool] = False
    provider: Identifier
    care_form: Identifier
    block: Positive
    minimum: Volume = 0.0
    maximum: Positive
    contracts: Count = 1
    availability_fee: Euro | None = None
    usage_fee: Euro | None = None
    ramp: Volume | None = None
    today: Volume | None = None
    location: str = ""


class Travel(Assumption):
    """What distance costs, in four numbers."""

    table: ClassVar[str] = "travel"
    key: ClassVar[tuple[str, ...]] = ("scale",)
    required: ClassVar[bool] = False
    scale: Scale
    euro_per_client_week: Euro


class Alternative(Assumption):
    """A care form that may take clients of another one when that one is full."""

    table: ClassVar[str] = "alternatives"
    key: ClassVar[tuple[str, ...]] = ("origin", "destination")
    required: ClassVar[bool] = False
    origin: Identifier
    destination: Identifier
    share: Share
    loss_of_fit: Euro
