"""TOML that a user wrote: every way in which it can be wrong is one error."""

from __future__ import annotations

import tomllib
from typing import Any

MOST_CHARACTERS = 32_768
"""Of a text: ten times the longest suite that comes with the package. Python reads a key of many parts in the square of
their number, so that a longer text could keep it busy for minutes."""


class NotTomlError(ValueError):
    """The text is no TOML, or is nested too deep; the message is that of the reader."""


def toml_of(text: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises
    ------
    NotTomlError
        No TOML; more than 32,768 characters; a number of thousands of digits; hundreds of arrays inside each other.
    """
    if len(text) > MOST_CHARACTERS:
        raise NotTomlError(f"more than {MOST_CHARACTERS} characters")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise NotTomlError("nested too deep") from None
    except ValueError as error:  # a TOMLDecodeError, or a number that Python does not read
        raise NotTomlError(str(error)) from None
