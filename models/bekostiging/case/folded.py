"""Names as they are compared, and the nearest name where it is near enough to be offered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from bekostiging.characters import one_form

SIMILAR = 0.8
"""Likeness from which one name is offered for another: a slip of the keyboard, not another name."""
SHORTEST = 3
"""Letters of a beginning that is taken for the only name that begins so."""
MOST_OFFERED = 20
"""Names that a sentence lists."""
_COPY = re.compile(r"^(?:kopie van|copy of|gemeente|municipality of) ")
"""What stands before a name that is meant all the same."""
_LETTER = re.compile(r"[^\W\d_]")
_BETWEEN = re.compile(r"[\s_\-\u2010-\u2015\u2212]+")


def folded(name: str) -> str:
    """A name as it is compared: capitals, spaces, dashes, underscores and the two ways to write é are alike.

    >>> folded(" Care_Forms ") == folded("care-forms"), folded("coo\u0308peratie") == folded("coöperatie")
    (True, True)
    """
    return _BETWEEN.sub(" ", one_form(name)).strip().casefold()


def near(name: str, known: Iterable[str], least: float = SIMILAR) -> str | None:
    """The known name for which another may be a slip; None where none is near. Other digits are another name.

    >>> near("anbieder-1", ["aanbieder-1", "aanbieder-2"]), near("aanbieder-9", ["aanbieder-1"]), near("0363", ["0362"])
    ('aanbieder-1', None, None)
    """
    own, digits = folded(name), _digits(name)
    best, found = least, None
    if own.isdigit():
        return next((other for other in known if not _LETTER.search(other) and _digits(other) == digits), None)
    for other in known:
        if _digits(other) != digits:
            continue
        alike = SequenceMatcher(None, own, folded(other)).ratio()
        if alike >= best and (found is None or alike > best):
            best, found = alike, other
    return found


def offered(name: str, known: Iterable[str]) -> tuple[str, str]:
    """What to do about an unknown name, in Dutch and in English: the one that is near, else those that there are.

    >>> offered("taakgerich", ["taakgericht", "outputgericht"]), offered("taak", ["taakgericht"])
    (('bedoelt u taakgericht?', 'did you mean taakgericht?'), ('bedoelt u taakgericht?', 'did you mean taakgericht?'))
    >>> offered("anders", ["a", "b"]), offered("anders", [])
    (('kies uit a, b', 'choose from a, b'), ('er is er geen', 'there is none'))
    """
    known = list(dict.fromkeys(known))
    found = near(name, known)
    if found is None and len(own := folded(name)) >= SHORTEST:
        begun = [other for other in known if folded(other).startswith(own)]
        found = begun[0] if len(begun) == 1 else None
    if found is not None:
        return f"bedoelt u {found}?", f"did you mean {found}?"
    if not known:
        return "er is er geen", "there is none"
    listed, more = ", ".join(known[:MOST_OFFERED]), len(known) - MOST_OFFERED
    nl, en = (f" en nog {more}", f" and {more} more") if more > 0 else ("", "")
    return f"kies uit {listed}{nl}", f"choose from {listed}{en}"


def _digits(name: str) -> str:
    """The digits of a name without zeros in front, which a spreadsheet takes off."""
    return "".join(re.findall(r"\d", name)).lstrip("0")


def bare(name: str) -> str:
    """A name as it is compared, without what often stands before it.

    >>> bare("Gemeente Turfhaven")
    'turfhaven'
    """
    return _COPY.sub("", folded(name))


def meant(name: str, known: Iterable[str]) -> str | None:
    """The known name to which another adds something at its end, or of which it is a copy; None where it is neither.

    >>> meant("begroting 2028-2031", ["begroting", "beleid"]), meant("gebieden - Tabel 1", ["gebieden"])
    ('begroting', 'gebieden')
    >>> meant("Kopie van vraag", ["vraag"]), meant("gemeente (CBS)", ["gemeente"]), meant("vraagstuk", ["vraag"])
    ('vraag', 'gemeente', None)
    """
    longer = [
        other
        for other in known
        for own in (folded(name), bare(name))
        if re.match(rf"{re.escape(folded(other))}(?:[ (:,/]|$)", own)
    ]
    return max(longer, key=len, default=None)
