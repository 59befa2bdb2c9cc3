"""One form for a name whoever typed it, and what a message shows of characters that a terminal would obey.

A Mac writes ``ë`` as two characters (NFD), Windows as one (NFC): in a table they are one name. An escape character in a name
could colour or clear a screen, and a mark of writing direction could turn a sentence round: messages show them as Python
does, ``\\x1b`` and ``\\u202e``. Spaces of any kind are left as they are.
"""

from __future__ import annotations

import unicodedata

LINES = "\n"
"""What may stand in a message beside what can be printed: a list has a line for each of its items."""


def one_form(text: str) -> str:
    """The text in normal form NFC.

    >>> one_form("coo\\u0308peratie") == "co\\u00f6peratie"
    True
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def visible(text: str, *, lines: bool = True) -> str:
    """The text with everything visible that a terminal would obey or nobody sees; ``lines``: line breaks stay as they are.

    >>> visible("Zorg\\x1b[2J \\u202enl"), visible("a\\nb"), visible("a\\nb", lines=False)
    ('Zorg\\\\x1b[2J \\\\u202enl', 'a\\nb', 'a\\\\nb')
    """
    if text.isprintable():
        return text
    kept = LINES if lines else ""
    return "".join(
        sign if sign.isprintable() or sign in kept or unicodedata.category(sign) == "Zs" else _escaped(sign)
        for sign in text
    )


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")
