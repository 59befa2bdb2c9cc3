"""How every JSON file is written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from bekostiging.case import UserError


def json_text(content: object) -> str:
    """The same text for the same content.

    Raises
    ------
    UserError
        A number is infinite or none, which JSON cannot say: it is named, and is a mistake of this package.
    """
    try:
        return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    except ValueError:
        place = next(_endless(content), "")
        raise UserError(
            f"de uitkomst {place} is geen eindig getal: een fout van dit pakket; meld haar, of reken met meer toekomsten",
            f"the result {place} is no finite number: a mistake of this package; report it, or compute with more scenarios",
        ) from None


def _endless(content: object, place: str = "") -> Iterator[str]:
    """Where numbers stand that are infinite or none."""
    if isinstance(content, float) and not math.isfinite(content):
        yield place
    elif isinstance(content, Mapping):
        for key, own in content.items():
            yield from _endless(own, f"{place}.{key}" if place else str(key))
    elif isinstance(content, list | tuple):
        for number, own in enumerate(content):
            yield from _endless(own, f"{place}[{number}]")


def write_json(file: Path, content: object) -> None:
    """Write content without times: the same bytes for the same content."""
    file.write_text(json_text(content), encoding="utf-8", newline="")
