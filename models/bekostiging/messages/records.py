"""What is kept of a message: the columns of every kind of record, in the order of its rows, with their SQL types.

Nothing here says who somebody is: ``person``, ``authorisation``, ``reference`` and ``message`` are pseudonyms (``keys``),
names, addresses and comments are not read, and of a date of birth only the year is kept.
"""

from __future__ import annotations

from typing import Any

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
"""Rows by the name of their table."""
_OF = (("message", "BIGINT"), ("law", "VARCHAR"), ("municipality", "VARCHAR"), ("provider", "VARCHAR"))
_PRODUCT = (("category", "VARCHAR"), ("product", "VARCHAR"))
_PERSON = (("person", "BIGINT"), ("birth_year", "SMALLINT"), ("authorisation", "BIGINT"))
_VOLUME = (("volume", "BIGINT"), ("unit", "VARCHAR"), ("frequency", "VARCHAR"), ("budget", "BIGINT"))
COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "messages": (*_OF, ("kind", "VARCHAR"), ("dated", "DATE"), ("answers", "BIGINT"), ("rejected", "BOOLEAN")),
    "authorisations": (
        *_OF, *_PERSON, *_PRODUCT, ("decided", "VARCHAR"), ("begins", "DATE"), ("ends", "DATE"), ("change", "VARCHAR"),
        *_VOLUME, ("request", "BIGINT"),
    ),
    "starts": (*_OF, *_PERSON, *_PRODUCT, ("begins", "DATE"), ("status", "VARCHAR"), ("dated", "DATE")),
    "stops": (
        *_OF, *_PERSON, *_PRODUCT, ("begins", "DATE"), ("ends", "DATE"), ("reason", "VARCHAR"), ("status", "VARCHAR"),
        ("dated", "DATE"),
    ),
    "requests": (
        *_OF, *_PERSON, *_PRODUCT, ("request", "BIGINT"), ("begins", "DATE"), ("ends", "DATE"), *_VOLUME,
        ("referrer", "VARCHAR"), ("framework", "VARCHAR"),
    ),
    "claims": (
        *_OF, ("person", "BIGINT"), ("authorisation", "BIGINT"), *_PRODUCT, ("begins", "DATE"), ("ends", "DATE"),
        ("volume", "DOUBLE"), ("unit", "VARCHAR"), ("tariff", "BIGINT"), ("cents", "BIGINT"), ("credit", "BOOLEAN"),
        ("reference", "BIGINT"), ("previous", "BIGINT"), ("received", "DATE"),
    ),
    "rejections": (
        *_OF, ("answers", "BIGINT"), ("kind", "VARCHAR"), ("authorisation", "BIGINT"), ("begins", "DATE"),
        ("reference", "BIGINT"), ("cents", "BIGINT"), ("codes", "VARCHAR"),
    ),
    "answered_totals": (*_OF, ("answers", "BIGINT"), ("submitted", "BIGINT"), ("awarded", "BIGINT")),
}  # fmt: skip
"""Columns by table; amounts in whole cents, ``volume`` of a claim in its unit with credits negative."""
