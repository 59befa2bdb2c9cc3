"""The published schemas, where a user has them; and why a message is not valid, in words and without any text of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bekostiging.case.errors import Said, UserError
from bekostiging.messages.extra import lxml_etree
from bekostiging.messages.kinds import KINDS, NAMESPACE

_ELEMENT = re.compile(r"^Element '(?:\{[^}]*\})?([A-Za-z]{1,40})'")
"""How the reader of XML begins a sentence on what is not valid against a schema; on all else it begins otherwise."""
_ENCODING = re.compile(r"encoding|not proper UTF-8|invalid bytes|Char 0x", re.IGNORECASE)
_HUGE = re.compile(r"huge|excessive depth|too long|amplification|maximum", re.IGNORECASE)


def fault_in_words(error: Exception, lines: int, *, cut: bool) -> Said:
    """The fault of a document: where, and what to do; ``error`` as the reader of XML raised it.

    ``lines``: how many were read before; ``cut``: whether the document ends before its last element does.
    """
    text = str(error)
    line = getattr(error, "lineno", None) or 1
    if found := _ELEMENT.match(text):
        return (
            f"na {lines} regels, {found[1]}: voldoet niet aan het schema; vraag de afzender om een bericht dat geldig is.",
            f"after {lines} lines, {found[1]}: not valid against the schema; ask the sender for a message that is valid.",
        )
    if _HUGE.search(text):
        return (
            f"een veld of nesting is groter dan een bericht kan hebben (regel {line}); vraag de afzender om het "
            "bericht zelf.",
            f"a field or nesting is larger than a message can have (line {line}); ask the sender for the message itself.",
        )
    if _ENCODING.search(text):
        return (
            f"regel {line}: de tekens zijn niet in UTF-8 (misschien Windows-1252); bewaar het bericht zoals het "
            "verzonden is.",
            f"line {line}: its characters are not in UTF-8 (perhaps Windows-1252); keep the message as it was sent.",
        )
    if cut:
        return (
            f"het bericht breekt af (regel {line}); haal het bestand opnieuw op.",
            f"the message breaks off (line {line}); fetch the file again.",
        )
    return (
        f"dit is geen geldige XML (regel {line}); haal het bestand opnieuw op.",
        f"this is no valid XML (line {line}); fetch the file again.",
    )


class Schemas:
    """The schemas of a folder that the user has, found by their names (``JW323.xsd``, ``WMO301.xsd``) anywhere in it.

    Parameters
    ----------
    folder : path

    Raises
    ------
    UserError
        There is no such folder, or no schema in it.
    """

    def __init__(self, folder: Path) -> None:
        self.files = {one.stem.lower(): one for one in folder.rglob("*.xsd")} if folder.is_dir() else {}
        self.compiled: dict[str, Any] = {}
        if not any(name.removeprefix("jw").removeprefix("wmo") in KINDS for name in self.files):
            raise UserError(
                f"{folder} heeft geen schema's als JW323.xsd; geef de map met de gepubliceerde xsd-bestanden, of "
                "laat de optie "
                "weg.",
                f"{folder} has no schemas like JW323.xsd; give the folder with the published xsd files, or leave the option "
                "out.",
                exit_code=2,
            )

    def schema_of(self, head: bytes) -> Any:
        """The compiled schema of a message by its first bytes; None where the folder has none for it."""
        found = NAMESPACE.search(head.decode("utf-8", "replace"))
        for own in NAMESPACE.finditer(head.decode("utf-8", "replace")):
            found = own
        if found is None:
            return None
        name = f"{found[1].removeprefix('i')}{found[4]}"
        if name not in self.files:
            return None
        if name not in self.compiled:
            etree = lxml_etree()
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            try:
                self.compiled[name] = etree.XMLSchema(etree.parse(str(self.files[name]), parser))
            except etree.LxmlError:
                raise UserError(
                    f"{self.files[name]} is geen bruikbaar schema; haal de xsd-bestanden opnieuw op, met basisschema.xsd in "
                    "dezelfde map.",
                    f"{self.files[name]} is no usable schema; fetch the xsd files again, with basisschema.xsd in the same "
                    "folder.",
                    exit_code=2,
                ) from None
        return self.compiled[name]
