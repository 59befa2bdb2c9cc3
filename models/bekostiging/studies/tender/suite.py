"""A suite: which cases are compared, in which payment forms, under which shocks, with which decision models.

A suite is a TOML file, so that the comparison before a tender can be read, kept and run again. Shipped suites are named;
any other is a path. Shocks are named; a definition in the suite itself (``[[shock]]``, the columns of table ``shocks``)
holds for every case and goes before a case's own of the same name, so that all cases meet the same shock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bekostiging.case import Case, CaseError, UserError, check_case, read_case, synthetic_region
from bekostiging.case.arguments import checked_path, kinds_checked
from bekostiging.case.folded import offered
from bekostiging.case.not_bsn import check_name, refuse_numbers
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm, Shock
from bekostiging.case.toml_text import NotTomlError, text_of_toml, toml_of
from bekostiging.options import RunOptions
from bekostiging.studies.tender.decisions import DECISION_MODELS

SHIPPED = ("standard", "stress", "scale")
MOST_SCENARIOS, MOST_YEARS = 1_000_000, 100
"""A million scenarios of a region fill the memory of a large machine (docs/scale.md); no contract lasts a century."""
MOST_REGIONS, MOST_MUNICIPALITIES, MOST_PROVIDERS = 1_000, 1_000, 5_000
"""Some three times the country (342 municipalities)."""
TOGETHER = "+"
"""Between the names of shocks that come together."""


class RegionSize(BaseModel):
    """A simulated region that takes part as a case."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(min_length=1)
    municipalities: int = Field(ge=1, le=MOST_MUNICIPALITIES)
    providers: int = Field(ge=3, le=MOST_PROVIDERS)
    seed: int = Field(ge=0)


