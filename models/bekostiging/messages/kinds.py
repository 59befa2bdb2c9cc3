"""What iJw and iWmo 3.x call things: kinds of messages, units, frequencies, and the codes that a line may carry.

Names of fields and values are those of the published schemas and code lists of version 3.2 (Zorginstituut Nederland,
Ketenbureau i-Sociaal Domein); https://www.istandaarden.nl.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bekostiging.case.tables import Law

NAMESPACE = re.compile(r"http://www\.istandaarden\.nl/(ijw|iwmo)/(\d+)_(\d+)/(?:jw|wmo)(\d{3})/schema")
"""Of the elements of a message: standard, version, subversion, kind."""
MAJOR = 3
"""Version of the standards that is read; its fields changed with every major version."""
LAWS: dict[str, Law] = {"ijw": "jeugdwet", "iwmo": "wmo"}
STANDARDS = {law: standard for standard, law in LAWS.items()}


@dataclass(frozen=True)
class MessageKind:
    """One kind of message: what a line of it is called, and whether the municipality sends it."""

    number: str
    line: str
    from_municipality: bool
    code: str
    """``BerichtCode`` of the iJw."""
    wmo_code: str
    """That of the iWmo; empty where no schema of it was seen."""
    nl: str
    en: str


KINDS = {
    one.number: one
    for one in (
        MessageKind("301", "ToegewezenProduct", True, "436", "414", "toewijzing", "authorisation"),
        MessageKind(
            "302", "ToegewezenProduct", False, "437", "", "antwoord op toewijzing", "answer to authorisation"
        ),
        MessageKind("305", "StartProduct", False, "438", "418", "start zorg", "start"),
        MessageKind("306", "StartProduct", True, "439", "", "antwoord op start", "answer to start"),
        MessageKind("307", "StopProduct", False, "440", "420", "stop zorg", "stop"),
        MessageKind("308", "StopProduct", True, "441", "", "antwoord op stop", "answer to stop"),
        MessageKind("315", "AangevraagdProduct", False, "446", "444", "verzoek om toewijzing", "request"),
        MessageKind("316", "AangevraagdProduct", True, "447", "", "antwoord op verzoek", "answer to request"),
        MessageKind("323", "Prestatie", False, "490", "484", "declaratie", "claim"),
        MessageKind("325", "Prestatie", True, "491", "", "antwoord op declaratie", "answer to claim"),
    )
}
"""The kinds that are read, by number."""
ANSWERS = {"302": "301", "306": "305", "308": "307", "316": "315", "325": "323"}
"""What each answer answers."""
NO_REJECTION = frozenset({"0200", "0233", "8001"})
"""Retour codes that reject nothing: no remark, not assessed, all awarded."""
MINUTE, HOUR, ETMAAL, DAGDEEL, OUTPUT, EURO, EFFORT = "01", "04", "14", "16", "82", "83", "84"
UNITS = {
    MINUTE: "minute",
    HOUR: "hour",
    ETMAAL: "etmaal",
    DAGDEEL: "dagdeel",
    OUTPUT: "piece",
    EURO: "euro",
    EFFORT: "piece",
}
"""Unit by its code; 82 is a piece of output and 84 one of effort."""
PER_DAY, PER_WEEK, PER_MONTH, TOTAL = "1", "2", "4", "6"
FREQUENCIES = (PER_DAY, PER_WEEK, PER_MONTH, TOTAL)
REFERRERS = {
    "01": "own_access",
    "02": "gp",
    "03": "other",
    "04": "other",
    "05": "other",
    "06": "other",
    "08": "other",
}
"""Channel by the code of the referrer (``Verwijzer/Type``): municipality, general practitioner, anyone else."""
FIRST, CHANGED, DELETED, UNCHANGED = "1", "2", "3", "9"
DELIVERIES = (FIRST, CHANGED, DELETED, UNCHANGED)
"""``StatusAanlevering``."""
STOP_REASONS = {
    "jeugdwet": frozenset({"02", "20", *(str(code) for code in range(31, 40))}),
    "wmo": frozenset({"02", "19", "20", "21", "22", "23", "31", "36", "37", "38", "39"}),
}
CATEGORIES = {
    "jeugdwet": frozenset({*(str(code) for code in (*range(31, 39), *range(40, 56)))}),
    "wmo": frozenset(f"{code:02d}" for code in range(1, 19)),
}
CRISIS = "46"
"""Product category of youth care in a crisis."""
