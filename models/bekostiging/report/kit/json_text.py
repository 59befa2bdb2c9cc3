"""How every JSON file is written."""

from __future__ import annotations

import json
from pathlib import Path


def json_text(content: object) -> str:
    """The same text for the same content; infinity and not-a-number are an error."""
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def write_json(file: Path, content: object) -> None:
    """Write content without times: the same bytes for the same content."""
    file.write_text(json_text(content), encoding="utf-8", newline="")
