"""Cells of a CSV file as values: decimal comma or point by the dialect, never by guessing."""

from __future__ import annotations

import re

DUTCH = ";"
"""Separator of files with a decimal comma; a file separated by commas has a decimal point."""
_GROUPED = {
    ";": re.compile(r"^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$"),
    ",": re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"),
}
_TRUE = {"ja", "yes", "true", "waar", "1"}
_FALSE = {"nee", "no", "false", "onwaar", "0"}


class AmbiguousNumberError(ValueError):
    """A number that reads differently with the other decimal mark, such as 1.234 in a ``;`` file."""


def parse_number(text: str, separator: str) -> float:
    """Return the number written in a file with this separator.

    Raises
    ------
    AmbiguousNumberError
        ``1.234`` in a ``;`` file (1234 or 1,234?) or ``1,234`` in a ``,`` file.
    ValueError
        Not a number.
    """
    if _GROUPED[separator].match(text):
        raise AmbiguousNumberError(text)
    plain = text.replace(",", ".") if separator == DUTCH else text
    if separator == DUTCH and "." in text and "," in text:
        raise ValueError(text)
    if not re.match(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$", plain):
        raise ValueError(text)
    return float(plain)


def parse_bool(text: str) -> bool:
    """Return ja/nee, yes/no, true/false as a truth value.

    Raises
    ------
    ValueError
        Anything else.
    """
    word = text.lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(text)