class Suite(BaseModel):
    """What a suite file says; ``text`` is the file itself.

    ``name`` and ``title`` (by language) head its page; ``scenarios``, ``design_scenarios``, ``years`` and ``seed`` are those
    of ``compare``.

    Examples
    --------
    >>> suite = read_suite("standard")
    >>> suite.payment_forms[:2], suite.scenarios, suite.years
    (('inspanningsgericht', 'outputgericht'), 512, 4)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(min_length=1)
    title: dict[str, str]
    cases: tuple[str, ...] = ()
    """Names or paths of cases."""
    region: tuple[RegionSize, ...] = Field(default=(), max_length=MOST_REGIONS)
    """Simulated regions that take part as cases."""
    payment_forms: tuple[PaymentForm, ...] = Field(min_length=2)
    confidence: tuple[float, ...] = Field(min_length=1)
    """Levels of the tails that are compared."""
    shocks: tuple[str, ...]
    """Names; ``+`` joins shocks that come together."""
    decision_models: tuple[str, ...]
    """Names in ``DECISION_MODELS``."""
    scenarios: int = Field(ge=16, le=MOST_SCENARIOS)
    design_scenarios: int = Field(default=RunOptions.design_scenarios, ge=16, le=MOST_SCENARIOS)
    shock_scenarios: int = Field(ge=16, le=MOST_SCENARIOS)
    """Scenarios under every shock."""
    decision_scenarios: int = Field(ge=16, le=MOST_SCENARIOS)
    """Scenarios on which decision models are judged."""
    simulated_regions: int = Field(ge=0, le=MOST_REGIONS)
    """Regions of the same size to stand among; 0 for none."""
    region_scenarios: int = Field(ge=16, le=MOST_SCENARIOS)
    """Scenarios of each of them."""
    years: int = Field(ge=1, le=MOST_YEARS)
    seed: int = Field(ge=0)
    shock: tuple[Shock, ...] = ()
    """Shocks the suite defines itself."""
    text: str = Field(exclude=True)

    def with_cases(self, names: Sequence[str]) -> Suite:
        """The suite on other cases; as it is without names."""
        return self.model_copy(update={"cases": tuple(names), "region": ()}) if names else self


@kinds_checked
def read_suite(name: str | Path) -> Suite:
    """Read a shipped suite by name, or a file.

    Parameters
    ----------
    name : str or Path
        ``standard``, ``stress`` or ``scale``, or a TOML file (docs/benchmark.md).

    Raises
    ------
    UserError
        No such suite; not TOML; something unknown or out of range in it, with the nearest that is known.

    Examples
    --------
    >>> read_suite("standard").seed
    1
    """
    checked_path("name", name)
    if str(name) in SHIPPED:
        return suite_of(
            (files("bekostiging.studies.tender") / "suites" / f"{name}.toml").read_text("utf-8"), str(name)
        )
    path = Path(name)
    check_name(path)
    if not path.is_file():
        nl, en = offered(str(name), SHIPPED)
        raise UserError(
            f"Suite {name} is geen bestand en geen bekende naam; geef een TOML-bestand, of {nl}",
            f"Suite {name} is no file and no known name; give a TOML file, or {en}",
        )
    try:
        return suite_of(text_of_toml(path), path.name)
    except UnicodeDecodeError:
        raise UserError(
            f"Suite {path.name} is geen tekst in UTF-8; bewaar haar zo.",
            f"Suite {path.name} is no text in UTF-8; save it as such.",
        ) from None
    except OSError as error:
        raise UserError(
            f"Suite {path.name} is niet te lezen ({error.strerror}); controleer de rechten.",
            f"Suite {path.name} cannot be read ({error.strerror}); check its rights.",
        ) from None


def suite_of(text: str, name: str) -> Suite:
    """The suite that a text says."""
    try:
        told = toml_of(text)
    except NotTomlError as error:
        raise UserError(
            f"Suite {name} is geen geldig TOML ({error}); herstel dat.",
            f"Suite {name} is not valid TOML ({error}); mend it.",
        ) from None
    refuse_numbers(f"Suite {name}", told, text)
    fields = [field for field in Suite.model_fields if field != "text"]
    _check_known(name, "", told, fields)
    _check_known(name, "payment_forms", _words(told, "payment_forms"), tuple(PAYMENT_FORMS))
    _check_known(name, "decision_models", _words(told, "decision_models"), tuple(DECISION_MODELS))
    for level in told.get("confidence", []) if isinstance(told.get("confidence"), list) else []:
        if not isinstance(level, int | float) or not 0.5 <= level <= 0.999:
            raise UserError(
                f"Suite {name}, confidence: {level} moet van 0,5 tot en met 0,999 zijn; 0.95 is de slechtste 5 %.",
                f"Suite {name}, confidence: {level} must be from 0.5 to 0.999; 0.95 is the worst 5 %.",
            )
    try:
        return Suite.model_validate(told | {"text": text})
    except ValidationError as error:
        raise _wrong_fields(name, error) from None


def _words(told: dict[str, Any], key: str) -> list[str]:
    """The words of a list; none when it is no list, which the model says."""
    value = told.get(key)
    return [str(one) for one in value] if isinstance(value, list) else []


def _check_known(suite: str, place: str, given: Iterable[str], known: Sequence[str]) -> None:
    """Everything given is known."""
    where = f", {place}" if place else ""
    for name in given:
        if name not in known:
            nl, en = offered(name, known)
            raise UserError(
                f"Suite {suite}{where}: '{name}' bestaat niet; {nl}",
                f"Suite {suite}{where}: '{name}' does not exist; {en}",
            )


def _wrong_fields(suite: str, error: ValidationError) -> UserError:
    """Every field that is missing or wrong."""
    nl, en = [], []
    for one in error.errors():
        place = ".".join(str(part) for part in one["loc"])
        if one["type"] == "missing":
            nl.append(f"Suite {suite}, {place}: ontbreekt; vul in.")
            en.append(f"Suite {suite}, {place}: is missing; fill it in.")
        else:
            nl.append(f"Suite {suite}, {place}: {one['input']!r} mag hier niet ({one['msg']}); herstel dat.")
            en.append(f"Suite {suite}, {place}: {one['input']!r} is not allowed here ({one['msg']}); mend it.")
    return UserError("\n".join(nl), "\n".join(en))


@kinds_checked
def suite_cases(suite: Suite) -> list[tuple[str, Case]]:
    """Every case of a suite by the name the suite gives it, with the shocks of the suite.

    Parameters
    ----------
    suite : Suite
        From ``read_suite``.

    Returns
    -------
    list of (str, Case)
        In the order of the suite; cases that are read first, simulated regions after them.

    Raises
    ------
    UserError
        No case; one that cannot be read or is in the suite twice; a shock that neither suite nor case defines.

    Examples
    --------
    >>> suite = read_suite("standard").with_cases(["almere"])
    >>> [name for name, _ in suite_cases(suite)]
    ['almere']
    """
    named = [(name, _case(suite, name)) for name in suite.cases]
    for size in suite.region:
        named.append((size.name, _region(size)))
    if not named:
        raise UserError(
            f"Suite {suite.name} noemt geen casus; geef er een met {{cases}}.",
            f"Suite {suite.name} names no case; give one with {{cases}}.",
            arguments=["cases"],
        )
    names = [case.name for _, case in named]
    for name in names:
        if names.count(name) > 1:
            raise UserError(
                f"Suite {suite.name}: casus '{name}' staat er twee keer in; geef elke casus in case.toml een eigen naam.",
                f"Suite {suite.name}: case '{name}' is in it twice; give every case a name of its own in case.toml.",
            )
    return [(name, _with_shocks(suite, case)) for name, case in named]


def _case(suite: Suite, name: str) -> Case:
    """A case of the suite, the suite named where it cannot be read."""
    try:
        return read_case(name)
    except CaseError:
        raise
    except UserError as error:
        raise UserError(
            f"Suite {suite.name}: {error.text('nl')}", f"Suite {suite.name}: {error.text('en')}"
        ) from None


def _region(size: RegionSize) -> Case:
    """A simulated region that says how large it is."""
    case = synthetic_region(size.municipalities, size.providers, size.seed)
    many, providers = size.municipalities, size.providers
    dutch, english = ("gemeente", "municipality") if many == 1 else ("gemeenten", "municipalities")
    title = {
        "nl": f"{case.title['nl']}, {many} {dutch} en {providers} aanbieders",
        "en": f"{case.title['en']}, {many} {english} and {providers} providers",
    }
    return replace(case, name=size.name, title=title)


def _with_shocks(suite: Suite, case: Case) -> Case:
    """The case with the suite's own shocks, checked, and every shock of the suite known."""
    own = {row.id for row in suite.shock}
    joined = replace(case, shocks=(*(row for row in case.shocks if row.id not in own), *suite.shock))
    check_case(joined)
    known = list(dict.fromkeys(row.id for row in joined.shocks))
    for shock in suite.shocks:
        for part in shock.split(TOGETHER):
            if part not in known:
                nl, en = offered(part, known)
                raise UserError(
                    f"Suite {suite.name}, shocks: schok '{part}' staat niet in de suite en niet in tabel shocks van casus "
                    f"{case.name}; {nl}",
                    f"Suite {suite.name}, shocks: shock '{part}' is neither in the suite nor in table shocks of case "
                    f"{case.name}; {en}",
                )
    return joined
