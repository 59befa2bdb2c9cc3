"""keuze.json: what was chosen on a what-if page, read and judged before anything is computed on it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bekostiging.case import Case, UserError
from bekostiging.characters import visible
from bekostiging.contracts import Corridor
from bekostiging.evaluation.agreed import AgreedLot, AgreedLots
from bekostiging.evaluation.what_if import RANGES, CorridorChoice, DesignedLot, LotChoice, WhatIf, forms_of_page

FORMAT, VERSION = "bekostiging-keuze", 1
MOST_BYTES = 1_000_000
MOST_VARIANTS = 4
OF_ALL = ("volume", "duration", "price", "begroting", "certainty")
HEAD = frozenset({"format", "version", "case", "fingerprint", "designed", "shown", "variants"})
MOST_LAYERS = 60
MOST_LOADING = 10.0
INDICES = ("design", "forecast", "cost")


@dataclass(frozen=True)
class Proposal:
    """One variant of keuze.json: its name, what was chosen, and the figures that the page showed (may be empty)."""

    name: str
    setting: WhatIf
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Choices:
    """Every variant of keuze.json; ``fingerprint`` of the case that the page was made of, ``designed``: the lump sum that
    budgets are a part of, by lot; ``shown``: the one on view."""

    proposals: tuple[Proposal, ...]
    fingerprint: str
    designed: Mapping[str, DesignedLot]
    shown: int

    @property
    def proposal(self) -> Proposal:
        """The one on view."""
        return self.proposals[self.shown]


def agreed_of(choices: Choices) -> AgreedLots:
    """Lots that are locked in the proposal on view, with their terms; none where nothing is locked."""
    found = {}
    for lot, own in choices.proposal.setting.lots.items():
        if own.locked:
            designed = choices.designed[lot]
            corridor = designed.corridor if own.corridor is None else own.corridor.corridor()
            loading = (1 + designed.loading) * own.budget - 1
            found[lot] = AgreedLot(own.form, loading, corridor, own.index, own.ceiling)
    return AgreedLots(found)


class _WrongError(Exception):
    """A value that cannot be, and where."""


def read_choices(path: Path, case: Case) -> Choices:
    """The variants of a keuze.json that belongs to a case.

    Raises
    ------
    UserError
        No file, a damaged or a foreign one, one of another case or version, a value that cannot be.
    """
    found = _content(path)
    if _of_a_former_page(found):
        raise _refused(
            path,
            "is bewaard op een pagina van een eerdere bekostiging en mist daardoor gegevens; "
            "maak de verkenpagina opnieuw en bewaar de keuze daar nog eens",
            "was saved on a page of an earlier bekostiging, so something is missing in it; "
            "make the explore page again and save the choice there once more",
        )
    if not isinstance(found, dict) or set(found) != HEAD or found["format"] != FORMAT:
        raise _refused(
            path,
            "dit is geen keuze.json van een verkenpagina; kies een bestand dat die pagina heeft bewaard",
            "this is no keuze.json of an explore page; choose a file that such a page saved",
        )
    if found["version"] != VERSION or isinstance(found["version"], bool):
        about = visible(str(found["version"]))[:20]
        raise _refused(
            path,
            f"versie {about} is onbekend; maak pagina en keuze met deze versie van bekostiging",
            f"version {about} is not known; make page and choice with this version of bekostiging",
        )
    if found["case"] != case.name:
        about = visible(str(found["case"]))[:60]
        raise _refused(
            path,
            f"hoort bij casus {about}, niet bij {case.name}; geef de casus waarvan de pagina is gemaakt",
            f"belongs to case {about}, not to {case.name}; give the case that the page was made of",
        )
    try:
        designed = _designed(case, found["designed"])
        proposals = tuple(_proposal(case, one) for one in _variants(found["variants"]))
        shown = found["shown"]
        _require(type(shown) is int and 0 <= shown < len(proposals), "shown")
        _require(isinstance(found["fingerprint"], str), "fingerprint")
    except _WrongError as wrong:
        raise _refused(
            path,
            f"{wrong} heeft een waarde die niet kan; bewaar de keuze opnieuw op de pagina",
            f"{wrong} has a value that cannot be; save the choice again on the page",
        ) from None
    return Choices(proposals, found["fingerprint"], designed, shown)


def _of_a_former_page(found: object) -> bool:
    """Whether a page saved this that did not yet write the lump sum that budgets are a part of."""
    return isinstance(found, dict) and set(found) == HEAD - {"designed"} and found["format"] == FORMAT


def _content(path: Path) -> Any:
    """The JSON of a file."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _refused(path, "is te groot voor een keuze.json", "is too large for a keuze.json")
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        if path.exists():
            nl, en = (
                "kan niet worden gelezen; geef een bestand dat u mag lezen",
                "cannot be read; give a file you may read",
            )
        else:
            nl, en = "dit bestand is er niet; controleer de naam", "there is no such file; check its name"
        raise _refused(path, nl, en) from None
    except (ValueError, RecursionError):
        raise _refused(
            path,
            "is beschadigd of geen JSON; kies een keuze.json die de verkenpagina heeft bewaard",
            "is damaged or no JSON; choose a keuze.json that the explore page saved",
        ) from None


