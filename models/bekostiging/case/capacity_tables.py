"""The optional tables of capacity agreements: what can be reserved, how far away, and what may replace what."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from bekostiging.case.rows import Assumption, Euro, Identifier, Positive, Share, Volume

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
    block: Positive = Field(description="places are reserved this many at a time")
    minimum: Volume = Field(default=0.0, description="least places of a contract")
    maximum: Positive = Field(description="most places of a contract")
    contracts: int = Field(
        default=1,
        ge=1,
        le=100,
        description="most contracts of this kind: an archetype stands for several providers",
    )
    availability_fee: Euro | None = Field(
        default=None,
        description="euro per place and year; empty = fixed_share of the provider x tariff at full use",
    )
    usage_fee: Euro | None = Field(
        default=None,
        description="euro per unit delivered; empty = the tariff less the availability fee at full use",
    )
    ramp: Volume | None = Field(
        default=None, description="places by which a contract may grow or shrink from year to year; empty = free"
    )
    today: Volume | None = Field(default=None, description="places under contract today; empty = not known")
    location: str = Field(
        default="", description="area where care is given, or supra_regional, national; empty = in every area"
    )


class Travel(Assumption):
    """What distance costs, in four numbers."""

    table: ClassVar[str] = "travel"
    key: ClassVar[tuple[str, ...]] = ("scale",)
    required: ClassVar[bool] = False
    scale: Scale = Field(description="how far from home care is given")
    euro_per_client_week: Euro = Field(description="transport, and what care far from home costs more")


class Alternative(Assumption):
    """A care form that may take clients of another one when that one is full."""

    table: ClassVar[str] = "alternatives"
    key: ClassVar[tuple[str, ...]] = ("origin", "destination")
    required: ClassVar[bool] = False
    origin: Identifier = Field(description="care form asked")
    destination: Identifier = Field(description="care form that may be given instead")
    share: Share = Field(description="most of the starts of the origin that may be served so")
    loss_of_fit: Euro = Field(description="euro per client served so: what the worse fit costs")
