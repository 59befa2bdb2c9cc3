"""A result folder read back: its manifest, its figures and the case it keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bekostiging.case import Case, CaseError, UserError, unpacked_case
from bekostiging.case.errors import Note
from bekostiging.case.kept import KEPT

MANIFEST, RESULTS, LUMP_SUM_RESULTS = "manifest.json", "results.json", "lumpsum.json"
Figures = Mapping[str, Any]


@dataclass(frozen=True)
class ResultFolder:
    """``label``: A or B; ``figures``: content of results.json; ``case`` None, with the reason ``without``, where it keeps
    none that can be computed again; ``program``: fingerprint of the program that made it, empty where it did not say."""

    label: str
    place: Path
    written: str
    figures: Figures
    case: Case | None
    without: Note | None
    program: str

    @property
    def comparison(self) -> bool:
        """Whether it is the result of ``compare``."""
        return "forms" in self.figures and "expected_scenario" in self.figures

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years of a comparison."""
        return tuple(self.figures["settings"]["years"])


def read_folder(place: Path, argument: str, label: str) -> ResultFolder:
    """Read a result folder; ``argument``: what the caller calls it.

    Raises
    ------
    UserError
        No result folder, or one of the lump sum alone; a file that was changed since it was written.
    """
    manifest = _json_of(place, MANIFEST, argument)
    if (place / LUMP_SUM_RESULTS).is_file() and not (place / RESULTS).exists():
        raise UserError(
            f"Resultaat {argument.upper()}, {place}, is van lumpsum: daar is geen andere bekostigingsvorm in afgerekend, "
            "dus het is niet uit elkaar te halen; maak het met compare en vergelijk die map.",
            f"Result {argument.upper()}, {place}, is of lumpsum: no other payment form is settled in it, so it cannot be "
            "taken apart; make it with compare and take that folder.",
            exit_code=2,
        )
    figures = _json_of(place, RESULTS, argument)
    fingerprints = manifest.get("sha256")
    for name in (RESULTS, KEPT):
        _refuse_changed(place, name, fingerprints if isinstance(fingerprints, dict) else {}, argument)
    case, without = _case_of(place)
    return ResultFolder(
        label,
        place,
        str(manifest.get("written", ""))[:10],
        figures,
        case,
        without,
        str(manifest.get("program", "")),
    )


def _json_of(place: Path, name: str, argument: str) -> dict[str, Any]:
    """The content of a JSON file of the folder."""
    try:
        content = json.loads((place / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict):
        raise UserError(
            f"Resultaat {argument.upper()}, {place}, is geen map met resultaten: {name} is er niet of is niet te lezen; "
            "noem een map die compare schreef.",
            f"Result {argument.upper()}, {place}, is no folder of results: {name} is not there or cannot be read; name a "
            "folder that compare wrote.",
            exit_code=2,
        )
    return content


def _refuse_changed(place: Path, name: str, known: Mapping[str, str], argument: str) -> None:
    """Refuse a file that is not the one the manifest was made of."""
    file = place / name
    if name in known and file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() != known[name]:
        raise UserError(
            f"Resultaat {argument.upper()}, {place}: {name} is veranderd nadat het resultaat werd geschreven (het past "
            f"niet meer bij {MANIFEST}); neem de oorspronkelijke map, of maak het resultaat opnieuw.",
            f"Result {argument.upper()}, {place}: {name} was changed after the result was written (it no longer "
            f"fits {MANIFEST}); take the original folder, or make the result again.",
        )


def _case_of(place: Path) -> tuple[Case | None, Note | None]:
    """The case that a folder keeps, or why it has none that can be computed again."""
    if not (place / KEPT).is_file():
        nl = f"de map bewaart geen casus ({KEPT}); zij is van een eerdere versie, of de casus is weggehaald"
        en = f"the folder keeps no case ({KEPT}); it is of an earlier version, or the case was taken out"
        return None, {"nl": nl, "en": en}
    try:
        kept = unpacked_case(place / KEPT)
    except CaseError as error:
        first = error.problems[0]
        return None, {
            "nl": f"de bewaarde casus is met deze versie niet te lezen ({first.text('nl')})",
            "en": f"the case that is kept cannot be read with this version ({first.text('en')})",
        }
    if kept.distribution:
        return None, {
            "nl": f"de casus rekent met een eigen verdeling van de risicofactoren ({kept.distribution}), die geen tabel "
            "bewaart",
            "en": f"the case computes with a distribution of the risk factors of its own ({kept.distribution}), which no "
            "table keeps",
        }
    return kept.case, None
