"""What a cell is called, and which characters show nothing in it."""

from __future__ import annotations

INVISIBLE = "\u200b\u2060\ufeff"
"""Characters without width that come along with a text from a web page."""


def letters(column: int) -> str:
    """The letters over a column, counted from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
