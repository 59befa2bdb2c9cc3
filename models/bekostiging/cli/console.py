"""Text on a console that cannot show every character: ``Súdwest-Fryslân`` becomes ``Sudwest-Fryslan``, never an error.

An old Windows console writes cp1252, a program that is started by another one often ASCII.
"""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata
from typing import Any

from rich.console import Console
from rich.text import Text

from bekostiging.characters import visible

NEAREST = "bekostiging.nearest"
"""Name of the way in which a stream writes what its encoding does not have."""
_SIGNS = {
    "€": "EUR", "–": "-", "—": "-", "‑": "-", "−": "-", "→": "->", "≥": ">=", "≤": "<=", "±": "+/-", "×": "x", "·": "-",
    "•": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "⁄": "/", "ø": "o", "æ": "ae", "ß": "ss",
}  # fmt: skip


class Terminal(Console):
    """A console on which every text is shown as it is: no words between brackets are a style, no name moves the cursor."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, soft_wrap=True, highlight=False, markup=False, emoji=False)

    def render_str(self, text: str, **how: Any) -> Text:
        """Sentences and cells of tables alike come along here."""
        return super().render_str(visible(text), **(how | {"markup": False, "emoji": False}))


def nearest(text: str) -> str:
    """The text in ASCII: letters without their accents, signs in words, a question mark for the rest.

    >>> nearest("Súdwest-Fryslân: ≥ € 1")
    'Sudwest-Fryslan: >= EUR 1'
    """
    pieces = unicodedata.normalize("NFKD", text)
    shown = (_SIGNS.get(piece, "" if unicodedata.combining(piece) else piece) for piece in pieces)
    return "".join(piece if piece.isascii() else "?" for piece in shown)


def _replaced(error: UnicodeError) -> tuple[str, int]:
    """What is written for the characters that cannot be, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return nearest(error.object[error.start : error.end]), error.end


def show_every_text() -> None:
    """Let standard output and standard error write every text in whatever encoding they have."""
    codecs.register_error(NEAREST, _replaced)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=NEAREST)
