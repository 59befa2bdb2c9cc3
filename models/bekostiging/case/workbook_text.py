"""Texts that a spreadsheet must not take for a formula: written with an apostrophe, read without it.

A program that opens a CSV file computes every cell that begins with ``=``, ``+``, ``-`` or ``@`` (OWASP, "CSV
Injection"), also behind a tab or a carriage return. An apostrophe in front makes it a text. Texts that begin with an
apostrophe before such a sign get one more, so that ``plain(harmless(text)) == text`` for every text.
"""

from __future__ import annotations

import re

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")


def harmless(text: str) -> str:
    """The text as it may stand in a CSV file."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def plain(text: str) -> str:
    """The text as it was before ``harmless``."""
    return text[1:] if _ESCAPED.match(text) else text


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet might compute the text."""
    return _DANGEROUS.match(text) is not None
