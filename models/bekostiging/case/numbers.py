"""Cells of a CSV file as values: decimal comma or point by the dialect, never by guessing."""

from __future__ import annotations

import re

DUTCH = ";"
"""Separator of files with a decimal comma; a file separated by commas has a decimal point."""
CELL = "cell"
"""Dialect of a text in a workbook: either decimal mark, unless the same text may be a number in groups of three."""
_GROUPED = {
    ";": re.compile(r"^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$"),
    ",": re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"),
    CELL: re.compile(r"^[+-]?[1-9]\d{0,2}([.,]\d{3})+([.,]\d+)?$"),
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
        ``1.234`` in a ``;`` file (1234 or 1,234?) or ``1,234`` in a ``,`` file; either in a text cell of a workbook.
    ValueError
        Not a number.
    """
    if _GROUPED[separator].match(text):
        raise AmbiguousNumberError(text)
    comma = separator in (DUTCH, CELL)
    plain = text.replace(",", ".") if comma else text
    if comma and "." in text and "," in text:
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
