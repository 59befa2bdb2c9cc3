"""TOML that a user wrote: every way in which it can be wrong is one error."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

MOST_CHARACTERS = 32_768
"""Of a text: ten times the longest suite that comes with the package. Python reads a key of many parts in the square of
their number, so that a longer text could keep it busy for minutes."""

MOST_DEPTH = 20
"""Arrays and tables inside each other; what we read has three."""


class NotTomlError(ValueError):
    """The text is no TOML, or is nested too deep; the message is that of the reader."""


def text_of_toml(file: Path) -> str:
    """The text of a regular file, and no more of it than tells ``toml_of`` that it is too long.

    Raises
    ------
    OSError, UnicodeDecodeError
        It is not there, cannot be read, or is no UTF-8.
    """
    with file.open(encoding="utf-8-sig") as stream:
        return stream.read(MOST_CHARACTERS + 1)


def toml_of(text: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises
    ------
    NotTomlError
        No TOML; more than 32,768 characters; a number of thousands of digits; arrays or tables too deep inside each other.
    """
    if len(text) > MOST_CHARACTERS:
        raise NotTomlError(f"more than {MOST_CHARACTERS} characters")
    try:
        tables = tomllib.loads(text)
    except RecursionError:
        raise NotTomlError("nested too deep") from None
    except ValueError as error:  # a TOMLDecodeError, or a number that Python does not read
        raise NotTomlError(str(error)) from None
    if _is_deep(tables):
        raise NotTomlError("nested too deep")
    return tables


def _is_deep(tables: dict[str, Any]) -> bool:
    """Whether arrays or tables are so deep inside each other that who walks them runs out of stack (``a.a.a.a = 1``)."""
    inside: list[Any] = [tables]
    for _ in range(MOST_DEPTH):
        inside = [
            part
            for value in inside
            for part in (value.values() if isinstance(value, dict) else value)
            if isinstance(part, dict | list)
        ]
    return bool(inside)