def _refused(path: Path, nl: str, en: str) -> UserError:
    return UserError(f"--choices {path}: {nl}.", f"--choices {path}: {en}.", exit_code=2)


def _require(holds: bool, about: str) -> None:
    if not holds:
        raise _WrongError(about)


def _variants(found: object) -> Sequence[Any]:
    _require(isinstance(found, list) and 1 <= len(found) <= MOST_VARIANTS, "variants")
    assert isinstance(found, list)
    return found


def _keys(found: object, keys: Sequence[str], about: str, maybe: frozenset[str] = frozenset()) -> dict[str, Any]:
    """An object with exactly these keys."""
    _require(isinstance(found, dict) and set(keys) <= set(found) <= set(keys) | maybe, about)
    assert isinstance(found, dict)
    return found


def _number(found: Any, name: str, about: str) -> float:
    """A number within its range."""
    low, high = RANGES[name]
    _require(_finite(found) and low <= found <= high, about)
    return float(found)


def _some(found: Any, known: Sequence[str], about: str) -> tuple[str, ...]:
    """Known names, each once."""
    fine = isinstance(found, list) and all(isinstance(one, str) and one in known for one in found)
    _require(fine and len(set(found)) == len(found), about)
    return tuple(found)


def _designed(case: Case, found: object) -> dict[str, DesignedLot]:
    """The lump sum that the page started from, by lot."""
    lots = _keys(found, [lot.id for lot in case.lots], "designed")
    return {lot: _designed_lot(own, f"{lot}: designed") for lot, own in lots.items()}


def _designed_lot(found: object, about: str) -> DesignedLot:
    own = _keys(found, ("loading", "layers"), about)
    rows, loading = own["layers"], own["loading"]
    _require(isinstance(rows, list) and 1 <= len(rows) <= MOST_LAYERS, about)
    _require(_finite(loading) and -1 < loading <= MOST_LOADING, about)
    layers = [_keys(row, ("name", "lower", "upper", "sign", "share"), about) for row in rows]
    _require(all(isinstance(row["name"], str) for row in layers), about)
    _require(all(_finite(row[key]) for row in layers for key in ("lower", "sign", "share")), about)
    _require(all(row["upper"] is None or _finite(row["upper"]) for row in layers), about)
    _require(all(0 <= row["share"] <= 1 for row in layers), about)
    upper = [np.inf if row["upper"] is None else row["upper"] for row in layers]
    names = tuple(visible(row["name"])[:60] for row in layers)
    columns = (np.array([row[key] for row in layers], dtype=float) for key in ("lower", "sign", "share"))
    lower, sign, share = columns
    try:
        corridor = Corridor(names, lower, np.array(upper, dtype=float), sign, share)
    except ValueError:
        raise _WrongError(about) from None
    return DesignedLot(float(loading), corridor)


def _finite(found: Any) -> bool:
    return type(found) in (int, float) and math.isfinite(found)


def _proposal(case: Case, found: object) -> Proposal:
    """One variant."""
    own = _keys(found, ("name", "choice"), "variants", frozenset({"figures"}))
    _require(isinstance(own["name"], str), "name")
    choice = _keys(own["choice"], (*OF_ALL, "without_providers", "without_municipalities", "lots"), "choice")
    lots = _keys(choice["lots"], [lot.id for lot in case.lots], "lots")
    said = own.get("figures", {})
    contracted = [row.provider for row in case.contracts]
    setting = WhatIf(
        lots={lot.id: _lot(case, lot.id, lot.general_provision, lots[lot.id]) for lot in case.lots},
        **{name: _number(choice[name], name, name) for name in OF_ALL},
        without_providers=_some(choice["without_providers"], contracted, "without_providers"),
        without_municipalities=_some(
            choice["without_municipalities"], case.reported_codes, "without_municipalities"
        ),
    )
    _require(_somebody_left(case, setting), "without_providers")
    return Proposal(visible(own["name"])[:60], setting, said if isinstance(said, dict) else {})


def _somebody_left(case: Case, setting: WhatIf) -> bool:
    """Whether every lot keeps a provider."""
    return all(
        any(row.provider not in setting.without_providers for row in case.contracts if row.lot == lot.id)
        for lot in case.lots
    )


def _lot(case: Case, lot: str, general: bool, found: object) -> LotChoice:
    """The choice for one lot."""
    own = _keys(found, ("form", "budget", "corridor", "index", "ceiling", "locked"), lot)
    forms = [form for form in forms_of_page(case) if not general or form == "taakgericht"]
    _require(own["form"] in forms, f"{lot}: form")
    _require(own["index"] in INDICES, f"{lot}: index")
    _require(type(own["locked"]) is bool, f"{lot}: locked")
    corridor = None
    if own["corridor"] is not None:
        names = ("free_zone", "deficit", "surplus")
        layers = _keys(own["corridor"], names, f"{lot}: corridor")
        corridor = CorridorChoice(**{name: _number(layers[name], name, f"{lot}: {name}") for name in names})
    ceiling = None if own["ceiling"] is None else _number(own["ceiling"], "ceiling", f"{lot}: ceiling")
    budget = _number(own["budget"], "budget", f"{lot}: budget")
    return LotChoice(own["form"], budget, corridor, own["index"], ceiling, own["locked"])
