"""What the manifest of a dossier may say: a closed model, because a dossier comes from somebody else.

Settings are numbers that a result depends on and nothing else: where is computed (workers, a cluster, a folder) is up to who
verifies. Texts are short and since they are printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bekostiging.case import UserError
from bekostiging.case.arguments import shown_value
from bekostiging.options import RunOptions
from bekostiging.report.kit.manifest import MANIFEST
from bekostiging.studies.tender.suite import MOST_SCENARIOS, MOST_YEARS

FORMAT: Literal["bekostiging dossier 1"] = "bekostiging dossier 1"
LARGEST_SEED = 2**128 - 1
"""128 bits, as many as NumPy itself takes for a seed."""
MOST_PRECISE, LEAST_PRECISE = 1.0, 1e12
"""Euro; the smallest is that of ``compare --precision``."""


def _printable(text: str) -> str:
    """A text that does nothing to a terminal and can be written in any encoding of Unicode."""
    if not text.isprintable():
        raise ValueError("not printable")
    return text


Text = Annotated[str, StringConstraints(max_length=255), AfterValidator(_printable)]
Place = Annotated[str, StringConstraints(max_length=400), AfterValidator(_printable)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
CLOSED = ConfigDict(frozen=True, extra="forbid", strict=True)


class ComparisonSettings(BaseModel):
    """What ``compare`` was asked beside the case; absent is its default."""

    model_config = CLOSED
    n_scenarios: int = Field(default=RunOptions.n_scenarios, ge=1, le=MOST_SCENARIOS)
    design_scenarios: int = Field(default=RunOptions.design_scenarios, ge=1, le=MOST_SCENARIOS)
    n_years: int = Field(default=RunOptions.n_years, ge=1, le=MOST_YEARS)
    seed: int = Field(default=RunOptions.seed, ge=0, le=LARGEST_SEED)
    named: bool = RunOptions.named
    precision: float | None = Field(default=None, ge=MOST_PRECISE, le=LEAST_PRECISE, allow_inf_nan=False)


class BenchmarkSettings(BaseModel):
    """What a suite was worked through with; the suite itself says it too."""

    model_config = CLOSED
    scenarios: int = Field(ge=16, le=MOST_SCENARIOS)
    years: int = Field(ge=1, le=MOST_YEARS)
    seed: int = Field(ge=0, le=LARGEST_SEED)


Settings = ComparisonSettings | BenchmarkSettings
SETTINGS: dict[str, type[ComparisonSettings] | type[BenchmarkSettings]] = {
    "compare": ComparisonSettings,
    "benchmark": BenchmarkSettings,
}
"""The settings of every command that writes a dossier."""


class Packed(BaseModel):
    """A case in a dossier: ``name``, ``path`` in the zip of its folder or file, None for a simulated region."""

    model_config = CLOSED
    name: Text
    path: Place | None


class Machine(BaseModel):
    """What of a machine can change the last bits; ``blas`` is absent in dossiers of before it was recorded."""

    model_config = CLOSED
    system: Text
    processor: Text
    simd: list[Text]
    blas: list[Text] | None = None


class About(BaseModel):
    """The manifest of a dossier; ``of``: SHA-256 of the full dossier that a public one belongs to."""

    model_config = CLOSED
    format: Literal["bekostiging dossier 1"] = FORMAT
    command: Text
    settings: dict[Text, Any]
    cases: list[Packed] = []
    public: bool = False
    of: Sha256 | Literal[""] = ""
    versions: dict[Text, Text]
    machine: Machine
    sha256: dict[Place, Sha256]


def settings_of(command: str, given: Mapping[str, Any], place: str) -> Settings:
    """The settings of a command, each known and within its range.

    Raises
    ------
    UserError
        Another setting, or a value that it cannot have; ``place`` says where it stands.
    """
    model = SETTINGS[command]
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        raise not_allowed(place, error, tuple(model.model_fields)) from None


def not_allowed(place: str, error: ValidationError, known: tuple[str, ...]) -> UserError:
    """The first thing that a closed model does not allow, by its name."""
    first = error.errors(include_url=False, include_context=False)[0]
    name = shown_value(".".join(str(part) for part in first["loc"]))
    if first["type"] == "extra_forbidden":
        listed = ", ".join(known)
        return UserError(
            f"{place}: {name} hoort niet in een dossier, dat alleen {listed} heeft; vraag om het oorspronkelijke dossier.",
            f"{place}: {name} does not belong in a dossier, which has {listed} alone; ask for the original dossier.",
        )
    nl, en = ("ontbreekt", "is missing") if first["type"] == "missing" else ("kan zo niet", "cannot be so")
    return UserError(
        f"{place}: {name} {nl} ({first['msg']}); geef een andere waarde, of vraag om het oorspronkelijke dossier.",
        f"{place}: {name} {en} ({first['msg']}); give another value, or ask for the original dossier.",
    )


def about_of(content: bytes, path: object) -> About:
    """The manifest of dossier ``path``.

    Raises
    ------
    UserError
        Something in it that no dossier has.
    """
    try:
        return About.model_validate_json(content)
    except ValidationError as error:
        raise not_allowed(f"Dossier {path}, {MANIFEST}", error, tuple(About.model_fields)) from None
